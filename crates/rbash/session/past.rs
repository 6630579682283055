//! What has been run: executions with their outcomes, as long as there is room for them.

use super::outcome::{Outcome, Stream};
use std::collections::VecDeque;

/// A finished execution.
#[derive(Clone, Debug)]
pub struct Execution {
    /// What was run.
    pub command: Vec<u8>,
    /// What came of it.
    pub outcome: Outcome,
}

/// How much of what has been run is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// So many executions.
    pub executions: usize,
    /// So many bytes of commands and output.
    pub bytes: usize,
}

impl Default for Retention {
    fn default() -> Retention {
        Retention { executions: 256, bytes: 1 << 20 }
    }
}

#[derive(Default)]
pub(crate) struct Past {
    pub(crate) limit: Retention,
    executions: VecDeque<Execution>,
    bytes: usize,
    /// How many were forgotten.
    forgotten: usize,
    /// Up to which execution the output was taken.
    taken: usize,
}

impl Past {
    pub(crate) fn with_limit(limit: Retention) -> Past {
        Past { limit, ..Past::default() }
    }

    /// Remembers one. What is larger than all that there is room for is not even copied.
    pub(crate) fn add(&mut self, command: &[u8], outcome: &Outcome) {
        let size = command.len() + outcome.stdout.len() + outcome.stderr.len();
        let fits = size <= self.limit.bytes && self.limit.executions > 0;
        let kept = match fits {
            true => outcome.clone(),
            false => Outcome { duration: outcome.duration, ..Outcome::silent(outcome.status, outcome.end) },
        };
        let command = if fits { command.to_vec() } else { Vec::new() };
        self.bytes += if fits { size } else { 0 };
        self.executions.push_back(Execution { command, outcome: kept });
        while self.executions.len() > self.limit.executions || self.bytes > self.limit.bytes {
            let Some(oldest) = self.executions.pop_front() else { break };
            self.bytes -= size_of(&oldest);
            self.forgotten += 1;
        }
    }

    pub(crate) fn get(&self, number: usize) -> Option<&Execution> {
        self.executions.get(number.checked_sub(self.forgotten)?)
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Execution> {
        self.executions.iter()
    }

    /// Both outputs since they were last taken.
    pub(crate) fn output(&self) -> (Vec<u8>, Vec<u8>) {
        let all = |stream| {
            let skipped = self.taken.saturating_sub(self.forgotten);
            self.executions
                .iter()
                .skip(skipped)
                .flat_map(move |run| run.outcome.stream(stream))
                .copied()
                .collect()
        };
        (all(Stream::Stdout), all(Stream::Stderr))
    }

    pub(crate) fn take_output(&mut self) -> (Vec<u8>, Vec<u8>) {
        let output = self.output();
        self.taken = self.forgotten + self.executions.len();
        output
    }
}

fn size_of(execution: &Execution) -> usize {
    execution.command.len() + execution.outcome.stdout.len() + execution.outcome.stderr.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{End, Status};

    fn outcome(text: &str) -> Outcome {
        Outcome { stdout: text.into(), ..Outcome::silent(Status::SUCCESS, End::Completed) }
    }

    #[test]
    fn the_oldest_make_room() {
        let mut past = Past { limit: Retention { executions: 2, bytes: 8 }, ..Past::default() };
        ["a", "b", "c"].iter().for_each(|text| past.add(b"", &outcome(text)));
        assert!(past.get(0).is_none());
        assert_eq!(past.get(2).map(|run| run.outcome.stdout.clone()), Some(b"c".to_vec()));
        past.add(b"", &outcome("too much for the table"));
        assert_eq!(past.get(3).map(|run| run.outcome.stdout.len()), Some(0));
        assert_eq!(past.take_output().0, b"c");
        past.add(b"", &outcome("seven.."));
        assert_eq!(past.output().0, b"seven..");
    }
}
