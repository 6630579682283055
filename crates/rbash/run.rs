//! Running what the command line names: commands of `-c`, a file, standard input, a terminal.

use crate::cli::Invocation;
use crate::dump_strings::{DumpStyle, dump};
use crate::pretty_print::pretty_print;
use crate::{interactive, startup};
use bash_host::{Delimited, FileKind, FileRef, Line, OpenHow, read_rest};
use bash_interp::{Flow, Origin, Shell, Unwind};
use bash_parser::{Parsed, Parser, count_newlines};
use bash_session::{Attributes, CallKind, Params, SetOption, Status, Text, names};
use std::ops::ControlFlow::{Break, Continue};

/// Runs the shell to its end.
pub fn run(shell: &mut Shell, invocation: &Invocation) -> Flow {
    if invocation.wants_command {
        return run_argument(shell, invocation);
    }
    match &invocation.operands[..] {
        [file, parameters @ ..] if !invocation.from_stdin => run_file(shell, invocation, file, parameters),
        parameters => {
            set_parameters(shell, shell.session.params.name.clone(), parameters);
            startup::read_files(shell, invocation)?;
            if shell.session.options.interactive {
                return interactive::run(shell);
            }
            if let Some(reading) = Reading::wanted(invocation) {
                let text = shell.descriptor(0).map(|file| read_rest(&file)).unwrap_or_default();
                return reading.read(shell, &text);
            }
            run_standard_input(shell)
        }
    }
}

/// What is done with a script.
#[derive(Clone, Copy)]
enum Reading {
    /// Its strings are dumped.
    Dump(DumpStyle),
    /// It is printed anew.
    Print,
}

impl Reading {
    /// `None`: the script is run.
    fn wanted(invocation: &Invocation) -> Option<Reading> {
        let print = invocation.pretty_print.then_some(Reading::Print);
        invocation.dump.map(Reading::Dump).or(print)
    }

    fn read(self, shell: &mut Shell, text: &[u8]) -> Flow {
        match self {
            Reading::Dump(style) => dump(shell, text, Origin::Script, style),
            Reading::Print => pretty_print(shell, text),
        }
    }
}

/// Ends the process as the shell ended: EXIT trap, `.bash_logout`, exit status or signal.
pub fn finish(shell: &mut Shell, flow: Flow) -> ! {
    let (status, by_exit) = match flow {
        Break(Unwind::Exit(status)) => (status, true),
        Continue(status)
        | Break(
            Unwind::Return(status)
            | Unwind::Discard(status)
            | Unwind::Abandon(status)
            | Unwind::HandedOver(status),
        ) => (status, false),
        Break(_) => (shell.session.status, false),
    };
    if shell.dying_by.is_none() {
        if shell.session.options.login && (by_exit || shell.session.options.interactive) {
            startup::read_logout(shell);
        }
        let interactive = shell.session.options.interactive;
        if shell.session.options.login && interactive && shell.shopt(bash_session::Shopt::HupOnExit) {
            shell.hang_up_jobs();
        }
        shell.save_history();
    }
    let status = shell.run_exit_trap(status);
    let _ = shell.flush();
    shell.end_job_control();
    if let Some(signal) = shell.dying_by {
        shell.host.die_by(signal);
    }
    shell.host.exit(status.code())
}

fn set_parameters(shell: &mut Shell, name: Text, parameters: &[Text]) {
    shell.session.params = Params::new(name, parameters.to_vec());
}

/// `bash -c commands name arguments`
fn run_argument(shell: &mut Shell, invocation: &Invocation) -> Flow {
    let [text, after @ ..] = &invocation.operands[..] else { return Continue(Status::USAGE) };
    if let [name, parameters @ ..] = after {
        set_parameters(shell, name.clone(), parameters);
    }
    shell.session.variables.set(*names::BASH_EXECUTION_STRING, text.clone());
    if shell.option(SetOption::AllExport) {
        let exported = Attributes::EXPORT;
        shell.session.variables.change_attributes(
            *names::BASH_EXECUTION_STRING,
            exported,
            Attributes::empty(),
        );
    }
    startup::read_files(shell, invocation)?;
    if let Some(style) = invocation.dump {
        return dump(shell, text, Origin::Argument, style);
    }
    shell.run_text(text, 1, Origin::Argument)
}

