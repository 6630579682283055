//! Words: literal text, quotes and expansions, in source order.

use super::{ArithText, List, ParamExpansion, SharedText, Text};
use std::sync::Arc;

/// One shell word. An empty `parts` is the empty word (as in `x=`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// What it is made of, left to right.
    pub parts: Box<[WordPart]>,
    /// The word's final text, where that is known without running anything: no expansion, no tilde, no brace
    /// expression and no unquoted pattern character. Quotes are already removed.
    pub constant: Option<Arc<[u8]>>,
    /// What the shell compiled from this word (a pattern, a regular expression).
    pub cache: super::Cache,
}

/// `$'…'`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnsiQuoted {
    /// The text between the quotes as written.
    pub source: Text,
    /// The text it stands for.
    pub value: SharedText,
}

/// The word of a `${x:-…}` with double quotes in double quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stripped {
    /// As it is written.
    pub written: Box<[WordPart]>,
    /// As it is expanded.
    pub read: Box<[WordPart]>,
}

impl Word {
    /// A text in which nothing is special.
    pub fn quoted(text: SharedText) -> Word {
        let parts: Box<[WordPart]> =
            if text.is_empty() { Box::default() } else { Box::new([WordPart::Literal(text.clone())]) };
        Word { parts, constant: Some(text), ..Word::default() }
    }
}

/// A piece of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WordPart {
    /// Unquoted text. May hold pattern characters; never a backslash escape.
    Literal(SharedText),
    /// `\c`: one quoted character (all of its bytes). Inside double quotes, `\$` and its like. Where a
    /// backslash is kept (`"\a"`) it is `Literal`.
    Escaped(SharedText),
    /// `'…'`: the text between.
    SingleQuoted(SharedText),
    /// `$'…'`.
    AnsiQuoted(Box<AnsiQuoted>),
    /// `"…"`. Literal text inside is quoted although its parts say `Literal`.
    DoubleQuoted(Box<[WordPart]>),
    /// `$"…"`: double quotes whose text may be translated.
    LocaleQuoted(Box<[WordPart]>),
    /// The word of a `${x:-…}` in double quotes that reads differently once the double quotes in it are gone.
    Stripped(Box<Stripped>),
    /// An unquoted `~`, `~name`, `~+`, `~-`, `~N` where tilde expansion applies: the text after `~`, up to but
    /// not including the slash.
    Tilde(Text),
    /// `$x` or `${…}`.
    Param(Arc<ParamExpansion>),
    /// `$(…)`, `` `…` ``, `${ …; }`, `${| …; }`.
    Command(Arc<CommandSubstitution>),
    /// `$((…))` or `$[…]`.
    Arith {
        /// The text between.
        expr: Arc<ArithText>,
        /// Written `$[…]`.
        bracket: bool,
    },
    /// `<(…)` or `>(…)`.
    Process {
        /// Which way its data flows.
        direction: ProcessDirection,
        /// What runs.
        body: Arc<CommandSubstitution>,
    },
    /// An extended pattern `?(…) *(…) +(…) @(…) !(…)`: the operator character, then the text between the
    /// parentheses (`|` and nested parentheses stand there as `Literal`).
    ExtGlob {
        /// One of `?*+@!`.
        operator: u8,
        /// What stands between the parentheses.
        parts: Box<[WordPart]>,
    },
    /// An unquoted brace expression `{a,b}` or `{1..9}`.
    Brace(Box<BraceExpr>),
}

/// A brace expression (manual: Brace Expansion).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BraceExpr {
    /// `{a,b,…}`: each alternative is a sequence of parts.
    List(Box<[Box<[WordPart]>]>),
    /// `{x..y}` or `{x..y..step}`.
    Range {
        /// The text between the braces as written.
        source: Text,
        /// What it counts.
        range: BraceRange,
    },
    /// A whole word with expressions that stand in quotes within quotes, which Bash finds in the word's text.
    Text {
        /// The text with the expressions found; the rest is `Literal` and `SingleQuoted`, both as written.
        text: Box<[WordPart]>,
        /// The word read without braces.
        read: Box<[WordPart]>,
        /// How the words that come of it are read.
        dialect: crate::Dialect,
    },
}

/// The sequence of a brace range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BraceRange {
    /// Integers from `from` to `to`, printed with at least `width` digits (0: as they come).
    Integers {
        /// The first.
        from: i64,
        /// The last.
        to: i64,
        /// The distance; its sign is adapted to the direction.
        step: i64,
        /// The least number of characters, zero-padded.
        width: usize,
    },
    /// Single ASCII characters.
    Characters {
        /// The first.
        from: u8,
        /// The last.
        to: u8,
        /// The distance; its sign is adapted to the direction.
        step: i64,
    },
}

/// Which of the two process substitutions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProcessDirection {
    /// `<(…)`: the shell reads what the command writes.
    Read,
    /// `>(…)`: the command reads what the shell writes.
    Write,
}

/// A command substitution's or process substitution's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandSubstitution {
    /// How it was written.
    pub form: SubstitutionForm,
    /// The commands. For a backquoted form whose text has a syntax error this is empty and `error` says why.
    pub list: List,
    /// A syntax error that Bash reports only when the substitution is run (backquotes): message and line.
    pub error: Option<Box<crate::ParseError>>,
    /// The line of the source on which it begins.
    pub line: u32,
    /// The line number that its first command has in `list`: that of the command around it. Bash counts from the line
    /// that is current when the substitution runs, which may be another.
    pub first_line: u32,
}

/// The ways to write a command substitution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubstitutionForm {
    /// `$(…)`
    Dollar,
    /// `$(< file)`: the list holds one command with that redirection alone; the shell reads the file itself.
    ReadFile,
    /// `$((…)…)` that is no arithmetic, with the text between the outer parentheses as written.
    Subshell(Text),
    /// `` `…` ``, with the text between as written.
    Backquote(Text),
    /// `${ …; }`: runs in the current environment.
    Current,
    /// `${| …; }`: runs in the current environment, the value is `REPLY`.
    Reply,
    /// `<(…)` and `>(…)`.
    Process,
}
