//! The history: command lines and when they were given.

use crate::Text;
use std::sync::Arc;

/// One command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// The line or lines.
    pub text: Text,
    /// Seconds since 1970, where known.
    pub time: Option<i64>,
}

/// The command lines kept in memory, oldest first. A copy is cheap until it is changed.
#[derive(Clone, Debug, Default)]
pub struct History {
    entries: Arc<Vec<HistoryEntry>>,
    /// How many were dropped at the old end: numbers go on.
    dropped: usize,
    /// How many of the newest were added in this session, and not yet written to the file.
    unwritten: usize,
}

impl History {
    /// All entries, oldest first.
    pub fn entries(&self) -> &[HistoryEntry] {
        &self.entries
    }

    /// The number of the oldest entry.
    pub fn first_number(&self) -> usize {
        self.dropped + 1
    }

    /// The number that the next entry will have.
    pub fn next_number(&self) -> usize {
        self.dropped + self.entries.len() + 1
    }

    /// Adds an entry of this session.
    pub fn add(&mut self, text: Text, time: Option<i64>) {
        Arc::make_mut(&mut self.entries).push(HistoryEntry { text, time });
        self.unwritten += 1;
    }

    /// Adds an entry that came from the file.
    pub fn add_read(&mut self, text: Text, time: Option<i64>) {
        Arc::make_mut(&mut self.entries).push(HistoryEntry { text, time });
    }

    /// Removes the entry at a position.
    pub fn remove(&mut self, at: usize) {
        if at < self.entries.len() {
            Arc::make_mut(&mut self.entries).remove(at);
            self.unwritten = self.unwritten.min(self.entries.len());
        }
    }

    /// Removes all entries.
    pub fn clear(&mut self) {
        *self = History::default();
    }

    /// Keeps the newest `limit` entries.
    pub fn limit(&mut self, limit: usize) {
        let surplus = self.entries.len().saturating_sub(limit);
        if surplus > 0 {
            Arc::make_mut(&mut self.entries).drain(..surplus);
            self.dropped += surplus;
            self.unwritten = self.unwritten.min(limit);
        }
    }

    /// How many entries of this session the file does not have.
    pub fn unwritten(&self) -> usize {
        self.unwritten
    }

    /// The file has them all.
    pub fn all_written(&mut self) {
        self.unwritten = 0;
    }
}
