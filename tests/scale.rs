//! Ten thousand sessions in one process: how much memory each takes, and that none sees another one's state.

use rbash::filesystem::MemoryFs;
use rbash::limits::Limits;
use rbash::sandbox::SandboxHost;
use rbash::{End, RunScope, Session, SessionRegistry};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

const SESSIONS: usize = 10_000;
const WORKERS: usize = 16;
/// What an idle session may take.
const IDLE_BYTES: u64 = 16 * 1024;

/// The memory of this process that is in use, in bytes.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("it can be read");
    let line = status.lines().find(|line| line.starts_with("VmRSS")).expect("it is there");
    1024 * line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).expect("a number")
}

/// Memory is that of the whole process, so one test at a time.
static ALONE: Mutex<()> = Mutex::new(());

fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").expect("it can be read").count()
}

/// Every tenth lives in a sandbox, every third has limits.
fn session(number: usize, registry: &SessionRegistry) -> Session {
    let mut builder = Session::builder().registry(registry);
    if number.is_multiple_of(3) {
        builder = builder.limits(Limits::agent());
    }
    builder = match number.is_multiple_of(10) {
        true => builder.host(Arc::new(SandboxHost::new(MemoryFs::with_skeleton()))),
        false => builder.cwd("/"),
    };
    builder.build().expect("a session")
}

/// What a session does in a round, and what it shows if nothing but its own state has a say.
fn work(number: usize, round: usize) -> (String, String) {
    let before = if round == 0 { String::new() } else { format!("{}", number + round - 1) };
    let common = format!(
        "echo \"[$x]\"; x=$(({number} + {round})); f() {{ echo \"f{number} $1\"; }}; f $(f $x); set -- {number}; a+=($x)"
    );
    let common_shown = |sum: usize| format!("[{before}]\nf{number} f{number}\n{}", sum);
    let (more, shown) = match number % 5 {
        0 => ("trap 'echo usr' USR1; kill -USR1 $$; :", "usr\n"),
        1 => (
            "(x=other; cd /; set -- none); echo $x | { read -r y; [[ $x == \"$y\" ]] && echo piped; }",
            "piped\n",
        ),
        2 => ("{ x=background; } & wait; shopt -s extglob; [[ aab == +(a)b ]] && echo matched", "matched\n"),
        3 => ("while ((i++ < 20)); do s+=$i; done; echo ${#s}; i=0 s=", "31\n"),
        _ => ("declare -A m=([k]=$x); for key in \"${!m[@]}\"; do echo $((m[$key] - x)); done", "0\n"),
    };
    (format!("{common}; echo ${{#a[@]}}; {more}"), format!("{}\n{shown}", common_shown(round + 1)))
}

/// One after the other of all sessions is taken by whichever worker is free.
fn in_parallel(sessions: &mut [Session], job: impl Fn(usize, &mut Session) + Sync) {
    let next = AtomicUsize::new(0);
    let places: Vec<_> = sessions.iter_mut().map(Mutex::new).collect();
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(place) = places.get(number) else { return };
                    job(number, &mut place.lock().expect("nobody panicked"));
                }
            });
        }
    });
}

#[test]
fn ten_thousand_sessions_live_side_by_side() {
    let _alone = ALONE.lock();
    let registry = SessionRegistry::new();
    session(0, &registry).run(":");
    session(1, &registry).run(":");
    let (memory_before, files_before) = (memory(), open_files());
    let mut sessions: Vec<Session> = (0..SESSIONS).map(|number| session(number, &registry)).collect();
    let idle = (memory() - memory_before) / SESSIONS as u64;
    println!("an idle session takes {idle} bytes");
    assert!(idle <= IDLE_BYTES, "an idle session takes {idle} bytes");
    assert!(open_files() < files_before + 100, "{} files are open", open_files());
    for round in 0..2 {
        in_parallel(&mut sessions, |number, session| {
            let (script, shown) = work(number, round);
            let outcome = session.run(&script);
            let text = String::from_utf8_lossy(&outcome.stdout);
            assert_eq!(
                (outcome.end, &text[..], &outcome.stderr[..]),
                (End::Completed, &shown[..], &b""[..]),
                "{number}: {script}"
            );
        });
    }
    assert_eq!(registry.list().len(), SESSIONS);
    let used = (memory() - memory_before) / SESSIONS as u64;
    println!("a session that has worked takes {used} bytes");
    drop(sessions);
    assert!(registry.list().is_empty());
    assert!(open_files() < files_before + 200, "{} files are open", open_files());
}

#[test]
fn a_session_is_as_good_after_a_thousand_runs() {
    let _alone = ALONE.lock();
    let mut session = Session::builder().cwd("/").scope(RunScope::Script).build().expect("a session");
    let work = |session: &mut Session| {
        for number in 0..1000 {
            let outcome = session.run(format!(
                "f() {{ echo $(($1 * 2)); }}; x=$(f {number}); echo $x | {{ read -r y; echo $y; }}"
            ));
            assert_eq!(outcome.stdout, format!("{}\n", 2 * number).into_bytes());
        }
        session.take_output();
    };
    work(&mut session);
    let (memory_before, files_before) = (memory(), open_files());
    work(&mut session);
    assert!(memory() < memory_before + (2 << 20), "{} bytes more", memory() - memory_before);
    assert!(open_files() <= files_before + 2);
}
