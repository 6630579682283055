//! Assignments through name references: to the target, to an element, and the first one, which says what the
//! reference refers to.

use super::{AssignMode, AssignTarget, SubscriptReading};
use crate::{Flow, Shell};
use bash_parser::Name;
use bash_session::{Attributes, Lookup, Value};
use std::ops::ControlFlow::Continue;

impl Shell {
    pub(super) fn assign_through_reference(
        &mut self,
        name: Name,
        value: Value,
        mode: AssignMode,
    ) -> Flow<()> {
        match self.session.variables.resolve(name) {
            Lookup::Plain(target) => self.assign_guarded(&AssignTarget::Whole(target), value, mode),
            Lookup::Element(array, subscript) => {
                self.assign_referenced_element((name, array), &subscript, value, mode)
            }
            Lookup::Unbound(reference) if matches!(value, Value::Indexed(_) | Value::Associative(_)) => {
                self.strip_reference(name, reference);
                self.assign_guarded(&AssignTarget::Whole(reference), value, mode)
            }
            Lookup::Unbound(reference) => self.bind_reference(reference, value),
            Lookup::Invalid(_, text) => {
                self.error([b"`", &text[..], b"': not a valid identifier"].concat());
                self.discard()
            }
            Lookup::Circular(name) => self.assign_round_a_circle(name, value, mode),
        }
    }

    /// Assigns through a name reference to an element of an array.
    fn assign_referenced_element(
        &mut self,
        (name, array): (Name, Name),
        subscript: &[u8],
        value: Value,
        mode: AssignMode,
    ) -> Flow<()> {
        if matches!(value, Value::Indexed(_) | Value::Associative(_))
            || (array == name && !self.session.variables.is_global(name))
        {
            return self.not_an_identifier(&[array.as_bytes(), b"[", subscript, b"]"].concat());
        }
        if self.is_reference(array) {
            self.strip_reference(array, array);
        }
        let target = self.target_of_element(array, subscript, SubscriptReading::Expand)?;
        self.assign_guarded(&target, value, mode)
    }

    /// The variable that a builtin makes an array of; `None` after a complaint.
    pub fn array_to_fill(&mut self, builtin: &[u8], name: Name) -> Option<Name> {
        match self.session.variables.resolve(name) {
            Lookup::Plain(target) => Some(target),
            Lookup::Element(array, subscript) => {
                let text = [b"`", array.as_bytes(), b"[", &subscript, b"]': not a valid identifier"].concat();
                self.builtin_error(builtin, text);
                None
            }
            Lookup::Unbound(reference) => {
                self.strip_reference(reference, reference);
                Some(reference)
            }
            Lookup::Invalid(..) | Lookup::Circular(_) => Some(name),
        }
    }

    /// A name reference of which an array shall be made is one no longer; `written` is the name that led to it.
    pub fn strip_reference(&mut self, written: Name, reference: Name) {
        self.error([b"warning: ", written.as_bytes(), b": removing nameref attribute"].concat());
        self.session.variables.change_attributes(reference, Attributes::empty(), Attributes::NAMEREF);
        self.session.variables.cell(reference).value = Value::Unset;
    }

    /// Complains of a text that should be a name, in the name of whoever runs.
    pub(crate) fn not_an_identifier<T>(&mut self, text: &[u8]) -> Flow<T> {
        let message = [b"`", text, b"': not a valid identifier"].concat();
        match (self.running_builtin, self.arith_caller.clone()) {
            (Some(builtin), _) => self.builtin_error(builtin.as_bytes(), message),
            (None, Some(caller)) if !caller.is_empty() => self.builtin_error(&caller, message),
            _ => self.error(message),
        }
        self.discard()
    }

    /// A local name reference to its own name stands for the variable outside all functions.
    fn assign_round_a_circle(&mut self, name: Name, value: Value, mode: AssignMode) -> Flow<()> {
        let outer = self.session.variables.global(name).map(|cell| cell.attributes);
        let is_global = self.session.variables.is_global(name);
        if is_global || outer.is_some_and(|held| held.contains(Attributes::NAMEREF)) {
            self.error([b"warning: ", name.as_bytes(), b": circular name reference"].concat());
            return self.discard();
        }
        self.error([b"warning: ", name.as_bytes(), b": maximum nameref depth (8) exceeded"].concat());
        self.session.variables.exchange_with_global(name);
        let flow = self.assign_guarded(&AssignTarget::Whole(name), value, mode);
        self.session.variables.exchange_with_global(name);
        flow
    }

    /// The first assignment to a name reference without target says what it refers to.
    fn bind_reference(&mut self, reference: Name, value: Value) -> Flow<()> {
        let text = value.text().unwrap_or_default();
        let base = text.split(|byte| *byte == b'[').next().unwrap_or_default();
        if Name::from_bytes(base).is_none() {
            return self.not_an_identifier(&text);
        }
        let held = self.session.variables.get(reference).map_or(Attributes::empty(), |cell| cell.attributes);
        if held.contains(Attributes::INTEGER) {
            let number = self.arith_text(&text)?;
            self.session.variables.set(reference, number);
            return Continue(());
        }
        if &text[..] == reference.as_bytes() {
            self.error([reference.as_bytes(), b": nameref variable self references not allowed"].concat());
            return self.discard();
        }
        if self
            .session
            .variables
            .get(reference)
            .is_some_and(|cell| cell.attributes.contains(Attributes::READONLY))
        {
            return self.readonly_error(reference);
        }
        self.session.variables.set(reference, text);
        Continue(())
    }
}
