//! `${x/pattern/replacement}` and its anchored and repeated forms.
//!
//! An unquoted `&` in the replacement stands for the match (`patsub_replacement`); quoted, or after a backslash, it is
//! itself.

use super::ParamValue;
use crate::expand::Quoting;
use crate::expand::fields::Purpose;
use crate::expand::pattern::CaseRule;
use crate::limits::LimitKind;
use crate::pattern::Pattern;
use crate::{Flow, Shell};
use bash_parser::ast::{ReplaceAnchor, Word, WordPart};
use bash_session::{Shopt, Text};
use std::ops::ControlFlow::Continue;

/// A replacement text: literal pieces, and places for the match.
struct Replacement(Vec<Piece>);

enum Piece {
    Text(Vec<u8>),
    Match,
}

impl Shell {
    /// Replaces in each text of `value`.
    pub(super) fn param_replace(
        &mut self,
        value: ParamValue,
        anchor: ReplaceAnchor,
        pattern: &Word,
        replacement: Option<(&Word, Quoting)>,
    ) -> Flow<ParamValue> {
        let pattern = self.compile_pattern(pattern, CaseRule::NoCaseMatch)?;
        let replacement = self.replacement(replacement)?;
        if pattern.text().is_empty() {
            return match anchor {
                ReplaceAnchor::Prefix | ReplaceAnchor::Suffix => {
                    Continue(value.map(|text| add_at_end(text, anchor, &replacement)))
                }
                ReplaceAnchor::First | ReplaceAnchor::All => Continue(value),
            };
        }
        let room = self.text_room();
        let mut is_over = false;
        let value = value.map(|text| {
            let replaced = replace(text, (anchor, &pattern), &replacement, room);
            is_over |= replaced.is_none();
            replaced.unwrap_or_default()
        });
        if is_over { self.exceed(LimitKind::StringSize) } else { Continue(value) }
    }

    fn replacement(&mut self, word: Option<(&Word, Quoting)>) -> Flow<Replacement> {
        let Some((word, quoting)) = word else { return Continue(Replacement(Vec::new())) };
        if quoting == Quoting::Double && self.compatibility() <= 42 {
            let text = self.expand_joined(&with_quotes(word), Quoting::Unquoted, Purpose::Text)?;
            return Continue(Replacement(vec![Piece::Text(text.into_text().into_vec())]));
        }
        if !self.shopt(Shopt::PatsubReplacement) {
            let text = self.expand_string(word)?;
            return Continue(Replacement(vec![Piece::Text(text.into_vec())]));
        }
        let field = self.expand_joined(word, Quoting::Unquoted, Purpose::Text)?;
        let mut pieces = Vec::new();
        for (text, quoted) in field.pieces() {
            if quoted {
                pieces.push(Piece::Text(text.to_vec()));
            } else {
                push_unquoted(text, &mut pieces);
            }
        }
        Continue(Replacement(pieces))
    }
}

/// Before version 4.3 the quotes in a replacement that itself was quoted were a part of it.
fn with_quotes(word: &Word) -> Word {
    let mut parts = Vec::new();
    for part in &word.parts {
        match part {
            WordPart::SingleQuoted(text) => {
                parts.push(WordPart::SingleQuoted([b"'", &text[..], b"'"].concat().into()));
            }
            WordPart::DoubleQuoted(_) => {
                let quote = WordPart::Escaped((*b"\"").into());
                parts.extend([quote.clone(), part.clone(), quote]);
            }
            part => parts.push(part.clone()),
        }
    }
    Word { parts: parts.into(), ..Word::default() }
}

fn push_unquoted(text: &[u8], pieces: &mut Vec<Piece>) {
    let mut literal = Vec::new();
    let mut bytes = text.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match (byte, bytes.peek()) {
            (b'\\', Some(next @ (b'&' | b'\\'))) => {
                literal.push(*next);
                bytes.next();
            }
            (b'&', _) => {
                pieces.push(Piece::Text(std::mem::take(&mut literal)));
                pieces.push(Piece::Match);
            }
            _ => literal.push(byte),
        }
    }
    pieces.push(Piece::Text(literal));
}

impl Replacement {
    /// How long it is with a match of this length.
    fn length(&self, matched: usize) -> usize {
        let length = |piece: &Piece| match piece {
            Piece::Text(text) => text.len(),
            Piece::Match => matched,
        };
        self.0.iter().map(length).sum()
    }

    fn push(&self, matched: &[u8], out: &mut Vec<u8>) {
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => out.extend_from_slice(text),
                Piece::Match => out.extend_from_slice(matched),
            }
        }
    }
}

/// An empty pattern with an anchor matches the empty text there.
fn add_at_end(text: &[u8], anchor: ReplaceAnchor, replacement: &Replacement) -> Text {
    let mut out = Vec::with_capacity(text.len() + 16);
    if anchor == ReplaceAnchor::Prefix {
        replacement.push(b"", &mut out);
        out.extend_from_slice(text);
    } else {
        out.extend_from_slice(text);
        replacement.push(b"", &mut out);
    }
    out.into()
}

/// The text with its replacements; `None` if it would be longer than `room`.
fn replace(
    text: &[u8],
    (anchor, pattern): (ReplaceAnchor, &Pattern),
    replacement: &Replacement,
    room: usize,
) -> Option<Text> {
    let found = match anchor {
        ReplaceAnchor::Prefix => pattern.longest_prefix(text).map(|end| (0, end)),
        ReplaceAnchor::Suffix => pattern.longest_suffix(text).map(|start| (start, text.len())),
        ReplaceAnchor::First | ReplaceAnchor::All if text.is_empty() => {
            (pattern.text().starts_with(b"*") && pattern.matches(text)).then_some((0, 0))
        }
        ReplaceAnchor::First => pattern.find(text, 0),
        ReplaceAnchor::All => return replace_all(text, pattern, replacement, room),
    };
    let Some((start, end)) = found else { return Some(Text::new(text)) };
    if text.len() + replacement.length(end - start) > room {
        return None;
    }
    let mut out = Vec::with_capacity(text.len() + 16);
    out.extend_from_slice(&text[..start]);
    replacement.push(&text[start..end], &mut out);
    out.extend_from_slice(&text[end..]);
    Some(out.into())
}

fn replace_all(text: &[u8], pattern: &Pattern, replacement: &Replacement, room: usize) -> Option<Text> {
    let mut out = Vec::with_capacity(text.len() + 16);
    let mut at = 0;
    let mut finder = pattern.finder(text);
    while at < text.len() {
        let Some((start, end)) = finder.find(at) else { break };
        if start >= text.len() {
            break;
        }
        if out.len() + (start - at) + replacement.length(end - start) > room {
            return None;
        }
        out.extend_from_slice(&text[at..start]);
        replacement.push(&text[start..end], &mut out);
        at = end;
        if start == end {
            let next = (start + 1..=text.len()).find(|next| is_boundary(text, *next)).unwrap_or(text.len());
            out.extend_from_slice(&text[start..next]);
            at = next;
        }
    }
    out.extend_from_slice(&text[at..]);
    (out.len() <= room).then(|| out.into())
}

fn is_boundary(text: &[u8], at: usize) -> bool {
    text.get(at).is_none_or(|byte| byte & 0xc0 != 0x80)
}
