//! `${x:-word}` `${x:=word}` `${x:?word}` `${x:+word}`, and the same without the colon.

use super::super::Quoting;
use super::super::fields::{Fields, ListForm};
use super::{ListKind, ParamValue, push_value};
use crate::{Flow, Shell, Unwind};
use bash_parser::ast::{DefaultAction, ParamExpansion, Parameter, Subscript, Word};
use bash_session::{Status, Text, names};
use std::ops::ControlFlow::{Break, Continue};

impl Shell {
    /// Expands with one of the four operators.
    pub(super) fn expand_default(
        &mut self,
        expansion: &ParamExpansion,
        (action, or_empty, word): (DefaultAction, bool, &Word),
        quoting: Quoting,
        fields: &mut Fields,
    ) -> Flow<()> {
        let value = self.lookup(expansion)?;
        let missing = if or_empty { self.counts_as_empty(&value, quoting, fields) } else { value.is_unset() };
        match (action, missing) {
            (DefaultAction::Alternative, true) => {
                match &value {
                    ParamValue::List(items, ListKind::At) if items.is_empty() => fields.note_empty_list(),
                    _ if quoting == Quoting::Double => fields.push_quoted(b""),
                    _ => {}
                }
                Continue(())
            }
            (DefaultAction::Alternative, false) | (DefaultAction::Use, true) => {
                self.expand_operand(word, quoting, fields)
            }
            (_, false) => {
                push_value((value, ListForm::Plain), quoting, fields);
                Continue(())
            }
            (DefaultAction::Assign, true) => {
                let text = match quoting {
                    Quoting::Double => self.expand_in_quotes(word)?,
                    _ => self.expand_assigned_string(word)?,
                };
                let text = self.assign_default(expansion, text)?;
                fields.push_result(&text, quoting);
                if expansion.parameter == Parameter::Variable(*names::IFS) {
                    fields.follow_ifs(self);
                }
                Continue(())
            }
            (DefaultAction::Error, true) => self.missing_parameter(expansion, word, quoting, or_empty),
        }
    }

    /// `"$*"` counts as empty if joining it gives nothing; in an assignment an empty `$@` of one item does not.
    fn counts_as_empty(&self, value: &ParamValue, quoting: Quoting, fields: &Fields) -> bool {
        match value {
            ParamValue::List(items, ListKind::Star) if items.len() > 1 => {
                let joined = quoting == Quoting::Double && self.ifs_joiner().is_empty();
                joined && items.iter().all(|text| text.is_empty())
            }
            ParamValue::List(items, list)
                if items.len() == 1 && quoting != Quoting::Double && fields.is_assigned() =>
            {
                *list == ListKind::Star && self.ifs_joiner().is_empty() && items[0].is_empty()
            }
            value => value.is_empty(),
        }
    }

    fn expand_operand(&mut self, word: &Word, quoting: Quoting, fields: &mut Fields) -> Flow<()> {
        if quoting == Quoting::Double {
            match word.parts.is_empty() {
                true => fields.push_quoted(b""),
                false => fields.note_null(),
            }
        }
        let quoting = if quoting == Quoting::Double { Quoting::Double } else { Quoting::Operand };
        self.expand_parts(&word.parts, quoting, fields)
    }

    fn operand_text(&mut self, word: &Word, quoting: Quoting) -> Flow<Text> {
        match quoting {
            Quoting::Double => self.expand_in_quotes(word),
            _ => self.expand_string(word),
        }
    }

    /// Assigns the default; the value is what the variable then holds.
    fn assign_default(&mut self, expansion: &ParamExpansion, text: Text) -> Flow<Text> {
        let target = match (expansion.indirect, expansion.parameter) {
            (true, _) => match self.indirect_target(expansion)? {
                Some(target) => target,
                None => return self.invalid_indirect(expansion),
            },
            (false, Parameter::Variable(name)) => match self.target(name, expansion.subscript.as_deref()) {
                // Of an array as a whole: a mistake with a status of its own.
                Break(Unwind::Discard(_)) if is_whole_array(expansion) => {
                    if self.is_posix() && !self.session.options.interactive {
                        return Break(Unwind::Exit(self.fatal_expansion_status()));
                    }
                    let is_inner = self.session.options.from_argument || self.trace_level > 0;
                    let status = if is_inner { Status::FAILURE } else { Status::USAGE };
                    self.session.status = status;
                    return Break(Unwind::Discard(status));
                }
                target => target?,
            },
            (false, _) => return self.cannot_assign(expansion),
        };
        let flow = self.assign_to(&target, text.clone(), crate::assign::AssignMode::Replace);
        self.end_if_posix(flow)?;
        if self.compatibility() <= 51 {
            return Continue(text);
        }
        Continue(self.read_target(&target)?.unwrap_or(text))
    }

    fn cannot_assign<T>(&mut self, expansion: &ParamExpansion) -> Flow<T> {
        let name = self.param_text(expansion);
        self.grave_error([b"$", &name[..], b": cannot assign in this way"].concat())?;
        self.discard_or_end()
    }

    fn missing_parameter(
        &mut self,
        expansion: &ParamExpansion,
        word: &Word,
        quoting: Quoting,
        or_empty: bool,
    ) -> Flow<()> {
        let mut message = self.param_text(expansion);
        if expansion.indirect {
            message.insert(0, b'!');
        }
        message.extend_from_slice(b": ");
        self.session.status = Status::FAILURE;
        let text = self.operand_text(word, quoting)?;
        match (text.is_empty() && word.parts.is_empty(), or_empty) {
            (true, true) => message.extend_from_slice(b"parameter null or not set"),
            (true, false) => message.extend_from_slice(b"parameter not set"),
            (false, _) => message.extend_from_slice(&text),
        }
        self.error(message);
        if self.session.options.interactive {
            return self.discard();
        }
        Break(Unwind::Exit(self.fatal_expansion_status()))
    }
}

fn is_whole_array(expansion: &ParamExpansion) -> bool {
    matches!(expansion.subscript.as_deref(), Some(Subscript::At | Subscript::Star))
}
