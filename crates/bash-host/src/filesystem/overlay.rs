//! Changes kept in memory in front of a file system that stays as it is, until they are committed or discarded.
//!
//! A file is copied into memory when it is first changed, and then belongs to the user of the changes. What is removed is
//! remembered as *hidden*: a path at and below which the lower file system is not seen. A directory made anew in the place
//! of a removed one is thereby empty. As with the kernel's overlays, a file that was opened for reading before it was
//! changed goes on showing what it was.

mod changes;
mod copy;

pub use changes::{Change, ChangeKind};

use super::{FileClock, FileSystem, FilesImage, MemoryFs, Opened, Quota, Time, errno, is_errno, path};
use crate::{Access, Entry, FileKind, Metadata, OpenHow};
use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// A file system with changes in memory.
pub struct OverlayFs {
    lower: Arc<dyn FileSystem>,
    upper: MemoryFs,
    /// Held while something is changed, so that a path is copied once.
    hidden: Mutex<Hidden>,
}

/// Paths of the lower file system that are not seen, with all below them.
#[derive(Clone, Default)]
struct Hidden(BTreeSet<Vec<u8>>);

impl Hidden {
    fn covers(&self, path: &[u8]) -> bool {
        let mut ahead = Some(path);
        while let Some(path) = ahead {
            if self.0.contains(path) {
                return true;
            }
            ahead = path::split(path).map(|(directory, _)| directory);
        }
        false
    }

    fn add(&mut self, path: &[u8]) {
        self.0.retain(|other| path::below(other, path).is_none());
        self.0.insert(path.to_vec());
    }
}

/// Which side a path is on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layer {
    Upper,
    Lower,
}

impl OverlayFs {
    /// No changes yet. They may grow to a gigabyte, and happen at the machine's time.
    pub fn new(lower: impl FileSystem + 'static) -> OverlayFs {
        OverlayFs::with_quota(Arc::new(lower), Quota::default())
    }

    /// No changes yet, which may grow so far.
    pub fn with_quota(lower: Arc<dyn FileSystem>, quota: Quota) -> OverlayFs {
        let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        OverlayFs::behind(lower, MemoryFs::with_quota(quota).timed_by(Arc::new(now)))
    }

    /// The same with another clock for the times of changes. To be called before there are any.
    #[must_use]
    pub fn timed_by(self, clock: FileClock) -> OverlayFs {
        OverlayFs::behind(self.lower, self.upper.timed_by(clock))
    }

    fn behind(lower: Arc<dyn FileSystem>, upper: MemoryFs) -> OverlayFs {
        if let Ok(root) = lower.metadata(b"/") {
            // The root is there and ours.
            let _ = upper.set_permissions(b"/", root.permissions);
        }
        OverlayFs { lower, upper, hidden: Mutex::default() }
    }

    /// The same in front of the same, of which neither side sees the other's changes from now on.
    #[must_use]
    pub fn snapshot(&self) -> OverlayFs {
        let hidden = self.hidden();
        let upper = self.upper.snapshot();
        OverlayFs { lower: self.lower.clone(), upper, hidden: Mutex::new(hidden.clone()) }
    }

    /// How much the changes take.
    pub fn usage(&self) -> super::Usage {
        self.upper.usage()
    }

    fn hidden(&self) -> MutexGuard<'_, Hidden> {
        self.hidden.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Which side a path is seen on.
    fn layer(&self, hidden: &Hidden, path: &[u8]) -> io::Result<Layer> {
        match self.upper.metadata(path) {
            Ok(_) => Ok(Layer::Upper),
            Err(error) if !is_errno(&error, libc::ENOENT) => Err(error),
            Err(error) if hidden.covers(path) => Err(error),
            Err(_) => self.lower.metadata(path).map(|_| Layer::Lower),
        }
    }

    fn side(&self, layer: Layer) -> &dyn FileSystem {
        match layer {
            Layer::Upper => &self.upper,
            Layer::Lower => &*self.lower,
        }
    }

    /// A FIFO is opened in memory, where both its sides are.
    fn is_fifo_below(&self, path: &[u8]) -> bool {
        self.lower.metadata(path).is_ok_and(|about| about.kind == FileKind::Fifo)
    }

    fn seen(&self, hidden: &Hidden, path: &[u8]) -> io::Result<Metadata> {
        self.side(self.layer(hidden, path)?).metadata(path)
    }

