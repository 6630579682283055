//! Compound assignments: `a=(x y [3]=z)`, `m=([k]=v)`.
//!
//! The variable becomes an array, then every element is expanded, then the array is emptied and filled, so that
//! `a=("${a[@]}" x)` works and a declaration may look at the variable that it is about to hide. Subscripts and values that are
//! evaluated see the array as far as it is filled. An element that cannot be assigned ends the assignment: what came
//! before it stays. How elements are shown is in [`shown`].

mod refused;
mod shown;

use super::{ArrayKind, AssignMode, AssignTarget};
use crate::expand::Quoting;
use crate::expand::fields::Purpose;
use crate::{Flow, Shell};
use bash_parser::Name;
use bash_parser::arith::subscript_end;
use bash_parser::ast::{ArithText, ArrayElement, Assignment, CommandKind, Subscript, WordPart};
use bash_parser::{NoAliases, Parsed, Parser};
use bash_session::{AssociativeArray, Attributes, IndexedArray, Lookup, Text, Value};
use shown::{element_text, operator};
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

/// The elements of a compound assignment after expansion.
pub struct Elements<'a>(Expanded<'a>);

enum Expanded<'a> {
    /// Words without subscripts, which follow one another.
    Plain(Vec<Text>),
    /// Elements with places.
    Placed(Vec<Element<'a>>),
}

struct Element<'a> {
    place: Place<'a>,
    append: bool,
    value: Text,
}

