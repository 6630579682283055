//! Numbers as builtins read their arguments: decimal, with white space around them, and nothing else.

/// The integer that `text` is: an optional sign and decimal digits within the range, white space before and after.
/// What surprises: `0x10` and `1+1` are none, `010` is ten.
pub fn legal_number(text: &[u8]) -> Option<i64> {
    if let Some(number) = bash_parser::arith::plain_integer(text) {
        return Some(number);
    }
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t'..=b'\r');
    let start = text.iter().position(|byte| !is_space(byte))?;
    let end = text.iter().rposition(|byte| !is_space(byte))?;
    let text = std::str::from_utf8(&text[start..=end]).ok()?;
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.starts_with(['+', '-']) { None } else { text.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_decimals_within_the_range_are_numbers() {
        for (text, number) in [("12", 12), (" 12\t", 12), ("-3", -3), ("+3", 3), ("010", 10)] {
            assert_eq!(legal_number(text.as_bytes()), Some(number), "{text}");
        }
        for text in ["", " ", "a", "1a", "0x1", "--1", "+-1", "1 2", "99999999999999999999"] {
            assert_eq!(legal_number(text.as_bytes()), None, "{text}");
        }
    }
}
