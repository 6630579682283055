//! `[[ … ]]`.
//!
//! What surprises: arithmetic operands are expressions; `==` and `!=` match patterns with extended globbing always on;
//! an invalid regular expression is status 2, an invalid arithmetic expression status 1. Under `set -x` each term
//! is printed by itself, when it is reached.

use super::file_test::{TestError, TestResult, compare_integers};
use crate::expand::Quoting;
use crate::expand::fields::Purpose;
use crate::regex::RegexText;
use crate::{AssignTarget, Flow, Shell, SubscriptReading, Unwind};
use bash_host::real::{PosixRegex, RegexCase, RegexCharset};
use bash_parser::ast::{BinaryTest, Command, ConditionalExpr, Word};
use bash_parser::quote::Charset;
use bash_session::{IndexedArray, Shopt, Status, Text, names};
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

/// What a compiled regular expression depends on.
pub(crate) type RegexKey = (Vec<u8>, RegexCase, RegexCharset);

/// Whether a term stands behind `!`, which `set -x` shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sense {
    Plain,
    Negated,
}

impl Sense {
    fn flipped(self) -> Sense {
        if self == Sense::Plain { Sense::Negated } else { Sense::Plain }
    }
}

impl Shell {
    /// Runs a conditional command.
    pub(super) fn run_conditional(&mut self, command: &Arc<Command>, expression: &ConditionalExpr) -> Flow {
        if !self.before_command_and_ask(command)? {
            return Continue(Status::SUCCESS);
        }
        match self.condition_holds(expression, Sense::Plain) {
            Continue(Ok(truth)) => Continue(Status::from_truth(truth)),
            Continue(Err(TestError(message))) => {
                self.builtin_error(b"[[", message);
                Continue(Status::USAGE)
            }
            Break(unwind) => Break(unwind),
        }
    }

    fn condition_holds(&mut self, expression: &ConditionalExpr, sense: Sense) -> Flow<TestResult> {
        match expression {
            ConditionalExpr::Not(inner) => {
                let answer = self.nested(|sh| sh.condition_holds(inner, sense.flipped()))?;
                Continue(Ok(!self.truth_of(answer)))
            }
            ConditionalExpr::Paren(inner) => self.nested(|sh| sh.condition_holds(inner, Sense::Plain)),
            ConditionalExpr::And(left, right) => {
                match self.nested(|sh| sh.condition_holds(left, Sense::Plain))? {
                    Ok(true) => self.nested(|sh| sh.condition_holds(right, Sense::Plain)),
                    answer => Continue(answer),
                }
            }
            ConditionalExpr::Or(left, right) => {
                let answer = self.nested(|sh| sh.condition_holds(left, Sense::Plain))?;
                if self.truth_of(answer) {
                    return Continue(Ok(true));
                }
                self.nested(|sh| sh.condition_holds(right, Sense::Plain))
            }
            ConditionalExpr::Word(word) => self.unary_condition(b'n', word, sense),
            ConditionalExpr::Unary(letter, word) => self.unary_condition(*letter, word, sense),
            ConditionalExpr::Binary(operator, left, right) => {
                self.binary_condition(*operator, (left, right), sense)
            }
        }
    }

    /// Before `||` and behind `!` a mistake is complained about and counts as false.
    fn truth_of(&mut self, answer: TestResult) -> bool {
        match answer {
            Ok(truth) => truth,
            Err(TestError(message)) => {
                self.builtin_error(b"[[", message);
                false
            }
        }
    }

    fn unary_condition(&mut self, letter: u8, word: &Word, sense: Sense) -> Flow<TestResult> {
        let operand = self.expand_string(word)?;
        self.trace_term(sense, || [b"-", &[letter][..], b" ", shown(&operand)].concat())?;
        self.unary_test(letter, &operand, SubscriptReading::Whole)
    }

    fn binary_condition(
        &mut self,
        operator: BinaryTest,
        (left, right): (&Word, &Word),
        sense: Sense,
    ) -> Flow<TestResult> {
        use BinaryTest as Op;
        let left = if operator.is_arithmetic() {
            self.expand_arith_operand(left)?
        } else {
            self.expand_string(left)?
        };
        let trace = |sh: &mut Shell, right: &[u8]| {
            sh.trace_term(sense, || {
                [shown(&left), b" ", operator_text(operator), b" ", shown(right)].concat()
            })
        };
        match operator {
            Op::Matches | Op::MatchesSingle | Op::NotMatches => {
                let pattern = self.compile_conditional_pattern(right)?;
                trace(self, &shown_pattern(pattern.text()))?;
                Continue(Ok(pattern.matches(&left) == (operator != Op::NotMatches)))
            }
            Op::Regex => {
                let expression = self.regular_expression(right)?;
                trace(self, &expression)?;
                self.match_regex(&left, expression)
            }
            Op::Before | Op::After => {
                let right = self.expand_string(right)?;
                trace(self, &right)?;
                let wanted = if operator == Op::Before {
                    std::cmp::Ordering::Less
                } else {
                    std::cmp::Ordering::Greater
                };
                Continue(Ok(crate::collate::compare(self.session.collation, &left, &right) == wanted))
            }
            Op::Newer | Op::Older | Op::SameFile => {
                let right = self.expand_string(right)?;
                trace(self, &right)?;
                Continue(Ok(self.compare_files(operator, &left, &right)))
            }
            _ => {
                let right = self.expand_arith_operand(right)?;
                trace(self, &right)?;
                let Some(left) = self.number_operand(&left)? else { return Continue(Ok(false)) };
                let Some(right) = self.number_operand(&right)? else { return Continue(Ok(false)) };
                Continue(Ok(compare_integers(operator, left, right)))
            }
        }
    }

