//! Prompts: the backslash escapes of `PS1` and its kin, and `${x@P}`.
//!
//! The escapes come first, then (under `promptvars`) parameter expansion, command substitution and arithmetic. What an
//! escape brings in is not expanded again, so a directory called `$(rm x)` is harmless.

use crate::strftime::{TimeZone, strftime};
use crate::{Flow, Shell};
use bash_session::{SetOption, Shopt, names};
use std::ops::ControlFlow::{Break, Continue};

/// What becomes of `\[` and `\]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invisible {
    /// They vanish.
    Unmarked,
    /// They become the bytes 1 and 2, as line editors want them.
    Marked,
}

/// A prompt whose escapes are being replaced.
struct Decoded {
    /// What will be expanded.
    text: Vec<u8>,
    /// Whether it will be.
    expands: bool,
}

impl Decoded {
    /// Text of the prompt itself.
    fn push(&mut self, text: &[u8]) {
        self.text.extend_from_slice(text);
    }

    /// What an escape stands for.
    fn push_plain(&mut self, text: &[u8]) {
        for byte in text {
            if self.expands && matches!(byte, b'$' | b'`' | b'\\') {
                self.text.push(b'\\');
            }
            self.text.push(*byte);
        }
    }
}

impl Shell {
    /// Expands a prompt.
    pub fn expand_prompt(&mut self, text: &[u8]) -> Flow<Vec<u8>> {
        self.expand_marked_prompt(text, Invisible::Unmarked)
    }

    /// The same for `${x@P}`, which marks what is invisible where lines are edited.
    pub(crate) fn expand_prompt_value(&mut self, text: &[u8]) -> Flow<Vec<u8>> {
        let edits = self.option(SetOption::Emacs) || self.option(SetOption::Vi);
        self.expand_marked_prompt(text, if edits { Invisible::Marked } else { Invisible::Unmarked })
    }

    /// The same for a line editor, which must know what takes no place on the screen.
    pub fn expand_marked_prompt(&mut self, text: &[u8], invisible: Invisible) -> Flow<Vec<u8>> {
        let posix = self.is_posix();
        let expands = posix || self.shopt(Shopt::PromptVars);
        let mut decoded = Decoded { text: Vec::with_capacity(text.len() * 2), expands };
        let mut rest = text;
        while let Some(at) = rest.iter().position(|byte| *byte == b'\\' || *byte == b'!' && posix) {
            decoded.push(&rest[..at]);
            rest = match rest[at] {
                b'!' => self.decode_bang(&rest[at + 1..], &mut decoded),
                _ => self.decode_escape(&rest[at + 1..], invisible, &mut decoded),
            };
        }
        decoded.push(rest);
        if !decoded.expands {
            return Continue(decoded.text);
        }
        // A backslash at the end stands for itself.
        if decoded.text.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1 {
            decoded.text.push(b'\\');
        }
        let (status, substitution_status) = (self.session.status, self.substitution_status);
        let flow = self.expand_text_in_quotes(&decoded.text);
        self.session.status = status;
        self.substitution_status = substitution_status;
        match flow {
            Continue(expanded) => Continue(expanded.into_vec()),
            Break(_) => Continue(decoded.text),
        }
    }

