//! Bash's own command line: what it asks for, before anything of it is done.
//!
//! Bash reads it in two rounds: long options first (with one dash or two), then clusters of letters. That is why
//! `bash -x --norc` is an error, and `--norc -x` is not.

mod usage;

use crate::dump_strings::DumpStyle;
use bash_interp::Import;
use bash_session::{SetOption, Shopt, Text};
pub use usage::{show_help, show_usage, show_version};

/// What a command line asks for.
#[derive(Debug, Default)]
pub struct Invocation {
    /// `-c`
    pub wants_command: bool,
    /// `-s`
    pub from_stdin: bool,
    /// `-i`, or `+i`.
    pub interactive: bool,
    /// `-l`, `--login`, or a name that begins with a dash.
    pub login: bool,
    /// `-r`
    pub restricted: bool,
    /// `--posix`, or the name `sh`.
    pub posix: bool,
    /// The name is `sh`.
    pub called_sh: bool,
    /// `--noprofile`
    pub no_profile: bool,
    /// `--norc`
    pub no_rc: bool,
    /// `--noediting`
    pub no_editing: bool,
    /// `--debugger`
    pub debugger: bool,
    /// `--pretty-print`
    pub pretty_print: bool,
    /// `-D`, `--dump-strings`, `--dump-po-strings`
    pub dump: Option<DumpStyle>,
    /// `--rcfile`, `--init-file`
    pub rc_file: Option<Text>,
    /// What else is done instead of running a shell.
    pub special: Option<Special>,
    /// Options and listings, in their order.
    pub settings: Vec<Setting>,
    /// The operands: a file and its arguments, or with `-c` the commands.
    pub operands: Vec<Text>,
}

/// Something else than running commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Special {
    /// `--help`
    Help,
    /// `--version`
    Version,
}

/// One option of the shell on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// `-x`, `-o xtrace`
    Set(SetOption, Switch),
    /// `-O name`
    Shopt(Shopt, Switch),
    /// `-o name` without such an option.
    NoSuchSet(Text),
    /// `-O name` without such an option.
    NoSuchShopt(Text),
    /// `-o` or `-O` without a name: all of them are shown.
    ListSet(Switch),
    /// See [`Setting::ListSet`].
    ListShopt(Switch),
}

/// `-` or `+`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// `-`
    On,
    /// `+`
    Off,
}

/// A command line that cannot be understood: the message after the shell's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misuse {
    /// The message.
    pub message: Vec<u8>,
    /// The usage text follows.
    pub with_usage: bool,
}

impl Invocation {
    /// Understands the arguments, the name that the program was called by first.
    pub fn read(arguments: &[Text]) -> Result<Invocation, Misuse> {
        let mut invocation = Invocation::default();
        let (name, rest) =
            arguments.split_first().map_or((&b""[..], &[][..]), |(name, rest)| (&name[..], rest));
        invocation.read_name(name);
        let rest = invocation.read_long(rest)?;
        if invocation.special.is_some() {
            return Ok(invocation);
        }
        invocation.operands = invocation.read_letters(rest)?.to_vec();
        if invocation.wants_command && invocation.operands.is_empty() {
            return Err(Misuse { message: b"-c: option requires an argument".to_vec(), with_usage: false });
        }
        Ok(invocation)
    }

    /// What is taken from the environment: a restricted or privileged shell trusts it less.
    pub fn import(&self) -> Import {
        let privileged = Setting::Set(SetOption::Privileged, Switch::On);
        if self.restricted || self.settings.contains(&privileged) {
            return Import::Variables;
        }
        Import::Everything
    }

    fn read_name(&mut self, name: &[u8]) {
        self.login = name.starts_with(b"-");
        let base = base_name(name);
        let base = base.strip_prefix(b"-").unwrap_or(base);
        self.called_sh = base == b"sh";
    }

