//! Nothing that a subshell does is left in the session: random scripts in `( )`, `$( )`, a pipeline and the background, and
//! snapshots before and after. Each seed is one script, the same every time; `RBASH_ISOLATION_CASES` makes more of them, and
//! `RBASH_ISOLATION_FROM` others.

use crate::choices::Choices;
use crate::grammar::Grammar;
use crate::room::Way;
use crate::writer::write;
use rbash::filesystem::MemoryFs;
use rbash::sandbox::{SandboxClock, SandboxHost};
use rbash::{RunOptions, Session};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

#[allow(dead_code, reason = "scripts are shrunk by the other test")]
#[path = "differential/choices.rs"]
mod choices;
#[path = "differential/grammar.rs"]
mod grammar;
#[allow(dead_code, reason = "the way to the shell is of no interest here")]
#[path = "differential/writer.rs"]
mod writer;

/// The ways to a shell that the writer chooses from.
mod room {
    /// See the differential test.
    #[derive(Clone, Copy)]
    pub enum Way {
        File,
        Argument,
        StandardInput,
    }
}

/// Each puts the script into a subshell of another kind.
const SUBSHELLS: [&str; 6] = [
    "( eval \"$script\" )",
    ": \"$( eval \"$script\" )\"",
    "{ eval \"$script\"; } | :",
    "eval \"$script\" & wait",
    ": < <( eval \"$script\" ) & wait",
    "( ( eval \"$script\" ); eval \"$script\" ) | ( eval \"$script\" )",
];

/// Something of everything, so that there is something to change.
const PRELUDE: &str = r#"
a=(1 2 3); declare -A h=([k]=v [l]=w); x=outer; declare -i n=5; declare -r fixed=1; declare -n ref=x; export e=1
f() { echo f; }; g() { local x=inner; f; }; alias al='echo al'; shopt -s expand_aliases; trap 'echo usr' USR1; set -- p q r
mkdir() { :; }; pushd / >/dev/null; hash -p /bin/true true; history -s line; complete -W 'a b' cmd; RANDOM=1; OPTIND=1; umask 022
"#;

/// What is done in a subshell beside what the grammar writes: a change of each chapter.
const CHANGES: &[&str] = &[
    "x=changed; a+=(4); h[m]=n; unset e; export y=1; n=n+1; declare -g z=1; unset -n ref; readonly a",
    "f() { echo other; }; unset -f g; alias al=other new=1; unalias al; set -- 1; shift; trap - USR1; trap 'echo exit' EXIT",
    "set -efu; set -o posix; shopt -s extglob nullglob; shopt -u expand_aliases; umask 077; cd /; pushd /tmp; popd; dirs -c",
    "hash -r; hash -p /x y; history -c; history -s more; complete -r; complete -F f q; enable -n echo; : $RANDOM; RANDOM=9; SECONDS=9",
    "exec 5</dev/null; exec >/dev/null; ulimit -n 50; LC_ALL=C; IFS=:; PATH=/x; BASH_COMPAT=44; BASH_ARGV0=other; getopts a o -a",
    "kill -USR1 $BASHPID; local x=1; g; eval 'x=2'; set -m; set +m; bind 'set bell-style none'; false & wait; exit 3",
];

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

#[test]
fn what_a_subshell_changes_is_gone_when_it_ends() {
    let grammar = Grammar::load().expect("a grammar");
    let first = number("RBASH_ISOLATION_FROM", 0);
    let next = AtomicU64::new(first);
    let end = first + number("RBASH_ISOLATION_CASES", 300);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(seed) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|seed| *seed < end) {
                    leaves_nothing_behind(seed, &random_script(&grammar, seed));
                }
            });
        }
    });
}

#[test]
fn each_change_is_gone_when_the_subshell_ends() {
    for change in CHANGES {
        leaves_nothing_behind(0, change);
    }
}

fn random_script(grammar: &Grammar, seed: u64) -> String {
    let written = write(grammar, Choices::from_seed(seed));
    let _: Way = written.way;
    let change = CHANGES[seed as usize % CHANGES.len()];
    format!("{change}\n{}", written.script)
}

fn leaves_nothing_behind(seed: u64, script: &str) {
    // `SECONDS` and the like stand still.
    let clock = SandboxClock::stopped_at(Duration::ZERO);
    let host = SandboxHost::new(MemoryFs::with_skeleton()).with_clock(clock).in_directory("/tmp");
    let mut session = Session::builder().host(Arc::new(host)).build().expect("a session");
    session.run(PRELUDE);
    session.set_var("script", script).expect("a name");
    for subshell in SUBSHELLS {
        let before = session.snapshot().expect("nothing runs");
        // A script that has no end in Bash either is ended.
        session.run_with(subshell, RunOptions::new().timeout(Duration::from_secs(5)));
        let after = session.snapshot().expect("nothing runs");
        let mut differences = before.differences(&after);
        // The status is the subshell's, and files are nobody's own.
        differences.retain(|chapter| !["last_command", "files"].contains(chapter));
        assert_eq!(differences, [""; 0], "seed {seed}: {subshell}\n{script}");
    }
}
