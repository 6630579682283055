//! The words of a history entry, for `!$`, `!:2-4` and their like.
//!
//! This is not the shell's grammar: operators are words of their own, quotes and substitutions keep a word together,
//! and nothing else is looked at.

use std::ops::Range;

/// What ends a word outside of quotes.
pub const DELIMITERS: &[u8] = b" \t\n;&()|<>";

/// The words of a line.
pub fn words(line: &[u8]) -> Vec<Range<usize>> {
    let mut words = vec![];
    let mut at = 0;
    loop {
        at += line[at..].iter().take_while(|byte| is_blank(**byte)).count();
        if at >= line.len() {
            return words;
        }
        let end = word_end(line, at).max(at + 1);
        words.push(at..end);
        at = end;
    }
}

/// The words from number `first` to number `last`, joined by blanks. `None` if there are no such words.
pub fn joined_words(line: &[u8], first: WordNumber, last: WordNumber) -> Option<Vec<u8>> {
    let words = words(line);
    let number = |word: WordNumber| match word {
        WordNumber::At(number) => Some(number),
        WordNumber::Last => words.len().checked_sub(1),
        WordNumber::LastButOne => words.len().checked_sub(2),
    };
    let (first, end) = (number(first)?, number(last)? + 1);
    if words.is_empty() || first >= words.len() || end > words.len() || first > end {
        return None;
    }
    let texts: Vec<&[u8]> = words[first..end].iter().map(|word| &line[word.clone()]).collect();
    Some(texts.join(&b' '))
}

/// A word of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordNumber {
    /// By its number; the command is word 0.
    At(usize),
    /// `$`
    Last,
    /// Where `x-` ends.
    LastButOne,
}

/// The word that holds the byte at `index`.
pub fn word_around(line: &[u8], index: usize) -> Option<&[u8]> {
    words(line).into_iter().find(|word| word.contains(&index)).map(|word| &line[word])
}

pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n')
}

/// Where the word that starts at `start` ends.
pub fn word_end(line: &[u8], start: usize) -> usize {
    let byte = |at: usize| line.get(at).copied().unwrap_or(0);
    if matches!(byte(start), b'(' | b')' | b'\n') {
        return start + 1;
    }
    let digits = line[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let after = start + digits;
    if after >= line.len() {
        return after;
    }
    if digits > 0 && !matches!(byte(after), b'<' | b'>') {
        return plain_word_end(line, after, Nesting::default());
    }
    match byte(after) {
        b'<' | b'>' if byte(after + 1) == b'(' => {
            plain_word_end(line, after + 2, Nesting { quote: None, parens: 1 })
        }
        b'<' | b'>' | b';' | b'&' | b'|' => operator_end(line, after),
        _ => plain_word_end(line, after, Nesting::default()),
    }
}

fn operator_end(line: &[u8], at: usize) -> usize {
    let byte = |at: usize| line.get(at).copied().unwrap_or(0);
    match (byte(at), byte(at + 1)) {
        (b'<', b'<') if matches!(byte(at + 2), b'-' | b'<') => at + 3,
        (first, second) if first == second => at + 2,
        (b'<' | b'>', b'&') => {
            let digits = line[at + 2..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            let end = at + 2 + digits;
            if byte(end) == b'-' { end + 1 } else { end }
        }
        (b'&', b'>') | (b'>', b'|') => at + 2,
        _ => at + 1,
    }
}

/// What is open within a word.
#[derive(Clone, Copy, Default)]
struct Nesting {
    quote: Option<u8>,
    parens: u32,
}

fn plain_word_end(line: &[u8], start: usize, mut open: Nesting) -> usize {
    let byte = |at: usize| line.get(at).copied().unwrap_or(0);
    let mut at = start;
    while at < line.len() {
        let this = line[at];
        match open.quote {
            _ if this == b'\\' && escapes(open.quote, byte(at + 1)) => at += 1,
            Some(quote) if this == quote => open.quote = None,
            Some(_) => {}
            None if open.parens > 0 => match this {
                b'(' => open.parens += 1,
                b')' => open.parens -= 1,
                _ => {}
            },
            None if b"<>$!@?+*".contains(&this) && byte(at + 1) == b'(' => {
                open.parens = 1;
                at += 1;
            }
            None if DELIMITERS.contains(&this) => break,
            None if matches!(this, b'\'' | b'"' | b'`') => open.quote = Some(this),
            None => {}
        }
        at += 1;
    }
    at.min(line.len())
}

/// Whether a backslash takes `next` with it.
fn escapes(quote: Option<u8>, next: u8) -> bool {
    match quote {
        Some(b'\'') => next == b'\n',
        Some(b'"') => b"\\`\"$\n".contains(&next),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(line: &str) -> Vec<&str> {
        words(line.as_bytes()).into_iter().map(|word| &line[word]).collect()
    }

    #[test]
    fn operators_are_words() {
        assert_eq!(
            split("a 2>/dev/null|b&&c >&2-;d"),
            ["a", "2>", "/dev/null", "|", "b", "&&", "c", ">&2-", ";", "d"]
        );
        assert_eq!(
            split("cat <<-E <<<x &>y >|z (b)"),
            ["cat", "<<-", "E", "<<<", "x", "&>", "y", ">|", "z", "(", "b", ")"]
        );
    }

    #[test]
    fn quotes_and_substitutions_keep_a_word_together() {
        assert_eq!(
            split("e 'a b'c \"d \\\" e\" x\\ y $(f (g) h)i <(j k) +(l|m) $((1 + (2)))"),
            ["e", "'a b'c", "\"d \\\" e\"", "x\\ y", "$(f (g) h)i", "<(j k)", "+(l|m)", "$((1 + (2)))"]
        );
    }

    #[test]
    fn ranges_are_joined_by_blanks() {
        use WordNumber::*;
        assert_eq!(joined_words(b"a  b c", At(1), Last).as_deref(), Some(&b"b c"[..]));
        assert_eq!(joined_words(b"a b c", At(0), LastButOne).as_deref(), Some(&b"a b"[..]));
        assert_eq!(joined_words(b"a b c", At(3), Last), None);
        assert_eq!(word_around(b"echo foo.c bar", 7), Some(&b"foo.c"[..]));
    }
}
