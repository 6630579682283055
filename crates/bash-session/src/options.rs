//! The options of `set`.

macro_rules! set_options {
    ($($variant:ident $name:literal $letter:literal $doc:literal;)*) => {
        /// An option of `set -o`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum SetOption { $(#[doc = $doc] $variant),* }

        impl SetOption {
            /// All, sorted by name as `set -o` lists them.
            pub const ALL: &[SetOption] = &[$(SetOption::$variant),*];

            /// Its name.
            pub fn name(self) -> &'static str {
                match self { $(SetOption::$variant => $name),* }
            }

            /// Its letter, or a blank.
            pub fn letter(self) -> char {
                match self { $(SetOption::$variant => $letter),* }
            }
        }
    };
}

set_options! {
    AllExport "allexport" 'a' "`-a`: variables are exported as they are assigned.";
    BraceExpand "braceexpand" 'B' "`-B`: brace expansion.";
    Emacs "emacs" ' ' "Emacs-style line editing.";
    ErrExit "errexit" 'e' "`-e`: the shell ends when a command fails.";
    ErrTrace "errtrace" 'E' "`-E`: the ERR trap is inherited.";
    FuncTrace "functrace" 'T' "`-T`: the DEBUG and RETURN traps are inherited.";
    HashAll "hashall" 'h' "`-h`: found commands are remembered.";
    HistExpand "histexpand" 'H' "`-H`: history expansion.";
    History "history" ' ' "Commands are put into the history.";
    IgnoreEof "ignoreeof" ' ' "End of file does not end an interactive shell.";
    InteractiveComments "interactive-comments" ' ' "Comments in an interactive shell.";
    Keyword "keyword" 'k' "`-k`: assignments count wherever they stand.";
    Monitor "monitor" 'm' "`-m`: job control.";
    NoClobber "noclobber" 'C' "`-C`: `>` does not overwrite.";
    NoExec "noexec" 'n' "`-n`: commands are read, not run.";
    NoGlob "noglob" 'f' "`-f`: no pathname expansion.";
    NoLog "nolog" ' ' "Without effect.";
    Notify "notify" 'b' "`-b`: ended jobs are reported at once.";
    NoUnset "nounset" 'u' "`-u`: expanding an unset parameter is an error.";
    OneCommand "onecmd" 't' "`-t`: the shell ends after one command.";
    Physical "physical" 'P' "`-P`: directories without symbolic links.";
    PipeFail "pipefail" ' ' "A pipeline fails when any of its commands does.";
    Posix "posix" ' ' "POSIX mode.";
    Privileged "privileged" 'p' "`-p`: nothing is taken from the environment.";
    Verbose "verbose" 'v' "`-v`: input lines are printed.";
    Vi "vi" ' ' "Vi-style line editing.";
    XTrace "xtrace" 'x' "`-x`: commands are printed before they run.";
}

impl SetOption {
    /// The option called `name`.
    pub fn with_name(name: &[u8]) -> Option<SetOption> {
        SetOption::ALL.iter().copied().find(|option| option.name().as_bytes() == name)
    }

    /// The option with this letter.
    pub fn with_letter(letter: u8) -> Option<SetOption> {
        SetOption::ALL.iter().copied().find(|option| option.letter() == char::from(letter) && letter != b' ')
    }
}

/// Which options are on, and how the shell was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    bits: u32,
    /// Input lines are printed as they are read. Goes with `-v`, until `${ …; }` gives that back.
    pub shows_input: bool,
    /// The shell is interactive (`i` in `$-`).
    pub interactive: bool,
    /// Commands come from standard input (`s`).
    pub from_stdin: bool,
    /// Commands come from an argument (`c`).
    pub from_argument: bool,
    /// A login shell.
    pub login: bool,
    /// Restricted mode (`r`).
    pub restricted: bool,
}

impl Default for Options {
    /// What a script starts with.
    fn default() -> Options {
        let mut options = Options {
            bits: 0,
            shows_input: false,
            interactive: false,
            from_stdin: false,
            from_argument: false,
            login: false,
            restricted: false,
        };
        for option in [SetOption::BraceExpand, SetOption::HashAll, SetOption::InteractiveComments] {
            options.set(option, true);
        }
        options
    }
}

impl Options {
    /// Whether an option is on.
    #[inline]
    pub fn has(self, option: SetOption) -> bool {
        self.bits & (1 << option as u8) != 0
    }

    /// Turns an option on or off.
    pub fn set(&mut self, option: SetOption, on: bool) {
        if option == SetOption::Verbose {
            self.shows_input = on;
        }
        self.set_alone(option, on);
    }

    /// Makes `-v` what it was before a substitution of the current shell turned it off: what became of showing the input
    /// stays.
    pub fn give_back_verbose(&mut self, on: bool) {
        self.set_alone(SetOption::Verbose, on);
    }

    fn set_alone(&mut self, option: SetOption, on: bool) {
        if on {
            self.bits |= 1 << option as u8;
        } else {
            self.bits &= !(1 << option as u8);
        }
    }

    /// `$-`
    pub fn letters(self) -> String {
        const ORDER: &str = "abefhkmnptuvxBCEHPT";
        let is_on =
            |letter: &char| SetOption::with_letter(*letter as u8).is_some_and(|option| self.has(option));
        let mut letters: String = ORDER.chars().filter(is_on).collect();
        for (on, letter, before) in
            [(self.interactive, 'i', "kmnptuvxBCEHPT"), (self.restricted, 'r', "tuvxBCEHPT")]
        {
            if on {
                let at = letters.find(|other| before.contains(other)).unwrap_or(letters.len());
                letters.insert(at, letter);
            }
        }
        if self.from_argument {
            letters.push('c');
        }
        if self.from_stdin {
            letters.push('s');
        }
        letters
    }

    /// The value of `SHELLOPTS`.
    pub fn shellopts(self) -> String {
        let on: Vec<_> =
            SetOption::ALL.iter().filter(|option| self.has(**option)).map(|option| option.name()).collect();
        on.join(":")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_starts_with_these_options() {
        assert_eq!(Options::default().letters(), "hB");
        assert_eq!(Options::default().shellopts(), "braceexpand:hashall:interactive-comments");
    }

    #[test]
    fn options_are_sorted_by_name_and_found_by_letter() {
        assert!(SetOption::ALL.is_sorted_by_key(|option| option.name()));
        assert_eq!(SetOption::with_letter(b'x'), Some(SetOption::XTrace));
        assert_eq!(SetOption::with_letter(b' '), None);
    }
}
