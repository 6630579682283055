//! The mount table: which file system answers for a path, and where symbolic links lead.
//!
//! A path is first tried as it is written. Only when a file system comes to a symbolic link, or the path has a `..`, it is
//! resolved part by part, as the kernel does it: a link is read in the name space of the sandbox, whichever file system
//! it lies in.

use super::path::{self, asks_for_directory};
use super::{FileSystem, FilesImage, Opened, Time, errno, is_errno, new_device};
use crate::{Access, Entry, FileKind, Metadata, OpenHow};
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;

/// How many links a path may go through.
const MOST_LINKS: usize = 40;
/// How often a path is resolved anew because somebody changed it meanwhile.
const TRIES: usize = 8;

/// File systems by the paths they are mounted at; the one with the longest path answers. Cheap to clone.
///
/// The methods take a path relative to the absolute path `base`, and follow a symbolic link at its end where the system's
/// calls of the same purpose do.
#[derive(Clone)]
pub struct Mounts {
    /// Longest path first; the root's is empty.
    table: Arc<Vec<Mount>>,
    device: u64,
}

#[derive(Clone)]
struct Mount {
    at: Vec<u8>,
    files: Arc<dyn FileSystem>,
}

impl Mount {
    /// Where it is mounted; the root's path is `/` here.
    fn path(&self) -> &[u8] {
        if self.at.is_empty() { b"/" } else { &self.at }
    }
}

/// What happens to a symbolic link that is the last part of a path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Followed,
    Kept,
}

/// The place of a path in its file system.
struct Place<'m> {
    files: &'m dyn FileSystem,
    path: &'m [u8],
}

impl Mounts {
    /// One file system at the root.
    pub fn new(root: Arc<dyn FileSystem>) -> Mounts {
        Mounts { table: Arc::new(vec![Mount { at: Vec::new(), files: root }]), device: new_device() }
    }

    /// Mounts a file system at an absolute path, in front of what is there. The directories on the way exist from now on.
    pub fn mount(&mut self, at: &[u8], files: Arc<dyn FileSystem>) {
        let mut whole = Vec::new();
        path::parts(at).filter(|part| *part != b"..").for_each(|part| path::push(&mut whole, part));
        let table = Arc::make_mut(&mut self.table);
        table.retain(|mount| mount.at != whole);
        table.push(Mount { at: whole, files });
        table.sort_by_key(|mount| std::cmp::Reverse(mount.at.len()));
    }

    /// The same mounts for a copy of the session; see [`FileSystem::copied`].
    #[must_use]
    pub fn copied(&self) -> Mounts {
        let copy = |mount: &Mount| Mount {
            at: mount.at.clone(),
            files: mount.files.copied().unwrap_or_else(|| mount.files.clone()),
        };
        Mounts { table: Arc::new(self.table.iter().map(copy).collect()), device: self.device }
    }

    /// What the mounted file systems keep in memory, by the paths that they are mounted at.
    pub fn images(&self) -> io::Result<Vec<(Vec<u8>, FilesImage)>> {
        let mut images = Vec::new();
        for mount in self.table.iter().rev() {
            images.extend(mount.files.image()?.map(|image| (mount.path().to_vec(), image)));
        }
        Ok(images)
    }

    /// Puts images into the file systems that are mounted at their paths. All must be mounted before anything is changed.
    pub fn restore_images(&self, images: &[(Vec<u8>, FilesImage)]) -> io::Result<()> {
        let mounted = |path: &[u8]| self.table.iter().find(|mount| mount.path() == path);
        if images.iter().any(|(path, _)| mounted(path).is_none()) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let mut pairs = images.iter().filter_map(|(path, image)| Some((mounted(path)?, image)));
        pairs.try_for_each(|(mount, image)| mount.files.restore_image(image))
    }

    /// Opens a file.
    pub fn open(&self, base: &[u8], path: &[u8], how: OpenHow) -> io::Result<Opened> {
        path::check(path)?;
        if how.create && asks_for_directory(path) {
            return Err(errno(libc::EISDIR));
        }
        let last = if how.create && how.exclusive { Last::Kept } else { Last::Followed };
        self.act(base, path, last, |place| place.files.open(place.path, how))
    }

