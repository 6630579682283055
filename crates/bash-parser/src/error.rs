//! What is wrong with a text, in Bash's words.

/// A syntax error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", String::from_utf8_lossy(.message))]
pub struct ParseError {
    /// What kind it is: decides whether more input could help.
    pub kind: ParseErrorKind,
    /// The line that Bash's message names.
    pub line: u32,
    /// The message without the `name: line N: ` prefix, e.g. ``syntax error near unexpected token `fi'``.
    pub message: Vec<u8>,
    /// The offending source line, which Bash prints below some messages (after the same prefix, quoted as
    /// `` `line' ``).
    pub source_line: Option<Vec<u8>>,
}

/// Whether more input could help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseErrorKind {
    /// The text ended within a construct.
    Incomplete,
    /// The text cannot be completed to anything valid.
    Wrong,
    /// Nested deeper than the parser goes.
    TooDeep,
}
