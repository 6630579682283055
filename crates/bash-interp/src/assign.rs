//! Assignments: `name=value`, `+=`, `name[subscript]=`, compound arrays.
//!
//! A plain variable takes its value in one step. Anything with attributes that have a say (integer, case, readonly,
//! name reference, array, computed or watched by the shell) goes the long way.

mod compound;
mod in_place;
mod index;
mod reference;
mod watched;

pub(crate) use index::FoundIndex;

pub use compound::Elements;
pub(crate) use watched::initialise as initialise_watched;

use crate::{Args, Flow, Shell, Unwind};
use bash_parser::Name;
use bash_parser::arith::subscript_end;
use bash_parser::ast::{AssignedValue, Assignment, Subscript, Word, WordPart};
use bash_session::{Attributes, IndexedArray, Lookup, SetOption, Shopt, Text, Value, Variable};
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

/// What an assignment writes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssignTarget {
    /// A variable.
    Whole(Name),
    /// An element of an indexed array.
    Index(Name, i64),
    /// An element of an associative array.
    Key(Name, Text),
}

/// The two kinds of array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArrayKind {
    /// `-a`
    Indexed,
    /// `-A`
    Associative,
}

/// Whether a value replaces or follows the old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssignMode {
    /// `=`
    Replace,
    /// `+=`
    Append,
}

/// How a subscript that came as text is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubscriptReading {
    /// It ends where its bracket closes, quotes respected, and is expanded.
    Expand,
    /// It ends at the first closing bracket, and has been expanded for good.
    AsIs,
    /// It ends at the last bracket, whatever it holds, and has been expanded.
    Whole,
}

impl AssignMode {
    /// `+=` if `append`.
    pub fn from_append(append: bool) -> AssignMode {
        if append { AssignMode::Append } else { AssignMode::Replace }
    }
}

impl AssignTarget {
    /// The variable written to.
    pub fn name(&self) -> Name {
        match self {
            AssignTarget::Whole(name) | AssignTarget::Index(name, _) | AssignTarget::Key(name, _) => *name,
        }
    }
}

impl Shell {
    /// Assigns a number to a variable that nothing has a say in but its value; whether that was so.
    #[inline]
    pub(crate) fn assign_plainly(&mut self, name: Name, value: i64) -> bool {
        match self.plain_cell(name) {
            Some(cell) => {
                cell.value = Value::Integer(value);
                true
            }
            None => false,
        }
    }

    /// `name=value` as the shell itself or a builtin does it.
    #[inline]
    pub fn assign(&mut self, name: Name, value: impl Into<Value>) -> Flow<()> {
        let value = value.into();
        if self.meter().is_some() {
            self.admit_value(&value)?;
        }
        if !self.option(SetOption::AllExport) {
            let cell = self.session.variables.cell(name);
            if !cell.attributes.intersects(Attributes::GUARDED) {
                cell.value = value;
                cell.attributes |= Attributes::DECLARED;
                return Continue(());
            }
        }
        self.assign_guarded(&AssignTarget::Whole(name), value, AssignMode::Replace)
    }

    /// An assignment as it stands in a command.
    #[inline]
    pub fn assign_word(&mut self, assignment: &Assignment) -> Flow<()> {
        match &assignment.value {
            AssignedValue::Scalar(word)
                if assignment.subscript.is_none()
                    && !assignment.append
                    && !self.option(SetOption::XTrace) =>
            {
                if self.assign_in_one_step(assignment.name, word)
                    || self.append_to_itself(assignment.name, word)?
                {
                    return Continue(());
                }
                let value = self.expand_assigned_value(word)?;
                let flow = self.assign(assignment.name, value);
                if flow.is_break() { self.end_if_posix(flow) } else { flow }
            }
            _ => self.assign_word_of_any_kind(assignment),
        }
    }

    /// `x=$((…))`, `x=$y` and `x=text`, where nothing has a say but the values: the new one is made where the old one was.
    #[inline]
    fn assign_in_one_step(&mut self, name: Name, word: &Word) -> bool {
        match &*word.parts {
            [WordPart::Arith { expr, .. }] => match self.sure_number(expr) {
                Some(number) => self.assign_plainly(name, number),
                None => false,
            },
            // Limits are asked before a text is assigned.
            _ if self.meter().is_some() => false,
            [WordPart::Param(expansion)] => self.copy_plain_parameter(expansion, name),
            [] | [_] => match &word.constant {
                Some(constant) => match self.plain_cell(name) {
                    Some(cell) => {
                        cell.value.set_text(constant);
                        true
                    }
                    None => false,
                },
                None => false,
            },
            _ => false,
        }
    }

