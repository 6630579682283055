//! Backslash escapes of `$'…'`, `echo -e` and `printf`: one decoder, for the four differ in few places.
//!
//! What surprises: `echo -e` wants a zero before octal digits and `printf %b` takes both; `\'` stands for itself
//! in `$'…'` and in a `printf` format only; a NUL ends `$'…'`, because there the text is a C string, but is
//! written by the others; `\u` beyond Unicode still encodes, in up to six bytes, as UTF-8 once did.

use super::Charset;

/// Who reads the escapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EscapeDialect {
    /// `$'…'`
    AnsiC,
    /// `${x@E}`: as `$'…'`, but `\c\\` leaves its second backslash.
    Transform,
    /// `echo -e`
    Echo,
    /// The argument of `printf %b`.
    PrintfB,
    /// The format of `printf`.
    PrintfFormat,
}

/// What escapes stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    /// The text.
    pub bytes: Vec<u8>,
    /// `\c` was met: whatever the text belongs to writes nothing more.
    pub stopped: bool,
    /// The letters `x`, `u`, `U` that had no digits after them, in order, where `printf` complains of them:
    /// ``missing hex digit for \x``, ``missing unicode digit for \u``.
    pub digits_missing_after: Vec<u8>,
}

/// The inside of `$'…'` in a UTF-8 locale.
///
/// ```
/// assert_eq!(bash_parser::quote::decode_ansi_c(br"a\tb\x41\u00e9"), "a\tbAé".as_bytes());
/// ```
pub fn decode_ansi_c(text: &[u8]) -> Vec<u8> {
    decode(text, EscapeDialect::AnsiC, Charset::Utf8).bytes
}

/// What `text` stands for.
pub fn decode(text: &[u8], dialect: EscapeDialect, charset: Charset) -> Decoded {
    let mut decoder = Decoder { rest: text, dialect, charset, out: Decoded::default() };
    decoder.run();
    if matches!(dialect, EscapeDialect::AnsiC | EscapeDialect::Transform) {
        let end = decoder.out.bytes.iter().position(|&byte| byte == 0);
        decoder.out.bytes.truncate(end.unwrap_or(usize::MAX));
    }
    decoder.out
}

/// What one escape of a `printf` format stands for: `text` begins with the backslash. Gives the number of bytes
/// read as well.
pub fn decode_one(text: &[u8], dialect: EscapeDialect, charset: Charset) -> (Decoded, usize) {
    let mut decoder = Decoder { rest: text, dialect, charset, out: Decoded::default() };
    if decoder.eat(b'\\') {
        decoder.escape();
    }
    let read = text.len() - decoder.rest.len();
    (decoder.out, read)
}

struct Decoder<'a> {
    rest: &'a [u8],
    dialect: EscapeDialect,
    charset: Charset,
    out: Decoded,
}

