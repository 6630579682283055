//! The index that a subscript of an indexed array stands for.
//!
//! A negative one counts from the end, of an array that was there before its subscript was evaluated: `a[--a[0]]` makes
//! the array in which it would have to count.

use super::AssignTarget;
use crate::{Flow, Shell};
use bash_parser::Name;
use bash_session::Value;
use std::ops::ControlFlow::Continue;

/// What a subscript of an indexed array was evaluated to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FoundIndex {
    /// A number, which counts from the end if it is negative.
    At(i64),
    /// A negative number for an array that there was not.
    Before,
}

impl Shell {
    /// An indexed target; negative subscripts count from the end.
    pub(super) fn index_target(
        &mut self,
        name: Name,
        index: FoundIndex,
        source: &[u8],
    ) -> Flow<AssignTarget> {
        match self.index_from_end(name, index)? {
            Some(index) => Continue(AssignTarget::Index(name, index)),
            None => self.bad_subscript(name, source),
        }
    }

    /// Evaluates a subscript of `name`. It cannot count from the end of an array that it makes itself.
    pub(crate) fn index_in(
        &mut self,
        name: Name,
        evaluate: impl FnOnce(&mut Shell) -> Flow<i64>,
    ) -> Flow<FoundIndex> {
        let is_there = self.session.variables.get(name).is_some();
        Continue(match evaluate(self)? {
            index if index < 0 && !is_there => FoundIndex::Before,
            index => FoundIndex::At(index),
        })
    }

    /// The index that a negative one stands for; `None` before the start.
    pub(crate) fn index_from_end(&mut self, name: Name, index: FoundIndex) -> Flow<Option<i64>> {
        let index = match index {
            FoundIndex::Before => return Continue(None),
            FoundIndex::At(index) if index >= 0 => return Continue(Some(index)),
            FoundIndex::At(index) => index,
        };
        let end = match self.value(name)? {
            Value::Indexed(array) => array.end(),
            Value::Unset => 0,
            _ => 1,
        };
        let index = index.wrapping_add(end);
        Continue((index >= 0).then_some(index))
    }
}