    /// What a path is; a symbolic link at its end is followed.
    pub fn metadata(&self, base: &[u8], path: &[u8]) -> io::Result<Metadata> {
        self.act_on_path(base, path, Last::Followed, |path| match self.entry(path)? {
            metadata if metadata.kind == FileKind::Symlink => Err(errno(libc::ELOOP)),
            metadata => Ok(metadata),
        })
    }

    /// What a path is, be it a symbolic link.
    pub fn symlink_metadata(&self, base: &[u8], path: &[u8]) -> io::Result<Metadata> {
        self.act_on_path(base, path, Last::Kept, |path| self.entry(path))
    }

    /// Whether the user may do `access`.
    pub fn access(&self, base: &[u8], path: &[u8], access: Access) -> io::Result<()> {
        self.act_on_path(base, path, Last::Followed, |path| {
            if self.entry(path)?.kind == FileKind::Symlink {
                return Err(errno(libc::ELOOP));
            }
            let place = self.place(path);
            match place.files.access(place.path, access) {
                Err(error) if is_errno(&error, libc::ENOENT) && self.leads_to_mount(path) => {
                    if access == Access::Write { Err(errno(libc::EROFS)) } else { Ok(()) }
                }
                result => result,
            }
        })
    }

    /// The entries of a directory.
    pub fn read_directory(&self, base: &[u8], path: &[u8]) -> io::Result<Vec<Entry>> {
        self.act_on_path(base, path, Last::Followed, |path| {
            let place = self.place(path);
            let mut entries = match place.files.read_directory(place.path) {
                Err(error) if is_errno(&error, libc::ENOENT) && self.leads_to_mount(path) => Vec::new(),
                entries => entries?,
            };
            for name in self.mount_points_in(path) {
                entries.retain(|entry| entry.name != name);
                entries.push(Entry { name, kind: FileKind::Directory });
            }
            Ok(entries)
        })
    }

    /// The target of a symbolic link.
    pub fn read_link(&self, base: &[u8], path: &[u8]) -> io::Result<Vec<u8>> {
        self.act(base, path, Last::Kept, |place| place.files.read_link(place.path))
    }

    /// The path without symbolic links, `.` and `..`. All of it must exist.
    pub fn canonical_path(&self, base: &[u8], path: &[u8]) -> io::Result<Vec<u8>> {
        path::check(path)?;
        let resolved = self.resolve(base, path, Last::Followed)?;
        let kind = self.entry(&resolved)?.kind;
        let fits = kind == FileKind::Directory || !asks_for_directory(path);
        if fits { Ok(resolved) } else { Err(errno(libc::ENOTDIR)) }
    }

    /// Makes a directory.
    pub fn make_directory(&self, base: &[u8], path: &[u8], mode: u32) -> io::Result<()> {
        self.act_on_new(base, path, |place| place.files.make_directory(place.path, mode))
    }

    /// Makes a FIFO.
    pub fn make_fifo(&self, base: &[u8], path: &[u8], mode: u32) -> io::Result<()> {
        self.act(base, path, Last::Kept, |place| place.files.make_fifo(place.path, mode))
    }

    /// Makes a symbolic link.
    pub fn make_symlink(&self, target: &[u8], base: &[u8], path: &[u8]) -> io::Result<()> {
        path::check(target)?;
        self.act(base, path, Last::Kept, |place| place.files.make_symlink(target, place.path))
    }

    /// Makes another name for a file.
    pub fn make_link(&self, base: &[u8], existing: &[u8], path: &[u8]) -> io::Result<()> {
        self.act_on_two(base, existing, path, |files, existing, path| files.make_link(existing, path))
    }

    /// Removes what is not a directory.
    pub fn remove_file(&self, base: &[u8], path: &[u8]) -> io::Result<()> {
        self.act(base, path, Last::Kept, |place| place.files.remove_file(place.path))
    }

    /// Removes an empty directory.
    pub fn remove_directory(&self, base: &[u8], path: &[u8]) -> io::Result<()> {
        self.act_on_new(base, path, |place| place.files.remove_directory(place.path))
    }

