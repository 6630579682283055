//! Snapshots: what a session remembers comes back, in another process too, and no bytes are believed.

use rbash::filesystem::{MachineFs, MemoryFs, OverlayFs, Quota};
use rbash::sandbox::{SandboxClock, SandboxHost};
use rbash::{Call, JobState, NotHeld, RunOptions, Session, SessionError, Snapshot, SnapshotError};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

/// All that can be listed of a session.
const LISTINGS: &str = r#"
declare -p; declare -f; declare -F; alias; set -o; shopt; trap -p; dirs -v; umask; hash 2>&1; history; complete -p 2>/dev/null
enable -n; ulimit -n; echo "$0 $# $*" "$-"; declare -p $(compgen -e) PIPESTATUS; echo "$! $RANDOM"
"#;

/// A world that is the same each time.
fn world(files: MemoryFs) -> Arc<SandboxHost> {
    let clock = SandboxClock::stopped_at(Duration::from_secs(1_000_000_000));
    Arc::new(SandboxHost::new(files).with_clock(clock).with_pid(7).in_directory("/tmp"))
}

fn session() -> Session {
    Session::builder().host(world(MemoryFs::with_skeleton())).build().expect("a session")
}

fn restored(bytes: &[u8]) -> Session {
    let snapshot = Snapshot::from_bytes(bytes).expect("it was just written");
    let host = world(MemoryFs::new());
    Session::builder().host(host).restore(&snapshot).build().expect("it can be restored")
}

/// The listings without what differs from one moment to the next.
fn listed(session: &mut Session) -> String {
    let outcome = session.run(LISTINGS);
    let text = String::from_utf8_lossy(&[outcome.stdout, outcome.stderr].concat()).into_owned();
    let is_of_moment =
        |line: &&str| ["SRANDOM", "BASH_MONOSECONDS", "BASHPID"].iter().any(|name| line.contains(name));
    text.lines().filter(|line| !is_of_moment(line)).map(|line| format!("{line}\n")).collect()
}

/// What a session lists after `script` is what a session restored from it lists.
fn comes_back(script: &str) -> Session {
    let mut before = session();
    before.run(script);
    let snapshot = before.snapshot().expect("nothing runs");
    let bytes = snapshot.to_bytes();
    let mut after = restored(&bytes);
    let again = after.snapshot().expect("nothing runs");
    assert_eq!(snapshot.differences(&again), [""; 0], "{script}");
    assert_eq!(again.to_bytes(), bytes, "{script}");
    same_lines(&listed(&mut before), &listed(&mut after), script);
    after
}

fn same_lines(before: &str, after: &str, script: &str) {
    let differing = before.lines().zip(after.lines()).find(|(before, after)| before != after);
    assert_eq!(differing, None, "{script}");
    assert_eq!(before.lines().count(), after.lines().count(), "{script}");
}

