//! `fc`
//!
//! What surprises: the `fc` command itself is in the history already, so "the last command" is the one before; and
//! numbers that are out of range are none the less taken for some entry, mostly the last one.

use bash_host::OpenHow;
use bash_interp::{Args, Builtin, Class, FAILURE, Flow, OptionLetter, Origin, SUCCESS, Shell};
use bash_session::{SetOption, Text, names};
use std::ops::ControlFlow::Continue;

/// `fc`
pub const FC: Builtin = Builtin {
    name: "fc",
    synopsis: "fc [-e ename] [-lnr] [first] [last] or fc -s [pat=rep] [command]",
    help: "Show commands of the history, or run them again.\n\n\
           FIRST and LAST are numbers, offsets from the end if negative, or beginnings of commands. The commands \
           from FIRST to LAST are given to an editor, and what it leaves is run.\n\n\
           Options:\n  -e ename\tthe editor; otherwise FCEDIT, then EDITOR, then vi\n  -l\tshow the commands\n  \
           -n\twithout numbers\n  -r\tthe newest first\n\n\
           With -s the COMMAND is run again without an editor, each PAT replaced by REP.\n\n\
           Exit Status:\nThat of the command run; a failure if there is none or an option is wrong.",
    class: Class::Regular,
    run,
};

#[derive(Default)]
struct Request<'a> {
    editor: Option<&'a [u8]>,
    list: bool,
    unnumbered: bool,
    reversed: bool,
    again: bool,
}

/// Why a specification names no entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Missing {
    Invalid,
    NotFound,
}

/// Which end of a range a specification stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    First,
    Last,
}

/// The entries from `first` to `last`.
struct Range {
    first: usize,
    last: usize,
}

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let mut request = Request::default();
    let mut options = args.options("e:lnrs");
    let operands = loop {
        let rest = options.operands();
        if rest.first().is_some_and(|word| is_number(word)) {
            break rest;
        }
        match options.next() {
            None => break options.operands(),
            Some(OptionLetter::On(b'e', editor)) => request.editor = editor,
            Some(OptionLetter::On(b'l', _)) => request.list = true,
            Some(OptionLetter::On(b'n', _)) => request.unnumbered = true,
            Some(OptionLetter::On(b'r', _)) => request.reversed = true,
            Some(OptionLetter::On(b's', _)) => request.again = true,
            Some(option) => return sh.wrong_option(args, option),
        }
    };
    if request.again || request.editor == Some(b"-") {
        return run_again(sh, args, operands);
    }
    if sh.session.history.is_empty() {
        return SUCCESS;
    }
    let range = match range(sh, &request, operands) {
        Ok(range) => range,
        Err(Missing::Invalid) => {
            sh.builtin_error(args.name, "history specification out of range");
            return FAILURE;
        }
        Err(Missing::NotFound) => return no_command(sh, args),
    };
    if request.list { list(sh, &request, range) } else { edit(sh, args, &request, range) }
}

fn is_number(word: &[u8]) -> bool {
    let digits = word.strip_prefix(b"-").unwrap_or(word);
    !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}

fn no_command(sh: &mut Shell, args: &Args<'_>) -> Flow {
    sh.builtin_error(args.name, "no command found");
    FAILURE
}

/// `fc -s`: runs a command again, which takes the place of the `fc` in the history.
fn run_again(sh: &mut Shell, args: &Args<'_>, operands: &[Text]) -> Flow {
    let count = operands.iter().take_while(|word| word.contains(&b'=')).count();
    let (replacements, command) = operands.split_at(count);
    let found = match command.first() {
        None => last_command(sh).ok_or(Missing::NotFound),
        Some(word) => entry_number(sh, word, End::Last, &Request::default()),
    };
    let entry = found.ok().and_then(|at| sh.session.history.entries().get(at));
    let Some(mut command) = entry.map(|entry| entry.text.to_vec()) else { return no_command(sh, args) };
    for replacement in replacements {
        let Some(equals) = replacement.iter().position(|byte| *byte == b'=') else { continue };
        command = replaced(&command, &replacement[..equals], &replacement[equals + 1..]);
    }
    sh.write_error(&[&command[..], b"\n"].concat());
    if sh.session.history.command.added {
        sh.forget_last_history_entry();
    }
    let entered = command.strip_suffix(b"\n").unwrap_or(&command);
    if !entered.is_empty() {
        sh.record(entered);
    }
    sh.run_nested_text(&command, sh.session.line, Origin::Builtin("fc"))
}

