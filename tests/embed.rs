//! The library: a `Session` keeps its state to itself and leaves the process that it lives in alone.
//!
//! Whatever counts things that a process has only one of runs in a process of its own: the test starts itself again.

use rbash::{Outcome, Session};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

fn session() -> Session {
    Session::new().expect("a session")
}

/// The output of a script that writes no error and succeeds.
fn output(session: &mut Session, script: impl AsRef<[u8]>) -> String {
    let outcome = session.run(&script);
    let shown = String::from_utf8_lossy(script.as_ref()).into_owned();
    assert_eq!(String::from_utf8_lossy(&outcome.stderr), "", "standard error of {shown}");
    assert_eq!(outcome.status.code(), 0, "status of {shown}");
    String::from_utf8(outcome.stdout).expect("text")
}

fn fresh(script: &str) -> Outcome {
    session().run(script)
}

fn stdout_of(script: &str) -> String {
    String::from_utf8(fresh(script).stdout).expect("text")
}

/// Whether something comes true before long.
fn soon(mut is_true: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + Duration::from_secs(15);
    while Instant::now() < end {
        if is_true() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

/// Runs a test's body in a process of its own.
fn alone(name: &str, body: impl FnOnce()) {
    alone_after(name, ":", body);
}

/// The same in a process that is started after a command has prepared its descriptors.
fn alone_after(name: &str, preparation: &str, body: impl FnOnce()) {
    const MARK: &str = "RBASH_TEST_ALONE";
    if std::env::var_os(MARK).is_some() {
        return body();
    }
    let program = std::env::current_exe().expect("a path");
    let call = format!("{preparation}; exec '{}' --exact {name} --nocapture", program.display());
    let ended = Command::new("sh").args(["-c", &call]).env(MARK, "1").output().expect("it runs");
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success(), "{}: {out}{err}", ended.status);
    assert!(out.contains("1 passed"), "no such test: {name}");
}

/// What this process has open.
fn open_files() -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir("/proc/self/fd").expect("it is there");
    entries.flatten().flat_map(|entry| std::fs::read_link(entry.path())).collect()
}

fn count(directory: &str) -> usize {
    std::fs::read_dir(directory).expect("it is there").count()
}

#[test]
fn state_stays_between_runs() {
    let mut session = session();
    output(&mut session, "a=1; declare -A m=([k]=v); f() { echo \"f $1 $a\"; }; set -f; shopt -s nullglob");
    output(&mut session, "cd /; umask 027; alias ll='ls -l'; trap 'echo usr' USR1; set -- x y");
    assert_eq!(output(&mut session, "f z; echo ${m[k]} $1$2 $#; umask; pwd"), "f z 1\nv xy 2\n0027\n/\n");
    assert_eq!(
        output(&mut session, "echo *; shopt nullglob; trap -p USR1"),
        "*\nnullglob            \ton\ntrap -- 'echo usr' SIGUSR1\n"
    );
    session.run("false");
    assert_eq!(session.run("echo $?").stdout, b"1\n");
}

#[test]
fn outputs_are_separate_and_byte_exact() {
    let outcome =
        fresh("printf 'a\\0\\377b'; printf 'err\\n' >&2; /bin/echo c; /bin/echo d >&2; echo e; exit 3");
    assert_eq!(outcome.stdout, b"a\0\xffbc\ne\n");
    assert_eq!(outcome.stderr, b"err\nd\n");
    assert_eq!(outcome.status.code(), 3);
}

#[test]
fn outputs_of_one_run_do_not_show_in_the_next() {
    let mut session = session();
    for turn in 0..20 {
        let text = output(&mut session, format!("echo a{turn}; /bin/echo b{turn}; echo c{turn}"));
        assert_eq!(text, format!("a{turn}\nb{turn}\nc{turn}\n"));
    }
}

#[test]
fn large_outputs_arrive_whole() {
    let outcome = fresh("head -c 3000000 /dev/zero; printf '%0500000d' 1; head -c 1000000 /dev/zero >&2");
    assert_eq!((outcome.stdout.len(), outcome.stderr.len()), (3_500_000, 1_000_000));
}

#[test]
fn statuses_are_those_of_the_last_command() {
    for (script, status) in [
        ("true", 0),
        ("", 0),
        ("false", 1),
        ("/bin/sh -c 'exit 7'", 7),
        ("exit 300", 44),
        ("no-such-command-here", 127),
        ("/bin/sh -c 'kill -9 $$'", 137),
        ("f() { return 5; }; f", 5),
        ("return 4", 2),
        ("(exit 6)", 6),
        ("set -o pipefail; exit 3 | true", 3),
        ("if", 2),
        ("echo ${x?no}", 1),
    ] {
        let outcome = fresh(script);
        assert_eq!(outcome.status.code(), status, "{script}: {}", String::from_utf8_lossy(&outcome.stderr));
    }
}

