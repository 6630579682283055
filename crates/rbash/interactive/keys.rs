//! The keys of an Emacs-like line, for input that is no terminal: a script that feeds an interactive shell may move,
//! kill, search and recall as at a keyboard.
//!
//! What surprises: nothing is drawn here; and `Ctrl-O` accepts a line and names the one that comes next.

use bash_session::History;

/// What a key led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// The line goes on.
    More,
    /// The line is complete.
    Accepted,
    /// `Ctrl-D` on an empty line.
    End,
}

/// What the keys before mean for the next one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Prefix {
    #[default]
    None,
    /// `Esc`
    Meta,
    /// `Esc [` or `Esc O`
    Arrow,
    /// `Ctrl-V`
    Literal,
}

/// An incremental search.
#[derive(Debug)]
struct Search {
    text: Vec<u8>,
    /// Where the line came from when it began.
    origin: Origin,
}

#[derive(Clone, Debug)]
struct Origin {
    text: Vec<u8>,
    point: usize,
    number: Option<usize>,
}

/// A line that keys change.
#[derive(Debug, Default)]
pub struct Keys {
    text: Vec<u8>,
    point: usize,
    killed: Vec<u8>,
    /// The number of the entry that is shown; none is the new line.
    number: Option<usize>,
    /// The new line, while an entry is shown.
    unsent: Vec<u8>,
    /// The entry that the next line begins with.
    planned: Option<usize>,
    prefix: Prefix,
    search: Option<Search>,
}

impl Keys {
    /// A new line begins.
    pub fn begin(&mut self, history: &History) {
        self.text.clear();
        self.unsent.clear();
        (self.point, self.number, self.prefix, self.search) = (0, None, Prefix::None, None);
        if let Some(number) = self.planned.take() {
            self.show(history, number);
        }
    }

    /// The line as it stands.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// A key.
    pub fn press(&mut self, byte: u8, history: &History) -> Pressed {
        if self.search.is_some() {
            if self.press_in_search(byte, history) {
                return Pressed::More;
            }
            self.search = None;
        }
        match std::mem::take(&mut self.prefix) {
            Prefix::None => self.press_plain(byte, history),
            Prefix::Literal => self.insert(&[byte]),
            Prefix::Meta => self.press_meta(byte, history),
            Prefix::Arrow => self.press_arrow(byte, history),
        }
    }

    fn press_plain(&mut self, byte: u8, history: &History) -> Pressed {
        match byte {
            b'\n' | b'\r' => return Pressed::Accepted,
            0x01 => self.point = 0,
            0x02 => self.point = self.before(),
            0x04 if self.text.is_empty() => return Pressed::End,
            0x04 => drop(self.text.drain(self.point..self.after())),
            0x05 => self.point = self.text.len(),
            0x06 => self.point = self.after(),
            0x08 | 0x7f => self.erase(),
            0x0b => self.kill(self.point, self.text.len()),
            0x0e => self.newer(history),
            0x0f => {
                self.planned = self.number.map(|number| number + 1);
                return Pressed::Accepted;
            }
            0x10 => self.older(history),
            0x11 | 0x16 => self.prefix = Prefix::Literal,
            0x12 => self.begin_search(),
            0x14 => self.transpose(),
            0x15 => self.kill(0, self.point),
            0x17 => self.kill(self.word_start(|byte| !byte.is_ascii_whitespace()), self.point),
            0x19 => return self.insert(&self.killed.clone()),
            0x1b => self.prefix = Prefix::Meta,
            b'\t' | b' '.. => return self.insert(&[byte]),
            _ => {}
        }
        Pressed::More
    }

    fn press_meta(&mut self, byte: u8, history: &History) -> Pressed {
        match byte {
            b'[' | b'O' => self.prefix = Prefix::Arrow,
            b'b' => self.point = self.word_start(in_word),
            b'f' => self.point = self.word_end(),
            b'd' => self.kill(self.point, self.word_end()),
            0x08 | 0x7f => self.kill(self.word_start(in_word), self.point),
            b'<' => self.show(history, history.first_number()),
            b'>' => self.show(history, history.next_number()),
            _ => {}
        }
        Pressed::More
    }

    fn press_arrow(&mut self, byte: u8, history: &History) -> Pressed {
        match byte {
            b'A' => self.older(history),
            b'B' => self.newer(history),
            b'C' => self.point = self.after(),
            b'D' => self.point = self.before(),
            b'H' => self.point = 0,
            b'F' => self.point = self.text.len(),
            _ => {}
        }
        Pressed::More
    }

    fn insert(&mut self, bytes: &[u8]) -> Pressed {
        self.text.splice(self.point..self.point, bytes.iter().copied());
        self.point += bytes.len();
        Pressed::More
    }

    fn erase(&mut self) {
        let start = self.before();
        self.text.drain(start..self.point);
        self.point = start;
    }

    fn kill(&mut self, start: usize, end: usize) {
        if start < end {
            self.killed = self.text.drain(start..end).collect();
            self.point = start;
        }
    }

    /// Exchanges the characters around the point, at the end of the line those before it.
    fn transpose(&mut self) {
        let at = self.point.min(self.text.len().saturating_sub(1));
        if at > 0 && self.text[at - 1..=at].is_ascii() {
            self.text.swap(at - 1, at);
            self.point = at + 1;
        }
    }

    /// Where the character before the point begins.
    fn before(&self) -> usize {
        self.text[..self.point].iter().rposition(|byte| starts_character(*byte)).unwrap_or(0)
    }

