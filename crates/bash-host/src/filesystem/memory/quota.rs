//! How far a file system in memory may grow, and how far it has.

/// Limits of growth. `None` is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Bytes of all files together. Beyond: `No space left on device`.
    pub bytes: Option<u64>,
    /// Files, directories and links together. Beyond: `Disk quota exceeded`.
    pub files: Option<u64>,
    /// Bytes of one file. Beyond: `File too large`.
    pub file_size: Option<u64>,
}

impl Quota {
    /// No limits.
    pub const UNLIMITED: Quota = Quota { bytes: None, files: None, file_size: None };
}

/// A gigabyte in a million files.
impl Default for Quota {
    fn default() -> Quota {
        Quota { bytes: Some(1 << 30), files: Some(1_000_000), file_size: None }
    }
}

/// How much there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Bytes of all files together.
    pub bytes: u64,
    /// Files, directories and links, the root among them.
    pub files: u64,
}
