//! Output while it is written, and input while a run reads it.

use rbash::{Capture, Input, RunOptions, Session, SessionHandle, Stream, sink};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

fn session() -> Session {
    Session::new().expect("a session")
}

/// Whether something comes true before long.
fn soon(mut is_true: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + Duration::from_secs(15);
    while Instant::now() < end {
        if is_true() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    false
}

#[test]
fn both_streams_are_kept_in_order() {
    let outcome = session().run("echo 1; echo 2 >&2; echo 3; echo 4; echo 5 >&2");
    let chunks: Vec<_> = outcome.chunks().map(|(stream, chunk)| (stream, chunk.to_vec())).collect();
    assert_eq!(
        chunks,
        [
            (Stream::Stdout, b"1\n".to_vec()),
            (Stream::Stderr, b"2\n".to_vec()),
            (Stream::Stdout, b"3\n4\n".to_vec()),
            (Stream::Stderr, b"5\n".to_vec()),
        ]
    );
    assert_eq!(outcome.combined(), b"1\n2\n3\n4\n5\n");
}

#[test]
fn sinks_get_what_is_captured_too() {
    let collector = rbash::Collector::default();
    let (sender, receiver) = channel();
    let mut session = Session::builder().sink(collector.clone()).build().expect("one");
    let options = RunOptions::new().sink(sink::to_channel(sender));
    let outcome = session.run_with("echo builtin; /bin/echo program; echo err >&2", options);
    assert_eq!(outcome.stdout, b"builtin\nprogram\n");
    assert_eq!(collector.contents(Stream::Stdout), outcome.stdout);
    assert_eq!(collector.contents(Stream::Stderr), b"err\n");
    let sent: Vec<u8> = receiver
        .try_iter()
        .filter(|chunk| chunk.stream == Stream::Stdout)
        .flat_map(|chunk| chunk.bytes)
        .collect();
    assert_eq!(sent, outcome.stdout);
    session.run("echo later");
    assert!(collector.contents(Stream::Stdout).ends_with(b"later\n"));
    assert!(receiver.try_recv().is_err(), "the sink of a run ends with it");
}

#[test]
fn lines_come_while_the_script_runs() {
    let (sender, receiver) = channel();
    let handle = SessionHandle::spawn(Session::builder()).expect("one");
    let lines =
        sink::lines(move |_, line: &[u8]| drop(sender.send(String::from_utf8_lossy(line).into_owned())));
    let run = handle.start_with(
        "printf 'a\\nb'; read -r x; echo \"-$x\"",
        RunOptions::new().stdin(Input::Live).sink(lines),
    );
    let run = run.expect("queued");
    assert_eq!(receiver.recv_timeout(Duration::from_secs(15)).expect("it comes"), "a");
    run.write_stdin("c\n").expect("written");
    assert_eq!(receiver.recv_timeout(Duration::from_secs(15)).expect("it comes"), "b-c");
    assert_eq!(run.wait().stdout, b"a\nb-c\n");
}

#[test]
fn a_writer_gets_one_stream() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let options = RunOptions::new().sink(sink::to_writer(Stream::Stderr, writer)).capture(Capture::Nothing);
    let outcome = session().run_with("echo out; echo err >&2", options);
    assert_eq!((outcome.stdout.len(), outcome.stderr.len()), (0, 0));
    assert_eq!(std::io::read_to_string(reader).expect("text"), "err\n");
}

#[test]
fn much_output_leaves_its_ends_and_a_file() {
    let place = tempfile::tempdir().expect("a directory");
    let mut session = Session::builder().cwd(place.path()).build().expect("one");
    let capture = || Capture::HeadTail { head: 100, tail: 50, spill: Some(b"all".to_vec()) };
    let outcome = session.run_with("echo short", RunOptions::new().capture(capture()));
    assert_eq!((&outcome.stdout[..], outcome.left_out(Stream::Stdout)), (&b"short\n"[..], None));
    assert!(!place.path().join("all").exists());
    for script in ["for ((i = 0; i < 500; i++)); do echo $i; done", "seq 0 499"] {
        let outcome = session.run_with(script, RunOptions::new().capture(capture()));
        let whole: String = (0..500).map(|number| format!("{number}\n")).collect();
        let gap = outcome.left_out(Stream::Stdout).expect("something is missing");
        assert_eq!((gap.at, gap.bytes), (100, whole.len() as u64 - 150), "{script}");
        assert_eq!(
            outcome.stdout,
            [&whole.as_bytes()[..100], &whole.as_bytes()[whole.len() - 50..]].concat()
        );
        assert!(String::from_utf8_lossy(&outcome.with_marker(Stream::Stdout)).contains("bytes left out"));
        assert_eq!(std::fs::read_to_string(place.path().join("all")).expect("written"), whole, "{script}");
    }
    assert_eq!(session.run("echo whole again").stdout, b"whole again\n");
}

#[test]
fn input_comes_from_bytes_files_and_readers() {
    let place = tempfile::tempdir().expect("a directory");
    std::fs::write(place.path().join("f"), "from a file\n").expect("written");
    let mut session = Session::builder().cwd(place.path()).stdin("usual\nsecond\n").build().expect("one");
    let mut run = |script: &str, input: Input| {
        String::from_utf8(session.run_with(script, RunOptions::new().stdin(input)).stdout).expect("text")
    };
    assert_eq!(run("read -r a; cat", "x\ny\n".into()), "y\n");
    assert_eq!(run("cat; read -r x || echo end", Input::File(b"f".to_vec())), "from a file\nend\n");
    assert_eq!(
        run("wc -l; read -r x || echo end", Input::reader(std::io::Cursor::new("l\n".repeat(50_000)))),
        "50000\nend\n"
    );
    assert_eq!(run("head -1", Input::reader(std::io::repeat(b'\n'))), "\n");
    assert_eq!(run("cat; sh -c cat; echo end", Input::Nothing), "end\n");
    assert_eq!(run("wc -c", vec![b'x'; 300_000].into()), "300000\n");
    let missing = session.run_with("cat; echo no", RunOptions::new().stdin(Input::File(b"none".to_vec())));
    assert_eq!((missing.status.code(), missing.stdout.len()), (1, 0));
    assert_eq!(session.run("read -r x; echo $x").stdout, b"usual\n");
    assert_eq!(session.run("cat").stdout, b"second\n");
}

#[test]
fn a_running_program_is_fed_and_read() {
    let handle = SessionHandle::spawn(Session::builder()).expect("one");
    let run = handle
        .start_with("while read -r x; do echo \"got $x\"; done; cat", RunOptions::new().stdin(Input::Live));
    let run = run.expect("queued");
    run.write_stdin("one\n").expect("written");
    let mut offset = 0;
    let mut text = Vec::new();
    let mut read = |wanted: &[u8]| {
        soon(|| {
            let (more, next) = run.read_since(Stream::Stdout, offset);
            text.extend(more);
            offset = next;
            text == wanted
        })
    };
    assert!(read(b"got one\n"));
    run.write_stdin("two\nrest").expect("written");
    assert!(read(b"got one\ngot two\n"));
    run.close_stdin();
    let outcome = run.wait();
    assert_eq!(outcome.stdout, b"got one\ngot two\n");
    assert_eq!(run.read_since(Stream::Stdout, 8), (b"got two\n".to_vec(), 16));
    assert!(run.write_stdin("late").is_err());
}

#[test]
fn what_jobs_write_between_runs_is_in_the_next_outcome() {
    let mut session = session();
    session.run("{ sleep 0.05; echo late; } &");
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(session.run("wait; echo on").stdout, b"late\non\n");
}