#[test]
fn a_syntax_error_is_reported_after_what_precedes_it_ran() {
    let mut session = session();
    let outcome = session.run("echo before\nif then\necho after");
    assert_eq!(outcome.stdout, b"before\n");
    assert_eq!(outcome.status.code(), 2);
    let error = String::from_utf8_lossy(&outcome.stderr);
    assert!(error.starts_with("rbash: line 2: syntax error near unexpected token `then'"), "{error}");
    assert_eq!(output(&mut session, "echo still here"), "still here\n");
}

#[test]
fn a_session_outlives_exit() {
    let mut session = session();
    let outcome = session
        .run("f() { local v=inner; for i in 1 2; do { exit 3; } >/dev/null; done; }; v=outer; f; echo no");
    assert_eq!((outcome.status.code(), &outcome.stdout[..]), (3, &b""[..]));
    assert_eq!(output(&mut session, "echo $v ${#FUNCNAME[@]}; break 2>/dev/null; echo on"), "outer 0\non\n");
    let outcome = session.run("set -e; false; echo no");
    assert_eq!((outcome.status.code(), &outcome.stdout[..]), (1, &b""[..]));
    assert_eq!(output(&mut session, "set +e; false; echo yes"), "yes\n");
    assert_eq!(session.run("eval 'f() { eval \"exit 9\"; }; f'").status.code(), 9);
    assert_eq!(session.run("set -u; echo $unset").status.code(), 1);
    assert_eq!(output(&mut session, "set +u; echo \"[$unset]\""), "[]\n");
}

#[test]
fn pipelines_mix_builtins_and_programs() {
    let mut session = session();
    assert_eq!(
        output(&mut session, "echo b a | tr ' ' '\\n' | sort | while read -r x; do echo \"<$x>\"; done"),
        "<a>\n<b>\n"
    );
    assert_eq!(
        output(&mut session, "shopt -s lastpipe; seq 3 | mapfile -t l; echo ${l[@]} ${PIPESTATUS[@]}"),
        "1 2 3 0 0\n"
    );
    assert_eq!(
        output(&mut session, "x=$(echo hi | /bin/cat | tr a-z A-Z; /bin/echo there); echo \"$x\""),
        "HI\nthere\n"
    );
}

#[test]
fn an_endless_producer_ends_with_its_reader() {
    assert_eq!(stdout_of("while :; do echo y; done | head -1"), "y\n");
    assert_eq!(stdout_of("yes | head -n 1; echo ${PIPESTATUS[@]}"), "y\n141 0\n");
    assert_eq!(stdout_of("while :; do echo y; done | { read -r x; echo $x; }"), "y\n");
}

#[test]
fn process_substitutions_work_both_ways() {
    let mut session = session();
    assert_eq!(output(&mut session, "cat <(echo a; /bin/echo b) <(echo c)"), "a\nb\nc\n");
    assert_eq!(output(&mut session, "read -r x < <(echo builtin); echo $x"), "builtin\n");
    assert_eq!(output(&mut session, "echo word > >(tr a-z A-Z); wait $!"), "WORD\n");
    let kept_open =
        "exec 5> >(tr a-z A-Z); p=$!; /bin/echo word | tee /dev/fd/5 >/dev/null; exec 5>&-; wait $p";
    assert_eq!(output(&mut session, kept_open), "WORD\n");
}

#[test]
fn background_jobs_are_waited_for() {
    let mut session = session();
    assert_eq!(output(&mut session, "{ echo a; } & wait; /bin/echo b & wait $!; echo c"), "a\nb\nc\n");
    assert_eq!(session.run("(exit 4) & wait $!").status.code(), 4);
    assert_eq!(session.run("sh -c 'exit 5' & wait $!").status.code(), 5);
    assert_eq!(output(&mut session, "sleep 0.05 & sleep 0.1 & jobs -r | wc -l; wait; jobs"), "2\n");
}

#[test]
fn a_run_does_not_wait_for_background_jobs() {
    let mut session = session();
    let start = Instant::now();
    assert_eq!(output(&mut session, "{ sleep 3; echo late; /bin/echo later; } & echo now"), "now\n");
    assert!(start.elapsed() < Duration::from_millis(2500), "{:?}", start.elapsed());
    assert_eq!(output(&mut session, "wait; echo end"), "late\nlater\nend\n");
}

