//! Nothing of the machine is in memory: a copied session goes on in the same world.

use super::{Ownership, RealHost};
use crate::filesystem::FilesImage;
use crate::{Host, World};
use std::io;
use std::sync::Arc;

impl World for RealHost {
    /// There is one process, and one owner of it.
    fn copied(&self) -> io::Result<Arc<dyn Host>> {
        match self.ownership {
            Ownership::Embedded => Ok(Arc::new(RealHost::embedded())),
            Ownership::Process => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    fn copies_files(&self) -> bool {
        false
    }

    fn images(&self) -> io::Result<Vec<(Vec<u8>, FilesImage)>> {
        Ok(Vec::new())
    }

    fn restore_images(&self, images: &[(Vec<u8>, FilesImage)]) -> io::Result<()> {
        if images.is_empty() { Ok(()) } else { Err(io::ErrorKind::NotFound.into()) }
    }
}
