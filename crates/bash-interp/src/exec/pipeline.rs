//! `a | b | c`: every stage runs at once.
//!
//! All stages but the last run on threads of their own, each with a copy of the session; the last runs on this thread,
//! in a subshell (or, with `lastpipe`, in the shell itself). The kernel moves the data.

use super::job_table::Killed;
use super::subshell::SubshellKind;
use crate::{Flow, Shell, Unwind};
use bash_host::{FileRef, WaitStatus};
use bash_parser::ast::{CommandKind, Pipeline, Stage};
use bash_session::{JobState, PipeStatus, SetOption, Shopt, Status, TrapCondition};
use std::io;
use std::ops::ControlFlow::{Break, Continue};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

impl Shell {
    /// Runs a pipeline.
    #[inline]
    pub(crate) fn run_pipeline(&mut self, pipeline: &Pipeline) -> Flow {
        if pipeline.timed.is_some() {
            return self.run_timed(pipeline);
        }
        self.run_untimed(pipeline)
    }

    /// Runs a pipeline, `time` aside.
    pub(super) fn run_untimed(&mut self, pipeline: &Pipeline) -> Flow {
        if pipeline.negated {
            self.errexit_ignored += 1;
            let flow = self.run_stages(pipeline);
            self.errexit_ignored -= 1;
            let status = match flow {
                Break(Unwind::Break(_) | Unwind::Continue(_)) => {
                    self.leaving_negated = !self.leaving_negated;
                    return flow;
                }
                flow => flow?.negated(),
            };
            self.session.status = status;
            return Continue(status);
        }
        self.run_stages(pipeline)
    }

    fn run_stages(&mut self, pipeline: &Pipeline) -> Flow {
        match &*pipeline.stages {
            [] => {
                self.session.status = Status::SUCCESS;
                Continue(Status::SUCCESS)
            }
            [stage] => {
                let status = self.run_command(&stage.command)?;
                self.session.status = status;
                if super::is_checked(pipeline) {
                    self.session.pipe_status = PipeStatus::One(status);
                }
                Continue(status)
            }
            _ => self.run_concurrently(pipeline),
        }
    }

    fn run_concurrently(&mut self, pipeline: &Pipeline) -> Flow {
        if self.has_job_control() && self.host.owns_process() {
            return self.run_as_job(&pipeline.stages);
        }
        let mut running = Vec::with_capacity(pipeline.stages.len());
        let mut input = None;
        let (last, earlier) = match pipeline.stages.split_last() {
            Some(split) => split,
            None => return Continue(Status::SUCCESS),
        };
        self.session.line = pipeline.stages[0].command.line;
        for stage in earlier {
            self.before_stage(stage)?;
            match self.start_stage(stage, input.take()) {
                Ok((reader, stage)) => {
                    input = Some(reader);
                    running.push(stage);
                }
                Err(error) => {
                    self.system_error(b"pipe error", &error);
                    drop(input);
                    for stage in running {
                        self.wait_for_stage(&stage)?;
                    }
                    self.session.status = Status::FAILURE;
                    return Continue(Status::FAILURE);
                }
            }
        }
        self.before_stage(last)?;
        (self.last_killed, self.last_child) = (None, 0);
        let flow = self.run_last_stage(last, input);
        self.collect(pipeline, running, flow)
    }

    /// The DEBUG trap of a simple command in a pipeline runs in the shell itself, unless the stage inherits it.
    pub(super) fn before_stage(&mut self, stage: &Stage) -> Flow<()> {
        if !matches!(stage.command.kind, CommandKind::Simple(_))
            || self.option(SetOption::FuncTrace)
            || self.session.traps.commands(TrapCondition::Debug).is_none()
        {
            return Continue(());
        }
        self.before_command(&stage.command)
    }

    /// Starts a stage on a thread; gives the read end of its output.
    fn start_stage(&mut self, stage: &Stage, input: Option<FileRef>) -> io::Result<(FileRef, Arc<Running>)> {
        self.update_jobs();
        let (reader, writer) = self.host.pipe()?;
        let mut copy = self.copy();
        copy.command = self.command.clone();
        let bell = copy.told.as_ref().map(|told| told.bell.clone());
        let running = Arc::new(Running::default());
        let (stage, finished) = (stage.clone(), running.clone());
        self.host.run_concurrently(Box::new(move || {
            let _hearing = bell.as_ref().map(|bell| bell.listen());
            let status = copy.run_stage(&stage, input, Some(writer));
            let end = StageEnd { status, killed: copy.last_killed, pid: copy.last_child };
            drop(copy);
            finished.finish(end);
        }))?;
        Ok((reader, running))
    }

    /// Runs a stage in this copy of the shell, from beginning to end.
    fn run_stage(&mut self, stage: &Stage, input: Option<FileRef>, output: Option<FileRef>) -> Status {
        self.enter_subshell();
        self.leave_simple_stage_uncounted(stage);
        let depth = self.session.subshell_depth;
        self.connect_stage(input, output);
        self.stage_command = Some(stage.command.clone());
        let flow = self.run_in_own_subshell(&stage.command);
        let status = self.end_of_subshell(flow);
        if self.forked && self.process_depth >= depth {
            self.end_process(status);
        }
        status
    }

