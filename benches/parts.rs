//! The parts by themselves: parsing, expansion, arithmetic, patterns, builtins, sessions. `cargo bench [PART]`.
//!
//! What runs in a session runs as a loop of 1,000 turns, and the report is per turn (`elem/s`): the text is parsed once, as
//! the session remembers it. The empty loop is there to be taken off.

use bash_interp::pattern::{Pattern, PatternOptions};
use bash_parser::{Dialect, NoAliases, Parsed, Parser};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rbash::filesystem::MemoryFs;
use rbash::sandbox::SandboxHost;
use rbash::{Session, SessionBuilder, Snapshot};
use std::hint::black_box;
use std::sync::Arc;

const TURNS: u64 = 1000;

fn parse(c: &mut Criterion) {
    let small = include_str!("../fixtures/scripts/wordfreq.sh");
    let large = small.repeat(50);
    let mut group = c.benchmark_group("parse");
    for (name, text) in
        [("one line", "echo \"$HOME\" | cat >file\n"), ("a small script", small), ("a large script", &large)]
    {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |b| b.iter(|| units(black_box(text))));
    }
    group.throughput(Throughput::Elements(1));
    group.bench_function("an arithmetic expression", |b| {
        b.iter(|| bash_parser::arith::parse(black_box(b"(i * 7919 + offset) % n < limit ? i++ : total")));
    });
}

/// Reads all commands of `text`; how many there are.
fn units(text: &str) -> usize {
    let mut parser = Parser::new(text, 1);
    let mut count = 0;
    while let Parsed::Command(list) = parser.next(Dialect::default(), &NoAliases) {
        black_box(list);
        count += 1;
    }
    count
}

/// Each row: a name, what is run before, the body of the loop.
fn in_a_loop(c: &mut Criterion, part: &str, rows: &[(&str, &str, &str)]) {
    let mut group = c.benchmark_group(part);
    group.throughput(Throughput::Elements(TURNS));
    for (name, before, body) in rows {
        let script = format!("for ((i = 0; i < {TURNS}; i++)); do {body}; done");
        group.bench_function(*name, |b| {
            let mut session = Session::new().expect("a session");
            session.run(before);
            let outcome = session.run(&script);
            assert_eq!(outcome.stderr, b"", "{script}");
            b.iter(|| session.run(black_box(&script)));
        });
    }
}

fn expand(c: &mut Criterion) {
    let path = "p=/usr/share/doc/bash.tar.gz list='one two three four'";
    let array = "a=({1..20}); declare -A m=([key]=value)";
    let rows = [
        ("a variable", path, "x=$p"),
        ("quoted text and variables", path, "x=\"file $p of $i\""),
        ("trimming", path, "x=${p##*/} y=${p%.*}"),
        ("replacing", path, "x=${p//a/b}"),
        ("a slice", path, "x=${p:5:5}"),
        ("splitting", path, "set -- $list"),
        ("braces", path, "set -- {a,b,c}{1..3}"),
        ("an element", array, "x=${a[7]} y=${m[key]}"),
        ("all elements", array, "set -- \"${a[@]}\""),
        ("a substitution", path, "x=$(echo hi)"),
        ("a subshell", path, "(x=1)"),
    ];
    in_a_loop(c, "expand", &rows);
}

fn arithmetic(c: &mut Criterion) {
    let rows = [
        ("nothing", "", ":"),
        ("a sum", "x=0", "x=$((x + i))"),
        ("a condition", "", "((i % 3 == 0 && i > 10))"),
        ("an assignment", "x=0", "((x += i * 7 % 5))"),
        ("an element", "a[3]=1", "((a[3]++))"),
    ];
    in_a_loop(c, "arithmetic", &rows);
}

fn builtins(c: &mut Criterion) {
    let rows = [
        ("echo", "", "echo hello $i"),
        ("printf", "", "printf '%5d %-8s\\n' $i name"),
        ("printf -v", "", "printf -v x '%02d:%02d' 7 $i"),
        ("test", "", "[ $i -lt 7 ]"),
        ("[[ ]]", "", "[[ $i == 7* ]]"),
        ("read", "", "read -r x y <<<'one two three'"),
        ("a function with a local", "f() { local x=$1; }", "f $i"),
        ("case", "", "case $i in a*) ;; 7 | 8) ;; *9) ;; esac"),
        ("push", "a=()", "a+=($i); ((i % 100)) || a=()"),
    ];
    in_a_loop(c, "builtins", &rows);
}

fn patterns(c: &mut Criterion) {
    let subject = b"report-2024-17-final.pdf";
    let mut group = c.benchmark_group("patterns");
    group.bench_function("compile", |b| {
        b.iter(|| Pattern::compile(black_box(b"report-[0-9]*-*.p?f"), PatternOptions::default()));
    });
    for text in [
        "report-2024-17-final.pdf",
        "report*",
        "*.pdf",
        "*-*-*-*[!a-z].pdf",
        "report-[0-9][0-9]*[[:digit:]]-final.*",
    ] {
        let pattern = Pattern::compile(text.as_bytes(), PatternOptions::default());
        group.bench_function(text, |b| b.iter(|| pattern.matches(black_box(subject))));
    }
    let pattern = Pattern::compile(b"-*", PatternOptions::default());
    group.bench_function("the longest suffix", |b| b.iter(|| pattern.longest_suffix(black_box(subject))));
}

fn session(c: &mut Criterion) {
    let mut group = c.benchmark_group("session");
    group.bench_function("create", |b| b.iter(|| Session::new().expect("a session")));
    group.bench_function("create, echo hi, drop", |b| {
        b.iter(|| Session::new().expect("a session").run(black_box("echo hi")).stdout);
    });
    for script in ["echo hi", "x=$(echo hi)", "/bin/true"] {
        group.bench_function(script, |b| {
            let mut session = Session::new().expect("a session");
            b.iter(|| session.run(black_box(script)));
        });
    }
}

/// A session in a sandbox with 1,000 variables and 1,000 files.
fn furnished() -> Session {
    let files = MemoryFs::with_skeleton();
    let mut session = in_memory(files).build().expect("a session");
    session.run("for ((i = 0; i < 1000; i++)); do printf -v \"v$i\" %s \"value $i\"; echo \"file $i\" > /tmp/f$i; done");
    session
}

fn in_memory(files: MemoryFs) -> SessionBuilder {
    Session::builder().host(Arc::new(SandboxHost::new(files)))
}

fn copies(c: &mut Criterion) {
    let session = furnished();
    let snapshot = session.snapshot().expect("nothing runs");
    let bytes = snapshot.to_bytes();
    let mut group = c.benchmark_group("copies");
    group.bench_function("fork", |b| b.iter(|| session.fork().expect("a copy")));
    group.bench_function("take a snapshot", |b| b.iter(|| session.snapshot().expect("nothing runs")));
    group.bench_function("to bytes", |b| b.iter(|| snapshot.to_bytes()));
    group.bench_function("from bytes", |b| {
        b.iter(|| Snapshot::from_bytes(black_box(&bytes)).expect("a snapshot"))
    });
    group.bench_function("restore", |b| {
        b.iter(|| in_memory(MemoryFs::new()).restore(&snapshot).build().expect("a session"));
    });
}

criterion_group!(parts, parse, expand, arithmetic, builtins, patterns, session, copies);
criterion_main!(parts);
