//! Running traps: signals at safe points, EXIT, ERR, DEBUG, RETURN.
//!
//! A caught signal is only noted by the host. The shell looks at its safe points (each command, each turn of a loop,
//! each blocking call); the trap's commands run there, and `$?` is what it was before.

use crate::read_eval::Origin;
use crate::{Flow, Shell, Unwind};
use bash_host::{Disposition, Signal, SignalSet};
use bash_session::{SetOption, Shopt, Status, Text, TrapAction, TrapCondition, Value, names};
use std::io;
use std::ops::ControlFlow::{Break, Continue};

/// The signals that end a shell which has an EXIT trap only after that has run: HUP, INT, USR1, USR2, ALRM, TERM, XCPU,
/// XFSZ, VTALRM, PROF.
const FATAL: &[i32] = &[1, 2, 10, 12, 14, 15, 24, 25, 26, 27];

/// Traps that a function call does not see.
pub(crate) struct HiddenTraps {
    debug: Option<TrapAction>,
    returning: Option<TrapAction>,
    err: Option<TrapAction>,
}

/// What a sourced file has interrupted.
pub struct Sourcing {
    debug: Option<TrapAction>,
    command: Option<std::sync::Arc<bash_parser::ast::Command>>,
}

impl Shell {
    /// Runs the traps of signals that have come. As cheap as a memory read when there are none.
    #[inline]
    pub fn safe_point(&mut self) -> Flow<()> {
        if self.signals_wait() { self.handle_signals() } else { Continue(()) }
    }

    /// Whether signals wait to be handled.
    #[inline]
    pub(crate) fn signals_wait(&self) -> bool {
        self.host.signal_waits() || self.pending != SignalSet::EMPTY || self.is_told()
    }

    fn handle_signals(&mut self) -> Flow<()> {
        self.obey()?;
        if self.concurrent {
            return Continue(());
        }
        self.note_signals()?;
        if self.session.subshell_depth > self.process_depth {
            return Continue(());
        }
        while let Some(signal) = self.pending.iter().next() {
            self.pending.remove(signal);
            let condition = TrapCondition::Signal(signal);
            match self.session.traps.get(condition).cloned() {
                Some(TrapAction::Run(commands)) => {
                    for _ in 0..self.times_to_run(signal) {
                        self.run_signal_trap(signal, &commands)?;
                    }
                }
                Some(TrapAction::Ignore) => {}
                None => return self.die_of(signal),
            }
        }
        Continue(())
    }

    /// The trap on SIGCHLD runs once for each child that has ended, though signals that come together are seen as one.
    fn times_to_run(&mut self, signal: Signal) -> i32 {
        if signal != Signal::CHLD {
            return 1;
        }
        self.update_jobs();
        let times = self.ended_children.max(1);
        self.ended_children -= times;
        times
    }

    /// Takes the signals that have come. Those without a trap end the shell; but an interrupt may turn out to have
    /// been meant for the program in the foreground.
    pub(crate) fn note_signals(&mut self) -> Flow<()> {
        self.obey()?;
        if self.concurrent {
            return Continue(());
        }
        while let Some(signal) = self.host.take_signal() {
            if self.has_trap(signal) || signal == Signal::INT {
                self.pending.insert(signal);
            } else if !matches!(signal, Signal::CHLD | Signal::WINCH | Signal::CONT) {
                return self.die_of(signal);
            }
        }
        if self.session.subshell_depth > self.process_depth
            && self.pending.contains(Signal::INT)
            && !self.has_trap(Signal::INT)
        {
            return self.die_of(Signal::INT);
        }
        Continue(())
    }

    /// Whether a trap waits for a signal, in this subshell or the shell that it belongs to.
    pub(crate) fn has_trap(&self, signal: Signal) -> bool {
        self.session.traps.iter().any(|(condition, _)| condition == TrapCondition::Signal(signal))
    }

    /// Ends the shell by a signal that ended a part of it.
    pub(crate) fn die_of_pending(&mut self) -> Flow<()> {
        let is_fatal = |signal: &Signal| *signal != Signal::INT && !self.has_trap(*signal);
        match self.pending.iter().find(is_fatal) {
            Some(signal) => {
                self.pending.remove(signal);
                self.die_of(signal)
            }
            None => Continue(()),
        }
    }

