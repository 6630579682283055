//! `a | b | c`: every stage runs at once.
//!
//! All stages but the last run on threads of their own, each with a copy of the session; the last runs on this thread,
//! in a subshell (or, with `lastpipe`, in the shell itself). The kernel moves the data.

use super::subshell::SubshellKind;
use crate::{Flow, Shell, Unwind};
use bash_host::FileRef;
use bash_parser::ast::{Pipeline, Stage};
use bash_session::{PipeStatus, SetOption, Shopt, Status};
use std::io;
use std::ops::ControlFlow::{Break, Continue};
use std::sync::{Arc, Condvar, Mutex};

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
            let status = flow?.negated();
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
        let mut running = Vec::with_capacity(pipeline.stages.len());
        let mut input = None;
        let (last, earlier) = match pipeline.stages.split_last() {
            Some(split) => split,
            None => return Continue(Status::SUCCESS),
        };
        for stage in earlier {
            match self.start_stage(stage, input.take()) {
                Ok((reader, stage)) => {
                    input = Some(reader);
                    running.push(stage);
                }
                Err(error) => {
                    self.system_error(b"pipe error", &error);
                    drop(input);
                    for stage in running {
                        stage.wait();
                    }
                    self.session.status = Status::FAILURE;
                    return Continue(Status::FAILURE);
                }
            }
        }
        let flow = self.run_last_stage(last, input);
        self.collect(running, flow)
    }

    /// Starts a stage on a thread; gives the read end of its output.
    fn start_stage(&mut self, stage: &Stage, input: Option<FileRef>) -> io::Result<(FileRef, Arc<Running>)> {
        let (reader, writer) = self.host.pipe()?;
        let mut copy = self.copy();
        copy.command = self.command.clone();
        let running = Arc::new(Running::default());
        let (stage, finished) = (stage.clone(), running.clone());
        self.host.run_concurrently(Box::new(move || {
            let status = copy.run_stage(&stage, input, Some(writer));
            drop(copy);
            finished.finish(status);
        }))?;
        Ok((reader, running))
    }

    /// Runs a stage in this copy of the shell, from beginning to end.
    fn run_stage(&mut self, stage: &Stage, input: Option<FileRef>, output: Option<FileRef>) -> Status {
        self.enter_subshell();
        let depth = self.session.subshell_depth;
        self.connect_stage(stage, input, output);
        let flow = self.run_command(&stage.command);
        let flow = match flow {
            Continue(status) => Continue(status),
            Break(unwind) => Break(unwind),
        };
        let status = self.end_of_subshell(flow);
        if self.forked && self.process_depth >= depth {
            self.end_process(status);
        }
        status
    }

    /// Puts the pipe ends where the stage expects them.
    pub(super) fn connect_stage(&mut self, stage: &Stage, input: Option<FileRef>, output: Option<FileRef>) {
        if let Some(input) = input {
            self.session.descriptors.open(0, input);
        }
        if let Some(output) = output {
            if stage.pipe_stderr {
                self.session.descriptors.open(2, output.clone());
            }
            self.session.descriptors.open(1, output);
        }
    }

    fn run_last_stage(&mut self, stage: &Stage, input: Option<FileRef>) -> Flow {
        if self.shopt(Shopt::LastPipe) && !self.option(SetOption::Monitor) {
            let saved = self.session.descriptors.save(0);
            self.connect_stage(stage, input, None);
            let flow = self.run_command(&stage.command);
            self.session.descriptors.restore(saved);
            return flow;
        }
        self.subshell(SubshellKind::PipelineStage, |sh| {
            sh.connect_stage(stage, input, None);
            sh.run_command(&stage.command)
        })
    }

    /// The status of the whole, once every stage has ended.
    fn collect(&mut self, running: Vec<Arc<Running>>, last: Flow) -> Flow {
        let mut statuses: Vec<Status> = running.iter().map(|stage| stage.wait()).collect();
        let (last_status, unwind) = match last {
            Continue(status) => (status, None),
            Break(unwind) => (unwind_status(unwind), Some(unwind)),
        };
        statuses.push(last_status);
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

fn unwind_status(unwind: Unwind) -> Status {
    match unwind {
        Unwind::Exit(status) | Unwind::Return(status) | Unwind::Discard(status) | Unwind::HandedOver(status) => status,
        Unwind::Break(_) | Unwind::Continue(_) => Status::SUCCESS,
    }
}

/// A stage that runs on another thread.
#[derive(Default)]
struct Running {
    status: Mutex<Option<Status>>,
    ended: Condvar,
}

impl Running {
    fn finish(&self, status: Status) {
        *self.status.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(status);
        self.ended.notify_all();
    }

    fn wait(&self) -> Status {
        let mut status = self.status.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        loop {
            match *status {
                Some(status) => return status,
                None => status = self.ended.wait(status).unwrap_or_else(|poisoned| poisoned.into_inner()),
            }
        }
    }
}
