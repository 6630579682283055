//! Limits: each is met from every way in, hostile scripts end soon in little memory, and nothing is left of a run that
//! was ended.

use rbash::filesystem::MemoryFs;
use rbash::limits::{LIMITS, LimitKind, LimitNear, Limits};
use rbash::sandbox::SandboxHost;
use rbash::{End, Outcome, Session};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Ways for a script to run something: all of them count for the same budget.
const WAYS: &[(&str, &str)] = &[
    ("main line", "@"),
    ("group", "{ @; }"),
    ("subshell", "( @ )"),
    ("substitution", ": $( @ )"),
    ("substitution in place", ": ${ @; }"),
    ("first stage", "{ @; } | :"),
    ("last stage", ": | { @; }"),
    ("background", "{ @; } & wait"),
    ("process substitution", ": < <( @ ); wait"),
    ("eval", "eval \"$X\""),
    ("function", "f() { @; }; f"),
    ("trap", "trap \"$X\" USR1; kill -USR1 $$; :"),
    ("exit trap of a subshell", "( trap \"$X\" EXIT )"),
    ("condition", "if @; then :; fi || :"),
    ("substitution in a function in a stage", "f() { : $( @ ); }; { f; } | :"),
];

fn session(limits: Limits) -> Session {
    Session::builder().cwd("/").limits(limits).build().expect("a session")
}

fn only(kind: LimitKind, most: u64) -> Limits {
    Limits::none().with(kind, most)
}

/// Runs a script from every way in: each time the limit ends it, and the session goes on.
fn met_from_every_way(kind: LimitKind, most: u64, script: &str) {
    met_from(kind, most, script, |_| true);
}

fn met_from(kind: LimitKind, most: u64, script: &str, applies: impl Fn(&str) -> bool) {
    let mut session = session(only(kind, most));
    session.set_var("X", script).expect("X is set");
    for (name, way) in WAYS.iter().filter(|(name, _)| applies(name)) {
        let began = Instant::now();
        let outcome = session.run(way.replace('@', script));
        assert_eq!(outcome.end, End::Limited(kind), "{kind:?} {name}: {script}: {}", shown(&outcome));
        assert_eq!(outcome.status.code(), 137, "{kind:?} {name}");
        let message = format!("{}: limit of ", kind.name());
        assert!(shown(&outcome).contains(&message), "{kind:?} {name}: {}", shown(&outcome));
        assert!(began.elapsed() < Duration::from_secs(10), "{kind:?} {name}: {:?}", began.elapsed());
        let after = session.run("v=usable; echo $v $(echo indeed) | { read -r line; echo \"$line\"; }");
        assert_eq!(
            (after.end, &after.stdout[..]),
            (End::Completed, &b"usable indeed\n"[..]),
            "{kind:?} {name}: {script}: {}",
            shown(&after)
        );
    }
}

fn shown(outcome: &Outcome) -> String {
    let end = outcome.stderr.len().saturating_sub(2000);
    String::from_utf8_lossy(&outcome.stderr[end..]).into_owned()
}

#[test]
fn commands() {
    met_from_every_way(LimitKind::Commands, 500, "while :; do :; done");
    met_from_every_way(LimitKind::Commands, 500, "for ((;;)); do :; done");
}

#[test]
fn work_without_commands_counts_as_commands() {
    // Each variable names the next one twice.
    let names: String = (0..40).map(|n| format!("a{n}=a{m}+a{m}; ", m = n + 1)).collect();
    let outcome = session(only(LimitKind::Commands, 10_000)).run(format!("{names} a40=1; echo $((a0))"));
    assert_eq!(outcome.end, End::Limited(LimitKind::Commands), "{}", shown(&outcome));
}

#[test]
fn wall_time() {
    let most = 400_000_000;
    met_from_every_way(LimitKind::WallTime, most, "while :; do :; done");
    met_from_every_way(LimitKind::WallTime, most, "sleep 60");
}

#[test]
fn cpu_time() {
    met_from_every_way(LimitKind::CpuTime, 30_000_000, "while :; do :; done");
}

