//! Which bytes stand for themselves where.
//!
//! Every byte of a character beyond ASCII does everywhere.

/// A set of bytes, as one bit of the table.
#[derive(Clone, Copy)]
pub(super) struct Class(u8);

impl Class {
    /// `word_lit_ch`: in a word.
    pub(super) const WORD: Class = Class(1);
    /// `arith_ch`: in arithmetic and between the parentheses of a pattern.
    pub(super) const ARITH: Class = Class(2);
    /// `param_ch`: in the word of `${x:-…}`.
    pub(super) const PARAM: Class = Class(4);
    /// `subscript_ch`: in a subscript.
    pub(super) const SUBSCRIPT: Class = Class(8);
    /// In double quotes.
    pub(super) const QUOTED: Class = Class(16);
    /// `wc` but for the backslash: what lets a word go on behind a keyword.
    pub(super) const CONTINUES: Class = Class(32);
    /// In a name.
    pub(super) const NAME: Class = Class(64);
    /// `arith_for_ch`: in the header of `for ((…))`.
    pub(super) const ARITH_FOR: Class = Class(128);

    #[inline]
    pub(super) fn holds(self, byte: u8) -> bool {
        CLASSES[byte as usize] & self.0 != 0
    }
}

static CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = class_of(byte as u8);
        byte += 1;
    }
    table
}

const fn class_of(byte: u8) -> u8 {
    if byte == 0 {
        return 0;
    }
    let mut class = 0;
    let blank = matches!(byte, b' ' | b'\t' | b'\n');
    let quote = matches!(byte, b'"' | b'$' | b'\\' | b'`');
    let operator = matches!(byte, b'&' | b'(' | b')' | b';' | b'<' | b'>' | b'|');
    if !blank && !quote && !operator && !matches!(byte, b'\'' | b'!' | b'*' | b'+' | b'?' | b'@') {
        class |= Class::WORD.0;
    }
    if !quote && !matches!(byte, b'\'' | b'(' | b')') {
        class |= Class::ARITH.0;
    }
    if !quote && !matches!(byte, b'\'' | b'<' | b'>' | b'}') {
        class |= Class::PARAM.0;
    }
    if !quote && !matches!(byte, b'\'' | b'<' | b'>' | b'[' | b']') {
        class |= Class::SUBSCRIPT.0;
    }
    if !quote {
        class |= Class::QUOTED.0;
    }
    if !blank && !operator && byte != b'\\' {
        class |= Class::CONTINUES.0;
    }
    if byte.is_ascii_alphanumeric() || byte == b'_' {
        class |= Class::NAME.0;
    }
    let control = byte < b' ' && !matches!(byte, b'\n' | b'\t' | b'\r');
    if !quote && !control && !matches!(byte, b'\'' | b'(' | b')' | b';') {
        class |= Class::ARITH_FOR.0;
    }
    class
}
