//! Remembered command paths (`hash`).

use crate::Text;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where a command was found.
#[derive(Clone, Debug)]
pub struct HashedCommand {
    /// Its path.
    pub path: Text,
    /// How often it was used.
    pub hits: u32,
}

/// The remembered commands, shared with copies of the session until one side writes.
#[derive(Clone, Default)]
pub struct RememberedCommands(Arc<BTreeMap<Text, HashedCommand>>);

impl RememberedCommands {
    /// Where `name` was found.
    pub fn get(&self, name: &[u8]) -> Option<&HashedCommand> {
        self.0.get(name)
    }

    /// Remembers `name`, with so many hits.
    pub fn remember(&mut self, name: &[u8], path: &[u8], hits: u32) {
        Arc::make_mut(&mut self.0).insert(name.into(), HashedCommand { path: path.into(), hits });
    }

    /// Counts a use.
    pub fn count_hit(&mut self, name: &[u8]) {
        if let Some(command) = Arc::make_mut(&mut self.0).get_mut(name) {
            command.hits = command.hits.saturating_add(1);
        }
    }

    /// Forgets `name`; whether it was known.
    pub fn forget(&mut self, name: &[u8]) -> bool {
        Arc::make_mut(&mut self.0).remove(name).is_some()
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        if !self.0.is_empty() {
            self.0 = Arc::default();
        }
    }

    /// All, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&Text, &HashedCommand)> {
        self.0.iter()
    }

    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
