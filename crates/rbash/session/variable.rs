//! Variables as the host program sees them.

use super::Session;
use super::error::SessionError;
use bash_interp::{AssignMode, AssignTarget, Shell};
use bash_parser::Name;
use bash_session::{AssociativeArray, Attributes, IndexedArray, Lookup, Text, Value};
use std::ops::ControlFlow::Continue;

/// The value of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VarValue {
    /// A string.
    Text(Vec<u8>),
    /// An indexed array: subscripts and elements.
    Indexed(Vec<(i64, Vec<u8>)>),
    /// An associative array, in Bash's order.
    Associative(Vec<(Vec<u8>, Vec<u8>)>),
}

/// A variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value, if it has one.
    pub value: Option<VarValue>,
    /// Children see it.
    pub exported: bool,
    /// It cannot be assigned to.
    pub readonly: bool,
    /// The letters after `declare -` (`-` if there are none).
    pub attributes: String,
}

/// Which element of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subscript<'a> {
    /// Of an indexed one; negative ones count from its end.
    Index(i64),
    /// Of an associative one.
    Key(&'a [u8]),
}

impl From<i64> for Subscript<'_> {
    fn from(index: i64) -> Self {
        Subscript::Index(index)
    }
}

impl<'a> From<&'a str> for Subscript<'a> {
    fn from(key: &'a str) -> Self {
        Subscript::Key(key.as_bytes())
    }
}

impl From<&str> for VarValue {
    fn from(text: &str) -> VarValue {
        VarValue::Text(text.into())
    }
}

impl From<String> for VarValue {
    fn from(text: String) -> VarValue {
        VarValue::Text(text.into())
    }
}

impl From<&[u8]> for VarValue {
    fn from(bytes: &[u8]) -> VarValue {
        VarValue::Text(bytes.into())
    }
}

impl From<i64> for VarValue {
    fn from(number: i64) -> VarValue {
        VarValue::Text(number.to_string().into())
    }
}

impl VarValue {
    /// An indexed array of these elements, from 0.
    pub fn indexed<T: AsRef<[u8]>>(elements: impl IntoIterator<Item = T>) -> VarValue {
        VarValue::Indexed((0..).zip(elements.into_iter().map(|element| element.as_ref().to_vec())).collect())
    }

    /// An associative array.
    pub fn associative<K: AsRef<[u8]>, V: AsRef<[u8]>>(pairs: impl IntoIterator<Item = (K, V)>) -> VarValue {
        let owned = |(key, value): (K, V)| (key.as_ref().to_vec(), value.as_ref().to_vec());
        VarValue::Associative(pairs.into_iter().map(owned).collect())
    }

    /// The value as `$name` gives it.
    pub fn text(&self) -> Option<&[u8]> {
        match self {
            VarValue::Text(text) => Some(text),
            VarValue::Indexed(list) => list.iter().find(|(at, _)| *at == 0).map(|(_, text)| &text[..]),
            VarValue::Associative(list) => {
                list.iter().find(|(key, _)| key == b"0").map(|(_, text)| &text[..])
            }
        }
    }

    pub(crate) fn of(value: &Value) -> Option<VarValue> {
        Some(match value {
            Value::Unset => return None,
            Value::Integer(_) | Value::Text(_) => VarValue::Text(value.text()?.into_vec()),
            Value::Indexed(array) => {
                VarValue::Indexed(array.iter().map(|(at, text)| (at, text.to_vec())).collect())
            }
            Value::Associative(array) => {
                VarValue::Associative(array.iter().map(|(key, text)| (key.to_vec(), text.to_vec())).collect())
            }
        })
    }

    fn into_value(self) -> Value {
        match self {
            VarValue::Text(text) => Value::Text(text.into()),
            VarValue::Indexed(list) => {
                let mut array = IndexedArray::new();
                list.into_iter().for_each(|(at, text)| array.set(at, text.into()));
                array.into()
            }
            VarValue::Associative(list) => {
                let mut array = AssociativeArray::new();
                list.into_iter().for_each(|(key, text)| array.set(key.into(), text.into()));
                array.into()
            }
        }
    }
}

impl Variable {
    pub(crate) fn of(name: Name, cell: &bash_session::Variable) -> Variable {
        Variable {
            name: name.as_str().to_string(),
            value: VarValue::of(&cell.value),
            exported: cell.attributes.contains(Attributes::EXPORT),
            readonly: cell.attributes.contains(Attributes::READONLY),
            attributes: cell.attributes.letters(),
        }
    }
}

pub(crate) fn valid(name: &str) -> Result<Name, SessionError> {
    Name::from_bytes(name.as_bytes()).ok_or_else(|| SessionError::InvalidName(name.into()))
}

