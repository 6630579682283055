//! Assignments that change what a variable holds where it lies: `s+=text`, `a[i]=text`, `a+=(text)`.
//!
//! The general way makes the new value and puts it in the place of the old one, which for a long string or an array
//! would be to copy all of it. A variable without attributes that have a say needs no more than the change itself.

use super::{AssignMode, AssignTarget};
use crate::expand::Quoting;
use crate::expand::fields::Purpose;
use crate::{Flow, Shell};
use bash_parser::Name;
use bash_parser::ast::{Assignment, ParamExpansion, ParamOperator, Parameter, Subscript, Word, WordPart};
use bash_session::{Attributes, SetOption, Text, Value};
use std::ops::ControlFlow::Continue;
use std::sync::Arc;

impl Shell {
    /// Makes an assignment if that can be done in place; otherwise the value comes back.
    pub(super) fn assign_in_place(
        &mut self,
        assignment: &Assignment,
        value: Value,
        mode: AssignMode,
    ) -> Flow<Option<Value>> {
        let name = assignment.name;
        if self.meter().is_some() {
            self.admit_change(assignment, &value, mode)?;
        }
        Continue(match (assignment.subscript.as_deref(), mode) {
            (None, AssignMode::Append) if !self.option(SetOption::AllExport) => self.append_text(name, value),
            (Some(Subscript::Text { arith, .. }), AssignMode::Replace) if self.holds_plain_list(name) => {
                match self.sure_number(arith) {
                    Some(index) => self.set_list_element(name, index, value),
                    None => Some(value),
                }
            }
            (Some(Subscript::Text { word, .. }), AssignMode::Replace) if self.holds_plain_table(name) => {
                let key = self.expand_key(word)?;
                if key.is_empty() {
                    let Some(Subscript::Text { source, .. }) = assignment.subscript.as_deref() else {
                        return Continue(Some(value));
                    };
                    return self.bad_subscript(name, source);
                }
                // The key may have changed the variable.
                let text = value.text().unwrap_or_default();
                if !self.set_table_element(name, key.clone(), text) {
                    self.assign_guarded(&AssignTarget::Key(name, key), value, mode)?;
                }
                None
            }
            _ => Some(value),
        })
    }

    /// Before a change in place, which may be no more than a byte, the whole is looked at.
    #[cold]
    fn admit_change(&mut self, assignment: &Assignment, value: &Value, mode: AssignMode) -> Flow<()> {
        let name = assignment.name;
        let length = |value: &Value| value.text().map_or(0, |text| text.len());
        match (assignment.subscript.as_deref(), mode) {
            (None, AssignMode::Append) => {
                let before = self.session.variables.get(name).map_or(0, |cell| length(&cell.value));
                self.admit_growth(before, length(value))
            }
            (None, AssignMode::Replace) => Continue(()),
            (Some(_), _) => {
                self.admit_value(value)?;
                self.admit_element(&AssignTarget::Index(name, 0))
            }
        }
    }

    /// `s=$s…` and `s="$s…"` of a long text, where what follows is no more than text and values: it is appended to what is
    /// there. Whether that was done.
    #[inline]
    pub(super) fn append_to_itself(&mut self, name: Name, word: &Word) -> Flow<bool> {
        match after_itself(name, word) {
            Some((quoted, unquoted)) if self.meter().is_none() && self.is_long_text(name) => {
                let mut more = self.expand_to_text(quoted, Quoting::Double, Purpose::Assigned)?;
                more.push(&self.expand_to_text(unquoted, Quoting::Unquoted, Purpose::Assigned)?);
                match self.plain_cell(name).map(|cell| &mut cell.value) {
                    Some(Value::Text(text)) => text.push(&more),
                    _ => return Continue(false),
                }
                Continue(true)
            }
            _ => Continue(false),
        }
    }

    fn is_long_text(&self, name: Name) -> bool {
        const LONG: usize = 64;
        let Some(cell) = self.session.variables.get(name) else { return false };
        !cell.attributes.intersects(Attributes::GUARDED)
            && matches!(&cell.value, Value::Text(text) if text.len() >= LONG)
    }

