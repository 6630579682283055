//! The public entry: the next complete command of a text.
//!
//! Bash reads, runs and reads again, one complete command line at a time, because running may change how the next
//! one reads. Here such a line is a *unit*: parsed by one call of the grammar at the offset where the one before
//! ended, then lowered to a tree. Where the plain text will not do (an alias, a line joined within an operator),
//! the unit is read from a spliced copy instead.

mod continuation;
mod documents;
pub(crate) mod lines;
pub(crate) mod splice;

use crate::ast::List;
use crate::grammar::{self, Node};
use crate::lower::{Lowerer, open_document};
use crate::source::{Source, encode};
use crate::{AliasTable, Dialect, NoAliases, ParseError, alias, error};
use documents::{Change, Moved, Reach};
use lines::Lines;
use splice::Spliced;
use std::cell::RefCell;

/// A cursor over a source text that gives one complete command line at a time.
///
/// The text may grow ([`Parser::push`]) when it is read from a terminal or a pipe.
pub struct Parser {
    source: Source,
    offset: usize,
    line: u32,
    ended: bool,
    depth: u32,
    /// The text was printed from a tree.
    is_printed: bool,
    /// Text that is given out line by line before it is read.
    held: Option<Held>,
    /// What Bash warned of in the unit before the cursor.
    warnings: RefCell<Vec<(u32, Vec<u8>)>>,
}

/// The text that a parser holds back, and how much of it was given out.
struct Held {
    text: Vec<u8>,
    at: usize,
}

/// What [`Parser::next`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parsed {
    /// A complete command line (empty for a blank or comment line).
    Command(List),
    /// The text ended within a command; more input could complete it. Only if the input was not ended.
    Incomplete,
    /// No more text.
    End,
    /// A syntax error. The cursor stands after the offending line.
    Error(ParseError),
}

impl Parser {
    /// A parser over the whole of `text`, whose first line is number `line`.
    pub fn new(text: impl Into<Vec<u8>>, line: u32) -> Parser {
        Parser {
            source: Source::new(text.into()),
            offset: 0,
            line,
            ended: true,
            depth: 0,
            is_printed: false,
            held: None,
            warnings: RefCell::default(),
        }
    }

    /// A parser whose text arrives bit by bit.
    pub fn streaming() -> Parser {
        Parser {
            source: Source::default(),
            offset: 0,
            line: 1,
            ended: false,
            depth: 0,
            is_printed: false,
            held: None,
            warnings: RefCell::default(),
        }
    }

    /// More text has arrived.
    pub fn push(&mut self, text: &[u8]) {
        self.source.forget(std::mem::take(&mut self.offset));
        self.source.push(text);
    }

    /// The input is at its end: what is unfinished is now an error.
    pub fn end(&mut self) {
        self.source.end();
        self.ended = true;
    }

    /// Holds the rest of the text back: it is given out by [`Parser::take_line`], and comes back by [`Parser::push`]
    /// as the caller wants it to be read.
    pub fn hold(&mut self) {
        if self.held.is_none() {
            self.held = Some(Held { text: self.rest().to_vec(), at: 0 });
            self.source = Source::default();
            self.offset = 0;
            self.ended = false;
        }
    }

    /// Whether text is held back.
    pub fn is_holding(&self) -> bool {
        self.held.is_some()
    }

