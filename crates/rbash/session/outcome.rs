//! What a run leaves behind.

use bash_host::Signal;
use bash_interp::limits::LimitKind;
use bash_session::Status;
use std::time::Duration;

/// One of the two outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

impl Stream {
    pub(crate) fn index(self) -> usize {
        self as usize
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The script ran to its end.
    Completed,
    /// By `exit`, `exec`, `set -e`, or a signal that the script sent to itself.
    Exited,
    /// By a signal from outside: [`crate::Canceller::signal`] or [`crate::Run::signal`].
    Signaled(Signal),
    /// Its time was up; the signal is the one that it was told last.
    TimedOut(Signal),
    /// It exceeded a limit; see [`crate::SessionBuilder::limits`].
    Limited(LimitKind),
}

/// What a run left. A status other than zero is no error of the library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The exit status of the last command.
    pub status: Status,
    /// What was written to standard output.
    pub stdout: Vec<u8>,
    /// What was written to standard error.
    pub stderr: Vec<u8>,
    /// How it ended.
    pub end: End,
    /// How long it took.
    pub duration: Duration,
    pub(crate) order: Vec<(Stream, usize)>,
    pub(crate) left_out: [Option<LeftOut>; 2],
}

/// The part of an output that was too much to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Where in the kept text it is missing.
    pub at: usize,
    /// How many bytes.
    pub bytes: u64,
}

/// A run that failed; see [`Outcome::check`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("status {}: {}", .0.status.code(), String::from_utf8_lossy(&.0.stderr).trim_end())]
pub struct Failed(pub Box<Outcome>);

impl Outcome {
    /// Of something that wrote nothing.
    pub(crate) fn silent(status: Status, end: End) -> Outcome {
        Outcome {
            status,
            stdout: Vec::new(),
            stderr: Vec::new(),
            end,
            duration: Duration::ZERO,
            order: Vec::new(),
            left_out: [None, None],
        }
    }

    /// Whether the status is 0.
    pub fn is_success(&self) -> bool {
        self.status.is_success()
    }

    /// Makes an error of any status but 0.
    pub fn check(self) -> Result<Outcome, Failed> {
        if self.is_success() { Ok(self) } else { Err(Failed(Box::new(self))) }
    }

    /// An output.
    pub fn stream(&self, stream: Stream) -> &[u8] {
        match stream {
            Stream::Stdout => &self.stdout,
            Stream::Stderr => &self.stderr,
        }
    }

    /// Both outputs in the order in which they were written, as far as nothing was left out.
    pub fn chunks(&self) -> impl Iterator<Item = (Stream, &[u8])> {
        let mut places = [0, 0];
        self.order.iter().map_while(move |(stream, length)| {
            let start = &mut places[stream.index()];
            let chunk = self.stream(*stream).get(*start..*start + length)?;
            *start += length;
            Some((*stream, chunk))
        })
    }

    /// Both outputs together, in the order in which they were written.
    pub fn combined(&self) -> Vec<u8> {
        self.chunks().flat_map(|(_, chunk)| chunk.iter().copied()).collect()
    }

    /// What was too much to keep of an output; see [`crate::Capture::HeadTail`].
    pub fn left_out(&self, stream: Stream) -> Option<LeftOut> {
        self.left_out[stream.index()]
    }

    /// An output with a line that tells where something was left out.
    pub fn with_marker(&self, stream: Stream) -> Vec<u8> {
        let text = self.stream(stream);
        let Some(LeftOut { at, bytes }) = self.left_out(stream) else { return text.to_vec() };
        let (head, tail) = text.split_at(at.min(text.len()));
        [head, format!("\n[{bytes} bytes left out]\n").as_bytes(), tail].concat()
    }
}
