//! Arithmetic text to a tree.
//!
//! Bash evaluates while it reads, so `x++ + @` has changed `x` before it complains. Here a text is read to its
//! end, or to its first mistake, which becomes an [`ArithExpr::Error`] node where evaluation meets it in the same
//! order: nothing to the left of it is lost, nothing to its right was read. What surprises:
//!
//! - a branch that is skipped is still read, so `0 && (1 + @)` is a mistake too. Where a mistake stands in a branch
//!   of `&&`, `||` or `?:`, the reader puts it behind the whole operator as well, so that an evaluator finds it
//!   whichever way it goes and needs to know nothing of this;
//! - a message quotes the text from the token that was read last: the reader keeps Bash's notion of *current*,
//!   *last* and *peeked* token, on which the choice of message depends too;
//! - what follows a variable is peeked at before the variable is evaluated;
//! - a bad number cuts short the text that the message quotes.

mod drop;
mod number;
pub mod template;
mod token;

use crate::Name;
use crate::ast::arith::{ArithError, BinaryOperator, Lvalue, UnaryOperator};
use crate::ast::{ArithExpr, ArithText, Cache, SharedText, Subscript, Word, WordPart};
use token::{NameToken, Reader, Token};

pub use crate::lower::arith_pieces as pieces;
pub use drop::children;
pub use number::plain_integer;
pub use token::{expression_shown, subscript_end};

/// The tree of `text`, from which all expansions are already done.
///
/// ```
/// use bash_parser::{arith, ast::ArithExpr};
/// assert_eq!(arith::parse(b" 0x1F "), ArithExpr::Number(31));
/// ```
pub fn parse(text: &[u8]) -> ArithExpr {
    parse_from(Reader::new(text), text)
}

/// The same where subscripts are expanded for good: quotes in them are characters like others.
pub fn parse_as_is(text: &[u8]) -> ArithExpr {
    parse_from(Reader::with_plain_subscripts(text), text)
}

fn parse_from(reader: Reader<'_>, text: &[u8]) -> ArithExpr {
    if text.iter().all(|&byte| token::is_blank(byte)) {
        return ArithExpr::Empty;
    }
    let mut parser = Parser { reader, depth: 0, lifted: 0 };
    parser.reader.advance();
    let whole = parser.comma();
    if parser.lifted > MAX_LIFTED {
        return parser.error();
    }
    if parser.reader.current == Token::End {
        return whole;
    }
    parser.fail_after(whole, "arithmetic syntax error in expression")
}

/// How deep an expression may nest before it is given up.
const MAX_DEPTH: usize = 50_000;

/// How often a mistake is repeated behind the operators that could skip it. Beyond, it stands for the whole text.
const MAX_LIFTED: usize = 16;

struct Parser<'t> {
    reader: Reader<'t>,
    depth: usize,
    lifted: usize,
}

