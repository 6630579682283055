//! Filling a file system in memory and looking into it, without regard to permissions: for whoever owns it, not for scripts.

use super::tree::{Body, Inode, Node, User};
use super::{MemoryFs, file};
use crate::filesystem::{FileSystem, Time, errno, is_errno, path};
use crate::{FileKind, Metadata};
use std::collections::HashMap;
use std::io;
use std::sync::Arc;

/// A file, directory, link or FIFO with all that is known of it: what a file system can be stored as and restored from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryEntry {
    /// Its absolute path.
    pub path: Vec<u8>,
    /// What it is.
    pub content: Content,
    /// Its permission bits.
    pub mode: u32,
    /// Its owner.
    pub uid: u32,
    /// Its group.
    pub gid: u32,
    /// When it was last read.
    pub accessed: Time,
    /// When it was last changed.
    pub modified: Time,
}

/// What a [`MemoryEntry`] is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A file with these bytes.
    File(Arc<Vec<u8>>),
    /// A file that is fetched when it is first read, and was not yet. It cannot be restored.
    Unfetched,
    /// A directory.
    Directory,
    /// A symbolic link to this path.
    Symlink(Vec<u8>),
    /// Another name of the file at an earlier path.
    HardLink(Vec<u8>),
    /// A FIFO.
    Fifo,
}

impl MemoryFs {
    /// Writes a file with mode 644, or over the one that is there. Directories on the way are made.
    pub fn add_file(&self, path: impl AsRef<[u8]>, text: impl Into<Vec<u8>>) -> io::Result<()> {
        self.add_file_with_mode(path, text, 0o644)
    }

    /// Writes a file with these permission bits. Directories on the way are made.
    pub fn add_file_with_mode(
        &self,
        path: impl AsRef<[u8]>,
        text: impl Into<Vec<u8>>,
        mode: u32,
    ) -> io::Result<()> {
        let text = text.into();
        let quota = self.shared.read().tree.may_hold(text.len() as u64);
        quota.and_then(|()| self.seed(path.as_ref(), Body::File(Arc::new(text)), mode))
    }

    /// Adds a file whose content is fetched when it is first read, or its size first asked for.
    pub fn add_lazy_file(
        &self,
        path: impl AsRef<[u8]>,
        fetch: impl Fn() -> io::Result<Vec<u8>> + Send + Sync + 'static,
    ) -> io::Result<()> {
        self.seed(path.as_ref(), Body::Unfetched(Arc::new(fetch)), 0o644)
    }

    /// Makes a directory and those on the way to it. If it is there, it gets these permission bits.
    pub fn add_directory(&self, path: impl AsRef<[u8]>, mode: u32) -> io::Result<()> {
        let whole = absolute(path.as_ref())?;
        let all = self.unchecked();
        match all.metadata(&whole) {
            Ok(metadata) if metadata.kind == FileKind::Directory => all.set_permissions(&whole, mode),
            Ok(_) => Err(errno(libc::EEXIST)),
            Err(_) => self.seed(&whole, Body::Directory(Arc::default()), mode),
        }
    }

    /// Makes a symbolic link. Directories on the way are made.
    pub fn add_symlink(&self, path: impl AsRef<[u8]>, target: impl AsRef<[u8]>) -> io::Result<()> {
        path::check(target.as_ref())?;
        self.seed(path.as_ref(), Body::Symlink(target.as_ref().into()), 0o777)
    }

    /// Makes a FIFO. Directories on the way are made.
    pub fn add_fifo(&self, path: impl AsRef<[u8]>) -> io::Result<()> {
        self.seed(path.as_ref(), Body::Fifo, 0o644)
    }

    /// The bytes of a file. Symbolic links are not followed.
    pub fn read_file(&self, path: impl AsRef<[u8]>) -> io::Result<Vec<u8>> {
        let whole = absolute(path.as_ref())?;
        let inode = self.shared.read().tree.walk(&whole, ROOT_USER)?;
        let kind = self.shared.read().tree.node(inode)?.kind();
        match kind {
            FileKind::Regular => file::content(&self.shared, inode).map(|text| text.to_vec()),
            FileKind::Directory => Err(errno(libc::EISDIR)),
            FileKind::Symlink => Err(errno(libc::ELOOP)),
            _ => Err(errno(libc::EINVAL)),
        }
    }

    /// Removes everything but the root. Files that are open live on without names.
    pub fn remove_all(&self) {
        let all = self.unchecked();
        for entry in self.entries().iter().rev().filter(|entry| entry.path != b"/") {
            // Each is there, and a directory is empty when its turn comes, unless somebody adds to it meanwhile.
            let _ = match entry.content {
                Content::Directory => all.remove_directory(&entry.path),
                _ => all.remove_file(&entry.path),
            };
        }
    }

