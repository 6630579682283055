//! The locale facet: what the system knows of languages, their numbers, their order of words and their encodings.

use std::cmp::Ordering;
use std::fmt::Debug;

/// Finds locales.
pub trait Locales {
    /// The locale of this name, if the system has it. It is kept as long as the process lives.
    fn locale(&self, name: &[u8]) -> Option<&'static dyn Locale>;
}

/// One locale.
pub trait Locale: Debug + Send + Sync {
    /// The name of its encoding: `UTF-8`, `BIG5`, `ANSI_X3.4-1968`.
    fn codeset(&self) -> &[u8];
    /// What stands before the fraction of a number.
    fn decimal_point(&self) -> &[u8];
    /// What stands between groups of three digits; often nothing.
    fn thousands_separator(&self) -> &[u8];
    /// The code point of the character that `text` begins with, and how many bytes it takes.
    fn decode(&self, text: &[u8]) -> Option<(u32, usize)>;
    /// The bytes of a character, if the encoding has it.
    fn encode(&self, code: u32) -> Option<Vec<u8>>;
    /// The order of two strings.
    fn compare(&self, left: &[u8], right: &[u8]) -> Ordering;
}
