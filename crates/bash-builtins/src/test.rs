//! `test` and `[`: what an expression means depends first on the number of its arguments.
//!
//! POSIX fixes the meaning for up to four arguments, so that `test "$x"`, `test "$x" = "$y"` and `test ! "$x"` are safe
//! whatever the variables hold; only longer ones (and those of four that fit no rule) go through a grammar with
//! `-a`, `-o` and parentheses. Both sides of `-a` and `-o` are always looked at.

use bash_interp::exec::file_test::{TestError, UNARY_TESTS, compare_integers, integer_expected};
use bash_interp::number::legal_number;
use bash_interp::{Args, Builtin, Class, Flow, Shell, SubscriptReading, collate, done};
use bash_parser::ast::BinaryTest;
use bash_session::{Status, Text};
use std::cmp::Ordering;
use std::ops::ControlFlow::{self, Break, Continue};

/// `test`
pub const TEST: Builtin =
    Builtin { name: "test", synopsis: "test [expr]", help: HELP, class: Class::Regular, run };

/// `[`
pub const BRACKET: Builtin = Builtin {
    name: "[",
    synopsis: "[ arg... ]",
    help: "Evaluate a condition.\n\nThe same as `test', but the last argument must be `]'.",
    class: Class::Regular,
    run,
};

const HELP: &str = "Evaluate a condition.\n\n\
    Exits with 0 if EXPR is true and with 1 if it is false.\n\n\
    Files:\n  -a -e FILE\texists\n  -b -c FILE\tis a block or character device\n  -d -f FILE\tis a directory, a regular file\n  \
    -g -u -k FILE\thas the set-group-id, set-user-id, sticky bit\n  -h -L FILE\tis a symbolic link\n  \
    -p -S FILE\tis a named pipe, a socket\n  -r -w -x FILE\tmay be read, written, executed\n  \
    -s FILE\tis not empty\n  -t FD\t\tis a terminal\n  -O -G FILE\tis owned by the user, the group\n  \
    -N FILE\twas modified since it was read\n  F1 -nt F2, F1 -ot F2, F1 -ef F2\n\t\tnewer, older, the same file\n\n\
    Strings:\n  -z S\t\tis empty\n  -n S, S\tis not empty\n  S1 = S2, S1 != S2, S1 < S2, S1 > S2\n\n\
    Shell:\n  -o OPTION\tthe option is on\n  -v NAME\tthe variable is set\n  -R NAME\tthe variable is a bound name reference\n\n\
    Numbers:\n  A -eq B, -ne, -lt, -le, -gt, -ge\n\n\
    Together:\n  ! EXPR, ( EXPR ), E1 -a E2, E1 -o E2\n\n\
    Exit Status:\n0 for true, 1 for false, 2 for an expression that is no expression.";

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let words = match (args.name, args.words) {
        (b"[", [words @ .., last]) if &last[..] == b"]" => words,
        (b"[", _) => {
            sh.builtin_error(args.name, "missing `]'");
            return done(Status::USAGE);
        }
        (_, words) => words,
    };
    let mut expression = Expression { sh, args, words, at: 0, bracket: args.name == b"[" };
    match expression.whole() {
        Continue(truth) => done(Status::from_truth(truth)),
        Break(Stop::Unwind(unwind)) => Break(unwind),
        Break(Stop::Error(TestError(message))) => {
            sh.builtin_error(args.name, message);
            done(Status::USAGE)
        }
    }
}

/// Why an evaluation ends early.
enum Stop {
    Error(TestError),
    Unwind(bash_interp::Unwind),
}

type Answer = ControlFlow<Stop, bool>;

struct Expression<'a> {
    sh: &'a mut Shell,
    args: &'a Args<'a>,
    words: &'a [Text],
    at: usize,
    /// Called as `[`.
    bracket: bool,
}

