//! Pipes and FIFOs in memory, between threads of one process.
//!
//! They behave like the kernel's: 64 KiB, a full one makes its writers wait and an empty one its readers, text of up to
//! 4 KiB is written in one piece, without writers there is an end and without readers `EPIPE`.

use crate::waits::{Monitor, Waited, Waits, instant};
use crate::{Delimited, FileKind, FileRef, Line, Metadata, OpenFile, OpenHow, Readiness};
use std::collections::VecDeque;
use std::io;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// So much fits.
const CAPACITY: usize = 64 * 1024;
/// So much is written in one piece.
const ATOMIC: usize = 4096;

/// What lies between the ends.
#[derive(Default)]
struct Contents {
    bytes: VecDeque<u8>,
    readers: Ends,
    writers: Ends,
}

/// The ends on one side.
#[derive(Default)]
struct Ends {
    open: usize,
    /// How many were ever opened: who waits for one must not miss it when it is closed again at once.
    ever: u64,
}

impl Ends {
    fn add(&mut self) {
        self.open += 1;
        self.ever += 1;
    }
}

/// A new pipe: read end, write end.
pub(crate) fn pipe(waits: &Arc<Waits>) -> (FileRef, FileRef) {
    let contents = Monitor::new(Contents::default());
    let identity = Metadata { permissions: 0o600, ..nameless(FileKind::Fifo) };
    let end = |side| Arc::new(PipeEnd::new(contents.clone(), side, waits.clone(), identity)) as FileRef;
    (end(Side::Read), end(Side::Write))
}

/// The read end of a pipe that holds `text` and has no writer.
pub(crate) fn holding(text: &[u8], waits: &Arc<Waits>) -> Option<FileRef> {
    if text.len() > CAPACITY {
        return None;
    }
    let contents = Contents { bytes: text.iter().copied().collect(), ..Contents::default() };
    let identity = Metadata { permissions: 0o600, ..nameless(FileKind::Fifo) };
    Some(Arc::new(PipeEnd::new(Monitor::new(contents), Side::Read, waits.clone(), identity)))
}

/// The metadata of a file that has no name.
pub(crate) fn nameless(kind: FileKind) -> Metadata {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    const DEVICE: u64 = 0x5eff;
    Metadata {
        kind,
        permissions: 0o600,
        size: 0,
        device: DEVICE,
        inode: NEXT.fetch_add(1, Ordering::Relaxed),
        links: 1,
        uid: 0,
        gid: 0,
        accessed: (0, 0),
        modified: (0, 0),
        changed: (0, 0),
        blocks: 0,
        special: 0,
    }
}

/// A FIFO that a file system keeps for as long as it is open.
pub struct Fifo {
    contents: Arc<Monitor<Contents>>,
}

impl Fifo {
    /// One that nobody has opened.
    pub fn new() -> Fifo {
        Fifo { contents: Monitor::new(Contents::default()) }
    }

    /// Opens it, waiting for the other side. `identity` is what the open file says it is.
    pub(crate) fn open(&self, how: OpenHow, identity: Metadata, waits: &Arc<Waits>) -> io::Result<FileRef> {
        let side = match (how.read, how.write || how.append) {
            (true, true) => Side::Both,
            (_, true) => Side::Write,
            _ => Side::Read,
        };
        // The other side may be gone again as soon as it sees this one.
        let (seen, is_met) = {
            let contents = self.contents.lock();
            let others = if side == Side::Read { contents.writers.open } else { contents.readers.open };
            ((contents.readers.ever, contents.writers.ever), others > 0 || side == Side::Both)
        };
        let end = PipeEnd::new(self.contents.clone(), side, waits.clone(), identity);
        let met = move |contents: &mut Contents| {
            let is_there = match side {
                Side::Both => true,
                Side::Read => contents.writers.open > 0 || contents.writers.ever != seen.1,
                Side::Write => contents.readers.open > 0 || contents.readers.ever != seen.0,
            };
            (is_met || is_there).then_some(())
        };
        self.contents.wait(waits, None, met)?.or_interrupted()?;
        Ok(Arc::new(end))
    }
}

impl Default for Fifo {
    fn default() -> Fifo {
        Fifo::new()
    }
}

/// Which side an end is on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Read,
    Write,
    Both,
}

impl Side {
    fn reads(self) -> bool {
        self != Side::Write
    }

    fn writes(self) -> bool {
        self != Side::Read
    }
}

/// An open end.
struct PipeEnd {
    contents: Arc<Monitor<Contents>>,
    side: Side,
    waits: Arc<Waits>,
    identity: Metadata,
}

