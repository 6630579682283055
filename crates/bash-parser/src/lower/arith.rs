//! Arithmetic texts: kept as written and as parts, parsed when first evaluated.
//!
//! In most of an arithmetic text single quotes are plain characters, but a subscript is quoted like a word. A text with
//! such a subscript is therefore kept in pieces.

use super::tilde::tilde_at_start;
use super::word::{Parts, Quoting, constant_of_quoted};
use super::{Lowerer, shared_text};
use crate::ast::{ArithPiece, ArithText, Cache, SharedText, Word, WordPart};
use crate::grammar::{Node, Rule};
use crate::print::is_printed_anew;
use crate::quote::single_quote;
use std::sync::Arc;

impl Lowerer<'_> {
    /// The arithmetic text of `node` between the brackets that it begins and ends with, read in `quoting`.
    pub(super) fn arith_between(
        &mut self,
        node: Node<'_>,
        open: &str,
        close: &str,
        quoting: Quoting,
    ) -> ArithText {
        let span = node.as_span();
        let (start, end) = (span.start() + open.len(), span.end() - close.len());
        let source = &span.get_input()[start..end.max(start)];
        if !may_hold_subscript(source) {
            let parts = self.nested(span.start(), |lowerer| {
                let mut parts = Parts::default();
                for child in node.into_inner() {
                    lowerer.part(child, quoting, &mut parts);
                }
                parts.finish_within(source)
            });
            return plain_arith(source, parts);
        }
        self.nested(span.start(), |lowerer| {
            let mut division = Division::of(source);
            lowerer.divide(node, quoting, &mut division);
            division.into_text(source)
        })
    }

    /// Divides the children of `node` at subscripts, within which quotes are those of a word.
    fn divide(&mut self, node: Node<'_>, quoting: Quoting, division: &mut Division) {
        for child in node.into_inner() {
            if child.as_rule() == Rule::arith_paren && division.depth == 0 {
                division.read(WordPart::Literal(shared_text("(")));
                self.divide(child, quoting, division);
                division.read(WordPart::Literal(shared_text(")")));
                continue;
            }
            // `$[a['k']]`: the grammar has found the subscript already.
            if child.as_rule() == Rule::subscript_in && division.depth == 0 {
                division.read(WordPart::Literal(shared_text("[")));
                self.divide(child, quoting, division);
                division.read(WordPart::Literal(shared_text("]")));
                continue;
            }
            let quoting = if division.depth == 0 { quoting } else { Quoting::Bare };
            let mut parts = Parts::default();
            self.part(child, quoting, &mut parts);
            parts.finish().into_iter().for_each(|part| division.read(part));
        }
    }

    /// `$((…))`: arithmetic if the parentheses pair up as two, else a subshell in a command substitution.
    pub(super) fn arith(&mut self, node: Node<'_>, quoting: Quoting) -> WordPart {
        if node.as_str().ends_with("))") && !closes_early(&node) {
            let expr = Arc::new(self.arith_between(node, "$((", "))", quoting.in_arith()));
            return WordPart::Arith { expr, bracket: false };
        }
        WordPart::Command(Arc::new(self.command_substitution(node, quoting)))
    }
}

/// Whether the first of the two opening parentheses closes before the end: text stands between the last two.
fn closes_early(node: &Node<'_>) -> bool {
    let span = node.as_span();
    let last_child = node.into_inner().last();
    last_child.is_some_and(|child| child.as_span().end() + 1 == span.end())
}

/// Whether a subscript in the text may hold something to expand. If nothing is to be expanded anywhere, quotes are
/// removed from the whole text as from any other.
pub(super) fn may_hold_subscript(source: &str) -> bool {
    source.contains('[') && may_expand(source)
}