    /// `name+=text` for a plain variable.
    fn append_text(&mut self, name: Name, value: Value) -> Option<Value> {
        let cell = self.session.variables.cell(name);
        if cell.attributes.intersects(Attributes::GUARDED) {
            return Some(value);
        }
        match (&mut cell.value, &value) {
            (Value::Text(text), Value::Text(more)) => text.push(more),
            (Value::Text(text), Value::Integer(more)) => text.push(&Text::from_integer(*more)),
            (Value::Integer(number), Value::Text(more)) => {
                let mut text = Text::from_integer(*number);
                text.push(more);
                cell.value = Value::Text(text);
            }
            _ => return Some(value),
        }
        cell.attributes |= Attributes::DECLARED;
        None
    }

    /// `name+=(texts)` for a plain indexed array or a variable that does not exist; otherwise the texts come back.
    pub(super) fn append_list(&mut self, name: Name, texts: Vec<Text>) -> Option<Vec<Text>> {
        let cell = self.session.variables.cell(name);
        if cell.attributes.intersects(Attributes::GUARDED - Attributes::INDEXED) {
            return Some(texts);
        }
        let Value::Indexed(array) = &mut cell.value else { return Some(texts) };
        let array = Arc::make_mut(array);
        texts.into_iter().for_each(|text| array.push(text));
        None
    }

    /// `name[index]=value` for a plain indexed array.
    #[inline]
    pub(crate) fn set_list_element(&mut self, name: Name, index: i64, value: Value) -> Option<Value> {
        let text = match value {
            Value::Text(text) => text,
            Value::Integer(number) => Text::from_integer(number),
            other => return Some(other),
        };
        let cell = self.session.variables.cell(name);
        if index >= 0
            && !cell.attributes.intersects(Attributes::GUARDED - Attributes::INDEXED)
            && let Value::Indexed(array) = &mut cell.value
        {
            Arc::make_mut(array).set(index, text);
            return None;
        }
        Some(Value::Text(text))
    }

    /// `name[key]=text` for a plain associative array; whether it was done.
    pub(crate) fn set_table_element(&mut self, name: Name, key: Text, text: Text) -> bool {
        let cell = self.session.variables.cell(name);
        if cell.attributes.intersects(Attributes::GUARDED - Attributes::ASSOCIATIVE) {
            return false;
        }
        let Value::Associative(array) = &mut cell.value else { return false };
        Arc::make_mut(array).set(key, text);
        true
    }

    /// Whether the variable holds an indexed array and no attribute has a say in what is assigned.
    fn holds_plain_list(&self, name: Name) -> bool {
        self.session.variables.get(name).is_some_and(|cell| {
            matches!(cell.value, Value::Indexed(_))
                && !cell.attributes.intersects(Attributes::GUARDED - Attributes::INDEXED)
        })
    }

    /// The same for an associative array.
    fn holds_plain_table(&self, name: Name) -> bool {
        self.session.variables.get(name).is_some_and(|cell| {
            matches!(cell.value, Value::Associative(_))
                && !cell.attributes.intersects(Attributes::GUARDED - Attributes::ASSOCIATIVE)
        })
    }
}

/// What follows `$name` in a word that begins with it, within its quotes and behind them, if expanding that changes nothing.
#[inline]
fn after_itself(name: Name, word: &Word) -> Option<(&[WordPart], &[WordPart])> {
    let (quoted, unquoted) = match &*word.parts {
        [WordPart::Param(expansion), rest @ ..] if is_value_of(expansion, name) => (&[][..], rest),
        [WordPart::DoubleQuoted(inner), rest @ ..] => match &**inner {
            [WordPart::Param(expansion), inner @ ..] if is_value_of(expansion, name) => (inner, rest),
            _ => return None,
        },
        _ => return None,
    };
    quoted.iter().chain(unquoted).all(changes_nothing).then_some((quoted, unquoted))
}

fn is_value_of(expansion: &ParamExpansion, name: Name) -> bool {
    expansion.parameter == Parameter::Variable(name) && is_value(expansion)
}

fn is_value(expansion: &ParamExpansion) -> bool {
    matches!(expansion.operator, ParamOperator::Value)
        && expansion.subscript.is_none()
        && !expansion.indirect
        && !matches!(expansion.parameter, Parameter::Special(_))
}

fn changes_nothing(part: &WordPart) -> bool {
    match part {
        WordPart::Literal(_) | WordPart::Escaped(_) | WordPart::SingleQuoted(_) => true,
        WordPart::DoubleQuoted(inner) => inner.iter().all(changes_nothing),
        WordPart::Param(expansion) => is_value(expansion),
        _ => false,
    }
}
