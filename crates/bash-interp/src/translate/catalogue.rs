//! A message catalogue: a `.mo` file of gettext.
//!
//! After the magic number, in the byte order that it shows, come the version, the number of strings, and where the two tables
//! are: originals, sorted, and translations. An entry is a length and an offset; a NUL byte follows each string.

use bash_parser::quote::Charset;

const MAGIC: u32 = 0x9504_12de;

/// A catalogue in memory.
pub(crate) struct Catalogue {
    file: Vec<u8>,
    swapped: bool,
    count: usize,
    originals: usize,
    translations: usize,
    /// Texts are in Latin-1 and wanted in UTF-8.
    latin: bool,
}

impl Catalogue {
    /// Reads a file; `None` if it is none of this kind.
    pub(crate) fn new(file: Vec<u8>, charset: Charset) -> Option<Catalogue> {
        let swapped = match word(&file, 0, false)? {
            MAGIC => false,
            magic if magic.swap_bytes() == MAGIC => true,
            _ => return None,
        };
        let number = |at| word(&file, at, swapped).map(|number| number as usize);
        let (count, originals, translations) = (number(8)?, number(12)?, number(16)?);
        let mut catalogue = Catalogue { file, swapped, count, originals, translations, latin: false };
        let header = catalogue.raw(b"").unwrap_or_default().to_ascii_lowercase();
        let is_latin = header.windows(18).any(|part| part == b"charset=iso-8859-1");
        catalogue.latin = is_latin && charset == Charset::Utf8;
        Some(catalogue)
    }

    /// The translation of a text. The empty text has none.
    pub(crate) fn find(&self, text: &[u8]) -> Option<Vec<u8>> {
        let found = self.raw(text).filter(|_| !text.is_empty())?;
        match self.latin {
            true => Some(found.iter().map(|byte| char::from(*byte)).collect::<String>().into_bytes()),
            false => Some(found.to_vec()),
        }
    }

    fn raw(&self, text: &[u8]) -> Option<&[u8]> {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.string(self.originals, middle)?.cmp(text) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return self.string(self.translations, middle),
            }
        }
        None
    }

    /// A string of a table, up to its first NUL byte: plural forms follow.
    fn string(&self, table: usize, index: usize) -> Option<&[u8]> {
        let entry = table.checked_add(index.checked_mul(8)?)?;
        let length = word(&self.file, entry, self.swapped)? as usize;
        let offset = word(&self.file, entry.checked_add(4)?, self.swapped)? as usize;
        let text = self.file.get(offset..offset.checked_add(length)?)?;
        text.split(|byte| *byte == 0).next()
    }
}

fn word(file: &[u8], at: usize, swapped: bool) -> Option<u32> {
    let bytes: [u8; 4] = file.get(at..at.checked_add(4)?)?.try_into().ok()?;
    let number = u32::from_le_bytes(bytes);
    Some(if swapped { number.swap_bytes() } else { number })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with these sorted strings.
    fn file(strings: &[(&str, &str)], big_endian: bool) -> Vec<u8> {
        let (originals, translations) = (28, 28 + 8 * strings.len());
        let mut at = translations + 8 * strings.len();
        let mut numbers = vec![MAGIC, 0, strings.len() as u32, originals, translations as u32, 0, 0];
        let mut texts = Vec::new();
        let all = strings.iter().map(|pair| pair.0).chain(strings.iter().map(|pair| pair.1));
        for text in all {
            numbers.extend([text.len() as u32, at as u32]);
            texts.extend_from_slice(text.as_bytes());
            texts.push(0);
            at += text.len() + 1;
        }
        let bytes = |number: u32| if big_endian { number.to_be_bytes() } else { number.to_le_bytes() };
        numbers.into_iter().flat_map(bytes).chain(texts).collect()
    }

    #[test]
    fn strings_are_found_in_either_byte_order() {
        let strings = [("", "charset=UTF-8"), ("apple", "Apfel"), ("one\0many", "eins\0viele")];
        for big_endian in [false, true] {
            let catalogue = Catalogue::new(file(&strings, big_endian), Charset::Utf8).unwrap();
            assert_eq!(catalogue.find(b"apple"), Some(b"Apfel".to_vec()));
            assert_eq!(catalogue.find(b"one"), Some(b"eins".to_vec()));
            assert_eq!(catalogue.find(b"pear"), None);
            assert_eq!(catalogue.find(b""), None);
        }
    }

    #[test]
    fn broken_files_are_refused_or_hold_nothing() {
        assert!(Catalogue::new(b"no catalogue".to_vec(), Charset::C).is_none());
        let mut cut_off = file(&[("apple", "Apfel")], false);
        cut_off.truncate(40);
        assert_eq!(Catalogue::new(cut_off, Charset::C).and_then(|catalogue| catalogue.find(b"apple")), None);
    }
}
