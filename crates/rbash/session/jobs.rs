//! The session's jobs, for the host program.

use super::Session;
use super::error::SessionError;
use bash_host::{ChildRef, Signal, Wait, WaitStatus};
use bash_session::{JobId, Status, Text};
use std::io;

/// What became of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// It runs.
    Running,
    /// It was stopped.
    Stopped(Signal),
    /// It has ended with this status.
    Done(Status),
}

/// A job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// `%N`
    pub number: u32,
    /// What `$!` shows for it. That of a job that is no program is no process id.
    pub pid: i32,
    /// The text of its command.
    pub command: Vec<u8>,
    /// What became of it.
    pub state: JobState,
    /// Whether it is `%+`.
    pub is_current: bool,
    /// Whether it is `%-`.
    pub is_previous: bool,
}

/// Which job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobSpec {
    /// `%+`
    Current,
    /// `%-`
    Previous,
    /// `%N`
    Number(u32),
}

impl From<u32> for JobSpec {
    fn from(number: u32) -> JobSpec {
        JobSpec::Number(number)
    }
}

impl Session {
    /// Starts a command in the background: a program, builtin or function and its arguments, which are taken as they are.
    pub fn spawn_job<W: AsRef<[u8]>>(&mut self, words: impl IntoIterator<Item = W>) -> io::Result<Job> {
        let words: Vec<Text> = words.into_iter().map(|word| Text::new(word.as_ref())).collect();
        let _attending = bash_host::attend();
        drop(self.shell.begin_run());
        let id = self.shell.start_job(words)?;
        self.job(id).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// All jobs, by number.
    pub fn jobs(&mut self) -> Vec<Job> {
        self.shell.update_jobs();
        self.shell.session.jobs.iter().map(|job| self.described(job)).collect()
    }

    /// A job.
    pub fn job(&mut self, number: u32) -> Option<Job> {
        self.shell.update_jobs();
        self.shell.session.jobs.get(number).map(|job| self.described(job))
    }

    fn described(&self, job: &bash_session::Job) -> Job {
        let jobs = &self.shell.session.jobs;
        Job {
            number: job.id,
            pid: job.pid(),
            command: job.command.clone(),
            state: match job.state() {
                bash_session::JobState::Running => JobState::Running,
                bash_session::JobState::Stopped(signal) => JobState::Stopped(signal),
                bash_session::JobState::Done(ended) => JobState::Done(Status::new(ended.code())),
            },
            is_current: jobs.mark(job.id) == b'+',
            is_previous: jobs.mark(job.id) == b'-',
        }
    }

    fn find(&mut self, spec: JobSpec) -> Result<JobId, SessionError> {
        self.shell.update_jobs();
        let jobs = &self.shell.session.jobs;
        let id = match spec {
            JobSpec::Current => jobs.current(),
            JobSpec::Previous => jobs.previous(),
            JobSpec::Number(number) => Some(number),
        };
        id.filter(|id| jobs.get(*id).is_some()).ok_or(SessionError::NoSuchJob)
    }

    /// Lets a job go on if it was stopped, and waits until it has ended or stopped; its status.
    pub fn fg(&mut self, spec: impl Into<JobSpec>) -> Result<Status, SessionError> {
        let id = self.find(spec.into())?;
        self.shell.continue_job(id);
        let status = self.awaited(id);
        if self.job(id).is_some_and(|job| matches!(job.state, JobState::Done(_))) {
            self.shell.retire_job(id);
        }
        Ok(status)
    }

    /// Lets a stopped job go on in the background.
    pub fn bg(&mut self, spec: impl Into<JobSpec>) -> Result<(), SessionError> {
        let id = self.find(spec.into())?;
        self.shell.continue_job(id);
        Ok(())
    }

    /// Sends a signal to a job: to its processes and all their children.
    pub fn kill_job(&mut self, spec: impl Into<JobSpec>, signal: Signal) -> Result<(), SessionError> {
        let id = self.find(spec.into())?;
        let job = self.shell.session.jobs.get(id).ok_or(SessionError::NoSuchJob)?;
        let mut result = Err(SessionError::NoSuchJob);
        for process in &job.processes {
            if process.child.kill_group(signal).is_ok() {
                result = Ok(());
            }
        }
        result
    }

    /// Waits for jobs (for all, without numbers); their statuses, 127 for those that do not exist.
    pub fn wait_jobs(&mut self, numbers: &[u32]) -> Vec<Status> {
        let numbers = match numbers {
            [] => self.shell.session.jobs.iter().map(|job| job.id).collect(),
            numbers => numbers.to_vec(),
        };
        numbers.into_iter().map(|number| self.awaited(number)).collect()
    }

    /// Takes out the jobs that have ended.
    pub fn take_completed_jobs(&mut self) -> Vec<Job> {
        let mut ended = self.jobs();
        ended.retain(|job| matches!(job.state, JobState::Done(_)));
        ended.iter().for_each(|job| self.shell.retire_job(job.number));
        ended
    }

    /// The children of a job, to be waited for elsewhere.
    pub(crate) fn children_of(&mut self, spec: JobSpec) -> Result<(JobId, Vec<ChildRef>), SessionError> {
        let id = self.find(spec)?;
        let job = self.shell.session.jobs.get(id).ok_or(SessionError::NoSuchJob)?;
        Ok((id, job.processes.iter().map(|process| process.child.clone()).collect()))
    }

    fn awaited(&mut self, id: JobId) -> Status {
        let Ok((_, children)) = self.children_of(JobSpec::Number(id)) else { return Status::NOT_FOUND };
        if let Some(stopped) = wait_for(&children) {
            self.shell.note_stop(id, stopped);
            return Status::new(128 + stopped.number());
        }
        self.shell.update_jobs();
        self.shell.job_status(id)
    }
}

/// Waits until all have ended, or one has stopped.
pub(crate) fn wait_for(children: &[ChildRef]) -> Option<Signal> {
    children.iter().find_map(|child| match child.wait(Wait::ExitOrStop) {
        Ok(Some(WaitStatus::Stopped(signal))) => Some(signal),
        _ => None,
    })
}
