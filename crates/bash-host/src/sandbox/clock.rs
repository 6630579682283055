//! The clock of a sandbox: the machine's if granted, else one that starts where it is told to.

use super::SandboxHost;
use crate::{Clock, CpuTimes, Instant, Readiness};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What time it is in a sandbox.
#[derive(Clone, Copy, Debug)]
pub struct SandboxClock {
    wall: Wall,
    /// When it was made.
    origin: Instant,
}

#[derive(Clone, Copy, Debug)]
enum Wall {
    Machine,
    /// This at the origin; it goes on from there.
    From(Duration),
    /// Always this.
    Stopped(Duration),
}

impl SandboxClock {
    /// The machine's clock.
    pub fn machine() -> SandboxClock {
        SandboxClock::new(Wall::Machine)
    }

    /// A clock that shows this time since 1970 now, and goes on.
    pub fn starting_at(time: Duration) -> SandboxClock {
        SandboxClock::new(Wall::From(time))
    }

    /// A clock that always shows this time since 1970. Sleeping takes its time all the same.
    pub fn stopped_at(time: Duration) -> SandboxClock {
        SandboxClock::new(Wall::Stopped(time))
    }

    fn new(wall: Wall) -> SandboxClock {
        SandboxClock { wall, origin: crate::real::monotonic() }
    }

    /// Time since 1970.
    pub fn now(&self) -> Duration {
        match self.wall {
            Wall::Machine => SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(),
            Wall::From(start) => start + self.running(),
            Wall::Stopped(time) => time,
        }
    }

    /// For how long it has run.
    fn running(&self) -> Duration {
        crate::real::monotonic().saturating_sub(self.origin)
    }
}

/// The first day of 2000, and on from there.
impl Default for SandboxClock {
    fn default() -> SandboxClock {
        SandboxClock::starting_at(Duration::from_secs(946_684_800))
    }
}

impl Clock for SandboxHost {
    fn now(&self) -> Duration {
        self.clock.now()
    }

    /// The machine's: deadlines are measured by it, and it tells nothing but time passed.
    fn monotonic(&self) -> Instant {
        self.machine.monotonic()
    }

    /// What the whole process used, where the machine's clock is granted; else nothing.
    fn cpu_times(&self) -> CpuTimes {
        match self.clock.wall {
            Wall::Machine => self.machine.cpu_times(),
            _ => CpuTimes::default(),
        }
    }

    /// The machine's: no script sees it.
    fn thread_cpu_time(&self) -> Duration {
        self.machine.thread_cpu_time()
    }

    fn sleep(&self, time: Duration) -> bool {
        let nothing = crate::waits::Monitor::new(());
        let deadline = std::time::Instant::now().checked_add(time);
        match nothing.wait(&self.waits, deadline, |()| None::<()>) {
            Ok(waited) => waited.readiness() != Readiness::Interrupted,
            Err(_) => false,
        }
    }

    fn random(&self, buffer: &mut [u8]) {
        crate::real::random(buffer);
    }
}
