//! Scopes: `local` and temporary assignments, by setting the outer cell aside.

use super::{Attributes, Value, Variable, Variables};
use bash_parser::Name;

/// What opened a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeKind {
    /// A function call.
    Function,
    /// Assignments before a command that runs in the shell.
    Temporary,
}

/// The cells that inner scopes have set aside, oldest first, and where each scope begins among them.
#[derive(Clone, Default)]
pub(super) struct Scopes {
    pub(super) hidden: Vec<Hidden>,
    pub(super) starts: Vec<(ScopeKind, usize)>,
}

/// A cell set aside.
#[derive(Clone)]
pub(super) struct Hidden {
    name: Name,
    cell: Variable,
}

impl Hidden {
    pub(super) fn cell_footprint(&self) -> usize {
        size_of::<Hidden>() - size_of::<Variable>() + self.cell.footprint()
    }
}

impl Variables {
    /// Opens a scope.
    pub fn push_scope(&mut self, kind: ScopeKind) {
        self.scopes.starts.push((kind, self.scopes.hidden.len()));
    }

    /// Closes the innermost scope: the cells it hid come back. Gives the names among them that the shell watches.
    pub fn pop_scope(&mut self) -> Vec<Name> {
        let mut watched = Vec::new();
        let Some((_, start)) = self.scopes.starts.pop() else { return watched };
        while self.scopes.hidden.len() > start {
            let Some(Hidden { name, cell }) = self.scopes.hidden.pop() else { break };
            if cell.attributes.contains(Attributes::WATCHED) {
                watched.push(name);
            }
            self.put_back(name, cell);
        }
        watched
    }

    /// How many scopes are open.
    pub fn scope_depth(&self) -> usize {
        self.scopes.starts.len()
    }

    /// Whether a function's scope is open.
    pub fn in_function(&self) -> bool {
        self.scopes.starts.iter().any(|(kind, _)| *kind == ScopeKind::Function)
    }

    /// Whether `name` is local to the innermost function call.
    pub fn is_local(&self, name: Name) -> bool {
        self.function_start().is_some_and(|start| self.hides(start, name))
    }

    /// Makes `name` local to the innermost function call and gives its cell: a fresh undeclared one, or the one that
    /// is already local. An exported outer variable makes an exported local; a temporary one hands its value over.
    pub fn make_local(&mut self, name: Name) -> &mut Variable {
        let Some(scope) = self.function_scope() else { return self.cell(name) };
        let start = self.scopes.starts[scope].1;
        let outer = self.get(name).cloned();
        let temporary = outer.as_ref().is_some_and(|cell| cell.attributes.contains(Attributes::TEMPORARY));
        if self.hides(start, name) {
            if temporary {
                self.take_over_temporary(name, scope);
            }
            return self.cell(name);
        }
        self.hide(name, scope);
        let Some(outer) = outer else { return self.cell(name) };
        let exported = outer.attributes & Attributes::EXPORT;
        let cell = self.cell(name);
        cell.attributes |= exported;
        if temporary {
            cell.attributes |= outer.attributes - Attributes::TEMPORARY;
            cell.value = outer.value;
        }
        self.cell(name)
    }

    /// What `local name` and `local name=value` come to most of the time: a variable of no particular kind is made local to
    /// the innermost function call and takes the value. `false`: nothing was done, since there is more to it.
    pub fn declare_plain_local(&mut self, name: Name, value: Option<Value>) -> bool {
        let Some(&(ScopeKind::Function, start)) = self.scopes.starts.last() else { return false };
        let depth = self.undo.depth();
        let is_local = self.hides(start, name);
        let cell = self.cell(name);
        if !(cell.attributes - (Attributes::DECLARED | Attributes::LOCAL)).is_empty() {
            return false;
        }
        let attributes = Attributes::DECLARED | Attributes::LOCAL;
        if is_local {
            cell.attributes = attributes;
            if let Some(value) = value {
                cell.value = value;
            }
            return true;
        }
        let fresh = Variable { value: value.unwrap_or_default(), attributes, stamp: depth };
        let old = std::mem::replace(cell, fresh);
        self.scopes.hidden.push(Hidden { name, cell: old });
        true
    }

