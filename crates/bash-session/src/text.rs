//! The text of a value: bytes, short ones stored in place, long ones shared until they are changed.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

const INLINE: usize = 22;

/// A byte string that is cheap to clone: up to 22 bytes live in the handle itself, longer text is shared.
#[derive(Clone)]
pub struct Text(Repr);

#[derive(Clone)]
enum Repr {
    Inline { length: u8, bytes: [u8; INLINE] },
    Shared(Arc<Vec<u8>>),
}

impl Text {
    /// The empty text.
    pub const EMPTY: Text = Text(Repr::Inline { length: 0, bytes: [0; INLINE] });

    /// A copy of `bytes`.
    #[inline]
    pub fn new(bytes: &[u8]) -> Text {
        if bytes.len() > INLINE {
            return Text(Repr::Shared(Arc::new(bytes.to_vec())));
        }
        let mut place = [0; INLINE];
        place[..bytes.len()].copy_from_slice(bytes);
        Text(Repr::Inline { length: bytes.len() as u8, bytes: place })
    }

    /// The decimal digits of `number`.
    pub fn from_integer(number: i64) -> Text {
        let mut place = [0; INLINE];
        let mut end = INLINE;
        let mut rest = number.unsigned_abs();
        loop {
            end -= 1;
            place[end] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if number < 0 {
            end -= 1;
            place[end] = b'-';
        }
        place.copy_within(end.., 0);
        Text(Repr::Inline { length: (INLINE - end) as u8, bytes: place })
    }

    /// Its bytes.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Repr::Inline { length, bytes } => &bytes[..usize::from(*length)],
            Repr::Shared(shared) => shared,
        }
    }

    /// The bytes that it takes beside its place, divided by those that share them.
    pub fn own_bytes(&self) -> usize {
        const HEADER: usize = 40;
        match &self.0 {
            Repr::Inline { .. } => 0,
            Repr::Shared(shared) => (shared.capacity() + HEADER) / Arc::strong_count(shared),
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
            Repr::Inline { length, bytes } if usize::from(*length) + more.len() <= INLINE => {
                let start = usize::from(*length);
                bytes[start..start + more.len()].copy_from_slice(more);
                *length += more.len() as u8;
            }
            Repr::Inline { length, bytes } => {
                let start = usize::from(*length);
                let mut joined = Vec::with_capacity((start + more.len()) * 2);
                joined.extend_from_slice(&bytes[..start]);
                joined.extend_from_slice(more);
                self.0 = Repr::Shared(Arc::new(joined));
            }
            Repr::Shared(shared) if Arc::strong_count(shared) == 1 => {
                Arc::make_mut(shared).extend_from_slice(more);
            }
            Repr::Shared(shared) => {
                let mut copy = Vec::with_capacity(shared.len() + more.len() + INLINE);
                copy.extend_from_slice(shared);
                copy.extend_from_slice(more);
                *shared = Arc::new(copy);
            }
        }
    }

    /// Changes bytes, but not how many they are.
    pub fn change(&mut self, change: impl FnOnce(&mut [u8])) {
        match &mut self.0 {
            Repr::Inline { length, bytes } => change(&mut bytes[..usize::from(*length)]),
            Repr::Shared(shared) => change(Arc::make_mut(shared).as_mut_slice()),
        }
    }

    /// Its bytes as a vector of one's own.
    #[inline]
    pub fn into_vec(self) -> Vec<u8> {
        match self.0 {
            Repr::Inline { length, bytes } => bytes[..usize::from(length)].to_vec(),
            Repr::Shared(shared) => Arc::try_unwrap(shared).unwrap_or_else(|shared| shared.to_vec()),
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
        if bytes.len() > INLINE { Text(Repr::Shared(Arc::new(bytes))) } else { Text::new(&bytes) }
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
    fn a_shared_text_is_copied_before_it_changes() {
        let mut text = Text::new(&[b'x'; 100]);
        let before = text.clone();
        text.push(b"y");
        assert_eq!((before.len(), text.len()), (100, 101));
    }

    #[test]
    fn integers_have_their_decimal_text() {
        for number in [0, 7, -1, 42, i64::MAX, i64::MIN] {
            assert_eq!(&*Text::from_integer(number), number.to_string().as_bytes());
        }
    }
}
