//! Jobs of the foreground: with job control, pipelines and `( … )` are process groups that the terminal belongs to while
//! the shell waits, and that may be stopped as a whole.

use super::background::Place;
use super::job_table::Killed;
use crate::{Flow, Shell, Unwind};
use bash_host::{Signal, Wait, WaitStatus};
use bash_parser::ast::Stage;
use bash_session::{Job, JobId, JobState, PipeStatus, Status};
use std::ops::ControlFlow::{Break, Continue};

impl Shell {
    /// Runs the stages of a pipeline, or a single subshell, as a job, and waits for it.
    pub(super) fn run_as_job(&mut self, stages: &[Stage]) -> Flow {
        for stage in stages {
            self.before_stage(stage)?;
        }
        let processes = match self.start_stages(stages, Place::Foreground) {
            Ok(processes) => processes,
            Err(error) => {
                self.system_error(b"fork", &error);
                self.session.status = Status::new(254);
                return Continue(Status::new(254));
            }
        };
        let texts: Vec<&[u8]> = processes.iter().map(|process| &process.command[..]).collect();
        let id = self.session.jobs.add(Job {
            id: 0,
            command: texts.join(&b" | "[..]),
            group: Some(processes[0].child.pid()),
            processes,
            notified: true,
            no_hangup: false,
            foreground: true,
            inherited: false,
            coproc: None,
            directory: self.session.directory.logical.clone(),
        });
        self.await_job(id);
        self.end_of_foreground_job(id)
    }

    /// Lets a job go on in the foreground and waits for it (`fg`).
    pub fn wait_for_job_in_foreground(&mut self, id: JobId) -> Flow {
        if let Some(group) = self.session.jobs.get(id).and_then(|job| job.group) {
            self.give_terminal(group);
        }
        self.continue_job(id);
        self.await_job(id);
        self.end_of_foreground_job(id)
    }

    /// Waits until no process of a job runs, and takes the terminal back.
    fn await_job(&mut self, id: JobId) {
        loop {
            let Some(job) = self.session.jobs.get(id) else { return };
            let running = job.processes.iter().find(|process| process.state == JobState::Running);
            let Some(child) = running.map(|process| process.child.clone()) else { break };
            let state = match child.wait(Wait::ExitOrStop) {
                Ok(Some(WaitStatus::Stopped(signal))) => JobState::Stopped(signal),
                Ok(Some(ended)) => JobState::Done(ended),
                Ok(None) => continue,
                Err(_) => JobState::Done(WaitStatus::Exited(127)),
            };
            self.set_process_state(id, child.pid(), state);
        }
        let outcome = match self.session.jobs.get(id).map(Job::state) {
            Some(JobState::Stopped(signal)) => WaitStatus::Stopped(signal),
            Some(JobState::Done(ended)) => ended,
            _ => WaitStatus::Exited(0),
        };
        self.take_terminal(outcome);
    }

    fn set_process_state(&mut self, id: JobId, pid: i32, state: JobState) {
        let Some(job) = self.session.jobs.get_mut(id) else { return };
        for process in job.processes.iter_mut().filter(|process| process.child.pid() == pid) {
            process.state = state;
        }
    }

    /// A job of the foreground has ended, which gives its status, or was stopped and is one of the background now.
    fn end_of_foreground_job(&mut self, id: JobId) -> Flow {
        let Some(job) = self.session.jobs.get_mut(id) else { return Continue(Status::NOT_FOUND) };
        job.foreground = false;
        if let JobState::Stopped(signal) = job.state() {
            job.notified = true;
            self.session.jobs.make_current(id);
            self.tell_of_stop(id);
            let status = Status::new(128 + signal.number());
            self.session.status = status;
            self.session.pipe_status = PipeStatus::One(status);
            return Continue(status);
        }
        let job = job.clone();
        let status = self.job_status(id);
        self.session.jobs.remove(id);
        self.ended_children += job.processes.len() as i32;
        self.note_end(&job);
        self.session.status = status;
        self.after_foreground()?;
        self.leave_loops_if_interrupted(job.state(), status)?;
        Continue(status)
    }

    /// `PIPESTATUS`, and a word about signals.
    fn note_end(&mut self, job: &Job) {
        let code = |state| match state {
            JobState::Done(ended) => Status::new(ended.code()),
            _ => Status::SUCCESS,
        };
        let statuses: Vec<Status> = job.processes.iter().map(|process| code(process.state)).collect();
        self.session.pipe_status = PipeStatus::Many(statuses.into());
        let JobState::Done(WaitStatus::Signaled { signal, core }) = job.state() else { return };
        self.interrupted_child |= signal == Signal::INT;
        if job.processes.len() == 1 {
            return self.report_killed(Killed { pid: job.pid(), signal, core }, &job.command);
        }
        let rows: Vec<_> = job
            .processes
            .iter()
            .map(|process| (process.child.pid(), process.state, process.command.clone()))
            .collect();
        self.report_killed_pipeline(&rows);
    }

    /// At the prompt, an interrupted job ends the loop that it was run by.
    pub(super) fn leave_loops_if_interrupted(&mut self, state: JobState, status: Status) -> Flow<()> {
        let interrupted = matches!(state, JobState::Done(WaitStatus::Signaled { signal: Signal::INT, .. }));
        if !interrupted
            || !self.session.options.interactive
            || self.session.subshell_depth > 0
            || self.has_trap(Signal::INT)
        {
            return Continue(());
        }
        self.write_error(b"\n");
        if self.session.loop_depth > 0 { Break(Unwind::Discard(status)) } else { Continue(()) }
    }

    /// `[1]+  Stopped                 vi`
    pub(super) fn tell_of_stop(&mut self, id: JobId) {
        let Some(job) = self.session.jobs.get(id).filter(|_| self.session.options.interactive) else {
            return;
        };
        let line = format!("\n[{id}]+  {:<27}", self.state_text(job.state()));
        let text = [line.as_bytes(), &job.command, b"\n"].concat();
        self.write_error(&text);
    }
}
