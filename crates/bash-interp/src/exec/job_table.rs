//! The shell's view of its jobs: what became of them, and the lines that report it.
//!
//! A script hears of its jobs only when a signal killed one; that is reported before the next command line runs, or when
//! the job is waited for.

use crate::Shell;
use bash_host::{Signal, Wait, WaitStatus};
use bash_session::{Attributes, Job, JobId, JobState, Lookup, SetOption, Status, Value, names, signal_text};

/// How a process was killed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Killed {
    pub(crate) pid: i32,
    pub(crate) signal: Signal,
    pub(crate) core: bool,
}

impl Shell {
    /// Asks the host what has become of the jobs' processes.
    pub fn update_jobs(&mut self) {
        if self.session.jobs.is_empty() {
            return;
        }
        let (control, guest) = (self.has_job_control(), !self.host.owns_process());
        let mut ended_coprocs = Vec::new();
        let mut stopped = None;
        for job in self.session.jobs.iter_mut().filter(|job| !job.inherited) {
            let watched = control || guest && job.group.is_some();
            let how = if watched { Wait::PollStopped } else { Wait::Poll };
            for process in &mut job.processes {
                if matches!(process.state, JobState::Done(_)) {
                    continue;
                }
                let state = match process.child.wait(how) {
                    Ok(Some(WaitStatus::Stopped(signal))) => JobState::Stopped(signal),
                    Ok(Some(WaitStatus::Continued)) => JobState::Running,
                    Ok(Some(ended)) => JobState::Done(ended),
                    _ => process.state,
                };
                if state != process.state {
                    process.state = state;
                    job.notified = false;
                    self.ended_children += i32::from(matches!(state, JobState::Done(_)));
                    if matches!(state, JobState::Stopped(_)) {
                        stopped = Some(job.id);
                    }
                }
            }
            if matches!(job.state(), JobState::Done(_))
                && let Some(name) = job.coproc.take()
            {
                ended_coprocs.push(name);
            }
        }
        if let Some(id) = stopped {
            self.session.jobs.make_current(id);
        }
        for name in ended_coprocs {
            self.forget_coproc(&name);
        }
    }

    /// The status of a job that has ended; under `pipefail` that of its last failing process.
    pub fn job_status(&self, id: JobId) -> Status {
        let Some(job) = self.session.jobs.get(id) else { return Status::NOT_FOUND };
        let code = |state: JobState| match state {
            JobState::Done(ended) => Status::new(ended.code()),
            JobState::Stopped(signal) => Status::new(128 + signal.number()),
            JobState::Running => Status::SUCCESS,
        };
        if self.option(SetOption::PipeFail) {
            let mut statuses = job.processes.iter().rev().map(|process| code(process.state));
            return statuses.find(|status| !status.is_success()).unwrap_or_default();
        }
        job.processes.last().map_or(Status::SUCCESS, |process| code(process.state))
    }

    /// Takes an ended job out of the table; the statuses of its processes are remembered.
    pub fn retire_job(&mut self, id: JobId) {
        let Some(job) = self.session.jobs.remove(id) else { return };
        for process in &job.processes {
            if let JobState::Done(ended) = process.state {
                self.session.jobs.remember(process.child.pid(), ended);
            }
        }
    }

    /// Takes all ended jobs but `kept` out of the table and forgets what was remembered of others.
    pub fn drop_ended_jobs(&mut self, kept: Option<JobId>) {
        for id in self.ended_jobs().into_iter().filter(|id| Some(*id) != kept) {
            self.session.jobs.remove(id);
        }
        self.session.jobs.forget_all();
    }

    /// Takes ended jobs that need not be reported any more out of the table.
    pub fn retire_reported_jobs(&mut self) {
        for id in self.ended_jobs() {
            if self.session.jobs.get(id).is_some_and(|job| job.notified) {
                self.retire_job(id);
            }
        }
    }

    /// Takes all ended jobs out of the table; their statuses are remembered.
    pub fn retire_ended_jobs(&mut self) {
        for id in self.ended_jobs() {
            self.retire_job(id);
        }
    }

    fn ended_jobs(&self) -> Vec<JobId> {
        let ended = |job: &&Job| !job.inherited && matches!(job.state(), JobState::Done(_));
        self.session.jobs.iter().filter(ended).map(|job| job.id).collect()
    }

