//! The terminal facet.

use crate::FileRef;
use std::io;

/// A saved or wanted state of a terminal, opaque to its user.
#[derive(Clone)]
pub struct TerminalMode(pub(crate) libc::termios);

impl TerminalMode {
    /// The same without echo.
    pub fn without_echo(&self) -> TerminalMode {
        let mut mode = self.0;
        mode.c_lflag &= !libc::ECHO;
        TerminalMode(mode)
    }

    /// The same, each character readable as it is typed.
    pub fn without_lines(&self) -> TerminalMode {
        let mut mode = self.0;
        mode.c_lflag &= !libc::ICANON;
        mode.c_cc[libc::VMIN] = 1;
        mode.c_cc[libc::VTIME] = 0;
        TerminalMode(mode)
    }
}

/// Terminals.
pub trait Terminal {
    /// Columns and rows.
    fn terminal_size(&self, terminal: &FileRef) -> Option<(u16, u16)>;
    /// The group in the foreground.
    fn foreground_group(&self, terminal: &FileRef) -> io::Result<i32>;
    /// Puts a group into the foreground.
    fn set_foreground_group(&self, terminal: &FileRef, group: i32) -> io::Result<()>;
    /// The terminal's present state.
    fn terminal_mode(&self, terminal: &FileRef) -> io::Result<TerminalMode>;
    /// Sets the terminal's state.
    fn set_terminal_mode(&self, terminal: &FileRef, mode: &TerminalMode) -> io::Result<()>;
    /// The name of the terminal's device.
    fn terminal_name(&self, terminal: &FileRef) -> Option<Vec<u8>>;
    /// The process's controlling terminal.
    fn controlling_terminal(&self) -> io::Result<FileRef>;
}