#[test]
fn programs_get_what_is_left_of_the_cpu_time() {
    let outcome = session(only(LimitKind::CpuTime, 1_500_000_000)).run("sh -c 'ulimit -t'");
    assert_eq!(outcome.stdout, b"2\n", "{}", shown(&outcome));
    let outcome =
        session(only(LimitKind::CpuTime, 9_000_000_000)).run("ulimit -S -t 3; sh -c 'ulimit -S -t'");
    assert_eq!(outcome.stdout, b"3\n", "{}", shown(&outcome));
}

#[test]
fn script_size() {
    let text = "eval \": ${ printf %600s x; }\"";
    met_from_every_way(LimitKind::ScriptSize, 500, text);
    let long = format!("# {}\n:", "x".repeat(600));
    let outcome = session(only(LimitKind::ScriptSize, 500)).run(&long);
    assert_eq!(outcome.end, End::Limited(LimitKind::ScriptSize));
}

#[test]
fn parser_depth() {
    let deep = |levels: usize| format!("{}:{}", "{ ".repeat(levels), "; }".repeat(levels));
    let script = format!("eval '{}'", deep(60));
    met_from(LimitKind::ParserDepth, 50, &script, |_| true);
    let mut session = session(only(LimitKind::ParserDepth, 50));
    assert_eq!(session.run(deep(30)).end, End::Completed);
    assert_eq!(session.run(deep(100_000)).end, End::Limited(LimitKind::ParserDepth));
    session.run(":");
    let unclosed = session.run("(".repeat(100_000));
    assert_eq!((unclosed.end, unclosed.status.code()), (End::Completed, 2), "{}", shown(&unclosed));
}

#[test]
fn function_depth() {
    met_from_every_way(LimitKind::FunctionDepth, 50, "g() { g; }; g");
    met_from_every_way(LimitKind::FunctionDepth, 50, "g() { h; }; h() { g && :; }; g");
}

#[test]
fn nesting() {
    met_from_every_way(LimitKind::Nesting, 30, "g() { ( g ); }; g");
    met_from_every_way(LimitKind::Nesting, 30, "g() { : $(g); }; g");
    met_from_every_way(LimitKind::Nesting, 30, "g() { eval g; }; g");
}

#[test]
fn string_size() {
    let most = 10_000;
    for script in [
        "s=x; while :; do s=$s$s; done",
        "s=x; while :; do s=\"$s $s\"; done",
        "s=x; while :; do s+=$s; done",
        "s=x; while :; do a[0]+=${a[0]}x$s; s+=$s; done",
        "printf -v s %20000s x",
        "printf -v s %.20000d 1",
        "s=$(printf %20000s x)",
        "s=$(while :; do echo xxxxxxxxxxxxxxxx; done)",
        "printf -v s %5000s; s=${s// /xxxxxx}",
        "printf -v s %5000s; s=${s/#/$s$s}",
        "printf -v s %5000s; a=(\"$s\" \"$s\" \"$s\"); s=\"${a[*]}\"",
        "read -r s < /dev/zero",
        "read -rd '' s < <(while :; do echo xxxxxxxxxxxxxxxx; done)",
        "mapfile < /dev/zero",
        "mapfile -n 1 < /dev/zero",
        "s=$(</dev/zero)",
        ". /dev/zero",
        "s=x; while :; do s=$s$s; cat <<<$s; done >/dev/null",
        "s=x; while :; do s=$s$s; : ${z:=$s}; done",
        "s=xx; while :; do eval \"s='$s$s'\"; done",
    ] {
        met_from_every_way(LimitKind::StringSize, most, script);
    }
}

#[test]
fn live_bytes() {
    let most = 2_000_000;
    for script in [
        "i=0; while :; do printf -v a[i++] %1000s; done",
        "declare -A m; i=0; while :; do printf -v \"m[$((i++))]\" %1000s; done",
        "i=0; while :; do printf -v v$((i++ % 5000)) %1000s; done",
        "while :; do a+=(\"${a[@]}\" some_element_that_is_long_enough); done",
        "printf -v s %10000s; g() { g \"$1$s\"; }; g \"\"",
        "printf -v s %10000s; g() { local v=$1$s; g \"$v\"; }; g x",
        "s=$(while :; do printf %1000s; done)",
    ] {
        met_from_every_way(LimitKind::LiveBytes, most, script);
    }
}