#[test]
fn background_jobs_can_be_killed() {
    let mut session = session();
    let start = Instant::now();
    assert_eq!(session.run("sleep 30 & kill $!; wait $!").status.code(), 143);
    assert_eq!(session.run("sleep 30 & kill -9 %1; wait %1").status.code(), 137);
    assert_eq!(session.run("while :; do :; done & kill $!; wait $!").status.code(), 143);
    assert_eq!(session.run("(while :; do sleep 0.01; done) & kill -HUP $!; wait $!").status.code(), 129);
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_coprocess_lasts_from_run_to_run() {
    let mut session = session();
    output(&mut session, "coproc C { while read -r x; do echo \"got $x\"; done; }");
    assert_eq!(output(&mut session, "echo one >&${C[1]}; read -r y <&${C[0]}; echo \"$y\""), "got one\n");
    output(&mut session, "coproc D { cat; }");
    assert_eq!(output(&mut session, "echo two >&${D[1]}; read -r y <&${D[0]}; echo \"$y\""), "two\n");
}

#[test]
fn redirections_are_relative_to_the_sessions_own_directory() {
    let place = tempfile::tempdir().expect("a directory");
    let mut session = session();
    let before = std::env::current_dir().expect("one");
    output(&mut session, format!("cd '{}'", place.path().display()));
    output(
        &mut session,
        "echo one >f; /bin/echo two >>f; mkdir sub; cd sub; cat >../g <<E\n$((1+1)) $(pwd -P | wc -l)\nE",
    );
    assert_eq!(std::fs::read(place.path().join("f")).expect("written"), b"one\ntwo\n");
    assert_eq!(std::fs::read(place.path().join("g")).expect("written"), b"2 1\n");
    assert_eq!(
        output(&mut session, "cat ../f; cat <<<here; /bin/pwd; echo ../*"),
        format!(
            "one\ntwo\nhere\n{}/sub\n../f ../g ../sub\n",
            place.path().canonicalize().expect("one").display()
        )
    );
    assert_eq!(std::env::current_dir().expect("one"), before);
}

#[test]
fn redirections_of_exec_last() {
    let place = tempfile::tempdir().expect("a directory");
    let mut session = session();
    output(&mut session, format!("cd '{}'; exec 3>f 4>&1 >out; echo hidden", place.path().display()));
    assert_eq!(
        output(
            &mut session,
            "echo three >&3; /bin/echo four >&3; echo shown >&4; echo hidden too; exec >&4; echo back"
        ),
        "shown\nback\n"
    );
    assert_eq!(std::fs::read(place.path().join("f")).expect("written"), b"three\nfour\n");
    assert_eq!(std::fs::read(place.path().join("out")).expect("written"), b"hidden\nhidden too\n");
}

#[test]
fn the_process_keeps_what_it_has_only_one_of() {
    alone("the_process_keeps_what_it_has_only_one_of", || {
        let facts = || {
            let status = std::fs::read_to_string("/proc/self/status").expect("text");
            let signals: Vec<String> = status
                .lines()
                .filter(|line| ["Umask", "SigIgn", "SigCgt"].iter().any(|name| line.starts_with(name)))
                .map(str::to_string)
                .collect();
            let limits = std::fs::read_to_string("/proc/self/limits").expect("text");
            let mut environment: Vec<_> = std::env::vars_os().collect();
            environment.sort();
            (signals, limits, environment, std::env::current_dir().expect("one"))
        };
        let before = facts();
        let mut session = session();
        assert_eq!(
            output(
                &mut session,
                "umask 077; cd /; export RBASH_TEST_X=1; ulimit -S -n 64; ulimit -n; sh -c 'ulimit -n; umask; echo $RBASH_TEST_X'"
            ),
            "64\n64\n0077\n1\n"
        );
        output(
            &mut session,
            "trap '' PIPE CHLD; trap - PIPE; trap 'echo x' USR1 TERM INT; trap - HUP; (trap 'x' USR2)",
        );
        output(
            &mut session,
            "yes | head -1; { while :; do echo; done | :; }; /bin/true & wait; unset PATH HOME",
        );
        assert_eq!(facts(), before);
        drop(session);
        assert_eq!(facts(), before);
    });
}

#[test]
fn sessions_do_not_see_each_other() {
    let threads: Vec<_> = (0..2)
        .map(|number| {
            std::thread::spawn(move || {
                let place = tempfile::tempdir().expect("a directory");
                let mut session = session();
                output(
                    &mut session,
                    format!(
                        "cd '{}'; mine={number}; export E={number}; f() {{ echo f{number}; }}",
                        place.path().display()
                    ),
                );
                for turn in 0..50 {
                    let text = output(
                        &mut session,
                        "echo $mine >f; (mine=x; cd /); cat f; sh -c 'echo $E; pwd'; f | cat",
                    );
                    let here = place.path().canonicalize().expect("one");
                    assert_eq!(
                        text,
                        format!("{number}\n{number}\n{}\nf{number}\n", here.display()),
                        "turn {turn}"
                    );
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().expect("it passed"));
}

#[test]
fn a_hundred_sessions_live_at_once() {
    let mut sessions: Vec<Session> = (0..100).map(|_| session()).collect();
    for (number, session) in sessions.iter_mut().enumerate() {
        output(session, format!("n={number}; {{ sleep 0.2; echo late $n; }} & coproc cat"));
    }
    for (number, session) in sessions.iter_mut().enumerate() {
        let text = output(
            session,
            "echo $n | cat; x=$(/bin/echo $n); echo $x >&${COPROC[1]}; read -r y <&${COPROC[0]}; echo $y",
        );
        let number = number.to_string();
        assert!(text.lines().filter(|line| *line == number).count() == 2, "{text}");
    }
}

#[test]
fn children_of_the_process_are_left_to_it() {
    let mut child = Command::new("sh").args(["-c", "exit 9"]).spawn().expect("it runs");
    let mut session = session();
    output(&mut session, "/bin/true; sh -c : | cat; /bin/true & wait; sleep 0.1; wait");
    assert_eq!(child.wait().expect("it is ours").code(), Some(9));
}

#[test]
fn programs_do_not_get_the_processs_descriptors() {
    let check = || {
        let script =
            "exec 7</dev/null; ls /proc/self/fd | tr '\\n' ' '; exec 7<&-; ls /proc/self/fd | tr '\\n' ' '";
        assert_eq!(output(&mut session(), script), "0 1 2 3 7 0 1 2 3 ");
        let outcome = fresh("echo to nine >&9");
        assert_eq!(outcome.status.code(), 1);
        assert_eq!(outcome.stderr, b"rbash: line 1: 9: Bad file descriptor\n");
    };
    // The process itself is started with one descriptor more, which is not marked to be closed.
    alone_after("programs_do_not_get_the_processs_descriptors", "exec 9>/dev/null", check);
}

#[test]
fn standard_input_is_empty() {
    alone_after("standard_input_is_empty", "exec </dev/zero", || {
        let script = "read -r x; echo \"$? [$x]\"; cat; echo end; sh -c 'cat; readlink /proc/self/fd/0'";
        assert_eq!(stdout_of(script), "1 []\nend\n/dev/null\n");
    });
}

#[test]
fn signals_to_the_shell_end_the_run_alone() {
    let mut session = session();
    for (script, status) in [
        ("kill $$; echo no", 143),
        ("kill -9 $$; echo no", 137),
        ("kill -INT $$; echo no", 130),
        ("(kill -TERM $$; echo no); echo no", 143),
        ("x=$(kill -TERM $BASHPID); echo no", 143),
        ("kill -HUP 0; echo no", 129),
        ("f() { local a=1; kill -USR1 $$; echo no; }; f; echo no", 138),
    ] {
        let outcome = session.run(script);
        assert_eq!((outcome.status.code(), &outcome.stdout[..]), (status, &b""[..]), "{script}");
        assert_eq!(output(&mut session, "echo on"), "on\n", "after {script}");
    }
    assert_eq!(output(&mut session, "kill -0 $$; kill -CHLD $$; kill -TSTP $$; echo on"), "on\n");
    assert_eq!(
        output(
            &mut session,
            "trap 'echo trapped' TERM; kill $$; echo on; trap '' HUP; kill -HUP $$; echo on"
        ),
        "trapped\non\non\n"
    );
    assert_eq!(output(&mut session, "kill $$ | cat; echo on"), "trapped\non\n");
}

#[test]
fn a_signal_from_a_job_ends_a_run_that_waits_for_a_program() {
    let start = Instant::now();
    let outcome = fresh("{ sleep 0.1; kill $$; } & sleep 5; echo no");
    assert_eq!((outcome.status.code(), &outcome.stdout[..]), (143, &b""[..]));
    assert!(start.elapsed() < Duration::from_millis(4500));
}

#[test]
fn exec_ends_the_run_with_its_program() {
    let mut session = session();
    let outcome = session.run("trap 'echo bye' EXIT; x=1; exec sh -c 'echo program; exit 6'; echo no");
    assert_eq!((outcome.status.code(), &outcome.stdout[..]), (6, &b"program\n"[..]));
    assert_eq!(session.run("exec no-such-program; echo no").status.code(), 127);
    assert_eq!(output(&mut session, "echo $x"), "1\n");
    assert_eq!(session.close().stdout, b"bye\n");
}

#[test]
fn the_exit_trap_runs_at_the_end_of_the_session() {
    let place = tempfile::tempdir().expect("a directory");
    let file = place.path().join("f");
    let mut first = session();
    assert_eq!(output(&mut first, "trap 'echo bye $v' EXIT; (trap 'echo sub' EXIT); v=1"), "sub\n");
    assert_eq!(first.run("echo a; exit 3").stdout, b"a\n");
    assert_eq!(output(&mut first, "v=2"), "");
    let outcome = first.close();
    assert_eq!(outcome.stdout, b"bye 2\n");
    let mut second = session();
    output(&mut second, format!("trap 'echo dropped >\"{}\"' EXIT", file.display()));
    assert!(!Path::new(&file).exists());
    drop(second);
    assert_eq!(std::fs::read(file).expect("written"), b"dropped\n");
}

#[test]
fn ids_are_those_of_the_process() {
    let pid = std::process::id();
    assert_eq!(stdout_of("echo $$ $BASHPID; (echo $$)"), format!("{pid} {pid}\n{pid}\n"));
}

#[test]
fn nothing_is_left_when_a_session_is_dropped() {
    alone("nothing_is_left_when_a_session_is_dropped", || {
        // A thread that has read from a pipe line by line keeps a small pipe of its own.
        assert_eq!(stdout_of("read -r x < <(echo a); echo $x"), "a\n");
        assert!(soon(|| count("/proc/self/task") == 2), "the test and its harness");
        let (threads, files) = (count("/proc/self/task"), count("/proc/self/fd"));
        let mut session = session();
        output(
            &mut session,
            "/bin/echo a | cat; x=$(/bin/echo b); coproc cat; while :; do :; done & exec 5</dev/null",
        );
        output(
            &mut session,
            "cat <(echo a); { while :; do sleep 0.01; done; } & echo; read -r x < <(while :; do echo x; done)",
        );
        drop(session);
        assert!(soon(|| count("/proc/self/fd") == files), "{:?}, {files} before", open_files());
        assert!(
            soon(|| count("/proc/self/task") == threads),
            "{} threads, {threads} before",
            count("/proc/self/task")
        );
    });
}

#[test]
fn a_substitution_waits_for_threads_that_write_to_it() {
    let mut session = Session::new().expect("a session");
    let script = "x=$( { read -t 0.1 < <(sleep 1); echo late; } & echo first); echo \"$x\"";
    assert_eq!(session.run(script).stdout, b"first\nlate\n");
    // What writes elsewhere is not waited for.
    let started = std::time::Instant::now();
    let script = "f() { while :; do read -t 0.01 < <(sleep 1); done; }; x=$(f >/dev/null & echo quick); echo $x; kill $!; kill %1";
    assert_eq!(session.run(script).stdout, b"quick\n");
    let script = "x=$({ while :; do read -t 0.01 < <(sleep 1); done; } >/dev/null & echo quick); echo $x";
    assert_eq!(session.run(script).stdout, b"quick\n");
    assert!(started.elapsed() < std::time::Duration::from_secs(20));
}

#[test]
fn the_exit_trap_of_a_subshell_sees_the_function_that_ended_it() {
    let mut session = Session::new().expect("a session");
    let script = "f() { local v=3; exit; }; x=$(trap 'echo $v ${FUNCNAME[*]}' EXIT; f); echo $x; (trap 'echo $v' EXIT; f)
        trap 'echo end $v' EXIT; f; echo no";
    assert_eq!(session.run(script).stdout, b"3 f\n3\n");
    assert_eq!(session.close().stdout, b"end\n");
}

#[test]
fn a_script_file_knows_its_name() {
    let place = tempfile::tempdir().expect("a directory");
    std::fs::write(
        place.path().join("s"),
        "f() { echo ${BASH_SOURCE[0]} ${FUNCNAME[*]} $0 $1; }; f x; caller",
    )
    .expect("written");
    let mut session = Session::builder().cwd(place.path()).build().expect("a session");
    assert_eq!(session.run_file("s", &[]).expect("there").stdout, b"s f main s x\n0 NULL\n");
    assert_eq!(session.run("echo ${BASH_SOURCE[0]-none} $0; [[ -o braceexpand && $SHELLOPTS == *braceexpand* ]] && echo on").stdout, b"none rbash\non\n");
}
