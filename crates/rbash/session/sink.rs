//! Where output goes while it is written.
//!
//! A sink is called on the thread that writes, one chunk at a time, in the order of writing; a slow one slows the writer
//! down. It must not use the session that it belongs to.

use super::outcome::Stream;
use std::io::Write;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Takes output as it comes. Closures `FnMut(Stream, &[u8])` are sinks.
pub trait Sink: Send {
    /// Takes a chunk.
    fn write(&mut self, stream: Stream, chunk: &[u8]);
    /// The run has ended.
    fn end(&mut self) {}
}

impl<F: FnMut(Stream, &[u8]) + Send> Sink for F {
    fn write(&mut self, stream: Stream, chunk: &[u8]) {
        self(stream, chunk);
    }
}

/// A piece of output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Where it was written to.
    pub stream: Stream,
    /// What.
    pub bytes: Vec<u8>,
}

/// Copies one output to a writer; errors end the copying.
pub fn to_writer(stream: Stream, writer: impl Write + Send) -> impl Sink {
    let mut writer = Some(writer);
    move |from: Stream, chunk: &[u8]| {
        if from == stream && writer.as_mut().is_some_and(|writer| writer.write_all(chunk).is_err()) {
            writer = None;
        }
    }
}

/// Sends both outputs over a channel.
pub fn to_channel(sender: Sender<Chunk>) -> impl Sink {
    move |stream: Stream, chunk: &[u8]| {
        let _ = sender.send(Chunk { stream, bytes: chunk.to_vec() });
    }
}

/// Gives everything to two sinks.
pub fn tee(first: impl Sink, second: impl Sink) -> impl Sink {
    Tee(first, second)
}

struct Tee<A, B>(A, B);

impl<A: Sink, B: Sink> Sink for Tee<A, B> {
    fn write(&mut self, stream: Stream, chunk: &[u8]) {
        self.0.write(stream, chunk);
        self.1.write(stream, chunk);
    }

    fn end(&mut self) {
        self.0.end();
        self.1.end();
    }
}

/// Calls a closure with whole lines, without their newline. What is left at the end of the run is a line too.
pub fn lines(line: impl FnMut(Stream, &[u8]) + Send) -> impl Sink {
    Lines { line, rest: [Vec::new(), Vec::new()] }
}

struct Lines<F> {
    line: F,
    rest: [Vec<u8>; 2],
}

impl<F: FnMut(Stream, &[u8]) + Send> Sink for Lines<F> {
    fn write(&mut self, stream: Stream, mut chunk: &[u8]) {
        let rest = &mut self.rest[stream.index()];
        while let Some(end) = chunk.iter().position(|byte| *byte == b'\n') {
            rest.extend_from_slice(&chunk[..end]);
            (self.line)(stream, rest);
            rest.clear();
            chunk = &chunk[end + 1..];
        }
        rest.extend_from_slice(chunk);
    }

    fn end(&mut self) {
        for stream in [Stream::Stdout, Stream::Stderr] {
            let rest = std::mem::take(&mut self.rest[stream.index()]);
            if !rest.is_empty() {
                (self.line)(stream, &rest);
            }
        }
    }
}

/// Collects both outputs in memory, to be looked at from anywhere while they are written. Clones share what they hold.
#[derive(Clone, Default)]
pub struct Collector(Arc<Mutex<Vec<Chunk>>>);

impl Collector {
    /// What one output has so far.
    pub fn contents(&self, stream: Stream) -> Vec<u8> {
        self.lock()
            .iter()
            .filter(|chunk| chunk.stream == stream)
            .flat_map(|chunk| chunk.bytes.clone())
            .collect()
    }

    /// Everything so far, in order of writing.
    pub fn chunks(&self) -> Vec<Chunk> {
        self.lock().clone()
    }

    /// Takes out everything so far.
    pub fn take(&self) -> Vec<Chunk> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Chunk>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for Collector {
    fn write(&mut self, stream: Stream, bytes: &[u8]) {
        let mut chunks = self.lock();
        match chunks.last_mut() {
            Some(last) if last.stream == stream => last.bytes.extend_from_slice(bytes),
            _ => chunks.push(Chunk { stream, bytes: bytes.to_vec() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn lines_are_put_together_per_stream() {
        let (sender, receiver) = channel();
        let mut sink = lines(move |stream, line: &[u8]| {
            sender.send((stream, String::from_utf8_lossy(line).into_owned())).expect("somebody listens");
        });
        sink.write(Stream::Stdout, b"one\ntw");
        sink.write(Stream::Stderr, b"err\n");
        sink.write(Stream::Stdout, b"o\n\nrest");
        sink.end();
        let seen: Vec<String> = receiver.try_iter().map(|(_, line)| line).collect();
        assert_eq!(seen, ["one", "err", "two", "", "rest"]);
    }

    #[test]
    fn a_collector_keeps_the_order() {
        let collector = Collector::default();
        let mut sink = tee(collector.clone(), |_: Stream, _: &[u8]| {});
        sink.write(Stream::Stdout, b"a");
        sink.write(Stream::Stdout, b"b");
        sink.write(Stream::Stderr, b"c");
        sink.write(Stream::Stdout, b"d");
        let seen: Vec<_> = collector.chunks().into_iter().map(|chunk| chunk.bytes).collect();
        assert_eq!(seen, [&b"ab"[..], b"c", b"d"]);
        assert_eq!(collector.contents(Stream::Stdout), b"abd");
    }
}
