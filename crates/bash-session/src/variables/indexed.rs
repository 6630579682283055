//! Indexed arrays: a vector while the subscripts are 0, 1, 2 …, a sorted map once there are holes.

use crate::Text;
use std::collections::BTreeMap;

/// An indexed array. Subscripts are 0 to `i64::MAX`.
#[derive(Clone, Debug, Default)]
pub struct IndexedArray(Repr);

#[derive(Clone, Debug)]
enum Repr {
    Dense(Vec<Text>),
    Sparse(BTreeMap<i64, Text>),
}

impl Default for Repr {
    fn default() -> Repr {
        Repr::Dense(Vec::new())
    }
}

impl PartialEq for IndexedArray {
    fn eq(&self, other: &IndexedArray) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}
impl Eq for IndexedArray {}

impl IndexedArray {
    /// No elements.
    pub fn new() -> IndexedArray {
        IndexedArray::default()
    }

    /// The elements 0, 1, 2 …
    pub fn from_list(list: Vec<Text>) -> IndexedArray {
        IndexedArray(Repr::Dense(list))
    }

    /// The number of elements.
    #[inline]
    pub fn len(&self) -> usize {
        match &self.0 {
            Repr::Dense(list) => list.len(),
            Repr::Sparse(map) => map.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The highest subscript plus one (0 if empty): where `a+=(x)` appends, and what negative subscripts count from.
    #[inline]
    pub fn end(&self) -> i64 {
        match &self.0 {
            Repr::Dense(list) => list.len() as i64,
            Repr::Sparse(map) => map.last_key_value().map_or(0, |(last, _)| last.wrapping_add(1)),
        }
    }

    /// The element at a subscript.
    #[inline]
    pub fn get(&self, subscript: i64) -> Option<&Text> {
        match &self.0 {
            Repr::Dense(list) => usize::try_from(subscript).ok().and_then(|index| list.get(index)),
            Repr::Sparse(map) => map.get(&subscript),
        }
    }

    /// The element at a subscript, to change.
    pub fn get_mut(&mut self, subscript: i64) -> Option<&mut Text> {
        match &mut self.0 {
            Repr::Dense(list) => usize::try_from(subscript).ok().and_then(|index| list.get_mut(index)),
            Repr::Sparse(map) => map.get_mut(&subscript),
        }
    }

    /// Sets an element.
    #[inline]
    pub fn set(&mut self, subscript: i64, text: Text) {
        match &mut self.0 {
            Repr::Dense(list) => match usize::try_from(subscript) {
                Ok(index) if index < list.len() => list[index] = text,
                Ok(index) if index == list.len() => list.push(text),
                _ => {
                    self.spread().insert(subscript, text);
                }
            },
            Repr::Sparse(map) => {
                map.insert(subscript, text);
            }
        }
    }

    /// Appends after the highest subscript.
    pub fn push(&mut self, text: Text) {
        self.set(self.end(), text);
    }

    /// Removes an element.
    pub fn remove(&mut self, subscript: i64) -> Option<Text> {
        match &mut self.0 {
            Repr::Dense(list) => {
                let index = usize::try_from(subscript).ok().filter(|index| *index < list.len())?;
                if index + 1 == list.len() { list.pop() } else { self.spread().remove(&subscript) }
            }
            Repr::Sparse(map) => {
                let removed = map.remove(&subscript);
                if map.is_empty() {
                    self.0 = Repr::default();
                }
                removed
            }
        }
    }

    /// Subscripts and elements in order.
    pub fn iter(&self) -> Box<dyn Iterator<Item = (i64, &Text)> + '_> {
        match &self.0 {
            Repr::Dense(list) => Box::new(list.iter().enumerate().map(|(index, text)| (index as i64, text))),
            Repr::Sparse(map) => Box::new(map.iter().map(|(subscript, text)| (*subscript, text))),
        }
    }

    /// Subscripts and elements from a subscript on.
    pub fn iter_from(&self, subscript: i64) -> Box<dyn Iterator<Item = (i64, &Text)> + '_> {
        match &self.0 {
            Repr::Dense(list) => {
                let start = usize::try_from(subscript).unwrap_or(0).min(list.len());
                Box::new(
                    list[start..].iter().enumerate().map(move |(index, text)| ((start + index) as i64, text)),
                )
            }
            Repr::Sparse(map) => Box::new(map.range(subscript..).map(|(at, text)| (*at, text))),
        }
    }

    /// The bytes that the elements take.
    pub(super) fn footprint(&self) -> usize {
        // A node of the map, shared by its elements: their places, and room that is left.
        const IN_MAP: usize = 2 * (size_of::<Text>() + size_of::<i64>());
        match &self.0 {
            Repr::Dense(list) => {
                list.capacity() * size_of::<Text>() + list.iter().map(Text::own_bytes).sum::<usize>()
            }
            Repr::Sparse(map) => map.len() * IN_MAP + map.values().map(Text::own_bytes).sum::<usize>(),
        }
    }

    fn spread(&mut self) -> &mut BTreeMap<i64, Text> {
        if let Repr::Dense(list) = &mut self.0 {
            let list = std::mem::take(list);
            self.0 = Repr::Sparse(list.into_iter().enumerate().map(|(at, text)| (at as i64, text)).collect());
        }
        match &mut self.0 {
            Repr::Sparse(map) => map,
            Repr::Dense(_) => unreachable!("just made sparse"),
        }
    }
}

impl FromIterator<Text> for IndexedArray {
    fn from_iter<I: IntoIterator<Item = Text>>(texts: I) -> IndexedArray {
        IndexedArray::from_list(texts.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_keep_the_order_of_subscripts() {
        let mut array: IndexedArray = ["a", "b", "c"].map(Text::from).into_iter().collect();
        array.set(10, "z".into());
        array.remove(1);
        let seen: Vec<_> = array.iter().map(|(at, text)| (at, text.to_vec())).collect();
        assert_eq!(seen, [(0, b"a".to_vec()), (2, b"c".to_vec()), (10, b"z".to_vec())]);
        assert_eq!((array.len(), array.end()), (3, 11));
    }

    #[test]
    fn the_last_element_can_go_and_come_back() {
        let mut array = IndexedArray::new();
        array.push("a".into());
        array.push("b".into());
        assert_eq!(array.remove(1).as_deref(), Some(&b"b"[..]));
        array.push("c".into());
        assert_eq!(array.get(1).map(|text| text.to_vec()), Some(b"c".to_vec()));
    }
}