impl Decoder<'_> {
    fn run(&mut self) {
        while !self.out.stopped {
            let plain = self.rest.iter().position(|&byte| byte == b'\\').unwrap_or(self.rest.len());
            let (text, rest) = self.rest.split_at(plain);
            self.out.bytes.extend_from_slice(text);
            self.rest = rest;
            if !self.eat(b'\\') {
                return;
            }
            self.escape();
        }
    }

    fn escape(&mut self) {
        let Some((&letter, rest)) = self.rest.split_first() else {
            self.out.bytes.push(b'\\');
            return;
        };
        self.rest = rest;
        match letter {
            b'a' => self.out.bytes.push(0x07),
            b'b' => self.out.bytes.push(0x08),
            b'e' | b'E' => self.out.bytes.push(0x1b),
            b'f' => self.out.bytes.push(0x0c),
            b'n' => self.out.bytes.push(b'\n'),
            b'r' => self.out.bytes.push(b'\r'),
            b't' => self.out.bytes.push(b'\t'),
            b'v' => self.out.bytes.push(0x0b),
            b'\\' => self.out.bytes.push(b'\\'),
            b'\'' | b'"' | b'?' => self.quote_character(letter),
            b'0'..=b'7' => self.octal(letter),
            b'x' => self.hexadecimal(),
            b'u' | b'U' => self.unicode(letter),
            b'c' => self.control(),
            other => self.keep(other),
        }
    }

    fn keep(&mut self, letter: u8) {
        self.out.bytes.extend([b'\\', letter]);
    }

    fn quote_character(&mut self, quote: u8) {
        use EscapeDialect::{AnsiC, Echo, PrintfB, PrintfFormat, Transform};
        match self.dialect {
            AnsiC | Transform | PrintfFormat => self.out.bytes.push(quote),
            Echo | PrintfB => self.keep(quote),
        }
    }

    fn octal(&mut self, first: u8) {
        use EscapeDialect::{AnsiC, Echo, PrintfB, PrintfFormat, Transform};
        let more = match self.dialect {
            Echo if first != b'0' => return self.keep(first),
            Echo | PrintfB if first == b'0' => 3,
            AnsiC | Transform | PrintfFormat | PrintfB | Echo => 2,
        };
        let (value, _) = self.digits(8, more, u32::from(first - b'0'));
        self.out.bytes.push(value as u8);
    }

    fn hexadecimal(&mut self) {
        let braces = self.is_ansi() && self.eat(b'{');
        let (value, count) = self.digits(16, if braces { usize::MAX } else { 2 }, 0);
        if braces {
            self.eat(b'}');
        } else if count == 0 {
            return self.digits_missing(b'x');
        }
        self.out.bytes.push(value as u8);
    }

    fn unicode(&mut self, letter: u8) {
        let (value, count) = self.digits(16, if letter == b'u' { 4 } else { 8 }, 0);
        if count == 0 {
            return self.digits_missing(letter);
        }
        encode(value, self.charset, &mut self.out.bytes);
    }

    fn control(&mut self) {
        if !self.is_ansi() {
            if self.dialect == EscapeDialect::PrintfFormat {
                return self.keep(b'c');
            }
            self.out.stopped = true;
            return;
        }
        let Some((&byte, rest)) = self.rest.split_first() else {
            return self.keep(b'c');
        };
        self.rest = rest;
        if byte == b'\\' && self.dialect == EscapeDialect::AnsiC {
            self.eat(b'\\');
        }
        let control = if byte == b'?' { 0x7f } else { byte.to_ascii_uppercase() & 0x1f };
        self.out.bytes.push(control);
    }

    fn is_ansi(&self) -> bool {
        matches!(self.dialect, EscapeDialect::AnsiC | EscapeDialect::Transform)
    }

    fn digits_missing(&mut self, letter: u8) {
        self.keep(letter);
        if matches!(self.dialect, EscapeDialect::PrintfB | EscapeDialect::PrintfFormat) {
            self.out.digits_missing_after.push(letter);
        }
    }

    /// Reads up to `most` digits after `value`; gives the number and how many digits there were.
    fn digits(&mut self, base: u32, most: usize, mut value: u32) -> (u32, usize) {
        let mut count = 0;
        while count < most
            && let Some((&byte, rest)) = self.rest.split_first()
            && let Some(digit) = char::from(byte).to_digit(base)
        {
            value = value.wrapping_mul(base).wrapping_add(digit);
            self.rest = rest;
            count += 1;
        }
        (value, count)
    }

    fn eat(&mut self, byte: u8) -> bool {
        match self.rest.split_first() {
            Some((&first, rest)) if first == byte => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }
}

/// The character numbered `code`, or its escape where the charset has no such character.
fn encode(code: u32, charset: Charset, out: &mut Vec<u8>) {
    if let (Charset::Coded(codeset), Some(character)) = (charset, char::from_u32(code))
        && let Some(bytes) = codeset.0.encode(character)
    {
        return out.extend(bytes);
    }
    match code {
        0..=0x7f => out.push(code as u8),
        0x8000_0000.. => {}
        _ if charset == Charset::Utf8 => encode_utf8(code, out),
        0x80..=0xffff => out.extend_from_slice(format!("\\u{code:04X}").as_bytes()),
        _ => out.extend_from_slice(format!("\\U{code:08X}").as_bytes()),
    }
}

