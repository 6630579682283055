//! Reading one line and not a byte more.
//!
//! How depends on the file: disk files are read ahead, pipes and sockets are peeked at, a terminal in line mode gives
//! no more than a line anyway, and all others are read byte by byte.

use super::calls;
use super::file::{Kind, OsFile};
use super::peek::{self, Peeked};
use crate::{Delimited, Line, Readiness};
use std::io;
use std::os::fd::RawFd;
use std::time::{Duration, Instant};

/// What a step of reading brought.
enum Step {
    /// So many bytes, none at the end of the file.
    Took(usize),
    /// Nothing is there yet.
    Nothing,
}

impl OsFile {
    pub(super) fn read_one_line(&self, line: &Line, out: &mut Vec<u8>) -> io::Result<Delimited> {
        let fd = self.live()?;
        match self.kind() {
            _ if line.limit == 0 => Ok(Delimited::Limit),
            Kind::Seekable => self.line_read_ahead(fd, line, out),
            _ => self.line_as_it_comes(fd, line, out),
        }
    }

    fn line_read_ahead(&self, fd: RawFd, line: &Line, out: &mut Vec<u8>) -> io::Result<Delimited> {
        let mut ahead = self.ahead();
        let mut left = line.limit;
        loop {
            let unread = ahead.unread();
            let unread = &unread[..left.min(unread.len())];
            let place = line.delimiter.and_then(|delimiter| calls::find(delimiter, unread));
            let count = place.map_or(unread.len(), |place| place + 1);
            out.extend_from_slice(&unread[..count]);
            ahead.consume(count);
            left -= count;
            if place.is_some() {
                return Ok(Delimited::Delimiter);
            }
            if left == 0 {
                return Ok(Delimited::Limit);
            }
            match ahead.refill(|buffer| self.read_directly(fd, buffer)) {
                Ok(true) => {}
                Ok(false) => return Ok(Delimited::End),
                Err(error) if calls::interrupted(&error) => return Ok(Delimited::Interrupted),
                Err(error) => return Err(error),
            }
        }
    }

    fn line_as_it_comes(&self, fd: RawFd, line: &Line, out: &mut Vec<u8>) -> io::Result<Delimited> {
        let deadline = line.deadline.map(instant);
        let mut left = line.limit;
        loop {
            if deadline.is_some() || !peek::can(self.kind()) && self.waits_first(fd) {
                if let Some(end) = self.wait_for_more(fd, deadline)? {
                    return Ok(end);
                }
            } else if self.notes.tells() {
                return Ok(Delimited::Interrupted);
            }
            match self.step(fd, line, left, out) {
                Ok(Step::Took(0)) => return Ok(Delimited::End),
                Ok(Step::Took(count)) => left -= count,
                Ok(Step::Nothing) => {
                    if let Some(end) = self.wait_for_more(fd, deadline)? {
                        return Ok(end);
                    }
                    continue;
                }
                Err(error) if calls::interrupted(&error) => continue,
                Err(error) => return Err(error),
            }
            if line.delimiter.is_some() && out.last().copied() == line.delimiter {
                return Ok(Delimited::Delimiter);
            }
            if left == 0 {
                return Ok(Delimited::Limit);
            }
        }
    }

    /// Waits for input; how the line ends if none comes.
    fn wait_for_more(&self, fd: RawFd, deadline: Option<Instant>) -> io::Result<Option<Delimited>> {
        Ok(match self.notes.wait_readable(fd, deadline)? {
            Readiness::Ready => None,
            Readiness::TimedOut => Some(Delimited::TimedOut),
            Readiness::Interrupted => Some(Delimited::Interrupted),
        })
    }

    /// Takes at most the rest of the line, as much of it as can be had at once.
    fn step(&self, fd: RawFd, line: &Line, left: usize, out: &mut Vec<u8>) -> io::Result<Step> {
        let Some(delimiter) = line.delimiter else {
            return append(fd, left.min(64 * 1024), out);
        };
        match self.kind() {
            kind @ (Kind::Pipe | Kind::Socket) => {
                let _one_reader_at_a_time = self.ahead();
                match peek::line_length(fd, kind, delimiter, left) {
                    Peeked::Line(length) => append(fd, length, out),
                    Peeked::End => Ok(Step::Took(0)),
                    Peeked::Nothing => Ok(Step::Nothing),
                    Peeked::Impossible => append(fd, 1, out),
                }
            }
            Kind::Terminal if delimiter == b'\n' && gives_lines(fd) => append(fd, left.min(4096), out),
            _ => append(fd, 1, out),
        }
    }
}

/// Reads up to `count` bytes to the end of `out`.
fn append(fd: RawFd, count: usize, out: &mut Vec<u8>) -> io::Result<Step> {
    let start = out.len();
    out.resize(start + count, 0);
    let result = calls::read(fd, &mut out[start..]);
    out.truncate(start + *result.as_ref().unwrap_or(&0));
    match result {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Step::Nothing),
        result => result.map(Step::Took),
    }
}

/// Whether a terminal is in line mode.
fn gives_lines(fd: RawFd) -> bool {
    // SAFETY: the call fills in all of it or fails; all zeros are a valid value.
    unsafe {
        let mut mode: libc::termios = std::mem::zeroed();
        libc::tcgetattr(fd, &raw mut mode) == 0 && mode.c_lflag & libc::ICANON != 0
    }
}

/// A time of the monotonic clock as the standard library's instant.
fn instant(time: crate::Instant) -> Instant {
    let left = time.saturating_sub(super::clock::monotonic());
    let now = Instant::now();
    now.checked_add(left).unwrap_or(now + Duration::from_secs(u32::MAX.into()))
}
