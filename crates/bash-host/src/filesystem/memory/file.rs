//! Open files of a file system in memory.

use super::tree::{Body, Inode};
use super::{Shared, State};
use crate::Metadata;
use crate::filesystem::{File, errno};
use std::io;
use std::sync::Arc;

/// An open file. It lives on when its last name is removed.
pub(super) struct MemoryFile {
    shared: Arc<Shared>,
    inode: Inode,
}

impl MemoryFile {
    pub(super) fn open(shared: Arc<Shared>, state: &mut State, inode: Inode) -> MemoryFile {
        *state.open.entry(inode).or_default() += 1;
        MemoryFile { shared, inode }
    }

    /// The content, fetched if it never was.
    fn content(&self) -> io::Result<Arc<Vec<u8>>> {
        content(&self.shared, self.inode)
    }

    /// Notes that the file was read, if it was not since it was last changed.
    fn note_access(&self) {
        let is_due =
            |state: &State| state.tree.node(self.inode).is_ok_and(|node| node.accessed <= node.modified);
        if !is_due(&self.shared.read()) {
            return;
        }
        let now = self.shared.now();
        if let Ok(node) = self.shared.write().tree.node_mut(self.inode) {
            node.accessed = now;
        }
    }
}

/// The content of a file, fetched if it never was. Nobody is kept waiting meanwhile.
pub(super) fn content(shared: &Shared, inode: Inode) -> io::Result<Arc<Vec<u8>>> {
    loop {
        let fetch = match &shared.read().tree.node(inode)?.body {
            Body::File(bytes) => return Ok(bytes.clone()),
            Body::Unfetched(fetch) => fetch.clone(),
            _ => return Err(errno(libc::EINVAL)),
        };
        let text = fetch()?;
        shared.write().tree.fill(inode, text)?;
    }
}

/// What a node is. A file that was never read is fetched, as its size is not known before.
pub(super) fn metadata(shared: &Shared, inode: Inode) -> io::Result<Metadata> {
    let is_unfetched = matches!(shared.read().tree.node(inode)?.body, Body::Unfetched(_));
    if is_unfetched {
        content(shared, inode)?;
    }
    Ok(shared.read().tree.node(inode)?.metadata(inode, shared.device))
}

impl File for MemoryFile {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let content = self.content()?;
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(content.len());
        let count = buffer.len().min(content.len() - start);
        buffer[..count].copy_from_slice(&content[start..start + count]);
        drop(content); // A copy that is held makes the next writer copy the file.
        self.note_access();
        Ok(count)
    }

    fn write_at(&self, offset: u64, data: &[u8]) -> io::Result<usize> {
        drop(self.content()?);
        let now = self.shared.now();
        self.shared.write().tree.write(self.inode, offset, data, now)
    }

    fn append(&self, data: &[u8]) -> io::Result<(usize, u64)> {
        drop(self.content()?);
        let now = self.shared.now();
        let mut state = self.shared.write();
        let end = state.tree.node(self.inode)?.metadata(self.inode, 0).size;
        let count = state.tree.write(self.inode, end, data, now)?;
        Ok((count, end + count as u64))
    }

    fn set_length(&self, length: u64) -> io::Result<()> {
        if length > 0 {
            drop(self.content()?);
        }
        let now = self.shared.now();
        self.shared.write().tree.set_length(self.inode, length, now)
    }

    fn metadata(&self) -> io::Result<Metadata> {
        metadata(&self.shared, self.inode)
    }
}

impl Drop for MemoryFile {
    fn drop(&mut self) {
        let mut state = self.shared.write();
        let left = state.open.get_mut(&self.inode).map_or(0, |count| {
            *count -= 1;
            *count
        });
        if left == 0 {
            state.open.remove(&self.inode);
            state.tree.free_if_nameless(self.inode);
        }
    }
}
