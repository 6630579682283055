//! `-D`, `--dump-strings`, `--dump-po-strings`: the texts of a script that `$"…"` marks for translation.
//!
//! Nothing is run. The strings come in the order in which they end, so one within another comes first.

use bash_interp::{Flow, Origin, Shell};
use bash_parser::{AliasTable, Parsed, Parser, Translation};
use bash_session::Status;
use std::cell::RefCell;
use std::ops::ControlFlow::Continue;

/// How the strings are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DumpStyle {
    /// In double quotes, one after the other.
    Plain,
    /// As entries of a `.po` file.
    Po,
}

/// Prints the strings of a text.
pub fn dump(shell: &mut Shell, text: &[u8], origin: Origin, style: DumpStyle) -> Flow {
    let name = match origin {
        Origin::Argument => b"-c".to_vec(),
        _ => shell.session.params.name.to_vec(),
    };
    let collector = Collector::default();
    let mut parser = Parser::new(text, 1);
    loop {
        let parsed = parser.next(shell.dialect(), &collector);
        for (line, string) in collector.0.take() {
            let shown = match style {
                DumpStyle::Plain => [b"\"", &string[..], b"\"\n"].concat(),
                DumpStyle::Po => entry(&name, line, &string),
            };
            shell.print(shown);
        }
        match parsed {
            Parsed::Command(_) => {}
            Parsed::End | Parsed::Incomplete => return Continue(Status::SUCCESS),
            Parsed::Error(error) => {
                shell.report_parse_error(&error, (origin == Origin::Argument).then_some("-c"));
                return Continue(Status::USAGE);
            }
        }
    }
}

/// Takes note of each string that the parser asks a translation for.
#[derive(Default)]
struct Collector(RefCell<Vec<(u32, Vec<u8>)>>);

impl AliasTable for Collector {
    fn alias(&self, _: &[u8]) -> Option<&[u8]> {
        None
    }

    fn translation(&self, text: &[u8], line: u32) -> Option<Translation> {
        self.0.borrow_mut().push((line, text.to_vec()));
        None
    }
}

/// An entry of a `.po` file, as yet without translation.
fn entry(name: &[u8], line: u32, text: &[u8]) -> Vec<u8> {
    let place = [b"#: ", name, format!(":{line}\n").as_bytes()].concat();
    [&place[..], b"msgid ", &po_string(text), b"\nmsgstr \"\"\n"].concat()
}

/// A string in the notation of `.po` files: of several lines, each stands on a line of its own, after an empty one.
fn po_string(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    if text.contains(&b'\n') {
        out.extend_from_slice(b"\"\"\n");
    }
    out.push(b'"');
    for byte in text {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', *byte]),
            b'\n' => out.extend_from_slice(b"\\n\"\n\""),
            byte => out.push(*byte),
        }
    }
    out.push(b'"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_backslashes_are_escaped() {
        assert_eq!(po_string(br#"a\"b"#), br#""a\\\"b""#);
    }

    #[test]
    fn lines_stand_apart() {
        assert_eq!(po_string(b"a\nb"), b"\"\"\n\"a\\n\"\n\"b\"");
    }
}
