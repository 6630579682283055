//! Job control with a terminal: which process group is in its foreground, and the state that it is left in.
//!
//! The shell gives the terminal to each job of the foreground and takes it back afterwards. A job that was killed or
//! stopped may leave the terminal in a strange state; then the one from before is set again.

use crate::Shell;
use bash_host::{Disposition, FileRef, Signal, TerminalMode, WaitStatus};
use bash_session::{JobState, SetOption};
use std::io;

/// The terminal of a shell with job control.
#[derive(Clone)]
pub(crate) struct JobTerminal {
    file: FileRef,
    /// The shell's own process group.
    own: i32,
    /// The group it was started in.
    original: i32,
    /// The terminal's state while the shell reads.
    mode: Option<TerminalMode>,
}

/// Signals that an interactive shell ignores, and its children do not.
const IGNORED: [Signal; 5] = [Signal::TERM, Signal::QUIT, Signal::TSTP, Signal::TTIN, Signal::TTOU];

impl Shell {
    /// An interactive shell leads a process group of its own, in the foreground of its terminal. Without a terminal
    /// there is no job control.
    pub fn begin_job_control(&mut self) {
        for signal in IGNORED {
            let _ = self.host.set_disposition(signal, Disposition::Ignore);
        }
        if let Err((group, error)) = self.lead_terminal() {
            let text =
                format!("cannot set terminal process group ({group}): {}", bash_host::errno_text(&error));
            self.error(text);
            self.error("no job control in this shell");
            return;
        }
        self.set_option(SetOption::Monitor, true);
    }

    fn lead_terminal(&mut self) -> Result<(), (i32, io::Error)> {
        let original = self.host.process_group();
        let file = match self.host.controlling_terminal() {
            Ok(file) => file,
            Err(_) => self.descriptor(2).ok_or((-1, io::Error::from_raw_os_error(9)))?,
        };
        loop {
            let foreground = self.host.foreground_group(&file).map_err(|error| (original, error))?;
            if foreground == original || foreground <= 0 {
                break;
            }
            let _ = self.host.set_disposition(Signal::TTIN, Disposition::Default);
            let _ = self.host.kill(0, Signal::TTIN);
            let _ = self.host.set_disposition(Signal::TTIN, Disposition::Ignore);
        }
        let own = self.host.pid();
        if own != original {
            self.host.set_process_group(0, own).map_err(|error| (own, error))?;
        }
        self.host.set_foreground_group(&file, own).map_err(|error| (own, error))?;
        let mode = self.host.terminal_mode(&file).ok();
        self.job_terminal = Some(JobTerminal { file, own, original, mode });
        Ok(())
    }

    /// `set -m` in a script: if its group is in the foreground of a terminal, its jobs get it in turn.
    pub(crate) fn find_job_terminal(&mut self) {
        if self.job_terminal.is_some() || !self.host.owns_process() || self.session.options.interactive {
            return;
        }
        let Ok(file) = self.host.controlling_terminal() else { return };
        let own = self.host.process_group();
        if self.host.foreground_group(&file).is_ok_and(|group| group == own) {
            let mode = self.host.terminal_mode(&file).ok();
            self.job_terminal = Some(JobTerminal { file, own, original: own, mode });
        }
    }

    /// The terminal that a new foreground job gets.
    pub(crate) fn terminal_for_jobs(&self) -> Option<FileRef> {
        self.job_terminal.as_ref().filter(|_| self.has_job_control()).map(|terminal| terminal.file.clone())
    }

    /// Puts a job into the terminal's foreground.
    pub(crate) fn give_terminal(&self, group: i32) {
        if let Some(terminal) = self.terminal_for_jobs() {
            let _ = self.host.set_foreground_group(&terminal, group);
        }
    }

