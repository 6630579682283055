//! Open files of a sandbox: a position in the bytes of a file.

use crate::filesystem::{File, errno};
use crate::pipe::nameless;
use crate::{Delimited, FileKind, Line, Metadata, OpenFile, OpenHow};
use std::any::Any;
use std::io;
use std::os::fd::BorrowedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// An open file with a position of its own.
pub(super) struct PositionedFile {
    file: Arc<dyn File>,
    position: Mutex<u64>,
    how: OpenHow,
}

impl PositionedFile {
    /// A file at its beginning.
    pub(super) fn new(file: Arc<dyn File>, how: OpenHow) -> PositionedFile {
        PositionedFile { file, position: Mutex::new(0), how }
    }

    /// A text to read that is in no file system.
    pub(super) fn over_text(text: &[u8]) -> PositionedFile {
        let about = Metadata { size: text.len() as u64, links: 0, ..nameless(FileKind::Regular) };
        let text = TextFile { text: text.to_vec(), about };
        PositionedFile::new(Arc::new(text), OpenHow { read: true, ..OpenHow::default() })
    }

    /// The same file, opened again. What this one may not do, the new one may not either: nobody asks for permission.
    pub(super) fn reopened(&self, how: OpenHow) -> io::Result<PositionedFile> {
        let (reads, writes) = self.modes();
        if how.read && !reads || (how.write || how.append) && !writes {
            return Err(errno(libc::EACCES));
        }
        if how.truncate {
            self.file.set_length(0)?;
        }
        Ok(PositionedFile::new(self.file.clone(), how))
    }

    /// How it was opened.
    pub(super) fn how(&self) -> OpenHow {
        self.how
    }

    fn position(&self) -> MutexGuard<'_, u64> {
        self.position.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn must(&self, may: bool) -> io::Result<()> {
        if may { Ok(()) } else { Err(errno(libc::EBADF)) }
    }

    fn is_device(&self) -> bool {
        self.file.metadata().is_ok_and(|metadata| metadata.kind == FileKind::CharDevice)
    }
}

impl OpenFile for PositionedFile {
    fn held_bytes(&self) -> usize {
        let nameless = self.file.metadata().ok().filter(|about| about.links == 0);
        nameless.map_or(0, |about| usize::try_from(about.size).unwrap_or(usize::MAX))
    }

    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.must(self.modes().0)?;
        let mut position = self.position();
        let count = self.file.read_at(*position, buffer)?;
        *position += count as u64;
        Ok(count)
    }

    fn write(&self, data: &[u8]) -> io::Result<usize> {
        self.must(self.modes().1)?;
        let mut position = self.position();
        if self.how.append {
            let (count, end) = self.file.append(data)?;
            *position = end;
            return Ok(count);
        }
        let count = self.file.write_at(*position, data)?;
        *position += count as u64;
        Ok(count)
    }

    fn read_line(&self, line: &Line, out: &mut Vec<u8>) -> io::Result<Delimited> {
        const FIRST_BLOCK: usize = 256;
        const LARGEST_BLOCK: usize = 64 * 1024;
        self.must(self.modes().0)?;
        let mut position = self.position();
        let (mut left, mut block) = (line.limit, FIRST_BLOCK);
        while left > 0 {
            let start = out.len();
            out.resize(start + block.min(left), 0);
            let count = match self.file.read_at(*position, &mut out[start..]) {
                Ok(count) => count,
                Err(error) => {
                    out.truncate(start);
                    return Err(error);
                }
            };
            let end = line.delimiter.and_then(|delimiter| find(delimiter, &out[start..start + count]));
            let taken = end.map_or(count, |end| end + 1);
            out.truncate(start + taken);
            *position += taken as u64;
            match (end, taken) {
                (Some(_), _) => return Ok(Delimited::Delimiter),
                (None, 0) => return Ok(Delimited::End),
                (None, taken) => left -= taken,
            }
            block = (block * 4).min(LARGEST_BLOCK);
        }
        Ok(Delimited::Limit)
    }

    fn settle(&self) {}

    fn seek_by(&self, offset: i64) -> io::Result<u64> {
        let mut position = self.position();
        let moved = position.checked_add_signed(offset).ok_or_else(|| errno(libc::EINVAL))?;
        *position = if self.is_device() { 0 } else { moved };
        Ok(*position)
    }

    fn seek_to(&self, position: u64) -> io::Result<()> {
        *self.position() = position;
        Ok(())
    }

    fn metadata(&self) -> io::Result<Metadata> {
        self.file.metadata()
    }

    fn modes(&self) -> (bool, bool) {
        let writes = self.how.write || self.how.append;
        (self.how.read || !writes, writes)
    }

    fn os_fd(&self) -> Option<BorrowedFd<'_>> {
        None
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

fn find(byte: u8, text: &[u8]) -> Option<usize> {
    text.iter().position(|other| *other == byte)
}

/// A text that nobody can change.
struct TextFile {
    text: Vec<u8>,
    about: Metadata,
}

impl File for TextFile {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(self.text.len());
        let count = buffer.len().min(self.text.len() - start);
        buffer[..count].copy_from_slice(&self.text[start..start + count]);
        Ok(count)
    }

    fn write_at(&self, _: u64, _: &[u8]) -> io::Result<usize> {
        Err(errno(libc::EBADF))
    }

    fn append(&self, _: &[u8]) -> io::Result<(usize, u64)> {
        Err(errno(libc::EBADF))
    }

    fn set_length(&self, _: u64) -> io::Result<()> {
        Err(errno(libc::EPERM))
    }

    fn metadata(&self) -> io::Result<Metadata> {
        Ok(self.about)
    }
}