    /// Ends the whole process by a signal. With an EXIT trap the commands in progress are left first.
    fn die_of<T>(&mut self, signal: Signal) -> Flow<T> {
        if signal == Signal::INT && self.session.options.interactive && self.session.subshell_depth == 0 {
            return Break(Unwind::Discard(Status::new(130)));
        }
        if signal == Signal::HUP && self.session.options.interactive && self.session.subshell_depth == 0 {
            self.hang_up_jobs();
        }
        let exit_trap = self.session.traps.iter().any(|(condition, _)| condition == TrapCondition::Exit);
        if self.host.owns_process() && !exit_trap && !self.concurrent {
            let _ = self.flush();
            self.host.die_by(signal);
        }
        if self.session.subshell_depth > self.process_depth {
            self.pending.insert(signal);
        }
        self.dying_by = Some(signal);
        Break(Unwind::Exit(Status::new(128 + signal.number())))
    }

    /// During `wait`: runs the traps of signals that have come. The status with which they end the `wait`.
    pub fn signals_during_wait(&mut self) -> Flow<Option<Status>> {
        self.note_signals()?;
        let ending = self.pending.iter().find(|signal| *signal != Signal::CHLD || self.is_posix());
        self.handle_signals()?;
        self.wait_interrupted = ending.is_some();
        Continue(ending.map(|signal| Status::new(128 + signal.number())))
    }

    /// Whether a trap has ended the running `wait`.
    pub fn was_interrupted(&mut self) -> bool {
        std::mem::take(&mut self.wait_interrupted)
    }

    pub(crate) fn run_signal_trap(&mut self, signal: Signal, commands: &Text) -> Flow<()> {
        self.run_trap(TrapCondition::Signal(signal), commands, "trap")
    }

    /// Runs what has the number of its trap in `BASH_TRAPSIG`.
    fn with_trap_number<T>(&mut self, condition: TrapCondition, run: impl FnOnce(&mut Shell) -> T) -> T {
        let name = *names::BASH_TRAPSIG;
        let outer = self.session.variables.get(name).map(|cell| cell.value.clone());
        self.session.variables.set(name, Value::Integer(i64::from(condition.number())));
        let flow = run(self);
        match outer {
            Some(value) => self.session.variables.set(name, value),
            None => self.session.variables.remove(name),
        }
        flow
    }

    /// Sets, changes (`Some`) or removes a trap. What a signal does is the process's affair, so a subshell that has run
    /// on its parent's thread so far becomes a process.
    pub fn set_trap(&mut self, condition: TrapCondition, action: Option<TrapAction>) -> Flow<()> {
        if let TrapCondition::Signal(signal) = condition {
            if !self.session.options.interactive && self.host.was_ignored_at_start(signal) {
                return Continue(());
            }
            if self.session.traps.get(condition) == action.as_ref() && !self.has_trap(signal) {
                return Continue(());
            }
            self.process_of_this_shell()?;
            let disposition = match &action {
                Some(TrapAction::Run(_)) => Disposition::Catch,
                Some(TrapAction::Ignore) => Disposition::Ignore,
                None if self.stays_caught(signal) => Disposition::Catch,
                None => Disposition::Default,
            };
            self.change_disposition(signal, disposition);
            if signal == Signal::CHLD {
                self.ended_children = 0;
            }
        }
        let is_exit = condition == TrapCondition::Exit && matches!(action, Some(TrapAction::Run(_)));
        match action {
            Some(action) => self.session.traps.set(condition, action),
            None => self.session.traps.reset(condition),
        }
        if is_exit {
            self.catch_fatal_signals();
        }
        Continue(())
    }

    /// What `trap` lists: the traps, and the signals that were ignored from the start.
    pub fn listed_traps(&self) -> Vec<(TrapCondition, TrapAction)> {
        let own = self.session.traps.iter().map(|(condition, trap)| (condition, trap.action.clone()));
        let ignored = self.host.ignored_at_start();
        let ignored = ignored.iter().map(|signal| (TrapCondition::Signal(signal), TrapAction::Ignore));
        let mut all: Vec<_> = ignored.chain(own).collect();
        all.sort_by_key(|(condition, _)| *condition);
        all.dedup_by_key(|(condition, _)| *condition);
        all
    }

    /// A signal that the shell catches though it has no trap.
    fn stays_caught(&self, signal: Signal) -> bool {
        signal == Signal::INT && !self.forked
            || self.catches_fatal_signals && FATAL.contains(&signal.number())
    }

    pub(crate) fn change_disposition(&mut self, signal: Signal, disposition: Disposition) {
        let _ = self.host.set_disposition(signal, disposition);
        match disposition {
            Disposition::Catch => self.caught.insert(signal),
            Disposition::Default | Disposition::Ignore => self.caught.remove(signal),
        }
    }

