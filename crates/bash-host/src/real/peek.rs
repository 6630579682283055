//! Looking at what a pipe or socket holds without taking it.
//!
//! Sockets can do that. A pipe is duplicated with `tee(2)` into a scratch pipe, one for each thread, and that is read.

use super::calls;
use super::file::Kind;
use super::fork;
use std::cell::RefCell;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

/// What was seen.
pub(super) enum Peeked {
    /// So many bytes belong to the line; the last of them may be its end.
    Line(usize),
    /// The other side is closed and nothing is left.
    End,
    /// Nothing is there yet.
    Nothing,
    /// This file does not let itself be peeked at.
    Impossible,
}

/// How much to look at. Lines are mostly short, and what is looked at is copied.
const GLANCE: usize = 512;

/// Whether files of this kind can be peeked at, without blocking.
pub(super) fn can(kind: Kind) -> bool {
    matches!(kind, Kind::Pipe | Kind::Socket)
}

/// How much of what lies ready belongs to a line of at most `limit` bytes.
pub(super) fn line_length(fd: RawFd, kind: Kind, delimiter: u8, limit: usize) -> Peeked {
    let mut buffer = [0; GLANCE];
    let buffer = &mut buffer[..limit.min(GLANCE)];
    let seen = if kind == Kind::Socket { glance_at_socket(fd, buffer) } else { glance_at_pipe(fd, buffer) };
    match seen {
        Ok(0) => Peeked::End,
        Ok(count) => Peeked::Line(calls::find(delimiter, &buffer[..count]).map_or(count, |place| place + 1)),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Peeked::Nothing,
        Err(_) => Peeked::Impossible,
    }
}

fn glance_at_socket(fd: RawFd, buffer: &mut [u8]) -> io::Result<usize> {
    let flags = libc::MSG_PEEK | libc::MSG_DONTWAIT;
    // SAFETY: pointer and length are those of one slice.
    calls::check_length(unsafe { libc::recv(fd, buffer.as_mut_ptr().cast(), buffer.len(), flags) })
}

thread_local! {
    static SCRATCH: RefCell<Option<Scratch>> = const { RefCell::new(None) };
}

/// A pipe to duplicate into, and the generation of the process that made it: parent and child must not share one.
struct Scratch {
    generation: u32,
    reader: OwnedFd,
    writer: OwnedFd,
}

fn glance_at_pipe(fd: RawFd, buffer: &mut [u8]) -> io::Result<usize> {
    SCRATCH.with_borrow_mut(|slot| {
        let scratch = match slot.take() {
            Some(scratch) if scratch.generation == fork::generation() => slot.insert(scratch),
            _ => slot.insert(Scratch::new()?),
        };
        let writer = scratch.writer.as_raw_fd();
        // SAFETY: takes no pointers.
        let count =
            calls::check_length(unsafe { libc::tee(fd, writer, buffer.len(), libc::SPLICE_F_NONBLOCK) })?;
        if count == 0 {
            return Ok(0);
        }
        let read = calls::read(scratch.reader.as_raw_fd(), &mut buffer[..count]);
        if !matches!(read, Ok(length) if length == count) {
            *slot = None; // Something is left in it.
        }
        read
    })
}

impl Scratch {
    fn new() -> io::Result<Scratch> {
        let (reader, writer) = calls::pipe()?;
        Ok(Scratch { generation: fork::generation(), reader, writer })
    }
}
