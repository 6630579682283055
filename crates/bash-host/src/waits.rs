//! Waiting for something in memory: until it comes, until a time, a signal of the session or its cancellation.
//!
//! Whoever waits for a pipe in the kernel is woken by a descriptor. Here a waiter leaves word of what it sleeps on, and
//! a signal wakes all sleepers, who look for themselves. Signals are the affair of the session's own thread: its
//! workers are only told of a cancellation.

use crate::{Readiness, Signal};
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a thread sleeps before it looks whether its bell rings, which does not wake it.
const PATIENCE: Duration = Duration::from_millis(20);

/// What ends the waits of one session, besides what they wait for.
#[derive(Default)]
pub struct Waits {
    /// Signals that have come and were not taken yet.
    signals: AtomicU64,
    cancelled: AtomicBool,
    sleepers: Mutex<Vec<Arc<dyn Wake>>>,
}

/// Something that threads sleep on.
pub(crate) trait Wake: Send + Sync {
    /// Makes all who sleep on it look again.
    fn wake(&self);
}

/// How a wait ended.
pub(crate) enum Waited<T> {
    /// With what it was for.
    Ready(T),
    /// Time is up.
    TimedOut,
    /// A signal came.
    Interrupted,
}

impl Waits {
    /// Whether a signal waits to be taken.
    pub(crate) fn has_signals(&self) -> bool {
        self.signals.load(Ordering::Relaxed) != 0
    }

    /// Notes a signal.
    pub(crate) fn note(&self, signal: Signal) {
        if let Some(bit) = bit(signal) {
            self.signals.fetch_or(bit, Ordering::AcqRel);
            self.wake_all();
        }
    }

    /// Takes the lowest signal.
    pub(crate) fn take(&self) -> Option<Signal> {
        let bits = self.signals.load(Ordering::Acquire);
        if bits == 0 {
            return None;
        }
        let lowest = bits & bits.wrapping_neg();
        let was = self.signals.fetch_and(!lowest, Ordering::AcqRel);
        (was & lowest != 0).then(|| Signal::new(lowest.trailing_zeros() as i32 + 1)).flatten()
    }

    /// Ends all waits of now and of later with the error `ECANCELED`, until [`Waits::resume`].
    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Release);
        self.wake_all();
    }

    /// Lets calls wait again.
    pub(crate) fn resume(&self) {
        self.cancelled.store(false, Ordering::Release);
    }

    fn is_interrupted(&self) -> bool {
        crate::real::rings_here() || self.has_signals() && !crate::real::is_worker()
    }

    fn check_cancelled(&self) -> io::Result<()> {
        let cancelled = self.cancelled.load(Ordering::Acquire);
        if cancelled { Err(io::Error::from_raw_os_error(libc::ECANCELED)) } else { Ok(()) }
    }

    fn wake_all(&self) {
        let sleepers = self.sleepers().clone();
        sleepers.iter().for_each(|sleeper| sleeper.wake());
    }

    fn sleepers(&self) -> MutexGuard<'_, Vec<Arc<dyn Wake>>> {
        self.sleepers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn bit(signal: Signal) -> Option<u64> {
    let number = u32::try_from(signal.number()).ok()?.checked_sub(1)?;
    1_u64.checked_shl(number)
}

/// A thread's word that it sleeps.
struct Asleep<'w> {
    waits: &'w Waits,
    on: Arc<dyn Wake>,
}

impl<'w> Asleep<'w> {
    fn new(waits: &'w Waits, on: Arc<dyn Wake>) -> Asleep<'w> {
        waits.sleepers().push(on.clone());
        Asleep { waits, on }
    }
}

impl Drop for Asleep<'_> {
    fn drop(&mut self) {
        let mut sleepers = self.waits.sleepers();
        if let Some(place) = sleepers.iter().position(|other| Arc::ptr_eq(other, &self.on)) {
            sleepers.swap_remove(place);
        }
    }
}

/// A value that threads change and wait for.
#[derive(Default)]
pub(crate) struct Monitor<T> {
    value: Mutex<T>,
    changed: Condvar,
}