    /// `BASH_SUBSHELL` counts the subshell of a simple command only once its words are expanded.
    pub(super) fn leave_simple_stage_uncounted(&mut self, stage: &Stage) {
        self.session.subshell_uncounted = matches!(stage.command.kind, CommandKind::Simple(_));
    }

    /// Puts the pipe ends where the stage expects them.
    pub(super) fn connect_stage(&mut self, input: Option<FileRef>, output: Option<FileRef>) {
        if let Some(input) = input {
            self.input_redirected = true;
            self.session.descriptors.open(0, input);
        }
        if let Some(output) = output {
            self.session.descriptors.open(1, output);
        }
    }

    fn run_last_stage(&mut self, stage: &Stage, input: Option<FileRef>) -> Flow {
        let redirected = self.input_redirected;
        if self.shopt(Shopt::LastPipe) && !self.has_job_control() {
            let saved = self.session.descriptors.save(0);
            self.connect_stage(input, None);
            self.stage_command = Some(stage.command.clone());
            let flow = self.run_command(&stage.command);
            self.stage_command = None;
            self.input_redirected = redirected;
            self.session.descriptors.restore(saved);
            return flow;
        }
        self.subshell(SubshellKind::PipelineStage, |sh| {
            sh.leave_simple_stage_uncounted(stage);
            sh.connect_stage(input, None);
            sh.stage_command = Some(stage.command.clone());
            sh.run_in_own_subshell(&stage.command)
        })
    }

    /// Waits for a stage. Signals without a trap end the shell meanwhile.
    fn wait_for_stage(&mut self, stage: &Running) -> Flow<StageEnd> {
        loop {
            if let Some(end) = stage.wait(PATIENCE) {
                return Continue(end);
            }
            if self.concurrent {
                self.obey()?;
            } else if self.signals_wait() {
                self.note_signals()?;
                self.die_of_pending()?;
            }
        }
    }

    /// Reports the stages if a signal killed the last one.
    fn report_stages(&mut self, pipeline: &Pipeline, ends: &[StageEnd]) {
        let state = |end: &StageEnd| match end.killed {
            Some(Killed { signal, core, .. }) => WaitStatus::Signaled { signal, core },
            None => WaitStatus::Exited(end.status.code()),
        };
        let rows: Vec<_> = pipeline
            .stages
            .iter()
            .zip(ends)
            .map(|(stage, end)| {
                (end.pid, JobState::Done(state(end)), bash_parser::print::command_line(&stage.command))
            })
            .collect();
        self.report_killed_pipeline(&rows);
    }

    /// The status of the whole, once every stage has ended.
    fn collect(&mut self, pipeline: &Pipeline, running: Vec<Arc<Running>>, last: Flow) -> Flow {
        let mut ends = Vec::with_capacity(running.len() + 1);
        for stage in &running {
            ends.push(self.wait_for_stage(stage)?);
        }
        let mut statuses: Vec<Status> = ends.iter().map(|end| end.status).collect();
        if let Some(killed) = self.handed_over_death.take() {
            self.last_killed = Some(killed);
        }
        let (last_status, unwind) = match last {
            Continue(status) => (status, None),
            Break(unwind) => (unwind_status(unwind), Some(unwind)),
        };
        statuses.push(last_status);
        if self.last_killed.is_some() {
            ends.push(StageEnd { status: last_status, killed: self.last_killed, pid: self.last_child });
            self.report_stages(pipeline, &ends);
        }
        let mut status = last_status;
        if self.option(SetOption::PipeFail) {
            status = statuses.iter().rev().copied().find(|status| !status.is_success()).unwrap_or_default();
        }
        self.session.pipe_status = PipeStatus::Many(statuses.into());
        self.session.status = status;
        match unwind {
            Some(unwind) => Break(unwind),
            None => Continue(status),
        }
    }
}

/// How long to sleep before looking whether a signal has come.
const PATIENCE: Duration = Duration::from_millis(20);

/// How a stage ended.
#[derive(Clone, Copy)]
struct StageEnd {
    status: Status,
    killed: Option<Killed>,
    pid: i32,
}

fn unwind_status(unwind: Unwind) -> Status {
    match unwind {
        Unwind::Exit(status)
        | Unwind::Return(status)
        | Unwind::Discard(status)
        | Unwind::Abandon(status)
        | Unwind::HandedOver(status) => status,
        Unwind::LeaveLoops(status) => status,
        Unwind::Break(_) | Unwind::Continue(_) => Status::SUCCESS,
    }
}

/// A stage that runs on another thread.
#[derive(Default)]
struct Running {
    end: Mutex<Option<StageEnd>>,
    ended: Condvar,
}

impl Running {
    fn finish(&self, end: StageEnd) {
        *self.end.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(end);
        self.ended.notify_all();
    }

    /// How the stage ended, if it did within the time.
    fn wait(&self, time: Duration) -> Option<StageEnd> {
        let end = self.end.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if end.is_some() {
            return *end;
        }
        *self.ended.wait_timeout(end, time).unwrap_or_else(|poisoned| poisoned.into_inner()).0
    }
}
