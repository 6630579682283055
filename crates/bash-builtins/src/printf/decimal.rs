//! Text to floating-point numbers, correctly rounded, as `strtold` and `strtod` of the C library read it.
//!
//! Bash formats with the C type `long double`, which on x86-64 has a mantissa of 64 bits; in POSIX mode it takes
//! `double`. Rust has no type for the former, so a number is kept as mantissa and exponent.

use super::big::Big;

/// A floating-point number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Float {
    pub(super) is_negative: bool,
    pub(super) value: Magnitude,
    pub(super) format: FloatFormat,
}

/// How big it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Magnitude {
    /// `mantissa × 2^exponent`; a mantissa of 0 is zero.
    Finite {
        mantissa: u64,
        exponent: i32,
    },
    Infinite,
    NotANumber,
}

/// What the C type can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FloatFormat {
    /// 64 bits of mantissa, 15 of exponent.
    LongDouble,
    /// 53 bits of mantissa, 11 of exponent.
    Double,
}

impl FloatFormat {
    /// The bits of the mantissa.
    pub(super) fn bits(self) -> i32 {
        match self {
            FloatFormat::LongDouble => 64,
            FloatFormat::Double => 53,
        }
    }

    /// The exponent of the lowest bit of the smallest number.
    fn lowest_exponent(self) -> i32 {
        match self {
            FloatFormat::LongDouble => -16_445,
            FloatFormat::Double => -1_074,
        }
    }

    /// All numbers are less than 2 to this power.
    fn exponent_limit(self) -> i32 {
        match self {
            FloatFormat::LongDouble => 16_384,
            FloatFormat::Double => 1_024,
        }
    }
}

/// What was read at the start of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ReadFloat {
    pub(super) float: Float,
    /// How many bytes the number takes up, 0 if there is none.
    pub(super) length: usize,
    /// Too big, or so small that digits were lost.
    pub(super) is_out_of_range: bool,
}

/// Reads the number at the start of `text`, after white space.
pub(super) fn read_with_point(text: &[u8], point: &[u8], format: FloatFormat) -> ReadFloat {
    // Where a point stands that is none here, the number ends.
    let end = text.iter().position(|&byte| byte == b'.').unwrap_or(text.len());
    let text = &text[..end];
    let Some(at) = text.windows(point.len().max(1)).position(|window| window == point) else {
        return read(text, format);
    };
    let plain = [&text[..at], b".", &text[at + point.len()..]].concat();
    let mut number = read(&plain, format);
    if number.length > at {
        number.length += point.len() - 1;
    }
    number
}

/// Reads a number with the decimal point of the C locale.
pub(super) fn read(text: &[u8], format: FloatFormat) -> ReadFloat {
    let mut reader = Reader { text, at: 0, format };
    reader.skip_while(|byte| matches!(byte, b' ' | b'\t'..=b'\r'));
    let is_negative = reader.peek() == Some(b'-');
    if matches!(reader.peek(), Some(b'-' | b'+')) {
        reader.at += 1;
    }
    let (value, is_out_of_range) = match reader.magnitude() {
        Some(read) => read,
        None => {
            return ReadFloat { float: zero(format), length: 0, is_out_of_range: false };
        }
    };
    ReadFloat { float: Float { is_negative, value, format }, length: reader.at, is_out_of_range }
}

fn zero(format: FloatFormat) -> Float {
    Float { is_negative: false, value: ZERO, format }
}

const ZERO: Magnitude = Magnitude::Finite { mantissa: 0, exponent: 0 };

/// A magnitude and whether it is out of range.
type Rounded = (Magnitude, bool);