    /// Interrupts are caught from the start, since a program in the foreground may be meant.
    pub fn catch_interrupts(&mut self) {
        if self.host.owns_process() && !self.host.was_ignored_at_start(Signal::INT) {
            self.change_disposition(Signal::INT, Disposition::Catch);
        }
    }

    /// An EXIT trap runs even when a signal ends the shell.
    pub(crate) fn catch_fatal_signals(&mut self) {
        if self.catches_fatal_signals || !self.host.owns_process() {
            return;
        }
        if self.session.subshell_depth > self.process_depth {
            return;
        }
        self.catches_fatal_signals = true;
        for signal in FATAL.iter().filter_map(|number| Signal::new(*number)) {
            if !self.has_trap(signal) && !self.host.was_ignored_at_start(signal) {
                self.change_disposition(signal, Disposition::Catch);
            }
        }
    }

    /// In a new process: signals are caught or ignored as its own traps say, the others are at their defaults.
    pub(crate) fn reset_caught_signals(&mut self) {
        self.pending = SignalSet::EMPTY;
        self.catches_fatal_signals = false;
        self.leave_interactive_signals();
        for signal in self.caught.iter() {
            let disposition = match self.session.traps.get(TrapCondition::Signal(signal)) {
                Some(TrapAction::Run(_)) => continue,
                Some(TrapAction::Ignore) => Disposition::Ignore,
                None => Disposition::Default,
            };
            self.change_disposition(signal, disposition);
        }
        if self.session.traps.commands(TrapCondition::Exit).is_some() {
            self.catch_fatal_signals();
        }
    }

    /// Sends a signal to a process (> 0) or group, as `kill` does. A subshell on its parent's thread first becomes a
    /// process, lest the parent's end be its own.
    pub fn send_signal(&mut self, pid: i32, signal: Signal) -> Flow<io::Result<()>> {
        let concerns_shell = pid <= 0 || pid == self.session.pid || pid == self.host.pid();
        if concerns_shell && signal != Signal::NULL {
            self.process_of_this_shell()?;
        }
        if !self.host.owns_process() && signal != Signal::NULL && self.concerns_process(pid) {
            return self.signal_embedded_shell(signal);
        }
        if let Some(result) = self.signal_thread(pid, signal) {
            return Continue(result);
        }
        let result = self.host.kill(pid, signal);
        Continue(result)
    }

    /// Runs a trap's commands; `$?` and `PIPESTATUS` are restored afterwards.
    pub(crate) fn run_trap(
        &mut self,
        condition: TrapCondition,
        commands: &Text,
        label: &'static str,
    ) -> Flow<()> {
        self.run_trap_for_status(condition, commands, label)?;
        Continue(())
    }

    /// The same; gives the status of the trap's last command.
    fn run_trap_for_status(
        &mut self,
        condition: TrapCondition,
        commands: &Text,
        label: &'static str,
    ) -> Flow<Status> {
        let (status, pipe_status) = (self.session.status, self.session.pipe_status.clone());
        let line = self.session.line;
        let output = std::mem::take(&mut self.output);
        let killed = self.last_killed;
        let (errexit, substitution) = (self.errexit_ignored, self.substitution_status);
        let (command, stage) = (self.command.clone(), self.stage_command.clone());
        let outer_status = std::mem::replace(&mut self.trap_status, status);
        let outer_depth = std::mem::replace(&mut self.trap_depth, self.session.calls.function_depth());
        let resting_line = self.resting_line;
        self.running_traps.push(condition);
        self.trace_level += 1;
        self.errexit_ignored = 0;
        let first = if matches!(condition, TrapCondition::Signal(_)) { 1 } else { line };
        let flow = self.with_trap_number(condition, |sh| {
            sh.nested(|sh| sh.run_text(commands, first, Origin::Builtin(label)))
        });
        self.trace_level -= 1;
        // A trap that ends the shell stays under way: it does not run for the commands of the EXIT trap.
        if !matches!(flow, Break(Unwind::Exit(_))) {
            self.running_traps.pop();
        }
        self.trap_status = outer_status;
        self.trap_depth = outer_depth;
        self.resting_line = resting_line;
        self.output = output;
        self.session.line = line;
        (self.errexit_ignored, self.substitution_status) = (errexit, substitution);
        (self.command, self.stage_command) = (command, stage);
        self.last_killed = killed;
        let last = flow?;
        self.session.status = status;
        self.session.pipe_status = pipe_status;
        Continue(last)
    }

