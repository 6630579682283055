//! The public entry: the next complete command of a text.

use crate::ast::List;
use crate::{AliasTable, Dialect, ParseError};

/// A cursor over a source text that gives one complete command line at a time.
///
/// The text may grow ([`Parser::push`]) when it is read from a terminal or a pipe.
pub struct Parser {
    text: Vec<u8>,
    offset: usize,
    line: u32,
    ended: bool,
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
        Parser { text: text.into(), offset: 0, line, ended: true }
    }

    /// A parser whose text arrives bit by bit.
    pub fn streaming() -> Parser {
        Parser { text: Vec::new(), offset: 0, line: 1, ended: false }
    }

    /// More text has arrived.
    pub fn push(&mut self, text: &[u8]) {
        self.text.extend_from_slice(text);
    }

    /// The input is at its end: what is unfinished is now an error.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// The line number of the next unread line.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// The text not yet consumed.
    pub fn rest(&self) -> &[u8] {
        &self.text[self.offset..]
    }

    /// The next complete command line, read in `dialect`.
    pub fn next(&mut self, _dialect: Dialect, _aliases: &dyn AliasTable) -> Parsed {
        Parsed::End
    }
}
