//! Parameter expansion: `$x`, `${x…}`.
//!
//! [`lookup`] finds what the parameter holds: nothing, one text or a list (`$@`, `${a[*]}`). Then one operator works on
//! it, element by element for a list, each operator in a file of its own.

pub(crate) mod case;
mod default;
mod indirect;
mod length;
mod lookup;
mod names;
mod replace;
mod slice;
mod transform;
mod trim;

use super::Quoting;
use super::fields::{Fields, ListForm};
use crate::{Flow, Shell, Unwind};
use bash_parser::Name;
use bash_parser::ast::{ParamExpansion, ParamOperator, Parameter, Special, Subscript, WordPart};
use bash_session::{Attributes, SetOption, Status, Text, TrapCondition, Value};
use std::ops::ControlFlow::{Break, Continue};

/// Which of the two list forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListKind {
    /// `$@`, `${a[@]}`: separate fields even in double quotes.
    At,
    /// `$*`, `${a[*]}`: joined in double quotes.
    Star,
}

/// What a parameter holds.
#[derive(Clone, Debug)]
pub(crate) enum ParamValue {
    /// Nothing.
    Unset,
    /// A text.
    Scalar(Text),
    /// The elements of a list.
    List(Vec<Text>, ListKind),
}

/// Whether a part is a list like `$@`: double quotes around an empty one stand for no field at all.
pub(super) fn is_list(part: &WordPart) -> bool {
    let WordPart::Param(expansion) = part else { return false };
    let at = is_at(expansion) || matches!(expansion.operator, ParamOperator::NamesWithPrefix { at: true });
    let plain = matches!(
        expansion.operator,
        ParamOperator::Value
            | ParamOperator::Keys
            | ParamOperator::NamesWithPrefix { .. }
            | ParamOperator::Slice { .. }
            | ParamOperator::Trim { .. }
            | ParamOperator::Replace { .. }
            | ParamOperator::Case { .. }
            | ParamOperator::Transform(_)
            | ParamOperator::Default { .. }
    );
    plain && (at || expansion.indirect)
}

/// Whether a part in double quotes makes fields of its own of the elements of changed lists beside it (`"$@${*^}"`): so does
/// any list like `$@`, but for the parameter of `:-` and its like.
pub(super) fn separates_lists(part: &WordPart) -> bool {
    let WordPart::Param(expansion) = part else { return false };
    match &expansion.operator {
        ParamOperator::Default { word, .. } => word.parts.iter().any(separates_lists),
        ParamOperator::NamesWithPrefix { at } => *at,
        _ => is_list(part) && is_at(expansion),
    }
}

/// Whether a part is a list of any kind: `$@`, `$*`, `${a[*]}`.
pub(crate) fn is_any_list(part: &WordPart) -> bool {
    let WordPart::Param(expansion) = part else { return false };
    matches!(expansion.parameter, Parameter::Special(Special::At | Special::Star))
        || matches!(expansion.subscript.as_deref(), Some(Subscript::At | Subscript::Star))
}

/// Whether it speaks of `$@` or `${a[@]}`.
fn is_at(expansion: &ParamExpansion) -> bool {
    matches!(expansion.parameter, Parameter::Special(Special::At))
        || matches!(expansion.subscript.as_deref(), Some(Subscript::At))
}

/// Whether there is no value for an operator to work on, whose words are not even expanded then.
fn is_nothing(expansion: &ParamExpansion, value: &ParamValue) -> bool {
    match value {
        ParamValue::Unset => true,
        ParamValue::List(items, _) => {
            items.is_empty() && matches!(expansion.parameter, Parameter::Variable(_))
        }
        ParamValue::Scalar(_) => false,
    }
}

/// Whether a part is `$@` or `${a[@]}`.
pub(super) fn is_plain_list(part: &WordPart) -> bool {
    is_list(part)
        && matches!(part, WordPart::Param(expansion)
            if !expansion.indirect && expansion.operator == ParamOperator::Value)
}

