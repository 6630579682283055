//! The clock of all sessions: one thread, as long as something is due, that tells runs when their time is up.

use super::control::{Control, RunNumber};
use bash_host::{Host, Signal};
use bash_interp::limits::{LimitKind, Meter};
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

/// What happens when the time has come.
pub(super) enum Action {
    /// The run is told that its time is up, and killed after the grace.
    TimeOut(Weak<Control>, RunNumber, Duration),
    /// The run is killed.
    Kill(Weak<Control>, RunNumber),
    /// A run has used four fifths of the time that its limits give it.
    TimeIsNear(Weak<Meter>),
    /// It has used all of it.
    TimeIsUp(Weak<Meter>),
}

#[derive(Default)]
struct Watch {
    due: BTreeMap<(Instant, u64), Action>,
    next: u64,
    /// When the thread looks again, if there is one.
    looks_again: Option<Instant>,
}

/// The thread looks at least so often, and ends when there is nothing to look for. So most alarms come and go without
/// waking it.
const TURN: Duration = Duration::from_secs(1);

static WATCH: Mutex<Option<Watch>> = Mutex::new(None);
static CHANGED: Condvar = Condvar::new();

/// As long as this lives, the action is due.
pub(super) struct Alarm(Instant, u64);

impl Drop for Alarm {
    fn drop(&mut self) {
        if let Some(watch) = lock().as_mut() {
            watch.due.remove(&(self.0, self.1));
        }
    }
}

/// Lets an action be carried out at a time, whatever happens until then.
pub(super) fn at(time: Instant, action: Action, host: &Arc<dyn Host>) {
    std::mem::forget(alarm(time, action, host));
}

/// The same, unless the result is dropped before.
pub(super) fn alarm(time: Instant, action: Action, host: &Arc<dyn Host>) -> Alarm {
    let mut watch = lock();
    let watch = watch.get_or_insert_default();
    watch.next += 1;
    let alarm = Alarm(time, watch.next);
    watch.due.insert((time, watch.next), action);
    match watch.looks_again {
        Some(then) if then <= time => {}
        Some(_) => CHANGED.notify_all(),
        None => {
            let is_kept = host.run_concurrently(Box::new(keep)).is_ok();
            watch.looks_again = is_kept.then(Instant::now);
        }
    }
    alarm
}

fn lock() -> MutexGuard<'static, Option<Watch>> {
    WATCH.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Carries out what is due, until nothing is.
fn keep() {
    let mut guard = lock();
    loop {
        let Some(watch) = guard.as_mut() else { return };
        let now = Instant::now();
        match watch.due.first_key_value() {
            None => {
                watch.looks_again = None;
                return;
            }
            Some((key, _)) if key.0 <= now => {
                let action = watch.due.pop_first();
                drop(guard);
                if let Some((_, action)) = action {
                    action.carry_out();
                }
                guard = lock();
            }
            Some((key, _)) => {
                let left = (key.0 - now).min(TURN);
                watch.looks_again = Some(now + left);
                guard = CHANGED.wait_timeout(guard, left).unwrap_or_else(PoisonError::into_inner).0;
            }
        }
    }
}

impl Action {
    fn carry_out(self) {
        match self {
            Action::TimeOut(control, run, grace) => {
                if let Some(control) = control.upgrade() {
                    control.time_out(run, grace);
                }
            }
            Action::Kill(control, run) => {
                if let Some(control) = control.upgrade() {
                    control.signal(Some(run), Signal::KILL, None);
                }
            }
            Action::TimeIsNear(meter) => {
                if let Some(meter) = meter.upgrade() {
                    meter.time_is_near();
                }
            }
            Action::TimeIsUp(meter) => {
                if let Some(meter) = meter.upgrade() {
                    meter.exceed(LimitKind::WallTime);
                }
            }
        }
    }
}
