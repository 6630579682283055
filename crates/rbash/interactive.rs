//! The prompt: read a command, run it, tell of jobs, read on.
//!
//! What surprises: a command is read line by line, each line with a prompt of its own (`PS1`, then `PS2`), so
//! here-documents and open quotes need no special care; and no error ends the shell.

mod editor;
mod history;
mod keys;
mod notices;
mod plain;
#[cfg(feature = "cli")]
mod rustyline;

use bash_host::{Disposition, Signal};
use bash_interp::{Flow, Invisible, Origin, Shell, Unwind};
use bash_parser::{Parsed, Parser};
use bash_session::{SetOption, Status, Value, names};
use editor::{Input, LineEditor};
use std::ops::ControlFlow::{Break, Continue};

/// Prepares a shell that will be interactive: keyboard signals do not end it.
pub fn begin(shell: &mut Shell) {
    for signal in [Signal::INT, Signal::HUP] {
        let _ = shell.host.set_disposition(signal, Disposition::Catch);
    }
    shell.begin_job_control();
}

/// Reads and runs commands until the end of the input or `exit`.
pub fn run(shell: &mut Shell) -> Flow {
    history::load(shell);
    let mut editor = editor_for(shell);
    let mut ends = 0;
    loop {
        notices::show(shell);
        match run_command(shell, &mut *editor) {
            Continue(Turn::Ran) => ends = 0,
            Continue(Turn::End) => {
                ends += 1;
                shell.session.command_number += 1;
                if !ignores_end(shell, ends) && !shell.jobs_forbid_exit() {
                    return Break(Unwind::Exit(shell.session.status));
                }
            }
            Break(Unwind::Exit(status)) => return Break(Unwind::Exit(status)),
            Break(Unwind::Discard(status) | Unwind::Abandon(status) | Unwind::Return(status)) => {
                shell.session.status = status
            }
            Break(_) => {}
        }
        if shell.option(SetOption::OneCommand) {
            return Break(Unwind::Exit(shell.session.status));
        }
    }
}

/// What a turn at the prompt was.
enum Turn {
    /// A command, an error or an interruption.
    Ran,
    /// The end of the input.
    End,
}

/// The best editor that the terminal and the options allow.
fn editor_for(shell: &mut Shell) -> Box<dyn LineEditor> {
    let edits = shell.option(SetOption::Emacs) || shell.option(SetOption::Vi);
    #[cfg(feature = "cli")]
    if edits
        && shell.descriptor(0).is_some_and(|file| file.is_terminal())
        && shell.plain_text(bash_parser::Name::new("TERM")).is_some_and(|terminal| terminal[..] != *b"dumb")
        && let Some(editor) = rustyline::RustylineEditor::new(shell)
    {
        return Box::new(editor);
    }
    Box::new(plain::PlainReader::new(edits))
}

/// Reads one complete command and runs it.
fn run_command(shell: &mut Shell, editor: &mut dyn LineEditor) -> Flow<Turn> {
    run_prompt_commands(shell)?;
    let mut parser = Parser::streaming();
    let mut text = Vec::new();
    shell.begin_recording();
    loop {
        let prompt = expanded_prompt(shell, if text.is_empty() { *names::PS1 } else { *names::PS2 })?;
        match editor.read_line(shell, &prompt)? {
            Input::Line(line) => {
                let line = entered(shell, &line);
                text.extend_from_slice(&line);
                parser.push(&line);
            }
            Input::Interrupted => {
                shell.session.status = Status::new(130);
                return Continue(Turn::Ran);
            }
            Input::End if text.is_empty() => return Continue(Turn::End),
            Input::End => parser.end(),
        }
        if shell.session.options.shows_input {
            shell.write_error(&text);
        }
        match shell.next_command_quietly(&mut parser) {
            Parsed::Incomplete => {}
            Parsed::End => return Continue(Turn::Ran),
            Parsed::Error(error) => {
                shell.report_parse_error(&error, None);
                shell.session.status = Status::USAGE;
                return Continue(Turn::Ran);
            }
            Parsed::Command(list) => {
                if list.items.is_empty() {
                    return Continue(Turn::Ran);
                }
                show_ps0(shell)?;
                shell.session.command_number += 1;
                shell.run_command_line(&list)?;
                return Continue(Turn::Ran);
            }
        }
    }
}

/// A line as the history makes it.
fn entered(shell: &mut Shell, line: &[u8]) -> Vec<u8> {
    if !shell.session.history.is_recording {
        return line.to_vec();
    }
    let number = shell.session.line;
    shell.enter_line(line, number)
}

/// `PROMPT_COMMAND`: one command, or an array of them. They leave `$?` alone.
fn run_prompt_commands(shell: &mut Shell) -> Flow<()> {
    let value =
        shell.session.variables.get(*names::PROMPT_COMMAND).map_or(Value::Unset, |cell| cell.value.clone());
    let commands = match value {
        Value::Indexed(array) => array.iter().map(|(_, text)| text.clone()).collect(),
        value => value.text().into_iter().collect::<Vec<_>>(),
    };
    let status = shell.session.status;
    for command in commands {
        let flow = shell.run_nested_text(&command, 1, Origin::Builtin("PROMPT_COMMAND"));
        if let Break(Unwind::Exit(status)) = flow {
            return Break(Unwind::Exit(status));
        }
        shell.session.status = status;
    }
    Continue(())
}

fn expanded_prompt(shell: &mut Shell, name: bash_parser::Name) -> Flow<Vec<u8>> {
    let text = shell.plain_text(name).unwrap_or_default();
    shell.expand_marked_prompt(&text, Invisible::Marked)
}

/// `PS0`, between reading and running a command.
fn show_ps0(shell: &mut Shell) -> Flow<()> {
    let Some(text) = shell.plain_text(*names::PS0) else { return Continue(()) };
    let prompt = shell.expand_prompt(&text)?;
    shell.write_error(&prompt);
    Continue(())
}

/// What `Ctrl-D` says; whether `IGNOREEOF` keeps the shell going.
fn ignores_end(shell: &mut Shell, ends: u64) -> bool {
    let login = shell.session.options.login;
    let limit = shell.session.variables.get(bash_parser::Name::new("IGNOREEOF")).map(|cell| {
        let text = cell.value.text().unwrap_or_default();
        std::str::from_utf8(&text).ok().and_then(|text| text.parse::<u64>().ok()).unwrap_or(10)
    });
    if limit.is_some_and(|limit| ends <= limit) {
        let hint: &[u8] = if login {
            b"Use \"logout\" to leave the shell.\n"
        } else {
            b"Use \"exit\" to leave the shell.\n"
        };
        shell.write_error(hint);
        return true;
    }
    shell.write_error(if login { b"logout\n" } else { b"exit\n" });
    false
}
