//! The value of an arithmetic expression (manual: Shell Arithmetic).
//!
//! What variables hold is the affair of an [`ArithContext`]; here are the operators. Integers have 64 bits and
//! wrap. What surprises: a variable may hold an expression, which is evaluated where the variable stands, up to
//! 1,024 deep; a shift takes its count modulo 64, so `1<<-1` is the smallest integer; the most negative integer
//! divided by -1 is itself.

use bash_parser::arith::template::{Operands, Template};
use bash_parser::arith::{expression_shown, parse};
use bash_parser::ast::arith::{ArithError, BinaryOperator, UnaryOperator};
use bash_parser::ast::{ArithExpr, Lvalue, Subscript};
use std::borrow::Cow;
use std::sync::Arc;

pub use bash_parser::arith::plain_integer;

/// The shell as arithmetic sees it.
pub trait ArithContext {
    /// Why evaluation ends: a mistake of the expression or one of the shell's own (a readonly variable).
    type Error;
    /// A variable, or an element of an array whose subscript has been evaluated.
    type Place;

    /// The place that `target` names. Evaluates its subscript, for the sake of an expression that is `level` deep.
    fn place(&mut self, target: &Lvalue, level: u32) -> Result<Self::Place, Self::Error>;

    /// The same place, to assign to it after it was read: Bash was seen to evaluate a bad subscript again.
    fn place_to_write(
        &mut self,
        place: Self::Place,
        _target: &Lvalue,
        _level: u32,
    ) -> Result<Self::Place, Self::Error> {
        Ok(place)
    }

    /// Whether what `target` names may be read, before its subscript is evaluated: under `set -u` not an unset array.
    fn check_set(&mut self, _target: &Lvalue) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Runs what stands in a subscript: errors there are not those of the command.
    fn in_subscript<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, Self::Error>,
    ) -> Result<T, Self::Error> {
        work(self)
    }

    /// What the place holds; [`plain_integer`] saves making a text of a number. Unset is 0, unless that is an error.
    fn read(&mut self, place: &Self::Place) -> Result<ArithValue, Self::Error>;

    /// Assigns to the place.
    fn write(&mut self, place: &Self::Place, value: i64) -> Result<(), Self::Error>;

    /// The shell's error for a mistake in an expression.
    fn fail(&mut self, error: ArithError) -> Self::Error;

    /// Complains of `name[]`, which reads as 0 and takes no value.
    fn complain_of_empty_subscript(&mut self, _target: &Lvalue, _access: Access) -> Result<(), Self::Error> {
        Ok(())
    }

    /// The integer that the variable or element holds, if that is known without any effect or question.
    fn known(&self, _target: &Lvalue) -> Option<i64> {
        None
    }

    /// Assigns to a variable or an element, if that is as easy; whether it was done.
    fn write_known(&mut self, _target: &Lvalue, _value: i64) -> bool {
        false
    }

    /// The tree of a text that a variable holds, which is about to be evaluated: a place for a cache, and to give up.
    fn parsed(&mut self, text: &[u8]) -> Result<Arc<ArithExpr>, Self::Error> {
        Ok(Arc::new(parse(text)))
    }
}

/// What an expression does with a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Takes its value.
    Read,
    /// Assigns to it.
    Write,
}

/// What a variable holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArithValue {
    /// A number.
    Integer(i64),
    /// Anything else: an expression in its turn.
    Text(Arc<[u8]>),
}

/// How deep variables may hold expressions that name variables.
const MAX_LEVEL: u32 = 1024;

/// The value of `expression`, whose text is `text`. `level` is 1, or more if it is evaluated for the sake of another:
/// a subscript.
pub fn evaluate_at_level<C: ArithContext>(
    expression: &ArithExpr,
    text: &[u8],
    level: u32,
    context: &mut C,
) -> Result<i64, C::Error> {
    if let ArithExpr::Number(value) = expression {
        return Ok(*value);
    }
    let source = Source::Text(text);
    on_enough_stack(level, || {
        Evaluator { source, operands: &[], level, depth: 0, context }.value_here(expression)
    })
}

