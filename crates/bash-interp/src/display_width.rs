//! How many columns of the screen a text takes, as `select` counts them.

use bash_parser::quote::Charset;
use unicode_width::UnicodeWidthChar;

/// The columns that `text` takes. What surprises: one that is no text of the charset counts as nothing, one with control
/// characters counts by its bytes.
pub(crate) fn display_width(text: &[u8], charset: Charset) -> usize {
    if text.iter().all(|byte| (b' '..=b'~').contains(byte)) {
        return text.len();
    }
    let (mut rest, mut columns, mut has_control) = (text, 0, false);
    while !rest.is_empty() {
        let (Some(character), length) = charset.first(rest) else { return 0 };
        match character.width() {
            Some(width) => columns += width,
            None => has_control = true,
        }
        rest = &rest[length..];
    }
    if has_control { text.len() } else { columns }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_and_combining_characters() {
        let width = |text: &str| display_width(text.as_bytes(), Charset::Utf8);
        assert_eq!((width("abc"), width("äöü"), width("日本"), width("e\u{301}")), (3, 3, 4, 1));
    }

    #[test]
    fn what_is_no_text_counts_as_nothing_and_control_characters_by_bytes() {
        assert_eq!(display_width(b"a\xff", Charset::Utf8), 0);
        assert_eq!(display_width("ä".as_bytes(), Charset::C), 0);
        assert_eq!(display_width("ä\t".as_bytes(), Charset::Utf8), 3);
    }
}
