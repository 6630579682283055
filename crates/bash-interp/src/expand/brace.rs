//! Brace expansion: `a{b,c}d`, `{1..9..2}`.
//!
//! The results are made one after the other, so that `{1..1000000000}` costs no memory before it is used.

mod plain;

use bash_parser::ast::{BraceExpr, BraceRange, ParamExpansion, Parameter, Word, WordPart};
use bash_parser::{Dialect, Name};
use std::sync::Arc;

/// Whether a word has a brace expression outside quotes.
pub(super) fn applies(word: &Word) -> bool {
    word.parts.iter().any(|part| matches!(part, WordPart::Brace(_)))
}

/// More words than this from one word are refused: they could not be kept anyway.
pub(super) const MOST_WORDS: u64 = 1 << 26;

/// How many words a word with brace expressions stands for.
pub(super) fn total(parts: &[WordPart]) -> u64 {
    parts.iter().fold(1, |total: u64, part| match part {
        WordPart::Brace(expression) => total.saturating_mul(match &**expression {
            BraceExpr::Range { range, .. } => count(range),
            BraceExpr::Text { text, .. } => self::total(text),
            BraceExpr::List(alternatives) => {
                alternatives.iter().fold(0, |sum: u64, parts| sum.saturating_add(self::total(parts)))
            }
        }),
        _ => total,
    })
}

/// The words that a word with brace expressions stands for, left to right.
pub(super) struct Alternatives<'a> {
    parts: &'a [WordPart],
    /// For each brace expression of `parts`, the alternative that is next.
    choices: Vec<Choice<'a>>,
    done: bool,
}

enum Choice<'a> {
    List {
        alternatives: &'a [Box<[WordPart]>],
        at: usize,
        inner: Box<Alternatives<'a>>,
        current: Vec<WordPart>,
    },
    Range {
        range: BraceRange,
        at: u64,
        count: u64,
    },
    Text {
        text: &'a [WordPart],
        /// The word without its braces expanded, for a text that is no word.
        read: &'a [WordPart],
        dialect: Dialect,
        inner: Box<Alternatives<'a>>,
        current: Box<[WordPart]>,
    },
}

