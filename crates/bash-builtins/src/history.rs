//! `history`
//!
//! What surprises: `-s` and `-p` take the line that they stand in out of the history first.

use bash_interp::history::{Expanded, WriteMode};
use bash_interp::number::legal_number;
use bash_interp::{Args, Builtin, Class, FAILURE, Flow, OptionLetter, SUCCESS, Shell, done, strftime};
use bash_session::{HistoryEntry, Shopt, Status, Text, names};
use std::io;

/// `history`
pub const HISTORY: Builtin = Builtin {
    name: "history",
    synopsis: "history [-c] [-d offset] [n] or history -anrw [filename] or history -ps arg [arg...]",
    help: "Show or change the list of commands given.\n\n\
           Without options the list is shown with numbers, or its last N entries.\n\n\
           Options:\n  -c\tforget the whole list\n  -d offset\tforget the entry with this number; negative ones count from \
           the end\n  -d start-end\tforget these entries\n  -a\tadd the new entries to the file\n  \
           -n\tread the lines of the file that were not read yet\n  -r\tread the file\n  \
           -w\twrite the list to the file\n  -p\texpand the ARGs as history references and show them\n  \
           -s\tput the ARGs into the list as one entry\n\n\
           The file is FILENAME, or what HISTFILE names. HISTTIMEFORMAT adds times.\n\n\
           Exit Status:\nSucceeds unless an option is wrong or something fails.",
    class: Class::Regular,
    run,
};

#[derive(Default)]
struct Request<'a> {
    clear: bool,
    delete: Option<&'a [u8]>,
    print: bool,
    store: bool,
    file: Vec<u8>,
}

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let mut request = Request::default();
    let mut options = args.options("acd:npsrw");
    for option in options.by_ref() {
        match option {
            OptionLetter::On(b'c', _) => request.clear = true,
            OptionLetter::On(b'd', offset) => request.delete = offset,
            OptionLetter::On(b'p', _) => request.print = true,
            OptionLetter::On(b's', _) => request.store = true,
            OptionLetter::On(letter, _) => request.file.push(letter),
            option => return sh.wrong_option(args, option),
        }
    }
    let words = options.operands();
    request.file.sort_unstable();
    request.file.dedup();
    if request.file.len() > 1 {
        sh.builtin_error(args.name, "cannot use more than one of -anrw");
        return FAILURE;
    }
    if request.clear {
        sh.session.history.clear();
        if words.is_empty() {
            return SUCCESS;
        }
    }
    match request {
        Request { store: true, .. } => store(sh, words),
        Request { print: true, .. } => print_expanded(sh, args, words),
        Request { delete: Some(which), .. } => delete(sh, args, which),
        Request { ref file, clear, .. } if file.is_empty() && !clear => show(sh, args, words),
        Request { file, .. } => use_file(sh, args, file.first().copied(), words.first()),
    }
}

/// `-s`: the arguments take the place of the command itself.
fn store(sh: &mut Shell, words: &[Text]) -> Flow {
    if words.is_empty() {
        return SUCCESS;
    }
    let history = &sh.session.history;
    let command = history.command;
    let in_compound = command.lines > 0 && command.first_line_saved && sh.shopt(Shopt::CmdHist);
    if history.is_recording
        && !command.replaced
        && (command.added || in_compound)
        && !sh.forget_last_history_entry()
    {
        return SUCCESS;
    }
    sh.add_history_text(&words.join(&b' '));
    sh.session.history.command.replaced = true;
    SUCCESS
}

/// `-p`: the command itself is not seen by the expansions.
fn print_expanded(sh: &mut Shell, args: &Args<'_>, words: &[Text]) -> Flow {
    if words.is_empty() {
        return SUCCESS;
    }
    let command = sh.session.history.command;
    if !command.replaced && command.added && !sh.forget_last_history_entry() {
        return FAILURE;
    }
    let mut status = Status::SUCCESS;
    for word in words {
        match sh.expand_history(word) {
            Ok(Expanded::Unchanged) => sh.print([word, &b"\n"[..]].concat()),
            Ok(Expanded::Changed(text) | Expanded::PrintOnly(text)) => sh.print([&text[..], b"\n"].concat()),
            Err(_) => {
                sh.builtin_error(args.name, [word, &b": history expansion failed"[..]].concat());
                status = Status::FAILURE;
            }
        }
    }
    done(status)
}

