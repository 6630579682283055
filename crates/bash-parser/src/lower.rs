//! From the pairs of a parse to the syntax tree.
//!
//! Lowering sees only parses without error nodes. It walks in source order, decides what the grammar leaves open
//! (tilde and brace expressions, which word is a descriptor, what a `${…}` means) and maps the text back to
//! bytes. What is still wrong at this point (nesting too deep, a malformed `for ((`) is kept in
//! [`Lowerer::error`]; the tree is then of no use.
//!
//! Recursion is guarded twice: a nesting limit with a clean error, and a growing stack.

mod arith;
mod assignment;
mod brace;
mod compound;
mod conditional;
mod heredoc;
mod list;
mod param;
mod printed_lines;
mod quoted_braces;
mod redirect;
#[cfg(test)]
pub(crate) mod show;
mod simple;
mod stripped;
mod substitution;
#[cfg(test)]
mod tests;
mod tilde;
mod word;

use crate::ast::{List, SharedText, Text};
use crate::error;
use crate::grammar::Node;
use crate::parse::lines::Lines;
use crate::source::encode;
use crate::{AliasTable, Dialect, ParseError};
pub use arith::pieces as arith_pieces;
use heredoc::Documents;
pub(crate) use heredoc::{Awaited, Begun, awaited_at, delimiter_text, is_body, open_document, unterminated};
use std::sync::Arc;

/// How deep constructs may nest. Each level is a construct that encloses commands or words.
pub const MAX_NESTING: u32 = 5000;

/// Stack that must be left when a level is entered, and what is added when it is not.
const RED_ZONE: usize = 128 * 1024;
const STACK_STEP: usize = 4 * 1024 * 1024;

/// How many levels fit into what must be left.
const ASKED_EVERY: u32 = 8;

/// Turns the parse of one unit into a tree.
pub(crate) struct Lowerer<'a> {
    dialect: Dialect,
    aliases: &'a dyn AliasTable,
    lines: Lines,
    documents: Documents,
    depth: u32,
    /// The line of the command being lowered, from which Bash counts the lines of the substitutions in it.
    command_line: u32,
    /// What is added to line numbers within a substitution for that.
    shift: i64,
    /// Lines are counted as in the printed form of what is lowered.
    printed: bool,
    /// The text was printed: its lines are what they are.
    pub(crate) laid_out: bool,
    /// How many constructs were lowered whose printed form has other lines than can be told from where they stand.
    reshaped: u32,
    /// The line of the function body that began last in the body that is lowered.
    last_function: Option<u32>,
    /// How many `${…}` that stand in quotes enclose what is lowered.
    quoted_braces: u32,
    /// Warnings about here-documents, with their lines; `None` where they are given when the text runs.
    pub(crate) warnings: Option<Vec<(u32, Vec<u8>)>>,
    /// The text that holds all of this, if it is a script that the tree may keep.
    pub(crate) script: Option<&'a Arc<String>>,
    /// The first thing found wrong.
    pub(crate) error: Option<ParseError>,
}

impl<'a> Lowerer<'a> {
    /// A lowerer for a unit whose offsets `lines` turns into line numbers. `depth` counts the levels around it.
    pub(crate) fn new(
        dialect: Dialect,
        aliases: &'a dyn AliasTable,
        lines: Lines,
        depth: u32,
    ) -> Lowerer<'a> {
        let documents = Documents::default();
        let command_line = lines.line(0);
        Lowerer {
            dialect,
            aliases,
            lines,
            documents,
            depth,
            command_line,
            shift: 0,
            printed: false,
            laid_out: false,
            reshaped: 0,
            last_function: None,
            quoted_braces: 0,
            warnings: (depth == 0).then(Vec::new),
            script: None,
            error: None,
        }
    }

    /// The list that the parse of a unit holds.
    pub(crate) fn unit(&mut self, node: Node<'_>) -> List {
        self.documents = Documents::find(&node);
        self.list(node)
    }

    /// The line on which `offset` lies.
    fn line(&self, offset: usize) -> u32 {
        let line = i64::from(self.lines.line(offset)) + self.shift;
        u32::try_from(line).unwrap_or(0)
    }

    /// Lowers what a substitution holds, whose line at `anchor` is that of the command around it.
    fn anchored<T>(&mut self, anchor: usize, lower: impl FnOnce(&mut Self) -> T) -> T {
        let (shift, command_line, printed) = (self.shift, self.command_line, self.printed);
        self.shift = i64::from(command_line) - i64::from(self.lines.line(anchor));
        let lowered = lower(self);
        (self.shift, self.command_line, self.printed) = (shift, command_line, printed);
        lowered
    }

    /// Runs `lower` one level deeper, or records that this is too deep.
    fn nested<T: Default>(&mut self, at: usize, lower: impl FnOnce(&mut Self) -> T) -> T {
        if self.depth >= self.dialect.nesting.min(MAX_NESTING) {
            let line = self.line(at);
            self.error.get_or_insert_with(|| error::too_deep(line));
            return T::default();
        }
        self.depth += 1;
        // Asking costs something, the first time in a thread a lot.
        let lowered = match self.depth.is_multiple_of(ASKED_EVERY) {
            true => stacker::maybe_grow(RED_ZONE, STACK_STEP, || lower(self)),
            false => lower(self),
        };
        self.depth -= 1;
        lowered
    }
}

/// The bytes that a piece of the parsed text stands for.
fn shared_text(piece: &str) -> SharedText {
    encode(piece).into()
}

fn text(piece: &str) -> Text {
    encode(piece).into()
}