fn replaced(text: &[u8], pattern: &[u8], replacement: &[u8]) -> Vec<u8> {
    if pattern.is_empty() {
        return text.to_vec();
    }
    let (mut result, mut rest) = (Vec::with_capacity(text.len()), text);
    while let Some(at) = rest.windows(pattern.len()).position(|window| window == pattern) {
        result.extend_from_slice(&rest[..at]);
        result.extend_from_slice(replacement);
        rest = &rest[at + pattern.len()..];
    }
    [&result[..], rest].concat()
}

/// How many of the newest entries are the `fc` itself.
fn own_entries(sh: &Shell) -> usize {
    let history = &sh.session.history;
    usize::from(history.is_recording) + usize::from(history.command.added)
}

/// The command before this `fc`. `None` if there is none.
fn last_command(sh: &Shell) -> Option<usize> {
    let count = sh.session.history.len();
    count.checked_sub(own_entries(sh).max(1))
}

fn entry_number(sh: &Shell, word: &[u8], end: End, request: &Request<'_>) -> Result<usize, Missing> {
    let last = last_command(sh).ok_or(Missing::Invalid)?;
    let history = &sh.session.history;
    let (negative, digits) = match word.strip_prefix(b"-") {
        Some(digits) => (true, digits),
        None => (false, word),
    };
    if !digits.first().is_some_and(u8::is_ascii_digit) {
        let found = history.entries()[..=last].iter().rposition(|entry| entry.text.starts_with(word));
        return found.ok_or(Missing::NotFound);
    }
    let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = std::str::from_utf8(&digits[..length]).ok().and_then(|text| text.parse().ok());
    let number: usize = number.unwrap_or(usize::MAX);
    match (number, negative) {
        (0, true) if request.list => Ok(history.len() - 1),
        (0, true) => Err(Missing::Invalid),
        (0, false) => Ok(last),
        (number, true) => Ok((last + 1).saturating_sub(number)),
        (number, false) => match number.checked_sub(history.first_number()) {
            Some(at) if at < last => Ok(at),
            _ if request.list && end == End::First => Ok(0),
            _ => Ok(last),
        },
    }
}

fn range(sh: &Shell, request: &Request<'_>, operands: &[Text]) -> Result<Range, Missing> {
    let last = last_command(sh).unwrap_or(0);
    let newest = sh.session.history.len() - 1;
    match operands {
        [] if request.list => Ok(Range { first: (last + 1).saturating_sub(16), last }),
        [] => Ok(Range { first: last, last }),
        [first] => {
            let first = entry_number(sh, first, End::First, request)?;
            let last = match request.list {
                true if first == newest => newest,
                true => last,
                false => first,
            };
            Ok(Range { first, last })
        }
        [first, last, ..] => Ok(Range {
            first: entry_number(sh, first, End::First, request)?,
            last: entry_number(sh, last, End::Last, request)?,
        }),
    }
}

/// The positions of a range in the order asked for.
fn positions(range: &Range, request: &Request<'_>) -> Vec<usize> {
    let backwards = range.last < range.first;
    let mut positions: Vec<usize> = (range.first.min(range.last)..=range.first.max(range.last)).collect();
    if request.reversed || backwards {
        positions.reverse();
    }
    positions
}

