//! Lines without editing: for `--noediting`, terminals that can do nothing, and input that is no terminal.

use super::editor::{Input, LineEditor, without_marks};
use bash_host::{Delimited, Line};
use bash_interp::{Flow, Shell};
use std::ops::ControlFlow::Continue;

/// Reads lines from descriptor 0 and shows prompts on standard error.
pub struct PlainReader {
    /// Input that is no terminal is shown as it is read, as a line editor would show it.
    echoes: bool,
}

impl PlainReader {
    /// A reader; `edits` if a line editor was asked for and could not be had.
    pub fn new(edits: bool) -> PlainReader {
        PlainReader { echoes: edits }
    }
}

impl LineEditor for PlainReader {
    fn read_line(&mut self, shell: &mut Shell, prompt: &[u8]) -> Flow<Input> {
        shell.write_error(&without_marks(prompt));
        let Some(file) = shell.descriptor(0) else { return Continue(Input::End) };
        let line = Line { delimiter: Some(b'\n'), limit: usize::MAX, deadline: None };
        let mut text = Vec::new();
        loop {
            match file.read_line(&line, &mut text) {
                Ok(Delimited::Interrupted) => {
                    if let std::ops::ControlFlow::Break(unwind) = shell.safe_point() {
                        shell.write_error(b"\n");
                        return std::ops::ControlFlow::Break(unwind);
                    }
                }
                Ok(Delimited::Delimiter) => break,
                _ if text.is_empty() => return Continue(Input::End),
                _ => break,
            }
        }
        if self.echoes && !file.is_terminal() {
            shell.write_error(&text);
        }
        Continue(Input::Line(text))
    }
}
