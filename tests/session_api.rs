//! The session as an object: what it is built from, what can be asked of it, copies of it, and its thread.

use rbash::{
    InheritEnv, JobSpec, JobState, OpenMode, PipelinePlace, ReadMode, RunOptions, RunScope, Script, Session,
    SessionError, SessionHandle, SessionRegistry, Signal, Trap, VarValue,
};
use std::time::{Duration, Instant};

fn session() -> Session {
    Session::new().expect("a session")
}

fn out(session: &mut Session, script: &str) -> String {
    let outcome = session.run(script);
    assert_eq!(String::from_utf8_lossy(&outcome.stderr), "", "standard error of {script}");
    String::from_utf8(outcome.stdout).expect("text")
}

#[test]
fn a_builder_says_what_a_session_starts_with() {
    let place = tempfile::tempdir().expect("a directory");
    let registry = SessionRegistry::new();
    let mut session = Session::builder()
        .id("first")
        .registry(&registry)
        .cwd(place.path())
        .env("COLOR", "blue")
        .envs([("A", "1"), ("B", "2")])
        .option("pipefail", true)
        .shopt("nullglob", true)
        .shopt("expand_aliases", true)
        .arg0("tool")
        .args(["x", "y z"])
        .alias("hi", "echo hello")
        .functions("greet() { echo \"greetings, $1\"; }")
        .var("plain", "text")
        .var("list", VarValue::indexed(["one", "two"]))
        .var("map", VarValue::associative([("k", "v")]))
        .umask(0o077)
        .build()
        .expect("a session");
    assert_eq!(out(&mut session, "sh -c 'echo $COLOR $A $B ${plain-none}'"), "blue 1 2 none\n");
    assert_eq!(
        out(&mut session, "echo $0 $# \"$2\"; false | true || echo failed; echo *.none"),
        "tool 2 y z\nfailed\n\n"
    );
    assert_eq!(
        out(&mut session, "hi; greet you; echo $plain ${list[@]} ${map[k]}; umask"),
        "hello\ngreetings, you\ntext one two v\n0077\n"
    );
    let here = place.path().canonicalize().expect("one");
    assert_eq!(out(&mut session, "pwd -P"), format!("{}\n", here.display()));
    assert_eq!(session.run("no-such").stderr, b"tool: line 1: no-such: command not found\n");
    assert_eq!(registry.list().iter().map(|id| id.as_str().to_string()).collect::<Vec<_>>(), ["first"]);
    let twice = Session::builder().id("first").registry(&registry).build();
    assert!(matches!(twice, Err(SessionError::DuplicateId(id)) if id == "first"));
    drop(session);
    assert!(registry.list().is_empty());
}

#[test]
fn what_cannot_be_is_an_error_of_the_builder() {
    assert!(matches!(Session::builder().option("no", true).build(), Err(SessionError::UnknownOption(_))));
    assert!(matches!(Session::builder().shopt("no", true).build(), Err(SessionError::UnknownOption(_))));
    assert!(matches!(Session::builder().var("1x", "").build(), Err(SessionError::InvalidName(_))));
    assert!(matches!(Session::builder().functions("f() {").build(), Err(SessionError::Syntax(_))));
    assert!(matches!(Session::builder().cwd("/no/such/place").build(), Err(SessionError::Io(_))));
}