    /// The next line that is held back, with its newline.
    pub fn take_line(&mut self) -> Option<Vec<u8>> {
        let held = self.held.as_mut()?;
        let rest = &held.text[held.at..];
        let length = rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |newline| newline + 1);
        held.at += length;
        (length > 0).then(|| rest[..length].to_vec())
    }

    /// Reads on by itself in what was held back.
    pub fn release(&mut self) {
        if let Some(held) = self.held.take() {
            self.push(&held.text[held.at..]);
            self.end();
        }
    }

    /// The line number of the next unread line.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// Counts on from the line below `line`.
    pub fn continue_below(&mut self, line: u32) {
        self.line = line.saturating_add(1);
    }

    /// The line number of the last line that was read.
    pub fn last_line(&self) -> u32 {
        let ended_a_line =
            self.offset > 0 && self.source.text().as_bytes().get(self.offset - 1) == Some(&b'\n');
        if ended_a_line { self.line.saturating_sub(1) } else { self.line }
    }

    /// The text not yet consumed.
    pub fn rest(&self) -> &[u8] {
        self.source.bytes_from(self.offset)
    }

    /// The next complete command line, read in `dialect`.
    pub fn next(&mut self, dialect: Dialect, aliases: &dyn AliasTable) -> Parsed {
        self.source.follow(dialect.charset, self.offset);
        let rest = &self.source.text()[self.offset..];
        if rest.is_empty() {
            return Parsed::End;
        }
        self.warnings.borrow_mut().clear();
        let (parsed, length) = self.unit(rest, dialect, aliases);
        if !self.ended && length == rest.len() && ends_in_continuation(rest, dialect) {
            return Parsed::Incomplete;
        }
        if !matches!(parsed, Parsed::Incomplete) {
            self.advance(length);
        }
        parsed
    }

    /// The unit at the start of `rest`, and how much of it the unit takes.
    fn unit(&self, rest: &str, dialect: Dialect, aliases: &dyn AliasTable) -> (Parsed, usize) {
        let Ok(tree) = grammar::unit(rest, dialect) else {
            return (Parsed::Error(error::too_deep(self.line)), rest.len());
        };
        let node = tree.root();
        let length = node.as_str().len();
        let needs_copy = || continuation::is_suspect(&rest[..length]) || documents::find(&node).is_some();
        if dialect.aliases || needs_copy() {
            return self.spliced_unit(rest, length, dialect, aliases);
        }
        let lines = Lines::new(&rest[..length], self.line);
        self.judge(node, rest, lines, dialect, aliases)
    }

    /// The same, read from a copy in which aliases are replaced and lines joined.
    fn spliced_unit(
        &self,
        rest: &str,
        length: usize,
        dialect: Dialect,
        aliases: &dyn AliasTable,
    ) -> (Parsed, usize) {
        let mut copy = Spliced::new(rest, length, self.line);
        loop {
            let Ok(tree) = grammar::unit(copy.text(), dialect) else {
                return (Parsed::Error(error::too_deep(self.line)), rest.len());
            };
            let node = tree.root();
            match documents::find(&node) {
                None => {}
                Some(Change::Delimiter { range, quoted }) => {
                    copy.replace(range, &quoted);
                    continue;
                }
                Some(Change::Bodies { close, awaited }) => {
                    let moved = documents::move_bodies(&mut copy, close, &awaited, Reach::Copy);
                    if moved == Moved::Unfinished && !copy.extend(rest) {
                        if !self.ended {
                            return (Parsed::Incomplete, rest.len());
                        }
                        documents::move_bodies(&mut copy, close, &awaited, Reach::Whole);
                    }
                    continue;
                }
            }
            let joins = continuation::find(&node);
            let replacements = match dialect.aliases {
                true if joins.is_empty() => alias::find(&node, &copy, dialect, aliases),
                _ => vec![],
            };
            if !joins.is_empty() || !replacements.is_empty() {
                joins.iter().rev().for_each(|&at| copy.replace(at..at + 2, ""));
                for found in replacements.into_iter().rev() {
                    copy.expand(found.range, found.name, &found.value);
                }
                continue;
            }
            let end = node.as_str().len();
            let complete = end < copy.text().len()
                || error::find(&node, copy.text(), copy.lines()).is_none() && open_document(&node).is_none();
            if !complete && copy.extend(rest) {
                continue;
            }
            return self.finish_copy(&copy, rest, dialect, aliases);
        }
    }

    /// What Bash warned of when it read the last unit, with line numbers.
    pub fn take_warnings(&mut self) -> Vec<(u32, Vec<u8>)> {
        std::mem::take(self.warnings.get_mut())
    }

    /// The units of a copy that needs no more changes, up to one that ends outside an alias's text.
    fn finish_copy(
        &self,
        copy: &Spliced,
        rest: &str,
        dialect: Dialect,
        aliases: &dyn AliasTable,
    ) -> (Parsed, usize) {
        let mut items = vec![];
        let mut at = 0;
        self.warnings.borrow_mut().extend(copy.warnings.iter().cloned());
        loop {
            let Ok(tree) = grammar::unit(&copy.text()[at..], dialect) else {
                return (Parsed::Error(error::too_deep(self.line)), rest.len());
            };
            let (parsed, length) =
                self.judge(tree.root(), &copy.text()[at..], copy.lines().from(at), dialect, aliases);
            let end = at + length;
            match parsed {
                Parsed::Command(list) => items.extend(list.items),
                Parsed::Error(mut error) => {
                    self.warnings.borrow_mut().clear();
                    self.show_source_line(&mut error, rest);
                    error.warnings.splice(0..0, copy.warnings.iter().cloned());
                    return (Parsed::Error(error), copy.source_length(end).unwrap_or(rest.len()));
                }
                failed => return (failed, copy.source_length(end).unwrap_or(rest.len())),
            }
            match copy.source_length(end) {
                Some(length) => return (Parsed::Command(List { items: items.into() }), length),
                None if end == at || end == copy.text().len() => {
                    return (Parsed::Command(List { items: items.into() }), rest.len());
                }
                None => at = end,
            }
        }
    }

    /// Messages show the source as it was before aliases were replaced.
    fn show_source_line(&self, error: &mut ParseError, rest: &str) {
        let Some(shown) = &mut error.source_line else { return };
        let number = error.line.saturating_sub(self.line) as usize;
        if let Some(line) = rest.split('\n').nth(number) {
            *shown = encode(line).into_owned();
        }
    }

    /// The unit at the start of `text` as a tree, or what is wrong with it; and where it ends.
    fn judge(
        &self,
        node: Node<'_>,
        text: &str,
        lines: Lines,
        dialect: Dialect,
        aliases: &dyn AliasTable,
    ) -> (Parsed, usize) {
        let end = node.as_str().len();
        if end == text.len()
            && let Some((error, at)) = error::locate(&node, text, &lines)
        {
            let open = error.is_incomplete() && !self.ended;
            return (if open { Parsed::Incomplete } else { Parsed::Error(error) }, after_line(text, at));
        }
        (self.lowered(node, end == text.len(), lines, dialect, aliases), end)
    }

    /// The tree of a unit without syntax errors.
    fn lowered(
        &self,
        node: Node<'_>,
        at_end: bool,
        lines: Lines,
        dialect: Dialect,
        aliases: &dyn AliasTable,
    ) -> Parsed {
        if at_end && !self.ended && open_document(&node).is_some() {
            return Parsed::Incomplete;
        }
        let mut lowerer = Lowerer::new(dialect, aliases, lines, self.depth);
        lowerer.laid_out = self.is_printed;
        lowerer.script = Some(self.source.shared_text());
        let list = lowerer.unit(node);
        match lowerer.error {
            Some(error) => Parsed::Error(error),
            None => {
                self.warnings.borrow_mut().extend(lowerer.warnings.unwrap_or_default());
                Parsed::Command(list)
            }
        }
    }

    /// After [`Parsed::Incomplete`]: a text that a later line must hold before the command can be complete. So whoever
    /// reads line by line need not ask anew after each line of a long here-document or function.
    pub fn awaited(&self, dialect: Dialect) -> Option<Vec<u8>> {
        if dialect.aliases {
            return None;
        }
        let rest = &self.source.text()[self.offset..];
        let tree = grammar::unit(rest, dialect).ok()?;
        let node = tree.root();
        match error::find(&node, rest, &Lines::new(rest, self.line)) {
            Some(error) => closer(&error.message).map(<[u8]>::to_vec),
            None => open_document(&node).map(|delimiter| encode(&delimiter).into_owned()),
        }
    }

    /// Whether what is left to read ends within `$(…)` or its kin, so that the next line will belong to that.
    pub fn ends_in_substitution(&self, dialect: Dialect) -> bool {
        let rest = &self.source.text()[self.offset..];
        !rest.is_empty()
            && grammar::unit(rest, dialect).is_ok_and(|tree| error::ends_in_substitution(&tree.root()))
    }

    fn advance(&mut self, length: usize) {
        let taken = &self.source.text()[self.offset..self.offset + length];
        self.line += lines::count_newlines(taken.as_bytes()) as u32;
        self.offset += length;
    }
}