    /// The cell of a variable that nothing has a say in but its value, declared and to be written to.
    #[inline]
    pub(crate) fn plain_cell(&mut self, name: Name) -> Option<&mut Variable> {
        if self.option(SetOption::AllExport) {
            return None;
        }
        let cell = self.session.variables.cell(name);
        if cell.attributes.intersects(Attributes::GUARDED) {
            return None;
        }
        cell.attributes |= Attributes::DECLARED;
        Some(cell)
    }

    /// The same of a text.
    #[inline]
    pub(crate) fn assign_text_plainly(&mut self, name: Name, text: Text) -> bool {
        match self.plain_cell(name) {
            Some(cell) => {
                cell.value = Value::Text(text);
                true
            }
            None => false,
        }
    }

    fn assign_word_of_any_kind(&mut self, assignment: &Assignment) -> Flow<()> {
        let mode = AssignMode::from_append(assignment.append);
        let is_list = matches!(assignment.value, AssignedValue::Array(_));
        // Not both: a list is no element, whatever the name refers to.
        let to_array = assignment.subscript.is_some() != is_list && self.is_reference(assignment.name);
        if to_array
            && !is_list
            && matches!(self.session.variables.resolve(assignment.name), Lookup::Unbound(_))
        {
            self.error("`': not a valid identifier");
            return self.discard_or_end();
        }
        if to_array && let Lookup::Element(array, subscript) = self.session.variables.resolve(assignment.name)
        {
            if let Some(Subscript::Text { arith, .. }) = assignment.subscript.as_deref() {
                self.subscript_arith(arith)?;
            }
            let refused = self.not_an_identifier(&[array.as_bytes(), b"[", &subscript, b"]"].concat());
            return self.end_if_posix(refused);
        }
        match &assignment.value {
            AssignedValue::Array(elements) => {
                self.trace_compound(assignment)?;
                self.assign_compound(assignment, elements, mode)
            }
            AssignedValue::Scalar(word) => {
                let value = self.expand_assigned_value(word)?;
                self.trace_assignment(assignment, &value)?;
                let flow = self.assign_expanded(assignment, value, mode);
                self.end_if_posix(flow)
            }
        }
    }

    fn assign_expanded(&mut self, assignment: &Assignment, value: Value, mode: AssignMode) -> Flow<()> {
        if assignment.subscript.is_none() && mode == AssignMode::Replace {
            return self.assign(assignment.name, value);
        }
        let Some(value) = self.assign_in_place(assignment, value, mode)? else { return Continue(()) };
        let target = self.target(assignment.name, assignment.subscript.as_deref())?;
        self.assign_to(&target, value, mode)
    }

    /// Assigns to any target.
    pub fn assign_to(
        &mut self,
        target: &AssignTarget,
        value: impl Into<Value>,
        mode: AssignMode,
    ) -> Flow<()> {
        self.assign_guarded(target, value.into(), mode)
    }

    /// Assigns for a builtin that goes on after a failure (its message is written): whether it could.
    pub fn assign_or_complain(&mut self, target: &AssignTarget, value: impl Into<Value>) -> Flow<bool> {
        let name = match self.session.variables.resolve(target.name()) {
            Lookup::Plain(name) => name,
            _ => target.name(),
        };
        if self.session.variables.get(name).is_some_and(|cell| cell.attributes.contains(Attributes::READONLY))
        {
            self.error([name.as_bytes(), b": readonly variable"].concat());
            return Continue(false);
        }
        match self.assign_to(target, value, AssignMode::Replace) {
            Continue(()) => Continue(true),
            Break(Unwind::Discard(_)) => Continue(false),
            Break(unwind) => Break(unwind),
        }
    }

