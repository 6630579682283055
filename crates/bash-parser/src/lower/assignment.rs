//! Assignments and subscripts.

use super::word::{Parts, Quoting, finished};
use super::{Lowerer, text};
use crate::Name;
use crate::ast::{ArrayElement, AssignedValue, Assignment, Cache, Subscript, Word, WordPart};
use crate::grammar::{Node, Rule};

impl Lowerer<'_> {
    /// `name=value`, `name[…]+=value`, `name=(…)`.
    pub(super) fn assignment(&mut self, node: Node<'_>) -> Assignment {
        let mut name = Name::new("_");
        let mut found = (None, false, AssignedValue::Scalar(empty_word()));
        let mut array: Option<Node<'_>> = None;
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::name => name = Name::new(child.as_str()),
                Rule::subscript => found.0 = Some(Box::new(self.subscript(child, Quoting::Arith))),
                Rule::assign_op => found.1 = child.as_str() == "+=",
                Rule::value => found.2 = AssignedValue::Scalar(self.value_behind(child, array.take())),
                Rule::array => array = Some(child),
                _ => {}
            }
        }
        if let Some(array) = array {
            found.2 = AssignedValue::Array(self.array(array));
        }
        let (subscript, append, value) = found;
        Assignment { name, subscript, append, value }
    }

    /// A value; with parentheses that touch it from the left, `a=(4*3)/2`, all of it is one string.
    fn value_behind(&mut self, value: Node<'_>, array: Option<Node<'_>>) -> Word {
        let Some(array) = array else { return self.whole_value(value) };
        let mut parts = Parts::default();
        parts.literal(array.as_str());
        self.part(value, Quoting::Bare, &mut parts);
        finished(parts.finish())
    }

    /// What was read where an assignment may stand, but has no operator: `a[1]`.
    pub(super) fn unassigned(&mut self, node: Node<'_>) -> Word {
        let braces = self.dialect.braces && node.as_str().contains('{');
        let mut parts = self.gapped_parts(node, Quoting::Bare);
        if braces {
            parts = super::brace::find(parts);
        }
        super::tilde::tilde_at_start(&mut parts);
        super::tilde::tildes_after_equals(&mut parts);
        finished(parts)
    }

    /// Whether a brace expression stands in an argument that reads like an assignment: it makes several of one.
    pub(super) fn has_braces(&mut self, node: &Node<'_>) -> bool {
        let possible = self.dialect.braces && node.as_str().contains('{');
        let has_array = || node.into_inner().any(|child| child.as_rule() == Rule::array);
        if !possible || has_array() {
            return false;
        }
        let word = self.unassigned(*node);
        word.parts.iter().any(|part| matches!(part, WordPart::Brace(_)))
    }

    fn array(&mut self, node: Node<'_>) -> Box<[ArrayElement]> {
        let elements = node.into_inner().filter(|child| child.as_rule() == Rule::array_element);
        elements.map(|element| self.array_element(element)).collect()
    }

    fn array_element(&mut self, node: Node<'_>) -> ArrayElement {
        let children = node.into_inner();
        if !children.into_iter().any(|child| matches!(child.as_rule(), Rule::assign_op | Rule::word)) {
            return ArrayElement { subscript: None, append: false, value: self.unassigned(node) };
        }
        let mut element = ArrayElement { subscript: None, append: false, value: empty_word() };
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::subscript => element.subscript = Some(self.subscript(child, Quoting::QuotedArith)),
                Rule::assign_op => element.append = child.as_str() == "+=",
                Rule::value => element.value = self.value(child),
                Rule::word => element.value = self.word(child),
                _ => {}
            }
        }
        element
    }

    /// `[…]`, whose text is arithmetic in `quoting` unless it is a key.
    pub(super) fn subscript(&mut self, node: Node<'_>, quoting: Quoting) -> Subscript {
        let span = node.as_span();
        let source = span.as_str();
        let inner = source.get(1..source.len() - 1).unwrap_or_default();
        match inner {
            "@" => return Subscript::At,
            "*" => return Subscript::Star,
            _ => {}
        }
        let parts = self.nested(span.start(), |lowerer| {
            let mut parts = Parts::default();
            for child in node.into_inner() {
                lowerer.part(child, Quoting::Bare, &mut parts);
            }
            parts.finish_within(inner)
        });
        let arith = Box::new(super::arith::arith_of_bare(inner, &parts, quoting));
        let mut parts = parts;
        super::tilde::tilde_at_start(&mut parts);
        Subscript::Text { source: text(inner), word: subscript_word(parts).into(), arith }
    }
}

fn empty_word() -> Word {
    finished(vec![])
}

/// A subscript as the key of an associative array: no character of it is a pattern.
fn subscript_word(parts: Vec<WordPart>) -> Word {
    let constant = super::word::constant_of_quoted(&parts);
    Word { parts: parts.into(), constant, cache: Cache::new() }
}
