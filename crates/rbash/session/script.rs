//! Scripts that were parsed before they run.

use bash_parser::ast::List;
use bash_parser::{Dialect, NoAliases, Parsed, Parser};
use std::sync::Arc;

/// A parsed script: its command lines in order. It can be run many times, in any session.
///
/// It is read by the options that a session starts with; aliases and `shopt -s extglob` in it change nothing any more.
#[derive(Clone, Debug)]
pub struct Script {
    pub(crate) text: Arc<[u8]>,
    pub(crate) lines: Arc<[List]>,
}

/// Why a text is no script.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct SyntaxError {
    /// Where.
    pub line: u32,
    /// What, in Bash's words.
    pub message: String,
    /// More text might make it right: a quote or a construct is still open.
    pub is_incomplete: bool,
}

impl Script {
    /// Parses a text.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Script, SyntaxError> {
        let text: Arc<[u8]> = text.as_ref().into();
        let dialect = Dialect::default();
        let mut parser = Parser::new(text.to_vec(), 1);
        let mut lines = Vec::new();
        loop {
            match parser.next(dialect, &NoAliases) {
                Parsed::Command(list) if list.items.is_empty() => {}
                Parsed::Command(list) => lines.push(list),
                Parsed::End | Parsed::Incomplete => return Ok(Script { text, lines: lines.into() }),
                Parsed::Error(error) => {
                    return Err(SyntaxError {
                        line: error.line,
                        message: String::from_utf8_lossy(&error.message).into_owned(),
                        is_incomplete: error.is_incomplete(),
                    });
                }
            }
        }
    }

    /// Its text.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// Its command lines, as trees.
    pub fn lines(&self) -> &[List] {
        &self.lines
    }
}

/// What can be run.
#[derive(Clone, Debug)]
pub enum Source {
    /// A text, parsed line by line as it runs, as Bash does it.
    Text(Arc<[u8]>),
    /// A parsed script.
    Script(Script),
}

impl Source {
    pub(crate) fn text(&self) -> &[u8] {
        match self {
            Source::Text(text) => text,
            Source::Script(script) => &script.text,
        }
    }
}

impl From<&str> for Source {
    fn from(text: &str) -> Source {
        Source::Text(text.as_bytes().into())
    }
}

impl From<String> for Source {
    fn from(text: String) -> Source {
        Source::Text(text.into_bytes().into())
    }
}

impl From<&[u8]> for Source {
    fn from(text: &[u8]) -> Source {
        Source::Text(text.into())
    }
}

impl From<Vec<u8>> for Source {
    fn from(text: Vec<u8>) -> Source {
        Source::Text(text.into())
    }
}

impl From<Script> for Source {
    fn from(script: Script) -> Source {
        Source::Script(script)
    }
}

impl From<&Script> for Source {
    fn from(script: &Script) -> Source {
        Source::Script(script.clone())
    }
}