    /// Makes the visible temporary cell of `name` a local of the function scope with this number.
    fn take_over_temporary(&mut self, name: Name, scope: usize) {
        let start = self.scopes.starts[scope].1;
        let end = self.scopes.starts.get(scope + 1).map_or(self.scopes.hidden.len(), |(_, start)| *start);
        let Some(at) = self.scopes.hidden.iter().rposition(|hidden| hidden.name == name) else { return };
        self.undo.keep_scopes(&self.scopes);
        let cell = self.cell(name);
        cell.attributes -= Attributes::TEMPORARY;
        cell.attributes |= Attributes::LOCAL;
        if at < end {
            return;
        }
        let is_local = self.scopes.hidden[start..end].iter().any(|hidden| hidden.name == name);
        let outer = self.forget_hidden(at);
        if !is_local {
            self.scopes.hidden.insert(end, outer);
            for (_, start) in &mut self.scopes.starts[scope + 1..] {
                *start += 1;
            }
        }
    }

    /// Makes the value that a temporary assignment gave `name` outlast its command (`x=1 export x`).
    pub fn keep_temporary(&mut self, name: Name) {
        let is_temporary = self.get(name).is_some_and(|cell| cell.attributes.contains(Attributes::TEMPORARY));
        let last = self.scopes.hidden.iter().rposition(|hidden| hidden.name == name);
        let (true, Some(at)) = (is_temporary, last) else { return };
        // One that was made before the function was called is the function's.
        if self.scopes.starts.last().is_none_or(|(_, start)| at < *start) {
            return;
        }
        self.undo.keep_scopes(&self.scopes);
        let cell = self.cell(name);
        cell.attributes -= Attributes::TEMPORARY;
        self.forget_hidden(at);
    }

    /// Forgets what temporary assignments to running functions gave `name`: what a special builtin is given in POSIX mode
    /// goes to the variable beneath.
    pub fn reveal_under_temporary(&mut self, name: Name) {
        while self.get(name).is_some_and(|cell| cell.attributes.contains(Attributes::TEMPORARY))
            && !self.is_global(name)
        {
            self.unset(name, true);
        }
    }

    /// Exchanges the visible cell of `name` with the one outside all functions, if that is another. Doing it again
    /// puts both back (`declare -g`).
    pub fn exchange_with_global(&mut self, name: Name) {
        let Some(at) = self.scopes.hidden.iter().position(|hidden| hidden.name == name) else { return };
        self.undo.keep_scopes(&self.scopes);
        let depth = self.undo.depth();
        let mut outer = std::mem::take(&mut self.scopes.hidden[at].cell);
        outer.stamp = depth;
        let inner = std::mem::replace(self.cell(name), outer);
        self.scopes.hidden[at].cell = inner;
        self.environment_changes();
    }

    /// Whether the visible variable `name` is the one outside all functions.
    pub fn is_global(&self, name: Name) -> bool {
        !self.scopes.hidden.iter().any(|hidden| hidden.name == name)
    }

    /// Makes a fresh cell for `name` in the innermost scope of either kind.
    pub fn make_temporary(&mut self, name: Name) -> &mut Variable {
        let start = self.scopes.starts.last().map_or(0, |(_, start)| *start);
        if self.hides(start, name) {
            return self.cell(name);
        }
        let scope = self.scopes.starts.len().saturating_sub(1);
        let cell = self.hide(name, scope);
        cell.attributes |= Attributes::TEMPORARY;
        cell
    }

    /// The cell of `name` outside all functions (`declare -g`).
    pub fn global_cell(&mut self, name: Name) -> &mut Variable {
        match self.scopes.hidden.iter().position(|hidden| hidden.name == name) {
            None => self.cell(name),
            Some(at) => {
                self.undo.keep_scopes(&self.scopes);
                self.environment_changes();
                &mut self.scopes.hidden[at].cell
            }
        }
    }

    /// The cell of `name` outside all functions, to look at.
    pub fn global(&self, name: Name) -> Option<&Variable> {
        match self.scopes.hidden.iter().find(|hidden| hidden.name == name) {
            None => self.get(name),
            Some(hidden) => hidden.cell.is_declared().then_some(&hidden.cell),
        }
    }

    /// The cells that the visible one of `name` hides, the innermost first.
    pub(super) fn hidden_cells(&self, name: Name) -> impl Iterator<Item = &Variable> {
        self.scopes.hidden.iter().rev().filter(move |hidden| hidden.name == name).map(|hidden| &hidden.cell)
    }

    /// The cell that the visible one of `name` hides, if any (`local -I`).
    pub fn hidden_by(&self, name: Name) -> Option<&Variable> {
        self.scopes.hidden.iter().rev().find(|hidden| hidden.name == name).map(|hidden| &hidden.cell)
    }