    /// In a script, ended jobs that nobody asks about do not pile up.
    pub(super) fn limit_ended_jobs(&mut self) {
        const MOST: usize = 512;
        let ended = self.ended_jobs();
        for id in ended.iter().take(ended.len().saturating_sub(MOST)) {
            self.retire_job(*id);
        }
    }

    /// Reports jobs that a signal has killed, once each.
    pub fn report_killed_jobs(&mut self) {
        if self.session.jobs.is_empty() || self.session.options.interactive {
            return;
        }
        self.update_jobs();
        for id in self.ended_jobs() {
            self.report_killed_job(id);
        }
    }

    /// Reports one job, if a signal that deserves it has killed it and nobody has heard of it.
    pub fn report_killed_job(&mut self, id: JobId) {
        let Some(job) = self.session.jobs.get_mut(id) else { return };
        if job.notified {
            return;
        }
        let JobState::Done(WaitStatus::Signaled { signal, .. }) = job.state() else { return };
        if matches!(signal, Signal::INT | Signal::TERM | Signal::PIPE) || self.in_substitution {
            return;
        }
        job.notified = true;
        let job = job.clone();
        let rows: Vec<_> = job
            .processes
            .iter()
            .map(|process| (process.child.pid(), process.state, &process.command[..]))
            .collect();
        let text = killed_lines(&rows, &job.command);
        self.write_error(&[&self.error_prefix()[..], &text].concat());
        if self.session.subshell_depth == self.process_depth {
            self.retire_job(id);
        }
    }

    /// Reports a command of the foreground that a signal has killed. SIGTERM is told without place and process.
    pub(super) fn report_killed(&mut self, killed: Killed, command: &[u8]) {
        if matches!(killed.signal, Signal::INT | Signal::PIPE) || self.in_substitution {
            return;
        }
        let state = JobState::Done(WaitStatus::Signaled { signal: killed.signal, core: killed.core });
        if killed.signal == Signal::TERM || self.has_trap(killed.signal) {
            let line = format!("{:<27}", self.state_text(state));
            return self.write_error(&[line.as_bytes(), command, b"\n"].concat());
        }
        let text = killed_lines(&[(killed.pid, state, command)], command);
        self.write_error(&[&self.error_prefix()[..], &text].concat());
    }

    /// Reports a pipeline of the foreground whose last stage a signal has killed.
    pub(super) fn report_killed_pipeline(&mut self, stages: &[(i32, JobState, Vec<u8>)]) {
        let Some((_, JobState::Done(WaitStatus::Signaled { signal, .. }), _)) = stages.last() else { return };
        if matches!(*signal, Signal::INT | Signal::PIPE) || self.in_substitution {
            return;
        }
        if *signal == Signal::TERM || self.has_trap(*signal) {
            let state = stages.last().map(|(_, state, _)| self.state_text(*state)).unwrap_or_default();
            let texts: Vec<&[u8]> = stages.iter().map(|(_, _, text)| &text[..]).collect();
            return self
                .write_error(&[format!("{state:<27}").as_bytes(), &texts.join(&b" | "[..]), b"\n"].concat());
        }
        let rows: Vec<_> = stages.iter().map(|(pid, state, text)| (*pid, *state, &text[..])).collect();
        let text = killed_lines(&rows, b"");
        self.write_error(&[&self.error_prefix()[..], &text].concat());
    }

    /// `Running`, `Done`, `Exit 3`, `Stopped`, `Killed`: the state of a job in lists.
    ///
    /// POSIX mode has `Done(3)` and `Stopped(SIGTSTP)`.
    pub fn state_text(&self, state: JobState) -> String {
        match state {
            JobState::Done(WaitStatus::Exited(code)) if code != 0 && self.is_posix() => {
                format!("Done({code})")
            }
            JobState::Stopped(signal) if self.is_posix() => {
                let name = bash_session::signal_name(signal).unwrap_or_default();
                format!("Stopped(SIG{name})")
            }
            state => state_text(state),
        }
    }

    /// The same with the signal that stopped it (`jobs -l`).
    pub fn long_state_text(&self, state: JobState) -> String {
        match state {
            JobState::Stopped(signal) => stop_text(signal).to_string(),
            state => self.state_text(state),
        }
    }

    /// A path with `~` for the home directory.
    pub fn with_tilde(&self, path: &[u8]) -> Vec<u8> {
        let home = self.plain_text(*names::HOME).unwrap_or_default();
        match path.strip_prefix(&home[..]) {
            Some(rest) if home.len() > 1 && (rest.is_empty() || rest.starts_with(b"/")) => {
                [b"~", rest].concat()
            }
            _ => path.to_vec(),
        }
    }

