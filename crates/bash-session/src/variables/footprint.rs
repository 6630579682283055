//! How much memory variables take.
//!
//! What several places share counts for each of them by its part, so that the sum over all copies of a session is what
//! there is, however it is shared.

use super::{AssociativeArray, CHUNK, IndexedArray, Place, Value, Variable, Variables};
use std::sync::Arc;

impl Variables {
    /// The bytes that all variables take, those of outer scopes and those that subshells will restore included.
    pub(crate) fn footprint(&self) -> usize {
        let cells: usize = self.chunks.iter().map(Place::footprint).sum();
        let hidden = self.scopes.hidden.iter().map(|hidden| hidden.cell_footprint());
        let saved = self.undo.saved_variables().map(Variable::footprint);
        cells + hidden.chain(saved).sum::<usize>()
    }
}

impl Place {
    fn footprint(&self) -> usize {
        let Some(chunk) = self.chunk() else { return size_of::<Place>() };
        let shares = match self {
            Place::Shared(chunk) => Arc::strong_count(chunk),
            _ => 1,
        };
        let own = |variable: &Variable| variable.value.footprint();
        let values: usize = chunk.0.iter().filter(|variable| variable.is_declared()).map(own).sum();
        size_of::<Place>() + (CHUNK * size_of::<Variable>() + values) / shares
    }
}

impl Variable {
    pub(super) fn footprint(&self) -> usize {
        size_of::<Variable>() + self.value.footprint()
    }
}

impl Value {
    /// The bytes that it takes beside its place; what it shares with others counts by its part.
    pub fn footprint(&self) -> usize {
        match self {
            Value::Unset | Value::Integer(_) => 0,
            Value::Text(text) => text.own_bytes(),
            Value::Indexed(array) => IndexedArray::footprint(array) / Arc::strong_count(array),
            Value::Associative(array) => AssociativeArray::footprint(array) / Arc::strong_count(array),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Text;
    use bash_parser::Name;

    fn long() -> Text {
        Text::from(vec![b'x'; 100_000])
    }

    #[test]
    fn what_is_shared_counts_once() {
        let (mut variables, a, b) = (Variables::default(), Name::new("a"), Name::new("b"));
        variables.set(a, long());
        let one = variables.footprint();
        assert!((100_000..110_000).contains(&one), "{one}");
        let text = variables.get(a).and_then(|cell| cell.value.text());
        variables.set(b, text.unwrap_or_default());
        assert!(variables.footprint() < one + 5000);
        variables.set(b, long());
        assert!(variables.footprint() > 200_000);
    }

    #[test]
    fn copies_share_until_one_writes() {
        let (mut variables, a) = (Variables::default(), Name::new("a"));
        variables.set(a, long());
        variables.share();
        let mut copy = variables.clone();
        let both = variables.footprint() + copy.footprint();
        assert!(both < 110_000, "{both}");
        copy.set(a, long());
        assert!(variables.footprint() + copy.footprint() > 200_000);
    }

    #[test]
    fn what_a_subshell_will_restore_counts() {
        let (mut variables, a) = (Variables::default(), Name::new("a"));
        variables.set(a, long());
        let mark = variables.mark();
        variables.set(a, long());
        assert!(variables.footprint() > 200_000);
        variables.roll_back(mark);
        assert!(variables.footprint() < 110_000);
    }

    #[test]
    fn elements_count() {
        let mut list = IndexedArray::new();
        (0..1000).for_each(|index| list.set(index, "x".into()));
        let dense = IndexedArray::footprint(&list);
        list.set(1_000_000, long());
        let mut table = AssociativeArray::new();
        (0..1000).for_each(|number| table.set(Text::from_integer(number), "x".into()));
        assert!(dense >= 24_000 && IndexedArray::footprint(&list) > 100_000 + dense);
        assert!(AssociativeArray::footprint(&table) >= 48_000);
    }
}
