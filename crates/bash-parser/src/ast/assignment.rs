//! Assignments: `x=1`, `x+=1`, `a[i]=1`, `a=(1 [k]=2)`.

use super::{Text, Word};
use crate::Name;

/// An assignment word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The variable.
    pub name: Name,
    /// `[…]`
    pub subscript: Option<Box<Subscript>>,
    /// `+=`
    pub append: bool,
    /// What is assigned.
    pub value: AssignedValue,
}

/// The right side of an assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssignedValue {
    /// A word; not split, no pathname expansion. Unquoted `~` after `=` and `:` is already `Tilde`.
    Scalar(Word),
    /// `(…)`
    Array(Box<[ArrayElement]>),
}

/// One element between the parentheses of a compound assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrayElement {
    /// `[…]=`; `None` for a plain word, which is expanded to any number of fields.
    pub subscript: Option<Subscript>,
    /// `[…]+=`
    pub append: bool,
    /// The value.
    pub value: Word,
}

/// The text between `[` and `]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subscript {
    /// `[@]`
    At,
    /// `[*]`
    Star,
    /// Anything else. An arithmetic expression for an indexed array, a string for an associative one: only the
    /// variable knows which. `constant` of the word is set where nothing in it needs expansion.
    Text {
        /// The text as written, for messages and printing.
        source: Text,
        /// Its parts, quotes kept.
        word: Box<Word>,
        /// The same text as an arithmetic expression.
        arith: Box<super::ArithText>,
    },
}
