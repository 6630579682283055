//! A shell in somebody else's process: where its runs end, and what signals do to it.
//!
//! What Bash leaves to the kernel has to be done here. A signal that the session sends to `$$` would hit the process,
//! so it is only noted for the session, and what would end a shell ends the run. Background jobs are threads, which
//! nobody can kill: they are told of a signal and end at their next command, and the program that they wait for gets it.

use crate::{Flow, Shell, Unwind};
use bash_host::{ChildRef, Signal};
use bash_session::{Status, TrapCondition};
use std::io;
use std::ops::ControlFlow::{Break, Continue};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The signal that a thread of the shell was told to end by.
#[derive(Default)]
pub(crate) struct Told {
    signal: AtomicI32,
    /// What the shell was told that this one is a part of.
    outer: Option<Arc<Told>>,
    /// The program that the thread waits for.
    program: Mutex<Option<ChildRef>>,
}

impl Told {
    /// For a part of a shell.
    pub(crate) fn within(outer: Option<Arc<Told>>) -> Arc<Told> {
        Arc::new(Told { outer, ..Told::default() })
    }

    /// The signal, if there was one.
    pub(crate) fn signal(&self) -> Option<Signal> {
        match self.signal.load(Ordering::Relaxed) {
            0 => self.outer.as_ref().and_then(|outer| outer.signal()),
            number => Signal::new(number),
        }
    }

    /// Tells of a signal. Those that would stop a process, and those that it would not notice, do nothing.
    pub(crate) fn tell(&self, signal: Signal) {
        if let Some(program) = self.program() {
            let _ = program.kill(signal);
        }
        if ends_a_process(signal) {
            self.signal.store(signal.number(), Ordering::Relaxed);
        }
    }

    /// Notes the program that is waited for, or that there is none any more.
    pub(crate) fn waits_for(&self, program: Option<ChildRef>) {
        *self.program.lock().unwrap_or_else(PoisonError::into_inner) = program.clone();
        if let (Some(program), Some(signal)) = (program, self.signal()) {
            let _ = program.kill(signal);
        }
    }

    fn program(&self) -> Option<ChildRef> {
        self.program.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Whether the default action of a signal ends a process.
fn ends_a_process(signal: Signal) -> bool {
    const STOPPING: std::ops::RangeInclusive<i32> = 19..=22;
    const URGENT: i32 = 23;
    let number = signal.number();
    number != 0
        && !STOPPING.contains(&number)
        && number != URGENT
        && !matches!(signal, Signal::CHLD | Signal::WINCH | Signal::CONT)
}

impl Shell {
    /// The end of a run: the status, whatever it ended with. What the run left half done is forgotten, so that the next
    /// one begins like the first.
    pub fn end_run(&mut self, flow: Flow) -> Status {
        let _ = self.flush();
        let flow = match flow {
            Continue(status) => match self.safe_point() {
                Continue(()) => Continue(status),
                Break(unwind) => Break(unwind),
            },
            flow => flow,
        };
        let status = match flow {
            Continue(status)
            | Break(
                Unwind::Exit(status)
                | Unwind::Return(status)
                | Unwind::Discard(status)
                | Unwind::Abandon(status)
                | Unwind::LeaveLoops(status)
                | Unwind::HandedOver(status),
            ) => status,
            Break(Unwind::Break(_) | Unwind::Continue(_)) => self.session.status,
        };
        (self.dying_by, self.last_killed, self.unreported) = (None, None, None);
        (self.errexit_ignored, self.function_like, self.trace_level) = (0, 0, 0);
        (self.in_substitution, self.input_redirected, self.interrupted_child) = (false, false, false);
        (self.stage_command, self.only_command, self.arith_caller, self.running_builtin) =
            (None, None, None, None);
        self.running_traps.clear();
        self.session.loop_depth = 0;
        self.session.status = status;
        status
    }

    /// Ends what the session still runs on other threads.
    pub fn end_threads(&self) {
        if let Some(told) = &self.told {
            told.signal.store(Signal::HUP.number(), Ordering::Relaxed);
        }
    }

    /// Whether a signal would hit the process that the shell is a guest of. Its process group stands for the session.
    pub(crate) fn concerns_process(&self, pid: i32) -> bool {
        matches!(pid, 0 | -1) || pid == self.host.pid() || pid == -self.host.process_group()
    }

    /// The process belongs to somebody else: the signal concerns the session alone.
    pub(crate) fn signal_embedded_shell(&mut self, signal: Signal) -> Flow<io::Result<()>> {
        if ends_a_process(signal) || self.has_trap(signal) {
            self.host.post_signal(signal);
        }
        if !self.concurrent {
            self.note_signals()?;
            if self.pending.contains(Signal::INT) && !self.has_trap(Signal::INT) {
                self.safe_point()?;
            }
        }
        Continue(Ok(()))
    }

    /// Sends a signal to a background job that is a thread, whose number is no process id.
    pub(crate) fn signal_thread(&self, pid: i32, signal: Signal) -> Option<io::Result<()>> {
        if self.host.owns_process() {
            return None;
        }
        let job = self.session.jobs.with_pid(pid)?;
        let process = job.processes.iter().find(|process| process.child.pid() == pid)?;
        Some(process.child.kill(signal))
    }

    /// Whether this thread was told to end.
    #[inline]
    pub(crate) fn is_told(&self) -> bool {
        self.told.as_ref().is_some_and(|told| told.signal().is_some())
    }

    /// Ends the commands of a thread that was told to end.
    pub(crate) fn obey(&self) -> Flow<()> {
        match self.told.as_ref().and_then(|told| told.signal()) {
            Some(signal) => Break(Unwind::Exit(Status::new(128 + signal.number()))),
            None => Continue(()),
        }
    }

    /// Whether a trap of the session waits for its end.
    pub fn has_exit_trap(&self) -> bool {
        self.session.traps.commands(TrapCondition::Exit).is_some()
    }
}
