//! A run on the thread of a session: waited for, signalled, fed and read while it goes on.

use super::control::{Control, RunNumber};
use super::outcome::{End, Outcome, Stream};
use super::output::Output;
use bash_host::{FileRef, Signal};
use bash_session::Status;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

/// A run that waits in the queue of a session, goes on, or has ended. Clones are the same run. Dropping it changes nothing.
///
/// It is a future too: awaiting it blocks no thread.
#[derive(Clone)]
pub struct Run(Arc<Inner>);

struct Inner {
    control: Arc<Control>,
    output: Arc<Output>,
    phase: Mutex<Phase>,
    changed: Condvar,
    stdin: Mutex<Stdin>,
    /// Input can be written, or never will be.
    begun: Condvar,
}

enum Phase {
    Queued(Vec<Waker>),
    Running(RunNumber, Vec<Waker>),
    Ended(Box<Outcome>),
}

/// So much input fits into every pipe.
const FITS: usize = 4096;

/// Where input for the run goes.
enum Stdin {
    /// Kept until the run begins.
    Waiting(Vec<u8>),
    /// The same, and that is all.
    Whole(Vec<u8>),
    Open(FileRef),
    Closed,
}

impl Run {
    pub(super) fn new(control: Arc<Control>, output: Arc<Output>, is_live: bool) -> Run {
        let stdin = if is_live { Stdin::Waiting(Vec::new()) } else { Stdin::Closed };
        Run(Arc::new(Inner {
            control,
            output,
            phase: Mutex::new(Phase::Queued(Vec::new())),
            changed: Condvar::new(),
            stdin: Mutex::new(stdin),
            begun: Condvar::new(),
        }))
    }

