//! The locale: which one the variables ask for, category by category, and what follows from it.
//!
//! `C`, `POSIX` and `C.UTF-8` are known without asking the system. A variable that names a locale which does not exist gets a
//! warning and changes nothing: what was in force before stays so.

use crate::Shell;
use bash_host::Locale;
use bash_parser::Name;
use bash_parser::quote::{Charset, Codeset, Coding};
use bash_session::{Text, names};
use std::sync::{Mutex, PoisonError};

/// A category of the locale that the shell itself acts by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Category {
    Ctype,
    Numeric,
    Collate,
}

/// What a name stands for.
enum Meaning {
    /// Known without asking.
    Plain(Charset),
    /// One of the system's.
    System(&'static dyn Locale),
    /// Nothing.
    Missing,
}

impl Category {
    fn variable(self) -> Name {
        match self {
            Category::Ctype => *names::LC_CTYPE,
            Category::Numeric => *names::LC_NUMERIC,
            Category::Collate => *names::LC_COLLATE,
        }
    }
}

impl Shell {
    /// What a change of `LC_ALL`, `LANG` or a variable of one category brings about.
    pub(crate) fn after_locale_variable(&mut self, name: Name) {
        if name != *names::LANG && self.warns_of_locale(name) {
            return;
        }
        for category in [Category::Ctype, Category::Numeric, Category::Collate] {
            let concerns = category.variable() == name || matches!(name.as_str(), "LC_ALL" | "LANG");
            if concerns {
                self.follow(category);
            }
        }
    }

    /// Takes the locale that the environment names. Complaints are for `LC_ALL` alone, as Bash's.
    pub(crate) fn start_locale(&mut self) {
        self.warns_of_locale(*names::LC_ALL);
        for category in [Category::Ctype, Category::Numeric, Category::Collate] {
            self.follow(category);
        }
    }

    fn follow(&mut self, category: Category) {
        let name = self.locale_of(category.variable());
        match (category, self.meaning(&name)) {
            (_, Meaning::Missing) => {}
            (Category::Ctype, Meaning::Plain(charset)) => self.session.charset = charset,
            (Category::Ctype, Meaning::System(locale)) => self.session.charset = charset_of(locale),
            (Category::Numeric, Meaning::Plain(_)) => self.session.numeric = None,
            (Category::Numeric, Meaning::System(locale)) => self.session.numeric = Some(locale),
            (Category::Collate, Meaning::Plain(_)) => self.session.collation = None,
            (Category::Collate, Meaning::System(locale)) => self.session.collation = Some(locale),
        }
    }

    /// The locale that is asked for in a category.
    fn locale_of(&self, category: Name) -> Text {
        [*names::LC_ALL, category, *names::LANG]
            .into_iter()
            .filter_map(|name| self.plain_text(name))
            .find(|text| !text.is_empty())
            .unwrap_or_default()
    }

    fn meaning(&self, name: &[u8]) -> Meaning {
        match name {
            b"" | b"C" | b"POSIX" => Meaning::Plain(Charset::C),
            b"C.UTF-8" | b"C.utf8" => Meaning::Plain(Charset::Utf8),
            name => self.host.locale(name).map_or(Meaning::Missing, Meaning::System),
        }
    }

    /// Complains if the variable names a locale that does not exist. `LC_ALL` hides the other variables.
    fn warns_of_locale(&mut self, name: Name) -> bool {
        let is_hidden = name != *names::LC_ALL
            && self.plain_text(*names::LC_ALL).is_some_and(|locale| !locale.is_empty());
        let Some(locale) = self.plain_text(name).filter(|_| !is_hidden) else { return false };
        if self.is_known_locale(&locale) {
            return false;
        }
        let message: [&[u8]; 5] = [
            b"warning: setlocale: ",
            name.as_bytes(),
            b": cannot change locale (",
            &locale,
            b"): No such file or directory",
        ];
        match self.session.line {
            0 => self.write_error(&[&self.error_name()[..], b": ", &message.concat(), b"\n"].concat()),
            _ => self.error(message.concat()),
        }
        true
    }

    /// Whether a locale exists.
    pub(crate) fn is_known_locale(&self, locale: &[u8]) -> bool {
        !matches!(self.meaning(locale), Meaning::Missing)
    }

    /// What stands before the fraction of a number.
    pub fn decimal_point(&self) -> &'static [u8] {
        self.session.numeric.map_or(b".", Locale::decimal_point)
    }
}

fn charset_of(locale: &'static dyn Locale) -> Charset {
    match locale.codeset() {
        b"UTF-8" => Charset::Utf8,
        b"ANSI_X3.4-1968" | b"US-ASCII" | b"ASCII" => Charset::C,
        _ => Charset::Coded(codeset(locale)),
    }
}

/// The characters of a system's locale.
struct SystemCoding(&'static dyn Locale);

impl Coding for SystemCoding {
    fn decode(&self, text: &[u8]) -> Option<(char, usize)> {
        let (code, length) = self.0.decode(text)?;
        Some((char::from_u32(code)?, length))
    }

    fn encode(&self, character: char) -> Option<Vec<u8>> {
        self.0.encode(u32::from(character))
    }
}

/// The codeset of a locale, always the same one for the same locale.
fn codeset(locale: &'static dyn Locale) -> Codeset {
    static KNOWN: Mutex<Vec<&'static SystemCoding>> = Mutex::new(Vec::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let address = |locale: &'static dyn Locale| std::ptr::from_ref(locale).cast::<u8>();
    if let Some(coding) = known.iter().find(|coding| address(coding.0) == address(locale)) {
        return Codeset(*coding);
    }
    let coding: &'static SystemCoding = Box::leak(Box::new(SystemCoding(locale)));
    known.push(coding);
    Codeset(coding)
}
