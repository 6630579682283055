//! The right side of `=~`: from a word with quoted parts to an extended regular expression, and a cache of compiled
//! ones.
//!
//! Quoted text must match as a string, so its special characters get a backslash; others get none, since the C library
//! gives some letters a meaning after one (`"w"` must not become `\w`). Inside a bracket expression a backslash stands
//! for itself, so there quoting adds nothing. Text that looks like a bracket expression but is never closed is
//! read again as ordinary text. A backslash from an expansion does not keep Bash from taking the `[` after it for the
//! start of one.

use std::collections::VecDeque;
use std::sync::Arc;

/// The text of an expression with each byte known to be quoted or not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegexText {
    bytes: Vec<u8>,
    quoted: Vec<bool>,
}

impl RegexText {
    /// No text.
    pub fn new() -> Self {
        RegexText::default()
    }

    /// Appends text that means what it says in an expression.
    pub fn push_unquoted(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        self.quoted.resize(self.bytes.len(), false);
    }

    /// Appends text that stands for itself.
    pub fn push_quoted(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        self.quoted.resize(self.bytes.len(), true);
    }

    /// The extended regular expression.
    pub fn to_expression(&self) -> Vec<u8> {
        let mut expression = Vec::with_capacity(self.bytes.len() + 8);
        let mut brackets_may_close = true;
        let mut at = 0;
        while let Some((byte, is_quoted)) = self.at(at) {
            let bracket = match (byte, is_quoted) {
                (b'[', false) if brackets_may_close => self.bracket_end(at + 1),
                _ => None,
            };
            if let Some(end) = bracket {
                expression.extend_from_slice(self.bytes.get(at..end).unwrap_or_default());
                at = end;
                continue;
            }
            // Nothing after an unclosed bracket can close a later one either, but for oddities inside classes.
            brackets_may_close &= byte != b'[' || is_quoted;
            if is_quoted && is_special(byte) {
                expression.push(b'\\');
            }
            expression.push(byte);
            at += 1;
        }
        expression
    }

    fn at(&self, at: usize) -> Option<(u8, bool)> {
        Some((*self.bytes.get(at)?, *self.quoted.get(at)?))
    }

    /// Where the bracket expression whose inside begins at `at` ends, past its `]`.
    fn bracket_end(&self, mut at: usize) -> Option<usize> {
        at += usize::from(self.at(at) == Some((b'^', false)));
        at += usize::from(self.at(at) == Some((b']', false)));
        let mut inside_class = None;
        loop {
            let (byte, is_quoted) = self.at(at)?;
            let next = self.bytes.get(at + 1).copied();
            match (byte, next, inside_class) {
                (b'[', Some(kind @ (b':' | b'=' | b'.')), None) if !is_quoted => {
                    inside_class = Some(kind);
                    at += 2;
                }
                (kind, Some(b']'), Some(open)) if kind == open && !is_quoted => {
                    inside_class = None;
                    at += 2;
                }
                (b']', _, None) if !is_quoted => return Some(at + 1),
                _ => at += 1,
            }
        }
    }
}

/// Whether `byte` has a meaning in an extended regular expression.
fn is_special(byte: u8) -> bool {
    matches!(byte, b'.' | b'[' | b'\\' | b'(' | b')' | b'*' | b'+' | b'?' | b'{' | b'|' | b'^' | b'$')
}

/// The most recently used compiled expressions, so that a loop compiles its expression once.
#[derive(Debug, Clone)]
pub struct RegexCache<K, R> {
    /// The most recent first.
    entries: VecDeque<(K, Arc<R>)>,
}

impl<K, R> Default for RegexCache<K, R> {
    fn default() -> Self {
        RegexCache { entries: VecDeque::new() }
    }
}

impl<K: PartialEq, R> RegexCache<K, R> {
    /// How many expressions are kept.
    pub const CAPACITY: usize = 64;

    /// The compiled expression for `key`, which holds all that compiling depends on; `compile` makes a missing one.
    pub fn get<E>(&mut self, key: K, compile: impl FnOnce(&K) -> Result<R, E>) -> Result<Arc<R>, E> {
        if let Some(found) = self.entries.iter().position(|(known, _)| *known == key)
            && let Some(entry) = self.entries.remove(found)
        {
            let regex = Arc::clone(&entry.1);
            self.entries.push_front(entry);
            return Ok(regex);
        }
        let regex = Arc::new(compile(&key)?);
        self.entries.truncate(Self::CAPACITY - 1);
        self.entries.push_front((key, Arc::clone(&regex)));
        Ok(regex)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parts in `'…'` are quoted.
    fn expression(word: &str) -> String {
        let mut text = RegexText::new();
        for (index, part) in word.split('\'').enumerate() {
            if index % 2 == 1 {
                text.push_quoted(part.as_bytes());
            } else {
                text.push_unquoted(part.as_bytes());
            }
        }
        String::from_utf8(text.to_expression()).unwrap()
    }

    #[test]
    fn quoted_text_loses_its_meaning() {
        for (word, expected) in [
            ("a'.'b", "a\\.b"),
            ("'w'", "w"),
            ("'a]b}'", "a]b}"),
            ("^'^$'$", "^\\^\\$$"),
            ("x'{1}'", "x\\{1}"),
            ("'\\'", "\\\\"),
            ("a\\.b", "a\\.b"),
            ("\\[a'.'", "\\[a\\."),
            ("'é.'", "é\\."),
        ] {
            assert_eq!(expression(word), expected, "{word}");
        }
    }

    #[test]
    fn quoting_adds_nothing_inside_brackets() {
        for (word, expected) in [
            ("['.']", "[.]"),
            ("[']']", "[]]"),
            ("[[:alpha:]'*']'*'", "[[:alpha:]*]\\*"),
            ("[]'.']'.'", "[].]\\."),
            ("[^'$']", "[^$]"),
            ("['x.'", "[x\\."),
            ("\\['.']", "\\[.]"),
        ] {
            assert_eq!(expression(word), expected, "{word}");
        }
    }

    #[test]
    fn cache_forgets_the_least_recently_used() {
        let mut cache: RegexCache<u32, u32> = RegexCache::default();
        let mut compiled = 0;
        for key in (0..64).chain([0, 64, 0, 1]) {
            let _ = cache.get(key, |key| {
                compiled += 1;
                Ok::<_, ()>(*key)
            });
        }
        assert_eq!(compiled, 66);
    }
}
