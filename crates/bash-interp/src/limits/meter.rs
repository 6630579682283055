//! The counters of a run: one budget for all threads that work for it.

use super::{LimitKind, LimitNear, LimitWatcher, Limits};
use crate::embedded::Told;
use bash_host::{Host, Signal};
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// What a session holds from run to run, all of its threads together.
#[derive(Debug, Default)]
pub struct Holdings {
    /// What is known to be there and what has been made since that was known, which may be gone.
    live_bytes: AtomicU64,
    made_bytes: AtomicU64,
    threads: AtomicU64,
    names: AtomicU64,
}

/// What a run has used so far, shared by all that works for it. Jobs that it leaves in the background keep it.
pub struct Meter {
    limits: Limits,
    holdings: Arc<Holdings>,
    host: Arc<dyn Host>,
    /// The run, which is ended when a limit is exceeded.
    run: Weak<Told>,
    watcher: Option<LimitWatcher>,
    /// How many bytes the session may hold in this run.
    most_live: AtomicU64,
    commands: AtomicU64,
    cpu_time: AtomicU64,
    output: AtomicU64,
    programs: AtomicU64,
    /// Limits that came near and were told of, and those that still have to be told.
    near: AtomicU32,
    untold: AtomicU32,
    /// The number of the limit that was exceeded first, plus one, and the line on which.
    exceeded: AtomicU8,
    line: AtomicU32,
}

/// Whether something may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Admitted {
    Yes,
    /// It would exceed a limit; the run has been ended.
    No,
}

impl Meter {
    /// For a run that begins.
    pub fn new(
        limits: Limits,
        holdings: Arc<Holdings>,
        host: Arc<dyn Host>,
        run: &Arc<Told>,
        watcher: Option<LimitWatcher>,
    ) -> Meter {
        Meter {
            most_live: AtomicU64::new(limits.most(LimitKind::LiveBytes)),
            limits,
            holdings,
            host,
            run: Arc::downgrade(run),
            watcher,
            commands: AtomicU64::new(0),
            cpu_time: AtomicU64::new(0),
            output: AtomicU64::new(0),
            programs: AtomicU64::new(0),
            near: AtomicU32::new(0),
            untold: AtomicU32::new(0),
            exceeded: AtomicU8::new(0),
            line: AtomicU32::new(0),
        }
    }

    /// The limits it watches.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The limit that was exceeded, and the line that did it, where that is known.
    pub fn exceeded(&self) -> Option<(LimitKind, Option<u32>)> {
        let kind = LimitKind::with_number(self.exceeded.load(Relaxed).checked_sub(1)?)?;
        Some((kind, Some(self.line.load(Relaxed)).filter(|line| *line > 0)))
    }

    /// Ends the run because of a limit: its programs are killed, its threads end at their next command.
    pub fn exceed(&self, kind: LimitKind) {
        self.exceed_on_line(kind, 0);
    }

    pub(super) fn exceed_on_line(&self, kind: LimitKind, line: u32) {
        if self.exceeded.compare_exchange(0, kind as u8 + 1, Relaxed, Relaxed).is_ok() {
            self.line.store(line, Relaxed);
        }
        if let Some(run) = self.run.upgrade() {
            run.tell(Signal::KILL);
            self.host.post_signal(Signal::CONT); // So that whoever waits wakes up.
        }
    }

    /// Counts something that a run uses up.
    fn use_up(&self, kind: LimitKind, counter: &AtomicU64, amount: u64) -> Admitted {
        let used = counter.fetch_add(amount, Relaxed).saturating_add(amount);
        self.compare(kind, used)
    }

    /// Compares what would be in use with the limit.
    #[inline]
    pub(super) fn compare(&self, kind: LimitKind, used: u64) -> Admitted {
        if used >= self.limits.near(kind) && used > 0 {
            return self.look_closer(kind, used);
        }
        Admitted::Yes
    }

    #[cold]
    fn look_closer(&self, kind: LimitKind, used: u64) -> Admitted {
        let most = self.limits.most(kind);
        if used > most {
            return Admitted::No;
        }
        if most != super::NONE {
            self.comes_near(kind, used);
        }
        Admitted::Yes
    }

    /// Tells once that a limit is near.
    fn comes_near(&self, kind: LimitKind, used: u64) {
        if self.is_news(kind)
            && let Some(watcher) = &self.watcher
        {
            watcher(LimitNear { kind, used, most: self.limits.most(kind) });
        }
    }

