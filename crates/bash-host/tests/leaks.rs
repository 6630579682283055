//! Many programs, pipes and threads leave the process as it was. One test, since it counts what the process has.
#![allow(clippy::unwrap_used, reason = "a test")]

use bash_host::real::RealHost;
use bash_host::{Files, ProcessGroup, Processes, SignalSet, SpawnRequest, Wait, WaitStatus};
use std::ffi::CString;

fn count(what: &str) -> usize {
    std::fs::read_dir(format!("/proc/self/{what}")).unwrap().count()
}

fn zombies() -> usize {
    let children = std::fs::read_to_string(format!("/proc/self/task/{}/children", std::process::id()));
    children.map_or(0, |children| children.split_whitespace().count())
}

fn round(host: &RealHost) {
    let directory = host.current_directory().unwrap();
    let (reader, writer) = host.pipe().unwrap();
    let document = host.document(b"text").unwrap();
    let request = SpawnRequest {
        program: b"/bin/true",
        arguments: &[CString::from(c"true")],
        environment: &[],
        directory: &directory,
        descriptors: &[(0, document), (1, writer.clone())],
        closed: &[],
        group: ProcessGroup::Inherit,
        terminal: None,
        umask: 0,
        limits: &[],
        ignored: SignalSet::EMPTY,
    };
    let child = host.spawn(&request).unwrap();
    assert!(host.spawn(&SpawnRequest { program: b"/missing", ..request }).is_err());
    host.run_concurrently(Box::new(move || writer.write_all(b"done").unwrap())).unwrap();
    let mut buffer = [0; 16];
    assert_eq!(reader.read(&mut buffer).unwrap(), 4);
    assert_eq!(child.wait(Wait::Exit).unwrap(), Some(WaitStatus::Exited(0)));
}

#[test]
fn a_thousand_programs_leave_nothing_behind() {
    let host = RealHost::embedded();
    round(&host);
    let at_rest = || {
        std::thread::sleep(std::time::Duration::from_millis(100)); // A worker may not have dropped its end yet.
        (count("fd"), zombies())
    };
    let before = at_rest();
    for _ in 0..1000 {
        round(&host);
    }
    assert_eq!(at_rest(), before);
    assert!(count("task") <= 20, "{} threads", count("task"));
}
