//! Jobs: what was started in the background or stopped.

use bash_host::{ChildRef, Signal, WaitStatus};
use std::sync::Arc;

/// The number of a job, `%N`.
pub type JobId = u32;

/// Whether there is job control. Subshells start without it, though `set -m` stays on for them to see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JobControl {
    /// There is none.
    #[default]
    Off,
    /// Jobs have process groups of their own.
    On,
    /// A command substitution of a shell with job control: it sees that shell's jobs and may not resume them.
    Frozen,
}

impl JobControl {
    /// What a command substitution starts with.
    pub fn frozen(self) -> JobControl {
        if self == JobControl::Off { JobControl::Off } else { JobControl::Frozen }
    }
}

/// A job: one pipeline, all of whose processes are watched.
#[derive(Clone)]
pub struct Job {
    /// `%N`
    pub id: JobId,
    /// Its processes, in order of the pipeline.
    pub processes: Vec<JobProcess>,
    /// The text of its command.
    pub command: Vec<u8>,
    /// Its process group, if it has one of its own.
    pub group: Option<i32>,
    /// Its state was reported to the user since it last changed.
    pub notified: bool,
    /// Not sent SIGHUP at the end of the shell (`disown -h`).
    pub no_hangup: bool,
    /// It runs in the foreground (stopped ones become background jobs).
    pub foreground: bool,
    /// It belongs to the parent shell: it can be listed, not waited for.
    pub inherited: bool,
    /// A coprocess; its name.
    pub coproc: Option<Vec<u8>>,
    /// Where it was started, as the user knows the directory.
    pub directory: crate::Text,
}

/// One process of a job.
#[derive(Clone)]
pub struct JobProcess {
    /// The process.
    pub child: ChildRef,
    /// The text of its stage.
    pub command: Vec<u8>,
    /// What became of it.
    pub state: JobState,
}

/// The state of a job or process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// It runs.
    Running,
    /// It was stopped.
    Stopped(Signal),
    /// It ended.
    Done(WaitStatus),
}

impl Job {
    /// The state of the whole: running while any process runs, else stopped while any is stopped, else done with the
    /// last one's status.
    pub fn state(&self) -> JobState {
        let states = || self.processes.iter().map(|process| process.state);
        if states().any(|state| state == JobState::Running) {
            return JobState::Running;
        }
        if let Some(stopped) = states().find(|state| matches!(state, JobState::Stopped(_))) {
            return stopped;
        }
        states().next_back().unwrap_or(JobState::Done(WaitStatus::Exited(0)))
    }

    /// The process id that `$!` shows: the last stage's.
    pub fn pid(&self) -> i32 {
        self.processes.last().map_or(0, |process| process.child.pid())
    }
}

/// The job table, shared with copies of the session until one side writes.
#[derive(Clone, Default)]
pub struct Jobs {
    list: Arc<Vec<Job>>,
    current: Option<JobId>,
    previous: Option<JobId>,
    /// Statuses of ended background processes that are no longer jobs, so that `wait PID` still knows them.
    remembered: Arc<Vec<(i32, WaitStatus)>>,
}

impl Jobs {
    /// All jobs by number.
    pub fn iter(&self) -> impl Iterator<Item = &Job> {
        self.list.iter()
    }

    /// All jobs by number, to change.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Job> {
        Arc::make_mut(&mut self.list).iter_mut()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// A job.
    pub fn get(&self, id: JobId) -> Option<&Job> {
        self.list.iter().find(|job| job.id == id)
    }

    /// A job, to change.
    pub fn get_mut(&mut self, id: JobId) -> Option<&mut Job> {
        self.iter_mut().find(|job| job.id == id)
    }

    /// The job that a process belongs to.
    pub fn with_pid(&self, pid: i32) -> Option<&Job> {
        self.list.iter().find(|job| job.processes.iter().any(|process| process.child.pid() == pid))
    }

    /// Adds a job, gives it the next number and chooses the current one anew.
    pub fn add(&mut self, mut job: Job) -> JobId {
        job.id = self.list.last().map_or(1, |last| last.id + 1);
        let id = job.id;
        Arc::make_mut(&mut self.list).push(job);
        self.choose_current();
        id
    }

    /// Removes a job.
    pub fn remove(&mut self, id: JobId) -> Option<Job> {
        let at = self.list.iter().position(|job| job.id == id)?;
        let job = Arc::make_mut(&mut self.list).remove(at);
        if self.current == Some(id) || self.previous == Some(id) {
            self.current = self.current.filter(|current| *current != id);
            self.previous = self.previous.filter(|previous| *previous != id);
            self.choose_current();
        }
        Some(job)
    }