#[test]
fn the_environment_is_taken_over_as_far_as_asked() {
    let ours = |name: &str| std::env::var(name).ok().map(String::into_bytes);
    let with = |inherit| {
        Session::builder().inherit_env(inherit).env("OWN", "1").env("SHLVL", "5").build().expect("one")
    };
    let mut none = with(InheritEnv::Nothing);
    assert_eq!((none.env("HOME"), none.env("OWN")), (None, Some(b"1".to_vec())));
    let mut all = with(InheritEnv::All);
    assert_eq!((all.env("HOME"), all.env("PATH")), (ours("HOME"), ours("PATH")));
    assert_eq!(all.env("SHLVL"), Some(b"6".to_vec()), "what the builder says comes first");
    let mut one = with(InheritEnv::Only(vec!["PATH".into()]));
    assert_eq!((one.env("HOME"), one.env("PATH")), (None, ours("PATH")));
    let mut others = with(InheritEnv::Except(vec!["HOME".into()]));
    assert_eq!(
        (others.env("HOME"), others.env("PATH"), others.env("OWN")),
        (None, ours("PATH"), Some(b"1".to_vec()))
    );
}

#[test]
fn variables_are_read_and_set() {
    let mut session = session();
    session.set_var("a", "1").expect("set");
    session.set_env("E", "exported").expect("set");
    assert_eq!(out(&mut session, "echo $a; sh -c 'echo \"[$a] $E\"'"), "1\n[] exported\n");
    session.run(
        "declare -A m=([k]=v [l]=w); l=(zero one two); declare -n r=a; readonly fixed=1; declare -i n=4",
    );
    assert_eq!(session.var("r").as_deref(), Some(&b"1"[..]));
    assert_eq!(session.var_at("l", 1).as_deref(), Some(&b"one"[..]));
    assert_eq!(session.var_at("l", -1).as_deref(), Some(&b"two"[..]));
    assert_eq!(session.var_at("m", "l").as_deref(), Some(&b"w"[..]));
    assert_eq!(
        (session.var_at("m", "none"), session.var("none"), session.var("not a name")),
        (None, None, None)
    );
    assert!(matches!(session.value("l"), Some(VarValue::Indexed(list)) if list.len() == 3));
    assert!(matches!(session.set_var("fixed", "2"), Err(SessionError::Readonly(name)) if name == "fixed"));
    session.set_var("n", "2+3").expect("an integer");
    assert_eq!(session.var("n").as_deref(), Some(&b"5"[..]));
    assert_eq!(session.env("a"), None);
    assert!(session.environ().iter().any(|(name, value)| name == "E" && value == b"exported"));
    assert!(session.vars().iter().any(|variable| variable.name == "fixed" && variable.readonly));
    session.unset_var("a").expect("unset");
    assert_eq!(out(&mut session, "echo ${a-unset}"), "unset\n");
    session.run("false");
    assert_eq!((session.special('?'), session.special('0')), (Some(b"1".to_vec()), Some(b"rbash".to_vec())));
    session.set_params(["p", "q"]);
    assert_eq!(out(&mut session, "echo $# $2"), "2 q\n");
    assert_eq!(session.params(), [b"p", b"q"]);
}

#[test]
fn a_view_holds_what_the_session_was() {
    let mut session = session();
    session.run("alias a=b; f() { :; }; trap 'x' INT; trap '' TERM; cd /; pushd /usr >/dev/null; set -u; v=1; hash ls");
    let view = session.state();
    session.run("v=2; cd /; unset -f f");
    assert_eq!(view.cwd(), b"/usr");
    assert_eq!(view.dir_stack(), [&b"/usr"[..], b"/"]);
    assert_eq!(view.variable("v").and_then(|v| v.value), Some("1".into()));
    assert_eq!(view.functions()[0].0, b"f");
    assert_eq!(view.aliases(), [(b"a".to_vec(), b"b".to_vec())]);
    assert_eq!(
        (view.option("nounset"), view.shopt("nullglob"), view.option("none")),
        (Some(true), Some(false), None)
    );
    assert!(view.traps().contains(&("INT".into(), Trap::Run(b"x".to_vec()))), "{:?}", view.traps());
    assert!(view.traps().contains(&("TERM".into(), Trap::Ignore)));
    assert_eq!(view.hash()[0].0, b"ls");
    assert!(!view.in_function() && !view.in_loop() && view.status().is_success());
}

