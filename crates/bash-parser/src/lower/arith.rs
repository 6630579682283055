//! Arithmetic texts: kept as written and as parts, parsed when first evaluated.

use super::word::{Parts, Quoting, constant_of_quoted};
use super::{Lowerer, text};
use crate::ast::{ArithText, Cache, Word, WordPart};
use crate::grammar::Node;
use std::sync::Arc;

impl Lowerer<'_> {
    /// The arithmetic text of `node` between the brackets that it begins and ends with.
    pub(super) fn arith_between(&mut self, node: Node<'_>, open: &str, close: &str) -> ArithText {
        let span = node.as_span();
        let (start, end) = (span.start() + open.len(), span.end() - close.len());
        let input = span.get_input();
        let parts = self.nested(span.start(), |lowerer| {
            let mut parts = Parts::default();
            for child in node.into_inner() {
                lowerer.part(child, Quoting::Arith, &mut parts);
            }
            parts.finish()
        });
        arith_text(&input[start..end.max(start)], parts)
    }

    /// `$((…))`: arithmetic if the parentheses pair up as two, else a subshell in a command substitution.
    pub(super) fn arith(&mut self, node: Node<'_>, quoting: Quoting) -> WordPart {
        if node.as_str().ends_with("))") && !closes_early(&node) {
            return WordPart::Arith { expr: Arc::new(self.arith_between(node, "$((", "))")), bracket: false };
        }
        WordPart::Command(Arc::new(self.command_substitution(node, quoting)))
    }
}

/// Whether the first of the two opening parentheses closes before the end: text stands between the last two.
fn closes_early(node: &Node<'_>) -> bool {
    let span = node.as_span();
    let last_child = node.clone().into_inner().last();
    last_child.is_some_and(|child| child.as_span().end() + 1 == span.end())
}

/// An arithmetic text of these parts.
pub(super) fn arith_text(source: &str, parts: Vec<WordPart>) -> ArithText {
    let constant = constant_of_quoted(&parts);
    let word = Word { parts: parts.into(), constant, cache: Cache::new() };
    ArithText { source: text(source), word, cache: Cache::new() }
}
