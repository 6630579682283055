//! Random scripts, each run by this shell and by GNU Bash: do both say the same?
//!
//! Standard output, the files that were written, the exit status and the final state (`declare -p`, `declare -f`,
//! `trap -p`) are compared; standard error on demand. A script that makes a difference is shrunk and
//! printed with both answers. Without `RBASH_ORACLE` there is nothing to ask and the test passes.
//!
//! ```sh
//! RBASH_ORACLE=/path/to/bash-5.3 cargo test --release --test differential
//! ```
//!
//! | variable | effect |
//! |---|---|
//! | `RBASH_DIFFERENTIAL_CASES=N` | so many scripts (2,000) |
//! | `RBASH_DIFFERENTIAL_FROM=N` | the first seed (0): every seed is one script, the same every time |
//! | `RBASH_DIFFERENTIAL_SEED=N` | this one only; the whole script is printed before it is shrunk |
//! | `RBASH_DIFFERENTIAL_STDERR=1` | messages must be the same, too |
//! | `RBASH_DIFFERENTIAL_MOST=N` | stop after so many differences (20) |
//! | `RBASH_SHELL=PATH` | the shell under test, if it is not the one of this build |
//!
//! **What to do with a difference.** Find its cause, mend it, and add the smallest script to `fixtures/spec` with GNU
//! Bash's answer. What is GNU Bash's own mistake (a crash, bytes of freed memory) is taken out of the grammar with a
//! comment that says why, or described in `explained.rs`.
//!
//! **How to extend it.** Scripts are written from `grammar/*.txt`, one file per part of the language; `grammar.rs` describes
//! the notation. A new alternative is one line. Each script leaves out some alternatives and favours others, so that
//! even rare features meet each other. Whatever is written must end by itself, do no harm, and not depend on time,
//! process ids or the order in which processes run.

use std::num::NonZero;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use std::{env, io, thread};

use crate::answers::{Compare, Pair, Verdict};
use crate::choices::Choices;
use crate::grammar::Grammar;
use crate::room::Room;
use crate::writer::{Written, write};

mod answers;
#[path = "../spec/case_file.rs"]
#[allow(dead_code, reason = "only what a shell answers is needed here")]
mod case_file;
mod choices;
#[path = "../spec/diff.rs"]
mod diff;
mod explained;
mod grammar;
mod room;
mod shrink;
mod writer;

/// How many lines of an account are shown.
const LONGEST_ACCOUNT: usize = 20;

fn main() -> ExitCode {
    let Some(oracle) = env::var_os("RBASH_ORACLE").map(PathBuf::from) else {
        say("skipped: RBASH_ORACLE names no GNU Bash to compare with");
        return ExitCode::SUCCESS;
    };
    match Grammar::load()
        .and_then(|grammar| Run::new(grammar, oracle).all().map_err(|error| error.to_string()))
    {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(message) => {
            say(&message);
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::print_stderr, reason = "the harness talks to the developer")]
fn say(message: &str) {
    eprintln!("differential: {message}");
}

fn number(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}

/// The work that all threads share.
struct Run {
    grammar: Grammar,
    pair: Pair,
    /// The only seed, when one is to be looked at.
    alone: Option<u64>,
    next: AtomicU64,
    end: u64,
    most: u64,
    different: AtomicU64,
    unanswered: AtomicU64,
    explained: AtomicU64,
}

impl Run {
    fn new(grammar: Grammar, oracle: PathBuf) -> Self {
        let ours =
            env::var_os("RBASH_SHELL").map_or_else(|| env!("CARGO_BIN_EXE_rbash").into(), PathBuf::from);
        let compare = match env::var_os("RBASH_DIFFERENTIAL_STDERR") {
            Some(_) => Compare::Messages,
            None => Compare::Effects,
        };
        let alone = number("RBASH_DIFFERENTIAL_SEED");
        let first = alone.or_else(|| number("RBASH_DIFFERENTIAL_FROM")).unwrap_or(0);
        let cases = alone.map_or_else(|| number("RBASH_DIFFERENTIAL_CASES").unwrap_or(2000), |_| 1);
        Self {
            grammar,
            pair: Pair { oracle, ours, compare },
            alone,
            next: AtomicU64::new(first),
            end: first + cases,
            most: number("RBASH_DIFFERENTIAL_MOST").unwrap_or(20),
            different: AtomicU64::new(0),
            unanswered: AtomicU64::new(0),
            explained: AtomicU64::new(0),
        }
    }

    /// Compares everything; how many scripts made a difference.
    fn all(&self) -> io::Result<u64> {
        let started = Instant::now();
        let first = self.next.load(Ordering::Relaxed);
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| self.work())).collect();
            workers
                .into_iter()
                .try_for_each(|worker| worker.join().unwrap_or(Err(io::ErrorKind::Other.into())))
        })?;
        let cases = self.next.load(Ordering::Relaxed).min(self.end) - first;
        let different = self.different.load(Ordering::Relaxed);
        let seconds = started.elapsed().as_secs_f64();
        let unanswered = self.unanswered.load(Ordering::Relaxed);
        let explained = self.explained.load(Ordering::Relaxed);
        say(&format!(
            "{cases} scripts in {seconds:.0} s, {different} different, {explained} explained; GNU Bash crashed or hung in \
             {unanswered}"
        ));
        Ok(different)
    }

    fn work(&self) -> io::Result<()> {
        let room = Room::new()?;
        while self.different.load(Ordering::Relaxed) < self.most {
            let seed = self.next.fetch_add(1, Ordering::Relaxed);
            if seed >= self.end {
                break;
            }
            self.one(seed, &room)?;
        }
        Ok(())
    }

    fn one(&self, seed: u64, room: &Room) -> io::Result<()> {
        let written = write(&self.grammar, Choices::from_seed(seed));
        if self.alone.is_some() {
            say(&format!("seed {seed}, {:?}:\n{}", written.way, written.script));
        }
        match self.pair.compare(room, &written)? {
            Verdict::Same => {}
            Verdict::NoAnswer => drop(self.unanswered.fetch_add(1, Ordering::Relaxed)),
            Verdict::Different(_) => {
                if self.pair.confirm(room, &written)? {
                    self.tell(seed, room, written)?;
                }
            }
        }
        Ok(())
    }

    fn tell(&self, seed: u64, room: &Room, written: Written) -> io::Result<()> {
        let small = shrink::shrink(&self.grammar, written, &mut |candidate| {
            matches!(self.pair.compare(room, candidate), Ok(Verdict::Different(_)))
        });
        if let Some(known) = explained::explanation(&small.script) {
            self.explained.fetch_add(1, Ordering::Relaxed);
            if self.alone.is_some() {
                say(&format!("explained: {}\n{}", known.why, small.script));
            }
            return Ok(());
        }
        self.different.fetch_add(1, Ordering::Relaxed);
        let account = match self.pair.compare(room, &small)? {
            Verdict::Different(answers) => {
                changed_lines(&diff::describe(&answers.0, &answers.1).unwrap_or_default())
            }
            _ => "the small script makes no difference now\n".into(),
        };
        say(&format!("seed {seed}, {:?}:\n{}\n{account}----------", small.way, small.script));
        Ok(())
    }
}

/// The account without the lines that are the same, and not all of what only one of the shells has said.
fn changed_lines(account: &str) -> String {
    let mut shown = String::new();
    for line in account.lines().filter(|line| !line.starts_with("   ")).take(LONGEST_ACCOUNT) {
        shown += &format!("{line}\n");
    }
    shown
}
