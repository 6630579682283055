//! The way past the grammar for text without errors: recursive descent over bytes.
//!
//! It makes exactly the tree that the grammar makes, rule by rule under the same names, for complete, correct and not
//! too unusual text. At anything else – a syntax error, the end of the text within a construct, deep nesting, a rare
//! form – it gives up, and the grammar reads the unit from its start. So what is wrong, and how it is said, is known
//! in one place only. That both agree is tested on every script of the specification and on random mutations of them.

mod bytes;
mod compound;
mod conditional;
mod document;
mod dollar;
mod list;
mod simple;
#[cfg(test)]
mod tests;
mod word;

use crate::Dialect;
use crate::grammar::Rule;
use crate::tree::{Entries, Entry, Tree};
use bytes::Class;
use document::Document;

/// How deep constructs may nest here: few enough for any stack.
const MAX_DEPTH: u32 = 40;

/// Nothing was decided: the grammar shall read the text.
#[derive(Clone, Copy, Debug)]
struct GiveUp;

/// Something that must be there was read, or something that may be there was or was not.
type Read<T = ()> = Result<T, GiveUp>;

/// The next unit of `text`, as [`crate::grammar::by_grammar`] reads it from `entry`.
pub(crate) fn unit<'i>(text: &'i str, entry: Rule, dialect: Dialect) -> Option<Tree<'i>> {
    Recogniser::new(text, dialect)?.tree(text, entry, Recogniser::unit)
}

/// The same for the body of a here-document.
pub(crate) fn body<'i>(text: &'i str, entry: Rule, dialect: Dialect) -> Option<Tree<'i>> {
    Recogniser::new(text, dialect)?.tree(text, entry, Recogniser::body)
}

/// A place in a text, and the nodes found before it.
struct Recogniser<'i> {
    text: &'i [u8],
    at: usize,
    entries: Entries,
    dialect: Dialect,
    depth: u32,
    /// Here-documents whose bodies are still to come, those of enclosing constructs first.
    documents: Vec<Document<'i>>,
    /// The first of them that belongs to the innermost `$(…)`.
    own_documents: usize,
    in_substitution: bool,
}

/// An entry whose end is not known yet.
struct Open(usize);

/// A place to come back to.
#[derive(Clone, Copy)]
struct Mark {
    at: usize,
    entries: usize,
}

impl<'i> Recogniser<'i> {
    fn new(text: &'i str, dialect: Dialect) -> Option<Recogniser<'i>> {
        u32::try_from(text.len()).ok()?;
        Some(Recogniser {
            text: text.as_bytes(),
            at: 0,
            entries: Entries::new(),
            dialect,
            depth: 0,
            documents: Vec::new(),
            own_documents: 0,
            in_substitution: false,
        })
    }

    fn tree(mut self, text: &'i str, entry: Rule, read: fn(&mut Self) -> Read) -> Option<Tree<'i>> {
        let root = self.open(entry);
        read(&mut self).ok()?;
        self.close(root);
        Tree::new(text, self.entries)
    }

    /// A line, to its end.
    fn unit(&mut self) -> Read {
        self.linebreak()?;
        if self.is_at_end() {
            self.leaf(Rule::EOI, 0);
            return Ok(());
        }
        loop {
            self.required(Self::and_or)?;
            if !self.separator() {
                break;
            }
            self.blanks();
            if matches!(self.byte(), b'\n' | 0) || self.is_at_comment() {
                break;
            }
        }
        self.blanks();
        self.comment();
        match self.byte() {
            b'\n' => self.newline(),
            _ if self.is_at_end() => {
                self.leaf(Rule::EOI, 0);
                Ok(())
            }
            _ => Err(GiveUp),
        }
    }

    /// Text that is expanded as if in double quotes.
    fn body(&mut self) -> Read {
        loop {
            self.skip(Class::QUOTED);
            match self.byte() {
                b'"' => self.at += 1,
                b'$' => self.quoted_dollar()?,
                b'\\' => self.escape_or_join(),
                b'`' => self.backquote()?,
                _ if self.is_at_end() => {
                    self.leaf(Rule::EOI, 0);
                    return Ok(());
                }
                _ => return Err(GiveUp),
            }
        }
    }

    /// The byte at hand. NUL, which no text holds, stands for the end.
    #[inline]
    fn byte(&self) -> u8 {
        self.byte_after(0)
    }

    /// The byte `distance` further on.
    #[inline]
    fn byte_after(&self, distance: usize) -> u8 {
        self.text.get(self.at + distance).copied().unwrap_or(0)
    }

    fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }

    fn is_at(&self, literal: &[u8]) -> bool {
        self.text[self.at..].starts_with(literal)
    }

    /// Passes over bytes of this class.
    #[inline]
    fn skip(&mut self, class: Class) {
        self.at = self.end_of(class, self.at);
    }

    /// Where the run of such bytes that begins at `start` ends.
    #[inline]
    fn end_of(&self, class: Class, start: usize) -> usize {
        let mut end = start;
        while let Some(&byte) = self.text.get(end)
            && class.holds(byte)
        {
            end += 1;
        }
        end
    }

    /// Begins a node here.
    #[inline]
    fn open(&mut self, rule: Rule) -> Open {
        self.open_at(rule, self.at)
    }

    #[inline]
    fn open_at(&mut self, rule: Rule, start: usize) -> Open {
        let open = Open(self.entries.0.len());
        self.entries.0.push(Entry { rule, start: start as u32, end: 0, next: 0 });
        open
    }

    /// Ends a node here.
    #[inline]
    fn close(&mut self, open: Open) {
        let next = self.entries.0.len() as u32;
        if let Some(entry) = self.entries.0.get_mut(open.0) {
            (entry.end, entry.next) = (self.at as u32, next);
        }
    }

    /// A node of the next `length` bytes, with nothing within.
    #[inline]
    fn leaf(&mut self, rule: Rule, length: usize) {
        let start = self.at;
        self.at += length;
        self.leaf_from(rule, start);
    }

    /// The same from `start` to here.
    #[inline]
    fn leaf_from(&mut self, rule: Rule, start: usize) {
        let next = self.entries.0.len() as u32 + 1;
        self.entries.0.push(Entry { rule, start: start as u32, end: self.at as u32, next });
    }

    fn mark(&self) -> Mark {
        Mark { at: self.at, entries: self.entries.0.len() }
    }

    fn back_to(&mut self, mark: Mark) {
        self.at = mark.at;
        self.entries.0.truncate(mark.entries);
    }

    /// A byte that must come next.
    fn expect(&mut self, byte: u8) -> Read {
        if self.byte() != byte {
            return Err(GiveUp);
        }
        self.at += 1;
        Ok(())
    }

    /// What `read` reads must be there.
    fn required(&mut self, read: fn(&mut Self) -> Read<bool>) -> Read {
        if read(self)? { Ok(()) } else { Err(GiveUp) }
    }

    /// Reads something that may nest.
    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Read) -> Read {
        if self.depth == MAX_DEPTH {
            return Err(GiveUp);
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }
}