/// For the first level the commands around it have made sure of some stack.
#[inline]
fn on_enough_stack<T>(level: u32, evaluate: impl FnOnce() -> T) -> T {
    match level {
        1 => evaluate(),
        _ => stacker::maybe_grow(64 * 1024, 1024 * 1024, evaluate),
    }
}

/// The value of a template with these operands; the level is as for [`evaluate_at_level`].
pub fn evaluate_template<C: ArithContext>(
    template: &Template,
    operands: &Operands,
    level: u32,
    context: &mut C,
) -> Result<i64, C::Error> {
    let source = Source::Template(template, operands);
    on_enough_stack(level, || {
        Evaluator { source, operands, level, depth: 0, context }.value_here(&template.tree)
    })
}

/// How many operators [`known_value`] looks at, one within the other.
const KNOWN_DEPTH: u32 = 6;

/// The value of an expression that is no more than a few operations on what is known. That has no effect; what would
/// fail has no value.
pub fn known_value<C: ArithContext>(expression: &ArithExpr, operands: &[i64], context: &C) -> Option<i64> {
    known_within(expression, operands, context, KNOWN_DEPTH)
}

fn known_within<C: ArithContext>(
    expression: &ArithExpr,
    operands: &[i64],
    context: &C,
    depth: u32,
) -> Option<i64> {
    match expression {
        ArithExpr::Number(value) => Some(*value),
        ArithExpr::Operand(number) => operands.get(*number).copied(),
        ArithExpr::Value(target) => context.known(target),
        ArithExpr::Binary(operator, left, right) if depth > 0 => {
            let left = known_within(left, operands, context, depth - 1)?;
            let right = known_within(right, operands, context, depth - 1)?;
            apply(*operator, left, right).ok()
        }
        ArithExpr::Located(inner, _) if matches!(**inner, ArithExpr::Binary(..)) => {
            known_within(inner, operands, context, depth)
        }
        _ => None,
    }
}

/// The text that messages quote.
#[derive(Clone, Copy)]
enum Source<'a> {
    Text(&'a [u8]),
    Template(&'a Template, &'a Operands),
}

impl<'a> Source<'a> {
    /// The text, and where the offset `at` of the tree is in it.
    fn text(self, at: usize) -> (Cow<'a, [u8]>, usize) {
        match self {
            Source::Text(text) => (text.into(), at),
            Source::Template(template, operands) => {
                let (text, at) = template.text(operands, at);
                (text.into(), at)
            }
        }
    }
}

struct Evaluator<'a, C> {
    source: Source<'a>,
    operands: &'a [i64],
    level: u32,
    depth: u32,
    context: &'a mut C,
}

