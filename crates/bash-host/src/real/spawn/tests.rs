//! Programs are started as asked for, and see nothing else.

use crate::real::RealHost;
use crate::real::testing::{Folder, Program, alone, rest_of, run};
use crate::{Files, ProcessGroup, Processes, Signal, Wait, WaitStatus};

fn host() -> RealHost {
    RealHost::embedded()
}

#[test]
fn output_and_status_come_back() {
    let (status, text) = Program::shell(&host(), "echo hello; exit 3").output(&host());
    assert_eq!((status, text.as_str()), (WaitStatus::Exited(3), "hello\n"));
    assert_eq!(status.code(), 3);
}

#[test]
fn colliding_descriptors_are_swapped() {
    let host = host();
    let [a, b] = ["one", "two"].map(|text| host.document(text.as_bytes()).unwrap());
    let number = |file: &crate::FileRef| std::os::fd::AsRawFd::as_raw_fd(&file.os_fd().unwrap());
    let (first, second) = (number(&a), number(&b));
    let script = format!("cat /dev/fd/{first}; echo; cat /dev/fd/{second}");
    let program = Program::shell(&host, &script).with_fd(first, &b).with_fd(second, &a);
    assert_eq!(program.output(&host).1, "two\none");
}

#[test]
fn one_file_may_have_many_numbers() {
    let host = host();
    let (reader, writer) = host.pipe().unwrap();
    let program = Program::shell(&host, "echo a; echo b >&2; echo c >&7");
    let child = program.with_fd(1, &writer).with_fd(2, &writer).with_fd(7, &writer).start(&host).unwrap();
    drop(writer);
    assert_eq!(rest_of(&reader), b"a\nb\nc\n");
    assert_eq!(child.wait(Wait::Exit).unwrap(), Some(WaitStatus::Exited(0)));
}

#[test]
fn children_see_only_their_descriptors() {
    let host = host();
    let _some = (host.pipe().unwrap(), host.document(b"x").unwrap(), host.current_directory().unwrap());
    let program = Program::shell(&host, "exec ls /proc/self/fd").with_fd(5, &host.document(b"y").unwrap());
    let seen = program.output(&host).1;
    let is_inherited = |fd: &str| fd.parse().is_ok_and(|fd| host.inherited(fd).is_some());
    let is_foreign = |fd: &&str| !["1", "5"].contains(fd) && !is_inherited(fd);
    let foreign: Vec<&str> = seen.split_whitespace().filter(is_foreign).collect();
    assert!(seen.split_whitespace().any(|fd| fd == "5"), "{seen:?}");
    assert_eq!(foreign.len(), 1, "only the directory that is listed: {foreign:?}");
}

#[test]
fn closed_descriptors_stay_closed() {
    let host = host();
    let mut program = Program::shell(&host, "[ -e /proc/self/fd/0 ] && echo open || echo closed");
    program.closed = vec![0];
    assert_eq!(program.output(&host).1, "closed\n");
}

#[test]
fn directory_and_umask_are_the_childs_own() {
    let (host, folder) = (host(), Folder::new());
    let mut program = Program::shell(&host, "pwd -P; umask; echo > new");
    program.directory = host.open_directory(&host.current_directory().unwrap(), folder.0.as_bytes()).unwrap();
    program.umask = 0o137;
    let text = program.output(&host).1;
    assert_eq!(text, format!("{}\n0137\n", folder.0));
    let made = host.metadata(&host.current_directory().unwrap(), &folder.path("new")).unwrap();
    assert_eq!(made.permissions, 0o640);
}

#[test]
fn failures_tell_their_errno() {
    let (host, folder) = (host(), Folder::new());
    std::fs::write(format!("{}/plain", folder.0), "x").unwrap();
    std::fs::write(format!("{}/script", folder.0), "echo no interpreter named\n").unwrap();
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(format!("{}/script", folder.0), PermissionsExt::from_mode(0o755)).unwrap();
    let cases: [(&[u8], i32); 3] =
        [(b"missing", libc::ENOENT), (b"plain", libc::EACCES), (b"script", libc::ENOEXEC)];
    for (name, errno) in cases {
        let mut program = Program::shell(&host, "");
        program.directory =
            host.open_directory(&host.current_directory().unwrap(), folder.0.as_bytes()).unwrap();
        program.path = name;
        let error = program.start(&host).err().unwrap();
        assert_eq!(error.raw_os_error(), Some(errno), "{error}");
    }
}

#[test]
fn a_new_group_is_led_by_the_child() {
    let host = host();
    let mut program = Program::shell(&host, "exec sleep 10");
    program.group = ProcessGroup::New;
    let child = program.start(&host).unwrap();
    // SAFETY: takes no pointers.
    assert_eq!(unsafe { libc::getpgid(child.pid()) }, child.pid());
    host.kill(-child.pid(), Signal::TERM).unwrap();
    assert_eq!(
        child.wait(Wait::Exit).unwrap(),
        Some(WaitStatus::Signaled { signal: Signal::TERM, core: false })
    );
}

