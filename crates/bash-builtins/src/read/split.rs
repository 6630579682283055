//! Splitting a line among names. It differs from word splitting in one thing: the last name takes the rest of the line
//! as it is, but for white space at its end, and for a single separator after a single field.

use bash_parser::quote::Charset;

/// Text whose bytes are known to be quoted by a backslash or not.
#[derive(Clone, Debug, Default)]
pub(super) struct Characters {
    bytes: Vec<u8>,
    /// Positions of quoted bytes, ascending.
    quoted: Vec<usize>,
}

impl Characters {
    pub(super) fn push(&mut self, byte: u8, quoted: bool) {
        if quoted {
            self.quoted.push(self.bytes.len());
        }
        self.bytes.push(byte);
    }

    /// Adds bytes that no backslash quotes.
    pub(super) fn extend(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        self.bytes.clone()
    }

    pub(super) fn last_is_quoted(&self) -> bool {
        self.quoted.last().is_some_and(|last| last + 1 == self.bytes.len())
    }

    /// How many bytes there are.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The last `count` bytes.
    pub(super) fn tail(&self, count: usize) -> &[u8] {
        &self.bytes[self.bytes.len().saturating_sub(count)..]
    }

    fn is_quoted(&self, at: usize) -> bool {
        self.quoted.binary_search(&at).is_ok()
    }
}

/// Takes field after field from a line.
pub(super) struct Splitter<'a> {
    text: &'a Characters,
    /// The characters of `IFS`.
    separators: Vec<&'a [u8]>,
    /// The same as a set of bits, where a field can be searched byte by byte: nothing is quoted, and no separator is
    /// more than a byte or part of a longer character.
    bits: Option<u128>,
    at: usize,
    charset: Charset,
}

impl<'a> Splitter<'a> {
    /// `ifs` is the value of `IFS`, if it is set.
    pub(super) fn new(text: &'a Characters, ifs: Option<&'a [u8]>, charset: Charset) -> Splitter<'a> {
        let mut separators = Vec::new();
        let mut rest = ifs.unwrap_or(b" \t\n");
        while !rest.is_empty() {
            let (character, after) = rest.split_at(charset.first(rest).1);
            separators.push(character);
            rest = after;
        }
        let bits = bits_of(&separators).filter(|_| text.quoted.is_empty() && plain(charset));
        let mut splitter = Splitter { text, separators, bits, at: 0, charset };
        splitter.skip_space();
        splitter
    }

    /// The next field, its separator taken off; `None` at the end.
    pub(super) fn next_field(&mut self) -> Option<Vec<u8>> {
        if self.at >= self.text.bytes.len() {
            return None;
        }
        let start = self.at;
        match self.bits {
            Some(bits) => self.skip_field_by_bytes(bits),
            None => self.skip_field(),
        }
        let field = self.text.bytes[start..self.at].to_vec();
        self.skip_space();
        if let Some(length) = self.separator(self.at) {
            self.at += length;
            self.skip_space();
        }
        Some(field)
    }

    /// Goes to the end of a field.
    fn skip_field(&mut self) {
        while self.at < self.text.bytes.len() && self.separator(self.at).is_none() {
            self.at += self.charset.first(&self.text.bytes[self.at..]).1;
        }
    }

    /// The same for separators that are single bytes.
    fn skip_field_by_bytes(&mut self, bits: u128) {
        let rest = &self.text.bytes[self.at..];
        self.at += rest.iter().position(|byte| holds(bits, *byte)).unwrap_or(rest.len());
    }

    /// All that is left, for the last name.
    pub(super) fn rest(mut self) -> Vec<u8> {
        let start = self.at;
        let field = self.next_field().unwrap_or_default();
        if self.at >= self.text.bytes.len() {
            return field;
        }
        let mut end = self.text.bytes.len();
        // Bash 5.3 was seen to strip quoted white space too.
        while end > start && self.is_any_space(end - 1) {
            end -= 1;
        }
        self.text.bytes[start..end].to_vec()
    }

    fn skip_space(&mut self) {
        while self.is_space(self.at) {
            self.at += 1;
        }
    }

    fn is_space(&self, at: usize) -> bool {
        let is_space = matches!(self.text.bytes.get(at), Some(b' ' | b'\t'..=b'\r'));
        is_space && self.separator(at).is_some()
    }

    /// White space of `IFS`, quoted or not.
    fn is_any_space(&self, at: usize) -> bool {
        let byte = self.text.bytes.get(at..=at).unwrap_or_default();
        matches!(byte, [b' ' | b'\t'..=b'\r']) && self.separators.contains(&byte)
    }

    /// The length of the separator at a position, if there is one.
    fn separator(&self, at: usize) -> Option<usize> {
        let rest = self.text.bytes.get(at..)?;
        if let Some(bits) = self.bits {
            return rest.first().filter(|byte| holds(bits, **byte)).map(|_| 1);
        }
        if rest.is_empty() || self.text.is_quoted(at) {
            return None;
        }
        self.separators.iter().find(|separator| rest.starts_with(separator)).map(|separator| separator.len())
    }
}

