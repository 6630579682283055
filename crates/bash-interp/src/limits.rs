//! What a session may use: one row for each limit, three levels, and what is told when one comes near.
//!
//! A limit is looked at before something grows, never after. [`meter`] counts for all threads of a run together,
//! [`admit`] is what the rest of the shell asks, [`audit`] knows how much memory the session's values take. Whoever
//! exceeds a limit is ended as by `KILL`: no trap runs, programs of the run are killed, what was written stays, and the
//! session can be used again.
//!
//! A shell without limits pays for one look at an `Option` where work is done anyway.

mod admit;
mod audit;
mod meter;

pub(crate) use audit::HeldBefore;
pub(crate) use meter::{Admitted, Metered};
pub use meter::{Holdings, Meter};

use std::sync::Arc;
use std::time::Duration;

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LimitKind {
    /// Commands of one run, those of its threads and subshells included; each turn of a loop has some.
    Commands,
    /// How long a run may take, in nanoseconds. Jobs in the background that it leaves have the same end.
    WallTime,
    /// Time that a run's threads compute, in nanoseconds. A program gets what is left of it as its own limit.
    CpuTime,
    /// Bytes of a text that is run: a script, a file, the words of `eval`, a trap.
    ScriptSize,
    /// How deep constructs are nested in a text.
    ParserDepth,
    /// How deep functions call functions.
    FunctionDepth,
    /// How deep subshells, substitutions, `eval`, `source` and traps are nested.
    Nesting,
    /// Bytes of one text: a value, a word, the output of a substitution, a line that is read, a here-document.
    StringSize,
    /// Bytes of all that the session remembers, and of what its substitutions have collected.
    LiveBytes,
    /// Elements of one array, words of one command, positional parameters.
    ArrayEntries,
    /// Words that the braces of one word stand for.
    BraceResults,
    /// Bytes written to both outputs of the session in one run.
    OutputBytes,
    /// Open files of the script.
    Descriptors,
    /// Threads of the session at one time: stages of pipelines, background jobs, process substitutions, coprocesses.
    VirtualProcesses,
    /// Programs that one run starts.
    Programs,
    /// Names of variables that nothing in this process had used before. They are never forgotten.
    Names,
}

/// A limit at each level.
#[derive(Clone, Copy, Debug)]
pub struct LimitRow {
    /// What is limited.
    pub kind: LimitKind,
    /// What messages call it.
    pub name: &'static str,
    /// For [`Limits::trusted`].
    pub trusted: Option<u64>,
    /// For [`Limits::agent`].
    pub agent: Option<u64>,
    /// For [`Limits::untrusted`].
    pub untrusted: Option<u64>,
}

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;
const GIB: u64 = 1024 * MIB;
const SECOND: u64 = 1_000_000_000;

const fn row(kind: LimitKind, name: &'static str, levels: [Option<u64>; 3]) -> LimitRow {
    let [trusted, agent, untrusted] = levels;
    LimitRow { kind, name, trusted, agent, untrusted }
}

/// All limits, in the order of [`LimitKind`].
pub const LIMITS: [LimitRow; 16] = {
    use LimitKind::*;
    [
        row(Commands, "commands", [None, Some(100_000_000), Some(1_000_000)]),
        row(WallTime, "wall time", [None, None, Some(30 * SECOND)]),
        row(CpuTime, "CPU time", [None, Some(600 * SECOND), Some(10 * SECOND)]),
        row(ScriptSize, "script size", [None, Some(16 * MIB), Some(MIB)]),
        row(ParserDepth, "parser depth", [None, Some(1000), Some(200)]),
        row(FunctionDepth, "function depth", [Some(100_000), Some(10_000), Some(1000)]),
        row(Nesting, "nesting", [None, Some(256), Some(64)]),
        row(StringSize, "string size", [Some(GIB), Some(64 * MIB), Some(8 * MIB)]),
        row(LiveBytes, "live bytes", [Some(4 * GIB), Some(512 * MIB), Some(64 * MIB)]),
        row(ArrayEntries, "array entries", [None, Some(1_000_000), Some(100_000)]),
        row(BraceResults, "brace results", [None, Some(1_000_000), Some(100_000)]),
        row(OutputBytes, "output bytes", [Some(GIB), Some(64 * MIB), Some(8 * MIB)]),
        row(Descriptors, "descriptors", [None, Some(1024), Some(256)]),
        row(VirtualProcesses, "virtual processes", [Some(4096), Some(256), Some(64)]),
        row(Programs, "programs", [None, Some(4096), Some(32)]),
        row(Names, "names", [None, Some(100_000), Some(10_000)]),
    ]
};

