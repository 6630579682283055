//! Writing a string so that reading returns it, and the reverse: `$'…'`, `${x@Q}`, `printf %q`, `declare -p`, xtrace.
//!
//! Bash quotes in four ways, and every place that prints a value picks among them by a rule of its own. The ways
//! are [`single_quote`], [`double_quote`], [`backslash_quote`] and [`ansi_c_quote`]; the functions after them are
//! the places, named for their use. Each turns to `$'…'` when the text holds something unprintable, which
//! depends on the charset.

mod charset;
mod escape;
mod printable;

pub use charset::{Charset, Codeset, Coding};
pub use escape::{Decoded, EscapeDialect, decode, decode_ansi_c, decode_one};
pub use printable::is_printable;

/// `'…'`, each `'` within as `'\''`; a lone `'` as `\'`. How `alias` and `trap -p` print.
///
/// ```
/// assert_eq!(bash_parser::quote::single_quote(b"it's"), br"'it'\''s'");
/// ```
pub fn single_quote(text: &[u8]) -> Vec<u8> {
    if text == b"'" {
        return br"\'".to_vec();
    }
    let mut out = Vec::with_capacity(text.len() + 2);
    out.push(b'\'');
    for &byte in text {
        match byte {
            b'\'' => out.extend_from_slice(br"'\''"),
            _ => out.push(byte),
        }
    }
    out.push(b'\'');
    out
}

/// `"…"`, with a backslash before `$`, `` ` ``, `"` and `\`.
pub fn double_quote(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 2);
    out.push(b'"');
    for &byte in text {
        if matches!(byte, b'$' | b'`' | b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out.push(b'"');
    out
}

/// A backslash before whatever the shell would take as special.
pub fn backslash_quote(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 8);
    let mut before = None;
    for &byte in text {
        let special = match byte {
            b',' => true,
            _ => is_shell_special(byte, before),
        };
        if special {
            out.push(b'\\');
        }
        out.push(byte);
        before = Some(byte);
    }
    out
}

/// `$'…'`: control characters as letters or octal, `\` and `'` escaped, unprintable bytes as `\nnn`.
pub fn ansi_c_quote(text: &[u8], charset: Charset) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 8);
    out.extend_from_slice(b"$'");
    for character in (Characters { rest: text, charset }) {
        match character {
            Character::Printable(bytes) => {
                if matches!(bytes, b"\\" | b"'") {
                    out.push(b'\\');
                }
                out.extend_from_slice(bytes);
            }
            Character::Other(bytes) => bytes.iter().for_each(|&byte| push_escape(byte, &mut out)),
        }
    }
    out.push(b'\'');
    out
}

fn push_escape(byte: u8, out: &mut Vec<u8>) {
    let letter = match byte {
        0x1b => b'E',
        0x07 => b'a',
        0x08 => b'b',
        0x09 => b't',
        0x0a => b'n',
        0x0b => b'v',
        0x0c => b'f',
        0x0d => b'r',
        _ => {
            out.extend([b'\\', b'0' + (byte >> 6), b'0' + (byte >> 3 & 7), b'0' + (byte & 7)]);
            return;
        }
    };
    out.extend([b'\\', letter]);
}

/// `${x@Q}`: always quoted, to be used as input.
pub fn transform_quote(text: &[u8], charset: Charset) -> Vec<u8> {
    if needs_ansi_c(text, charset) { ansi_c_quote(text, charset) } else { single_quote(text) }
}

/// `printf %q`: quoted where needed, with backslashes.
pub fn printf_quote(text: &[u8], charset: Charset) -> Vec<u8> {
    match text {
        [] => b"''".to_vec(),
        _ if needs_ansi_c(text, charset) => ansi_c_quote(text, charset),
        _ => backslash_quote(text),
    }
}

/// A value as `declare -p` and `export -p` print it after `=`, alone or as an array's element.
pub fn declared_value(text: &[u8], charset: Charset) -> Vec<u8> {
    if needs_ansi_c(text, charset) { ansi_c_quote(text, charset) } else { double_quote(text) }
}

/// A key of an associative array as `declare -p` and `${a[@]@K}` print it.
pub fn declared_key(key: &[u8], charset: Charset) -> Vec<u8> {
    if needs_ansi_c(key, charset) {
        ansi_c_quote(key, charset)
    } else if key == b"@" || has_shell_special(key) || key.is_empty() {
        double_quote(key)
    } else {
        key.to_vec()
    }
}

/// A value as `set` without arguments prints it after `=`.
pub fn listed_value(text: &[u8], charset: Charset) -> Vec<u8> {
    if needs_ansi_c(text, charset) {
        ansi_c_quote(text, charset)
    } else if has_shell_special(text) {
        single_quote(text)
    } else {
        text.to_vec()
    }
}

/// The same in POSIX mode, where `$'…'` is not used.
pub fn listed_value_posix(text: &[u8]) -> Vec<u8> {
    if has_shell_special(text) { single_quote(text) } else { text.to_vec() }
}

/// A word as `set -x` prints it.
pub fn traced_word(text: &[u8], charset: Charset) -> Vec<u8> {
    if text.is_empty() { b"''".to_vec() } else { traced_value(text, charset) }
}

/// The value of an assignment as `set -x` prints it after `=`.
pub fn traced_value(text: &[u8], charset: Charset) -> Vec<u8> {
    listed_value(text, charset)
}

