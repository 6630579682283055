//! Calling a builtin: its output is collected and written when it ends.

use crate::gate::CommandKind;
use crate::{Args, Builtin, Entry, Flow, Shell, Unwind};
use bash_host::Signal;
use bash_session::Status;
use std::io;
use std::ops::ControlFlow::{Break, Continue};

impl Shell {
    /// Runs a builtin with its arguments.
    pub fn call_builtin(&mut self, entry: &Entry, args: &Args<'_>) -> Flow {
        if self.gate.is_some()
            && let Some(status) = self.refused(kind_of(entry), args.name, args.words)
        {
            return Continue(status);
        }
        match entry {
            Entry::Native(builtin) => self.call_native(builtin, args),
            Entry::Hosted(hosted) => {
                let hosted = hosted.clone();
                self.succeeds_unwritten = false;
                let flow = (hosted.run)(self, args);
                self.end_output(args, flow)
            }
        }
    }

    /// Runs a builtin of the shell's own.
    #[inline]
    pub(super) fn call_native(&mut self, builtin: &'static Builtin, args: &Args<'_>) -> Flow {
        self.succeeds_unwritten = false;
        let outer = self.running_builtin.replace(builtin.name);
        let asks_for_help = args.words.first().is_some_and(|word| word[..] == *b"--help");
        let flow = if asks_for_help && builtin.gives_help() {
            self.show_help(args)
        } else {
            (builtin.run)(self, args)
        };
        self.running_builtin = outer;
        self.end_output(args, flow)
    }

    #[inline]
    fn end_output(&mut self, args: &Args<'_>, flow: Flow) -> Flow {
        if self.output.is_empty() {
            return flow;
        }
        match self.flush() {
            Ok(()) => flow,
            Err(error) => self.write_failed(args, &error, flow),
        }
    }

    /// Whether the running builtin, whose output cannot be written, complains but has the status that it would have anyway.
    pub fn set_status_despite_failed_writes(&mut self, kept: bool) {
        self.succeeds_unwritten = kept;
    }

    /// Standard output could not be written. A closed pipe ends the (sub)shell as SIGPIPE would.
    pub(super) fn write_failed(&mut self, args: &Args<'_>, error: &io::Error, flow: Flow) -> Flow {
        if error.kind() == io::ErrorKind::BrokenPipe && !self.ignores(Signal::PIPE) {
            return self.killed_by(Signal::PIPE);
        }
        if overlooks_failed_writes(args) {
            return flow;
        }
        let message = [b"write error: ", bash_host::errno_text(error).as_bytes()].concat();
        self.builtin_error(args.name, message);
        match flow {
            Break(unwind) => Break(unwind),
            Continue(status) if self.succeeds_unwritten => Continue(status),
            Continue(_) => Continue(Status::FAILURE),
        }
    }

    /// The default action of a signal that came to this (sub)shell alone.
    pub(crate) fn killed_by(&mut self, signal: Signal) -> Flow {
        let status = Status::new(128 + signal.number());
        if self.session.subshell_depth <= self.process_depth && self.host.owns_process() {
            self.dying_by = Some(signal);
        }
        Break(Unwind::Exit(status))
    }
}

fn kind_of(entry: &Entry) -> CommandKind {
    match entry {
        Entry::Native(_) => CommandKind::Builtin,
        Entry::Hosted(_) => CommandKind::Hosted,
    }
}

/// The builtins of Bash that do not look whether their output was written; `help` does for a topic.
fn overlooks_failed_writes(args: &Args<'_>) -> bool {
    const BUILTINS: &[&[u8]] = &[
        b"bind",
        b"caller",
        b"command",
        b"compgen",
        b"complete",
        b"fc",
        b"history",
        b"jobs",
        b"kill",
        b"pushd",
    ];
    BUILTINS.contains(&args.name) || args.name == b"help" && args.words.is_empty()
}
