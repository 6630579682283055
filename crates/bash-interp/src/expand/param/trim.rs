//! `${x#pattern}` `${x##pattern}` `${x%pattern}` `${x%%pattern}`

use crate::pattern::Pattern;
use crate::{Flow, Shell};
use bash_parser::ast::{TrimEnd, Word};
use bash_session::Text;
use std::ops::ControlFlow::Continue;
use std::sync::Arc;

/// A removal, ready to be applied to any number of values.
pub(super) struct Trim {
    end: TrimEnd,
    longest: bool,
    pattern: Arc<Pattern>,
}

impl Shell {
    /// Expands the pattern of a removal.
    pub(super) fn trim(&mut self, end: TrimEnd, longest: bool, pattern: &Word) -> Flow<Trim> {
        let pattern = self.compile_pattern(pattern, crate::expand::pattern::CaseRule::Exact)?;
        Continue(Trim { end, longest, pattern })
    }
}

impl Trim {
    /// The value without the part that matches.
    pub(super) fn apply(&self, text: &Text) -> Text {
        let rest = match (self.end, self.longest) {
            (TrimEnd::Prefix, false) => self.pattern.shortest_prefix(text).map(|end| end..text.len()),
            (TrimEnd::Prefix, true) => self.pattern.longest_prefix(text).map(|end| end..text.len()),
            (TrimEnd::Suffix, false) => self.pattern.shortest_suffix(text).map(|start| 0..start),
            (TrimEnd::Suffix, true) => self.pattern.longest_suffix(text).map(|start| 0..start),
        };
        rest.map_or_else(|| text.clone(), |rest| text.part(rest))
    }
}