/// `-d`: one entry, or those from one to another.
fn delete(sh: &mut Shell, args: &Args<'_>, which: &[u8]) -> Flow {
    let sign = usize::from(which.starts_with(b"-"));
    let range = which[sign..].iter().position(|byte| *byte == b'-').map(|dash| dash + sign);
    let Some(dash) = range else {
        let Some(number) = legal_number(which) else {
            sh.builtin_error(args.name, [which, b": invalid number"].concat());
            return FAILURE;
        };
        let Some(at) = position(sh, number).filter(|_| number != 0) else {
            return out_of_range(sh, args, which);
        };
        sh.session.history.remove(at);
        sh.session.history.new_entries -= 1;
        return SUCCESS;
    };
    let (first, last) = (&which[..dash], &which[dash + 1..]);
    let (Some(from), Some(to)) = (legal_number(first), legal_number(last)) else {
        return out_of_range(sh, args, which);
    };
    let Some(from) = position(sh, from) else { return out_of_range(sh, args, first) };
    let Some(to) = position(sh, to) else { return out_of_range(sh, args, last) };
    if from > to {
        return FAILURE;
    }
    for _ in from..=to {
        sh.session.history.remove(from);
        sh.session.history.new_entries -= 1;
    }
    SUCCESS
}

/// The position of the entry with a number, or that many from the end.
fn position(sh: &Shell, number: i64) -> Option<usize> {
    let history = &sh.session.history;
    let position = match number {
        0 => 0,
        1.. => usize::try_from(number).ok()?.checked_sub(history.first_number())?,
        _ => history.len().checked_sub(usize::try_from(number.unsigned_abs()).ok()?)?,
    };
    (position < history.len()).then_some(position)
}

fn out_of_range(sh: &mut Shell, args: &Args<'_>, which: &[u8]) -> Flow {
    sh.builtin_error(args.name, [which, b": history position out of range"].concat());
    FAILURE
}

/// `-a`, `-n`, `-r`, `-w`
fn use_file(sh: &mut Shell, args: &Args<'_>, letter: Option<u8>, file: Option<&Text>) -> Flow {
    let Some(file) = file.cloned().or_else(|| sh.history_file()) else {
        sh.builtin_error(args.name, "HISTFILE: parameter null or not set");
        return FAILURE;
    };
    if file.is_empty() {
        sh.builtin_error(args.name, "empty filename");
        return FAILURE;
    }
    if sh.is_restricted() && file.contains(&b'/') {
        sh.builtin_error(args.name, [&file[..], b": restricted"].concat());
        return FAILURE;
    }
    let result = match letter {
        Some(b'a') => return append(sh, args, &file),
        Some(b'n') => read_new(sh, &file),
        Some(b'r') => sh.read_history(&file, 0),
        Some(_) => sh.write_history(&file, WriteMode::Replace),
        None => Ok(()),
    };
    if result.is_ok() { SUCCESS } else { FAILURE }
}

fn append(sh: &mut Shell, args: &Args<'_>, file: &[u8]) -> Flow {
    if sh.session.history.new_entries <= 0 {
        return SUCCESS;
    }
    let existed = sh.metadata(file).is_ok();
    let result = sh.write_history(file, WriteMode::Append);
    if let (Err(error), false) = (&result, existed) {
        let reason = bash_host::errno_text(error);
        sh.builtin_error(args.name, [file, b": cannot create: ", reason.as_bytes()].concat());
        return FAILURE;
    }
    sh.session.history.new_entries = 0;
    if result.is_ok() { SUCCESS } else { FAILURE }
}

/// The entries read count as new unless the file is only ever appended to.
fn read_new(sh: &mut Shell, file: &[u8]) -> io::Result<()> {
    let (known, first) = (sh.session.history.file_lines, sh.session.history.first_number());
    sh.read_history(file, known)?;
    if !sh.shopt(Shopt::HistAppend) {
        let history = &mut sh.session.history;
        let (lines, dropped) = (history.file_lines as i64 - known as i64, history.first_number() - first);
        history.new_entries += lines + dropped as i64;
    }
    Ok(())
}

fn show(sh: &mut Shell, args: &Args<'_>, words: &[Text]) -> Flow {
    let count = match words {
        [] => None,
        [word, rest @ ..] => {
            let Some(number) = legal_number(word) else {
                crate::r#return::numeric_argument_required(sh, args, word);
                return done(Status::USAGE);
            };
            if !rest.is_empty() {
                return crate::r#return::too_many_arguments(sh, args);
            }
            usize::try_from(number.unsigned_abs()).ok()
        }
    };
    let format = sh.plain_text(*names::HISTTIMEFORMAT).filter(|format| !format.is_empty());
    let zone = sh.time_zone();
    let history = &sh.session.history;
    let skipped = count.map_or(0, |count| history.len().saturating_sub(count));
    let mut out = Vec::new();
    for (at, entry) in history.entries().iter().enumerate().skip(skipped) {
        out.extend_from_slice(format!("{:5}  ", history.first_number() + at).as_bytes());
        if let Some(format) = &format {
            out.extend(time_of(entry, format, &zone));
        }
        out.extend_from_slice(&entry.text);
        out.push(b'\n');
    }
    sh.print(out);
    SUCCESS
}

fn time_of(entry: &HistoryEntry, format: &[u8], zone: &strftime::TimeZone) -> Vec<u8> {
    match entry.time {
        Some(time) => strftime::strftime(format, time, zone),
        None => b"??".to_vec(),
    }
}