impl<C: ArithContext> Evaluator<'_, C> {
    /// The value, on a stack that is sure to suffice: a long sum is a deep tree.
    fn value(&mut self, expression: &ArithExpr) -> Result<i64, C::Error> {
        self.depth += 1;
        let value = if self.depth.is_multiple_of(64) {
            stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.value_here(expression))
        } else {
            self.value_here(expression)
        };
        self.depth -= 1;
        value
    }

    #[inline]
    fn value_here(&mut self, expression: &ArithExpr) -> Result<i64, C::Error> {
        match expression {
            ArithExpr::Empty => Ok(0),
            ArithExpr::Number(value) => Ok(*value),
            ArithExpr::Value(target) => match self.context.known(target) {
                Some(value) => Ok(value),
                None => self.variable(target),
            },
            ArithExpr::Operand(number) => Ok(self.operands.get(*number).copied().unwrap_or(0)),
            ArithExpr::Unary(operator, operand) => Ok(unary(*operator, self.value(operand)?)),
            ArithExpr::Binary(operator, left, right) => self.binary(*operator, left, right, 0),
            ArithExpr::And(left, right) => Ok(i64::from(self.value(left)? != 0 && self.value(right)? != 0)),
            ArithExpr::Or(left, right) => Ok(i64::from(self.value(left)? != 0 || self.value(right)? != 0)),
            ArithExpr::Conditional(condition, chosen, otherwise) => match self.value(condition)? {
                0 => self.value(otherwise),
                _ => self.value(chosen),
            },
            ArithExpr::Comma(left, right) => {
                self.value(left)?;
                self.value(right)
            }
            ArithExpr::Assign(target, operator, value) => self.assign(target, *operator, value, 0),
            ArithExpr::PreStep(target, by) => self.step(target, *by).map(|before| before.wrapping_add(*by)),
            ArithExpr::PostStep(target, by) => self.step(target, *by),
            ArithExpr::Error(error) => Err(self.context.fail(error.clone())),
            ArithExpr::Located(inner, at) => match &**inner {
                ArithExpr::Binary(operator, left, right) => self.binary(*operator, left, right, *at),
                ArithExpr::Assign(target, operator, value) => self.assign(target, *operator, value, *at),
                other => self.value(other),
            },
        }
    }

    fn binary(
        &mut self,
        operator: BinaryOperator,
        left: &ArithExpr,
        right: &ArithExpr,
        at: usize,
    ) -> Result<i64, C::Error> {
        let (left, right) = (self.value(left)?, self.value(right)?);
        apply(operator, left, right).map_err(|message| self.fail(message, at))
    }

    fn assign(
        &mut self,
        target: &Lvalue,
        operator: Option<BinaryOperator>,
        value: &ArithExpr,
        at: usize,
    ) -> Result<i64, C::Error> {
        if let Some(operator) = operator
            && let Some(before) = self.context.known(target)
            && let Some(value) = known_value(value, self.operands, self.context)
            && let Ok(result) = apply(operator, before, value)
            && self.context.write_known(target, result)
        {
            return Ok(result);
        }
        let Some(operator) = operator else {
            let value = self.value(value)?;
            if self.context.write_known(target, value) {
                return Ok(value);
            }
            if is_without_subscript(target) {
                self.context.complain_of_empty_subscript(target, Access::Write)?;
                return Ok(value);
            }
            let place = self.place(target)?;
            return self.context.write(&place, value).map(|()| value);
        };
        if is_without_subscript(target) {
            self.context.complain_of_empty_subscript(target, Access::Read)?;
            let value = self.value(value)?;
            self.context.complain_of_empty_subscript(target, Access::Write)?;
            return apply(operator, 0, value).map_err(|message| self.fail(message, at));
        }
        let place = self.place(target)?;
        let before = match self.context.known(target) {
            Some(before) => before,
            None => self.read(&place, target)?,
        };
        let value = self.value(value)?;
        let result = apply(operator, before, value).map_err(|message| self.fail(message, at))?;
        let place = self.context.place_to_write(place, target, self.level)?;
        self.context.write(&place, result)?;
        Ok(result)
    }

    /// Adds `by` to a variable; gives its value before.
    fn step(&mut self, target: &Lvalue, by: i64) -> Result<i64, C::Error> {
        if is_without_subscript(target) {
            self.context.complain_of_empty_subscript(target, Access::Read)?;
            self.context.complain_of_empty_subscript(target, Access::Write)?;
            return Ok(0);
        }
        if let Some(before) = self.context.known(target)
            && self.context.write_known(target, before.wrapping_add(by))
        {
            return Ok(before);
        }
        let place = self.place(target)?;
        let before = self.read(&place, target)?;
        let place = self.context.place_to_write(place, target, self.level)?;
        self.context.write(&place, before.wrapping_add(by))?;
        Ok(before)
    }

    fn variable(&mut self, target: &Lvalue) -> Result<i64, C::Error> {
        if is_without_subscript(target) {
            self.context.complain_of_empty_subscript(target, Access::Read)?;
            return Ok(0);
        }
        self.context.check_set(target)?;
        let place = self.place(target)?;
        self.read(&place, target)
    }

    /// A subscript is one level deeper than the expression that it stands in.
    fn place(&mut self, target: &Lvalue) -> Result<C::Place, C::Error> {
        if self.level >= MAX_LEVEL && target.subscript.is_some() {
            let (text, _) = self.source.text(0);
            let at = first_use(&text, target.name.as_bytes());
            let error = ArithError {
                message: "expression recursion level exceeded",
                expression: expression_shown(&text).into(),
                token: text.get(at..).unwrap_or_default().into(),
            };
            return self.context.in_subscript(|context| Err(context.fail(error)));
        }
        self.context.place(target, self.level)
    }

    fn read(&mut self, place: &C::Place, target: &Lvalue) -> Result<i64, C::Error> {
        match self.context.read(place)? {
            ArithValue::Integer(value) => Ok(value),
            ArithValue::Text(text) => self.nested(&text, target),
        }
    }

    /// The value of the text that the variable `target` holds.
    fn nested(&mut self, text: &[u8], target: &Lvalue) -> Result<i64, C::Error> {
        if let Some(value) = plain_integer(text) {
            return Ok(value);
        }
        let expression = self.context.parsed(text)?;
        match *expression {
            ArithExpr::Number(value) => return Ok(value),
            ArithExpr::Empty => return Ok(0),
            _ => {}
        }
        if self.level >= MAX_LEVEL {
            let (text, _) = self.source.text(0);
            let at = first_use(&text, target.name.as_bytes());
            return Err(self.fail_in(&text, "expression recursion level exceeded", at));
        }
        evaluate_at_level(&expression, text, self.level + 1, self.context)
    }

    fn fail(&mut self, message: &'static str, at: usize) -> C::Error {
        let (text, at) = self.source.text(at);
        self.fail_in(&text, message, at)
    }

    fn fail_in(&mut self, text: &[u8], message: &'static str, at: usize) -> C::Error {
        let token = text.get(at..).unwrap_or_default().into();
        self.context.fail(ArithError { message, expression: expression_shown(text).into(), token })
    }
}

