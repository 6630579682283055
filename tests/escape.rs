//! Scripts that try to get out of a sandbox. None of them reads, changes, signals or waits for anything outside.

use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
use nix::sys::stat::{Mode, SFlag};
use rbash::filesystem::{MachineFs, MemoryFs, OverlayFs};
use rbash::sandbox::SandboxHost;
use rbash::{Outcome, RunOptions, Session};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// What no script may see.
const SECRET: &str = "the secret of the machine";

/// A directory `in` that is granted, beside `out`, which is not and holds a secret.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Place {
        let place = Place(tempfile::tempdir().expect("a directory"));
        std::fs::create_dir_all(place.path("in/sub/deep")).expect("made");
        std::fs::create_dir(place.path("out")).expect("made");
        std::fs::write(place.path("in/file"), "inside\n").expect("written");
        std::fs::write(place.path("out/secret"), SECRET).expect("written");
        std::fs::write(place.path("out/script"), format!("echo '{SECRET}'")).expect("written");
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The directory itself, mounted at `/work` of a world in memory.
    fn granted(&self) -> Session {
        let files = MachineFs::read_write(self.path("in")).expect("a kernel with openat2");
        session(SandboxHost::new(MemoryFs::with_skeleton()).mount("/work", files).in_directory("/work"))
    }

    /// The directory as the root of the world.
    fn rooted(&self) -> Session {
        let files = MachineFs::read_write(self.path("in")).expect("a kernel with openat2");
        session(SandboxHost::new(files))
    }

    /// The same behind an overlay.
    fn overlaid(&self) -> Session {
        let files = MachineFs::read_only(self.path("in")).expect("a kernel with openat2");
        session(SandboxHost::new(OverlayFs::new(files)))
    }

    fn is_unharmed(&self, after: &str) {
        let names = std::fs::read_dir(self.path("out")).expect("there").flatten();
        let mut names: Vec<_> = names.map(|entry| entry.file_name().into_string().expect("text")).collect();
        names.sort();
        assert_eq!(names, ["script", "secret"], "{after}");
        assert_eq!(std::fs::read_to_string(self.path("out/secret")).expect("there"), SECRET, "{after}");
    }
}

fn session(host: SandboxHost) -> Session {
    Session::builder().host(Arc::new(host)).build().expect("a session")
}

/// A run that must end by itself.
fn run(session: &mut Session, script: &str) -> Outcome {
    let outcome = session.run_with(script, RunOptions::new().timeout(Duration::from_secs(60)));
    assert!(!matches!(outcome.end, rbash::End::TimedOut(_)), "it hangs: {script}");
    outcome
}