    /// Gives a file or directory another path.
    pub fn rename(&self, base: &[u8], from: &[u8], to: &[u8]) -> io::Result<()> {
        self.act_on_two(base, from, to, |files, from, to| files.rename(from, to))
    }

    /// Sets the permission bits.
    pub fn set_permissions(&self, base: &[u8], path: &[u8], mode: u32) -> io::Result<()> {
        self.act_on_existing(base, path, |place| place.files.set_permissions(place.path, mode))
    }

    /// Sets the times of access and change.
    pub fn set_times(
        &self,
        base: &[u8],
        path: &[u8],
        accessed: Option<Time>,
        modified: Option<Time>,
    ) -> io::Result<()> {
        self.act_on_existing(base, path, |place| place.files.set_times(place.path, accessed, modified))
    }

    /// A directory as one of the machine's, where it is one.
    pub(crate) fn os_directory(&self, base: &[u8], path: &[u8]) -> io::Result<Option<OwnedFd>> {
        self.act(base, path, Last::Followed, |place| place.files.os_directory(place.path))
    }

    /// Acts on the place that a path means.
    fn act<T>(
        &self,
        base: &[u8],
        path: &[u8],
        last: Last,
        mut act: impl FnMut(Place<'_>) -> io::Result<T>,
    ) -> io::Result<T> {
        self.act_on_path(base, path, last, |path| act(self.place(path)))
    }

    /// Acts on what a path leads to, through a link at its end.
    fn act_on_existing<T>(
        &self,
        base: &[u8],
        path: &[u8],
        mut act: impl FnMut(Place<'_>) -> io::Result<T>,
    ) -> io::Result<T> {
        self.act_on_path(base, path, Last::Followed, |path| {
            if self.entry(path)?.kind == FileKind::Symlink {
                return Err(errno(libc::ELOOP));
            }
            act(self.place(path))
        })
    }

    /// Acts on a directory's own entry, to which a slash at the end adds nothing. Mount points stay.
    fn act_on_new<T>(
        &self,
        base: &[u8],
        path: &[u8],
        mut act: impl FnMut(Place<'_>) -> io::Result<T>,
    ) -> io::Result<T> {
        let end = path.iter().rposition(|byte| *byte != b'/').map_or(path.len().min(1), |last| last + 1);
        self.act_on_path(base, &path[..end], Last::Kept, |path| {
            if self.leads_to_mount(path) {
                return Err(errno(if self.entry(path).is_ok() { libc::EEXIST } else { libc::EBUSY }));
            }
            act(self.place(path))
        })
    }

    /// Acts on two places of one file system.
    fn act_on_two(
        &self,
        base: &[u8],
        from: &[u8],
        to: &[u8],
        mut act: impl FnMut(&dyn FileSystem, &[u8], &[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        self.act_on_path(base, from, Last::Kept, |from| {
            self.act_on_path(base, to, Last::Kept, |to| {
                if self.leads_to_mount(from) || self.leads_to_mount(to) {
                    return Err(errno(libc::EBUSY));
                }
                let (from, to) = (self.place(from), self.place(to));
                if !std::ptr::addr_eq(from.files, to.files) {
                    return Err(errno(libc::EXDEV));
                }
                act(from.files, from.path, to.path)
            })
        })
    }

    /// Acts on the absolute path that a path means: first on what is written, and if there is a symbolic link on the way
    /// (which `act` reports as `ELOOP`), on what it leads to.
    fn act_on_path<T>(
        &self,
        base: &[u8],
        path: &[u8],
        last: Last,
        mut act: impl FnMut(&[u8]) -> io::Result<T>,
    ) -> io::Result<T> {
        path::check(path)?;
        let directory = asks_for_directory(path);
        let last = if directory { Last::Followed } else { last };
        let mut act_there = |path: &[u8]| {
            if directory {
                self.must_be_directory(path)?;
            }
            act(path)
        };
        if let Some(plain) = path::absolute(base, path) {
            match act_there(&plain) {
                Err(error) if is_errno(&error, libc::ELOOP) => {}
                result => return result,
            }
        }
        for _ in 0..TRIES {
            match act_there(&self.resolve(base, path, last)?) {
                Err(error) if is_errno(&error, libc::ELOOP) => {}
                result => return result,
            }
        }
        Err(errno(libc::ELOOP))
    }

    fn must_be_directory(&self, path: &[u8]) -> io::Result<()> {
        match self.entry(path)?.kind {
            FileKind::Directory => Ok(()),
            FileKind::Symlink => Err(errno(libc::ELOOP)),
            _ => Err(errno(libc::ENOTDIR)),
        }
    }

    /// The absolute path without symbolic links. What its last part names need not exist.
    fn resolve(&self, base: &[u8], path: &[u8], last: Last) -> io::Result<Vec<u8>> {
        let mut done = Vec::new();
        if !path.starts_with(b"/") {
            path::parts(base).for_each(|part| path::push(&mut done, part));
        }
        let mut links = 0;
        let mut ahead: Vec<Vec<u8>> = path::parts(path).rev().map(<[u8]>::to_vec).collect();
        while let Some(part) = ahead.pop() {
            if part == b".." {
                path::pop(&mut done);
                continue;
            }
            let here = done.len();
            path::push(&mut done, &part);
            if ahead.is_empty() && last == Last::Kept {
                break;
            }
            match self.entry(&done) {
                Ok(metadata) if metadata.kind == FileKind::Symlink => {
                    links += 1;
                    if links > MOST_LINKS {
                        return Err(errno(libc::ELOOP));
                    }
                    let place = self.place(&done);
                    let target = match place.files.read_link(place.path) {
                        // It was a link a moment ago.
                        Err(error) if is_errno(&error, libc::EINVAL) => return Err(errno(libc::ENOENT)),
                        target => target?,
                    };
                    path::check(&target)?;
                    done.truncate(if target.starts_with(b"/") { 0 } else { here });
                    ahead.extend(path::parts(&target).rev().map(<[u8]>::to_vec));
                }
                Ok(metadata) if !ahead.is_empty() && metadata.kind != FileKind::Directory => {
                    return Err(errno(libc::ENOTDIR));
                }
                Ok(_) => {}
                Err(error) if ahead.is_empty() && is_errno(&error, libc::ENOENT) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(path::rooted(done))
    }

    /// What lies at an absolute path; the directories that lead to a mount point exist.
    fn entry(&self, path: &[u8]) -> io::Result<Metadata> {
        let place = self.place(path);
        match place.files.metadata(place.path) {
            Err(error) if is_errno(&error, libc::ENOENT) && self.leads_to_mount(path) => {
                Ok(self.directory_on_the_way(path))
            }
            result => result,
        }
    }

    fn directory_on_the_way(&self, path: &[u8]) -> Metadata {
        let about = crate::pipe::nameless(FileKind::Directory);
        Metadata { permissions: 0o755, device: self.device, inode: path.len() as u64, links: 2, ..about }
    }

    fn place<'m>(&'m self, path: &'m [u8]) -> Place<'m> {
        let mount = self.table.iter().find_map(|mount| Some((mount, path::below(path, &mount.at)?)));
        match mount {
            Some((mount, below)) => {
                Place { files: &*mount.files, path: if below.is_empty() { b"/" } else { below } }
            }
            // The root's path is empty, and every path begins with that.
            None => Place { files: &*self.table[self.table.len() - 1].files, path },
        }
    }

    /// Whether a path is a mount point (not the root) or a directory on the way to one.
    fn leads_to_mount(&self, path: &[u8]) -> bool {
        let directory = if path == b"/" { b"" } else { path };
        self.table.iter().any(|mount| !mount.at.is_empty() && path::below(&mount.at, directory).is_some())
    }

    /// The names in a directory at which, or below which, something is mounted.
    fn mount_points_in(&self, directory: &[u8]) -> impl Iterator<Item = Vec<u8>> {
        let directory = if directory == b"/" { b"" } else { directory };
        self.table.iter().filter_map(move |mount| {
            let below = path::below(&mount.at, directory)?;
            path::parts(below).next().map(<[u8]>::to_vec)
        })
    }
}

#[cfg(test)]
mod tests;
