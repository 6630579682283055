//! Process substitution: `<(…)` and `>(…)`.
//!
//! The other side of the pipe is a process (where the shell may fork) or a thread. Its end of the pipe is given a
//! high descriptor number for the time of the command, which finds it under `/dev/fd`.

use crate::exec::background::Worker;
use crate::{Flow, Shell};
use bash_host::{ChildRef, FileRef, Wait};
use bash_parser::ast::{CommandSubstitution, ProcessDirection};
use std::ops::ControlFlow::Continue;

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
        self.children.retain(|child| matches!(child.wait(Wait::Poll), Ok(None)));
        self.children.push(child);
    }
}

impl Shell {
    /// Starts the other side and gives the path under which the command finds its end of the pipe.
    pub(super) fn substitute_process(
        &mut self,
        direction: ProcessDirection,
        body: &std::sync::Arc<CommandSubstitution>,
    ) -> Flow<Vec<u8>> {
        let (reader, writer) = match self.host.pipe() {
            Ok(ends) => ends,
            Err(error) => {
                self.system_error(b"cannot make pipe for process substitution", &error);
                return self.discard();
            }
        };
        let (ours, theirs, number): (FileRef, FileRef, i32) = match direction {
            ProcessDirection::Read => (reader, writer, 1),
            ProcessDirection::Write => (writer, reader, 0),
        };
        let list = body.clone();
        let files = [theirs.clone()];
        let started = self.start_worker(Worker::Substitution, &files, move |sh| {
            sh.session.descriptors.open(number, theirs);
            sh.run_substituted(&list)
        });
        match started {
            Ok(child) => {
                self.session.last_background = Some(child.pid());
                self.substitutions.watch(child.clone());
                self.last_substitution = Some(child);
            }
            Err(error) => {
                self.system_error(b"fork", &error);
                return self.discard();
            }
        }
        let mut descriptor = 63;
        while self.session.descriptors.get(descriptor, &*self.host).is_some() {
            descriptor -= 1;
        }
        self.session.descriptors.open(descriptor, ours);
        self.substitutions.descriptors.push(descriptor);
        Continue(format!("/dev/fd/{descriptor}").into_bytes())
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