    /// Exchanges the visible cell of `name` with the one that it hides. Done twice, nothing has changed.
    pub fn swap_with_outer(&mut self, name: Name) {
        let Some(at) = self.scopes.hidden.iter().rposition(|hidden| hidden.name == name) else { return };
        self.undo.keep_scopes(&self.scopes);
        let outer = std::mem::take(&mut self.scopes.hidden[at].cell);
        let depth = self.undo.depth();
        let inner = std::mem::replace(self.cell(name), Variable { stamp: depth, ..outer });
        self.scopes.hidden[at].cell = inner;
        self.environment_changes();
    }

    /// `unset name`. A local of the running function stays local, but without value. With `reveal`, or when the
    /// visible cell is temporary or a calling function's, what it hid is visible again.
    pub fn unset(&mut self, name: Name, reveal: bool) {
        let last = self.scopes.hidden.iter().rposition(|hidden| hidden.name == name);
        let temporary = self.get(name).is_some_and(|cell| cell.attributes.contains(Attributes::TEMPORARY));
        match last {
            Some(at) if reveal || temporary || self.function_start().is_none_or(|start| at < start) => {
                self.undo.keep_scopes(&self.scopes);
                let hidden = self.forget_hidden(at);
                self.put_back(name, hidden.cell);
            }
            Some(_) => self.unset_in_place(name),
            None => self.remove(name),
        }
    }

    /// `unset name` under `localvar_unset`: a local, whichever function it belongs to, stays local without value.
    pub fn unset_in_place(&mut self, name: Name) {
        if self.is_global(name) {
            return self.remove(name);
        }
        // One that took over from a temporary assignment goes on being exported.
        let over_temporary =
            self.hidden_by(name).is_some_and(|cell| cell.attributes.contains(Attributes::TEMPORARY));
        let kept = match over_temporary {
            true => Attributes::WATCHED | Attributes::EXPORT,
            false => Attributes::WATCHED,
        };
        let cell = self.cell(name);
        let (stamp, kept) = (cell.stamp, cell.attributes & kept);
        let attributes = kept | Attributes::LOCAL | Attributes::DECLARED;
        *cell = Variable { value: Value::Unset, attributes, stamp };
    }

    fn forget_hidden(&mut self, at: usize) -> Hidden {
        for (_, start) in &mut self.scopes.starts {
            if *start > at {
                *start -= 1;
            }
        }
        self.scopes.hidden.remove(at)
    }

    /// The names that the innermost function call has made local.
    pub fn locals(&self) -> Vec<Name> {
        let Some(start) = self.function_start() else { return Vec::new() };
        self.scopes.hidden[start..].iter().map(|hidden| hidden.name).collect()
    }

    /// The names that have a value for the time of a command alone, if such a scope is the innermost.
    pub fn temporaries(&self) -> Vec<Name> {
        match self.scopes.starts.last() {
            Some((ScopeKind::Temporary, start)) => {
                let mut names: Vec<Name> =
                    self.scopes.hidden[*start..].iter().map(|hidden| hidden.name).collect();
                names.sort_by_key(|name| name.as_bytes());
                names.dedup();
                names
            }
            _ => Vec::new(),
        }
    }

    /// The number of the innermost function's scope.
    fn function_scope(&self) -> Option<usize> {
        self.scopes.starts.iter().rposition(|(kind, _)| *kind == ScopeKind::Function)
    }

    fn function_start(&self) -> Option<usize> {
        self.function_scope().map(|scope| self.scopes.starts[scope].1)
    }

    fn hides(&self, start: usize, name: Name) -> bool {
        self.scopes.hidden[start.min(self.scopes.hidden.len())..].iter().any(|hidden| hidden.name == name)
    }

    /// Sets the cell of `name` aside in the scope with this number and gives a fresh one.
    fn hide(&mut self, name: Name, scope: usize) -> &mut Variable {
        let depth = self.undo.depth();
        let cell = self.cell(name);
        let attributes = Attributes::LOCAL | (cell.attributes & Attributes::WATCHED);
        let fresh = Variable { attributes, stamp: depth, ..Variable::default() };
        let old = std::mem::replace(cell, fresh);
        let next = self.scopes.starts.get(scope + 1).map(|(_, start)| *start);
        let position = next.unwrap_or(self.scopes.hidden.len());
        if next.is_some() {
            self.undo.keep_scopes(&self.scopes);
            for (_, start) in &mut self.scopes.starts[scope + 1..] {
                *start += 1;
            }
        }
        self.scopes.hidden.insert(position, Hidden { name, cell: old });
        self.cell(name)
    }

