//! The tokens of an arithmetic text, with the neighbours on which Bash's reading and messages depend.

use super::number;
use crate::ast::arith::{ArithError, BinaryOperator};

/// A token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// Nothing yet, or no more text.
    End,
    /// A mistake was met; nothing more is read.
    Failed,
    Number,
    Name,
    Assign,
    AssignWith(BinaryOperator),
    /// `*`, `<<`, `==`, …, but not `+` and `-`.
    Infix(BinaryOperator),
    Plus,
    Minus,
    Not,
    Complement,
    And,
    Or,
    Question,
    Colon,
    Comma,
    LeftParen,
    RightParen,
    /// `++x`, `--x`
    PreStep(i64),
    /// `x++`, `x--`
    PostStep(i64),
}

/// A variable as it stands in the text.
#[derive(Clone, Copy, Debug)]
pub struct NameToken<'t> {
    /// `x`
    pub name: &'t [u8],
    /// What stands between brackets after it.
    pub subscript: Option<&'t [u8]>,
}

/// Reads tokens.
#[derive(Debug)]
pub struct Reader<'t> {
    text: &'t [u8],
    /// Where the current token ends.
    at: usize,
    /// Where the token that messages quote begins: the last one read that was not the end.
    pub token_start: usize,
    /// The current token.
    pub current: Token,
    /// The one before it; the parser changes it as Bash's evaluator does.
    pub last: Token,
    /// The value of the current number.
    pub number: i64,
    /// The current variable.
    pub name: Option<NameToken<'t>>,
    /// The mistake that was met.
    pub error: Option<ArithError>,
    plain_subscripts: bool,
}

