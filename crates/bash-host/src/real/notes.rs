//! Notes of signals that came, and how a sleeper learns of them.
//!
//! The handler sets a bit and writes to an eventfd; whoever may block polls the eventfd beside what it waits for, so a
//! signal that comes just before the wait is not lost. The eventfd is made when first needed. Worker threads are not
//! woken by signals, which are the main thread's affair: those of an embedded session have their [`bell`].

use super::threads;
use super::{bell, calls};
use crate::{Readiness, Signal};
use std::io;
use std::ops::Deref;
use std::os::fd::RawFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The signals that have come and were not taken yet.
pub(super) struct Noted {
    bits: AtomicU64,
    wake: AtomicI32,
}

/// Those of the process, noted by its handlers.
pub(super) static PROCESS: Noted = Noted::new();

/// Which notes a host looks at.
#[derive(Clone)]
pub(super) enum Notes {
    /// Those of the process.
    Process,
    /// Those of one embedded session, into which only `post_signal` writes.
    Session(Arc<Noted>),
}

impl Notes {
    pub(super) fn of_process() -> Notes {
        Notes::Process
    }

    pub(super) fn of_session() -> Notes {
        Notes::Session(Arc::new(Noted::new()))
    }

    /// The descriptor to poll for signals, -1 if this thread is not to be woken by them.
    fn listen(&self) -> RawFd {
        match self {
            Notes::Session(_) if threads::is_worker() => bell::wake_here(),
            Notes::Process if threads::is_worker() => -1,
            Notes::Process => self.wake.load(Ordering::Acquire),
            Notes::Session(noted) => noted.make_wake(),
        }
    }

    /// Whether a blocking call by this thread has to be preceded by a wait.
    pub(super) fn may_wake(&self) -> bool {
        self.listen() >= 0
    }

    /// Whether a signal waits that this thread is to be told of.
    pub(super) fn tells(&self) -> bool {
        match self {
            Notes::Session(_) if threads::is_worker() => bell::rings_here(),
            _ => self.waits() && !threads::is_worker(),
        }
    }

    /// Waits until one of `polls` is ready. The first of them must be left free for the signals.
    pub(super) fn wait(
        &self,
        polls: &mut [libc::pollfd],
        deadline: Option<Instant>,
    ) -> io::Result<Readiness> {
        loop {
            if self.tells() {
                return Ok(Readiness::Interrupted);
            }
            let wake = self.listen();
            polls[0] = libc::pollfd { fd: wake, events: libc::POLLIN, revents: 0 };
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            match calls::poll(polls, left) {
                Ok(0) => return Ok(Readiness::TimedOut),
                Ok(_) if polls[1..].iter().any(|poll| poll.revents != 0) => return Ok(Readiness::Ready),
                Ok(_) if !self.waits() => self.calm(),
                Ok(_) => {}
                Err(error) if calls::interrupted(&error) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Waits until `fd` can be read.
    pub(super) fn wait_readable(&self, fd: RawFd, deadline: Option<Instant>) -> io::Result<Readiness> {
        let nothing = libc::pollfd { fd: -1, events: 0, revents: 0 };
        let mut polls = [nothing, libc::pollfd { fd, events: libc::POLLIN, revents: 0 }];
        self.wait(&mut polls, deadline)
    }

    /// Sleeps until `deadline` or a signal.
    pub(super) fn sleep(&self, deadline: Option<Instant>) -> Readiness {
        let mut polls = [libc::pollfd { fd: -1, events: 0, revents: 0 }];
        self.wait(&mut polls, deadline).unwrap_or(Readiness::TimedOut)
    }
}

impl Deref for Notes {
    type Target = Noted;

    fn deref(&self) -> &Noted {
        match self {
            Notes::Process => &PROCESS,
            Notes::Session(noted) => noted,
        }
    }
}

impl Noted {
    const fn new() -> Noted {
        Noted { bits: AtomicU64::new(0), wake: AtomicI32::new(-1) }
    }

    /// Whether there are any.
    pub(super) fn waits(&self) -> bool {
        self.bits.load(Ordering::Relaxed) != 0
    }

    /// Notes one. Called by signal handlers.
    pub(super) fn note(&self, signal: i32) {
        self.bits.fetch_or(bit(signal), Ordering::Release);
        let wake = self.wake.load(Ordering::Acquire);
        if wake >= 0 {
            let one = 1_u64;
            // SAFETY: eight bytes of a live integer. An eventfd that is full stays readable, which is all we want.
            unsafe { libc::write(wake, (&raw const one).cast(), 8) };
        }
    }

    /// Takes the lowest one.
    pub(super) fn take(&self) -> Option<Signal> {
        while self.waits() {
            self.calm(); // Before the bit is taken: a signal that comes from now on wakes again.
            let bits = self.bits.load(Ordering::Acquire);
            let lowest = bits & bits.wrapping_neg();
            if self.bits.fetch_and(!lowest, Ordering::AcqRel) & lowest != 0 {
                return Signal::new(lowest.trailing_zeros() as i32 + 1);
            }
        }
        None
    }

    /// Empties the eventfd.
    fn calm(&self) {
        let wake = self.wake.load(Ordering::Acquire);
        if wake >= 0 {
            let _ = calls::read(wake, &mut [0; 8]);
        }
    }

    /// The eventfd, made now if it was not there; -1 if that fails.
    pub(super) fn make_wake(&self) -> RawFd {
        let wake = self.wake.load(Ordering::Acquire);
        if wake >= 0 {
            return wake;
        }
        // SAFETY: takes no pointers.
        let made = unsafe { libc::eventfd(u32::from(self.waits()), libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) };
        match self.wake.compare_exchange(-1, made, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => made,
            Err(other) => {
                calls::close(made);
                other
            }
        }
    }

    /// Starts afresh in a forked child, which must not share the eventfd with its parent.
    pub(super) fn after_fork(&self) {
        self.bits.store(0, Ordering::Release);
        let wake = self.wake.swap(-1, Ordering::AcqRel);
        if wake >= 0 {
            calls::close(wake);
            self.make_wake();
        }
    }
}

impl Drop for Noted {
    fn drop(&mut self) {
        let wake = *self.wake.get_mut();
        if wake >= 0 {
            calls::close(wake);
        }
    }
}

/// A signal as one bit of a set.
pub(super) fn bit(signal: i32) -> u64 {
    1_u64.checked_shl((signal - 1) as u32).unwrap_or(0)
}

/// The instant after `time`; none if that is beyond the clock's end.
pub(super) fn deadline_after(time: Duration) -> Option<Instant> {
    Instant::now().checked_add(time)
}