fn list(sh: &mut Shell, request: &Request<'_>, range: Range) -> Flow {
    let history = &sh.session.history;
    let mut out = Vec::new();
    for at in positions(&range, request) {
        if !request.unnumbered {
            out.extend_from_slice((history.first_number() + at).to_string().as_bytes());
        }
        match sh.is_posix() {
            true => out.push(b'\t'),
            false => out.extend_from_slice(b"\t "),
        }
        out.extend_from_slice(&history.entries()[at].text);
        out.push(b'\n');
    }
    sh.print(out);
    SUCCESS
}

/// Gives the commands to an editor, and runs what it leaves.
fn edit(sh: &mut Shell, args: &Args<'_>, request: &Request<'_>, mut range: Range) -> Flow {
    if sh.session.history.command.added {
        sh.forget_last_history_entry();
        sh.session.history.command.added = false;
        let Some(newest) = sh.session.history.len().checked_sub(1) else { return SUCCESS };
        range = Range { first: range.first.min(newest), last: range.last.min(newest) };
    }
    let mut text = Vec::new();
    for at in positions(&range, request) {
        text.extend_from_slice(&sh.session.history.entries()[at].text);
        text.push(b'\n');
    }
    let path = match temporary_file(sh, &text) {
        Ok(path) => path,
        Err((path, error)) => {
            let reason = bash_host::errno_text(&error);
            sh.builtin_error(
                args.name,
                [&path, &b": cannot open temp file: "[..], reason.as_bytes()].concat(),
            );
            return FAILURE;
        }
    };
    let editor: &[u8] = match request.editor {
        Some(editor) => editor,
        None if sh.is_posix() => b"${FCEDIT:-ed}",
        None => b"${FCEDIT:-${EDITOR:-vi}}",
    };
    let line = sh.session.line;
    let flow = sh.run_nested_text(&[editor, b" ", &path].concat(), line, Origin::Builtin("fc"));
    let flow = match flow {
        Continue(status) if status.is_success() => run_edited(sh, &path),
        Continue(_) => FAILURE,
        flow => flow,
    };
    let directory = sh.session.directory.handle.clone();
    let _ = sh.host.remove_file(&directory, &path);
    flow
}

/// Runs the commands of a file, which are shown and recorded as they are read.
fn run_edited(sh: &mut Shell, path: &[u8]) -> Flow {
    let directory = sh.session.directory.handle.clone();
    let Ok(text) = sh.host.read_file(&directory, path) else { return FAILURE };
    let was_verbose = sh.option(SetOption::Verbose);
    sh.session.options.set(SetOption::Verbose, true);
    let flow = sh.run_recorded_text(&text);
    sh.session.options.set(SetOption::Verbose, was_verbose);
    flow
}

fn temporary_file(sh: &mut Shell, text: &[u8]) -> Result<Vec<u8>, (Vec<u8>, std::io::Error)> {
    let directory = sh.plain_text(*names::TMPDIR).filter(|directory| !directory.is_empty());
    let directory = directory.unwrap_or_else(|| Text::new(b"/tmp"));
    let how = OpenHow { write: true, create: true, exclusive: true, mode: 0o600, ..OpenHow::default() };
    for _ in 0..64 {
        let mut bytes = [0; 5];
        sh.host.random(&mut bytes);
        let name: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let path = [&directory[..], b"/bash-fc.", name.as_bytes()].concat();
        match sh.open_path(&path, how).and_then(|file| file.write_all(text)) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err((path, error)),
        }
    }
    Err((directory.to_vec(), std::io::ErrorKind::AlreadyExists.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_occurrence_is_replaced() {
        assert_eq!(replaced(b"aXbX", b"X", b"YX"), b"aYXbYX");
        assert_eq!(replaced(b"ab", b"", b"x"), b"ab");
    }

    #[test]
    fn ranges_may_run_backwards() {
        let request = Request::default();
        assert_eq!(positions(&Range { first: 3, last: 1 }, &request), [3, 2, 1]);
        let request = Request { reversed: true, ..request };
        assert_eq!(positions(&Range { first: 1, last: 2 }, &request), [2, 1]);
        assert!(is_number(b"-12") && !is_number(b"-") && !is_number(b"1a"));
    }
}