/// Whether no byte of ASCII is part of a longer character.
fn plain(charset: Charset) -> bool {
    matches!(charset, Charset::Utf8 | Charset::C)
}

/// Separators as a set, if they are all of ASCII.
fn bits_of(separators: &[&[u8]]) -> Option<u128> {
    separators.iter().try_fold(0, |bits, separator| match separator {
        [byte @ 0..0x80] => Some(bits | 1 << byte),
        _ => None,
    })
}

fn holds(bits: u128, byte: u8) -> bool {
    byte < 0x80 && bits >> byte & 1 != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(line: &str) -> Characters {
        let mut text = Characters::default();
        let mut escaped = false;
        for byte in line.bytes() {
            if byte == b'\\' && !escaped {
                escaped = true;
            } else {
                text.push(byte, std::mem::take(&mut escaped));
            }
        }
        text
    }

    fn split(line: &str, ifs: &str, names: usize) -> Vec<String> {
        let text = text(line);
        let mut splitter = Splitter::new(&text, Some(ifs.as_bytes()), Charset::Utf8);
        let mut fields: Vec<Vec<u8>> =
            (1..names).map(|_| splitter.next_field().unwrap_or_default()).collect();
        fields.push(splitter.rest());
        fields.into_iter().map(|field| String::from_utf8_lossy(&field).into_owned()).collect()
    }

    #[test]
    fn the_last_name_takes_the_rest() {
        assert_eq!(split("  one two  three  four  ", " \t\n", 3), ["one", "two", "three  four"]);
        assert_eq!(split("only", " \t\n", 2), ["only", ""]);
    }

    #[test]
    fn a_single_separator_after_the_last_field_goes() {
        assert_eq!(split("x:y:", ":", 2), ["x", "y"]);
        assert_eq!(split("x:y::", ":", 2), ["x", "y::"]);
        assert_eq!(split(":x:", ":", 1), [":x:"]);
        assert_eq!(split("x::y:z:", ":", 3), ["x", "", "y:z:"]);
        assert_eq!(split(" x : y : z ", ": ", 3), ["x", "y", "z"]);
    }

    #[test]
    fn quoted_characters_do_not_separate() {
        assert_eq!(split("x\\:y:z", ":", 2), ["x:y", "z"]);
        assert_eq!(split("\\ x\\ ", " ", 1), [" x "]);
    }

    /// The fields of a line, found byte by byte where that is possible, or not.
    fn fields(line: &str, ifs: &str, by_bytes: bool) -> Vec<Vec<u8>> {
        let text = text(line);
        let mut splitter = Splitter::new(&text, Some(ifs.as_bytes()), Charset::Utf8);
        splitter.bits = splitter.bits.filter(|_| by_bytes);
        std::iter::from_fn(|| splitter.next_field()).collect()
    }

    #[test]
    fn both_ways_to_find_a_field_agree() {
        for line in ["a b  c", " a:b: c ", "é:ü x", "::", "", "a\\:b", "x\ty\x0bz"] {
            for ifs in [" \t\n", ":", ": ", "", "ab", "\x0b"] {
                assert_eq!(fields(line, ifs, true), fields(line, ifs, false), "{line} {ifs}");
            }
        }
    }

    #[test]
    fn separators_may_be_any_character() {
        assert_eq!(split("xéy", "é", 2), ["x", "y"]);
        assert_eq!(split("  a  ", "", 1), ["  a  "]);
    }
}