/// UTF-8 as first defined: surrogates and 31-bit codes have their encoding too.
fn encode_utf8(code: u32, out: &mut Vec<u8>) {
    let (lead, tails) = match code {
        0..=0x7ff => (0xc0, 1),
        0x800..=0xffff => (0xe0, 2),
        0x1_0000..=0x1f_ffff => (0xf0, 3),
        0x20_0000..=0x3ff_ffff => (0xf8, 4),
        _ => (0xfc, 5),
    };
    out.push(lead | (code >> (6 * tails)) as u8);
    for tail in (0..tails).rev() {
        out.push(0x80 | (code >> (6 * tail)) as u8 & 0x3f);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use EscapeDialect::{AnsiC, Echo, PrintfB, PrintfFormat, Transform};

    fn text(escapes: &str, dialect: EscapeDialect) -> Vec<u8> {
        decode(escapes.as_bytes(), dialect, Charset::Utf8).bytes
    }

    #[test]
    fn letters_mean_control_characters_everywhere() {
        for dialect in [AnsiC, Transform, Echo, PrintfB, PrintfFormat] {
            assert_eq!(
                text(r"\a\b\e\E\f\n\r\t\v\\\q\", dialect),
                b"\x07\x08\x1b\x1b\x0c\n\r\t\x0b\\\\q\\",
                "{dialect:?}"
            );
        }
    }

    #[test]
    fn a_nul_ends_the_ansi_text_alone() {
        assert_eq!(text(r"a\0b", AnsiC), b"a");
        assert_eq!(text(r"a\x{}b", AnsiC), b"a");
        assert_eq!(text(r"a\0b", Echo), b"a\0b");
        assert_eq!(text(r"a\0b", PrintfB), b"a\0b");
    }

    #[test]
    fn octal_digits_follow_each_dialect() {
        let escapes = r"\1\12\1234\0123";
        assert_eq!(text(escapes, AnsiC), b"\x01\nS4\n3");
        assert_eq!(text(escapes, Echo), br"\1\12\1234S");
        assert_eq!(text(escapes, PrintfB), b"\x01\nS4S");
        assert_eq!(text(escapes, PrintfFormat), b"\x01\nS4\n3");
        assert_eq!(text(r"\777", AnsiC), b"\xff");
        assert_eq!(text(r"\01234", Echo), b"S4");
    }

    #[test]
    fn hexadecimal_digits_may_stand_in_braces_in_ansi_text() {
        assert_eq!(text(r"\x4\x41\x414\xg\x", AnsiC), b"\x04AA4\\xg\\x");
        assert_eq!(text(r"\x{41}z\x{414}z\x{zz", AnsiC), b"Az\x14z");
        assert_eq!(text(r"\x{41}", Echo), br"\x{41}");
    }

    #[test]
    fn printf_complains_of_missing_digits() {
        let decoded = decode(br"\xg\u\U", PrintfB, Charset::Utf8);
        assert_eq!(decoded.bytes, br"\xg\u\U");
        assert_eq!(decoded.digits_missing_after, b"xuU");
        assert!(decode(br"\xg\u\U", Echo, Charset::Utf8).digits_missing_after.is_empty());
    }

    #[test]
    fn unicode_escapes_encode_in_the_charset() {
        assert_eq!(text(r"\u41\u00e9\u20ac\U1f600z", AnsiC), "Aé€😀z".as_bytes());
        assert_eq!(text(r"\ud800", AnsiC), b"\xed\xa0\x80");
        assert_eq!(
            text(r"\U3ffffff\U7fffffff\Uffffffff", AnsiC),
            b"\xfb\xbf\xbf\xbf\xbf\xfd\xbf\xbf\xbf\xbf\xbf"
        );
        let c = decode(br"\u41\u00e9\U1f600", AnsiC, Charset::C);
        assert_eq!(c.bytes, br"A\u00E9\U0001F600");
    }

    #[test]
    fn control_escape_stops_or_makes_a_control_character() {
        assert_eq!(text(r"\ca\cA\c?\c[\c\\z\c\a", AnsiC), b"\x01\x01\x7f\x1b\x1cz\x1ca");
        assert_eq!(text(r"\c\\z", Transform), b"\x1c\\z");
        assert_eq!(text(r"\c", AnsiC), br"\c");
        assert_eq!(text(r"\c\a", PrintfFormat), b"\\c\x07");
        let stopped = decode(br"a\cb", Echo, Charset::Utf8);
        assert!(stopped.stopped);
        assert_eq!(stopped.bytes, b"a");
    }

    #[test]
    fn quotes_are_escapes_in_ansi_text_and_formats_only() {
        for dialect in [AnsiC, PrintfFormat] {
            assert_eq!(text(r#"\'\"\?"#, dialect), b"'\"?");
        }
        for dialect in [Echo, PrintfB] {
            assert_eq!(text(r#"\'\"\?"#, dialect), br#"\'\"\?"#);
        }
    }

    #[test]
    fn one_escape_tells_how_much_it_read() {
        let (decoded, read) = decode_one(br"\x41bc", PrintfFormat, Charset::Utf8);
        assert_eq!((decoded.bytes.as_slice(), read), (&b"A"[..], 4));
    }
}