    fn is_news(&self, kind: LimitKind) -> bool {
        self.near.fetch_or(kind.bit(), Relaxed) & kind.bit() == 0
    }

    /// The time of the run comes to its end.
    pub fn time_is_near(&self) {
        self.comes_near(LimitKind::WallTime, self.limits.near(LimitKind::WallTime));
    }

    /// Whether somebody wants to know that a limit is near.
    pub fn is_watched(&self) -> bool {
        self.watcher.is_some()
    }

    pub(super) fn use_command(&self) -> Admitted {
        self.use_up(LimitKind::Commands, &self.commands, 1)
    }

    pub(super) fn use_commands(&self, count: u64) -> Admitted {
        self.use_up(LimitKind::Commands, &self.commands, count)
    }

    pub(super) fn use_program(&self) -> Admitted {
        self.use_up(LimitKind::Programs, &self.programs, 1)
    }

    pub(super) fn use_cpu_time(&self, time: Duration) -> Admitted {
        self.use_up(LimitKind::CpuTime, &self.cpu_time, super::nanoseconds(time))
    }

    /// The seconds of computing that a program may still use.
    pub(super) fn seconds_left(&self) -> Option<u64> {
        let most = self.limits.get(LimitKind::CpuTime)?;
        let left = most.saturating_sub(self.cpu_time.load(Relaxed));
        Some(left.div_ceil(super::SECOND).max(1))
    }

    pub(super) fn use_name(&self, count: u64) -> Admitted {
        self.use_up(LimitKind::Names, &self.holdings.names, count)
    }

    /// How many of the bytes that are about to be written may be. If not all, the run ends. Whoever wants to know that the
    /// limit is near is told later, since the caller may hold what it would ask for.
    pub fn admit_output(&self, bytes: usize) -> usize {
        let most = self.limits.most(LimitKind::OutputBytes);
        let before = self.output.fetch_add(bytes as u64, Relaxed);
        let after = before.saturating_add(bytes as u64);
        if after > most {
            self.exceed(LimitKind::OutputBytes);
            return usize::try_from(most.saturating_sub(before)).unwrap_or(bytes).min(bytes);
        }
        if most != super::NONE && after >= self.limits.near(LimitKind::OutputBytes) {
            self.untold.fetch_or(LimitKind::OutputBytes.bit(), Relaxed);
        }
        bytes
    }

    /// Tells what could not be told at once.
    #[inline]
    pub fn tell_untold(&self) {
        if self.untold.load(Relaxed) != 0 {
            self.untold.store(0, Relaxed);
            self.comes_near(LimitKind::OutputBytes, self.output.load(Relaxed));
        }
    }

    /// Whether a text that is being collected may grow to `length`. If not, the run ends.
    pub(crate) fn admit_collected(&self, length: usize) -> Admitted {
        if length as u64 > self.limits.most(LimitKind::StringSize) {
            self.exceed(LimitKind::StringSize);
            return Admitted::No;
        }
        Admitted::Yes
    }

    /// More bytes are held. `No` says that this may be too much: what was made meanwhile may be gone.
    pub(super) fn hold(&self, bytes: u64) -> Admitted {
        let total = self.holdings.live_bytes.fetch_add(bytes, Relaxed) + bytes;
        if total > self.most_live() {
            return Admitted::No;
        }
        let _ = self.compare(LimitKind::LiveBytes, total);
        Admitted::Yes
    }

    /// How many bytes the session may hold in this run: the limit, or a thirty-second part of that more than what it holds
    /// when the run begins, lest a session that has come to its limit be of no use any more. Twice the limit is the end.
    pub(super) fn most_live(&self) -> u64 {
        self.most_live.load(Relaxed)
    }

    /// Whether so much is held that it is worth while to know it exactly.
    pub(super) fn has_much(&self) -> bool {
        self.live_bytes() > self.limits.most(LimitKind::LiveBytes) / 8
    }

    pub(super) fn begin_with(&self, held: u64) {
        let most = self.limits.most(LimitKind::LiveBytes);
        let with_slack = held.saturating_add(most / 32).min(most.saturating_mul(2));
        self.most_live.store(most.max(with_slack), Relaxed);
    }

