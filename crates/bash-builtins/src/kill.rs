//! `kill`

use crate::job_spec;
use bash_host::Signal;
use bash_interp::{Args, Builtin, Class, Flow, Shell, done};
use bash_session::{JobId, Status, Text, TrapCondition, signal_name, signal_named};
use std::io;

/// `kill`
pub const KILL: Builtin = Builtin {
    name: "kill",
    synopsis: "kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]",
    help: "Send a signal to jobs or processes.\n\n\
           The signal is TERM unless another is named.\n\n\
           Options:\n  -s sig\tSIG is a signal's name\n  -n sig\tSIG is a signal's number\n  \
           -l\tlist the signals' names; with arguments, turn names into numbers and numbers into names\n  -L\tthe same\n\n\
           Exit Status:\nSucceeds if a signal was sent; a failure otherwise.",
    class: Class::Regular,
    run,
};

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let mut signal = Signal::new(15).unwrap_or(Signal::NULL);
    let mut named = false;
    let mut words = args.words;
    while let [first, rest @ ..] = words {
        match &first[..] {
            b"-l" | b"-L" => return list(sh, args, rest),
            b"--" => {
                words = rest;
                break;
            }
            b"-s" | b"-n" => {
                let [name, rest @ ..] = rest else {
                    sh.builtin_error(args.name, [&first[..], b": option requires an argument"].concat());
                    return done(Status::FAILURE);
                };
                let Some(wanted) = signal_to_send(sh, name) else { return bad_signal(sh, args, name) };
                (signal, named, words) = (wanted, true, rest);
            }
            [b'-', b's' | b'n', name @ ..] if !named && signal_to_send(sh, &first[1..]).is_none() => {
                let Some(wanted) = signal_to_send(sh, name) else { return bad_signal(sh, args, &first[1..]) };
                (signal, named, words) = (wanted, true, rest);
            }
            [b'-', name @ ..] if !named => {
                let Some(wanted) = signal_to_send(sh, name) else { return bad_signal(sh, args, name) };
                (signal, named, words) = (wanted, true, rest);
            }
            _ => break,
        }
    }
    if words.is_empty() {
        return sh.usage(args);
    }
    let mut any = false;
    for word in words {
        any |= send(sh, args, word, signal)?;
    }
    done(Status::from_truth(any))
}

/// `EXIT` and 0 are the null signal here. In POSIX mode names have no `SIG`.
fn signal_to_send(sh: &Shell, text: &[u8]) -> Option<Signal> {
    if text.eq_ignore_ascii_case(b"EXIT") {
        return Some(Signal::NULL);
    }
    if sh.is_posix() && has_prefix(text) {
        return None;
    }
    signal_named(text)
}

fn has_prefix(name: &[u8]) -> bool {
    name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case(b"SIG"))
}

fn bad_signal(sh: &mut Shell, args: &Args<'_>, name: &[u8]) -> Flow {
    sh.builtin_error(args.name, [name, b": invalid signal specification"].concat());
    done(Status::FAILURE)
}

/// Sends a signal to one target; whether that worked.
fn send(sh: &mut Shell, args: &Args<'_>, word: &Text, signal: Signal) -> Flow<bool> {
    use std::ops::ControlFlow::Continue;
    if let Some(pid) = job_spec::process_id(word) {
        if let Err(error) = sh.send_signal(pid, signal)? {
            let text = bash_host::errno_text(&error);
            sh.builtin_error(args.name, [format!("({pid}) - ").as_bytes(), text.as_bytes()].concat());
            return Continue(false);
        }
        return Continue(true);
    }
    if !word.starts_with(b"%") {
        sh.builtin_error(args.name, [b"`", &word[..], b"': not a pid or valid job spec"].concat());
        return Continue(false);
    }
    let Some(id) = job_spec::find_or_complain(sh, args.name, word) else { return Continue(false) };
    if let Err(error) = send_to_job(sh, id, signal) {
        sh.system_error(&[args.name, b": ", &word[..]].concat(), &error);
        return Continue(false);
    }
    Continue(true)
}

/// Signals the group of a job, or each of its processes.
fn send_to_job(sh: &mut Shell, id: JobId, signal: Signal) -> io::Result<()> {
    let Some(job) = sh.session.jobs.get(id) else { return Err(io::Error::from_raw_os_error(3)) };
    let continues = matches!(signal, Signal::TERM | Signal::HUP);
    let stopped = matches!(job.state(), bash_session::JobState::Stopped(_));
    if let Some(group) = job.group {
        let group = -group;
        sh.host.kill(group, signal)?;
        if stopped && continues {
            sh.host.kill(group, Signal::CONT)?;
        }
        return Ok(());
    }
    let mut result = Err(io::Error::from_raw_os_error(3));
    for process in &job.processes {
        if let Ok(()) = process.child.kill(signal) {
            result = Ok(());
        }
    }
    result
}

fn list(sh: &mut Shell, args: &Args<'_>, words: &[Text]) -> Flow {
    if words.first().is_none_or(|word| word.starts_with(b"-")) {
        let layout = if sh.is_posix() { Layout::Names } else { Layout::Table };
        list_signals(sh, layout);
        return done(Status::SUCCESS);
    }
    let mut status = Status::SUCCESS;
    for word in words {
        match translated(sh, word) {
            Some(text) => sh.print(text + "\n"),
            None => {
                sh.builtin_error(args.name, [&word[..], b": invalid signal specification"].concat());
                status = Status::FAILURE;
            }
        }
    }
    done(status)
}

/// A number's name, a name's number. A number above 128 is a status.
fn translated(sh: &Shell, word: &[u8]) -> Option<String> {
    if !word.is_empty() && word.iter().all(u8::is_ascii_digit) {
        let number: i32 = std::str::from_utf8(word).ok()?.parse().ok()?;
        let number = if number > 128 { number - 128 } else { number };
        return signal_name(Signal::new(number)?);
    }
    if sh.is_posix() && has_prefix(word) {
        return None;
    }
    Some(TrapCondition::named(word)?.number().to_string())
}

/// How signals are listed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Numbers and names in columns.
    Table,
    /// Names in a line: `kill -l` in POSIX mode.
    Names,
}

/// The signals, as `kill -l` and `trap -l` show them.
pub(crate) fn list_signals(sh: &mut Shell, layout: Layout) {
    const COLUMNS: usize = 5;
    let names = (1..=Signal::MAX).filter_map(|number| Some((number, signal_name(Signal::new(number)?)?)));
    let mut column = 0;
    for (number, name) in names {
        if layout == Layout::Names {
            let end = if number == Signal::MAX { "\n" } else { " " };
            sh.print(format!("{name}{end}"));
            continue;
        }
        column += 1;
        let end = if column % COLUMNS == 0 { "\n" } else { "\t" };
        sh.print(format!("{number:2}) SIG{name}{end}"));
    }
    if column % COLUMNS != 0 {
        sh.print("\n");
    }
}
