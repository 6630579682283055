//! The standard output of a command substitution: a buffer in memory that turns into a pipe when another process
//! needs to write to it.

use crate::Shell;
use crate::embedded::Told;
use crate::limits::{Admitted, Meter};
use bash_host::{FileRef, Host, Metadata, OpenFile};
use std::io;
use std::os::fd::BorrowedFd;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

/// An output that is collected in memory.
pub(crate) struct Capture {
    host: Arc<dyn Host>,
    collected: Arc<Collected>,
    /// The write end, once there is a pipe.
    pipe: OnceLock<FileRef>,
}

struct Collected {
    text: Mutex<Text>,
    ended: Condvar,
    /// What it counts its bytes with.
    meter: Option<Arc<Meter>>,
}

#[derive(Default)]
struct Text {
    bytes: Vec<u8>,
    /// How many bytes the meter was told of.
    held: u64,
    /// The read ends of pipes whose bytes threads still move into the buffer.
    pipes: Vec<FileRef>,
    /// Nobody can write any more without a pipe.
    closed: bool,
}

impl Capture {
    /// An empty one, for a command of this shell.
    pub(crate) fn new(shell: &Shell) -> Arc<Capture> {
        let (text, ended) = Default::default();
        let collected = Collected { text, ended, meter: shell.meter().cloned() };
        Arc::new(Capture { host: shell.host.clone(), collected: Arc::new(collected), pipe: OnceLock::new() })
    }

    /// Everything that was written. Waits until every other process or thread that may write has closed its end, or this
    /// shell was told to end.
    pub(crate) fn finish(capture: Arc<Capture>, told: Option<&Told>) -> Vec<u8> {
        let collected = capture.collected.clone();
        drop(capture);
        collected.take_unless(|text| !(text.closed && text.pipes.is_empty()), told)
    }

    /// The same for commands that ran in this very shell, which may have made it one of its own descriptors: threads are not
    /// waited for.
    pub(crate) fn finish_in_place(capture: Arc<Capture>, told: Option<&Told>) -> Vec<u8> {
        let collected = capture.collected.clone();
        drop(capture);
        collected.take_unless(|text| !text.pipes.is_empty(), told)
    }

    fn become_pipe(&self) -> io::Result<()> {
        if self.pipe.get().is_some() {
            return Ok(());
        }
        let (reader, writer) = self.host.pipe()?;
        let collected = self.collected.clone();
        collected.lock().pipes.push(reader.clone());
        let pipe = reader.clone();
        let drained = self.host.run_concurrently(Box::new(move || collected.drain(&pipe)));
        if let Err(error) = drained {
            self.collected.forget(&reader);
            return Err(error);
        }
        let _ = self.pipe.set(writer);
        Ok(())
    }
}

impl Drop for Collected {
    fn drop(&mut self) {
        let mut text = std::mem::take(&mut *self.lock());
        self.release(&mut text);
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        self.collected.lock().closed = true;
        self.collected.ended.notify_all();
    }
}

impl Collected {
    /// What was written, as soon as nothing is waited for any more, or this shell was told to end.
    fn take_unless(&self, waits: impl Fn(&Text) -> bool, told: Option<&Told>) -> Vec<u8> {
        let mut text = self.lock();
        while waits(&text) && told.is_none_or(|told| told.signal().is_none()) {
            text = match told {
                None => self.ended.wait(text).unwrap_or_else(PoisonError::into_inner),
                Some(_) => self.ended.wait_timeout(text, PATIENCE).unwrap_or_else(PoisonError::into_inner).0,
            };
        }
        self.release(&mut text)
    }

    fn lock(&self) -> MutexGuard<'_, Text> {
        self.text.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Takes bytes in; what exceeds a limit is dropped, and the run ends.
    fn take(&self, bytes: &[u8]) -> Admitted {
        let mut text = self.lock();
        if let Some(meter) = &self.meter {
            if meter.admit_collected(text.bytes.len() + bytes.len()) == Admitted::No {
                return Admitted::No;
            }
            text.held += bytes.len() as u64;
            if meter.hold_collected(bytes.len() as u64) == Admitted::No {
                return Admitted::No;
            }
        }
        text.bytes.extend_from_slice(bytes);
        Admitted::Yes
    }

    /// Gives away what was collected.
    fn release(&self, text: &mut Text) -> Vec<u8> {
        if let Some(meter) = &self.meter {
            meter.release(std::mem::take(&mut text.held));
        }
        std::mem::take(&mut text.bytes)
    }

    fn drain(&self, reader: &FileRef) {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) if self.take(&buffer[..count]) == Admitted::Yes => {}
                Ok(_) => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        self.forget(reader);
    }

    fn forget(&self, reader: &FileRef) {
        self.lock().pipes.retain(|pipe| !Arc::ptr_eq(pipe, reader));
        self.ended.notify_all();
    }
}

/// How long to sleep before looking whether the shell was told to end.
const PATIENCE: Duration = Duration::from_millis(20);

impl OpenFile for Capture {
    fn write(&self, data: &[u8]) -> io::Result<usize> {
        match self.pipe.get() {
            Some(pipe) => pipe.write(data),
            None => {
                // Whoever exceeds a limit is told so otherwise.
                let _ = self.collected.take(data);
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
            None => Err(io::Error::from_raw_os_error(9)),
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
