//! The modifiers of a history expansion: `:h`, `:t`, `:s/a/b/`, …

use super::expand::{Failure, Reason};
use super::words::{is_blank, word_end};
use bash_parser::quote::single_quote;

/// What `:s` and `:&` remember from one expansion to the next.
#[derive(Clone, Debug, Default)]
pub struct Substitution {
    old: Option<Vec<u8>>,
    new: Vec<u8>,
}

/// How often `:s` replaces.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    First,
    Everywhere,
    EachWord,
}

/// How the result is quoted.
#[derive(Clone, Copy)]
enum Quoting {
    Whole,
    Words,
}

/// A text, and what its modifiers ask for beyond changing it.
pub(super) struct Modified {
    pub text: Vec<u8>,
    /// `:p`
    pub print_only: bool,
    /// Where the modifiers end.
    pub end: usize,
}

/// Applies the modifiers of `line` from `start` on to `text`. `searched` is the string that `!?string?` looked for.
pub(super) fn modify(
    line: &[u8],
    start: usize,
    text: Vec<u8>,
    memory: &mut Substitution,
    searched: Option<&[u8]>,
) -> Result<Modified, Failure> {
    let mut done = Modified { text, print_only: false, end: start };
    let (mut quoting, mut extent) = (None, Extent::First);
    let byte = |at: usize| line.get(at).copied().unwrap_or(0);
    while byte(done.end) == b':' {
        let mut letter = byte(done.end + 1);
        if let Some(wider) = wider_extent(letter) {
            extent = wider;
            done.end += 1;
            letter = byte(done.end + 1);
        }
        match letter {
            b'q' => quoting = Some(Quoting::Whole),
            b'x' => quoting = Some(Quoting::Words),
            b'p' => done.print_only = true,
            b't' | b'h' | b'r' | b'e' => take_part(&mut done.text, letter),
            b's' | b'&' => {
                if letter == b's' && done.end + 2 >= line.len() {
                    done.end += 2;
                    continue;
                }
                done.end = match letter {
                    b's' => memory.read(line, done.end + 2, searched),
                    _ => done.end + 2,
                };
                let failed = |reason| Failure { start, end: done.end, reason };
                done.text = memory.apply(done.text, extent).map_err(failed)?;
                if extent == Extent::Everywhere {
                    extent = Extent::First;
                }
                continue;
            }
            _ => return Err(Failure { start: done.end + 1, end: done.end + 2, reason: Reason::BadModifier }),
        }
        done.end += 2;
    }
    done.text = match quoting {
        None => done.text,
        Some(Quoting::Whole) => single_quote(&done.text),
        Some(Quoting::Words) => quote_words(&done.text),
    };
    Ok(done)
}

fn wider_extent(letter: u8) -> Option<Extent> {
    match letter {
        b'g' | b'a' => Some(Extent::Everywhere),
        b'G' => Some(Extent::EachWord),
        _ => None,
    }
}

/// `:h`, `:t`, `:r`, `:e`: a part of a path. A text without the mark stays whole.
fn take_part(text: &mut Vec<u8>, letter: u8) {
    let mark = if matches!(letter, b't' | b'h') { b'/' } else { b'.' };
    let Some(at) = text.iter().rposition(|byte| *byte == mark) else { return };
    match letter {
        b't' => drop(text.drain(..=at)),
        b'e' => drop(text.drain(..at)),
        _ => text.truncate(at),
    }
}

/// `:x`: each word in single quotes, the blanks between them outside.
fn quote_words(text: &[u8]) -> Vec<u8> {
    let mut quoted = vec![b'\''];
    for &byte in text {
        match byte {
            b'\'' => quoted.extend_from_slice(b"'\\''"),
            byte if is_blank(byte) => quoted.extend_from_slice(&[b'\'', byte, b'\'']),
            byte => quoted.push(byte),
        }
    }
    quoted.push(b'\'');
    quoted
}

