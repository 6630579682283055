//! One conversion specification of a `printf` format, `%-8.3s`: reading it, and laying out what it formats.

use bash_host::Locale;

/// A conversion specification up to its conversion character.
#[derive(Debug, Clone, Default)]
pub(super) struct Specification {
    pub(super) left_adjust: bool,
    pub(super) plus: bool,
    pub(super) space: bool,
    pub(super) alternate: bool,
    pub(super) zero: bool,
    /// `'`: digits in groups, where the locale has such.
    groups: bool,
    pub(super) width: Field,
    pub(super) precision: Field,
    /// Only a point, which means 0.
    pub(super) precision_has_no_digits: bool,
    /// A precision such as `.-5`: what follows its point. The C library takes it for an unknown conversion.
    pub(super) bad_precision: Option<Vec<u8>>,
    /// The length modifiers, of which only `l` before `c` and `s`, and `L`, mean anything.
    pub(super) modifiers: Vec<u8>,
}

/// A field width or a precision.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Field {
    #[default]
    Absent,
    Given(usize),
    /// `*`: the next argument.
    Argument,
    /// More than a C `int` holds: its digits.
    TooLarge(Vec<u8>),
}

impl Field {
    /// The number, if there is one.
    pub(super) fn get(&self) -> Option<usize> {
        match self {
            Field::Given(value) => Some(*value),
            _ => None,
        }
    }

    fn from_digits(digits: &[u8]) -> Field {
        let value = digits.iter().fold(0_usize, |value, digit| {
            value.saturating_mul(10).saturating_add(usize::from(digit.wrapping_sub(b'0')))
        });
        if value > LARGEST_INT { Field::TooLarge(digits.to_vec()) } else { Field::Given(value) }
    }
}

/// The largest C `int`.
const LARGEST_INT: usize = 0x7fff_ffff;

/// Bash would fill up to 2 GiB for one conversion; we refuse beyond this, as Bash refuses what overflows an `int`.
pub(super) const LARGEST_FIELD: usize = 1 << 30;

impl Specification {
    /// Reads flags, width, precision and modifiers at the start of `text`, which follows a `%`.
    pub(super) fn read(text: &[u8]) -> (Specification, usize) {
        let mut specification = Specification::default();
        let mut at = 0;
        while let Some(&flag) = text.get(at)
            && specification.set_flag(flag)
        {
            at += 1;
        }
        let (width, length) = read_field(text.get(at..).unwrap_or_default());
        at += length;
        specification.width = width;
        if text.get(at) == Some(&b'.') {
            at += 1;
            let rest = text.get(at..).unwrap_or_default();
            if rest.first() == Some(&b'-') {
                let digits = rest.iter().skip(1).take_while(|byte| byte.is_ascii_digit()).count();
                specification.bad_precision = Some(rest.get(..=digits).unwrap_or_default().to_vec());
                specification.precision_has_no_digits = true;
                specification.precision = Field::Given(0);
                at += digits + 1;
            } else {
                let (precision, length) = read_field(rest);
                specification.precision_has_no_digits = length == 0;
                specification.precision = if length == 0 { Field::Given(0) } else { precision };
                at += length;
            }
        }
        while let Some(&modifier) = text.get(at)
            && matches!(modifier, b'h' | b'j' | b'l' | b'L' | b't' | b'z')
        {
            specification.modifiers.push(modifier);
            at += 1;
        }
        (specification, at)
    }

    fn set_flag(&mut self, flag: u8) -> bool {
        match flag {
            b'-' => self.left_adjust = true,
            b'+' => self.plus = true,
            b' ' => self.space = true,
            b'#' => self.alternate = true,
            b'0' => self.zero = true,
            b'\'' => self.groups = true,
            _ => return false,
        }
        true
    }

    /// Sets a width that came from an argument.
    pub(super) fn set_width(&mut self, width: i32) {
        self.left_adjust |= width < 0;
        self.width = Field::Given(width.unsigned_abs() as usize);
    }

    /// Sets a precision that came from an argument; a negative one is none.
    pub(super) fn set_precision(&mut self, precision: i32) {
        self.precision = usize::try_from(precision).map_or(Field::Absent, Field::Given);
    }

    /// Whether the `l` modifier is present.
    pub(super) fn is_wide(&self) -> bool {
        self.modifiers.contains(&b'l')
    }

