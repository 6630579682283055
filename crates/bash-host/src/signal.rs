//! The signal facet. Caught signals are only noted; a shell looks at them at its safe points.

use std::io;

/// A signal, by number (1–64 on Linux). 0 is the null signal of `kill -0`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Signal(u8);

impl Signal {
    /// The null signal.
    pub const NULL: Signal = Signal(0);
    /// `SIGHUP`
    pub const HUP: Signal = Signal(libc::SIGHUP as u8);
    /// `SIGINT`
    pub const INT: Signal = Signal(libc::SIGINT as u8);
    /// `SIGQUIT`
    pub const QUIT: Signal = Signal(libc::SIGQUIT as u8);
    /// `SIGKILL`
    pub const KILL: Signal = Signal(libc::SIGKILL as u8);
    /// `SIGPIPE`
    pub const PIPE: Signal = Signal(libc::SIGPIPE as u8);
    /// `SIGALRM`
    pub const ALRM: Signal = Signal(libc::SIGALRM as u8);
    /// `SIGTERM`
    pub const TERM: Signal = Signal(libc::SIGTERM as u8);
    /// `SIGCHLD`
    pub const CHLD: Signal = Signal(libc::SIGCHLD as u8);
    /// `SIGCONT`
    pub const CONT: Signal = Signal(libc::SIGCONT as u8);
    /// `SIGSTOP`
    pub const STOP: Signal = Signal(libc::SIGSTOP as u8);
    /// `SIGTSTP`
    pub const TSTP: Signal = Signal(libc::SIGTSTP as u8);
    /// `SIGTTIN`
    pub const TTIN: Signal = Signal(libc::SIGTTIN as u8);
    /// `SIGTTOU`
    pub const TTOU: Signal = Signal(libc::SIGTTOU as u8);
    /// `SIGWINCH`
    pub const WINCH: Signal = Signal(libc::SIGWINCH as u8);

    /// The highest number.
    pub const MAX: i32 = 64;

    /// The signal with this number, if the system has it.
    pub fn new(number: i32) -> Option<Signal> {
        (0..=Signal::MAX).contains(&number).then_some(Signal(number as u8))
    }

    /// Its number.
    pub fn number(self) -> i32 {
        i32::from(self.0)
    }
}

/// A set of signals.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SignalSet(u128);

impl SignalSet {
    /// None.
    pub const EMPTY: SignalSet = SignalSet(0);

    /// Adds one.
    pub fn insert(&mut self, signal: Signal) {
        self.0 |= 1 << signal.0;
    }

    /// Takes one out.
    pub fn remove(&mut self, signal: Signal) {
        self.0 &= !(1 << signal.0);
    }

    /// Whether it holds `signal`.
    pub fn contains(self, signal: Signal) -> bool {
        self.0 & (1 << signal.0) != 0
    }

    /// Signal 1 as the lowest bit.
    pub(crate) fn bits(self) -> u64 {
        (self.0 >> 1) as u64
    }

    /// Its signals in order of their numbers.
    pub fn iter(self) -> impl Iterator<Item = Signal> {
        (1..=Signal::MAX as u8).map(Signal).filter(move |signal| self.contains(*signal))
    }
}

/// What happens when a signal arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// What the system does by default.
    Default,
    /// Nothing.
    Ignore,
    /// It is noted for [`Signals::take_signal`]; blocking calls return `Interrupted`.
    Catch,
}

/// Signals.
pub trait Signals {
    /// Sets what happens when `signal` arrives. In a process that is not the shell's own nothing is changed.
    fn set_disposition(&self, signal: Signal, disposition: Disposition) -> io::Result<()>;
    /// The signals that were ignored when the process started.
    fn ignored_at_start(&self) -> SignalSet;
    /// Whether one signal was ignored when the process started.
    fn was_ignored_at_start(&self, signal: Signal) -> bool {
        self.ignored_at_start().contains(signal)
    }
    /// Whether a caught signal waits. As cheap as one memory read.
    fn signal_waits(&self) -> bool;
    /// The next caught signal, lowest number first; each arrival since the last call counts once.
    fn take_signal(&self) -> Option<Signal>;
    /// Notes a signal as if it had arrived.
    fn post_signal(&self, signal: Signal);
    /// Sleeps until a caught signal comes (or forever).
    fn pause(&self);
}