    /// Whether a file of this size could be added.
    pub(crate) fn has_room_for(&self, size: u64) -> io::Result<()> {
        self.shared.read().tree.may_hold(size)
    }

    /// What a path is, whoever may know it.
    pub(crate) fn metadata_unchecked(&self, path: &[u8]) -> io::Result<Metadata> {
        self.unchecked().metadata(path)
    }

    /// All that there is, directories before what is in them. Content is shared, not copied.
    pub fn entries(&self) -> Vec<MemoryEntry> {
        let state = self.shared.read();
        let mut entries = Vec::new();
        let mut first_names: HashMap<Inode, Vec<u8>> = HashMap::new();
        state.tree.visit(&mut |path, inode, node| {
            let content = match (first_names.get(&inode), &node.body) {
                (Some(first), _) => Content::HardLink(first.clone()),
                (None, Body::File(bytes)) => Content::File(bytes.clone()),
                (None, Body::Unfetched(_)) => Content::Unfetched,
                (None, Body::Directory(_)) => Content::Directory,
                (None, Body::Symlink(target)) => Content::Symlink(target.to_vec()),
                (None, Body::Fifo) => Content::Fifo,
            };
            if node.links > 1 && node.kind() != FileKind::Directory {
                first_names.entry(inode).or_insert_with(|| path.clone());
            }
            entries.push(MemoryEntry {
                path,
                content,
                mode: node.mode,
                uid: node.owner.uid,
                gid: node.owner.gid,
                accessed: node.accessed,
                modified: node.modified,
            });
        });
        entries
    }

    /// Puts back what [`MemoryFs::entries`] gave, in its order.
    pub fn restore(&self, entries: impl IntoIterator<Item = MemoryEntry>) -> io::Result<()> {
        let mut times = Vec::new();
        for entry in entries {
            self.restore_one(&entry)?;
            times.push((entry.path, entry.accessed, entry.modified));
        }
        // Last, as the time of a directory changes with what is put into it.
        let all = self.unchecked();
        times
            .into_iter()
            .try_for_each(|(path, accessed, modified)| all.set_times(&path, Some(accessed), Some(modified)))
    }

    fn restore_one(&self, entry: &MemoryEntry) -> io::Result<()> {
        let owner = self.as_user(entry.uid, entry.gid);
        match &entry.content {
            Content::File(bytes) => {
                let room = self.shared.read().tree.may_hold(bytes.len() as u64);
                room.and_then(|()| owner.seed(&entry.path, Body::File(bytes.clone()), entry.mode))
            }
            Content::Unfetched => Err(errno(libc::EINVAL)),
            Content::Directory => {
                owner.add_directory(&entry.path, entry.mode)?;
                self.shared.write().tree.set_owner(&entry.path, User { uid: entry.uid, gid: entry.gid })
            }
            Content::Symlink(target) => owner.add_symlink(&entry.path, target),
            Content::HardLink(first) => self.unchecked().make_link(first, &entry.path),
            Content::Fifo => owner.seed(&entry.path, Body::Fifo, entry.mode),
        }
    }

    /// Puts a node at a path, instead of what is there unless that is a directory.
    fn seed(&self, path: &[u8], body: Body, mode: u32) -> io::Result<()> {
        let whole = absolute(path)?;
        let now = self.shared.now();
        let mut state = self.shared.write();
        let mut directory = Vec::new();
        for part in path::parts(path::split(&whole).map_or(b"/", |(directory, _)| directory)) {
            path::push(&mut directory, part);
            let node = Node::new(Body::Directory(Arc::default()), 0o755, self.user, now);
            match state.tree.add(&directory, node, ROOT_USER) {
                Err(error) if !is_errno(&error, libc::EEXIST) => return Err(error),
                _ => {}
            }
        }
        match state.tree.remove_file(&whole, ROOT_USER, now) {
            Ok(inode) => state.free_if_unused(inode),
            Err(error) if is_errno(&error, libc::ENOENT) => {}
            Err(error) => return Err(error),
        }
        let node = Node::new(body, mode, self.user, now);
        state.tree.add(&whole, node, ROOT_USER).map(drop)
    }
}

impl std::fmt::Debug for MemoryFs {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("MemoryFs").field("usage", &self.usage()).finish_non_exhaustive()
    }
}

const ROOT_USER: User = User { uid: 0, gid: 0 };

/// A path of whoever fills a file system: with or without a slash in front.
fn absolute(path: &[u8]) -> io::Result<Vec<u8>> {
    path::check(path)?;
    path::absolute(b"/", path).ok_or_else(|| errno(libc::EINVAL))
}
