//! The process facet: starting programs, waiting for them, resource limits.

use crate::{DirRef, FileRef, Signal, SignalSet};
use std::ffi::CString;
use std::io;
use std::sync::Arc;

/// A program to start.
pub struct SpawnRequest<'a> {
    /// Its path, relative to `directory`.
    pub program: &'a [u8],
    /// Its arguments, the name it is called by first.
    pub arguments: &'a [CString],
    /// Its environment, `NAME=value` each.
    pub environment: &'a [CString],
    /// Its working directory.
    pub directory: &'a DirRef,
    /// Its open descriptors. Numbers not listed are inherited where the process was started with them.
    pub descriptors: &'a [(i32, FileRef)],
    /// Descriptors that it must not inherit.
    pub closed: &'a [i32],
    /// Its process group.
    pub group: ProcessGroup,
    /// Makes its group the terminal's foreground group, by this terminal.
    pub terminal: Option<&'a FileRef>,
    /// Its umask.
    pub umask: u32,
    /// Resource limits that differ from this process's own.
    pub limits: &'a [(Resource, Limit)],
    /// Signals that it starts out ignoring. All others that the shell catches are at their default.
    pub ignored: SignalSet,
}

/// The process group of a new process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProcessGroup {
    /// The shell's.
    Inherit,
    /// One of its own.
    New,
    /// That of an earlier process.
    Join(i32),
}

/// A started process (or something that behaves like one).
pub type ChildRef = Arc<dyn Child>;

/// See [`ChildRef`].
pub trait Child: Send + Sync {
    /// Its process id.
    fn pid(&self) -> i32;
    /// Waits for a change of state. `None` with [`Wait::Poll`] when there is none; `Interrupted` as error with
    /// [`Wait::UntilSignal`] when a caught signal came. After the end, the same answer again.
    fn wait(&self, how: Wait) -> io::Result<Option<WaitStatus>>;
    /// Sends it a signal.
    fn kill(&self, signal: Signal) -> io::Result<()>;
    /// Sends a signal to all processes of the group that it leads; to itself alone if it leads none.
    fn kill_group(&self, signal: Signal) -> io::Result<()> {
        self.kill(signal)
    }
    /// A descriptor that polls readable when it has ended.
    fn poll_fd(&self) -> Option<std::os::fd::BorrowedFd<'_>>;
}

/// How to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Until it ends, whatever signals come.
    Exit,
    /// Until it ends or stops, whatever signals come.
    ExitOrStop,
    /// Until it ends or a caught signal comes.
    UntilSignal,
    /// Not at all.
    Poll,
    /// Not at all, but tell of a stop or a continuation too.
    PollStopped,
}

/// What became of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitStatus {
    /// It ended with this status.
    Exited(i32),
    /// A signal ended it.
    Signaled {
        /// Which.
        signal: Signal,
        /// With a core dump.
        core: bool,
    },
    /// It stopped.
    Stopped(Signal),
    /// It goes on.
    Continued,
}

impl WaitStatus {
    /// The status as `$?` shows it.
    pub fn code(self) -> i32 {
        match self {
            WaitStatus::Exited(code) => code,
            WaitStatus::Signaled { signal, .. } | WaitStatus::Stopped(signal) => 128 + signal.number(),
            WaitStatus::Continued => 0,
        }
    }
}

/// Which side of a fork one is on.
pub enum Forked {
    /// The parent; the child.
    Parent(ChildRef),
    /// The child.
    Child,
}

/// A resource limit, by its `ulimit` meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the RLIMIT_ names")]
pub enum Resource {
    Core,
    Data,
    Nice,
    FileSize,
    PendingSignals,
    LockedMemory,
    ResidentSet,
    OpenFiles,
    MessageQueues,
    RealtimePriority,
    Stack,
    CpuTime,
    Processes,
    AddressSpace,
    FileLocks,
    RealtimeTime,
}

impl Resource {
    /// All of them. New ones are added at the end: their places are their numbers in snapshots.
    pub const ALL: [Resource; 16] = [
        Resource::Core,
        Resource::Data,
        Resource::Nice,
        Resource::FileSize,
        Resource::PendingSignals,
        Resource::LockedMemory,
        Resource::ResidentSet,
        Resource::OpenFiles,
        Resource::MessageQueues,
        Resource::RealtimePriority,
        Resource::Stack,
        Resource::CpuTime,
        Resource::Processes,
        Resource::AddressSpace,
        Resource::FileLocks,
        Resource::RealtimeTime,
    ];
}

/// Soft and hard value; `None` is unlimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// In force.
    pub soft: Option<u64>,
    /// As far as the soft one may be raised.
    pub hard: Option<u64>,
}

/// Processes.
pub trait Processes {
    /// Starts a program without waiting for it. An error is the `errno` of the failed step.
    fn spawn(&self, request: &SpawnRequest<'_>) -> io::Result<ChildRef>;
    /// Becomes the program. Returns only if that fails. Not supported where the process belongs to somebody else.
    fn replace(&self, request: &SpawnRequest<'_>) -> io::Error;
    /// Whether [`Processes::fork`] and [`Processes::replace`] are allowed: the process is the shell's own.
    fn owns_process(&self) -> bool;
    /// Copies the process, this thread alone. In the child, descriptors not in `keep` (and not inherited from
    /// the start) are closed. Not supported where the process belongs to somebody else.
    fn fork(&self, keep: &[FileRef]) -> io::Result<Forked>;
    /// Ends this process at once, without clean-up. Only called after a fork, or by the binary.
    fn exit(&self, status: i32) -> !;
    /// Ends this process by `signal` with its default action. Only called where the process is the shell's own.
    fn die_by(&self, signal: Signal) -> !;
    /// Runs `work` on another thread (pooled).
    fn run_concurrently(&self, work: Box<dyn FnOnce() + Send>) -> io::Result<()>;
    /// Waits until one of `children` has changed state; its index. `None` if interrupted by a caught signal.
    fn wait_any(&self, children: &[ChildRef]) -> io::Result<Option<usize>>;
    /// Sends a signal to a process (> 0), a group (< 0) as kill(2) does.
    fn kill(&self, pid: i32, signal: Signal) -> io::Result<()>;
    /// A number for a part of the shell that runs as a thread: one that no process has.
    fn new_pid(&self) -> i32;
    /// This process's id.
    fn pid(&self) -> i32;
    /// Its parent's.
    fn parent_pid(&self) -> i32;
    /// Its group's.
    fn process_group(&self) -> i32;
    /// Moves a process to a group (0: its own).
    fn set_process_group(&self, pid: i32, group: i32) -> io::Result<()>;
    /// A resource limit of this process.
    fn limit(&self, resource: Resource) -> io::Result<Limit>;
    /// Sets a resource limit of this process (only where it is the shell's own).
    fn set_limit(&self, resource: Resource, limit: Limit) -> io::Result<()>;
    /// The environment that the process was started with, `NAME=value` each.
    fn environment(&self) -> Vec<Vec<u8>>;
    /// Shows each entry of [`Processes::environment`] in turn, without copies where that is possible.
    fn visit_environment(&self, visit: &mut dyn FnMut(&[u8])) {
        self.environment().iter().for_each(|entry| visit(entry));
    }
    /// The path of the running program.
    fn program_path(&self) -> Option<Vec<u8>>;
}
