//! Writing floating-point numbers: `%f`, `%e`, `%g` and `%a`, exactly and to any precision.
//!
//! Digits come from exact arithmetic and are then rounded half to even, as the C library does. `%a` of a long double
//! puts the four highest bits before the point, so 1 is `0x8p-3`; of a double it puts one, so 1 is `0x1p+0`.

use super::big::{Big, fraction_digits};
use super::decimal::{Float, FloatFormat, Magnitude};
use super::spec::{NumberText, Specification};

/// Writes `float` for one of the conversions `a A e E f F g G`.
pub(super) fn text(float: &Float, conversion: u8, specification: &Specification) -> NumberText {
    let sign = specification.sign(float.is_negative).to_vec();
    let mut text = match float.value {
        Magnitude::Infinite => NumberText { digits: b"inf".to_vec(), ..NumberText::default() },
        Magnitude::NotANumber => NumberText { digits: b"nan".to_vec(), ..NumberText::default() },
        Magnitude::Finite { mantissa, exponent } => {
            let mut text = match conversion.to_ascii_lowercase() {
                b'a' => hexadecimal(mantissa, exponent, float.format, specification),
                b'e' => Decimal::new(mantissa, exponent)
                    .exponential(specification.precision.get().unwrap_or(6), specification),
                b'f' => Decimal::new(mantissa, exponent)
                    .fixed(specification.precision.get().unwrap_or(6), specification),
                _ => Decimal::new(mantissa, exponent).general(specification),
            };
            text.takes_zeros = true;
            text
        }
    };
    text.prefix.splice(0..0, sign);
    if conversion.is_ascii_uppercase() {
        text.prefix.make_ascii_uppercase();
        text.digits.make_ascii_uppercase();
        text.suffix.make_ascii_uppercase();
    }
    text
}

/// A finite number in decimal, exactly.
struct Decimal {
    /// All digits, without zeros at either end; none for zero.
    digits: Vec<u8>,
    /// How many digits stand before the point; may be negative or more than there are.
    point: i64,
}

/// The digits of an integer; none for zero.
fn whole_digits(whole: u64) -> Vec<u8> {
    if whole == 0 { Vec::new() } else { whole.to_string().into_bytes() }
}

impl Decimal {
    fn new(mantissa: u64, exponent: i32) -> Decimal {
        let bits = exponent.unsigned_abs() as usize;
        let (whole, fraction) = if exponent >= 0 {
            let mut whole = Big::from_u64(mantissa);
            whole.shift_left(bits);
            (whole.into_digits(), Vec::new())
        } else if bits < 64 {
            (whole_digits(mantissa >> bits), fraction_digits(mantissa & ((1 << bits) - 1), bits))
        } else {
            (Vec::new(), fraction_digits(mantissa, bits))
        };
        let mut point = signed(whole.len());
        let mut digits = whole;
        digits.extend_from_slice(&fraction);
        let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
        digits.drain(..zeros);
        point -= signed(zeros);
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        Decimal { digits, point }
    }

    /// Keeps this many digits, rounding half to even. Zeros that would follow are left out.
    fn round(&mut self, kept: i64) {
        let Ok(kept) = usize::try_from(kept) else {
            self.digits.clear();
            return;
        };
        let Some(rest) = self.digits.get(kept..) else { return };
        let last_is_odd =
            kept.checked_sub(1).and_then(|last| self.digits.get(last)).is_some_and(|digit| digit % 2 == 1);
        let is_up = match rest {
            [] => false,
            [b'5'] => last_is_odd,
            [first, ..] => *first >= b'5',
        };
        self.digits.truncate(kept);
        if is_up {
            self.increment();
        }
    }

    /// Adds one to the last digit.
    fn increment(&mut self) {
        while let Some(last) = self.digits.last_mut() {
            if *last < b'9' {
                *last += 1;
                return;
            }
            self.digits.pop();
        }
        self.digits.push(b'1');
        self.point += 1;
    }