/// Whether the target is written `name[]`.
fn is_without_subscript(target: &Lvalue) -> bool {
    matches!(target.subscript.as_deref(), Some(Subscript::Text { source, .. }) if source.is_empty())
}

fn unary(operator: UnaryOperator, value: i64) -> i64 {
    match operator {
        UnaryOperator::Minus => value.wrapping_neg(),
        UnaryOperator::Plus => value,
        UnaryOperator::Not => i64::from(value == 0),
        UnaryOperator::Complement => !value,
    }
}

/// The result of an operator, or Bash's complaint.
pub fn apply(operator: BinaryOperator, left: i64, right: i64) -> Result<i64, &'static str> {
    Ok(match operator {
        BinaryOperator::Power if right < 0 => return Err("exponent less than 0"),
        BinaryOperator::Divide | BinaryOperator::Remainder if right == 0 => return Err("division by 0"),
        BinaryOperator::Power => power(left, right),
        BinaryOperator::Multiply => left.wrapping_mul(right),
        BinaryOperator::Divide => left.wrapping_div(right),
        BinaryOperator::Remainder => left.wrapping_rem(right),
        BinaryOperator::Add => left.wrapping_add(right),
        BinaryOperator::Subtract => left.wrapping_sub(right),
        BinaryOperator::ShiftLeft => left.wrapping_shl(right as u32),
        BinaryOperator::ShiftRight => left.wrapping_shr(right as u32),
        BinaryOperator::LessEqual => i64::from(left <= right),
        BinaryOperator::GreaterEqual => i64::from(left >= right),
        BinaryOperator::Less => i64::from(left < right),
        BinaryOperator::Greater => i64::from(left > right),
        BinaryOperator::Equal => i64::from(left == right),
        BinaryOperator::NotEqual => i64::from(left != right),
        BinaryOperator::BitAnd => left & right,
        BinaryOperator::BitXor => left ^ right,
        BinaryOperator::BitOr => left | right,
    })
}

fn power(mut base: i64, mut exponent: i64) -> i64 {
    let mut result: i64 = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result.wrapping_mul(base);
        }
        base = base.wrapping_mul(base);
        exponent >>= 1;
    }
    result
}

/// Where `name` stands in `text` as a word of its own.
fn first_use(text: &[u8], name: &[u8]) -> usize {
    let is_name_byte =
        |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let found = text.windows(name.len().max(1)).enumerate().find(|&(at, word)| {
        let before = at.checked_sub(1).and_then(|before| text.get(before));
        word == name && !is_name_byte(before) && !is_name_byte(text.get(at + name.len()))
    });
    found.map_or(0, |(at, _)| at)
}

#[cfg(test)]
mod tests;
