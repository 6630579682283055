//! `trap`. A trap on a signal concerns the process, so in a subshell that so far ran on its parent's thread it makes
//! that subshell a process.

use bash_host::Signal;
use bash_interp::{Args, Builtin, Class, FAILURE, Flow, OptionLetter, SUCCESS, Shell, done};
use bash_parser::quote::single_quote;
use bash_session::{Status, Text, TrapAction, TrapCondition};

/// `trap`
pub const TRAP: Builtin = Builtin {
    name: "trap",
    synopsis: "trap [-Plp] [[action] signal_spec ...]",
    help: "Run commands when signals and other events come.\n\n\
           ACTION is run when the shell gets one of the signals. An empty ACTION ignores them, `-' (or none, with one\n\
           signal) takes the trap away. Without arguments all traps are printed.\n\n\
           EXIT (or 0) is the end of the shell; DEBUG comes before each simple command, RETURN after a function or\n\
           sourced file, ERR after a command that fails where `set -e' would end the shell.\n\n\
           Options:\n  -l\tlist the signals' names and numbers\n  -p\tprint traps as commands that set them\n  \
           -P\tprint the actions alone\n\n\
           Exit Status:\nSucceeds unless a signal or option is invalid.",
    class: Class::Special,
    run,
};

/// What is to be printed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Display {
    /// `trap`: the traps that are set, as commands.
    Traps,
    /// `trap -p`: the same; in POSIX mode everything that could have a trap.
    Commands,
    /// `trap -P`: the actions alone.
    Actions,
}

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let mut display = None;
    let mut options = args.options("lpP");
    for option in options.by_ref() {
        let wanted = match option {
            OptionLetter::On(b'l', _) => {
                crate::kill::list_signals(sh, crate::kill::Layout::Table);
                return SUCCESS;
            }
            OptionLetter::On(b'p', _) => Display::Commands,
            OptionLetter::On(b'P', _) => Display::Actions,
            option => return sh.wrong_option(args, option),
        };
        if display.is_some_and(|chosen| chosen != wanted) {
            sh.builtin_error(args.name, "cannot specify both -p and -P");
            return done(Status::USAGE);
        }
        display = Some(wanted);
    }
    match (display, options.operands()) {
        (Some(Display::Actions), []) => {
            sh.builtin_error(args.name, "-P requires at least one signal name");
            done(Status::USAGE)
        }
        (None, []) => print(sh, args, Display::Traps, &[]),
        (Some(display), names) => print(sh, args, display, names),
        (None, operands) => change(sh, args, operands),
    }
}

fn print(sh: &mut Shell, args: &Args<'_>, display: Display, names: &[Text]) -> Flow {
    let listed = sh.listed_traps();
    let shows_untrapped = display == Display::Commands && sh.is_posix();
    if names.is_empty() && shows_untrapped {
        TrapCondition::all().for_each(|condition| print_state(sh, &listed, condition));
        return SUCCESS;
    }
    if names.is_empty() {
        listed.iter().for_each(|(condition, action)| print_one(sh, display, *condition, action));
        return SUCCESS;
    }
    let mut status = Status::SUCCESS;
    for name in names {
        let Some(condition) = TrapCondition::named(name) else {
            status = complain(sh, args, name);
            continue;
        };
        if shows_untrapped {
            print_state(sh, &listed, condition);
        } else if let Some((_, action)) = listed.iter().find(|(known, _)| *known == condition) {
            print_one(sh, display, condition, action);
        }
    }
    done(status)
}

/// The trap of a condition, or `-` where there is none.
fn print_state(sh: &mut Shell, listed: &[(TrapCondition, TrapAction)], condition: TrapCondition) {
    match listed.iter().find(|(known, _)| *known == condition) {
        Some((_, action)) => print_one(sh, Display::Commands, condition, action),
        None => sh.print(format!("trap -- - {}\n", condition.name(sh.is_posix()))),
    }
}

fn print_one(sh: &mut Shell, display: Display, condition: TrapCondition, action: &TrapAction) {
    let commands: &[u8] = match action {
        TrapAction::Ignore => b"",
        TrapAction::Run(commands) => commands,
    };
    if display == Display::Actions {
        return sh.print([commands, b"\n"].concat());
    }
    let name = condition.name(sh.is_posix());
    sh.print([b"trap -- ", &single_quote(commands)[..], b" ", name.as_bytes(), b"\n"].concat());
}

fn complain(sh: &mut Shell, args: &Args<'_>, name: &[u8]) -> Status {
    sh.builtin_error(args.name, [name, b": invalid signal specification"].concat());
    Status::FAILURE
}

fn change(sh: &mut Shell, args: &Args<'_>, operands: &[Text]) -> Flow {
    let first = &operands[0];
    let names_signal = TrapCondition::named(first).is_some();
    let is_number = !first.is_empty() && first.iter().all(u8::is_ascii_digit);
    let alone = operands.len() == 1 && !sh.is_posix();
    let (action, names) = match &first[..] {
        _ if names_signal && (alone || is_number) => (None, operands),
        _ if operands.len() == 1 => return sh.usage(args),
        b"-" => (None, &operands[1..]),
        b"" => (Some(TrapAction::Ignore), &operands[1..]),
        _ => (Some(TrapAction::Run(first.clone())), &operands[1..]),
    };
    let mut failed = false;
    for name in names {
        match TrapCondition::named(name) {
            Some(TrapCondition::Signal(signal)) if signal == Signal::NULL => failed = true,
            Some(condition) => sh.set_trap(condition, action.clone())?,
            None => {
                complain(sh, args, name);
                failed = true;
            }
        }
    }
    if failed { FAILURE } else { SUCCESS }
}
