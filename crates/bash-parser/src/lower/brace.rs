//! Brace expressions: which unquoted braces of a word form one. Decided here, expanded when the word is.
//!
//! An opening brace forms an expression when a matching closing brace follows with a comma between them on
//! the same level, or when the two enclose a range (`x..y`). A pair without either is text, but its closing brace
//! may still close an earlier one: `{a},b}` is `a}` and `b`. What is quoted or expanded takes no part.

use crate::ast::{BraceExpr, BraceRange, WordPart};

/// An unquoted character, or a part that is opaque.
enum Piece {
    Byte(u8),
    Part(WordPart),
}

/// The parts with their brace expressions found.
pub(super) fn find(parts: Vec<WordPart>) -> Vec<WordPart> {
    let mut pieces: Vec<Option<Piece>> = Vec::new();
    for part in parts {
        match part {
            WordPart::Literal(literal) => pieces.extend(literal.iter().map(|&byte| Some(Piece::Byte(byte)))),
            other => pieces.push(Some(Piece::Part(other))),
        }
    }
    let spans = expressions(&pieces);
    Builder { pieces, spans }.parts(0, usize::MAX)
}

/// Runs `tilde` on each alternative of the expression that begins the word.
pub(super) fn tilde_in_alternatives(parts: &mut [WordPart], tilde: fn(&mut Vec<WordPart>)) {
    let alone = parts.len() == 1;
    let slash_follows =
        matches!(parts.get(1), Some(WordPart::Literal(literal)) if literal.first() == Some(&b'/'));
    let Some(WordPart::Brace(expression)) = parts.first_mut() else { return };
    let BraceExpr::List(alternatives) = &mut **expression else { return };
    for alternative in alternatives.iter_mut() {
        let has_slash =
            matches!(alternative.first(), Some(WordPart::Literal(literal)) if literal.contains(&b'/'));
        if alone || slash_follows || has_slash {
            let mut inner = std::mem::take(alternative).into_vec();
            tilde(&mut inner);
            *alternative = inner.into();
        }
    }
}

/// One expression: where it opens and closes, and where its commas are.
struct Span {
    open: usize,
    close: usize,
    commas: Vec<usize>,
}

/// A brace still open while the word is scanned.
struct Open {
    at: usize,
    commas: Vec<usize>,
}

fn byte_at(pieces: &[Option<Piece>], at: usize) -> Option<u8> {
    match pieces.get(at) {
        Some(Some(Piece::Byte(byte))) => Some(*byte),
        _ => None,
    }
}

/// The brace expressions among `pieces`, in the order of their opening.
fn expressions(pieces: &[Option<Piece>]) -> Vec<Span> {
    let mut open: Vec<Open> = vec![];
    let mut spans: Vec<Span> = vec![];
    for at in 0..pieces.len() {
        match byte_at(pieces, at) {
            Some(b'{') => open.push(Open { at, commas: vec![] }),
            Some(b',') => {
                if let Some(innermost) = open.last_mut() {
                    innermost.commas.push(at);
                }
            }
            Some(b'}') => close(pieces, at, &mut open, &mut spans),
            _ => {}
        }
    }
    spans.sort_by_key(|span| span.open);
    spans
}

fn close(pieces: &[Option<Piece>], at: usize, open: &mut Vec<Open>, spans: &mut Vec<Span>) {
    let Some(innermost) = open.pop() else { return };
    let is_expression = !innermost.commas.is_empty() || range_between(pieces, innermost.at, at).is_some();
    if is_expression {
        spans.push(Span { open: innermost.at, close: at, commas: innermost.commas });
    } else if open.is_empty() && at > innermost.at + 1 {
        // A pair that forms nothing: its opening brace waits for a later closing one.
        open.push(innermost);
    }
}

/// The range that the text between two braces spells, if it does.
fn range_between(pieces: &[Option<Piece>], open: usize, close: usize) -> Option<(Vec<u8>, BraceRange)> {
    let text: Vec<u8> = (open + 1..close).map(|at| byte_at(pieces, at)).collect::<Option<_>>()?;
    parse_range(&text).map(|range| (text, range))
}

/// `x..y` or `x..y..step`, of integers or of single letters.
fn parse_range(text: &[u8]) -> Option<BraceRange> {
    let text = std::str::from_utf8(text).ok()?;
    let mut fields = text.split("..");
    let (from, to, step) = (fields.next()?, fields.next()?, fields.next());
    if fields.next().is_some() {
        return None;
    }
    let step = match step {
        Some(step) => integer(step).filter(|step| *step != i64::MIN)?,
        None => 1,
    };
    match (integer(from), integer(to)) {
        (Some(first), Some(last)) => {
            let padded = is_padded(from) || is_padded(to);
            let width = if padded { from.len().max(to.len()) } else { 0 };
            Some(BraceRange::Integers { from: first, to: last, step, width })
        }
        _ => match (from.as_bytes(), to.as_bytes()) {
            ([from], [to]) if from.is_ascii_alphabetic() && to.is_ascii_alphabetic() => {
                Some(BraceRange::Characters { from: *from, to: *to, step })
            }
            _ => None,
        },
    }
}

fn integer(text: &str) -> Option<i64> {
    text.parse().ok()
}

/// Whether a bound is written with a leading zero.
fn is_padded(bound: &str) -> bool {
    let digits = bound.trim_start_matches(['-', '+']);
    digits.len() > 1 && digits.starts_with('0')
}

/// Puts the pieces together again.
struct Builder {
    pieces: Vec<Option<Piece>>,
    spans: Vec<Span>,
}

impl Builder {
    /// The parts of the pieces from `at` to `end`.
    fn parts(&mut self, mut at: usize, end: usize) -> Vec<WordPart> {
        let end = end.min(self.pieces.len());
        let mut parts = vec![];
        let mut literal = vec![];
        while at < end {
            if let Ok(index) = self.spans.binary_search_by_key(&at, |span| span.open) {
                flush(&mut literal, &mut parts);
                let close = self.spans[index].close;
                parts.push(WordPart::Brace(Box::new(self.expression(index))));
                at = close + 1;
                continue;
            }
            match self.pieces[at].take() {
                Some(Piece::Byte(byte)) => literal.push(byte),
                Some(Piece::Part(part)) => {
                    flush(&mut literal, &mut parts);
                    parts.push(part);
                }
                None => {}
            }
            at += 1;
        }
        flush(&mut literal, &mut parts);
        parts
    }

    fn expression(&mut self, index: usize) -> BraceExpr {
        let Span { open, close, commas } = &self.spans[index];
        let (open, close, commas) = (*open, *close, commas.clone());
        if commas.is_empty()
            && let Some((source, range)) = range_between(&self.pieces, open, close)
        {
            return BraceExpr::Range { source: source.into(), range };
        }
        let mut ends = commas;
        ends.push(close);
        let mut start = open + 1;
        let mut alternatives = vec![];
        for end in ends {
            let parts = stacker::maybe_grow(super::RED_ZONE, super::STACK_STEP, || self.parts(start, end));
            alternatives.push(parts.into());
            start = end + 1;
        }
        BraceExpr::List(alternatives.into())
    }
}

fn flush(literal: &mut Vec<u8>, parts: &mut Vec<WordPart>) {
    if !literal.is_empty() {
        parts.push(WordPart::Literal(std::mem::take(literal).into()));
    }
}
