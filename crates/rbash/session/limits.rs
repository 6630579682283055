//! The limits of a session: what a run begins with, and how it ends when one is exceeded.

use super::watch::{self, Action, Alarm};
use super::{End, Session, Stream};
use bash_interp::embedded::Told;
use bash_interp::limits::{Holdings, LimitKind, LimitWatcher, Limits, Meter};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What a session may use, who is told that it comes near, and what it holds.
pub(crate) struct SessionLimits {
    limits: Limits,
    watcher: Option<LimitWatcher>,
    holdings: Arc<Holdings>,
}

/// As long as this lives, the run ends when its time is up.
#[derive(Default)]
pub(super) struct Deadline {
    end: Option<Alarm>,
    near: Option<Alarm>,
}

impl Deadline {
    /// The run has ended, but what it has left running has the same end.
    fn leave(self) {
        [self.end, self.near].into_iter().flatten().for_each(std::mem::forget);
    }
}

impl SessionLimits {
    pub(super) fn new(limits: Limits, watcher: Option<LimitWatcher>) -> SessionLimits {
        SessionLimits { limits, watcher, holdings: Arc::default() }
    }

    /// The same for another session, which holds nothing yet.
    pub(super) fn for_copy(&self) -> SessionLimits {
        SessionLimits::new(self.limits.clone(), self.watcher.clone())
    }
}

impl Session {
    /// What it may use, if that is limited.
    pub fn limits(&self) -> Option<&Limits> {
        self.limits.as_ref().map(|own| &own.limits)
    }

    /// A run begins, and with it another budget.
    pub(super) fn begin_metering(&mut self, run: &Arc<Told>, started: Instant) -> Deadline {
        let Some(own) = &self.limits else { return Deadline::default() };
        let (limits, holdings) = (own.limits.clone(), own.holdings.clone());
        let host = self.shell.host.clone();
        let meter = Arc::new(Meter::new(limits, holdings, host, run, own.watcher.clone()));
        self.output.measure_by(meter.clone());
        self.shell.begin_metering(meter.clone());
        self.deadline(&meter, started)
    }

    fn deadline(&self, meter: &Arc<Meter>, started: Instant) -> Deadline {
        let Some(nanoseconds) = meter.limits().get(LimitKind::WallTime) else { return Deadline::default() };
        let time = Duration::from_nanos(nanoseconds);
        let alarm =
            |time: Duration, action| Some(watch::alarm(started.checked_add(time)?, action, &self.shell.host));
        let near = meter.is_watched().then(|| alarm(time * 4 / 5, Action::TimeIsNear(Arc::downgrade(meter))));
        Deadline { end: alarm(time, Action::TimeIsUp(Arc::downgrade(meter))), near: near.flatten() }
    }

    /// How the run ended, if it exceeded a limit; the message is written.
    pub(super) fn ended_by_limit(&mut self, deadline: Deadline) -> Option<End> {
        let meter = self.shell.meter()?.clone();
        meter.tell_untold();
        if self.shell.told_of_run().is_some_and(|told| told.is_at_work()) {
            deadline.leave();
        }
        let (kind, line) = meter.exceeded()?;
        while self.shell.host.take_signal().is_some() {} // What woke the run must not wake the next one.
        let most = meter.limits().get(kind).unwrap_or_default();
        self.shell.session.line = line.unwrap_or(self.shell.session.line);
        let message = format!("{}: limit of {} exceeded\n", kind.name(), amount(kind, most));
        let text = [&self.shell.error_prefix()[..], message.as_bytes()].concat();
        self.output.push_unmeasured(Stream::Stderr, &text);
        Some(End::Limited(kind))
    }
}

/// An amount as a message shows it.
fn amount(kind: LimitKind, most: u64) -> String {
    match kind {
        LimitKind::WallTime | LimitKind::CpuTime => {
            format!("{} s", Duration::from_nanos(most).as_secs_f64())
        }
        _ => most.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_in_seconds() {
        assert_eq!(amount(LimitKind::WallTime, 30_000_000_000), "30 s");
        assert_eq!(amount(LimitKind::CpuTime, 50_000_000), "0.05 s");
        assert_eq!(amount(LimitKind::Commands, 7), "7");
    }
}
