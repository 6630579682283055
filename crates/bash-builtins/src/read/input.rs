//! Taking one line from a file: delimiters, backslashes, limits in characters, timeouts and signals.

use super::split::Characters;
use bash_host::{Delimited, FileRef, Instant, Line};
use bash_interp::limits::LimitKind;
use bash_interp::{Flow, Shell};
use bash_parser::quote::Charset;
use bash_session::Status;
use std::io;
use std::ops::ControlFlow::Continue;

/// The most bytes that a character takes in any charset but UTF-8: those of GB 18030.
const LONGEST_CHARACTER: usize = 4;

/// What to read.
pub(super) struct Reading {
    /// `None`: nothing ends the text but the number of characters.
    pub(super) delimiter: Option<u8>,
    /// At most so many characters.
    pub(super) characters: Option<usize>,
    /// Backslashes are plain.
    pub(super) raw: bool,
    pub(super) deadline: Option<Instant>,
    pub(super) charset: Charset,
}

/// How reading ended.
pub(super) enum End {
    /// With the delimiter, or the wanted number of characters.
    Delimiter,
    /// The input ended first.
    Input,
    TimedOut,
    /// A trapped signal came, in POSIX mode.
    Signal(Status),
    Error(io::Error),
}

/// What has come so far.
#[derive(Default)]
struct Progress {
    text: Characters,
    /// The last byte was a backslash that quotes the next one.
    escaping: bool,
    /// Complete characters.
    count: usize,
    /// Bytes of a character that is not complete yet.
    partial: usize,
    /// In a charset whose characters may hold a backslash: the bytes so far of the character that is read.
    begun: usize,
}

impl Reading {
    pub(super) fn run(&self, sh: &mut Shell, file: &FileRef) -> Flow<(Characters, End)> {
        let mut progress = Progress::default();
        let mut chunk = Vec::new();
        loop {
            let limit = match self.characters {
                Some(wanted) if progress.count >= wanted => return Continue((progress.text, End::Delimiter)),
                Some(wanted) => wanted - progress.count,
                None => usize::MAX,
            };
            chunk.clear();
            let limit = if progress.partial > 0 { 1 } else { limit };
            let room = sh.text_room();
            let limit = limit.min(room.saturating_add(1).saturating_sub(progress.text.len()));
            let line = Line { delimiter: self.delimiter, limit, deadline: self.deadline };
            let ended = file.read_line(&line, &mut chunk);
            let delimited = matches!(ended, Ok(Delimited::Delimiter));
            if progress.text.len() + chunk.len() > room {
                return sh.exceed(LimitKind::StringSize);
            }
            if progress.take(&chunk, delimited, self) {
                return Continue((progress.text, End::Delimiter));
            }
            match ended {
                Ok(Delimited::Delimiter | Delimited::Limit) => {}
                Ok(Delimited::End) => return Continue((progress.text, End::Input)),
                Ok(Delimited::TimedOut) => return Continue((progress.text, End::TimedOut)),
                Ok(Delimited::Interrupted) => {
                    if let Some(status) = interrupted(sh)? {
                        return Continue((progress.text, End::Signal(status)));
                    }
                }
                Err(error) => return Continue((progress.text, End::Error(error))),
            }
        }
    }
}

/// Runs the traps of the signal. In POSIX mode it ends the reading, with this status.
fn interrupted(sh: &mut Shell) -> Flow<Option<Status>> {
    let waiting = if sh.is_posix() { sh.host.take_signal() } else { None };
    if let Some(signal) = waiting {
        sh.host.post_signal(signal);
    }
    sh.safe_point()?;
    Continue(waiting.map(|signal| Status::new(128 + signal.number())))
}

