//! Restricted mode (manual: The Restricted Shell): what turns it on, and how its refusals are worded.
//!
//! It begins after the startup files and never ends. What surprises: a shell that was merely told `set -r` does not
//! say so in `shopt restricted_shell`, and a script that a restricted shell runs is free again.

use crate::{Flow, Shell};
use bash_session::{Attributes, Shopt, Text, names};
use std::ops::ControlFlow::Continue;

impl Shell {
    /// Turns restricted mode on.
    pub fn restrict(&mut self) {
        self.session.options.restricted = true;
        for name in [*names::PATH, *names::SHELL, *names::ENV, *names::BASH_ENV, *names::HISTFILE] {
            self.session.variables.change_attributes(
                name,
                Attributes::READONLY | Attributes::DECLARED,
                Attributes::empty(),
            );
        }
    }

    /// Whether restricted mode is on.
    #[inline]
    pub fn is_restricted(&self) -> bool {
        self.session.options.restricted
    }

    /// An assignment to `shopt restricted_shell` changes nothing, but shows the mode as it is.
    pub fn show_restriction(&mut self) {
        self.session.shopt.set(Shopt::RestrictedShell, self.is_restricted());
        self.show_options();
    }

    /// The path to remember for a command (`hash -p`, `BASH_CMDS`); in restricted mode only one without slash that `PATH`
    /// finds. What is refused is complained about in the name of the builtin, if it was one.
    pub fn path_to_remember(&mut self, builtin: Option<&[u8]>, path: &[u8]) -> Option<Text> {
        if !self.is_restricted() {
            return Some(Text::new(path));
        }
        let reason: &[u8] = if path.contains(&b'/') {
            b": restricted"
        } else if self.search_path(path).is_none() {
            b": not found"
        } else {
            return Some(Text::new(path));
        };
        let message = [path, reason].concat();
        match builtin {
            Some(builtin) => self.builtin_error(builtin, message),
            None => self.error(message),
        }
        None
    }

    /// Whether a program's name may have a slash in it.
    pub(crate) fn refuses_slash(&mut self, name: &[u8]) -> bool {
        let refused = self.is_restricted() && name.contains(&b'/');
        if refused {
            self.error([name, b": restricted: cannot specify `/' in command names"].concat());
        }
        refused
    }

    /// No redirection may write to a file.
    pub(crate) fn refuse_output(&mut self, path: &[u8]) -> Flow<Option<bash_host::FileRef>> {
        self.error([path, b": restricted: cannot redirect output"].concat());
        Continue(None)
    }
}
