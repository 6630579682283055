//! Compound assignments: `a=(x y [3]=z)`, `m=([k]=v)`.

use super::{AssignMode, AssignTarget};
use crate::{Flow, Shell};
use bash_parser::Name;
use bash_parser::ast::{ArrayElement, Assignment, Subscript};
use bash_session::{AssociativeArray, Attributes, IndexedArray, Text, Value};
use std::ops::ControlFlow::Continue;
use std::sync::Arc;

impl Shell {
    /// `name=(elements)`. The elements are expanded before the variable changes, so `a=("${a[@]}" x)` works.
    pub(super) fn assign_compound(&mut self, assignment: &Assignment, elements: &[ArrayElement], mode: AssignMode) -> Flow<()> {
        let target = self.target(assignment.name, None)?;
        if let Some(Subscript::Text { source, .. }) = &assignment.subscript {
            let place = [assignment.name.as_bytes(), b"[", source, b"]: cannot assign list to array member"].concat();
            self.error(place);
            return self.discard();
        }
        self.assign_elements(target.name(), elements, mode)
    }

    /// The same for a variable whose attributes `declare` has already set.
    pub fn assign_elements(&mut self, name: Name, elements: &[ArrayElement], mode: AssignMode) -> Flow<()> {
        let attributes = self.session.variables.get(name).map_or(Attributes::empty(), |cell| cell.attributes);
        if attributes.contains(Attributes::READONLY) {
            return self.readonly_error(name);
        }
        let value = if self.is_associative(name) {
            self.associative_value(name, elements, mode)?
        } else {
            self.indexed_value(name, elements, mode)?
        };
        self.assign_guarded(&AssignTarget::Whole(name), value.clone(), AssignMode::Replace)?;
        let kind = match value {
            Value::Associative(_) => Attributes::ASSOCIATIVE,
            _ => Attributes::INDEXED,
        };
        self.session.variables.cell(name).attributes |= kind;
        Continue(())
    }

    fn indexed_value(&mut self, name: Name, elements: &[ArrayElement], mode: AssignMode) -> Flow<Value> {
        let mut array = match (mode, self.value(name)?) {
            (AssignMode::Append, Value::Indexed(old)) => Arc::unwrap_or_clone(old),
            (AssignMode::Append, old) => old.text().into_iter().collect(),
            (AssignMode::Replace, _) => IndexedArray::new(),
        };
        let mut next = array.end();
        let mut fields = Vec::new();
        for element in elements {
            match &element.subscript {
                None => {
                    self.expand_fields(&element.value, &mut fields)?;
                    for field in fields.drain(..) {
                        let text = self.element_value(name, None, field, AssignMode::Replace)?;
                        array.set(next, text);
                        next = next.wrapping_add(1);
                    }
                }
                Some(subscript) => {
                    let Some(index) = self.element_index(name, subscript, &array)? else { continue };
                    let value = self.expand_assigned(&element.value)?;
                    let old = array.get(index).cloned();
                    let text = self.element_value(name, old, value, AssignMode::from_append(element.append))?;
                    array.set(index, text);
                    next = index.wrapping_add(1);
                }
            }
        }
        Continue(array.into())
    }

    fn element_index(&mut self, name: Name, subscript: &Subscript, array: &IndexedArray) -> Flow<Option<i64>> {
        let (source, index) = match subscript {
            Subscript::At | Subscript::Star => {
                let sign: &[u8] = if *subscript == Subscript::At { b"@" } else { b"*" };
                self.error([b"[", sign, b"]: cannot assign to non-numeric index"].concat());
                return self.discard();
            }
            Subscript::Text { source, arith, .. } => (source, self.arith(arith)?),
        };
        let index = if index < 0 { index + array.end() } else { index };
        if index < 0 {
            let _ = name;
            self.error([b"[", &source[..], b"]=: bad array subscript"].concat());
            return Continue(None);
        }
        Continue(Some(index))
    }

    fn associative_value(&mut self, name: Name, elements: &[ArrayElement], mode: AssignMode) -> Flow<Value> {
        let mut array = match (mode, self.value(name)?) {
            (AssignMode::Append, Value::Associative(old)) => Arc::unwrap_or_clone(old),
            _ => AssociativeArray::new(),
        };
        if elements.first().is_some_and(|element| element.subscript.is_none()) {
            self.assign_pairs(name, elements, &mut array)?;
            return Continue(array.into());
        }
        for element in elements {
            let key = match &element.subscript {
                None => {
                    let word = self.expand_assigned(&element.value)?;
                    let message: &[u8] = b": must use subscript when assigning associative array";
                    self.error([name.as_bytes(), b": ", &word[..], message].concat());
                    continue;
                }
                Some(Subscript::At) => Text::from("@"),
                Some(Subscript::Star) => Text::from("*"),
                Some(Subscript::Text { word, source, .. }) => {
                    let key = self.expand_key(word)?;
                    if key.is_empty() {
                        self.error([b"[", &source[..], b"]=: bad array subscript"].concat());
                        continue;
                    }
                    key
                }
            };
            let value = self.expand_assigned(&element.value)?;
            let old = array.get(&key).cloned();
            let text = self.element_value(name, old, value, AssignMode::from_append(element.append))?;
            array.set(key, text);
        }
        Continue(array.into())
    }

    /// `m=(key value key value)`
    fn assign_pairs(&mut self, name: Name, elements: &[ArrayElement], array: &mut AssociativeArray) -> Flow<()> {
        let mut words = Vec::new();
        for element in elements {
            words.push(self.expand_assigned(&element.value)?);
        }
        for pair in words.chunks(2) {
            if pair[0].is_empty() {
                self.error([name.as_bytes(), b": bad array subscript"].concat());
                continue;
            }
            let value = pair.get(1).cloned().unwrap_or_default();
            let text = self.element_value(name, None, value, AssignMode::Replace)?;
            array.set(pair[0].clone(), text);
        }
        Continue(())
    }

    /// An element's text after the variable's attributes have had their say.
    fn element_value(&mut self, name: Name, old: Option<Text>, value: Text, mode: AssignMode) -> Flow<Text> {
        let attributes = self.session.variables.get(name).map_or(Attributes::empty(), |cell| cell.attributes);
        let old = old.filter(|_| mode == AssignMode::Append);
        if attributes.contains(Attributes::INTEGER) {
            let old = match old {
                Some(old) => self.arith_text(&old)?,
                None => 0,
            };
            let added = self.arith_text(&value)?;
            return Continue(Text::from_integer(old.wrapping_add(added)));
        }
        let mut text = old.unwrap_or_default();
        text.push(&value);
        if attributes.intersects(Attributes::TRANSFORMING) {
            text = crate::expand::param::case::for_attributes(&text, attributes, self.session.charset);
        }
        Continue(text)
    }
}
