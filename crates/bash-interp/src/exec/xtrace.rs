//! `set -x`: commands are printed before they run.

use crate::{Flow, Shell};
use bash_parser::ast::{ArithText, Assignment, ForLoop, Word};
use bash_session::Text;
use std::ops::ControlFlow::Continue;

impl Shell {
    /// `+ word word`
    pub(super) fn trace_words(&mut self, _words: &[Text]) -> Flow<()> {
        Continue(())
    }

    /// `+ name=value`
    pub(super) fn trace_assignment(&mut self, _assignment: &Assignment) -> Flow<()> {
        Continue(())
    }

    /// `+ (( … ))`
    pub(super) fn trace_arith(&mut self, _text: &ArithText) -> Flow<()> {
        Continue(())
    }

    /// `+ for x in …`
    pub(super) fn trace_for(&mut self, _looped: &ForLoop) -> Flow<()> {
        Continue(())
    }

    /// `+ case word in`
    pub(super) fn trace_case(&mut self, _word: &Word) -> Flow<()> {
        Continue(())
    }
}
