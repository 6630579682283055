//! Interned identifiers: the names of variables and functions as small copyable handles.
//!
//! A name is met once by the parser and looked up many times by the shell, so every distinct name gets a
//! number, dense and stable for the life of the process. A session keeps its variables in a table indexed by
//! that number: finding a variable is an index, not a hash. Names are never freed; there are as many as there
//! are *distinct* identifiers, however often and in however many sessions they are used.

use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::sync::{LazyLock, RwLock};

/// An interned identifier. Two names are equal when their texts are.
#[derive(Clone, Copy)]
pub struct Name(&'static Entry);

#[derive(Default)]
struct Entry {
    number: u32,
    text: &'static str,
}

#[derive(Default)]
struct Table {
    by_text: HashMap<&'static str, Name, BuildHasherDefault<Fnv>>,
    by_number: Vec<Name>,
    /// Memory for the next entries and texts: they are never freed, so they are cut from large pieces.
    entries: &'static mut [Entry],
    bytes: &'static mut [u8],
}

/// How many entries, and how many bytes of text, are asked for at once.
const ENTRIES: usize = 128;
const BYTES: usize = 2048;

static TABLE: LazyLock<RwLock<Table>> = LazyLock::new(|| {
    let by_text = HashMap::with_capacity_and_hasher(EXPECTED, BuildHasherDefault::default());
    let table = Table { by_text, by_number: Vec::with_capacity(EXPECTED), ..Table::default() };
    RwLock::new(table)
});

thread_local! {
    /// How many names this thread was the first to use.
    static MADE: Cell<u64> = const { Cell::new(0) };
}

/// A shell knows so many names when it starts.
const EXPECTED: usize = 200;

/// FNV-1a: names are short, and every start of a shell looks up its whole environment.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Fnv {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Name {
    /// The name written `text`. The text is not checked; see [`is_identifier`].
    pub fn new(text: &str) -> Name {
        Name::known(text).unwrap_or_else(|| Name::intern(text))
    }

    /// The name written `text`, if anything has used it yet.
    pub fn known(text: &str) -> Option<Name> {
        TABLE.read().unwrap_or_else(|poisoned| poisoned.into_inner()).by_text.get(text).copied()
    }

    /// The name written in `bytes`, provided that it is a valid identifier.
    pub fn from_bytes(bytes: &[u8]) -> Option<Name> {
        if !is_identifier(bytes) {
            return None;
        }
        std::str::from_utf8(bytes).ok().map(Name::new)
    }

    fn intern(text: &str) -> Name {
        let mut table = TABLE.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(&name) = table.by_text.get(text) {
            return name;
        }
        let text = table.keep(text);
        let number = table.by_number.len() as u32;
        let name = Name(table.entry(Entry { number, text }));
        table.by_text.insert(text, name);
        table.by_number.push(name);
        MADE.set(MADE.get() + 1);
        name
    }

    /// How many names this thread was the first to use: what it has taken of the process's memory for good.
    ///
    /// ```
    /// use bash_parser::Name;
    ///
    /// let before = Name::made_by_this_thread();
    /// Name::new("nobody_has_used_this_one");
    /// Name::new("nobody_has_used_this_one");
    /// assert_eq!(Name::made_by_this_thread(), before + 1);
    /// ```
    pub fn made_by_this_thread() -> u64 {
        MADE.get()
    }

    /// The name with this number, if there is one.
    pub fn with_index(index: usize) -> Option<Name> {
        TABLE.read().unwrap_or_else(|poisoned| poisoned.into_inner()).by_number.get(index).copied()
    }

    /// Its number: dense, stable for the life of the process.
    #[inline]
    pub fn index(self) -> usize {
        self.0.number as usize
    }

    /// Its text.
    #[inline]
    pub fn as_str(self) -> &'static str {
        self.0.text
    }

    /// Its text as bytes.
    #[inline]
    pub fn as_bytes(self) -> &'static [u8] {
        self.0.text.as_bytes()
    }
}

impl Table {
    /// A copy of `text` that lasts.
    fn keep(&mut self, text: &str) -> &'static str {
        if text.len() > self.bytes.len() {
            self.bytes = vec![0; BYTES.max(text.len())].leak();
        }
        let (piece, rest) = std::mem::take(&mut self.bytes).split_at_mut(text.len());
        self.bytes = rest;
        piece.copy_from_slice(text.as_bytes());
        std::str::from_utf8(piece).unwrap_or_default()
    }

    /// An entry that lasts.
    fn entry(&mut self, entry: Entry) -> &'static Entry {
        if self.entries.is_empty() {
            self.entries = std::iter::repeat_with(Entry::default).take(ENTRIES).collect::<Vec<_>>().leak();
        }
        match std::mem::take(&mut self.entries) {
            [first, rest @ ..] => {
                self.entries = rest;
                *first = entry;
                first
            }
            [] => Box::leak(Box::new(entry)),
        }
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Name) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}
impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.number.hash(state);
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether `bytes` form a name in Bash's sense: a letter or `_`, then letters, digits and `_`.
///
/// ```
/// assert!(bash_parser::is_identifier(b"PS1"));
/// assert!(!bash_parser::is_identifier(b"1PS"));
/// ```
pub fn is_identifier(bytes: &[u8]) -> bool {
    match bytes {
        [first, rest @ ..] => {
            (first.is_ascii_alphabetic() || *first == b'_')
                && rest.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
        }
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_text_is_the_same_name() {
        assert_eq!(Name::new("alpha_beta"), Name::new("alpha_beta"));
        assert_ne!(Name::new("alpha_beta"), Name::new("alpha_gamma"));
        assert_eq!(Name::new("alpha_beta").as_str(), "alpha_beta");
    }

    #[test]
    fn identifiers_follow_the_manual() {
        for good in ["a", "_", "a1", "_9z"] {
            assert!(is_identifier(good.as_bytes()), "{good}");
        }
        for bad in ["", "1a", "a-b", "a b", "é"] {
            assert!(!is_identifier(bad.as_bytes()), "{bad}");
        }
    }
}
