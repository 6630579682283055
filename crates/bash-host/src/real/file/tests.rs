//! No reader takes more than its line.

use crate::real::RealHost;
use crate::real::testing::{Folder, Program, alone, rest_of};
use crate::{Clock, Delimited, FileRef, Files, Line, Processes, Readiness, Signal, Signals};
use std::os::fd::{FromRawFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

const LINE: Line = Line { delimiter: Some(b'\n'), limit: usize::MAX, deadline: None };

fn line(file: &FileRef, line: &Line) -> (Delimited, String) {
    let mut out = Vec::new();
    let end = file.read_line(line, &mut out).unwrap();
    (end, String::from_utf8(out).unwrap())
}

fn ours(host: &RealHost, fd: i32) -> FileRef {
    // SAFETY: the test has just made it.
    let fd = unsafe { OwnedFd::from_raw_fd(fd) };
    Arc::new(super::OsFile::new(fd, host.notes.clone(), host.ownership))
}

/// The first line is ours, the second a child's, the third ours again, and then comes the end.
fn lines_are_shared_out(file: &FileRef, host: &RealHost) {
    assert_eq!(line(file, &LINE), (Delimited::Delimiter, "one\n".to_string()));
    let child = Program::shell(host, "read x; echo $x").with_fd(0, file);
    assert_eq!(child.output(host).1, "two\n");
    let short = Line { limit: 2, ..LINE };
    assert_eq!(line(file, &short), (Delimited::Limit, "th".to_string()));
    assert_eq!(line(file, &LINE), (Delimited::Delimiter, "ree\n".to_string()));
    assert_eq!(Program::shell(host, "cat").with_fd(0, file).output(host).1, "4\n5");
    assert_eq!(line(file, &LINE), (Delimited::End, String::new()));
}

const TEXT: &str = "one\ntwo\nthree\n4\n5";

#[test]
fn lines_of_a_disk_file_are_shared_with_children() {
    let (host, folder) = (RealHost::embedded(), Folder::new());
    lines_are_shared_out(&folder.file(&host, "f", TEXT), &host);
}

#[test]
fn lines_of_a_pipe_are_shared_with_children() {
    let host = RealHost::embedded();
    lines_are_shared_out(&host.document(TEXT.as_bytes()).unwrap(), &host);
}

#[test]
fn lines_of_a_socket_are_shared_with_children() {
    let host = RealHost::embedded();
    let mut pair = [0; 2];
    // SAFETY: the array has room for both.
    let result = unsafe {
        libc::socketpair(libc::AF_UNIX, libc::SOCK_STREAM | libc::SOCK_CLOEXEC, 0, pair.as_mut_ptr())
    };
    assert_eq!(result, 0);
    let writer = ours(&host, pair[1]);
    writer.write_all(TEXT.as_bytes()).unwrap();
    drop(writer);
    lines_are_shared_out(&ours(&host, pair[0]), &host);
}

/// Both sides of a new terminal.
fn terminal(host: &RealHost) -> (FileRef, FileRef) {
    // SAFETY: plain calls; the buffer is as large as they are told.
    unsafe {
        let master = libc::posix_openpt(libc::O_RDWR | libc::O_NOCTTY | libc::O_CLOEXEC);
        assert!(master >= 0 && libc::grantpt(master) == 0 && libc::unlockpt(master) == 0);
        let mut name = [0; 64];
        assert_eq!(libc::ptsname_r(master, name.as_mut_ptr(), name.len()), 0);
        let slave = libc::open(name.as_ptr(), libc::O_RDWR | libc::O_NOCTTY | libc::O_CLOEXEC);
        (ours(host, master), ours(host, slave))
    }
}

#[test]
fn lines_of_a_terminal_are_shared_with_children() {
    let host = RealHost::embedded();
    let (master, slave) = terminal(&host);
    assert!(slave.is_terminal() && !host.document(b"").unwrap().is_terminal());
    master.write_all(b"one\ntwo\nthree\n4\n5\x04\x04\x04").unwrap();
    lines_are_shared_out(&slave, &host);
}

#[test]
fn another_delimiter_on_a_terminal_takes_no_more() {
    let host = RealHost::embedded();
    let (master, slave) = terminal(&host);
    master.write_all(b"a:b\nc\n").unwrap();
    let colon = Line { delimiter: Some(b':'), ..LINE };
    assert_eq!(line(&slave, &colon), (Delimited::Delimiter, "a:".to_string()));
    assert_eq!(line(&slave, &LINE), (Delimited::Delimiter, "b\n".to_string()));
    let exact = Line { delimiter: None, limit: 2, deadline: None };
    assert_eq!(line(&slave, &exact), (Delimited::Limit, "c\n".to_string()));
}

#[test]
fn long_lines_arrive_whole() {
    let (host, folder) = (RealHost::embedded(), Folder::new());
    let long = "x".repeat(200_000) + "\n";
    let file = folder.file(&host, "long", &(long.clone() + "rest"));
    assert_eq!(line(&file, &LINE), (Delimited::Delimiter, long));
    assert_eq!(rest_of(&file), b"rest");
    let (reader, writer) = host.pipe().unwrap();
    let text = "y".repeat(3000) + "\nz";
    writer.write_all(text.as_bytes()).unwrap();
    assert_eq!(line(&reader, &LINE).1, text[..3001]);
    drop(writer);
    assert_eq!(line(&reader, &LINE), (Delimited::End, "z".to_string()));
}

#[test]
fn a_deadline_ends_the_wait() {
    let host = RealHost::embedded();
    let (reader, writer) = host.pipe().unwrap();
    writer.write_all(b"part").unwrap();
    let soon = Line { deadline: Some(host.monotonic() + Duration::from_millis(30)), ..LINE };
    let start = Instant::now();
    assert_eq!(line(&reader, &soon), (Delimited::TimedOut, "part".to_string()));
    assert!(start.elapsed() >= Duration::from_millis(29));
    assert_eq!(reader.wait_readable(Some(Duration::ZERO)).unwrap(), Readiness::TimedOut);
    drop(writer);
    assert_eq!(reader.wait_readable(None).unwrap(), Readiness::Ready);
}

#[test]
fn two_threads_share_a_pipe_line_by_line() {
    let host = Arc::new(RealHost::embedded());
    let (reader, writer) = host.pipe().unwrap();
    let readers: Vec<_> = (0..2)
        .map(|_| {
            let reader = reader.clone();
            std::thread::spawn(move || {
                let mut count = 0;
                while let (Delimited::Delimiter, text) = line(&reader, &LINE) {
                    assert!(
                        text.len() == 11 && text.bytes().all(|byte| byte == b'k' || byte == b'\n'),
                        "{text:?}"
                    );
                    count += 1;
                }
                count
            })
        })
        .collect();
    for _ in 0..2000 {
        writer.write_all(b"kkkkkkkkkk\n").unwrap();
    }
    drop(writer);
    assert_eq!(readers.into_iter().map(|reader| reader.join().unwrap()).sum::<i32>(), 2000);
}

#[test]
fn duplicates_share_what_was_read_ahead() {
    let (host, folder) = (RealHost::embedded(), Folder::new());
    let file = folder.file(&host, "d", "1\n2\n3\n");
    let other = host.duplicate(&file).unwrap();
    assert_eq!(line(&file, &LINE).1, "1\n");
    assert_eq!(line(&other, &LINE).1, "2\n");
    drop(file);
    assert_eq!(rest_of(&other), b"3\n");
}

#[test]
fn a_write_goes_where_the_reader_stopped() {
    let (host, folder) = (RealHost::embedded(), Folder::new());
    let file = folder.file(&host, "w", "one\ntwo\n");
    line(&file, &LINE);
    assert_eq!(file.seek_by(0).unwrap(), 4);
    line(&file, &Line { limit: 1, ..LINE });
    file.write_all(b"W").unwrap();
    assert_eq!(std::fs::read(format!("{}/w", folder.0)).unwrap(), b"one\ntWo\n");
    assert_eq!(file.modes(), (true, true));
}

#[test]
fn a_pipe_without_reader_is_an_error_and_no_death() {
    let host = RealHost::embedded();
    // SAFETY: takes no pointers. As in a host that does not ignore it.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
    let (reader, writer) = host.pipe().unwrap();
    drop(reader);
    for _ in 0..2 {
        assert_eq!(writer.write(b"x").unwrap_err().kind(), std::io::ErrorKind::BrokenPipe);
    }
}

#[test]
fn a_large_document_is_read_from_its_start() {
    let host = RealHost::embedded();
    let text = b"0123456789".repeat(20_000);
    let file = host.document(&text).unwrap();
    assert_eq!(rest_of(&file), text);
    assert_eq!(file.modes(), (true, false));
}

#[test]
fn a_posted_signal_interrupts_a_reader_until_it_is_taken() {
    let host = Arc::new(RealHost::embedded());
    let (reader, writer) = host.pipe().unwrap();
    let poster = Arc::clone(&host);
    let thread = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(20));
        poster.post_signal(Signal::TERM);
    });
    assert_eq!(line(&reader, &LINE), (Delimited::Interrupted, String::new()));
    assert_eq!(reader.read(&mut [0]).unwrap_err().kind(), std::io::ErrorKind::Interrupted);
    assert_eq!(host.take_signal(), Some(Signal::TERM));
    assert_eq!(host.take_signal(), None);
    writer.write_all(b"ok\n").unwrap();
    assert_eq!(line(&reader, &LINE).1, "ok\n");
    thread.join().unwrap();
}

#[test]
fn workers_are_not_interrupted() {
    let _alone = alone();
    let host = Arc::new(RealHost::embedded());
    let (reader, writer) = host.pipe().unwrap();
    host.post_signal(Signal::INT);
    let (sender, receiver) = std::sync::mpsc::channel();
    host.run_concurrently(Box::new(move || sender.send(line(&reader, &LINE)).unwrap())).unwrap();
    writer.write_all(b"x\n").unwrap();
    assert_eq!(receiver.recv().unwrap(), (Delimited::Delimiter, "x\n".to_string()));
}