const RICH: &str = r#"
x=1; declare -i n=5+5; declare -r ro=$'a\nb\xff'; export e=v; declare -l low=ABC; declare -u up=abc; declare -c cap=abc
a=(x y [9]=z); declare -a empty=(); declare -a declared; declare -ai ints=(1+1 2+2); unset 'a[1]'
declare -A m=([one]=1 [two]=2 [three]=3 ["a b"]=$'c\td' [']']=x); declare -A none
for ((i = 0; i < 3000; i++)); do big[i * 2]=$i; huge[k$i]=$i; done; declare -A assoc; for i in {1..2500}; do assoc[k$i]=$i; done
declare -n ref=x to='a[0]' loop; unset e2; export e2; declare -t traced=1; declare -x unset_exported
f() { local v=1; echo "$v $1"; for i in a b; do case $i in a) echo A ;; *) : ;; esac; done < /dev/null; }
g() ( cat <<E
here $x
E
); export -f f; readonly -f g; declare -ft f; function odd-name { :; }; h() { shopt -s extglob; }
shopt -s extglob; ext() { [[ $1 == @(a|b) ]] && echo ${1//+([0-9])/}; }; shopt -u extglob
alias ll='ls -l' q="echo 'x'"; shopt -s nullglob expand_aliases; set -o pipefail; set -f; set +B
braces() { echo {a,b}; }
trap 'echo bye' EXIT; trap '' HUP; trap 'echo usr $x' USR1; trap 'echo e' ERR; trap : DEBUG; trap - DEBUG
umask 027; pushd /home >/dev/null; pushd /usr/bin >/dev/null; cd /etc
set -- a 'b c' ''; hash -p /bin/x x; hash -p /bin/yy yy; history -s one; history -s 'two
lines'; HISTSIZE=7; HISTTIMEFORMAT='%F '; history -s three
complete -W 'a b' -o nospace cmd; complete -F f -A file other; enable -n bind; RANDOM=42; : $RANDOM; SECONDS=100
OPTIND=1; getopts ab o -ab; LC_ALL=C.UTF-8; BASH_COMPAT=50; IFS=:; PS4='> '; ulimit -Sn 100; false | true | (exit 3)
"#;

#[test]
fn all_that_can_be_listed_comes_back() {
    let mut after = comes_back(RICH);
    let outcome = after.run("f x | { read -r l; echo $l; }; ext a; kill -USR1 $$; getopts ab o -ab; echo $o");
    assert_eq!(String::from_utf8_lossy(&outcome.stdout), "1 x\na\nusr 1\nb\n");
    assert_eq!(after.close().stdout, b"bye\n", "the EXIT trap is in force again");
}

#[test]
fn simple_sessions_come_back() {
    for script in [
        "",
        ":",
        "set -o posix",
        "exit 3",
        "set -o vi",
        "set -a; x=1",
        "shopt -s extdebug",
        "set -m",
        "unset PATH RANDOM SECONDS IFS",
        "RANDOM=1; BASH_SUBSHELL=4; BASH_ARGV0=other",
    ] {
        comes_back(script);
    }
}

#[test]
fn restricted_sessions_stay_restricted() {
    let mut after = comes_back("set -r");
    assert_eq!(after.run("cd /").status.code(), 1);
    assert!(after.run("echo $-").stdout.contains(&b'r'));
}

#[test]
fn random_numbers_and_seconds_go_on_where_they_stood() {
    let mut before = session();
    before.run("RANDOM=7; : $RANDOM; SECONDS=100");
    let bytes = before.snapshot().expect("nothing runs").to_bytes();
    let numbers = "echo $RANDOM $RANDOM $RANDOM $SECONDS";
    let expected = before.run(numbers).stdout;
    assert!(expected.ends_with(b" 100\n"));
    assert_eq!(restored(&bytes).run(numbers).stdout, expected);
}

fn sorted_lines(text: &[u8]) -> Vec<String> {
    let mut lines: Vec<String> = String::from_utf8_lossy(text).lines().map(str::to_string).collect();
    lines.sort();
    lines
}

#[test]
fn the_environment_of_programs_comes_back() {
    let mut before = Session::builder().cwd("/").env("FROM", "builder").build().expect("a session");
    before.run("export A=1; f() { :; }; export -f f; B=2");
    let snapshot = before.snapshot().expect("nothing runs");
    let mut after = Session::builder().restore(&snapshot).env("LATE", "1").build().expect("a session");
    let mut expected = sorted_lines(&before.run("/usr/bin/env").stdout);
    assert!(expected.contains(&"FROM=builder".to_string()));
    expected.push("LATE=1".into());
    expected.sort();
    assert_eq!(sorted_lines(&after.run("/usr/bin/env").stdout), expected);
}

#[test]
fn what_the_builder_says_comes_after_the_snapshot() {
    let mut before = Session::builder().cwd("/usr").arg0("old").args(["1"]).build().expect("a session");
    before.run("x=1; set -f; alias a=b");
    let snapshot = before.snapshot().expect("nothing runs");
    let builder = Session::builder().restore(&snapshot).cwd("/").arg0("new").args(["2", "3"]).var("x", "2");
    let mut after = builder.option("noglob", false).umask(0o77).build().expect("a session");
    let out = after.run("pwd; echo $0 $* $x $OLDPWD; umask; alias; [[ -o noglob ]] || echo glob").stdout;
    let expected = "/\nnew 2 3 2 /usr\n0077\nalias a='b'\nglob\n";
    assert_eq!(String::from_utf8_lossy(&out), expected);
}

#[test]
fn a_snapshot_tells_what_it_leaves_out() {
    let mut session = session();
    session.run("exec 5</dev/null; bind 'set bell-style none'; while :; do read -t 0.01 x < <(:); done &");
    let left_out = session.snapshot().expect("nothing runs in the foreground").left_out().to_vec();
    assert!(left_out.contains(&NotHeld::Descriptor(5)), "{left_out:?}");
    assert!(left_out.iter().any(|left| matches!(left, NotHeld::Job(1, _))), "{left_out:?}");
    assert!(left_out.contains(&NotHeld::LineEditor), "{left_out:?}");
}

#[test]
fn jobs_that_have_ended_are_not_missed() {
    let mut session = session();
    session.run(": &");
    while session.jobs().iter().any(|job| !matches!(job.state, JobState::Done(_))) {
        std::thread::yield_now();
    }
    assert_eq!(session.snapshot().expect("nothing runs").left_out(), []);
}

#[test]
fn a_snapshot_in_the_middle_of_a_run() {
    let keep = |call: &mut Call<'_>| match call.snapshot() {
        Ok(snapshot) => format!("{}\n", snapshot.to_bytes().len() > 100),
        Err(error) => format!("{error}\n"),
    };
    let mut session = Session::builder().command("keep", keep).build().expect("a session");
    let outcome = session.run("keep; f() { keep; }; f; (keep); x=1 keep; for i in 1; do keep; done");
    let expected = "true\na function is running\na subshell is running\n\
                    a command with variables of its own is running\ntrue\n";
    assert_eq!(String::from_utf8_lossy(&outcome.stdout), expected);
}

#[test]
fn differences_are_named() {
    let mut session = session();
    let before = session.snapshot().expect("nothing runs");
    assert_eq!(before.differences(&before), [""; 0]);
    session.run("x=1; alias a=b; echo >f; trap : INT");
    let after = session.snapshot().expect("nothing runs");
    let differences = before.differences(&after);
    for chapter in ["variables", "aliases", "traps", "files"] {
        assert!(differences.contains(&chapter), "{chapter}: {differences:?}");
    }
    assert!(!differences.contains(&"functions") && before != after);
}

/// Some files, at each level of protection.
const FILES: &str =
    "cd /tmp; echo text >f; printf '' >g; umask 077; echo secret >private; umask 022; echo 'echo run' >s";

#[test]
fn files_in_memory_come_back() {
    let files = MemoryFs::with_skeleton();
    files.add_symlink("/tmp/link", "f").expect("room");
    files.add_fifo("/tmp/fifo").expect("room");
    files.add_file_with_mode("/tmp/tool", "\0x", 0o755).expect("room");
    files.add_lazy_file("/tmp/lazy", || Ok(b"fetched".to_vec())).expect("room");
    files.add_directory("/tmp/sticky", 0o1777).expect("room");
    let host = world(files.as_user(MemoryFs::USER, MemoryFs::USER));
    let mut before = Session::builder().host(host).build().expect("a session");
    before.run(FILES);
    let snapshot = before.snapshot().expect("nothing runs");
    let again = Snapshot::from_bytes(&snapshot.to_bytes()).expect("it was just written");
    let new = MemoryFs::with_skeleton();
    new.add_file("/old", "gone").expect("room");
    let host = world(new.as_user(MemoryFs::USER, MemoryFs::USER));
    let mut after = Session::builder().host(host).restore(&again).build().expect("a session");
    assert_eq!(after.snapshot().expect("nothing runs").differences(&snapshot), [""; 0]);
    let look = "[[ -L link && -p fifo && -x tool && -k sticky ]] && echo kinds; echo $(<f) $(<private) $(<lazy); . ./s
        [[ -e /old ]] || echo gone; >newer; [[ newer -nt s ]] && echo newer; [[ s -nt newer ]] || echo older";
    let expected = "kinds\ntext secret fetched\nrun\ngone\nnewer\nolder\n";
    assert_eq!(String::from_utf8_lossy(&after.run(look).stdout), expected);
    assert_eq!(files.entries().len() + 1, new.entries().len());
}

#[test]
fn changes_in_front_of_a_directory_come_back() {
    let place = tempfile::tempdir().expect("a directory");
    std::fs::write(place.path().join("kept"), "kept\n").expect("written");
    let overlay = || OverlayFs::new(MachineFs::read_only(place.path()).expect("a kernel with openat2"));
    let world = |overlay| {
        let host = SandboxHost::new(MemoryFs::with_skeleton()).mount("/work", overlay);
        Arc::new(host.in_directory("/work"))
    };
    let mut before = Session::builder().host(world(overlay())).build().expect("a session");
    before.run("echo changed >>kept; echo new >new");
    let bytes = before.snapshot().expect("nothing runs").to_bytes();
    let snapshot = Snapshot::from_bytes(&bytes).expect("it was just written");
    let mut after = Session::builder().host(world(overlay())).restore(&snapshot).build().expect("a session");
    let out = after.run("echo *; while read l; do echo $l; done <kept; echo $(<new)").stdout;
    assert_eq!(String::from_utf8_lossy(&out), "kept new\nkept\nchanged\nnew\n");
    assert_eq!(std::fs::read_to_string(place.path().join("kept")).expect("there"), "kept\n");
}

#[test]
fn files_need_a_place_of_their_kind() {
    let snapshot = session().snapshot().expect("nothing runs");
    let refused = |builder: rbash::SessionBuilder| match builder.restore(&snapshot).build() {
        Err(SessionError::Snapshot(SnapshotError::Files(error))) => error.to_string(),
        Err(other) => other.to_string(),
        Ok(_) => "a session".to_string(),
    };
    assert_eq!(refused(Session::builder()), "entity not found");
    let other_kind = SandboxHost::new(OverlayFs::new(MemoryFs::new()));
    assert_eq!(refused(Session::builder().host(Arc::new(other_kind))), "unsupported");
    let small = Quota { files: Some(2), ..Quota::UNLIMITED };
    let too_small = SandboxHost::new(MemoryFs::with_quota(small));
    assert!(refused(Session::builder().host(Arc::new(too_small))).contains("quota"));
}

#[test]
fn the_directory_must_be_there() {
    let place = tempfile::tempdir().expect("a directory");
    let session = Session::builder().cwd(place.path()).build().expect("a session");
    let snapshot = session.snapshot().expect("nothing runs");
    drop(place);
    let built = Session::builder().restore(&snapshot).build();
    assert!(matches!(built, Err(SessionError::Snapshot(SnapshotError::Directory(_)))));
}

#[test]
fn it_is_restored_in_another_process() {
    const BYTES: &str = "RBASH_TEST_SNAPSHOT";
    const ANSWER: &str = "RBASH_TEST_ANSWER";
    if let (Some(bytes), Some(answer)) = (std::env::var_os(BYTES), std::env::var_os(ANSWER)) {
        let mut after = restored(&std::fs::read(bytes).expect("the first process wrote it"));
        return std::fs::write(answer, listed(&mut after)).expect("written");
    }
    let place = tempfile::tempdir().expect("a directory");
    let (bytes, answer) = (place.path().join("bytes"), place.path().join("answer"));
    let mut before = session();
    before.run(RICH);
    std::fs::write(&bytes, before.snapshot().expect("nothing runs").to_bytes()).expect("written");
    let mut program = Command::new(std::env::current_exe().expect("a path"));
    let program = program.args(["--exact", "it_is_restored_in_another_process"]);
    let ended = program.env(BYTES, &bytes).env(ANSWER, &answer).output().expect("it runs");
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stdout));
    let answer = std::fs::read_to_string(answer).expect("it answered");
    same_lines(&listed(&mut before), &answer, "another process");
}