/// No limit.
const NONE: u64 = u64::MAX;

/// What a session may use.
///
/// ```
/// use bash_interp::limits::{LimitKind, Limits};
///
/// let limits = Limits::untrusted().with(LimitKind::Commands, 1000).without(LimitKind::CpuTime);
/// assert_eq!(limits.get(LimitKind::Commands), Some(1000));
/// assert_eq!(limits.get(LimitKind::CpuTime), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits([u64; LIMITS.len()]);

impl Limits {
    /// None at all.
    pub fn none() -> Limits {
        Limits([NONE; LIMITS.len()])
    }

    /// For scripts of one's own: nothing but guards against a mistake that would take the process down.
    pub fn trusted() -> Limits {
        Limits(LIMITS.map(|row| row.trusted.unwrap_or(NONE)))
    }

    /// For what a language model or another program writes: enough for any honest work.
    pub fn agent() -> Limits {
        Limits(LIMITS.map(|row| row.agent.unwrap_or(NONE)))
    }

    /// For what anybody may send.
    pub fn untrusted() -> Limits {
        Limits(LIMITS.map(|row| row.untrusted.unwrap_or(NONE)))
    }

    /// With another limit; times are in nanoseconds.
    #[must_use]
    pub fn with(mut self, kind: LimitKind, most: u64) -> Limits {
        self.0[kind as usize] = most;
        self
    }

    /// Without one of them.
    #[must_use]
    pub fn without(self, kind: LimitKind) -> Limits {
        self.with(kind, NONE)
    }

    /// With this time for each run.
    #[must_use]
    pub fn wall_time(self, time: Duration) -> Limits {
        self.with(LimitKind::WallTime, nanoseconds(time))
    }

    /// With this time for a run's threads to compute.
    #[must_use]
    pub fn cpu_time(self, time: Duration) -> Limits {
        self.with(LimitKind::CpuTime, nanoseconds(time))
    }

    /// How much of something may be used.
    pub fn get(&self, kind: LimitKind) -> Option<u64> {
        Some(self.most(kind)).filter(|most| *most != NONE)
    }

    #[inline]
    fn most(&self, kind: LimitKind) -> u64 {
        self.0[kind as usize]
    }

    /// From how much on it is told that the limit is near: four fifths.
    #[inline]
    fn near(&self, kind: LimitKind) -> u64 {
        let most = self.most(kind);
        most - most / 5
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(NONE - 1)
}

impl LimitKind {
    /// Its row.
    pub fn row(self) -> &'static LimitRow {
        &LIMITS[self as usize]
    }

    /// What messages call it.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    fn with_number(number: u8) -> Option<LimitKind> {
        LIMITS.get(usize::from(number)).map(|row| row.kind)
    }

    fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// Told when four fifths of a limit are used: once for each limit and run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitNear {
    /// Which limit.
    pub kind: LimitKind,
    /// How much of it was used then.
    pub used: u64,
    /// How much may be used.
    pub most: u64,
}

/// Who is told that a limit is near. It is called on a thread of the run, which waits for it.
pub type LimitWatcher = Arc<dyn Fn(LimitNear) + Send + Sync>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_their_kinds() {
        for (number, row) in LIMITS.iter().enumerate() {
            assert_eq!(row.kind as usize, number, "{}", row.name);
            assert_eq!(LimitKind::with_number(number as u8), Some(row.kind));
        }
    }

    #[test]
    fn levels_grow_stricter() {
        for row in LIMITS {
            let [trusted, agent, untrusted] =
                [row.trusted, row.agent, row.untrusted].map(|most| most.unwrap_or(NONE));
            assert!(trusted >= agent && agent >= untrusted && untrusted < NONE, "{}", row.name);
        }
    }

    #[test]
    fn times_are_nanoseconds() {
        let limits = Limits::none().wall_time(Duration::from_millis(2)).cpu_time(Duration::MAX);
        assert_eq!(limits.get(LimitKind::WallTime), Some(2_000_000));
        assert!(limits.get(LimitKind::CpuTime).is_some());
        assert_eq!(limits.get(LimitKind::Commands), None);
    }
}
