//! Variables as text that makes them again: `declare -p`, `set`, `${x@A}`.

use crate::{Flow, Shell};
use bash_parser::Name;
use bash_parser::quote::{self, Charset};
use bash_session::{Attributes, Value, Variable, names};
use std::ops::ControlFlow::Continue;

impl Shell {
    /// `declare -FLAGS name=value`; `None` if there is no such variable. Name references are not followed.
    pub fn declaration(&mut self, name: Name) -> Flow<Option<Vec<u8>>> {
        let Some(cell) = self.session.variables.get(name) else { return Continue(None) };
        let value = if cell.attributes.contains(Attributes::DYNAMIC) {
            self.dynamic_value(name)?
        } else {
            cell.value.clone()
        };
        // Computing the value may have changed the attributes.
        let attributes = self.session.variables.get(name).map_or(Attributes::empty(), |cell| cell.attributes);
        Continue(Some(self.declaration_of(name, attributes, &value)))
    }

    /// The same without computing anything: what a listing of all variables shows.
    pub fn stored_declaration(&self, name: Name) -> Vec<u8> {
        let Some(cell) = self.session.variables.get(name) else { return Vec::new() };
        let value = self.stored_value(name, cell);
        self.declaration_of(name, cell.attributes, &value)
    }

    /// `name=value` as `set` lists it; nothing for a variable without value.
    pub fn listed_assignment(&self, name: Name) -> Option<Vec<u8>> {
        let cell = self.session.variables.get(name)?;
        let charset = self.session.charset;
        let value = match self.stored_value(name, cell) {
            Value::Unset => return None,
            value @ (Value::Indexed(_) | Value::Associative(_)) => compound_text(&value, charset),
            value if self.is_posix() => quote::listed_value_posix(&value.text().unwrap_or_default()),
            value => quote::listed_value(&value.text().unwrap_or_default(), charset),
        };
        Some([name.as_bytes(), b"=", &value].concat())
    }

    /// Runs a listing of variables: what is assigned before its own command is not shown (`x=1 export -p`).
    pub fn listing<T>(&mut self, list: impl FnOnce(&mut Shell) -> T) -> T {
        if !self.has_own_temporaries {
            return list(self);
        }
        let temporaries = self.session.variables.temporaries();
        let swap = |shell: &mut Shell| {
            temporaries.iter().for_each(|name| shell.session.variables.swap_with_outer(*name));
        };
        swap(self);
        let listed = list(self);
        swap(self);
        listed
    }

    /// All variables, sorted by name.
    pub fn variable_names(&self) -> Vec<Name> {
        let nothing_ran = self.session.pipe_status.as_slice().is_empty();
        let is_there = |name: &Name| !nothing_ran || *name != *names::PIPESTATUS;
        let mut names: Vec<Name> =
            self.session.variables.iter().map(|(name, _)| name).filter(is_there).collect();
        names.sort_by_key(|name| name.as_bytes());
        names
    }

    /// A listing computes nothing: arrays of the shell look empty, its scalars unset.
    fn stored_value(&self, name: Name, cell: &Variable) -> Value {
        if !cell.attributes.contains(Attributes::DYNAMIC) {
            return cell.value.clone();
        }
        let kept = self.kept_value(name).unwrap_or_default();
        match if kept == Value::Unset { cell.value.clone() } else { kept } {
            Value::Unset if cell.attributes.contains(Attributes::ASSOCIATIVE) => {
                Value::Associative(Default::default())
            }
            Value::Unset if cell.attributes.contains(Attributes::INDEXED) && name != *names::FUNCNAME => {
                Value::Indexed(Default::default())
            }
            value => value,
        }
    }

    /// The same of a value, whether the variable holds it or not.
    pub(crate) fn declaration_of(&self, name: Name, attributes: Attributes, value: &Value) -> Vec<u8> {
        let mut text = [b"declare -", attributes.letters().as_bytes(), b" ", name.as_bytes()].concat();
        let charset = self.session.charset;
        match value {
            Value::Unset => return text,
            Value::Indexed(_) | Value::Associative(_) => {
                text.push(b'=');
                text.extend_from_slice(&compound_text(value, charset));
            }
            scalar => {
                text.push(b'=');
                text.extend_from_slice(&quote::declared_value(&scalar.text().unwrap_or_default(), charset));
            }
        }
        text
    }
}

/// An array as the right side of an assignment: `([0]="a" [2]="b")`.
pub fn compound_text(value: &Value, charset: Charset) -> Vec<u8> {
    let mut text = vec![b'('];
    match value {
        Value::Indexed(array) => {
            for (number, (index, element)) in array.iter().enumerate() {
                if number > 0 {
                    text.push(b' ');
                }
                text.extend_from_slice(format!("[{index}]=").as_bytes());
                text.extend_from_slice(&quote::declared_value(element, charset));
            }
        }
        Value::Associative(array) => {
            for (key, element) in array.iter() {
                text.push(b'[');
                text.extend_from_slice(&quote::declared_key(key, charset));
                text.extend_from_slice(b"]=");
                text.extend_from_slice(&quote::declared_value(element, charset));
                text.push(b' ');
            }
        }
        Value::Unset | Value::Integer(_) | Value::Text(_) => {}
    }
    text.push(b')');
    text
}
