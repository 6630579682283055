//! Completion specifications (`complete`).

use crate::Text;
use crate::snapshot::stored::{Input, Read, Stored};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How the words of a command are completed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompletionSpec {
    /// `-A` actions, by their place in the list of actions.
    pub actions: u32,
    /// `-o` options, by their place in the list of options.
    pub options: u16,
    /// `-G`
    pub pattern: Option<Text>,
    /// `-W`
    pub words: Option<Text>,
    /// `-P`
    pub prefix: Option<Text>,
    /// `-S`
    pub suffix: Option<Text>,
    /// `-X`
    pub filter: Option<Text>,
    /// `-F`
    pub function: Option<Text>,
    /// `-C`
    pub command: Option<Text>,
}

/// The specifications by command, shared with copies of the session until one side writes.
#[derive(Clone, Default)]
pub struct Completions(Arc<Table>);

#[derive(Clone, Default)]
struct Table {
    specs: BTreeMap<Text, (u64, CompletionSpec)>,
    next: u64,
}

impl Completions {
    /// The specification of a command.
    pub fn get(&self, name: &[u8]) -> Option<&CompletionSpec> {
        self.0.specs.get(name).map(|(_, spec)| spec)
    }

    /// The same, to change.
    pub fn get_mut(&mut self, name: &[u8]) -> Option<&mut CompletionSpec> {
        Arc::make_mut(&mut self.0).specs.get_mut(name).map(|(_, spec)| spec)
    }

    /// Sets the specification of a command.
    pub fn set(&mut self, name: &[u8], spec: CompletionSpec) {
        let table = Arc::make_mut(&mut self.0);
        table.next += 1;
        let order = table.specs.get(name).map_or(table.next, |(order, _)| *order);
        table.specs.insert(name.into(), (order, spec));
    }

    /// Forgets one; whether it was there.
    pub fn remove(&mut self, name: &[u8]) -> bool {
        self.0.specs.contains_key(name) && Arc::make_mut(&mut self.0).specs.remove(name).is_some()
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        if !self.0.specs.is_empty() {
            Arc::make_mut(&mut self.0).specs.clear();
        }
    }

    /// Whether there never was one.
    pub fn were_never_used(&self) -> bool {
        self.0.next == 0
    }

    /// All, in the order of Bash's table.
    pub fn iter(&self) -> impl Iterator<Item = (&Text, &CompletionSpec)> {
        const BUCKETS: u32 = 512;
        let mut list: Vec<_> = self.0.specs.iter().collect();
        list.sort_by_key(|(name, (order, _))| {
            (crate::hash::bucket(name, BUCKETS), std::cmp::Reverse(*order))
        });
        list.into_iter().map(|(name, (_, spec))| (name, spec))
    }
}

crate::snapshot::stored::stored_fields!(CompletionSpec {
    actions,
    options,
    pattern,
    words,
    prefix,
    suffix,
    filter,
    function,
    command
});

/// Whether there ever was one, then names and specifications, the oldest first: the order of the listing.
impl Stored for Completions {
    fn write(&self, out: &mut Vec<u8>) {
        (!self.were_never_used()).write(out);
        let mut list: Vec<_> = self.0.specs.iter().collect();
        list.sort_by_key(|(_, (order, _))| *order);
        let list: Vec<_> = list.into_iter().map(|(name, (_, spec))| (name.clone(), spec.clone())).collect();
        list.write(out);
    }

    fn read(input: &mut Input<'_>) -> Read<Completions> {
        let used = bool::read(input)?;
        let list: Vec<(Text, CompletionSpec)> = Stored::read(input)?;
        let mut completions = Completions(Arc::new(Table { next: u64::from(used), ..Table::default() }));
        list.into_iter().for_each(|(name, spec)| completions.set(&name, spec));
        Ok(completions)
    }
}