#[test]
fn stops_and_continuations_are_seen() {
    let host = host();
    let child = Program::shell(&host, "exec sleep 10").start(&host).unwrap();
    assert_eq!(child.wait(Wait::Poll).unwrap(), None);
    child.kill(Signal::STOP).unwrap();
    assert_eq!(child.wait(Wait::ExitOrStop).unwrap(), Some(WaitStatus::Stopped(Signal::STOP)));
    child.kill(Signal::CONT).unwrap();
    let continued = loop {
        if let Some(status) = child.wait(Wait::PollStopped).unwrap() {
            break status;
        }
    };
    assert_eq!(continued, WaitStatus::Continued);
    child.kill(Signal::KILL).unwrap();
    let end = child.wait(Wait::Exit).unwrap();
    assert_eq!(end.unwrap().code(), 137);
    assert_eq!(child.wait(Wait::Poll).unwrap(), end);
    assert!(child.poll_fd().is_none());
    assert_eq!(child.kill(Signal::TERM).unwrap_err().raw_os_error(), Some(libc::ESRCH));
}

#[test]
fn the_first_to_end_is_found() {
    let host = host();
    let slow = Program::shell(&host, "exec sleep 10").start(&host).unwrap();
    let quick = Program::shell(&host, "exit 4").start(&host).unwrap();
    let children = [slow.clone(), quick.clone()];
    assert_eq!(host.wait_any(&children).unwrap(), Some(1));
    assert_eq!(quick.wait(Wait::Poll).unwrap(), Some(WaitStatus::Exited(4)));
    slow.kill(Signal::KILL).unwrap();
    slow.wait(Wait::Exit).unwrap();
}

#[test]
fn ignored_signals_are_as_asked_for() {
    let _alone = alone();
    let mut program = Program::shell(&host(), "grep SigIgn /proc/self/status");
    program.ignored.insert(Signal::HUP);
    let text = program.output(&host()).1;
    let set = u64::from_str_radix(text.split_whitespace().nth(1).unwrap(), 16).unwrap();
    assert_eq!(set & 1, 1, "SIGHUP is ignored");
    let pipe = set & 1 << (libc::SIGPIPE - 1) != 0;
    assert_eq!(pipe, crate::real::start::pipe_was_ignored());
}

#[test]
fn programs_start_with_no_signal_blocked() {
    let text = run(&host(), "grep SigBlk /proc/self/status");
    assert_eq!(text.split_whitespace().nth(1), Some("0000000000000000"));
    let (sender, receiver) = std::sync::mpsc::channel();
    let work = move || sender.send(run(&host(), "grep SigBlk /proc/self/status")).unwrap();
    host().run_concurrently(Box::new(work)).unwrap();
    assert_eq!(receiver.recv().unwrap(), text);
}

#[test]
fn a_child_goes_on_where_the_shell_stopped_reading() {
    let (host, folder) = (host(), Folder::new());
    let file = folder.file(&host, "lines", "one\ntwo\nthree\n");
    let line = crate::Line { delimiter: Some(b'\n'), limit: usize::MAX, deadline: None };
    let mut out = Vec::new();
    file.read_line(&line, &mut out).unwrap();
    assert_eq!(out, b"one\n");
    assert_eq!(Program::shell(&host, "cat").with_fd(0, &file).output(&host).1, "two\nthree\n");
}

#[test]
fn limits_hold_for_the_child_alone() {
    let host = host();
    let program = Program::shell(&host, "ulimit -n");
    let (reader, writer) = host.pipe().unwrap();
    let limit = crate::Limit { soft: Some(77), hard: Some(77) };
    let child = program.with_fd(1, &writer).request(|request| {
        let limits = [(crate::Resource::OpenFiles, limit)];
        host.spawn(&crate::SpawnRequest { limits: &limits, ..copy(request) }).unwrap()
    });
    drop(writer);
    assert_eq!(rest_of(&reader), b"77\n");
    child.wait(Wait::Exit).unwrap();
    assert_ne!(host.limit(crate::Resource::OpenFiles).unwrap(), limit);
}

fn copy<'a>(request: &crate::SpawnRequest<'a>) -> crate::SpawnRequest<'a> {
    crate::SpawnRequest { ..*request }
}

#[test]
fn an_embedded_shell_inherits_nothing() {
    let host = host();
    assert!(host.inherited(2).is_none(), "the process's descriptors are not the shell's");
    assert!(host.inherited(4242).is_none());
}
