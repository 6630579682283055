//! Limits of a session: each ends what would grow without end, with a clean outcome, and the session goes on.

use rbash::{End, LimitKind, Limits, Outcome, Session};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

fn session(limits: Limits) -> Session {
    Session::builder().limits(limits).build().expect("a session")
}

fn run(limits: Limits, script: &str) -> Outcome {
    session(limits).run(script)
}

#[track_caller]
fn assert_limited(limits: Limits, kind: LimitKind, script: &str) {
    let began = Instant::now();
    let outcome = run(limits, script);
    assert_eq!(outcome.end, End::Limited(kind), "{script}: {}", String::from_utf8_lossy(&outcome.stderr));
    assert_eq!(outcome.status.code(), 1, "{script}");
    assert!(began.elapsed() < Duration::from_secs(20), "{script}");
}

fn untrusted() -> Limits {
    Limits::untrusted()
}

#[test]
fn loops_without_end_use_up_their_commands() {
    let limits = || Limits { commands: Some(10_000), ..Limits::default() };
    for script in [
        "while :; do :; done",
        "for ((;;)); do x=1; done",
        "until false; do :; done",
        "f() { f; }; f",
        "while :; do (:); done",
        "while :; do x=$(echo); done",
        "while :; do :; done | :",
        "trap 'while :; do :; done' EXIT; exit",
    ] {
        if script.starts_with("trap") {
            // The trap runs when the session ends, under the same limits.
            let mut session = session(limits());
            session.run(script);
            session.close();
        } else {
            assert_limited(limits(), LimitKind::Commands, script);
        }
    }
}

#[test]
fn the_session_goes_on_after_a_limit() {
    let mut session = session(Limits { commands: Some(1000), ..Limits::default() });
    assert_eq!(session.run("x=kept; while :; do :; done").end, End::Limited(LimitKind::Commands));
    let outcome = session.run("echo $x");
    assert_eq!((outcome.end, outcome.stdout), (End::Completed, b"kept\n".to_vec()));
}

#[test]
fn the_message_names_the_limit_once() {
    let outcome = run(Limits { commands: Some(100), ..Limits::default() }, "while :; do (:); done");
    assert_eq!(String::from_utf8_lossy(&outcome.stderr), "rbash: line 1: limit exceeded: number of commands\n");
}

#[test]
fn a_text_does_not_outgrow_its_limit() {
    for script in [
        "x=a; while :; do x=$x$x; done",
        "x=a; while :; do x+=$x; done",
        "x=aaaaaaaaaa; while :; do x=${x//a/aaaaaaaaaa}; done",
        "printf -v x '%*s' 100000000",
        "x=$(while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done)",
        "read x < /dev/zero",
        "x=(a); while :; do x=(\"${x[*]}${x[*]}\"); done",
    ] {
        assert_limited(untrusted(), LimitKind::String, script);
    }
}

#[test]
fn memory_is_limited_as_a_whole() {
    for script in [
        "x=$(printf '%1000000s'); for ((i = 0;; i++)); do declare \"v$i=$x\"; done",
        "x=$(printf '%1000000s'); for ((i = 0;; i++)); do a[i]=$x; done",
        "declare -A m; x=$(printf '%1000000s'); for ((i = 0;; i++)); do m[$i]=$x; done",
    ] {
        assert_limited(untrusted(), LimitKind::Memory, script);
    }
}

#[test]
fn overwriting_is_no_growth() {
    let outcome = run(untrusted(), "for ((i = 0; i < 500; i++)); do x=$(printf '%1000000s' $i); done; echo ${#x}");
    assert_eq!((outcome.end, outcome.stdout), (End::Completed, b"1000000\n".to_vec()));
}

#[test]
fn arrays_and_words_are_counted() {
    for script in [
        "for ((i = 0;; i++)); do a[i]=; done",
        "declare -A m; for ((i = 0;; i++)); do m[$i]=; done",
        "a=(); while :; do a+=(1 2 3 4 5 6 7 8 9 10); done",
        "yes() { while :; do echo y; done; }; mapfile a < <(yes)",
        "x=$(printf '%200000s'); x=${x// /a }; set -- $x",
    ] {
        assert_limited(untrusted(), LimitKind::Entries, script);
    }
    assert_limited(untrusted(), LimitKind::Braces, "echo {1..1000000000}");
    assert_limited(untrusted(), LimitKind::Braces, "echo {a,b}{1..100000}{1..10}");
}