impl Expression<'_> {
    fn whole(&mut self) -> Answer {
        let truth = match self.words.len() {
            0 => return Continue(false),
            1 => return Continue(!self.words[0].is_empty()),
            2 => return self.two(),
            3 => return self.three(),
            4 if self.is(0, b"!") => {
                self.at = 1;
                return Continue(!self.three()?);
            }
            4 if self.is(0, b"(") && self.is(3, b")") => {
                self.at = 1;
                return self.two();
            }
            _ => self.or()?,
        };
        match self.words.get(self.at) {
            None => Continue(truth),
            Some(word) if word.starts_with(b"-") => {
                Break(Stop::Error(TestError([b"syntax error: `", &word[..], b"' unexpected"].concat())))
            }
            Some(_) => error("too many arguments"),
        }
    }

    /// `! word`, `-x word`
    fn two(&mut self) -> Answer {
        let first = self.word(self.at);
        if &first[..] == b"!" {
            return Continue(self.word(self.at + 1).is_empty());
        }
        match unary_letter(&first) {
            Some(letter) => self.unary(letter, self.at + 1),
            None => error_about(&first, b": unary operator expected"),
        }
    }

    /// `left op right`, `left -a right`, `! -x word`, `( word )`
    fn three(&mut self) -> Answer {
        let start = self.at;
        if let Some(operator) = self.words.get(start + 1).and_then(|word| Operator::named(word)) {
            return self.binary(operator, start);
        }
        let middle = self.word(start + 1);
        let (left, right) = (!self.word(start).is_empty(), !self.word(start + 2).is_empty());
        match &middle[..] {
            b"-a" => Continue(left && right),
            b"-o" => Continue(left || right),
            _ if self.is(start, b"!") => {
                self.at += 1;
                Continue(!self.two()?)
            }
            _ if self.is(start, b"(") && self.is(start + 2, b")") => Continue(!middle.is_empty()),
            _ => error_about(&middle, b": binary operator expected"),
        }
    }

    fn or(&mut self) -> Answer {
        let mut truth = self.and()?;
        while self.is(self.at, b"-o") {
            self.at += 1;
            truth |= self.and()?;
        }
        Continue(truth)
    }

    fn and(&mut self) -> Answer {
        let mut truth = self.term()?;
        while self.is(self.at, b"-a") {
            self.at += 1;
            truth &= self.term()?;
        }
        Continue(truth)
    }

    fn term(&mut self) -> Answer {
        let mut negated = false;
        while self.is(self.at, b"!") {
            negated = !negated;
            self.at += 1;
        }
        Continue(self.plain_term()? != negated)
    }

    fn plain_term(&mut self) -> Answer {
        if self.at >= self.words.len() {
            return error("argument expected");
        }
        if self.is(self.at, b"(") {
            return self.parenthesised();
        }
        if self.at + 3 <= self.words.len()
            && let Some(operator) = Operator::named(&self.words[self.at + 1])
        {
            self.at += 3;
            return self.binary(operator, self.at - 3);
        }
        if self.at + 2 <= self.words.len()
            && let Some(letter) = unary_letter(&self.words[self.at])
        {
            self.at += 2;
            return self.unary(letter, self.at - 1);
        }
        self.at += 1;
        Continue(!self.words[self.at - 1].is_empty())
    }

    fn parenthesised(&mut self) -> Answer {
        self.at += 1;
        if self.at >= self.words.len() {
            return error("argument expected");
        }
        let truth = stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.inside_parentheses())?;
        match self.words.get(self.at) {
            None if self.bracket => error("`)' expected, found ]"),
            None => error("`)' expected"),
            Some(word) if &word[..] == b")" => {
                self.at += 1;
                Continue(truth)
            }
            Some(word) => error_about(b"`)' expected, found ", word),
        }
    }

    /// Up to four words before the next `)` mean what they would mean alone.
    fn inside_parentheses(&mut self) -> Answer {
        if self.sh.compatibility() <= 52 {
            return self.or();
        }
        let start = self.at;
        let found = (start + 1..self.words.len().min(start + 5)).find(|at| self.is(*at, b")"));
        let Some(end) = found else { return self.or() };
        let truth = match end - start {
            1 => Continue(!self.word(start).is_empty()),
            2 => self.two(),
            3 => self.three(),
            _ if self.is(start, b"!") => {
                self.at += 1;
                self.three().map_continue(|truth| !truth)
            }
            _ => return self.or(),
        };
        self.at = end;
        truth
    }

    fn unary(&mut self, letter: u8, operand: usize) -> Answer {
        let reading = match self.words.get(operand) {
            Some(word) => self.sh.subscript_reading(self.args, word),
            None => SubscriptReading::Expand,
        };
        let operand = self.word(operand);
        match self.sh.unary_test(letter, &operand, reading) {
            Continue(Ok(truth)) => Continue(truth),
            Continue(Err(error)) => Break(Stop::Error(error)),
            Break(unwind) => Break(Stop::Unwind(unwind)),
        }
    }

    fn binary(&mut self, operator: Operator, start: usize) -> Answer {
        let words = self.words;
        let [left, _, right] = &words[start..start + 3] else { return error("argument expected") };
        match operator {
            Operator::Same => Continue(left == right),
            Operator::Different => Continue(left != right),
            Operator::Order(wanted) => {
                // Only POSIX mode asks the locale.
                let locale = self.sh.session.collation.filter(|_| self.sh.is_posix());
                Continue(collate::compare(locale, left, right) == wanted)
            }
            Operator::Files(test) => Continue(self.sh.compare_files(test, left, right)),
            Operator::Integers(test) => {
                let number = |text: &Text| match legal_number(text) {
                    Some(number) => Continue(number),
                    None => Break(Stop::Error(integer_expected(text))),
                };
                Continue(compare_integers(test, number(left)?, number(right)?))
            }
        }
    }

    fn word(&self, at: usize) -> Text {
        self.words.get(at).cloned().unwrap_or_default()
    }

    fn is(&self, at: usize, text: &[u8]) -> bool {
        self.words.get(at).is_some_and(|word| &word[..] == text)
    }
}

/// A binary operator of `test`.
#[derive(Clone, Copy)]
enum Operator {
    Same,
    Different,
    Order(Ordering),
    Integers(BinaryTest),
    Files(BinaryTest),
}

impl Operator {
    fn named(text: &[u8]) -> Option<Operator> {
        Some(match text {
            b"=" | b"==" => Operator::Same,
            b"!=" => Operator::Different,
            b"<" => Operator::Order(Ordering::Less),
            b">" => Operator::Order(Ordering::Greater),
            b"-eq" => Operator::Integers(BinaryTest::Equal),
            b"-ne" => Operator::Integers(BinaryTest::NotEqual),
            b"-lt" => Operator::Integers(BinaryTest::Less),
            b"-le" => Operator::Integers(BinaryTest::LessEqual),
            b"-gt" => Operator::Integers(BinaryTest::Greater),
            b"-ge" => Operator::Integers(BinaryTest::GreaterEqual),
            b"-nt" => Operator::Files(BinaryTest::Newer),
            b"-ot" => Operator::Files(BinaryTest::Older),
            b"-ef" => Operator::Files(BinaryTest::SameFile),
            _ => return None,
        })
    }
}

fn unary_letter(text: &[u8]) -> Option<u8> {
    match text {
        [b'-', letter] if UNARY_TESTS.contains(letter) => Some(*letter),
        _ => None,
    }
}

fn error(message: &str) -> Answer {
    Break(Stop::Error(TestError(message.as_bytes().to_vec())))
}

fn error_about(before: &[u8], after: &[u8]) -> Answer {
    Break(Stop::Error(TestError([before, after].concat())))
}
