//! The one place that knows how a subshell comes to be on this thread: by a checkpoint of the session, undone at its end.
//!
//! If something inside needs the subshell to be a process (its process id is looked at), the rest of it is carried out
//! by a fork, in which the subshell's end is the end of the process; here its status is all that remains.

use crate::{Flow, Shell, Unwind};
use bash_session::{JobControl, SetOption, Status};
use std::ops::ControlFlow::{Break, Continue};

/// What kind of subshell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SubshellKind {
    /// `( … )`
    Parentheses,
    /// `$( … )`
    Substitution,
    /// `<( … )`
    ProcessSubstitution,
    /// The last command of a pipeline.
    PipelineStage,
}

impl SubshellKind {
    /// Whether the traps that run stay under way: a DEBUG trap that substitutes a command does not run for this one.
    /// Other subshells begin anew.
    fn keeps_traps_running(self) -> bool {
        matches!(self, SubshellKind::Substitution | SubshellKind::ProcessSubstitution)
    }
}

impl Shell {
    /// Runs `body` in a subshell and gives its status. Nothing that it does to the session remains.
    pub(crate) fn subshell(&mut self, kind: SubshellKind, body: impl FnOnce(&mut Shell) -> Flow) -> Flow {
        self.update_jobs();
        let checkpoint = self.session.checkpoint();
        let outer = self.set_aside();
        let (job_control, loops) = (self.session.job_control, self.session.loop_depth);
        self.enter_subshell();
        if kind.keeps_traps_running() {
            self.running_traps.clone_from(&outer.running_traps);
        }
        if kind == SubshellKind::Substitution {
            self.session.loop_depth = loops;
            self.session.job_control = job_control.frozen();
        }
        if kind == SubshellKind::Parentheses {
            self.session.jobs = Default::default();
        }
        self.in_substitution |= kind == SubshellKind::Substitution;
        let depth = self.session.subshell_depth;
        let held = self.held();
        let flow = match self.hold_checkpoint() {
            Continue(()) => body(self),
            Break(unwind) => Break(unwind),
        };
        self.no_longer_holding(held);
        if kind == SubshellKind::Substitution {
            // The EXIT trap sees the command that the substitution is part of.
            self.command = outer.command.clone();
        }
        let status = self.end_of_subshell(flow);
        if self.forked && self.process_depth >= depth {
            self.end_process(status);
        }
        self.session.roll_back(checkpoint);
        self.take_back(outer);
        self.discarded_at = None;
        self.session.status = status;
        Continue(status)
    }

    /// What every kind of subshell begins with, on this thread, another one or in another process.
    pub(crate) fn enter_subshell(&mut self) {
        let session = &mut self.session;
        session.subshell_depth += 1;
        if std::mem::take(&mut session.subshell_uncounted) {
            session.subshell_offset = session.subshell_offset.wrapping_sub(1);
        }
        session.traps.enter_subshell(
            session.options.has(SetOption::FuncTrace),
            session.options.has(SetOption::ErrTrace),
        );
        session.jobs.enter_subshell();
        session.job_control = JobControl::Off;
        if session.compatibility > 44 {
            session.loop_depth = 0;
        }
    }

    /// The status of a subshell whose commands have ended; its EXIT trap runs.
    pub(crate) fn end_of_subshell(&mut self, flow: Flow) -> Status {
        let status = match flow {
            Continue(status) => status,
            Break(Unwind::HandedOver(status)) => return status,
            Break(Unwind::Exit(status) | Unwind::Return(status)) => status,
            Break(Unwind::Discard(status) | Unwind::Abandon(status) | Unwind::LeaveLoops(status)) => status,
            Break(Unwind::Break(_) | Unwind::Continue(_)) => Status::SUCCESS,
        };
        self.run_exit_trap(status)
    }

    /// Ends a process that was forked for a part of the script.
    pub(crate) fn end_process(&mut self, status: Status) -> ! {
        let _ = self.flush();
        match self.dying_by {
            Some(signal) => self.host.die_by(signal),
            None => self.host.exit(status.code()),
        }
    }

    fn set_aside(&mut self) -> SetAside {
        SetAside {
            in_substitution: self.in_substitution,
            input_redirected: self.input_redirected,
            stage_command: self.stage_command.take(),
            only_command: self.only_command.take(),
            last_substitution: self.last_substitution.take(),
            errexit_ignored: self.errexit_ignored,
            redirected_calls: std::mem::take(&mut self.redirected_calls),
            function_like: self.function_like,
            output: std::mem::take(&mut self.output),
            running_traps: std::mem::take(&mut self.running_traps),
            substitutions: std::mem::take(&mut self.substitutions),
            command: self.command.clone(),
            arith_caller: self.arith_caller.take(),
        }
    }

    fn take_back(&mut self, outer: SetAside) {
        self.in_substitution = outer.in_substitution;
        self.input_redirected = outer.input_redirected;
        self.stage_command = outer.stage_command;
        self.only_command = outer.only_command;
        self.last_substitution = outer.last_substitution;
        self.errexit_ignored = outer.errexit_ignored;
        self.redirected_calls = outer.redirected_calls;
        self.function_like = outer.function_like;
        self.output = outer.output;
        self.running_traps = outer.running_traps;
        self.substitutions = outer.substitutions;
        self.command = outer.command;
        self.arith_caller = outer.arith_caller;
    }
}

/// What the running command has under way while a subshell runs inside it.
struct SetAside {
    in_substitution: bool,
    input_redirected: bool,
    stage_command: Option<std::sync::Arc<bash_parser::ast::Command>>,
    only_command: Option<std::sync::Arc<bash_parser::ast::Command>>,
    last_substitution: Option<bash_host::ChildRef>,
    errexit_ignored: u32,
    redirected_calls: u32,
    function_like: u32,
    output: Vec<u8>,
    running_traps: Vec<bash_session::TrapCondition>,
    substitutions: crate::expand::process::Pending,
    command: Option<std::sync::Arc<bash_parser::ast::Command>>,
    arith_caller: Option<std::borrow::Cow<'static, [u8]>>,
}
