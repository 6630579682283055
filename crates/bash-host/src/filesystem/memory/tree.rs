//! The tree behind a file system in memory: numbered nodes that snapshots share until one side writes.

use super::quota::{Quota, Usage};
use crate::filesystem::{Time, errno, path};
use crate::{Access, FileKind, Metadata};
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

/// The number of a node.
pub(super) type Inode = u32;

/// Names in a directory.
pub(super) type Names = BTreeMap<Arc<[u8]>, Inode>;

/// Content that is fetched when it is first needed.
pub(super) type Fetch = Arc<dyn Fn() -> io::Result<Vec<u8>> + Send + Sync>;

/// Nodes are copied in groups of this many.
const GROUP: usize = 32;

const ROOT: Inode = 0;

/// Who does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct User {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

/// A file, directory, symbolic link or FIFO.
#[derive(Clone)]
pub(super) struct Node {
    pub(super) body: Body,
    pub(super) mode: u32,
    pub(super) owner: User,
    pub(super) links: u32,
    pub(super) accessed: Time,
    pub(super) modified: Time,
    pub(super) changed: Time,
}

/// What a node holds.
#[derive(Clone)]
pub(super) enum Body {
    File(Arc<Vec<u8>>),
    /// A file that was never read.
    Unfetched(Fetch),
    Directory(Arc<Names>),
    Symlink(Arc<[u8]>),
    Fifo,
}

impl Body {
    pub(super) fn empty_file() -> Body {
        Body::File(Arc::default())
    }
}

impl Node {
    pub(super) fn new(body: Body, mode: u32, owner: User, now: Time) -> Node {
        Node { body, mode: mode & 0o7777, owner, links: 1, accessed: now, modified: now, changed: now }
    }

    pub(super) fn kind(&self) -> FileKind {
        match self.body {
            Body::File(_) | Body::Unfetched(_) => FileKind::Regular,
            Body::Directory(_) => FileKind::Directory,
            Body::Symlink(_) => FileKind::Symlink,
            Body::Fifo => FileKind::Fifo,
        }
    }

    fn size(&self) -> u64 {
        match &self.body {
            Body::File(bytes) => bytes.len() as u64,
            Body::Symlink(target) => target.len() as u64,
            Body::Directory(names) => 64 * (names.len() as u64 + 2),
            Body::Fifo | Body::Unfetched(_) => 0,
        }
    }

    pub(super) fn metadata(&self, inode: Inode, device: u64) -> Metadata {
        let size = self.size();
        Metadata {
            kind: self.kind(),
            permissions: self.mode,
            size,
            device,
            inode: u64::from(inode) + 1,
            links: u64::from(self.links),
            uid: self.owner.uid,
            gid: self.owner.gid,
            accessed: self.accessed,
            modified: self.modified,
            changed: self.changed,
            blocks: size.div_ceil(512),
            special: 0,
        }
    }

    /// The names in a directory.
    pub(super) fn names(&self) -> io::Result<&Names> {
        match &self.body {
            Body::Directory(names) => Ok(names),
            Body::Symlink(_) => Err(errno(libc::ELOOP)),
            _ => Err(errno(libc::ENOTDIR)),
        }
    }

    fn names_mut(&mut self) -> io::Result<&mut Names> {
        match &mut self.body {
            Body::Directory(names) => Ok(Arc::make_mut(names)),
            _ => Err(errno(libc::ENOTDIR)),
        }
    }

    /// Whether `user` may do `access`.
    pub(super) fn check(&self, user: User, access: Access) -> io::Result<()> {
        let bit = match access {
            Access::Exists => return Ok(()),
            Access::Read => 4,
            Access::Write => 2,
            Access::Execute => 1,
        };
        let is_directory = matches!(self.body, Body::Directory(_));
        let may = match user {
            User { uid: 0, .. } => access != Access::Execute || is_directory || self.mode & 0o111 != 0,
            User { uid, .. } if uid == self.owner.uid => self.mode >> 6 & bit != 0,
            User { gid, .. } if gid == self.owner.gid => self.mode >> 3 & bit != 0,
            _ => self.mode & bit != 0,
        };
        if may { Ok(()) } else { Err(errno(libc::EACCES)) }
    }

