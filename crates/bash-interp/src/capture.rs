//! The standard output of a command substitution: a buffer in memory that turns into a pipe when another process
//! needs to write to it.

use bash_host::{Delimited, FileRef, Host, Line, Metadata, OpenFile, Readiness};
use std::io;
use std::os::fd::BorrowedFd;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock};
use std::time::Duration;

/// An output that is collected in memory.
pub struct Capture {
    host: Arc<dyn Host>,
    collected: Arc<Collected>,
    /// The write end, once there is a pipe.
    pipe: OnceLock<FileRef>,
    life: Life,
}

/// How long an output is collected.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Life {
    /// Until everybody who writes has ended.
    OneCommand,
    /// What has come so far is asked for again and again.
    Session,
}

#[derive(Default)]
struct Collected {
    text: Mutex<Text>,
    ended: Condvar,
}

#[derive(Default)]
struct Text {
    bytes: Vec<u8>,
    /// The read ends of pipes whose bytes threads still move into the buffer.
    pipes: Vec<FileRef>,
}

impl Capture {
    /// An empty one.
    pub fn new(host: Arc<dyn Host>) -> Arc<Capture> {
        Arc::new(Capture { host, collected: Arc::default(), pipe: OnceLock::new(), life: Life::OneCommand })
    }

    /// An empty one for the output of a whole session: see [`Capture::take`].
    pub fn of_session(host: Arc<dyn Host>) -> Arc<Capture> {
        Arc::new(Capture { host, collected: Arc::default(), pipe: OnceLock::new(), life: Life::Session })
    }

    /// Another one that collects into the same buffer, in memory again.
    pub fn renewed(&self) -> Arc<Capture> {
        let (host, collected) = (self.host.clone(), self.collected.clone());
        Arc::new(Capture { host, collected, pipe: OnceLock::new(), life: self.life })
    }

    /// Whether it had to become a pipe.
    pub fn is_pipe(&self) -> bool {
        self.pipe.get().is_some()
    }

    /// What has been written so far, by whomever. Waits for nobody.
    pub fn take(&self) -> Vec<u8> {
        let mut text = self.collected.lock();
        let mut noted = Vec::new();
        for reader in text.pipes.clone() {
            while !text.move_available(&reader) {
                noted.extend(std::iter::from_fn(|| self.host.take_signal()));
            }
        }
        noted.into_iter().for_each(|signal| self.host.post_signal(signal));
        std::mem::take(&mut text.bytes)
    }

    /// Everything that was written. Waits until every other process that may write has closed its end.
    pub fn finish(capture: Arc<Capture>) -> Vec<u8> {
        let collected = capture.collected.clone();
        drop(capture);
        let mut text = collected.lock();
        while !text.pipes.is_empty() {
            text = collected.ended.wait(text).unwrap_or_else(|poisoned| poisoned.into_inner());
        }
        std::mem::take(&mut text.bytes)
    }

    fn become_pipe(&self) -> io::Result<()> {
        if self.pipe.get().is_some() {
            return Ok(());
        }
        let (reader, writer) = self.host.pipe()?;
        let (collected, life) = (self.collected.clone(), self.life);
        collected.lock().pipes.push(reader.clone());
        let pipe = reader.clone();
        let drained = self.host.run_concurrently(Box::new(move || match life {
            Life::OneCommand => collected.drain(&pipe),
            Life::Session => collected.drain_beside_others(&pipe),
        }));
        if let Err(error) = drained {
            self.collected.forget(&reader);
            return Err(error);
        }
        let _ = self.pipe.set(writer);
        Ok(())
    }
}

impl Collected {
    fn lock(&self) -> MutexGuard<'_, Text> {
        self.text.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn drain(&self, reader: &FileRef) {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => self.lock().bytes.extend_from_slice(&buffer[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        self.forget(reader);
    }

    /// The same while somebody else may take bytes from the pipe: none of them may be on its way when the lock is free.
    fn drain_beside_others(&self, reader: &FileRef) {
        while reader.wait_readable(None).is_ok() {
            if self.lock().move_some(reader) == Moved::End {
                break;
            }
        }
        self.forget(reader);
    }

    fn forget(&self, reader: &FileRef) {
        self.lock().pipes.retain(|pipe| !Arc::ptr_eq(pipe, reader));
        self.ended.notify_all();
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

impl Text {
    /// Moves bytes out of a pipe, if there are any.
    fn move_some(&mut self, reader: &FileRef) -> Moved {
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
                self.bytes.extend_from_slice(&buffer[..count]);
                Moved::Some
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Moved::Interrupted,
            Err(_) => Moved::End,
        }
    }

    /// Moves all that a pipe holds at the moment; whether no signal came between.
    fn move_available(&mut self, reader: &FileRef) -> bool {
        loop {
            match self.move_some(reader) {
                Moved::Some => {}
                Moved::NothingThere | Moved::End => return true,
                Moved::Interrupted => return false,
            }
        }
    }
}

impl OpenFile for Capture {
    fn read(&self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::from_raw_os_error(9))
    }

    fn write(&self, data: &[u8]) -> io::Result<usize> {
        match self.pipe.get() {
            Some(pipe) => pipe.write(data),
            None => {
                self.collected.lock().bytes.extend_from_slice(data);
                Ok(data.len())
            }
        }
    }

    fn read_line(&self, _: &Line, _: &mut Vec<u8>) -> io::Result<Delimited> {
        Err(io::Error::from_raw_os_error(9))
    }

    /// Another process is about to see this file: it becomes a pipe.
    fn settle(&self) {
        let _ = self.become_pipe();
    }

    fn wait_readable(&self, _: Option<Duration>) -> io::Result<Readiness> {
        Ok(Readiness::Ready)
    }

    fn seek_by(&self, _: i64) -> io::Result<u64> {
        Err(io::Error::from_raw_os_error(29))
    }

    fn seek_to(&self, _: u64) -> io::Result<()> {
        Err(io::Error::from_raw_os_error(29))
    }

    fn metadata(&self) -> io::Result<Metadata> {
        self.become_pipe()?;
        match self.pipe.get() {
            Some(pipe) => pipe.metadata(),
            None => Err(io::Error::from_raw_os_error(9)),
        }
    }

    fn is_terminal(&self) -> bool {
        false
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
