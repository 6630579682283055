//! Signals of the process.
//!
//! Handlers note and return; they are installed without `SA_RESTART`, so that blocking calls end. They may run on any
//! thread, but only the main thread's calls shall end, so elsewhere they pass the signal on to it.
//!
//! `SIGPIPE` is special. Builtins want `EPIPE` and not to die, so it is always handled; a handler leaves no trace in a
//! program that is executed. One that comes from another process still does what the shell's disposition says.

use super::notes::{PROCESS, bit};
use super::{Ownership, RealHost, calls, start};
use crate::{Disposition, Signal, SignalSet, Signals};
use std::ffi::{c_int, c_void};
use std::io;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};

/// Signals whose original disposition is known, and those of them that were ignored.
static KNOWN: AtomicU64 = AtomicU64::new(0);
static IGNORED_AT_START: AtomicU64 = AtomicU64::new(0);
/// Signals whose disposition was set by us.
static CHANGED: AtomicU64 = AtomicU64::new(0);
static CAUGHT: AtomicU64 = AtomicU64::new(0);
static MAIN_THREAD: AtomicI32 = AtomicI32::new(0);

impl Signals for RealHost {
    fn set_disposition(&self, signal: Signal, disposition: Disposition) -> io::Result<()> {
        match self.ownership {
            Ownership::Process => set(signal.number(), disposition),
            Ownership::Embedded => Ok(()),
        }
    }

    fn ignored_at_start(&self) -> SignalSet {
        static ALL: OnceLock<SignalSet> = OnceLock::new();
        *ALL.get_or_init(|| {
            let mut set = SignalSet::EMPTY;
            let ignored = (1..=Signal::MAX).filter(|&signal| was_ignored(signal));
            ignored.filter_map(Signal::new).for_each(|signal| set.insert(signal));
            set
        })
    }

    fn was_ignored_at_start(&self, signal: Signal) -> bool {
        was_ignored(signal.number())
    }

    fn signal_waits(&self) -> bool {
        self.notes.waits()
    }

    fn take_signal(&self) -> Option<Signal> {
        self.notes.take()
    }

    fn post_signal(&self, signal: Signal) {
        self.notes.make_wake();
        self.notes.note(signal.number());
    }

    fn pause(&self) {
        self.notes.make_wake();
        self.notes.sleep(None);
    }
}

/// Makes this thread the one whose calls signals interrupt, and `SIGPIPE` harmless.
pub(super) fn take_over() {
    MAIN_THREAD.store(calls::thread_id(), Ordering::Relaxed);
    if !start::pipe_was_ignored() {
        let _ = install(libc::SIGPIPE, handler());
    }
}

/// The only thread of a forked child is its main thread.
pub(super) fn after_fork() {
    MAIN_THREAD.store(calls::thread_id(), Ordering::Relaxed);
    PROCESS.after_fork();
}

fn set(signal: c_int, disposition: Disposition) -> io::Result<()> {
    if disposition == Disposition::Catch {
        PROCESS.make_wake();
        CAUGHT.fetch_or(bit(signal), Ordering::Release);
    } else {
        CAUGHT.fetch_and(!bit(signal), Ordering::Release);
    }
    install(signal, action_for(signal, disposition))
}

/// The action that gives the shell this disposition.
fn action_for(signal: c_int, disposition: Disposition) -> libc::sighandler_t {
    match disposition {
        Disposition::Catch => handler(),
        Disposition::Default if signal == libc::SIGPIPE => handler(),
        // Children of a process that ignores SIGCHLD cannot be waited for.
        Disposition::Ignore if signal == libc::SIGCHLD => libc::SIG_DFL,
        Disposition::Default => libc::SIG_DFL,
        Disposition::Ignore => libc::SIG_IGN,
    }
}

fn handler() -> libc::sighandler_t {
    note as *const () as libc::sighandler_t
}

