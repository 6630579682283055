//! Remembered command paths (`hash`).

use crate::Text;
use crate::snapshot::stored::{Input, Read, Stored};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where a command was found.
#[derive(Clone, Debug)]
pub struct HashedCommand {
    /// Its path.
    pub path: Text,
    /// How often it was used.
    pub hits: u32,
    /// When it was put in, compared with others.
    order: u64,
}

/// The remembered commands, shared with copies of the session until one side writes.
#[derive(Clone, Default)]
pub struct RememberedCommands(Arc<Table>);

#[derive(Clone, Default)]
struct Table {
    commands: BTreeMap<Text, HashedCommand>,
    next: u64,
}

impl RememberedCommands {
    /// The bytes that they take.
    pub(crate) fn own_bytes(&self) -> usize {
        let bytes = |(name, command): (&Text, &HashedCommand)| name.with_place() + command.path.with_place();
        self.iter().map(bytes).sum()
    }

    /// Where `name` was found.
    pub fn get(&self, name: &[u8]) -> Option<&HashedCommand> {
        self.0.commands.get(name)
    }

    /// Remembers `name`, with so many hits.
    pub fn remember(&mut self, name: &[u8], path: &[u8], hits: u32) {
        let table = Arc::make_mut(&mut self.0);
        table.next += 1;
        let order = table.commands.get(name).map_or(table.next, |known| known.order);
        table.commands.insert(name.into(), HashedCommand { path: path.into(), hits, order });
    }

    /// Counts a use.
    pub fn count_hit(&mut self, name: &[u8]) {
        if let Some(command) = Arc::make_mut(&mut self.0).commands.get_mut(name) {
            command.hits = command.hits.saturating_add(1);
        }
    }

    /// Forgets `name`; whether it was known.
    pub fn forget(&mut self, name: &[u8]) -> bool {
        self.0.commands.contains_key(name) && Arc::make_mut(&mut self.0).commands.remove(name).is_some()
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        if !self.0.commands.is_empty() {
            self.0 = Arc::default();
        }
    }

    /// All, in the order of Bash's table.
    pub fn iter(&self) -> impl Iterator<Item = (&Text, &HashedCommand)> {
        const BUCKETS: u32 = 256;
        let mut list: Vec<_> = self.0.commands.iter().collect();
        list.sort_by_key(|(name, command)| (bucket(name, BUCKETS), std::cmp::Reverse(command.order)));
        list.into_iter()
    }

    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.0.commands.is_empty()
    }
}

/// Names, paths and hits, the oldest first: the order of the listing.
impl Stored for RememberedCommands {
    fn write(&self, out: &mut Vec<u8>) {
        let mut list: Vec<_> = self.0.commands.iter().collect();
        list.sort_by_key(|(_, command)| command.order);
        let row = |(name, known): (&Text, &HashedCommand)| (name.clone(), (known.path.clone(), known.hits));
        list.into_iter().map(row).collect::<Vec<_>>().write(out);
    }

    fn read(input: &mut Input<'_>) -> Read<RememberedCommands> {
        let list: Vec<(Text, (Text, u32))> = Stored::read(input)?;
        let mut commands = RememberedCommands::default();
        list.into_iter().for_each(|(name, (path, hits))| commands.remember(&name, &path, hits));
        Ok(commands)
    }
}

/// The bucket of a key in a table of Bash's, whose listings show the order: FNV-1 of the key.
pub(crate) fn bucket(key: &[u8], buckets: u32) -> u32 {
    key.iter().fold(0x811c_9dc5_u32, |hash, byte| hash.wrapping_mul(0x0100_0193) ^ u32::from(*byte))
        & (buckets - 1)
}