    /// The target that `name[subscript]` means, name references followed.
    pub fn target(&mut self, name: Name, subscript: Option<&Subscript>) -> Flow<AssignTarget> {
        let name = match self.session.variables.resolve(name) {
            Lookup::Plain(name) => name,
            Lookup::Element(array, text) if subscript.is_none() => {
                return self.target_of_element(array, &text, SubscriptReading::Expand);
            }
            Lookup::Element(array, text) => {
                return self.not_an_identifier(&[array.as_bytes(), b"[", &text, b"]"].concat());
            }
            Lookup::Unbound(_) | Lookup::Invalid(..) | Lookup::Circular(_) => name,
        };
        match subscript {
            None => Continue(AssignTarget::Whole(name)),
            Some(Subscript::At | Subscript::Star) if !self.is_associative(name) => {
                let sign = if matches!(subscript, Some(Subscript::At)) { b"[@]" } else { b"[*]" };
                self.grave_error([name.as_bytes(), sign, b": bad array subscript"].concat())?;
                self.discard()
            }
            Some(Subscript::At) => Continue(AssignTarget::Key(name, "@".into())),
            Some(Subscript::Star) => Continue(AssignTarget::Key(name, "*".into())),
            Some(Subscript::Text { source, word, arith }) => {
                if self.is_associative(name) {
                    let key = self.expand_key(word)?;
                    if key.is_empty() {
                        return self.bad_subscript(name, source);
                    }
                    return Continue(AssignTarget::Key(name, key));
                }
                if source.is_empty() {
                    return self.bad_subscript(name, source);
                }
                let index = self.index_in(name, |sh| sh.subscript_arith(arith))?;
                self.index_target(name, index, source)
            }
        }
    }

    /// How a builtin reads the subscript of `word`, one of its arguments: one that was expanded as a subscript already
    /// is left at that if `array_expand_once` says so.
    pub fn subscript_reading(&self, args: &Args<'_>, word: &[u8]) -> SubscriptReading {
        match (self.shopt(Shopt::ArrayExpandOnce), args.is_element(word)) {
            (false, _) => SubscriptReading::Expand,
            (true, false) => SubscriptReading::AsIs,
            (true, true) => SubscriptReading::Whole,
        }
    }

    /// The target that a text such as `x` or `a[i]` names, for builtins that take variable names. `None`: not a name.
    pub fn target_from_text(&mut self, text: &[u8], reading: SubscriptReading) -> Flow<Option<AssignTarget>> {
        if let Some(name) = Name::from_bytes(text) {
            return Continue(Some(self.target(name, None)?));
        }
        let Some((name, subscript)) = element_name(text, reading) else { return Continue(None) };
        let name = match self.session.variables.resolve(name) {
            Lookup::Plain(name) => name,
            _ => name,
        };
        Continue(Some(self.target_of_element(name, subscript, reading)?))
    }

    /// The target `array[subscript]`, where the subscript is a text: a key, or an expression.
    pub fn target_of_element(
        &mut self,
        array: Name,
        subscript: &[u8],
        reading: SubscriptReading,
    ) -> Flow<AssignTarget> {
        if subscript.is_empty() {
            return self.bad_subscript(array, subscript);
        }
        if self.is_associative(array) {
            let key = self.key_of_text(subscript, reading)?;
            return if key.is_empty() {
                self.bad_subscript(array, subscript)
            } else {
                Continue(AssignTarget::Key(array, key))
            };
        }
        if subscript == b"@" || subscript == b"*" {
            return self.bad_subscript(array, subscript);
        }
        let index = self.index_in(array, |sh| sh.index_of_text(subscript, reading))?;
        self.index_target(array, index, subscript)
    }

    /// The element of an array that `unset` is to remove; `None` if there can be none at such a subscript.
    pub fn target_for_unset(
        &mut self,
        array: Name,
        subscript: &[u8],
        reading: SubscriptReading,
    ) -> Flow<Option<AssignTarget>> {
        if self.is_associative(array) {
            let key = self.key_of_text(subscript, reading)?;
            return Continue((!key.is_empty()).then_some(AssignTarget::Key(array, key)));
        }
        let index = self.index_of_text(subscript, reading)?;
        let end = match self.value(array)? {
            Value::Indexed(array) => array.end(),
            _ => 0,
        };
        let index = if index < 0 { index.wrapping_add(end) } else { index };
        Continue((index >= 0).then_some(AssignTarget::Index(array, index)))
    }

