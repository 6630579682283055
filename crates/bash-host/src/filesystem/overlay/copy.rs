//! Copying from the lower side of an overlay into memory.

use super::{Hidden, Layer, OverlayFs};
use crate::filesystem::{FileSystem, Opened, errno, path};
use crate::{FileKind, Metadata, OpenFile, OpenHow};
use std::io;

impl OverlayFs {
    /// Copies the directories on the way to and at a path.
    pub(super) fn copy_directories(&self, directory: &[u8]) -> io::Result<()> {
        let mut whole = Vec::new();
        for part in path::parts(directory) {
            path::push(&mut whole, part);
            if self.upper.metadata(&whole).is_err() {
                let about = self.lower.metadata(&whole)?;
                self.upper.add_directory(&whole, about.permissions)?;
                self.keep_times(&whole, &about)?;
            }
        }
        Ok(())
    }

    /// Copies what is only on the lower side.
    pub(super) fn copy(&self, hidden: &Hidden, path: &[u8]) -> io::Result<()> {
        if self.layer(hidden, path)? == Layer::Upper {
            return Ok(());
        }
        if let Some((directory, _)) = path::split(path) {
            self.copy_directories(directory)?;
        }
        let about = self.lower.metadata(path)?;
        match about.kind {
            FileKind::Regular => {
                self.upper.has_room_for(about.size)?;
                let text = content(&*self.lower, path)?;
                self.upper.add_file_with_mode(path, text, about.permissions)?;
            }
            FileKind::Directory => self.upper.add_directory(path, about.permissions)?,
            FileKind::Symlink => return self.upper.add_symlink(path, self.lower.read_link(path)?),
            FileKind::Fifo => self.upper.add_fifo(path)?,
            _ => return Err(errno(libc::EPERM)),
        }
        self.keep_times(path, &about)
    }

    /// Copies a file that is about to be opened for writing; its content only if that stays.
    pub(super) fn copy_to_write(&self, hidden: &Hidden, path: &[u8], how: OpenHow) -> io::Result<()> {
        let about = self.lower.metadata(path)?;
        match about.kind {
            FileKind::Symlink => return Err(errno(libc::ELOOP)),
            FileKind::Directory => return Err(errno(libc::EISDIR)),
            _ => {}
        }
        self.may_change(hidden, path)?;
        if !how.truncate || about.kind != FileKind::Regular {
            return self.copy(hidden, path);
        }
        if let Some((directory, _)) = path::split(path) {
            self.copy_directories(directory)?;
        }
        self.upper.add_file_with_mode(path, Vec::new(), about.permissions)
    }

    /// Copies what is about to get other permissions or times.
    pub(super) fn copy_to_change(&self, hidden: &Hidden, path: &[u8]) -> io::Result<()> {
        if self.layer(hidden, path)? == Layer::Upper {
            return Ok(());
        }
        self.may_change(hidden, path).map_err(|_| errno(libc::EPERM))?;
        self.copy(hidden, path)
    }

    /// Copies a directory with all that is seen in it.
    pub(super) fn copy_tree(&self, hidden: &Hidden, top: &[u8]) -> io::Result<()> {
        let mut ahead = vec![top.to_vec()];
        while let Some(path) = ahead.pop() {
            self.copy(hidden, &path)?;
            if self.seen(hidden, &path)?.kind == FileKind::Directory {
                let below = self.list(hidden, &path)?;
                ahead.extend(below.iter().map(|entry| path::join(&path, &entry.name)));
            }
        }
        Ok(())
    }

    fn keep_times(&self, path: &[u8], about: &Metadata) -> io::Result<()> {
        self.upper.set_times(path, Some(about.accessed), Some(about.modified))
    }
}

/// All bytes of a file.
pub(super) fn content(files: &dyn FileSystem, path: &[u8]) -> io::Result<Vec<u8>> {
    let how = OpenHow { read: true, ..OpenHow::default() };
    let mut text = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    let opened = files.open(path, how)?;
    loop {
        let count = match &opened {
            Opened::File(file) => file.read_at(text.len() as u64, &mut buffer)?,
            Opened::Stream(file) => file.read(&mut buffer)?,
            Opened::Fifo(_) => return Err(errno(libc::EINVAL)),
        };
        if count == 0 {
            return Ok(text);
        }
        text.extend_from_slice(&buffer[..count]);
    }
}

/// Gives a file this content, in a file system where it may be written.
pub(super) fn write(files: &dyn FileSystem, path: &[u8], text: &[u8], mode: u32) -> io::Result<()> {
    let how = OpenHow { write: true, create: true, truncate: true, mode, ..OpenHow::default() };
    match files.open(path, how)? {
        Opened::Stream(file) => OpenFile::write_all(&*file, text),
        Opened::Fifo(_) => Err(errno(libc::EINVAL)),
        Opened::File(file) => {
            let mut written = 0;
            while written < text.len() {
                written += match file.write_at(written as u64, &text[written..])? {
                    0 => return Err(io::ErrorKind::WriteZero.into()),
                    count => count,
                };
            }
            Ok(())
        }
    }
}