    /// What stands before a number.
    pub(super) fn sign(&self, is_negative: bool) -> &'static [u8] {
        match (is_negative, self.plus, self.space) {
            (true, ..) => b"-",
            (false, true, _) => b"+",
            (false, false, true) => b" ",
            (false, false, false) => b"",
        }
    }

    /// Appends `text`, cut to the precision and filled with spaces to the width, both in bytes.
    pub(super) fn lay_out_text(&self, text: &[u8], out: &mut Vec<u8>) {
        let shown = self.precision.get().and_then(|precision| text.get(..precision)).unwrap_or(text);
        self.lay_out(shown, shown.len(), out);
    }

    /// Appends `text`, which counts as `length`, filled with spaces to the width.
    pub(super) fn lay_out(&self, text: &[u8], length: usize, out: &mut Vec<u8>) {
        let fill = self.width.get().unwrap_or(0).saturating_sub(length);
        if self.left_adjust {
            out.extend_from_slice(text);
        }
        out.resize(out.len() + fill, b' ');
        if !self.left_adjust {
            out.extend_from_slice(text);
        }
    }

    /// Appends a number.
    pub(super) fn lay_out_number(&self, number: &NumberText, out: &mut Vec<u8>) {
        let fill = self.width.get().unwrap_or(0).saturating_sub(number.length());
        let fills_with_zeros = self.zero && number.takes_zeros && !self.left_adjust;
        if !self.left_adjust && !fills_with_zeros {
            out.resize(out.len() + fill, b' ');
        }
        out.extend_from_slice(&number.prefix);
        if fills_with_zeros {
            out.resize(out.len() + fill, b'0');
        }
        out.resize(out.len() + number.leading_zeros, b'0');
        out.extend_from_slice(&number.digits);
        out.resize(out.len() + number.trailing_zeros, b'0');
        out.extend_from_slice(&number.suffix);
        if self.left_adjust {
            out.resize(out.len() + fill, b' ');
        }
    }

    /// The number as the locale writes it: with its decimal point and, for the flag `'`, its digits in groups.
    pub(super) fn localised(&self, number: &NumberText, locale: &dyn Locale) -> NumberText {
        let at = number.digits.iter().position(|&byte| byte == b'.');
        let (whole, fraction) = number.digits.split_at(at.unwrap_or(number.digits.len()));
        let mut digits = match number.prefix.ends_with(b"x") {
            false if self.groups => grouped(whole, locale.thousands_separator()),
            _ => whole.to_vec(),
        };
        if let Some(fraction) = fraction.strip_prefix(b".") {
            digits.extend_from_slice(locale.decimal_point());
            digits.extend_from_slice(fraction);
        }
        NumberText { digits, ..number.clone() }
    }

    /// What the C library writes for a specification whose precision it cannot read: the specification.
    pub(super) fn written_out(&self, bad_precision: &[u8], modifier: &str, conversion: u8) -> Vec<u8> {
        let mut text = b"%".to_vec();
        let flags = [(self.alternate, b'#'), (self.plus, b'+'), (self.space && !self.plus, b' ')];
        text.extend(flags.iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| flag));
        match (self.left_adjust, self.zero) {
            (true, _) => text.push(b'-'),
            (false, true) => text.push(b'0'),
            (false, false) => {}
        }
        if let Some(width) = self.width.get().filter(|&width| width > 0) {
            text.extend_from_slice(width.to_string().as_bytes());
        }
        text.extend_from_slice(b".0");
        text.extend_from_slice(bad_precision);
        text.extend_from_slice(modifier.as_bytes());
        text.push(conversion);
        text
    }
}

/// The digits with a separator before every third from the end.
fn grouped(digits: &[u8], separator: &[u8]) -> Vec<u8> {
    if !digits.iter().all(u8::is_ascii_digit) {
        return digits.to_vec();
    }
    let (head, groups) = digits.split_at(digits.len() % 3);
    let groups = groups.chunks(3).enumerate();
    groups.fold(head.to_vec(), |mut text, (number, group)| {
        if number > 0 || !head.is_empty() {
            text.extend_from_slice(separator);
        }
        text.extend_from_slice(group);
        text
    })
}

/// Digits or `*`; the length is 0 if there is neither.
fn read_field(text: &[u8]) -> (Field, usize) {
    if text.first() == Some(&b'*') {
        return (Field::Argument, 1);
    }
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    match text.get(..length) {
        Some(digits) if length > 0 => (Field::from_digits(digits), length),
        _ => (Field::Absent, 0),
    }
}

/// A formatted number in parts, so that millions of zeros need not be written before it is laid out.
#[derive(Clone, Debug, Default)]
pub(super) struct NumberText {
    /// The sign and `0x`.
    pub(super) prefix: Vec<u8>,
    pub(super) leading_zeros: usize,
    pub(super) digits: Vec<u8>,
    pub(super) trailing_zeros: usize,
    /// The exponent.
    pub(super) suffix: Vec<u8>,
    /// Whether the flag `0` may fill it up.
    pub(super) takes_zeros: bool,
}

impl NumberText {
    pub(super) fn length(&self) -> usize {
        let text = self.prefix.len() + self.digits.len() + self.suffix.len();
        text.saturating_add(self.leading_zeros).saturating_add(self.trailing_zeros)
    }
}
