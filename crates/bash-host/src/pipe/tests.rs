//! Pipes in memory behave like the kernel's.

use super::*;
use crate::Signal;
use crate::testing::READ;
use std::thread;

fn waits() -> Arc<Waits> {
    Arc::default()
}

fn code<T>(result: io::Result<T>) -> Option<i32> {
    result.err().and_then(|error| error.raw_os_error())
}

/// A FIFO is there already.
const WRITE: OpenHow = OpenHow { read: false, write: true, ..READ };

#[test]
fn what_goes_in_comes_out_and_then_there_is_an_end() {
    let (reader, writer) = pipe(&waits());
    writer.write_all(b"hello").unwrap();
    let mut buffer = [0; 3];
    assert_eq!(reader.read(&mut buffer).unwrap(), 3);
    assert_eq!(&buffer, b"hel");
    assert_eq!(reader.wait_readable(Some(Duration::ZERO)).unwrap(), Readiness::Ready);
    assert_eq!(reader.read(&mut buffer).unwrap(), 2);
    assert_eq!(reader.wait_readable(Some(Duration::ZERO)).unwrap(), Readiness::TimedOut);
    drop(writer);
    assert_eq!(reader.wait_readable(None).unwrap(), Readiness::Ready);
    assert_eq!(reader.read(&mut buffer).unwrap(), 0);
}

#[test]
fn each_end_is_good_for_one_thing() {
    let (reader, writer) = pipe(&waits());
    assert_eq!(code(reader.write(b"x")), Some(libc::EBADF));
    assert_eq!(code(writer.read(&mut [0])), Some(libc::EBADF));
    assert_eq!(code(reader.seek_by(0)), Some(libc::ESPIPE));
    assert_eq!((reader.modes(), writer.modes()), ((true, false), (false, true)));
    assert_eq!(reader.metadata().unwrap().kind, FileKind::Fifo);
    assert_eq!(reader.metadata().unwrap().inode, writer.metadata().unwrap().inode);
}

#[test]
fn without_a_reader_a_writer_gets_epipe() {
    let (reader, writer) = pipe(&waits());
    writer.write_all(b"x").unwrap();
    drop(reader);
    assert_eq!(code(writer.write(b"y")), Some(libc::EPIPE));
}

#[test]
fn a_full_pipe_makes_its_writer_wait() {
    let (reader, writer) = pipe(&waits());
    let producer = thread::spawn(move || writer.write_all(&[b'x'; 300_000]));
    thread::sleep(Duration::from_millis(20));
    assert!(!producer.is_finished());
    let (mut total, mut buffer) = (0, [0; 10_000]);
    loop {
        match reader.read(&mut buffer).unwrap() {
            0 => break,
            count => total += count,
        }
    }
    assert_eq!(total, 300_000);
    producer.join().unwrap().unwrap();
}

#[test]
fn a_waiting_writer_learns_that_its_reader_is_gone() {
    let (reader, writer) = pipe(&waits());
    let producer = thread::spawn(move || writer.write_all(&[b'x'; 300_000]));
    thread::sleep(Duration::from_millis(10));
    drop(reader);
    assert_eq!(code(producer.join().unwrap()), Some(libc::EPIPE));
}

#[test]
fn short_texts_are_not_torn() {
    let (reader, writer) = pipe(&waits());
    let writers: Vec<_> = [b'a', b'b', b'c']
        .into_iter()
        .map(|letter| {
            let writer = writer.clone();
            thread::spawn(move || (0..200).for_each(|_| writer.write_all(&[letter; 1000]).unwrap()))
        })
        .collect();
    drop(writer);
    let mut all = Vec::new();
    let line = Line { delimiter: None, limit: 1000, deadline: None };
    while reader.read_line(&line, &mut all).unwrap() == Delimited::Limit {}
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    assert_eq!(all.len(), 600_000);
    assert!(all.chunks(1000).all(|chunk| chunk.iter().all(|byte| *byte == chunk[0])));
}

