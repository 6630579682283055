//! Who may say whether a command runs: asked with its final words, whatever way it was called.
//!
//! Every function call, builtin and program passes here, be it called by name, by `command`, `exec` or `eval`, from a
//! trap, a pipeline or a subshell. Once a shell has a gate, nothing in a script can take it away.

use crate::Shell;
use bash_session::{Status, Text};
use std::sync::Arc;

/// See the module.
pub trait Gate: Send + Sync {
    /// Whether the command may run; if not, why.
    fn admits(&self, request: &Request<'_>) -> Result<(), String>;
}

/// A command that is about to run.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// What kind of command.
    pub kind: CommandKind,
    /// Its name. That of a program is the last part of its path, whatever it is told that it is called by.
    pub name: &'a [u8],
    /// The path of a program.
    pub path: Option<&'a [u8]>,
    /// Its arguments, expanded.
    pub arguments: &'a [Text],
    /// The working directory, as the script knows it.
    pub directory: &'a [u8],
}

/// The kinds of commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CommandKind {
    /// A builtin of Bash.
    Builtin,
    /// A function.
    Function,
    /// A program.
    Program,
    /// A command of the embedding program.
    Hosted,
}

/// The error of a program that may not run.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Refused(pub(crate) String);

impl Shell {
    /// Puts a gate before every command. One that is there already stays.
    pub fn set_gate(&mut self, gate: Arc<dyn Gate>) {
        self.gate.get_or_insert(gate);
    }

    /// The same gate as another shell.
    pub fn inherit_gate(&mut self, other: &Shell) {
        self.gate = other.gate.clone();
    }

    /// Why a function or builtin may not run, if it may not: 126, and the message is written.
    #[inline]
    pub(crate) fn refused(&mut self, kind: CommandKind, name: &[u8], arguments: &[Text]) -> Option<Status> {
        let gate = self.gate.as_ref()?.clone();
        let directory = self.session.directory.logical.clone();
        let request = Request { kind, name, path: None, arguments, directory: &directory };
        let reason = gate.admits(&request).err()?;
        self.tell_refused(name, &reason);
        Some(Status::CANNOT_EXECUTE)
    }

    /// The same for a program, whose message is written by whoever wanted to start it.
    pub(crate) fn refused_program(&self, path: &[u8], words: &[Text]) -> Option<Refused> {
        let gate = self.gate.as_ref()?;
        let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
        let directory = &self.session.directory.logical[..];
        let arguments = words.get(1..).unwrap_or_default();
        let whole = [directory, b"/", path].concat();
        let path = if path.starts_with(b"/") { path } else { &whole };
        let request = Request { kind: CommandKind::Program, name, path: Some(path), arguments, directory };
        gate.admits(&request).err().map(Refused)
    }

    pub(crate) fn tell_refused(&mut self, name: &[u8], reason: &str) {
        self.error([name, b": not allowed: ", reason.as_bytes()].concat());
    }
}
