//! Brace expressions between quotes within quotes: `"${a["{1..3}"]}"` is three words.
//!
//! Bash expands braces in the text of a word before it reads the word, and follows quotes there without regard to how
//! they nest: the second quote ends the first. What it takes for unquoted is looked at here; the words that come of it can
//! be read only when they are made.

use super::brace;
use crate::ast::WordPart;
use crate::grammar::{Node, Rule};
use std::collections::HashMap;
use std::ops::Range;

/// The text of a word with the brace expressions found that stand in quotes within quotes; `None` if none does. What is
/// quoted is `SingleQuoted`, which here means: text as written.
pub(super) fn find(node: &Node<'_>) -> Option<Vec<WordPart>> {
    let quotes: Vec<Range<usize>> = (*node)
        .into_inner()
        .filter(|child| child.as_rule() == Rule::dquote && child.as_str().trim_matches('"').contains('"'))
        .map(|child| range(&child))
        .collect();
    if quotes.is_empty() {
        return None;
    }
    let mut scan = Scan { substitutions: substitutions(node), ..Scan::default() };
    let span = node.as_span();
    scan.word(span.as_str(), span.start());
    let hidden = scan.opened.iter().any(|at| quotes.iter().any(|quoted| quoted.contains(at)));
    if !hidden {
        return None;
    }
    let parts = brace::find(scan.parts);
    parts.iter().any(|part| matches!(part, WordPart::Brace(_))).then_some(parts)
}

fn range(node: &Node<'_>) -> Range<usize> {
    node.as_span().start()..node.as_span().end()
}

/// Where the substitutions of commands begin and end.
fn substitutions(node: &Node<'_>) -> HashMap<usize, usize> {
    let is_substitution = |child: &Node<'_>| {
        matches!(child.as_rule(), Rule::comsub | Rule::funsub | Rule::procsub | Rule::arith)
    };
    let found = (*node).into_inner().flatten().filter(is_substitution);
    found.map(|child| (child.as_span().start(), child.as_span().end())).collect()
}

#[derive(Default)]
struct Scan {
    substitutions: HashMap<usize, usize>,
    parts: Vec<WordPart>,
    /// Where unquoted braces open.
    opened: Vec<usize>,
    /// The quote that is open.
    quote: Option<char>,
    /// How many `${` are open outside quotes, and braces in them.
    depth: usize,
}

impl Scan {
    /// Scans `source`, which begins at `offset` of the text.
    fn word(&mut self, source: &str, offset: usize) {
        let mut at = 0;
        while let Some(c) = source[at..].chars().next() {
            let rest = &source[at..];
            let begins = matches!(self.quote, None | Some('"'));
            if begins && let Some(&end) = self.substitutions.get(&(offset + at)) {
                self.written(&source[at..end - offset]);
                at = end - offset;
                continue;
            }
            let length = match c {
                '\\' if self.quote != Some('\'') => {
                    c.len_utf8() + rest[1..].chars().next().map_or(0, char::len_utf8)
                }
                '$' if rest.starts_with("${") && self.quote != Some('\'') => 2,
                _ => c.len_utf8(),
            };
            self.piece(&rest[..length], offset + at);
            at += length;
        }
    }

    fn piece(&mut self, piece: &str, at: usize) {
        match (self.quote, piece) {
            (None, "\"" | "'" | "`") => self.quote = piece.chars().next(),
            (Some(quote), _) if piece.starts_with(quote) => self.quote = None,
            (None, "${") => self.depth += 1,
            (None, "{") if self.depth > 0 => self.depth += 1,
            (None, "}") if self.depth > 0 => self.depth -= 1,
            (None, _) if self.depth == 0 && !piece.starts_with('\\') => {
                if piece == "{" {
                    self.opened.push(at);
                }
                self.parts.push(WordPart::Literal(super::shared_text(piece)));
                return;
            }
            _ => {}
        }
        self.written(piece);
    }

    fn written(&mut self, piece: &str) {
        self.parts.push(WordPart::SingleQuoted(super::shared_text(piece)));
    }
}
