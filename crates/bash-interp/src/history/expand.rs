//! History expansion: `!!`, `!n`, `!string`, `^old^new^` and their like, from text to text.
//!
//! What surprises: single quotes and backslashes keep `!` from being expanded and double quotes do not, quotes are
//! those of a line editor and not of the grammar, and `!` in front of a blank, `=` or an operator is a plain character.

use super::inhibit::{Rules, means_something_else};
use super::modify::{Substitution, modify};
use super::words::{DELIMITERS, WordNumber, joined_words, word_around};
use bash_session::HistoryEntry;

/// What stays the same during an expansion.
pub struct Context<'a> {
    /// The history, oldest first.
    pub entries: &'a [HistoryEntry],
    /// The number of the oldest entry.
    pub first_number: usize,
    /// `histchars`
    pub characters: Characters,
    /// The quote that was opened on a line before.
    pub open_quote: Option<u8>,
    /// How the shell reads `!`.
    pub rules: Rules,
}

/// The characters of `histchars`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Characters {
    /// Starts an expansion: `!`.
    pub expansion: u8,
    /// Starts a quick substitution: `^`.
    pub substitution: u8,
    /// Starts a comment: `#`.
    pub comment: u8,
}

impl Characters {
    /// As the value of `histchars` says; what it lacks has its default.
    pub fn of(value: Option<&[u8]>) -> Characters {
        match value {
            Some(&[]) => Characters { expansion: 0, substitution: 0, comment: 0 },
            Some(&[expansion]) => Characters { expansion, ..Characters::default() },
            Some(&[expansion, substitution]) => {
                Characters { expansion, substitution, ..Characters::default() }
            }
            Some(&[expansion, substitution, comment, ..]) => Characters { expansion, substitution, comment },
            None => Characters::default(),
        }
    }
}

impl Default for Characters {
    fn default() -> Characters {
        Characters { expansion: b'!', substitution: b'^', comment: b'#' }
    }
}

/// What later expansions may refer to.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    searched: Option<Vec<u8>>,
    matched: Option<Vec<u8>>,
    substitution: Substitution,
}

/// What became of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expanded {
    /// There was nothing to expand.
    Unchanged,
    /// The line with its expansions.
    Changed(Vec<u8>),
    /// The same, to be shown and not to be run (`:p`).
    PrintOnly(Vec<u8>),
}

/// Which part of a line could not be expanded, and why.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failure {
    pub start: usize,
    pub end: usize,
    pub reason: Reason,
}

/// Why an expansion failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    EventNotFound,
    BadWordSpecifier,
    SubstitutionFailed,
    BadModifier,
    NoPreviousSubstitution,
}

impl Reason {
    fn message(self) -> &'static [u8] {
        match self {
            Reason::EventNotFound => b"event not found",
            Reason::BadWordSpecifier => b"bad word specifier",
            Reason::SubstitutionFailed => b"substitution failed",
            Reason::BadModifier => b"unrecognized history modifier",
            Reason::NoPreviousSubstitution => b"no previous substitution",
        }
    }
}

/// Whether a line can hold an expansion at all.
pub fn may_expand(line: &[u8], characters: Characters) -> bool {
    line.iter().any(|byte| *byte == characters.expansion || *byte == characters.substitution)
}

/// Expands a line; an error is its message.
pub fn expand(line: &[u8], context: &Context<'_>, memory: &mut Memory) -> Result<Expanded, Vec<u8>> {
    if context.characters.expansion == 0 {
        return Ok(Expanded::Unchanged);
    }
    let quick = context.open_quote != Some(b'\'') && line.first() == Some(&context.characters.substitution);
    let full;
    let line = if quick {
        let bang = context.characters.expansion;
        full = [&[bang, bang, b':', b's'][..], line].concat();
        &full[..]
    } else {
        line
    };
    let mut expander = Expander { line, context, memory, out: vec![], changed: false, print_only: false };
    match expander.run() {
        Ok(()) if expander.print_only => Ok(Expanded::PrintOnly(expander.out)),
        Ok(()) if expander.changed => Ok(Expanded::Changed(expander.out)),
        Ok(()) => Ok(Expanded::Unchanged),
        Err(failure) => {
            let part = &line[failure.start.min(line.len())..failure.end.min(line.len())];
            Err([part, b": ", failure.reason.message()].concat())
        }
    }
}

