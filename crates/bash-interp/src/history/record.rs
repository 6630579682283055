//! Lines as they are read: expanded, and put into the history.

use super::expand::{Expanded, may_expand};
use crate::Shell;
use crate::expand::pathname::ignore_patterns;
use crate::pattern::{ExtendedGlob, Pattern, PatternOptions, push_quoted};
use bash_session::{RecordedCommand, Shopt, Text, names};

/// How the comment of a line concerns the history.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Comment {
    None,
    /// Behind a command.
    Trailing,
    /// All of the line.
    Whole,
}

impl Shell {
    /// A new command is going to be read.
    pub fn begin_recording(&mut self) {
        let command = &mut self.session.history.command;
        command.lines = 0;
        self.reading.unfinished.begin();
    }

    /// A line was read, the one with this number: expands its history references and records it. The line that takes
    /// its place; there is none, and the line does not count, if the expansion failed or was only to be shown.
    pub fn enter_line(&mut self, line: &[u8], number: u32) -> Vec<u8> {
        let (text, newline) = match line.strip_suffix(b"\n") {
            Some(text) => (text, &b"\n"[..]),
            None => (line, &b""[..]),
        };
        self.session.history.command.lines += 1;
        if self.reading.unfinished.in_document() {
            self.record(line);
            self.reading.unfinished.read(text);
            return line.to_vec();
        }
        if text.is_empty() {
            self.record_empty_line();
            self.reading.unfinished.read(text);
            return line.to_vec();
        }
        let Some(text) = self.expanded_line(text, number) else {
            self.session.history.command.lines -= 1;
            return vec![];
        };
        if !text.is_empty() {
            self.record(&text);
        }
        for line in text.split(|byte| *byte == b'\n') {
            self.reading.unfinished.read(line);
        }
        [&text, newline].concat()
    }

    /// A line after history expansion, which is shown. `None`: it is not to be run.
    fn expanded_line(&mut self, line: &[u8], number: u32) -> Option<Vec<u8>> {
        if !self.expands_history() || !may_expand(line, self.history_characters()) {
            return Some(line.to_vec());
        }
        let command = self.session.history.command;
        let in_entry = command.lines > 1 && command.first_line_saved && self.shopt(Shopt::CmdHist);
        let visible = self.session.history.len().saturating_sub(usize::from(in_entry));
        match self.expand_history_within(line, visible) {
            Ok(Expanded::Unchanged) => Some(line.to_vec()),
            Ok(Expanded::Changed(line)) => {
                self.write_error(&[&line[..], b"\n"].concat());
                Some(line)
            }
            Ok(Expanded::PrintOnly(line)) => {
                self.write_error(&[&line[..], b"\n"].concat());
                if !line.is_empty() {
                    self.record(&line);
                }
                None
            }
            Err(message) => {
                self.session.line = number;
                self.error(message);
                None
            }
        }
    }

    /// An empty line within a command leaves a trace where a semicolon or a newline is needed.
    fn record_empty_line(&mut self) {
        if self.session.history.command.lines < 2 {
            return;
        }
        let unfinished = &self.reading.unfinished;
        if unfinished.quote().is_some() || unfinished.is_quoted() || unfinished.joint(b"").starts_with(b";") {
            self.record(b"");
        }
    }

    /// Puts a line into the history, as `HISTCONTROL` and `HISTIGNORE` say of the first line of a command.
    pub fn record(&mut self, line: &[u8]) {
        self.session.history.command.added = false;
        let comment = self.comment_of(line);
        let RecordedCommand { lines, first_line_saved, .. } = self.session.history.command;
        let commented = (comment != Comment::None).then_some(lines);
        if lines > 1 {
            let is_literal = self.reading.unfinished.in_document()
                || self.reading.unfinished.is_quoted()
                || self.shopt(Shopt::LitHist);
            if first_line_saved && (is_literal || comment != Comment::Whole) {
                self.add_line(line);
            }
            self.session.history.command.comment_line = commented;
            return;
        }
        self.session.history.command.comment_line = commented;
        let saved = self.is_wanted(line);
        if saved {
            self.add_line(line);
        }
        self.session.history.command.first_line_saved = saved;
    }

    /// Adds a text as an entry of its own if `HISTCONTROL` and `HISTIGNORE` let it pass.
    pub fn add_history_text(&mut self, text: &[u8]) {
        if self.is_wanted(text) {
            self.add_entry(text);
        }
    }

    /// Takes the newest entry away; whether there was one.
    pub fn forget_last_history_entry(&mut self) -> bool {
        self.session.history.remove_last()
    }

