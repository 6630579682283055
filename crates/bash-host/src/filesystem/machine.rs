//! A directory of the machine, granted to a sandbox for reading, or for reading and writing.

use super::{FileSystem, Opened, Time, errno};
use crate::real::Beneath;
use crate::{Access, Entry, Metadata, OpenHow};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// The files beneath a directory of the machine. No path leads out of it, whatever is renamed meanwhile, by whomever.
///
/// The machine's permissions hold: this process does what scripts ask for. FIFOs, sockets and devices cannot be opened, the
/// bits by which programs run as somebody else are never set, and file systems mounted below are not entered.
pub struct MachineFs {
    files: Beneath,
    mode: Mode,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    ReadOnly,
    ReadWrite,
}

impl MachineFs {
    /// A directory that scripts may read. `Unsupported` where the kernel cannot keep look-ups beneath a directory.
    pub fn read_only(directory: impl AsRef<Path>) -> io::Result<MachineFs> {
        MachineFs::open(directory.as_ref(), Mode::ReadOnly)
    }

    /// A directory that scripts may read and change.
    pub fn read_write(directory: impl AsRef<Path>) -> io::Result<MachineFs> {
        MachineFs::open(directory.as_ref(), Mode::ReadWrite)
    }

    /// The same with the file systems that are mounted below it. Of `/proc`, nothing can be opened.
    #[must_use]
    pub fn across_mounts(self) -> MachineFs {
        MachineFs { files: self.files.across_mounts(), ..self }
    }

    fn open(directory: &Path, mode: Mode) -> io::Result<MachineFs> {
        let files = Beneath::open(directory.as_os_str().as_bytes());
        let files = files.map_err(|error| match error.raw_os_error() {
            Some(libc::ENOSYS) => io::ErrorKind::Unsupported.into(),
            _ => error,
        })?;
        Ok(MachineFs { files, mode })
    }

    fn may_change(&self) -> io::Result<()> {
        if self.mode == Mode::ReadWrite { Ok(()) } else { Err(errno(libc::EROFS)) }
    }
}

impl FileSystem for MachineFs {
    fn open(&self, path: &[u8], how: OpenHow) -> io::Result<Opened> {
        let creates = how.create && (how.exclusive || self.files.metadata(path).is_err());
        if how.write || how.append || creates {
            self.may_change()?;
        }
        self.files.open_file(path, how).map(Opened::Stream)
    }

    fn metadata(&self, path: &[u8]) -> io::Result<Metadata> {
        self.files.metadata(path)
    }

    fn access(&self, path: &[u8], access: Access) -> io::Result<()> {
        self.files.access(path, access)?;
        if access == Access::Write { self.may_change() } else { Ok(()) }
    }

    fn read_directory(&self, path: &[u8]) -> io::Result<Vec<Entry>> {
        let is_own = |entry: &Entry| !matches!(&entry.name[..], b"." | b"..");
        Ok(self.files.entries(path)?.into_iter().filter(is_own).collect())
    }

    fn read_link(&self, path: &[u8]) -> io::Result<Vec<u8>> {
        self.files.link_target(path)
    }

    fn make_directory(&self, path: &[u8], mode: u32) -> io::Result<()> {
        self.may_change()?;
        self.files.make_directory(path, mode)
    }

    /// A FIFO of the machine could not be opened.
    fn make_fifo(&self, _: &[u8], _: u32) -> io::Result<()> {
        self.may_change()?;
        Err(errno(libc::EPERM))
    }

    fn make_link(&self, existing: &[u8], path: &[u8]) -> io::Result<()> {
        self.may_change()?;
        self.files.make_link(existing, path)
    }

    fn make_symlink(&self, target: &[u8], path: &[u8]) -> io::Result<()> {
        self.may_change()?;
        self.files.make_symlink(target, path)
    }

    fn remove_file(&self, path: &[u8]) -> io::Result<()> {
        self.may_change()?;
        self.files.remove_file(path)
    }

    fn remove_directory(&self, path: &[u8]) -> io::Result<()> {
        self.may_change()?;
        self.files.remove_directory(path)
    }

    fn rename(&self, from: &[u8], to: &[u8]) -> io::Result<()> {
        self.may_change()?;
        self.files.rename(from, to)
    }

    fn set_permissions(&self, path: &[u8], mode: u32) -> io::Result<()> {
        self.may_change()?;
        self.files.set_permissions(path, mode)
    }

    fn set_times(&self, path: &[u8], accessed: Option<Time>, modified: Option<Time>) -> io::Result<()> {
        self.may_change()?;
        self.files.set_times(path, accessed, modified)
    }

    fn os_directory(&self, path: &[u8]) -> io::Result<Option<OwnedFd>> {
        self.files.directory(path).map(Some)
    }
}

#[cfg(test)]
mod tests;