/// `bash file arguments`
fn run_file(shell: &mut Shell, invocation: &Invocation, file: &Text, parameters: &[Text]) -> Flow {
    let opened = open_script(shell, file)?;
    set_parameters(shell, file.clone(), parameters);
    shell.session.line = 0;
    startup::read_files(shell, invocation)?;
    let source = shell.source_to_show(file);
    shell.session.calls.push(CallKind::Main, "main".into(), source, 0);
    if let Some(reading) = Reading::wanted(invocation) {
        let text = match opened {
            Script::Whole(text, _) => text,
            Script::Arriving(file) => read_rest(&file),
        };
        return reading.read(shell, &text);
    }
    match opened {
        Script::Whole(text, opened) => run_growing(shell, text, &opened),
        Script::Arriving(opened) => Lines::new(opened).run(shell),
    }
}

/// A script file.
enum Script {
    /// All of it is there, though the script may append to itself.
    Whole(Vec<u8>, FileRef),
    /// A pipe or device, to be read as it comes.
    Arriving(FileRef),
}

/// Runs a script, and what was appended to its file in the meantime.
fn run_growing(shell: &mut Shell, mut text: Vec<u8>, file: &FileRef) -> Flow {
    let mut line = 1;
    loop {
        let newlines = count_newlines(&text);
        let status = shell.run_script(text, line)?;
        let more = read_rest(file);
        if more.is_empty() {
            return Continue(status);
        }
        line += newlines as u32;
        text = more;
    }
}

/// Opens a script: the file itself, or one of this name in `PATH`. What is no script ends the shell.
fn open_script(shell: &mut Shell, file: &Text) -> Flow<Script> {
    let how = OpenHow { read: true, ..OpenHow::default() };
    let opened = shell.open_path(file, how).or_else(|error| {
        let found = if file.contains(&b'/') { None } else { find_in_path(shell, file) };
        found.map_or(Err(error), |found| shell.open_path(&found, how))
    });
    let opened = match opened {
        Ok(opened) => opened,
        Err(error) => {
            let name = shell.session.shell_name.clone();
            let missing = error.kind() == std::io::ErrorKind::NotFound;
            let message =
                [&name[..], b": ", file, b": ", bash_host::errno_text(&error).as_bytes(), b"\n"].concat();
            shell.write_error(&message);
            return Break(Unwind::Exit(if missing { Status::NOT_FOUND } else { Status::CANNOT_EXECUTE }));
        }
    };
    let kind = opened.metadata().map_or(FileKind::Unknown, |metadata| metadata.kind);
    match kind {
        FileKind::Directory => not_a_script(shell, file, b"Is a directory"),
        FileKind::Regular => {
            let text = read_rest(&opened);
            if is_binary(&text) {
                return not_a_script(shell, file, b"cannot execute binary file");
            }
            Continue(Script::Whole(text, opened))
        }
        _ => Continue(Script::Arriving(opened)),
    }
}

fn find_in_path(shell: &mut Shell, file: &Text) -> Option<Text> {
    let path = shell.plain_text(*names::PATH)?;
    let regular = |shell: &Shell, path: &Text| {
        shell.metadata(path).is_ok_and(|metadata| metadata.kind != FileKind::Directory)
    };
    path.split(|byte| *byte == b':')
        .map(
            |directory| {
                if directory.is_empty() { file.clone() } else { [directory, b"/", file].concat().into() }
            },
        )
        .find(|candidate| regular(shell, candidate))
}

fn not_a_script(shell: &mut Shell, file: &Text, what: &[u8]) -> Flow<Script> {
    // Bash goes by the name of the script already.
    shell.write_error(&[&file[..], b": ", file, b": ", what, b"\n"].concat());
    Break(Unwind::Exit(Status::CANNOT_EXECUTE))
}

/// Whether a file is no text: a NUL byte in its first line, as far as the first 80 bytes show it. A file that names
/// an interpreter may have them anywhere in its first two lines.
fn is_binary(text: &[u8]) -> bool {
    let sample = &text[..text.len().min(80)];
    if sample.starts_with(b"\x7fELF") {
        return true;
    }
    let lines = if sample.starts_with(b"#!") { 2 } else { 1 };
    sample.split(|byte| *byte == b'\n').take(lines).any(|line| line.contains(&0))
}

/// Commands from standard input: each complete one is run as it arrives.
fn run_standard_input(shell: &mut Shell) -> Flow {
    let Some(_) = shell.descriptor(0) else {
        let name = shell.session.shell_name.clone();
        shell.write_error(&[&name[..], b": error creating buffered stream: Bad file descriptor\n"].concat());
        return Break(Unwind::Exit(Status::CANNOT_EXECUTE));
    };
    Lines::of_standard_input().run(shell)
}

