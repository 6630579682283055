//! The order of strings: sorted pathname expansion and `[[ a < b ]]`.
//!
//! In the C and C.UTF-8 locales `strcoll` compares code points, and UTF-8 was made so that the order of bytes is the same:
//! no call is needed. Other locales are asked; what they take for equal is told apart by its bytes.

use bash_host::Locale;
use std::cmp::Ordering;

/// The order of two strings in a locale (`None`: C).
pub fn compare(locale: Option<&dyn Locale>, left: &[u8], right: &[u8]) -> Ordering {
    match locale {
        None => left.cmp(right),
        Some(locale) => locale.compare(left, right).then_with(|| left.cmp(right)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_come_before_small_letters_and_ascii_before_the_rest() {
        let mut names = ["é", "b", "B", "a", "_", "日"];
        names.sort_by(|left, right| compare(None, left.as_bytes(), right.as_bytes()));
        assert_eq!(names, ["B", "_", "a", "b", "é", "日"]);
    }
}
