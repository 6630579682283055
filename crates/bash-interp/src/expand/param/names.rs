//! `${!prefix*}`, `${!prefix@}`: names of variables. `${!a[@]}`: the subscripts of an array.

use super::{ListKind, ParamValue};
use crate::expand::Quoting;
use crate::{Flow, Shell};
use bash_parser::ast::{ParamExpansion, Parameter, Subscript};
use bash_session::{Text, Value, names};
use std::ops::ControlFlow::Continue;

impl Shell {
    /// The names of set variables that begin with the prefix, sorted.
    pub(super) fn names_with_prefix(
        &self,
        expansion: &ParamExpansion,
        list: ListKind,
        quoting: Quoting,
    ) -> ParamValue {
        let Parameter::Variable(prefix) = expansion.parameter else { return ParamValue::Unset };
        let mut names: Vec<Text> = self
            .session
            .variables
            .iter()
            .filter(|(name, _)| *name != *names::FUNCNAME || self.session.calls.names_are_shown())
            .filter(|(name, cell)| cell.is_set_or_computed() && name.as_str().starts_with(prefix.as_str()))
            .map(|(name, _)| Text::new(name.as_bytes()))
            .collect();
        names.sort();
        let joiner = self.ifs_joiner();
        if list == ListKind::At || quoting == Quoting::Double && !joiner.is_empty() {
            return ParamValue::List(names, list);
        }
        // Joined even outside quotes, and then split.
        ParamValue::Scalar(names.join(&joiner[..]).into())
    }

    /// The subscripts of an array; a scalar has the subscript 0.
    pub(super) fn array_keys(&mut self, expansion: &ParamExpansion) -> Flow<ParamValue> {
        let Parameter::Variable(name) = expansion.parameter else { return Continue(ParamValue::Unset) };
        let list = if expansion.subscript.as_deref() == Some(&Subscript::Star) {
            ListKind::Star
        } else {
            ListKind::At
        };
        let keys = match self.value(name)? {
            _ if self.refers_to_element(name) => Vec::new(),
            Value::Unset => Vec::new(),
            Value::Indexed(array) => array.iter().map(|(index, _)| Text::from_integer(index)).collect(),
            Value::Associative(array) => array.iter().map(|(key, _)| key.clone()).collect(),
            Value::Integer(_) | Value::Text(_) => vec![Text::from("0")],
        };
        Continue(ParamValue::List(keys, list))
    }
}
