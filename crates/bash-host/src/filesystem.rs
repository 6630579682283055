//! File systems that are not the machine's: what a sandbox shows to its scripts.
//!
//! A [`FileSystem`] answers for absolute paths and for open files. It knows no working directory, is never asked about
//! `.` and `..`, and follows no symbolic link: [`Mounts`] does that for all of them alike, so that a link in one may point
//! into another. What surprises: a link on the way is the error `ELOOP`, by which `Mounts` learns that it has to resolve
//! the path; whoever has no links never sees that.

mod devices;
mod image;
mod machine;
mod memory;
mod mounts;
mod overlay;
pub(crate) mod path;
mod shared;

pub use devices::DeviceFs;
pub use image::FilesImage;
pub use machine::MachineFs;
pub use memory::{Content, FileClock, MemoryEntry, MemoryFs, Quota, Usage};
pub use mounts::Mounts;
pub use overlay::{Change, ChangeKind, OverlayFs};

use crate::pipe::Fifo;
use crate::{Access, Entry, FileRef, Metadata, OpenHow};
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A tree of files. Paths begin with `/`, which is the root, and have no empty parts, no `.` and no `..`.
///
/// A method that comes to a symbolic link before the last part of a path, and [`FileSystem::open`] on one, answers
/// `ELOOP`. Errors carry the system's numbers, as scripts see their texts. What changes files is refused unless it is
/// written: the first five methods make a file system that is read only.
pub trait FileSystem: Send + Sync {
    /// Opens a file. Permissions are checked, and `how.mode` is what a new file gets.
    fn open(&self, path: &[u8], how: OpenHow) -> io::Result<Opened>;

    /// What a path is; of a symbolic link, the link itself.
    fn metadata(&self, path: &[u8]) -> io::Result<Metadata>;

    /// Whether the user may do `access`.
    fn access(&self, path: &[u8], access: Access) -> io::Result<()>;

    /// The entries of a directory, without `.` and `..`, in no order.
    fn read_directory(&self, path: &[u8]) -> io::Result<Vec<Entry>>;

    /// The target of a symbolic link; `EINVAL` for anything else.
    fn read_link(&self, path: &[u8]) -> io::Result<Vec<u8>>;

    /// Makes a directory.
    fn make_directory(&self, path: &[u8], mode: u32) -> io::Result<()> {
        let _ = (path, mode);
        refused()
    }

    /// Makes a FIFO.
    fn make_fifo(&self, path: &[u8], mode: u32) -> io::Result<()> {
        let _ = (path, mode);
        refused()
    }

    /// Makes another name for a file.
    fn make_link(&self, existing: &[u8], path: &[u8]) -> io::Result<()> {
        let _ = (existing, path);
        refused()
    }

    /// Makes a symbolic link.
    fn make_symlink(&self, target: &[u8], path: &[u8]) -> io::Result<()> {
        let _ = (target, path);
        refused()
    }

    /// Removes what is not a directory.
    fn remove_file(&self, path: &[u8]) -> io::Result<()> {
        let _ = path;
        refused()
    }

    /// Removes an empty directory.
    fn remove_directory(&self, path: &[u8]) -> io::Result<()> {
        let _ = path;
        refused()
    }

    /// Gives a file or directory another path, in place of what was there.
    fn rename(&self, from: &[u8], to: &[u8]) -> io::Result<()> {
        let _ = (from, to);
        refused()
    }

    /// Sets the permission bits.
    fn set_permissions(&self, path: &[u8], mode: u32) -> io::Result<()> {
        let _ = (path, mode);
        refused()
    }

    /// Sets the times of access and change: seconds and nanoseconds; `None` leaves one alone.
    fn set_times(&self, path: &[u8], accessed: Option<Time>, modified: Option<Time>) -> io::Result<()> {
        let _ = (path, accessed, modified);
        refused()
    }

    /// The directory as one of the machine's, for a program to work in. `None` where it is none.
    fn os_directory(&self, path: &[u8]) -> io::Result<Option<OwnedFd>> {
        let _ = path;
        Ok(None)
    }

    /// The same files for a copy of the session: neither side sees what the other changes from now on. `None` where the
    /// files lie outside, and both see the same.
    fn copied(&self) -> Option<Arc<dyn FileSystem>> {
        None
    }

    /// What it keeps in memory; `None` if its files lie elsewhere.
    fn image(&self) -> io::Result<Option<FilesImage>> {
        Ok(None)
    }

    /// Puts an image in place of what it keeps in memory. `Unsupported` if it is one of another kind.
    fn restore_image(&self, image: &FilesImage) -> io::Result<()> {
        let _ = image;
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Seconds and nanoseconds since 1970.
pub type Time = (i64, i64);

/// What [`FileSystem::open`] gives.
pub enum Opened {
    /// Bytes at positions; the position of the open file is kept by who opened it.
    File(Arc<dyn File>),
    /// A FIFO, to be opened by waiting for its other end.
    Fifo(Arc<Fifo>),
    /// An open file that keeps its own position.
    Stream(FileRef),
}

/// The bytes of a file.
pub trait File: Send + Sync {
    /// Reads at most `buffer.len()` bytes from `offset` on; 0 is the end.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;

    /// Writes some of `data` at `offset`.
    fn write_at(&self, offset: u64, data: &[u8]) -> io::Result<usize>;

    /// Writes some of `data` at the end; how much, and the file's new end.
    fn append(&self, data: &[u8]) -> io::Result<(usize, u64)>;

    /// Cuts the file, or fills it up with zeros.
    fn set_length(&self, length: u64) -> io::Result<()>;

    /// What it is.
    fn metadata(&self) -> io::Result<Metadata>;
}

/// An error by number.
pub(crate) fn errno(code: i32) -> io::Error {
    io::Error::from_raw_os_error(code)
}

/// Whether an error has this number.
pub(crate) fn is_errno(error: &io::Error, code: i32) -> bool {
    error.raw_os_error() == Some(code)
}

fn refused() -> io::Result<()> {
    Err(errno(libc::EROFS))
}

/// A device number that no other file system of this process has.
pub(crate) fn new_device() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0x5f00);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