/// The `$` of `$'…'` expands nothing, unless double quotes make it plain text.
fn may_expand(source: &str) -> bool {
    let bytes = source.as_bytes();
    bytes.iter().enumerate().any(|(at, byte)| match byte {
        b'$' => bytes.get(at + 1) != Some(&b'\'') || source.contains('"'),
        byte => matches!(byte, b'`' | b'~'),
    })
}

/// An arithmetic text without such subscripts.
pub(super) fn plain_arith(source: &str, parts: Vec<WordPart>) -> ArithText {
    let word = quoted_word(parts);
    ArithText { source: shared_source(&word, source), word, ..ArithText::default() }
}

/// The text as written, which mostly is the word's constant too.
fn shared_source(word: &Word, source: &str) -> SharedText {
    match &word.constant {
        Some(constant) if **constant == *source.as_bytes() => constant.clone(),
        _ => shared_text(source),
    }
}

/// An arithmetic text of the parts of a word, which stands in `quoting`.
pub(super) fn arith_of_bare(source: &str, parts: &[WordPart], quoting: Quoting) -> ArithText {
    if !may_hold_subscript(source) {
        return plain_arith(source, as_arith(parts, quoting));
    }
    let mut division = Division::of(source);
    for part in parts {
        match part {
            part if division.depth > 0 => division.read(part.clone()),
            part => {
                let read = as_arith(std::slice::from_ref(part), quoting);
                read.into_iter().for_each(|part| division.read(part));
            }
        }
    }
    division.into_text(source)
}

fn quoted_word(parts: Vec<WordPart>) -> Word {
    let constant = constant_of_quoted(&parts);
    Word { parts: parts.into(), constant, cache: Cache::new() }
}

/// Divides the parts of a word at the subscripts that stand in its plain text. `None` if none of them holds anything
/// but plain text.
pub fn pieces(parts: &[WordPart]) -> Option<Box<[ArithPiece]>> {
    let mut division = Division::default();
    let mut has_process = false;
    for part in parts {
        match part {
            // No process is substituted in arithmetic.
            WordPart::Process { .. } => {
                has_process = true;
                division.push(as_text(part));
            }
            part => division.push(part.clone()),
        }
    }
    match division.finish() {
        (rest, None) if has_process => Some(Box::new([ArithPiece::Text(quoted_word(rest))])),
        (_, pieces) => pieces,
    }
}

/// A part as it is written.
fn as_text(part: &WordPart) -> WordPart {
    let word = Word { parts: Box::new([part.clone()]), ..Word::default() };
    let mut text = Vec::new();
    crate::print::word(&word, &mut text);
    WordPart::Literal(text.into())
}

/// A word being divided at its subscripts.
#[derive(Default)]
struct Division {
    done: Vec<ArithPiece>,
    before: Parts,
    /// The subscript that is open, and how many brackets are.
    subscript: Parts,
    depth: usize,
    special: bool,
    /// All of it with its quotes, where the text as written does not show how it is printed.
    written: Option<Parts>,
}

impl Division {
    /// The division of `source`, of which nothing is read yet.
    fn of(source: &str) -> Division {
        let written = is_printed_anew(source.as_bytes()).then(Parts::default);
        Division { written, ..Division::default() }
    }

    /// The next part of the text.
    fn read(&mut self, part: WordPart) {
        if let Some(written) = &mut self.written {
            written.part(part.clone());
        }
        self.push(part);
    }

    /// Double quotes outside subscripts are as good as none, but for the single quotes of a subscript between them.
    fn push(&mut self, part: WordPart) {
        match part {
            WordPart::Literal(literal) => self.literal(&literal),
            WordPart::DoubleQuoted(inner) if self.depth == 0 => {
                inner.into_iter().for_each(|part| self.push_quoted(part));
            }
            part if self.depth == 0 => self.before.part(part),
            part => {
                self.special = true;
                self.subscript.part(part);
            }
        }
    }

