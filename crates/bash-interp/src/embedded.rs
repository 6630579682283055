//! A shell in somebody else's process: where its runs end, and what signals do to it.
//!
//! What Bash leaves to the kernel has to be done here. A signal that the session sends to `$$` would hit the process,
//! so it is only noted for the session, and what would end a shell ends the run. Background jobs are threads, which
//! nobody can kill: they are told of a signal and end at their next command, and the program that they wait for gets it.

use crate::{Flow, Shell, Unwind};
use bash_host::{Bell, ChildRef, Hearing, ProcessGroup, Signal, Wait};
use bash_session::{Status, TrapAction, TrapCondition};
use std::io;
use std::ops::ControlFlow::{Break, Continue};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// What a part of the shell was told: a signal that it shall end by. The parts are a run of the shell, and the threads
/// that it has started, which are told what it is told.
#[derive(Default)]
pub struct Told {
    signal: AtomicI32,
    /// Rings when it was told something, so that no blocking call keeps it from noticing.
    pub(crate) bell: Arc<Bell>,
    /// The program that it waits for.
    program: Mutex<Option<ChildRef>>,
    /// What it is a part of, and its own parts.
    outer: Option<Arc<Told>>,
    parts: Mutex<Vec<Weak<Told>>>,
}

impl Told {
    /// For a part of a shell.
    pub(crate) fn within(outer: Option<Arc<Told>>) -> Arc<Told> {
        let mut told = Told::default();
        told.outer = outer;
        let told = Arc::new(told);
        if let Some(outer) = &told.outer {
            let mut parts = lock(&outer.parts);
            parts.push(Arc::downgrade(&told));
            if let Some(signal) = outer.signal() {
                told.hear(signal);
            }
        }
        told
    }

    /// The signal, if there was one.
    pub fn signal(&self) -> Option<Signal> {
        Signal::new(self.signal.load(Ordering::Acquire)).filter(|signal| *signal != Signal::NULL)
    }

    /// Tells of a signal: it goes to the programs that are waited for and their children, and ends the commands. A signal
    /// that would stop a process, or that it would not notice, goes to the programs alone.
    pub fn tell(&self, signal: Signal) {
        let parts: Vec<Arc<Told>> = {
            let parts = lock(&self.parts);
            if ends_a_process(signal) {
                self.hear(signal);
            }
            parts.iter().filter_map(Weak::upgrade).collect()
        };
        if let Some(program) = self.program() {
            let _ = program.kill_group(signal);
        }
        parts.iter().for_each(|part| part.tell(signal));
    }

    /// Whether other threads still work for this part, or its last program still runs.
    pub fn is_at_work(&self) -> bool {
        self.has_parts() || self.program().is_some_and(|program| matches!(program.wait(Wait::Poll), Ok(None)))
    }

    /// The program that it has given up waiting for, if that still runs.
    pub fn take_unfinished(&self) -> Option<ChildRef> {
        lock(&self.program).take().filter(|program| matches!(program.wait(Wait::Poll), Ok(None)))
    }

    fn has_parts(&self) -> bool {
        lock(&self.parts).iter().any(|part| part.strong_count() > 0)
    }

    /// The bell rings first: who sees the signal silences it, and it must not ring after that.
    fn hear(&self, signal: Signal) {
        self.bell.ring();
        self.signal.store(signal.number(), Ordering::Release);
    }

    /// Whether it can serve for another run: nobody else knows it, and it was told nothing.
    fn is_fresh(told: &Arc<Told>) -> bool {
        Arc::strong_count(told) == 1 && told.signal().is_none() && !told.is_at_work()
    }

    /// Forgets the signal, which is acted on now.
    fn take(&self) {
        self.signal.store(0, Ordering::Release);
        self.bell.silence();
    }

    /// Ends the threads at their next command; programs are left alone.
    fn end_threads(&self, signal: Signal) {
        let parts: Vec<Arc<Told>> = lock(&self.parts).iter().filter_map(Weak::upgrade).collect();
        self.hear(signal);
        parts.iter().for_each(|part| part.end_threads(signal));
    }

    /// Notes the program that is waited for, or that there is none any more.
    pub(crate) fn waits_for(&self, program: Option<ChildRef>) {
        *lock(&self.program) = program.clone();
        if let (Some(program), Some(signal)) = (program, self.signal()) {
            let _ = program.kill_group(signal);
        }
    }

