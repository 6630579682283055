//! Where the characters of a long text are, so that `${s:i:1}` need not count them from the start each time.

use std::ops::Range;

/// The beginnings of characters in a valid UTF-8 text.
pub(super) enum Characters {
    /// Each byte is one.
    Ascii,
    /// Those of every [`STEP`]th one, and how many there are.
    Steps(Vec<u32>, usize),
}

const STEP: usize = 64;

/// The characters of a part of such a text.
pub struct Places<'a> {
    characters: &'a Characters,
    whole: &'a [u8],
    part: Range<usize>,
    /// The number of its first character in the whole.
    first: usize,
}

/// Whether a character begins with this byte.
fn begins(byte: &u8) -> bool {
    byte & 0xc0 != 0x80
}

impl Characters {
    /// `None`: the text is not valid, or too long to be numbered.
    pub(super) fn of(bytes: &[u8]) -> Option<Characters> {
        if bytes.is_ascii() {
            return Some(Characters::Ascii);
        }
        std::str::from_utf8(bytes).ok()?;
        u32::try_from(bytes.len()).ok()?;
        let (mut steps, mut count) = (Vec::with_capacity(bytes.len() / STEP / 2 + 1), 0);
        for (at, _) in bytes.iter().enumerate().filter(|(_, byte)| begins(byte)) {
            if count % STEP == 0 {
                steps.push(at as u32);
            }
            count += 1;
        }
        Some(Characters::Steps(steps, count))
    }

    /// The offset at which the character with this number begins; the end of the text behind the last.
    fn offset(&self, number: usize, bytes: &[u8]) -> usize {
        let Characters::Steps(steps, count) = self else { return number.min(bytes.len()) };
        if number >= *count {
            return bytes.len();
        }
        let step = steps[number / STEP] as usize;
        let later = bytes[step..].iter().enumerate().filter(|(_, byte)| begins(byte));
        later.map(|(at, _)| step + at).nth(number % STEP).unwrap_or(bytes.len())
    }

    /// How many characters begin before an offset.
    fn number(&self, offset: usize, bytes: &[u8]) -> usize {
        let Characters::Steps(steps, count) = self else { return offset };
        if offset >= bytes.len() {
            return *count;
        }
        let step = steps.partition_point(|step| *step as usize <= offset).saturating_sub(1);
        let start = steps.get(step).map_or(0, |step| *step as usize);
        step * STEP + bytes[start..offset].iter().filter(|byte| begins(byte)).count()
    }
}

impl<'a> Places<'a> {
    pub(super) fn new(characters: &'a Characters, whole: &'a [u8], part: Range<usize>) -> Places<'a> {
        let first = characters.number(part.start, whole);
        Places { characters, whole, part, first }
    }

    /// How many characters the text has.
    pub fn count(&self) -> usize {
        self.characters.number(self.part.end, self.whole) - self.first
    }

    /// The offset at which the character with this number begins; the length of the text for one behind the last.
    pub fn offset(&self, number: usize) -> usize {
        let offset = self.characters.offset(self.first + number, self.whole);
        offset.min(self.part.end) - self.part.start
    }
}

#[cfg(test)]
mod tests {
    use crate::Text;

    #[test]
    fn characters_of_texts_and_of_parts_of_them_are_where_they_begin() {
        let whole: String = (0..1000).map(|n| ["a", "é", "€", "𝄞", "xyz"][n * n % 5]).collect();
        for text in [whole.clone(), "plain".repeat(400)] {
            for start in (0..text.len() / 3).filter(|at| text.is_char_boundary(*at)).step_by(37) {
                let end =
                    (text.len() - start / 2..).find(|at| text.is_char_boundary(*at)).expect("the end is one");
                let part = Text::new(text.as_bytes()).part(start..end);
                let places = part.characters().expect("long and valid");
                let expected: Vec<usize> = text[start..end].char_indices().map(|(at, _)| at).collect();
                assert_eq!(places.count(), expected.len());
                let found: Vec<usize> = (0..expected.len()).map(|number| places.offset(number)).collect();
                assert_eq!(found, expected);
                assert_eq!(places.offset(expected.len()), end - start);
            }
        }
    }

    #[test]
    fn a_text_that_has_changed_has_other_characters() {
        let mut text = Text::new("é".repeat(300).as_bytes());
        assert_eq!(text.characters().map(|places| places.count()), Some(300));
        text.push("ab".as_bytes());
        assert_eq!(text.characters().map(|places| places.count()), Some(302));
        text.push(b"\xff");
        assert!(text.characters().is_none());
    }
}
