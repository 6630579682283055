//! Ending a run from outside: what a signal does, and when a harsher one follows.
//!
//! INT, TERM and the like go to the programs of the run and all their children; the shell runs its trap, then its EXIT
//! trap, and the run ends with 128 + N. KILL runs nothing. What the run has written stays, and the session can be used
//! again.

use super::watch;
use bash_host::{Host, Signal};
use bash_interp::embedded::Told;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What a session's runs can be reached by.
pub(crate) struct Control {
    pub(crate) host: Arc<dyn Host>,
    running: Mutex<Option<Running>>,
    last: AtomicU64,
}

/// The number of a run within its session.
pub(crate) type RunNumber = u64;

struct Running {
    number: RunNumber,
    told: Arc<Told>,
    asked: Asked,
}

/// What the run was asked to do.
#[derive(Clone, Copy, Default)]
pub(crate) struct Asked {
    pub(crate) signal: Option<Signal>,
    pub(crate) timed_out: bool,
    /// When KILL follows, if it does.
    pub(crate) kill_at: Option<Instant>,
}

/// The time that what ignores TERM has left after a timeout, if nothing else is said.
pub(crate) const GRACE: Duration = Duration::from_secs(1);

impl Control {
    pub(crate) fn new(host: Arc<dyn Host>) -> Arc<Control> {
        Arc::new(Control { host, running: Mutex::new(None), last: AtomicU64::new(0) })
    }

    fn lock(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A run begins.
    pub(crate) fn begin(&self, told: Arc<Told>) -> RunNumber {
        let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        *self.lock() = Some(Running { number, told, asked: Asked::default() });
        number
    }

    /// The run has ended; what it was asked to do. From here on nobody reaches it.
    pub(crate) fn end(&self) -> Asked {
        let asked = self.lock().take().map(|running| running.asked).unwrap_or_default();
        if asked.signal.is_some() {
            while self.host.take_signal().is_some() {} // What woke the run must not wake the next one.
        }
        asked
    }

    /// What the run was asked to do so far.
    pub(crate) fn asked(&self) -> Asked {
        self.lock().as_ref().map(|running| running.asked).unwrap_or_default()
    }

    /// Tells a run (whichever it is, if `None`) of a signal; whether there was one to tell.
    pub(crate) fn signal(
        self: &Arc<Control>,
        number: Option<RunNumber>,
        signal: Signal,
        grace: Option<Duration>,
    ) -> bool {
        self.tell(number, signal, grace, |_| {})
    }

    /// A run has no time left.
    pub(crate) fn time_out(self: &Arc<Control>, number: RunNumber, grace: Duration) {
        self.tell(Some(number), TERM, Some(grace), |asked| asked.timed_out = true);
    }

    fn tell(
        self: &Arc<Control>,
        number: Option<RunNumber>,
        signal: Signal,
        grace: Option<Duration>,
        note: impl FnOnce(&mut Asked),
    ) -> bool {
        let mut running = self.lock();
        let Some(running) =
            running.as_mut().filter(|running| number.is_none_or(|number| running.number == number))
        else {
            return false;
        };
        if signal == Signal::NULL {
            return true;
        }
        running.asked.signal = Some(signal);
        note(&mut running.asked);
        if let Some(grace) = grace {
            let at = Instant::now() + grace;
            running.asked.kill_at = Some(at);
            watch::at(at, watch::Action::Kill(Arc::downgrade(self), running.number), &self.host);
        }
        running.told.tell(signal);
        // So that the thread of the run wakes up. The signal itself, seen twice, would run its trap twice.
        self.host.post_signal(Signal::CONT);
        true
    }
}

const TERM: Signal = Signal::TERM;

/// Ends what a session runs, from any thread.
#[derive(Clone)]
pub struct Canceller(pub(crate) Arc<Control>);

impl Canceller {
    /// Sends a signal to the run in progress and everything that it has started; whether there was one. Nothing harsher
    /// follows: programs that ignore the signal go on.
    pub fn signal(&self, signal: Signal) -> bool {
        self.0.signal(None, signal, None)
    }

    /// The same; after the grace, what still runs is killed.
    pub fn signal_with_grace(&self, signal: Signal, grace: Duration) -> bool {
        self.0.signal(None, signal, Some(grace))
    }

    /// Ends the run in progress at once, without traps.
    pub fn kill(&self) -> bool {
        self.signal(Signal::KILL)
    }
}