#[test]
fn output_is_limited() {
    let outcome = run(Limits { output: Some(1000), ..Limits::default() }, "while :; do echo 0123456789; done");
    assert_eq!(outcome.end, End::Limited(LimitKind::Output));
    assert!(outcome.stdout.len() <= 1000 && outcome.stdout.len() > 900);
}

#[test]
fn time_is_limited() {
    let began = Instant::now();
    let limits = || Limits { wall: Some(Duration::from_millis(200)), ..Limits::default() };
    for script in ["while :; do :; done", "sleep 100", "read x < <(sleep 100)"] {
        let outcome = run(limits(), script);
        assert!(matches!(outcome.end, End::TimedOut(_)), "{script}: {:?}", outcome.end);
    }
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[test]
fn nesting_is_limited() {
    assert_limited(untrusted(), LimitKind::Functions, "f() { f; }; f");
    assert_limited(untrusted(), LimitKind::Subshells, "f() { (f); }; f");
    assert_limited(untrusted(), LimitKind::Subshells, "f() { x=$(f); }; f");
    assert_limited(untrusted(), LimitKind::Sources, "x='eval \"$x\"'; eval \"$x\"");
}

#[test]
fn a_script_that_is_too_long_is_not_run() {
    let text = format!("echo no; {}", "#".repeat(2 << 20));
    let outcome = run(untrusted(), &text);
    assert_eq!((outcome.end, outcome.stdout), (End::Limited(LimitKind::Script), Vec::new()));
}

#[test]
fn too_many_descriptors_are_an_error_as_ever() {
    let limits = Limits { descriptors: Some(20), ..Limits::default() };
    let outcome = run(limits, "for ((i = 0; i < 100; i++)); do exec {fd}</dev/null || break; done; echo $i");
    assert_eq!(outcome.end, End::Completed);
    let count: u32 = String::from_utf8_lossy(&outcome.stdout).trim().parse().expect("a number");
    assert!(count < 20, "{count}");
    assert!(String::from_utf8_lossy(&outcome.stderr).contains("Too many open files"));
}

#[test]
fn too_many_jobs_are_an_error_as_ever() {
    let limits = Limits { jobs: Some(3), ..Limits::default() };
    let outcome = run(limits, "for i in 1 2 3 4 5; do { read -t 1; } < <(sleep 1) & done; kill %1; echo on");
    assert_eq!(outcome.end, End::Completed, "{}", String::from_utf8_lossy(&outcome.stderr));
    assert!(String::from_utf8_lossy(&outcome.stderr).contains("Resource temporarily unavailable"));
}

#[test]
fn too_many_programs_are_an_error_as_ever() {
    let limits = Limits { programs: Some(2), ..Limits::default() };
    let outcome = run(limits, "sleep 5 & sleep 5 & sleep 0; echo $?; kill %1 %2; wait; sleep 0; echo $?");
    let stdout = String::from_utf8_lossy(&outcome.stdout).into_owned();
    assert!(stdout.starts_with("126\n") && stdout.ends_with("0\n"), "{stdout}");
}

#[test]
fn a_watcher_is_told_before() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let list = heard.clone();
    let mut session = Session::builder()
        .limits(Limits { commands: Some(10_000), ..Limits::default() })
        .on_limit_near(move |kind| list.lock().expect("the list").push(kind))
        .build()
        .expect("a session");
    session.run("for ((i = 0; i < 4000; i++)); do :; done");
    assert_eq!(*heard.lock().expect("the list"), [LimitKind::Commands]);
}

#[test]
fn what_is_within_the_limits_runs_as_ever() {
    let script = "f() { local i s=; for i in {1..100}; do s+=$i,; done; echo ${#s}; }; f | cat; a=({1..1000}); echo ${#a[@]}";
    let outcome = run(untrusted(), script);
    assert_eq!((outcome.end, outcome.stdout), (End::Completed, b"292\n1000\n".to_vec()));
}