    /// The shell is in the foreground again, after a job that ended or stopped this way.
    pub(crate) fn take_terminal(&mut self, ended: WaitStatus) {
        if !self.has_job_control() {
            return;
        }
        let host = self.host.clone();
        let Some(terminal) = &mut self.job_terminal else { return };
        let _ = host.set_foreground_group(&terminal.file, terminal.own);
        match (ended, &terminal.mode) {
            (WaitStatus::Exited(_), _) => terminal.mode = host.terminal_mode(&terminal.file).ok(),
            (_, Some(mode)) => drop(host.set_terminal_mode(&terminal.file, mode)),
            (_, None) => {}
        }
    }

    /// In a child of an interactive shell: the signals that this ignores or catches are at their defaults.
    pub(crate) fn leave_interactive_signals(&mut self) {
        if !self.session.options.interactive {
            return;
        }
        for signal in IGNORED.into_iter().chain([Signal::INT, Signal::HUP]) {
            if !self.has_trap(signal) && !self.host.was_ignored_at_start(signal) {
                let _ = self.host.set_disposition(signal, Disposition::Default);
            }
        }
    }

    /// At the end of an interactive shell: the terminal goes back to the group that it was started in.
    pub fn end_job_control(&mut self) {
        let Some(terminal) = self.job_terminal.clone() else { return };
        if terminal.own != terminal.original && self.host.pid() == terminal.own {
            let _ = self.host.set_foreground_group(&terminal.file, terminal.original);
            let _ = self.host.set_process_group(0, terminal.original);
        }
    }

    /// `suspend`: stops the shell; when it goes on, it takes the terminal again.
    pub fn suspend(&mut self) -> io::Result<()> {
        let pid = self.host.pid();
        let Some(terminal) = self.job_terminal.clone() else { return self.host.kill(pid, Signal::STOP) };
        let _ = self.host.set_foreground_group(&terminal.file, terminal.original);
        if terminal.original != terminal.own {
            let _ = self.host.set_process_group(0, terminal.original);
        }
        let stopped = self.host.kill(0, Signal::STOP);
        let _ = self.host.set_process_group(0, terminal.own);
        let _ = self.host.set_foreground_group(&terminal.file, terminal.own);
        stopped
    }

    /// Jobs that have not been `disown`ed hear that the shell is gone.
    pub fn hang_up_jobs(&mut self) {
        self.update_jobs();
        for job in self.session.jobs.iter().filter(|job| !job.no_hangup && !job.inherited) {
            let state = job.state();
            if matches!(state, JobState::Done(_)) {
                continue;
            }
            let targets: Vec<i32> = match job.group {
                Some(group) => vec![-group],
                None => job.processes.iter().map(|process| process.child.pid()).collect(),
            };
            for target in targets {
                let _ = self.host.kill(target, Signal::HUP);
                if matches!(state, JobState::Stopped(_)) {
                    let _ = self.host.kill(target, Signal::CONT);
                }
            }
        }
    }

    /// Whether stopped jobs (under `checkjobs`, running ones too) keep an interactive shell from leaving. It says so
    /// once: the next command may leave.
    pub fn jobs_forbid_exit(&mut self) -> bool {
        let number = self.session.command_number;
        if !self.session.options.interactive || self.session.subshell_depth > 0 {
            return false;
        }
        if self.exit_refused.is_some_and(|refused| number <= refused + 1) {
            return false;
        }
        self.update_jobs();
        let checks = self.shopt(bash_session::Shopt::CheckJobs);
        let any = |wanted: fn(JobState) -> bool| self.session.jobs.iter().any(|job| wanted(job.state()));
        let message: &[u8] = match () {
            () if any(|state| matches!(state, JobState::Stopped(_))) => b"There are stopped jobs.\n",
            () if checks && any(|state| state == JobState::Running) => b"There are running jobs.\n",
            () => return false,
        };
        self.write_error(message);
        if checks {
            let _ = self.run_words(&["jobs".into()], crate::SearchScope::All);
        }
        self.exit_refused = Some(number);
        true
    }
}