impl Shell {
    /// Expands `$x` or `${x…}` into `fields`.
    pub(super) fn expand_param(
        &mut self,
        expansion: &ParamExpansion,
        quoting: Quoting,
        fields: &mut Fields,
    ) -> Flow<()> {
        if let (ParamOperator::Value, Parameter::Variable(name), None, false) =
            (&expansion.operator, expansion.parameter, expansion.subscript.as_deref(), expansion.indirect)
            && let Some(cell) = self.session.variables.get(name)
            && !cell.attributes.intersects(Attributes::NAMEREF | Attributes::DYNAMIC)
            && let Some(text) = cell.value.text()
        {
            fields.push_result(&text, quoting);
            return Continue(());
        }
        match &expansion.operator {
            ParamOperator::Bad(bad) => match self.bad_transformation(&bad.source, &bad.within)? {
                true => Continue(()),
                false => self.bad_substitution(&bad.within),
            },
            ParamOperator::Default { action, or_empty, word } => {
                self.expand_default(expansion, (*action, *or_empty, word), quoting, fields)
            }
            ParamOperator::Transform(b'A') => {
                let (lead, value) = self.param_declaration(expansion)?;
                push_declaration(&lead, value, quoting, fields);
                Continue(())
            }
            _ => {
                let value = self.param_value(expansion, quoting)?;
                if quoting == Quoting::Double
                    && matches!(&value, ParamValue::Scalar(text) if text.is_empty())
                    && self.leaves_quoted_null(expansion)?
                {
                    fields.note_null();
                }
                push_value((value, form_of(expansion)), quoting, fields);
                Continue(())
            }
        }
    }

    /// The value of an expansion after its operator (any but the `:-` family).
    pub(super) fn param_value(&mut self, expansion: &ParamExpansion, quoting: Quoting) -> Flow<ParamValue> {
        match &expansion.operator {
            ParamOperator::NamesWithPrefix { at } => {
                let list = if *at { ListKind::At } else { ListKind::Star };
                return Continue(self.names_with_prefix(expansion, list, quoting));
            }
            ParamOperator::Keys => return self.array_keys(expansion),
            ParamOperator::Length => return self.param_length(expansion),
            ParamOperator::Slice { offset, length } => {
                return self.param_slice(expansion, offset, length.as_deref());
            }
            ParamOperator::Transform(letter) => return self.param_transform(expansion, *letter),
            _ => {}
        }
        let value = self.checked_lookup(expansion)?;
        if is_nothing(expansion, &value) {
            return Continue(value);
        }
        match &expansion.operator {
            ParamOperator::Trim { end, longest, pattern } => {
                let trim = self.trim(*end, *longest, pattern)?;
                let trimmed = value.map(|text| trim.apply(text));
                Continue(self.joined_without_separators(trimmed, expansion, quoting))
            }
            ParamOperator::Replace { anchor, pattern, replacement } => {
                let replacement = replacement.as_deref().map(|word| (word, quoting));
                self.param_replace(value, *anchor, pattern, replacement)
            }
            ParamOperator::Case { change, all, pattern } => {
                self.param_case(value, *change, *all, pattern.as_deref())
            }
            _ => Continue(value),
        }
    }

    /// Whether the nothing that an operator makes of a text counts as a field beside an empty list (`"${x%?}$@"`).
    fn leaves_quoted_null(&mut self, expansion: &ParamExpansion) -> Flow<bool> {
        Continue(match &expansion.operator {
            ParamOperator::Slice { .. }
            | ParamOperator::Replace { .. }
            | ParamOperator::Case { .. }
            | ParamOperator::Transform(_) => true,
            ParamOperator::Trim { .. } => match (expansion.parameter, expansion.subscript.as_deref()) {
                (Parameter::Variable(name), None) => self.text(name)?.is_some_and(|text| !text.is_empty()),
                _ => false,
            },
            _ => false,
        })
    }

    /// The elements of an array that were trimmed are one text if `IFS` is empty: not those of `$@`, and not in quotes.
    fn joined_without_separators(
        &self,
        value: ParamValue,
        expansion: &ParamExpansion,
        quoting: Quoting,
    ) -> ParamValue {
        match value {
            ParamValue::List(items, _)
                if items.len() > 1
                    && quoting != Quoting::Double
                    && matches!(expansion.parameter, Parameter::Variable(_))
                    && self
                        .plain_text(*bash_session::names::IFS)
                        .is_some_and(|separators| separators.is_empty()) =>
            {
                ParamValue::Scalar(items.join(&b' ').into())
            }
            value => value,
        }
    }

    /// What the parameter holds; under `set -u` an unset one is an error.
    fn checked_lookup(&mut self, expansion: &ParamExpansion) -> Flow<ParamValue> {
        let value = self.lookup(expansion)?;
        if matches!(value, ParamValue::Unset) && self.option(SetOption::NoUnset) {
            let mut name = self.param_text(expansion);
            if !matches!(expansion.parameter, Parameter::Variable(_)) && !expansion.braces {
                name.insert(0, b'$');
            }
            if expansion.indirect {
                name.insert(0, b'!');
            }
            return self.unbound(&name);
        }
        Continue(value)
    }

