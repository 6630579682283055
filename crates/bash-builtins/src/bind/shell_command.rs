//! `bind -x`: keys that run shell commands.

use super::bindings;
use bash_interp::{Args, Shell};
use bash_session::Status;
use bash_session::readline::{Binding, Meta, decode_keys, encode_macro};

/// `"keys": command`, or with a blank between them `"keys" "command"`.
pub(super) fn bind(sh: &mut Shell, args: &Args<'_>, text: &[u8]) -> Status {
    match parts(text) {
        Ok((keys, command)) => {
            let keys = decode_keys(keys, sh.session.readline.meta());
            sh.session.readline.bind(&keys, Some(Binding::Command(command)));
            Status::SUCCESS
        }
        Err(message) => {
            sh.builtin_error(args.name, message);
            Status::FAILURE
        }
    }
}

/// `-X`
pub(super) fn list(sh: &mut Shell) {
    let commands = bindings(sh, |binding| match binding {
        Binding::Command(text) => Some(encode_macro(text)),
        _ => None,
    });
    for (keys, command) in commands {
        sh.print([b"\"", &keys[..], b"\" \"", &command, b"\"\n"].concat());
    }
}

/// The notation of the keys, and the command. After a blank the command stands in quotes and its backslashes count;
/// after a colon it is taken as it is.
fn parts(text: &[u8]) -> Result<(&[u8], Vec<u8>), Vec<u8>> {
    let (keys, after) = sequence(text, 0, Quotes::Needed)?;
    let separator = text[after..].iter().position(|byte| matches!(byte, b':' | b' ' | b'\t'));
    let Some(at) = separator.map(|offset| after + offset) else {
        return Err([text, b": missing separator"].concat());
    };
    if text[at] == b':' {
        let (command, _) = sequence(text, at + 1, Quotes::Optional)?;
        return Ok((keys, command.to_vec()));
    }
    let (command, _) = sequence(text, at, Quotes::Needed)?;
    Ok((keys, decode_keys(command, Meta::EighthBit)))
}

/// Whether a piece of the argument must stand in double quotes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    Needed,
    Optional,
}

/// The piece that begins at a position, without its quotes, and where it ends.
fn sequence(text: &[u8], at: usize, quotes: Quotes) -> Result<(&[u8], usize), Vec<u8>> {
    let start = at + text[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let delimiter = text.get(start).copied().filter(|byte| matches!(byte, b'"' | b'\''));
    if quotes == Quotes::Needed && delimiter != Some(b'"') {
        return Err([text, b": first non-whitespace character is not `\"'"].concat());
    }
    let Some(delimiter) = delimiter else { return Ok((&text[start..], text.len())) };
    let mut end = start + 1;
    while let Some(byte) = text.get(end) {
        match byte {
            b'\\' => end += 2,
            byte if *byte == delimiter => return Ok((&text[start + 1..end], end + 1)),
            _ => end += 1,
        }
    }
    Err([b"no closing `", &[delimiter][..], b"' in ", text].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_follows_a_colon_or_stands_in_quotes() {
        assert_eq!(parts(br#""\C-xa": ls "a\b""#), Ok((&b"\\C-xa"[..], br#"ls "a\b""#.to_vec())));
        assert_eq!(parts(br#""q" "a\tb""#), Ok((&b"q"[..], b"a\tb".to_vec())));
        assert!(parts(br#""q""#).is_err() && parts(b"q:x").is_err() && parts(br#""q" x"#).is_err());
    }
}
