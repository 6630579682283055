//! A copy of some source text with pieces of it replaced, which remembers where everything came from.

use super::lines::Lines;
use std::ops::Range;

/// Spliced text at the start of a larger source.
pub(crate) struct Spliced {
    text: String,
    lines: Lines,
    /// How much of the source has been copied.
    taken: usize,
    /// In order of their place, none within another.
    edits: Vec<Edit>,
    /// The text that aliases gave, inner ones after the outer ones they lie in.
    pub(crate) expansions: Vec<Expansion>,
    /// What Bash warns of while it reads this, with line numbers.
    pub(crate) warnings: Vec<(u32, Vec<u8>)>,
}

/// A piece of the copy that stands for another piece of the source.
struct Edit {
    range: Range<usize>,
    source_length: usize,
}

/// A piece of the copy that an alias gave.
pub(crate) struct Expansion {
    /// The alias.
    pub(crate) name: String,
    /// Where its text lies.
    pub(crate) range: Range<usize>,
}

impl Spliced {
    /// A copy of the first `length` bytes of `source`, whose first line is number `line`.
    pub(crate) fn new(source: &str, length: usize, line: u32) -> Spliced {
        let text = source[..length].to_owned();
        let lines = Lines::new(&text, line);
        Spliced { text, lines, taken: length, edits: vec![], expansions: vec![], warnings: vec![] }
    }

    /// The text with its pieces replaced.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Its line numbers, which are those of the source.
    pub(crate) fn lines(&self) -> &Lines {
        &self.lines
    }

    /// Copies at least as much again of the source, to the end of a line; whether there was more.
    pub(crate) fn extend(&mut self, source: &str) -> bool {
        let rest = &source[self.taken..];
        let wanted = self.taken.max(4096).min(rest.len());
        let end = rest.as_bytes()[wanted..].iter().position(|&byte| byte == b'\n').map(|at| wanted + at + 1);
        let more = &rest[..end.unwrap_or(rest.len())];
        self.lines.extend(self.text.len(), more);
        self.text.push_str(more);
        self.taken += more.len();
        !more.is_empty()
    }

    /// Puts `replacement` in the place of `range`.
    pub(crate) fn replace(&mut self, range: Range<usize>, replacement: &str) {
        self.text.replace_range(range.clone(), replacement);
        self.lines.splice(range.clone(), replacement.len());
        let grown = |at: usize| at + replacement.len() - range.len();
        let mut inside = false;
        for edit in &mut self.edits {
            if edit.range.start >= range.end && !edit.range.is_empty() || edit.range.start > range.start {
                edit.range = grown(edit.range.start)..grown(edit.range.end);
            } else if edit.range.end >= range.end && !edit.range.is_empty() {
                edit.range.end = grown(edit.range.end);
                inside = true;
            }
        }
        for expansion in &mut self.expansions {
            if expansion.range.start >= range.end {
                expansion.range = grown(expansion.range.start)..grown(expansion.range.end);
            } else if expansion.range.end >= range.end {
                expansion.range.end = grown(expansion.range.end);
            }
        }
        if !inside {
            let edit =
                Edit { range: range.start..range.start + replacement.len(), source_length: range.len() };
            let place = self.edits.partition_point(|other| other.range.start <= edit.range.start);
            self.edits.insert(place, edit);
        }
    }

    /// Puts the text of the alias `name` in the place of `range`. Its last word goes no further: in `foo>f` a `2` at
    /// its end is no descriptor.
    pub(crate) fn expand(&mut self, range: Range<usize>, name: String, value: &str) {
        let touches = self.text[range.end..].starts_with(['<', '>']);
        let in_quotes = ['\'', '"'].iter().any(|&quote| value.matches(quote).count() % 2 == 1);
        if touches && !in_quotes && value.ends_with(|c: char| c.is_ascii_digit() || c == '}') {
            self.replace(range.clone(), &format!("{value} "));
        } else {
            self.replace(range.clone(), value);
        }
        self.expansions.push(Expansion { name, range: range.start..range.start + value.len() });
    }

    /// How much of the source the first `offset` bytes of the copy stand for; `None` within an alias's text.
    pub(crate) fn source_length(&self, offset: usize) -> Option<usize> {
        let mut source = offset;
        for edit in self.edits.iter().take_while(|edit| {
            edit.range.start < offset || edit.range.is_empty() && edit.range.start <= offset
        }) {
            if edit.range.end > offset {
                return None;
            }
            source = source + edit.source_length - edit.range.len();
        }
        Some(source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_lead_back_to_the_source() {
        let source = "ll x \\\n y\nnext";
        let mut spliced = Spliced::new(source, 10, 7);
        spliced.replace(5..7, "");
        spliced.expand(0..2, "ll".into(), "ls -l");
        assert_eq!(spliced.text(), "ls -l x  y\n");
        assert_eq!(spliced.source_length(11), Some(10));
        assert_eq!(spliced.source_length(3), None);
        assert_eq!(spliced.lines().line(6), 7);
        assert_eq!(spliced.lines().line(9), 8);
    }

    #[test]
    fn an_alias_within_an_alias_belongs_to_the_outer_edit() {
        let mut spliced = Spliced::new("a b\n", 4, 1);
        spliced.expand(0..1, "a".into(), "b -x");
        spliced.expand(0..1, "b".into(), "echo");
        assert_eq!(spliced.text(), "echo -x b\n");
        assert_eq!(spliced.source_length(10), Some(4));
        assert_eq!(spliced.expansions[0].range, 0..7);
    }
}
