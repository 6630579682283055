//! The order of matches: by name, or as `GLOBSORT` says.

use crate::{Shell, collate};
use bash_host::{Locale, Metadata};
use bash_session::names;
use std::cmp::Ordering;

/// What matches are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Name,
    Size,
    Modified,
    Accessed,
    Changed,
    Blocks,
    Numeric,
    Nothing,
}

impl Shell {
    /// Sorts paths in place.
    pub(super) fn sort_paths(&self, paths: &mut Vec<Vec<u8>>) {
        let setting = self.plain_text(*names::GLOBSORT).unwrap_or_default();
        let (key, is_reversed) = read_setting(&setting);
        let locale = self.session.collation;
        match key {
            Key::Nothing => {}
            Key::Name => paths.sort_by(|left, right| collate::compare(locale, left, right)),
            Key::Numeric => return paths.sort_by(|left, right| by_number(locale, left, right, is_reversed)),
            _ => {
                let mut known: Vec<(Option<Metadata>, Vec<u8>)> =
                    std::mem::take(paths).into_iter().map(|path| (self.metadata(&path).ok(), path)).collect();
                known.sort_by(|left, right| {
                    by_metadata(key, left.0.as_ref(), right.0.as_ref())
                        .then_with(|| collate::compare(locale, &left.1, &right.1))
                });
                paths.extend(known.into_iter().map(|(_, path)| path));
            }
        }
        if is_reversed && key != Key::Nothing {
            paths.reverse();
        }
    }
}

/// `[+-]key`; what is not understood means the name.
fn read_setting(setting: &[u8]) -> (Key, bool) {
    let (is_reversed, name) = match setting {
        [b'-', name @ ..] => (true, name),
        [b'+', name @ ..] => (false, name),
        name => (false, name),
    };
    let key = match name {
        b"" | b"name" => Key::Name,
        b"size" => Key::Size,
        b"mtime" => Key::Modified,
        b"atime" => Key::Accessed,
        b"ctime" => Key::Changed,
        b"blocks" => Key::Blocks,
        b"numeric" => Key::Numeric,
        b"nosort" => Key::Nothing,
        _ => return (Key::Name, false),
    };
    (key, is_reversed)
}

fn by_metadata(key: Key, left: Option<&Metadata>, right: Option<&Metadata>) -> Ordering {
    let (Some(left), Some(right)) = (left, right) else { return left.is_some().cmp(&right.is_some()) };
    match key {
        Key::Size => left.size.cmp(&right.size),
        Key::Modified => left.modified.cmp(&right.modified),
        Key::Accessed => left.accessed.cmp(&right.accessed),
        Key::Changed => left.changed.cmp(&right.changed),
        Key::Blocks => left.blocks.cmp(&right.blocks),
        Key::Name | Key::Numeric | Key::Nothing => Ordering::Equal,
    }
}

/// Names of digits alone come first, by value; equal numbers stay in the order of their names when reversed.
fn by_number(locale: Option<&dyn Locale>, left: &[u8], right: &[u8], is_reversed: bool) -> Ordering {
    let digits = |text: &[u8]| -> Option<Vec<u8>> {
        let is_number = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
        is_number.then(|| text.iter().copied().skip_while(|byte| *byte == b'0').collect())
    };
    let order = match (digits(left), digits(right)) {
        (Some(one), Some(other)) => (one.len(), &one).cmp(&(other.len(), &other)),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => collate::compare(locale, left, right),
    };
    let order = if is_reversed { order.reverse() } else { order };
    order.then_with(|| collate::compare(locale, left, right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_first_and_by_value() {
        let mut names = ["b", "10", "08", "a", "9", "1x"];
        names.sort_by(|left, right| by_number(None, left.as_bytes(), right.as_bytes(), false));
        assert_eq!(names, ["08", "9", "10", "1x", "a", "b"]);
    }

    #[test]
    fn settings_have_a_sign_and_a_key() {
        assert_eq!(read_setting(b"-size"), (Key::Size, true));
        assert_eq!(read_setting(b"+"), (Key::Name, false));
        assert_eq!(read_setting(b"foo"), (Key::Name, false));
    }
}
