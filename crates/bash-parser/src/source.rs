//! Bytes to the text that the grammar reads, and back.
//!
//! The grammar works on `str`, a script may hold any byte. Valid UTF-8 stands for itself; any other byte `b` is
//! carried as U+10FE00 + `b`, at the far end of the last private plane. So that the way back is unambiguous, genuine
//! characters from U+10FE00 on are carried byte by byte too. U+10FFFF is thus never met: the grammar uses it as
//! "matches nothing". NUL bytes are dropped, as Bash drops them when it reads a script.

use crate::quote::{Charset, Codeset};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// The first of the characters that stand for single bytes.
const FIRST: u32 = 0x10FE00;

/// What three bytes such characters begin with in UTF-8: F4 8F B8 to F4 8F BF.
fn is_private(lead: &[u8]) -> bool {
    matches!(lead, [0xF4, 0x8F, third, ..] if *third >= 0xB8)
}

/// `bytes` as the grammar reads them.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) if !needs_mapping(bytes) => Cow::Borrowed(text),
        _ => Cow::Owned(map(bytes)),
    }
}

fn needs_mapping(bytes: &[u8]) -> bool {
    bytes.contains(&0) || bytes.contains(&0xF4) && (0..bytes.len()).any(|at| is_private(&bytes[at..]))
}

fn map(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars().filter(|&c| c != '\0') {
            if u32::from(c) < FIRST {
                text.push(c);
            } else {
                c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| push_byte(&mut text, byte));
            }
        }
        chunk.invalid().iter().for_each(|&byte| push_byte(&mut text, byte));
    }
    text
}

/// As [`map`], in another charset: the bytes of a character belong together, even if one of them looks like a backslash.
fn map_coded(bytes: &[u8], codeset: Codeset) -> String {
    let mut text = String::with_capacity(bytes.len() + 16);
    for character in Charset::Coded(codeset).characters(bytes) {
        match character {
            [0] => {}
            [byte] if byte.is_ascii() => text.push(char::from(*byte)),
            character => character.iter().for_each(|&byte| push_byte(&mut text, byte)),
        }
    }
    text
}

fn push_byte(text: &mut String, byte: u8) {
    text.extend(char::from_u32(FIRST + u32::from(byte)));
}

/// The bytes that `text` stands for.
pub(crate) fn encode(text: &str) -> Cow<'_, [u8]> {
    if !text.as_bytes().contains(&0xF4) {
        return Cow::Borrowed(text.as_bytes());
    }
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        match u32::from(c).checked_sub(FIRST).and_then(|byte| u8::try_from(byte).ok()) {
            Some(byte) => bytes.push(byte),
            None => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    Cow::Owned(bytes)
}

/// Where `piece` stands in `whole`, if it is a part of it and not a copy.
pub(crate) fn place_within(piece: &str, whole: &str) -> Option<Range<usize>> {
    let start = piece.as_ptr().addr().checked_sub(whole.as_ptr().addr())?;
    let end = start.checked_add(piece.len())?;
    (end <= whole.len()).then_some(start..end)
}

/// A text that may grow, together with the bytes it was made of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Source {
    /// As the grammar reads it. Large here-documents stay in it, and share it with the tree.
    text: Arc<String>,
    /// The same as bytes, kept only when they differ.
    bytes: Option<Vec<u8>>,
    /// The beginning of a character whose other bytes have not arrived.
    partial: Vec<u8>,
    /// The charset other than UTF-8 and C, if one is in force.
    coded: Option<Codeset>,
}

impl Source {
    /// A whole text.
    pub(crate) fn new(bytes: Vec<u8>) -> Source {
        let mut source = Source::default();
        match String::from_utf8(bytes) {
            Ok(text) if !needs_mapping(text.as_bytes()) => source.text = text.into(),
            Ok(text) => source.append(text.as_bytes()),
            Err(error) => source.append(error.as_bytes()),
        }
        source
    }