struct Reader<'t> {
    text: &'t [u8],
    at: usize,
    format: FloatFormat,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn rest(&self) -> &'t [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_while(&mut self, accepts: impl Fn(u8) -> bool) -> &'t [u8] {
        let rest = self.rest();
        let length = rest.iter().take_while(|&&byte| accepts(byte)).count();
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn skip_word(&mut self, word: &[u8]) -> bool {
        let matches = self.rest().get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        if matches {
            self.at += word.len();
        }
        matches
    }

    fn magnitude(&mut self) -> Option<Rounded> {
        if self.skip_word(b"infinity") || self.skip_word(b"inf") {
            return Some((Magnitude::Infinite, false));
        }
        if self.skip_word(b"nan") {
            self.skip_nan_payload();
            return Some((Magnitude::NotANumber, false));
        }
        let start = self.at;
        if self.skip_word(b"0x") {
            if let Some(read) = self.hexadecimal() {
                return Some(read);
            }
            // Just the zero.
            self.at = start + 1;
            return Some((ZERO, false));
        }
        self.decimal()
    }

    fn skip_nan_payload(&mut self) {
        let start = self.at;
        if self.peek() == Some(b'(') {
            self.at += 1;
            self.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if self.peek() == Some(b')') {
                self.at += 1;
                return;
            }
        }
        self.at = start;
    }

    /// Digits before and after a point; `None` if there are none at all.
    fn digits(&mut self, is_digit: fn(&u8) -> bool) -> Option<(&'t [u8], &'t [u8])> {
        let start = self.at;
        let whole = self.skip_while(|byte| is_digit(&byte));
        let mut fraction: &[u8] = &[];
        if self.peek() == Some(b'.') {
            self.at += 1;
            fraction = self.skip_while(|byte| is_digit(&byte));
        }
        if whole.is_empty() && fraction.is_empty() {
            self.at = start;
            return None;
        }
        Some((whole, fraction))
    }

    /// The exponent after this letter, 0 if there is none. Clamped far outside the range of the format.
    fn exponent(&mut self, letter: u8) -> i64 {
        let start = self.at;
        if !self.peek().is_some_and(|byte| byte.eq_ignore_ascii_case(&letter)) {
            return 0;
        }
        self.at += 1;
        let is_negative = self.peek() == Some(b'-');
        if matches!(self.peek(), Some(b'-' | b'+')) {
            self.at += 1;
        }
        let digits = self.skip_while(|byte| byte.is_ascii_digit());
        if digits.is_empty() {
            self.at = start;
            return 0;
        }
        let value = digits.iter().fold(0_i64, |value, digit| {
            (value * 10 + i64::from(digit.wrapping_sub(b'0'))).min(1_000_000_000_000)
        });
        if is_negative { -value } else { value }
    }

    fn hexadecimal(&mut self) -> Option<Rounded> {
        let (whole, fraction) = self.digits(u8::is_ascii_hexdigit)?;
        let mut exponent = self.exponent(b'p');
        let mut value = 0_u128;
        let mut lost = false;
        for (index, &digit) in whole.iter().chain(fraction).enumerate() {
            let digit = u128::from(char::from(digit).to_digit(16).unwrap_or(0));
            exponent -= if index >= whole.len() { 4 } else { 0 };
            if value >> 100 == 0 {
                value = value << 4 | digit;
            } else {
                lost |= digit != 0;
                exponent = exponent.saturating_add(4);
            }
        }
        if value == 0 {
            return Some((ZERO, false));
        }
        // Enough bits that rounding always drops some.
        let spare = value.leading_zeros().saturating_sub(8);
        Some(round(value << spare, exponent.saturating_sub(i64::from(spare)), lost, self.format))
    }

    fn decimal(&mut self) -> Option<Rounded> {
        let (whole, fraction) = self.digits(u8::is_ascii_digit)?;
        let exponent = self.exponent(b'e');
        let fraction_length = i64::try_from(fraction.len()).unwrap_or(i64::MAX);
        let mut digits: Vec<u8> =
            whole.iter().chain(fraction).copied().skip_while(|&digit| digit == b'0').collect();
        let mut exponent = exponent.saturating_sub(fraction_length);
        while digits.last() == Some(&b'0') {
            digits.pop();
            exponent = exponent.saturating_add(1);
        }
        if digits.is_empty() {
            return Some((ZERO, false));
        }
        if digits.len() > MOST_DIGITS {
            exponent = exponent.saturating_add(i64::try_from(digits.len() - MOST_DIGITS).unwrap_or(0));
            digits.truncate(MOST_DIGITS - 1);
            // More digits follow, of which one is not zero; where it is does not change the rounding.
            digits.push(b'1');
        }
        let short = from_short_decimal(&digits, exponent, self.format);
        Some(short.unwrap_or_else(|| from_decimal(&digits, exponent, self.format)))
    }
}

