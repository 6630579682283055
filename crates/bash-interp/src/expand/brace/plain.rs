//! Brace expressions among nothing but text and values, spelt out directly.
//!
//! In general each result is a word of parts, which is expanded as any word is. Where the parts are text and values of
//! variables that hold nothing to split and no pattern, the fields are the texts themselves.

use super::{count, item_number};
use crate::Shell;
use bash_parser::ast::{BraceExpr, BraceRange, Parameter, WordPart};
use bash_session::Text;

/// How deep expressions are nested, and how many parts a word has, at most.
const DEEPEST: u32 = 8;
const MOST_PARTS: usize = 32;

/// What has been spelt of a field.
#[derive(Clone, Copy)]
struct Mark {
    length: usize,
    exists: bool,
}

/// A field being spelt, and where the finished ones go.
struct Speller<'a> {
    sh: &'a Shell,
    text: Vec<u8>,
    /// It is a field although it may be empty.
    exists: bool,
    out: &'a mut Vec<Text>,
}

/// What follows the parts being spelt.
struct After<'a> {
    parts: &'a [WordPart],
    after: Option<&'a After<'a>>,
}

impl Shell {
    /// Adds the fields of a word with brace expressions, if all of it is text and plain values. Whether that was done.
    pub(in crate::expand) fn push_plain_braces(&self, parts: &[WordPart], out: &mut Vec<Text>) -> bool {
        if !self.are_plain(parts, true, DEEPEST) {
            return false;
        }
        Speller { sh: self, text: Vec::new(), exists: false, out }.spell(parts, None);
        true
    }

    /// Whether parts can be spelt. A name without braces is grown by what follows it, which `outermost` parts know.
    fn are_plain(&self, parts: &[WordPart], outermost: bool, depth: u32) -> bool {
        let is_plain = |(at, part): (usize, &WordPart)| match part {
            WordPart::Literal(text) => !text.iter().any(crate::expand::straight::is_pattern_byte),
            WordPart::Escaped(_) | WordPart::SingleQuoted(_) => true,
            WordPart::DoubleQuoted(inner) => inner.iter().all(|part| self.is_plain_in_quotes(part)),
            WordPart::Param(expansion) => {
                let stands_alone = expansion.braces
                    || match parts.get(at + 1) {
                        None => outermost,
                        Some(WordPart::Literal(text)) => {
                            !text.first().is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
                        }
                        Some(_) => false,
                    };
                stands_alone && self.plain_unsplit(expansion).is_some()
            }
            WordPart::Brace(expression) => match &**expression {
                BraceExpr::List(alternatives) => {
                    depth > 0 && alternatives.iter().all(|parts| self.are_plain(parts, false, depth - 1))
                }
                BraceExpr::Range { .. } => true,
                BraceExpr::Text { .. } => false,
            },
            _ => false,
        };
        parts.len() <= MOST_PARTS && parts.iter().enumerate().all(is_plain)
    }

    fn is_plain_in_quotes(&self, part: &WordPart) -> bool {
        match part {
            WordPart::Literal(_) | WordPart::Escaped(_) => true,
            WordPart::Param(expansion) => {
                !matches!(expansion.parameter, Parameter::Special(_))
                    && self.plain_parameter(expansion).is_some()
            }
            _ => false,
        }
    }
}

impl Speller<'_> {
    fn mark(&self) -> Mark {
        Mark { length: self.text.len(), exists: self.exists }
    }

    fn return_to(&mut self, mark: Mark) {
        self.text.truncate(mark.length);
        self.exists = mark.exists;
    }

    /// Spells parts and what follows them, once for each choice.
    fn spell(&mut self, parts: &[WordPart], after: Option<&After<'_>>) {
        let Some((first, parts)) = parts.split_first() else {
            return match after {
                Some(after) => self.spell(after.parts, after.after),
                None => self.end_field(),
            };
        };
        let WordPart::Brace(expression) = first else {
            self.push(first);
            return self.spell(parts, after);
        };
        let mark = self.mark();
        match &**expression {
            BraceExpr::List(alternatives) => {
                for alternative in alternatives {
                    self.spell(alternative, Some(&After { parts, after }));
                    self.return_to(mark);
                }
            }
            BraceExpr::Range { range, .. } => {
                for number in 0..count(range) {
                    self.push_item(range, number);
                    self.spell(parts, after);
                    self.return_to(mark);
                }
            }
            BraceExpr::Text { .. } => {}
        }
    }

    fn end_field(&mut self) {
        if self.exists || !self.text.is_empty() {
            crate::expand::push_text(self.out, &self.text);
        }
    }

    fn push(&mut self, part: &WordPart) {
        match part {
            WordPart::Literal(text) => self.push_literal(text),
            WordPart::Escaped(text) | WordPart::SingleQuoted(text) => {
                self.exists = true;
                self.text.extend_from_slice(text);
            }
            WordPart::DoubleQuoted(inner) => {
                self.exists = true;
                inner.iter().for_each(|part| self.push(part));
            }
            WordPart::Param(expansion) => {
                let text = self.sh.plain_parameter(expansion).unwrap_or_default();
                self.text.extend_from_slice(&text);
            }
            _ => {}
        }
    }

    fn push_literal(&mut self, text: &[u8]) {
        self.exists = true;
        self.text.extend_from_slice(text);
    }

    fn push_item(&mut self, range: &BraceRange, number: u64) {
        match *range {
            BraceRange::Integers { width: 0, .. } => {
                self.push_literal(&Text::from_integer(item_number(range, number)));
            }
            BraceRange::Integers { width, .. } => {
                self.push_literal(super::padded(item_number(range, number), width).as_bytes());
            }
            // Bash takes it for a quoting backslash, of which nothing is left.
            BraceRange::Characters { .. } => match item_number(range, number) as u8 {
                b'\\' => self.push_literal(b""),
                byte => self.push_literal(&[byte]),
            },
        }
    }
}