    /// What a target holds.
    pub fn read_target(&mut self, target: &AssignTarget) -> Flow<Option<Text>> {
        let value = self.value(target.name())?;
        Continue(match (target, value) {
            (AssignTarget::Whole(_), value) => value.text(),
            (AssignTarget::Index(_, index), Value::Indexed(array)) => array.get(*index).cloned(),
            (AssignTarget::Key(_, key), Value::Associative(array)) => array.get(key).cloned(),
            (AssignTarget::Index(_, 0), value) => value.text(),
            _ => None,
        })
    }

    /// Whether a variable is an associative array.
    pub fn is_associative(&self, name: Name) -> bool {
        self.session.variables.get(name).is_some_and(|cell| {
            cell.attributes.contains(Attributes::ASSOCIATIVE) || matches!(cell.value, Value::Associative(_))
        })
    }

    /// `name: bad array subscript`, with the subscript as written.
    pub(crate) fn bad_subscript<T>(&mut self, name: Name, source: &[u8]) -> Flow<T> {
        self.grave_error([name.as_bytes(), b"[", source, b"]: bad array subscript"].concat())?;
        self.discard()
    }

    /// `name: readonly variable`, which discards the command line.
    pub fn readonly_error<T>(&mut self, name: Name) -> Flow<T> {
        self.grave_error([name.as_bytes(), b": readonly variable"].concat())?;
        self.discard()
    }

    fn assign_guarded(&mut self, target: &AssignTarget, value: Value, mode: AssignMode) -> Flow<()> {
        let name = target.name();
        if self.meter().is_some() {
            self.admit_value(&value)?;
            self.admit_element(target)?;
        }
        // Not `get`: a watched variable is so before it is declared.
        let attributes = self.session.variables.cell(name).attributes;
        if attributes.contains(Attributes::NAMEREF) && matches!(target, AssignTarget::Whole(_)) {
            return self.assign_through_reference(name, value, mode);
        }
        if attributes.contains(Attributes::READONLY) {
            return self.readonly_error(name);
        }
        if attributes.contains(Attributes::NO_ASSIGN) {
            return Continue(());
        }
        let value = self.final_value(target, value, mode, attributes);
        if attributes.contains(Attributes::DYNAMIC) {
            return match value {
                // A mistake in what `RANDOM` and `SECONDS` are given is complained about, no more.
                Break(Unwind::Abandon(_)) if name == *bash_session::names::RANDOM => Continue(()),
                Break(Unwind::Abandon(_)) if name == *bash_session::names::SECONDS => {
                    self.assign_dynamic(target, Value::Integer(0))
                }
                value => self.assign_dynamic(target, value?),
            };
        }
        let value = value?;
        let is_text = !matches!(value, Value::Indexed(_) | Value::Associative(_))
            && matches!(target, AssignTarget::Whole(_));
        self.store(target, value);
        if is_text && self.option(SetOption::AllExport) {
            self.session.variables.change_attributes(name, Attributes::EXPORT, Attributes::empty());
        }
        if attributes.contains(Attributes::WATCHED) {
            self.after_assignment(name);
        }
        Continue(())
    }

    /// The value after `+=` and the attributes have had their say.
    fn final_value(
        &mut self,
        target: &AssignTarget,
        value: Value,
        mode: AssignMode,
        attributes: Attributes,
    ) -> Flow<Value> {
        if matches!(value, Value::Indexed(_) | Value::Associative(_)) {
            return Continue(value);
        }
        if attributes.contains(Attributes::INTEGER) {
            let added = self.integer_assigned(target, &value)?;
            let old = match (mode, self.read_target(target)?) {
                (AssignMode::Append, Some(old)) => self.integer_of(&Value::Text(old))?,
                _ => 0,
            };
            return Continue(Value::Integer(old.wrapping_add(added)));
        }
        let mut value = value;
        if mode == AssignMode::Append
            && let Some(mut old) = self.read_target(target)?
        {
            self.admit_text(old.len() + value.text().map_or(0, |text| text.len()))?;
            old.push(&value.text().unwrap_or_default());
            value = Value::Text(old);
        }
        if attributes.intersects(Attributes::TRANSFORMING) {
            let text = value.text().unwrap_or_default();
            value = Value::Text(crate::expand::param::case::for_attributes(
                &text,
                attributes,
                self.session.charset,
            ));
        }
        Continue(value)
    }

