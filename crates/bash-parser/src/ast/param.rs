//! Parameter expansions: `$x`, `${x…}`.

use super::{ArithText, Subscript, Text, Word};
use crate::Name;

/// `$x`, `$1`, `$@`, `${…}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParamExpansion {
    /// Written with braces.
    pub braces: bool,
    /// `${!x…}`: the value of `x` names the parameter. (Not set for [`ParamOperator::Keys`] and
    /// [`ParamOperator::NamesWithPrefix`].)
    pub indirect: bool,
    /// Which parameter.
    pub parameter: Parameter,
    /// `[…]` after the name.
    pub subscript: Option<Box<Subscript>>,
    /// What is done with the value.
    pub operator: ParamOperator,
}

/// A parameter (manual: Shell Parameters).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Parameter {
    /// A variable.
    Variable(Name),
    /// `$1`, `${10}`; 0 is `$0`.
    Positional(usize),
    /// `$?` and its kind.
    Special(Special),
}

/// The special parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Special {
    /// `$@`
    At,
    /// `$*`
    Star,
    /// `$#`
    Count,
    /// `$?`
    Status,
    /// `$-`
    Flags,
    /// `$$`
    ShellPid,
    /// `$!`
    BackgroundPid,
}

/// What `${…}` does with the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParamOperator {
    /// Just the value.
    Value,
    /// `${#x}`
    Length,
    /// `${x:-w}` and its family.
    Default {
        /// Which of them.
        action: DefaultAction,
        /// Written with `:`, so that an empty value counts as unset.
        or_empty: bool,
        /// The word.
        word: Box<Word>,
    },
    /// `${x#p}` `${x##p}` `${x%p}` `${x%%p}`
    Trim {
        /// From which end.
        end: TrimEnd,
        /// The longest match instead of the shortest.
        longest: bool,
        /// The pattern.
        pattern: Box<Word>,
    },
    /// `${x/p/r}` and its family.
    Replace {
        /// Where the pattern must match.
        anchor: ReplaceAnchor,
        /// The pattern.
        pattern: Box<Word>,
        /// What replaces a match; `None` when the second slash is missing.
        replacement: Option<Box<Word>>,
    },
    /// `${x:offset}` `${x:offset:length}`
    Slice {
        /// The offset.
        offset: Box<ArithText>,
        /// The length.
        length: Option<Box<ArithText>>,
    },
    /// `${x^p}` `${x^^p}` `${x,p}` `${x,,p}` `${x~p}` `${x~~p}`
    Case {
        /// Which way.
        change: CaseChange,
        /// Every character, not the first alone.
        all: bool,
        /// The pattern that a character must match; `None` means every one.
        pattern: Option<Box<Word>>,
    },
    /// `${x@Q}` and its family: the letter.
    Transform(u8),
    /// `${!prefix*}` and `${!prefix@}`; `at` for the latter.
    NamesWithPrefix {
        /// Written with `@`.
        at: bool,
    },
    /// `${!a[@]}` and `${!a[*]}`: the subscripts of the array.
    Keys,
    /// Anything else between the braces: `bad substitution` when it is expanded; `parameter` has no meaning then.
    Bad(Box<BadSubstitution>),
}

/// What stands between braces and is no parameter expansion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadSubstitution {
    /// The whole text with `${` and `}`.
    pub source: Text,
    /// The word, or the text between double quotes, in which it stands: what the message names.
    pub within: Text,
}

/// `${x:-w}` `${x:=w}` `${x:?w}` `${x:+w}`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultAction {
    /// `-`: use the word.
    Use,
    /// `=`: use and assign the word.
    Assign,
    /// `?`: fail with the word as message.
    Error,
    /// `+`: use the word if the parameter *is* set.
    Alternative,
}

/// The end at which `#` and `%` cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrimEnd {
    /// `#`
    Prefix,
    /// `%`
    Suffix,
}

/// Where `${x/p/r}` looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplaceAnchor {
    /// `/`: the first match.
    First,
    /// `//`: every match.
    All,
    /// `/#`: only at the start.
    Prefix,
    /// `/%`: only at the end.
    Suffix,
}

/// `^`, `,` or `~`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseChange {
    /// `^`
    Upper,
    /// `,`
    Lower,
    /// `~`
    Toggle,
}