    /// Whether a path may be changed. That the lower side is read only is no matter. A directory that was copied for
    /// the sake of what is in it has the permissions that it has below.
    fn may_change(&self, hidden: &Hidden, path: &[u8]) -> io::Result<()> {
        if self.layer(hidden, path)? == Layer::Upper {
            self.upper.access(path, Access::Write)?;
            let here = self.upper.metadata(path)?;
            let is_copy =
                |below: &Metadata| (below.kind, below.permissions) == (FileKind::Directory, here.permissions);
            if hidden.covers(path) || !self.lower.metadata(path).is_ok_and(|below| is_copy(&below)) {
                return Ok(());
            }
        }
        match self.lower.access(path, Access::Write) {
            Err(error) if is_errno(&error, libc::EROFS) => Ok(()),
            result => result,
        }
    }

    /// Prepares the upper side for a new entry at a path where nothing is.
    fn make_room(&self, hidden: &Hidden, path: &[u8]) -> io::Result<()> {
        match self.layer(hidden, path) {
            Ok(_) => return Err(errno(libc::EEXIST)),
            Err(error) if is_errno(&error, libc::ENOENT) => {}
            Err(error) => return Err(error),
        }
        let (directory, _) = path::split(path).ok_or_else(|| errno(libc::EEXIST))?;
        self.must_be_directory(hidden, directory)?;
        self.may_change(hidden, directory)?;
        self.copy_directories(directory)
    }

    fn must_be_directory(&self, hidden: &Hidden, path: &[u8]) -> io::Result<()> {
        match self.seen(hidden, path)?.kind {
            FileKind::Directory => Ok(()),
            FileKind::Symlink => Err(errno(libc::ELOOP)),
            _ => Err(errno(libc::ENOTDIR)),
        }
    }

    /// Lets nothing of the lower side be seen at a path any more.
    fn hide(&self, hidden: &mut Hidden, path: &[u8]) {
        if self.lower.metadata(path).is_ok() {
            hidden.add(path);
        }
    }

    fn list(&self, hidden: &Hidden, path: &[u8]) -> io::Result<Vec<Entry>> {
        let layer = self.layer(hidden, path)?;
        self.must_be_directory(hidden, path)?;
        let mut entries = self.side(layer).read_directory(path)?;
        if layer == Layer::Lower {
            entries.retain(|entry| !hidden.covers(&path::join(path, &entry.name)));
        } else if !hidden.covers(path)
            && let Ok(below) = self.lower.read_directory(path)
        {
            let names: BTreeSet<Vec<u8>> = entries.iter().map(|entry| entry.name.clone()).collect();
            let is_seen = |entry: &Entry| {
                !names.contains(&entry.name) && !hidden.covers(&path::join(path, &entry.name))
            };
            entries.extend(below.into_iter().filter(is_seen));
        }
        Ok(entries)
    }

    fn remove_entry(&self, hidden: &mut Hidden, path: &[u8]) -> io::Result<()> {
        let layer = self.layer(hidden, path)?;
        if self.side(layer).metadata(path)?.kind == FileKind::Directory {
            return Err(errno(libc::EISDIR));
        }
        self.may_leave(hidden, path)?;
        if layer == Layer::Upper {
            self.upper.remove_file(path)?;
        }
        self.hide(hidden, path);
        Ok(())
    }

    fn remove_empty_directory(&self, hidden: &mut Hidden, path: &[u8]) -> io::Result<()> {
        let layer = self.layer(hidden, path)?;
        self.must_be_directory(hidden, path).map_err(|error| match error.raw_os_error() {
            Some(libc::ELOOP) => errno(libc::ENOTDIR),
            _ => error,
        })?;
        if !self.list(hidden, path)?.is_empty() {
            return Err(errno(libc::ENOTEMPTY));
        }
        self.may_leave(hidden, path)?;
        if layer == Layer::Upper {
            self.upper.remove_directory(path)?;
        }
        self.hide(hidden, path);
        Ok(())
    }

    /// Whether a name may be taken out of its directory.
    fn may_leave(&self, hidden: &Hidden, path: &[u8]) -> io::Result<()> {
        let (directory, _) = path::split(path).ok_or_else(|| errno(libc::EBUSY))?;
        self.may_change(hidden, directory)
    }

    /// Makes way at the target of a rename.
    fn replace(&self, hidden: &mut Hidden, to: &[u8], by: FileKind) -> io::Result<()> {
        match self.seen(hidden, to) {
            Err(error) if is_errno(&error, libc::ENOENT) => Ok(()),
            Err(error) => Err(error),
            Ok(there) if there.kind == FileKind::Directory && by == FileKind::Directory => {
                self.remove_empty_directory(hidden, to)
            }
            Ok(_) if by == FileKind::Directory => Err(errno(libc::ENOTDIR)),
            Ok(_) => self.remove_entry(hidden, to),
        }
    }
}

