//! The undo log of subshells that run on the same thread.
//!
//! At depth 0 nothing is logged. Inside a subshell, the first write to a cell at each depth saves what the cell held;
//! the cell's stamp remembers that depth, so that a loop's later writes cost nothing.

use super::exported::Exported;
use super::scope::Scopes;
use super::{Variable, Variables};
use bash_parser::Name;
use std::sync::Arc;

/// The log. Not copied into clones: a copy is a shell of its own that never rolls back past its birth.
#[derive(Default)]
pub(super) struct UndoLog {
    saved: Vec<(Name, Variable)>,
    marks: Vec<Frame>,
    /// The depth at which the whole state began; stamps below it mean "not saved".
    base: u32,
}

struct Frame {
    saved: usize,
    hidden: usize,
    starts: usize,
    exported: Arc<Exported>,
    environment_version: u64,
    /// The scopes as they were, once something changed them other than by pushing.
    scopes: Option<Scopes>,
}

impl Clone for UndoLog {
    fn clone(&self) -> UndoLog {
        UndoLog { saved: Vec::new(), marks: Vec::new(), base: self.depth() }
    }
}

/// Proof that a subshell was entered; see [`Variables::mark`].
#[must_use]
pub struct Mark(usize);

impl UndoLog {
    pub(super) fn depth(&self) -> u32 {
        self.base + self.marks.len() as u32
    }

    pub(super) fn save(&mut self, name: Name, variable: &mut Variable) {
        let depth = self.depth();
        if !self.marks.is_empty() {
            self.saved.push((name, variable.clone()));
        }
        variable.stamp = depth;
    }

    /// What the variables held that will be restored.
    pub(super) fn saved_variables(&self) -> impl Iterator<Item = &Variable> {
        self.saved.iter().map(|(_, variable)| variable)
    }

    pub(super) fn keep_scopes(&mut self, scopes: &Scopes) {
        if let Some(frame) = self.marks.last_mut() {
            frame.scopes.get_or_insert_with(|| scopes.clone());
        }
    }
}

impl Variables {
    /// Enters a subshell: everything from here on is undone by [`Variables::roll_back`].
    pub fn mark(&mut self) -> Mark {
        self.undo.marks.push(Frame {
            saved: self.undo.saved.len(),
            hidden: self.scopes.hidden.len(),
            starts: self.scopes.starts.len(),
            exported: self.exported.clone(),
            environment_version: self.environment_version,
            scopes: None,
        });
        Mark(self.undo.marks.len())
    }

    /// Leaves the subshell of `mark`: every variable is again what it was.
    pub fn roll_back(&mut self, mark: Mark) {
        while self.undo.marks.len() >= mark.0 {
            let Some(frame) = self.undo.marks.pop() else { return };
            while self.undo.saved.len() > frame.saved {
                let Some((name, variable)) = self.undo.saved.pop() else { break };
                self.restore(name, variable);
            }
            if let Some(scopes) = frame.scopes {
                self.scopes = scopes;
            }
            self.scopes.hidden.truncate(frame.hidden);
            self.scopes.starts.truncate(frame.starts);
            self.exported = frame.exported;
            self.environment_version = frame.environment_version;
        }
    }

    fn restore(&mut self, name: Name, variable: Variable) {
        let index = name.index();
        if let Some(place) = self.chunks.get_mut(index / super::CHUNK) {
            place.own().0[index % super::CHUNK] = variable;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ScopeKind, Value};
    use super::*;

    #[test]
    fn rolling_back_restores_values_attributes_and_scopes() {
        let (mut variables, x, y) = (Variables::default(), Name::new("x"), Name::new("y"));
        variables.set(x, "1");
        variables.push_scope(ScopeKind::Function);
        variables.make_local(y);
        variables.set(y, "local");
        let mark = variables.mark();
        variables.set(x, "2");
        variables.set(x, "3");
        variables.remove(y);
        variables.make_local(x);
        variables.push_scope(ScopeKind::Function);
        variables.make_local(y);
        variables.set(y, "deeper");
        variables.roll_back(mark);
        assert_eq!(variables.get(x).map(|cell| cell.value.clone()), Some(Value::from("1")));
        assert_eq!(variables.get(y).map(|cell| cell.value.clone()), Some(Value::from("local")));
        variables.pop_scope();
        assert!(variables.get(y).is_none());
    }

    #[test]
    fn scopes_opened_in_a_subshell_are_gone_though_it_changed_them() {
        let (mut variables, x) = (Variables::default(), Name::new("x"));
        variables.push_scope(ScopeKind::Function);
        let mark = variables.mark();
        variables.push_scope(ScopeKind::Temporary);
        variables.make_temporary(x);
        variables.keep_temporary(x);
        variables.roll_back(mark);
        assert_eq!(variables.scope_depth(), 1);
    }

    #[test]
    fn marks_nest() {
        let (mut variables, x) = (Variables::default(), Name::new("x"));
        variables.set(x, "0");
        let outer = variables.mark();
        variables.set(x, "1");
        let inner = variables.mark();
        variables.set(x, "2");
        variables.roll_back(inner);
        assert_eq!(variables.get(x).map(|cell| cell.value.clone()), Some(Value::from("1")));
        variables.set(x, "3");
        variables.roll_back(outer);
        assert_eq!(variables.get(x).map(|cell| cell.value.clone()), Some(Value::from("0")));
    }

    #[test]
    fn a_clone_is_independent() {
        let (mut variables, x) = (Variables::default(), Name::new("x"));
        variables.set(x, "0");
        let mark = variables.mark();
        variables.set(x, "1");
        let mut copy = variables.clone();
        copy.set(x, "copy");
        let inner = copy.mark();
        copy.set(x, "deeper");
        copy.roll_back(inner);
        assert_eq!(copy.get(x).map(|cell| cell.value.clone()), Some(Value::from("copy")));
        variables.roll_back(mark);
        assert_eq!(variables.get(x).map(|cell| cell.value.clone()), Some(Value::from("0")));
    }
}
