//! `coproc [NAME] command`: a background command with a pipe to its input and one from its output.

use super::background::Worker;
use crate::{AssignTarget, Flow, Shell};
use bash_parser::Name;
use bash_parser::ast::{Command, Coproc};
use bash_session::{IndexedArray, Job, JobProcess, JobState, Status, Text};
use std::ops::ControlFlow::Continue;
use std::sync::Arc;

impl Shell {
    /// Starts a coprocess; `NAME[0]` reads its output, `NAME[1]` writes to its input, `NAME_PID` is its process.
    #[inline(never)]
    pub(super) fn run_coproc(&mut self, command: &Arc<Command>, coproc: &Coproc) -> Flow {
        self.go_to_line(command.line);
        let text = match &coproc.name {
            Some(word) => self.expand_string(word)?,
            None => "COPROC".into(),
        };
        let Some(name) = Name::from_bytes(&text) else {
            self.error([b"`", &text[..], b"': not a valid identifier"].concat());
            return Continue(Status::FAILURE);
        };
        let (from_child, child_output, child_input, to_child) = match (self.host.pipe(), self.host.pipe()) {
            (Ok((reader, writer)), Ok((input, output))) => (reader, writer, input, output),
            (Err(error), _) | (_, Err(error)) => {
                self.system_error(b"pipe error", &error);
                return Continue(Status::FAILURE);
            }
        };
        let body = coproc.command.clone();
        let files = [child_input.clone(), child_output.clone()];
        let started = self.start_worker(Worker::Coproc, &files, move |sh| {
            sh.session.descriptors.open(0, child_input);
            sh.session.descriptors.open(1, child_output);
            sh.run_command(&body)
        });
        let child = match started {
            Ok(child) => child,
            Err(error) => {
                self.system_error(b"fork", &error);
                return Continue(Status::FAILURE);
            }
        };
        let read = self.highest_free();
        self.session.descriptors.open(read, from_child);
        // Bash puts all four ends high at first: the command's own take two numbers between.
        let write = self.highest_free().saturating_sub(2).max(10);
        self.session.descriptors.open(write, to_child);
        let pid = child.pid();
        self.name_coproc(name, [read, write], pid)?;
        self.set_background(pid);
        let text = bash_parser::print::command_line(command);
        let process = JobProcess { child, command: text.clone(), state: JobState::Running };
        self.session.jobs.add(Job {
            id: 0,
            processes: vec![process],
            command: text,
            group: None,
            notified: true,
            no_hangup: false,
            foreground: false,
            inherited: false,
            coproc: Some(name.as_bytes().to_vec()),
            directory: self.session.directory.logical.clone(),
        });
        Continue(Status::SUCCESS)
    }

    /// Sets `NAME` and `NAME_PID`. If the first cannot be, neither is.
    fn name_coproc(&mut self, name: Name, ends: [i32; 2], pid: i32) -> Flow<()> {
        let ends: IndexedArray =
            ends.map(|number| Text::from_integer(i64::from(number))).into_iter().collect();
        if self.assign_or_complain(&AssignTarget::Whole(name), ends)? {
            let pid_name = Name::new(&format!("{}_PID", name.as_str()));
            self.assign_or_complain(&AssignTarget::Whole(pid_name), i64::from(pid))?;
        }
        Continue(())
    }

    /// The highest free descriptor at most 63.
    fn highest_free(&mut self) -> i32 {
        let mut number = 63;
        while number > 10 && self.session.descriptors.get(number, &*self.host).is_some() {
            number -= 1;
        }
        number
    }
}