impl<T: Send + 'static> Monitor<T> {
    pub(crate) fn new(value: T) -> Arc<Monitor<T>> {
        Arc::new(Monitor { value: Mutex::new(value), changed: Condvar::new() })
    }

    /// The value; whoever changes it calls [`Monitor::tell`].
    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.value.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the waiting of a change.
    pub(crate) fn tell(&self) {
        self.changed.notify_all();
    }

    /// Waits until `ready` has an answer. It may change the value.
    pub(crate) fn wait<R>(
        self: &Arc<Self>,
        waits: &Waits,
        deadline: Option<Instant>,
        mut ready: impl FnMut(&mut T) -> Option<R>,
    ) -> io::Result<Waited<R>> {
        if let Some(answer) = ready(&mut self.lock()) {
            return Ok(Waited::Ready(answer));
        }
        let _asleep = Asleep::new(waits, self.clone());
        let mut value = self.lock();
        loop {
            if let Some(answer) = ready(&mut value) {
                return Ok(Waited::Ready(answer));
            }
            waits.check_cancelled()?;
            if waits.is_interrupted() {
                return Ok(Waited::Interrupted);
            }
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            let left = match left {
                None if crate::real::listens_here() => Some(PATIENCE),
                Some(left) if !left.is_zero() && crate::real::listens_here() => Some(left.min(PATIENCE)),
                left => left,
            };
            value = match left {
                Some(Duration::ZERO) => return Ok(Waited::TimedOut),
                Some(left) => {
                    let waited = self.changed.wait_timeout(value, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.changed.wait(value).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }
}

impl<T: Send + 'static> Wake for Monitor<T> {
    fn wake(&self) {
        // Whoever is between looking and sleeping holds the lock.
        drop(self.lock());
        self.tell();
    }
}

impl<T> Waited<T> {
    /// How a wait for input ended.
    pub(crate) fn readiness(&self) -> Readiness {
        match self {
            Waited::Ready(_) => Readiness::Ready,
            Waited::TimedOut => Readiness::TimedOut,
            Waited::Interrupted => Readiness::Interrupted,
        }
    }

    /// What came, where there was no deadline; a signal is the error `Interrupted`.
    pub(crate) fn or_interrupted(self) -> io::Result<T> {
        match self {
            Waited::Ready(answer) => Ok(answer),
            Waited::TimedOut => Err(io::ErrorKind::TimedOut.into()),
            Waited::Interrupted => Err(io::ErrorKind::Interrupted.into()),
        }
    }
}

/// A time of the monotonic clock as the standard library's instant.
pub(crate) fn instant(time: crate::Instant) -> Instant {
    const FAR: Duration = Duration::from_secs(u32::MAX as u64);
    let now = Instant::now();
    now.checked_add(time.saturating_sub(crate::real::monotonic())).unwrap_or(now + FAR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_are_taken_lowest_first() {
        let waits = Waits::default();
        waits.note(Signal::TERM);
        waits.note(Signal::INT);
        waits.note(Signal::INT);
        assert!(waits.has_signals());
        assert_eq!([waits.take(), waits.take(), waits.take()], [Some(Signal::INT), Some(Signal::TERM), None]);
    }

    #[test]
    fn a_signal_and_a_cancellation_end_a_wait() {
        let (waits, monitor) = (Arc::new(Waits::default()), Monitor::new(0));
        let other = waits.clone();
        let interrupter = std::thread::spawn(move || other.note(Signal::INT));
        let waited = monitor.wait(&waits, None, |_| None::<()>).unwrap();
        assert_eq!(waited.readiness(), Readiness::Interrupted);
        interrupter.join().unwrap();
        waits.take();
        let other = waits.clone();
        let canceller = std::thread::spawn(move || other.cancel());
        let error = monitor.wait(&waits, None, |_| None::<()>).err().unwrap();
        assert_eq!(error.raw_os_error(), Some(libc::ECANCELED));
        canceller.join().unwrap();
        waits.resume();
        let soon = Instant::now() + Duration::from_millis(5);
        let waited = monitor.wait(&waits, Some(soon), |_| None::<()>).unwrap();
        assert_eq!(waited.readiness(), Readiness::TimedOut);
        assert!(waits.sleepers().is_empty());
    }

    #[test]
    fn a_change_is_seen() {
        let (waits, monitor) = (Waits::default(), Monitor::new(0));
        let other = monitor.clone();
        let changer = std::thread::spawn(move || {
            *other.lock() = 7;
            other.tell();
        });
        let waited = monitor.wait(&waits, None, |value| (*value == 7).then_some(*value)).unwrap();
        assert_eq!(waited.or_interrupted().unwrap(), 7);
        changer.join().unwrap();
    }
}
