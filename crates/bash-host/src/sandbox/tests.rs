//! A sandbox has what it was given and nothing else.

use super::*;
use crate::filesystem::MemoryFs;
use crate::testing::{READ, code};
use crate::{
    Access, Clock, ConnectError, DirRef, Files, Line, OpenHow, ProcessGroup, Processes, Protocol, SignalSet,
    SpawnRequest, Users,
};
use std::time::Duration;

fn sandbox() -> (SandboxHost, DirRef) {
    let files = MemoryFs::with_skeleton();
    files.add_file("/home/user/f", "one\ntwo\n").unwrap();
    files.add_file_with_mode("/bin/tool", "\x7fELF", 0o755).unwrap();
    let host = SandboxHost::new(files).in_directory("/home/user");
    let here = host.current_directory().unwrap();
    (host, here)
}

fn spawn(host: &SandboxHost, here: &DirRef, program: &str) -> i32 {
    let request = SpawnRequest {
        program: program.as_bytes(),
        arguments: &[],
        environment: &[],
        directory: here,
        descriptors: &[],
        closed: &[],
        group: ProcessGroup::Inherit,
        terminal: None,
        umask: 0o022,
        limits: &[],
        ignored: SignalSet::EMPTY,
    };
    code(host.spawn(&request))
}

#[test]
fn files_are_those_of_the_table() {
    let (host, here) = sandbox();
    assert_eq!(host.directory_path(&here).unwrap(), b"/home/user");
    assert_eq!(host.read_file(&here, b"f").unwrap(), b"one\ntwo\n");
    assert_eq!(host.read_file(&here, b"/home/../home/user/f").unwrap(), b"one\ntwo\n");
    let up = host.open_directory(&here, b"..").unwrap();
    assert_eq!(host.directory_path(&up).unwrap(), b"/home");
    assert_eq!(code(host.open_directory(&here, b"f")), libc::ENOTDIR);
    assert_eq!(code(host.metadata(&here, b"/proc/self/status")), libc::ENOENT);
    assert_eq!(code(host.metadata(&here, b"/etc/passwd")), libc::ENOENT);
    let directory: DirRef = crate::real::RealHost::embedded().current_directory().unwrap();
    assert_eq!(code(host.metadata(&directory, b".")), libc::EBADF);
}

#[test]
fn positions_and_lines_are_those_of_files() {
    let (host, here) = sandbox();
    let file = host.open(&here, b"f", READ).unwrap();
    let line = Line { delimiter: Some(b'\n'), limit: usize::MAX, deadline: None };
    let mut out = Vec::new();
    file.read_line(&line, &mut out).unwrap();
    assert_eq!((&out[..], file.seek_by(0).unwrap()), (&b"one\n"[..], 4));
    let again = host.reopen(&file, READ).unwrap().unwrap();
    assert_eq!(again.seek_by(0).unwrap(), 0);
    assert_eq!(code(host.reopen(&file, OpenHow { write: true, ..READ }).unwrap()), libc::EACCES);
    assert_eq!(code(file.write(b"x")), libc::EBADF);
    let append = OpenHow { read: false, append: true, ..READ };
    let other = host.open(&here, b"f", append).unwrap();
    other.write_all(b"three\n").unwrap();
    assert_eq!(other.seek_by(0).unwrap(), 14);
    out.clear();
    file.read_line(&Line { delimiter: None, limit: 100, deadline: None }, &mut out).unwrap();
    assert_eq!(out, b"two\nthree\n");
}

#[test]
fn documents_are_read_once() {
    let (host, _) = sandbox();
    for length in [0, 5, 70_000, 1_000_000] {
        let file = host.document(&vec![b'x'; length]).unwrap();
        let (mut total, mut buffer) = (0, [0; 30_000]);
        loop {
            match file.read(&mut buffer).unwrap() {
                0 => break,
                count => total += count,
            }
        }
        assert_eq!(total, length);
    }
}

#[test]
fn no_program_starts() {
    let (host, here) = sandbox();
    assert_eq!(spawn(&host, &here, "/bin/tool"), libc::EACCES);
    assert_eq!(spawn(&host, &here, "/bin/sh"), libc::ENOENT);
    assert_eq!(spawn(&host, &here, "/home"), libc::EACCES);
    assert!(!host.owns_process());
    assert!(host.fork(&[]).is_err());
}

#[test]
fn nothing_of_the_machine_shows() {
    let (host, _) = sandbox();
    assert!(host.environment().is_empty() && host.program_path().is_none() && host.inherited(0).is_none());
    assert_eq!(host.host_name(), b"sandbox");
    assert_eq!((host.user_name().unwrap(), host.ids().uid), (b"user".to_vec(), 1000));
    assert_eq!(host.home_directory(Some(b"root")), None);
    assert!(matches!(host.connect(Protocol::Tcp, b"localhost", b"80"), Err(ConnectError::Refused(_))));
    assert_eq!(host.now().as_secs(), 946_684_800);
    assert_eq!(host.cpu_times().user, Duration::ZERO);
    let stopped =
        SandboxHost::new(MemoryFs::new()).with_clock(SandboxClock::stopped_at(Duration::from_secs(7)));
    assert_eq!(stopped.now(), Duration::from_secs(7));
}

#[test]
fn numbers_are_its_own_and_no_signal_leaves_it() {
    let (host, _) = sandbox();
    let other = SandboxHost::new(MemoryFs::new());
    assert_ne!(host.pid(), other.pid());
    assert_eq!(host.new_pid(), host.pid() + 1);
    assert_eq!(code(host.kill(std::process::id() as i32, Signal::TERM)), libc::ESRCH);
    assert_eq!(code(host.kill(1, Signal::NULL)), libc::ESRCH);
}

#[test]
fn waiting_ends_with_a_signal_or_a_cancellation() {
    use crate::Signals;
    let (host, _) = sandbox();
    let host = Arc::new(host);
    let other = host.clone();
    let sender = std::thread::spawn(move || other.post_signal(Signal::ALRM));
    assert!(!host.sleep(Duration::from_secs(600)));
    sender.join().unwrap();
    assert_eq!(host.take_signal(), Some(Signal::ALRM));
    host.cancel();
    let (reader, _writer) = host.pipe().unwrap();
    assert_eq!(code(reader.read(&mut [0])), libc::ECANCELED);
    host.resume();
    assert!(host.sleep(Duration::from_millis(1)));
}

#[test]
fn the_directory_to_start_in_must_be_there() {
    let host = SandboxHost::new(MemoryFs::new()).in_directory("/not/there");
    assert_eq!(code(host.current_directory()), libc::ENOENT);
    let files = MemoryFs::new();
    files.add_directory("/closed", 0o000).unwrap();
    let host = SandboxHost::new(files).in_directory("closed");
    assert_eq!(code(host.current_directory()), libc::EACCES);
    let root = SandboxHost::new(MemoryFs::new());
    let here = root.current_directory().unwrap();
    assert!(root.access(&here, b"/dev/null", Access::Write).is_ok());
}