impl<'a> Alternatives<'a> {
    pub(super) fn new(parts: &'a [WordPart]) -> Alternatives<'a> {
        let choices = parts.iter().filter_map(|part| match part {
            WordPart::Brace(expression) => Some(Choice::first(expression)),
            _ => None,
        });
        Alternatives { parts, choices: choices.collect(), done: false }
    }

    /// The next word.
    pub(super) fn next(&mut self) -> Option<Vec<WordPart>> {
        if self.done {
            return None;
        }
        let word = self.current();
        self.done = !self.choices.iter_mut().rev().any(Choice::advance);
        Some(word)
    }

    fn current(&self) -> Vec<WordPart> {
        let mut choices = self.choices.iter();
        let mut word = Vec::with_capacity(self.parts.len());
        for part in self.parts {
            match part {
                WordPart::Brace(_) => {
                    if let Some(choice) = choices.next() {
                        choice.push_current(&mut word);
                    }
                }
                part => word.push(part.clone()),
            }
        }
        join_names(&mut word);
        word
    }
}

/// Braces are expanded in the text, before variables are found in it: `$v{a,b}` is `$va` and `$vb`.
fn join_names(word: &mut Vec<WordPart>) {
    let mut at = 0;
    while at + 1 < word.len() {
        if let Some((name, rest)) = joined(&word[at], &word[at + 1]) {
            word[at] = name;
            if rest.is_empty() {
                word.remove(at + 1);
                continue;
            }
            word[at + 1] = WordPart::Literal(rest.into());
        }
        at += 1;
    }
}

/// `$name` grown by the characters of a name that begin `next`, and what is left of that.
fn joined(part: &WordPart, next: &WordPart) -> Option<(WordPart, Box<[u8]>)> {
    let (WordPart::Param(expansion), WordPart::Literal(text)) = (part, next) else { return None };
    let Parameter::Variable(name) = &expansion.parameter else { return None };
    let length = text.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    if expansion.braces || length == 0 {
        return None;
    }
    let (more, rest) = text.split_at(length);
    let name = Name::from_bytes(&[name.as_bytes(), more].concat())?;
    let mut grown = ParamExpansion::clone(expansion);
    grown.parameter = Parameter::Variable(name);
    Some((WordPart::Param(Arc::new(grown)), rest.into()))
}

impl<'a> Choice<'a> {
    fn first(expression: &'a BraceExpr) -> Choice<'a> {
        match expression {
            BraceExpr::List(alternatives) => {
                let mut inner = Box::new(Alternatives::new(alternatives.first().map_or(&[], |first| first)));
                let current = inner.next().unwrap_or_default();
                Choice::List { alternatives, at: 0, inner, current }
            }
            BraceExpr::Text { text, read, dialect } => {
                let mut inner = Box::new(Alternatives::new(text));
                let current = inner.next().and_then(|text| read_word(&text, *dialect));
                let current = current.unwrap_or_else(|| read.clone());
                Choice::Text { text, read, dialect: *dialect, inner, current }
            }
            BraceExpr::Range { range, .. } => Choice::Range { range: *range, at: 0, count: count(range) },
        }
    }

    /// Moves on; `false` if it has started over.
    fn advance(&mut self) -> bool {
        match self {
            Choice::Range { at, count, .. } => {
                *at = (*at + 1) % *count;
                *at != 0
            }
            Choice::Text { text, read, dialect, inner, current } => {
                let next = inner.next();
                let over = next.is_none();
                let next = next.or_else(|| {
                    **inner = Alternatives::new(text);
                    inner.next()
                });
                let word = next.and_then(|text| read_word(&text, *dialect));
                *current = word.unwrap_or_else(|| (*read).into());
                !over
            }
            Choice::List { alternatives, at, inner, current } => {
                if let Some(next) = inner.next() {
                    *current = next;
                    return true;
                }
                *at = (*at + 1) % alternatives.len().max(1);
                **inner = Alternatives::new(alternatives.get(*at).map_or(&[], |parts| parts));
                *current = inner.next().unwrap_or_default();
                *at != 0
            }
        }
    }

    fn push_current(&self, word: &mut Vec<WordPart>) {
        match self {
            Choice::List { current, .. } => word.extend(current.iter().cloned()),
            Choice::Text { current, .. } => word.extend(current.iter().cloned()),
            Choice::Range { range, at, .. } => word.push(item(range, *at)),
        }
    }
}

/// The word that a text which braces have made is.
fn read_word(text: &[WordPart], dialect: Dialect) -> Option<Box<[WordPart]>> {
    let mut source = Vec::new();
    for part in text {
        if let WordPart::Literal(piece) | WordPart::Escaped(piece) | WordPart::SingleQuoted(piece) = part {
            source.extend_from_slice(piece);
        }
    }
    bash_parser::parse_word(&source, dialect)
}

fn count(range: &BraceRange) -> u64 {
    let (from, to, step) = match *range {
        BraceRange::Integers { from, to, step, .. } => (from, to, step),
        BraceRange::Characters { from, to, step } => (i64::from(from), i64::from(to), step),
    };
    (from.abs_diff(to) / step.unsigned_abs().max(1)).saturating_add(1)
}

fn item(range: &BraceRange, number: u64) -> WordPart {
    match *range {
        BraceRange::Integers { width, .. } => {
            WordPart::Literal(padded(item_number(range, number), width).into_bytes().into())
        }
        BraceRange::Characters { .. } => match item_number(range, number) as u8 {
            // Bash takes it for a quoting backslash, of which nothing is left.
            b'\\' => WordPart::Literal((*b"").into()),
            byte => WordPart::Escaped([byte].into()),
        },
    }
}

/// The number, or the byte's, that an item of a range is.
fn item_number(range: &BraceRange, number: u64) -> i64 {
    let (from, to, step) = match *range {
        BraceRange::Integers { from, to, step, .. } => (from, to, step),
        BraceRange::Characters { from, to, step } => (i64::from(from), i64::from(to), step),
    };
    let offset = (step.unsigned_abs().max(1) as i64).wrapping_mul(number as i64);
    if to < from { from.wrapping_sub(offset) } else { from.wrapping_add(offset) }
}

fn padded(value: i64, width: usize) -> String {
    if width == 0 { value.to_string() } else { format!("{value:0width$}") }
}

/// A brace expression as literal text, for `set +B`.
pub(super) fn unexpanded(expression: &BraceExpr) -> Vec<WordPart> {
    let literal = |text: &[u8]| WordPart::Literal(text.into());
    match expression {
        BraceExpr::Text { read, .. } => read.to_vec(),
        BraceExpr::Range { source, .. } => vec![literal(&[b"{", &source[..], b"}"].concat())],
        BraceExpr::List(alternatives) => {
            let mut parts = vec![literal(b"{")];
            for (number, alternative) in alternatives.iter().enumerate() {
                if number > 0 {
                    parts.push(literal(b","));
                }
                parts.extend(alternative.iter().cloned());
            }
            parts.push(literal(b"}"));
            parts
        }
    }
}
