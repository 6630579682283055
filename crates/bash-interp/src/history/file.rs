//! The history file: a line for each line, and times as `#seconds` lines before their entries.
//!
//! What surprises: where times are in use, lines without one belong to the entry before.

use super::WriteMode;
use crate::Shell;
use bash_host::{FileKind, OpenHow};
use bash_session::{History, HistoryEntry, Text};
use std::io;

impl Shell {
    /// Adds the entries of a file but for its first `known` lines.
    pub fn read_history(&mut self, file: &[u8], known: usize) -> io::Result<()> {
        let text = self.host.read_file(&self.session.directory.handle, file)?;
        let now = self.host.now().as_secs() as i64;
        read_entries(&mut self.session.history, &text, known, now);
        Ok(())
    }

    /// Writes entries to a file: those that are new at its end, or all in its place.
    pub fn write_history(&mut self, file: &[u8], mode: WriteMode) -> io::Result<()> {
        let history = &self.session.history;
        let entries = match mode {
            WriteMode::Append => {
                let new = usize::try_from(history.new_entries).unwrap_or(0).min(history.len());
                &history.entries()[history.len() - new..]
            }
            WriteMode::Replace => history.entries(),
        };
        let (text, count) = (printed(entries, history.writes_times), entries.len());
        let append = mode == WriteMode::Append;
        let how = OpenHow {
            write: true,
            append,
            truncate: !append,
            create: true,
            mode: 0o600,
            ..OpenHow::default()
        };
        let opened = self.open_path(file, how)?;
        opened.write_all(&text)?;
        let lines = &mut self.session.history.file_lines;
        *lines = if append { *lines + count } else { count };
        Ok(())
    }

    /// Keeps the newest `limit` lines of a file.
    pub(crate) fn truncate_history_file(&mut self, file: &Text, limit: usize) {
        if !self.metadata(file).is_ok_and(|metadata| metadata.kind == FileKind::Regular) {
            return;
        }
        let Ok(text) = self.host.read_file(&self.session.directory.handle, file) else { return };
        let start = kept_from(&text, limit);
        if start > 0
            && let Ok(opened) =
                self.open_path(file, OpenHow { write: true, truncate: true, ..OpenHow::default() })
        {
            let _ = opened.write_all(&text[start..]);
        }
    }
}

/// Puts the lines of `text` but for the first `known` into the history. What has no time of its own was made `now`, if times are
/// of interest.
fn read_entries(history: &mut History, text: &[u8], known: usize, now: i64) {
    let has_times = timestamp(text).is_some();
    history.reads_multiline |= has_times && history.writes_times;
    let now = (has_times || history.keeps_times).then_some(now);
    let mut time = None;
    history.file_lines = 0;
    // What no newline ends is no line.
    for line in text.split_inclusive(|byte| *byte == b'\n').filter_map(|line| line.strip_suffix(b"\n")) {
        if let Some(seconds) = timestamp(line) {
            time = Some(seconds);
            continue;
        }
        history.file_lines += 1;
        let goes_on = history.reads_multiline && time.is_none();
        if history.file_lines <= known || line.is_empty() && !goes_on {
            continue;
        }
        if !(goes_on && history.extend_last(line)) {
            history.add(Text::new(line), time.take().or(now));
        }
    }
}

/// The time that a line tells.
fn timestamp(line: &[u8]) -> Option<i64> {
    let digits = line.strip_prefix(b"#")?;
    let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if length == 0 {
        return None;
    }
    std::str::from_utf8(&digits[..length]).ok()?.parse().ok()
}

fn printed(entries: &[HistoryEntry], timed: bool) -> Vec<u8> {
    let mut text = vec![];
    for entry in entries {
        if let Some(time) = entry.time.filter(|_| timed) {
            text.extend_from_slice(format!("#{time}\n").as_bytes());
        }
        text.extend_from_slice(&entry.text);
        text.push(b'\n');
    }
    text
}

/// Where the newest `limit` lines begin, each with its time.
fn kept_from(text: &[u8], limit: usize) -> usize {
    if limit == 0 {
        return text.len();
    }
    let starts = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    let starts: Vec<usize> = std::iter::once(0).chain(starts).filter(|at| *at < text.len()).collect();
    let mut lines = 0;
    for (number, &start) in starts.iter().enumerate().rev() {
        lines += usize::from(timestamp(&text[start..]).is_none());
        if lines == limit {
            let before = number.checked_sub(1).map(|number| starts[number]);
            return before.filter(|before| timestamp(&text[*before..]).is_some()).unwrap_or(start);
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(text: &str, known: usize, writes_times: bool) -> Vec<(String, Option<i64>)> {
        let mut history = History::default();
        history.writes_times = writes_times;
        read_entries(&mut history, text.as_bytes(), known, 9);
        let shown = |entry: &HistoryEntry| (String::from_utf8_lossy(&entry.text).into_owned(), entry.time);
        history.entries().iter().map(shown).collect()
    }

    #[test]
    fn times_belong_to_the_line_below() {
        assert_eq!(entries("#5\na\nb\n", 0, false), [("a".into(), Some(5)), ("b".into(), Some(9))]);
        assert_eq!(entries("#5\n\na\nb\n\nc\n", 0, true), [("a\nb\n\nc".into(), Some(5))]);
        assert_eq!(entries("#5\na\n\n#6\nb\n", 0, true), [("a\n".into(), Some(5)), ("b".into(), Some(6))]);
    }

    #[test]
    fn known_lines_are_skipped() {
        assert_eq!(entries("a\nb\nc\n", 2, false), [("c".into(), None)]);
        assert_eq!(entries("a\nb", 0, false), [("a".into(), None)]);
    }

    #[test]
    fn the_newest_lines_are_kept() {
        assert_eq!(kept_from(b"a\nb\nc\n", 2), 2);
        assert_eq!(kept_from(b"a\nb\n", 3), 0);
        assert_eq!(kept_from(b"#1\na\n#2\nb\n", 1), 5);
        assert_eq!(kept_from(b"a\n", 0), 2);
    }
}
