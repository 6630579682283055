//! Integer constants: `10`, `0x1F`, `017`, `2#101`, `64#@_`. They wrap at 64 bits.

/// The value of a constant made of letters, digits, `#`, `@` and `_`, or Bash's complaint.
pub fn constant(text: &[u8]) -> Result<i64, &'static str> {
    if let Some(value) = plain_integer(text) {
        return Ok(value);
    }
    let (mut base, mut explicit, digits): (i64, bool, &[u8]) = match text {
        [b'0', b'x' | b'X', rest @ ..] => (16, true, rest),
        [b'0', rest @ ..] => (8, true, rest),
        _ => (10, false, text),
    };
    let mut value: i64 = 0;
    for (at, &byte) in digits.iter().enumerate() {
        if byte == b'#' {
            if explicit {
                return Err("invalid number");
            }
            if !(2..=64).contains(&value) {
                return Err("invalid arithmetic base");
            }
            (base, value, explicit) = (value, 0, true);
            if digits.get(at + 1).is_none_or(|&next| next == b'#') {
                return Err("invalid integer constant");
            }
            continue;
        }
        let digit = digit(byte, base);
        if digit >= base {
            return Err("value too great for base");
        }
        value = value.wrapping_mul(base).wrapping_add(digit);
    }
    Ok(value)
}

fn digit(byte: u8, base: i64) -> i64 {
    i64::from(match byte {
        b'0'..=b'9' => byte - b'0',
        b'a'..=b'z' => byte - b'a' + 10,
        b'A'..=b'Z' if base <= 36 => byte - b'A' + 10,
        b'A'..=b'Z' => byte - b'A' + 36,
        b'@' => 62,
        b'_' => 63,
        _ => 64,
    })
}

/// The value of `text` if it is a decimal number of at most 18 digits without leading zeros, perhaps with `-`:
/// what a variable mostly holds.
pub fn plain_integer(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    match digits {
        [b'0'] => return Some(0),
        [] | [b'0', ..] => return None,
        _ if digits.len() > 18 => return None,
        _ => {}
    }
    let mut value: i64 = 0;
    for &byte in digits {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value * 10 + i64::from(byte - b'0');
    }
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_have_bases_up_to_64() {
        for (text, value) in [
            ("0", 0),
            ("00", 0),
            ("017", 15),
            ("0x", 0),
            ("0X1F", 31),
            ("16#fF", 255),
            ("36#Z", 35),
            ("36#z", 35),
            ("37#A", 36),
            ("37#a", 10),
            ("62#Z", 61),
            ("64#@_", 4031),
            ("9223372036854775808", i64::MIN),
            ("99999999999999999999", 7766279631452241919),
        ] {
            assert_eq!(constant(text.as_bytes()), Ok(value), "{text}");
        }
    }

    #[test]
    fn bad_constants_have_bashs_complaints() {
        for (text, message) in [
            ("08", "value too great for base"),
            ("0x1G", "value too great for base"),
            ("1_000", "value too great for base"),
            ("1@", "value too great for base"),
            ("08#1", "value too great for base"),
            ("2#2", "value too great for base"),
            ("0#1", "invalid number"),
            ("010#1", "invalid number"),
            ("1#1", "invalid arithmetic base"),
            ("65#1", "invalid arithmetic base"),
            ("2#", "invalid integer constant"),
        ] {
            assert_eq!(constant(text.as_bytes()), Err(message), "{text}");
        }
    }
}
