//! What a file system keeps in memory, as plain data: a part of a snapshot, which can be stored and put back.

use super::memory::MemoryEntry;

/// The content of a file system in memory, or of the changes in front of another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilesImage {
    /// Everything that there is, directories before what is in them.
    Whole(Vec<MemoryEntry>),
    /// Changes in front of a file system that is not in the image.
    Changes {
        /// What is new or was changed.
        entries: Vec<MemoryEntry>,
        /// Paths of the file system below that are not seen, with all below them.
        hidden: Vec<Vec<u8>>,
    },
}
