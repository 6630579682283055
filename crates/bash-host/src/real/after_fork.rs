//! What happens between `clone` and `execve`. The law here: this code shares its parent's memory, may run while other
//! threads hold any lock, and so makes system calls and nothing else. No allocation, no panic, no lock, no formatting.

use super::signals::{Dispositions, Mask};
use std::ffi::{c_char, c_int};
use std::os::fd::RawFd;

/// All that is to be done, laid out before.
pub(super) struct Plan<'a> {
    pub(super) program: *const c_char,
    pub(super) arguments: *const *const c_char,
    pub(super) environment: *const *const c_char,
    /// The process group to join, 0 for one of its own.
    pub(super) group: Option<c_int>,
    /// The terminal that its group comes to the foreground of.
    pub(super) terminal: Option<RawFd>,
    pub(super) directory: RawFd,
    pub(super) moves: &'a mut [Move],
    pub(super) closed: &'a [RawFd],
    /// The first number above all that the program is to see.
    pub(super) above: RawFd,
    pub(super) umask: libc::mode_t,
    pub(super) limits: &'a [(c_int, libc::rlimit)],
    pub(super) dispositions: Dispositions,
    /// Whether handlers may be installed and descriptors open that we know nothing of.
    pub(super) foreign_process: bool,
    pub(super) mask: Mask,
}

/// Marks the descriptors instead of closing them.
const CLOSE_RANGE_CLOEXEC: libc::c_uint = 4;

/// A descriptor and the number it is to have.
#[derive(Clone, Copy)]
pub(super) struct Move {
    pub(super) source: RawFd,
    pub(super) target: RawFd,
    /// Its present number is the target of another one.
    pub(super) in_the_way: bool,
    /// It has been inherited, so it need not be told to stay open.
    pub(super) inherited: bool,
}

impl Plan<'_> {
    /// Does it all; returns only if something fails, with its errno.
    pub(super) fn carry_out(&mut self) -> c_int {
        let steps = [
            Plan::join_group,
            Plan::enter_directory,
            Plan::withhold_descriptors,
            Plan::clear_the_way,
            Plan::place,
            Plan::set_limits,
        ];
        for step in steps {
            if !step(self) {
                return errno();
            }
        }
        // SAFETY: plain system calls on memory laid out before; see the head of this file.
        unsafe {
            libc::umask(self.umask);
            self.set_dispositions();
            self.mask.set();
            libc::execve(self.program, self.arguments, self.environment);
        }
        errno()
    }

    fn join_group(&mut self) -> bool {
        let Some(group) = self.group else { return true };
        // SAFETY: plain system calls. SIGTTOU is blocked, as all signals are.
        unsafe {
            if libc::setpgid(0, group) < 0 {
                return false;
            }
            if let Some(terminal) = self.terminal {
                let group = if group == 0 { libc::getpid() } else { group };
                libc::tcsetpgrp(terminal, group);
            }
        }
        true
    }

    fn enter_directory(&mut self) -> bool {
        // SAFETY: a plain system call.
        self.directory == libc::AT_FDCWD || unsafe { libc::fchdir(self.directory) } == 0
    }

    /// Descriptors of a process that is not ours are none of the program's business. (An old kernel cannot do this; then
    /// it gets those that are not marked to be closed.)
    fn withhold_descriptors(&mut self) -> bool {
        if self.foreign_process {
            let (first, last) = (0_u32, u32::MAX);
            // SAFETY: a plain system call.
            unsafe { libc::syscall(libc::SYS_close_range, first, last, CLOSE_RANGE_CLOEXEC) };
        }
        true
    }

    /// First pass: what stands where another descriptor belongs is moved out of the way.
    fn clear_the_way(&mut self) -> bool {
        for entry in self.moves.iter_mut().filter(|entry| entry.in_the_way) {
            // SAFETY: a plain system call.
            entry.source = unsafe { libc::fcntl(entry.source, libc::F_DUPFD_CLOEXEC, self.above) };
            if entry.source < 0 {
                return false;
            }
        }
        true
    }

    /// Second pass: each to its number.
    fn place(&mut self) -> bool {
        for entry in self.moves.iter() {
            let stays = entry.source == entry.target;
            // SAFETY: plain system calls.
            let result = unsafe {
                match stays {
                    true if entry.inherited => 0,
                    true => libc::fcntl(entry.target, libc::F_SETFD, 0),
                    false => libc::dup2(entry.source, entry.target),
                }
            };
            if result < 0 {
                return false;
            }
        }
        for &fd in self.closed {
            // SAFETY: a plain system call.
            unsafe { libc::close(fd) };
        }
        true
    }

    fn set_limits(&mut self) -> bool {
        // SAFETY: plain system calls. (`setrlimit` would do more than that in some C libraries.)
        self.limits.iter().all(|(resource, limit)| unsafe {
            libc::prlimit(0, *resource as _, limit, std::ptr::null_mut()) == 0
        })
    }

    fn set_dispositions(&mut self) {
        let Dispositions { to_default, to_ignore } = self.dispositions;
        for signal in 1..=64 {
            let bit = 1_u64 << (signal - 1);
            if to_ignore & bit != 0 {
                set_action(signal, libc::SIG_IGN);
            } else if to_default & bit != 0 || self.foreign_process && is_handled(signal) {
                set_action(signal, libc::SIG_DFL);
            }
        }
    }
}

fn set_action(signal: c_int, action: libc::sighandler_t) {
    // SAFETY: all zeros are a valid value; a plain system call.
    unsafe {
        let mut new: libc::sigaction = std::mem::zeroed();
        new.sa_sigaction = action;
        libc::sigaction(signal, &raw const new, std::ptr::null_mut());
    }
}

fn is_handled(signal: c_int) -> bool {
    // SAFETY: all zeros are a valid value; a plain system call.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, std::ptr::null(), &raw mut action) == 0
            && action.sa_sigaction != libc::SIG_DFL
            && action.sa_sigaction != libc::SIG_IGN
    }
}

fn errno() -> c_int {
    // SAFETY: always valid. The parent's thread, whose errno this is too, is suspended.
    unsafe { *libc::__errno_location() }
}