    /// The outcome, once the run has ended. Ask from a thread that may wait.
    pub fn wait(&self) -> Outcome {
        let mut phase = self.phase();
        loop {
            if let Phase::Ended(outcome) = &*phase {
                return (**outcome).clone();
            }
            phase = self.0.changed.wait(phase).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The outcome, if the run ends within the time. It goes on if it does not.
    pub fn wait_timeout(&self, time: Duration) -> Option<Outcome> {
        let end = Instant::now() + time;
        let mut phase = self.phase();
        loop {
            if let Phase::Ended(outcome) = &*phase {
                return Some((**outcome).clone());
            }
            let left = end.checked_duration_since(Instant::now())?;
            phase = self.0.changed.wait_timeout(phase, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Whether it has ended.
    pub fn is_finished(&self) -> bool {
        matches!(&*self.phase(), Phase::Ended(_))
    }

    /// Whether it has begun and not ended.
    pub fn is_running(&self) -> bool {
        matches!(&*self.phase(), Phase::Running(..))
    }

    /// Sends it a signal; whether it was still there to get it. One that waits in the queue is taken out, and nothing of
    /// it runs.
    pub fn signal(&self, signal: Signal) -> bool {
        self.tell(signal, None)
    }

    /// The same; what still runs after the grace is killed.
    pub fn signal_with_grace(&self, signal: Signal, grace: Duration) -> bool {
        self.tell(signal, Some(grace))
    }

    fn tell(&self, signal: Signal, grace: Option<Duration>) -> bool {
        let phase = self.phase();
        match &*phase {
            Phase::Running(number, _) => self.0.control.signal(Some(*number), signal, grace),
            Phase::Ended(_) => false,
            Phase::Queued(_) => {
                drop(phase);
                let status = Status::new(128 + signal.number());
                self.has_ended(Outcome::silent(status, End::Signaled(signal)));
                true
            }
        }
    }

    /// Writes to its standard input, which must have been made for that ([`crate::Input::Live`]). Waits while the script
    /// has not read what came before.
    pub fn write_stdin(&self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        let bytes = bytes.as_ref();
        let mut stdin = self.stdin();
        let file = loop {
            match &mut *stdin {
                Stdin::Waiting(text) if text.len() + bytes.len() <= FITS => {
                    text.extend_from_slice(bytes);
                    return Ok(());
                }
                Stdin::Waiting(_) => {
                    stdin = self.0.begun.wait(stdin).unwrap_or_else(PoisonError::into_inner);
                }
                Stdin::Open(file) => break file.clone(),
                Stdin::Whole(_) | Stdin::Closed => return Err(io::ErrorKind::BrokenPipe.into()),
            }
        };
        drop(stdin);
        file.write_all(bytes)
    }

    /// Ends its standard input.
    pub fn close_stdin(&self) {
        let mut stdin = self.stdin();
        *stdin = match std::mem::replace(&mut *stdin, Stdin::Closed) {
            Stdin::Waiting(text) | Stdin::Whole(text) => Stdin::Whole(text),
            Stdin::Open(_) | Stdin::Closed => Stdin::Closed,
        };
    }

    /// What it has written to a stream from an offset on, and the offset to ask from next time.
    pub fn read_since(&self, stream: Stream, offset: u64) -> (Vec<u8>, u64) {
        match &*self.phase() {
            Phase::Queued(_) => (Vec::new(), offset),
            Phase::Running(..) => self.0.output.since(stream, offset),
            Phase::Ended(outcome) => since(outcome, stream, offset),
        }
    }

    fn phase(&self) -> MutexGuard<'_, Phase> {
        self.0.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stdin(&self) -> MutexGuard<'_, Stdin> {
        self.0.stdin.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It begins; nothing happens if it was taken out of the queue.
    pub(super) fn has_begun(&self, number: RunNumber) {
        let mut phase = self.phase();
        if let Phase::Queued(wakers) = &mut *phase {
            *phase = Phase::Running(number, std::mem::take(wakers));
        }
    }

    pub(super) fn set_stdin(&self, writer: FileRef) {
        let mut stdin = self.stdin();
        let (text, next) = match std::mem::replace(&mut *stdin, Stdin::Closed) {
            Stdin::Waiting(text) => (text, Stdin::Open(writer.clone())),
            Stdin::Whole(text) => (text, Stdin::Closed),
            Stdin::Open(_) | Stdin::Closed => return,
        };
        let _ = writer.write_all(&text);
        *stdin = next;
        self.0.begun.notify_all();
    }

    pub(super) fn has_ended(&self, outcome: Outcome) {
        let mut phase = self.phase();
        if matches!(&*phase, Phase::Ended(_)) {
            return;
        }
        let before = std::mem::replace(&mut *phase, Phase::Ended(Box::new(outcome)));
        drop(phase);
        *self.stdin() = Stdin::Closed;
        self.0.begun.notify_all();
        self.0.changed.notify_all();
        if let Phase::Queued(wakers) | Phase::Running(_, wakers) = before {
            wakers.into_iter().for_each(Waker::wake);
        }
    }
}

impl Future for Run {
    type Output = Outcome;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        match &mut *self.phase() {
            Phase::Ended(outcome) => Poll::Ready((**outcome).clone()),
            Phase::Queued(wakers) | Phase::Running(_, wakers) => {
                if !wakers.iter().any(|waker| waker.will_wake(context.waker())) {
                    wakers.push(context.waker().clone());
                }
                Poll::Pending
            }
        }
    }
}

/// The same of a run that has ended.
fn since(outcome: &Outcome, stream: Stream, offset: u64) -> (Vec<u8>, u64) {
    let text = outcome.stream(stream);
    let (at, gap) =
        outcome.left_out(stream).map_or((text.len(), 0), |gap| (gap.at.min(text.len()), gap.bytes));
    let (head, tail) = text.split_at(at);
    let from = |start: u64, length: usize| offset.saturating_sub(start).min(length as u64) as usize;
    let mut rest = head[from(0, head.len())..].to_vec();
    rest.extend_from_slice(&tail[from(head.len() as u64 + gap, tail.len())..]);
    (rest, (text.len() as u64 + gap).max(offset))
}
