//! Pipes between parts of this process, and texts to be read as files, in memory for as long as nobody else looks.
//!
//! As soon as another process is to get an end ([`OpenFile::settle`]), or somebody asks what only the system knows, what
//! is left in memory goes into a pipe of the system, and both ends are that pipe's from then on. The same happens to a
//! reader who has waited for a while, since only the system wakes sleepers for signals.
//!
//! A writer rarely wakes its reader: the reader looks again by itself after some microseconds and then finds many lines.
//!
//! The lock is held for moments and only inside of the fork gate, so a forked child never finds it locked.

use super::notes::Notes;
use super::{Ownership, calls, document, file::OsFile, fork, threads};
use crate::{Delimited, FileRef, Line, Metadata, OpenFile, Readiness};
use std::any::Any;
use std::io;
use std::ops::{Deref, DerefMut};
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLockReadGuard};
use std::thread::{self, Thread};
use std::time::Duration;

/// How much waits in memory before the writer has to, as in a pipe of the system.
const CAPACITY: usize = 64 * 1024;
/// What one write puts there at once or not at all.
const ATOMIC: usize = 4096;
/// From so much on a sleeping reader is woken.
const WORTH_WAKING: usize = 8 * 1024;

/// One end of a pipe in memory.
pub(super) struct End {
    side: Side,
    pipe: Arc<Pipe>,
    /// What it became.
    real: OnceLock<FileRef>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Reader,
    Writer,
}

/// What the text turns into when another process is to read it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Pipe,
    /// A file with a position.
    File,
}

struct Pipe {
    state: Mutex<State>,
    form: Form,
    notes: Notes,
    ownership: Ownership,
    /// The process that it belongs to.
    generation: u32,
}

struct State {
    bytes: Vec<u8>,
    /// So many of them were read.
    start: usize,
    readers: bool,
    writers: bool,
    /// A thread to wake when there is something to read, and one for when there is room.
    reader: Option<Thread>,
    writer: Option<Thread>,
    /// It is a pipe of the system now, whose ends wait here to be fetched.
    is_real: bool,
    ends: [Option<FileRef>; 2],
    /// What was in memory is still on its way into that pipe: writers wait.
    pours: bool,
}

/// A pipe: read end, write end.
pub(super) fn pipe(notes: &Notes, ownership: Ownership) -> (End, End) {
    let pipe = Pipe::new(Vec::new(), true, Form::Pipe, notes, ownership);
    (End::new(Side::Reader, pipe.clone()), End::new(Side::Writer, pipe))
}

/// The read end of a pipe that holds `text` and whose other end is closed.
pub(super) fn holding(text: Vec<u8>, notes: &Notes, ownership: Ownership) -> End {
    End::new(Side::Reader, Pipe::new(text, false, Form::Pipe, notes, ownership))
}

/// The same for a here-document: a pipe if it is short, else a file.
pub(super) fn document(text: Vec<u8>, notes: &Notes, ownership: Ownership) -> End {
    let form = if text.len() <= CAPACITY { Form::Pipe } else { Form::File };
    End::new(Side::Reader, Pipe::new(text, false, form, notes, ownership))
}

impl Pipe {
    fn new(bytes: Vec<u8>, writers: bool, form: Form, notes: &Notes, ownership: Ownership) -> Arc<Pipe> {
        let state = State {
            bytes,
            start: 0,
            readers: true,
            writers,
            reader: None,
            writer: None,
            is_real: false,
            ends: [None, None],
            pours: false,
        };
        let (notes, generation) = (notes.clone(), fork::generation());
        Arc::new(Pipe { state: Mutex::new(state), form, notes, ownership, generation })
    }

    fn lock(&self) -> Locked<'_> {
        let gate = fork::gate();
        Locked { state: self.state.lock().unwrap_or_else(PoisonError::into_inner), _gate: gate }
    }

    fn file(&self, fd: OwnedFd) -> FileRef {
        Arc::new(OsFile::new(fd, self.notes.clone(), self.ownership))
    }

    /// Moves what is in memory to the system.
    fn become_real(self: &Arc<Self>) -> io::Result<()> {
        let mut state = self.lock();
        if state.is_real {
            return Ok(());
        }
        self.check_process()?;
        let (ends, left) = match self.form {
            Form::File => ([Some(self.file(self.open_document(&state)?)), None], false),
            Form::Pipe => {
                let (reader, writer) = calls::pipe()?;
                let fits = document::holds(&writer, state.unread().len());
                if fits {
                    document::write_all(&writer, state.unread())?;
                }
                ([Some(self.file(reader)), Some(self.file(writer))], !fits)
            }
        };
        let (text, start) = (std::mem::take(&mut state.bytes), std::mem::take(&mut state.start));
        state.ends = ends;
        state.is_real = true;
        state.pours = left;
        let to = state.ends[1].clone();
        let gone = state.drop_closed();
        state.wake_all();
        drop(state);
        drop(gone);
        match to {
            Some(to) if left => self.pour(text, start, to),
            _ => Ok(()),
        }
    }

    /// A file of the whole text, read so far.
    fn open_document(&self, state: &State) -> io::Result<OwnedFd> {
        let fd = document::in_memory(&state.bytes)?;
        calls::seek(fd.as_raw_fd(), state.start as i64, libc::SEEK_SET)?;
        Ok(fd)
    }

    /// Has a thread write what the system's pipe does not hold at once.
    fn pour(self: &Arc<Self>, text: Vec<u8>, start: usize, to: FileRef) -> io::Result<()> {
        let pipe = self.clone();
        threads::run(Box::new(move || {
            let _ = to.write_all(&text[start..]);
            drop(to);
            let mut state = pipe.lock();
            state.pours = false;
            state.wake_all();
        }))
    }

    /// A copy of the memory in a forked child is not the pipe.
    fn check_process(&self) -> io::Result<()> {
        if self.generation == fork::generation() { Ok(()) } else { Err(calls::errno(libc::EBADF)) }
    }
}

