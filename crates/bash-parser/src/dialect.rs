//! What changes how text reads: the options and the aliases in force when a command is parsed.

use crate::quote::Charset;

/// Options that change reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Dialect {
    /// `set -o posix`
    pub posix: bool,
    /// `shopt -s extglob`: `@(…)` is a pattern outside `[[` too.
    pub extglob: bool,
    /// `#` begins a comment. Always so in a script; in an interactive shell by `interactive_comments`.
    pub comments: bool,
    /// Aliases are expanded.
    pub aliases: bool,
    /// `set -o braceexpand`
    pub braces: bool,
    /// Where characters begin and end.
    pub charset: Charset,
    /// How deep constructs may nest, up to [`MAX_NESTING`](crate::MAX_NESTING).
    pub nesting: u32,
}

impl Default for Dialect {
    /// A non-interactive `bash script`.
    fn default() -> Dialect {
        Dialect {
            posix: false,
            extglob: false,
            comments: true,
            aliases: false,
            braces: true,
            charset: Charset::Utf8,
            nesting: crate::MAX_NESTING,
        }
    }
}

/// The aliases in force, and the translations of `$"…"`, lent by the shell.
pub trait AliasTable {
    /// The text that `name` stands for.
    fn alias(&self, name: &[u8]) -> Option<&[u8]>;

    /// What to read in place of a `$"…"` that holds `text`, which begins on line `line`. `None`: the text itself.
    fn translation(&self, _text: &[u8], _line: u32) -> Option<Translation> {
        None
    }
}

/// What stands in place of a `$"…"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Translation {
    /// A text that is expanded as in double quotes.
    Expanded(Vec<u8>),
    /// A text in which nothing is special (`noexpand_translation`).
    Literal(Vec<u8>),
}

/// No aliases.
pub struct NoAliases;

impl AliasTable for NoAliases {
    fn alias(&self, _: &[u8]) -> Option<&[u8]> {
        None
    }
}
