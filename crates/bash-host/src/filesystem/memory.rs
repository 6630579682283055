//! Files in memory.
//!
//! A [`MemoryFs`] is a handle: clones made with [`MemoryFs::snapshot`] are file systems of their own, which share all
//! content until one side writes; clones made with [`MemoryFs::as_user`] are the same files seen by somebody else.
//! Nothing here reads a clock of the machine unless one is given: by default each change is a microsecond later than
//! the one before, which keeps `-nt` and `-ot` right.

mod file;
mod image;
mod quota;
mod seed;
mod tree;

pub use quota::{Quota, Usage};
pub use seed::{Content, MemoryEntry};

use super::devices::OpenDirectory;
use super::{FileSystem, FilesImage, Opened, Time, errno, is_errno, new_device, path};
use crate::pipe::Fifo;
use crate::{Access, Entry, FileKind, Metadata, OpenHow};
use file::MemoryFile;
use image::Times;
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak};
use std::time::Duration;
use tree::{Body, Inode, Node, Tree, User};

/// A file system in memory.
pub struct MemoryFs {
    shared: Arc<Shared>,
    user: User,
}

/// Tells the time of changes.
pub type FileClock = Arc<dyn Fn() -> Duration + Send + Sync>;

/// What all handles of one file system share.
struct Shared {
    state: RwLock<State>,
    device: u64,
    times: Times,
}

/// The files, and what of them is in use.
struct State {
    tree: Tree,
    /// How often each file is open: one without a name lives as long as that.
    open: HashMap<Inode, usize>,
    /// The FIFOs in use.
    fifos: HashMap<Inode, Weak<Fifo>>,
}

impl Shared {
    fn new(tree: Tree, times: Times) -> Arc<Shared> {
        let state = State { tree, open: HashMap::new(), fifos: HashMap::new() };
        Arc::new(Shared { state: RwLock::new(state), device: new_device(), times })
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Time {
        self.times.now()
    }
}

impl MemoryFs {
    /// The user and group that files belong to unless told otherwise.
    pub const USER: u32 = 1000;

    /// An empty one: a root directory that belongs to [`MemoryFs::USER`].
    pub fn new() -> MemoryFs {
        MemoryFs::with_quota(Quota::default())
    }

    /// An empty one that can grow so far.
    pub fn with_quota(quota: Quota) -> MemoryFs {
        let user = User { uid: Self::USER, gid: Self::USER };
        MemoryFs { shared: Shared::new(Tree::new(user, quota), Times::ticks()), user }
    }

    /// An empty one with the directories that scripts expect: `/tmp`, `/home`, `/bin`, `/usr/bin`, `/etc`.
    pub fn with_skeleton() -> MemoryFs {
        let files = MemoryFs::new();
        for (path, mode) in
            [("/tmp", 0o1777), ("/home", 0o755), ("/bin", 0o755), ("/usr/bin", 0o755), ("/etc", 0o755)]
        {
            // An empty tree has room for them.
            let _ = files.add_directory(path, mode);
        }
        files
    }

    /// The same files, with a clock for their times. To be called before files are made.
    #[must_use]
    pub fn timed_by(self, clock: FileClock) -> MemoryFs {
        let tree = self.shared.read().tree.clone();
        MemoryFs { shared: Shared::new(tree, Times::Clock(clock)), user: self.user }
    }

    /// The same files as this user sees them, to whom new ones belong. User 0 may do everything.
    #[must_use]
    pub fn as_user(&self, uid: u32, gid: u32) -> MemoryFs {
        MemoryFs { shared: self.shared.clone(), user: User { uid, gid } }
    }

    /// A file system with the same content, of which neither side sees what the other does from now on. Costs a few
    /// bytes per file; content is copied when one side changes it. Open files stay with this one.
    #[must_use]
    pub fn snapshot(&self) -> MemoryFs {
        let state = self.shared.read();
        let mut tree = state.tree.clone();
        state.open.keys().for_each(|inode| tree.free_if_nameless(*inode));
        MemoryFs { shared: Shared::new(tree, self.shared.times.clone()), user: self.user }
    }

    /// How much there is.
    pub fn usage(&self) -> Usage {
        self.shared.read().tree.usage()
    }

    /// The handle that is refused nothing.
    fn unchecked(&self) -> MemoryFs {
        self.as_user(0, 0)
    }

    /// Opens a file that exists.
    fn open_existing(&self, state: &mut State, inode: Inode, how: OpenHow) -> io::Result<Opened> {
        let writes = how.write || how.append;
        let node = state.tree.node(inode)?;
        if how.read {
            node.check(self.user, Access::Read)?;
        }
        match &node.body {
            Body::Symlink(_) => return Err(errno(libc::ELOOP)),
            Body::Directory(_) if writes || how.create => return Err(errno(libc::EISDIR)),
            Body::Directory(_) => {
                let about = node.metadata(inode, self.shared.device);
                return Ok(Opened::File(Arc::new(OpenDirectory(about))));
            }
            _ if writes => node.check(self.user, Access::Write)?,
            _ => {}
        }
        if matches!(node.body, Body::Fifo) {
            let fifo = state.fifos.get(&inode).and_then(Weak::upgrade).unwrap_or_default();
            state.fifos.insert(inode, Arc::downgrade(&fifo));
            return Ok(Opened::Fifo(fifo));
        }
        if how.truncate && writes {
            state.tree.set_length(inode, 0, self.shared.now())?;
        }
        Ok(Opened::File(Arc::new(MemoryFile::open(self.shared.clone(), state, inode))))
    }

