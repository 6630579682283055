//! Running traps: signals at safe points, EXIT, ERR, DEBUG, RETURN.
//!
//! A caught signal is only noted by the host. The shell looks at its safe points (each command, each turn of a loop,
//! each blocking call); the trap's commands run there, and `$?` is what it was before.

use crate::read_eval::Origin;
use crate::{Flow, Shell, Unwind};
use bash_host::{Disposition, Signal};
use bash_session::{SetOption, Status, Text, TrapAction, TrapCondition};
use std::ops::ControlFlow::{Break, Continue};

/// Traps that a function call does not see.
pub(crate) struct HiddenTraps {
    debug: Option<TrapAction>,
    returning: Option<TrapAction>,
    err: Option<TrapAction>,
}

impl Shell {
    /// Runs the traps of signals that have come. As cheap as a memory read when there are none.
    #[inline]
    pub fn safe_point(&mut self) -> Flow<()> {
        if self.host.signal_waits() { self.handle_signals() } else { Continue(()) }
    }

    fn handle_signals(&mut self) -> Flow<()> {
        if self.session.subshell_depth > self.process_depth {
            return Continue(());
        }
        while let Some(signal) = self.host.take_signal() {
            let condition = TrapCondition::Signal(signal);
            match self.session.traps.get(condition).cloned() {
                Some(TrapAction::Run(commands)) => self.run_trap(condition, &commands, "trap")?,
                Some(TrapAction::Ignore) => {}
                None if signal == Signal::CHLD || signal == Signal::WINCH || signal == Signal::CONT => {}
                None => {
                    self.killed_by(signal)?;
                }
            }
        }
        Continue(())
    }

    /// Runs a trap's commands; `$?` and `PIPESTATUS` are restored afterwards.
    pub(crate) fn run_trap(&mut self, condition: TrapCondition, commands: &Text, _label: &str) -> Flow<()> {
        let (status, pipe_status) = (self.session.status, self.session.pipe_status.clone());
        let line = self.session.line;
        let output = std::mem::take(&mut self.output);
        self.running_traps.push(condition);
        let flow = self.nested(|sh| sh.run_text(commands, line, Origin::Builtin("trap")));
        self.running_traps.pop();
        self.output = output;
        self.session.line = line;
        let _last = flow?;
        self.session.status = status;
        self.session.pipe_status = pipe_status;
        Continue(())
    }

    /// The DEBUG trap, before a command.
    #[inline]
    pub(crate) fn run_debug_trap(&mut self) -> Flow<()> {
        match self.session.traps.commands(TrapCondition::Debug) {
            None => Continue(()),
            Some(commands) if self.running_traps.contains(&TrapCondition::Debug) => {
                let _ = commands;
                Continue(())
            }
            Some(commands) => self.run_trap(TrapCondition::Debug, &commands, "debug trap"),
        }
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

    /// The RETURN trap, at the end of a function or sourced file.
    pub fn run_return_trap(&mut self) -> Flow<()> {
        let Some(commands) = self.session.traps.commands(TrapCondition::Return) else { return Continue(()) };
        if self.running_traps.contains(&TrapCondition::Return) {
            return Continue(());
        }
        self.run_trap(TrapCondition::Return, &commands, "return trap")
    }

    /// The EXIT trap; the status with which the (sub)shell ends.
    pub fn run_exit_trap(&mut self, status: Status) -> Status {
        self.session.status = status;
        let Some(TrapAction::Run(commands)) = self.session.traps.take(TrapCondition::Exit) else { return status };
        let line = self.session.line;
        self.running_traps.clear();
        self.running_traps.push(TrapCondition::Exit);
        let flow = self.run_text(&commands, line, Origin::Builtin("exit trap"));
        self.running_traps.pop();
        match flow {
            Break(Unwind::Exit(status)) => status,
            _ => status,
        }
    }

    /// Functions do not see the DEBUG, RETURN and ERR traps unless the options or their own attribute say so.
    pub(crate) fn hide_untraced_traps(&mut self, traced: bool) -> Option<HiddenTraps> {
        use TrapCondition::{Debug, Err, Return};
        let functrace = traced || self.option(SetOption::FuncTrace);
        let errtrace = self.option(SetOption::ErrTrace);
        let traps = &mut self.session.traps;
        let any = (!functrace && (traps.get(Debug).is_some() || traps.get(Return).is_some()))
            || (!errtrace && traps.get(Err).is_some());
        any.then(|| HiddenTraps {
            debug: if functrace { None } else { traps.take(Debug) },
            returning: if functrace { None } else { traps.take(Return) },
            err: if errtrace { None } else { traps.take(Err) },
        })
    }

    /// The end of a function call: what it did not see is there again, unless it set a trap of its own.
    pub(crate) fn show_hidden_traps(&mut self, hidden: Option<HiddenTraps>) {
        let Some(hidden) = hidden else { return };
        let rows = [
            (TrapCondition::Debug, hidden.debug),
            (TrapCondition::Return, hidden.returning),
            (TrapCondition::Err, hidden.err),
        ];
        for (condition, action) in rows {
            if let Some(action) = action
                && self.session.traps.get(condition).is_none()
            {
                self.session.traps.set(condition, action);
            }
        }
    }

    /// Whether a signal is ignored here.
    pub(crate) fn ignores(&self, signal: Signal) -> bool {
        self.session.traps.ignored().contains(signal) || self.host.ignored_at_start().contains(signal)
    }

    /// A background process ignores a keyboard signal, unless a trap is set for it later.
    pub(crate) fn ignore_as_background(&mut self, signal: Signal) {
        self.session.traps.set(TrapCondition::Signal(signal), TrapAction::Ignore);
        let _ = self.host.set_disposition(signal, Disposition::Ignore);
    }

    /// In a new process, signals that the parent had traps for are at their defaults.
    pub(crate) fn reset_caught_signals(&mut self) {
        let caught: Vec<Signal> = self
            .session
            .traps
            .iter()
            .filter_map(|(condition, trap)| match (condition, &trap.action) {
                (TrapCondition::Signal(signal), TrapAction::Run(_)) => Some(signal),
                _ => None,
            })
            .collect();
        for signal in caught {
            let _ = self.host.set_disposition(signal, Disposition::Default);
        }
    }
}
