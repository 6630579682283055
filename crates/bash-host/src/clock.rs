//! The clock facet.

use std::time::Duration;

/// A monotonic instant: time since an arbitrary start.
pub type Instant = Duration;

/// CPU time used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields of times(2)")]
pub struct CpuTimes {
    pub user: Duration,
    pub system: Duration,
    pub children_user: Duration,
    pub children_system: Duration,
}

/// Clocks.
pub trait Clock {
    /// Time since 1970.
    fn now(&self) -> Duration;
    /// Monotonic time.
    fn monotonic(&self) -> Instant;
    /// CPU time of this process and its ended children.
    fn cpu_times(&self) -> CpuTimes;
    /// CPU time of this thread.
    fn thread_cpu_time(&self) -> Duration;
    /// Sleeps; `false` if a caught signal came first.
    fn sleep(&self, time: Duration) -> bool;
    /// Unpredictable bytes.
    fn random(&self, buffer: &mut [u8]);
}
