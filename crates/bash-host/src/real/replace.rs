//! Becoming another program.
//!
//! The steps are those of a new child, but here a failure must leave no trace, since the shell may go on: all that the
//! steps change is saved first.

use super::after_fork::{Move, Plan};
use super::signals::{self, Dispositions, Mask};
use super::spawn::{self, Prepared};
use super::{RealHost, calls, threads};
use crate::SpawnRequest;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

impl RealHost {
    pub(super) fn replace_process(&self, request: &SpawnRequest<'_>) -> io::Error {
        self.settle_inherited();
        match become_program(request, self) {
            Ok(never) => never,
            Err(error) => error,
        }
    }
}

/// Returns the errno of the failed step, either way.
fn become_program(request: &SpawnRequest<'_>, host: &RealHost) -> io::Result<io::Error> {
    let prepared = Prepared::new(request)?;
    let mut moves = spawn::moves(request)?;
    let mut plan = prepared.plan(request, &mut moves, host.ownership);
    let saved = Saved::before(&plan)?;
    let before = Mask::ALL.block();
    plan.mask = threads::mask_for_programs(before);
    let error = plan.carry_out();
    before.set();
    saved.restore(&plan);
    Ok(calls::errno(error))
}

/// What the steps change.
struct Saved {
    directory: OwnedFd,
    descriptors: Vec<(RawFd, Option<(OwnedFd, libc::c_int)>)>,
    actions: Vec<(libc::c_int, libc::sigaction)>,
}

impl Saved {
    fn before(plan: &Plan<'_>) -> io::Result<Saved> {
        let targets =
            plan.moves.iter().filter(|entry| entry.source != entry.target).map(|entry| entry.target);
        let descriptors =
            targets.chain(plan.closed.iter().copied()).map(|fd| (fd, save_descriptor(fd, plan.above)));
        let flags = libc::O_PATH | libc::O_DIRECTORY | libc::O_CLOEXEC;
        Ok(Saved {
            descriptors: descriptors.collect(),
            // SAFETY: the path is terminated.
            directory: calls::check_fd(unsafe { libc::open(c".".as_ptr(), flags) })?,
            actions: signals::save_actions(plan.dispositions),
        })
    }

    fn restore(self, plan: &Plan<'_>) {
        calls::set_umask(0);
        for (fd, saved) in self.descriptors {
            put_back(fd, saved);
        }
        close_moved(plan.moves);
        // SAFETY: a plain system call.
        unsafe { libc::fchdir(self.directory.as_raw_fd()) };
        signals::restore_actions(&self.actions);
    }
}

/// A descriptor's file and flags, if it is open.
fn save_descriptor(fd: RawFd, above: RawFd) -> Option<(OwnedFd, libc::c_int)> {
    // SAFETY: plain system calls.
    unsafe {
        let flags = libc::fcntl(fd, libc::F_GETFD);
        let saved = calls::check_fd(libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, above)).ok()?;
        Some((saved, flags))
    }
}

fn put_back(fd: RawFd, saved: Option<(OwnedFd, libc::c_int)>) {
    let Some((saved, flags)) = saved else { return calls::close(fd) };
    // SAFETY: plain system calls.
    unsafe {
        libc::dup2(saved.as_raw_fd(), fd);
        libc::fcntl(fd, libc::F_SETFD, flags);
    }
}

/// The copies that were moved out of the way; the flag of those that stayed where they were.
fn close_moved(moves: &[Move]) {
    for entry in moves {
        if entry.in_the_way {
            calls::close(entry.source);
        } else if entry.source == entry.target && !entry.inherited {
            // SAFETY: a plain system call.
            unsafe { libc::fcntl(entry.target, libc::F_SETFD, libc::FD_CLOEXEC) };
        }
    }
}

impl Dispositions {
    /// The signals that are changed.
    pub(super) fn signals(self) -> impl Iterator<Item = libc::c_int> {
        (1..=64).filter(move |signal| (self.to_default | self.to_ignore) & 1_u64 << (signal - 1) != 0)
    }
}