impl Parser<'_> {
    /// `assignment, assignment, …`
    fn comma(&mut self) -> ArithExpr {
        let mut left = self.assignment();
        while self.reader.current == Token::Comma {
            self.reader.advance();
            let right = self.assignment();
            left = ArithExpr::Comma(left.into(), right.into());
        }
        left
    }

    /// `name = assignment`, or a conditional.
    fn assignment(&mut self) -> ArithExpr {
        self.deeper(|parser| {
            let left = parser.conditional();
            let operator = match parser.reader.current {
                Token::Assign => None,
                Token::AssignWith(operator) => Some(operator),
                _ => return left,
            };
            match &left {
                ArithExpr::Value(target) if parser.reader.last == Token::Name => {
                    parser.assigned(target.clone(), operator)
                }
                _ => parser.fail_after(left, "attempted assignment to non-variable"),
            }
        })
    }

    fn assigned(&mut self, target: Lvalue, operator: Option<BinaryOperator>) -> ArithExpr {
        self.reader.advance();
        let value = self.assignment();
        let assignment = ArithExpr::Assign(target, operator, value.into());
        match operator {
            Some(BinaryOperator::Divide | BinaryOperator::Remainder) => {
                ArithExpr::Located(assignment.into(), self.reader.token_start)
            }
            _ => assignment,
        }
    }

    /// `condition ? comma : conditional`
    fn conditional(&mut self) -> ArithExpr {
        let condition = self.binary(LOWEST);
        if self.reader.current != Token::Question {
            return condition;
        }
        self.reader.advance();
        if matches!(self.reader.current, Token::End | Token::Colon) {
            return self.fail_after(condition, "expression expected");
        }
        let chosen = self.comma();
        if self.reader.failed() {
            return self.lift(ArithExpr::Conditional(
                condition.into(),
                chosen.into(),
                ArithExpr::Empty.into(),
            ));
        }
        if self.reader.current != Token::Colon {
            let half = ArithExpr::Conditional(condition.into(), chosen.into(), ArithExpr::Empty.into());
            return self.fail_after(half, "`:' expected for conditional expression");
        }
        self.reader.advance();
        if self.reader.current == Token::End {
            let half = ArithExpr::Conditional(condition.into(), chosen.into(), ArithExpr::Empty.into());
            return self.fail_after(half, "expression expected");
        }
        let otherwise = self.deeper(Parser::conditional);
        let otherwise = self.unread(otherwise);
        self.reader.last = Token::Question;
        let whole = ArithExpr::Conditional(condition.into(), chosen.into(), otherwise.into());
        if self.reader.failed() { self.lift(whole) } else { whole }
    }

    /// Operators that bind at least as tightly as `lowest`.
    fn binary(&mut self, lowest: u8) -> ArithExpr {
        let mut left = self.unary();
        while let Some((operator, level)) = infix(self.reader.current)
            && level >= lowest
        {
            let after_operator = self.reader.after_blanks();
            self.reader.advance();
            let right = match level {
                POWER => self.deeper(|parser| parser.binary(POWER)),
                _ => self.binary(level + 1),
            };
            let right = self.unread(right);
            left = self.joined(operator, left, right, after_operator);
            self.reader.last = Token::Number;
        }
        left
    }

    fn joined(
        &mut self,
        operator: Infix,
        left: ArithExpr,
        right: ArithExpr,
        after_operator: usize,
    ) -> ArithExpr {
        let (left, constant) = (Box::new(left), matches!(right, ArithExpr::Number(1..)));
        match operator {
            Infix::And | Infix::Or => {
                let whole = match operator {
                    Infix::And => ArithExpr::And(left, right.into()),
                    _ => ArithExpr::Or(left, right.into()),
                };
                if self.reader.failed() { self.lift(whole) } else { whole }
            }
            Infix::Plain(operator) => {
                let at = match operator {
                    BinaryOperator::Divide | BinaryOperator::Remainder => Some(after_operator),
                    BinaryOperator::Power => Some(self.reader.token_start),
                    _ => None,
                };
                let whole = ArithExpr::Binary(operator, left, right.into());
                match at {
                    Some(at) if !constant => ArithExpr::Located(whole.into(), at),
                    _ => whole,
                }
            }
        }
    }

    /// `- + ! ~`, any number of them.
    fn unary(&mut self) -> ArithExpr {
        let operator = match self.reader.current {
            Token::Minus => UnaryOperator::Minus,
            Token::Plus => UnaryOperator::Plus,
            Token::Not => UnaryOperator::Not,
            Token::Complement => UnaryOperator::Complement,
            _ => return self.primary(),
        };
        self.reader.advance();
        let operand = self.deeper(Parser::unary);
        let operand = self.unread(operand);
        self.reader.last = Token::Number;
        ArithExpr::Unary(operator, operand.into())
    }

    fn primary(&mut self) -> ArithExpr {
        match self.reader.current {
            Token::PreStep(by) => self.pre_step(by),
            Token::LeftParen => self.parenthesized(),
            Token::Number => {
                let number = ArithExpr::Number(self.reader.number);
                self.reader.advance();
                self.then(number)
            }
            Token::Name => self.variable(),
            Token::Failed => self.error(),
            _ => self.fail("arithmetic syntax error: operand expected"),
        }
    }

    /// An operand that `=` follows. Bash takes a variable before `=` for a target and does not read it, so here,
    /// where it cannot be one, it counts as 0 until the mistake is found.
    fn unread(&self, operand: ArithExpr) -> ArithExpr {
        let unread = self.reader.current == Token::Assign && self.reader.last == Token::Name;
        if unread && matches!(operand, ArithExpr::Value(_)) { ArithExpr::Number(0) } else { operand }
    }

    fn pre_step(&mut self, by: i64) -> ArithExpr {
        self.reader.advance();
        if self.reader.current == Token::Failed {
            return self.error();
        }
        let Some(target) = self.target() else {
            return self.fail("identifier expected after pre-increment or pre-decrement");
        };
        self.reader.current = Token::Number;
        self.reader.advance();
        self.then(ArithExpr::PreStep(target, by))
    }

    fn parenthesized(&mut self) -> ArithExpr {
        self.reader.advance();
        let inner = self.deeper(Parser::comma);
        if self.reader.failed() {
            return inner;
        }
        if self.reader.current != Token::RightParen {
            return self.fail_after(inner, "missing `)'");
        }
        self.reader.advance();
        self.then(inner)
    }

    fn variable(&mut self) -> ArithExpr {
        let Some(target) = self.target() else {
            return self.fail("arithmetic syntax error: operand expected");
        };
        self.reader.advance();
        let Token::PostStep(by) = self.reader.current else {
            return self.then(ArithExpr::Value(target));
        };
        self.reader.current = Token::Number;
        self.reader.last = Token::Name;
        self.reader.advance();
        self.then(ArithExpr::PostStep(target, by))
    }

    /// The variable that the current token names.
    fn target(&self) -> Option<Lvalue> {
        match (self.reader.current, self.reader.name) {
            (Token::Name, Some(name)) => lvalue(name),
            _ => None,
        }
    }

    /// `node`, then the mistake that reading the token after it has met, if any, or the variable that was read there.
    fn then(&mut self, node: ArithExpr) -> ArithExpr {
        if self.reader.failed() {
            return ArithExpr::Comma(node.into(), self.error().into());
        }
        match self.misplaced() {
            Some(misplaced) => also(node, misplaced),
            None => node,
        }
    }

    /// A variable where none can stand. Bash reads its value, unless `=` follows, before it sees that.
    fn misplaced(&self) -> Option<Lvalue> {
        self.target().filter(|_| !self.reader.assigns())
    }

    fn fail_after(&mut self, node: ArithExpr, message: &'static str) -> ArithExpr {
        if self.reader.failed() {
            return node;
        }
        ArithExpr::Comma(node.into(), self.fail(message).into())
    }

    fn fail(&mut self, message: &'static str) -> ArithExpr {
        self.reader.fail(message);
        self.error()
    }

    fn error(&self) -> ArithExpr {
        self.reader.error.clone().map_or(ArithExpr::Empty, ArithExpr::Error)
    }

    /// `node`, which may skip the mistake within, with the mistake behind it.
    fn lift(&mut self, node: ArithExpr) -> ArithExpr {
        self.lifted += 1;
        if self.lifted > MAX_LIFTED {
            return ArithExpr::Empty;
        }
        ArithExpr::Comma(node.into(), self.error().into())
    }

    fn deeper(&mut self, read: impl FnOnce(&mut Self) -> ArithExpr) -> ArithExpr {
        if self.depth >= MAX_DEPTH && !self.reader.failed() {
            return self.fail("expression recursion level exceeded");
        }
        self.depth += 1;
        let node = stacker::maybe_grow(64 * 1024, 1024 * 1024, || read(self));
        self.depth -= 1;
        node
    }
}