    fn put_back(&mut self, name: Name, cell: Variable) {
        let changes_environment = cell.attributes.contains(Attributes::EXPORT);
        let depth = self.undo.depth();
        let place = self.cell(name);
        *place = Variable { stamp: depth, ..cell };
        if changes_environment {
            self.environment_changes();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(variables: &Variables, name: Name) -> Option<String> {
        Some(String::from_utf8_lossy(&variables.get(name)?.value.text()?).into_owned())
    }

    #[test]
    fn a_local_hides_the_outer_variable_until_the_scope_ends() {
        let (mut variables, x) = (Variables::default(), Name::new("x"));
        variables.set(x, "outer");
        variables.push_scope(ScopeKind::Function);
        variables.make_local(x);
        assert_eq!(text(&variables, x), None);
        variables.set(x, "inner");
        variables.make_local(x);
        assert_eq!(text(&variables, x).as_deref(), Some("inner"));
        variables.pop_scope();
        assert_eq!(text(&variables, x).as_deref(), Some("outer"));
    }

    #[test]
    fn a_plain_local_is_what_a_local_is_in_general() {
        let names = ["plain", "local", "exported", "missing"].map(Name::new);
        let table = || {
            let mut variables = Variables::default();
            variables.set(names[0], "outer");
            variables.set(names[2], "outer");
            variables.change_attributes(names[2], Attributes::EXPORT, Attributes::empty());
            variables.push_scope(ScopeKind::Function);
            variables.make_local(names[1]);
            variables.change_attributes(names[1], Attributes::LOCAL, Attributes::empty());
            variables.set(names[1], "before");
            variables
        };
        for value in [None, Some("value")] {
            let (mut plain, mut general) = (table(), table());
            for name in names {
                let done = plain.declare_plain_local(name, value.map(Value::from));
                assert_eq!(done, name != names[2], "{name:?}");
                general.make_local(name);
                general.change_attributes(name, Attributes::LOCAL, Attributes::empty());
                value.into_iter().for_each(|value| general.set(name, value));
            }
            for name in [names[0], names[1], names[3]] {
                let held =
                    |table: &Variables| table.get(name).map(|cell| (cell.value.clone(), cell.attributes));
                assert_eq!(held(&plain), held(&general), "{name:?}");
            }
            plain.pop_scope();
            assert_eq!(text(&plain, names[0]).as_deref(), Some("outer"));
            assert!(plain.get(names[3]).is_none());
        }
    }

    #[test]
    fn the_global_is_reached_through_any_number_of_scopes() {
        let (mut variables, x) = (Variables::default(), Name::new("x"));
        variables.set(x, "outer");
        for _ in 0..3 {
            variables.push_scope(ScopeKind::Function);
            variables.make_local(x);
            variables.set(x, "inner");
        }
        variables.global_cell(x).value = "changed".into();
        for _ in 0..3 {
            variables.pop_scope();
        }
        assert_eq!(text(&variables, x).as_deref(), Some("changed"));
    }

    #[test]
    fn unset_in_a_called_function_reveals_the_callers_outer_variable() {
        let (mut variables, x) = (Variables::default(), Name::new("x"));
        variables.set(x, "global");
        variables.push_scope(ScopeKind::Function);
        variables.make_local(x);
        variables.set(x, "callers");
        variables.push_scope(ScopeKind::Function);
        variables.unset(x, false);
        assert_eq!(text(&variables, x).as_deref(), Some("global"));
        variables.pop_scope();
        variables.pop_scope();
        assert_eq!(text(&variables, x).as_deref(), Some("global"));
    }

    #[test]
    fn a_local_made_below_a_temporary_scope_belongs_to_the_function() {
        let (mut variables, x, y) = (Variables::default(), Name::new("x"), Name::new("y"));
        variables.push_scope(ScopeKind::Function);
        variables.push_scope(ScopeKind::Temporary);
        variables.make_temporary(y);
        variables.set(y, "temporary");
        variables.make_local(x);
        variables.set(x, "local");
        variables.pop_scope();
        assert_eq!(text(&variables, x).as_deref(), Some("local"));
        assert_eq!(text(&variables, y), None);
        variables.pop_scope();
        assert_eq!(text(&variables, x), None);
    }
}
