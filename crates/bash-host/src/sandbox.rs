//! A world made of what was granted: a [`crate::Host`] whose files are those of a mount table.
//!
//! Nothing of the machine is reached that the host was not given. Without [`SandboxHost::with_programs`] no program starts: a
//! command that is not a builtin is not found, and a file that looks like a program is refused as on a file system
//! mounted `noexec`. Pipes are in memory, process numbers are its own, and no signal leaves it.

mod clock;
mod directory;
mod files;
mod lend;
mod open_file;
mod processes;
mod surroundings;
mod world;

pub use clock::SandboxClock;
pub use surroundings::SandboxUser;

use crate::filesystem::{DeviceFs, FileSystem, Mounts, path};
use crate::real::RealHost;
use crate::waits::Waits;
use crate::{Host, Signal};
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

/// A sandbox as a [`crate::Host`]. One serves one session and its subshells.
pub struct SandboxHost {
    mounts: Mounts,
    start: Vec<u8>,
    clock: SandboxClock,
    user: SandboxUser,
    host_name: Vec<u8>,
    environment: Vec<Vec<u8>>,
    umask: u32,
    pid: i32,
    next_pid: AtomicI32,
    network: bool,
    programs: Option<Arc<dyn Host>>,
    waits: Arc<Waits>,
    /// For threads, and nothing else but what was granted.
    machine: RealHost,
}

impl SandboxHost {
    /// A sandbox with this root, and the usual devices at `/dev`. It starts in the root directory.
    pub fn new(root: impl FileSystem + 'static) -> SandboxHost {
        let mut mounts = Mounts::new(Arc::new(root));
        mounts.mount(b"/dev", Arc::new(DeviceFs::new()));
        SandboxHost::with_mounts(mounts)
    }

    /// A sandbox over a mount table as it is.
    pub fn with_mounts(mounts: Mounts) -> SandboxHost {
        // Whatever a script matches, it reads no file of the machine.
        crate::real::load_characters();
        let pid = new_pid();
        SandboxHost {
            mounts,
            start: b"/".to_vec(),
            clock: SandboxClock::default(),
            user: SandboxUser::default(),
            host_name: b"sandbox".to_vec(),
            environment: Vec::new(),
            umask: 0o022,
            pid,
            next_pid: AtomicI32::new(pid.saturating_add(1)),
            network: false,
            programs: None,
            waits: Arc::default(),
            machine: RealHost::embedded(),
        }
    }

    /// Mounts a file system at a path. An `Arc` of one is one too, for whoever wants to look into it later.
    #[must_use]
    pub fn mount(mut self, at: impl AsRef<[u8]>, files: impl FileSystem + 'static) -> SandboxHost {
        self.mounts.mount(at.as_ref(), Arc::new(files));
        self
    }

    /// The directory that sessions start in.
    #[must_use]
    pub fn in_directory(mut self, directory: impl AsRef<[u8]>) -> SandboxHost {
        self.start = path::absolute(b"/", directory.as_ref()).unwrap_or_else(|| b"/".to_vec());
        self
    }

    /// The clock that scripts see.
    #[must_use]
    pub fn with_clock(mut self, clock: SandboxClock) -> SandboxHost {
        self.clock = clock;
        self
    }

    /// The user that scripts see. The file systems decide for themselves what their user may do.
    #[must_use]
    pub fn with_user(mut self, user: SandboxUser) -> SandboxHost {
        self.user = user;
        self
    }

    /// The name of the machine that scripts see.
    #[must_use]
    pub fn with_host_name(mut self, name: impl AsRef<[u8]>) -> SandboxHost {
        self.host_name = name.as_ref().to_vec();
        self
    }

    /// The environment that a session may take over; without this, nothing.
    #[must_use]
    pub fn with_environment<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        mut self,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> SandboxHost {
        let entry = |(name, value): (N, V)| [name.as_ref(), b"=", value.as_ref()].concat();
        self.environment = variables.into_iter().map(entry).collect();
        self
    }

    /// The umask that sessions start with.
    #[must_use]
    pub fn with_umask(mut self, umask: u32) -> SandboxHost {
        self.umask = umask & 0o777;
        self
    }

    /// The number that stands for the shell in `$$`; background jobs get the next ones.
    #[must_use]
    pub fn with_pid(mut self, pid: i32) -> SandboxHost {
        self.pid = pid.max(1);
        self.next_pid = AtomicI32::new(self.pid.saturating_add(1));
        self
    }

    /// Grants the network to `/dev/tcp` and `/dev/udp`.
    #[must_use]
    pub fn with_network(mut self) -> SandboxHost {
        self.network = true;
        self
    }

    /// Grants programs: those that lie in a file system of the machine are started by this host, and see the machine as
    /// it is. Pipes and here-documents become the machine's.
    #[must_use]
    pub fn with_programs(mut self, machine: Arc<dyn Host>) -> SandboxHost {
        self.programs = Some(machine);
        self
    }

    /// The files, for whoever made the sandbox.
    pub fn mounts(&self) -> &Mounts {
        &self.mounts
    }

    /// Ends what waits (for a pipe, a FIFO, time) with `Operation canceled`, now and until [`SandboxHost::resume`].
    pub fn cancel(&self) {
        self.waits.cancel();
    }

    /// Lets calls wait again.
    pub fn resume(&self) {
        self.waits.resume();
    }
}

impl crate::Signals for SandboxHost {
    fn set_disposition(&self, _: Signal, _: crate::Disposition) -> std::io::Result<()> {
        Ok(())
    }

    fn ignored_at_start(&self) -> crate::SignalSet {
        crate::SignalSet::EMPTY
    }

    fn signal_waits(&self) -> bool {
        self.waits.has_signals()
    }

    fn take_signal(&self) -> Option<Signal> {
        self.waits.take()
    }

    fn post_signal(&self, signal: Signal) {
        self.waits.note(signal);
    }

    fn pause(&self) {
        let nothing = crate::waits::Monitor::new(());
        let _ = nothing.wait(&self.waits, None, |()| None::<()>);
    }
}

/// A process number that no other sandbox of this process has, so that they can share a `/tmp`.
fn new_pid() -> i32 {
    const STEP: i32 = 1000;
    static NEXT: AtomicI32 = AtomicI32::new(STEP);
    let take = |pid: i32| Some(if pid > i32::MAX - 2 * STEP { STEP } else { pid + STEP });
    NEXT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).unwrap_or(STEP)
}

#[cfg(test)]
mod tests;