    fn must_be_owned_by(&self, user: User) -> io::Result<()> {
        if user.uid == 0 || user.uid == self.owner.uid { Ok(()) } else { Err(errno(libc::EPERM)) }
    }
}

/// All nodes.
#[derive(Clone)]
pub(super) struct Tree {
    groups: Vec<Arc<Vec<Option<Node>>>>,
    free: Vec<Inode>,
    usage: Usage,
    quota: Quota,
}

impl Tree {
    /// A root directory.
    pub(super) fn new(owner: User, quota: Quota) -> Tree {
        let mut root = Node::new(Body::Directory(Arc::default()), 0o755, owner, (0, 0));
        root.links = 2;
        let usage = Usage { bytes: 0, files: 1 };
        Tree { groups: vec![Arc::new(vec![Some(root)])], free: Vec::new(), usage, quota }
    }

    pub(super) fn usage(&self) -> Usage {
        self.usage
    }

    pub(super) fn node(&self, inode: Inode) -> io::Result<&Node> {
        let group = self.groups.get(inode as usize / GROUP);
        let node = group.and_then(|group| group.get(inode as usize % GROUP)?.as_ref());
        node.ok_or_else(|| errno(libc::ESTALE))
    }

    pub(super) fn node_mut(&mut self, inode: Inode) -> io::Result<&mut Node> {
        let group = self.groups.get_mut(inode as usize / GROUP);
        let node = group.and_then(|group| Arc::make_mut(group).get_mut(inode as usize % GROUP)?.as_mut());
        node.ok_or_else(|| errno(libc::ESTALE))
    }

    /// The node at a path.
    pub(super) fn walk(&self, path: &[u8], user: User) -> io::Result<Inode> {
        let mut inode = ROOT;
        for part in path::parts(path) {
            let node = self.node(inode)?;
            let names = node.names()?;
            node.check(user, Access::Execute)?;
            inode = *names.get(part).ok_or_else(|| errno(libc::ENOENT))?;
        }
        Ok(inode)
    }

