//! A hash for short texts: the tables of a shell are looked up far more often than they grow.

use std::hash::{BuildHasherDefault, Hasher};

/// Makes the hashes of a table whose keys are short texts.
pub type ShortTextHash = BuildHasherDefault<Fnv>;

/// FNV-1a, 64 bits.
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
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
    }

    /// The length that stands before a text says nothing that its bytes do not say.
    #[inline]
    fn write_usize(&mut self, _length: usize) {}

    #[inline]
    fn finish(&self) -> u64 {
        // The tables look at the highest bits, into which the last bytes have not spread yet.
        self.0 ^ self.0.rotate_left(32)
    }
}
