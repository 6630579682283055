//! The history at work: lines are expanded and recorded as they are read, and the file is kept.
//!
//! What surprises: it is the lines that are recorded, before anybody knows what commands they make up; `cmdhist` puts
//! them together again.

mod expand;
mod file;
mod inhibit;
mod modify;
mod record;
mod unfinished;
mod words;

pub use expand::{Characters, Context, Expanded, Memory};

use crate::Shell;
use bash_parser::Name;
use bash_session::{SetOption, Shopt, names};
use unfinished::Unfinished;

/// What reading with a history needs beyond the history itself.
#[derive(Default)]
pub struct Reading {
    unfinished: Unfinished,
    memory: Memory,
}

/// What becomes of a history file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteMode {
    /// The entries are added at its end.
    Append,
    /// They take its place.
    Replace,
}

impl Shell {
    /// Expands the history references of a text; an error is its message.
    pub fn expand_history(&mut self, line: &[u8]) -> Result<Expanded, Vec<u8>> {
        let length = self.session.history.len();
        self.expand_history_within(line, length)
    }

    /// The same, seeing the oldest `visible` entries alone.
    fn expand_history_within(&mut self, line: &[u8], visible: usize) -> Result<Expanded, Vec<u8>> {
        let context = Context {
            entries: &self.session.history.entries()[..visible],
            first_number: self.session.history.first_number(),
            characters: self.history_characters(),
            open_quote: self.reading.unfinished.quote(),
            rules: inhibit::Rules { posix: self.is_posix(), extended_glob: self.shopt(Shopt::ExtGlob) },
        };
        expand::expand(line, &context, &mut self.reading.memory)
    }

    fn history_characters(&self) -> Characters {
        Characters::of(self.plain_text(*names::histchars).as_deref())
    }

    /// `set -o history` or `set +o history`. The first time, the file is read.
    pub(crate) fn follow_history(&mut self, on: bool) {
        self.session.history.is_recording = on;
        if on && self.session.history.new_entries == 0 {
            self.load_history();
        }
    }

    /// `HISTSIZE`, `HISTFILESIZE` and the file, as far as they are set.
    pub fn load_history(&mut self) {
        self.set_if_unset(*names::HISTSIZE, b"500");
        self.after_history_size();
        let size = self.plain_text(*names::HISTSIZE).unwrap_or_default();
        self.set_if_unset(*names::HISTFILESIZE, &size);
        self.after_history_file_size();
        if let Some(file) = self.history_file()
            && self.metadata(&file).is_ok()
        {
            let _ = self.read_history(&file, 0);
        }
    }

    /// The effect of `HISTTIMEFORMAT`. That of an environment counts only in an interactive shell.
    pub fn after_history_time_format(&mut self) {
        let is_set = self.session.variables.get(*names::HISTTIMEFORMAT).is_some_and(|cell| cell.is_set());
        self.session.history.writes_times = is_set;
        self.session.history.keeps_times |= is_set;
    }

    /// The effect of `histchars` beyond history expansion: with a third character, which begins comments and times,
    /// entries keep their times; without the variable too.
    pub(crate) fn after_history_characters(&mut self) {
        let characters = self.plain_text(*names::histchars);
        self.session.history.keeps_times |= characters.is_none_or(|characters| characters.len() > 2);
    }

    fn set_if_unset(&mut self, name: Name, value: &[u8]) {
        if self.session.variables.get(name).is_none_or(|cell| !cell.is_set()) {
            self.session.variables.set(name, value.to_vec());
        }
    }

    /// The effect of `HISTSIZE`.
    pub(crate) fn after_history_size(&mut self) {
        let text = self.plain_text(*names::HISTSIZE).unwrap_or_default();
        if text.is_empty() {
            self.session.history.set_limit(None);
        } else if let Some(number) = crate::number::legal_number(&text) {
            self.session.history.set_limit(usize::try_from(number).ok());
        }
    }

    /// The effect of `HISTFILESIZE`: the file is cut.
    pub(crate) fn after_history_file_size(&mut self) {
        let size = self.plain_text(*names::HISTFILESIZE).unwrap_or_default();
        let limit = crate::number::legal_number(&size).and_then(|number| usize::try_from(number).ok());
        if let (Some(limit), Some(file)) = (limit, self.history_file()) {
            self.truncate_history_file(&file, limit);
            let history = &mut self.session.history;
            history.file_lines = history.file_lines.min(limit);
        }
    }

    /// `HISTFILE`, if it names a file.
    pub fn history_file(&self) -> Option<bash_session::Text> {
        self.plain_text(*names::HISTFILE).filter(|file| !file.is_empty())
    }

    /// At the end of the shell: what is new goes to the file.
    pub fn save_history(&mut self) {
        let new = self.session.history.new_entries;
        if !self.session.history.is_recording || new <= 0 || self.session.subshell_depth > 0 {
            return;
        }
        let Some(file) = self.history_file() else { return };
        let appends = new as usize <= self.session.history.len() || self.shopt(Shopt::HistAppend);
        let mode = if appends { WriteMode::Append } else { WriteMode::Replace };
        let _ = self.write_history(&file, mode);
        self.session.history.new_entries = 0;
        self.after_history_file_size();
    }

    /// Whether `!` is expanded in the lines that are read.
    fn expands_history(&self) -> bool {
        self.option(SetOption::HistExpand)
    }
}