    /// The directory that a path is in, and its name there.
    fn parent<'p>(&self, path: &'p [u8], user: User) -> io::Result<(Inode, &'p [u8])> {
        let (directory, name) = path::split(path).ok_or_else(|| errno(libc::EBUSY))?;
        let inode = self.walk(directory, user)?;
        let node = self.node(inode)?;
        node.names()?;
        node.check(user, Access::Execute)?;
        Ok((inode, name))
    }

    /// Puts a new node at a path where nothing is.
    pub(super) fn add(&mut self, path: &[u8], node: Node, user: User) -> io::Result<Inode> {
        if path == b"/" {
            return Err(errno(libc::EEXIST));
        }
        let (directory, name) = self.parent(path, user)?;
        if self.node(directory)?.names()?.contains_key(name) {
            return Err(errno(libc::EEXIST));
        }
        self.node(directory)?.check(user, Access::Write)?;
        if self.quota.files.is_some_and(|most| self.usage.files >= most) {
            return Err(errno(libc::EDQUOT));
        }
        let now = node.modified;
        let inode = self.put(node)?;
        self.enter(directory, name, inode, now)?;
        Ok(inode)
    }

    fn put(&mut self, mut node: Node) -> io::Result<Inode> {
        if matches!(node.body, Body::Directory(_)) {
            node.links = 2;
        }
        if let Body::File(bytes) = &node.body {
            self.usage.bytes += bytes.len() as u64;
        }
        self.usage.files += 1;
        if let Some(inode) = self.free.pop() {
            let group = Arc::make_mut(&mut self.groups[inode as usize / GROUP]);
            group[inode as usize % GROUP] = Some(node);
            return Ok(inode);
        }
        if self.groups.last().is_none_or(|group| group.len() == GROUP) {
            self.groups.push(Arc::new(Vec::with_capacity(GROUP)));
        }
        let number = self.groups.len() - 1;
        let group = Arc::make_mut(&mut self.groups[number]);
        let inode = Inode::try_from(number * GROUP + group.len()).map_err(|_| errno(libc::ENOSPC))?;
        group.push(Some(node));
        Ok(inode)
    }

    /// Gives a node a name in a directory.
    fn enter(&mut self, directory: Inode, name: &[u8], inode: Inode, now: Time) -> io::Result<()> {
        let is_directory = self.node(inode)?.kind() == FileKind::Directory;
        let parent = self.node_mut(directory)?;
        parent.names_mut()?.insert(name.into(), inode);
        parent.links += u32::from(is_directory);
        (parent.modified, parent.changed) = (now, now);
        Ok(())
    }

    /// Takes a name out of a directory.
    fn leave(&mut self, directory: Inode, name: &[u8], now: Time) -> io::Result<Inode> {
        let parent = self.node_mut(directory)?;
        let inode = parent.names_mut()?.remove(name).ok_or_else(|| errno(libc::ENOENT))?;
        (parent.modified, parent.changed) = (now, now);
        if self.node(inode)?.kind() == FileKind::Directory {
            self.node_mut(directory)?.links -= 1;
        }
        Ok(inode)
    }

    /// Whether `user` may take a name out of a directory: in a sticky one, only the owner of it or of the file.
    fn may_take(&self, directory: Inode, name: &[u8], user: User) -> io::Result<Inode> {
        let parent = self.node(directory)?;
        let inode = *parent.names()?.get(name).ok_or_else(|| errno(libc::ENOENT))?;
        parent.check(user, Access::Write)?;
        let is_sticky = parent.mode & 0o1000 != 0;
        if is_sticky && parent.must_be_owned_by(user).is_err() {
            self.node(inode)?.must_be_owned_by(user)?;
        }
        Ok(inode)
    }

    /// Another name for a file.
    pub(super) fn link(&mut self, existing: &[u8], path: &[u8], user: User, now: Time) -> io::Result<()> {
        let inode = self.walk(existing, user)?;
        if self.node(inode)?.kind() == FileKind::Directory {
            return Err(errno(libc::EPERM));
        }
        let (directory, name) = self.parent(path, user)?;
        if self.node(directory)?.names()?.contains_key(name) {
            return Err(errno(libc::EEXIST));
        }
        self.node(directory)?.check(user, Access::Write)?;
        self.enter(directory, name, inode, now)?;
        let node = self.node_mut(inode)?;
        node.links += 1;
        node.changed = now;
        Ok(())
    }

    /// Removes a name of a file. The file is freed by [`Tree::free_if_nameless`].
    pub(super) fn remove_file(&mut self, path: &[u8], user: User, now: Time) -> io::Result<Inode> {
        let (directory, name) = self.parent(path, user).map_err(|error| root_is_directory(path, error))?;
        let inode = self.may_take(directory, name, user)?;
        if self.node(inode)?.kind() == FileKind::Directory {
            return Err(errno(libc::EISDIR));
        }
        self.leave(directory, name, now)?;
        let node = self.node_mut(inode)?;
        node.links -= 1;
        node.changed = now;
        Ok(inode)
    }

    /// Removes an empty directory.
    pub(super) fn remove_directory(&mut self, path: &[u8], user: User, now: Time) -> io::Result<()> {
        let (directory, name) = self.parent(path, user)?;
        let inode = self.may_take(directory, name, user)?;
        let node = self.node(inode)?;
        match &node.body {
            Body::Directory(names) if names.is_empty() => {}
            Body::Directory(_) => return Err(errno(libc::ENOTEMPTY)),
            _ => return Err(errno(libc::ENOTDIR)),
        }
        self.leave(directory, name, now)?;
        self.node_mut(inode)?.links = 0;
        self.free_if_nameless(inode);
        Ok(())
    }

    /// Moves a node; the one that was at `to` and lost its name.
    pub(super) fn rename(
        &mut self,
        from: &[u8],
        to: &[u8],
        user: User,
        now: Time,
    ) -> io::Result<Option<Inode>> {
        let (from_directory, from_name) = self.parent(from, user)?;
        let (to_directory, to_name) = self.parent(to, user)?;
        let inode = self.may_take(from_directory, from_name, user)?;
        let is_directory = self.node(inode)?.kind() == FileKind::Directory;
        if is_directory && path::below(to, from).is_some_and(|rest| !rest.is_empty()) {
            return Err(errno(libc::EINVAL));
        }
        self.node(to_directory)?.check(user, Access::Write)?;
        let replaced = match self.node(to_directory)?.names()?.get(to_name).copied() {
            Some(replaced) if replaced == inode => return Ok(None),
            Some(replaced) => {
                self.may_take(to_directory, to_name, user)?;
                self.may_replace(replaced, is_directory)?;
                self.leave(to_directory, to_name, now)?;
                let node = self.node_mut(replaced)?;
                node.links = if is_directory { 0 } else { node.links - 1 };
                node.changed = now;
                Some(replaced)
            }
            None => None,
        };
        self.leave(from_directory, from_name, now)?;
        self.enter(to_directory, to_name, inode, now)?;
        self.node_mut(inode)?.changed = now;
        Ok(replaced)
    }

    fn may_replace(&self, replaced: Inode, by_directory: bool) -> io::Result<()> {
        match (&self.node(replaced)?.body, by_directory) {
            (Body::Directory(names), true) if names.is_empty() => Ok(()),
            (Body::Directory(_), true) => Err(errno(libc::ENOTEMPTY)),
            (Body::Directory(_), false) => Err(errno(libc::EISDIR)),
            (_, true) => Err(errno(libc::ENOTDIR)),
            (_, false) => Ok(()),
        }
    }

    pub(super) fn set_permissions(
        &mut self,
        path: &[u8],
        mode: u32,
        user: User,
        now: Time,
    ) -> io::Result<()> {
        self.change_owned(path, user, now, |node| node.mode = mode & 0o7777)
    }

    pub(super) fn set_times(
        &mut self,
        path: &[u8],
        accessed: Option<Time>,
        modified: Option<Time>,
        user: User,
        now: Time,
    ) -> io::Result<()> {
        self.change_owned(path, user, now, |node| {
            node.accessed = accessed.unwrap_or(node.accessed);
            node.modified = modified.unwrap_or(node.modified);
        })
    }

    /// Changes what only the owner of a file may.
    fn change_owned(
        &mut self,
        path: &[u8],
        user: User,
        now: Time,
        change: impl FnOnce(&mut Node),
    ) -> io::Result<()> {
        let inode = self.walk(path, user)?;
        let node = self.node_mut(inode)?;
        node.must_be_owned_by(user)?;
        change(node);
        node.changed = now;
        Ok(())
    }

    /// Cuts or lengthens a file.
    pub(super) fn set_length(&mut self, inode: Inode, length: u64, now: Time) -> io::Result<()> {
        let before = match &self.node(inode)?.body {
            Body::File(bytes) => bytes.len() as u64,
            Body::Unfetched(_) => 0,
            _ => return Err(errno(libc::EINVAL)),
        };
        let growth = length.saturating_sub(before);
        if growth > 0 && self.room_for(before, growth)? < growth {
            return Err(errno(libc::ENOSPC));
        }
        let node = self.node_mut(inode)?;
        if length == 0 {
            node.body = Body::empty_file();
        } else if let Body::File(bytes) = &mut node.body {
            resize(Arc::make_mut(bytes), length)?;
        }
        (node.modified, node.changed) = (now, now);
        self.usage.bytes = self.usage.bytes.saturating_sub(before) + length;
        Ok(())
    }

    /// Writes as much of `data` as there is room for.
    pub(super) fn write(&mut self, inode: Inode, offset: u64, data: &[u8], now: Time) -> io::Result<usize> {
        let Body::File(bytes) = &self.node(inode)?.body else { return Err(errno(libc::EBADF)) };
        let before = bytes.len() as u64;
        let end = offset.saturating_add(data.len() as u64);
        let mut count = data.len();
        if end > before {
            let growth = end - before;
            let room = self.room_for(before, growth)?;
            let short = usize::try_from(growth - room).unwrap_or(usize::MAX);
            count = count.saturating_sub(short);
            if count == 0 && !data.is_empty() {
                return Err(errno(libc::ENOSPC));
            }
        }
        let end = offset + count as u64;
        let node = self.node_mut(inode)?;
        if let Body::File(bytes) = &mut node.body {
            let bytes = Arc::make_mut(bytes);
            if end > before {
                resize(bytes, end)?;
            }
            bytes[offset as usize..end as usize].copy_from_slice(&data[..count]);
        }
        (node.modified, node.changed) = (now, now);
        self.usage.bytes += end.saturating_sub(before);
        Ok(count)
    }

    /// Fills in what was fetched for a file.
    pub(super) fn fill(&mut self, inode: Inode, text: Vec<u8>) -> io::Result<()> {
        let length = text.len() as u64;
        let node = self.node_mut(inode)?;
        if matches!(node.body, Body::Unfetched(_)) {
            node.body = Body::File(Arc::new(text));
            self.usage.bytes += length;
        }
        Ok(())
    }

    /// How much of `growth` a file of `size` bytes may grow by.
    fn room_for(&self, size: u64, growth: u64) -> io::Result<u64> {
        let in_file = self.quota.file_size.map_or(u64::MAX, |most| most.saturating_sub(size));
        let in_all = self.quota.bytes.map_or(u64::MAX, |most| most.saturating_sub(self.usage.bytes));
        match growth.min(in_file).min(in_all) {
            0 if in_file == 0 => Err(errno(libc::EFBIG)),
            0 => Err(errno(libc::ENOSPC)),
            room => Ok(room),
        }
    }

    /// Whether a new file of this size has room.
    pub(super) fn may_hold(&self, size: u64) -> io::Result<()> {
        match size {
            0 => Ok(()),
            size if self.room_for(0, size)? == size => Ok(()),
            _ => Err(errno(libc::ENOSPC)),
        }
    }

    /// Gives a node to somebody else.
    pub(super) fn set_owner(&mut self, path: &[u8], owner: User) -> io::Result<()> {
        let inode = self.walk(path, User { uid: 0, gid: 0 })?;
        self.node_mut(inode)?.owner = owner;
        Ok(())
    }

    /// Frees a node without names.
    pub(super) fn free_if_nameless(&mut self, inode: Inode) {
        if !self.node(inode).is_ok_and(|node| node.links == 0) {
            return;
        }
        let group = Arc::make_mut(&mut self.groups[inode as usize / GROUP]);
        if let Some(node) = group[inode as usize % GROUP].take() {
            if let Body::File(bytes) = &node.body {
                self.usage.bytes = self.usage.bytes.saturating_sub(bytes.len() as u64);
            }
            self.usage.files = self.usage.files.saturating_sub(1);
            self.free.push(inode);
        }
    }

    /// Everything below the root, parents before their entries, in the order of names.
    pub(super) fn visit(&self, visit: &mut dyn FnMut(Vec<u8>, Inode, &Node)) {
        let mut ahead = vec![(b"/".to_vec(), ROOT)];
        while let Some((path, inode)) = ahead.pop() {
            let Ok(node) = self.node(inode) else { continue };
            if let Body::Directory(names) = &node.body {
                let below = names.iter().rev().map(|(name, inode)| (path::join(&path, name), *inode));
                ahead.extend(below);
            }
            visit(path, inode, node);
        }
    }
}

/// The root has no parent to be removed from.
fn root_is_directory(path: &[u8], error: io::Error) -> io::Error {
    if path == b"/" { errno(libc::EISDIR) } else { error }
}

/// Sets a buffer's length, unless there is no memory for it.
fn resize(bytes: &mut Vec<u8>, length: u64) -> io::Result<()> {
    let length = usize::try_from(length).map_err(|_| errno(libc::EFBIG))?;
    let more = length.saturating_sub(bytes.len());
    bytes.try_reserve(more).map_err(|_| errno(libc::ENOSPC))?;
    bytes.resize(length, 0);
    Ok(())
}
