//! Integers of `printf`: reading arguments as `strtoimax` does, and writing `%d`, `%u`, `%o`, `%x`.

use super::spec::{NumberText, Specification};

/// An integer argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ReadInteger {
    pub(super) is_negative: bool,
    /// The absolute value, the largest possible if it is out of range.
    pub(super) magnitude: u64,
    /// How many bytes it takes up, 0 if there is none.
    pub(super) length: usize,
    is_too_large: bool,
}

impl ReadInteger {
    /// The value for `%d` and whether it had to be cut to the range.
    pub(super) fn signed(&self) -> (i64, bool) {
        let limit = if self.is_negative { 1 << 63 } else { (1 << 63) - 1 };
        if self.is_too_large || self.magnitude > limit {
            return (if self.is_negative { i64::MIN } else { i64::MAX }, true);
        }
        let value = self.magnitude.cast_signed();
        (if self.is_negative { value.wrapping_neg() } else { value }, false)
    }

    /// The value for `%u`, in which `-1` is the largest number, and whether it had to be cut to the range.
    pub(super) fn unsigned(&self) -> (u64, bool) {
        match (self.is_too_large, self.is_negative) {
            (true, _) => (u64::MAX, true),
            (false, true) => (self.magnitude.wrapping_neg(), false),
            (false, false) => (self.magnitude, false),
        }
    }
}

/// Reads the integer at the start of `text`: decimal, octal after `0`, hexadecimal after `0x`, binary after `0b`.
pub(super) fn read(text: &[u8]) -> ReadInteger {
    let mut at = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t'..=b'\r')).count();
    let is_negative = text.get(at) == Some(&b'-');
    at += usize::from(matches!(text.get(at), Some(b'-' | b'+')));
    let (base, prefix) = base_of(text.get(at..).unwrap_or_default());
    at += prefix;
    let digits = text.get(at..).unwrap_or_default();
    let mut read = ReadInteger { is_negative, magnitude: 0, length: 0, is_too_large: false };
    for (index, &byte) in digits.iter().enumerate() {
        let Some(digit) = char::from(byte).to_digit(base) else { break };
        let next =
            read.magnitude.checked_mul(u64::from(base)).and_then(|value| value.checked_add(u64::from(digit)));
        read.is_too_large |= next.is_none();
        read.magnitude = next.unwrap_or(u64::MAX);
        read.length = at + index + 1;
    }
    read
}

/// The base that the start of a number tells, and the length of the prefix that does.
fn base_of(text: &[u8]) -> (u32, usize) {
    let digit_after = |base| text.get(2).is_some_and(|&byte| char::from(byte).is_digit(base));
    match text {
        [b'0', b'x' | b'X', ..] if digit_after(16) => (16, 2),
        [b'0', b'b' | b'B', ..] if digit_after(2) => (2, 2),
        [b'0', ..] => (8, 0),
        _ => (10, 0),
    }
}

/// Writes a signed integer.
pub(super) fn signed_text(value: i64, specification: &Specification) -> NumberText {
    let digits = value.unsigned_abs().to_string().into_bytes();
    integer_text(specification.sign(value < 0).to_vec(), digits, value == 0, specification)
}

/// Writes an unsigned integer for one of `u`, `o`, `x` and `X`.
pub(super) fn unsigned_text(value: u64, conversion: u8, specification: &Specification) -> NumberText {
    let (digits, prefix) = match conversion {
        b'o' => (format!("{value:o}"), ""),
        b'x' => (format!("{value:x}"), "0x"),
        b'X' => (format!("{value:X}"), "0X"),
        _ => (value.to_string(), ""),
    };
    let shows_prefix = specification.alternate && value != 0;
    let prefix = if shows_prefix { prefix.as_bytes().to_vec() } else { Vec::new() };
    let mut text = integer_text(prefix, digits.into_bytes(), value == 0, specification);
    let begins_with_zero = text.leading_zeros > 0 || text.digits.first() == Some(&b'0');
    if conversion == b'o' && specification.alternate && !begins_with_zero {
        text.leading_zeros = 1;
    }
    text
}

fn integer_text(
    prefix: Vec<u8>,
    digits: Vec<u8>,
    is_zero: bool,
    specification: &Specification,
) -> NumberText {
    let precision = specification.precision.get();
    let digits = if is_zero && precision == Some(0) { Vec::new() } else { digits };
    let leading_zeros = precision.unwrap_or(0).saturating_sub(digits.len());
    NumberText { prefix, leading_zeros, digits, takes_zeros: precision.is_none(), ..NumberText::default() }
}
