//! Ending a run from outside: signals, timeouts, grace; and that nothing is left of it.

use rbash::{Canceller, End, Outcome, RunOptions, Session, SessionHandle, Signal};
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_millis(100);
/// What a loaded machine may add.
const SLACK: Duration = Duration::from_millis(1500);

/// Runs a script and sends a signal when it says that it is ready; how long the end took then.
fn cancelled(
    session: &mut Session,
    script: &str,
    send: impl FnOnce(&Canceller) + Send + 'static,
) -> (Outcome, Duration) {
    let canceller = session.canceller();
    let (sender, receiver) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        receiver.recv_timeout(Duration::from_secs(20)).expect("the script gets ready");
        std::thread::sleep(Duration::from_millis(30));
        let sent = Instant::now();
        send(&canceller);
        sent
    });
    let sink = move |_: rbash::Stream, chunk: &[u8]| {
        if chunk.starts_with(b"ready") {
            let _ = sender.send(());
        }
    };
    let outcome = session.run_with(format!("echo ready; {script}"), RunOptions::new().sink(sink));
    let ended = Instant::now();
    let sent = thread.join().expect("it passed");
    (outcome, ended.saturating_duration_since(sent))
}

fn session() -> Session {
    Session::new().expect("a session")
}

/// Whether a process that says its number in a file has ended, or does so before long.
fn has_ended(file: &std::path::Path) -> bool {
    let pid = std::fs::read_to_string(file).expect("it is written");
    let end = Instant::now() + Duration::from_secs(5);
    loop {
        let state = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
        if state.is_empty() || state.contains(") Z ") {
            return true;
        }
        if Instant::now() > end {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn whatever_runs_ends_soon_and_the_session_can_be_used_again() {
    let place = tempfile::tempdir().expect("a directory");
    let fifo = place.path().join("fifo");
    assert!(session().run(format!("mkfifo '{}'", fifo.display())).is_success());
    let (reads, writes) = (format!("cat <'{}'", fifo.display()), format!("echo >'{}' | cat", fifo.display()));
    for script in [
        &reads[..],
        &writes[..],
        "while :; do :; done",
        "for ((;;)); do x=$((x+1)); done",
        "sleep 60",
        "sleep 60 | cat",
        "cat </dev/zero >/dev/null",
        "sleep 60 & wait",
        "{ while :; do :; done; } & wait $!",
        "x=$(sleep 60)",
        "x=$(while :; do :; done)",
        "(while :; do :; done)",
        "while :; do :; done | while :; do :; done | cat",
        "read -r x < <(sleep 60)",
        "sleep 60 | while read -r x; do :; done",
        "while :; do echo; done | sleep 60",
        "coproc sleep 60; read -r x <&${COPROC[0]}",
        "f() { f2() { while :; do :; done; }; f2; }; f",
        "exec 9> >(sleep 60); while :; do echo 0123456789012345678901234567890123456789 >&9; done",
        "eval 'while :; do :; done'",
        "sleep 60; echo no",
    ] {
        let mut session = session();
        let (outcome, time) = cancelled(&mut session, script, |canceller| {
            canceller.signal(Signal::TERM);
        });
        assert_eq!(outcome.status.code(), 143, "{script}: {outcome:?}");
        assert_eq!(outcome.end, End::Signaled(Signal::TERM), "{script}");
        assert_eq!(outcome.stdout, b"ready\n", "{script}");
        assert!(time < SOON + SLACK, "{script}: {time:?}");
        let after = session.run("echo on | cat; echo $((1+1))");
        assert_eq!(after.stdout, b"on\n2\n", "after {script}: {after:?}");
    }
}

#[test]
fn traps_run_then_the_exit_trap() {
    for (signal, name, status) in
        [(Signal::INT, "INT", 130), (Signal::TERM, "TERM", 143), (Signal::HUP, "HUP", 129)]
    {
        for body in [
            "while :; do :; done",
            "sleep 60",
            "(sleep 60)",
            "sleep 60 | cat",
            "f() { local v=1; sleep 60; }; f",
        ] {
            let mut session = session();
            let script = format!("trap 'echo trapped $v' {name}; trap 'echo bye $?' EXIT; {body}; echo no");
            let (outcome, _) = cancelled(&mut session, &script, move |canceller| {
                canceller.signal(signal);
            });
            let text = String::from_utf8_lossy(&outcome.stdout).into_owned();
            let text = text.replace("trapped 1", "trapped");
            assert_eq!(
                text.replace("trapped \n", "trapped\n"),
                format!("ready\ntrapped\nbye {status}\n"),
                "{body}"
            );
            assert_eq!(outcome.status.code(), status, "{body}");
        }
    }
}

#[test]
fn kill_runs_nothing() {
    let mut session = session();
    let script = "trap 'echo trapped' INT TERM; trap 'echo bye' EXIT; echo partial; sleep 60";
    let (outcome, time) = cancelled(&mut session, script, |canceller| {
        canceller.kill();
    });
    assert_eq!((outcome.status.code(), &outcome.stdout[..]), (137, &b"ready\npartial\n"[..]));
    assert!(time < SOON + SLACK, "{time:?}");
    assert_eq!(session.run("echo on").stdout, b"on\n");
}

#[test]
fn what_ignores_the_signal_is_killed_after_the_grace() {
    let place = tempfile::tempdir().expect("a directory");
    let file = place.path().join("pid");
    let mut session = session();
    let script =
        format!("sh -c 'trap \"\" TERM; echo $$ >{}; while :; do sleep 0.05; done'; echo no", file.display());
    let send = |canceller: &Canceller| {
        std::thread::sleep(Duration::from_millis(100));
        canceller.signal_with_grace(Signal::TERM, Duration::from_millis(100));
    };
    let (outcome, _) = cancelled(&mut session, &script, send);
    assert!(matches!(outcome.status.code(), 137 | 143), "{outcome:?}");
    assert!(has_ended(&file));
    let (outcome, _) = cancelled(&mut session, "trap '' TERM; while :; do :; done", |canceller| {
        canceller.signal_with_grace(Signal::TERM, Duration::from_millis(50));
    });
    assert_eq!(outcome.status.code(), 137);
}

#[test]
fn a_run_without_time_left_ends_with_all_its_children() {
    let place = tempfile::tempdir().expect("a directory");
    let file = place.path().join("pid");
    let mut session = session();
    let script = format!("echo partial; sh -c 'sleep 60 & echo $! >{}; wait'; echo no", file.display());
    let start = Instant::now();
    let outcome = session.run_with(script, RunOptions::new().timeout(Duration::from_millis(300)));
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert_eq!((outcome.status.code(), outcome.end), (143, End::TimedOut(Signal::TERM)));
    assert_eq!(outcome.stdout, b"partial\n");
    assert!(has_ended(&file), "the grandchild");
    assert_eq!(session.run("echo on").stdout, b"on\n");
    let outcome = session.run_with("echo quick", RunOptions::new().timeout(Duration::from_secs(60)));
    assert_eq!((outcome.end, &outcome.stdout[..]), (End::Completed, &b"quick\n"[..]));
}

#[test]
fn a_detached_grandchild_that_holds_the_pipe_hangs_nothing() {
    let mut session = session();
    let start = Instant::now();
    let outcome = session.run("sh -c 'setsid sleep 30 & echo started'; echo on");
    assert_eq!(outcome.stdout, b"started\non\n");
    let (outcome, _) =
        cancelled(&mut session, "x=$(sh -c 'setsid sleep 30 & echo inner'); echo no", |canceller| {
            canceller.signal(Signal::TERM);
        });
    assert_eq!(outcome.status.code(), 143);
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
}

#[test]
fn earlier_jobs_are_not_meant() {
    let mut session = session();
    session.run("while :; do sleep 0.05; done & sleep 60 &");
    let (outcome, _) = cancelled(&mut session, "sleep 60", |canceller| {
        canceller.signal(Signal::INT);
    });
    assert_eq!(outcome.status.code(), 130);
    assert_eq!(session.run("jobs -pr | wc -l").stdout, b"2\n");
    assert_eq!(session.run("kill %1 %2; wait").status.code(), 0);
}

#[test]
fn nobody_to_signal() {
    let mut session = session();
    let canceller = session.canceller();
    assert!(!canceller.signal(Signal::TERM));
    assert_eq!(session.run("echo on").stdout, b"on\n");
    assert!(!canceller.kill());
}

#[test]
fn runs_in_the_queue_are_taken_out() {
    let handle = SessionHandle::spawn(Session::builder()).expect("a session");
    let first = handle.start("echo first; sleep 60").expect("queued");
    let second = handle.start("echo second").expect("queued");
    let third = handle.start("echo third").expect("queued");
    while !first.is_running() {
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(handle.queue().len(), 2);
    assert!(second.signal(Signal::INT));
    let outcome = second.wait();
    assert_eq!(
        (outcome.status.code(), outcome.end, outcome.stdout.len()),
        (130, End::Signaled(Signal::INT), 0)
    );
    assert!(third.wait_timeout(Duration::from_millis(20)).is_none());
    assert!(first.signal_with_grace(Signal::INT, Duration::from_secs(5)));
    assert_eq!(first.wait().status.code(), 130);
    assert_eq!(third.wait().stdout, b"third\n");
    assert!(!first.signal(Signal::INT));
    assert!(handle.running().is_none());
}

#[test]
fn stopping_answers_what_still_waits() {
    let handle = SessionHandle::spawn(Session::builder()).expect("a session");
    let running = handle.start("echo begun; sleep 60").expect("queued");
    let stopper = handle.clone();
    let stopped = std::thread::spawn(move || stopper.stop());
    while !running.is_running() {
        std::thread::sleep(Duration::from_millis(1));
    }
    running.signal(Signal::TERM);
    assert_eq!(running.wait().status.code(), 143);
    assert!(stopped.join().expect("it passed").is_ok());
}