impl<'t> Reader<'t> {
    pub fn new(text: &'t [u8]) -> Reader<'t> {
        Reader {
            text,
            at: 0,
            token_start: 0,
            current: Token::End,
            last: Token::End,
            number: 0,
            name: None,
            error: None,
            plain_subscripts: false,
        }
    }

    /// Reads subscripts up to the first closing bracket, whatever they hold.
    pub fn with_plain_subscripts(text: &'t [u8]) -> Reader<'t> {
        Reader { plain_subscripts: true, ..Reader::new(text) }
    }

    /// Reads the next token. At a variable it looks at what follows too, and fails where that is a mistake.
    pub fn advance(&mut self) {
        self.read();
        if self.current != Token::Name {
            return;
        }
        let seen = (self.at, self.token_start, self.last, self.name);
        while self.current == Token::Name {
            self.read();
        }
        if self.current != Token::Failed {
            (self.at, self.token_start, self.last, self.name) = seen;
            self.current = Token::Name;
        }
    }

    /// Whether a mistake was met.
    pub fn failed(&self) -> bool {
        self.error.is_some()
    }

    /// Reports `message` at the token read last.
    pub fn fail(&mut self, message: &'static str) {
        self.fail_within(message, self.text.len());
    }

    /// Where the text goes on after the current token and blanks.
    pub fn after_blanks(&self) -> usize {
        self.skip_while(self.at, |byte| matches!(byte, b' ' | b'\t'))
    }

    /// Whether `=` follows the current token.
    pub fn assigns(&self) -> bool {
        let after = self.text.get(self.skip_while(self.at, is_blank)..).unwrap_or_default();
        after.starts_with(b"=") && !after.starts_with(b"==")
    }

    fn fail_within(&mut self, message: &'static str, end: usize) {
        self.current = Token::Failed;
        if self.error.is_some() {
            return;
        }
        let text = self.text.get(..end).unwrap_or(self.text);
        let token = text.get(self.token_start..).unwrap_or_default().into();
        self.error = Some(ArithError { message, expression: expression_shown(text).into(), token });
    }

    fn read(&mut self) {
        if self.current == Token::Failed {
            return;
        }
        let start = self.skip_while(self.at, is_blank);
        let Some(byte) = self.byte(start) else {
            self.at = start;
            return self.becomes(Token::End);
        };
        self.token_start = start;
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.read_name(start),
            b'0'..=b'9' => self.read_number(start),
            _ => self.read_operator(byte, start),
        }
    }

    fn becomes(&mut self, token: Token) {
        self.last = self.current;
        self.current = token;
    }

    fn read_name(&mut self, start: usize) {
        let end = self.skip_while(start, is_name_byte);
        let mut name = NameToken { name: self.slice(start, end), subscript: None };
        self.at = end;
        if self.byte(end) == Some(b'[') {
            let close = if self.plain_subscripts {
                first_bracket(self.text, end)
            } else {
                subscript_end(self.text, end)
            };
            let close = match close {
                Ok(close) => close,
                Err(message) => return self.fail(message),
            };
            name.subscript = Some(self.slice(end + 1, close));
            self.at = close + 1;
        }
        self.name = Some(name);
        self.becomes(Token::Name);
    }

    fn read_number(&mut self, start: usize) {
        let end = self.skip_while(start, |byte| is_name_byte(byte) || matches!(byte, b'#' | b'@'));
        match number::constant(self.slice(start, end)) {
            Ok(value) => {
                self.number = value;
                self.at = end;
                self.becomes(Token::Number);
            }
            Err(message) => self.fail_within(message, end),
        }
    }

    fn read_operator(&mut self, byte: u8, start: usize) {
        if matches!(byte, b'+' | b'-') && self.byte(start + 1) == Some(byte) {
            return self.read_step(byte, start);
        }
        match operator(self.text.get(start..).unwrap_or_default()) {
            Some((token, length)) => {
                self.at = start + length;
                self.becomes(token);
            }
            None if matches!(self.current, Token::Number | Token::Name) => {
                self.fail("arithmetic syntax error: invalid arithmetic operator");
            }
            None => self.fail("arithmetic syntax error: operand expected"),
        }
    }

    /// `++` and `--`: after a variable, before a variable, or two signs.
    fn read_step(&mut self, byte: u8, start: usize) {
        let by = if byte == b'+' { 1 } else { -1 };
        let after = self.skip_while(start + 2, is_blank);
        if self.current == Token::Name {
            self.at = start + 2;
            self.becomes(Token::PostStep(by));
        } else if self.current == Token::Number && matches!(self.last, Token::PreStep(_)) {
            self.fail(if by == 1 {
                "++: assignment requires lvalue"
            } else {
                "--: assignment requires lvalue"
            });
        } else if self.byte(after).is_some_and(|next| next.is_ascii_alphabetic() || next == b'_') {
            self.at = start + 2;
            self.becomes(Token::PreStep(by));
        } else {
            self.at = start + 1;
            self.becomes(if by == 1 { Token::Plus } else { Token::Minus });
        }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.get(at).copied()
    }

    fn slice(&self, from: usize, to: usize) -> &'t [u8] {
        self.text.get(from..to).unwrap_or_default()
    }

    fn skip_while(&self, from: usize, wanted: impl Fn(u8) -> bool) -> usize {
        let rest = self.text.get(from..).unwrap_or_default();
        from + rest.iter().position(|&byte| !wanted(byte)).unwrap_or(rest.len())
    }
}

/// Space, tab and newline; a carriage return is none.
pub fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n')
}

