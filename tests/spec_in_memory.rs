//! The spec again, in memory: what needs no program must be answered as it is on a disk, and a snapshot of the session
//! that a case leaves behind must come back as it was.
//!
//! Cases are left out by what they are given (options of the command line), by what their text names (`/bin`, `/proc`), or as soon as
//! they ask for a program. Cases that differ for a reason are named in `fixtures/spec/not-in-memory.txt`; one of them that
//! is answered as on a disk is a failure: the list is to be kept true.

use crate::case_file::{Case, CaseFile, Outcome};
use rbash::filesystem::MemoryFs;
use rbash::sandbox::{SandboxClock, SandboxHost, SandboxUser};
use rbash::{JobState, Session, Signal, Snapshot};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[allow(dead_code, reason = "the other test writes case files too")]
#[path = "spec/case_file.rs"]
mod case_file;
#[path = "spec/diff.rs"]
mod diff;

/// Programs that cases call. That one of them is missing says nothing of the shell.
const PROGRAMS: &[&str] = &[
    "awk", "basename", "bash", "cat", "chmod", "cmp", "cp", "cut", "date", "diff", "dirname", "env", "expr",
    "find", "grep", "head", "id", "ln", "locale", "ls", "mkdir", "mkfifo", "mktemp", "mv", "nice", "od",
    "perl", "printenv", "ps", "readlink", "rm", "rmdir", "script", "sed", "seq", "setsid", "sh", "sleep",
    "sort", "stat", "stty", "tail", "tee", "timeout", "touch", "tr", "tty", "uname", "uniq", "wc", "xargs",
    "yes",
];

/// What a text names that is not in a sandbox: files of the machine, and subshells as processes with numbers of their own.
const OF_THE_MACHINE: &[&str] = &[
    "/bin/",
    "/usr/",
    "/proc",
    "/etc",
    "/sys",
    "/dev/tcp",
    "/dev/udp",
    "/dev/pts",
    "/dev/tty",
    "$BASH\"",
    "$BASH ",
    "$BASHPID",
    "${BASHPID",
];

/// Words behind which a command begins.
const BEFORE_COMMANDS: &[&str] =
    &[";", "then", "do", "else", "elif", "if", "while", "until", "command", "time", "coproc", "exec"];

/// What became of a case.
enum Verdict {
    Same,
    Differs(String),
    NeedsProgram,
}

#[test]
fn what_needs_no_program_is_answered_as_on_a_disk() {
    let known = not_in_memory();
    let cases = cases();
    let next = AtomicUsize::new(0);
    let (same, needs) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let wrong = Mutex::new(Vec::new());
    let work = || {
        while let Some((name, case)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            let complaint = match (judge(case), known.contains(name)) {
                (Verdict::NeedsProgram, false) => {
                    needs.fetch_add(1, Ordering::Relaxed);
                    continue;
                }
                (Verdict::Same, false) => {
                    same.fetch_add(1, Ordering::Relaxed);
                    continue;
                }
                (Verdict::Differs(_) | Verdict::NeedsProgram, true) => continue,
                (Verdict::Differs(account), false) => account,
                (Verdict::Same, true) => "take it out of fixtures/spec/not-in-memory.txt".to_string(),
            };
            wrong.lock().expect("no test panics").push(format!("{name}\n{complaint}"));
        }
    };
    std::thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(work))));
    let wrong = wrong.into_inner().expect("no test panics");
    let (same, needs) = (same.into_inner(), needs.into_inner());
    assert!(
        wrong.is_empty(),
        "{}\n{} differ, {same} same, {needs} need a program",
        wrong.join("\n"),
        wrong.len()
    );
    assert!(
        same > 1500,
        "only {same} of {} cases were answered in memory, {needs} need a program",
        cases.len()
    );
}

