//! The parse of a text: its nodes in one flat table, in source order.
//!
//! A node is followed by all that it encloses, so walking a tree is walking a slice, and a [`Node`] is a small value
//! that is copied freely.

use crate::grammar::Rule;
use pest::Token;
use pest::iterators::Pairs;
use std::cell::Cell;

/// One node of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// What it is.
    pub(crate) rule: Rule,
    /// Where it begins.
    pub(crate) start: u32,
    /// Where it ends.
    pub(crate) end: u32,
    /// The index of the first entry that it does not enclose.
    pub(crate) next: u32,
}

/// The parse of a text. It is never empty: the first entry encloses all others.
#[derive(Debug)]
pub(crate) struct Tree<'i> {
    text: &'i str,
    entries: Entries,
}

/// A table of entries. Its memory is kept for the next tree.
#[derive(Debug)]
pub(crate) struct Entries(pub(crate) Vec<Entry>);

/// Tables of more entries than this are not kept.
const MOST_KEPT: usize = 4096;

thread_local! {
    static KEPT: Cell<Vec<Entry>> = const { Cell::new(Vec::new()) };
}

impl Entries {
    /// An empty table.
    pub(crate) fn new() -> Entries {
        let mut entries = KEPT.try_with(Cell::take).unwrap_or_default();
        entries.clear();
        Entries(entries)
    }
}

impl Drop for Entries {
    fn drop(&mut self) {
        if self.0.capacity() <= MOST_KEPT {
            // At the end of a thread there is nowhere to keep it.
            let _ = KEPT.try_with(|kept| kept.set(std::mem::take(&mut self.0)));
        }
    }
}

/// One node of a tree.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'t> {
    text: &'t str,
    entries: &'t [Entry],
    at: usize,
}

/// From where to where a node reaches.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span<'t> {
    text: &'t str,
    start: usize,
    end: usize,
}

/// The nodes directly within another, in order.
#[derive(Clone, Debug)]
pub(crate) struct Children<'t> {
    text: &'t str,
    entries: &'t [Entry],
    at: usize,
    end: usize,
}

/// All nodes within another, in order.
#[derive(Clone, Debug)]
pub(crate) struct Descendants<'t>(Children<'t>);

impl<'i> Tree<'i> {
    /// A tree of these entries, if there are any.
    pub(crate) fn new(text: &'i str, entries: Entries) -> Option<Tree<'i>> {
        (!entries.0.is_empty()).then_some(Tree { text, entries })
    }

    /// The tree of what pest read; `None` if the text is too long for one.
    pub(crate) fn from_pairs(text: &'i str, pairs: Pairs<'_, Rule>) -> Option<Tree<'i>> {
        let mut tree = Entries::new();
        let entries = &mut tree.0;
        let mut open = Vec::new();
        for token in pairs.tokens() {
            match token {
                Token::Start { rule, pos } => {
                    open.push(entries.len());
                    let start = u32::try_from(pos.pos()).ok()?;
                    entries.push(Entry { rule, start, end: start, next: 0 });
                }
                Token::End { pos, .. } => {
                    let next = u32::try_from(entries.len()).ok()?;
                    let entry = entries.get_mut(open.pop()?)?;
                    (entry.end, entry.next) = (u32::try_from(pos.pos()).ok()?, next);
                }
            }
        }
        Tree::new(text, tree)
    }

    /// The node that encloses all others.
    pub(crate) fn root(&self) -> Node<'_> {
        Node { text: self.text, entries: &self.entries.0, at: 0 }
    }

    #[cfg(test)]
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries.0
    }
}

impl<'t> Node<'t> {
    fn entry(&self) -> &'t Entry {
        &self.entries[self.at]
    }

    /// What it is.
    pub(crate) fn as_rule(&self) -> Rule {
        self.entry().rule
    }

    /// Its text.
    pub(crate) fn as_str(&self) -> &'t str {
        self.as_span().as_str()
    }

    /// Where it stands.
    pub(crate) fn as_span(&self) -> Span<'t> {
        let entry = self.entry();
        Span { text: self.text, start: entry.start as usize, end: entry.end as usize }
    }

    /// The nodes directly within.
    pub(crate) fn into_inner(self) -> Children<'t> {
        let end = self.entry().next as usize;
        Children { text: self.text, entries: self.entries, at: self.at + 1, end }
    }

    /// Whether nothing is within.
    pub(crate) fn is_leaf(&self) -> bool {
        self.entry().next as usize == self.at + 1
    }
}

impl<'t> Span<'t> {
    /// The offset of its first byte.
    pub(crate) fn start(&self) -> usize {
        self.start
    }

    /// The offset behind its last byte.
    pub(crate) fn end(&self) -> usize {
        self.end
    }

    /// Its text.
    pub(crate) fn as_str(&self) -> &'t str {
        &self.text[self.start..self.end]
    }

    /// The whole text in which it lies.
    pub(crate) fn get_input(&self) -> &'t str {
        self.text
    }
}

impl<'t> Children<'t> {
    /// All nodes, however deep within.
    pub(crate) fn flatten(self) -> Descendants<'t> {
        Descendants(self)
    }

    fn here(&self) -> Option<Node<'t>> {
        (self.at < self.end).then_some(Node { text: self.text, entries: self.entries, at: self.at })
    }
}

impl<'t> Iterator for Children<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        let node = self.here()?;
        self.at = node.entry().next as usize;
        Some(node)
    }
}

impl<'t> Iterator for Descendants<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        let node = self.0.here()?;
        self.0.at += 1;
        Some(node)
    }
}
