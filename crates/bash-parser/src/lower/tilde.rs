//! Tilde prefixes: where a `~` stands for a directory.
//!
//! That is a matter of syntax, so it is settled when a word is built: at its start, and in what is assigned behind each
//! unquoted `:` too. The prefix itself is looked up when the word is expanded.

use super::brace;
use super::word::finished;
use crate::ast::{DefaultAction, ParamOperator, SharedText, WordPart};
use std::sync::Arc;

/// Makes a `~` at the start of the word a tilde prefix; where braces begin the word, in each alternative.
pub(super) fn tilde_at_start(parts: &mut Vec<WordPart>) {
    let last = parts.len() == 1;
    match parts.first_mut() {
        Some(WordPart::Literal(literal)) if literal.first() == Some(&b'~') => {
            let literal = std::mem::take(literal);
            let split = split_tilde(&literal, last);
            parts.splice(0..1, split);
        }
        Some(WordPart::Brace(_)) => brace::tilde_in_alternatives(parts, tilde_at_start),
        _ => {}
    }
}

/// Makes each `~` at the start of the value or after an unquoted `:` a tilde prefix.
pub(super) fn tildes_after_colons(parts: &mut Vec<WordPart>) {
    let mut changed = Vec::with_capacity(parts.len() + 2);
    let count = parts.len();
    for (index, part) in std::mem::take(parts).into_iter().enumerate() {
        match part {
            WordPart::Literal(literal) if literal.contains(&b'~') => {
                split_at_colons(&literal, index == 0, index + 1 == count, &mut changed);
            }
            other => changed.push(other),
        }
    }
    *parts = changed;
}

/// The same in the words of `${x:-…}` and `${x:+…}` that stand in an assigned value: `PATH=${PATH:+$PATH:~/bin}`.
pub(super) fn tildes_in_defaults(parts: &mut [WordPart]) {
    let expansions = parts.iter_mut().filter_map(|part| match part {
        WordPart::Param(expansion) => Arc::get_mut(expansion),
        _ => None,
    });
    for expansion in expansions {
        if let ParamOperator::Default {
            action: DefaultAction::Use | DefaultAction::Alternative, word, ..
        } = &mut expansion.operator
        {
            let mut inner = std::mem::take(&mut word.parts).into_vec();
            tildes_after_colons(&mut inner);
            tildes_in_defaults(&mut inner);
            **word = finished(inner);
        }
    }
}

/// Splits `literal` behind its colons and makes the prefixes that begin there. `fresh`: it begins the value;
/// `last`: nothing follows it.
fn split_at_colons(literal: &[u8], fresh: bool, last: bool, parts: &mut Vec<WordPart>) {
    let mut pending = Vec::new();
    let pieces: Vec<&[u8]> = literal.split_inclusive(|&byte| byte == b':').collect();
    for (index, piece) in pieces.iter().enumerate() {
        let begins = index > 0 || fresh;
        let ends = last && index + 1 == pieces.len();
        if !(begins && piece.first() == Some(&b'~')) {
            pending.extend_from_slice(piece);
            continue;
        }
        for part in split_tilde(piece, ends) {
            match part {
                WordPart::Literal(literal) => pending.extend_from_slice(&literal),
                tilde => {
                    if !pending.is_empty() {
                        parts.push(WordPart::Literal(std::mem::take(&mut pending).into()));
                    }
                    parts.push(tilde);
                }
            }
        }
    }
    if !pending.is_empty() {
        parts.push(WordPart::Literal(pending.into()));
    }
}

/// `~…` as a tilde prefix, which ends at a slash or colon, and the rest. One that runs into a quote or an expansion is none.
fn split_tilde(literal: &[u8], last: bool) -> Vec<WordPart> {
    let length = literal.iter().position(|byte| matches!(byte, b'/' | b':'));
    match length {
        None if !last => vec![WordPart::Literal(literal.into())],
        _ => {
            let (prefix, rest) = literal.split_at(length.unwrap_or(literal.len()));
            let mut parts = vec![WordPart::Tilde(prefix[1..].into())];
            if !rest.is_empty() {
                parts.push(WordPart::Literal(rest.into()));
            }
            parts
        }
    }
}

/// In a word that reads like an assignment, makes the tilde prefixes of its value.
pub(super) fn tildes_after_equals(parts: &mut Vec<WordPart>) {
    let Some(WordPart::Literal(first)) = parts.first() else { return };
    let Some(head) = assignment_head(first) else { return };
    let (head, rest) = first.split_at(head);
    let head: SharedText = head.into();
    let mut value: Vec<WordPart> = Vec::with_capacity(parts.len() + 2);
    if !rest.is_empty() {
        value.push(WordPart::Literal(rest.into()));
    } else if parts.len() > 1 {
        return tildes_behind(head, parts);
    }
    value.extend(parts.drain(1..));
    tildes_after_colons(&mut value);
    if let Some(WordPart::Literal(literal)) = value.first_mut() {
        *literal = [&*head, &**literal].concat().into();
    } else {
        value.insert(0, WordPart::Literal(head));
    }
    *parts = value;
}

/// The same when the value begins with something quoted: only what follows a `:` counts.
fn tildes_behind(head: SharedText, parts: &mut Vec<WordPart>) {
    let mut value: Vec<WordPart> = parts.drain(1..).collect();
    tildes_after_colons(&mut value);
    value.insert(0, WordPart::Literal(head));
    *parts = value;
}

/// The length of `name=`, `name+=` or `name[…]=` at the start of `literal`.
fn assignment_head(literal: &[u8]) -> Option<usize> {
    let name = literal.iter().take_while(|&&byte| byte == b'_' || byte.is_ascii_alphanumeric()).count();
    if !crate::is_identifier(&literal[..name]) {
        return None;
    }
    let mut at = name;
    if literal.get(at) == Some(&b'[') {
        at += literal[at..].iter().position(|&byte| byte == b']')? + 1;
    }
    if literal.get(at) == Some(&b'+') {
        at += 1;
    }
    (literal.get(at) == Some(&b'=')).then_some(at + 1)
}
