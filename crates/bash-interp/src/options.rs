//! Turning options on and off, with everything that follows from it: `SHELLOPTS`, `BASHOPTS`, POSIX mode's companions,
//! the one line editor.

use crate::Shell;
use bash_session::{Attributes, SetOption, Shopt, Text, names};

/// The options that bring an older version's behaviour back, and their numbers.
const COMPATIBILITY: &[(Shopt, &str)] = &[
    (Shopt::Compat31, "31"),
    (Shopt::Compat32, "32"),
    (Shopt::Compat40, "40"),
    (Shopt::Compat41, "41"),
    (Shopt::Compat42, "42"),
    (Shopt::Compat43, "43"),
    (Shopt::Compat44, "44"),
];

impl Shell {
    /// Turns a `set` option on or off.
    pub fn set_option(&mut self, option: SetOption, on: bool) {
        self.session.options.set(option, on);
        match option {
            SetOption::Posix => self.follow_posix_mode(on),
            SetOption::Emacs if on => self.session.options.set(SetOption::Vi, false),
            SetOption::Vi if on => self.session.options.set(SetOption::Emacs, false),
            SetOption::InteractiveComments => self.set_shopt(Shopt::InteractiveComments, on),
            SetOption::IgnoreEof => self.follow_ignore_eof(on),
            _ => {}
        }
        self.show_options();
    }

    /// Turns a `shopt` option on or off.
    pub fn set_shopt(&mut self, option: Shopt, on: bool) {
        self.session.shopt.set(option, on);
        match option {
            Shopt::AssocExpandOnce => self.session.shopt.set(Shopt::ArrayExpandOnce, on),
            Shopt::ArrayExpandOnce => self.session.shopt.set(Shopt::AssocExpandOnce, on),
            Shopt::InteractiveComments => self.session.options.set(SetOption::InteractiveComments, on),
            Shopt::ExtDebug => {
                self.session.options.set(SetOption::ErrTrace, on);
                self.session.options.set(SetOption::FuncTrace, on);
            }
            option if COMPATIBILITY.iter().any(|(compat, _)| *compat == option) => {
                self.follow_compatibility(option, on)
            }
            _ => {}
        }
        self.show_options();
    }

    /// At most one of the `compat` options is on, and `BASH_COMPAT` says which.
    fn follow_compatibility(&mut self, option: Shopt, on: bool) {
        for (other, number) in COMPATIBILITY {
            if *other != option {
                self.session.shopt.set(*other, false);
            } else if on {
                self.session.variables.set(*names::BASH_COMPAT, *number);
            }
        }
        if !on {
            self.session.variables.set(*names::BASH_COMPAT, "");
        }
    }

    /// `BASH_COMPAT` has changed: `4.4` or `44` turn `compat44` on, the present version or nothing turns all off.
    pub(crate) fn after_compatibility(&mut self) {
        let text = self.plain_text(*names::BASH_COMPAT).unwrap_or_default();
        let digits: Vec<u8> = text.iter().copied().filter(|byte| *byte != b'.').collect();
        let is_known = matches!(&digits[..], b"" | b"50" | b"51" | b"52" | b"53");
        let wanted = COMPATIBILITY.iter().find(|(_, number)| number.as_bytes() == digits);
        if wanted.is_none() && !is_known {
            self.error([b"BASH_COMPAT: ", &text[..], b": compatibility value out of range"].concat());
        }
        for (option, _) in COMPATIBILITY {
            self.session.shopt.set(*option, wanted.is_some_and(|(wanted, _)| wanted == option));
        }
        self.show_options();
    }

    /// `SHELLOPTS` and `BASHOPTS` as the options are now.
    pub fn show_options(&mut self) {
        let set = Text::from(self.session.options.shellopts().into_bytes());
        let shopt = Text::from(self.session.shopt.bashopts().into_bytes());
        for (name, value) in [(*names::SHELLOPTS, set), (*names::BASHOPTS, shopt)] {
            self.session.variables.set(name, value);
            self.session.variables.change_attributes(name, Attributes::READONLY, Attributes::empty());
        }
    }

    /// POSIX mode brings some other options with it, and the variable by which other programs know it.
    fn follow_posix_mode(&mut self, on: bool) {
        let aliases = on || self.session.options.interactive;
        let inherit = on || self.shopt(Shopt::InheritErrexit);
        let companions =
            [(Shopt::ExpandAliases, aliases), (Shopt::InheritErrexit, inherit), (Shopt::ShiftVerbose, on)];
        for (option, on) in companions {
            self.session.shopt.set(option, on);
        }
        let variable = *names::POSIXLY_CORRECT;
        match (on, self.session.variables.get(variable).is_some_and(|cell| cell.is_set())) {
            (true, false) => self.session.variables.set(variable, "y"),
            (false, true) => self.session.variables.unset(variable, false),
            _ => {}
        }
    }

    fn follow_ignore_eof(&mut self, on: bool) {
        let variable = bash_parser::Name::new("IGNOREEOF");
        if on {
            self.session.variables.set(variable, "10");
        } else {
            self.session.variables.unset(variable, false);
        }
    }
}
