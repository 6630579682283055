//! Key sequences: from the notation of `inputrc` (`\C-x\M-a\e`) to bytes, and back.

const ESCAPE: u8 = 0x1b;
const RUBOUT: u8 = 0x7f;
const META: u8 = 0x80;

/// What the meta key is: the eighth bit, or an escape before the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meta {
    /// `convert-meta off`
    EighthBit,
    /// `convert-meta on` or `force-meta-prefix on`
    Prefix,
}

/// The key together with Control.
pub fn control(key: u8) -> u8 {
    match key {
        b'?' => RUBOUT,
        key => key.to_ascii_uppercase() & 0x1f,
    }
}

/// The bytes that a notation stands for.
pub fn decode(text: &[u8], meta: Meta) -> Vec<u8> {
    let mut reader = Reader { text, at: 0 };
    let mut out = Vec::new();
    while reader.at < text.len() {
        let (mut with_control, mut with_meta) = (false, false);
        while let Some(prefix) = reader.prefix() {
            match prefix {
                b'C' => with_control = true,
                _ => with_meta = true,
            }
        }
        let mut key = reader.key();
        if with_control {
            key = control(key);
        }
        match (with_meta, meta) {
            (true, Meta::EighthBit) => out.push(key | META),
            (true, Meta::Prefix) => out.extend_from_slice(&[ESCAPE, key]),
            (false, _) => out.push(key),
        }
    }
    out
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    /// `\C-` or `\M-`
    fn prefix(&mut self) -> Option<u8> {
        match self.text.get(self.at..)? {
            [b'\\', letter @ (b'C' | b'M'), b'-', ..] => {
                self.at += 3;
                Some(*letter)
            }
            _ => None,
        }
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.text.get(self.at).copied();
        self.at += 1;
        byte
    }

    /// One key, which may be written with a backslash. After the end it is NUL.
    fn key(&mut self) -> u8 {
        match self.next() {
            Some(b'\\') => self.escaped(),
            key => key.unwrap_or(0),
        }
    }

    fn escaped(&mut self) -> u8 {
        match self.next() {
            None => b'\\',
            Some(b'a') => 7,
            Some(b'b') => 8,
            Some(b'd') => RUBOUT,
            Some(b'e') => ESCAPE,
            Some(b'f') => 12,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'v') => 11,
            Some(digit @ b'0'..=b'7') => self.number(u32::from(digit - b'0'), 8),
            Some(b'x') if self.text.get(self.at).is_some_and(u8::is_ascii_hexdigit) => self.number(0, 16),
            Some(key) => key,
        }
    }

    /// Two more digits at most.
    fn number(&mut self, mut value: u32, base: u32) -> u8 {
        for _ in 0..2 {
            let digit = self.text.get(self.at).and_then(|byte| char::from(*byte).to_digit(base));
            let Some(digit) = digit else { break };
            value = value * base + digit;
            self.at += 1;
        }
        value as u8
    }
}

/// The notation of a key sequence.
pub fn encode(keys: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for key in keys {
        match *key {
            ESCAPE => out.extend_from_slice(b"\\e"),
            key @ 0x80.. => out.extend_from_slice(format!("\\{key:03o}").as_bytes()),
            key => encode_key(key, &mut out),
        }
    }
    out
}

/// The notation of the text that a macro types. It ends at a NUL byte.
pub fn encode_macro(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for byte in text.iter().take_while(|byte| **byte != 0) {
        if *byte >= META {
            out.extend_from_slice(b"\\M-");
        }
        match byte & !META {
            ESCAPE => out.extend_from_slice(b"\\e"),
            key => encode_key(key, &mut out),
        }
    }
    out
}

fn encode_key(key: u8, out: &mut Vec<u8>) {
    let shown = match key {
        RUBOUT => b'?',
        key @ ..0x20 => (key | 0x40).to_ascii_lowercase(),
        key => key,
    };
    if shown != key {
        out.extend_from_slice(b"\\C-");
    }
    if matches!(shown, b'\\' | b'"') {
        out.push(b'\\');
    }
    out.push(shown);
}

/// The key that an old-style name means: `Control-Meta-x`, `RET`.
pub fn named_key(name: &[u8]) -> (u8, bool) {
    let has = |prefixes: &[&[u8]]| {
        prefixes
            .iter()
            .any(|prefix| name.windows(prefix.len()).any(|window| window.eq_ignore_ascii_case(prefix)))
    };
    let last = name.rsplit(|byte| *byte == b'-').next().unwrap_or(name);
    let mut key = match last.to_ascii_uppercase().as_slice() {
        b"DEL" | b"RUBOUT" => RUBOUT,
        b"ESC" | b"ESCAPE" => ESCAPE,
        b"LFD" | b"NEWLINE" => b'\n',
        b"RET" | b"RETURN" => b'\r',
        b"SPACE" | b"SPC" => b' ',
        b"TAB" => b'\t',
        _ => last.first().copied().unwrap_or(0),
    };
    if has(&[b"Control-", b"C-", b"CTRL-"]) {
        key = key.to_ascii_uppercase() & 0x1f;
    }
    (key, has(&[b"Meta", b"M-"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notations_are_read() {
        let bytes = |text: &str| decode(text.as_bytes(), Meta::EighthBit);
        assert_eq!(bytes("\\C-x\\C-?\\e\\d"), [0x18, 0x7f, 0x1b, 0x7f]);
        assert_eq!(bytes("\\M-\\C-a\\C-\\M-a"), [0x81, 0x81]);
        assert_eq!(bytes("\\x41\\101\\q\\\\"), b"AAq\\");
        assert_eq!(bytes("\\M-\\xe9"), [0xe9]);
        assert_eq!(decode(b"\\M-a", Meta::Prefix), b"\x1ba");
    }

    #[test]
    fn bytes_are_shown() {
        assert_eq!(encode(b"\x18\x1b[A\x1c\"\xe1"), b"\\C-x\\e[A\\C-\\\\\\\"\\341");
        assert_eq!(encode_macro(b"a\n\xf8\x7f"), b"a\\C-j\\M-x\\C-?");
    }

    #[test]
    fn old_names_are_understood() {
        assert_eq!(named_key(b"Control-Meta-x"), (0x18, true));
        assert_eq!(named_key(b"ret"), (b'\r', false));
        assert_eq!(named_key(b"foo"), (b'f', false));
    }
}
