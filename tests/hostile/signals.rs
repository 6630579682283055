//! Signals in the middle of things: the shell ends by them or runs their trap, and is never stuck.

use crate::bench::{Bench, wait_until};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// What the shell is busy with when the signal comes.
const BUSY: &[&str] = &[
    "read x <fifo",
    "exec 3<>fifo; read x <&3",
    "sleep 5 & wait",
    "sleep 5",
    "sleep 5 | cat",
    "x=$(sleep 5)",
    "x=$(while :; do :; done)",
    "while :; do :; done",
    "for ((;;)); do echo a; done >/dev/null",
    "(while :; do :; done)",
    "while :; do :; done | cat",
    "cat <(sleep 5)",
    "read -t 5 x <>fifo",
];

fn signal(child: &Child, name: &str) {
    let _ = Command::new("/bin/kill").args([&format!("-{name}"), "--", &child.id().to_string()]).status();
}

/// Starts `script` in a directory with a `fifo` and waits until it is busy.
fn start(bench: &Bench, script: &str) -> Child {
    let text = format!("echo >ready\n{script}\n");
    let child = bench.command("bash", &["-c", &text]).spawn().expect("a process");
    assert!(wait_until(Duration::from_secs(5), || bench.at("ready").exists()), "never began: {script}");
    std::thread::sleep(Duration::from_millis(60));
    child
}

fn with_fifo() -> Bench {
    let bench = Bench::new();
    assert!(
        Command::new("/usr/bin/mkfifo").arg(bench.at("fifo")).status().is_ok_and(|status| status.success())
    );
    bench
}

/// How `child` ends, soon: its status or, above 128, its signal.
fn end(mut child: Child, shown: &str) -> i32 {
    let start = Instant::now();
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0));
        }
        let in_time = start.elapsed() < Duration::from_secs(8);
        if !in_time {
            let _ = child.kill();
        }
        assert!(in_time, "still runs: {shown}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn signals_end_a_busy_shell() {
    for (name, number) in [("TERM", 15), ("HUP", 1), ("USR1", 10), ("PIPE", 13)] {
        for busy in BUSY {
            let bench = with_fifo();
            let child = start(&bench, busy);
            signal(&child, name);
            assert_eq!(end(child, busy), 128 + number, "{name}: {busy}");
        }
    }
}

#[test]
fn an_exit_trap_runs_before_the_end() {
    for busy in BUSY {
        let bench = with_fifo();
        let child = start(&bench, &format!("trap 'echo >over' EXIT; {busy}"));
        signal(&child, "TERM");
        assert_eq!(end(child, busy), 143, "{busy}");
        assert!(bench.at("over").exists(), "no EXIT trap: {busy}");
    }
}

#[test]
fn a_trap_runs_where_bash_does_not_wait_for_a_program() {
    for busy in
        ["read x <>fifo", "sleep 5 & wait", "while :; do :; done", "for ((;;)); do echo a; done >/dev/null"]
    {
        let bench = with_fifo();
        let child = start(&bench, &format!("trap 'exit 9' INT TERM; {busy}"));
        signal(&child, "TERM");
        assert_eq!(end(child, busy), 9, "{busy}");
    }
}

#[test]
fn a_stopped_shell_goes_on() {
    let bench = with_fifo();
    let child = start(&bench, "for ((i=0;i<300000;i++)); do :; done; x=$(sleep 0.3; echo a); exit 4");
    signal(&child, "STOP");
    std::thread::sleep(Duration::from_millis(100));
    signal(&child, "CONT");
    assert_eq!(end(child, "a loop"), 4);
}
