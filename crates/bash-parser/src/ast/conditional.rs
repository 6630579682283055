//! The expressions of `[[ … ]]`.

use super::Word;

/// A `[[ … ]]` expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConditionalExpr {
    /// `! e`
    Not(Box<ConditionalExpr>),
    /// `a && b`
    And(Box<ConditionalExpr>, Box<ConditionalExpr>),
    /// `a || b`
    Or(Box<ConditionalExpr>, Box<ConditionalExpr>),
    /// `( e )`
    Paren(Box<ConditionalExpr>),
    /// `-f w`: the letter after the dash.
    Unary(u8, Word),
    /// `a op b`
    Binary(BinaryTest, Word, Word),
    /// A word alone: true when it is not empty.
    Word(Word),
}

/// The binary operators of `[[` and `test`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryTest {
    /// `==`, with pattern matching in `[[`.
    Matches,
    /// `=`: the same, printed as it was written.
    MatchesSingle,
    /// `!=`
    NotMatches,
    /// `=~`
    Regex,
    /// `<`
    Before,
    /// `>`
    After,
    /// `-eq`
    Equal,
    /// `-ne`
    NotEqual,
    /// `-lt`
    Less,
    /// `-le`
    LessEqual,
    /// `-gt`
    Greater,
    /// `-ge`
    GreaterEqual,
    /// `-nt`
    Newer,
    /// `-ot`
    Older,
    /// `-ef`
    SameFile,
}

impl BinaryTest {
    /// Whether its operands are arithmetic.
    pub fn is_arithmetic(self) -> bool {
        use BinaryTest::{Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual};
        matches!(self, Equal | NotEqual | Less | LessEqual | Greater | GreaterEqual)
    }
}