/// A session with something in every chapter, but little of it.
fn small_bytes() -> Vec<u8> {
    let mut session = session();
    session.run(RICH.replace("3000", "3").replace("2500", "5"));
    session.run(FILES);
    session.snapshot().expect("nothing runs").to_bytes()
}

#[test]
fn no_bytes_are_believed() {
    let bytes = small_bytes();
    assert!(matches!(Snapshot::from_bytes(b""), Err(SnapshotError::NotASnapshot)));
    assert!(matches!(Snapshot::from_bytes(b"#!/bin/bash\n"), Err(SnapshotError::NotASnapshot)));
    let mut newer = bytes.clone();
    newer[8] = 9;
    assert!(matches!(Snapshot::from_bytes(&newer), Err(SnapshotError::Version(9))));
    for length in 8..bytes.len() {
        assert!(matches!(Snapshot::from_bytes(&bytes[..length]), Err(SnapshotError::Damaged)), "{length}");
    }
    for bit in (10 * 8..bytes.len() * 8).step_by(3) {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(matches!(Snapshot::from_bytes(&flipped), Err(SnapshotError::Damaged)), "{bit}");
    }
}

/// The bytes with the length and the checksum that belong to them.
fn signed(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.len() - 8;
    let length = (end - 18) as u64;
    bytes[10..18].copy_from_slice(&length.to_le_bytes());
    let add = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
    let sum = bytes[..end].iter().fold(0xcbf2_9ce4_8422_2325, add);
    bytes[end..].copy_from_slice(&sum.to_le_bytes());
    bytes
}