    fn add_entry(&mut self, text: &[u8]) {
        let time = self.host.now().as_secs() as i64;
        let history = &mut self.session.history;
        history.command.added = true;
        history.command.replaced = false;
        let time = history.keeps_times.then_some(time);
        history.add(Text::new(text), time);
        history.new_entries += 1;
    }

    /// Adds a line: to the entry of its command, or as a new one.
    fn add_line(&mut self, line: &[u8]) {
        let RecordedCommand { lines, comment_line, .. } = self.session.history.command;
        if lines < 2 || !self.shopt(Shopt::CmdHist) {
            return self.add_entry(line);
        }
        let Some(last) = self.session.history.entries().last() else { return self.add_entry(line) };
        let unfinished = &self.reading.unfinished;
        let mut entry = last.text.to_vec();
        let mut joint = if unfinished.in_document() {
            if entry.ends_with(b"\n") { b"" } else { &b"\n"[..] }
        } else if comment_line == Some(lines - 1) || self.shopt(Shopt::LitHist) {
            b"\n"
        } else {
            unfinished.joint(line)
        };
        if !unfinished.is_quoted() && entry.ends_with(b"\\") && !entry.ends_with(b"\\\\") {
            entry.pop();
            joint = b"";
        }
        if !unfinished.is_quoted() && entry.ends_with(b"\n") && joint.starts_with(b";") {
            joint = &joint[1..];
        }
        entry.extend_from_slice(joint);
        entry.extend_from_slice(line);
        self.session.history.replace_last(entry.into());
    }

    fn comment_of(&self, line: &[u8]) -> Comment {
        let unfinished = &self.reading.unfinished;
        if unfinished.is_quoted() || unfinished.in_document() {
            return Comment::None;
        }
        let start = line.trim_ascii_start();
        if start.starts_with(b"#") {
            return Comment::Whole;
        }
        if has_trailing_comment(start) { Comment::Trailing } else { Comment::None }
    }

    /// What `HISTCONTROL` and `HISTIGNORE` say of a line.
    fn is_wanted(&mut self, line: &[u8]) -> bool {
        let control = self.plain_text(*names::HISTCONTROL).unwrap_or_default();
        let has = |word: &[u8]| control.split(|byte| *byte == b':').any(|part| part == word);
        let both = has(b"ignoreboth");
        let last = self.session.history.entries().last().map(|entry| entry.text.clone());
        let repeated = last.as_ref().is_some_and(|last| last[..] == *line);
        if (both || has(b"ignorespace")) && matches!(line, [b' ' | b'\t', ..])
            || (both || has(b"ignoredups")) && repeated
            || self.is_ignored(line, last.as_deref())
        {
            return false;
        }
        if has(b"erasedups") {
            self.session.history.remove_text(line);
        }
        true
    }

    fn is_ignored(&self, line: &[u8], last: Option<&[u8]>) -> bool {
        let Some(list) = self.plain_text(*names::HISTIGNORE) else { return false };
        let options = PatternOptions {
            extended_glob: if self.shopt(Shopt::ExtGlob) { ExtendedGlob::On } else { ExtendedGlob::Off },
            charset: self.session.charset,
            ..PatternOptions::default()
        };
        ignore_patterns(&list)
            .into_iter()
            .map(|pattern| with_last_line(pattern, last.unwrap_or_default()))
            .any(|pattern| Pattern::compile(&pattern, options).matches(line))
    }
}

/// In `HISTIGNORE`, `&` stands for the line before, unless it is quoted.
fn with_last_line(pattern: &[u8], last: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(pattern.len());
    let mut bytes = pattern.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'&' => push_quoted(&mut text, last, bash_parser::quote::Charset::Utf8),
            b'\\' => {
                text.push(byte);
                text.extend(bytes.next());
            }
            byte => text.push(byte),
        }
    }
    text
}

/// Whether there may be a comment: Bash does not look for the start of a word.
fn has_trailing_comment(line: &[u8]) -> bool {
    let (mut at, mut quote) = (0, None);
    while at < line.len() {
        match (line[at], quote) {
            (b'\\', Some(b'"') | None) => at += 1,
            (b'#', None) => return true,
            (byte @ (b'\'' | b'"' | b'`'), None) => quote = Some(byte),
            (byte, Some(open)) if byte == open => quote = None,
            _ => {}
        }
        at += 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_without_quotes_may_begin_a_comment() {
        assert!(has_trailing_comment(b"a # b") && has_trailing_comment(b"a#b"));
        assert!(!has_trailing_comment(b"'a # b' \\#"));
    }

    #[test]
    fn an_ampersand_is_the_line_before() {
        assert_eq!(with_last_line(b"&", b"a*"), b"a\\*");
        assert_eq!(with_last_line(b"\\&", b"a"), b"\\&");
    }
}