    /// `%%` and `%+`
    pub fn current(&self) -> Option<JobId> {
        self.current
    }

    /// `%-`
    pub fn previous(&self) -> Option<JobId> {
        self.previous.or(self.current)
    }

    /// The mark that `jobs` prints beside a job.
    pub fn mark(&self, id: JobId) -> u8 {
        match id {
            id if self.current == Some(id) => b'+',
            id if self.previous == Some(id) => b'-',
            _ => b' ',
        }
    }

    /// Makes a job the current one. The one before becomes the previous one if it is stopped; else that is the newest
    /// stopped job before a stopped one, else the newest running one.
    pub fn make_current(&mut self, id: JobId) {
        if self.current != Some(id) {
            self.previous = self.current;
            self.current = Some(id);
        }
        if self.previous != self.current && self.previous.is_some_and(|previous| self.is_stopped(previous)) {
            return;
        }
        let older_stopped = self.newest(|job| job.id < id && matches!(job.state(), JobState::Stopped(_)));
        if self.is_stopped(id) && older_stopped.is_some() {
            self.previous = older_stopped;
            return;
        }
        let is_running = self.get(id).is_some_and(|job| job.state() == JobState::Running);
        let running = self.newest(|job| (!is_running || job.id < id) && job.state() == JobState::Running);
        self.previous = running.or(self.current);
    }

    /// Chooses the current job: a stopped one, if there is any, else the newest that runs.
    pub fn choose_current(&mut self) {
        let stopped = |id: &JobId| self.is_stopped(*id);
        let chosen = self
            .current
            .filter(stopped)
            .or_else(|| self.previous.filter(stopped))
            .or_else(|| self.newest(|job| matches!(job.state(), JobState::Stopped(_))))
            .or_else(|| self.newest(|job| job.state() == JobState::Running));
        match chosen {
            Some(id) => self.make_current(id),
            None => (self.current, self.previous) = (None, None),
        }
    }

    fn is_stopped(&self, id: JobId) -> bool {
        self.get(id).is_some_and(|job| matches!(job.state(), JobState::Stopped(_)))
    }

    /// Remembers the status of a background process whose job is gone.
    pub fn remember(&mut self, pid: i32, status: WaitStatus) {
        const LIMIT: usize = 4096;
        let list = Arc::make_mut(&mut self.remembered);
        if list.len() >= LIMIT {
            list.remove(0);
        }
        list.push((pid, status));
    }

    /// The remembered status of a process.
    pub fn remembered(&self, pid: i32) -> Option<WaitStatus> {
        self.remembered.iter().rev().find(|(known, _)| *known == pid).map(|(_, status)| *status)
    }

    /// Forgets all remembered statuses.
    pub fn forget_all(&mut self) {
        self.remembered = Arc::default();
    }

    /// Forgets a remembered status.
    pub fn forget(&mut self, pid: i32) {
        Arc::make_mut(&mut self.remembered).retain(|(known, _)| *known != pid);
    }

    /// What a subshell starts with: the parent's jobs can be listed, no more.
    pub fn enter_subshell(&mut self) {
        if !self.list.is_empty() {
            self.iter_mut().for_each(|job| job.inherited = true);
        }
        self.remembered = Arc::default();
    }

    fn newest(&self, wanted: impl Fn(&Job) -> bool) -> Option<JobId> {
        self.list.iter().rev().find(|job| wanted(job)).map(|job| job.id)
    }
}

/// What a signal is called in reports of its victims.
pub fn signal_text(signal: Signal) -> &'static str {
    const TEXTS: [&str; 32] = [
        "",
        "Hangup",
        "Interrupt",
        "Quit",
        "Illegal instruction",
        "Trace/breakpoint trap",
        "Aborted",
        "Bus error",
        "Floating point exception",
        "Killed",
        "User defined signal 1",
        "Segmentation fault",
        "User defined signal 2",
        "Broken pipe",
        "Alarm clock",
        "Terminated",
        "Stack fault",
        "Child exited",
        "Continued",
        "Stopped (signal)",
        "Stopped",
        "Stopped (tty input)",
        "Stopped (tty output)",
        "Urgent I/O condition",
        "CPU time limit exceeded",
        "File size limit exceeded",
        "Virtual timer expired",
        "Profiling timer expired",
        "Window changed",
        "I/O possible",
        "Power failure",
        "Bad system call",
    ];
    usize::try_from(signal.number())
        .ok()
        .and_then(|number| TEXTS.get(number))
        .copied()
        .unwrap_or("Real-time signal")
}