/// What ends the construct that a message about unfinished text names.
fn closer(message: &[u8]) -> Option<&[u8]> {
    let after = |what: &[u8]| {
        let start = message.windows(what.len()).position(|window| window == what)? + what.len();
        Some(&message[start..])
    };
    if let Some(quoted) = after(b"looking for matching `") {
        return quoted.split(|byte| *byte == b'\'').next().filter(|closer| !closer.is_empty());
    }
    let opener = after(b"from `")?.split(|byte| *byte == b'\'').next()?;
    match opener {
        b"if" => Some(b"fi"),
        b"case" => Some(b"esac"),
        b"while" | b"until" => Some(b"done"),
        b"{" => Some(b"}"),
        b"(" => Some(b")"),
        _ => None,
    }
}

/// Whether a text that is still arriving ends with a backslash and a newline that join it to the line to come: then
/// more text would belong to the same unit.
fn ends_in_continuation(text: &str, dialect: Dialect) -> bool {
    text.ends_with("\\\n")
        && grammar::unit(&format!("{text}x\n"), dialect)
            .is_ok_and(|unit| unit.root().as_str().len() > text.len())
}

/// The end of the line in which `at` lies.
fn after_line(text: &str, at: usize) -> usize {
    text.as_bytes()[at..]
        .iter()
        .position(|&byte| byte == b'\n')
        .map_or(text.len(), |newline| at + newline + 1)
}

/// The whole of `text` as one list, as far as the first error.
pub(crate) fn script(
    text: &[u8],
    line: u32,
    dialect: Dialect,
    aliases: &dyn AliasTable,
    depth: u32,
) -> (List, Option<ParseError>) {
    whole(Parser { depth, ..Parser::new(text, line) }, dialect, aliases)
}

/// The same of a text that was printed from a tree.
pub(crate) fn printed_script(
    text: &[u8],
    line: u32,
    dialect: Dialect,
    depth: u32,
) -> (List, Option<ParseError>) {
    whole(Parser { depth, is_printed: true, ..Parser::new(text, line) }, dialect, &NoAliases)
}

fn whole(mut parser: Parser, dialect: Dialect, aliases: &dyn AliasTable) -> (List, Option<ParseError>) {
    let mut items = vec![];
    let error = loop {
        match parser.next(dialect, aliases) {
            Parsed::Command(list) => items.extend(list.items),
            Parsed::Error(error) => break Some(error),
            Parsed::Incomplete | Parsed::End => break None,
        }
    };
    (List { items: items.into() }, error)
}

#[cfg(test)]
mod tests;