/// Everything that a script can do with a path, of which nothing may work.
const TRY: &str = r#"
exec 2>/dev/null
try() {
    local path=$1 line lines
    read -r line < "$path"; echo "$line"; mapfile lines < "$path"; echo "${lines[@]}"; echo "$(< "$path")"
    . "$path"; source "$path" x; ( exec 9<> "$path"; read -r line <&9; echo "$line" )
    echo broken > "$path"; echo broken >> "$path"; echo broken > "$path/new"; : > "$path.new"
    ( cd "$path" && { echo "in $PWD"; read -r line < secret; echo "$line"; echo broken > new; echo *; } )
    ( cd -P "$path" && pwd -P ); echo "$path"/* "$path"/.*; compgen -f "$path/"; history -r "$path"; history
    "$path" run; exec 8< "$path"; read -r line <&8; echo "$line"; exec 8<&-
}
for path; do try "$path"; done
"#;

fn tries(session: &mut Session, paths: &[String]) -> Outcome {
    session.set_params(paths);
    run(session, TRY)
}

fn betrays(outcome: &Outcome) -> bool {
    let text = String::from_utf8_lossy(&[&outcome.stdout[..], &outcome.stderr].concat()).into_owned();
    text.contains(SECRET) || text.contains("root:x:")
}

/// Names of things outside, in every notation.
fn ways_out(place: &Place) -> Vec<String> {
    let whole = place.path("out/secret").display().to_string();
    let own = std::process::id();
    let mut paths: Vec<String> =
        ["../out/secret", "../out", "../../../../../../../../etc/passwd", "sub/../../out/secret"]
            .iter()
            .chain(&[
                "/etc/passwd",
                "/proc/self/root/etc/passwd",
                "/proc/self/cwd/Cargo.toml",
                "/proc/self/environ",
                "/proc/self/exe",
            ])
            .chain(&[
                "/proc/1/root/etc/passwd",
                "/dev/fd/../../../etc/passwd",
                "/dev/fd/63",
                "/dev/stdin/../../etc/passwd",
            ])
            .chain(&[
                "/dev/mem",
                "/dev/kmsg",
                "/dev/tty",
                "/dev/console",
                "/dev/fd/3",
                "/dev/fd/4",
                "/dev/fd/5",
                "/dev/fd/10",
            ])
            .map(|path| path.to_string())
            .collect();
    paths.extend([
        whole.clone(),
        format!("/proc/self/root{whole}"),
        format!("/proc/{own}/root{whole}"),
        format!("//{whole}"),
    ]);
    paths.extend((0..20).map(|number| format!("/proc/self/fd/{number}")));
    paths.extend((0..20).map(|number| format!("/proc/{own}/fd/{number}")));
    paths
}

#[test]
fn no_path_leads_out() {
    let place = Place::new();
    // A file of this process that a careless look-up would find behind a number.
    let _open = std::fs::File::open(place.path("out/secret")).expect("there");
    let in_memory = || session(SandboxHost::new(MemoryFs::with_skeleton()).in_directory("/tmp"));
    for mut session in [place.granted(), place.rooted(), place.overlaid(), in_memory()] {
        let outcome = tries(&mut session, &ways_out(&place));
        assert!(!betrays(&outcome), "{}", String::from_utf8_lossy(&outcome.stdout));
        place.is_unharmed("paths");
    }
}

#[test]
fn no_link_leads_out() {
    let place = Place::new();
    let targets = [
        "../out",
        "../out/secret",
        "../../out",
        "/etc",
        "/etc/passwd",
        "/",
        "/proc/self/root",
        "/proc/self/fd",
        "/proc/self/cwd",
    ];
    let own =
        [place.path("out"), place.path("out/secret"), place.path("out/script"), place.path("in/../out")];
    let mut names = Vec::new();
    for (number, target) in targets.iter().map(PathBuf::from).chain(own).enumerate() {
        for directory in ["", "sub/deep/"] {
            let name = format!("{directory}link{number}");
            symlink(&target, place.path("in").join(&name)).expect("made");
            symlink(format!("link{number}"), place.path("in").join(format!("{name}again"))).expect("made");
            names.extend([
                format!("{name}/secret"),
                format!("{name}/passwd"),
                format!("{name}again/out/secret"),
                name.clone(),
                format!("{name}again"),
            ]);
        }
    }
    for mut session in [place.granted(), place.rooted(), place.overlaid()] {
        let outcome = tries(&mut session, &names);
        assert!(!betrays(&outcome), "{}", String::from_utf8_lossy(&outcome.stdout));
        place.is_unharmed("links");
    }
}

/// Two threads exchange a directory and a link to the outside as fast as they can, while scripts go through the name.
#[test]
fn no_race_leads_out() {
    const ROUNDS: usize = 400;
    let place = Place::new();
    symlink(place.path("out"), place.path("in/other")).expect("made");
    std::fs::create_dir(place.path("in/place")).expect("made");
    symlink(place.path("out/secret"), place.path("in/link")).expect("made");
    std::fs::write(place.path("in/secret"), "harmless\n").expect("written");
    let (stop, swaps) = (AtomicBool::new(false), AtomicUsize::new(0));
    let exchange = |one: &Path, other: &Path| {
        while !stop.load(Ordering::Relaxed) {
            renameat2(AT_FDCWD, one, AT_FDCWD, other, RenameFlags::RENAME_EXCHANGE).expect("both are there");
            swaps.fetch_add(1, Ordering::Relaxed);
        }
    };
    let script = format!(
        "exec 2>/dev/null; for ((i = 0; i < {ROUNDS}; i++)); do read -r x < place/secret; echo \"$x\"; echo broken > place/new
        read -r x < secret; echo \"$x\"; ( cd place && read -r x < secret && echo \"$x\"; echo broken > new ); echo place/*; echo broken >> secret; done"
    );
    std::thread::scope(|scope| {
        scope.spawn(|| exchange(&place.path("in/other"), &place.path("in/place")));
        scope.spawn(|| exchange(&place.path("in/link"), &place.path("in/secret")));
        for mut session in [place.granted(), place.rooted()] {
            let outcome = session.run_with(&script[..], RunOptions::new().timeout(Duration::from_secs(120)));
            assert!(!betrays(&outcome), "{}", String::from_utf8_lossy(&outcome.stdout));
        }
        stop.store(true, Ordering::Relaxed);
    });
    place.is_unharmed("races");
    assert!(swaps.into_inner() > 100, "the threads had their turns");
}

#[test]
fn devices_pipes_and_sockets_of_the_machine_are_not_opened() {
    let place = Place::new();
    nix::unistd::mkfifo(&place.path("in/fifo"), Mode::S_IRWXU).expect("made");
    let _socket = std::os::unix::net::UnixListener::bind(place.path("in/socket")).expect("bound");
    let null = nix::sys::stat::makedev(1, 3);
    // Only root can make one.
    let made = nix::sys::stat::mknod(&place.path("in/device"), SFlag::S_IFCHR, Mode::S_IRWXU, null);
    let mut names = vec!["socket"];
    names.extend(made.is_ok().then_some("device"));
    for mut session in [place.granted(), place.rooted(), place.overlaid()] {
        are_closed(&mut session, &names);
    }
    for mut session in [place.granted(), place.rooted()] {
        are_closed(&mut session, &["fifo"]);
    }
    // Behind an overlay, both sides of a FIFO are in memory.
    let meeting = "{ echo met > fifo; } & read -r x < fifo; echo \"$x\"; wait";
    assert_eq!(run(&mut place.overlaid(), meeting).stdout, b"met\n");
}

fn are_closed(session: &mut Session, names: &[&str]) {
    for name in names {
        for redirection in ["<", ">", ">>", "<>"] {
            let outcome = run(session, &format!("[[ -e {name} ]] || echo missing; : {redirection}{name}"));
            assert_eq!((outcome.status.code(), &outcome.stdout[..]), (1, &b""[..]), "{redirection}{name}");
        }
    }
}

#[test]
fn a_hard_link_is_made_of_nothing_outside() {
    let place = Place::new();
    symlink(place.path("out/secret"), place.path("in/link")).expect("made");
    let files = MachineFs::read_write(place.path("in")).expect("a kernel with openat2");
    let host = SandboxHost::new(files);
    for existing in ["/link", "/../out/secret", "/sub/../../out/secret"] {
        let _ = host.mounts().make_link(b"/", existing.as_bytes(), b"hard");
        let mut session = place.rooted();
        assert!(
            !betrays(&run(&mut session, "read -r x < hard; echo \"$x\"; echo broken > hard")),
            "{existing}"
        );
        place.is_unharmed(existing);
        let _ = std::fs::remove_file(place.path("in/hard"));
    }
}

/// Runs a test's body in a process of its own.
fn alone(name: &str, body: impl FnOnce()) {
    const MARK: &str = "RBASH_TEST_ALONE";
    if std::env::var_os(MARK).is_some() {
        return body();
    }
    let program = std::env::current_exe().expect("a path");
    let ended = Command::new(program)
        .args(["--exact", name, "--nocapture"])
        .env(MARK, "1")
        .output()
        .expect("it runs");
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success() && out.contains("1 passed"), "{}: {out}{err}", ended.status);
}

static CAUGHT: AtomicUsize = AtomicUsize::new(0);

extern "C" fn count(_: nix::libc::c_int) {
    CAUGHT.fetch_add(1, Ordering::Relaxed);
}

#[allow(unsafe_code, reason = "the handler only counts")]
fn count_signals() {
    let action = SigAction::new(SigHandler::Handler(count), SaFlags::SA_RESTART, SigSet::empty());
    for signal in
        [Signal::SIGTERM, Signal::SIGHUP, Signal::SIGINT, Signal::SIGUSR1, Signal::SIGALRM, Signal::SIGCONT]
    {
        // SAFETY: the handler adds to an atomic number.
        unsafe { sigaction(signal, &action) }.expect("set");
    }
}

#[test]
fn no_signal_gets_out() {
    alone("no_signal_gets_out", || {
        count_signals();
        let mut other = Command::new("sleep").arg("1000").spawn().expect("it runs");
        let (own, parent, child) = (std::process::id(), std::os::unix::process::parent_id(), other.id());
        let group = nix::unistd::getpgrp();
        let place = Place::new();
        let in_memory = session(SandboxHost::new(MemoryFs::with_skeleton()));
        for mut session in [in_memory, place.rooted()] {
            for target in [
                format!("{own} -{own} {parent} {child} -{child} -{group}"),
                "0 -0 -1 1 $PPID $$ -$$ $BASHPID %1 %%".to_string(),
            ] {
                for signal in ["TERM", "HUP", "INT", "USR1", "ALRM", "CONT", "KILL", "STOP"] {
                    for target in target.split(' ') {
                        session.run(format!("sleep() {{ :; }}; sleep & kill -{signal} -- {target}; (kill -{signal} {target}); kill -{signal} {target} | :"));
                    }
                }
            }
            assert_eq!(session.run("trap '' TERM; echo still here").stdout, b"still here\n");
        }
        assert_eq!(CAUGHT.load(Ordering::Relaxed), 0);
        assert!(other.try_wait().expect("ours").is_none(), "the other child lives");
        other.kill().and_then(|()| other.wait()).expect("ours");
    });
}

/// A script for everything that could be looked up on a disk.
const LOOKS_EVERYWHERE: &str = r#"
cd /tmp; echo a > f; read -r x < f; echo "$(< f)" *; cat <<< here; . ./f; mapfile m < <(echo b); pushd / > /dev/null; popd > /dev/null
[[ -e /etc/passwd || -r f ]]; test -x /bin/ls; type ls; command -v cat; hash -r; ls; ./f; /bin/ls; (exec -a x /bin/true); enable -f x y
echo ~ ~root ~nobody; echo x | { read -r y; echo "$y"; } | while read -r z; do echo "$z"; done; coproc { read -r q; echo "$q"; }
echo c >&"${COPROC[1]}"; read -r x <&"${COPROC[0]}"; sleepy() { :; }; sleepy & wait; { echo d; } > /dev/null; (cd /home; pwd -P)
for zone in UTC Europe/Berlin :/etc/localtime America/New_York; do TZ=$zone; printf '%(%c %Z)T\n' 0; done; unset TZ; printf '%(%F)T\n' -1
for LC_ALL in C C.UTF-8 de_DE.UTF-8 ja_JP.eucJP tr_TR; do printf '%.2f %s\n' 1.5 "${x^^}"; [[ ä < z ]]; [[ abc =~ b+ ]]; done
TEXTDOMAIN=bash TEXTDOMAINDIR=/usr/share/locale; echo $"hello"; history -w h; history -r h; fc -l; HISTFILE=/root/.bash_history; history -a
compgen -A user; compgen -A hostname; compgen -A service; compgen -A group; compgen -c l; compgen -d /; compgen -f /etc/; bind -p; INPUTRC=/etc/inputrc bind -v
ulimit -a; umask; times; kill -l; help cd; echo "$RANDOM $SRANDOM $HOSTNAME $UID ${GROUPS[*]} $EPOCHREALTIME $SECONDS"; caller; echo "${x@P}" '\u \h \w' "$BASH"
exec 7<> f; read -r -u 7 x; exec 7>&-; echo x > /dev/tcp/localhost/80; echo x > /dev/udp/1.2.3.4/5; read -r -t 0.01 x; MAILPATH=/var/mail/x; BASH_ENV=/etc/profile
shopt -s globstar nullglob extglob; echo /**/*; select x in a; do break; done < f; trap 'echo bye > g' EXIT; set -o posix; set +o posix; set -o history; shopt -s checkwinsize
"#;

/// The kernel ends a process that asks it for a path: this one does not.
#[test]
#[cfg(target_os = "linux")]
fn a_session_in_memory_never_touches_the_disk() {
    alone("a_session_in_memory_never_touches_the_disk", || {
        look_up_what_the_process_needs();
        forbid_paths();
        let host = SandboxHost::new(MemoryFs::with_skeleton()).in_directory("/tmp");
        let mut session = session(host);
        let outcome = run(&mut session, LOOKS_EVERYWHERE);
        assert!(outcome.stdout.len() > 10_000, "{}", String::from_utf8_lossy(&outcome.stdout));
        let snapshot = session.snapshot().expect("nothing runs");
        let host = SandboxHost::new(MemoryFs::with_skeleton());
        let mut again = Session::builder().host(Arc::new(host)).restore(&snapshot).build().expect("restored");
        assert_eq!(run(&mut again, "cd /tmp; echo $(<f)").stdout, b"a\n");
        assert_eq!(again.fork().expect("a copy").run("echo $(</tmp/f)").stdout, b"a\n");
        session.close();
    });
}

/// What the C library reads once: its table of characters, which the first host asks for, and how memory is to be given
/// back, when a thread first does so.
fn look_up_what_the_process_needs() {
    drop(SandboxHost::new(MemoryFs::new()));
    let much = || drop((0..2000).map(|_| vec![1_u8; 50_000]).collect::<Vec<_>>());
    std::thread::spawn(much).join().expect("there is memory");
}

/// From now on, the kernel kills this process at any call that takes a path, makes a socket or starts a program.
#[allow(unsafe_code, reason = "there is no safe way to say it to the kernel")]
fn forbid_paths() {
    use nix::libc;
    let load =
        libc::sock_filter { code: (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16, jt: 0, jf: 0, k: 0 };
    let give = |what| libc::sock_filter { code: (libc::BPF_RET | libc::BPF_K) as u16, jt: 0, jf: 0, k: what };
    let mut filter = vec![load];
    for call in CALLS.iter().chain(OLD_CALLS) {
        let code = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
        filter.push(libc::sock_filter { code, jt: 0, jf: 1, k: *call as u32 });
        filter.push(give(libc::SECCOMP_RET_KILL_PROCESS));
    }
    filter.push(give(libc::SECCOMP_RET_ALLOW));
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
    // SAFETY: the kernel reads the program, which outlives the calls.
    let done = unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
            && libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &program) == 0
    };
    assert!(done, "{}", std::io::Error::last_os_error());
}

