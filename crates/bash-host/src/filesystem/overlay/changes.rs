//! What has changed in an overlay, and what becomes of it: a list, a commit to the lower file system, or nothing.

use super::copy::{content, write};
use super::{Hidden, OverlayFs};
use crate::FileKind;
use crate::filesystem::{Content, FileSystem, MemoryEntry, is_errno, path};
use std::io;

/// One path that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// Which.
    pub path: Vec<u8>,
    /// In what way.
    pub what: ChangeKind,
    /// What it is now, or was if it is no more.
    pub kind: FileKind,
}

/// In what way a path has changed. What was replaced by something of another kind is removed and added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// It is no more.
    Removed,
    /// It is new.
    Added,
    /// Its content or its permissions are others.
    Modified,
}

impl OverlayFs {
    /// What has changed, in the order of paths. A directory comes with all that was in it. Files that were written with
    /// what they held before have not changed.
    pub fn changes(&self) -> io::Result<Vec<Change>> {
        self.changes_behind(&self.hidden())
    }

    /// Makes the changes in the lower file system; then there are none. If one fails, those before it are made, all are
    /// still seen, and to commit again goes on. Somebody who looks meanwhile may see a part of them.
    pub fn commit(&self) -> io::Result<()> {
        let mut hidden = self.hidden();
        let changes = self.changes_behind(&hidden)?;
        for change in changes.iter().rev().filter(|change| change.what == ChangeKind::Removed) {
            let removed = match change.kind {
                FileKind::Directory => self.lower.remove_directory(&change.path),
                _ => self.lower.remove_file(&change.path),
            };
            removed.or_else(|error| if is_errno(&error, libc::ENOENT) { Ok(()) } else { Err(error) })?;
        }
        let is_changed = |entry: &MemoryEntry| {
            let here = changes.iter().filter(|change| change.path == entry.path);
            here.map(|change| change.what).find(|what| *what != ChangeKind::Removed)
        };
        for entry in self.upper.entries() {
            if let Some(what) = is_changed(&entry) {
                self.apply(&entry, what)?;
            }
        }
        self.forget(&mut hidden);
        Ok(())
    }

    /// Forgets all changes. Files that are open stay as they are for who opened them.
    pub fn discard(&self) {
        self.forget(&mut self.hidden());
    }

    fn forget(&self, hidden: &mut Hidden) {
        self.upper.remove_all();
        hidden.0.clear();
    }

    fn changes_behind(&self, hidden: &Hidden) -> io::Result<Vec<Change>> {
        let mut changes = Vec::new();
        for entry in self.upper.entries().iter().filter(|entry| entry.path != b"/") {
            self.compare(entry, &mut changes)?;
        }
        for path in &hidden.0 {
            self.list_removed(path, &mut changes)?;
        }
        changes.sort();
        changes.dedup();
        Ok(changes)
    }

    /// Compares something in memory with what is below it.
    fn compare(&self, entry: &MemoryEntry, changes: &mut Vec<Change>) -> io::Result<()> {
        let kind = self.upper.metadata_unchecked(&entry.path)?.kind;
        let change = |what, kind| Change { path: entry.path.clone(), what, kind };
        let before = match self.lower.metadata(&entry.path) {
            Ok(before) => before,
            Err(error) if is_missing(&error) => {
                changes.push(change(ChangeKind::Added, kind));
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        if before.kind != kind {
            changes.push(change(ChangeKind::Removed, before.kind));
            changes.push(change(ChangeKind::Added, kind));
            return Ok(());
        }
        let is_same = match kind {
            FileKind::Symlink => self.lower.read_link(&entry.path)? == self.upper.read_link(&entry.path)?,
            FileKind::Regular => {
                let text = self.upper.read_file(&entry.path)?;
                before.permissions == entry.mode
                    && before.size == text.len() as u64
                    && content(&*self.lower, &entry.path)? == text
            }
            _ => before.permissions == entry.mode,
        };
        if !is_same {
            changes.push(change(ChangeKind::Modified, kind));
        }
        Ok(())
    }

    /// Everything at and below a hidden path that is not in memory.
    fn list_removed(&self, top: &[u8], changes: &mut Vec<Change>) -> io::Result<()> {
        let mut ahead = vec![top.to_vec()];
        while let Some(path) = ahead.pop() {
            let kind = match self.lower.metadata(&path) {
                Ok(before) => before.kind,
                Err(error) if is_missing(&error) => continue,
                Err(error) => return Err(error),
            };
            if kind == FileKind::Directory {
                let below = self.lower.read_directory(&path)?;
                ahead.extend(below.iter().map(|entry| path::join(&path, &entry.name)));
            }
            if self.upper.metadata_unchecked(&path).is_err() {
                changes.push(Change { path, what: ChangeKind::Removed, kind });
            }
        }
        Ok(())
    }

    /// Makes one change in the lower file system.
    fn apply(&self, entry: &MemoryEntry, what: ChangeKind) -> io::Result<()> {
        let (lower, path) = (&*self.lower, &entry.path[..]);
        match &entry.content {
            Content::File(text) => {
                write(lower, path, text, entry.mode)?;
                lower.set_permissions(path, entry.mode)?;
            }
            Content::Unfetched => {
                write(lower, path, &self.upper.read_file(path)?, entry.mode)?;
                lower.set_permissions(path, entry.mode)?;
            }
            Content::Directory if what == ChangeKind::Added => {
                lower.make_directory(path, entry.mode)?;
                return lower.set_permissions(path, entry.mode);
            }
            Content::Directory => return lower.set_permissions(path, entry.mode),
            Content::Symlink(target) => {
                if what == ChangeKind::Modified {
                    lower.remove_file(path)?;
                }
                return lower.make_symlink(target, path);
            }
            Content::HardLink(first) => {
                if what == ChangeKind::Modified {
                    lower.remove_file(path)?;
                }
                return lower.make_link(first, path);
            }
            Content::Fifo if what == ChangeKind::Added => return lower.make_fifo(path, entry.mode),
            Content::Fifo => return lower.set_permissions(path, entry.mode),
        }
        lower.set_times(path, Some(entry.accessed), Some(entry.modified))
    }
}

fn is_missing(error: &io::Error) -> bool {
    [libc::ENOENT, libc::ENOTDIR, libc::ELOOP].iter().any(|code| is_errno(error, *code))
}
