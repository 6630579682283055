//! `${#x}`: characters of a value, or elements of a list.

use super::{ListKind, ParamValue};
use crate::{Flow, Shell, Unwind};
use bash_parser::Name;
use bash_parser::ast::{ParamExpansion, Parameter, Special, Subscript};
use bash_parser::quote::Charset;
use bash_session::{Attributes, SetOption, Status, Text, Value};
use std::ops::ControlFlow::{Break, Continue};

impl Shell {
    /// The length of what the parameter holds.
    pub(super) fn param_length(&mut self, expansion: &ParamExpansion) -> Flow<ParamValue> {
        if let Some(count) = self.plain_length(expansion) {
            return Continue(ParamValue::Scalar(Text::from_integer(count as i64)));
        }
        let count = match (expansion.parameter, expansion.subscript.as_deref()) {
            (Parameter::Special(Special::At | Special::Star), _) => self.session.params.count(),
            (Parameter::Variable(name), Some(_)) if self.refers_to_element(name) => 0,
            (Parameter::Variable(name), Some(Subscript::At | Subscript::Star)) => {
                let value = self.value(name)?;
                if value == Value::Unset && self.option(SetOption::NoUnset) && self.variable(name).is_none() {
                    self.error([name.as_bytes(), b": unbound variable"].concat());
                    return match self.option(SetOption::ErrExit) {
                        true => Break(Unwind::Exit(Status::FAILURE)),
                        false => self.discard(),
                    };
                }
                match super::lookup::elements(value, ListKind::At) {
                    ParamValue::List(items, _) => items.len(),
                    _ => 0,
                }
            }
            (Parameter::Variable(name), Some(Subscript::Text { .. })) if !expansion.indirect => {
                self.element_length(expansion, name)?
            }
            _ => match self.checked_lookup(expansion)? {
                ParamValue::Scalar(text) => character_count(&text, self.session.charset),
                ParamValue::List(items, _) => items.len(),
                ParamValue::Unset => 0,
            },
        };
        Continue(ParamValue::Scalar(Text::from_integer(count as i64)))
    }

    /// The length of what an ordinary variable holds, if it is set: of its text, or of a whole array.
    pub(in crate::expand) fn plain_length(&self, expansion: &ParamExpansion) -> Option<usize> {
        let Parameter::Variable(name) = expansion.parameter else { return None };
        let cell = self.session.variables.get(name)?;
        if expansion.indirect || cell.attributes.intersects(Attributes::NAMEREF | Attributes::DYNAMIC) {
            return None;
        }
        match (&cell.value, expansion.subscript.as_deref()) {
            (Value::Text(text), None) => Some(text_length(text, self.session.charset)),
            (Value::Indexed(array), Some(Subscript::At | Subscript::Star)) => Some(array.len()),
            (Value::Associative(array), Some(Subscript::At | Subscript::Star)) => Some(array.len()),
            _ => None,
        }
    }

    /// Unlike elsewhere, a subscript before the start and an empty key are errors here.
    fn element_length(&mut self, expansion: &ParamExpansion, name: Name) -> Flow<usize> {
        let Some(Subscript::Text { source, word, arith }) = expansion.subscript.as_deref() else {
            return Continue(0);
        };
        let held = self.variable(name).map(|cell| cell.value.clone());
        let bad = match &held {
            Some(Value::Indexed(array)) if source.starts_with(b"-") => {
                self.subscript_arith(arith)?.saturating_add(array.end()) < 0
            }
            Some(Value::Text(_) | Value::Integer(_)) if source.starts_with(b"-") => {
                self.subscript_arith(arith)? < 0
            }
            Some(Value::Associative(array)) if !self.option(SetOption::NoUnset) => {
                let key = self.expand_key(word)?;
                if !key.is_empty() {
                    let text = array.get(&key);
                    return Continue(text.map_or(0, |text| character_count(text, self.session.charset)));
                }
                true
            }
            None | Some(Value::Unset) if !self.option(SetOption::NoUnset) => return Continue(0),
            _ => false,
        };
        if bad {
            self.grave_error([b"[", &source[..], b"]: bad array subscript"].concat())?;
            return self.discard();
        }
        match self.checked_lookup(expansion)? {
            ParamValue::Scalar(text) => Continue(character_count(&text, self.session.charset)),
            ParamValue::List(items, _) => Continue(items.len()),
            ParamValue::Unset => Continue(0),
        }
    }
}

/// The number of characters, of which a long text may know.
fn text_length(text: &Text, charset: Charset) -> usize {
    match text.known_characters() {
        Some(places) if charset == Charset::Utf8 => places.count(),
        _ => character_count(text, charset),
    }
}

/// The number of characters; an invalid byte counts as one.
pub(crate) fn character_count(text: &[u8], charset: Charset) -> usize {
    if charset == Charset::C || text.is_ascii() {
        return text.len();
    }
    if let Charset::Coded(_) = charset {
        return charset.characters(text).count();
    }
    text.utf8_chunks().map(|chunk| chunk.valid().chars().count() + chunk.invalid().len()).sum()
}
