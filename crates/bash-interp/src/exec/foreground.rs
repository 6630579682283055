//! Waiting for a program in the foreground, and what its end says about signals.

use crate::{Flow, Shell};
use bash_host::{ChildRef, Signal, Wait, WaitStatus};
use bash_session::{Status, Text};
use std::ops::ControlFlow::Continue;

impl Shell {
    /// Waits until the program has ended.
    pub(super) fn wait_foreground(&mut self, child: ChildRef, words: &[Text]) -> Flow {
        let how = if self.has_job_control() { Wait::ExitOrStop } else { Wait::Exit };
        let ended = match child.wait(how) {
            Ok(ended) => ended.unwrap_or(WaitStatus::Exited(127)),
            Err(error) => {
                self.system_error(b"wait", &error);
                WaitStatus::Exited(127)
            }
        };
        if let WaitStatus::Signaled { signal, core } = ended {
            self.report_killed(child.pid(), signal, core, words);
        }
        self.safe_point()?;
        Continue(Status::new(ended.code()))
    }

    /// `t.sh: line 3:  1234 Killed                  sleep 100`, for signals that a user does not send from the keyboard.
    fn report_killed(&mut self, pid: i32, signal: Signal, core: bool, _words: &[Text]) {
        if signal == Signal::INT || signal == Signal::PIPE || self.session.subshell_depth > 0 && signal == Signal::TERM {
            return;
        }
        let text = self.running_command_text();
        let state = bash_session::signal_text(signal);
        let core = if core { " (core dumped)" } else { "" };
        let state = format!("{pid:5} {state:<24}{core}");
        let line = [&self.error_prefix()[..], state.as_bytes(), &text, b"\n"].concat();
        self.write_error(&line);
    }

    /// Ended jobs that the user knows of, or need not know of, leave the table.
    pub(super) fn forget_ended_jobs(&mut self) {
        if self.session.options.interactive {
            return;
        }
        self.update_jobs();
        let ended: Vec<_> = self
            .session
            .jobs
            .iter()
            .filter(|job| !job.inherited && job.notified)
            .filter_map(|job| match job.state() {
                bash_session::JobState::Done(status) => Some((job.id, job.pid(), status)),
                _ => None,
            })
            .collect();
        for (id, pid, status) in ended {
            self.session.jobs.remember(pid, status);
            self.session.jobs.remove(id);
        }
    }

    /// Asks the host what has become of the jobs' processes.
    pub fn update_jobs(&mut self) {
        use bash_session::JobState;
        if self.session.jobs.is_empty() {
            return;
        }
        for job in self.session.jobs.iter_mut().filter(|job| !job.inherited) {
            for process in &mut job.processes {
                if matches!(process.state, JobState::Done(_)) {
                    continue;
                }
                let state = match process.child.wait(Wait::PollStopped) {
                    Ok(Some(WaitStatus::Stopped(signal))) => JobState::Stopped(signal),
                    Ok(Some(WaitStatus::Continued)) => JobState::Running,
                    Ok(Some(ended)) => JobState::Done(ended),
                    _ => process.state,
                };
                if state != process.state {
                    process.state = state;
                    job.notified = false;
                }
            }
        }
    }
}
