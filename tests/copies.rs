//! Copies of sessions: what one does, the other does not see, on the machine and in a sandbox.

use rbash::Session;
use rbash::filesystem::{MachineFs, MemoryFs, OverlayFs};
use rbash::sandbox::SandboxHost;
use std::sync::Arc;

fn in_memory() -> Session {
    let host = SandboxHost::new(MemoryFs::with_skeleton()).in_directory("/tmp");
    Session::builder().host(Arc::new(host)).build().expect("a session")
}

fn out(session: &mut Session, script: &str) -> String {
    let outcome = session.run(script);
    String::from_utf8_lossy(&[outcome.stdout, outcome.stderr].concat()).into_owned()
}

#[test]
fn files_in_memory_are_copied() {
    let mut one = in_memory();
    one.run("echo before > f; x=before; mine() { echo mine; }; alias a=b");
    let mut other = one.fork().expect("a copy");
    one.run("echo one > f; echo one > only_one; x=one");
    other.run("echo other >> f; x=other; unset -f mine");
    assert_eq!(out(&mut one, "echo $(<f) $x *; mine"), "one one f only_one\nmine\n");
    assert_eq!(
        out(&mut other, "echo $(<f) $x *; mine 2>&1; alias"),
        "before other other f\nrbash: line 1: mine: command not found\nalias a='b'\n"
    );
    let mut third = other.child().expect("a copy");
    third.run("echo third > f");
    assert_eq!(out(&mut third, "echo $(<f) $x; alias"), "third other\n");
    drop(one);
    assert_eq!(out(&mut other, "echo $(<f)"), "before other\n");
}

#[test]
fn changes_in_front_of_a_directory_are_copied() {
    let place = tempfile::tempdir().expect("a directory");
    std::fs::write(place.path().join("f"), "below\n").expect("written");
    let overlay = OverlayFs::new(MachineFs::read_only(place.path()).expect("a kernel with openat2"));
    let host = SandboxHost::new(overlay);
    let mut one = Session::builder().host(Arc::new(host)).build().expect("a session");
    one.run("echo both >> f");
    let mut other = one.fork().expect("a copy");
    one.run("echo one >> f");
    other.run("echo other >> f");
    assert_eq!(out(&mut one, "echo $(<f)"), "below both one\n");
    assert_eq!(out(&mut other, "echo $(<f)"), "below both other\n");
    assert_eq!(std::fs::read(place.path().join("f")).expect("there"), b"below\n");
}

#[test]
fn a_copy_has_its_own_signals_jobs_and_pipes() {
    let mut one = in_memory();
    one.run("trap 'echo caught' USR1; while :; do read -t 0.01 x < <(:); done &");
    let mut other = one.fork().expect("a copy");
    assert_eq!(
        out(&mut other, "jobs; trap -p; trap 'echo other caught' USR1; kill -USR1 $$; echo $$"),
        format!("other caught\n{}", out(&mut one, "echo $$"))
    );
    assert_eq!(
        out(&mut one, "kill -USR1 $$; jobs %1 | { read -r _ state _; echo $state; }; kill %1"),
        "caught\nRunning\n"
    );
    assert_eq!(
        out(&mut other, "echo a | { read x; echo $x; }; coproc { echo c; }; read y <&${COPROC[0]}; echo $y"),
        "a\nc\n"
    );
}

#[test]
fn open_files_of_a_sandbox_stay_with_the_first() {
    let mut one = in_memory();
    one.run("exec 5>log; echo first >&5");
    let mut other = one.fork().expect("a copy");
    assert_eq!(out(&mut other, "echo no >&5"), "rbash: line 1: 5: Bad file descriptor\n");
    one.run("echo second >&5");
    assert_eq!(out(&mut one, "echo $(<log)"), "first second\n");
    assert_eq!(out(&mut other, "echo $(<log)"), "first\n");
}

#[test]
fn copies_work_at_the_same_time() {
    let mut one = in_memory();
    one.run("for ((i = 0; i < 50; i++)); do echo $i > f$i; done");
    let mut copies: Vec<Session> = (0..4).map(|_| one.fork().expect("a copy")).collect();
    std::thread::scope(|scope| {
        for (number, copy) in copies.iter_mut().enumerate() {
            scope.spawn(move || {
                copy.run(format!("for ((i = 0; i < 50; i++)); do echo {number} >> f$i; v[i]=$(<f$i); done"));
                assert_eq!(out(copy, "echo ${v[49]}; echo ${#v[@]}"), format!("49 {number}\n50\n"));
            });
        }
    });
    assert_eq!(out(&mut one, "echo $(<f49)"), "49\n");
}
