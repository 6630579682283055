//! The world as a whole: taking a copy of it for a copied session, and what of it a snapshot holds.

use crate::Host;
use crate::filesystem::FilesImage;
use std::io;
use std::sync::Arc;

/// What a host keeps in memory for its session.
pub trait World {
    /// A host for a copy of the session: what is kept in memory is copied on write, so that neither sees what the other
    /// changes from now on. What lies outside is the same. Signals, and whoever waits, stay with this one.
    fn copied(&self) -> io::Result<Arc<dyn Host>>;

    /// Whether files are kept in memory, so that a copy of the session cannot go on using the open ones.
    fn copies_files(&self) -> bool;

    /// The file systems that keep something in memory, each with the path that it is mounted at (`/` is the root).
    fn images(&self) -> io::Result<Vec<(Vec<u8>, FilesImage)>>;

    /// Puts images into the file systems that are mounted at their paths, in place of what those hold. `NotFound` where
    /// nothing is mounted, `Unsupported` where it is a file system of another kind.
    fn restore_images(&self, images: &[(Vec<u8>, FilesImage)]) -> io::Result<()>;
}
