//! `${!x}`: the value of `x` names the parameter.

use super::{ListKind, ParamValue};
use crate::{AssignTarget, Flow, Shell};
use bash_parser::Name;
use bash_parser::ast::{ParamExpansion, ParamOperator, Parameter, Special, WordPart};
use bash_session::{Attributes, Lookup, SetOption, Text};
use std::ops::ControlFlow::Continue;

impl Shell {
    /// The value of the parameter that `x`'s value names.
    pub(super) fn lookup_indirect(&mut self, expansion: &ParamExpansion) -> Flow<ParamValue> {
        if let Some(target) = self.reference_target(expansion) {
            return Continue(ParamValue::Scalar(target));
        }
        let text = match self.lookup_parameter(expansion.parameter, expansion.subscript.as_deref())? {
            ParamValue::Scalar(text) => text,
            ParamValue::List(items, _) if items.is_empty() => match expansion.parameter {
                Parameter::Variable(name) if !self.is_known(name) => return self.invalid_indirect(expansion),
                _ => return self.missing_reference(expansion),
            },
            ParamValue::Unset if matches!(expansion.parameter, Parameter::Variable(name) if self.is_known(name)) =>
            {
                return self.missing_reference(expansion);
            }
            ParamValue::List(items, ListKind::Star) => items.join(&self.ifs_joiner()[..]).into(),
            ParamValue::List(items, ListKind::At) => items.join(&b' ').into(),
            ParamValue::Unset if !matches!(expansion.parameter, Parameter::Variable(_)) => {
                return self.missing_reference(expansion);
            }
            ParamValue::Unset => return self.invalid_indirect(expansion),
        };
        if text.is_empty() {
            return self.invalid_name(&text);
        }
        self.lookup_named(&text)
    }

    /// Whether a variable is declared, be it without a value.
    fn is_known(&self, name: Name) -> bool {
        self.variable(name).is_some_and(|cell| !cell.attributes.contains(Attributes::NAMEREF))
    }

    /// `${!1}` without parameters: nothing, an error only under `set -u`.
    fn missing_reference(&mut self, expansion: &ParamExpansion) -> Flow<ParamValue> {
        if self.option(SetOption::NoUnset) && !matches!(expansion.operator, ParamOperator::Default { .. }) {
            let name = self.param_text(expansion);
            return self.unbound(&[b"!", &name[..]].concat());
        }
        Continue(ParamValue::Unset)
    }

    /// What `${!x:=word}` assigns to.
    pub(super) fn indirect_target(&mut self, expansion: &ParamExpansion) -> Flow<Option<AssignTarget>> {
        let text = match self.lookup_parameter(expansion.parameter, expansion.subscript.as_deref())? {
            ParamValue::Scalar(text) => text,
            ParamValue::List(items, _) if !items.is_empty() => items.join(&b' ').into(),
            ParamValue::List(..) | ParamValue::Unset => return Continue(None),
        };
        match Name::from_bytes(&text) {
            Some(name) => Continue(Some(self.target(name, None)?)),
            None => self.invalid_name(&text),
        }
    }

    /// `${!ref}` of a name reference is the name it refers to.
    fn reference_target(&self, expansion: &ParamExpansion) -> Option<Text> {
        let (Parameter::Variable(name), None) = (expansion.parameter, expansion.subscript.as_deref()) else {
            return None;
        };
        let cell = self.session.variables.get(name)?;
        if !cell.attributes.contains(Attributes::NAMEREF) {
            return None;
        }
        match self.session.variables.resolve(name) {
            Lookup::Plain(target) => Some(Text::new(target.as_bytes())),
            Lookup::Element(array, subscript) => {
                Some(Text::from([array.as_bytes(), b"[", &subscript, b"]"].concat()))
            }
            Lookup::Unbound(_) => None,
            Lookup::Invalid(_, text) => Some(text.into()),
            Lookup::Circular(_) => cell.value.text(),
        }
    }

    /// The value of the parameter that a text names.
    pub(super) fn lookup_named(&mut self, text: &[u8]) -> Flow<ParamValue> {
        if let Some(parameter) = parse_parameter(text) {
            return self.lookup_parameter(parameter, None);
        }
        let Some(open) = text.iter().position(|byte| *byte == b'[') else { return self.invalid_name(text) };
        let (Some(name), true) = (Name::from_bytes(&text[..open]), text.ends_with(b"]")) else {
            return self.invalid_name(text);
        };
        match &text[open + 1..text.len() - 1] {
            b"@" => Continue(super::lookup::elements(self.value(name)?, ListKind::At)),
            b"*" => Continue(super::lookup::elements(self.value(name)?, ListKind::Star)),
            b"" => self.invalid_name(text),
            _ => self.lookup_written(text),
        }
    }

    /// The element that a text names, its subscript read as in an expansion.
    fn lookup_written(&mut self, text: &[u8]) -> Flow<ParamValue> {
        let written = [b"${", text, b"}"].concat();
        match bash_parser::parse_document(&written, self.dialect()).as_ref().map(|word| word.parts.first()) {
            Ok(Some(WordPart::Param(named))) if named.operator == ParamOperator::Value => {
                self.lookup_parameter(named.parameter, named.subscript.as_deref())
            }
            _ => self.invalid_name(text),
        }
    }

    pub(super) fn invalid_indirect<T>(&mut self, expansion: &ParamExpansion) -> Flow<T> {
        let name = self.param_text(expansion);
        let sign: &[u8] = if matches!(expansion.parameter, Parameter::Variable(_)) { b"" } else { b"!" };
        self.grave_error([sign, &name[..], b": invalid indirect expansion"].concat())?;
        self.discard()
    }

    fn invalid_name<T>(&mut self, text: &[u8]) -> Flow<T> {
        self.grave_error([text, b": invalid variable name"].concat())?;
        self.discard()
    }
}

fn parse_parameter(text: &[u8]) -> Option<Parameter> {
    if let Some(name) = Name::from_bytes(text) {
        return Some(Parameter::Variable(name));
    }
    if text.iter().all(u8::is_ascii_digit) {
        return std::str::from_utf8(text).ok()?.parse().ok().map(Parameter::Positional);
    }
    Some(Parameter::Special(match text {
        b"@" => Special::At,
        b"*" => Special::Star,
        b"#" => Special::Count,
        b"?" => Special::Status,
        b"-" => Special::Flags,
        b"$" => Special::ShellPid,
        b"!" => Special::BackgroundPid,
        _ => return None,
    }))
}
