//! Assignments with an effect beyond the value: the variables that the shell itself looks at.

use super::AssignTarget;
use crate::{Flow, Shell};
use bash_parser::Name;
use bash_parser::quote::Charset;
use bash_session::{Attributes, Session, SetOption, Text, Value, names};
use std::ops::ControlFlow::Continue;

/// Marks the watched variables of a new session.
pub(crate) fn initialise(session: &mut Session) {
    let watched = [
        *names::PATH,
        *names::LC_ALL,
        *names::LC_CTYPE,
        *names::LANG,
        *names::OPTIND,
        *names::POSIXLY_CORRECT,
        *names::GLOBIGNORE,
        *names::BASH_COMPAT,
    ];
    for name in watched {
        session.variables.cell(name).attributes |= Attributes::WATCHED;
    }
}

impl Shell {
    /// What an assignment to (or the unsetting of) a watched variable brings about.
    pub fn after_assignment(&mut self, name: Name) {
        match name.as_str() {
            "PATH" => self.session.commands.clear(),
            "LC_ALL" | "LC_CTYPE" | "LANG" => self.session.charset = self.charset_of_locale(),
            // Patterns to ignore bring hidden files in; only unsetting the variable takes them out again.
            "GLOBIGNORE" => match self.plain_text(name) {
                Some(list) if list.is_empty() => {}
                list => self.session.shopt.set(bash_session::Shopt::DotGlob, list.is_some()),
            },
            "BASH_COMPAT" => self.after_compatibility(),
            "OPTIND" => self.session.getopts = (0, 0),
            "POSIXLY_CORRECT" => {
                let on = self.session.variables.get(name).is_some();
                self.session.options.set(SetOption::Posix, on);
            }
            _ => {}
        }
    }

    /// The character set that `LC_ALL`, `LC_CTYPE` and `LANG` name, in this order.
    pub fn charset_of_locale(&self) -> Charset {
        let locale = [*names::LC_ALL, *names::LC_CTYPE, *names::LANG]
            .into_iter()
            .filter_map(|name| self.plain_text(name))
            .find(|text| !text.is_empty())
            .unwrap_or_default();
        let lower = locale.to_ascii_lowercase();
        let is_utf8 = [&b"utf-8"[..], b"utf8"]
            .iter()
            .any(|codeset| lower.windows(codeset.len()).any(|window| window == *codeset));
        if is_utf8 { Charset::Utf8 } else { Charset::C }
    }

    /// An assignment to a computed variable.
    pub(super) fn assign_dynamic(&mut self, target: &AssignTarget, value: Value) -> Flow<()> {
        let number = value.integer().unwrap_or(0);
        match target.name().as_str() {
            "RANDOM" => {
                self.session.random = number as u32;
                self.session.random_depth = self.session.subshell_depth;
            }
            "SECONDS" => {
                self.session.seconds_start = self.host.now();
                self.session.seconds_base = number;
            }
            "LINENO" => self.session.line = number as u32,
            "DIRSTACK" => self.assign_to_directory_stack(target, value),
            "BASH_ALIASES" => {
                if let AssignTarget::Key(_, name) = target {
                    self.session.aliases.set(name, &value.text().unwrap_or_default());
                }
            }
            "BASH_CMDS" => {
                if let AssignTarget::Key(_, name) = target {
                    self.session.commands.remember(name, &value.text().unwrap_or_default(), 0);
                }
            }
            "BASH_ARGV0" => self.session.params.name = value.text().unwrap_or_default(),
            "_" => self.session.last_argument = value.text().unwrap_or_default(),
            _ => {}
        }
        Continue(())
    }

    fn assign_to_directory_stack(&mut self, target: &AssignTarget, value: Value) {
        let AssignTarget::Index(_, index) = target else { return };
        let Some(below) = usize::try_from(*index).ok().and_then(|index| index.checked_sub(1)) else { return };
        let stack = std::sync::Arc::make_mut(&mut self.session.directory.stack);
        if let Some(entry) = stack.get_mut(below) {
            *entry = value.text().unwrap_or(Text::EMPTY);
        }
    }
}