#[test]
fn a_line_takes_no_more_than_itself() {
    let (reader, writer) = pipe(&waits());
    writer.write_all(b"one\ntwo\nthr").unwrap();
    let line = Line { delimiter: Some(b'\n'), limit: usize::MAX, deadline: None };
    let mut out = Vec::new();
    assert_eq!(reader.read_line(&line, &mut out).unwrap(), Delimited::Delimiter);
    assert_eq!(out, b"one\n");
    out.clear();
    let short = Line { limit: 2, ..line };
    assert_eq!(reader.read_line(&short, &mut out).unwrap(), Delimited::Limit);
    assert_eq!(out, b"tw");
    out.clear();
    assert_eq!(reader.read_line(&line, &mut out).unwrap(), Delimited::Delimiter);
    let soon = crate::real::monotonic() + Duration::from_millis(10);
    let timed = Line { deadline: Some(soon), ..line };
    out.clear();
    assert_eq!(reader.read_line(&timed, &mut out).unwrap(), Delimited::TimedOut);
    assert_eq!(out, b"thr");
    drop(writer);
    assert_eq!(reader.read_line(&line, &mut out).unwrap(), Delimited::End);
}

#[test]
fn a_signal_interrupts_a_reader() {
    let waits = waits();
    let (reader, _writer) = pipe(&waits);
    let other = waits.clone();
    let sender = thread::spawn(move || other.note(Signal::INT));
    assert_eq!(reader.read(&mut [0]).unwrap_err().kind(), io::ErrorKind::Interrupted);
    sender.join().unwrap();
}

#[test]
fn a_fifo_opens_when_both_sides_are_there() {
    let (fifo, waits) = (Arc::new(Fifo::new()), waits());
    let identity = nameless(FileKind::Fifo);
    let (other, others) = (fifo.clone(), waits.clone());
    let writer = thread::spawn(move || {
        let end = other.open(WRITE, identity, &others).unwrap();
        end.write_all(b"through").unwrap();
    });
    thread::sleep(Duration::from_millis(20));
    assert!(!writer.is_finished(), "it waits for a reader");
    let reader = fifo.open(READ, identity, &waits).unwrap();
    let mut text = Vec::new();
    let line = Line { delimiter: None, limit: 100, deadline: None };
    assert_eq!(reader.read_line(&line, &mut text).unwrap(), Delimited::End);
    assert_eq!(text, b"through");
    writer.join().unwrap();
}

#[test]
fn a_fifo_opened_for_both_waits_for_nobody() {
    let (fifo, waits) = (Fifo::new(), waits());
    let both = fifo.open(OpenHow { write: true, ..READ }, nameless(FileKind::Fifo), &waits).unwrap();
    both.write_all(b"x").unwrap();
    let mut buffer = [0];
    assert_eq!(both.read(&mut buffer).unwrap(), 1);
}

#[test]
fn the_opening_of_a_fifo_can_be_cancelled() {
    let (fifo, waits) = (Arc::new(Fifo::new()), waits());
    let (other, others) = (fifo.clone(), waits.clone());
    let opener = thread::spawn(move || code(other.open(READ, nameless(FileKind::Fifo), &others)));
    thread::sleep(Duration::from_millis(10));
    waits.cancel();
    assert_eq!(opener.join().unwrap(), Some(libc::ECANCELED));
    assert_eq!(fifo.contents.lock().readers.open, 0);
}

#[test]
fn a_bell_ends_the_waits_of_its_thread() {
    let waits = waits();
    let ((reader, writer), (full_reader, full)) = (pipe(&waits), pipe(&waits));
    let bell = Arc::new(crate::real::Bell::default());
    let heard = bell.clone();
    let waiting = thread::spawn(move || {
        let _hearing = heard.listen();
        let read = reader.read(&mut [0]).map_err(|error| error.kind());
        (read, code(full.write_all(&[b'x'; 100_000])))
    });
    thread::sleep(Duration::from_millis(10));
    bell.ring();
    assert_eq!(waiting.join().unwrap(), (Err(io::ErrorKind::Interrupted), Some(libc::EPIPE)));
    drop((writer, full_reader));
}
