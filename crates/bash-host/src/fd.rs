//! Open files: what a descriptor of the shell refers to.
//!
//! A shell keeps its own table from descriptor numbers to these; a process is given real descriptors only when it is
//! started. Reading may run ahead of what was asked for as long as nobody can notice: whatever was read ahead is
//! given back ([`OpenFile::settle`]) before another process sees the file.

use crate::Metadata;
use crate::filesystem::errno;
use std::io;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::time::Duration;

/// A shared open file ("open file description" in POSIX's words).
pub type FileRef = Arc<dyn OpenFile>;

/// An open file, pipe end or device. All methods take `&self`: the file is shared.
///
/// What a file does not say of itself is refused as the system refuses it: it can be neither read nor written
/// (`Bad file descriptor`), has no position (`Illegal seek`), and is no terminal.
pub trait OpenFile: Send + Sync {
    /// Reads at most `buffer.len()` bytes; 0 is the end. `Interrupted` when a caught signal came first.
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let _ = buffer;
        Err(errno(libc::EBADF))
    }

    /// Writes some of `data`. A closed pipe is `BrokenPipe`; the process never gets `SIGPIPE` from it.
    fn write(&self, data: &[u8]) -> io::Result<usize> {
        let _ = data;
        Err(errno(libc::EBADF))
    }

    /// Writes all of `data`, going on after interruptions.
    fn write_all(&self, mut data: &[u8]) -> io::Result<()> {
        while !data.is_empty() {
            match self.write(data) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(n) => data = &data[n..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Appends input to `out` up to and including the delimiter. **Takes not one byte more than that from the file**,
    /// as far as any other process can tell.
    fn read_line(&self, line: &Line, out: &mut Vec<u8>) -> io::Result<Delimited> {
        let _ = (line, out);
        Err(errno(libc::EBADF))
    }

    /// Gives back what was read ahead, so that another process goes on at the right place.
    fn settle(&self);

    /// Waits until a read would not block, for at most `timeout`.
    fn wait_readable(&self, timeout: Option<Duration>) -> io::Result<Readiness> {
        let _ = timeout;
        Ok(Readiness::Ready)
    }

    /// The file's position from its start after a relative move, if it has one. `seek_by(0)` asks for it.
    fn seek_by(&self, offset: i64) -> io::Result<u64> {
        let _ = offset;
        Err(errno(libc::ESPIPE))
    }

    /// Sets the absolute position.
    fn seek_to(&self, position: u64) -> io::Result<()> {
        let _ = position;
        Err(errno(libc::ESPIPE))
    }

    /// What it is.
    fn metadata(&self) -> io::Result<Metadata>;

    /// Whether it is a terminal.
    fn is_terminal(&self) -> bool {
        false
    }

    /// Whether it was opened for reading and for writing.
    fn modes(&self) -> (bool, bool);

    /// The operating system's descriptor, where there is one.
    fn os_fd(&self) -> Option<BorrowedFd<'_>> {
        None
    }

    /// The bytes of memory that it keeps for as long as it is open: a here-document, a removed file.
    fn held_bytes(&self) -> usize {
        0
    }

    /// For the host that made it.
    fn as_any(&self) -> Option<&dyn std::any::Any> {
        None
    }
}

/// What [`OpenFile::read_line`] shall read.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// The byte that ends it; `None`: no delimiter (`read -N`).
    pub delimiter: Option<u8>,
    /// At most so many bytes.
    pub limit: usize,
    /// Not later than this monotonic instant.
    pub deadline: Option<crate::Instant>,
}

/// How [`OpenFile::read_line`] ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delimited {
    /// With the delimiter (which is in the output).
    Delimiter,
    /// At the limit.
    Limit,
    /// At the end of the file.
    End,
    /// The deadline passed; what had come is in the output.
    TimedOut,
    /// A caught signal came; what had come is in the output.
    Interrupted,
}

/// How a wait for input ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// A read would not block (there is input, or the end).
    Ready,
    /// Time is up.
    TimedOut,
    /// A caught signal came.
    Interrupted,
}
