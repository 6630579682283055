//! What a line editor is, so that the prompt does not know which one it has.

use bash_interp::{Flow, Shell};

/// What the user gave.
pub enum Input {
    /// A line with its newline (the last one may lack it).
    Line(Vec<u8>),
    /// `Ctrl-C`: the command so far is dropped.
    #[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "only an editor sees it as input"))]
    Interrupted,
    /// `Ctrl-D`, or the end of the file.
    End,
}

/// Reads lines from the user.
pub trait LineEditor {
    /// Shows a prompt, in which bytes 1 and 2 enclose what takes no place on the screen, and reads a line.
    fn read_line(&mut self, shell: &mut Shell, prompt: &[u8]) -> Flow<Input>;
}

/// A prompt without the marks.
pub fn without_marks(prompt: &[u8]) -> Vec<u8> {
    prompt.iter().copied().filter(|byte| !matches!(byte, 1 | 2)).collect()
}
