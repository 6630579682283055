//! Texts that are parsed by themselves: those that become words only at run time (prompts, subscripts given to builtins),
//! and functions.

use crate::ast::{Argument, CommandKind, FunctionDefinition, RedirectTarget, Word, WordPart};
use crate::{Dialect, NoAliases, ParseError, ParseErrorKind, Parsed, Parser};
use std::sync::Arc;

/// Parses a text as the body of a here-document: expansions and backslashes count, quotes are plain.
pub fn parse_document(text: &[u8], dialect: Dialect) -> Result<Word, ParseError> {
    let delimiter = unused_delimiter(text);
    let source = [b": <<", &delimiter[..], b"\n", text, b"\n", &delimiter[..], b"\n"].concat();
    let wrong = |kind, message: &[u8]| ParseError {
        kind,
        line: 1,
        message: message.to_vec(),
        warnings: vec![],
        before: vec![],
        source_line: None,
    };
    let list = match Parser::new(source, 0).next(dialect, &NoAliases) {
        Parsed::Command(list) => list,
        Parsed::Error(error) => return Err(error),
        Parsed::Incomplete | Parsed::End => {
            return Err(wrong(ParseErrorKind::Incomplete, b"syntax error: unexpected end of file"));
        }
    };
    let command =
        list.items.first().and_then(|item| item.and_or.first.stages.first()).map(|stage| &stage.command);
    let target = command
        .filter(|command| matches!(command.kind, CommandKind::Simple(_)))
        .and_then(|command| command.redirects.first())
        .map(|redirect| &redirect.target);
    match target {
        Some(RedirectTarget::Document(document)) => Ok(match &document.body {
            None => Word::quoted(document.source.as_bytes().strip_suffix(b"\n").unwrap_or_default().into()),
            Some(word) => without_last_newline(word),
        }),
        _ => Err(wrong(ParseErrorKind::Wrong, b"syntax error")),
    }
}

/// Parses a text as one word of a command, in which no braces are expanded.
pub fn parse_word(text: &[u8], dialect: Dialect) -> Option<Box<[WordPart]>> {
    let dialect = Dialect { braces: false, aliases: false, ..dialect };
    let source = [b": ", text, b"\n"].concat();
    let Parsed::Command(list) = Parser::new(source, 0).next(dialect, &NoAliases) else { return None };
    let [item] = &*list.items else { return None };
    let command = &item.and_or.first.stages.first()?.command;
    let CommandKind::Simple(simple) = &command.kind else { return None };
    if !command.redirects.is_empty() {
        return None;
    }
    match &*simple.words {
        [_, Argument::Word(word)] => Some(word.parts.clone()),
        _ => None,
    }
}

/// Parses a text that defines one function and does nothing else. `line` is the number of its first line.
///
/// ```
/// use bash_parser::{Dialect, parse_function};
/// let function = parse_function(b"f () { echo; }", 7, Dialect::default());
/// assert!(function.is_some_and(|function| &*function.name == b"f" && function.line == 7));
/// assert!(parse_function(b"f () { echo; }; rm x", 1, Dialect::default()).is_none());
/// ```
pub fn parse_function(text: &[u8], line: u32, dialect: Dialect) -> Option<Arc<FunctionDefinition>> {
    let mut parser = Parser::new(text, line);
    let Parsed::Command(list) = parser.next(dialect, &NoAliases) else { return None };
    let is_all = matches!(parser.next(dialect, &NoAliases), Parsed::End);
    list.only_function().filter(|_| is_all).cloned()
}

fn unused_delimiter(text: &[u8]) -> Vec<u8> {
    let mut delimiter = b"EOF".to_vec();
    while text.windows(delimiter.len()).any(|window| window == delimiter) {
        delimiter.push(b'_');
    }
    delimiter
}

/// The newline before the delimiter is none of the text's.
fn without_last_newline(body: &Word) -> Word {
    let mut word = Word { parts: body.parts.clone(), ..Word::default() };
    if let Some(crate::ast::WordPart::Literal(text)) = word.parts.last_mut() {
        *text = text.strip_suffix(b"\n").unwrap_or(text).into();
    }
    word.constant = body.constant.as_ref().map(|text| text.strip_suffix(b"\n").unwrap_or(text).into());
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_plain_and_nothing_is_added() {
        let word = parse_document(b"say \"$x\" EOF", Dialect::default()).unwrap();
        let mut printed = Vec::new();
        crate::print::word(&word, &mut printed);
        assert_eq!(printed, b"say \"$x\" EOF");
    }

    #[test]
    fn a_text_may_be_one_word() {
        let parts = parse_word(br#""${a["{1,2}"]}"{x,y}"#, Dialect::default()).unwrap();
        let mut printed = Vec::new();
        crate::print::word(&Word { parts, ..Word::default() }, &mut printed);
        assert_eq!(printed, br#""${a["{1,2}"]}"{x,y}"#);
        for text in [&b"a b"[..], b"", b"a;b", b"${", b"a <b"] {
            assert_eq!(parse_word(text, Dialect::default()), None);
        }
    }
}