    /// Replaces the escape whose text after the backslash begins `rest`; what follows it.
    fn decode_escape<'t>(&mut self, rest: &'t [u8], invisible: Invisible, out: &mut Decoded) -> &'t [u8] {
        let Some((&letter, after)) = rest.split_first() else {
            out.push(b"\\");
            return rest;
        };
        match letter {
            b'a' => out.push(b"\x07"),
            b'e' => out.push(b"\x1b"),
            b'n' => out.push(b"\n"),
            b'r' => out.push(b"\r"),
            b'\\' => out.push(b"\\"),
            b'[' | b']' if invisible == Invisible::Marked => {
                out.push(if letter == b'[' { b"\x01" } else { b"\x02" })
            }
            b'[' | b']' => {}
            b'0'..=b'7' => return octal(rest, out),
            b'D' if after.starts_with(b"{") => return self.decode_time(&after[1..], out),
            _ => match self.escape_value(letter) {
                Some(value) => out.push_plain(&value),
                None if letter == b'"' && out.expands => out.push(b"\""),
                None => out.push(&[b'\\', letter]),
            },
        }
        after
    }

    /// POSIX: `!` is the number of the next command in the history, `!!` is `!`.
    fn decode_bang<'t>(&mut self, rest: &'t [u8], out: &mut Decoded) -> &'t [u8] {
        if let Some(after) = rest.strip_prefix(b"!") {
            out.push(b"!");
            return after;
        }
        out.push(self.session.history.next_number().to_string().as_bytes());
        rest
    }

    fn escape_value(&mut self, letter: u8) -> Option<Vec<u8>> {
        Some(match letter {
            b'd' => self.formatted_time(b"%a %b %d"),
            b't' => self.formatted_time(b"%H:%M:%S"),
            b'T' => self.formatted_time(b"%I:%M:%S"),
            b'@' => self.formatted_time(b"%I:%M %p"),
            b'A' => self.formatted_time(b"%H:%M"),
            b'h' => self.host_name().split(|byte| *byte == b'.').next().unwrap_or_default().to_vec(),
            b'H' => self.host_name(),
            b'j' => self.session.jobs.iter().filter(|job| !job.inherited).count().to_string().into_bytes(),
            b'l' => self.terminal_name(),
            b's' => base_name(&self.session.shell_name).to_vec(),
            b'u' => self.host.user_name().unwrap_or_else(|| b"I have no name!".to_vec()),
            b'v' => b"5.3".to_vec(),
            b'V' => b"5.3.0".to_vec(),
            b'w' => self.shown_directory(),
            b'W' => self.shown_directory_name(),
            b'!' => self.session.history.next_number().to_string().into_bytes(),
            b'#' => self.session.command_number.to_string().into_bytes(),
            b'$' => {
                if self.host.ids().effective_uid == 0 {
                    b"#".to_vec()
                } else {
                    b"$".to_vec()
                }
            }
            _ => return None,
        })
    }

    fn decode_time<'t>(&mut self, rest: &'t [u8], out: &mut Decoded) -> &'t [u8] {
        let end = rest.iter().position(|byte| *byte == b'}').unwrap_or(rest.len());
        let format: &[u8] = if end == 0 { b"%H:%M:%S" } else { &rest[..end] };
        let time = self.formatted_time(format);
        out.push_plain(&time);
        rest.get(end + 1..).unwrap_or_default()
    }

    fn formatted_time(&self, format: &[u8]) -> Vec<u8> {
        strftime(format, self.host.now().as_secs() as i64, &self.time_zone())
    }

    /// The time zone that `TZ` names.
    pub fn time_zone(&self) -> TimeZone {
        let variable = self.plain_text(*names::TZ).map(|text| String::from_utf8_lossy(&text).into_owned());
        TimeZone::from_variable(variable.as_deref(), |path| {
            self.host.read_file(&self.session.directory.handle, path.as_bytes()).ok()
        })
    }

    fn host_name(&self) -> Vec<u8> {
        self.host.host_name()
    }

    fn terminal_name(&mut self) -> Vec<u8> {
        let name = self.descriptor(0).and_then(|file| self.host.terminal_name(&file));
        name.map_or_else(|| b"tty".to_vec(), |name| base_name(&name).to_vec())
    }

    /// `\w`: with `~` for the home directory, as long as `PROMPT_DIRTRIM` allows.
    fn shown_directory(&self) -> Vec<u8> {
        let path = self.directory_with_tilde();
        let limit = self
            .plain_text(bash_parser::Name::new("PROMPT_DIRTRIM"))
            .and_then(|text| std::str::from_utf8(&text).ok()?.parse().ok());
        match limit {
            Some(limit) if limit > 0 => trimmed_directory(&path, limit),
            _ => path,
        }
    }

    fn shown_directory_name(&self) -> Vec<u8> {
        let path = self.directory_with_tilde();
        match &path[..] {
            b"/" | b"//" | b"~" => path,
            _ => base_name(&path).to_vec(),
        }
    }

    fn directory_with_tilde(&self) -> Vec<u8> {
        let path = self.plain_text(*names::PWD).unwrap_or_else(|| self.session.directory.logical.clone());
        let home = self.plain_text(*names::HOME).filter(|home| home.len() > 1);
        match home.and_then(|home| path.strip_prefix(&home[..]).map(<[u8]>::to_vec)) {
            Some(below) if below.is_empty() || below.starts_with(b"/") => [b"~", &below[..]].concat(),
            _ => path.into_vec(),
        }
    }
}

/// The last `limit` parts of a path, if it has more.
fn trimmed_directory(path: &[u8], limit: usize) -> Vec<u8> {
    let (start, below) = match path.strip_prefix(b"~") {
        Some(below) => (&b"~/..."[..], below),
        None => (&b"..."[..], path),
    };
    let slashes: Vec<usize> =
        below.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at).collect();
    match slashes.len().checked_sub(limit) {
        Some(first @ 1..) => [start, &below[slashes[first]..]].concat(),
        _ => path.to_vec(),
    }
}

/// `\nnn`: up to three characters, all of which are octal digits.
fn octal<'t>(rest: &'t [u8], out: &mut Decoded) -> &'t [u8] {
    let digits = &rest[..rest.len().min(3)];
    if !digits.iter().all(|digit| matches!(digit, b'0'..=b'7')) {
        out.push(&[b'\\', rest[0]]);
        return &rest[1..];
    }
    let value = digits.iter().fold(0u32, |value, digit| value * 8 + u32::from(digit - b'0')) as u8;
    if value != 0 {
        out.push_plain(&[value]);
    }
    &rest[digits.len()..]
}

fn base_name(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_directory_keeps_its_last_parts() {
        assert_eq!(trimmed_directory(b"/usr/share/doc", 2), b".../share/doc");
        assert_eq!(trimmed_directory(b"/usr/share", 2), b"/usr/share");
        assert_eq!(trimmed_directory(b"~/share/doc/bash", 1), b"~/.../bash");
        assert_eq!(trimmed_directory(b"/", 1), b"/");
        assert_eq!(trimmed_directory(b"~", 1), b"~");
    }
}