/// Commands that arrive line by line. Not a byte is taken beyond the line that completes a command: what follows may
/// be meant for the command.
struct Lines {
    /// `None`: whatever descriptor 0 is at the moment, which `exec <file` may change.
    file: Option<FileRef>,
    parser: Parser,
    ended: bool,
}

impl Lines {
    fn new(file: FileRef) -> Lines {
        Lines { file: Some(file), parser: Parser::streaming(), ended: false }
    }

    fn of_standard_input() -> Lines {
        Lines { file: None, parser: Parser::streaming(), ended: false }
    }

    fn run(mut self, shell: &mut Shell) -> Flow {
        let mut status = shell.session.status;
        loop {
            match self.next_command(shell)? {
                Parsed::Command(list) if list.items.is_empty() => {}
                Parsed::Command(list) => {
                    let flow = shell.run_command_line(&list);
                    status = shell.caught_abandonment(flow, Origin::Script)?;
                    if let Some(line) = shell.discarded_at.take() {
                        self.parser.continue_below(line);
                    }
                }
                Parsed::Error(error) => {
                    shell.report_parse_error(&error, None);
                    let discarded = error.discards_line();
                    status = match discarded {
                        true => Status::FAILURE,
                        false if error.lacks_partner() && !status.is_success() => status,
                        false => Status::USAGE,
                    };
                    shell.session.status = status;
                    if !discarded {
                        return Continue(status);
                    }
                }
                Parsed::End | Parsed::Incomplete => return Continue(status),
            }
            if shell.option(SetOption::OneCommand) {
                return Break(Unwind::Exit(status));
            }
        }
    }

    fn next_command(&mut self, shell: &mut Shell) -> Flow<Parsed> {
        if shell.session.history.is_recording {
            shell.begin_recording();
        }
        loop {
            let parsed = shell.next_command_quietly(&mut self.parser);
            let wants_more = matches!(parsed, Parsed::Incomplete | Parsed::End);
            if !wants_more || self.ended {
                return Continue(parsed);
            }
            self.read_on(shell)?;
        }
    }

    /// Reads lines until the command could be complete.
    fn read_on(&mut self, shell: &mut Shell) -> Flow<()> {
        const WORTH_IT: usize = 16 * 1024;
        let is_long = self.parser.rest().len() > WORTH_IT;
        let awaited = if is_long { self.parser.awaited(shell.dialect()) } else { None };
        let is_shown =
            shell.session.options.shows_input && !self.parser.ends_in_substitution(shell.dialect());
        let mut text = Vec::new();
        loop {
            let start = text.len();
            self.ended = !self.read_line(shell, &mut text)?;
            if is_shown {
                shell.write_error(&text[start..]);
            }
            if shell.session.history.is_recording && text.len() > start {
                let number = self.parser.line() + shell.session.history.command.lines;
                let line = shell.enter_line(&text[start..], number);
                text.splice(start.., line);
            }
            if self.ended || awaited.as_ref().is_none_or(|awaited| holds(&text[start..], awaited)) {
                break;
            }
        }
        self.parser.push(&text);
        if self.ended {
            self.parser.end();
        }
        Continue(())
    }

    /// Adds a line; `false` at the end of the input.
    fn read_line(&self, shell: &mut Shell, text: &mut Vec<u8>) -> Flow<bool> {
        let line = Line { delimiter: Some(b'\n'), limit: usize::MAX, deadline: None };
        loop {
            let file = match &self.file {
                Some(file) => Some(file.clone()),
                None => shell.descriptor(0),
            };
            let Some(file) = file else { return Continue(false) };
            match file.read_line(&line, text) {
                Ok(Delimited::Interrupted) => shell.safe_point()?,
                Ok(Delimited::Delimiter) => return Continue(true),
                Err(error) => return unreadable(shell, &error),
                _ => return Continue(false),
            }
        }
    }
}

/// Commands cannot be read any more: `exec 0>file`.
fn unreadable<T>(shell: &mut Shell, error: &std::io::Error) -> Flow<T> {
    let name = shell.session.shell_name.clone();
    let text = bash_host::errno_text(error);
    shell.write_error(&[&name[..], b": error reading input file: ", text.as_bytes(), b"\n"].concat());
    Break(Unwind::Exit(Status::USAGE))
}

fn holds(line: &[u8], awaited: &[u8]) -> bool {
    awaited.is_empty() || line.windows(awaited.len()).any(|window| window == awaited)
}