/// The cases that could be answered in memory, with their names.
fn cases() -> Vec<(String, Case)> {
    let pattern = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/spec/*/*.test.sh");
    let wanted = std::env::var("RBASH_SPEC").unwrap_or_default();
    let mut cases = Vec::new();
    for path in glob::glob(pattern).expect("a pattern").flatten() {
        let file = CaseFile::parse(&std::fs::read(&path).expect("readable")).expect("a case file");
        let named = file.cases.into_iter().map(|case| (full_name(&path, &case), case));
        cases.extend(named.filter(|(name, case)| name.contains(&wanted) && stays_in_memory(case)));
    }
    cases
}

fn stays_in_memory(case: &Case) -> bool {
    let script = String::from_utf8_lossy(&case.input.script);
    let is_plain = case.input.options.is_empty() && case.input.shell.is_none();
    let dies = case.expected.status.starts_with("signal");
    is_plain && !dies && !OF_THE_MACHINE.iter().any(|path| script.contains(path)) && !calls_program(&script)
}

/// Whether one of the programs stands where a command begins, or any command behind `exec`.
fn calls_program(script: &str) -> bool {
    let spaced = script.replace(|byte| "|&;(){}`!\n".contains(byte), " ; ");
    let mut before = ";";
    spaced.split_whitespace().any(|word| {
        let may_be_command = BEFORE_COMMANDS.contains(&before) || before.contains('=');
        let is_program = may_be_command && PROGRAMS.contains(&word);
        let is_executed = before == "exec" && word.starts_with(|first: char| first.is_ascii_alphabetic());
        before = word;
        is_program || is_executed
    })
}

fn full_name(path: &Path, case: &Case) -> String {
    let part = |path: Option<&std::ffi::OsStr>| path.unwrap_or_default().to_string_lossy().into_owned();
    let topic = part(path.parent().and_then(Path::file_name));
    format!("{topic}/{}::{}", part(path.file_name()).trim_end_matches(".test.sh"), case.name)
}

fn not_in_memory() -> BTreeSet<String> {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "fixtures/spec/not-in-memory.txt"].iter().collect();
    let text = std::fs::read_to_string(path).expect("a list");
    text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(str::to_string).collect()
}

/// Where a case runs, and what is shown instead, as in the other test.
const PLACES: [(&str, &str); 2] = [("/room/home", "/HOME"), ("/room/bin", "/BIN")];

fn neutral(output: &[u8]) -> Vec<u8> {
    PLACES
        .iter()
        .fold(output.to_vec(), |output, (path, shown)| replace(&output, path.as_bytes(), shown.as_bytes()))
}

fn replace(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let Some(at) = text.windows(from.len()).position(|part| part == from) else { return text.to_vec() };
    [&text[..at], to, &replace(&text[at + from.len()..], from, to)].concat()
}

/// The directory that the other test makes on the disk.
fn room(case: &Case) -> MemoryFs {
    let files = MemoryFs::with_skeleton();
    let add = |name: &str, text: &[u8]| files.add_file(format!("/room/home/{name}"), text).expect("room");
    add("t.sh", &case.input.script);
    case.input.files.iter().for_each(|(name, text)| add(name, text));
    files.add_directory("/room/bin", 0o755).expect("room");
    files
}

fn world(files: MemoryFs, clock: SandboxClock) -> Arc<SandboxHost> {
    let (uid, gid) = (nix::unistd::getuid().as_raw(), nix::unistd::getgid().as_raw());
    let user = SandboxUser { uid, gid, ..SandboxUser::default() };
    let host = SandboxHost::new(files.as_user(uid, gid)).with_user(user).with_clock(clock);
    Arc::new(host.in_directory("/room/home"))
}

fn judge(case: &Case) -> Verdict {
    let files = room(case);
    let builder = Session::builder()
        .host(world(files, SandboxClock::machine()))
        .arg0("bash")
        .stdin(case.input.stdin.clone());
    let builder =
        builder.env("PATH", "/room/bin:/usr/bin:/bin").env("HOME", "/room/home").env("LANG", "C.UTF-8");
    let mut session =
        builder.envs(case.input.env.iter().map(|(name, value)| (name, value))).build().expect("a session");
    let asked: Arc<AtomicBool> = Arc::default();
    let notes = asked.clone();
    session.set_resolver(move |name| {
        let is_program = PROGRAMS.iter().any(|program| program.as_bytes() == name);
        notes.fetch_or(is_program, Ordering::Relaxed);
        None
    });
    let (done, ended) = channel::<()>();
    let canceller = session.canceller();
    let seconds = Duration::from_secs(case.input.timeout.unwrap_or(10));
    let watch = std::thread::spawn(move || {
        ended.recv_timeout(seconds).is_err_and(|_| canceller.signal(Signal::KILL))
    });
    let run = session.run_file("t.sh", &[]).expect("it is there");
    let snapshot_complaint = check_snapshot(&session);
    let_jobs_end(&mut session);
    let end = session.close();
    drop(done);
    let timed_out = watch.join().expect("it does not panic");
    if asked.load(Ordering::Relaxed) {
        return Verdict::NeedsProgram;
    }
    let status = if timed_out { "timeout".to_string() } else { end.status.code().to_string() };
    let seen = Outcome {
        stdout: neutral(&[run.stdout, end.stdout].concat()),
        stderr: neutral(&[run.stderr, end.stderr].concat()),
        status,
    };
    let script = String::from_utf8_lossy(&case.input.script);
    match (diff::describe(&case.expected, &seen), snapshot_complaint) {
        (None, None) => Verdict::Same,
        (account, complaint) => Verdict::Differs(format!(
            "{}{}\nscript:\n{script}",
            account.unwrap_or_default(),
            complaint.unwrap_or_default()
        )),
    }
}

/// On a disk, the output of jobs is read to its end. Coprocesses do not end by themselves.
fn let_jobs_end(session: &mut Session) {
    for _ in 0..20 {
        if session.jobs().iter().all(|job| matches!(job.state, JobState::Done(_))) {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// All that can be listed of a session, but for its traps, of which a copy keeps none.
const LISTINGS: &str = "declare -p; declare -f; alias; set -o; shopt; dirs; umask; hash; history; complete -p
    enable -n";

/// What a session lists comes back in a session that is restored from it.
fn check_snapshot(session: &Session) -> Option<String> {
    let snapshot = match session.snapshot() {
        Ok(snapshot) => snapshot,
        Err(error) => return Some(format!("no snapshot: {error}\n")),
    };
    let bytes = snapshot.to_bytes();
    let read = match Snapshot::from_bytes(&bytes) {
        Ok(read) => read,
        Err(error) => return Some(format!("not read back: {error}\n")),
    };
    // Time stands still, so that `SECONDS` is what it was.
    let world = world(room(&Case::default()), SandboxClock::stopped_at(Duration::ZERO));
    let mut other = match Session::builder().host(world).restore(&read).build() {
        Ok(other) => other,
        Err(error) => return Some(format!("not restored: {error}\n")),
    };
    let mut one = session.fork().expect("a copy");
    let again = other.snapshot().expect("nothing runs");
    if again.to_bytes() != bytes {
        return Some(format!("restored otherwise: {:?}\n", again.differences(&snapshot)));
    }
    let list = |session: &mut Session| {
        session.run("trap - DEBUG ERR RETURN EXIT");
        let outcome = session.run(LISTINGS);
        let text = String::from_utf8_lossy(&outcome.stdout).into_owned();
        let of_moment = ["RANDOM", "EPOCH", "BASH_MONOSECONDS", "BASHPID", "SECONDS"];
        text.lines()
            .filter(|line| !of_moment.iter().any(|name| line.contains(name)))
            .map(str::to_string)
            .collect::<Vec<_>>()
    };
    let (one, other) = (list(&mut one), list(&mut other));
    (one != other).then(|| {
        let differing: Vec<_> = one.iter().zip(&other).filter(|(one, other)| one != other).take(3).collect();
        format!("lists otherwise: {differing:?}\n")
    })
}
