//! The history file: a line for each line, and times as `#seconds` lines before their entries.
//!
//! What surprises: once times are in the file, lines without one belong to the entry before.

use super::WriteMode;
use crate::Shell;
use bash_host::{FileKind, OpenHow};
use bash_session::{HistoryEntry, Text, names};
use std::io;

impl Shell {
    /// Adds the entries of a file but for its first `known` lines.
    pub fn read_history(&mut self, file: &[u8], known: usize) -> io::Result<()> {
        let text = self.host.read_file(&self.session.directory.handle, file)?;
        let timed = self.session.variables.get(*names::HISTTIMEFORMAT).is_some_and(|cell| cell.is_set());
        let parsed = parse(&text, known, timed && timestamp(&text).is_some());
        for entry in parsed.entries {
            self.session.history.add(entry.text, entry.time);
        }
        self.session.history.file_lines = parsed.lines;
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
        let timed = self.session.variables.get(*names::HISTTIMEFORMAT).is_some_and(|cell| cell.is_set());
        let (text, count) = (printed(entries, timed), entries.len());
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

struct FileContent {
    entries: Vec<HistoryEntry>,
    /// How many lines the file has, times not counted.
    lines: usize,
}

fn parse(text: &[u8], known: usize, timed: bool) -> FileContent {
    let mut content = FileContent { entries: vec![], lines: 0 };
    let mut time = None;
    let mut blank_lines = 0;
    for line in text.strip_suffix(b"\n").unwrap_or(text).split(|byte| *byte == b'\n') {
        if let Some(seconds) = timestamp(line) {
            (time, blank_lines) = (Some(seconds), 0);
            continue;
        }
        content.lines += 1;
        if content.lines <= known || line.is_empty() && (!timed || time.is_some()) {
            continue;
        }
        match content.entries.last_mut() {
            Some(_) if timed && time.is_none() && line.is_empty() => blank_lines += 1,
            Some(last) if timed && time.is_none() => {
                let gap = vec![b'\n'; std::mem::take(&mut blank_lines) + 1];
                last.text = Text::from([&last.text[..], &gap, line].concat());
            }
            _ => content.entries.push(HistoryEntry { text: Text::new(line), time: time.take() }),
        }
    }
    if text.is_empty() {
        content.lines = 0;
    }
    content
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

    fn entries(text: &str, known: usize, timed: bool) -> Vec<(String, Option<i64>)> {
        let shown = |entry: HistoryEntry| (String::from_utf8_lossy(&entry.text).into_owned(), entry.time);
        parse(text.as_bytes(), known, timed).entries.into_iter().map(shown).collect()
    }

    #[test]
    fn times_belong_to_the_line_below() {
        assert_eq!(entries("#5\na\nb\n", 0, false), [("a".into(), Some(5)), ("b".into(), None)]);
        assert_eq!(entries("#5\na\nb\n\nc\n", 0, true), [("a\nb\n\nc".into(), Some(5))]);
    }

    #[test]
    fn known_lines_are_skipped() {
        assert_eq!(entries("a\nb\nc\n", 2, false), [("c".into(), None)]);
        assert_eq!(parse(b"#1\na\n#2\nb\n", 0, true).lines, 2);
        assert_eq!(parse(b"", 0, false).lines, 0);
    }

    #[test]
    fn the_newest_lines_are_kept() {
        assert_eq!(kept_from(b"a\nb\nc\n", 2), 2);
        assert_eq!(kept_from(b"a\nb\n", 3), 0);
        assert_eq!(kept_from(b"#1\na\n#2\nb\n", 1), 5);
        assert_eq!(kept_from(b"a\n", 0), 2);
    }
}
