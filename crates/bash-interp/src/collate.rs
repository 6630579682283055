//! The order of strings: sorted pathname expansion, `[[ a < b ]]`, `test a \< b`.
//!
//! In the C and C.UTF-8 locales, the ones we have, `strcoll` compares code points, and UTF-8 was made so that the order
//! of bytes is the same. Other locales would be told apart here and nowhere else.

use std::cmp::Ordering;

/// The order of two strings in the locale.
pub fn compare(left: &[u8], right: &[u8]) -> Ordering {
    left.cmp(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_come_before_small_letters_and_ascii_before_the_rest() {
        let mut names = ["é", "b", "B", "a", "_", "日"];
        names.sort_by(|left, right| compare(left.as_bytes(), right.as_bytes()));
        assert_eq!(names, ["B", "_", "a", "b", "é", "日"]);
    }
}