    /// The number that is assigned to `target`. A variable counts as set while its own value is worked out.
    fn integer_assigned(&mut self, target: &AssignTarget, value: &Value) -> Flow<i64> {
        let AssignTarget::Whole(name) = target else { return self.integer_of(value) };
        if !self.option(SetOption::NoUnset) || value.integer().is_some() || self.value(*name)? != Value::Unset
        {
            return self.integer_of(value);
        }
        self.session.variables.set(*name, Value::Text(Text::default()));
        let flow = self.integer_of(value);
        let is_untouched = self.value(*name)?.text().is_some_and(|text| text.is_empty());
        if flow.is_break() && is_untouched {
            self.session.variables.set(*name, Value::Unset);
        }
        flow
    }

    /// The number that a variable with the integer attribute gets. A mistake in it is no mistake of whoever assigns, and
    /// a failure before it remains the last one.
    pub(crate) fn attribute_value(&mut self, text: &[u8]) -> Flow<i64> {
        match self.arith_text(text) {
            Break(Unwind::Discard(_)) if !self.session.status.is_success() => {
                Break(Unwind::Abandon(self.session.status))
            }
            Break(Unwind::Discard(status)) => Break(Unwind::Abandon(status)),
            flow => flow,
        }
    }

    fn integer_of(&mut self, value: &Value) -> Flow<i64> {
        match value.integer() {
            Some(number) => Continue(number),
            None => self.attribute_value(&value.text().unwrap_or_default()),
        }
    }

    fn store(&mut self, target: &AssignTarget, value: Value) {
        let cell = self.session.variables.cell(target.name());
        cell.attributes |= Attributes::DECLARED;
        match target {
            AssignTarget::Whole(_)
                if !cell.is_array() || matches!(value, Value::Indexed(_) | Value::Associative(_)) =>
            {
                match value {
                    Value::Indexed(_) => cell.attributes |= Attributes::INDEXED,
                    Value::Associative(_) => cell.attributes |= Attributes::ASSOCIATIVE,
                    _ => {}
                }
                cell.value = value;
            }
            AssignTarget::Whole(_) if cell.attributes.contains(Attributes::ASSOCIATIVE) => {
                set_key(cell, "0".into(), value.text().unwrap_or_default());
            }
            AssignTarget::Whole(_) => set_index(cell, 0, value.text().unwrap_or_default()),
            AssignTarget::Index(_, index) => set_index(cell, *index, value.text().unwrap_or_default()),
            AssignTarget::Key(_, key) => set_key(cell, key.clone(), value.text().unwrap_or_default()),
        }
    }
}

/// Takes `name[subscript]` apart. `None` if it is no such thing.
pub fn element_name(text: &[u8], reading: SubscriptReading) -> Option<(Name, &[u8])> {
    let open = text.iter().position(|byte| *byte == b'[')?;
    let close = match reading {
        SubscriptReading::Whole => text.iter().rposition(|byte| *byte == b']')?,
        SubscriptReading::AsIs => text.iter().position(|byte| *byte == b']')?,
        SubscriptReading::Expand => subscript_end(text, open).ok()?,
    };
    let name = Name::from_bytes(&text[..open])?;
    (close + 1 == text.len() && close > open + 1).then(|| (name, &text[open + 1..close]))
}

fn set_index(cell: &mut Variable, index: i64, text: Text) {
    if !matches!(cell.value, Value::Indexed(_)) {
        let mut array = IndexedArray::new();
        if let Some(old) = cell.value.text() {
            array.set(0, old);
        }
        cell.value = array.into();
        cell.attributes |= Attributes::INDEXED;
    }
    if let Value::Indexed(array) = &mut cell.value {
        Arc::make_mut(array).set(index, text);
    }
}

fn set_key(cell: &mut Variable, key: Text, text: Text) {
    if !matches!(cell.value, Value::Associative(_)) {
        cell.value = Value::Associative(Arc::default());
        cell.attributes |= Attributes::ASSOCIATIVE;
    }
    if let Value::Associative(array) = &mut cell.value {
        Arc::make_mut(array).set(key, text);
    }
}
