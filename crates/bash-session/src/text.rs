//! The text of a value: bytes, short ones stored in place, long ones shared until they are changed.

mod characters;
mod long;

pub use characters::Places;

use long::Long;
use std::fmt;
use std::ops::{Deref, Range};

pub(crate) const INLINE: usize = 23;
/// How long a text is whose characters are worth an index.
const WORTH_AN_INDEX: usize = 512;

/// A byte string that is cheap to clone: up to 23 bytes live in the handle itself, longer text is shared.
#[derive(Clone)]
pub struct Text(Repr);

#[derive(Clone)]
enum Repr {
    Inline(Inline),
    Long(Long),
}

/// A short text. It is copied as three machine words, and what its length cannot be tells it from a shared one.
#[derive(Clone, Copy)]
#[repr(align(8))]
struct Inline {
    bytes: [u8; INLINE],
    length: Length,
}

/// A number up to [`INLINE`].
#[derive(Clone, Copy)]
#[repr(u8)]
#[rustfmt::skip]
enum Length {
    L0, L1, L2, L3, L4, L5, L6, L7, L8, L9, L10, L11, L12, L13, L14, L15, L16, L17, L18, L19, L20, L21, L22, L23,
}

impl Length {
    #[rustfmt::skip]
    const ALL: [Length; INLINE + 1] = {
        use Length::*;
        [L0, L1, L2, L3, L4, L5, L6, L7, L8, L9, L10, L11, L12, L13, L14, L15, L16, L17, L18, L19, L20, L21, L22, L23]
    };

    #[inline]
    fn of(length: usize) -> Length {
        Length::ALL[length]
    }
}

impl Inline {
    const EMPTY: Inline = Inline { bytes: [0; INLINE], length: Length::L0 };

    #[inline]
    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length as usize]
    }
}

impl Text {
    /// The empty text.
    pub const EMPTY: Text = Text(Repr::Inline(Inline::EMPTY));

    /// A copy of `bytes`.
    #[inline]
    pub fn new(bytes: &[u8]) -> Text {
        let mut text = Text::EMPTY;
        text.set(bytes);
        text
    }

    /// The decimal digits of `number`.
    #[inline]
    pub fn from_integer(number: i64) -> Text {
        let mut text = Text::EMPTY;
        text.set_integer(number);
        text
    }

    /// Makes it a copy of `bytes`. What is written where it shall stay need not be moved at once, for which a processor
    /// has to wait.
    #[inline]
    pub fn set(&mut self, bytes: &[u8]) {
        if bytes.len() > INLINE {
            *self = Text(Repr::Long(Long::new(bytes.to_vec())));
            return;
        }
        let place = self.place();
        place.length = Length::of(bytes.len());
        copy_short(bytes, &mut place.bytes);
    }

    /// Makes it the decimal digits of `number`.
    #[inline]
    pub fn set_integer(&mut self, number: i64) {
        let place = self.place();
        place.length = Length::of(crate::decimal::write(number, &mut place.bytes));
    }

    /// The handle as a short text, to be written anew.
    #[inline]
    fn place(&mut self) -> &mut Inline {
        if let Repr::Long(_) = self.0 {
            *self = Text::EMPTY;
        }
        match &mut self.0 {
            Repr::Inline(inline) => inline,
            Repr::Long(_) => unreachable!("just made empty"),
        }
    }

    /// Its bytes.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Repr::Inline(inline) => inline.as_bytes(),
            Repr::Long(long) => long.as_bytes(),
        }
    }

    /// A part of it, which shares its bytes if they are many.
    pub fn part(&self, range: Range<usize>) -> Text {
        if range.len() > INLINE
            && let Repr::Long(long) = &self.0
            && let Some(part) = long.part(range.clone())
        {
            return Text(Repr::Long(part));
        }
        Text::new(self.as_bytes().get(range).unwrap_or_default())
    }

    /// Where the characters of a UTF-8 text are, which is worked out once for all who share it. `None`: the text is too
    /// short to be worth it, or is not valid.
    pub fn characters(&self) -> Option<Places<'_>> {
        match &self.0 {
            Repr::Long(long) if long.as_bytes().len() >= WORTH_AN_INDEX => long.places(),
            _ => None,
        }
    }

    /// The same, if it has been worked out already.
    pub fn known_characters(&self) -> Option<Places<'_>> {
        match &self.0 {
            Repr::Long(long) => long.known_places(),
            Repr::Inline(_) => None,
        }
    }

    /// The bytes that it takes beside its place, divided by those that share them.
    pub fn own_bytes(&self) -> usize {
        match &self.0 {
            Repr::Inline(_) => 0,
            Repr::Long(long) => long.own_bytes(),
        }
    }

    /// The same with its place.
    pub fn with_place(&self) -> usize {
        size_of::<Text>() + self.own_bytes()
    }

    /// Appends `more`. Amortised constant time per byte while nobody else shares the text.
    #[inline]
    pub fn push(&mut self, more: &[u8]) {
        match &mut self.0 {
            Repr::Inline(inline) if inline.length as usize + more.len() <= INLINE => {
                let start = inline.length as usize;
                inline.bytes[start..start + more.len()].copy_from_slice(more);
                inline.length = Length::of(start + more.len());
            }
            Repr::Inline(inline) => {
                let mut joined = Vec::with_capacity((inline.length as usize + more.len()) * 2);
                joined.extend_from_slice(inline.as_bytes());
                joined.extend_from_slice(more);
                self.0 = Repr::Long(Long::new(joined));
            }
            Repr::Long(long) => long.push(more),
        }
    }

    /// Changes bytes, but not how many they are.
    pub fn change(&mut self, change: impl FnOnce(&mut [u8])) {
        match &mut self.0 {
            Repr::Inline(inline) => change(&mut inline.bytes[..inline.length as usize]),
            Repr::Long(long) => long.change(change),
        }
    }

    /// Its bytes as a vector of one's own.
    #[inline]
    pub fn into_vec(self) -> Vec<u8> {
        match self.0 {
            Repr::Inline(inline) => inline.as_bytes().to_vec(),
            Repr::Long(long) => long.into_vec(),
        }
    }
}

