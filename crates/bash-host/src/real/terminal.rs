//! Terminals.

use super::signals::Mask;
use super::{RealHost, calls};
use crate::{DirRef, FileRef, Files, OpenHow, Terminal, TerminalMode};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, BorrowedFd};

impl Terminal for RealHost {
    fn terminal_size(&self, terminal: &FileRef) -> Option<(u16, u16)> {
        let fd = terminal.os_fd()?.as_raw_fd();
        let mut size = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
        // SAFETY: the call fills it in.
        calls::check(unsafe { libc::ioctl(fd, libc::TIOCGWINSZ, &raw mut size) }).ok()?;
        Some((size.ws_col, size.ws_row))
    }

    fn foreground_group(&self, terminal: &FileRef) -> io::Result<i32> {
        // SAFETY: takes no pointers.
        calls::check(unsafe { libc::tcgetpgrp(descriptor(terminal)?.as_raw_fd()) })
    }

    fn set_foreground_group(&self, terminal: &FileRef, group: i32) -> io::Result<()> {
        let fd = descriptor(terminal)?.as_raw_fd();
        let before = Mask::only(libc::SIGTTOU).block(); // Or it would stop a group in the background.
        // SAFETY: takes no pointers.
        let result = calls::check(unsafe { libc::tcsetpgrp(fd, group) });
        before.set();
        result.map(drop)
    }

    fn terminal_mode(&self, terminal: &FileRef) -> io::Result<TerminalMode> {
        let fd = descriptor(terminal)?.as_raw_fd();
        let mut mode = MaybeUninit::uninit();
        // SAFETY: the call fills it in.
        calls::check(unsafe { libc::tcgetattr(fd, mode.as_mut_ptr()) })?;
        // SAFETY: it succeeded.
        Ok(TerminalMode(unsafe { mode.assume_init() }))
    }

    fn set_terminal_mode(&self, terminal: &FileRef, mode: &TerminalMode) -> io::Result<()> {
        let fd = descriptor(terminal)?.as_raw_fd();
        loop {
            // SAFETY: the mode lives until the call returns.
            match calls::check(unsafe { libc::tcsetattr(fd, libc::TCSADRAIN, &raw const mode.0) }) {
                Err(error) if calls::interrupted(&error) && !self.notes.tells() => {}
                result => return result.map(drop),
            }
        }
    }

    fn terminal_name(&self, terminal: &FileRef) -> Option<Vec<u8>> {
        let fd = terminal.os_fd()?.as_raw_fd();
        let mut buffer = [0_u8; 256];
        // SAFETY: pointer and length are those of one buffer.
        let failed = unsafe { libc::ttyname_r(fd, buffer.as_mut_ptr().cast(), buffer.len()) } != 0;
        let end = calls::find(0, &buffer).unwrap_or(0);
        (!failed).then(|| buffer[..end].to_vec())
    }

    fn controlling_terminal(&self) -> io::Result<FileRef> {
        let base: DirRef = self.current_directory()?;
        self.open(&base, b"/dev/tty", OpenHow { read: true, write: true, ..OpenHow::default() })
    }
}

fn descriptor(file: &FileRef) -> io::Result<BorrowedFd<'_>> {
    file.os_fd().ok_or_else(|| calls::errno(libc::EBADF))
}

#[cfg(test)]
mod tests {
    use crate::real::RealHost;
    use crate::{Files, Terminal};

    #[test]
    fn a_file_is_no_terminal() {
        let host = RealHost::embedded();
        let file = host.document(b"").unwrap();
        assert!(host.terminal_size(&file).is_none() && host.terminal_name(&file).is_none());
        assert!(
            matches!(host.terminal_mode(&file), Err(error) if error.raw_os_error() == Some(libc::ENOTTY))
        );
        assert!(host.foreground_group(&file).is_err() && host.set_foreground_group(&file, 1).is_err());
    }

    #[test]
    fn a_mode_may_cross_threads() {
        fn crosses<T: Send + Sync>() {}
        crosses::<crate::TerminalMode>();
        crosses::<RealHost>();
    }
}
