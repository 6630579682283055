//! Commands that would hang a shell which gets pipes, signals or concurrency wrong. Each must end by itself.

#[path = "program/bench.rs"]
mod bench;

use bench::{Bench, Seen};
use std::time::{Duration, Instant};

/// Runs commands, which must end soon.
fn ends(commands: &str) -> Seen {
    let start = Instant::now();
    let seen = Bench::new().run(&["-c", commands]);
    assert!(start.elapsed() < Duration::from_secs(20), "took {:?}: {commands}", start.elapsed());
    seen
}

#[test]
fn an_endless_subshell_ends_when_its_reader_has_enough() {
    assert_eq!(ends("(while true; do echo y; done) | head -n 1"), Seen::new("y\n", "", 0));
}

#[test]
fn an_endless_function_ends_when_its_reader_has_enough() {
    assert_eq!(
        ends("f() { while :; do printf '%s\\n' line; done; }; f | head -n 2"),
        Seen::new("line\nline\n", "", 0)
    );
}

#[test]
fn more_than_a_pipe_holds_goes_through_a_substitution() {
    let commands = "f() { for ((i = 0; i < 20000; i++)); do echo 0123456789; done; }; x=$(f); echo ${#x}";
    assert_eq!(ends(commands), Seen::new("219999\n", "", 0));
}

#[test]
fn more_than_a_pipe_holds_waits_for_a_slow_reader() {
    let commands =
        "f() { for ((i = 0; i < 20000; i++)); do echo 0123456789; done; }; f | { read x; sleep 1; wc -c; }";
    assert_eq!(ends(commands), Seen::new("219989\n", "", 0));
}

#[test]
fn a_substitution_in_the_middle_of_a_pipeline_does_not_wait_for_itself() {
    assert_eq!(ends("echo a | { x=$(cat); echo \"<$x>\"; } | cat"), Seen::new("<a>\n", "", 0));
}

#[test]
fn a_reader_that_reads_nothing_ends_the_writer() {
    assert_eq!(ends("yes | true; echo ${PIPESTATUS[*]}"), Seen::new("141 0\n", "", 0));
}