    fn program(&self) -> Option<ChildRef> {
        lock(&self.program).clone()
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        if let Some(outer) = &self.outer {
            let this = std::ptr::from_ref(self);
            lock(&outer.parts).retain(|part| !std::ptr::eq(part.as_ptr(), this));
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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

fn ended_status(signal: Signal) -> Unwind {
    Unwind::Exit(Status::new(128 + signal.number()))
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
        if !matches!(flow, Break(Unwind::Exit(_))) {
            self.forget_running_traps();
        }
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
        self.session.loop_depth = 0;
        self.session.status = status;
        status
    }

    /// No trap is under way. One that has ended its run with `exit` is so until another begins: it does not run for the
    /// commands of the EXIT trap.
    pub fn forget_running_traps(&mut self) {
        self.running_traps.clear();
    }

    /// Before a run: what is told from here on concerns it alone, and what it starts. Jobs of earlier runs are not meant.
    pub fn begin_run(&mut self) -> Arc<Told> {
        let fresh = self.told.take().filter(Told::is_fresh);
        let told = fresh.unwrap_or_else(|| Told::within(self.session_told.clone()));
        self.told = Some(told.clone());
        told
    }

    /// What the last run was told, to see what is left of it.
    pub fn told_of_run(&self) -> Option<Arc<Told>> {
        self.told.clone()
    }

    /// As long as the result lives, this thread's blocking calls end when the shell is told something.
    pub fn listen(&self) -> Option<Hearing> {
        self.told.as_ref().map(|told| told.bell.listen())
    }

    /// The signal that has ended the run, if one did: its trap has run. One that nobody has looked at yet is acted on now.
    pub fn ended_by(&mut self) -> Option<Signal> {
        if let Some(signal) = self.told.as_ref().and_then(|told| told.signal())
            && signal != Signal::KILL
        {
            let _ = self.be_ended_by(signal);
        }
        let unheeded = self.told.as_ref().and_then(|told| told.signal());
        unheeded.or(self.cancelled_by).inspect(|_| self.cancelled_by = None)
    }

    /// Ends what the session still runs: its threads at their next command, the programs of its jobs by SIGHUP. Jobs that
    /// the script has disowned, or whose programs ignore the signal, go on.
    pub fn hang_up(&self) {
        if let Some(told) = &self.session_told {
            told.end_threads(Signal::HUP);
        }
        for job in self.session.jobs.iter().filter(|job| !job.no_hangup && !job.inherited) {
            job.processes.iter().for_each(|process| drop(process.child.kill_group(Signal::HUP)));
        }
    }

    /// The process group of a program. In somebody else's process it is one of its own, so that a signal to the group
    /// of either never hits the other; but who reads from the terminal has to be in the group that may.
    pub(crate) fn group_for_program(&mut self) -> ProcessGroup {
        let is_guest = !self.host.owns_process();
        if self.has_job_control() || is_guest && !self.descriptor(0).is_some_and(|input| input.is_terminal())
        {
            ProcessGroup::New
        } else {
            ProcessGroup::Inherit
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

    /// The same, for commands of the embedding program.
    pub fn was_told(&self) -> bool {
        self.is_told()
    }

    /// Whether this thread was told to end.
    #[inline]
    pub(crate) fn is_told(&self) -> bool {
        self.told.as_ref().is_some_and(|told| told.signal().is_some())
    }

    /// Ends the commands of a thread that was told to end. The shell itself first runs the trap of the signal.
    pub(crate) fn obey(&mut self) -> Flow<()> {
        match self.told.as_ref().and_then(|told| told.signal()) {
            Some(signal) if self.is_part() || signal == Signal::KILL => Break(ended_status(signal)),
            Some(signal) => self.be_ended_by(signal),
            None => Continue(()),
        }
    }

    /// Whether this is a thread or a subshell, which ends before the shell itself does.
    pub(crate) fn is_part(&self) -> bool {
        self.concurrent || self.session.subshell_depth > self.process_depth
    }

    /// Acts on a signal that was told to the shell itself: an ignored one is forgotten, any other one ends the run.
    fn be_ended_by(&mut self, signal: Signal) -> Flow<()> {
        if let Some(told) = &self.told {
            told.take();
        }
        while let Some(noted) = self.host.take_signal() {
            if noted != signal && self.has_trap(noted) {
                self.pending.insert(noted);
            }
        }
        self.pending.remove(signal);
        match self.session.traps.get(TrapCondition::Signal(signal)).cloned() {
            Some(TrapAction::Ignore) => return Continue(()),
            Some(TrapAction::Run(commands)) => {
                self.cancelled_by = Some(signal);
                self.run_signal_trap(signal, &commands)?;
            }
            None => self.cancelled_by = Some(signal),
        }
        Break(ended_status(signal))
    }

    /// Whether a trap of the session waits for its end.
    pub fn has_exit_trap(&self) -> bool {
        self.session.traps.commands(TrapCondition::Exit).is_some()
    }
}