    /// The value of an arithmetic operand; `None` after a mistake, which makes the comparison false.
    fn number_operand(&mut self, text: &[u8]) -> Flow<Option<i64>> {
        match self.with_arith_caller(&b"[["[..], |sh| sh.arith_text(text)) {
            Continue(number) => Continue(Some(number)),
            Break(Unwind::Discard(_)) => Continue(None),
            Break(unwind) => Break(unwind),
        }
    }

    /// The regular expression that a word stands for: its quoted parts match as strings.
    fn regular_expression(&mut self, word: &Word) -> Flow<Vec<u8>> {
        let field = self.expand_joined(word, Quoting::Unquoted, Purpose::Text)?;
        let mut text = RegexText::new();
        for (piece, quoted) in field.pieces() {
            if quoted && self.compatibility() > 31 {
                text.push_quoted(piece);
            } else {
                text.push_unquoted(piece);
            }
        }
        Continue(text.to_expression())
    }

    fn match_regex(&mut self, subject: &[u8], expression: Vec<u8>) -> Flow<TestResult> {
        let case = if self.shopt(Shopt::NoCaseMatch) { RegexCase::Ignored } else { RegexCase::Exact };
        let charset =
            if self.session.charset == Charset::Utf8 { RegexCharset::Utf8 } else { RegexCharset::C };
        let compiled = self.regexes.get((expression, case, charset), |(expression, case, charset)| {
            PosixRegex::compile(expression, *case, *charset)
                .map_err(|error| invalid_expression(expression, &error.to_string()))
        });
        let regex = match compiled {
            Ok(regex) => regex,
            Err(error) => return Continue(Err(error)),
        };
        let groups = regex.exec(subject);
        let matched = groups.is_some();
        let texts: IndexedArray = groups
            .unwrap_or_default()
            .into_iter()
            .map(|group| {
                group.and_then(|(start, end)| subject.get(start..end)).map(Text::new).unwrap_or_default()
            })
            .collect();
        let _assigned = self.assign_or_complain(&AssignTarget::Whole(*names::BASH_REMATCH), texts)?;
        Continue(Ok(matched))
    }

    /// `+ [[ term ]]`
    fn trace_term(&mut self, sense: Sense, term: impl FnOnce() -> Vec<u8>) -> Flow<()> {
        if !self.option(bash_session::SetOption::XTrace) {
            return Continue(());
        }
        let negation: &[u8] = if sense == Sense::Negated { b"! " } else { b"" };
        let line = [b"[[ ", negation, &term(), b" ]]"].concat();
        self.trace_line(&line)
    }
}

fn invalid_expression(expression: &[u8], reason: &str) -> TestError {
    TestError([b"invalid regular expression `", expression, b"': ", reason.as_bytes()].concat())
}

/// An operand as `set -x` shows it.
fn shown(operand: &[u8]) -> &[u8] {
    if operand.is_empty() { b"''" } else { operand }
}

/// A pattern as `set -x` shows it: backslashes stand only before characters that are special anywhere.
fn shown_pattern(pattern: &[u8]) -> Vec<u8> {
    let mut shown = Vec::with_capacity(pattern.len());
    let mut bytes = pattern.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte == b'\\' && bytes.peek().is_some_and(|next| !b"*?[]\\".contains(next)) {
            continue;
        }
        shown.push(byte);
        if byte == b'\\' {
            shown.extend(bytes.next());
        }
    }
    shown
}

fn operator_text(operator: BinaryTest) -> &'static [u8] {
    match operator {
        BinaryTest::Matches => b"==",
        BinaryTest::MatchesSingle => b"=",
        BinaryTest::NotMatches => b"!=",
        BinaryTest::Regex => b"=~",
        BinaryTest::Before => b"<",
        BinaryTest::After => b">",
        BinaryTest::Equal => b"-eq",
        BinaryTest::NotEqual => b"-ne",
        BinaryTest::Less => b"-lt",
        BinaryTest::LessEqual => b"-le",
        BinaryTest::Greater => b"-gt",
        BinaryTest::GreaterEqual => b"-ge",
        BinaryTest::Newer => b"-nt",
        BinaryTest::Older => b"-ot",
        BinaryTest::SameFile => b"-ef",
    }
}