    /// The DEBUG trap, before a command.
    #[inline]
    pub(crate) fn run_debug_trap(&mut self) -> Flow<()> {
        self.run_debug_trap_and_ask()?;
        Continue(())
    }

    /// The same; whether the command shall run. Under `extdebug` a failing trap skips it, and a status of 2 ends the
    /// function or sourced file, with this status. `debug_status` is the trap's.
    #[inline]
    pub(crate) fn run_debug_trap_and_ask(&mut self) -> Flow<bool> {
        if self.session.traps.is_empty() { Continue(true) } else { self.run_set_debug_trap() }
    }

    fn run_set_debug_trap(&mut self) -> Flow<bool> {
        let Some(commands) = self.session.traps.commands(TrapCondition::Debug) else { return Continue(true) };
        if self.running_traps.contains(&TrapCondition::Debug) {
            return Continue(true);
        }
        let status = self.run_trap_for_status(TrapCondition::Debug, &commands, "debug trap")?;
        self.debug_status = status;
        if status.is_success() || !self.shopt(Shopt::ExtDebug) {
            return Continue(true);
        }
        let calls = &self.session.calls;
        if status == Status::USAGE && (calls.function_depth() > 0 || calls.source_depth() > 0) {
            return Break(Unwind::Return(status));
        }
        Continue(false)
    }

    /// The ERR trap, after a command failed.
    pub(crate) fn run_err_trap(&mut self, status: Status) -> Flow<()> {
        let Some(commands) = self.session.traps.commands(TrapCondition::Err) else { return Continue(()) };
        if self.running_traps.contains(&TrapCondition::Err) {
            return Continue(());
        }
        self.session.status = status;
        self.run_trap(TrapCondition::Err, &commands, "error trap")
    }

    /// The RETURN trap, at the end of a function or sourced file; not of those that the DEBUG trap calls.
    pub fn run_return_trap(&mut self) -> Flow<()> {
        if self.session.traps.is_empty() {
            return Continue(());
        }
        let Some(commands) = self.session.traps.commands(TrapCondition::Return) else { return Continue(()) };
        if self.running_traps.contains(&TrapCondition::Return)
            || self.running_traps.contains(&TrapCondition::Debug)
        {
            return Continue(());
        }
        self.run_trap(TrapCondition::Return, &commands, "return trap")
    }

    /// Ends the shell within a function: the EXIT trap sees the function, with its locals and parameters. In somebody else's
    /// process only a subshell ends here; the session goes on.
    pub fn exit_within_calls(&mut self, status: Status) -> Unwind {
        self.leaves_in_place = true;
        let is_end = self.host.owns_process() || self.is_part();
        let runs_here = self.session.calls.function_depth() > 0 && is_end;
        Unwind::Exit(if runs_here { self.run_exit_trap(status) } else { status })
    }

    /// `exit` or `set -e` within redirections: these are in place while the EXIT trap runs.
    pub(crate) fn exit_within_redirects(&mut self, flow: Flow) -> Flow {
        match flow {
            Break(Unwind::Exit(status)) if self.leaves_in_place && self.redirected_calls == 0 => {
                Break(Unwind::Exit(self.run_exit_trap(status)))
            }
            flow => flow,
        }
    }

    /// The EXIT trap; the status with which the (sub)shell ends.
    pub fn run_exit_trap(&mut self, status: Status) -> Status {
        self.leaves_in_place = false;
        // A signal that ends the shell does not show in `$?`.
        let shown = if self.dying_by.is_some() { self.session.status } else { status };
        self.session.status = shown;
        let Some(TrapAction::Run(commands)) = self.session.traps.take(TrapCondition::Exit) else {
            return status;
        };
        // Of a substitution in an EXIT trap.
        if self.running_traps.contains(&TrapCondition::Exit) {
            return status;
        }
        // What called `exit` may be a trap: it does not run again for the commands of this one.
        self.running_traps.push(TrapCondition::Exit);
        self.session.variables.set(*names::BASH_TRAPSIG, Value::Integer(0));
        self.trap_status = shown;
        // The trap may run where the shell has ended, within loops and conditions that are left only after it.
        let loops = std::mem::take(&mut self.session.loop_depth);
        let conditions = std::mem::take(&mut self.errexit_ignored);
        // In a subshell between parentheses it is traced as one level deeper.
        let deeper = u32::from(self.session.subshell_depth > 0 && self.trace_level == 0);
        self.trace_level += deeper;
        let flow = self.run_text(&commands, 1, Origin::Builtin("exit trap"));
        self.trace_level -= deeper;
        (self.session.loop_depth, self.errexit_ignored) = (loops, conditions);
        self.running_traps.pop();
        let _ = self.flush();
        match flow {
            Break(Unwind::Exit(status) | Unwind::Return(status)) => status,
            _ => status,
        }
    }

