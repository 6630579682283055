//! What a parameter holds.

use super::{ListKind, ParamValue};
use crate::assign::FoundIndex;
use crate::{AssignTarget, Flow, Shell};
use bash_parser::Name;
use bash_parser::ast::{ParamExpansion, Parameter, Special, Subscript, WordPart};
use bash_session::{Lookup, Text, Value};
use std::ops::ControlFlow::Continue;

impl Shell {
    /// The value of an expansion's parameter, before its operator; indirection followed.
    pub(super) fn lookup(&mut self, expansion: &ParamExpansion) -> Flow<ParamValue> {
        if expansion.indirect {
            return self.lookup_indirect(expansion);
        }
        self.lookup_parameter(expansion.parameter, expansion.subscript.as_deref())
    }

    /// The value of a parameter.
    pub(super) fn lookup_parameter(
        &mut self,
        parameter: Parameter,
        subscript: Option<&Subscript>,
    ) -> Flow<ParamValue> {
        match parameter {
            Parameter::Variable(name) => match subscript {
                None => self.lookup_variable(name),
                Some(subscript) => self.lookup_element(name, subscript),
            },
            Parameter::Positional(0) => Continue(ParamValue::Scalar(self.session.params.name.clone())),
            Parameter::Positional(number) => Continue(
                self.session.params.get(number).cloned().map_or(ParamValue::Unset, ParamValue::Scalar),
            ),
            Parameter::Special(special) => Continue(self.special_value(special)),
        }
    }

    fn lookup_variable(&mut self, name: Name) -> Flow<ParamValue> {
        if let Some(value) = self.plain_value(name) {
            return Continue(value.text().map_or(ParamValue::Unset, ParamValue::Scalar));
        }
        if let Lookup::Element(array, text) = self.session.variables.resolve(name)
            && matches!(&text[..], b"@" | b"*")
        {
            let list = if text == b"@" { ListKind::At } else { ListKind::Star };
            return Continue(elements(self.value(array)?, list));
        }
        Continue(self.text(name)?.map_or(ParamValue::Unset, ParamValue::Scalar))
    }

    fn lookup_element(&mut self, name: Name, subscript: &Subscript) -> Flow<ParamValue> {
        if self.refers_to_element(name) {
            if let Subscript::Text { arith, .. } = subscript {
                let index = self.subscript_arith(arith)?;
                if index < 0 {
                    self.grave_error([name.as_bytes(), b": bad array subscript"].concat())?;
                }
            }
            let list = |list| ParamValue::List(Vec::new(), list);
            return Continue(match subscript {
                Subscript::At => list(ListKind::At),
                Subscript::Star => list(ListKind::Star),
                Subscript::Text { .. } => ParamValue::Unset,
            });
        }
        let list = match subscript {
            Subscript::At => ListKind::At,
            Subscript::Star => ListKind::Star,
            Subscript::Text { .. } => {
                if let Some(text) = self.plain_element(name, subscript) {
                    return Continue(ParamValue::Scalar(text));
                }
                let Some(target) = self.element_to_read(name, subscript)? else {
                    return Continue(ParamValue::Unset);
                };
                return Continue(self.read_target(&target)?.map_or(ParamValue::Unset, ParamValue::Scalar));
            }
        };
        Continue(elements(self.value(name)?, list))
    }

    /// Whether a name is a reference to an element: with one more subscript it stands for nothing.
    pub(super) fn refers_to_element(&self, name: Name) -> bool {
        self.is_reference(name) && matches!(self.session.variables.resolve(name), Lookup::Element(..))
    }

    /// The element of an ordinary array, if it is there and finding it has no effect: the index is sure, or the key is known.
    pub(in crate::expand) fn plain_element(&self, name: Name, subscript: &Subscript) -> Option<Text> {
        self.sure_element(name, subscript)?
    }