    /// `x: unbound variable`, which ends a script.
    pub(crate) fn unbound<T>(&mut self, name: &[u8]) -> Flow<T> {
        self.error([name, b": unbound variable"].concat());
        if self.session.options.interactive {
            return self.discard();
        }
        Break(Unwind::Exit(self.fatal_expansion_status()))
    }

    /// `${x@Z}`: nothing if the parameter is unset, otherwise the end of the shell. `false`: it is another mistake.
    fn bad_transformation(&mut self, source: &[u8], within: &[u8]) -> Flow<bool> {
        let inner = source.strip_prefix(b"${").and_then(|rest| rest.strip_suffix(b"}")).unwrap_or_default();
        let end = inner
            .iter()
            .position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_'))
            .unwrap_or(inner.len());
        let Some(name) = Name::from_bytes(&inner[..end]) else { return Continue(false) };
        let rest = [&b"[@]"[..], b"[*]"]
            .iter()
            .find_map(|list| inner[end..].strip_prefix(*list))
            .unwrap_or(&inner[end..]);
        if !rest.starts_with(b"@") {
            return Continue(false);
        }
        if self.value(name)? == Value::Unset {
            return Continue(true);
        }
        self.error([within, b": bad substitution"].concat());
        Break(Unwind::Exit(self.fatal_expansion_status()))
    }

    /// The status of a shell that ends for an expansion: only `-c` has one of its own, without errexit. The EXIT trap ends
    /// with the status that it began with.
    pub(crate) fn fatal_expansion_status(&self) -> Status {
        let main = self.session.subshell_depth == 0;
        let errexit = self.option(SetOption::ErrExit);
        if self.running_traps.first() == Some(&TrapCondition::Exit) && !errexit {
            return self.trap_status;
        }
        match self.session.options.from_argument && main && !errexit {
            true => Status::NOT_FOUND,
            false => Status::FAILURE,
        }
    }

    /// `${…}: bad substitution`
    pub(crate) fn bad_substitution<T>(&mut self, source: &[u8]) -> Flow<T> {
        self.error([source, b": bad substitution"].concat());
        self.discard_unless_errexit()
    }
}

/// What an expansion's operator makes of a list.
pub(super) fn form_of(expansion: &ParamExpansion) -> ListForm {
    match &expansion.operator {
        _ if expansion.indirect => ListForm::Plain,
        ParamOperator::Value if expansion.subscript.is_some() => ListForm::PlainArray,
        ParamOperator::Trim { .. } | ParamOperator::Transform(_) | ParamOperator::NamesWithPrefix { .. } => {
            ListForm::Transformed
        }
        ParamOperator::Slice { .. } => ListForm::Cut,
        ParamOperator::Replace { .. } | ParamOperator::Case { .. } | ParamOperator::Keys => {
            ListForm::Operated
        }
        _ => ListForm::Plain,
    }
}

pub(super) fn push_value((value, form): (ParamValue, ListForm), quoting: Quoting, fields: &mut Fields) {
    match value {
        ParamValue::Unset if quoting == Quoting::Double => fields.push_quoted(b""),
        ParamValue::Unset => {}
        ParamValue::Scalar(text) => fields.push_result(&text, quoting),
        ParamValue::List(items, list) => {
            if items.is_empty() && list == ListKind::Star && quoting == Quoting::Double {
                fields.push_quoted(b"");
            }
            fields.push_list(&items, (list, form), quoting);
        }
    }
}

/// `${a[@]@A}`: the beginning of the command that makes it again, and its values.
fn push_declaration(lead: &[u8], value: ParamValue, quoting: Quoting, fields: &mut Fields) {
    if let ParamValue::List(_, list) = value {
        fields.push_lead(lead, list, quoting);
    }
    push_value((value, ListForm::Transformed), quoting, fields);
}

impl ParamValue {
    /// Applies an operator to each text.
    fn map(self, mut operate: impl FnMut(&Text) -> Text) -> ParamValue {
        match self {
            ParamValue::Unset => ParamValue::Unset,
            ParamValue::Scalar(text) => ParamValue::Scalar(operate(&text)),
            ParamValue::List(items, list) => ParamValue::List(items.iter().map(operate).collect(), list),
        }
    }

    /// Whether `${x-…}` counts it as unset.
    fn is_unset(&self) -> bool {
        match self {
            ParamValue::Unset => true,
            ParamValue::Scalar(_) => false,
            ParamValue::List(items, _) => items.is_empty(),
        }
    }

    /// Whether `${x:-…}` counts it as unset or empty.
    fn is_empty(&self) -> bool {
        match self {
            ParamValue::Unset => true,
            ParamValue::Scalar(text) => text.is_empty(),
            ParamValue::List(items, _) => items.is_empty() || (items.len() == 1 && items[0].is_empty()),
        }
    }
}
