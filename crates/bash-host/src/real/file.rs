//! Open files of the system.
//!
//! Text may be read ahead only from files with a position, since only there it can be given back. The buffer belongs to
//! the *open file*, not to the descriptor: duplicates share it. Its lock is held for as long as a read of a disk file
//! takes, never while waiting for a pipe or a terminal.

use super::calls;
use super::notes::Notes;
use super::registry;
use super::{Ownership, bell, fork, sigpipe};
use crate::{Delimited, FileKind, Line, Metadata, OpenFile, Readiness};
use std::any::Any;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, IntoRawFd, OwnedFd, RawFd};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

/// An open file of the system.
pub(super) struct OsFile {
    pub(super) fd: RawFd,
    /// Its entry in the registry; 0 for an inherited one, which stays open when this goes.
    tag: u32,
    pub(super) shared: Arc<Shared>,
    pub(super) notes: Notes,
    ownership: Ownership,
}

/// What all descriptors of an open file share.
#[derive(Default)]
pub(super) struct Shared {
    ahead: Mutex<ReadAhead>,
    kind: OnceLock<Kind>,
}

/// What was read from the file but not by anybody yet. Its end is the file's position.
#[derive(Default)]
pub(super) struct ReadAhead {
    buffer: Vec<u8>,
    start: usize,
    /// How much to read next time. Grows as long as nothing has to be given back.
    block: usize,
}

/// What decides how a file can be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Seekable,
    Pipe,
    Socket,
    Terminal,
    Other,
}

impl OsFile {
    /// The open file behind a new descriptor.
    pub(super) fn new(fd: OwnedFd, notes: Notes, ownership: Ownership) -> OsFile {
        OsFile::sharing(fd, Arc::default(), notes, ownership)
    }

    /// Another descriptor of an open file.
    pub(super) fn sharing(fd: OwnedFd, shared: Arc<Shared>, notes: Notes, ownership: Ownership) -> OsFile {
        let tag = registry::enter(fd.as_raw_fd());
        OsFile { fd: fd.into_raw_fd(), tag, shared, notes, ownership }
    }

    /// A descriptor that the process was started with.
    pub(super) fn inherited(fd: RawFd, notes: Notes, ownership: Ownership) -> OsFile {
        OsFile { fd, tag: 0, shared: Arc::default(), notes, ownership }
    }

    /// Whether the process was started with it.
    pub(super) fn is_inherited(&self) -> bool {
        self.tag == 0
    }

    /// Its descriptor, unless a fork has taken it away.
    pub(super) fn live(&self) -> io::Result<RawFd> {
        if self.tag == 0 || registry::holds(self.fd, self.tag) {
            Ok(self.fd)
        } else {
            Err(calls::errno(libc::EBADF))
        }
    }

    pub(super) fn ahead(&self) -> MutexGuard<'_, ReadAhead> {
        self.shared.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives back what was read ahead.
    pub(super) fn give_back(&self, ahead: &mut ReadAhead) {
        if !ahead.unread().is_empty() && self.live().is_ok() {
            ahead.give_back(self.fd);
        }
    }

    pub(super) fn kind(&self) -> Kind {
        *self.shared.kind.get_or_init(|| kind_of(self.fd))
    }

    /// Reads what comes next, without looking at what was read ahead; waits for it if need be.
    pub(super) fn read_directly(&self, fd: RawFd, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.waits_first(fd) {
                self.wait_for_input(fd)?;
            }
            match calls::read(fd, buffer) {
                Err(error) if calls::interrupted(&error) && !self.notes.tells() => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.wait_for_input(fd)?,
                result => return result,
            }
        }
    }

    /// Whether a read must be preceded by a wait, lest a signal that comes just before it go unheard. Not when it
    /// does not block, and not on a terminal in whose background we are: there the read itself has to stop us.
    pub(super) fn waits_first(&self, fd: RawFd) -> bool {
        if self.ownership == Ownership::Process && !self.notes.may_wake() {
            return false; // Without asking what kind of file it is, which is a system call.
        }
        match self.kind() {
            Kind::Seekable => false,
            Kind::Terminal => self.notes.may_wake() && !is_background(fd),
            _ => self.notes.may_wake(),
        }
    }

    fn wait_for_input(&self, fd: RawFd) -> io::Result<()> {
        match self.notes.wait_readable(fd, None)? {
            Readiness::Interrupted => Err(io::ErrorKind::Interrupted.into()),
            Readiness::Ready | Readiness::TimedOut => Ok(()),
        }
    }

    fn write_once(&self, fd: RawFd, data: &[u8]) -> io::Result<usize> {
        if self.ownership == Ownership::Process {
            return calls::write(fd, data); // SIGPIPE is ignored, so the kind is not worth a system call.
        }
        match self.kind() {
            Kind::Pipe => self.write_to_pipe(fd, data),
            Kind::Socket => sigpipe::send(fd, data),
            _ => calls::write(fd, data),
        }
    }
}

impl OsFile {
    /// A full pipe is waited for in a way that the bell of this thread can end: then it is as if the reader were gone.
    fn write_to_pipe(&self, fd: RawFd, data: &[u8]) -> io::Result<usize> {
        const ATOMIC: usize = 4096;
        let wake = bell::wake_here();
        if wake < 0 {
            return sigpipe::write(fd, data);
        }
        loop {
            let (bell, room) = (libc::POLLIN, libc::POLLOUT);
            let mut polls =
                [(wake, bell), (fd, room)].map(|(fd, events)| libc::pollfd { fd, events, revents: 0 });
            if bell::rings_here() {
                return Err(calls::errno(libc::EPIPE));
            }
            match calls::poll(&mut polls, None) {
                Ok(_) if polls[1].revents != 0 => return sigpipe::write(fd, &data[..data.len().min(ATOMIC)]),
                Err(error) if !calls::interrupted(&error) => return Err(error),
                _ => {}
            }
        }
    }
}