    /// `%f`.
    fn fixed(mut self, precision: usize, specification: &Specification) -> NumberText {
        self.round(self.point.saturating_add(signed(precision)));
        let mut text = NumberText::default();
        // The digit before the point stands for positions that hold none.
        let whole = usize::try_from(self.point).unwrap_or(0);
        let split = whole.min(self.digits.len());
        let (before, after) = self.digits.split_at(split);
        text.digits.extend_from_slice(before);
        text.digits.resize(whole, b'0');
        if whole == 0 {
            text.digits.push(b'0');
        }
        if precision > 0 || specification.alternate {
            text.digits.push(b'.');
        }
        let skipped = usize::try_from(self.point.saturating_neg()).unwrap_or(0).min(precision);
        if !after.is_empty() {
            text.digits.resize(text.digits.len() + skipped, b'0');
            text.digits.extend_from_slice(after);
            text.trailing_zeros = precision.saturating_sub(skipped + after.len());
        } else {
            text.trailing_zeros = precision;
        }
        text
    }

    /// `%e`.
    fn exponential(mut self, precision: usize, specification: &Specification) -> NumberText {
        self.round(signed(precision).saturating_add(1));
        let exponent = if self.digits.is_empty() { 0 } else { self.point - 1 };
        let (first, rest) = self.digits.split_first().map_or((b'0', &[][..]), |(first, rest)| (*first, rest));
        let mut text = NumberText { digits: vec![first], ..NumberText::default() };
        if precision > 0 || specification.alternate {
            text.digits.push(b'.');
        }
        text.digits.extend_from_slice(rest);
        text.trailing_zeros = precision.saturating_sub(rest.len());
        text.suffix =
            format!("e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.unsigned_abs()).into_bytes();
        text
    }

    /// `%g`.
    fn general(mut self, specification: &Specification) -> NumberText {
        let precision = specification.precision.get().unwrap_or(6).max(1);
        self.round(signed(precision));
        let exponent = if self.digits.is_empty() { 0 } else { self.point - 1 };
        let is_fixed = exponent >= -4 && exponent < signed(precision);
        let places = if is_fixed { signed(precision) - 1 - exponent } else { signed(precision) - 1 };
        let mut places = usize::try_from(places).unwrap_or(0);
        if !specification.alternate {
            // Only as many places as hold digits other than zero.
            while self.digits.last() == Some(&b'0') {
                self.digits.pop();
            }
            let digits = signed(self.digits.len());
            let needed = if is_fixed { digits - self.point } else { digits - 1 };
            places = places.min(usize::try_from(needed).unwrap_or(0));
        }
        if is_fixed { self.fixed(places, specification) } else { self.exponential(places, specification) }
    }
}

fn signed(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// `%a`.
fn hexadecimal(
    mantissa: u64,
    exponent: i32,
    format: FloatFormat,
    specification: &Specification,
) -> NumberText {
    let fraction_bits = match format {
        FloatFormat::LongDouble => 60,
        FloatFormat::Double => 52,
    };
    let most_places = fraction_bits / 4;
    let mut value = u128::from(mantissa);
    let mut power = if mantissa == 0 { 0 } else { exponent + fraction_bits };
    let precision = specification.precision.get();
    if let Some(precision) = precision.and_then(|precision| i32::try_from(precision).ok())
        && precision < most_places
    {
        value = round_hexadecimal(value, (most_places - precision) * 4);
    }
    if value >> fraction_bits > 15 {
        value >>= 4;
        power += 4;
    }
    let whole = value >> fraction_bits;
    let fraction = value & ((1 << fraction_bits) - 1);
    let mut places = format!("{fraction:0width$x}", width = most_places as usize).into_bytes();
    let mut trailing_zeros = 0;
    match precision {
        Some(precision) => {
            places.truncate(precision);
            trailing_zeros = precision - places.len();
        }
        None => {
            while places.last() == Some(&b'0') {
                places.pop();
            }
        }
    }
    let mut digits = format!("{whole:x}").into_bytes();
    if !places.is_empty() || trailing_zeros > 0 || specification.alternate {
        digits.push(b'.');
    }
    digits.extend_from_slice(&places);
    let suffix = format!("p{power:+}").into_bytes();
    NumberText { prefix: b"0x".to_vec(), digits, trailing_zeros, suffix, ..NumberText::default() }
}

/// Rounds the lowest `bits` of `value` away, half to even.
fn round_hexadecimal(value: u128, bits: i32) -> u128 {
    let unit = 1_u128 << bits;
    let rest = value & (unit - 1);
    let kept = value - rest;
    let is_up = rest > unit / 2 || rest == unit / 2 && kept & unit != 0;
    if is_up { kept + unit } else { kept }
}
