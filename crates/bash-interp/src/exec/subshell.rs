//! The one place that knows how a subshell comes to be on this thread: by a checkpoint of the session, undone at its end.
//!
//! If something inside needs the subshell to be a process (its process id is looked at), the rest of it is carried out
//! by a fork, in which the subshell's end is the end of the process; here its status is all that remains.

use crate::{Flow, Shell, Unwind};
use bash_session::{SetOption, Status};
use std::ops::ControlFlow::{Break, Continue};

/// What kind of subshell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SubshellKind {
    /// `( … )`
    Parentheses,
    /// `$( … )`
    Substitution,
    /// The last command of a pipeline.
    PipelineStage,
}

impl Shell {
    /// Runs `body` in a subshell and gives its status. Nothing that it does to the session remains.
    pub(crate) fn subshell(&mut self, kind: SubshellKind, body: impl FnOnce(&mut Shell) -> Flow) -> Flow {
        let checkpoint = self.session.checkpoint();
        let outer = self.set_aside();
        self.enter_subshell();
        let depth = self.session.subshell_depth;
        let flow = body(self);
        let status = self.end_of_subshell(flow);
        if self.forked && self.process_depth >= depth {
            self.host.exit(status.code());
        }
        let _ = kind;
        self.session.roll_back(checkpoint);
        self.take_back(outer);
        self.session.status = status;
        Continue(status)
    }

    /// What every kind of subshell begins with, on this thread, another one or in another process.
    pub(crate) fn enter_subshell(&mut self) {
        let session = &mut self.session;
        session.subshell_depth += 1;
        session.traps.enter_subshell(
            session.options.has(SetOption::FuncTrace),
            session.options.has(SetOption::ErrTrace),
        );
        session.jobs.enter_subshell();
        session.options.set(SetOption::Monitor, false);
        session.loop_depth = 0;
    }

    /// The status of a subshell whose commands have ended; its EXIT trap runs.
    pub(crate) fn end_of_subshell(&mut self, flow: Flow) -> Status {
        let status = match flow {
            Continue(status) => status,
            Break(Unwind::HandedOver(status)) => return status,
            Break(Unwind::Exit(status) | Unwind::Return(status) | Unwind::Discard(status)) => status,
            Break(Unwind::Break(_) | Unwind::Continue(_)) => Status::SUCCESS,
        };
        self.run_exit_trap(status)
    }

    fn set_aside(&mut self) -> SetAside {
        SetAside {
            output: std::mem::take(&mut self.output),
            running_traps: std::mem::take(&mut self.running_traps),
            substitutions: std::mem::take(&mut self.substitutions),
            command: self.command.clone(),
            arith_caller: self.arith_caller.take(),
        }
    }

    fn take_back(&mut self, outer: SetAside) {
        self.output = outer.output;
        self.running_traps = outer.running_traps;
        self.substitutions = outer.substitutions;
        self.command = outer.command;
        self.arith_caller = outer.arith_caller;
    }
}

/// What the running command has under way while a subshell runs inside it.
struct SetAside {
    output: Vec<u8>,
    running_traps: Vec<bash_session::TrapCondition>,
    substitutions: crate::expand::process::Pending,
    command: Option<std::sync::Arc<bash_parser::ast::Command>>,
    arith_caller: Option<&'static [u8]>,
}
