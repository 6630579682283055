//! Associative arrays, iterated in Bash's own order.
//!
//! Bash keeps them in a chained hash table and scripts can see its order (`"${!a[@]}"`, `declare -p`): FNV-1 of the key
//! in 32 bits, 1,024 buckets at first, the newest entry first in its bucket; before an insertion at a load of two
//! the buckets are multiplied by four and the entries are put in again bucket by bucket, which turns the order
//! inside a bucket round. We store entries in a hash map of our own and compute that order when somebody looks.

use crate::{ShortTextHash, Text};
use indexmap::IndexMap;
use std::sync::OnceLock;

const FIRST_BUCKETS: u32 = 1024;

/// An associative array.
#[derive(Clone, Debug)]
pub struct AssociativeArray {
    entries: IndexMap<Text, Entry, ShortTextHash>,
    buckets: u32,
    next_rank: i64,
    order: OnceLock<Box<[u32]>>,
}

#[derive(Clone, Debug)]
struct Entry {
    value: Text,
    /// Higher is nearer to the head of its bucket.
    rank: i64,
}

impl Default for AssociativeArray {
    fn default() -> AssociativeArray {
        AssociativeArray {
            entries: IndexMap::default(),
            buckets: FIRST_BUCKETS,
            next_rank: 0,
            order: OnceLock::new(),
        }
    }
}

impl PartialEq for AssociativeArray {
    fn eq(&self, other: &AssociativeArray) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}
impl Eq for AssociativeArray {}

impl AssociativeArray {
    /// No elements.
    pub fn new() -> AssociativeArray {
        AssociativeArray::default()
    }

    /// No elements, in a table of this many buckets (a power of two): the shell's own tables have other sizes.
    pub fn with_buckets(buckets: u32) -> AssociativeArray {
        AssociativeArray { buckets, ..AssociativeArray::default() }
    }

    /// No elements, in a table as large as this one: what an array is before it is filled anew.
    pub fn emptied(&self) -> AssociativeArray {
        AssociativeArray::with_buckets(self.buckets)
    }

    /// The number of elements.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The element with a key.
    pub fn get(&self, key: &[u8]) -> Option<&Text> {
        self.entries.get(key).map(|entry| &entry.value)
    }

    /// Sets an element.
    pub fn set(&mut self, key: Text, value: Text) {
        let before = self.entries.len() as u64;
        self.make_room();
        let (index, old) = self.entries.insert_full(key, Entry { value, rank: self.next_rank });
        match old {
            Some(old) => self.entries[index].rank = old.rank,
            None => {
                if before >= u64::from(self.buckets) * 2 {
                    self.grow();
                    self.entries[index].rank = self.next_rank;
                }
                self.next_rank += 1;
                self.order.take();
            }
        }
    }

    /// The bytes that the entries take.
    pub(super) fn footprint(&self) -> usize {
        // Beside an entry its hash and its place in the order are kept; what the index has room for is in use at once.
        const ENTRY: usize = size_of::<Text>() + size_of::<Entry>() + 16;
        const PLACE: usize = 10;
        let text = |(key, entry): (&Text, &Entry)| key.own_bytes() + entry.value.own_bytes();
        self.entries.len() * ENTRY
            + self.entries.capacity() * PLACE
            + self.entries.iter().map(text).sum::<usize>()
    }

    /// Removes an element.
    pub fn remove(&mut self, key: &[u8]) -> Option<Text> {
        self.order.take();
        self.entries.swap_remove(key).map(|entry| entry.value)
    }

    /// Keys and elements in Bash's order.
    pub fn iter(&self) -> impl Iterator<Item = (&Text, &Text)> {
        let order = self.order.get_or_init(|| self.bucket_order());
        order
            .iter()
            .filter_map(|index| self.entries.get_index(*index as usize))
            .map(|(key, entry)| (key, &entry.value))
    }

    /// How many buckets its table has.
    pub(crate) fn buckets(&self) -> u32 {
        self.buckets
    }

    /// Keys and elements in an order that gives the same array when they are set one after the other.
    pub(crate) fn oldest_first(&self) -> Vec<(&Text, &Text)> {
        let mut entries: Vec<_> = self.entries.iter().collect();
        entries.sort_by_key(|(_, entry)| entry.rank);
        entries.into_iter().map(|(key, entry)| (key, &entry.value)).collect()
    }

    /// A large table grows by four instead of two: to put its entries into another one costs a cache miss for each.
    #[inline]
    fn make_room(&mut self) {
        const LARGE: usize = 1 << 14;
        let count = self.entries.len();
        if count >= LARGE && count == self.entries.capacity() {
            self.entries.reserve(3 * count);
        }
    }

    fn grow(&mut self) {
        self.buckets = self.buckets.saturating_mul(4);
        for entry in self.entries.values_mut() {
            entry.rank = -entry.rank;
        }
        self.next_rank = self.next_rank.max(1);
    }

    fn bucket_order(&self) -> Box<[u32]> {
        let mut order: Vec<(u32, i64, u32)> = self
            .entries
            .iter()
            .enumerate()
            .map(|(index, (key, entry))| (hash(key) & (self.buckets - 1), -entry.rank, index as u32))
            .collect();
        order.sort_unstable();
        order.into_iter().map(|(_, _, index)| index).collect()
    }
}

/// FNV-1, 32 bits. The bytes are C's `char`, which has a sign.
fn hash(key: &[u8]) -> u32 {
    let add = |hash: u32, byte: &u8| hash.wrapping_mul(16_777_619) ^ i32::from(*byte as i8).cast_unsigned();
    key.iter().fold(2_166_136_261, add)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(array: &AssociativeArray) -> Vec<String> {
        array.iter().map(|(key, _)| String::from_utf8_lossy(key).into_owned()).collect()
    }

    #[test]
    fn keys_come_in_the_order_of_bash() {
        let mut array = AssociativeArray::new();
        for key in ["one", "two", "three", "four", "five", "six"] {
            array.set(key.into(), "x".into());
        }
        assert_eq!(keys(&array), ["four", "two", "three", "six", "one", "five"]);
    }

    #[test]
    fn a_removed_key_is_gone() {
        let mut array = AssociativeArray::new();
        array.set("a".into(), "1".into());
        array.set("b".into(), "2".into());
        assert_eq!(array.remove(b"a").as_deref(), Some(&b"1"[..]));
        assert_eq!(keys(&array), ["b"]);
    }
}
