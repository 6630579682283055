//! The parts by themselves: parsing, expansion, arithmetic, subshells, a session's start. `cargo bench`.

use criterion::{Criterion, criterion_group, criterion_main};
use rbash::Session;
use std::hint::black_box;

fn parse(c: &mut Criterion) {
    let script = include_str!("../fixtures/scripts/wordfreq.sh");
    c.bench_function("parse a small script", |b| {
        let mut session = Session::new().expect("a session");
        session.run("set -n");
        b.iter(|| session.run(black_box(script)));
    });
}

fn run(c: &mut Criterion) {
    let rows = [
        ("echo", "echo hi"),
        ("arithmetic loop of 1000", "for ((i = 0; i < 1000; i++)); do x=$((x + i)); done"),
        ("function call x 1000", "f() { local y=$1; }; for ((i = 0; i < 1000; i++)); do f $i; done"),
        ("command substitution x 1000", "for ((i = 0; i < 1000; i++)); do x=$(echo hi); done"),
        ("subshell x 1000", "for ((i = 0; i < 1000; i++)); do (x=1); done"),
        (
            "trim and replace x 1000",
            "s=a/b/c.d; for ((i = 0; i < 1000; i++)); do x=${s##*/} y=${s//b/x}; done",
        ),
    ];
    for (name, script) in rows {
        c.bench_function(name, |b| {
            let mut session = Session::new().expect("a session");
            b.iter(|| session.run(black_box(script)));
        });
    }
}

fn session(c: &mut Criterion) {
    c.bench_function("new session", |b| b.iter(|| Session::new().expect("a session")));
}

criterion_group!(parts, parse, run, session);
criterion_main!(parts);
