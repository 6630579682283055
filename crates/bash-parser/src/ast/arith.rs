//! Arithmetic: text as the command grammar sees it, and the tree it becomes when it is first evaluated.

use super::{SharedText, Text, Word};
use crate::Name;
use crate::arith::parse;
use crate::arith::template::Template;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// An arithmetic text: the inside of `$((…))`, `((…))`, `[…]`, `${x:…}`. Expanded as if in double quotes, then
/// parsed by [`crate::arith::parse`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArithText {
    /// The text as written.
    pub source: SharedText,
    /// Its parts. `constant` is set when there is nothing to expand; the tree can then be kept. Where the text is in
    /// pieces, these parts only serve to print it, if the source does not.
    pub word: Word,
    /// What it was compiled to.
    pub compiled: CompiledArith,
    /// The text in pieces, where a subscript in it holds quotes or expansions: `((a["$k"]++))`.
    #[allow(clippy::box_collection, reason = "rare, and each text has room for it")]
    pub pieces: Option<Box<Vec<ArithPiece>>>,
}

/// What an arithmetic text comes to, as far as that is known without its expansions.
#[derive(Debug)]
pub enum Compiled {
    /// There is nothing to expand: its tree.
    Tree(ArithExpr),
    /// Its expansions stand for operands, as long as they give integers.
    Template(Box<Template>),
    /// It has to be expanded each time.
    Expanded,
}

/// A place for it. It is no part of what a node means.
#[derive(Clone, Default)]
pub struct CompiledArith(OnceLock<Arc<Compiled>>);

impl ArithText {
    /// What it comes to. Worked out at first use.
    #[inline]
    pub fn compiled(&self) -> &Compiled {
        self.compiled.0.get_or_init(|| Arc::new(Compiled::of(self)))
    }
}

impl Compiled {
    fn of(text: &ArithText) -> Compiled {
        match &text.word.constant {
            Some(constant) => Compiled::Tree(parse(constant)),
            None => {
                Template::of(text).map_or(Compiled::Expanded, |template| Compiled::Template(template.into()))
            }
        }
    }
}

impl fmt::Debug for CompiledArith {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.get().is_some() { "CompiledArith(full)" } else { "CompiledArith" })
    }
}

impl PartialEq for CompiledArith {
    fn eq(&self, _: &CompiledArith) -> bool {
        true
    }
}
impl Eq for CompiledArith {}

/// A piece of an arithmetic text. What a subscript expands to must not end it, so that it is expanded by itself, as if
/// unquoted, and its special characters are quoted before the whole is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArithPiece {
    /// Text between subscripts.
    Text(Word),
    /// What stands between the brackets of a subscript.
    Subscript(Word),
}

/// An arithmetic expression (manual: Shell Arithmetic).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArithExpr {
    /// No text at all: 0.
    Empty,
    /// A number.
    Number(i64),
    /// A variable read.
    Value(Lvalue),
    /// The value of an expansion, by its number: only in the tree of a text that was read before it was expanded, which
    /// [`crate::arith::parse`] never gives.
    Operand(usize),
    /// `-x +x !x ~x`
    Unary(UnaryOperator, Box<ArithExpr>),
    /// `x op y` for the operators that evaluate both sides.
    Binary(BinaryOperator, Box<ArithExpr>, Box<ArithExpr>),
    /// `x && y`
    And(Box<ArithExpr>, Box<ArithExpr>),
    /// `x || y`
    Or(Box<ArithExpr>, Box<ArithExpr>),
    /// `c ? x : y`
    Conditional(Box<ArithExpr>, Box<ArithExpr>, Box<ArithExpr>),
    /// `x, y`
    Comma(Box<ArithExpr>, Box<ArithExpr>),
    /// `x = y`, or `x op= y`.
    Assign(Lvalue, Option<BinaryOperator>, Box<ArithExpr>),
    /// `++x --x` (the value after the change)
    PreStep(Lvalue, i64),
    /// `x++ x--` (the value before the change)
    PostStep(Lvalue, i64),
    /// A mistake: reported when evaluation reaches it, so that what stands left of it has had its effect, as in
    /// Bash, which evaluates while it parses.
    Error(ArithError),
    /// An operator that may fail for its operands (`/ % **`, `x /= y`): a message quotes the text from this
    /// offset on.
    Located(Box<ArithExpr>, usize),
}

/// What an arithmetic operator works on: `x` or `a[i]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lvalue {
    /// The variable.
    pub name: Name,
    /// The text between the brackets: evaluated as arithmetic or, for an associative array, expanded as a key.
    pub subscript: Option<Box<super::Subscript>>,
}

/// Unary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `-`
    Minus,
    /// `+`
    Plus,
    /// `!`
    Not,
    /// `~`
    Complement,
}

/// Binary operators that evaluate both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is named after its operator")]
pub enum BinaryOperator {
    Power,
    Multiply,
    Divide,
    Remainder,
    Add,
    Subtract,
    ShiftLeft,
    ShiftRight,
    LessEqual,
    GreaterEqual,
    Less,
    Greater,
    Equal,
    NotEqual,
    BitAnd,
    BitXor,
    BitOr,
}

/// A mistake in an arithmetic text, in Bash's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArithError {
    /// `arithmetic syntax error: operand expected`, `division by 0`, …
    pub message: &'static str,
    /// The expression as the message quotes it: without leading blanks, and cut short after a bad number.
    pub expression: Text,
    /// The rest of the text from the offending token on.
    pub token: Text,
}
