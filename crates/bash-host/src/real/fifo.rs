//! Opening a FIFO so that it can be given up.
//!
//! The open waits for the other end in the kernel, where no bell is heard and, in a process that is not ours, no signal
//! comes. So a thread of its own waits there; to give up, this one plays the other end for a moment.

use super::notes::Notes;
use super::{bell, calls, threads};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

#[derive(Default)]
struct Opening {
    opened: Mutex<Option<io::Result<OwnedFd>>>,
    done: Condvar,
}

/// Opens the FIFO at `path`. `Interrupted` when the bell of this thread rings or a signal was noted.
pub(super) fn open(base: RawFd, path: &[u8], flags: i32, notes: &Notes) -> io::Result<OwnedFd> {
    let directory = if base == libc::AT_FDCWD { None } else { Some(calls::duplicate(base)?) };
    let (opening, name) = (Arc::new(Opening::default()), path.to_vec());
    let there = opening.clone();
    threads::run(Box::new(move || {
        let base = directory.as_ref().map_or(libc::AT_FDCWD, |directory| directory.as_raw_fd());
        let result = open_once(base, &name, flags);
        *there.opened.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        there.done.notify_all();
    }))?;
    let mut given_up = None;
    let mut opened = opening.opened.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        match opened.take() {
            Some(Ok(_)) if given_up.is_some() => return Err(io::ErrorKind::Interrupted.into()),
            Some(result) => return result,
            None if given_up.is_none() && (bell::rings_here() || notes.tells()) => {
                given_up = Some(open_once(base, path, libc::O_RDWR | libc::O_NONBLOCK | libc::O_CLOEXEC)?);
            }
            None => {}
        }
        opened = opening.done.wait_timeout(opened, PATIENCE).unwrap_or_else(PoisonError::into_inner).0;
    }
}

/// How long to sleep before looking whether to give up.
const PATIENCE: Duration = Duration::from_millis(10);

fn open_once(base: RawFd, path: &[u8], flags: i32) -> io::Result<OwnedFd> {
    // SAFETY: the path is terminated.
    calls::with_path(path, |path| calls::check_fd(unsafe { libc::openat(base, path, flags) }))
}
