//! `[[ … ]]`: the precedence of `!`, `&&` and `||` over terms that lie flat.

use super::Lowerer;
use super::word::{Quoting, finished};
use crate::ast::{BinaryTest, ConditionalExpr, Word};
use crate::grammar::{Node, Rule};

impl Lowerer<'_> {
    /// The expression whose terms and operators are the children of `node`.
    pub(super) fn conditional(&mut self, node: Node<'_>) -> ConditionalExpr {
        let at = node.as_span().start();
        let lowered = self.nested(at, |lowerer| {
            let mut alternatives = vec![];
            let mut conjunction = vec![];
            for child in node.into_inner() {
                match child.as_rule() {
                    Rule::or_if => alternatives.push(std::mem::take(&mut conjunction)),
                    Rule::and_if => {}
                    _ => conjunction.extend(lowerer.term(child)),
                }
            }
            alternatives.push(conjunction);
            let alternatives =
                alternatives.into_iter().map(|terms| join(terms, ConditionalExpr::And)).collect();
            Some(join(alternatives, ConditionalExpr::Or))
        });
        lowered.unwrap_or_else(|| ConditionalExpr::Word(Word::default()))
    }

    fn term(&mut self, node: Node<'_>) -> Option<ConditionalExpr> {
        match node.as_rule() {
            Rule::cond_not => Some(ConditionalExpr::Not(Box::new(self.conditional(node)))),
            Rule::cond_paren => Some(ConditionalExpr::Paren(Box::new(self.conditional(node)))),
            Rule::cond_unary => Some(self.unary(node)),
            Rule::cond_binary => Some(self.binary(node)),
            _ => None,
        }
    }

    fn unary(&mut self, node: Node<'_>) -> ConditionalExpr {
        let mut letter = b'n';
        let mut operand = Word::default();
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::cond_unop => letter = child.as_str().as_bytes().last().copied().unwrap_or(letter),
                Rule::cond_plain => operand = self.compared_word(child),
                _ => {}
            }
        }
        ConditionalExpr::Unary(letter, operand)
    }

    fn binary(&mut self, node: Node<'_>) -> ConditionalExpr {
        let mut words = vec![];
        let mut operator = None;
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::cond_regex => operator = Some(BinaryTest::Regex),
                Rule::cond_match | Rule::cond_binop => operator = binary_test(child.as_str()),
                Rule::regex => words.push(finished(self.gapped_parts(child, Quoting::Bare))),
                Rule::cond_word | Rule::cond_plain => words.push(self.compared_word(child)),
                _ => {}
            }
        }
        let mut words = words.into_iter();
        let left = words.next().unwrap_or_default();
        match operator {
            Some(operator) => ConditionalExpr::Binary(operator, left, words.next().unwrap_or_default()),
            None => ConditionalExpr::Word(left),
        }
    }
}

/// Joins `terms` by an operator that associates, as a tree no deeper than it must be.
fn join(
    mut terms: Vec<ConditionalExpr>,
    operator: fn(Box<ConditionalExpr>, Box<ConditionalExpr>) -> ConditionalExpr,
) -> ConditionalExpr {
    if terms.len() > 1 {
        let right = terms.split_off(terms.len() / 2);
        return operator(Box::new(join(terms, operator)), Box::new(join(right, operator)));
    }
    terms.pop().unwrap_or_else(|| ConditionalExpr::Word(Word::default()))
}

fn binary_test(operator: &str) -> Option<BinaryTest> {
    Some(match operator {
        "==" => BinaryTest::Matches,
        "=" => BinaryTest::MatchesSingle,
        "!=" => BinaryTest::NotMatches,
        "<" => BinaryTest::Before,
        ">" => BinaryTest::After,
        "-eq" => BinaryTest::Equal,
        "-ne" => BinaryTest::NotEqual,
        "-lt" => BinaryTest::Less,
        "-le" => BinaryTest::LessEqual,
        "-gt" => BinaryTest::Greater,
        "-ge" => BinaryTest::GreaterEqual,
        "-nt" => BinaryTest::Newer,
        "-ot" => BinaryTest::Older,
        "-ef" => BinaryTest::SameFile,
        _ => return None,
    })
}
