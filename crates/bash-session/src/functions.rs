//! Functions: name → definition.

use crate::{ShortTextHash, Text};
use bash_parser::ast::FunctionDefinition;
use std::collections::HashMap;
use std::sync::Arc;

/// A defined function.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name.
    pub name: Text,
    /// Its definition.
    pub definition: Arc<FunctionDefinition>,
    /// The file it was read from: what `BASH_SOURCE` shows in a call.
    pub source: Text,
    /// What `declare -f` options gave it.
    pub attributes: FunctionAttributes,
    /// About how many bytes its tree takes, in a shell that has to know; otherwise 0.
    pub tree_bytes: usize,
}

/// The attributes of a function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FunctionAttributes {
    /// `readonly -f`
    pub readonly: bool,
    /// `export -f`
    pub exported: bool,
    /// `declare -ft`: inherits the DEBUG and RETURN traps.
    pub traced: bool,
}

/// The functions, shared with copies of the session until one side writes.
#[derive(Clone, Default)]
pub struct Functions(Arc<HashMap<Text, Arc<Function>, ShortTextHash>>);

impl Functions {
    /// The function called `name`.
    #[inline]
    pub fn get(&self, name: &[u8]) -> Option<&Arc<Function>> {
        if self.0.is_empty() { None } else { self.0.get(name) }
    }

    /// Defines a function.
    pub fn define(&mut self, function: Function) {
        Arc::make_mut(&mut self.0).insert(function.name.clone(), Arc::new(function));
    }

    /// The bytes that they take.
    pub(crate) fn own_bytes(&self) -> usize {
        let bytes = |function: &Arc<Function>| size_of::<Function>() + function.tree_bytes;
        self.0.values().map(bytes).sum()
    }

    /// Forgets one; whether it was there.
    pub fn remove(&mut self, name: &[u8]) -> bool {
        self.0.contains_key(name) && Arc::make_mut(&mut self.0).remove(name).is_some()
    }

    /// A function to change the attributes of.
    pub fn get_mut(&mut self, name: &[u8]) -> Option<&mut Function> {
        Arc::make_mut(&mut self.0).get_mut(name).map(Arc::make_mut)
    }

    /// All, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Function>> {
        let mut all: Vec<_> = self.0.values().collect();
        all.sort_by(|one, other| one.name.cmp(&other.name));
        all.into_iter()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