/// What [`from_decimal`] gives for a number that a machine word holds, divided by no more than 10¹⁸.
fn from_short_decimal(digits: &[u8], exponent: i64, format: FloatFormat) -> Option<Rounded> {
    let places = u32::try_from(exponent.checked_neg()?).ok().filter(|places| *places <= 18)?;
    if digits.len() > 19 {
        return None;
    }
    let number = digits.iter().fold(0_u64, |number, digit| number * 10 + u64::from(digit.wrapping_sub(b'0')));
    let (spare, divisor) = (u128::from(number).leading_zeros(), u128::from(10_u64.pow(places)));
    let scaled = u128::from(number) << spare;
    Some(round(scaled / divisor, -i64::from(spare), scaled % divisor != 0, format))
}

/// A number halfway between two long doubles has at most some 11,500 digits.
const MOST_DIGITS: usize = 12_000;

/// `digits × 10^exponent`, the digits neither empty nor beginning with zero.
fn from_decimal(digits: &[u8], exponent: i64, format: FloatFormat) -> Rounded {
    let magnitude = exponent.saturating_add(i64::try_from(digits.len()).unwrap_or(i64::MAX));
    if magnitude > 5_000 {
        return (Magnitude::Infinite, true);
    }
    if magnitude < -5_000 {
        return (ZERO, true);
    }
    let mut numerator = Big::from_digits(digits);
    let mut denominator = Big::from_u64(1);
    let power = usize::try_from(exponent.unsigned_abs()).unwrap_or(0);
    if exponent >= 0 {
        numerator.multiply_by_power_of_ten(power);
    } else {
        denominator.multiply_by_power_of_ten(power);
    }
    // Scaled so that the quotient has some bits more than the mantissa.
    let wanted = 70 + denominator.bit_length();
    let shift = i64::try_from(wanted).unwrap_or(0) - i64::try_from(numerator.bit_length()).unwrap_or(0);
    let distance = usize::try_from(shift.unsigned_abs()).unwrap_or(0);
    if shift > 0 {
        numerator.shift_left(distance);
    } else {
        denominator.shift_left(distance);
    }
    let (quotient, has_remainder) = numerator.divide(denominator);
    round(quotient, -shift, has_remainder, format)
}

/// `value × 2^exponent`, plus a little if `is_inexact`, rounded to the nearest number of the format, ties to even.
/// `value` has more bits than a mantissa.
fn round(value: u128, exponent: i64, is_inexact: bool, format: FloatFormat) -> Rounded {
    let length = 128 - i64::from(value.leading_zeros());
    let excess = length - i64::from(format.bits());
    let dropped = excess.max(i64::from(format.lowest_exponent()).saturating_sub(exponent)).max(0);
    if dropped > 127 {
        return (ZERO, true);
    }
    let rest = value & ((1 << dropped) - 1);
    let half = if dropped == 0 { 0 } else { 1 << (dropped - 1) };
    let mut mantissa = value >> dropped;
    let mut exponent = exponent.saturating_add(dropped);
    let is_up = dropped > 0 && (rest > half || rest == half && (is_inexact || mantissa & 1 == 1));
    mantissa += u128::from(is_up);
    if mantissa >> format.bits() != 0 {
        mantissa >>= 1;
        exponent = exponent.saturating_add(1);
    }
    let new_length = 128 - i64::from(mantissa.leading_zeros());
    if exponent.saturating_add(new_length) > i64::from(format.exponent_limit()) {
        return (Magnitude::Infinite, true);
    }
    let is_tiny = new_length < i64::from(format.bits());
    let lost = rest != 0 || is_inexact;
    let (Ok(mantissa), Ok(exponent)) = (u64::try_from(mantissa), i32::try_from(exponent)) else {
        return (ZERO, true);
    };
    (Magnitude::Finite { mantissa, exponent }, is_tiny && lost)
}

#[cfg(test)]
mod short_tests {
    use super::*;

    #[test]
    fn short_numbers_are_read_as_any_others() {
        for digits in
            ["1", "5", "314159", "999999999999999999", "9007199254740993", "1844674407370955161", "3"]
        {
            for exponent in -20..3 {
                for format in [FloatFormat::LongDouble, FloatFormat::Double] {
                    let short = from_short_decimal(digits.as_bytes(), exponent, format);
                    assert_eq!(short.is_some(), (-18..=0).contains(&exponent));
                    if let Some(short) = short {
                        assert_eq!(
                            short,
                            from_decimal(digits.as_bytes(), exponent, format),
                            "{digits}e{exponent}"
                        );
                    }
                }
            }
        }
    }
}