    /// Where the character at the point ends.
    fn after(&self) -> usize {
        let rest = self.text.get(self.point + 1..).unwrap_or_default();
        let length = rest.iter().position(|byte| starts_character(*byte)).unwrap_or(rest.len());
        (self.point + 1 + length).min(self.text.len())
    }

    fn word_start(&self, belongs: fn(u8) -> bool) -> usize {
        let end = self.text[..self.point].iter().rposition(|byte| belongs(*byte)).map_or(0, |at| at + 1);
        self.text[..end].iter().rposition(|byte| !belongs(*byte)).map_or(0, |at| at + 1)
    }

    fn word_end(&self) -> usize {
        let rest = &self.text[self.point..];
        let gap = rest.iter().take_while(|byte| !in_word(**byte)).count();
        self.point + gap + rest[gap..].iter().take_while(|byte| in_word(**byte)).count()
    }

    fn older(&mut self, history: &History) {
        let shown = self.number.unwrap_or(history.next_number());
        if shown > history.first_number() {
            self.show(history, shown - 1);
        }
    }

    fn newer(&mut self, history: &History) {
        if let Some(shown) = self.number {
            self.show(history, shown + 1);
        }
    }

    /// Shows the entry with a number; the one after the last is the new line.
    fn show(&mut self, history: &History, number: usize) {
        if self.number.is_none() {
            self.unsent.clone_from(&self.text);
        }
        let position = number.checked_sub(history.first_number());
        match position.and_then(|at| history.entries().get(at)) {
            Some(entry) => (self.text, self.number) = (entry.text.to_vec(), Some(number)),
            None => (self.text, self.number) = (std::mem::take(&mut self.unsent), None),
        }
        self.point = self.text.len();
    }

    fn begin_search(&mut self) {
        let origin = Origin { text: self.text.clone(), point: self.point, number: self.number };
        self.search = Some(Search { text: vec![], origin });
    }

    /// A key during a search; whether it belonged to it.
    fn press_in_search(&mut self, byte: u8, history: &History) -> bool {
        let Some(mut search) = self.search.take() else { return false };
        let newest = self.number.unwrap_or(history.next_number());
        match byte {
            0x07 => {
                Origin { text: self.text, point: self.point, number: self.number } = search.origin;
                return true;
            }
            0x12 => self.find(history, &search.text, newest),
            0x08 | 0x7f => drop(search.text.pop()),
            b' '.. => {
                search.text.push(byte);
                self.find(history, &search.text, newest + 1);
            }
            _ => return false,
        }
        self.search = Some(search);
        true
    }

    /// Shows the newest entry below a number that holds a text.
    fn find(&mut self, history: &History, text: &[u8], below: usize) {
        let end = below.saturating_sub(history.first_number()).min(history.len());
        let at = |entry: &bash_session::HistoryEntry| {
            entry.text.windows(text.len().max(1)).rposition(|window| window == text)
        };
        let found = history.entries()[..end].iter().enumerate().rev();
        if let Some((position, point)) = found.filter_map(|(number, entry)| Some((number, at(entry)?))).next()
        {
            self.show(history, history.first_number() + position);
            self.point = point;
        }
    }
}

fn in_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

fn starts_character(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(lines: &[&str]) -> History {
        let mut history = History::default();
        for line in lines {
            history.add(line.as_bytes().into(), None);
        }
        history
    }

    /// The lines that keys make of a history.
    fn typed(keys: &[u8], lines: &[&str]) -> Vec<String> {
        let (history, mut editor, mut typed) = (history(lines), Keys::default(), vec![]);
        for key in keys {
            if editor.press(*key, &history) != Pressed::More {
                typed.push(String::from_utf8_lossy(editor.text()).into_owned());
                editor.begin(&history);
            }
        }
        typed
    }

    #[test]
    fn keys_move_and_kill() {
        assert_eq!(typed(b"bc\x01a\x05d\n", &[]), ["abcd"]);
        assert_eq!(typed(b"one two\x17three\x01\x0b\x19\x19\n", &[]), ["one threeone three"]);
        assert_eq!(typed("aä\x7fb\x02\x04\x14\n".as_bytes(), &[]), ["a"]);
        assert_eq!(typed(b"ab\x14\x16\x01\n", &[]), ["ba\x01"]);
        assert_eq!(typed(b"foo bar\x1bb\x1b\x7fx\n", &[]), ["xbar"]);
    }

    #[test]
    fn entries_are_recalled() {
        assert_eq!(typed(b"new\x10\x10\x0e\x0e!\n", &["a", "b"]), ["new!"]);
        assert_eq!(typed(b"\x1b[A\x1b[A\x1b[A\n", &["a", "b"]), ["a"]);
        assert_eq!(typed(b"\x1b<\x0f\x0f\n", &["a", "b"]), ["a", "b", ""]);
    }

    #[test]
    fn a_search_goes_back() {
        assert_eq!(typed(b"\x12b\n", &["ab", "b1", "c"]), ["b1"]);
        assert_eq!(typed(b"\x12b\x12\x0f\n", &["ab", "b1", "c"]), ["ab", "b1"]);
        assert_eq!(typed(b"x\x12b\x07\n", &["ab"]), ["x"]);
    }

    #[test]
    fn the_end_comes_on_an_empty_line() {
        assert_eq!(Keys::default().press(4, &history(&[])), Pressed::End);
    }
}
