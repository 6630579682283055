//! Assignments with an effect beyond the value: the variables that the shell itself looks at.

use super::AssignTarget;
use crate::{Flow, Shell};
use bash_parser::Name;
use bash_session::{Aliases, Attributes, Session, SetOption, Text, Value, names};
use std::ops::ControlFlow::Continue;

/// Marks the watched variables of a new session.
pub(crate) fn initialise(session: &mut Session) {
    let watched = [
        *names::PATH,
        *names::LC_ALL,
        *names::LC_CTYPE,
        *names::LANG,
        *names::LC_COLLATE,
        *names::LC_MESSAGES,
        *names::LC_NUMERIC,
        Name::new("LC_TIME"),
        *names::OPTIND,
        *names::POSIXLY_CORRECT,
        *names::GLOBIGNORE,
        *names::BASH_COMPAT,
        *names::HISTSIZE,
        *names::HISTFILESIZE,
        *names::HISTTIMEFORMAT,
        *names::histchars,
        *names::TEXTDOMAIN,
        *names::BASH_XTRACEFD,
        Name::new("IGNOREEOF"),
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
            "LC_ALL" | "LC_CTYPE" | "LANG" | "LC_COLLATE" | "LC_MESSAGES" | "LC_NUMERIC" | "LC_TIME" => {
                self.after_locale_variable(name);
            }
            // Patterns to ignore bring hidden files in; only unsetting the variable takes them out again.
            "GLOBIGNORE" => match self.plain_text(name) {
                Some(list) if list.is_empty() => {}
                list => self.session.shopt.set(bash_session::Shopt::DotGlob, list.is_some()),
            },
            "TEXTDOMAIN" => self.follow_text_domain(),
            "BASH_COMPAT" => self.after_compatibility(),
            "HISTTIMEFORMAT" => self.after_history_time_format(),
            "histchars" => self.after_history_characters(),
            "HISTSIZE" => self.after_history_size(),
            "HISTFILESIZE" => self.after_history_file_size(),
            "BASH_XTRACEFD" => self.check_trace_descriptor(),
            "OPTIND" => self.session.getopts = (0, 0),
            "POSIXLY_CORRECT" => {
                let on = self.session.variables.get(name).is_some_and(|cell| cell.is_set());
                if on != self.is_posix() {
                    self.set_option(SetOption::Posix, on);
                }
            }
            "IGNOREEOF" => {
                let on = self.session.variables.get(name).is_some_and(|cell| cell.is_set());
                self.session.options.set(SetOption::IgnoreEof, on);
                self.show_options();
            }
            _ => {}
        }
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
            "BASH_SUBSHELL" => {
                let depth = i64::from(self.session.subshell_depth);
                let text = value.text().unwrap_or_default();
                let number: i64 = String::from_utf8_lossy(&text).trim().parse().unwrap_or(0);
                self.session.subshell_offset = number.wrapping_sub(depth);
            }
            "LINENO" => self.session.line = number as u32,
            "DIRSTACK" => self.assign_to_directory_stack(target, value),
            "BASH_ALIASES" => {
                if let AssignTarget::Key(_, name) = target {
                    if !Aliases::accepts(name) {
                        self.error([b"`", &name[..], b"': invalid alias name"].concat());
                        return Continue(());
                    }
                    self.session.aliases.set(name, &value.text().unwrap_or_default());
                }
            }
            "BASH_CMDS" => {
                let path = value.text().unwrap_or_default();
                if let AssignTarget::Key(_, name) = target
                    && let Some(path) = self.path_to_remember(None, &path)
                {
                    self.session.commands.remember(name, &path, 0);
                }
            }
            "BASH_ARGV0" => {
                let name = value.text().unwrap_or_default();
                // The cell's own value is what programs are given.
                self.session.variables.set(*names::BASH_ARGV0, name.clone());
                self.session.params.name = name;
            }
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