#[test]
fn the_directory_changes_with_its_variables() {
    let mut session = session();
    let before = session.cwd().to_vec();
    session.chdir("/usr").expect("it is there");
    assert_eq!(
        out(&mut session, "echo $PWD $OLDPWD"),
        format!("/usr {}\n", String::from_utf8_lossy(&before))
    );
    let error = session.chdir("/no/such/place").expect_err("it is not there");
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
    assert_eq!(session.cwd(), b"/usr");
}

#[test]
fn descriptors_are_opened_read_written_and_closed() {
    let place = tempfile::tempdir().expect("a directory");
    let mut session = Session::builder().cwd(place.path()).build().expect("one");
    session.open_fd(4, "f", OpenMode::Write).expect("opened");
    session.write(4, "one\ntwo\n").expect("written");
    session.run("echo three >&4");
    session.close_fd(4);
    session.close_fd(77);
    session.open_fd(5, "f", OpenMode::Read).expect("opened");
    assert_eq!(session.read(5, ReadMode::Line).expect("readable").as_deref(), Some(&b"one\n"[..]));
    assert_eq!(out(&mut session, "read -r x <&5; echo $x"), "two\n");
    assert_eq!(session.read(5, ReadMode::Bytes(3)).expect("readable").as_deref(), Some(&b"thr"[..]));
    assert_eq!(session.read(5, ReadMode::All).expect("readable").as_deref(), Some(&b"ee\n"[..]));
    assert_eq!(session.read(5, ReadMode::Line).expect("readable"), None);
    assert!(matches!(session.read(1, ReadMode::All), Err(SessionError::BadDescriptor(1))));
    assert!(matches!(session.write(5, "x"), Err(SessionError::BadDescriptor(5))));
    assert!(matches!(session.write(9, "x"), Err(SessionError::BadDescriptor(9))));
    assert!(matches!(session.open_fd(1, "f", OpenMode::Read), Err(SessionError::Reserved(1))));
    let any = session.open_fd_any("f", OpenMode::Append).expect("opened");
    assert!(any >= 10);
    session.open_stdin("a:b\nc\n").expect("set");
    assert_eq!(session.gets(0, b':').expect("readable").as_deref(), Some(&b"a:"[..]));
    assert_eq!(out(&mut session, "read -r x; echo $x; cat"), "b\nc\n");
}

#[test]
fn executions_are_remembered() {
    let mut session = session();
    session.run("echo one; echo err >&2");
    session.run("echo two; exit 3");
    session.begin_execution("mine", PipelinePlace::Before);
    session.puts("three").expect("written");
    session.write(2, "bad\n").expect("written");
    session.end_execution(4);
    session.end_execution(5);
    assert_eq!(session.results().count(), 3);
    let second = session.execution(1).expect("there");
    assert_eq!((&second.command[..], second.outcome.status.code()), (&b"echo two; exit 3"[..], 3));
    assert_eq!(session.execution(2).map(|run| run.outcome.status.code()), Some(4));
    assert_eq!(session.stdout().collect::<Vec<_>>(), [&b"one\n"[..], b"two\n", b"three\n"]);
    assert_eq!(session.stderr().collect::<Vec<_>>().concat(), b"err\nbad\n");
    session.pipe_forward().expect("it is wired");
    assert_eq!(out(&mut session, "read -r x; echo \"<$x>\""), "<three>\n");
    assert_eq!(session.take_output().0, b"one\ntwo\nthree\n<three>\n");
    session.run("echo new");
    assert_eq!(session.output(), (b"new\n".to_vec(), Vec::new()));
}

#[test]
fn a_parsed_script_runs_again_and_again() {
    let script = Script::parse("n=$((n+1))\necho $n | cat").expect("it is one");
    let mut session = session();
    assert_eq!(session.execute(&script).stdout, b"1\n");
    assert_eq!(session.execute(&script).stdout, b"2\n");
    assert_eq!(script.lines().len(), 2);
    let error = Script::parse("echo a\nif then").expect_err("it is none");
    assert_eq!((error.line, error.is_incomplete), (2, false));
    assert!(Script::parse("echo 'open").expect_err("it is none").is_incomplete);
}