impl FileSystem for OverlayFs {
    fn open(&self, path: &[u8], how: OpenHow) -> io::Result<Opened> {
        let hidden = self.hidden();
        match self.layer(&hidden, path) {
            Ok(_) if how.create && how.exclusive => Err(errno(libc::EEXIST)),
            Ok(Layer::Upper) => self.upper.open(path, how),
            Ok(Layer::Lower) if self.is_fifo_below(path) => {
                self.copy(&hidden, path)?;
                self.upper.open(path, how)
            }
            Ok(Layer::Lower) if how.write || how.append => {
                self.copy_to_write(&hidden, path, how)?;
                self.upper.open(path, how)
            }
            Ok(Layer::Lower) => match self.lower.metadata(path)?.kind {
                FileKind::Directory if how.create => Err(errno(libc::EISDIR)),
                _ => self.lower.open(path, OpenHow { create: false, truncate: false, ..how }),
            },
            Err(error) if how.create && is_errno(&error, libc::ENOENT) => {
                self.make_room(&hidden, path)?;
                self.upper.open(path, how)
            }
            Err(error) => Err(error),
        }
    }

    fn metadata(&self, path: &[u8]) -> io::Result<Metadata> {
        self.seen(&self.hidden(), path)
    }

    fn access(&self, path: &[u8], access: Access) -> io::Result<()> {
        let hidden = self.hidden();
        match access {
            Access::Write => self.may_change(&hidden, path),
            access => self.side(self.layer(&hidden, path)?).access(path, access),
        }
    }

    fn read_directory(&self, path: &[u8]) -> io::Result<Vec<Entry>> {
        self.list(&self.hidden(), path)
    }

    fn read_link(&self, path: &[u8]) -> io::Result<Vec<u8>> {
        self.side(self.layer(&self.hidden(), path)?).read_link(path)
    }

    fn make_directory(&self, path: &[u8], mode: u32) -> io::Result<()> {
        self.make_room(&self.hidden(), path)?;
        self.upper.make_directory(path, mode)
    }

    fn make_fifo(&self, path: &[u8], mode: u32) -> io::Result<()> {
        self.make_room(&self.hidden(), path)?;
        self.upper.make_fifo(path, mode)
    }

    fn make_symlink(&self, target: &[u8], path: &[u8]) -> io::Result<()> {
        self.make_room(&self.hidden(), path)?;
        self.upper.make_symlink(target, path)
    }

    fn make_link(&self, existing: &[u8], path: &[u8]) -> io::Result<()> {
        let hidden = self.hidden();
        if self.seen(&hidden, existing)?.kind == FileKind::Directory {
            return Err(errno(libc::EPERM));
        }
        self.make_room(&hidden, path)?;
        self.copy(&hidden, existing)?;
        self.upper.make_link(existing, path)
    }

    fn remove_file(&self, path: &[u8]) -> io::Result<()> {
        self.remove_entry(&mut self.hidden(), path)
    }

    fn remove_directory(&self, path: &[u8]) -> io::Result<()> {
        self.remove_empty_directory(&mut self.hidden(), path)
    }

    fn rename(&self, from: &[u8], to: &[u8]) -> io::Result<()> {
        let mut hidden = self.hidden();
        let kind = self.seen(&hidden, from)?.kind;
        match path::below(to, from) {
            Some(b"") => return Ok(()),
            Some(_) if kind == FileKind::Directory => return Err(errno(libc::EINVAL)),
            _ => {}
        }
        self.may_leave(&hidden, from)?;
        self.copy_tree(&hidden, from)?;
        self.replace(&mut hidden, to, kind)?;
        self.make_room(&hidden, to)?;
        self.upper.rename(from, to)?;
        self.hide(&mut hidden, from);
        self.hide(&mut hidden, to);
        Ok(())
    }

    fn set_permissions(&self, path: &[u8], mode: u32) -> io::Result<()> {
        let hidden = self.hidden();
        self.copy_to_change(&hidden, path)?;
        self.upper.set_permissions(path, mode)
    }

    fn set_times(&self, path: &[u8], accessed: Option<Time>, modified: Option<Time>) -> io::Result<()> {
        let hidden = self.hidden();
        self.copy_to_change(&hidden, path)?;
        self.upper.set_times(path, accessed, modified)
    }

    fn copied(&self) -> Option<Arc<dyn FileSystem>> {
        Some(Arc::new(self.snapshot()))
    }

    fn image(&self) -> io::Result<Option<FilesImage>> {
        let hidden = self.hidden();
        let entries = self.upper.whole_image()?;
        Ok(Some(FilesImage::Changes { entries, hidden: hidden.0.iter().cloned().collect() }))
    }

    fn restore_image(&self, image: &FilesImage) -> io::Result<()> {
        let FilesImage::Changes { entries, hidden: paths } = image else {
            return Err(io::ErrorKind::Unsupported.into());
        };
        let mut hidden = self.hidden();
        self.upper.replace_all(entries)?;
        hidden.0 = paths.iter().cloned().collect();
        Ok(())
    }
}

#[cfg(test)]
mod tests;
