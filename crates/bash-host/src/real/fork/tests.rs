//! A forked child goes on alone, with what it keeps and nothing else.

use crate::real::RealHost;
use crate::real::testing::{Folder, Program, alone, rest_of};
use crate::{
    Disposition, FileRef, Files, Forked, Line, OpenHow, ProcessGroup, Processes, Signal, Signals,
    SpawnRequest, Terminal, Wait, WaitStatus,
};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs `work` in a forked child; how that ended. A failed assertion is status 99.
fn in_child(host: &RealHost, keep: &[FileRef], work: impl FnOnce() -> i32) -> WaitStatus {
    match host.fork(keep).unwrap() {
        Forked::Child => {
            let status = catch_unwind(AssertUnwindSafe(work)).unwrap_or(99);
            host.exit(status)
        }
        Forked::Parent(child) => child.wait(Wait::Exit).unwrap().unwrap(),
    }
}

#[test]
fn a_child_runs_and_exits() {
    let _alone = alone();
    let host = RealHost::owning_process();
    let parent = host.pid();
    assert_eq!(in_child(&host, &[], || 7), WaitStatus::Exited(7));
    assert_eq!(in_child(&host, &[], || i32::from(host.parent_pid() != parent)), WaitStatus::Exited(0));
    let end = in_child(&host, &[], || host.die_by(Signal::PIPE));
    assert_eq!(end, WaitStatus::Signaled { signal: Signal::PIPE, core: false });
}

#[test]
fn pipes_that_are_not_kept_are_closed() {
    let _alone = alone();
    let host = RealHost::owning_process();
    let (reader, writer) = host.pipe().unwrap();
    if let Forked::Parent(child) = host.fork(std::slice::from_ref(&reader)).unwrap() {
        drop(writer);
        assert_eq!(child.wait(Wait::Exit).unwrap(), Some(WaitStatus::Exited(0)));
        return;
    }
    let result = catch_unwind(AssertUnwindSafe(|| {
        assert!(writer.os_fd().is_none());
        let error = writer.write(b"x").unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EBADF));
        let (_, new) = host.pipe().unwrap(); // Takes the numbers that are free now.
        drop(writer);
        assert!(new.os_fd().is_some());
        assert_eq!(rest_of(&reader), b""); // Nobody holds the other end.
    }));
    host.exit(i32::from(result.is_err()))
}

#[test]
fn a_child_reads_on_and_starts_programs() {
    let _alone = alone();
    let (host, folder) = (RealHost::owning_process(), Folder::new());
    let file = folder.file(&host, "f", "one\ntwo\nthree\n");
    let line = Line { delimiter: Some(b'\n'), limit: usize::MAX, deadline: None };
    let mut out = Vec::new();
    file.read_line(&line, &mut out).unwrap();
    let end = in_child(&host, std::slice::from_ref(&file), || {
        let mut out = Vec::new();
        file.read_line(&line, &mut out).unwrap();
        assert_eq!(out, b"two\n");
        let (status, text) = Program::shell(&host, "cat").with_fd(0, &file).output(&host);
        assert_eq!((status.code(), text.as_str()), (0, "three\n"));
        0
    });
    assert_eq!(end, WaitStatus::Exited(0));
    assert_eq!(rest_of(&file), b"");
}

#[test]
fn a_worker_may_fork_and_its_child_hears_signals() {
    let _alone = alone();
    let host = std::sync::Arc::new(RealHost::owning_process());
    host.set_disposition(Signal::ALRM, Disposition::Catch).unwrap();
    let (sender, receiver) = std::sync::mpsc::channel();
    let in_worker = host.clone();
    host.run_concurrently(Box::new(move || {
        let host = &*in_worker;
        let end = in_child(host, &[], || {
            // SAFETY: takes no pointers.
            unsafe { libc::kill(libc::getpid(), libc::SIGALRM) };
            host.pause();
            i32::from(host.take_signal() != Some(Signal::ALRM))
        });
        sender.send(end).unwrap();
    }))
    .unwrap();
    assert_eq!(receiver.recv().unwrap(), WaitStatus::Exited(0));
    host.set_disposition(Signal::ALRM, Disposition::Default).unwrap();
}

