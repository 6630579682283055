//! A hash for short texts: the tables of a shell are looked up far more often than they grow.

use std::hash::{BuildHasherDefault, Hasher};

/// Makes the hashes of a table whose keys are short texts.
pub type ShortTextHash = BuildHasherDefault<Fnv>;

/// FNV-1, 64 bits, made so that keys which differ in their last byte only, as `k10` to `k19`, lie side by side.
///
/// A table takes the place from the lowest bits, and FNV-1 adds the last byte to these and to no others: keys that
/// scripts count up share the cache lines of the table, and filling one of a million takes a tenth of the misses.
#[derive(Clone, Debug)]
pub struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Fnv {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(0x100_0000_01b3) ^ u64::from(*byte);
        }
    }

    /// The length that stands before a text says nothing that its bytes do not say.
    #[inline]
    fn write_usize(&mut self, _length: usize) {}

    #[inline]
    fn finish(&self) -> u64 {
        // The highest seven bits tell neighbours apart; the last byte, which they lack, is what neighbours differ in.
        self.0 ^ self.0 >> 32 ^ self.0 << 57
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::hash::BuildHasher;

    fn hash(text: &[u8]) -> u64 {
        let mut hasher = ShortTextHash::default().build_hasher();
        hasher.write(text);
        hasher.finish()
    }

    #[test]
    fn keys_that_differ_in_the_last_digit_are_neighbours_with_marks_of_their_own() {
        let hashes: Vec<u64> = (0..10).map(|digit| hash(format!("key1{digit}").as_bytes())).collect();
        let blocks: HashSet<u64> = hashes.iter().map(|hash| (hash & 0xffff) >> 4).collect();
        let marks: HashSet<u64> = hashes.iter().map(|hash| hash >> 57).collect();
        assert_eq!((blocks.len(), marks.len()), (1, 10));
    }

    #[test]
    fn counted_keys_fill_a_table_evenly() {
        let mut blocks = [0_u32; 1 << 10];
        for number in 0..100_000 {
            blocks[(hash(format!("k{number}").as_bytes()) & 0x3ff) as usize] += 1;
        }
        let most = blocks.iter().max().copied();
        assert!(most < Some(200), "{most:?} of 98 on the average");
    }
}