struct Expander<'a> {
    line: &'a [u8],
    context: &'a Context<'a>,
    memory: &'a mut Memory,
    out: Vec<u8>,
    changed: bool,
    print_only: bool,
}

impl Expander<'_> {
    fn byte(&self, at: usize) -> u8 {
        self.line.get(at).copied().unwrap_or(0)
    }

    fn run(&mut self) -> Result<(), Failure> {
        let (mut at, mut in_double) = (0, self.context.open_quote == Some(b'"'));
        if self.context.open_quote == Some(b'\'') {
            at = self.copy_single_quoted(0, 0);
        }
        while at < self.line.len() {
            let byte = self.line[at];
            if byte == self.context.characters.expansion {
                at = self.bang(at, in_double)?;
                continue;
            }
            if byte == self.context.characters.comment && !in_double && self.starts_word(at) {
                self.out.extend_from_slice(&self.line[at..]);
                return Ok(());
            }
            match byte {
                b'\\' => {
                    self.out.extend(self.line.get(at..(at + 2).min(self.line.len())).into_iter().flatten());
                    at += 2;
                    continue;
                }
                b'"' => in_double = !in_double,
                b'\'' if !in_double => {
                    at = self.copy_single_quoted(at, at + 1);
                    continue;
                }
                _ => {}
            }
            self.out.push(byte);
            at += 1;
        }
        Ok(())
    }

    fn starts_word(&self, at: usize) -> bool {
        at == 0 || DELIMITERS.contains(&self.line[at - 1])
    }

    /// Copies a quoted text whose inside begins at `inside`; where to read on. In `$'…'` a backslash quotes.
    fn copy_single_quoted(&mut self, start: usize, inside: usize) -> usize {
        let has_escapes = inside > start && start > 0 && self.line[start - 1] == b'$';
        let mut end = inside;
        while end < self.line.len() && self.line[end] != b'\'' {
            end += if has_escapes && self.line[end] == b'\\' { 2 } else { 1 };
        }
        let end = (end + 1).min(self.line.len());
        self.out.extend_from_slice(&self.line[start..end]);
        end
    }

    /// An expansion character; where to read on.
    fn bang(&mut self, at: usize, in_double: bool) -> Result<usize, Failure> {
        let next = self.byte(at + 1);
        let plain = at + 1 >= self.line.len()
            || b" \t\n\r=;&()|<>".contains(&next)
            || in_double && next == b'"'
            || means_something_else(self.line, at, self.context);
        if plain {
            self.out.push(self.line[at]);
            return Ok(at + 1);
        }
        let (event, after) = self.event(at, in_double)?;
        let (text, after) = self.selected(&event, after)?;
        let searched = self.memory.searched.as_deref();
        let done = modify(self.line, after, text, &mut self.memory.substitution, searched)?;
        self.changed = true;
        self.print_only |= done.print_only;
        self.out.extend_from_slice(&done.text);
        Ok(done.end)
    }

    /// The event that an expansion at `at` names, and where its name ends.
    fn event(&mut self, at: usize, in_double: bool) -> Result<(Vec<u8>, usize), Failure> {
        let next = self.byte(at + 1);
        let last = self.context.first_number + self.context.entries.len();
        let (found, after) = match next {
            b':' | b'$' | b'*' | b'%' | b'^' => (self.numbered(last.checked_sub(1)), at + 1),
            b'#' => (Some(self.out.clone()), at + 2),
            next if next == self.context.characters.expansion => (self.numbered(last.checked_sub(1)), at + 2),
            b'-' if self.byte(at + 2).is_ascii_digit() => {
                let (count, after) = self.number(at + 2);
                (self.numbered(last.checked_sub(count)), after)
            }
            digit if digit.is_ascii_digit() => {
                let (number, after) = self.number(at + 1);
                (self.numbered(Some(number)), after)
            }
            b'?' => self.containing(at + 2),
            _ => self.starting(at + 1, in_double),
        };
        match found {
            Some(event) => Ok((event, after)),
            None => Err(Failure { start: at, end: after, reason: Reason::EventNotFound }),
        }
    }

    fn number(&self, at: usize) -> (usize, usize) {
        let digits = self.line[at..].iter().take_while(|byte| byte.is_ascii_digit());
        digits.fold((0, at), |(number, at), digit| {
            (number.saturating_mul(10).saturating_add(usize::from(digit - b'0')), at + 1)
        })
    }

    fn numbered(&self, number: Option<usize>) -> Option<Vec<u8>> {
        let position = number?.checked_sub(self.context.first_number)?;
        self.context.entries.get(position).map(|entry| entry.text.to_vec())
    }

    /// `!?string?`
    fn containing(&mut self, start: usize) -> (Option<Vec<u8>>, usize) {
        let rest = &self.line[start..];
        let length = rest.iter().position(|byte| matches!(byte, b'?' | b'\n')).unwrap_or(rest.len());
        let end = start + length;
        let after = if self.byte(end) == b'?' { end + 1 } else { end };
        let searched = match (&rest[..length], &self.memory.searched) {
            ([], Some(before)) => before.clone(),
            ([], None) => return (None, after),
            (text, _) => text.to_vec(),
        };
        let found = self.context.entries.iter().rev().find_map(|entry| {
            let at = entry.text.windows(searched.len()).rposition(|window| *window == *searched)?;
            Some((&entry.text, at))
        });
        let Some((text, at)) = found else { return (None, after) };
        self.memory.matched = word_around(text, at).map(<[u8]>::to_vec);
        self.memory.searched = Some(searched);
        (Some(text.to_vec()), after)
    }

    /// `!string`
    fn starting(&self, start: usize, in_double: bool) -> (Option<Vec<u8>>, usize) {
        let ends = |at: usize, byte: u8| {
            b" \t\n:^$*%;&()|<>".contains(&byte) || byte == b'-' && at > 0 || in_double && byte == b'"'
        };
        let rest = &self.line[start..];
        let length = rest.iter().enumerate().position(|(at, byte)| ends(at, *byte)).unwrap_or(rest.len());
        let found = self.context.entries.iter().rev().find(|entry| entry.text.starts_with(&rest[..length]));
        (found.filter(|_| length > 0).map(|entry| entry.text.to_vec()), start + length)
    }

    /// The words that a word designator at `at` selects, and where it ends.
    fn selected(&self, event: &[u8], start: usize) -> Result<(Vec<u8>, usize), Failure> {
        let has_colon = self.byte(start) == b':';
        let at = start + usize::from(has_colon);
        let fails = |end| Failure { start, end, reason: Reason::BadWordSpecifier };
        let (first, at) = match self.byte(at) {
            b'%' => return Ok((self.memory.matched.clone().unwrap_or_default(), at + 1)),
            b'*' => {
                let words = joined_words(event, WordNumber::At(1), WordNumber::Last);
                return Ok((words.unwrap_or_default(), at + 1));
            }
            b'$' => {
                let word = joined_words(event, WordNumber::Last, WordNumber::Last);
                return Ok((word.unwrap_or_else(|| event.to_vec()), at + 1));
            }
            b'-' => (0, at),
            b'^' => (1, at + 1),
            digit if digit.is_ascii_digit() && has_colon => self.number(at),
            _ => return Ok((event.to_vec(), start)),
        };
        let (last, at) = self.last_word(first, at);
        let is_range = match last {
            WordNumber::At(last) => last >= first,
            _ => true,
        };
        let words = if is_range { joined_words(event, WordNumber::At(first), last) } else { None };
        words.map(|words| (words, at)).ok_or(fails(at))
    }

    /// What follows the first word of a range.
    fn last_word(&self, first: usize, at: usize) -> (WordNumber, usize) {
        match self.byte(at) {
            b'^' => (WordNumber::At(1), at + 1),
            b'*' => (WordNumber::Last, at + 1),
            b'-' => match self.byte(at + 1) {
                digit if digit.is_ascii_digit() => {
                    let (last, after) = self.number(at + 1);
                    (WordNumber::At(last), after)
                }
                b'$' => (WordNumber::Last, at + 2),
                b'^' => (WordNumber::At(1), at + 2),
                _ => (WordNumber::LastButOne, at + 1),
            },
            _ => (WordNumber::At(first), at),
        }
    }
}

#[cfg(test)]
mod tests;