#[cfg(target_arch = "x86_64")]
const OLD_CALLS: &[nix::libc::c_long] = {
    use nix::libc::*;
    &[
        SYS_open,
        SYS_creat,
        SYS_stat,
        SYS_lstat,
        SYS_access,
        SYS_readlink,
        SYS_mkdir,
        SYS_rmdir,
        SYS_unlink,
        SYS_rename,
        SYS_link,
        SYS_symlink,
        SYS_chmod,
        SYS_chown,
        SYS_mknod,
        SYS_utime,
        SYS_utimes,
        SYS_getdents,
    ]
};

#[cfg(not(target_arch = "x86_64"))]
const OLD_CALLS: &[nix::libc::c_long] = &[];

const CALLS: &[nix::libc::c_long] = {
    use nix::libc::*;
    &[
        SYS_openat,
        SYS_openat2,
        SYS_newfstatat,
        SYS_statx,
        SYS_faccessat,
        SYS_faccessat2,
        SYS_readlinkat,
        SYS_mkdirat,
        SYS_unlinkat,
        SYS_renameat2,
        SYS_linkat,
        SYS_symlinkat,
        SYS_fchmodat,
        SYS_fchownat,
        SYS_mknodat,
        SYS_utimensat,
        SYS_truncate,
        SYS_statfs,
        SYS_chdir,
        SYS_fchdir,
        SYS_chroot,
        SYS_getcwd,
        SYS_getdents64,
        SYS_inotify_add_watch,
        SYS_execve,
        SYS_execveat,
        SYS_socket,
        SYS_connect,
    ]
};
