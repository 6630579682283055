//! The characters of `IFS`, which may take several bytes.

use crate::Shell;
use bash_parser::quote::Charset;
use bash_session::{Text, names};

/// The characters of `IFS`.
#[derive(Clone)]
pub(super) enum Separators {
    /// Space, tab, newline.
    Default,
    /// None: nothing is split.
    None,
    /// These.
    Custom(Text),
}

/// The first character of a text: in most charsets a UTF-8 sequence, or one byte.
pub(super) fn first_character(text: &[u8], charset: Charset) -> &[u8] {
    if let Charset::Coded(_) = charset {
        return &text[..charset.first(text).1];
    }
    let length = match text.first() {
        None => 0,
        Some(0xc2..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        Some(0xf0..=0xf4) => 4,
        Some(_) => 1,
    };
    match text.get(..length) {
        Some(character) if std::str::from_utf8(character).is_ok() => character,
        _ => &text[..text.len().min(1)],
    }
}

pub(super) fn characters_of(text: &[u8], charset: Charset) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let character = first_character(rest, charset);
        rest = &rest[character.len()..];
        (!character.is_empty()).then_some(character)
    })
}

impl Separators {
    /// Those of the shell now.
    pub(super) fn of(shell: &Shell) -> Separators {
        match shell.plain_text(*names::IFS) {
            None => Separators::Default,
            Some(text) if &text[..] == b" \t\n" => Separators::Default,
            Some(text) if text.is_empty() => Separators::None,
            Some(text) => Separators::Custom(text),
        }
    }
}
