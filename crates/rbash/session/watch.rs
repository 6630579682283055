//! The clock of all sessions: one thread, as long as something is due, that tells runs when their time is up.

use super::control::{Control, RunNumber};
use bash_host::Signal;
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

/// What happens when the time has come.
#[derive(Clone, Copy)]
pub(super) enum Action {
    /// The run is told that its time is up, and killed after the grace.
    TimeOut(Duration),
    /// The run is killed.
    Kill,
}

struct Due {
    control: Weak<Control>,
    run: RunNumber,
    action: Action,
}

#[derive(Default)]
struct Watch {
    due: BTreeMap<(Instant, u64), Due>,
    next: u64,
    is_kept: bool,
}

static WATCH: Mutex<Option<Watch>> = Mutex::new(None);
static CHANGED: Condvar = Condvar::new();

/// As long as this lives, the action is due.
pub(super) struct Alarm(Instant, u64);

impl Drop for Alarm {
    fn drop(&mut self) {
        let mut watch = lock();
        if let Some(watch) = watch.as_mut()
            && watch.due.remove(&(self.0, self.1)).is_some()
            && watch.due.is_empty()
        {
            CHANGED.notify_all();
        }
    }
}

/// Lets an action be carried out at a time, unless the run has ended by then.
pub(super) fn at(time: Instant, action: Action, control: &Arc<Control>, run: RunNumber) {
    std::mem::forget(alarm(time, action, control, run));
}

/// The same, unless the result is dropped before.
pub(super) fn alarm(time: Instant, action: Action, control: &Arc<Control>, run: RunNumber) -> Alarm {
    let mut watch = lock();
    let watch = watch.get_or_insert_default();
    watch.next += 1;
    let alarm = Alarm(time, watch.next);
    watch.due.insert((time, watch.next), Due { control: Arc::downgrade(control), run, action });
    if watch.is_kept {
        CHANGED.notify_all();
    } else {
        watch.is_kept = control.host.run_concurrently(Box::new(keep)).is_ok();
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
                watch.is_kept = false;
                return;
            }
            Some((key, _)) if key.0 <= now => {
                let due = watch.due.pop_first();
                drop(guard);
                if let Some((_, due)) = due {
                    due.carry_out();
                }
                guard = lock();
            }
            Some((key, _)) => {
                let left = key.0 - now;
                guard = CHANGED.wait_timeout(guard, left).unwrap_or_else(PoisonError::into_inner).0;
            }
        }
    }
}

impl Due {
    fn carry_out(self) {
        let Some(control) = self.control.upgrade() else { return };
        match self.action {
            Action::TimeOut(grace) => control.time_out(self.run, grace),
            Action::Kill => {
                control.signal(Some(self.run), Signal::KILL, None);
            }
        }
    }
}
