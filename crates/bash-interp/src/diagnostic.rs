//! The only writer of `name: line N: …`.

use crate::{Flow, Shell, Unwind};
use bash_session::{SetOption, Status, Text};
use std::io;
use std::ops::ControlFlow::{Break, Continue};

impl Shell {
    /// `name: line N: message`
    pub fn error(&mut self, message: impl AsRef<[u8]>) {
        let mut line = self.error_prefix();
        line.extend_from_slice(message.as_ref());
        line.push(b'\n');
        self.write_error(&line);
    }

    /// The same for a mistake in an expansion or an assignment: `set -e` makes it the end of the shell, even where failures
    /// are looked at (`if`, `||`).
    pub fn grave_error(&mut self, message: impl AsRef<[u8]>) -> Flow<()> {
        self.error(message);
        match self.option(SetOption::ErrExit) {
            true => Break(Unwind::Exit(Status::FAILURE)),
            false => Continue(()),
        }
    }

    /// `name: line N: builtin: message`
    pub fn builtin_error(&mut self, builtin: &[u8], message: impl AsRef<[u8]>) {
        let gnu = self.shopt(bash_session::Shopt::GnuErrfmt);
        self.session.shopt.set(bash_session::Shopt::GnuErrfmt, false);
        self.error([builtin, b": ", message.as_ref()].concat());
        self.session.shopt.set(bash_session::Shopt::GnuErrfmt, gnu);
    }

    /// `name: line N: subject: No such file or directory`
    pub fn system_error(&mut self, subject: &[u8], error: &io::Error) {
        self.error([subject, b": ", bash_host::errno_text(error).as_bytes()].concat());
    }

    /// The text before a message: the running script's name, and the line unless the shell is interactive.
    pub fn error_prefix(&self) -> Vec<u8> {
        let mut prefix = self.error_name().to_vec();
        prefix.extend_from_slice(b": ");
        if self.shopt(bash_session::Shopt::GnuErrfmt) && !self.session.options.interactive {
            prefix.pop();
            prefix.extend_from_slice(format!("{}: ", self.session.line).as_bytes());
        } else if !self.session.options.interactive {
            prefix.extend_from_slice(format!("line {}: ", self.session.line).as_bytes());
        }
        prefix
    }

    /// Writes to standard error as it is. What cannot be written is lost, as in Bash.
    pub fn write_error(&mut self, text: &[u8]) {
        if !self.output.is_empty() {
            let _ = self.flush();
        }
        if let Some(file) = self.descriptor(2) {
            let _ = file.write_all(text);
        }
    }

    /// Whether errors of special builtins end the shell.
    pub fn is_posix(&self) -> bool {
        self.session.options.has(SetOption::Posix)
    }

    /// The name that messages begin with.
    pub(crate) fn error_name(&self) -> Text {
        if self.session.options.interactive && !self.session.shell_name.is_empty() {
            let path = &self.session.shell_name;
            return Text::new(path.rsplit(|byte| *byte == b'/').next().unwrap_or(path));
        }
        let source = self.session.calls.source();
        if source.is_empty() { self.session.params.name.clone() } else { source }
    }
}
