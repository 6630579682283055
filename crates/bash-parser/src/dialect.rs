//! What changes how text reads: the options and the aliases in force when a command is parsed.

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
}

impl Default for Dialect {
    /// A non-interactive `bash script`.
    fn default() -> Dialect {
        Dialect { posix: false, extglob: false, comments: true, aliases: false, braces: true }
    }
}

/// The aliases in force, lent by the shell.
pub trait AliasTable {
    /// The text that `name` stands for.
    fn alias(&self, name: &[u8]) -> Option<&[u8]>;
}

/// No aliases.
pub struct NoAliases;

impl AliasTable for NoAliases {
    fn alias(&self, _: &[u8]) -> Option<&[u8]> {
        None
    }
}