impl PipeEnd {
    fn new(contents: Arc<Monitor<Contents>>, side: Side, waits: Arc<Waits>, identity: Metadata) -> PipeEnd {
        let mut inside = contents.lock();
        if side.reads() {
            inside.readers.add();
        }
        if side.writes() {
            inside.writers.add();
        }
        drop(inside);
        contents.tell();
        PipeEnd { contents, side, waits, identity }
    }

    fn must(&self, may: bool) -> io::Result<()> {
        if may { Ok(()) } else { Err(error(libc::EBADF)) }
    }

    /// Waits until there is something to read, or the end of it, and takes it.
    fn take<T>(
        &self,
        deadline: Option<Instant>,
        mut take: impl FnMut(&mut VecDeque<u8>) -> T,
    ) -> io::Result<Waited<T>> {
        let taken = self.contents.wait(&self.waits, deadline, |contents| {
            let is_readable = !contents.bytes.is_empty() || contents.writers.open == 0;
            is_readable.then(|| take(&mut contents.bytes))
        });
        self.contents.tell();
        taken
    }
}

impl Drop for PipeEnd {
    fn drop(&mut self) {
        let mut contents = self.contents.lock();
        contents.readers.open -= usize::from(self.side.reads());
        contents.writers.open -= usize::from(self.side.writes());
        if contents.readers.open + contents.writers.open == 0 {
            contents.bytes = VecDeque::new();
        }
        drop(contents);
        self.contents.tell();
    }
}

impl OpenFile for PipeEnd {
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.must(self.side.reads())?;
        self.take(None, |bytes| io::Read::read(bytes, buffer))?.or_interrupted()?
    }

    fn write(&self, data: &[u8]) -> io::Result<usize> {
        self.must(self.side.writes())?;
        if data.is_empty() {
            return Ok(0);
        }
        let needed = if data.len() <= ATOMIC { data.len() } else { 1 };
        let written = self.contents.wait(&self.waits, None, |contents| {
            let room = CAPACITY.saturating_sub(contents.bytes.len());
            if contents.readers.open == 0 {
                return Some(Err(error(libc::EPIPE)));
            }
            (room >= needed).then(|| {
                let count = data.len().min(room);
                contents.bytes.extend(&data[..count]);
                Ok(count)
            })
        });
        self.contents.tell();
        match written?.or_interrupted() {
            // Whoever writes all of a text would try again for as long as the bell rings.
            Err(_) if crate::real::rings_here() => Err(error(libc::EPIPE)),
            written => written?,
        }
    }

    fn read_line(&self, line: &Line, out: &mut Vec<u8>) -> io::Result<Delimited> {
        self.must(self.side.reads())?;
        let deadline = line.deadline.map(instant);
        let mut left = line.limit;
        while left > 0 {
            let taken = match self.take(deadline, |bytes| take_line(bytes, line.delimiter, left, out))? {
                Waited::Ready(taken) => taken,
                Waited::TimedOut => return Ok(Delimited::TimedOut),
                Waited::Interrupted => return Ok(Delimited::Interrupted),
            };
            match taken {
                Taken::Line => return Ok(Delimited::Delimiter),
                Taken::Some(0) => return Ok(Delimited::End),
                Taken::Some(count) => left -= count,
            }
        }
        Ok(Delimited::Limit)
    }

    fn settle(&self) {}

    fn wait_readable(&self, timeout: Option<Duration>) -> io::Result<Readiness> {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        Ok(self.take(deadline, |_| ())?.readiness())
    }

    fn metadata(&self) -> io::Result<Metadata> {
        Ok(self.identity)
    }

    fn modes(&self) -> (bool, bool) {
        (self.side.reads(), self.side.writes())
    }

    fn os_fd(&self) -> Option<BorrowedFd<'_>> {
        None
    }
}

/// What was taken of a line.
enum Taken {
    /// All of it.
    Line,
    /// So many bytes, which are not all.
    Some(usize),
}

/// Moves bytes up to and including the delimiter, at most `limit`.
fn take_line(bytes: &mut VecDeque<u8>, delimiter: Option<u8>, limit: usize, out: &mut Vec<u8>) -> Taken {
    let ready = limit.min(bytes.len());
    let end = delimiter.and_then(|delimiter| bytes.iter().take(ready).position(|byte| *byte == delimiter));
    let count = end.map_or(ready, |end| end + 1);
    out.extend(bytes.drain(..count));
    if end.is_some() { Taken::Line } else { Taken::Some(count) }
}

fn error(code: i32) -> io::Error {
    io::Error::from_raw_os_error(code)
}

#[cfg(test)]
mod tests;
