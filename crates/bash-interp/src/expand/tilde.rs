//! Tilde expansion: `~`, `~user`, `~+`, `~-`, `~N`.

use crate::Shell;
use bash_session::{Text, names};

impl Shell {
    /// The directory that `~prefix` stands for; what cannot be expanded stays as it was written.
    pub(crate) fn expand_tilde(&mut self, prefix: &[u8]) -> Text {
        let found = match prefix {
            b"" => self.plain_text(*names::HOME).or_else(|| self.host.home_directory(None).map(Text::from)),
            b"+" => self.plain_text(*names::PWD),
            b"-" => self.plain_text(*names::OLDPWD),
            _ if prefix.last().is_some_and(u8::is_ascii_digit) && self.stack_entry(prefix).is_some() => {
                self.stack_entry(prefix)
            }
            _ => self.host.home_directory(Some(prefix)).map(Text::from),
        };
        found.unwrap_or_else(|| [b"~", prefix].concat().into())
    }

    /// An entry of the directory stack, counted from the top (`N`, `+N`) or the bottom (`-N`).
    fn stack_entry(&self, prefix: &[u8]) -> Option<Text> {
        let stack = self.directory_stack();
        let (from_bottom, digits) = match prefix {
            [b'-', digits @ ..] => (true, digits),
            [b'+', digits @ ..] => (false, digits),
            digits => (false, digits),
        };
        let number: i64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
        let index = if from_bottom { stack.end() - 1 - number } else { number };
        stack.get(index).cloned()
    }
}