impl Progress {
    /// Takes in what was read, whose last byte is the delimiter if `delimited`. Whether that delimiter ends the line:
    /// it does not after a backslash.
    fn take(&mut self, chunk: &[u8], delimited: bool, reading: &Reading) -> bool {
        let (body, delimiter) = match chunk.split_last() {
            Some((delimiter, body)) if delimited => (body, Some(*delimiter)),
            _ => (chunk, None),
        };
        if self.is_plain(body, reading) {
            self.take_plain(body);
        } else {
            body.iter().for_each(|byte| self.take_byte(*byte, reading));
        }
        match delimiter {
            Some(byte) if self.escaping => {
                self.take_byte(byte, reading);
                false
            }
            found => found.is_some(),
        }
    }

    /// Whether each byte stands for itself and is a character, or characters do not count.
    fn is_plain(&self, bytes: &[u8], reading: &Reading) -> bool {
        !self.escaping
            && self.partial == 0
            && !matches!(reading.charset, Charset::Coded(_))
            && (reading.characters.is_none() || bytes.is_ascii())
            && !bytes.contains(&0)
            && (reading.raw || !bytes.contains(&b'\\'))
    }

    /// What [`Progress::take_byte`] does with plain bytes.
    fn take_plain(&mut self, bytes: &[u8]) {
        self.text.extend(bytes);
        self.count += bytes.len();
    }

    fn take_byte(&mut self, byte: u8, reading: &Reading) {
        if self.continues_character(byte, reading.charset) {
            let quoted = self.text.last_is_quoted();
            self.push(byte, quoted, reading);
        } else if std::mem::take(&mut self.escaping) {
            if byte != b'\n' {
                self.push(byte, true, reading);
            }
        } else if byte == b'\\' && !reading.raw {
            self.escaping = true;
        } else if byte != 0 {
            self.push(byte, false, reading);
        }
    }

    /// Whether `byte` belongs to the character before it, in a charset in which it could be a backslash else.
    fn continues_character(&mut self, byte: u8, charset: Charset) -> bool {
        let Charset::Coded(_) = charset else { return false };
        let continues = self.begun > 0;
        let character = [self.text.tail(self.begun), &[byte]].concat();
        let is_whole = charset.is_valid(&character) || character.len() == LONGEST_CHARACTER;
        self.begun = if is_whole { 0 } else { character.len() };
        continues
    }

    fn push(&mut self, byte: u8, quoted: bool, reading: &Reading) {
        let quoted = quoted || self.partial > 0 && self.text.last_is_quoted();
        self.text.push(byte, quoted);
        if reading.characters.is_none() || reading.charset == Charset::C {
            self.count += 1;
            return;
        }
        self.partial += 1;
        let tail = self.text.tail(self.partial);
        if let Charset::Coded(_) = reading.charset {
            if reading.charset.is_valid(tail) || self.partial >= LONGEST_CHARACTER {
                self.partial = 0;
                self.count += 1;
            }
            return;
        }
        match std::str::from_utf8(tail) {
            Ok(_) => {
                self.partial = 0;
                self.count += 1;
            }
            Err(error) if error.error_len().is_some() => {
                self.count += self.partial;
                self.partial = 0;
            }
            Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Charset, Progress, Reading};

    #[test]
    fn plain_bytes_are_taken_alike_at_once_and_one_by_one() {
        let lines: [&[u8]; 7] =
            [b"", b"plain text", b"back\\slash", b"\\\\", b"n\0l", "é".as_bytes(), b"\xff\xc3"];
        for (line, raw, characters) in lines.iter().flat_map(|line| {
            [(line, true, None), (line, false, None), (line, true, Some(9)), (line, false, Some(9))]
        }) {
            let reading =
                Reading { delimiter: Some(b'\n'), characters, raw, deadline: None, charset: Charset::Utf8 };
            let (mut whole, mut single) = (Progress::default(), Progress::default());
            whole.take(line, false, &reading);
            line.iter().for_each(|byte| single.take_byte(*byte, &reading));
            let state = |progress: &Progress| {
                (progress.text.bytes(), progress.escaping, progress.count, progress.partial)
            };
            assert_eq!(state(&whole), state(&single), "{line:?} {raw} {characters:?}");
        }
    }
}