/// An expression as messages quote it: without leading blanks.
pub fn expression_shown(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(text.len());
    text.get(start..).unwrap_or_default()
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The operator at the start of `text` and its length.
fn operator(text: &[u8]) -> Option<(Token, usize)> {
    use BinaryOperator::{
        Add, BitAnd, BitOr, BitXor, Divide, Equal, GreaterEqual, LessEqual, Multiply, NotEqual, Power,
        Remainder, ShiftLeft, ShiftRight, Subtract,
    };
    let token = match text {
        [b'<', b'<', b'=', ..] => return Some((Token::AssignWith(ShiftLeft), 3)),
        [b'>', b'>', b'=', ..] => return Some((Token::AssignWith(ShiftRight), 3)),
        [b'=', b'=', ..] => Token::Infix(Equal),
        [b'!', b'=', ..] => Token::Infix(NotEqual),
        [b'>', b'=', ..] => Token::Infix(GreaterEqual),
        [b'<', b'=', ..] => Token::Infix(LessEqual),
        [b'<', b'<', ..] => Token::Infix(ShiftLeft),
        [b'>', b'>', ..] => Token::Infix(ShiftRight),
        [b'&', b'&', ..] => Token::And,
        [b'|', b'|', ..] => Token::Or,
        [b'*', b'*', ..] => Token::Infix(Power),
        [b'*', b'=', ..] => Token::AssignWith(Multiply),
        [b'/', b'=', ..] => Token::AssignWith(Divide),
        [b'%', b'=', ..] => Token::AssignWith(Remainder),
        [b'+', b'=', ..] => Token::AssignWith(Add),
        [b'-', b'=', ..] => Token::AssignWith(Subtract),
        [b'&', b'=', ..] => Token::AssignWith(BitAnd),
        [b'^', b'=', ..] => Token::AssignWith(BitXor),
        [b'|', b'=', ..] => Token::AssignWith(BitOr),
        [first, ..] => return single(*first).map(|token| (token, 1)),
        [] => return None,
    };
    Some((token, 2))
}

fn single(byte: u8) -> Option<Token> {
    use BinaryOperator::{BitAnd, BitOr, BitXor, Divide, Greater, Less, Multiply, Remainder};
    Some(match byte {
        b'=' => Token::Assign,
        b'<' => Token::Infix(Less),
        b'>' => Token::Infix(Greater),
        b'+' => Token::Plus,
        b'-' => Token::Minus,
        b'*' => Token::Infix(Multiply),
        b'/' => Token::Infix(Divide),
        b'%' => Token::Infix(Remainder),
        b'!' => Token::Not,
        b'~' => Token::Complement,
        b'(' => Token::LeftParen,
        b')' => Token::RightParen,
        b'&' => Token::Infix(BitAnd),
        b'|' => Token::Infix(BitOr),
        b'^' => Token::Infix(BitXor),
        b'?' => Token::Question,
        b':' => Token::Colon,
        b',' => Token::Comma,
        _ => return None,
    })
}

/// How deep brackets may nest: as deep as Bash evaluates subscripts within subscripts.
const MAX_BRACKETS: usize = 1024;

fn first_bracket(text: &[u8], open: usize) -> Result<usize, &'static str> {
    let after = text.get(open..).unwrap_or_default();
    after.iter().position(|byte| *byte == b']').map(|at| open + at).ok_or("bad array subscript")
}

/// Where the bracket that opens at `open` closes, past nested brackets, quotes and expansions.
pub fn subscript_end(text: &[u8], open: usize) -> Result<usize, &'static str> {
    let mut closers: Vec<u8> = Vec::new();
    let mut at = open;
    while let Some(&byte) = text.get(at) {
        let within = closers.last().copied();
        match byte {
            b'\\' if within != Some(b'\'') => at += 1,
            _ if within == Some(byte) => {
                closers.pop();
                if closers.is_empty() {
                    return Ok(at);
                }
            }
            _ if within == Some(b'\'') => {}
            b'\'' if within != Some(b'"') => closers.push(b'\''),
            b'"' | b'`' => closers.push(byte),
            b'$' if text.get(at + 1) == Some(&b'(') => {
                closers.push(b')');
                at += 1;
            }
            b'$' if text.get(at + 1) == Some(&b'{') => {
                closers.push(b'}');
                at += 1;
            }
            b'[' if within.is_none_or(|closer| closer == b']') => closers.push(b']'),
            b'(' if within == Some(b')') => closers.push(b')'),
            _ => {}
        }
        if closers.len() > MAX_BRACKETS {
            return Err("expression recursion level exceeded");
        }
        at += 1;
    }
    Err("bad array subscript")
}
