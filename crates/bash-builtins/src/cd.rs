//! `cd`
//!
//! The process's own working directory never changes: the session holds a handle to the directory, against which paths
//! are resolved, and the path by which the user came there.

mod canonical;
mod change;

pub(crate) use change::{Links, change_directory, physical_directory, report_lost_directory};

use bash_host::errno_text;
use bash_interp::{Args, Builtin, Class, FAILURE, Flow, OptionLetter, SUCCESS, Shell, done};
use bash_parser::Name;
use bash_parser::quote::{ansi_c_quote, needs_ansi_c};
use bash_session::{SetOption, Shopt, Status, Text, names};
use std::io;

/// Changes the working directory as `cd -- path` does, without looking at `CDPATH` and without a message.
pub fn go_to(sh: &mut Shell, path: &[u8]) -> io::Result<()> {
    change_directory(sh, path, Links::Kept).map(drop)
}

/// `cd`
pub const CD: Builtin = Builtin {
    name: "cd",
    synopsis: "cd [-L|[-P [-e]]] [-@] [dir]",
    help: "Change the working directory.\n\n\
           Without DIR it is changed to HOME, with `-' to OLDPWD. A DIR that does not begin with a slash or a dot is \
           looked for in the directories of CDPATH. With the shell option `cdable_vars', DIR may also be the name of a \
           variable that holds a directory.\n\n\
           Options:\n  -L\t`..' takes away the last part of the path (the default)\n  \
           -P\tsymbolic links are resolved before `..'\n  \
           -e\twith -P: fail if the working directory cannot be determined\n  \
           -@\tnot supported by this system\n\n\
           Exit Status:\nSucceeds if the directory was changed.",
    class: Class::Regular,
    run,
};

/// What the words say.
struct Request {
    links: Links,
    /// `-e`
    must_know_path: bool,
}

/// A directory to go to, and what is printed on arrival.
struct Destination {
    path: Text,
    printed: Printed,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Printed {
    Nothing,
    /// The path as the variable has it: of `OLDPWD`, with `cdable_vars`, or found by `CDPATH` for `-P`.
    AsGiven,
    /// The new working directory: it was found by `CDPATH`.
    Whole,
}

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    if sh.session.options.restricted {
        sh.builtin_error(args.name, "restricted");
        return FAILURE;
    }
    let physical = sh.option(SetOption::Physical);
    let mut request =
        Request { links: if physical { Links::Resolved } else { Links::Kept }, must_know_path: false };
    let mut options = args.options("LPe");
    for option in options.by_ref() {
        match option {
            OptionLetter::On(b'L', _) => request.links = Links::Kept,
            OptionLetter::On(b'P', _) => request.links = Links::Resolved,
            OptionLetter::On(b'e', _) => request.must_know_path = true,
            option => return sh.wrong_option(args, option),
        }
    }
    let word = match options.operands() {
        [] => match sh.plain_text(*names::HOME) {
            Some(home) if home.is_empty() => return SUCCESS,
            Some(home) => {
                return arrive(sh, args, &Destination { path: home, printed: Printed::Nothing }, &request);
            }
            None => return complain(sh, args, "HOME not set"),
        },
        [word] => word,
        _ => {
            sh.builtin_error(args.name, "too many arguments");
            return done(Status::USAGE);
        }
    };
    match &word[..] {
        b"" => complain(sh, args, "null directory"),
        b"-" => match sh.plain_text(*names::OLDPWD) {
            Some(old) => arrive(sh, args, &Destination { path: old, printed: Printed::AsGiven }, &request),
            None => complain(sh, args, "OLDPWD not set"),
        },
        _ => go_to_word(sh, args, word, &request),
    }
}

/// A word that may be found by `CDPATH` or name a variable.
fn go_to_word(sh: &mut Shell, args: &Args<'_>, word: &Text, request: &Request) -> Flow {
    let search = sh.plain_text(*names::CDPATH).filter(|list| !list.is_empty() && !names_its_place(word));
    if let Some(list) = &search {
        for directory in list.split(|byte| *byte == b':') {
            let path = match directory {
                b"" => word.clone(),
                _ if directory.ends_with(b"/") => [directory, word].concat().into(),
                _ => [directory, b"/", word].concat().into(),
            };
            if let Ok(status) = change_directory(sh, &path, request.links) {
                let printed = match request.links {
                    _ if directory.is_empty() => Printed::Nothing,
                    Links::Kept => Printed::Whole,
                    Links::Resolved => Printed::AsGiven,
                };
                let destination = Destination { path, printed };
                return finish(sh, status, &destination, request);
            }
        }
        if sh.is_posix() {
            return complain(sh, args, [&word[..], b": No such file or directory"].concat());
        }
    }
    let error = match change_directory(sh, word, request.links) {
        Ok(status) => {
            return finish(
                sh,
                status,
                &Destination { path: word.clone(), printed: Printed::Nothing },
                request,
            );
        }
        Err(error) => error,
    };
    if sh.shopt(Shopt::CdableVars)
        && let Some(value) = Name::from_bytes(word).and_then(|name| sh.plain_text(name))
        && let Ok(status) = change_directory(sh, &value, request.links)
    {
        return finish(sh, status, &Destination { path: value, printed: Printed::AsGiven }, request);
    }
    fail(sh, args, word, &error)
}

fn arrive(sh: &mut Shell, args: &Args<'_>, destination: &Destination, request: &Request) -> Flow {
    match change_directory(sh, &destination.path, request.links) {
        Ok(status) => finish(sh, status, destination, request),
        Err(error) => fail(sh, args, &destination.path, &error),
    }
}

/// The directory has changed.
fn finish(sh: &mut Shell, status: Status, destination: &Destination, request: &Request) -> Flow {
    if request.must_know_path && request.links == Links::Resolved && physical_directory(sh).is_err() {
        return FAILURE;
    }
    let path = match destination.printed {
        Printed::Nothing => return done(status),
        Printed::AsGiven => destination.path.clone(),
        Printed::Whole => sh.session.directory.logical.clone(),
    };
    sh.print(path);
    sh.print(b"\n");
    done(status)
}

fn fail(sh: &mut Shell, args: &Args<'_>, path: &[u8], error: &io::Error) -> Flow {
    let shown = match needs_ansi_c(path, sh.session.charset) {
        true => ansi_c_quote(path, sh.session.charset),
        false => path.to_vec(),
    };
    complain(sh, args, [&shown[..], b": ", errno_text(error).as_bytes()].concat())
}

fn complain(sh: &mut Shell, args: &Args<'_>, message: impl AsRef<[u8]>) -> Flow {
    sh.builtin_error(args.name, message);
    FAILURE
}

/// Whether a path says by itself where it begins, so that `CDPATH` has no say.
fn names_its_place(path: &[u8]) -> bool {
    path.starts_with(b"/")
        || matches!(path, b"." | b"..")
        || path.starts_with(b"./")
        || path.starts_with(b"../")
}