#[test]
fn a_script_file_has_parameters_of_its_own() {
    let place = tempfile::tempdir().expect("a directory");
    std::fs::write(place.path().join("s.sh"), "echo \"$0 $1 $#\"; x=1").expect("written");
    let mut session = Session::builder().cwd(place.path()).args(["outer"]).build().expect("one");
    assert_eq!(session.run_file("s.sh", &["a", "b"]).expect("it runs").stdout, b"s.sh a 2\n");
    assert_eq!(out(&mut session, "echo $x $1"), "1 outer\n");
    assert!(session.run_file("none.sh", &[]).is_err());
}

#[test]
fn a_run_may_have_a_scope_of_its_own() {
    let mut session = session();
    let scoped = || RunOptions::new().scope(RunScope::Script);
    let outcome = session.run_with(
        "trap 'echo bye' EXIT; set -e; shopt -s nullglob; v=kept; f() { echo f; }; false; echo no",
        scoped(),
    );
    assert_eq!((&outcome.stdout[..], outcome.status.code()), (&b"bye\n"[..], 1));
    assert_eq!(
        out(&mut session, "f; false; echo $v $-; shopt -q nullglob || echo off; trap"),
        "f\nkept hB\noff\n"
    );
}

#[test]
fn a_child_inherits_less_than_a_fork() {
    let mut parent = session();
    parent.run("cd /usr; v=1; export e=2; f() { echo f; }; alias a='echo alias'; set -f; shopt -s expand_aliases; hash ls; trap 'echo x' USR1");
    let mut child = parent.child().expect("one");
    let mut fork = parent.fork().expect("one");
    assert!(child.state().hash().is_empty() && fork.state().hash().len() == 1);
    for copy in [&mut child, &mut fork] {
        assert_eq!(
            out(copy, "pwd; echo $v; sh -c 'echo $e'; f; echo ${-//[^f]}; trap"),
            "/usr\n1\n2\nf\nf\n"
        );
    }
    assert_eq!(out(&mut child, "type -t a; type -t ls"), "file\n");
    assert_eq!(out(&mut fork, "a"), "alias\n");
    out(&mut child, "v=changed; cd /");
    out(&mut fork, "v=changed; cd /");
    assert_eq!(out(&mut parent, "echo $v; pwd"), "1\n/usr\n");
    assert_ne!(child.id(), parent.id());
}

#[test]
fn jobs_are_started_listed_signalled_and_awaited() {
    let mut session = session();
    let job = session.spawn_job(["sleep", "30"]).expect("started");
    assert_eq!((job.number, &job.command[..], job.state), (1, &b"sleep 30"[..], JobState::Running));
    assert!(job.is_current);
    assert!(std::fs::read_link(format!("/proc/{}/exe", job.pid)).is_ok(), "it is a process");
    let second = session.spawn_job(["sh", "-c", "exit $1", "sh", "7"]).expect("started");
    assert_eq!(
        session.wait_jobs(&[second.number, 99]).iter().map(|s| s.code()).collect::<Vec<_>>(),
        [7, 127]
    );
    session.kill_job(JobSpec::Number(1), Signal::STOP).expect("sent");
    let stopped = Instant::now();
    while session.job(1).map(|job| job.state) != Some(JobState::Stopped(Signal::STOP)) {
        assert!(stopped.elapsed() < Duration::from_secs(10), "{:?}", session.job(1));
        std::thread::sleep(Duration::from_millis(2));
    }
    session.bg(1).expect("it goes on");
    assert_eq!(session.job(1).map(|job| job.state), Some(JobState::Running));
    session.kill_job(1, Signal::TERM).expect("sent");
    assert_eq!(session.fg(1).expect("it is there").code(), 143);
    let done = session.take_completed_jobs();
    assert_eq!(done.iter().map(|job| job.number).collect::<Vec<_>>(), [2]);
    assert!(session.jobs().is_empty());
    assert!(matches!(session.kill_job(JobSpec::Current, Signal::TERM), Err(SessionError::NoSuchJob)));
    assert!(session.spawn_job(["no-such-program"]).is_err());
    session.run("f() { exit 5; }");
    let function = session.spawn_job(["f"]).expect("started");
    assert_eq!(session.wait_jobs(&[function.number])[0].code(), 5);
}