    /// Whether a trap runs whose commands do not count for `exit` and `return`: those of the DEBUG trap do.
    fn runs_counted_trap(&self) -> bool {
        self.running_traps.iter().any(|condition| *condition != TrapCondition::Debug)
    }

    /// The status of `exit` without argument: in a trap, that of the command before the trap.
    pub fn status_of_last_command(&self) -> Status {
        if self.runs_counted_trap() { self.trap_status } else { self.session.status }
    }

    /// The same of `return`, in a trap's own commands; functions that these call return as ever.
    pub fn status_for_return(&self) -> Status {
        if self.runs_counted_trap() && self.session.calls.function_depth() == self.trap_depth {
            self.trap_status
        } else {
            self.session.status
        }
    }

    /// Functions do not see the DEBUG, RETURN and ERR traps unless the options or their own attribute say so.
    pub(crate) fn hide_untraced_traps(&mut self, traced: bool) -> Option<Box<HiddenTraps>> {
        if self.session.traps.is_empty() { None } else { self.hide_set_traps(traced) }
    }

    #[inline(never)]
    fn hide_set_traps(&mut self, traced: bool) -> Option<Box<HiddenTraps>> {
        use TrapCondition::{Debug, Err, Return};
        let functrace = traced || self.option(SetOption::FuncTrace);
        let errtrace = self.option(SetOption::ErrTrace);
        let traps = &mut self.session.traps;
        let any = (!functrace && (traps.get(Debug).is_some() || traps.get(Return).is_some()))
            || (!errtrace && traps.get(Err).is_some());
        any.then(|| {
            Box::new(HiddenTraps {
                debug: if functrace { None } else { traps.take(Debug) },
                returning: if functrace { None } else { traps.take(Return) },
                err: if errtrace { None } else { traps.take(Err) },
            })
        })
    }

    /// Before the commands of a sourced file, which do not see the DEBUG trap without `functrace`.
    pub fn begin_sourcing(&mut self) -> Sourcing {
        let traced = self.option(SetOption::FuncTrace);
        let debug = if traced { None } else { self.session.traps.take(TrapCondition::Debug) };
        Sourcing { debug, command: self.command.clone() }
    }

    /// After them: the RETURN trap, in the name of the command that read the file.
    pub fn end_sourcing(&mut self, outer: Sourcing, flow: Flow) -> Flow {
        self.command = outer.command;
        let flow = match flow {
            Continue(status) | Break(Unwind::Return(status)) => {
                self.session.status = status;
                self.run_return_trap().map_continue(|()| status)
            }
            Break(unwind) => Break(unwind),
        };
        if let Some(debug) = outer.debug
            && self.session.traps.get(TrapCondition::Debug).is_none()
        {
            self.session.traps.put_back(TrapCondition::Debug, debug);
        }
        flow
    }

    /// The end of a function call: what it did not see is there again, unless it set a trap of its own.
    pub(crate) fn show_hidden_traps(&mut self, hidden: Option<Box<HiddenTraps>>) {
        if let Some(hidden) = hidden {
            self.put_back_traps(*hidden);
        }
    }

    #[inline(never)]
    fn put_back_traps(&mut self, hidden: HiddenTraps) {
        let rows = [
            (TrapCondition::Debug, hidden.debug),
            (TrapCondition::Return, hidden.returning),
            (TrapCondition::Err, hidden.err),
        ];
        for (condition, action) in rows {
            if let Some(action) = action
                && self.session.traps.get(condition).is_none()
            {
                self.session.traps.put_back(condition, action);
            }
        }
    }

    /// Whether a signal is ignored here.
    pub(crate) fn ignores(&self, signal: Signal) -> bool {
        self.session.traps.ignored().contains(signal) || self.host.was_ignored_at_start(signal)
    }

    /// A background process ignores a keyboard signal, unless a trap is set for it later.
    pub(crate) fn ignore_as_background(&mut self, signal: Signal) {
        self.session.traps.ignore_silently(signal);
        self.change_disposition(signal, Disposition::Ignore);
    }
}