/// Sets the action for a signal and remembers the one it replaced, if that was the original one.
fn install(signal: c_int, action: libc::sighandler_t) -> io::Result<()> {
    // SAFETY: all zeros are a valid value; both live until the call returns.
    unsafe {
        let mut new: libc::sigaction = std::mem::zeroed();
        let mut old: libc::sigaction = std::mem::zeroed();
        new.sa_sigaction = action;
        new.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        libc::sigemptyset(&raw mut new.sa_mask);
        calls::check(libc::sigaction(signal, &raw const new, &raw mut old))?;
        learn(signal, old.sa_sigaction == libc::SIG_IGN);
    }
    CHANGED.fetch_or(bit(signal), Ordering::Release);
    Ok(())
}

/// Remembers whether a signal was ignored at first.
fn learn(signal: c_int, ignored: bool) {
    let ignored = if signal == libc::SIGPIPE { start::pipe_was_ignored() } else { ignored };
    if KNOWN.load(Ordering::Acquire) & bit(signal) == 0 {
        if ignored {
            IGNORED_AT_START.fetch_or(bit(signal), Ordering::Release);
        }
        KNOWN.fetch_or(bit(signal), Ordering::Release);
    }
}

fn was_ignored(signal: c_int) -> bool {
    if KNOWN.load(Ordering::Acquire) & bit(signal) == 0 {
        learn(signal, is_ignored_now(signal));
    }
    IGNORED_AT_START.load(Ordering::Acquire) & bit(signal) != 0
}

/// Whether the process ignores a signal at this moment.
pub(super) fn is_ignored_now(signal: c_int) -> bool {
    // SAFETY: all zeros are a valid value, which the call replaces or leaves.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, std::ptr::null(), &raw mut action) == 0
            && action.sa_sigaction == libc::SIG_IGN
    }
}

/// The handler of all signals that we handle.
extern "C" fn note(signal: c_int, info: *mut libc::siginfo_t, _context: *mut c_void) {
    // SAFETY: only calls that are safe in handlers; the system gives a valid siginfo; errno is put back.
    unsafe {
        let errno = libc::__errno_location();
        let before = *errno;
        if signal == libc::SIGPIPE && (*info).si_pid() == libc::getpid() {
            // It comes from a write of ours, which returns EPIPE.
        } else if CAUGHT.load(Ordering::Acquire) & bit(signal) == 0 {
            die_on_return(signal);
        } else if calls::thread_id() == MAIN_THREAD.load(Ordering::Relaxed) {
            PROCESS.note(signal);
        } else {
            libc::syscall(libc::SYS_tgkill, libc::getpid(), MAIN_THREAD.load(Ordering::Relaxed), signal);
        }
        *errno = before;
    }
}

/// Raises a signal again with its default action. It is blocked while its handler runs, so it acts on return.
fn die_on_return(signal: c_int) {
    // SAFETY: both may be called in handlers.
    unsafe {
        libc::signal(signal, libc::SIG_DFL);
        libc::raise(signal);
    }
}

/// Whether a signal that the shell sends to itself ends it though it has a handler: our own `SIGPIPE`.
pub(super) fn acts_on_itself(signal: Signal) -> bool {
    signal == Signal::PIPE
        && CAUGHT.load(Ordering::Acquire) & bit(libc::SIGPIPE) == 0
        && !is_ignored_now(libc::SIGPIPE)
}

/// Ends the process by a signal.
pub(super) fn die_by(signal: Signal) -> ! {
    // SAFETY: takes no pointers.
    unsafe { libc::signal(signal.number(), libc::SIG_DFL) };
    Mask::only(signal.number()).unblock();
    // SAFETY: takes no pointers. Where the signal's default is not to end the process, the status tells of it.
    unsafe {
        libc::raise(signal.number());
        libc::_exit(128 + signal.number())
    }
}

/// What a new program's dispositions must be changed to.
#[derive(Clone, Copy)]
pub(super) struct Dispositions {
    pub(super) to_default: u64,
    pub(super) to_ignore: u64,
}

