//! Arithmetic expansion: the shell's variables lent to the evaluator.

use crate::arith::{Access, ArithContext, ArithValue, evaluate};
use crate::{AssignTarget, Flow, Shell, Unwind};
use bash_parser::arith::parse;
use bash_parser::ast::arith::ArithError;
use bash_parser::ast::{ArithExpr, ArithText, Lvalue};
use bash_session::{Attributes, SetOption, Value};
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

impl Shell {
    /// The value of an arithmetic text of the script.
    pub fn arith(&mut self, text: &ArithText) -> Flow<i64> {
        match &text.word.constant {
            Some(constant) => match text.cache.get::<ArithExpr>() {
                Some(tree) => self.evaluate(tree, constant),
                None => {
                    let tree = text.cache.get_or(|| parse(constant));
                    self.evaluate(&tree, constant)
                }
            },
            None => {
                let expanded = self.expand_in_quotes(&text.word)?;
                self.arith_text(&expanded)
            }
        }
    }

    /// The value of a text that nothing remains to be expanded in.
    pub fn arith_text(&mut self, text: &[u8]) -> Flow<i64> {
        if let Some(number) = crate::arith::plain_integer(text) {
            return Continue(number);
        }
        let tree = self.parsed.arith(text);
        self.evaluate(&tree, text)
    }

    /// Runs `work`, whose arithmetic errors name `caller`.
    pub fn with_arith_caller<T>(&mut self, caller: &'static [u8], work: impl FnOnce(&mut Shell) -> T) -> T {
        let outer = self.arith_caller.replace(caller);
        let result = work(self);
        self.arith_caller = outer;
        result
    }

    fn evaluate(&mut self, tree: &ArithExpr, text: &[u8]) -> Flow<i64> {
        match evaluate(tree, text, self) {
            Ok(number) => Continue(number),
            Err(unwind) => Break(unwind),
        }
    }
}

impl ArithContext for Shell {
    type Error = Unwind;
    type Place = AssignTarget;

    #[inline]
    fn place(&mut self, target: &Lvalue) -> Result<AssignTarget, Unwind> {
        if target.subscript.is_none()
            && self
                .session
                .variables
                .get(target.name)
                .is_none_or(|cell| !cell.attributes.contains(Attributes::NAMEREF))
        {
            return Ok(AssignTarget::Whole(target.name));
        }
        to_result(self.target(target.name, target.subscript.as_deref()))
    }

    fn read(&mut self, place: &AssignTarget) -> Result<ArithValue, Unwind> {
        if let AssignTarget::Whole(name) = place {
            if let Some(cell) = self.session.variables.get(*name)
                && !cell.attributes.contains(Attributes::DYNAMIC)
                && let Some(number) = cell.value.integer()
            {
                return Ok(ArithValue::Integer(number));
            }
            let value = to_result(self.value(*name))?;
            if let Some(number) = value.integer() {
                return Ok(ArithValue::Integer(number));
            }
            if value == Value::Unset && self.option(SetOption::NoUnset) {
                return Err(to_result::<()>(self.unbound(name.as_bytes())).err().unwrap_or(Unwind::Break(0)));
            }
            let text = value.text().unwrap_or_default();
            return Ok(ArithValue::Text(text.as_bytes().into()));
        }
        let text = to_result(self.read_target(place))?;
        match text {
            None if self.option(SetOption::NoUnset) => {
                let name = self.target_text(place);
                Err(to_result::<()>(self.unbound(&name)).err().unwrap_or(Unwind::Break(0)))
            }
            text => {
                let text = text.unwrap_or_default();
                Ok(match crate::arith::plain_integer(&text) {
                    Some(number) => ArithValue::Integer(number),
                    None => ArithValue::Text(text.as_bytes().into()),
                })
            }
        }
    }

    fn write(&mut self, place: &AssignTarget, value: i64) -> Result<(), Unwind> {
        match place {
            AssignTarget::Whole(name) => to_result(self.assign(*name, value)),
            _ => to_result(self.assign_to(place, value, crate::assign::AssignMode::Replace)),
        }
    }

    fn fail(&mut self, error: ArithError) -> Unwind {
        let caller: &[u8] = self.arith_caller.unwrap_or_default();
        let separator: &[u8] = if caller.is_empty() { b"" } else { b": " };
        let message = error.message.as_bytes();
        let parts: [&[u8]; 8] = [
            caller,
            separator,
            &error.expression,
            b": ",
            message,
            b" (error token is \"",
            &error.token,
            b"\")",
        ];
        self.error(parts.concat());
        Unwind::Discard(bash_session::Status::FAILURE)
    }

    /// Bash 5.3 was seen to complain twice of a value that is read.
    fn complain_of_empty_subscript(&mut self, target: &Lvalue, access: Access) {
        let name = target.name.as_bytes();
        if access == Access::Read {
            let message = [name, b"[]: bad array subscript"].concat();
            self.error(&message);
            return self.error(&message);
        }
        let caller = self.arith_caller.unwrap_or_default();
        let separator: &[u8] = if caller.is_empty() { b"" } else { b": " };
        self.error([caller, separator, b"`", name, b"[]': not a valid identifier"].concat());
    }

    fn parsed(&mut self, text: &[u8]) -> Arc<ArithExpr> {
        self.parsed.arith(text)
    }
}

/// The evaluator speaks `Result`.
fn to_result<T>(flow: Flow<T>) -> Result<T, Unwind> {
    match flow {
        Continue(value) => Ok(value),
        Break(unwind) => Err(unwind),
    }
}