fn changed_somewhere(bytes: &[u8], random: &mut fastrand::Rng) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    for _ in 0..random.usize(1..4) {
        let at = random.usize(18..changed.len() - 8);
        match random.u8(0..4) {
            0 => changed[at] = random.u8(..),
            1 => changed[at] ^= 1 << random.u8(0..8),
            2 => changed.insert(at, random.u8(..)),
            _ => drop(changed.remove(at)),
        }
    }
    signed(changed)
}

/// Bytes of somebody who knows the checksum: an error, or a session like any other.
#[test]
fn made_up_bytes_do_no_harm() {
    const USE: &str = "f a; ext 1; getopts ab o -ab; x=2; a+=(1); m[x]=y; history -s z; printf '%s' ${!m[@]}; trap - EXIT USR1";
    let bytes = small_bytes();
    assert_eq!(signed(bytes.clone()), bytes);
    let mut random = fastrand::Rng::with_seed(0x5eed);
    let (mut read, mut built) = (0, 0);
    for _ in 0..3000 {
        let Ok(snapshot) = Snapshot::from_bytes(&changed_somewhere(&bytes, &mut random)) else { continue };
        read += 1;
        let host = world(MemoryFs::with_skeleton());
        if let Ok(mut session) = Session::builder().host(host).restore(&snapshot).build()
            && read % 8 == 0
        {
            built += 1;
            for script in [LISTINGS, USE] {
                session.run_with(script, RunOptions::new().timeout(Duration::from_secs(20)));
            }
        }
    }
    assert!(read > 100 && built > 10, "{read} read, {built} built");
}
