//! Working directories of a sandbox: paths in its mount table.

use crate::filesystem::errno;
use crate::{DirRef, Directory};
use std::any::Any;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// A directory by its absolute path without symbolic links.
pub(super) struct SandboxDirectory {
    pub(super) path: Vec<u8>,
    /// The same directory of the machine, where it is one.
    pub(super) os: Option<OwnedFd>,
}

impl SandboxDirectory {
    /// The path of a directory that this sandbox made.
    pub(super) fn path_of(directory: &DirRef) -> io::Result<&[u8]> {
        let known = directory.as_any().downcast_ref::<SandboxDirectory>();
        known.map(|directory| &directory.path[..]).ok_or_else(|| errno(libc::EBADF))
    }
}

impl Directory for SandboxDirectory {
    fn os_fd(&self) -> Option<BorrowedFd<'_>> {
        self.os.as_ref().map(AsFd::as_fd)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
