//! Aliases: name → text.

use crate::Text;
use crate::snapshot::stored::{Damage, Input, Read, Stored};
use bash_parser::AliasTable;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The aliases, shared with copies of the session until one side writes.
#[derive(Clone, Default)]
pub struct Aliases(Arc<BTreeMap<Text, Text>>);

impl Aliases {
    /// The bytes that they take.
    pub(crate) fn own_bytes(&self) -> usize {
        let bytes = |(name, text): (&Text, &Text)| name.with_place() + text.with_place();
        self.0.iter().map(bytes).sum()
    }

    /// The text of an alias.
    pub fn get(&self, name: &[u8]) -> Option<&Text> {
        self.0.get(name)
    }

    /// Defines an alias.
    pub fn set(&mut self, name: &[u8], text: &[u8]) {
        Arc::make_mut(&mut self.0).insert(name.into(), text.into());
    }

    /// Whether `name` may be one: it holds nothing that the shell's grammar reads as something else.
    pub fn accepts(name: &[u8]) -> bool {
        !name.iter().any(|byte| b" \t\n|&;()<>/$`'\"\\=".contains(byte))
    }

    /// Removes one; whether it was there.
    pub fn remove(&mut self, name: &[u8]) -> bool {
        Arc::make_mut(&mut self.0).remove(name).is_some()
    }

    /// Removes all.
    pub fn clear(&mut self) {
        self.0 = Arc::default();
    }

    /// All, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&Text, &Text)> {
        self.0.iter()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl AliasTable for Aliases {
    fn alias(&self, name: &[u8]) -> Option<&[u8]> {
        self.get(name).map(Text::as_bytes)
    }
}

impl Stored for Aliases {
    fn write(&self, out: &mut Vec<u8>) {
        let list: Vec<_> = self.iter().map(|(name, text)| (name.clone(), text.clone())).collect();
        list.write(out);
    }

    fn read(input: &mut Input<'_>) -> Read<Aliases> {
        let list: Vec<(Text, Text)> = Stored::read(input)?;
        let all_fit = list.iter().all(|(name, _)| Aliases::accepts(name));
        if all_fit { Ok(Aliases(Arc::new(list.into_iter().collect()))) } else { Err(Damage) }
    }
}
