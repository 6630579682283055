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
pub struct Functions {
    table: Arc<HashMap<Text, Arc<Function>, ShortTextHash>>,
    /// The first bytes of the names that were ever defined, as a set of their low six bits: most commands are no
    /// functions, and seen not to be without a look into the table.
    first_bytes: u64,
}

fn first_byte(name: &[u8]) -> u64 {
    name.first().map_or(0, |byte| 1 << (byte & 63))
}

impl Functions {
    /// The function called `name`.
    #[inline]
    pub fn get(&self, name: &[u8]) -> Option<&Arc<Function>> {
        if self.first_bytes & first_byte(name) == 0 { None } else { self.table.get(name) }
    }

    /// Defines a function.
    pub fn define(&mut self, function: Function) {
        self.first_bytes |= first_byte(&function.name);
        Arc::make_mut(&mut self.table).insert(function.name.clone(), Arc::new(function));
    }

    /// The bytes that they take.
    pub(crate) fn own_bytes(&self) -> usize {
        let bytes = |function: &Arc<Function>| size_of::<Function>() + function.tree_bytes;
        self.table.values().map(bytes).sum()
    }

    /// Forgets one; whether it was there.
    pub fn remove(&mut self, name: &[u8]) -> bool {
        self.table.contains_key(name) && Arc::make_mut(&mut self.table).remove(name).is_some()
    }

    /// A function to change the attributes of.
    pub fn get_mut(&mut self, name: &[u8]) -> Option<&mut Function> {
        Arc::make_mut(&mut self.table).get_mut(name).map(Arc::make_mut)
    }

    /// All, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Function>> {
        let mut all: Vec<_> = self.table.values().collect();
        all.sort_by(|one, other| one.name.cmp(&other.name));
        all.into_iter()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }
}
