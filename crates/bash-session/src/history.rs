//! The history: command lines and when they were given.

use crate::Text;
use crate::snapshot::stored::{Input, Read, Stored, stored_fields};
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
    /// How many are kept at most.
    limit: Option<usize>,
    /// How many were added since the file was last written, less those deleted.
    pub new_entries: i64,
    /// How many lines of the file are known.
    pub file_lines: usize,
    /// Lines that are read are put into the history: `set -o history` is on, and no builtin runs a text.
    pub is_recording: bool,
    /// Entries keep the time at which they were made: so in an interactive shell, and once `HISTTIMEFORMAT` was set.
    pub keeps_times: bool,
    /// Times are written to files: `HISTTIMEFORMAT` is set.
    pub writes_times: bool,
    /// Lines of a file without a time go on the entry before: a file with times was read while `writes_times`.
    pub reads_multiline: bool,
    /// What became of the command being read or run.
    pub command: RecordedCommand,
}

/// The command line being read or run, as the history sees it.
#[derive(Clone, Copy, Debug, Default)]
pub struct RecordedCommand {
    /// How many lines of it were read.
    pub lines: u32,
    /// Its first line was saved, so the others are.
    pub first_line_saved: bool,
    /// The last of its lines that ended in a comment.
    pub comment_line: Option<u32>,
    /// Its last line made an entry of its own.
    pub added: bool,
    /// `history -s` has put something in its place.
    pub replaced: bool,
}

impl History {
    /// All entries, oldest first.
    pub fn entries(&self) -> &[HistoryEntry] {
        &self.entries
    }

    /// The bytes that they take.
    pub(crate) fn own_bytes(&self) -> usize {
        let bytes = |entry: &HistoryEntry| size_of::<HistoryEntry>() + entry.text.own_bytes();
        self.entries.iter().map(bytes).sum()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The number of the oldest entry.
    pub fn first_number(&self) -> usize {
        self.dropped + 1
    }

    /// The number that the next entry will have.
    pub fn next_number(&self) -> usize {
        self.dropped + self.entries.len() + 1
    }

    /// Adds an entry; the oldest one goes if there are too many.
    pub fn add(&mut self, text: Text, time: Option<i64>) {
        if self.limit == Some(0) {
            return;
        }
        Arc::make_mut(&mut self.entries).push(HistoryEntry { text, time });
        self.apply_limit();
    }

    /// Puts a line under those of the newest entry; whether there was one.
    pub fn extend_last(&mut self, line: &[u8]) -> bool {
        let Some(last) = Arc::make_mut(&mut self.entries).last_mut() else { return false };
        last.text = Text::from([&last.text[..], b"\n", line].concat());
        true
    }

    /// Puts another text into the newest entry.
    pub fn replace_last(&mut self, text: Text) {
        if let Some(last) = Arc::make_mut(&mut self.entries).last_mut() {
            last.text = text;
        }
    }

    /// Removes the entry at a position.
    pub fn remove(&mut self, at: usize) {
        if at < self.entries.len() {
            Arc::make_mut(&mut self.entries).remove(at);
        }
    }

    /// Removes all entries that have this text.
    pub fn remove_text(&mut self, text: &[u8]) {
        if self.entries.iter().any(|entry| entry.text[..] == *text) {
            Arc::make_mut(&mut self.entries).retain(|entry| entry.text[..] != *text);
        }
    }

    /// Removes the newest entry; whether there was one.
    pub fn remove_last(&mut self) -> bool {
        let removed = !self.is_empty() && Arc::make_mut(&mut self.entries).pop().is_some();
        self.new_entries -= i64::from(removed);
        removed
    }

    /// Removes all entries.
    pub fn clear(&mut self) {
        self.entries = Arc::default();
        self.dropped = 0;
        self.new_entries = 0;
        self.command.added = false;
    }

    /// Keeps the newest `limit` entries from now on, or all.
    pub fn set_limit(&mut self, limit: Option<usize>) {
        self.limit = limit;
        self.apply_limit();
        if limit.is_some() {
            self.new_entries = self.new_entries.min(self.len() as i64);
        }
    }

    /// Whether a shell could have counted so far.
    fn is_possible(&self) -> bool {
        const MOST: i64 = 1 << 48;
        let counts = [self.dropped, self.file_lines].map(|count| i64::try_from(count).unwrap_or(i64::MAX));
        counts.into_iter().chain([self.new_entries.saturating_abs()]).all(|count| count < MOST)
    }

    fn apply_limit(&mut self) {
        let surplus = self.limit.map_or(0, |limit| self.entries.len().saturating_sub(limit));
        if surplus > 0 {
            Arc::make_mut(&mut self.entries).drain(..surplus);
            self.dropped += surplus;
        }
    }
}

stored_fields!(HistoryEntry { text, time });

stored_fields!(History {
    entries,
    dropped,
    limit,
    new_entries,
    file_lines,
    is_recording,
    keeps_times,
    writes_times,
    reads_multiline,
    command,
} if History::is_possible);

/// It says something of the command line that is being run, and a snapshot is taken between two.
impl Stored for RecordedCommand {
    fn write(&self, _: &mut Vec<u8>) {}

    fn read(_: &mut Input<'_>) -> Read<RecordedCommand> {
        Ok(RecordedCommand::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(history: &History) -> Vec<&[u8]> {
        history.entries().iter().map(|entry| &entry.text[..]).collect()
    }

    #[test]
    fn numbers_go_on_when_old_entries_are_dropped() {
        let mut history = History::default();
        history.set_limit(Some(2));
        for text in ["a", "b", "c"] {
            history.add(text.into(), None);
        }
        assert_eq!(texts(&history), [b"b", b"c"]);
        assert_eq!((history.first_number(), history.next_number()), (2, 4));
    }

    #[test]
    fn a_limit_of_nothing_keeps_nothing() {
        let mut history = History::default();
        history.set_limit(Some(0));
        history.add("a".into(), None);
        assert!(history.is_empty());
        assert_eq!(history.next_number(), 1);
    }

    #[test]
    fn entries_are_removed_by_position_and_by_text() {
        let mut history = History::default();
        for text in ["a", "b", "a", "c"] {
            history.add(text.into(), None);
        }
        history.remove_text(b"a");
        history.remove(0);
        assert_eq!(texts(&history), [b"c"]);
        assert!(history.remove_last() && !history.remove_last());
    }
}