pub(super) fn text_of(shell: &mut Shell, name: &str) -> Option<Vec<u8>> {
    match shell.text(valid(name).ok()?) {
        Continue(text) => text.map(Text::into_vec),
        _ => None,
    }
}

pub(super) fn value_of(shell: &mut Shell, name: &str) -> Option<VarValue> {
    match shell.value(valid(name).ok()?) {
        Continue(value) => VarValue::of(&value),
        _ => None,
    }
}

pub(super) fn assign(shell: &mut Shell, name: &str, value: VarValue) -> Result<(), SessionError> {
    let name = valid(name)?;
    let target = match shell.session.variables.resolve(name) {
        Lookup::Plain(target) => target,
        _ => name,
    };
    let cell = shell.session.variables.get(target);
    if cell.is_some_and(|cell| cell.attributes.contains(Attributes::READONLY)) {
        return Err(SessionError::Readonly(target.as_str().into()));
    }
    let value = value.into_value();
    let kind = match value {
        Value::Indexed(_) => Attributes::INDEXED,
        Value::Associative(_) => Attributes::ASSOCIATIVE,
        _ => {
            return match shell.assign_to(&AssignTarget::Whole(name), value, AssignMode::Replace) {
                Continue(()) => Ok(()),
                _ => Err(SessionError::InvalidName(name.as_str().into())),
            };
        }
    };
    let variables = &mut shell.session.variables;
    variables.set(target, value);
    variables.change_attributes(target, kind | Attributes::DECLARED, Attributes::ARRAY - kind);
    Ok(())
}

impl Session {
    /// The value of a variable as `$name` gives it, name references followed. `None` if it is unset.
    pub fn var(&mut self, name: &str) -> Option<Vec<u8>> {
        text_of(&mut self.shell, name)
    }

    /// An element of an array.
    pub fn var_at<'a>(&mut self, name: &str, subscript: impl Into<Subscript<'a>>) -> Option<Vec<u8>> {
        let name = valid(name).ok()?;
        let Continue(value) = self.shell.value(name) else { return None };
        match (value, subscript.into()) {
            (Value::Indexed(array), Subscript::Index(index)) => {
                let index = if index < 0 { array.end().checked_add(index)? } else { index };
                array.get(index).map(|text| text.to_vec())
            }
            (Value::Associative(array), Subscript::Key(key)) => array.get(key).map(|text| text.to_vec()),
            (value, Subscript::Index(0)) => value.text().map(Text::into_vec),
            _ => None,
        }
    }

    /// A whole variable, computed ones included.
    pub fn value(&mut self, name: &str) -> Option<VarValue> {
        value_of(&mut self.shell, name)
    }

    /// Sets a variable, as an assignment would. It is not exported, unless it already was.
    pub fn set_var(&mut self, name: &str, value: impl Into<VarValue>) -> Result<(), SessionError> {
        assign(&mut self.shell, name, value.into())
    }

    /// Unsets a variable.
    pub fn unset_var(&mut self, name: &str) -> Result<(), SessionError> {
        let name = valid(name)?;
        if self.shell.variable(name).is_some_and(|cell| cell.attributes.contains(Attributes::READONLY)) {
            return Err(SessionError::Readonly(name.as_str().into()));
        }
        self.shell.session.variables.unset(name, false);
        self.shell.after_assignment(name);
        Ok(())
    }

    /// The value of an exported variable.
    pub fn env(&mut self, name: &str) -> Option<Vec<u8>> {
        let cell = self.shell.variable(valid(name).ok()?)?;
        if cell.attributes.contains(Attributes::EXPORT) { self.var(name) } else { None }
    }

    /// Sets and exports a variable.
    pub fn set_env(&mut self, name: &str, value: impl Into<VarValue>) -> Result<(), SessionError> {
        self.set_var(name, value)?;
        let name = valid(name)?;
        self.shell.session.variables.change_attributes(name, Attributes::EXPORT, Attributes::empty());
        Ok(())
    }

    /// What children see: names and values.
    pub fn environ(&self) -> Vec<(String, Vec<u8>)> {
        let variables = self.shell.session.variables.exported();
        let entry = |(name, cell): (Name, &bash_session::Variable)| {
            Some((name.as_str().to_string(), cell.value.text()?.into_vec()))
        };
        variables.filter_map(entry).collect()
    }

    /// All variables.
    pub fn vars(&self) -> Vec<Variable> {
        let variables = self.shell.session.variables.iter();
        variables
            .filter(|(_, cell)| cell.is_declared())
            .map(|(name, cell)| Variable::of(name, cell))
            .collect()
    }
}
