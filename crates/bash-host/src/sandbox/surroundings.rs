//! What else a shell asks about the world: its user, a terminal, locales. A sandbox has the user that it was given, and
//! none of the others.

use super::SandboxHost;
use crate::filesystem::errno;
use crate::{FileRef, Ids, Locale, Locales, Terminal, TerminalMode, Users};
use std::io;

/// The user of a sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxUser {
    /// What `\u` and `~name` call them.
    pub name: Vec<u8>,
    /// Where `~` leads if `HOME` is not set.
    pub home: Vec<u8>,
    /// `SHELL`
    pub shell: Vec<u8>,
    /// Their number.
    pub uid: u32,
    /// Their group's number.
    pub gid: u32,
}

/// `user`, number 1000, at `/home/user`.
impl Default for SandboxUser {
    fn default() -> SandboxUser {
        SandboxUser {
            name: b"user".to_vec(),
            home: b"/home/user".to_vec(),
            shell: b"/bin/bash".to_vec(),
            uid: 1000,
            gid: 1000,
        }
    }
}

impl Users for SandboxHost {
    fn ids(&self) -> Ids {
        let SandboxUser { uid, gid, .. } = self.user;
        Ids { uid, effective_uid: uid, gid, effective_gid: gid }
    }

    fn groups(&self) -> Vec<u32> {
        vec![self.user.gid]
    }

    fn home_directory(&self, user: Option<&[u8]>) -> Option<Vec<u8>> {
        let is_known = user.is_none_or(|name| name == self.user.name);
        is_known.then(|| self.user.home.clone())
    }

    fn user_name(&self) -> Option<Vec<u8>> {
        Some(self.user.name.clone())
    }

    fn login_shell(&self) -> Option<Vec<u8>> {
        Some(self.user.shell.clone())
    }

    fn user_names(&self) -> Vec<Vec<u8>> {
        vec![self.user.name.clone()]
    }

    fn host_name(&self) -> Vec<u8> {
        self.host_name.clone()
    }
}

impl Terminal for SandboxHost {
    fn terminal_size(&self, _: &FileRef) -> Option<(u16, u16)> {
        None
    }

    fn foreground_group(&self, _: &FileRef) -> io::Result<i32> {
        Err(errno(libc::ENOTTY))
    }

    fn set_foreground_group(&self, _: &FileRef, _: i32) -> io::Result<()> {
        Err(errno(libc::ENOTTY))
    }

    fn terminal_mode(&self, _: &FileRef) -> io::Result<TerminalMode> {
        Err(errno(libc::ENOTTY))
    }

    fn set_terminal_mode(&self, _: &FileRef, _: &TerminalMode) -> io::Result<()> {
        Err(errno(libc::ENOTTY))
    }

    fn terminal_name(&self, _: &FileRef) -> Option<Vec<u8>> {
        None
    }

    fn controlling_terminal(&self) -> io::Result<FileRef> {
        Err(errno(libc::ENXIO))
    }
}

/// To look for a locale is to read files of the machine. `C`, `POSIX` and `C.UTF-8` are the shell's own.
impl Locales for SandboxHost {
    fn locale(&self, _: &[u8]) -> Option<&'static dyn Locale> {
        None
    }
}
