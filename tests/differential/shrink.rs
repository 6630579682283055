//! Makes a script small that the shells answer differently, so that the cause can be seen.
//!
//! First the choices are edited: a part of the script gives way to a smaller part of the same kind inside it, or to the
//! simplest one. Then lines and words of the text go, whatever the grammar says. An edit stays when the shells still differ.

use std::collections::HashSet;

use crate::choices::{Choices, Span};
use crate::grammar::Grammar;
use crate::writer::{Written, write};

/// After so many attempts the script is small enough.
const MOST_ATTEMPTS: u32 = 800;

/// Shrinks, asking `differs` about each candidate.
pub fn shrink(grammar: &Grammar, written: Written, differs: &mut dyn FnMut(&Written) -> bool) -> Written {
    let mut shrinker =
        Shrinker { grammar, best: written, differs, left: MOST_ATTEMPTS, tried: HashSet::new() };
    while shrinker.left > 0 && shrinker.edit_choices() {}
    for cut in [lines as fn(&str) -> Vec<&str>, words] {
        while shrinker.left > 0 && shrinker.edit_text(cut) {}
    }
    shrinker.best
}

struct Shrinker<'run> {
    grammar: &'run Grammar,
    best: Written,
    differs: &'run mut dyn FnMut(&Written) -> bool,
    left: u32,
    tried: HashSet<String>,
}

impl Shrinker<'_> {
    /// Tries every edit of the choices once; whether one has made the script smaller.
    fn edit_choices(&mut self) -> bool {
        let mut smaller = false;
        let mut at = 0;
        loop {
            let mut spans = self.best.spans.clone();
            spans.sort_by_key(|span| std::cmp::Reverse(span.choices.len()));
            let Some(span) = spans.get(at) else { return smaller };
            match self.hoist(span, &spans) || self.simplify(span) {
                true => smaller = true,
                false => at += 1,
            }
        }
    }

    /// Puts a part of the same kind from inside the span in its place, the smallest that will do.
    fn hoist(&mut self, span: &Span, spans: &[Span]) -> bool {
        let inside = |inner: &&Span| {
            inner.rule == span.rule
                && inner.choices.len() < span.choices.len()
                && span.choices.start <= inner.choices.start
                && inner.choices.end <= span.choices.end
        };
        let candidates: Vec<_> = spans.iter().rev().filter(inside).map(|span| span.choices.clone()).collect();
        candidates.into_iter().any(|inner| {
            let replacement = self.best.choices[inner].to_vec();
            self.replace(span, &replacement)
        })
    }

    /// Takes a simpler alternative, with nothing but simplest parts.
    fn simplify(&mut self, span: &Span) -> bool {
        let chosen = self.best.choices[span.choices.start];
        (0..=chosen).any(|alternative| {
            let replacement = self.simplest(span.rule, alternative);
            replacement.len() <= span.choices.len() && self.replace(span, &replacement)
        })
    }

    fn simplest(&self, rule: usize, alternative: u32) -> Vec<u32> {
        use crate::grammar::{Form, Piece};
        let mut choices = vec![alternative];
        for piece in &self.grammar.rules[rule].alternatives[alternative as usize] {
            if let Piece::Part(form, part) = piece {
                let inner = || self.simplest(*part, 0);
                match form {
                    Form::Repeated { least: 0 } => choices.push(0),
                    Form::Repeated { .. } | Form::HereDocument => {
                        choices.extend([0].into_iter().chain(inner()))
                    }
                    _ => choices.extend(inner()),
                }
            }
        }
        choices
    }

    fn replace(&mut self, span: &Span, replacement: &[u32]) -> bool {
        let mut choices = self.best.choices.clone();
        choices.splice(span.choices.clone(), replacement.iter().copied());
        let written = write(self.grammar, Choices::replay(choices));
        self.attempt(written)
    }

    fn edit_text(&mut self, cut: fn(&str) -> Vec<&str>) -> bool {
        let mut smaller = false;
        let mut at = 0;
        while self.left > 0 {
            let mut pieces = cut(&self.best.script);
            if at >= pieces.len() {
                break;
            }
            pieces.remove(at);
            let written = Written { script: pieces.concat(), spans: Vec::new(), ..self.best.clone() };
            match self.attempt(written) {
                true => smaller = true,
                false => at += 1,
            }
        }
        smaller
    }

    fn attempt(&mut self, written: Written) -> bool {
        let smaller = written.script.len() < self.best.script.len();
        if !smaller || self.left == 0 || !self.tried.insert(written.script.clone()) {
            return false;
        }
        self.left -= 1;
        let differs = (self.differs)(&written);
        if differs {
            self.best = written;
        }
        differs
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn words(text: &str) -> Vec<&str> {
    text.split_inclusive([' ', '\n', ';']).collect()
}
