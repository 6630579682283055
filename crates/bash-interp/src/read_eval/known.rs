//! Texts that `eval`, `source`, a trap or an embedding program runs again and again: the second time the trees are kept,
//! from then on nothing is parsed.
//!
//! A text is known by its bytes and the number of its first line. What was read under other options is not used: the rest
//! of the text is then read anew.

use bash_parser::Dialect;
use bash_parser::ast::List;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// The places of texts, in rows: a text has its place in the row that its hash chooses.
const ROWS: usize = 32;
/// The length of a row.
const ROW: usize = 4;
/// Longer texts are not kept.
const LONGEST: usize = 16 * 1024;

/// The texts that were run lately.
#[derive(Default)]
pub(crate) struct KnownTexts {
    places: Vec<Place>,
    /// Which place of a row that is full of trees is given up next.
    victim: usize,
}

#[derive(Clone, Default)]
enum Place {
    #[default]
    Empty,
    /// A text with this hash was run once.
    Seen(u64),
    Known(Arc<KnownText>),
}

/// What is known of a text.
pub(crate) enum Sight {
    /// Nothing that is worth while.
    New,
    /// It was run before.
    Again,
    /// Its trees.
    Known(Arc<KnownText>),
}

/// A text with its trees.
pub(crate) struct KnownText {
    pub(crate) text: Box<[u8]>,
    pub(crate) line: u32,
    /// The options under which it was read.
    pub(crate) dialect: Dialect,
    pub(crate) units: Vec<KnownUnit>,
}

/// A command line of a known text.
pub(crate) struct KnownUnit {
    pub(crate) list: List,
    /// The line on which its reading ended.
    pub(crate) last_line: u32,
    /// Where the next one begins: how many bytes are left of the text, and the line.
    pub(crate) rest: usize,
    pub(crate) next_line: u32,
}

impl KnownTexts {
    /// What is known of a text. The next time it will have been seen.
    pub(crate) fn look_up(&mut self, text: &[u8], line: u32) -> Sight {
        if text.len() > LONGEST {
            return Sight::New;
        }
        let hash = hash(text, line);
        for place in self.row(hash) {
            match place {
                Place::Known(known) if known.line == line && *known.text == *text => {
                    return Sight::Known(Arc::clone(known));
                }
                Place::Seen(seen) if *seen == hash => return Sight::Again,
                _ => {}
            }
        }
        *self.place_for(hash) = Place::Seen(hash);
        Sight::New
    }

    /// Keeps a text that was read to its end.
    pub(crate) fn keep(&mut self, known: KnownText) {
        let hash = hash(&known.text, known.line);
        *self.place_for(hash) = Place::Known(Arc::new(known));
    }

    fn row(&mut self, hash: u64) -> &mut [Place] {
        if self.places.is_empty() {
            self.places.resize(ROWS * ROW, Place::Empty);
        }
        let start = hash as usize % ROWS * ROW;
        &mut self.places[start..start + ROW]
    }

    /// Where to put a text: where it was seen, where nothing is, where another was only seen, or in place of another.
    fn place_for(&mut self, hash: u64) -> &mut Place {
        self.victim = (self.victim + 1) % ROW;
        let victim = self.victim;
        let row = self.row(hash);
        let at = row
            .iter()
            .position(|place| matches!(place, Place::Seen(seen) if *seen == hash))
            .or_else(|| row.iter().position(|place| matches!(place, Place::Empty)))
            .or_else(|| row.iter().position(|place| matches!(place, Place::Seen(_))));
        &mut row[at.unwrap_or(victim)]
    }
}

fn hash(text: &[u8], line: u32) -> u64 {
    let mut hasher = DefaultHasher::new();
    (text, line).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(text: &[u8], line: u32) -> KnownText {
        KnownText { text: text.into(), line, dialect: Dialect::default(), units: vec![] }
    }

    #[test]
    fn a_text_is_new_then_seen_then_known() {
        let mut texts = KnownTexts::default();
        assert!(matches!(texts.look_up(b"a", 1), Sight::New));
        assert!(matches!(texts.look_up(b"a", 1), Sight::Again));
        texts.keep(known(b"a", 1));
        assert!(matches!(texts.look_up(b"a", 1), Sight::Known(_)));
    }

    #[test]
    fn texts_that_share_a_row_are_all_known() {
        let mut texts = KnownTexts::default();
        let lines: Vec<u32> =
            (1..1000).filter(|line| (hash(b"a", *line) as usize).is_multiple_of(ROWS)).take(ROW).collect();
        for line in &lines {
            texts.look_up(b"a", *line);
            texts.keep(KnownText { line: *line, ..known(b"a", 1) });
        }
        assert!(lines.iter().all(|line| matches!(texts.look_up(b"a", *line), Sight::Known(_))));
    }

    #[test]
    fn the_same_text_on_another_line_is_another() {
        let mut texts = KnownTexts::default();
        texts.keep(known(b"a", 1));
        assert!(!matches!(texts.look_up(b"a", 2), Sight::Known(_)));
    }
}
