//! The names that were ever exported, in the order in which they first were.
//!
//! A shell may start with thousands of them, so whether one is there is a bit, not a search.

use bash_parser::Name;

/// A list in which each name stands once.
#[derive(Clone, Default)]
pub(super) struct Exported {
    names: Vec<Name>,
    /// One bit per name number.
    known: Vec<u64>,
}

impl Exported {
    pub(super) fn contains(&self, name: Name) -> bool {
        let (word, bit) = place(name);
        self.known.get(word).is_some_and(|known| known & bit != 0)
    }

    /// Adds a name that is not there yet.
    pub(super) fn push(&mut self, name: Name) {
        let (word, bit) = place(name);
        if word >= self.known.len() {
            self.known.resize(word + 1, 0);
        }
        self.known[word] |= bit;
        self.names.push(name);
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, Name> {
        self.names.iter()
    }
}

fn place(name: Name) -> (usize, u64) {
    (name.index() / 64, 1 << (name.index() % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_there_once_it_was_added() {
        let names: Vec<Name> = (0..200).map(|number| Name::new(&format!("exported_{number}"))).collect();
        let mut exported = Exported::default();
        for name in &names {
            assert!(!exported.contains(*name));
            exported.push(*name);
            assert!(exported.contains(*name));
        }
        assert_eq!(exported.iter().copied().collect::<Vec<_>>(), names);
    }
}
