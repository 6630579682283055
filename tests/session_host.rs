//! A program that is full of its own affairs notices nothing of the shells inside it: threads, children, SIGCHLD, POSIX
//! locks, a thousand descriptors, its directory.

use nix::fcntl::{FcntlArg, fcntl};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
use rbash::{RunOptions, Session, SessionHandle};
use std::collections::BTreeMap;
use std::os::fd::AsFd;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// Runs a test's body in a process of its own, which may have many files open.
fn alone(name: &str, body: impl FnOnce()) {
    const MARK: &str = "RBASH_TEST_ALONE";
    if std::env::var_os(MARK).is_some() {
        return body();
    }
    let program = std::env::current_exe().expect("a path");
    let call = format!("ulimit -n 4096; exec '{}' --exact {name} --nocapture", program.display());
    let ended = Command::new("sh").args(["-c", &call]).env(MARK, "1").output().expect("it runs");
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success(), "{}: {out}{err}", ended.status);
    assert!(out.contains("1 passed"), "no such test: {name}");
}

static CHILDREN_ENDED: AtomicUsize = AtomicUsize::new(0);

extern "C" fn count(_: nix::libc::c_int) {
    CHILDREN_ENDED.fetch_add(1, Ordering::Relaxed);
}

/// Sets the handler of a signal to ours.
#[allow(unsafe_code, reason = "the handler only counts")]
fn handle(signal: Signal) {
    let action = SigAction::new(SigHandler::Handler(count), SaFlags::SA_RESTART, SigSet::empty());
    // SAFETY: the handler adds to an atomic number.
    unsafe { sigaction(signal, &action) }.expect("set");
}

fn open_files() -> BTreeMap<String, String> {
    let entries = std::fs::read_dir("/proc/self/fd").expect("it is there");
    let entry = |entry: std::fs::DirEntry| {
        let target = std::fs::read_link(entry.path()).ok()?.display().to_string();
        Some((entry.file_name().to_string_lossy().into_owned(), target))
    };
    entries.flatten().filter_map(entry).filter(|(_, target)| target == "/dev/null").collect()
}

/// The lines of the kernel's table of locks that are ours.
fn locks() -> Vec<String> {
    let pid = format!(" {} ", std::process::id());
    let table = std::fs::read_to_string("/proc/locks").expect("it is there");
    let ours = table.lines().filter(|line| line.contains("POSIX") && line.contains(&pid));
    ours.map(|line| line.split_once(':').map_or(line, |(_, rest)| rest).to_string()).collect()
}

fn facts() -> Vec<String> {
    let status = std::fs::read_to_string("/proc/self/status").expect("text");
    let wanted = ["Umask", "SigBlk", "SigIgn", "SigCgt"];
    let lines = status.lines().filter(|line| wanted.iter().any(|name| line.starts_with(name)));
    let mut facts: Vec<String> = lines.map(str::to_string).collect();
    facts.push(std::env::current_dir().expect("one").display().to_string());
    facts.push(std::fs::read_to_string("/proc/self/limits").expect("text"));
    facts
}

const BUSY: &str = "cd /; umask 077; trap 'echo t' USR1 TERM CHLD; exec 7</dev/zero 8>&1
for i in 1 2 3; do x=$(/bin/echo $i | cat); (cd /usr; kill -USR1 $$) ; sh -c 'exit 3' & done; wait
read -r l < <(echo a); { sleep 0.01; echo b; } | while read -r y; do echo $y; done; coproc cat; kill $COPROC_PID; wait
ulimit -S -n 512; kill -TERM $$";

#[test]
fn the_host_program_notices_nothing() {
    alone("the_host_program_notices_nothing", || {
        let place = tempfile::tempdir().expect("a directory");
        std::env::set_current_dir(place.path()).expect("it is there");
        handle(Signal::SIGCHLD);
        handle(Signal::SIGUSR2);
        let locked = std::fs::File::create("locked").expect("made");
        let lock = nix::libc::flock {
            l_type: nix::libc::F_WRLCK as i16,
            l_whence: 0,
            l_start: 0,
            l_len: 0,
            l_pid: 0,
        };
        fcntl(locked.as_fd(), FcntlArg::F_SETLK(&lock)).expect("locked");
        let files: Vec<_> = (0..1000).map(|_| std::fs::File::open("/dev/null").expect("opened")).collect();
        let (before, open, held) = (facts(), open_files(), locks());
        assert!(open.len() >= 1000 && held.len() == 1, "{held:?}");

        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let children = scope.spawn(|| {
                let mut waited_for = 0;
                while !done.load(Ordering::Relaxed) {
                    let mut child = Command::new("sh").args(["-c", "exit 9"]).spawn().expect("it runs");
                    assert_eq!(child.wait().expect("it is ours").code(), Some(9));
                    waited_for += 1;
                }
                waited_for
            });
            let shells: Vec<_> = (0..3)
                .map(|_| {
                    scope.spawn(|| {
                        let mut session = Session::new().expect("a session");
                        for _ in 0..4 {
                            let outcome = session.run(BUSY);
                            assert_eq!(outcome.stderr, b"", "{}", String::from_utf8_lossy(&outcome.stderr));
                        }
                        let limit = RunOptions::new().timeout(Duration::from_millis(50));
                        assert_eq!(session.run_with("trap - TERM; sleep 30 | cat", limit).status.code(), 143);
                        let handle = SessionHandle::of(session).expect("a thread");
                        assert_eq!(handle.run("echo $((6*7)) | cat").expect("it runs").stdout, b"42\n");
                    })
                })
                .collect();
            shells.into_iter().for_each(|shell| shell.join().expect("it passed"));
            done.store(true, Ordering::Relaxed);
            let waited_for = children.join().expect("it passed");
            assert!(waited_for > 0 && CHILDREN_ENDED.load(Ordering::Relaxed) > 0);
        });

        assert_eq!(facts(), before);
        assert_eq!(locks(), held);
        assert_eq!(open_files().len(), open.len());
        assert!(open.iter().all(|(number, target)| open_files().get(number) == Some(target)));
        drop(files);
    });
}

#[test]
fn an_idle_session_is_small() {
    alone("an_idle_session_is_small", || {
        let resident = || -> usize {
            let text = std::fs::read_to_string("/proc/self/statm").expect("text");
            text.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).expect("a number") * 4096
        };
        let idle = || {
            let mut session = Session::new().expect("a session");
            session.run("echo hi");
            session
        };
        let mut sessions: Vec<Session> = (0..100).map(|_| idle()).collect();
        let before = resident();
        sessions.extend((0..1000).map(|_| idle()));
        let each = (resident() - before) / 1000;
        assert!(each <= 16 * 1024, "{each} bytes");
    });
}
