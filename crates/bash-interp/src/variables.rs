//! Reading variables: name references, and the variables that the shell computes.

mod dynamic;
mod listing;
mod local_options;

pub(crate) use dynamic::initialise as initialise_dynamic;
pub use listing::compound_text;

use crate::{Flow, Shell};
use bash_parser::Name;
use bash_session::{Attributes, Lookup, Text, Value, Variable};
use std::ops::ControlFlow::Continue;

impl Shell {
    /// The value of a variable, name references followed.
    #[inline]
    pub fn value(&mut self, name: Name) -> Flow<Value> {
        match self.session.variables.get(name) {
            None => Continue(Value::Unset),
            Some(cell) if !cell.attributes.intersects(Attributes::NAMEREF | Attributes::DYNAMIC) => {
                Continue(cell.value.clone())
            }
            Some(_) => self.indirect_value(name),
        }
    }

    /// The text of a variable, as `$name` gives it.
    #[inline]
    pub fn text(&mut self, name: Name) -> Flow<Option<Text>> {
        Continue(self.value(name)?.text())
    }

    /// The text of an ordinary variable that the shell itself uses (`IFS`, `HOME`); computed ones have none here.
    pub fn plain_text(&self, name: Name) -> Option<Text> {
        self.session.variables.get(name)?.value.text()
    }

    /// The cell behind a name, name references followed; `None` if it is not declared or is an element.
    pub fn variable(&self, name: Name) -> Option<&Variable> {
        match self.session.variables.resolve(name) {
            Lookup::Plain(name) => self.session.variables.get(name),
            _ => None,
        }
    }

    fn indirect_value(&mut self, name: Name) -> Flow<Value> {
        match self.session.variables.resolve(name) {
            Lookup::Plain(target) => match self.session.variables.get(target) {
                None => Continue(Value::Unset),
                Some(cell) if cell.attributes.contains(Attributes::DYNAMIC) => self.dynamic_value(target),
                Some(cell) => Continue(cell.value.clone()),
            },
            Lookup::Element(array, _) if self.is_reference(array) => Continue(Value::Unset),
            Lookup::Element(array, subscript) => {
                let whole = matches!(&subscript[..], b"" | b"@" | b"*");
                let target = if whole || self.is_associative(array) {
                    self.target_of_element(array, &subscript, crate::SubscriptReading::Expand)?
                } else {
                    let expanded = crate::SubscriptReading::Expand;
                    let index = self.index_in(array, |sh| sh.index_of_text(&subscript, expanded))?;
                    match self.index_to_read(array, index)? {
                        Some(target) => target,
                        None => return Continue(Value::Unset),
                    }
                };
                Continue(self.read_target(&target)?.map_or(Value::Unset, Value::Text))
            }
            Lookup::Unbound(_) | Lookup::Invalid(..) => Continue(Value::Unset),
            Lookup::Circular(name) => {
                self.error([b"warning: ", name.as_bytes(), b": circular name reference"].concat());
                Continue(self.global_behind(name))
            }
        }
    }

    /// Whether a variable is a name reference.
    pub fn is_reference(&self, name: Name) -> bool {
        self.session.variables.get(name).is_some_and(|cell| cell.attributes.contains(Attributes::NAMEREF))
    }

    /// A local name reference to its own name stands for the variable outside all functions.
    fn global_behind(&self, name: Name) -> Value {
        match self.session.variables.global(name) {
            Some(cell) if !cell.attributes.contains(Attributes::NAMEREF) => cell.value.clone(),
            _ => Value::Unset,
        }
    }
}
