//! Process substitution: `<(…)` and `>(…)`.
//!
//! The other side of the pipe is a process (where the shell may fork) or a thread. Its end of the pipe is given a
//! high descriptor number for the time of the command, which finds it under `/dev/fd`.

use crate::exec::background::Worker;
use crate::exec::stage::{LateProcess, ROOM_IN_PIPE};
use crate::exec::subshell::SubshellKind;
use crate::{Flow, Shell};
use bash_host::{ChildRef, FileRef, Wait};
use bash_parser::ast::{Command, CommandSubstitution, ProcessDirection};
use std::io;
use std::ops::ControlFlow::Continue;
use std::sync::Arc;

/// The descriptors opened for the running command's process substitutions.
#[derive(Default)]
pub(crate) struct Pending {
    pub(crate) descriptors: Vec<i32>,
    /// Processes that were still running when last looked at: nobody else waits for them.
    children: Vec<ChildRef>,
}

impl Pending {
    /// Leaves no ended process behind.
    fn watch(&mut self, child: ChildRef) {
        self.forget_ended();
        self.children.push(child);
    }

    /// Lets go of processes that have ended.
    pub(crate) fn forget_ended(&mut self) {
        if !self.children.is_empty() {
            self.children.retain(|child| matches!(child.wait(Wait::Poll), Ok(None)));
        }
    }
}

impl Shell {
    /// Starts the other side and gives the path under which the command finds its end of the pipe.
    pub(super) fn substitute_process(
        &mut self,
        direction: ProcessDirection,
        body: &std::sync::Arc<CommandSubstitution>,
    ) -> Flow<Vec<u8>> {
        self.trace_level += 1;
        let flow = self.start_other_side(direction, body);
        self.trace_level -= 1;
        flow
    }

    fn start_other_side(
        &mut self,
        direction: ProcessDirection,
        body: &std::sync::Arc<CommandSubstitution>,
    ) -> Flow<Vec<u8>> {
        if let Some(command) = self.lone_command(body) {
            if direction == ProcessDirection::Read && self.host.owns_process() && self.only_writes(&command) {
                return self.counting_lines_from_here(body.first_line, |sh| sh.substitute_at_once(&command));
            }
            if self.only_starts_program(&command) {
                return self.counting_lines_from_here(body.first_line, |sh| {
                    sh.substitute_program(direction, &command)
                });
            }
        }
        let list = body.clone();
        self.substitute_by_worker(direction, move |sh| sh.run_substituted(&list))
    }

    /// Has `body` run beside the shell, its output or input a pipe.
    fn substitute_by_worker(
        &mut self,
        direction: ProcessDirection,
        body: impl FnOnce(&mut Shell) -> Flow + Send + 'static,
    ) -> Flow<Vec<u8>> {
        let (reader, writer) = match self.host.pipe() {
            Ok(ends) => ends,
            Err(error) => return self.no_substitution(b"cannot make pipe for process substitution", &error),
        };
        let (ours, theirs, number): (FileRef, FileRef, i32) = match direction {
            ProcessDirection::Read => (reader, writer, 1),
            ProcessDirection::Write => (writer, reader, 0),
        };
        let files = [theirs.clone()];
        let started = self.start_worker(Worker::Substitution, &files, move |sh| {
            sh.session.descriptors.open(number, theirs);
            body(sh)
        });
        match started {
            Ok(child) => {
                self.set_background(child.pid());
                self.substitutions.watch(child.clone());
                self.last_substitution = Some(child);
            }
            Err(error) => return self.no_substitution(b"fork", &error),
        }
        Continue(self.name_substitution(ours))
    }

    /// The command that a body consists of, if aliases do not make another one of it.
    fn lone_command(&self, body: &CommandSubstitution) -> Option<Arc<Command>> {
        let [item] = &*body.list.items else { return None };
        let [stage] = &*item.and_or.first.stages else { return None };
        let alone = !item.background && item.and_or.rest.is_empty() && !item.and_or.first.negated;
        let plain = alone && item.and_or.first.timed.is_none() && self.session.aliases.is_empty();
        plain.then(|| stage.command.clone())
    }

    /// `<(program …)`: no fork comes before it.
    fn substitute_program(&mut self, direction: ProcessDirection, command: &Arc<Command>) -> Flow<Vec<u8>> {
        let (reader, writer) = match self.host.pipe() {
            Ok(ends) => ends,
            Err(error) => return self.no_substitution(b"cannot make pipe for process substitution", &error),
        };
        let (ours, input, output) = match direction {
            ProcessDirection::Read => (reader, None, Some(writer)),
            ProcessDirection::Write => (writer, Some(reader), None),
        };
        let started = self.start_substituted_program(command, input, output)?;
        let (host, status) = (self.host.clone(), started.status);
        match started.program {
            Some(child) => {
                self.set_background(child.pid());
                self.substitutions.watch(child.clone());
                self.last_substitution = Some(child);
            }
            None => self.set_late_background(LateProcess::ended(host, status)),
        }
        Continue(self.name_substitution(ours))
    }

    fn set_late_background(&mut self, process: ChildRef) {
        self.session.last_background = None;
        self.late_background = Some(process.clone());
        self.last_substitution = Some(process);
    }

    /// `<(echo …)`: the text waits in memory, and there is no process unless somebody asks for it.
    fn substitute_at_once(&mut self, command: &Arc<Command>) -> Flow<Vec<u8>> {
        let (text, status) = self.text_at_once(SubshellKind::ProcessSubstitution, command, None)?;
        if text.len() > ROOM_IN_PIPE {
            let command = command.clone();
            return self.substitute_by_worker(ProcessDirection::Read, move |sh| {
                sh.write_text(&command, text, status)
            });
        }
        let reader = match self.host.pipe_holding(text) {
            Ok(reader) => reader,
            Err(error) => return self.no_substitution(b"cannot make pipe for process substitution", &error),
        };
        self.set_late_background(LateProcess::ended(self.host.clone(), status));
        Continue(self.name_substitution(reader))
    }

    fn no_substitution(&mut self, subject: &[u8], error: &io::Error) -> Flow<Vec<u8>> {
        self.system_error(subject, error);
        self.discard()
    }

    /// The path under which the command finds its end.
    fn name_substitution(&mut self, ours: FileRef) -> Vec<u8> {
        let mut descriptor = 63;
        while self.session.descriptors.get(descriptor, &*self.host).is_some() {
            descriptor -= 1;
        }
        self.session.descriptors.open(descriptor, ours);
        self.substitutions.descriptors.push(descriptor);
        format!("/dev/fd/{descriptor}").into_bytes()
    }

    /// Closes the descriptors of process substitutions made since there were `kept` of them.
    pub(crate) fn close_substitutions(&mut self, kept: usize) {
        while self.substitutions.descriptors.len() > kept {
            if let Some(descriptor) = self.substitutions.descriptors.pop() {
                self.session.descriptors.close(descriptor);
            }
        }
    }
}