#[test]
fn a_handle_is_shared_by_threads_and_runs_one_after_the_other() {
    let registry = SessionRegistry::new();
    let handle = SessionHandle::spawn(Session::builder().registry(&registry)).expect("a session");
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let handle = handle.clone();
            std::thread::spawn(move || (0..25).for_each(|_| drop(handle.run("n=$((n+1))").expect("it runs"))))
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().expect("it passed"));
    assert_eq!(handle.var("n").expect("there").as_deref(), Some(&b"200"[..]));
    let found = registry.get(handle.id()).expect("it is in the registry");
    found.set_env("E", "1").expect("set");
    assert_eq!(handle.run("sh -c 'echo $E'").expect("it runs").stdout, b"1\n");
    assert_eq!(
        handle.state().and_then(|state| state.variable("n")).and_then(|n| n.value),
        Some("200".into())
    );
    handle.run("trap 'echo bye' EXIT").expect("it runs");
    assert_eq!(handle.stop().expect("it stops").stdout, b"bye\n");
    assert!(matches!(found.run("echo no"), Err(SessionError::Stopped)));
    assert!(matches!(handle.stop(), Err(SessionError::Stopped)));
    assert!(registry.list().is_empty());
}

#[test]
fn the_last_handle_stops_the_session() {
    let place = tempfile::tempdir().expect("a directory");
    let (file, registry) = (place.path().join("f"), SessionRegistry::new());
    let handle = SessionHandle::spawn(Session::builder().registry(&registry)).expect("a session");
    let run = handle
        .start(format!("trap 'echo bye >{}' EXIT; sleep 0.05; echo done", file.display()))
        .expect("queued");
    let other = handle.clone();
    drop(handle);
    drop(other);
    assert_eq!(run.wait().stdout, b"done\n");
    let start = Instant::now();
    while !registry.list().is_empty() && start.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(2));
    }
    assert_eq!(std::fs::read(file).expect("written"), b"bye\n");
}

#[test]
fn a_run_is_a_future() {
    use std::future::Future;
    use std::pin::pin;
    use std::sync::Arc;
    use std::task::{Context, Poll, Wake};
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let handle = SessionHandle::spawn(Session::builder()).expect("a session");
    let mut run = pin!(handle.start("sleep 0.05; echo later").expect("queued"));
    let waker = Arc::new(Unpark(std::thread::current())).into();
    let mut context = Context::from_waker(&waker);
    let outcome = loop {
        match run.as_mut().poll(&mut context) {
            Poll::Ready(outcome) => break outcome,
            Poll::Pending => std::thread::park_timeout(Duration::from_secs(10)),
        }
    };
    assert_eq!(outcome.stdout, b"later\n");
}

#[test]
fn sessions_may_move_between_threads() {
    fn is_send<T: Send>() {}
    fn is_shared<T: Send + Sync + Clone>() {}
    is_send::<Session>();
    is_shared::<SessionHandle>();
    is_shared::<rbash::Run>();
    let mut session = session();
    session.run("v=1");
    let mut session = std::thread::spawn(move || {
        session.run("v=$((v+1))");
        session
    })
    .join()
    .expect("it passed");
    assert_eq!(out(&mut session, "echo $v | cat"), "2\n");
}