/// Copies a short text. The pieces have fixed sizes and may overlap.
#[inline]
fn copy_short(bytes: &[u8], place: &mut [u8; INLINE]) {
    let length = bytes.len();
    if let (Some(first), Some(last)) = (bytes.first_chunk::<16>(), bytes.last_chunk::<16>()) {
        place[..16].copy_from_slice(first);
        place[length - 16..length].copy_from_slice(last);
    } else if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        place[..8].copy_from_slice(first);
        place[length - 8..length].copy_from_slice(last);
    } else if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        place[..4].copy_from_slice(first);
        place[length - 4..length].copy_from_slice(last);
    } else {
        for (to, byte) in place.iter_mut().zip(bytes) {
            *to = *byte;
        }
    }
}

impl Default for Text {
    fn default() -> Text {
        Text::EMPTY
    }
}

impl Deref for Text {
    type Target = [u8];
    #[inline]
    fn deref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl std::borrow::Borrow<[u8]> for Text {
    fn borrow(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl From<&[u8]> for Text {
    #[inline]
    fn from(bytes: &[u8]) -> Text {
        Text::new(bytes)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text::new(text.as_bytes())
    }
}

impl From<Vec<u8>> for Text {
    fn from(bytes: Vec<u8>) -> Text {
        if bytes.len() > INLINE { Text(Repr::Long(Long::new(bytes))) } else { Text::new(&bytes) }
    }
}

impl PartialEq for Text {
    #[inline]
    fn eq(&self, other: &Text) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}
impl Eq for Text {}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Text) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Text {
    fn cmp(&self, other: &Text) -> std::cmp::Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl std::hash::Hash for Text {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(self.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_three_words_in_a_value_too() {
        assert_eq!(size_of::<Text>(), 24);
        assert_eq!(size_of::<Option<Text>>(), 24);
        assert_eq!(size_of::<crate::Value>(), 24);
    }

    #[test]
    fn grows_from_inline_to_shared() {
        let mut text = Text::new(b"0123456789");
        let before = text.clone();
        text.push(b"0123456789");
        assert_eq!(&*text, b"01234567890123456789");
        text.push(b"0123456789");
        assert_eq!(&*text, b"012345678901234567890123456789");
        assert_eq!(&*before, b"0123456789");
    }

    #[test]
    fn texts_of_any_length_hold_their_bytes() {
        let bytes: Vec<u8> = (1..=40).collect();
        for length in 0..=bytes.len() {
            assert_eq!(&*Text::new(&bytes[..length]), &bytes[..length]);
            for mut text in [Text::new(b"x"), Text::new(&[b'x'; 30])] {
                text.set(&bytes[..length]);
                assert_eq!(&*text, &bytes[..length]);
            }
        }
    }

    #[test]
    fn a_shared_text_is_copied_before_it_changes() {
        let mut text = Text::new(&[b'x'; 100]);
        let before = text.clone();
        text.push(b"y");
        assert_eq!((before.len(), text.len()), (100, 101));
    }

    #[test]
    fn parts_are_what_they_were_cut_from() {
        let bytes: Vec<u8> = (0..200).collect();
        let text = Text::new(&bytes);
        for range in [0..200, 50..200, 0..150, 90..110, 199..200, 150..150, 20..190] {
            let mut part = text.part(range.clone());
            assert_eq!(&*part, &bytes[range.clone()]);
            let again = part.part(part.len() / 3..part.len());
            assert_eq!(&*again, &bytes[range.clone()][part.len() / 3..]);
            part.push(b"more");
            part.change(|bytes| bytes.reverse());
            assert_eq!(part.len(), range.len() + 4);
            assert_eq!(part.into_vec().last(), Some(&bytes[range.clone()].first().copied().unwrap_or(b'm')));
        }
        assert_eq!(&*text, &bytes[..]);
    }

    #[test]
    fn a_part_held_alone_grows_in_place() {
        let mut text = Text::new(&[b'x'; 100]).part(30..90);
        text.push(b"y");
        assert_eq!((text.len(), text.last()), (61, Some(&b'y')));
        assert_eq!(text.into_vec().len(), 61);
    }

    #[test]
    fn integers_have_their_decimal_text() {
        for number in [0, 7, -1, 42, i64::MAX, i64::MIN] {
            assert_eq!(&*Text::from_integer(number), number.to_string().as_bytes());
        }
    }
}