impl Dispositions {
    /// As when this process was started, except that `ignored` are ignored.
    pub(super) fn for_program(ignored: SignalSet) -> Dispositions {
        let changed = CHANGED.load(Ordering::Acquire) | bit(libc::SIGPIPE);
        let mut originally = IGNORED_AT_START.load(Ordering::Acquire);
        if start::pipe_was_ignored() {
            originally |= bit(libc::SIGPIPE);
        }
        let to_ignore = ignored.bits() | changed & originally;
        Dispositions { to_default: changed & !to_ignore, to_ignore }
    }
}

/// The actions that a program's dispositions would replace.
pub(super) fn save_actions(dispositions: Dispositions) -> Vec<(c_int, libc::sigaction)> {
    let action = |signal| {
        // SAFETY: all zeros are a valid value, which the call replaces.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            (libc::sigaction(signal, std::ptr::null(), &raw mut action) == 0).then_some((signal, action))
        }
    };
    dispositions.signals().filter_map(action).collect()
}

/// Sets actions that were saved.
pub(super) fn restore_actions(actions: &[(c_int, libc::sigaction)]) {
    for (signal, action) in actions {
        // SAFETY: the system gave us this action.
        unsafe { libc::sigaction(*signal, action, std::ptr::null_mut()) };
    }
}

/// Makes sure, once, that children of a process that is the shell's own can be waited for.
pub(super) fn expect_children() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        if is_ignored_now(libc::SIGCHLD) {
            let _ = install(libc::SIGCHLD, libc::SIG_DFL);
        }
    });
}

/// A set of signals as the kernel has it, which, unlike the C library's, can hold all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mask(u64);

impl Mask {
    pub(super) const ALL: Mask = Mask(!0);

    pub(super) fn only(signal: c_int) -> Mask {
        Mask(bit(signal))
    }

    pub(super) fn without(self, signal: c_int) -> Mask {
        Mask(self.0 & !bit(signal))
    }

    pub(super) fn contains(self, signal: c_int) -> bool {
        self.0 & bit(signal) != 0
    }

    /// Blocks these too in this thread; what was blocked before.
    pub(super) fn block(self) -> Mask {
        self.change(libc::SIG_BLOCK)
    }

    pub(super) fn unblock(self) {
        self.change(libc::SIG_UNBLOCK);
    }

    /// Blocks exactly these in this thread.
    pub(super) fn set(self) {
        self.change(libc::SIG_SETMASK);
    }

    fn change(self, how: c_int) -> Mask {
        let mut old = 0_u64;
        // SAFETY: the kernel's set has eight bytes; both live until the call returns.
        unsafe { libc::syscall(libc::SYS_rt_sigprocmask, how, &raw const self.0, &raw mut old, 8_usize) };
        Mask(old)
    }

    /// Those that wait for this thread or the process.
    pub(super) fn pending() -> Mask {
        let mut set = 0_u64;
        // SAFETY: the kernel's set has eight bytes.
        unsafe { libc::syscall(libc::SYS_rt_sigpending, &raw mut set, 8_usize) };
        Mask(set)
    }

    /// Takes one of these, which must be blocked, if it waits.
    pub(super) fn drain(self) {
        let no_time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        let nobody = std::ptr::null::<libc::siginfo_t>();
        // SAFETY: set and time live until the call returns.
        unsafe {
            libc::syscall(libc::SYS_rt_sigtimedwait, &raw const self.0, nobody, &raw const no_time, 8_usize);
        }
    }
}

/// Those that a worker thread blocks: all but the ones that it can only cause itself, and those that stop the process.
pub(super) fn blocked_by_workers() -> Mask {
    const OPEN: [c_int; 10] = [
        libc::SIGSEGV,
        libc::SIGBUS,
        libc::SIGFPE,
        libc::SIGILL,
        libc::SIGABRT,
        libc::SIGTRAP,
        libc::SIGSYS,
        libc::SIGTTIN,
        libc::SIGTTOU,
        libc::SIGTSTP,
    ];
    let of_the_c_library = [32, 33];
    OPEN.iter().chain(&of_the_c_library).fold(Mask::ALL, |mask, &signal| mask.without(signal))
}

#[cfg(test)]
mod tests;