    fn read_long<'a>(&mut self, mut rest: &'a [Text]) -> Result<&'a [Text], Misuse> {
        while let [word, after @ ..] = rest {
            let Some(name) = word.strip_prefix(b"-") else { break };
            let (name, doubled) = match name.strip_prefix(b"-") {
                Some(b"") => break,
                Some(name) => (name, true),
                None => (name, false),
            };
            if matches!(name, b"rcfile" | b"init-file") {
                let [file, after @ ..] = after else {
                    let message = [name, b": option requires an argument"].concat();
                    return Err(Misuse { message, with_usage: false });
                };
                self.rc_file = Some(file.clone());
                rest = after;
                continue;
            }
            if !self.long_option(name) {
                if doubled {
                    return Err(invalid(word));
                }
                break;
            }
            rest = after;
        }
        Ok(rest)
    }

    /// Takes note of a long option without argument; `false` if there is none of this name.
    fn long_option(&mut self, name: &[u8]) -> bool {
        match name {
            b"help" => self.special = Some(Special::Help),
            b"version" if self.special != Some(Special::Help) => self.special = Some(Special::Version),
            b"version" | b"debug" => {}
            b"login" => self.login = true,
            b"noediting" => self.no_editing = true,
            b"noprofile" => self.no_profile = true,
            b"norc" => self.no_rc = true,
            b"posix" => self.posix = true,
            b"restricted" => self.restricted = true,
            b"verbose" => self.settings.push(Setting::Set(SetOption::Verbose, Switch::On)),
            b"debugger" => self.debugger = true,
            b"dump-strings" => self.dump = Some(DumpStyle::Plain),
            b"dump-po-strings" => self.dump = Some(DumpStyle::Po),
            b"pretty-print" => self.pretty_print = true,
            _ => return false,
        }
        true
    }

    fn read_letters<'a>(&mut self, mut rest: &'a [Text]) -> Result<&'a [Text], Misuse> {
        while let [word, after @ ..] = rest {
            let switch = match word.first() {
                Some(b'-') => Switch::On,
                Some(b'+') => Switch::Off,
                _ => break,
            };
            rest = after;
            if matches!(&word[..], b"-" | b"--") {
                break;
            }
            for letter in &word[1..] {
                rest = self.letter(*letter, switch, rest)?;
            }
        }
        Ok(rest)
    }

    /// One letter; the words after it are given back without those that it took.
    fn letter<'a>(&mut self, letter: u8, switch: Switch, rest: &'a [Text]) -> Result<&'a [Text], Misuse> {
        let on = switch == Switch::On;
        match letter {
            b'c' => self.wants_command = true,
            b's' => self.from_stdin = true,
            b'l' => self.login = true,
            b'i' => self.interactive = on,
            b'r' if on => self.restricted = true,
            b'r' if !self.restricted => {}
            b'D' => self.dump = self.dump.or(Some(DumpStyle::Plain)),
            b'o' | b'O' => return Ok(self.named_option(letter, switch, rest)),
            letter => match SetOption::with_letter(letter) {
                Some(option) => self.settings.push(Setting::Set(option, switch)),
                None => return Err(invalid(&[if on { b'-' } else { b'+' }, letter])),
            },
        }
        Ok(rest)
    }

    fn named_option<'a>(&mut self, letter: u8, switch: Switch, rest: &'a [Text]) -> &'a [Text] {
        let [name, after @ ..] = rest else {
            self.settings.push(if letter == b'o' {
                Setting::ListSet(switch)
            } else {
                Setting::ListShopt(switch)
            });
            return rest;
        };
        self.settings.push(match letter {
            b'o' => SetOption::with_name(name)
                .map_or_else(|| Setting::NoSuchSet(name.clone()), |option| Setting::Set(option, switch)),
            _ => Shopt::with_name(name)
                .map_or_else(|| Setting::NoSuchShopt(name.clone()), |option| Setting::Shopt(option, switch)),
        });
        after
    }
}

fn invalid(option: &[u8]) -> Misuse {
    Misuse { message: [option, b": invalid option"].concat(), with_usage: true }
}

/// The last part of a path.
pub fn base_name(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<Invocation, Misuse> {
        let words: Vec<Text> = words.iter().map(|word| Text::from(*word)).collect();
        Invocation::read(&words)
    }

    #[test]
    fn the_commands_of_dash_c_may_come_after_other_options() {
        let invocation = read(&["bash", "-c", "-x", "echo", "name"]).unwrap();
        assert!(invocation.wants_command);
        assert_eq!(invocation.settings, [Setting::Set(SetOption::XTrace, Switch::On)]);
        assert_eq!(invocation.operands, [Text::from("echo"), Text::from("name")]);
    }

    #[test]
    fn a_long_option_after_a_letter_is_invalid() {
        assert_eq!(read(&["bash", "-x", "--norc"]).unwrap_err().message, b"--: invalid option");
        assert!(read(&["bash", "--norc", "-x"]).unwrap().no_rc);
        assert!(read(&["bash", "-norc"]).unwrap().no_rc);
    }

    #[test]
    fn a_dash_before_the_name_makes_a_login_shell() {
        let invocation = read(&["-sh"]).unwrap();
        assert!(invocation.login && invocation.called_sh);
        assert!(read(&["/usr/bin/sh"]).unwrap().called_sh);
        assert!(!read(&["dash"]).unwrap().called_sh);
    }

    #[test]
    fn missing_arguments_are_told_without_the_usage() {
        for words in [&["bash", "-c"][..], &["bash", "--rcfile"]] {
            assert!(!read(words).unwrap_err().with_usage);
        }
    }

    #[test]
    fn a_restricted_or_privileged_shell_imports_variables_alone() {
        for words in [&["bash", "-r"][..], &["bash", "--restricted"], &["bash", "-p"]] {
            assert_eq!(read(words).unwrap().import(), Import::Variables);
        }
        assert_eq!(read(&["bash", "+p"]).unwrap().import(), Import::Everything);
    }

    #[test]
    fn restricted_mode_cannot_be_taken_back() {
        assert!(read(&["bash", "-r", "+r"]).is_err());
        assert!(!read(&["bash", "+r"]).unwrap().restricted);
    }

    #[test]
    fn two_dashes_end_the_options() {
        assert_eq!(read(&["bash", "--", "-s", "x"]).unwrap().operands.len(), 2);
        assert_eq!(read(&["bash", "-c", "--", "x"]).unwrap().operands, [Text::from("x")]);
    }
}
