//! System calls as safe functions: only those that several files need.

use std::ffi::{CString, c_char, c_int};
use std::io;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};

/// The result of a call that returns -1 for failure.
pub(super) fn check(result: c_int) -> io::Result<c_int> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

/// The same for calls that return a length.
pub(super) fn check_length(result: libc::ssize_t) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| io::Error::last_os_error())
}

/// The same for calls that make a descriptor.
pub(super) fn check_fd(result: c_int) -> io::Result<OwnedFd> {
    // SAFETY: the call has just made it, so it is open and nobody else's.
    check(result).map(|fd| unsafe { OwnedFd::from_raw_fd(fd) })
}

/// An error by number.
pub(super) fn errno(code: c_int) -> io::Error {
    io::Error::from_raw_os_error(code)
}

/// Whether a call was interrupted by a signal.
pub(super) fn interrupted(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Interrupted
}

/// Calls with a path as C wants it. A path with a NUL byte names nothing.
pub(super) fn with_path<T>(path: &[u8], call: impl FnOnce(*const c_char) -> io::Result<T>) -> io::Result<T> {
    const SHORT: usize = 384;
    if find(0, path).is_some() {
        return Err(errno(libc::ENOENT));
    }
    if path.len() < SHORT {
        let mut buffer = [0_u8; SHORT];
        buffer[..path.len()].copy_from_slice(path);
        return call(buffer.as_ptr().cast());
    }
    let path = CString::new(path).map_err(|_| errno(libc::ENOENT))?;
    call(path.as_ptr())
}

/// The place of the first `byte` in `text`.
pub(super) fn find(byte: u8, text: &[u8]) -> Option<usize> {
    // SAFETY: pointer and length are those of one slice.
    let place = unsafe { libc::memchr(text.as_ptr().cast(), c_int::from(byte), text.len()) };
    (!place.is_null()).then(|| place as usize - text.as_ptr() as usize)
}

/// `read(2)`
pub(super) fn read(fd: RawFd, buffer: &mut [u8]) -> io::Result<usize> {
    // SAFETY: pointer and length are those of one slice.
    check_length(unsafe { libc::read(fd, buffer.as_mut_ptr().cast(), buffer.len()) })
}

/// `write(2)`
pub(super) fn write(fd: RawFd, data: &[u8]) -> io::Result<usize> {
    // SAFETY: pointer and length are those of one slice.
    check_length(unsafe { libc::write(fd, data.as_ptr().cast(), data.len()) })
}

/// `lseek(2)`
pub(super) fn seek(fd: RawFd, offset: i64, whence: c_int) -> io::Result<u64> {
    // SAFETY: takes no pointers.
    let position = unsafe { libc::lseek(fd, offset, whence) };
    u64::try_from(position).map_err(|_| io::Error::last_os_error())
}

/// `close(2)`; nothing can be done about its errors.
pub(super) fn close(fd: RawFd) {
    // SAFETY: callers own the descriptor.
    unsafe { libc::close(fd) };
}

/// A new descriptor for the same open file.
pub(super) fn duplicate(fd: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: takes no pointers.
    check_fd(unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 3) })
}

/// A pipe: read end, write end.
pub(super) fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let mut ends = [0; 2];
    // SAFETY: the array has room for both.
    check(unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) })?;
    // SAFETY: both were just made.
    Ok(unsafe { (OwnedFd::from_raw_fd(ends[0]), OwnedFd::from_raw_fd(ends[1])) })
}

/// Whether a descriptor is open and is one that programs inherit, as none of ours is.
pub(super) fn is_inherited(fd: RawFd) -> bool {
    // SAFETY: takes no pointers.
    let flags = unsafe { libc::fcntl(fd, libc::F_GETFD) };
    flags >= 0 && flags & libc::FD_CLOEXEC == 0
}

/// `fstat(2)`
pub(super) fn status_of(fd: RawFd) -> io::Result<libc::stat> {
    let mut status = std::mem::MaybeUninit::uninit();
    // SAFETY: the call fills it in.
    check(unsafe { libc::fstat(fd, status.as_mut_ptr()) })?;
    // SAFETY: it succeeded.
    Ok(unsafe { status.assume_init() })
}

/// Sets the process's umask; the former one.
pub(super) fn set_umask(mask: u32) -> u32 {
    // SAFETY: takes no pointers, cannot fail.
    unsafe { libc::umask(mask as libc::mode_t) as u32 }
}

/// The system's number of this thread.
pub(super) fn thread_id() -> i32 {
    // SAFETY: takes no pointers, cannot fail.
    unsafe { libc::gettid() }
}

/// Polls with a timeout in nanoseconds; the number of descriptors that are ready.
pub(super) fn poll(polls: &mut [libc::pollfd], timeout: Option<std::time::Duration>) -> io::Result<c_int> {
    let time = timeout.map(|timeout| libc::timespec {
        tv_sec: libc::time_t::try_from(timeout.as_secs()).unwrap_or(libc::time_t::MAX),
        tv_nsec: libc::c_long::from(timeout.subsec_nanos() as i32),
    });
    let time = time.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: pointer and length are those of one slice; the time lives until the call returns.
    check(unsafe { libc::ppoll(polls.as_mut_ptr(), polls.len() as libc::nfds_t, time, std::ptr::null()) })
}

/// Waits until one descriptor has one of `events`, whatever signals come.
pub(super) fn wait_for(fd: RawFd, events: libc::c_short) -> io::Result<()> {
    let mut polls = [libc::pollfd { fd, events, revents: 0 }];
    loop {
        match poll(&mut polls, None) {
            Ok(_) => return Ok(()),
            Err(error) if interrupted(&error) => {}
            Err(error) => return Err(error),
        }
    }
}

/// `strerror(3)`
pub(crate) fn errno_text(code: c_int) -> String {
    let mut buffer = [0_u8; 256];
    // SAFETY: pointer and length are those of one buffer. The call leaves a terminated text in it.
    unsafe { libc::strerror_r(code, buffer.as_mut_ptr().cast(), buffer.len()) };
    let end = find(0, &buffer).unwrap_or(buffer.len());
    String::from_utf8_lossy(&buffer[..end]).into_owned()
}