    /// The element, or that there is none, if finding it has no effect.
    pub(in crate::expand) fn sure_element(&self, name: Name, subscript: &Subscript) -> Option<Option<Text>> {
        let Subscript::Text { word, arith, .. } = subscript else { return None };
        match self.plain_value(name)? {
            Value::Indexed(array) => {
                let index = self.sure_number(arith).filter(|index| *index >= 0)?;
                Some(array.get(index).cloned())
            }
            Value::Associative(array) => match (&word.constant, &*word.parts) {
                (Some(key), _) if !key.is_empty() => Some(array.get(key).cloned()),
                (None, [WordPart::Param(expansion)]) => {
                    let key = self.plain_parameter(expansion).filter(|key| !key.is_empty())?;
                    Some(array.get(&key).cloned())
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The element to read; a negative subscript beyond the start is complained about and reads as unset.
    fn element_to_read(&mut self, name: Name, subscript: &Subscript) -> Flow<Option<AssignTarget>> {
        let name = match self.session.variables.resolve(name) {
            Lookup::Plain(name) => name,
            _ => name,
        };
        let Subscript::Text { source, word, arith } = subscript else { return Continue(None) };
        if self.is_associative(name) {
            let key = self.expand_key(word)?;
            if key.is_empty() {
                self.grave_error([name.as_bytes(), b": bad array subscript"].concat())?;
                return Continue(None);
            }
            return Continue(Some(AssignTarget::Key(name, key)));
        }
        if source.is_empty() {
            return self.bad_substitution(&[b"${", name.as_bytes(), b"[]}"].concat());
        }
        let index = self.index_in(name, |sh| sh.subscript_arith(arith))?;
        self.index_to_read(name, index)
    }

    /// The element at an index; one before the start is complained about.
    pub(crate) fn index_to_read(&mut self, name: Name, index: FoundIndex) -> Flow<Option<AssignTarget>> {
        let index = match index {
            FoundIndex::At(index) if index < 0 => index.saturating_add(self.array_end(name)?),
            FoundIndex::At(index) => index,
            FoundIndex::Before => -1,
        };
        if index < 0 {
            self.grave_error([name.as_bytes(), b": bad array subscript"].concat())?;
            return Continue(None);
        }
        Continue(Some(AssignTarget::Index(name, index)))
    }

    fn array_end(&mut self, name: Name) -> Flow<i64> {
        Continue(match self.value(name)? {
            Value::Indexed(array) => array.end(),
            _ => 0,
        })
    }

    fn special_value(&self, special: Special) -> ParamValue {
        let session = &self.session;
        ParamValue::Scalar(match special {
            Special::At => return ParamValue::List(session.params.as_slice().to_vec(), ListKind::At),
            Special::Star => return ParamValue::List(session.params.as_slice().to_vec(), ListKind::Star),
            Special::Count => Text::from_integer(session.params.count() as i64),
            Special::Status => Text::from_integer(i64::from(session.status.code())),
            Special::Flags => session.options.letters().as_str().into(),
            Special::ShellPid => Text::from_integer(i64::from(session.pid)),
            Special::BackgroundPid => match self.background_pid() {
                Some(pid) => Text::from_integer(i64::from(pid)),
                None => return ParamValue::Unset,
            },
        })
    }

    /// An expansion's parameter as messages name it: `x`, `a[1]`, `1`, `@`.
    pub(super) fn param_text(&self, expansion: &ParamExpansion) -> Vec<u8> {
        let mut text = parameter_text(expansion.parameter);
        match expansion.subscript.as_deref() {
            None => {}
            Some(Subscript::At) => text.extend_from_slice(b"[@]"),
            Some(Subscript::Star) => text.extend_from_slice(b"[*]"),
            Some(Subscript::Text { source, .. }) => {
                text.extend_from_slice(&[b"[", &source[..], b"]"].concat())
            }
        }
        text
    }

    /// A target as messages name it.
    pub(crate) fn target_text(&self, target: &AssignTarget) -> Vec<u8> {
        match target {
            AssignTarget::Whole(name) => name.as_bytes().to_vec(),
            AssignTarget::Index(name, index) => [name.as_bytes(), format!("[{index}]").as_bytes()].concat(),
            AssignTarget::Key(name, key) => [name.as_bytes(), b"[", &key[..], b"]"].concat(),
        }
    }
}

/// A parameter as it is written after `$`.
pub(super) fn parameter_text(parameter: Parameter) -> Vec<u8> {
    match parameter {
        Parameter::Variable(name) => name.as_bytes().to_vec(),
        Parameter::Positional(number) => number.to_string().into_bytes(),
        Parameter::Special(special) => vec![match special {
            Special::At => b'@',
            Special::Star => b'*',
            Special::Count => b'#',
            Special::Status => b'?',
            Special::Flags => b'-',
            Special::ShellPid => b'$',
            Special::BackgroundPid => b'!',
        }],
    }
}

/// The elements of an array; a scalar counts as one element.
pub(super) fn elements(value: Value, list: ListKind) -> ParamValue {
    let items = match value {
        Value::Unset => Vec::new(),
        Value::Indexed(array) => array.iter().map(|(_, text)| text.clone()).collect(),
        Value::Associative(array) => array.iter().map(|(_, text)| text.clone()).collect(),
        scalar => scalar.text().into_iter().collect(),
    };
    ParamValue::List(items, list)
}