    /// The process of the last process substitution.
    pub fn last_substitution(&self) -> Option<bash_host::ChildRef> {
        self.last_substitution.clone()
    }

    /// A descriptor was closed: if it was an end of a coprocess, that shows -1 instead of it.
    pub(crate) fn forget_coproc_end(&mut self, number: i32) {
        if self.session.jobs.is_empty() {
            return;
        }
        let coprocs = self.session.jobs.iter().filter_map(|job| job.coproc.as_deref());
        let names: Vec<_> = coprocs.filter_map(bash_parser::Name::from_bytes).collect();
        for name in names {
            let Some(cell) = self.session.variables.get(name) else { continue };
            let bash_session::Value::Indexed(ends) = &cell.value else { continue };
            let is_closed = |text: &bash_session::Text| text[..] == *number.to_string().as_bytes();
            if !ends.iter().any(|(_, text)| is_closed(text)) {
                continue;
            }
            let minus = |text: &bash_session::Text| if is_closed(text) { "-1".into() } else { text.clone() };
            let ends: bash_session::IndexedArray = ends.iter().map(|(_, text)| minus(text)).collect();
            self.session.variables.set(name, ends);
        }
    }

    /// A coprocess has ended: its descriptors are closed, its variables are gone.
    fn forget_coproc(&mut self, name: &[u8]) {
        let Some(name) = bash_parser::Name::from_bytes(name) else { return };
        let target = match self.session.variables.resolve(name) {
            Lookup::Plain(target) => target,
            _ => name,
        };
        let cell = self.session.variables.get(target).cloned().unwrap_or_default();
        let ends: Vec<i32> = match &cell.value {
            Value::Indexed(ends) => {
                ends.iter().filter_map(|(_, text)| std::str::from_utf8(text).ok()?.parse().ok()).collect()
            }
            _ => Vec::new(),
        };
        ends.into_iter().filter(|end| *end > 2).for_each(|end| self.session.descriptors.close(end));
        if cell.attributes.contains(Attributes::READONLY) {
            self.error([target.as_bytes(), b": cannot unset: readonly variable"].concat());
        } else if target == name || matches!(cell.value, Value::Indexed(_)) {
            self.session.variables.unset(target, false);
        }
        self.session.variables.unset(bash_parser::Name::new(&format!("{}_PID", name.as_str())), false);
    }

    /// Lets a stopped job go on.
    pub fn continue_job(&mut self, id: JobId) {
        let host = self.host.clone();
        let Some(job) = self.session.jobs.get_mut(id) else { return };
        match job.group {
            Some(group) => drop(host.kill(-group, Signal::CONT)),
            None => job.processes.iter().for_each(|process| drop(process.child.kill(Signal::CONT))),
        }
        for process in
            job.processes.iter_mut().filter(|process| matches!(process.state, JobState::Stopped(_)))
        {
            process.state = JobState::Running;
        }
        self.session.jobs.choose_current();
    }
}

fn state_text(state: JobState) -> String {
    match state {
        JobState::Running => "Running".to_string(),
        JobState::Stopped(_) => "Stopped".to_string(),
        JobState::Done(WaitStatus::Exited(0)) => "Done".to_string(),
        JobState::Done(WaitStatus::Exited(code)) => format!("Exit {code}"),
        JobState::Done(WaitStatus::Signaled { signal, core }) => {
            let dumped = if core { " (core dumped)" } else { "" };
            match signal.number() {
                number @ 34.. => format!("Real-time signal {}{dumped}", number - 34),
                _ => format!("{}{dumped}", signal_text(signal)),
            }
        }
        JobState::Done(WaitStatus::Stopped(_) | WaitStatus::Continued) => "Done".to_string(),
    }
}

fn stop_text(signal: Signal) -> &'static str {
    signal_text(signal)
}

/// ` 1234 Killed                     sleep 5`, and a line for each further process.
fn killed_lines(rows: &[(i32, JobState, &[u8])], whole: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for (number, (pid, state, command)) in rows.iter().enumerate() {
        let state = state_text(*state);
        let command = if rows.len() == 1 && !whole.is_empty() { whole } else { command };
        let text = match number {
            0 => format!("{pid:5} {state:<27}"),
            _ => format!("     {pid:5} {state:<27}| "),
        };
        out.extend_from_slice(text.as_bytes());
        out.extend_from_slice(command);
        out.push(b'\n');
    }
    out
}
