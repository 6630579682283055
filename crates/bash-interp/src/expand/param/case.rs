//! `${x^pattern}` `${x^^}` `${x,}` `${x,,}` `${x~}` `${x~~}`, and the case attributes of variables.

use super::ParamValue;
use crate::pattern::Pattern;
use crate::{Flow, Shell};
use bash_parser::ast::{CaseChange, Word, WordPart};
use bash_parser::quote::Charset;
use bash_session::{Attributes, Text};
use std::ops::ControlFlow::Continue;
use std::sync::Arc;

impl Shell {
    /// Changes the case of the characters that match.
    pub(super) fn param_case(
        &mut self,
        value: ParamValue,
        change: CaseChange,
        all: bool,
        pattern: Option<&Word>,
    ) -> Flow<ParamValue> {
        let pattern = match pattern {
            Some(word) if !word.parts.is_empty() => self.case_pattern(word)?,
            _ => None,
        };
        let charset = self.session.charset;
        if pattern.is_none() {
            return Continue(value.map(|text| change_every(text, charset, change, all)));
        }
        let matches = |character: &[u8]| pattern.as_ref().is_none_or(|pattern| pattern.matches(character));
        Continue(value.map(|text| change_case(text, charset, change, all, &matches)))
    }
}

impl Shell {
    /// The pattern; one that comes out of an expansion as nothing counts as missing.
    fn case_pattern(&mut self, word: &Word) -> Flow<Option<Arc<Pattern>>> {
        let pattern = self.compile_case_pattern(word)?;
        let is_expansion = matches!(&*word.parts, [WordPart::Param(_) | WordPart::Command(_)]);
        Continue(Some(pattern).filter(|pattern| !(is_expansion && pattern.text().is_empty())))
    }
}

/// A value as the attributes `-l`, `-u` and `-c` of its variable make it.
pub(crate) fn for_attributes(text: &[u8], attributes: Attributes, charset: Charset) -> Text {
    if attributes.contains(Attributes::UPPERCASE) {
        change_every(text, charset, CaseChange::Upper, true)
    } else if attributes.contains(Attributes::LOWERCASE) {
        change_every(text, charset, CaseChange::Lower, true)
    } else if attributes.contains(Attributes::CAPITALIZE) {
        let lower = change_every(text, charset, CaseChange::Lower, true);
        change_every(&lower, charset, CaseChange::Upper, false)
    } else {
        Text::new(text)
    }
}

/// Changes the case of the first character, or of all, whatever they are.
fn change_every(text: &[u8], charset: Charset, change: CaseChange, all: bool) -> Text {
    if text.is_ascii() {
        return change_ascii(text, change, all);
    }
    change_case(text, charset, change, all, &|_| true)
}

/// The same for ASCII text, whose letters are bytes in any charset.
fn change_ascii(text: &[u8], change: CaseChange, all: bool) -> Text {
    let mut changed = Text::new(text);
    let end = if all { text.len() } else { text.len().min(1) };
    changed.change(|bytes| {
        for byte in &mut bytes[..end] {
            *byte = match change {
                CaseChange::Upper => byte.to_ascii_uppercase(),
                CaseChange::Lower => byte.to_ascii_lowercase(),
                CaseChange::Toggle if byte.is_ascii_uppercase() => byte.to_ascii_lowercase(),
                CaseChange::Toggle => byte.to_ascii_uppercase(),
            };
        }
    });
    changed
}

fn change_case(
    text: &[u8],
    charset: Charset,
    change: CaseChange,
    all: bool,
    matches: &dyn Fn(&[u8]) -> bool,
) -> Text {
    let mut out = Vec::with_capacity(text.len());
    let mut first = true;
    for character in charset.characters(text) {
        if (first || all) && matches(character) {
            push_changed(character, charset, change, &mut out);
        } else {
            out.extend_from_slice(character);
        }
        first = false;
    }
    out.into()
}

fn push_changed(character: &[u8], charset: Charset, change: CaseChange, out: &mut Vec<u8>) {
    let (Some(c), _) = charset.first(character) else {
        out.extend_from_slice(character);
        return;
    };
    let changed = match change {
        CaseChange::Upper => single(c.to_uppercase()),
        CaseChange::Lower => lower(c),
        CaseChange::Toggle if c.is_uppercase() => lower(c),
        CaseChange::Toggle => single(c.to_uppercase()),
    };
    let changed = changed.unwrap_or(c);
    match charset {
        Charset::Coded(codeset) => {
            out.extend_from_slice(codeset.0.encode(changed).as_deref().unwrap_or(character));
        }
        _ => out.extend_from_slice(changed.encode_utf8(&mut [0; 4]).as_bytes()),
    }
}

/// Like `towlower`, which makes one character of the dotted capital I.
fn lower(c: char) -> Option<char> {
    if c == '\u{130}' { Some('i') } else { single(c.to_lowercase()) }
}

/// The one character of a case mapping: like `towupper`, Bash never turns one into several.
fn single(mut mapped: impl Iterator<Item = char>) -> Option<char> {
    let first = mapped.next()?;
    mapped.next().is_none().then_some(first)
}

/// `${x@u}`: the first character in upper case.
pub(super) fn first_upper(text: &[u8], charset: Charset) -> Text {
    change_every(text, charset, CaseChange::Upper, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_changes_as_any_text_does() {
        for text in ["", "a", "Hello World 1", "A_z-Z{|@"] {
            for change in [CaseChange::Upper, CaseChange::Lower, CaseChange::Toggle] {
                for all in [false, true] {
                    let general = change_case(text.as_bytes(), Charset::Utf8, change, all, &|_| true);
                    assert_eq!(
                        change_ascii(text.as_bytes(), change, all),
                        general,
                        "{text} {change:?} {all}"
                    );
                }
            }
        }
    }
}