#[test]
fn what_is_remembered_beside_variables_is_live_too() {
    for (script, forget) in [
        (
            "while :; do eval \"h$((i++ % 5000))() { echo something; echo that is; echo long enough; }\"; done",
            "for ((i = 0; i < 5000; i++)); do unset -f h$i; done",
        ),
        ("while :; do printf -v s %1000s; alias \"a$((i++))=$s\"; done", "unalias -a"),
        ("printf -v s %1000s; while :; do history -s \"$s$((i++))\"; done", "history -c"),
        ("set -- some_parameter_that_is_long_enough; while :; do set -- \"$@\" \"$@\"; done", "set --"),
    ] {
        let mut session = session(only(LimitKind::LiveBytes, 2_000_000));
        for _ in 0..3 {
            let outcome = session.run(script);
            assert_eq!(outcome.end, End::Limited(LimitKind::LiveBytes), "{script}: {}", shown(&outcome));
            assert_eq!(session.run("echo usable").stdout, b"usable\n", "{script}");
        }
        session.run(forget);
        let after = session.run("(printf -v s %1000000s; echo \"${#s}\") | cat");
        assert_eq!(
            (after.end, &after.stdout[..]),
            (End::Completed, &b"1000000\n"[..]),
            "{script}: {}",
            shown(&after)
        );
    }
}

#[test]
fn what_is_gone_does_not_count() {
    let script = "for ((i = 0; i < 3000; i++)); do printf -v s %5000s; t=$s$s; v=$(echo \"$t\"); f() { set -- \"$v\"; }; f \"$t\"; done; echo \"${#v}\"";
    let mut session = session(only(LimitKind::LiveBytes, 1_000_000));
    for way in ["@", "( @ )", "{ @; } | cat", "{ @; } | { @; } | { @; cat; }", "{ @; } & { @; } & wait"] {
        let outcome = session.run(way.replace('@', script));
        assert_eq!(outcome.end, End::Completed, "{way}: {}", shown(&outcome));
        assert!(outcome.stdout.starts_with(b"10000\n"), "{way}");
    }
}

#[test]
fn threads_share_what_a_session_may_hold() {
    let script = "for i in {1..20}; do { printf -v s %50000s; read -rt 5 x < <(sleep 5); } & done; wait";
    let outcome = session(only(LimitKind::LiveBytes, 500_000)).run(script);
    assert_eq!(outcome.end, End::Limited(LimitKind::LiveBytes), "{}", shown(&outcome));
}

#[test]
fn array_entries() {
    for script in [
        "i=0; while :; do a[i++]=x; done",
        "i=0; while :; do a[i++*7]=x; done",
        "declare -A m; i=0; while :; do m[$((i++))]=x; done",
        "while :; do a+=(x); done",
        "while :; do a=(\"${a[@]}\" x); done",
        "set -- x; while :; do set -- \"$@\" \"$@\"; done",
        "set -- x; while :; do set -- $@ $@; done",
        "mapfile a < <(while :; do echo; done)",
        "mapfile -n 5000 a < <(while :; do echo; done)",
        "printf -v s '%3000s'; a=(${s// /x })",
        "printf -v s '%3000s'; read -ra a <<< \"${s// /x }\"",
        "echo {1..60}{1..60}",
    ] {
        met_from_every_way(LimitKind::ArrayEntries, 1000, script);
    }
}

#[test]
fn brace_results() {
    met_from_every_way(LimitKind::BraceResults, 1000, "echo {1..99999999}");
    met_from_every_way(LimitKind::BraceResults, 1000, "for i in {a..z}{a..z}{a..z}; do :; done");
    met_from_every_way(LimitKind::BraceResults, 1000, "a=({1..1001})");
}

#[test]
fn output_bytes() {
    met_from_every_way(LimitKind::OutputBytes, 2000, "while :; do echo xxxxxxxxxxxxxxxx >&2; done");
    met_from_every_way(LimitKind::OutputBytes, 2000, "printf %5000s x >&2");
    met_from_every_way(LimitKind::OutputBytes, 2000, "sh -c 'while :; do echo xxxxxxxxxxxxx; done' >&2");
}

