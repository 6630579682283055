//! Waiting for a program in the foreground, and what its end says about signals.

use super::job_table::Killed;
use crate::{Flow, Shell};
use bash_host::{ChildRef, Signal, Wait, WaitStatus};
use bash_parser::ast::Command;
use bash_session::{Job, JobProcess, JobState, Status};
use std::ops::ControlFlow::Continue;
use std::sync::Arc;

impl Shell {
    /// Waits until the program has ended.
    pub(super) fn wait_foreground(&mut self, child: ChildRef) -> Flow {
        let told = self.told.clone();
        if let Some(told) = &told {
            told.waits_for(Some(child.clone()));
        }
        let flow = self.wait_to_the_end(&child);
        // A program that the shell does not wait for any longer may still have to be told more.
        if let Some(told) = told.filter(|_| flow.is_continue()) {
            told.waits_for(None);
        }
        let outcome = match &flow {
            Continue(ended) => *ended,
            std::ops::ControlFlow::Break(_) => WaitStatus::Exited(0),
        };
        self.take_terminal(outcome);
        let ended = flow?;
        if let WaitStatus::Stopped(_) = ended {
            self.adopt_stopped(child, ended);
            return Continue(Status::new(ended.code()));
        }
        self.last_child = child.pid();
        self.ended_children += 1;
        self.last_killed = None;
        if let WaitStatus::Signaled { signal, core } = ended {
            let killed = Killed { pid: child.pid(), signal, core };
            self.last_killed = Some(killed);
            if signal == Signal::INT {
                self.interrupted_child = true;
            }
            self.unreported = Some(killed);
        }
        self.after_foreground()?;
        self.leave_loops_if_interrupted(JobState::Done(ended), Status::new(ended.code()))?;
        Continue(Status::new(ended.code()))
    }

    /// Waits for a child. A signal that ends the shell does so at once.
    pub(super) fn wait_to_the_end(&mut self, child: &ChildRef) -> Flow<WaitStatus> {
        let how = match () {
            () if self.has_job_control() => Wait::ExitOrStop,
            () if !self.concurrent && (self.catches_fatal_signals || !self.host.owns_process()) => {
                Wait::UntilSignal
            }
            () => Wait::Exit,
        };
        loop {
            match child.wait(how) {
                Ok(Some(ended)) => return Continue(ended),
                Ok(None) => return Continue(WaitStatus::Exited(127)),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => self.note_signals()?,
                Err(error) => {
                    self.system_error(b"wait", &error);
                    return Continue(WaitStatus::Exited(127));
                }
            }
        }
    }

    /// A child that was interrupted from the keyboard takes the shell with it; one that handled the interrupt does not.
    pub(super) fn after_foreground(&mut self) -> Flow<()> {
        self.substitutions.forget_ended();
        let interrupted = std::mem::take(&mut self.interrupted_child);
        if !self.concurrent && self.signals_wait() {
            self.note_signals()?;
            if !interrupted && !self.has_trap(Signal::INT) {
                self.pending.remove(Signal::INT);
            }
        }
        self.safe_point()
    }

    /// Tells of a killed command, once its redirections are undone.
    pub(super) fn report_unreported(&mut self, command: &Command) {
        let Some(killed) = self.unreported.take() else { return };
        if !self.is_stage_command() {
            let text = bash_parser::print::command_line(command);
            self.report_killed(killed, &text);
        }
    }

    /// Whether the running command is a stage of a pipeline by itself, which reports how it ended.
    pub(super) fn is_stage_command(&self) -> bool {
        match (&self.stage_command, &self.command) {
            (Some(stage), Some(command)) => Arc::ptr_eq(stage, command),
            _ => false,
        }
    }

    /// A stopped program is a job from now on.
    fn adopt_stopped(&mut self, child: ChildRef, ended: WaitStatus) {
        let WaitStatus::Stopped(signal) = ended else { return };
        let command = self.running_command_text();
        let group = Some(child.pid());
        let process = JobProcess { child, command: command.clone(), state: JobState::Stopped(signal) };
        let id = self.session.jobs.add(Job {
            id: 0,
            processes: vec![process],
            command,
            group,
            notified: true,
            no_hangup: false,
            foreground: false,
            inherited: false,
            coproc: None,
            directory: self.session.directory.logical.clone(),
        });
        self.session.jobs.make_current(id);
        self.tell_of_stop(id);
    }

    /// The end of a subshell that another process carried out.
    pub(super) fn report_subshell(&mut self, command: &Command) {
        if let Some(killed) = self.handed_over_death.take() {
            let is_stage = self.stage_command.as_ref().is_some_and(|stage| std::ptr::eq(&**stage, command));
            self.last_killed = Some(killed);
            if !is_stage {
                let text = bash_parser::print::command_line(command);
                self.report_killed(killed, &text);
            }
        }
    }
}
