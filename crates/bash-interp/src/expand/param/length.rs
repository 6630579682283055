//! `${#x}`: characters of a value, or elements of a list.

use super::{ListKind, ParamValue};
use crate::{Flow, Shell};
use bash_parser::ast::{ParamExpansion, Parameter, Special, Subscript};
use bash_parser::quote::Charset;
use bash_session::Text;
use std::ops::ControlFlow::Continue;

impl Shell {
    /// The length of what the parameter holds.
    pub(super) fn param_length(&mut self, expansion: &ParamExpansion) -> Flow<ParamValue> {
        let count = match (expansion.parameter, &expansion.subscript) {
            (Parameter::Special(Special::At | Special::Star), _) => self.session.params.count(),
            (Parameter::Variable(name), Some(Subscript::At | Subscript::Star)) => {
                let value = self.value(name)?;
                match super::lookup::elements(value, ListKind::At) {
                    ParamValue::List(items, _) => items.len(),
                    _ => 0,
                }
            }
            _ => match self.checked_lookup(expansion)? {
                ParamValue::Scalar(text) => character_count(&text, self.session.charset),
                ParamValue::List(items, _) => items.len(),
                ParamValue::Unset => 0,
            },
        };
        Continue(ParamValue::Scalar(Text::from_integer(count as i64)))
    }
}

/// The number of characters; an invalid byte counts as one.
pub(crate) fn character_count(text: &[u8], charset: Charset) -> usize {
    if charset == Charset::C || text.is_ascii() {
        return text.len();
    }
    text.utf8_chunks().map(|chunk| chunk.valid().chars().count() + chunk.invalid().len()).sum()
}