/// Whether `text` holds something that only `$'…'` can show.
pub fn needs_ansi_c(text: &[u8], charset: Charset) -> bool {
    if text.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        return false;
    }
    Characters { rest: text, charset }.any(|character| matches!(character, Character::Other(_)))
}

/// Whether the shell would take anything in `text` as special.
pub fn has_shell_special(text: &[u8]) -> bool {
    let mut before = None;
    text.iter().any(|&byte| is_shell_special(byte, before.replace(byte)))
}

fn is_shell_special(byte: u8, before: Option<u8>) -> bool {
    match byte {
        b' ' | b'\t' | b'\n' | b'\'' | b'"' | b'\\' | b'|' | b'&' | b';' | b'(' | b')' | b'<' | b'>'
        | b'!' | b'{' | b'}' | b'*' | b'[' | b'?' | b']' | b'^' | b'$' | b'`' => true,
        b'#' => before.is_none(),
        b'~' => matches!(before, None | Some(b'=' | b':')),
        _ => false,
    }
}

enum Character<'a> {
    Printable(&'a [u8]),
    Other(&'a [u8]),
}

/// The characters of a text, sorted into printable and other.
struct Characters<'a> {
    rest: &'a [u8],
    charset: Charset,
}

impl<'a> Iterator for Characters<'a> {
    type Item = Character<'a>;

    fn next(&mut self) -> Option<Character<'a>> {
        self.rest.first()?;
        let (known, length) = self.charset.first(self.rest);
        let (bytes, rest) = self.rest.split_at(length);
        self.rest = rest;
        Some(if known.is_some_and(is_printable) {
            Character::Printable(bytes)
        } else {
            Character::Other(bytes)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Quote = fn(&[u8], Charset) -> Vec<u8>;

    fn assert_all(quote: Quote, cases: &[(&str, &str)]) {
        for (text, quoted) in cases {
            let got = quote(text.as_bytes(), Charset::Utf8);
            assert_eq!(String::from_utf8_lossy(&got), *quoted, "{text:?}");
        }
    }

    #[test]
    fn printf_q_escapes_with_backslashes_unless_unprintable() {
        assert_all(
            printf_quote,
            &[
                ("", "''"),
                ("a b", r"a\ b"),
                ("~x", r"\~x"),
                ("a~", "a~"),
                ("x:~", r"x:\~"),
                ("#a", r"\#a"),
                ("a#", "a#"),
                ("{a,b}", r"\{a\,b\}"),
                ("^", r"\^"),
                ("a=b", "a=b"),
                ("'", r"\'"),
                ("é", "é"),
                ("a\nb", r"$'a\nb'"),
                ("\u{7f}", r"$'\177'"),
                ("%-@+./:", "%-@+./:"),
            ],
        );
    }

    #[test]
    fn at_q_always_quotes() {
        assert_all(
            transform_quote,
            &[
                ("", "''"),
                ("'", r"\'"),
                ("a'b", r"'a'\''b'"),
                ("a\\b", r"'a\b'"),
                ("\x1b\x07\x08\x0c\x0b\t\n\r", r"$'\E\a\b\f\v\t\n\r'"),
                ("\x01", r"$'\001'"),
                ("a'\n", r"$'a\'\n'"),
                ("''", r"''\'''\'''"),
            ],
        );
    }

    #[test]
    fn stray_bytes_become_octal() {
        assert_eq!(transform_quote(b"a\xff\xc3\xa9", Charset::Utf8), b"$'a\\377\xc3\xa9'");
        assert_eq!(transform_quote(b"\xc3\xa9", Charset::C), br"$'\303\251'");
        assert_eq!(transform_quote("\u{80}".as_bytes(), Charset::Utf8), br"$'\302\200'");
        assert_eq!(transform_quote(b"\xe2\x82", Charset::Utf8), br"$'\342\202'");
    }

    #[test]
    fn declare_prints_double_quotes() {
        assert_all(
            declared_value,
            &[
                ("", "\"\""),
                ("'", "\"'\""),
                ("a\"$`\\!b", r#""a\"\$\`\\!b""#),
                ("\t", r"$'\t'"),
                ("!", "\"!\""),
            ],
        );
    }

    #[test]
    fn keys_are_quoted_only_where_needed() {
        assert_all(
            declared_key,
            &[
                ("a,b", "a,b"),
                ("*", "\"*\""),
                ("@", "\"@\""),
                ("'", "\"'\""),
                ("a=b", "a=b"),
                ("\"$", r#""\"\$""#),
                ("n\nl", r"$'n\nl'"),
                ("~", "\"~\""),
                ("é", "é"),
            ],
        );
    }

    #[test]
    fn set_lists_with_single_quotes_where_needed() {
        assert_all(
            listed_value,
            &[
                ("", ""),
                ("'", r"\'"),
                ("a b", "'a b'"),
                (",", ","),
                ("x:~", "'x:~'"),
                ("=~", "'=~'"),
                ("a#", "a#"),
            ],
        );
    }

    #[test]
    fn tracing_shows_an_empty_word_but_no_empty_value() {
        assert_eq!(traced_word(b"", Charset::Utf8), b"''");
        assert_eq!(traced_value(b"", Charset::Utf8), b"");
        assert_all(traced_word, &[("a,b", "a,b"), ("\x01", r"$'\001'"), ("'\x01", r"$'\'\001'"), ("%", "%")]);
    }
}
