//! Lines without a terminal's editor: for `--noediting`, terminals that can do nothing, and input that is no terminal.

use super::editor::{Input, LineEditor, without_marks};
use super::keys::{Keys, Pressed};
use bash_host::{Delimited, FileRef, Line};
use bash_interp::{Flow, Shell};
use bash_session::SetOption;
use std::ops::ControlFlow::{Break, Continue};

/// Reads lines from descriptor 0 and shows prompts on standard error.
pub struct PlainReader {
    /// For input that is no terminal where a line editor was asked for: its keys work, and the lines are shown.
    keys: Option<Keys>,
}

impl PlainReader {
    /// A reader; `edits` if a line editor was asked for and could not be had.
    pub fn new(edits: bool) -> PlainReader {
        PlainReader { keys: edits.then(Keys::default) }
    }
}

impl LineEditor for PlainReader {
    fn read_line(&mut self, shell: &mut Shell, prompt: &[u8]) -> Flow<Input> {
        shell.write_error(&without_marks(prompt));
        let Some(file) = shell.descriptor(0) else { return Continue(Input::End) };
        let keys = self.keys.as_mut().filter(|_| !file.is_terminal());
        let mut text = Vec::new();
        let Some(keys) = keys else {
            return Continue(match read(shell, &file, usize::MAX, &mut text)? {
                false if text.is_empty() => Input::End,
                _ => Input::Line(text),
            });
        };
        if shell.option(SetOption::Emacs) {
            let input = read_keys(shell, &file, keys)?;
            if let Input::Line(text) = &input {
                shell.write_error(text);
            }
            return Continue(input);
        }
        if !read(shell, &file, usize::MAX, &mut text)? && text.is_empty() {
            return Continue(Input::End);
        }
        shell.write_error(&text);
        Continue(Input::Line(text))
    }
}

/// Reads keys until they make a line.
fn read_keys(shell: &mut Shell, file: &FileRef, keys: &mut Keys) -> Flow<Input> {
    keys.begin(&shell.session.history);
    loop {
        let mut key = Vec::new();
        read(shell, file, 1, &mut key)?;
        let pressed = match key.first() {
            Some(key) => keys.press(*key, &shell.session.history),
            None if keys.text().is_empty() => Pressed::End,
            None => Pressed::Accepted,
        };
        match pressed {
            Pressed::More => {}
            Pressed::Accepted => return Continue(Input::Line([keys.text(), b"\n"].concat())),
            Pressed::End => return Continue(Input::End),
        }
    }
}

/// Reads to the end of the line, but not more than `limit` bytes; `false` at the end of the input.
fn read(shell: &mut Shell, file: &FileRef, limit: usize, text: &mut Vec<u8>) -> Flow<bool> {
    let line = Line { delimiter: Some(b'\n'), limit, deadline: None };
    loop {
        match file.read_line(&line, text) {
            Ok(Delimited::Interrupted) => {
                if let Break(unwind) = shell.safe_point() {
                    shell.write_error(b"\n");
                    return Break(unwind);
                }
            }
            Ok(Delimited::Delimiter) => return Continue(true),
            _ => return Continue(false),
        }
    }
}