/// An operator between two operands.
#[derive(Clone, Copy)]
enum Infix {
    And,
    Or,
    Plain(BinaryOperator),
}

const LOWEST: u8 = 1;
const POWER: u8 = 11;

/// The operator of a token, with how tightly it binds.
fn infix(token: Token) -> Option<(Infix, u8)> {
    let operator = match token {
        Token::Or => return Some((Infix::Or, LOWEST)),
        Token::And => return Some((Infix::And, 2)),
        Token::Infix(operator) => operator,
        Token::Plus => BinaryOperator::Add,
        Token::Minus => BinaryOperator::Subtract,
        _ => return None,
    };
    Some((Infix::Plain(operator), level(operator)))
}

fn level(operator: BinaryOperator) -> u8 {
    use BinaryOperator::{
        Add, BitAnd, BitOr, BitXor, Divide, Equal, Greater, GreaterEqual, Less, LessEqual, Multiply,
        NotEqual, Power, Remainder, ShiftLeft, ShiftRight, Subtract,
    };
    match operator {
        BitOr => 3,
        BitXor => 4,
        BitAnd => 5,
        Equal | NotEqual => 6,
        Less | LessEqual | Greater | GreaterEqual => 7,
        ShiftLeft | ShiftRight => 8,
        Add | Subtract => 9,
        Multiply | Divide | Remainder => 10,
        Power => POWER,
    }
}

/// The value of `node`, with that of `variable` asked for behind it.
fn also(node: ArithExpr, variable: Lvalue) -> ArithExpr {
    let asked = ArithExpr::Value(variable);
    let nothing = ArithExpr::Binary(BinaryOperator::Multiply, asked.into(), ArithExpr::Number(0).into());
    ArithExpr::Binary(BinaryOperator::Add, node.into(), nothing.into())
}

fn lvalue(token: NameToken<'_>) -> Option<Lvalue> {
    let name = Name::from_bytes(token.name)?;
    let subscript = token.subscript.map(|text| Box::new(plain_subscript(text)));
    Some(Lvalue { name, subscript })
}

/// A subscript from which expansions are already done.
fn plain_subscript(text: &[u8]) -> Subscript {
    let arith = ArithText { source: text.into(), word: plain_word(text), ..ArithText::default() };
    Subscript::Text { source: text.into(), word: plain_word(text).into(), arith: Box::new(arith) }
}

/// The text of a subscript is known unless there is something in it to expand or to remove.
fn plain_word(text: &[u8]) -> Word {
    let known = !text.iter().any(|byte| matches!(byte, b'$' | b'`' | b'\\' | b'\'' | b'"' | b'~'));
    let text: SharedText = text.into();
    let constant = known.then(|| text.clone());
    Word { parts: [WordPart::Literal(text)].into(), constant, cache: Cache::new() }
}

impl ArithExpr {
    /// The mistake in this expression, if there is one; there is never more than one.
    ///
    /// It surfaces when the expression is evaluated, so an evaluator need not ask.
    pub fn first_error(&self) -> Option<&ArithError> {
        let mut todo = vec![self];
        while let Some(node) = todo.pop() {
            if let ArithExpr::Error(error) = node {
                return Some(error);
            }
            todo.extend(drop::children(node));
        }
        None
    }
}

#[cfg(test)]
mod tests;
