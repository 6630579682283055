//! Pipes in memory behave as those of the system, in threads and towards other processes.

use crate::real::RealHost;
use crate::real::testing::{Program, rest_of, run};
use crate::{Delimited, FileRef, Files, Line, Wait};
use std::io;
use std::sync::Arc;

const LINE: Line = Line { delimiter: Some(b'\n'), limit: usize::MAX, deadline: None };

/// Both ends of a pipe in memory.
fn ends() -> (FileRef, FileRef) {
    let host = RealHost::embedded();
    let (reader, writer) = super::pipe(&host.notes, host.ownership);
    (Arc::new(reader), Arc::new(writer))
}

/// What a reader sees of a few writes, as a text.
fn story((reader, writer): (FileRef, FileRef)) -> String {
    let mut story = String::new();
    let mut tell = |how: io::Result<Delimited>, text: &[u8]| {
        story += &format!("{how:?} {};", String::from_utf8_lossy(text));
    };
    let mut text = Vec::new();
    writer.write_all(b"one\ntwo\nthree").unwrap();
    tell(reader.read_line(&LINE, &mut text), &text);
    text.clear();
    tell(reader.read_line(&Line { limit: 2, ..LINE }, &mut text), &text);
    let mut two = [0; 2];
    assert_eq!(reader.read(&mut two).unwrap(), 2);
    tell(Ok(Delimited::Limit), &two);
    drop(writer);
    text.clear();
    tell(reader.read_line(&LINE, &mut text), &text);
    tell(reader.read_line(&LINE, &mut text), &text);
    story
}

#[test]
fn a_pipe_in_memory_is_like_one_of_the_system() {
    let host = RealHost::embedded();
    assert_eq!(story(ends()), story(host.pipe().unwrap()));
}

#[test]
fn much_flows_through_whatever_becomes_of_it() {
    for settles in [false, true] {
        let (reader, writer) = ends();
        let line = "x".repeat(99) + "\n";
        let all = line.repeat(5000);
        let (sent, other) = (all.clone(), reader.clone());
        let thread = std::thread::spawn(move || {
            sent.as_bytes().chunks(777).for_each(|chunk| writer.write_all(chunk).unwrap());
        });
        let mut text = Vec::new();
        for number in 0..5000 {
            assert_eq!(reader.read_line(&LINE, &mut text).unwrap(), Delimited::Delimiter);
            if settles && number == 1000 {
                other.settle();
            }
        }
        thread.join().unwrap();
        assert_eq!(reader.read_line(&LINE, &mut text).unwrap(), Delimited::End);
        assert_eq!(text, all.as_bytes());
    }
}

#[test]
fn a_slow_writer_is_waited_for() {
    let (reader, writer) = ends();
    let thread = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(40));
        writer.write_all(b"late\n").unwrap();
    });
    let mut text = Vec::new();
    assert_eq!(reader.read_line(&LINE, &mut text).unwrap(), Delimited::Delimiter);
    thread.join().unwrap();
    assert_eq!(rest_of(&reader), b"");
}

#[test]
fn nobody_reads_any_more() {
    let (reader, writer) = ends();
    drop(reader);
    assert_eq!(writer.write(b"x").unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    let (reader, writer) = ends();
    let thread = std::thread::spawn(move || writer.write_all(&[b'x'; 1 << 20]).unwrap_err().kind());
    reader.read(&mut [0; 10]).unwrap();
    drop(reader);
    assert_eq!(thread.join().unwrap(), io::ErrorKind::BrokenPipe);
}

#[test]
fn a_program_goes_on_where_the_shell_stopped() {
    let host = RealHost::embedded();
    let (reader, writer) = ends();
    writer.write_all(b"one\ntwo\n").unwrap();
    let mut text = Vec::new();
    reader.read_line(&LINE, &mut text).unwrap();
    Program::shell(&host, "echo three").with_fd(1, &writer).start(&host).unwrap().wait(Wait::Exit).unwrap();
    writer.write_all(b"four\n").unwrap();
    drop(writer);
    assert_eq!(Program::shell(&host, "cat").with_fd(0, &reader).output(&host).1, "two\nthree\nfour\n");
}

#[test]
fn texts_of_every_length_reach_a_program() {
    let host = RealHost::embedded();
    for length in [0, 100, 5000, 65536, 65537, 300_000] {
        let text = "y".repeat(length);
        let pipe = host.pipe_holding(text.clone().into_bytes()).unwrap();
        assert_eq!(Program::shell(&host, "cat").with_fd(0, &pipe).output(&host).1, text, "{length}");
        let document = host.document(text.as_bytes()).unwrap();
        document.read(&mut [0; 3]).unwrap();
        let rest = Program::shell(&host, "cat").with_fd(0, &document).output(&host).1;
        assert_eq!(rest, text[length.min(3)..], "{length}");
    }
    assert_eq!(run(&host, "echo x"), "x\n");
}
