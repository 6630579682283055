//! Line editing by rustyline.
//!
//! What surprises: it reads UTF-8 alone, so a line with other bytes is refused with a message; and it hands what was
//! typed ahead to the next line, but not to the program that runs in between.

use super::editor::{Input, LineEditor, without_marks};
use ::rustyline::error::ReadlineError;
use ::rustyline::history::MemHistory;
use ::rustyline::{Config, EditMode, Editor};
use bash_interp::{Flow, Shell};
use bash_session::SetOption;
use std::ops::ControlFlow::Continue;

/// The editor, and how much of the session's history it has been told.
pub struct RustylineEditor {
    editor: Editor<(), MemHistory>,
    known: usize,
}

impl RustylineEditor {
    /// An editor on the terminal; `None` if it cannot work there.
    pub fn new(shell: &mut Shell) -> Option<RustylineEditor> {
        let mode = if shell.option(SetOption::Vi) { EditMode::Vi } else { EditMode::Emacs };
        let config = Config::builder().edit_mode(mode).auto_add_history(false).bracketed_paste(true).build();
        let editor = Editor::with_history(config, MemHistory::new()).ok()?;
        Some(RustylineEditor { editor, known: 0 })
    }

    fn follow_history(&mut self, shell: &Shell) {
        let first = shell.session.history.first_number();
        for (at, entry) in shell.session.history.entries().iter().enumerate() {
            if first + at > self.known {
                let line = String::from_utf8_lossy(&entry.text).into_owned();
                let _ = self.editor.add_history_entry(line);
            }
        }
        self.known = self.known.max(shell.session.history.next_number().saturating_sub(1));
    }
}

impl LineEditor for RustylineEditor {
    fn read_line(&mut self, shell: &mut Shell, prompt: &[u8]) -> Flow<Input> {
        self.follow_history(shell);
        let prompt = (raw(prompt), String::from_utf8_lossy(&without_marks(prompt)).into_owned());
        loop {
            match self.editor.readline(&prompt) {
                Ok(line) => return Continue(Input::Line([line.as_bytes(), b"\n"].concat())),
                Err(ReadlineError::Interrupted) => return Continue(Input::Interrupted),
                Err(ReadlineError::Eof) => return Continue(Input::End),
                Err(ReadlineError::Io(error)) if error.kind() == std::io::ErrorKind::InvalidData => {
                    shell.write_error(b"\nthe line is not valid UTF-8\n");
                }
                Err(ReadlineError::Signal(_)) => {}
                Err(_) => return Continue(Input::End),
            }
        }
    }
}

/// The part of a prompt that takes place on the screen.
fn raw(prompt: &[u8]) -> String {
    let (mut visible, mut hidden) = (Vec::with_capacity(prompt.len()), false);
    for byte in prompt {
        match byte {
            1 => hidden = true,
            2 => hidden = false,
            byte if !hidden => visible.push(*byte),
            _ => {}
        }
    }
    String::from_utf8_lossy(&visible).into_owned()
}
