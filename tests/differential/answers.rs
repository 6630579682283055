//! What both shells said to one script, and whether it is the same.

use std::io;
use std::path::PathBuf;

use crate::case_file::Outcome;
use crate::room::Room;
use crate::writer::Written;

/// Stands before every script, and is never shrunk: without a line before it, `${ …;}` lets GNU Bash lose PIPESTATUS for ever.
const BEFORE: &str = ": n\n";
/// Stands behind every script: the state that it leaves is part of the answer.
const STATE: &str = "\nprintf '%s\\n' \"-- state $?\"\ndeclare -p\ndeclare -f\ntrap -p\n";
/// Variables that no two runs agree on: process ids, clocks, and chance.
const BY_CHANCE: [&str; 8] =
    ["BASHPID", "BASH_MONOSECONDS", "PPID", "EPOCHREALTIME", "EPOCHSECONDS", "RANDOM", "SRANDOM", "SECONDS"];
/// Variables that tell how a shell was built. No script can change what they mean.
const OF_THE_BUILD: [&str; 6] =
    ["BASH_LOADABLES_PATH", "BASH_VERSINFO", "BASH_VERSION", "HOSTTYPE", "MACHTYPE", "RBASH_VERSION"];
/// Variables that are computed when they are asked for: GNU Bash's listing shows the answer that was last given, ours none.
const COMPUTED: [&str; 10] = [
    "BASH_ARGC",
    "BASH_ARGV",
    "BASH_ARGV0",
    "BASH_COMMAND",
    "BASH_SUBSHELL",
    "COMP_WORDBREAKS",
    "DIRSTACK",
    "GROUPS",
    "HISTCMD",
    "LINENO",
];
/// The second line of `COMP_WORDBREAKS`, as `declare` lists it.
const REST_OF_WORD_BREAKS: &[u8] = b"\"'\\''@><=;|&(:'\n";
/// How a script ends that is stopped.
const TIMEOUT: &str = "signal 9";
/// How often a difference is asked about again before it counts.
const CONFIRMATIONS: usize = 3;

/// Two shells to compare.
pub struct Pair {
    /// GNU Bash.
    pub oracle: PathBuf,
    /// The shell under test.
    pub ours: PathBuf,
    /// What is compared beside standard output, status and state.
    pub compare: Compare,
}

/// Whether messages are compared, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// Standard output, files, state, exit status.
    Effects,
    /// Standard error as well.
    Messages,
}

/// How the comparison of one script went.
pub enum Verdict {
    /// No difference.
    Same,
    /// The oracle died of an error of its own, or did not end in time.
    NoAnswer,
    /// The oracle's answer and ours.
    Different(Box<(Outcome, Outcome)>),
}

impl Pair {
    /// Asks both shells once.
    pub fn compare(&self, room: &Room, written: &Written) -> io::Result<Verdict> {
        let script = [BEFORE, &written.script, STATE].concat();
        let ask = |shell| room.ask(shell, &script, written.way).map(|answer| self.comparable(answer));
        let (expected, seen) = (ask(&self.oracle)?, ask(&self.ours)?);
        Ok(match expected.status.as_str() {
            "signal 11" | "signal 6" | "signal 7" | TIMEOUT => Verdict::NoAnswer,
            _ if expected == seen => Verdict::Same,
            _ => Verdict::Different(Box::new((expected, seen))),
        })
    }

    /// Asks again: chance (the order of two processes, a busy machine) seldom makes the same difference every time.
    pub fn confirm(&self, room: &Room, written: &Written) -> io::Result<bool> {
        let (mut expected, mut seen) = (Vec::new(), Vec::new());
        for _ in 0..CONFIRMATIONS {
            match self.compare(room, written)? {
                Verdict::Different(answers) => {
                    expected.push(answers.0);
                    seen.push(answers.1);
                }
                _ => return Ok(false),
            }
        }
        Ok(!expected.iter().any(|answer| seen.contains(answer)))
    }

    /// The answer without what is random, or is not to be compared.
    fn comparable(&self, answer: Outcome) -> Outcome {
        let stdout = without_what_varies(&answer.stdout);
        let stderr = match self.compare {
            Compare::Effects => Vec::new(),
            Compare::Messages => answer.stderr,
        };
        Outcome { stdout, stderr, status: answer.status }
    }
}

/// Text without the lines that declare or list variables which differ anyhow.
pub fn without_what_varies(text: &[u8]) -> Vec<u8> {
    let lines = text.split_inclusive(|byte| *byte == b'\n');
    lines.filter(|line| !names_what_varies(line)).collect::<Vec<_>>().concat()
}

/// Text with every number that may be the id of a process made one: ids are given in order, from `first` on.
pub fn without_process_ids(text: &[u8], first: u32) -> Vec<u8> {
    /// So many processes may start meanwhile, also those of others.
    const SPAN: u32 = 300;
    let mut masked = Vec::with_capacity(text.len());
    for run in text.chunk_by(|one, next| one.is_ascii_digit() == next.is_ascii_digit()) {
        let number = std::str::from_utf8(run).ok().and_then(|run| run.parse::<u32>().ok());
        match number.is_some_and(|number| (first..first.saturating_add(SPAN)).contains(&number)) {
            true => masked.extend_from_slice(b"PID"),
            false => masked.extend_from_slice(run),
        }
    }
    masked
}

fn names_what_varies(line: &[u8]) -> bool {
    if line == REST_OF_WORD_BREAKS {
        return true;
    }
    let commands = [&b"declare -"[..], b"local -", b"readonly -", b"export -"];
    let declared = commands.iter().find_map(|command| line.strip_prefix(*command));
    let name = match declared {
        Some(declaration) => declaration.splitn(2, |byte| *byte == b' ').nth(1),
        None => Some(line),
    };
    let name = name.and_then(|rest| rest.split(|byte| b"=\n".contains(byte)).next());
    name.is_some_and(|name| {
        [&BY_CHANCE[..], &OF_THE_BUILD, &COMPUTED].concat().iter().any(|varies| varies.as_bytes() == name)
    })
}
