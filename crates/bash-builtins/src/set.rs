//! `set`

use crate::declare::list::list_values;
use bash_interp::{Args, Builtin, Class, Flow, OptionLetter, SUCCESS, Shell};
use bash_session::{SetOption, Status, Text};

/// `set`
pub const SET: Builtin = Builtin {
    name: "set",
    synopsis: "set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]",
    help: "Set shell options and positional parameters.\n\n\
           Without arguments, all variables are listed.\n\n\
           Options:\n  \
           -a  variables are exported as they are assigned\n  \
           -b  ended jobs are reported at once\n  \
           -e  the shell ends when a command fails\n  \
           -f  no pathname expansion\n  \
           -h  found commands are remembered\n  \
           -k  assignments count wherever they stand\n  \
           -m  job control\n  \
           -n  commands are read, not run\n  \
           -o NAME\n      \
           the option NAME: allexport (-a) braceexpand (-B) emacs errexit (-e) errtrace (-E) functrace (-T) hashall \
           (-h) histexpand (-H) history ignoreeof interactive-comments keyword (-k) monitor (-m) noclobber (-C) noexec \
           (-n) noglob (-f) nolog notify (-b) nounset (-u) onecmd (-t) physical (-P) pipefail posix privileged (-p) \
           verbose (-v) vi xtrace (-x)\n  \
           -p  nothing is taken over from the environment\n  \
           -t  the shell ends after one command\n  \
           -u  expanding an unset parameter is an error\n  \
           -v  input lines are printed\n  \
           -x  commands are printed before they run\n  \
           -B  brace expansion\n  \
           -C  `>' does not overwrite files\n  \
           -E  the ERR trap is inherited\n  \
           -H  history expansion\n  \
           -P  directories without symbolic links\n  \
           -T  the DEBUG and RETURN traps are inherited\n  \
           --  the ARGs become the positional parameters; without any, there are none\n  \
           -   the same unless there are no ARGs; -x and -v are turned off\n\n\
           `+' in place of `-' turns an option off.  -o without NAME lists the options, +o as commands.\n\n\
           Exit Status:\nSucceeds unless an option is wrong.",
    class: Class::Special,
    run,
};

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    if args.words.is_empty() {
        sh.listing(list_values);
        return SUCCESS;
    }
    if let Some(wrong) = first_wrong_option(args, sh.is_restricted()) {
        let _usage = sh.wrong_option(args, wrong);
        // What a restricted shell refuses is no misuse.
        let refused = wrong == OptionLetter::Invalid(*b"+r");
        return sh.fail_special(if refused { Status::FAILURE } else { Status::USAGE });
    }
    let mut words = args.words.iter();
    while let Some(word) = words.as_slice().first() {
        let on = match &word[..] {
            b"--" => {
                words.next();
                sh.session.params.set(words.as_slice().to_vec());
                return SUCCESS;
            }
            b"-" => {
                words.next();
                end_tracing(sh);
                break;
            }
            [b'-', _, ..] => true,
            [b'+', ..] => false,
            _ => break,
        };
        words.next();
        for letter in &word[1..] {
            if *letter != b'o' {
                set_letter(sh, *letter, on);
            } else if let Some(name) = option_name(words.as_slice()) {
                words.next();
                if !set_named(sh, args, name, on) {
                    return sh.fail_special(Status::USAGE);
                }
            } else {
                list_options(sh, on);
            }
        }
    }
    if !words.as_slice().is_empty() {
        sh.session.params.set(words.as_slice().to_vec());
    }
    SUCCESS
}

/// The options are checked before any of them counts.
fn first_wrong_option<'a>(args: &Args<'a>, restricted: bool) -> Option<OptionLetter<'a>> {
    let mut words = args.words.iter();
    while let Some(word) = words.next() {
        let letters = match &word[..] {
            b"--" | b"-" => return None,
            [b'-' | b'+', letters @ ..] if !letters.is_empty() => letters,
            _ => return None,
        };
        for letter in letters {
            if *letter == b'o' {
                if option_name(words.as_slice()).is_some() {
                    words.next();
                }
            } else if !is_letter(*letter) || *letter == b'r' && word[0] == b'+' && restricted {
                return Some(OptionLetter::Invalid([word[0], *letter]));
            }
        }
    }
    None
}

fn is_letter(letter: u8) -> bool {
    letter == b'r' || SetOption::with_letter(letter).is_some()
}

/// The word after `-o`, unless it looks like an option.
fn option_name(rest: &[Text]) -> Option<&Text> {
    rest.first().filter(|name| !matches!(name.first(), None | Some(b'-' | b'+')))
}

fn set_letter(sh: &mut Shell, letter: u8, on: bool) {
    if letter == b'r' && on {
        sh.restrict();
    } else if let Some(option) = SetOption::with_letter(letter) {
        sh.ask_for_option(option, on);
    }
}

fn set_named(sh: &mut Shell, args: &Args<'_>, name: &[u8], on: bool) -> bool {
    let Some(option) = SetOption::with_name(name) else {
        sh.builtin_error(args.name, [name, b": invalid option name"].concat());
        return false;
    };
    sh.ask_for_option(option, on);
    true
}

/// `set -`
fn end_tracing(sh: &mut Shell) {
    sh.set_option(SetOption::XTrace, false);
    sh.set_option(SetOption::Verbose, false);
}

fn list_options(sh: &mut Shell, readable: bool) {
    for option in SetOption::ALL {
        let on = sh.option(*option);
        let line = if readable {
            format!("{:<15}\t{}\n", option.name(), if on { "on" } else { "off" })
        } else {
            format!("set {}o {}\n", if on { '-' } else { '+' }, option.name())
        };
        sh.print(line);
    }
}
