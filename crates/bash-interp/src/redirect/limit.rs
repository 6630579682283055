//! The limit of open files as redirections see it.
//!
//! The shell's own files have numbers above those that a script sees, so a limit that `ulimit -n` lowers is kept in the
//! session and not given to the process: it holds for the script's descriptors alone.

use crate::{Flow, Shell};
use bash_host::{Limit, Resource};
use std::io;
use std::ops::ControlFlow::Continue;

const EINVAL: i32 = 22;
const EMFILE: i32 = 24;

impl Shell {
    /// Whether a program could have a descriptor of this number.
    pub(super) fn may_be_open(&self, number: i32) -> bool {
        const ALWAYS: i32 = 256;
        (number < ALWAYS && self.session.limits.is_empty())
            || self.open_files_limit().is_none_or(|limit| i64::from(number) < limit)
    }

    /// Whether one more file may be open: below the limit there must be a number which is not in use.
    pub(super) fn another_file_allowed(&mut self) -> io::Result<()> {
        let limit = self.chosen_limit().and_then(|limit| i32::try_from(limit.soft?).ok());
        match limit.is_none_or(|limit| (0..limit).any(|number| self.descriptor(number).is_none())) {
            true => Ok(()),
            false => Err(io::Error::from_raw_os_error(EMFILE)),
        }
    }

    /// Whether the limit leaves a number for `{name}>`.
    pub(super) fn new_descriptor_allowed(&mut self) -> bool {
        let number = self.session.descriptors.lowest_free(&*self.host);
        self.may_be_open(number)
    }

    /// `{name}> subject` when the limit leaves no number to pick.
    pub(super) fn refuse_new_descriptor(&mut self, subject: &[u8]) -> Flow<bool> {
        let none_at_all = !self.may_be_open(bash_session::FIRST_PICKED);
        let error = io::Error::from_raw_os_error(if none_at_all { EINVAL } else { EMFILE });
        let text = bash_host::errno_text(&error);
        let name = self.error_name();
        let message =
            [&name[..], b": redirection error: cannot duplicate fd: ", text.as_bytes(), b"\n"].concat();
        self.write_error(&message);
        self.system_error(subject, &error);
        Continue(false)
    }

    /// The numbers below this one may be descriptors; `None`: all.
    fn open_files_limit(&self) -> Option<i64> {
        let limit = match self.chosen_limit() {
            Some(limit) => limit.soft,
            None => self.host.limit(Resource::OpenFiles).ok()?.soft,
        };
        Some(i64::try_from(limit?).unwrap_or(i64::MAX))
    }

    /// The limit that `ulimit -n` set, if the process does not have it.
    fn chosen_limit(&self) -> Option<Limit> {
        let chosen = self.session.limits.iter().find(|(resource, _)| *resource == Resource::OpenFiles);
        chosen.map(|(_, limit)| *limit)
    }
}
