//! Texts that `eval`, `source` or a trap runs again and again: the second time the trees are kept, from then on nothing
//! is parsed.
//!
//! A text is known by its bytes and the number of its first line. What was read under other options is not used: the rest
//! of the text is then read anew.

use bash_parser::Dialect;
use bash_parser::ast::List;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// How many texts are kept; of two with the same place the later one.
const PLACES: usize = 64;
/// Longer texts are not kept.
const LONGEST: usize = 16 * 1024;

/// The texts that were run lately.
#[derive(Default)]
pub(crate) struct KnownTexts {
    places: Vec<Place>,
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
        let place = self.place(hash);
        match place {
            Place::Known(known) if known.line == line && *known.text == *text => {
                Sight::Known(Arc::clone(known))
            }
            Place::Seen(seen) if *seen == hash => Sight::Again,
            place => {
                *place = Place::Seen(hash);
                Sight::New
            }
        }
    }

    /// Keeps a text that was read to its end.
    pub(crate) fn keep(&mut self, known: KnownText) {
        let hash = hash(&known.text, known.line);
        *self.place(hash) = Place::Known(Arc::new(known));
    }

    fn place(&mut self, hash: u64) -> &mut Place {
        if self.places.is_empty() {
            self.places.resize(PLACES, Place::Empty);
        }
        &mut self.places[hash as usize % PLACES]
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
    fn the_same_text_on_another_line_is_another() {
        let mut texts = KnownTexts::default();
        texts.keep(known(b"a", 1));
        assert!(!matches!(texts.look_up(b"a", 2), Sight::Known(_)));
    }
}
