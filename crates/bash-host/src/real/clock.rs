//! Clocks, sleep and chance.

use super::RealHost;
use super::notes::deadline_after;
use crate::{Clock, CpuTimes, Instant, Readiness};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

impl Clock for RealHost {
    fn now(&self) -> Duration {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }

    fn monotonic(&self) -> Instant {
        monotonic()
    }

    fn cpu_times(&self) -> CpuTimes {
        let (user, system) = used_by(libc::RUSAGE_SELF);
        let (children_user, children_system) = used_by(libc::RUSAGE_CHILDREN);
        CpuTimes { user, system, children_user, children_system }
    }

    fn thread_cpu_time(&self) -> Duration {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: the call fills it in.
        unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    }

    fn sleep(&self, time: Duration) -> bool {
        self.notes.sleep(deadline_after(time)) != Readiness::Interrupted
    }

    fn random(&self, buffer: &mut [u8]) {
        random(buffer);
    }
}

/// Unpredictable bytes.
pub(crate) fn random(buffer: &mut [u8]) {
    let mut filled = 0;
    while filled < buffer.len() {
        let rest = &mut buffer[filled..];
        // SAFETY: pointer and length are those of one slice.
        let count = unsafe { libc::getrandom(rest.as_mut_ptr().cast(), rest.len(), 0) };
        match usize::try_from(count) {
            Ok(count) => filled += count,
            Err(_) if std::io::Error::last_os_error().kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return by_the_clock(rest),
        }
    }
}

/// The monotonic clock.
pub(crate) fn monotonic() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call fills it in.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn used_by(whom: libc::c_int) -> (Duration, Duration) {
    // SAFETY: all zeros are a valid value, which the call fills in.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(whom, &raw mut usage);
        usage
    };
    let time = |time: libc::timeval| Duration::new(time.tv_sec as u64, time.tv_usec as u32 * 1000);
    (time(usage.ru_utime), time(usage.ru_stime))
}

/// Where the system has no random numbers: better than none.
fn by_the_clock(buffer: &mut [u8]) {
    let mut state = SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |time| time.as_nanos() as u64) | 1;
    for byte in buffer {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        *byte = (state >> 32) as u8;
    }
}