    fn push_quoted(&mut self, part: WordPart) {
        let WordPart::Literal(literal) = &part else { return self.push(part) };
        let mut rest = &literal[..];
        while let Some((before, quoted, after)) = first_quoted(rest) {
            self.literal(before);
            match self.depth {
                0 => self.literal(&[b"'", quoted, b"'"].concat()),
                _ => self.push(WordPart::SingleQuoted(quoted.into())),
            }
            rest = after;
        }
        self.literal(rest);
    }

    fn literal(&mut self, literal: &[u8]) {
        let mut start = 0;
        for (at, byte) in literal.iter().enumerate() {
            match (byte, self.depth) {
                (b'[', 0) => {
                    self.before.bytes(&literal[start..=at]);
                    start = at + 1;
                    self.depth = 1;
                }
                (b'[', _) => self.depth += 1,
                (b']', 1) => {
                    self.subscript.bytes(&literal[start..at]);
                    start = at;
                    self.depth = 0;
                    self.close();
                }
                (b']', 2..) => self.depth -= 1,
                (b'~', 1..) => self.special = true,
                _ => {}
            }
        }
        let open = if self.depth == 0 { &mut self.before } else { &mut self.subscript };
        open.bytes(&literal[start..]);
    }

    /// A subscript without anything special in it is text like the rest.
    fn close(&mut self) {
        let mut inner = std::mem::take(&mut self.subscript).finish();
        if inner.is_empty() || !std::mem::take(&mut self.special) {
            inner.into_iter().for_each(|part| self.before.part(part));
            return;
        }
        tilde_at_start(&mut inner);
        let before = std::mem::take(&mut self.before).finish();
        self.done.push(ArithPiece::Text(quoted_word(before)));
        self.done.push(ArithPiece::Subscript(Word { parts: inner.into(), ..Word::default() }));
    }

    /// The parts after the last special subscript, and the pieces if there was one. A bracket that nothing closes
    /// opens no subscript.
    fn finish(mut self) -> (Vec<WordPart>, Option<Box<[ArithPiece]>>) {
        for part in std::mem::take(&mut self.subscript).finish() {
            self.before.part(part);
        }
        let rest = self.before.finish();
        if self.done.is_empty() {
            return (rest, None);
        }
        self.done.push(ArithPiece::Text(quoted_word(rest)));
        (vec![], Some(self.done.into()))
    }

    fn into_text(mut self, source: &str) -> ArithText {
        let written = self.written.take().map(Parts::finish);
        match self.finish() {
            (parts, None) => plain_arith(source, written.unwrap_or(parts)),
            (_, pieces) => {
                let pieces = pieces.map(|pieces| Box::new(pieces.into_vec()));
                let word = Word { parts: written.unwrap_or_default().into(), ..Word::default() };
                ArithText { source: shared_text(source), word, pieces, ..ArithText::default() }
            }
        }
    }
}

/// What stands before, in and behind the first single quotes of a text.
fn first_quoted(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let open = text.iter().position(|byte| *byte == b'\'')?;
    let (before, rest) = (&text[..open], &text[open + 1..]);
    let close = rest.iter().position(|byte| *byte == b'\'')?;
    Some((before, &rest[..close], &rest[close + 1..]))
}

/// The parts of a word read as arithmetic, where single quotes and most backslashes are text.
fn as_arith(parts: &[WordPart], quoting: Quoting) -> Vec<WordPart> {
    let mut changed = Parts::default();
    for part in parts {
        match part {
            WordPart::SingleQuoted(piece) => changed.bytes(&[b"'", &**piece, b"'"].concat()),
            WordPart::AnsiQuoted(quoted) if quoting == Quoting::Arith => {
                changed.bytes(&single_quote(&quoted.value));
            }
            WordPart::Escaped(c) if !matches!(&**c, b"$" | b"`" | b"\"" | b"\\") => {
                changed.bytes(&[b"\\", &**c].concat());
            }
            other => changed.part(other.clone()),
        }
    }
    changed.finish()
}