    /// They are no longer.
    pub(crate) fn release(&self, bytes: u64) {
        self.holdings.live_bytes.fetch_sub(bytes, Relaxed);
    }

    /// The same of bytes that nobody looks for later.
    pub(super) fn make(&self, bytes: u64) -> Admitted {
        self.holdings.made_bytes.fetch_add(bytes, Relaxed);
        self.hold(bytes)
    }

    /// They are known to be gone, or are held instead.
    pub(super) fn unmake(&self, bytes: u64) {
        self.holdings.made_bytes.fetch_sub(bytes, Relaxed);
        self.release(bytes);
    }

    /// More bytes are held by a substitution, on whatever thread. If they are too many for sure, the run ends.
    pub(crate) fn hold_collected(&self, bytes: u64) -> Admitted {
        let admitted = self.hold(bytes);
        if admitted == Admitted::No && self.known_bytes() > self.most_live() {
            self.exceed(LimitKind::LiveBytes);
            return Admitted::No;
        }
        Admitted::Yes
    }

    pub(super) fn live_bytes(&self) -> u64 {
        self.holdings.live_bytes.load(Relaxed)
    }

    /// What is there for sure.
    pub(super) fn known_bytes(&self) -> u64 {
        self.live_bytes().saturating_sub(self.holdings.made_bytes.load(Relaxed))
    }

    fn enter_thread(&self) -> Admitted {
        let count = self.holdings.threads.fetch_add(1, Relaxed) + 1;
        self.compare(LimitKind::VirtualProcesses, count)
    }
}

impl std::fmt::Debug for Meter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Meter").field("limits", &self.limits).field("exceeded", &self.exceeded()).finish()
    }
}

/// What one shell, on one thread, has counted of what the session holds.
pub(crate) struct Metered {
    pub(crate) meter: Arc<Meter>,
    /// What its state took when it was last looked through.
    audited: u64,
    /// What has been made since then; some of it may be gone.
    made: u64,
    /// What is under way on its stack: words, parameters, lists, texts.
    pub(super) held: u64,
    /// Commands since the processor's clock was last read, and what it showed.
    pub(super) ticks: u32,
    pub(super) cpu_time: Option<Duration>,
    /// Names that this thread had made when it last looked.
    pub(super) names: Option<u64>,
    is_thread: bool,
}

impl Metered {
    /// For the shell itself.
    pub(crate) fn new(meter: Arc<Meter>) -> Box<Metered> {
        Box::new(Metered::with(meter, false))
    }

    fn with(meter: Arc<Meter>, is_thread: bool) -> Metered {
        Metered { meter, audited: 0, made: 0, held: 0, ticks: 0, cpu_time: None, names: None, is_thread }
    }

    /// For a part of the shell on another thread. `No`: there are too many, and the run has been ended.
    pub(crate) fn for_thread(&self) -> (Box<Metered>, Admitted) {
        let admitted = self.meter.enter_thread();
        (Box::new(Metered::with(self.meter.clone(), true)), admitted)
    }

    /// Counts bytes that its state is about to take.
    pub(super) fn make(&mut self, bytes: u64) -> Admitted {
        self.made += bytes;
        self.meter.make(bytes)
    }

    /// What has been made since its state was last looked through.
    pub(super) fn made(&self) -> u64 {
        self.made
    }

    /// Its state has been looked through, and takes so much.
    pub(super) fn settle(&mut self, footprint: u64) {
        self.meter.unmake(self.made);
        self.meter.release(self.audited);
        (self.audited, self.made) = (footprint, 0);
        let _ = self.meter.hold(footprint);
    }

    /// The run begins with what is held now.
    pub(super) fn begin(&mut self, footprint: u64) {
        self.settle(footprint);
        self.meter.begin_with(self.meter.known_bytes());
    }

    /// A new run begins: what is held stays, what is used up starts anew.
    pub(crate) fn renew(&mut self, meter: Arc<Meter>) {
        self.meter.release(self.held);
        (self.held, self.cpu_time, self.names) = (0, None, None);
        self.meter = meter;
    }
}

impl Drop for Metered {
    fn drop(&mut self) {
        self.meter.release(self.audited + self.held);
        self.meter.unmake(self.made);
        if self.is_thread {
            self.meter.holdings.threads.fetch_sub(1, Relaxed);
        }
    }
}
