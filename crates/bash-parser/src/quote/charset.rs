//! What the bytes of a text mean: where its characters begin, and how they are written.
//!
//! The two charsets that nearly everybody uses are known here. Any other comes from outside, as a [`Codeset`].

use std::fmt;
use std::hash::{Hash, Hasher};

/// What bytes beyond ASCII mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Charset {
    /// UTF-8: a valid printable character is printable; a stray byte is not.
    #[default]
    Utf8,
    /// The C locale: no byte beyond ASCII is printable.
    C,
    /// Another one, such as Big5, whose characters may hold bytes of ASCII.
    Coded(Codeset),
}

/// Decodes and encodes the characters of a charset.
pub trait Coding: Sync {
    /// The character that `text` begins with and its length in bytes.
    fn decode(&self, text: &[u8]) -> Option<(char, usize)>;
    /// The bytes of a character, if the charset has it.
    fn encode(&self, character: char) -> Option<Vec<u8>>;
}

/// A charset from outside.
#[derive(Clone, Copy)]
pub struct Codeset(pub &'static dyn Coding);

impl Codeset {
    fn address(self) -> usize {
        std::ptr::from_ref(self.0).cast::<u8>().addr()
    }
}

impl PartialEq for Codeset {
    fn eq(&self, other: &Codeset) -> bool {
        self.address() == other.address()
    }
}

impl Eq for Codeset {}

impl Hash for Codeset {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.address().hash(state);
    }
}

impl fmt::Debug for Codeset {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Codeset")
    }
}

impl Charset {
    /// The character that `text` begins with, and its length in bytes. `None` for the character if the byte begins none.
    pub fn first(self, text: &[u8]) -> (Option<char>, usize) {
        let known = match (self, text.first()) {
            (_, None) => return (None, 0),
            (Charset::Coded(codeset), _) => codeset.0.decode(text),
            (_, Some(&byte)) if byte.is_ascii() => Some((char::from(byte), 1)),
            (Charset::Utf8, _) => first_of_utf8(text).map(|c| (c, c.len_utf8())),
            (Charset::C, _) => None,
        };
        known.map_or((None, 1), |(c, length)| (Some(c), length))
    }

    /// The characters of `text`; a byte that begins none stands alone.
    pub fn characters(self, text: &[u8]) -> impl Iterator<Item = &[u8]> {
        let mut rest = text;
        std::iter::from_fn(move || {
            let (character, after) = rest.split_at(self.first(rest).1);
            rest = after;
            (!character.is_empty()).then_some(character)
        })
    }

    /// Whether all bytes of `text` belong to characters.
    pub fn is_valid(self, text: &[u8]) -> bool {
        match self {
            Charset::Utf8 => std::str::from_utf8(text).is_ok(),
            Charset::C => true,
            Charset::Coded(_) => self.characters(text).all(|character| self.first(character).0.is_some()),
        }
    }
}

/// The character that `text` begins with, if it begins with valid UTF-8.
fn first_of_utf8(text: &[u8]) -> Option<char> {
    let head = text.get(..text.len().min(4))?;
    head.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two bytes from 0x80 on are one character, whatever the second.
    struct Pairs;

    impl Coding for Pairs {
        fn decode(&self, text: &[u8]) -> Option<(char, usize)> {
            match text {
                [lead, ..] if lead.is_ascii() => Some((char::from(*lead), 1)),
                [_, tail, ..] => Some((char::from_u32(0x4e00 + u32::from(*tail))?, 2)),
                _ => None,
            }
        }

        fn encode(&self, character: char) -> Option<Vec<u8>> {
            let tail = u32::from(character).checked_sub(0x4e00)?;
            Some(vec![0xa3, u8::try_from(tail).ok()?])
        }
    }

    #[test]
    fn characters_of_a_foreign_charset_keep_their_bytes_together() {
        let charset = Charset::Coded(Codeset(&Pairs));
        let all: Vec<&[u8]> = charset.characters(b"a\xa3\\b\xff").collect();
        assert_eq!(all, [&b"a"[..], b"\xa3\\", b"b", b"\xff"]);
        assert!(!charset.is_valid(b"a\xff") && charset.is_valid(b"a\xff\\"));
    }

    #[test]
    fn stray_bytes_stand_alone_in_utf8_and_every_byte_in_c() {
        let all: Vec<&[u8]> = Charset::Utf8.characters(b"\xc3\xa9\xff").collect();
        assert_eq!(all, [&b"\xc3\xa9"[..], b"\xff"]);
        assert_eq!(Charset::C.characters(b"\xc3\xa9").count(), 2);
    }
}
