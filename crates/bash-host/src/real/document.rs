//! Here-documents and here-strings that another process reads.
//!
//! Bash 5.3 was seen to use a pipe for what a pipe can hold and a nameless temporary file for the rest; so do we, with
//! a file that lives in memory and that nobody can change.

use super::calls;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};

/// What every pipe holds.
const SMALLEST_PIPE: usize = 4096;

/// Whether an empty pipe holds so many bytes.
pub(super) fn holds(pipe: &OwnedFd, count: usize) -> bool {
    // SAFETY: takes no pointers.
    count <= SMALLEST_PIPE
        || unsafe { libc::fcntl(pipe.as_raw_fd(), libc::F_GETPIPE_SZ) } >= count as libc::c_int
}

/// A descriptor to read `text` from, which nobody can change.
pub(super) fn in_memory(text: &[u8]) -> io::Result<OwnedFd> {
    let flags = libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING;
    // SAFETY: the name is terminated.
    let file = calls::check_fd(unsafe { libc::memfd_create(c"here-document".as_ptr(), flags) })?;
    write_all(&file, text)?;
    let seals = libc::F_SEAL_WRITE | libc::F_SEAL_SHRINK | libc::F_SEAL_GROW | libc::F_SEAL_SEAL;
    // SAFETY: takes no pointers.
    unsafe { libc::fcntl(file.as_raw_fd(), libc::F_ADD_SEALS, seals) };
    let path = format!("/proc/self/fd/{}", file.as_raw_fd());
    let readonly = calls::with_path(path.as_bytes(), |path| {
        // SAFETY: the path is terminated.
        calls::check_fd(unsafe { libc::open(path, libc::O_RDONLY | libc::O_CLOEXEC) })
    });
    readonly.or_else(|_| calls::seek(file.as_raw_fd(), 0, libc::SEEK_SET).map(|_| file))
}

/// Writes all of it.
pub(super) fn write_all(file: &OwnedFd, mut text: &[u8]) -> io::Result<()> {
    while !text.is_empty() {
        match calls::write(file.as_raw_fd(), text) {
            Ok(count) => text = &text[count..],
            Err(error) if calls::interrupted(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