#[test]
fn a_program_can_be_become_and_a_failure_leaves_no_trace() {
    let _alone = alone();
    let host = RealHost::owning_process();
    let (reader, writer) = host.pipe().unwrap();
    let end = in_child(&host, &[reader.clone(), writer.clone()], || {
        let other = host.document(b"text").unwrap();
        let number = |file: &FileRef| std::os::fd::AsRawFd::as_raw_fd(&file.os_fd().unwrap());
        let mut missing =
            Program::shell(&host, "").with_fd(number(&writer), &other).with_fd(number(&other), &writer);
        missing.path = b"/missing";
        let error = missing.request(|request| host.replace(request));
        assert_eq!(error.raw_os_error(), Some(libc::ENOENT));
        drop(missing);
        assert_eq!(rest_of(&other), b"text");
        writer.write_all(b"still; ").unwrap();
        assert!(!crate::real::calls::is_inherited(number(&writer)));
        Program::shell(&host, "umask; echo became")
            .with_fd(1, &writer)
            .request(|request| host.replace(request));
        1
    });
    drop(writer);
    assert_eq!(String::from_utf8(rest_of(&reader)).unwrap(), "still; 0022\nbecame\n");
    assert_eq!(end, WaitStatus::Exited(0));
}

#[test]
fn programs_start_with_no_descriptor_to_spare() {
    let _alone = alone();
    let host = RealHost::owning_process();
    let null = host.document(b"").unwrap();
    null.settle();
    let end = in_child(&host, std::slice::from_ref(&null), || {
        let program = Program::shell(&host, "exit 6").with_fd(0, &null);
        host.set_limit(crate::Resource::OpenFiles, crate::Limit { soft: Some(300), hard: Some(300) })
            .unwrap();
        let all: Vec<_> = std::iter::from_fn(|| crate::real::calls::duplicate(2).ok()).collect();
        assert!(!all.is_empty());
        let child = program.start(&host).unwrap();
        assert_eq!(child.wait(Wait::UntilSignal).unwrap(), Some(WaitStatus::Exited(6)));
        assert_eq!(child.wait(Wait::Exit).unwrap(), Some(WaitStatus::Exited(6)));
        let killed = Program::shell(&host, "sleep 10").start(&host).unwrap();
        killed.kill(Signal::KILL).unwrap();
        assert_eq!(killed.wait(Wait::Exit).unwrap().unwrap().code(), 137);
        0
    });
    assert_eq!(end, WaitStatus::Exited(0));
}

#[test]
fn a_terminal_passes_to_a_program_and_back() {
    let _alone = alone();
    let host = RealHost::owning_process();
    let end = in_child(&host, &[], || {
        let base = host.current_directory().unwrap();
        let both = OpenHow { read: true, write: true, ..OpenHow::default() };
        let master = host.open(&base, b"/dev/ptmx", both).unwrap();
        let mut name = [0_u8; 64];
        // SAFETY: plain calls; the buffer is as large as they are told.
        unsafe {
            let fd = std::os::fd::AsRawFd::as_raw_fd(&master.os_fd().unwrap());
            assert!(libc::setsid() > 0 && libc::unlockpt(fd) == 0);
            assert_eq!(libc::ptsname_r(fd, name.as_mut_ptr().cast(), name.len()), 0);
        }
        let name = name.split(|&byte| byte == 0).next().unwrap();
        let terminal = host.open(&base, name, both).unwrap();
        assert_eq!(host.terminal_name(&terminal).unwrap(), name);
        assert_eq!(host.foreground_group(&host.controlling_terminal().unwrap()).unwrap(), host.pid());
        let mut program = Program::shell(&host, "read x && [ $x = typed ]").with_fd(0, &terminal);
        program.group = ProcessGroup::New;
        let child = program
            .request(|request| host.spawn(&SpawnRequest { terminal: Some(&terminal), ..*request }))
            .unwrap();
        assert_eq!(host.foreground_group(&terminal).unwrap(), child.pid());
        master.write_all(b"typed\n").unwrap();
        assert_eq!(child.wait(Wait::ExitOrStop).unwrap(), Some(WaitStatus::Exited(0)));
        host.set_foreground_group(&terminal, host.process_group()).unwrap();
        assert_eq!(host.foreground_group(&terminal).unwrap(), host.pid());
        let mode = host.terminal_mode(&terminal).unwrap();
        host.set_terminal_mode(&terminal, &mode.without_echo().without_lines()).unwrap();
        master.write_all(b"ab").unwrap();
        let line = Line { delimiter: Some(b'\n'), limit: 1, deadline: None };
        let mut out = Vec::new();
        terminal.read_line(&line, &mut out).unwrap();
        assert_eq!(out, b"a");
        host.exit(0) // At once: closing the terminal's other side would hang up on us.
    });
    assert_eq!(end, WaitStatus::Exited(0));
}

#[test]
fn a_foreign_process_is_not_forked() {
    let host = RealHost::embedded();
    assert!(host.fork(&[]).is_err() && !host.owns_process());
    let error = Program::shell(&host, "true").request(|request| host.replace(request));
    assert_eq!(error.kind(), std::io::ErrorKind::Unsupported);
}
