//! `$"…"`: translations from the message catalogues of gettext, asked for while a command is read.
//!
//! So `TEXTDOMAIN` counts from the next complete command line on, and a function keeps the language it was defined in.

mod catalogue;

use crate::Shell;
use bash_parser::{AliasTable, Translation};
use bash_session::{Aliases, Shopt, Text, names};
use catalogue::Catalogue;
use std::sync::Arc;

/// Where catalogues are unless `TEXTDOMAINDIR` says otherwise.
const DEFAULT_DIRECTORY: &[u8] = b"/usr/share/locale";

/// The catalogues in use, and what they were chosen by: domain, directory and locale.
pub(crate) type Loaded = ([Text; 3], Arc<[Catalogue]>);

/// What the shell lends to the parser when strings are to be translated.
pub(crate) struct Reading<'a> {
    pub(crate) aliases: Option<&'a Aliases>,
    pub(crate) catalogues: Arc<[Catalogue]>,
    /// `noexpand_translation`
    pub(crate) literal: bool,
}

impl AliasTable for Reading<'_> {
    fn alias(&self, name: &[u8]) -> Option<&[u8]> {
        self.aliases?.alias(name)
    }

    fn translation(&self, text: &[u8], _line: u32) -> Option<Translation> {
        let found = self.catalogues.iter().find_map(|catalogue| catalogue.find(text))?;
        let found = found.to_vec();
        match self.literal {
            true if found == text => None,
            true => Some(Translation::Literal(found)),
            false => Some(Translation::Expanded(found)),
        }
    }
}

impl Shell {
    /// `TEXTDOMAIN` has changed.
    pub(crate) fn follow_text_domain(&mut self) {
        let domain = self.plain_text(*names::TEXTDOMAIN);
        self.session.translates = domain.is_some_and(|domain| !domain.is_empty());
    }

    /// What the parser is lent while strings are translated.
    pub(crate) fn reading(&mut self) -> Reading<'_> {
        let catalogues = self.catalogues();
        let with_aliases = self.shopt(Shopt::ExpandAliases);
        Reading {
            aliases: with_aliases.then_some(&self.session.aliases),
            catalogues,
            literal: self.shopt(Shopt::NoexpandTranslation),
        }
    }

    fn catalogues(&mut self) -> Arc<[Catalogue]> {
        let value = |name| self.plain_text(name).unwrap_or_default();
        let key = [value(*names::TEXTDOMAIN), value(*names::TEXTDOMAINDIR), self.message_locale()];
        if let Some((known, catalogues)) = &self.translations
            && *known == key
        {
            return catalogues.clone();
        }
        let catalogues: Arc<[Catalogue]> = self.load_catalogues(&key).into();
        self.translations = Some((key, catalogues.clone()));
        catalogues
    }

    /// The locale of messages; empty if they are not translated.
    fn message_locale(&self) -> Text {
        let locale = [*names::LC_ALL, *names::LC_MESSAGES, *names::LANG]
            .into_iter()
            .filter_map(|name| self.plain_text(name))
            .find(|locale| !locale.is_empty())
            .unwrap_or_default();
        let is_plain = matches!(&locale[..], b"C" | b"POSIX") || locale.starts_with(b"C.");
        if is_plain || !self.is_known_locale(&locale) { Text::EMPTY } else { locale }
    }

    /// The catalogues to look into, the first with the first say.
    fn load_catalogues(&self, [domain, directory, locale]: &[Text; 3]) -> Vec<Catalogue> {
        if locale.is_empty() {
            return Vec::new();
        }
        let directory = if directory.is_empty() { DEFAULT_DIRECTORY } else { &directory[..] };
        let load = |language: Vec<u8>| {
            let path = [directory, b"/", &language, b"/LC_MESSAGES/", domain, b".mo"].concat();
            let file = self.host.read_file(&self.session.directory.handle, &path).ok()?;
            Catalogue::new(file, self.session.charset)
        };
        self.languages(locale).iter().flat_map(|language| spellings(language)).filter_map(load).collect()
    }

    /// The languages wanted: those of `LANGUAGE` as the shell found it in its environment, or that of the locale. `C` ends the
    /// list.
    fn languages(&self, locale: &[u8]) -> Vec<Vec<u8>> {
        let environment = self.host.environment();
        let list = environment.iter().find_map(|entry| entry.strip_prefix(b"LANGUAGE="));
        let list = list.filter(|list| !list.is_empty()).unwrap_or(locale);
        let languages = list.split(|byte| *byte == b':').filter(|language| !language.is_empty());
        languages.take_while(|language| !matches!(*language, b"C" | b"POSIX")).map(<[u8]>::to_vec).collect()
    }
}

/// The names of directories in which a locale's catalogues may be, the most precise first: `de_DE.UTF-8@euro`, …, `de`.
fn spellings(locale: &[u8]) -> Vec<Vec<u8>> {
    let (rest, modifier) = cut(locale, b'@');
    let (rest, codeset) = cut(rest, b'.');
    let (language, territory) = cut(rest, b'_');
    let normal = codeset.map(|codeset| {
        let kept = codeset[1..].iter().filter(|byte| byte.is_ascii_alphanumeric());
        [b".".to_vec(), kept.map(u8::to_ascii_lowercase).collect()].concat()
    });
    let codesets = [codeset.map(<[u8]>::to_vec), normal, None];
    let mut out: Vec<Vec<u8>> = Vec::new();
    for modifier in [modifier, None] {
        for territory in [territory, None] {
            for codeset in &codesets {
                let codeset = codeset.as_deref().unwrap_or_default();
                let name =
                    [language, territory.unwrap_or_default(), codeset, modifier.unwrap_or_default()].concat();
                if !out.contains(&name) {
                    out.push(name);
                }
            }
        }
    }
    out
}

/// A text before a separator, and from it on.
fn cut(text: &[u8], separator: u8) -> (&[u8], Option<&[u8]>) {
    match text.iter().position(|byte| *byte == separator) {
        Some(at) => (&text[..at], Some(&text[at..])),
        None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precise_names_come_first() {
        let names: Vec<String> =
            spellings(b"de_DE.UTF-8").into_iter().map(|name| String::from_utf8(name).unwrap()).collect();
        assert_eq!(names, ["de_DE.UTF-8", "de_DE.utf8", "de_DE", "de.UTF-8", "de.utf8", "de"]);
        assert_eq!(spellings(b"fr"), [b"fr"]);
        assert_eq!(spellings(b"ca@valencia"), [&b"ca@valencia"[..], b"ca"]);
    }
}