    fn create(&self, state: &mut State, path: &[u8], how: OpenHow) -> io::Result<Opened> {
        let node = Node::new(Body::empty_file(), how.mode, self.user, self.shared.now());
        let inode = state.tree.add(path, node, self.user)?;
        Ok(Opened::File(Arc::new(MemoryFile::open(self.shared.clone(), state, inode))))
    }

    fn add(&self, path: &[u8], body: Body, mode: u32) -> io::Result<()> {
        let node = Node::new(body, mode, self.user, self.shared.now());
        self.shared.write().tree.add(path, node, self.user).map(drop)
    }
}

impl Default for MemoryFs {
    fn default() -> MemoryFs {
        MemoryFs::new()
    }
}

impl FileSystem for MemoryFs {
    fn open(&self, path: &[u8], how: OpenHow) -> io::Result<Opened> {
        let mut state = self.shared.write();
        match state.tree.walk(path, self.user) {
            Ok(_) if how.create && how.exclusive => Err(errno(libc::EEXIST)),
            Ok(inode) => self.open_existing(&mut state, inode, how),
            Err(error) if how.create && is_errno(&error, libc::ENOENT) => self.create(&mut state, path, how),
            Err(error) => Err(error),
        }
    }

    fn metadata(&self, path: &[u8]) -> io::Result<Metadata> {
        let inode = self.shared.read().tree.walk(path, self.user)?;
        file::metadata(&self.shared, inode)
    }

    fn access(&self, path: &[u8], access: Access) -> io::Result<()> {
        let state = self.shared.read();
        let inode = state.tree.walk(path, self.user)?;
        state.tree.node(inode)?.check(self.user, access)
    }

    fn read_directory(&self, path: &[u8]) -> io::Result<Vec<Entry>> {
        let state = self.shared.read();
        let inode = state.tree.walk(path, self.user)?;
        let node = state.tree.node(inode)?;
        let names = node.names()?;
        node.check(self.user, Access::Read)?;
        let entry = |(name, inode): (&Arc<[u8]>, &Inode)| Entry {
            name: name.to_vec(),
            kind: state.tree.node(*inode).map_or(FileKind::Unknown, Node::kind),
        };
        Ok(names.iter().map(entry).collect())
    }

    fn read_link(&self, path: &[u8]) -> io::Result<Vec<u8>> {
        let state = self.shared.read();
        match &state.tree.node(state.tree.walk(path, self.user)?)?.body {
            Body::Symlink(target) => Ok(target.to_vec()),
            _ => Err(errno(libc::EINVAL)),
        }
    }

    fn make_directory(&self, path: &[u8], mode: u32) -> io::Result<()> {
        self.add(path, Body::Directory(Arc::default()), mode)
    }

    fn make_fifo(&self, path: &[u8], mode: u32) -> io::Result<()> {
        self.add(path, Body::Fifo, mode)
    }

    fn make_symlink(&self, target: &[u8], path: &[u8]) -> io::Result<()> {
        path::check(target)?;
        self.add(path, Body::Symlink(target.into()), 0o777)
    }

    fn make_link(&self, existing: &[u8], path: &[u8]) -> io::Result<()> {
        let now = self.shared.now();
        self.shared.write().tree.link(existing, path, self.user, now)
    }

    fn remove_file(&self, path: &[u8]) -> io::Result<()> {
        let now = self.shared.now();
        let mut state = self.shared.write();
        let inode = state.tree.remove_file(path, self.user, now)?;
        state.free_if_unused(inode);
        Ok(())
    }

    fn remove_directory(&self, path: &[u8]) -> io::Result<()> {
        let now = self.shared.now();
        self.shared.write().tree.remove_directory(path, self.user, now)
    }

    fn rename(&self, from: &[u8], to: &[u8]) -> io::Result<()> {
        let now = self.shared.now();
        let mut state = self.shared.write();
        if let Some(replaced) = state.tree.rename(from, to, self.user, now)? {
            state.free_if_unused(replaced);
        }
        Ok(())
    }

    fn set_permissions(&self, path: &[u8], mode: u32) -> io::Result<()> {
        let now = self.shared.now();
        self.shared.write().tree.set_permissions(path, mode, self.user, now)
    }

    fn set_times(&self, path: &[u8], accessed: Option<Time>, modified: Option<Time>) -> io::Result<()> {
        let now = self.shared.now();
        self.shared.write().tree.set_times(path, accessed, modified, self.user, now)
    }

    fn copied(&self) -> Option<Arc<dyn FileSystem>> {
        Some(Arc::new(self.snapshot()))
    }

    fn image(&self) -> io::Result<Option<FilesImage>> {
        self.to_image()
    }

    fn restore_image(&self, image: &FilesImage) -> io::Result<()> {
        match image {
            FilesImage::Whole(entries) => self.replace_all(entries),
            FilesImage::Changes { .. } => Err(io::ErrorKind::Unsupported.into()),
        }
    }
}

impl State {
    /// Frees a file that has neither a name nor a reader.
    fn free_if_unused(&mut self, inode: Inode) {
        if !self.open.contains_key(&inode) {
            self.tree.free_if_nameless(inode);
        }
    }
}

#[cfg(test)]
mod tests;