    /// Adds bytes; the beginning of a character at their end waits for the rest.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.partial.extend_from_slice(bytes);
        let arrived = std::mem::take(&mut self.partial);
        let complete = arrived.len() - unfinished(&arrived);
        self.append(&arrived[..complete]);
        self.partial = arrived[complete..].to_vec();
    }

    /// No more bytes come.
    pub(crate) fn end(&mut self) {
        let rest = std::mem::take(&mut self.partial);
        self.append(&rest);
    }

    fn append(&mut self, bytes: &[u8]) {
        let decoded = match self.coded {
            Some(codeset) => Cow::Owned(map_coded(bytes, codeset)),
            None => decode(bytes),
        };
        if let (Cow::Owned(_), None) = (&decoded, &self.bytes) {
            self.bytes = Some(self.text.as_bytes().to_vec());
        }
        Arc::make_mut(&mut self.text).push_str(&decoded);
        if let Some(kept) = &mut self.bytes {
            kept.extend(bytes.iter().filter(|&&byte| byte != 0));
        }
    }

    /// The text from `offset` on is read in this charset.
    pub(crate) fn follow(&mut self, charset: Charset, offset: usize) {
        let coded = match charset {
            Charset::Utf8 | Charset::C => None,
            Charset::Coded(codeset) => Some(codeset),
        };
        if coded == self.coded {
            return;
        }
        let rest = self.bytes_from(offset).to_vec();
        Arc::make_mut(&mut self.text).truncate(offset);
        self.bytes = Some(encode(&self.text).into_owned());
        self.coded = coded;
        self.append(&rest);
    }

    /// The text as the grammar reads it.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The same, to be kept.
    pub(crate) fn shared_text(&self) -> &Arc<String> {
        &self.text
    }

    /// The bytes from the place on that the text's `offset` stands for.
    pub(crate) fn bytes_from(&self, offset: usize) -> &[u8] {
        match &self.bytes {
            None => &self.text.as_bytes()[offset..],
            Some(bytes) => &bytes[encode(&self.text[..offset]).len()..],
        }
    }

    /// Forgets the first `offset` bytes of the text.
    pub(crate) fn forget(&mut self, offset: usize) {
        if let Some(bytes) = &mut self.bytes {
            bytes.drain(..encode(&self.text[..offset]).len());
        }
        match Arc::get_mut(&mut self.text) {
            Some(text) => drop(text.drain(..offset)),
            None => self.text = Arc::new(self.text[offset..].to_owned()),
        }
    }
}

/// How many bytes at the end begin a character without completing it.
fn unfinished(bytes: &[u8]) -> usize {
    match bytes.utf8_chunks().last() {
        Some(chunk) => match std::str::from_utf8(chunk.invalid()) {
            Err(error) if error.error_len().is_none() => chunk.invalid().len(),
            _ => 0,
        },
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_string_comes_back_as_it_went_in() {
        let cases: [&[u8]; 6] = [
            b"plain",
            "gr\u{fc}n \u{1F600}".as_bytes(),
            b"a\xff\xfeb",
            b"\xf4\x8f\xb8\x80x",
            b"\xf4\x8f\xbf\xbf",
            b"\xe2\x82",
        ];
        for bytes in cases {
            assert_eq!(&*encode(&decode(bytes)), bytes);
        }
    }

    #[test]
    fn parts_know_their_place_and_copies_have_none() {
        let (whole, copy) = (String::from("one two"), String::from("two"));
        assert_eq!(place_within(&whole[4..], &whole), Some(4..7));
        assert_eq!(place_within(&copy, &whole), None);
    }

    #[test]
    fn a_text_that_is_shared_stays_as_it_was() {
        let mut source = Source::new(b"one\ntwo".to_vec());
        let shared = source.shared_text().clone();
        source.forget(4);
        source.push(b" three");
        assert_eq!((shared.as_str(), source.text()), ("one\ntwo", "two three"));
    }

    #[test]
    fn nul_bytes_are_dropped() {
        assert_eq!(&*decode(b"a\0b"), "ab");
    }

    #[test]
    fn the_grammar_never_sees_its_own_never() {
        assert!(!decode("\u{10FFFF}".as_bytes()).contains('\u{10FFFF}'));
    }

    #[test]
    fn a_character_may_arrive_in_pieces() {
        let mut source = Source::default();
        source.push(b"a\xe2\x82");
        assert_eq!(source.text(), "a");
        source.push(b"\xac\xff");
        source.end();
        assert_eq!(source.bytes_from(1), b"\xe2\x82\xac\xff");
    }
}