#[test]
fn what_was_written_before_is_kept() {
    let outcome = session(only(LimitKind::OutputBytes, 1000)).run("while :; do echo 0123456789abcde; done");
    assert_eq!(outcome.end, End::Limited(LimitKind::OutputBytes));
    assert_eq!(outcome.stdout, b"0123456789abcde\n".repeat(100)[..1000]);
    assert_eq!(outcome.stderr, b"rbash: line 1: output bytes: limit of 1000 exceeded\n");
}

#[test]
fn descriptors() {
    met_from_every_way(LimitKind::Descriptors, 20, "while :; do exec {v}< /dev/null; done");
    met_from_every_way(LimitKind::Descriptors, 20, "i=3; while :; do eval \"exec $i>&1\"; ((i++)); done");
}

#[test]
fn virtual_processes() {
    met_from_every_way(LimitKind::VirtualProcesses, 8, "while :; do sleep 60 & done");
    met_from_every_way(LimitKind::VirtualProcesses, 8, "g() { g | g & }; g; wait; sleep 5");
    met_from_every_way(LimitKind::VirtualProcesses, 8, "g() { { :; g; } | { cat; }; }; g");
}

#[test]
fn programs() {
    met_from_every_way(LimitKind::Programs, 5, "while :; do /bin/true; done");
}

#[test]
fn names() {
    met_from_every_way(
        LimitKind::Names,
        50,
        "while :; do declare \"name_$((number++))_$RANDOM$RANDOM\"; done",
    );
}

#[test]
fn one_run_does_not_use_up_the_next_ones() {
    let limits = only(LimitKind::Commands, 50).with(LimitKind::Programs, 2).with(LimitKind::OutputBytes, 100);
    let mut session = session(limits);
    for _ in 0..20 {
        let outcome = session.run("for i in 1 2 3 4 5; do echo 0123456; done; /bin/true; /bin/true");
        assert_eq!(outcome.end, End::Completed, "{}", shown(&outcome));
    }
}

#[test]
fn no_trap_runs_and_nothing_catches_it() {
    let script = "trap 'echo trapped' EXIT INT TERM ERR; set -e; ( trap 'echo inner' EXIT; while :; do :; done ) || echo caught; echo after";
    let mut session = session(only(LimitKind::Commands, 500));
    let outcome = session.run(script);
    assert_eq!((outcome.end, &outcome.stdout[..]), (End::Limited(LimitKind::Commands), &b""[..]));
    assert_eq!(session.close().stdout, b"trapped\n");
}