impl OpenFile for OsFile {
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let fd = self.live()?;
        let mut ahead = self.ahead();
        if !ahead.unread().is_empty() {
            return Ok(ahead.give(buffer));
        }
        drop(ahead); // It may wait now.
        self.read_directly(fd, buffer)
    }

    fn write(&self, data: &[u8]) -> io::Result<usize> {
        let fd = self.live()?;
        self.settle();
        loop {
            match self.write_once(fd, data) {
                Err(error) if calls::interrupted(&error) && !self.notes.tells() => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    calls::wait_for(fd, libc::POLLOUT)?
                }
                result => return result,
            }
        }
    }

    fn read_line(&self, line: &Line, out: &mut Vec<u8>) -> io::Result<Delimited> {
        self.read_one_line(line, out)
    }

    fn settle(&self) {
        self.give_back(&mut self.ahead());
    }

    fn wait_readable(&self, timeout: Option<Duration>) -> io::Result<Readiness> {
        let fd = self.live()?;
        if self.kind() == Kind::Seekable {
            return Ok(Readiness::Ready);
        }
        let deadline = timeout.and_then(super::notes::deadline_after);
        self.notes.wait_readable(fd, deadline)
    }

    fn seek_by(&self, offset: i64) -> io::Result<u64> {
        self.settle();
        calls::seek(self.live()?, offset, libc::SEEK_CUR)
    }

    fn seek_to(&self, position: u64) -> io::Result<()> {
        self.settle();
        let position = i64::try_from(position).map_err(|_| calls::errno(libc::EINVAL))?;
        calls::seek(self.live()?, position, libc::SEEK_SET).map(drop)
    }

    fn metadata(&self) -> io::Result<Metadata> {
        calls::status_of(self.live()?).map(|status| Metadata::of(&status))
    }

    fn is_terminal(&self) -> bool {
        self.live().is_ok() && self.kind() == Kind::Terminal
    }

    fn modes(&self) -> (bool, bool) {
        // SAFETY: takes no pointers.
        let flags = unsafe { libc::fcntl(self.fd, libc::F_GETFL) };
        match flags & libc::O_ACCMODE {
            _ if flags < 0 => (false, false),
            libc::O_RDONLY => (true, false),
            libc::O_WRONLY => (false, true),
            _ => (true, true),
        }
    }

    fn os_fd(&self) -> Option<BorrowedFd<'_>> {
        // SAFETY: it is open for as long as this lives.
        self.live().ok().map(|fd| unsafe { BorrowedFd::borrow_raw(fd) })
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl Drop for OsFile {
    fn drop(&mut self) {
        self.settle();
        if self.tag != 0 {
            let _gate = fork::gate(); // A child would not know of a descriptor that is open but not in the registry.
            if registry::leave(self.fd, self.tag) {
                calls::close(self.fd);
            }
        }
    }
}

impl ReadAhead {
    const FIRST_BLOCK: usize = 1024;
    const LARGEST_BLOCK: usize = 64 * 1024;

    pub(super) fn unread(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// Marks so many bytes as read.
    pub(super) fn consume(&mut self, count: usize) {
        self.start += count;
    }

    /// Moves what fits into `buffer`.
    fn give(&mut self, buffer: &mut [u8]) -> usize {
        let count = buffer.len().min(self.unread().len());
        buffer[..count].copy_from_slice(&self.unread()[..count]);
        self.consume(count);
        count
    }

    /// Reads on, when all is read; whether anything came.
    pub(super) fn refill(&mut self, fill: impl FnOnce(&mut [u8]) -> io::Result<usize>) -> io::Result<bool> {
        self.block = (self.block * 2).clamp(Self::FIRST_BLOCK, Self::LARGEST_BLOCK);
        self.start = 0;
        self.buffer.resize(self.block, 0);
        let count = fill(&mut self.buffer);
        self.buffer.truncate(*count.as_ref().unwrap_or(&0));
        count.map(|count| count > 0)
    }

    /// Moves the file's position back to what was read last.
    fn give_back(&mut self, fd: RawFd) {
        let unread = self.unread().len() as i64;
        let _ = calls::seek(fd, -unread, libc::SEEK_CUR);
        self.buffer.clear();
        self.start = 0;
        self.block = 0;
    }
}

/// Whether another group than ours is in the foreground of our terminal.
fn is_background(terminal: RawFd) -> bool {
    // SAFETY: take no pointers.
    unsafe {
        let foreground = libc::tcgetpgrp(terminal);
        foreground > 0 && foreground != libc::getpgrp()
    }
}

fn kind_of(fd: RawFd) -> Kind {
    let Ok(status) = calls::status_of(fd) else { return Kind::Other };
    match Metadata::of(&status).kind {
        FileKind::Regular | FileKind::BlockDevice => Kind::Seekable,
        FileKind::Fifo => Kind::Pipe,
        FileKind::Socket => Kind::Socket,
        // SAFETY: takes no pointers.
        FileKind::CharDevice if unsafe { libc::isatty(fd) } == 1 => Kind::Terminal,
        _ => Kind::Other,
    }
}

#[cfg(test)]
mod tests;