impl Substitution {
    /// Reads `/old/new/` of `line`, whose first delimiter is at `at`; where it ends.
    fn read(&mut self, line: &[u8], at: usize, searched: Option<&[u8]>) -> usize {
        let delimiter = line[at];
        let (old, at) = delimited(line, at + 1, delimiter);
        if !old.is_empty() {
            self.old = Some(old);
        } else if self.old.is_none() {
            self.old = searched.map(<[u8]>::to_vec);
        }
        let (new, at) = delimited(line, at, delimiter);
        self.new = with_old(&new, self.old.as_deref().unwrap_or_default());
        at
    }

    fn apply(&self, text: Vec<u8>, extent: Extent) -> Result<Vec<u8>, Reason> {
        let old = self.old.as_deref().filter(|old| !old.is_empty()).ok_or(Reason::NoPreviousSubstitution)?;
        let mut result = Vec::with_capacity(text.len() + self.new.len());
        let (mut at, mut found, mut word) = (0, false, 0);
        while at < text.len() {
            if extent == Extent::EachWord && at >= word {
                let blanks = text[at..].iter().take_while(|byte| is_blank(**byte)).count();
                result.extend_from_slice(&text[at..at + blanks]);
                at += blanks;
                word = word_end(&text, at).max(at + 1);
            }
            if !text[at.min(text.len())..].starts_with(old) {
                result.extend(text.get(at));
                at += 1;
                continue;
            }
            found = true;
            result.extend_from_slice(&self.new);
            at += old.len();
            let rest = match extent {
                Extent::Everywhere => at,
                Extent::EachWord => word.max(at),
                Extent::First => text.len(),
            };
            let rest = rest.min(text.len());
            result.extend_from_slice(&text[at..rest]);
            at = rest;
        }
        if found { Ok(result) } else { Err(Reason::SubstitutionFailed) }
    }
}

/// The text up to `delimiter`, which a backslash makes an ordinary character; and where to read on.
fn delimited(line: &[u8], mut at: usize, delimiter: u8) -> (Vec<u8>, usize) {
    let mut text = vec![];
    while let Some(&byte) = line.get(at) {
        if byte == delimiter {
            return (text, at + 1);
        }
        if byte == b'\\' && line.get(at + 1) == Some(&delimiter) {
            at += 1;
        }
        text.push(line[at]);
        at += 1;
    }
    (text, at)
}

/// `&` stands for the old text, unless it is quoted.
fn with_old(new: &[u8], old: &[u8]) -> Vec<u8> {
    let mut text = vec![];
    let mut bytes = new.iter().peekable();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'&' => text.extend_from_slice(old),
            b'\\' if bytes.peek() == Some(&&b'&') => text.extend(bytes.next()),
            byte => text.push(byte),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modified(modifiers: &str, text: &str) -> String {
        let mut memory = Substitution::default();
        match modify(modifiers.as_bytes(), 0, text.into(), &mut memory, None) {
            Ok(done) => String::from_utf8_lossy(&done.text).into_owned(),
            Err(failure) => format!("{:?} at {}..{}", failure.reason, failure.start, failure.end),
        }
    }

    #[test]
    fn parts_of_paths() {
        assert_eq!(modified(":h", "/a/b.c"), "/a");
        assert_eq!(modified(":t:r", "/a/b.c"), "b");
        assert_eq!(modified(":e", "/a/b.c"), ".c");
        assert_eq!(modified(":h:e", "abc"), "abc");
    }

    #[test]
    fn substitutions() {
        assert_eq!(modified(":s/a/x/", "aa ba"), "xa ba");
        assert_eq!(modified(":gs/a/x&/:&", "aa"), "xxaxa");
        assert_eq!(modified(":Gs/a/x/", "aa baa"), "xa bxa");
        assert_eq!(modified(":s,a,\\&\\,", "a"), "&,");
        assert_eq!(modified(":s/q/x/", "aa"), "SubstitutionFailed at 0..7");
        assert_eq!(modified(":&", "aa"), "NoPreviousSubstitution at 0..2");
        assert_eq!(modified(":z", "aa"), "BadModifier at 1..2");
    }

    #[test]
    fn quoting() {
        assert_eq!(modified(":q", "a 'b"), "'a '\\''b'");
        assert_eq!(modified(":x", "a b"), "'a' 'b'");
    }
}