#[test]
fn jobs_that_outlive_a_run_keep_its_budget() {
    let mut session = session(only(LimitKind::WallTime, 300_000_000));
    let outcome = session.run("while :; do read -rt 0.01 x < <(sleep 1); done &");
    assert_eq!(outcome.end, End::Completed, "{}", shown(&outcome));
    let end = Instant::now() + Duration::from_secs(10);
    while session.run("jobs -r").stdout != b"" {
        assert!(Instant::now() < end, "the job goes on");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_child_has_the_same_limits_and_its_own_budget() {
    let mut parent = session(only(LimitKind::Commands, 100));
    let (mut child, mut fork) = (parent.child().expect("a child"), parent.fork().expect("a fork"));
    for session in [&mut parent, &mut child, &mut fork] {
        assert_eq!(session.run("for i in {1..40}; do :; done").end, End::Completed);
        assert_eq!(session.run("while :; do :; done").end, End::Limited(LimitKind::Commands));
    }
}

#[test]
fn it_is_told_once_when_a_limit_is_near() {
    let told: Arc<Mutex<Vec<LimitNear>>> = Arc::default();
    let log = told.clone();
    let limits = Limits::none()
        .with(LimitKind::Commands, 1000)
        .with(LimitKind::OutputBytes, 100)
        .with(LimitKind::StringSize, 1000)
        .with(LimitKind::FunctionDepth, 20)
        .wall_time(Duration::from_secs(3));
    let watcher = move |near: LimitNear| log.lock().expect("nobody panicked").push(near);
    let mut session =
        Session::builder().cwd("/").limits(limits).on_limit_near(watcher).build().expect("a session");
    let mut kinds_of = |script: &str| {
        let outcome = session.run(script);
        assert_eq!(outcome.end, End::Completed, "{script}: {}", shown(&outcome));
        let mut kinds: Vec<_> =
            told.lock().expect("nobody panicked").drain(..).map(|near| near.kind).collect();
        kinds.sort();
        kinds
    };
    assert_eq!(kinds_of("for i in {1..100}; do :; done; echo x"), []);
    assert_eq!(kinds_of("for i in {1..900}; do :; done"), [LimitKind::Commands]);
    assert_eq!(kinds_of("printf %85s x; printf %5s x"), [LimitKind::OutputBytes]);
    assert_eq!(kinds_of("printf -v s %900s; t=$s"), [LimitKind::StringSize]);
    assert_eq!(kinds_of("f() { (($1 == 0)) || f $(($1 - 1)); }; f 16"), [LimitKind::FunctionDepth]);
    assert_eq!(kinds_of("read -rt 2.5 x < <(sleep 2.5)"), [LimitKind::WallTime]);
}

#[test]
fn honest_work_is_not_hindered() {
    let script = "
        declare -A count; words=(a b c a b a)
        for word in \"${words[@]}\"; do ((count[$word]++)); done
        for key in \"${!count[@]}\"; do echo \"$key ${count[$key]}\"; done | sort
        fib() { (($1 < 2)) && echo $1 || echo $(($(fib $(($1 - 1))) + $(fib $(($1 - 2))))); }
        fib 10; seq 1 1000 | while read -r n; do ((n % 100)) || echo $n; done | wc -l; printf '%s\\n' {1..1000} | tail -n 1
    ";
    let expected = Session::builder().cwd("/").build().expect("a session").run(script);
    for limits in [Limits::trusted(), Limits::agent(), Limits::untrusted()] {
        let outcome = session(limits).run(script);
        assert_eq!((outcome.end, &outcome.stdout), (End::Completed, &expected.stdout), "{}", shown(&outcome));
    }
}

/// What tries to take the machine, and which limits may stop it.
const HOSTILE: &[(&str, &[LimitKind])] = {
    use LimitKind::*;
    &[
        ("x=x; while :; do x=$x$x; done", &[StringSize]),
        ("while :; do x=$x$x; done", &[Commands]),
        ("f() { f | f & }; f; wait; while :; do :; done", &[VirtualProcesses]),
        ("echo {1..99999999}", &[BraceResults]),
        ("printf %999999999s", &[StringSize]),
        ("printf -v x %999999999s", &[StringSize]),
        ("a[9999999]=x; a[99999999999]=y; while :; do a[i+=1000]=$i; done", &[ArrayEntries]),
        ("mapfile < /dev/zero", &[StringSize]),
        ("{ while :; do printf xxxxxxxxxxxxxxxx; done; } | read -r x", &[StringSize, Commands]),
        ("yes() { while :; do echo y; done; }; x=$(yes)", &[StringSize, Commands]),
        ("yes() { while :; do printf %1000s; done; }; x=$(yes)", &[StringSize]),
        ("f() { f; }; f", &[FunctionDepth]),
        ("f() { : $(f); }; f", &[Nesting]),
        ("x=':'; while :; do x=\"$x;$x\"; eval \"$x\"; done", &[ScriptSize, LiveBytes, Commands]),
        ("i=0; while :; do printf -v a[i++] %100000s; done", &[LiveBytes]),
        (
            "printf -v s %8000000s; f() { f \"$1$s\"; }; for i in 1 2 3 4 5 6 7 8 9; do s$i=$s; done; f",
            &[LiveBytes, StringSize, FunctionDepth],
        ),
        ("printf -v s %4000000s; f() { local x=${s/ /$1}; f $(($1 + 1)); }; f 1", &[LiveBytes]),
        ("while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done", &[OutputBytes]),
        ("while :; do exec {v}<<<x; done", &[Descriptors]),
        ("while :; do declare v$((i++))_$RANDOM$RANDOM; done", &[Names]),
        ("set -- x; while :; do set -- \"$@\" \"$@\"; done", &[ArrayEntries]),
        ("trap 'while :; do :; done' EXIT INT TERM; while :; do :; done", &[Commands]),
        ("coproc { while read -r x; do :; done; }; while :; do echo x; done >&${COPROC[1]}", &[Commands]),
        ("printf -v s %1000000s; s=${s// /$s}", &[StringSize]),
        ("printf -v s %1000000s; while :; do a+=(\"$s$((i++))\"); done", &[LiveBytes]),
        (
            "printf -v s %7000000s; for ((i = 10; i < 200; i++)); do eval \"exec $i<<<\\$s\"; done",
            &[LiveBytes],
        ),
    ]
};

/// The peak of this process's memory, in bytes.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("it can be read");
    let line = status.lines().find(|line| line.starts_with("VmHWM")).expect("it is there");
    let kib: u64 = line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number");
    kib * 1024
}

/// Where a child process of this test finds the number of its script.
const CHILD: &str = "RBASH_HOSTILE_SCRIPT";

/// In a child: runs one hostile script in a sandbox, and shows how it went.
#[test]
fn hostile_script_of_this_process() {
    let Some(number) = std::env::var(CHILD).ok().and_then(|number| number.parse::<usize>().ok()) else {
        return;
    };
    let host = SandboxHost::new(MemoryFs::with_skeleton());
    let mut session =
        Session::builder().host(Arc::new(host)).limits(Limits::untrusted()).build().expect("a session");
    session.run(":");
    let (script, before, began) = (HOSTILE[number].0, peak_memory(), Instant::now());
    let outcome = session.run(script);
    let (time, memory) = (began.elapsed(), peak_memory() - before);
    assert_eq!(session.run("echo usable").stdout, b"usable\n");
    println!("RESULT {:?} {} {}", outcome.end, time.as_millis(), memory);
}

#[test]
fn hostile_scripts_end_soon_in_little_memory() {
    // Built without optimisation, a million commands take a while.
    let soon = if cfg!(debug_assertions) { 20_000 } else { 1000 };
    let program = std::env::current_exe().expect("this program");
    for (number, (script, kinds)) in HOSTILE.iter().enumerate() {
        let output = std::process::Command::new(&program)
            .args(["--exact", "hostile_script_of_this_process", "--nocapture"])
            .env(CHILD, number.to_string())
            .output()
            .expect("it runs");
        let text = String::from_utf8_lossy(&output.stdout);
        let result = text.lines().find_map(|line| line.split_once("RESULT ")).map(|(_, result)| result);
        let result =
            result.unwrap_or_else(|| panic!("{script}: {text}{}", String::from_utf8_lossy(&output.stderr)));
        let mut figures = result.rsplitn(3, ' ');
        let mut figure = || figures.next().and_then(|figure| figure.parse::<u64>().ok()).expect("a figure");
        let (memory, time) = (figure(), figure());
        println!("{:>6} ms {:>6} KiB  {script}", time, memory / 1024);
        let is_expected = |kind: &LimitKind| result.starts_with(&format!("Limited({kind:?})"));
        assert!(kinds.iter().any(is_expected), "{script}: {result}");
        assert!(time < soon, "{script}: {result}");
        assert!(memory < 192 << 20, "{script}: {result}");
    }
}

#[test]
fn the_documented_table_is_that_of_the_program() {
    let text = include_str!("../docs/sandbox.md");
    for row in LIMITS {
        let cells = [row.trusted, row.agent, row.untrusted].map(|most| shown_amount(row.kind, most));
        let line = format!("| `{:?}` | {} |", row.kind, cells.join(" | "));
        assert!(text.contains(&line), "docs/sandbox.md lacks: {line}");
    }
}

/// An amount as the table shows it.
fn shown_amount(kind: LimitKind, most: Option<u64>) -> String {
    let Some(most) = most else { return "–".into() };
    let grouped = |number: u64| {
        let digits = number.to_string();
        let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
        groups.join(",")
    };
    match kind {
        LimitKind::WallTime | LimitKind::CpuTime => format!("{} s", most / 1_000_000_000),
        LimitKind::ScriptSize | LimitKind::StringSize | LimitKind::LiveBytes | LimitKind::OutputBytes => {
            match most >> 30 {
                0 => format!("{} MiB", most >> 20),
                gib => format!("{gib} GiB"),
            }
        }
        _ => grouped(most),
    }
}
