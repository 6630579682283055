//! Bash source text to a syntax tree, and back.
//!
//! The parser knows no variable, file or process: the same text and the same [`Dialect`] give the same tree.
//! It reads one *complete command line* at a time, as Bash does, because running it may change how the next
//! one reads (`shopt -s extglob`, `alias`).

mod alias;
pub mod arith;
pub mod ast;
mod dialect;
mod error;
mod grammar;
mod lower;
mod name;
pub mod parse;
mod parse_document;
pub mod print;
pub mod quote;
mod recognise;
mod source;
mod tree;

pub use dialect::{AliasTable, Dialect, NoAliases, Translation};
pub use error::{ParseError, ParseErrorKind};
pub use lower::MAX_NESTING;
pub use name::{Name, is_identifier};
pub use parse::lines::count_newlines;
pub use parse::{Parsed, Parser};
pub use parse_document::{parse_document, parse_function, parse_word};
