//! The standard output and error of a session: memory, until another process has to write to them.
//!
//! They outlive a run: a background job may write when nothing runs, and what it wrote is part of the next outcome.

use super::kept::{Capture, Kept, Spill, Taken};
use super::outcome::Stream;
use super::sink::Sink;
use bash_host::{FileRef, Host, Metadata, OpenFile, Readiness};
use bash_interp::limits::Meter;
use std::io;
use std::os::fd::BorrowedFd;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

/// What a session writes.
#[derive(Default)]
pub(crate) struct Output(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    kept: Kept,
    /// Those of the session, then those of the run.
    sinks: Vec<Box<dyn Sink>>,
    own_sinks: usize,
    /// Output that is to go no further than to memory: that of a command in the middle of a pipeline.
    withheld: bool,
    /// The read ends of pipes whose bytes threads still move into the buffer.
    pipes: Vec<(Stream, FileRef)>,
    /// What counts the output, where it is limited.
    meter: Option<Arc<Meter>>,
}

impl Output {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a sink for the whole session.
    pub(crate) fn add_sink(&self, sink: Box<dyn Sink>) {
        let mut inner = self.lock();
        let at = inner.own_sinks;
        inner.sinks.insert(at, sink);
        inner.own_sinks += 1;
    }

    /// Before a run that wants more than the usual.
    pub(crate) fn begin(&self, sinks: Vec<Box<dyn Sink>>, capture: &Capture, spill: Spill) {
        let mut inner = self.lock();
        inner.sinks.extend(sinks);
        if *capture != Capture::All {
            inner.kept = Kept::new(capture, spill);
        }
    }

    /// After a run: what it wrote, by whomever. Waits for nobody.
    pub(crate) fn end(&self, host: &dyn Host, usual: &Capture) -> Taken {
        let mut inner = self.lock();
        inner.move_available(host);
        inner.sinks.iter_mut().for_each(|sink| sink.end());
        let own = inner.own_sinks;
        inner.sinks.truncate(own);
        let taken = inner.kept.take();
        inner.kept = Kept::new(usual, Spill::None);
        taken
    }

    /// Whether sinks get the output.
    pub(crate) fn withhold(&self, withheld: bool) {
        self.lock().withheld = withheld;
    }

    /// From here on output is counted by the meter of the run that begins.
    pub(crate) fn measure_by(&self, meter: Arc<Meter>) {
        self.lock().meter = Some(meter);
    }

    /// Adds output that does not count.
    pub(crate) fn push_unmeasured(&self, stream: Stream, chunk: &[u8]) {
        self.lock().keep(stream, chunk);
    }

    /// What is there from an offset on, while it is written.
    pub(crate) fn since(&self, stream: Stream, offset: u64) -> (Vec<u8>, u64) {
        self.lock().kept.since(stream, offset)
    }

    fn push(&self, stream: Stream, chunk: &[u8]) {
        self.lock().push(stream, chunk);
    }

    /// Moves bytes from a pipe as long as somebody may write to it. None of them may be on its way when the lock is free,
    /// so that whoever looks for what is there finds it.
    fn drain(&self, stream: Stream, reader: &FileRef) {
        while reader.wait_readable(None).is_ok() {
            if self.lock().move_some(stream, reader) == Moved::End {
                break;
            }
        }
        self.lock().pipes.retain(|(_, pipe)| !Arc::ptr_eq(pipe, reader));
    }
}

/// What came of looking into a pipe.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moved {
    Some,
    NothingThere,
    Interrupted,
    End,
}

impl Inner {
    fn push(&mut self, stream: Stream, chunk: &[u8]) {
        let length = self.meter.as_ref().map_or(chunk.len(), |meter| meter.admit_output(chunk.len()));
        self.keep(stream, &chunk[..length]);
    }

    fn keep(&mut self, stream: Stream, chunk: &[u8]) {
        self.kept.push(stream, chunk);
        if !self.withheld {
            self.sinks.iter_mut().for_each(|sink| sink.write(stream, chunk));
        }
    }

    fn move_some(&mut self, stream: Stream, reader: &FileRef) -> Moved {
        match reader.wait_readable(Some(Duration::ZERO)) {
            Ok(Readiness::Ready) => {}
            Ok(Readiness::TimedOut) => return Moved::NothingThere,
            Ok(Readiness::Interrupted) => return Moved::Interrupted,
            Err(_) => return Moved::End,
        }
        let mut buffer = vec![0; 64 * 1024];
        match reader.read(&mut buffer) {
            Ok(0) => Moved::End,
            Ok(count) => {
                self.push(stream, &buffer[..count]);
                Moved::Some
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Moved::Interrupted,
            Err(_) => Moved::End,
        }
    }

    /// Moves all that the pipes hold at the moment. Signals that come between are noted again.
    fn move_available(&mut self, host: &dyn Host) {
        let mut noted = Vec::new();
        for (stream, reader) in self.pipes.clone() {
            loop {
                match self.move_some(stream, &reader) {
                    Moved::Some => {}
                    Moved::NothingThere | Moved::End => break,
                    Moved::Interrupted => noted.extend(std::iter::from_fn(|| host.take_signal())),
                }
            }
        }
        noted.into_iter().for_each(|signal| host.post_signal(signal));
    }
}

/// A descriptor of the session's output.
pub(crate) struct Outlet {
    stream: Stream,
    host: Arc<dyn Host>,
    output: Arc<Output>,
    /// The write end, once there is a pipe.
    pipe: OnceLock<FileRef>,
}

impl Outlet {
    pub(crate) fn new(stream: Stream, host: Arc<dyn Host>, output: Arc<Output>) -> Arc<Outlet> {
        Arc::new(Outlet { stream, host, output, pipe: OnceLock::new() })
    }

    /// Another one of the same kind, in memory again.
    pub(crate) fn renewed(&self) -> Arc<Outlet> {
        Outlet::new(self.stream, self.host.clone(), self.output.clone())
    }

    /// Whether it had to become a pipe.
    pub(crate) fn is_pipe(&self) -> bool {
        self.pipe.get().is_some()
    }

    fn become_pipe(&self) -> io::Result<()> {
        if self.is_pipe() {
            return Ok(());
        }
        let (reader, writer) = self.host.pipe()?;
        let (output, stream, pipe) = (self.output.clone(), self.stream, reader.clone());
        output.lock().pipes.push((stream, reader.clone()));
        let drained = self.host.run_concurrently(Box::new(move || output.drain(stream, &pipe)));
        if let Err(error) = drained {
            self.output.lock().pipes.retain(|(_, pipe)| !Arc::ptr_eq(pipe, &reader));
            return Err(error);
        }
        let _ = self.pipe.set(writer);
        Ok(())
    }
}

impl OpenFile for Outlet {
    fn write(&self, data: &[u8]) -> io::Result<usize> {
        match self.pipe.get() {
            Some(pipe) => pipe.write(data),
            None => {
                self.output.push(self.stream, data);
                Ok(data.len())
            }
        }
    }

    /// Another process is about to see this file: it becomes a pipe.
    fn settle(&self) {
        let _ = self.become_pipe();
    }

    fn metadata(&self) -> io::Result<Metadata> {
        self.become_pipe()?;
        match self.pipe.get() {
            Some(pipe) => pipe.metadata(),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn modes(&self) -> (bool, bool) {
        (false, true)
    }

    fn as_any(&self) -> Option<&dyn std::any::Any> {
        self.pipe.get()?.as_any()
    }

    fn os_fd(&self) -> Option<BorrowedFd<'_>> {
        self.pipe.get().and_then(|pipe| pipe.os_fd())
    }
}
