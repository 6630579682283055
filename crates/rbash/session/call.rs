//! What a command of the host program is given when it is called.

use super::error::SessionError;
use super::variable::{self, VarValue};
use bash_host::{Delimited, FileRef, Line};
use bash_interp::{Args, Flow, Origin, Shell, Unwind};
use bash_session::{Status, Text};
use std::io::{self, Read, Write};
use std::ops::ControlFlow::{Break, Continue};

/// A call of a [`crate::HostCommand`]: its arguments, its descriptors, and the session, which is a copy in a subshell.
pub struct Call<'a> {
    shell: &'a mut Shell,
    args: &'a Args<'a>,
    status: Status,
    /// How a script that was called back wants to leave.
    leaving: Option<Unwind>,
}

impl<'a> Call<'a> {
    pub(super) fn new(shell: &'a mut Shell, args: &'a Args<'a>) -> Call<'a> {
        Call { shell, args, status: Status::SUCCESS, leaving: None }
    }

    pub(super) fn set_status(&mut self, status: Status) {
        self.status = status;
    }

    pub(super) fn finish(self) -> Flow {
        match self.leaving {
            Some(unwind) => Break(unwind),
            None => Continue(self.status),
        }
    }

    /// The (sub)shell ends, as SIGPIPE would end a shell of its own.
    pub(super) fn leave_as_by_pipe(&mut self) -> Status {
        let status = Status::new(128 + bash_host::Signal::PIPE.number());
        self.leaving = Some(Unwind::Exit(status));
        status
    }

    pub(super) fn shell(&self) -> &Shell {
        self.shell
    }

    /// The name that it was called by.
    pub fn name(&self) -> &[u8] {
        self.args.name
    }

    /// The arguments.
    pub fn args(&self) -> impl ExactSizeIterator<Item = &'a [u8]> + use<'a> {
        self.args.words.iter().map(|word: &'a Text| &word[..])
    }

    /// An argument, from 0.
    pub fn arg(&self, number: usize) -> Option<&'a [u8]> {
        self.args.words.get(number).map(|word| &word[..])
    }

    /// The same as text; bytes that are not UTF-8 are replaced.
    pub fn text(&self, number: usize) -> Option<std::borrow::Cow<'a, str>> {
        self.arg(number).map(String::from_utf8_lossy)
    }

    /// Standard input. Nothing is read before it is asked for.
    pub fn stdin(&mut self) -> Stdin {
        Stdin(self.shell.descriptor(0))
    }

    /// Standard output.
    pub fn stdout(&mut self) -> Output {
        let _ = self.shell.flush();
        Output(self.shell.descriptor(1), 1)
    }

    /// Standard error.
    pub fn stderr(&mut self) -> Output {
        Output(self.shell.descriptor(2), 2)
    }

    /// Any other descriptor, to write to.
    pub fn descriptor(&mut self, number: i32) -> Output {
        Output(self.shell.descriptor(number), number)
    }

    /// Adds to standard output, which is written when the command ends.
    pub fn print(&mut self, text: impl AsRef<[u8]>) {
        self.shell.print(text);
    }

    /// Writes a message to standard error, as builtins do.
    pub fn error(&mut self, message: impl AsRef<[u8]>) {
        self.shell.builtin_error(self.args.name, message);
    }

    /// The value of a variable.
    pub fn var(&mut self, name: &str) -> Option<Vec<u8>> {
        variable::text_of(self.shell, name)
    }

    /// A whole variable.
    pub fn value(&mut self, name: &str) -> Option<VarValue> {
        variable::value_of(self.shell, name)
    }

    /// Sets a variable.
    pub fn set_var(&mut self, name: &str, value: impl Into<VarValue>) -> Result<(), SessionError> {
        variable::assign(self.shell, name, value.into())
    }

    /// The working directory.
    pub fn cwd(&self) -> &[u8] {
        &self.shell.session.directory.logical
    }

    /// Changes the working directory of the session.
    pub fn chdir(&mut self, path: impl AsRef<[u8]>) -> io::Result<()> {
        bash_builtins::go_to(self.shell, path.as_ref())
    }

    /// Runs a script in the session, as `eval` does. If it wants to leave (`exit`), that happens when this command ends.
    pub fn run(&mut self, script: impl AsRef<[u8]>) -> Status {
        match self.shell.run_nested_text(script.as_ref(), 1, Origin::Builtin("eval")) {
            Continue(status) => status,
            Break(unwind) => {
                self.leaving = Some(unwind);
                match unwind {
                    Unwind::Exit(status) | Unwind::Return(status) | Unwind::Discard(status) => status,
                    _ => self.shell.session.status,
                }
            }
        }
    }

    /// Runs a script as `$(…)` does: what it writes to standard output, and its status.
    pub fn capture(&mut self, script: impl AsRef<[u8]>) -> (Vec<u8>, Status) {
        match self.shell.captured(script.as_ref()) {
            Continue(captured) => captured,
            Break(unwind) => {
                self.leaving = Some(unwind);
                (Vec::new(), Status::FAILURE)
            }
        }
    }

    /// Whether the run was told to end: a command that works for long should look now and then.
    pub fn is_cancelled(&self) -> bool {
        self.shell.was_told()
    }
}

/// Standard input of a call.
pub struct Stdin(Option<FileRef>);

fn bad<T>() -> io::Result<T> {
    Err(io::Error::from_raw_os_error(9))
}

impl Stdin {
    /// Reads a line with its newline; nothing at the end. Takes not a byte more from the input.
    pub fn read_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let Some(file) = &self.0 else { return bad() };
        let mut text = Vec::new();
        let line = Line { delimiter: Some(b'\n'), limit: usize::MAX, deadline: None };
        match file.read_line(&line, &mut text)? {
            Delimited::Interrupted => Err(io::ErrorKind::Interrupted.into()),
            _ if text.is_empty() => Ok(None),
            _ => Ok(Some(text)),
        }
    }

    /// Reads everything.
    pub fn read_all(&mut self) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        let mut buffer = vec![0; 16 * 1024];
        loop {
            match self.read(&mut buffer)? {
                0 => return Ok(text),
                count => text.extend_from_slice(&buffer[..count]),
            }
        }
    }
}

impl Read for Stdin {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.as_ref().map_or_else(bad, |file| file.read(buffer))
    }
}

/// A descriptor to write to. Errors say that it is closed, or that nobody reads any more.
pub struct Output(Option<FileRef>, i32);

impl Write for Output {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let Output(file, number) = self;
        file.as_ref().map_or_else(
            || Err(io::Error::other(SessionError::BadDescriptor(*number))),
            |file| file.write(data),
        )
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