enum Place<'a> {
    /// After the element before.
    Next,
    /// At a subscript that is still to be evaluated, with its text if that is not as written.
    At(&'a ArrayElement, Option<Text>),
    /// At a key.
    Key(Text, &'a ArrayElement),
    /// No place at all: a plain word among the subscripts of an associative array.
    Missing(&'a ArrayElement),
}

impl<'a> Expanded<'a> {
    fn placed(self) -> Vec<Element<'a>> {
        match self {
            Expanded::Placed(elements) => elements,
            Expanded::Plain(texts) => {
                texts.into_iter().map(|value| Element { place: Place::Next, append: false, value }).collect()
            }
        }
    }
}

impl Shell {
    /// `name=(elements)`.
    pub(super) fn assign_compound(
        &mut self,
        assignment: &Assignment,
        elements: &[ArrayElement],
        mode: AssignMode,
    ) -> Flow<()> {
        if let Some(subscript) = assignment.subscript.as_deref() {
            let source: &[u8] = match subscript {
                Subscript::Text { source, .. } => source,
                Subscript::At => b"@",
                Subscript::Star => b"*",
            };
            let place =
                [assignment.name.as_bytes(), b"[", source, b"]: cannot assign list to array member"].concat();
            self.error(place);
            return self.discard_unless_errexit();
        }
        if let Lookup::Unbound(reference) = self.session.variables.resolve(assignment.name)
            && self.is_reference(reference)
        {
            self.strip_reference(assignment.name, reference);
        }
        let name = match self.target(assignment.name, None)? {
            AssignTarget::Whole(name) => name,
            element => {
                let message =
                    [&self.target_text(&element)[..], b": cannot assign list to array member"].concat();
                self.error(message);
                return self.discard_or_end();
            }
        };
        if self.is_readonly(name) {
            return self.refuse_elements(assignment.name);
        }
        if self.takes_no_value(name) {
            return Continue(());
        }
        let kind = self.array_kind(name);
        self.become_array(name);
        let elements = self.expand_elements(kind, elements)?;
        self.assign_elements(name, kind, elements, mode)
    }

    /// The variable is made an array before the elements are expanded: they see it, and it is one when that fails.
    fn become_array(&mut self, name: Name) {
        let cell = self.session.variables.cell(name);
        let fixed = Attributes::READONLY | Attributes::ASSOCIATIVE | Attributes::DYNAMIC;
        if !cell.is_array() && !cell.attributes.intersects(fixed) {
            cell.value = cell.value.text().into_iter().collect::<IndexedArray>().into();
            let flags = Attributes::DECLARED | Attributes::INDEXED;
            self.session.variables.change_attributes(name, flags, Attributes::empty());
        }
    }

    /// The kind of array that a compound assignment makes of a variable.
    pub fn array_kind(&self, name: Name) -> ArrayKind {
        if self.is_associative(name) { ArrayKind::Associative } else { ArrayKind::Indexed }
    }

    /// Expands the elements of a compound assignment.
    pub fn expand_elements<'a>(
        &mut self,
        kind: ArrayKind,
        elements: &'a [ArrayElement],
    ) -> Flow<Elements<'a>> {
        if kind == ArrayKind::Indexed && elements.iter().all(|element| element.subscript.is_none()) {
            let mut texts = Vec::with_capacity(elements.len());
            for element in elements {
                self.expand_fields(&element.value, &mut texts)?;
            }
            return Continue(Elements(Expanded::Plain(texts)));
        }
        let mut expanded = Vec::with_capacity(elements.len());
        match kind {
            ArrayKind::Indexed => {
                for element in elements {
                    self.expand_element(element, &mut expanded)?;
                }
            }
            ArrayKind::Associative if elements.first().is_some_and(|first| self.begins_pairs(first)) => {
                self.expand_pairs(elements, &mut expanded)?;
            }
            ArrayKind::Associative => {
                for element in elements {
                    let place = self.expand_place(element)?;
                    if matches!(place, Place::Missing(_)) {
                        // A mistake, which is told as it was written.
                        expanded.push(Element { place, append: false, value: Text::EMPTY });
                        continue;
                    }
                    let value = self.expand_assigned(&element.value)?;
                    expanded.push(Element { place, append: element.append, value });
                }
            }
        }
        Continue(Elements(Expanded::Placed(expanded)))
    }

    /// Whether the first word between the parentheses says that keys and values alternate: it begins with no bracket, or
    /// was quoted as a whole for a declaration command.
    fn begins_pairs(&self, first: &ArrayElement) -> bool {
        first.subscript.is_none() && (self.running_builtin.is_some() || !begins_with_bracket(first))
    }

    /// The same for a declaration of an associative array that does not say so: keys and values are expanded as words are.
    pub fn expand_element_words<'a>(&mut self, elements: &'a [ArrayElement]) -> Flow<Elements<'a>> {
        let Some(first) = elements.first().filter(|element| self.begins_pairs(element)) else {
            return self.expand_elements(ArrayKind::Associative, elements);
        };
        let mut words = Vec::new();
        for element in elements {
            match element.subscript {
                None => self.expand_fields(&element.value, &mut words)?,
                Some(_) => words.push(self.expand_whole(element)?),
            }
        }
        let pair = |pair: &[Text]| {
            let place = Place::Key(pair[0].clone(), first);
            Element { place, append: false, value: pair.get(1).cloned().unwrap_or_default() }
        };
        Continue(Elements(Expanded::Placed(words.chunks(2).map(pair).collect())))
    }

    /// Assigns expanded elements to a variable, whose attributes are in place.
    pub fn assign_elements(
        &mut self,
        name: Name,
        kind: ArrayKind,
        elements: Elements<'_>,
        mode: AssignMode,
    ) -> Flow<()> {
        if self.is_readonly(name) {
            return self.refuse_elements(name);
        }
        let mut elements = elements;
        if self.meter().is_some() {
            self.admit_elements(name, &elements, mode)?;
        }
        if let (Expanded::Plain(texts), AssignMode::Append) = (&mut elements.0, mode) {
            match self.append_list(name, std::mem::take(texts)) {
                None => return Continue(()),
                Some(back) => *texts = back,
            }
        }
        let (value, flow) = match kind {
            ArrayKind::Associative => self.associative_value(name, elements, mode)?,
            ArrayKind::Indexed => self.indexed_value(name, elements, mode)?,
        };
        if flow.is_continue() || !self.stays_unset(name, &value) {
            self.assign_guarded(&AssignTarget::Whole(name), value, AssignMode::Replace)?;
        }
        let flag = match kind {
            ArrayKind::Associative => Attributes::ASSOCIATIVE,
            ArrayKind::Indexed => Attributes::INDEXED,
        };
        self.session.variables.change_attributes(name, flag, Attributes::empty());
        flow
    }

    /// Whether a declaration of an associative array of integers has come to nothing.
    fn stays_unset(&self, name: Name, value: &Value) -> bool {
        let is_empty = matches!(value, Value::Associative(array) if array.is_empty());
        let is_set = || self.session.variables.get(name).is_some_and(|cell| cell.is_set());
        is_empty && self.running_builtin.is_some() && self.is_integer(name) && !is_set()
    }

    /// Before an array takes its elements in.
    #[cold]
    fn admit_elements(&mut self, name: Name, elements: &Elements<'_>, mode: AssignMode) -> Flow<()> {
        let held = match (mode, self.session.variables.get(name).map(|cell| &cell.value)) {
            (AssignMode::Append, Some(Value::Indexed(array))) => array.len(),
            (AssignMode::Append, Some(Value::Associative(array))) => array.len(),
            _ => 0,
        };
        match &elements.0 {
            Expanded::Plain(texts) => {
                self.admit_entries(held + texts.len())?;
                self.admit_words(texts)
            }
            Expanded::Placed(elements) => {
                self.admit_entries(held + elements.len())?;
                elements.iter().try_for_each(|element| self.admit_text(element.value.len()))
            }
        }
    }

    /// The compound assignment that a text such as `(1 [5]=2)` stands for.
    pub fn parse_compound(&self, text: &[u8]) -> Option<Assignment> {
        let source = [b"a=", text].concat();
        let Parsed::Command(list) = Parser::new(source, 1).next(self.dialect(), &NoAliases) else {
            return None;
        };
        let stage = list.items.first()?.and_or.first.stages.first()?;
        let CommandKind::Simple(simple) = &stage.command.kind else { return None };
        simple.assignments.first().cloned()
    }

    fn expand_element<'a>(&mut self, element: &'a ArrayElement, expanded: &mut Vec<Element<'a>>) -> Flow<()> {
        if let Some(subscript) = &element.subscript {
            let text = self.expand_element_subscript(subscript)?;
            // Unlike `a[0]=$@`, this joins a list by the first character of IFS.
            let value = self.expand_element_value(&element.value)?;
            expanded.push(match text {
                Some(text) if !is_whole_subscript(&text) => {
                    let value = [b"[", &text[..], operator(element), &value[..]].concat().into();
                    Element { place: Place::Next, append: false, value }
                }
                text => Element { place: Place::At(element, text), append: element.append, value },
            });
            return Continue(());
        }
        let mut fields = Vec::new();
        self.expand_fields(&element.value, &mut fields)?;
        expanded.extend(fields.into_iter().map(|value| Element { place: Place::Next, append: false, value }));
        Continue(())
    }

    /// `m=(key value key value)`
    fn expand_pairs<'a>(
        &mut self,
        elements: &'a [ArrayElement],
        expanded: &mut Vec<Element<'a>>,
    ) -> Flow<()> {
        let literally = elements.first().is_some_and(begins_with_bracket);
        for pair in elements.chunks(2) {
            let key = self.expand_of_pair(&pair[0], literally)?;
            let value = match pair.get(1) {
                Some(element) => self.expand_of_pair(element, literally)?,
                None => Text::EMPTY,
            };
            expanded.push(Element { place: Place::Key(key, &pair[0]), append: false, value });
        }
        Continue(())
    }

    /// A declaration command takes its words as they are written if the first of them begins with a bracket.
    fn expand_of_pair(&mut self, element: &ArrayElement, literally: bool) -> Flow<Text> {
        match literally {
            true => Continue(element_text(element).into()),
            false => self.expand_whole(element),
        }
    }

    /// An element among pairs is a plain word, even if it looks like `[k]=v`.
    pub(crate) fn expand_whole(&mut self, element: &ArrayElement) -> Flow<Text> {
        let value = self.expand_assigned(&element.value)?;
        let Some(subscript) = &element.subscript else { return Continue(value) };
        let key = self.expand_subscript_text(subscript)?;
        Continue([b"[", &key[..], operator(element), &value[..]].concat().into())
    }

    fn expand_place<'a>(&mut self, element: &'a ArrayElement) -> Flow<Place<'a>> {
        let key = match &element.subscript {
            None => return Continue(Place::Missing(element)),
            Some(Subscript::Text { word, .. }) => self.expand_key(word)?,
            Some(Subscript::At) => Text::from("@"),
            Some(Subscript::Star) => Text::from("*"),
        };
        Continue(Place::Key(key, element))
    }

    /// The array, and how the assignment ends.
    fn indexed_value(
        &mut self,
        name: Name,
        elements: Elements<'_>,
        mode: AssignMode,
    ) -> Flow<(Value, Flow<()>)> {
        let elements = match elements.0 {
            Expanded::Plain(texts) if mode == AssignMode::Replace && !self.transforms_elements(name) => {
                return Continue((IndexedArray::from_list(texts).into(), Continue(())));
            }
            elements => elements.placed(),
        };
        if mode == AssignMode::Replace && self.is_integer(name) && self.value(name)? != Value::Unset {
            // The values of the elements do not see what was there before, but that there was something.
            self.session.variables.set(name, IndexedArray::new());
        }
        let mut array = match (mode, self.value(name)?) {
            (AssignMode::Append, Value::Indexed(old)) => Arc::unwrap_or_clone(old),
            (AssignMode::Append, old) => old.text().into_iter().collect(),
            (AssignMode::Replace, _) => IndexedArray::new(),
        };
        let flow = self.fill_indexed(name, elements, &mut array);
        Continue((array.into(), flow))
    }

    fn is_integer(&self, name: Name) -> bool {
        let cell = self.session.variables.get(name);
        cell.is_some_and(|cell| cell.attributes.contains(Attributes::INTEGER))
    }

    /// Whether an attribute of the variable changes what its elements are assigned.
    fn transforms_elements(&self, name: Name) -> bool {
        self.session
            .variables
            .get(name)
            .is_some_and(|cell| cell.attributes.intersects(Attributes::TRANSFORMING))
    }

    fn fill_indexed(&mut self, name: Name, elements: Vec<Element<'_>>, array: &mut IndexedArray) -> Flow<()> {
        let mut next = array.end();
        for element in elements {
            let index = match element.place {
                Place::At(source, text) => {
                    self.element_index_seeing(name, (source, text, &element.value), array)?
                }
                Place::Next | Place::Key(..) | Place::Missing(_) => next,
            };
            let old = if element.append { array.get(index).cloned() } else { None };
            let text = self.indexed_element_value(name, old, element.value, array)?;
            array.set(index, text);
            next = index.wrapping_add(1);
        }
        Continue(())
    }

    /// The value of an element; an expression sees the array as far as it is filled.
    fn indexed_element_value(
        &mut self,
        name: Name,
        old: Option<Text>,
        value: Text,
        array: &mut IndexedArray,
    ) -> Flow<Text> {
        if !self.is_integer(name) || crate::arith::plain_integer(&value).is_some() {
            return self.element_value(name, old, value);
        }
        self.seeing(name, array, |sh| sh.element_value(name, old, value))
    }

    /// Runs `work` while the variable holds what there is of its new array. It is not set before there is anything.
    fn seeing<T>(
        &mut self,
        name: Name,
        array: &mut IndexedArray,
        work: impl FnOnce(&mut Shell) -> Flow<T>,
    ) -> Flow<T> {
        if !array.is_empty() || self.value(name)? != Value::Unset {
            self.session.variables.set(name, std::mem::take(array));
        }
        let flow = work(self);
        let seen = std::mem::replace(&mut self.session.variables.cell(name).value, Value::Unset);
        if let Value::Indexed(seen) = seen {
            *array = Arc::unwrap_or_clone(seen);
        }
        flow
    }

    /// The index of an element. Its subscript sees the array as far as it is filled.
    fn element_index_seeing(
        &mut self,
        name: Name,
        (element, text, value): (&ArrayElement, Option<Text>, &[u8]),
        array: &mut IndexedArray,
    ) -> Flow<i64> {
        if let Some(Subscript::Text { source, .. }) = &element.subscript
            && let Some(index) = crate::arith::plain_integer(source).filter(|index| *index >= 0)
        {
            return Continue(index);
        }
        let end = array.end();
        self.seeing(name, array, |sh| sh.element_index(element, (text, value), end))
    }

    /// The text of a subscript, if that is not as written.
    fn expand_element_subscript(&mut self, subscript: &Subscript) -> Flow<Option<Text>> {
        let Subscript::Text { arith, source, word } = subscript else { return Continue(None) };
        let is_quoted = || source.iter().any(|byte| b"'\\\"".contains(byte));
        Continue(match word.constant {
            Some(_) if is_quoted() => Some(self.expand_string(word)?),
            Some(_) => None,
            None => Some(without_marks(self.element_subscript(arith)?)),
        })
    }

    /// The text of a subscript that holds expansions; `$@` is joined as `$*` is.
    fn element_subscript(&mut self, arith: &ArithText) -> Flow<Text> {
        match arith.word.parts.iter().any(crate::expand::param::is_any_list) {
            true => self.expand_to_text(&arith.word.parts, Quoting::Double, Purpose::Element),
            false => self.arith_source(arith),
        }
    }

    fn element_index(
        &mut self,
        element: &ArrayElement,
        (expanded, value): (Option<Text>, &[u8]),
        end: i64,
    ) -> Flow<i64> {
        let Some(Subscript::Text { arith, source, .. }) = &element.subscript else {
            let head: &[u8] = if element.subscript == Some(Subscript::At) { b"[@" } else { b"[*" };
            let parts = [head, operator(element), value, b": cannot assign to non-numeric index"];
            self.error(parts.concat());
            return self.refuse_index();
        };
        let is_blank = expanded.as_deref().unwrap_or(source).is_empty();
        if matches!(expanded.as_deref(), Some(b"@" | b"*")) {
            let mut message = [b"[", expanded.as_deref().unwrap_or_default(), operator(element)].concat();
            message.extend_from_slice(value);
            message.extend_from_slice(b": cannot assign to non-numeric index");
            self.error(message);
            return self.refuse_index();
        }
        let index = match &expanded {
            _ if is_blank => -1,
            Some(text) => self.subscript_value(|sh| sh.arith_text(text))?,
            None => self.subscript_arith(arith)?,
        };
        let index = if index < 0 && !is_blank { index.wrapping_add(end) } else { index };
        if index < 0 {
            let mut message = [b"[", expanded.as_deref().unwrap_or(source), operator(element)].concat();
            message.extend_from_slice(value);
            message.extend_from_slice(b": bad array subscript");
            self.error(message);
            return self.refuse_index();
        }
        Continue(index)
    }

    fn associative_value(
        &mut self,
        name: Name,
        elements: Elements<'_>,
        mode: AssignMode,
    ) -> Flow<(Value, Flow<()>)> {
        let mut array = match (mode, self.value(name)?) {
            (AssignMode::Append, Value::Associative(old)) => Arc::unwrap_or_clone(old),
            (AssignMode::Replace, Value::Associative(old)) => old.emptied(),
            _ => AssociativeArray::new(),
        };
        let before = match (mode, self.value(name)?) {
            (AssignMode::Replace, Value::Associative(old)) => Some(old),
            (AssignMode::Replace, _) => Some(Arc::default()),
            (AssignMode::Append, _) => None,
        };
        let flow = self.fill_associative(name, elements, &mut array, before.as_deref());
        Continue((array.into(), flow))
    }

    /// `+=` adds to what the key held before the whole assignment.
    fn fill_associative(
        &mut self,
        name: Name,
        elements: Elements<'_>,
        array: &mut AssociativeArray,
        before: Option<&AssociativeArray>,
    ) -> Flow<()> {
        for element in elements.0.placed() {
            let (key, source) = match element.place {
                Place::Key(key, source) => (key, source),
                Place::Next | Place::At(..) => return Continue(()),
                Place::Missing(word) => return self.refuse_without_subscript(name, word),
            };
            if key.is_empty() {
                let shown = self.shown_without_key(source, &element.value);
                self.error([&shown[..], b": bad array subscript"].concat());
                if source.subscript.is_none() {
                    continue;
                }
                return self.refuse_element();
            }
            let old = if element.append { before.unwrap_or(array).get(&key).cloned() } else { None };
            let text = match self.element_value(name, old, element.value) {
                Continue(text) => text,
                Break(unwind) => {
                    // A value that is no number: the array is what it was, but for what `+=` has added.
                    before.into_iter().for_each(|before| array.clone_from(before));
                    return Break(unwind);
                }
            };
            array.set(key, text);
        }
        Continue(())
    }

    /// An element's text after the variable's attributes have had their say; `old` is what `+=` adds to.
    pub fn element_value(&mut self, name: Name, old: Option<Text>, value: Text) -> Flow<Text> {
        let attributes = self.session.variables.get(name).map_or(Attributes::empty(), |cell| cell.attributes);
        if attributes.contains(Attributes::INTEGER) {
            let old = match old {
                Some(old) => self.attribute_value(&old)?,
                None => 0,
            };
            let added = self.attribute_value(&value)?;
            return Continue(Text::from_integer(old.wrapping_add(added)));
        }
        let mut text = match old {
            None => value,
            Some(mut old) => {
                old.push(&value);
                old
            }
        };
        if attributes.intersects(Attributes::TRANSFORMING) {
            text = crate::expand::param::case::for_attributes(&text, attributes, self.session.charset);
        }
        Continue(text)
    }
}

/// Whether a text between brackets reads as one subscript again: Bash looks once more for the end of it when quotes have been
/// removed, and takes the whole word for a value if a lone quote hides it.
fn is_whole_subscript(text: &[u8]) -> bool {
    subscript_end(&[b"[", text, b"]"].concat(), 0) == Ok(text.len() + 1)
}

fn begins_with_bracket(element: &ArrayElement) -> bool {
    matches!(element.value.parts.first(), Some(WordPart::Literal(text)) if text.starts_with(b"["))
}

/// A subscript in a compound assignment loses what Bash takes for its own mark of quoting, the byte 1: twice, each time the
/// byte after a mark is kept.
fn without_marks(text: Text) -> Text {
    if !text.contains(&1) {
        return text;
    }
    let unmarked = |text: &[u8]| {
        let mut bytes = text.iter();
        let kept = std::iter::from_fn(|| match bytes.next() {
            Some(1) => bytes.next().copied(),
            byte => byte.copied(),
        });
        kept.collect::<Vec<u8>>()
    };
    unmarked(&unmarked(&text)).into()
}