/// The state, and the promise that no fork happens meanwhile.
struct Locked<'a> {
    state: MutexGuard<'a, State>,
    _gate: RwLockReadGuard<'static, ()>,
}

impl Deref for Locked<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

impl DerefMut for Locked<'_> {
    fn deref_mut(&mut self) -> &mut State {
        &mut self.state
    }
}

impl State {
    fn unread(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    fn consume(&mut self, count: usize) {
        self.start += count;
        if self.unread().len() <= CAPACITY / 2
            && let Some(writer) = self.writer.take()
        {
            writer.unpark();
        }
    }

    fn append(&mut self, data: &[u8]) {
        if self.start == self.bytes.len() {
            self.bytes.clear();
            self.start = 0;
        } else if self.start >= CAPACITY {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        self.bytes.extend_from_slice(data);
        if self.unread().len() >= WORTH_WAKING
            && let Some(reader) = self.reader.take()
        {
            reader.unpark();
        }
    }

    /// The system's ends that nobody here wants any more, to be dropped when the lock is free.
    fn drop_closed(&mut self) -> [Option<FileRef>; 2] {
        let (readers, writers) = (self.readers, self.writers);
        [self.ends[0].take_if(|_| !readers), self.ends[1].take_if(|_| !writers)]
    }

    fn wake_all(&mut self) {
        self.reader.take().into_iter().chain(self.writer.take()).for_each(|sleeper| sleeper.unpark());
    }
}

/// How long a thread has slept, each time a little longer.
struct Patience {
    next: Duration,
    total: Duration,
}

impl Patience {
    const FIRST: Duration = Duration::from_micros(50);
    /// Then a reader leaves the waiting to the system.
    const LIMIT: Duration = Duration::from_millis(6);

    fn new() -> Patience {
        Patience { next: Self::FIRST, total: Duration::ZERO }
    }

    fn sleep(&mut self) {
        thread::park_timeout(self.next);
        self.total += self.next;
        self.next = (self.next * 2).min(Self::LIMIT);
    }

    fn is_over(&self) -> bool {
        self.total > Self::LIMIT
    }
}

/// What a look at the memory brought.
enum Look<T> {
    Found(T),
    /// The other side is gone, and nothing is left.
    End,
    /// Nothing is there yet; this thread will be woken.
    Nothing,
    /// It is the system's now.
    Real,
}

impl End {
    fn new(side: Side, pipe: Arc<Pipe>) -> End {
        End { side, pipe, real: OnceLock::new() }
    }

    /// What it became, if it did.
    fn real(&self) -> Option<&FileRef> {
        if self.real.get().is_none() {
            let mut state = self.pipe.lock();
            if state.is_real
                && let Some(end) = state.ends[self.side as usize].take()
            {
                let _ = self.real.set(end);
            }
        }
        self.real.get()
    }

    /// What the system has to answer.
    fn made_real(&self) -> io::Result<&FileRef> {
        self.pipe.become_real()?;
        self.real().ok_or_else(|| calls::errno(libc::EBADF))
    }

    fn fetched(&self) -> io::Result<&FileRef> {
        self.real().ok_or_else(|| calls::errno(libc::EBADF))
    }

    /// Looks for something to read; `take` is given what is there.
    fn look<T>(&self, take: impl FnOnce(&[u8]) -> (usize, T)) -> io::Result<Look<T>> {
        if self.real.get().is_some() {
            return Ok(Look::Real);
        }
        let mut state = self.pipe.lock();
        if state.is_real {
            return Ok(Look::Real);
        }
        self.pipe.check_process()?;
        if !state.unread().is_empty() {
            let (count, found) = take(state.unread());
            state.consume(count);
            return Ok(Look::Found(found));
        }
        if !state.writers {
            return Ok(Look::End);
        }
        state.reader = Some(thread::current());
        Ok(Look::Nothing)
    }

    /// Puts some of `data` where the reader finds it.
    fn put(&self, data: &[u8]) -> io::Result<Look<usize>> {
        if self.real.get().is_some() {
            return Ok(Look::Real);
        }
        let mut state = self.pipe.lock();
        self.pipe.check_process()?;
        if !state.readers && !state.is_real {
            return Ok(Look::End);
        }
        let room = CAPACITY.saturating_sub(state.unread().len());
        if state.pours || !state.is_real && (room == 0 || room < data.len() && data.len() <= ATOMIC) {
            state.writer = Some(thread::current());
            return Ok(Look::Nothing);
        }
        if state.is_real {
            return Ok(Look::Real);
        }
        let count = data.len().min(room);
        state.append(&data[..count]);
        Ok(Look::Found(count))
    }

    fn is_interrupted(&self) -> bool {
        self.pipe.notes.tells()
    }
}

/// Bytes of `text` that belong to a line of at most `limit`, and whether its end is among them.
fn part_of_line(text: &[u8], delimiter: Option<u8>, limit: usize) -> (usize, bool) {
    let text = &text[..limit.min(text.len())];
    match delimiter.and_then(|delimiter| calls::find(delimiter, text)) {
        Some(place) => (place + 1, true),
        None => (text.len(), false),
    }
}

impl OpenFile for End {
    fn held_bytes(&self) -> usize {
        if self.side == Side::Reader { self.pipe.lock().bytes.capacity() } else { 0 }
    }

    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.side == Side::Writer {
            return Err(calls::errno(libc::EBADF));
        }
        let mut patience = Patience::new();
        loop {
            let look = self.look(|text| {
                let count = text.len().min(buffer.len());
                buffer[..count].copy_from_slice(&text[..count]);
                (count, count)
            })?;
            match look {
                Look::Found(count) => return Ok(count),
                Look::End => return Ok(0),
                Look::Real => return self.fetched()?.read(buffer),
                Look::Nothing if self.is_interrupted() => return Err(io::ErrorKind::Interrupted.into()),
                Look::Nothing if patience.is_over() => return self.made_real()?.read(buffer),
                Look::Nothing => patience.sleep(),
            }
        }
    }

    fn write(&self, data: &[u8]) -> io::Result<usize> {
        if self.side == Side::Reader {
            return Err(calls::errno(libc::EBADF));
        }
        let mut patience = Patience::new();
        loop {
            match self.put(data)? {
                Look::Found(count) => return Ok(count),
                Look::End => return Err(io::ErrorKind::BrokenPipe.into()),
                Look::Real => return self.fetched()?.write(data),
                Look::Nothing => patience.sleep(),
            }
        }
    }

    fn read_line(&self, line: &Line, out: &mut Vec<u8>) -> io::Result<Delimited> {
        if self.side == Side::Writer {
            return Err(calls::errno(libc::EBADF));
        }
        let (mut left, mut patience) = (line.limit, Patience::new());
        while left > 0 {
            let look = self.look(|text| {
                let (count, ended) = part_of_line(text, line.delimiter, left);
                out.extend_from_slice(&text[..count]);
                left -= count;
                (count, ended)
            })?;
            match look {
                Look::Found(true) => return Ok(Delimited::Delimiter),
                Look::Found(false) => {}
                Look::End => return Ok(Delimited::End),
                Look::Real => return self.fetched()?.read_line(&Line { limit: left, ..*line }, out),
                Look::Nothing if self.is_interrupted() => return Ok(Delimited::Interrupted),
                Look::Nothing if patience.is_over() || line.deadline.is_some() => {
                    return self.made_real()?.read_line(&Line { limit: left, ..*line }, out);
                }
                Look::Nothing => patience.sleep(),
            }
        }
        Ok(Delimited::Limit)
    }

    /// Another process is about to see it.
    fn settle(&self) {
        if let Ok(real) = self.made_real() {
            real.settle();
            let mut patience = Patience::new();
            while self.side == Side::Writer && self.pipe.lock().pours {
                patience.sleep();
            }
        }
    }

    fn wait_readable(&self, timeout: Option<Duration>) -> io::Result<Readiness> {
        if self.side == Side::Reader && matches!(self.look(|_| (0, ()))?, Look::Found(()) | Look::End) {
            return Ok(Readiness::Ready);
        }
        self.made_real()?.wait_readable(timeout)
    }

    fn seek_by(&self, offset: i64) -> io::Result<u64> {
        self.made_real()?.seek_by(offset)
    }

    fn seek_to(&self, position: u64) -> io::Result<()> {
        self.made_real()?.seek_to(position)
    }

    fn metadata(&self) -> io::Result<Metadata> {
        self.made_real()?.metadata()
    }

    fn is_terminal(&self) -> bool {
        false
    }

    fn modes(&self) -> (bool, bool) {
        (self.side == Side::Reader, self.side == Side::Writer)
    }

    fn os_fd(&self) -> Option<BorrowedFd<'_>> {
        self.made_real().ok()?.os_fd()
    }

    fn as_any(&self) -> Option<&dyn Any> {
        self.real()?.as_any()
    }
}

impl Drop for End {
    fn drop(&mut self) {
        if self.real.get().is_some() {
            return;
        }
        let mut state = self.pipe.lock();
        match self.side {
            Side::Reader => state.readers = false,
            Side::Writer => state.writers = false,
        }
        let gone = state.drop_closed();
        state.wake_all();
        drop(state);
        drop(gone);
    }
}

#[cfg(test)]
mod tests;
