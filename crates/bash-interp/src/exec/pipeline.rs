//! `a | b | c`: every stage runs at once.
//!
//! All stages but the last run on threads of their own, each with a copy of the session (`stage.rs` tells which need
//! none); the last runs on this thread, in a subshell (or, with `lastpipe`, in the shell itself). The kernel moves the
//! data between programs.

use super::job_table::Killed;
use super::stage::ROOM_IN_PIPE;
use super::subshell::SubshellKind;
use crate::{Flow, Shell, Unwind};
use bash_host::{ChildRef, FileRef, WaitStatus};
use bash_parser::ast::{Command, CommandKind, Pipeline, Stage};
use bash_session::{JobState, PipeStatus, SetOption, Shopt, Status, TrapCondition};
use std::io;
use std::ops::ControlFlow::{Break, Continue};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

impl Shell {
    /// Runs a pipeline.
    #[inline]
    pub(crate) fn run_pipeline(&mut self, pipeline: &Pipeline) -> Flow {
        if let Some(command) = pipeline.lone_command() {
            return self.run_lone(command);
        }
        if pipeline.timed.is_some() {
            return self.run_timed(pipeline);
        }
        self.run_untimed(pipeline)
    }

    /// Runs a pipeline that is no more than a command.
    #[inline]
    pub(super) fn run_lone(&mut self, command: &Arc<Command>) -> Flow {
        let flow = self.run_command(command);
        if let Break(Unwind::Break(_) | Unwind::Continue(_)) = flow {
            self.session.pipe_status = PipeStatus::One(Status::SUCCESS);
        }
        let status = flow?;
        self.session.status = status;
        if super::is_checked_command(command) {
            self.session.pipe_status = PipeStatus::One(status);
        }
        Continue(status)
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
            [stage] => self.run_lone(&stage.command),
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
        self.go_to_line(pipeline.stages[0].command.line);
        for stage in earlier {
            self.before_stage(stage)?;
            match self.start_stage(stage, input.take())? {
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
        let flow = self.after_last_subshell(last, flow);
        self.collect(pipeline, running, flow)
    }

    /// The DEBUG trap of a simple command in a pipeline runs in the shell itself, unless the stage inherits it.
    pub(super) fn before_stage(&mut self, stage: &Stage) -> Flow<()> {
        if !matches!(stage.command.kind, CommandKind::Simple(_)) {
            return Continue(());
        }
        if self.running_traps.is_empty() {
            self.command = Some(stage.command.clone());
        }
        if self.option(SetOption::FuncTrace) || self.session.traps.commands(TrapCondition::Debug).is_none() {
            return Continue(());
        }
        self.before_command(&stage.command)
    }

    /// Starts a stage; gives the read end of its output.
    fn start_stage(
        &mut self,
        stage: &Stage,
        input: Option<FileRef>,
    ) -> Flow<io::Result<(FileRef, StartedStage)>> {
        if self.only_writes(&stage.command) {
            let (text, status) = self.text_at_once(SubshellKind::PipelineStage, &stage.command, input)?;
            return Continue(self.leave_text(&stage.command, text, status));
        }
        if !self.only_starts_program(&stage.command) {
            let body = stage.clone();
            return Continue(
                self.start_on_thread(move |sh, output| sh.run_stage(&body, input, Some(output))),
            );
        }
        let (reader, writer) = match self.host.pipe() {
            Ok(ends) => ends,
            Err(error) => return Continue(Err(error)),
        };
        let started = self.start_program(&stage.command, input, writer)?;
        let stage = match started.program {
            Some(child) => StartedStage::Program(child),
            None => StartedStage::Ended(self.end_at_once(started.status)),
        };
        Continue(Ok((reader, stage)))
    }

    /// How a stage ended that another process may have carried out.
    fn end_at_once(&mut self, status: Status) -> StageEnd {
        let killed = self.handed_over_death.take();
        StageEnd { status, killed, pid: killed.map_or(0, |killed| killed.pid) }
    }

    /// Leaves what a stage has written in a pipe; what does not fit there is written by a thread.
    fn leave_text(
        &mut self,
        command: &Arc<Command>,
        text: Vec<u8>,
        status: Status,
    ) -> io::Result<(FileRef, StartedStage)> {
        if text.len() <= ROOM_IN_PIPE {
            let reader = self.host.pipe_holding(text)?;
            return Ok((reader, StartedStage::Ended(self.end_at_once(status))));
        }
        let command = command.clone();
        self.start_on_thread(move |sh, output| {
            sh.enter_subshell();
            sh.connect_stage(None, Some(output));
            let flow = sh.write_text(&command, text, status);
            sh.end_of_subshell(flow)
        })
    }

    /// Starts a stage on a thread of its own; `body` is given its output.
    fn start_on_thread(
        &mut self,
        body: impl FnOnce(&mut Shell, FileRef) -> Status + Send + 'static,
    ) -> io::Result<(FileRef, StartedStage)> {
        self.update_jobs();
        let mut copy = self.copy()?;
        let (reader, writer) = self.host.pipe_within()?;
        copy.command = self.command.clone();
        let bell = copy.told.as_ref().map(|told| told.bell.clone());
        let running = Arc::new(Running::default());
        let finished = running.clone();
        self.host.run_concurrently(Box::new(move || {
            let _hearing = bell.as_ref().map(|bell| bell.listen());
            let status = body(&mut copy, writer);
            let end = StageEnd { status, killed: copy.last_killed, pid: copy.last_child };
            drop(copy);
            finished.finish(end);
        }))?;
        Ok((reader, StartedStage::OnThread(running)))
    }

    /// Runs a stage in this copy of the shell, from beginning to end.
    fn run_stage(&mut self, stage: &Stage, input: Option<FileRef>, output: Option<FileRef>) -> Status {
        let loops = self.session.loop_depth;
        self.enter_subshell();
        self.enter_stage(stage, loops);
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

    /// A simple command is expanded before Bash makes much of its subshell: `BASH_SUBSHELL` does not count it yet, and
    /// the loops around the pipeline, `loops` of them, are still there.
    pub(super) fn enter_stage(&mut self, stage: &Stage, loops: u32) {
        if matches!(stage.command.kind, CommandKind::Simple(_)) {
            self.session.subshell_uncounted = true;
            self.session.loop_depth = loops;
        }
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
        let loops = self.session.loop_depth;
        self.subshell(SubshellKind::PipelineStage, |sh| {
            sh.enter_stage(stage, loops);
            sh.connect_stage(input, None);
            sh.stage_command = Some(stage.command.clone());
            sh.run_in_own_subshell(&stage.command)
        })
    }

    /// The ERR trap runs for a subshell that is the last stage, and again for the pipeline.
    fn after_last_subshell(&mut self, stage: &Stage, flow: Flow) -> Flow {
        let status = flow?;
        let is_subshell = matches!(stage.command.kind, CommandKind::Subshell(_));
        if is_subshell {
            self.show_failed_subshell(&stage.command, status);
            let is_trapped = self.traps_failures();
            return self.checked(status, is_trapped);
        }
        Continue(status)
    }

    /// Waits for a stage. Signals without a trap end the shell meanwhile.
    fn wait_for_stage(&mut self, stage: &StartedStage) -> Flow<StageEnd> {
        let stage = match stage {
            StartedStage::Ended(end) => return Continue(*end),
            StartedStage::Program(child) => return self.wait_for_program(child),
            StartedStage::OnThread(stage) => stage,
        };
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

    fn wait_for_program(&mut self, child: &ChildRef) -> Flow<StageEnd> {
        let (ended, pid) = (self.wait_to_the_end(child)?, child.pid());
        let killed = match ended {
            WaitStatus::Signaled { signal, core } => Some(Killed { pid, signal, core }),
            _ => None,
        };
        Continue(StageEnd { status: Status::new(ended.code()), killed, pid })
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
    fn collect(&mut self, pipeline: &Pipeline, running: Vec<StartedStage>, last: Flow) -> Flow {
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

/// A stage that is not the last one.
enum StartedStage {
    OnThread(Arc<Running>),
    Program(ChildRef),
    /// It had ended before the next one began.
    Ended(StageEnd),
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
