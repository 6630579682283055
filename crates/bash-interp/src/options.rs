//! Turning options on and off, with everything that follows from it: `SHELLOPTS`, `BASHOPTS`, POSIX mode's companions,
//! the one line editor.

use crate::Shell;
use crate::compatibility::is_compatibility;
use bash_parser::Name;
use bash_session::readline::EditMode;
use bash_session::{Attributes, JobControl, SetOption, Shopt, Text, names};

/// What POSIX mode turns on.
const POSIX_COMPANIONS: [Shopt; 5] = [
    Shopt::ExpandAliases,
    Shopt::InheritErrexit,
    Shopt::ShiftVerbose,
    Shopt::InteractiveComments,
    Shopt::SourcePath,
];

impl Shell {
    /// Turns a `set` option on or off.
    pub fn set_option(&mut self, option: SetOption, on: bool) {
        self.session.options.set(option, on);
        match option {
            SetOption::Posix => self.follow_posix_mode(on),
            SetOption::Monitor => {
                self.session.job_control = if on { JobControl::On } else { JobControl::Off };
                if on {
                    self.find_job_terminal();
                }
            }
            SetOption::Emacs if on => self.follow_editing_mode(SetOption::Vi, EditMode::Emacs),
            SetOption::Vi if on => self.follow_editing_mode(SetOption::Emacs, EditMode::Vi),
            SetOption::InteractiveComments => self.set_shopt(Shopt::InteractiveComments, on),
            SetOption::History => self.follow_history(on),
            SetOption::IgnoreEof => self.follow_ignore_eof(on),
            _ => {}
        }
        self.show_set_options();
    }

    /// The same as a command asks for it: an interactive shell does not stop running commands (`set -n`).
    pub fn ask_for_option(&mut self, option: SetOption, on: bool) {
        if option != SetOption::NoExec || !on || !self.session.options.interactive {
            self.set_option(option, on);
        }
    }

    /// Turns a `shopt` option on or off.
    pub fn set_shopt(&mut self, option: Shopt, on: bool) {
        self.session.shopt.set(option, on);
        match option {
            Shopt::AssocExpandOnce => self.session.shopt.set(Shopt::ArrayExpandOnce, on),
            Shopt::ArrayExpandOnce => self.session.shopt.set(Shopt::AssocExpandOnce, on),
            Shopt::InteractiveComments => self.session.options.set(SetOption::InteractiveComments, on),
            Shopt::ExtDebug => {
                if on {
                    self.session.calls.begin_arguments(&self.session.params);
                }
                self.session.options.set(SetOption::ErrTrace, on);
                self.session.options.set(SetOption::FuncTrace, on);
            }
            option if is_compatibility(option) => self.follow_compatibility(option, on),
            _ => {}
        }
        self.show_options();
    }

    /// `SHELLOPTS` and `BASHOPTS` as the options are now.
    pub fn show_options(&mut self) {
        self.show_set_options();
        let shopt = Text::from(self.session.shopt.bashopts().into_bytes());
        self.show_list(*names::BASHOPTS, shopt);
    }

    /// `SHELLOPTS` alone: what `set` changes in `BASHOPTS` is seen there only after the next `shopt`.
    pub(crate) fn show_set_options(&mut self) {
        let set = Text::from(self.session.options.shellopts().into_bytes());
        self.show_list(*names::SHELLOPTS, set);
    }

    fn show_list(&mut self, name: Name, options: Text) {
        self.session.variables.set(name, options);
        self.session.variables.change_attributes(name, Attributes::READONLY, Attributes::empty());
    }

    /// POSIX mode brings some other options with it, and the variable by which other programs know it.
    fn follow_posix_mode(&mut self, on: bool) {
        if on {
            self.set_posix_companions([true; 5]);
        } else {
            self.session.shopt.set(Shopt::ExpandAliases, self.session.options.interactive);
            self.session.shopt.set(Shopt::ShiftVerbose, false);
        }
        let variable = *names::POSIXLY_CORRECT;
        match (on, self.session.variables.get(variable).is_some_and(|cell| cell.is_set())) {
            (true, false) => {
                self.set_own_variable(variable, "y");
            }
            (false, true) => self.session.variables.unset(variable, false),
            _ => {}
        }
    }

    /// Sets a variable that goes with an option. `set -a` exports it.
    pub(crate) fn set_own_variable(&mut self, name: Name, value: &str) {
        self.session.variables.set(name, value);
        if self.option(SetOption::AllExport) {
            self.session.variables.change_attributes(name, Attributes::EXPORT, Attributes::empty());
        }
    }

    /// The options that POSIX mode turns on, as they are now.
    pub(crate) fn posix_companions(&self) -> [bool; 5] {
        POSIX_COMPANIONS.map(|option| self.shopt(option))
    }

    /// Sets the options that POSIX mode turns on.
    pub(crate) fn set_posix_companions(&mut self, states: [bool; 5]) {
        for (option, on) in POSIX_COMPANIONS.into_iter().zip(states) {
            self.session.shopt.set(option, on);
        }
        self.session.options.set(SetOption::InteractiveComments, self.shopt(Shopt::InteractiveComments));
    }

    /// At most one of the line editors is on.
    fn follow_editing_mode(&mut self, other: SetOption, mode: EditMode) {
        self.session.options.set(other, false);
        self.session.readline.set_mode(mode);
    }

    fn follow_ignore_eof(&mut self, on: bool) {
        let variable = bash_parser::Name::new("IGNOREEOF");
        if on {
            self.set_own_variable(variable, "10");
        } else {
            self.session.variables.unset(variable, false);
        }
    }
}
