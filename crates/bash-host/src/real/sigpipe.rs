//! Writing to a pipe whose reader is gone, in a process that is not ours and may die of `SIGPIPE`.
//!
//! The signal goes to the writing thread, so it is enough to block it there and take it out again. Worker threads block
//! it anyway.

use super::calls;
use super::signals::{self, Mask};
use super::threads;
use std::io;
use std::os::fd::RawFd;

/// `write(2)` to a pipe, without the signal.
pub(super) fn write(fd: RawFd, data: &[u8]) -> io::Result<usize> {
    if threads::is_worker() || signals::is_ignored_now(libc::SIGPIPE) {
        return calls::write(fd, data);
    }
    let pipe = Mask::only(libc::SIGPIPE);
    let before = pipe.block();
    let waited = Mask::pending().contains(libc::SIGPIPE);
    let result = calls::write(fd, data);
    if !waited && matches!(&result, Err(error) if error.kind() == io::ErrorKind::BrokenPipe) {
        pipe.drain();
    }
    before.set();
    result
}

/// The same for a socket.
pub(super) fn send(fd: RawFd, data: &[u8]) -> io::Result<usize> {
    // SAFETY: pointer and length are those of one slice.
    calls::check_length(unsafe { libc::send(fd, data.as_ptr().cast(), data.len(), libc::MSG_NOSIGNAL) })
}
