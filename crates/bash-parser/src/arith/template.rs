//! Arithmetic texts with expansions, read once: `$(($1 + $n))`.
//!
//! Such a text means what it is after its expansions, so `$x*2` with `1+1` in `x` is 3. But where every value is an
//! integer that stands by itself between operators, it is an operand like any other. A template is the tree of such a
//! text with numbered operands; values that are anything else, and texts where a value could run together with what
//! stands beside it, go the general way.

use super::{children, parse, plain_integer};
use crate::Name;
use crate::ast::{
    ArithExpr, ArithText, DefaultAction, ParamExpansion, ParamOperator, Parameter, Special, WordPart,
};
use std::sync::Arc;

/// The values of the operands.
pub type Operands = [i64; Template::MOST];

/// A text in which expansions stand for operands.
#[derive(Debug)]
pub struct Template {
    /// Its tree.
    pub tree: ArithExpr,
    /// What gives the operands, in order, each with the signs of numbers that may stand there.
    pub operands: Vec<(Arc<ParamExpansion>, Signs)>,
    /// The text before, between and behind the operands.
    texts: Vec<Vec<u8>>,
}

/// The numbers that may stand in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signs {
    /// Any.
    Both,
    /// None with a sign: that would run together with the sign before it.
    NotNegative,
}

const STEM: &[u8] = b"__operand_";

impl Template {
    /// More operands are not looked for.
    pub const MOST: usize = 8;
    /// Longer texts are not looked at.
    const LONGEST: usize = 400;

    /// The template that a text is, if it is one.
    pub fn of(text: &ArithText) -> Option<Template> {
        if text.pieces.is_some() || text.source.len() > Template::LONGEST {
            return None;
        }
        let (mut texts, mut expansions) = (vec![Vec::new()], Vec::new());
        for part in &text.word.parts {
            match part {
                WordPart::Literal(literal) => texts.last_mut()?.extend_from_slice(literal),
                WordPart::Param(expansion) if may_be_number(expansion) => {
                    expansions.push(expansion.clone());
                    texts.push(Vec::new());
                }
                _ => return None,
            }
        }
        if expansions.len() > Template::MOST || texts.iter().any(|text| holds(text, STEM)) {
            return None;
        }
        let mut operands = Vec::with_capacity(expansions.len());
        for (number, expansion) in expansions.into_iter().enumerate() {
            operands.push((expansion, signs_between(&texts, number)?));
        }
        let names: Vec<_> = (0..operands.len()).map(placeholder).collect();
        let mut tree = parse(&joined(&texts, |number| names[number].to_vec()));
        let names: Vec<_> = names.iter().filter_map(|name| Name::from_bytes(name)).collect();
        number_operands(&mut tree, &names).then_some(Template { tree, operands, texts })
    }

    /// The text with these values, and where the offset `at` of the tree is in it.
    pub fn text(&self, values: &Operands, at: usize) -> (Vec<u8>, usize) {
        let text = joined(&self.texts, |number| values[number].to_string().into_bytes());
        let (mut seen, mut moved) = (0, 0);
        for (number, literal) in self.texts.iter().enumerate() {
            if at <= seen + literal.len() {
                return (text, moved + at - seen);
            }
            seen += literal.len() + placeholder(number).len();
            moved += literal.len() + values.get(number).map_or(0, |value| value.to_string().len());
        }
        (text, moved)
    }
}

/// Whether an expansion is of a kind that gives a number without any effect.
fn may_be_number(expansion: &ParamExpansion) -> bool {
    let is_list = matches!(expansion.parameter, Parameter::Special(Special::At | Special::Star));
    let is_plain = match &expansion.operator {
        ParamOperator::Value | ParamOperator::Length => true,
        ParamOperator::Default { action: DefaultAction::Use, word, .. } => {
            word.constant.as_deref().is_some_and(|text| plain_integer(text).is_some())
        }
        _ => false,
    };
    is_plain && !is_list && !expansion.indirect
}

/// The numbers that may stand as operand `number` between these texts. `None`: no number stands there by itself.
fn signs_between(texts: &[Vec<u8>], number: usize) -> Option<Signs> {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let runs_together = |byte: &u8| {
        is_name(byte) || matches!(byte, b'#' | b'@' | b'[' | b']' | b'.' | b'$' | b'\\' | b'\'' | b'"')
    };
    let (before, behind) = (texts.get(number)?.last(), texts.get(number + 1)?.first());
    if before.is_none() && number > 0 || behind.is_none() && number + 2 < texts.len() {
        return None;
    }
    if before.is_some_and(runs_together) || behind.is_some_and(runs_together) {
        return None;
    }
    Some(match before {
        Some(b'+' | b'-') => Signs::NotNegative,
        _ => Signs::Both,
    })
}

fn holds(text: &[u8], wanted: &[u8]) -> bool {
    text.windows(wanted.len()).any(|part| part == wanted)
}

fn placeholder(number: usize) -> Vec<u8> {
    [STEM, number.to_string().as_bytes()].concat()
}

fn joined(texts: &[Vec<u8>], operand: impl Fn(usize) -> Vec<u8>) -> Vec<u8> {
    let mut whole = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        whole.extend_from_slice(text);
        if number + 1 < texts.len() {
            whole.extend_from_slice(&operand(number));
        }
    }
    whole
}

/// Makes operands of the variables that stand for them. `false`: the text is a mistake or treats one as a variable.
fn number_operands(tree: &mut ArithExpr, names: &[Name]) -> bool {
    match tree {
        ArithExpr::Error(_) => return false,
        ArithExpr::Value(target) => {
            if let Some(number) = names.iter().position(|name| *name == target.name) {
                if target.subscript.is_some() {
                    return false;
                }
                *tree = ArithExpr::Operand(number);
            }
            return true;
        }
        ArithExpr::Assign(target, ..) | ArithExpr::PreStep(target, _) | ArithExpr::PostStep(target, _)
            if names.contains(&target.name) =>
        {
            return false;
        }
        _ => {}
    }
    match tree {
        ArithExpr::Unary(_, a) | ArithExpr::Assign(_, _, a) | ArithExpr::Located(a, _) => {
            number_operands(a, names)
        }
        ArithExpr::Binary(_, a, b) | ArithExpr::And(a, b) | ArithExpr::Or(a, b) | ArithExpr::Comma(a, b) => {
            number_operands(a, names) && number_operands(b, names)
        }
        ArithExpr::Conditional(a, b, c) => [a, b, c].into_iter().all(|part| number_operands(part, names)),
        leaf => children(leaf).next().is_none(),
    }
}
