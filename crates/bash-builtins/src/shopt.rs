//! `shopt`

use bash_interp::{Args, Builtin, Class, FAILURE, Flow, OptionLetter, SUCCESS, Shell};
use bash_session::{SetOption, Shopt, Text};

/// `shopt`
pub const SHOPT: Builtin = Builtin {
    name: "shopt",
    synopsis: "shopt [-pqsu] [-o] [optname ...]",
    help: "Turn shell options on and off.\n\n\
           Without -s or -u, each OPTNAME (all, if none is named) is shown with its state.\n\n\
           Options:\n  -o\tthe options of `set -o'\n  -p\tshow options as commands\n  -q\tprint nothing\n  \
           -s\tturn on\n  -u\tturn off\n\n\
           Exit Status:\nSucceeds if every OPTNAME is on, or could be changed.",
    class: Class::Regular,
    run,
};

/// Which of the two families of options.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Shopt,
    Set,
}

/// An option of either family.
#[derive(Clone, Copy)]
enum Named {
    Shopt(Shopt),
    Set(SetOption),
}

struct Request {
    family: Family,
    as_commands: bool,
    quiet: bool,
    change: Option<bool>,
    /// All options are listed: those of `set -o` as that lists them.
    as_table: bool,
}

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let mut request =
        Request { family: Family::Shopt, as_commands: false, quiet: false, change: None, as_table: false };
    let (mut on, mut off) = (false, false);
    let mut options = args.options("psuoq");
    for option in options.by_ref() {
        match option {
            OptionLetter::On(b's', _) => on = true,
            OptionLetter::On(b'u', _) => off = true,
            OptionLetter::On(b'q', _) => request.quiet = true,
            OptionLetter::On(b'o', _) => request.family = Family::Set,
            OptionLetter::On(_, _) => request.as_commands = true,
            option => return sh.wrong_option(args, option),
        }
    }
    if on && off {
        sh.builtin_error(args.name, "cannot set and unset shell options simultaneously");
        return FAILURE;
    }
    if on || off {
        request.change = Some(on);
    }
    if options.operands().is_empty() {
        request.as_table = true;
        list(sh, &request);
        return SUCCESS;
    }
    let mut all_fine = true;
    for name in options.operands() {
        all_fine &= one(sh, args, &request, name);
    }
    if request.change.is_some() && request.family == Family::Shopt {
        // What POSIX mode has changed is seen only now.
        sh.show_options();
    }
    if all_fine { SUCCESS } else { FAILURE }
}

/// Changes or shows one option; whether it is on, or could be changed.
fn one(sh: &mut Shell, args: &Args<'_>, request: &Request, name: &Text) -> bool {
    let Some(option) = Named::find(request.family, name) else {
        let kind: &[u8] = match request.family {
            Family::Shopt => b": invalid shell option name",
            Family::Set => b": invalid option name",
        };
        sh.builtin_error(args.name, [&name[..], kind].concat());
        return request.family == Family::Set && request.change.is_some();
    };
    match request.change {
        Some(on) => option.change(sh, on),
        None => {
            let on = option.is_on(sh);
            option.show(sh, request);
            on
        }
    }
}

fn list(sh: &mut Shell, request: &Request) {
    let all: Vec<Named> = match request.family {
        Family::Shopt => Shopt::ALL.iter().copied().map(Named::Shopt).collect(),
        Family::Set => SetOption::ALL.iter().copied().map(Named::Set).collect(),
    };
    for option in all {
        if request.change.is_none_or(|wanted| option.is_on(sh) == wanted) {
            option.show(sh, request);
        }
    }
}

impl Named {
    fn find(family: Family, name: &[u8]) -> Option<Named> {
        match family {
            Family::Shopt => Shopt::with_name(name).map(Named::Shopt),
            Family::Set => SetOption::with_name(name).map(Named::Set),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Named::Shopt(option) => option.name(),
            Named::Set(option) => option.name(),
        }
    }

    fn is_on(self, sh: &Shell) -> bool {
        match self {
            Named::Shopt(option) => sh.shopt(option),
            Named::Set(option) => sh.option(option),
        }
    }

    fn change(self, sh: &mut Shell, on: bool) -> bool {
        match self {
            Named::Shopt(Shopt::LoginShell) => true,
            Named::Shopt(Shopt::RestrictedShell) => {
                sh.show_restriction();
                true
            }
            Named::Shopt(option) => {
                sh.set_shopt(option, on);
                true
            }
            Named::Set(option) => {
                sh.ask_for_option(option, on);
                true
            }
        }
    }

    fn show(self, sh: &mut Shell, request: &Request) {
        if request.quiet {
            return;
        }
        let on = self.is_on(sh);
        let line = match (self, request.as_commands) {
            (Named::Set(_), false) if request.as_table => {
                format!("{:<15}\t{}\n", self.name(), if on { "on" } else { "off" })
            }
            (_, false) => format!("{:<20}\t{}\n", self.name(), if on { "on" } else { "off" }),
            (Named::Shopt(_), true) => format!("shopt {} {}\n", if on { "-s" } else { "-u" }, self.name()),
            (Named::Set(_), true) => format!("set {} {}\n", if on { "-o" } else { "+o" }, self.name()),
        };
        sh.print(line);
    }
}
