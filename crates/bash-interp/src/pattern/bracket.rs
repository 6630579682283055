//! Bracket expressions: `[a-z]`, `[!x]`, `[[:alpha:]]`, `[[=e=]]`, `[[.hyphen.]]`.
//!
//! Ranges compare code points, which is what Bash does with `globasciiranges` on (its default) and in the C and
//! C.UTF-8 locales. Under `nocasematch` characters and range ends are compared in lower case, yet a class is asked
//! about the character as it stands: Bash 5.3 was seen to refuse `A` for `[[:lower:]]` even then.

use super::{PatternCase, fold};

/// How the text of a pattern and of its subject is cut into characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Units {
    /// Valid UTF-8, one code point each.
    Characters,
    /// Single bytes, as in the C locale and for text that is not UTF-8.
    Bytes,
}

impl Units {
    /// The character at the start of `text` and its length in bytes.
    pub(super) fn decode(self, text: &[u8]) -> Option<(u32, usize)> {
        let &first = text.first()?;
        if first < 0x80 || self == Units::Bytes {
            return Some((u32::from(first), 1));
        }
        let length = match first {
            0xc0..=0xdf => 2,
            0xe0..=0xef => 3,
            _ => 4,
        };
        let decoded = text.get(..length).and_then(|unit| std::str::from_utf8(unit).ok());
        match decoded.and_then(|unit| unit.chars().next()) {
            Some(character) => Some((u32::from(character), length)),
            None => Some((u32::from(first), 1)),
        }
    }
}

/// A compiled bracket expression.
#[derive(Debug, Clone)]
pub(super) struct Bracket {
    negated: bool,
    case: PatternCase,
    units: Units,
    ranges: Vec<(u32, u32)>,
    classes: Vec<Class>,
    /// The answer for each of the 128 ASCII characters.
    ascii: u128,
}

impl Bracket {
    /// Whether the bracket expression accepts `character`.
    pub(super) fn accepts(&self, character: u32) -> bool {
        if character < 128 {
            return self.ascii >> character & 1 == 1;
        }
        self.lists(character) != self.negated
    }

    fn lists(&self, character: u32) -> bool {
        let folded = fold(character, self.case, self.units);
        self.ranges.iter().any(|&(low, high)| low <= folded && folded <= high)
            || self.classes.iter().any(|class| class.has(character, self.units))
    }

    fn fill_ascii(&mut self) {
        for character in 0..128 {
            if self.lists(character) != self.negated {
                self.ascii |= 1 << character;
            }
        }
    }
}

/// A POSIX character class, plus Bash's `ascii` and `word`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Alnum,
    Alpha,
    Ascii,
    Blank,
    Cntrl,
    Digit,
    Graph,
    Lower,
    Print,
    Punct,
    Space,
    Upper,
    Word,
    Xdigit,
}

impl Class {
    fn named(name: &[u8]) -> Option<Class> {
        Some(match name {
            b"alnum" => Class::Alnum,
            b"alpha" => Class::Alpha,
            b"ascii" => Class::Ascii,
            b"blank" => Class::Blank,
            b"cntrl" => Class::Cntrl,
            b"digit" => Class::Digit,
            b"graph" => Class::Graph,
            b"lower" => Class::Lower,
            b"print" => Class::Print,
            b"punct" => Class::Punct,
            b"space" => Class::Space,
            b"upper" => Class::Upper,
            b"word" => Class::Word,
            b"xdigit" => Class::Xdigit,
            _ => return None,
        })
    }

    fn has(self, character: u32, units: Units) -> bool {
        if character >= 128 && units == Units::Bytes {
            return false;
        }
        let Some(c) = char::from_u32(character) else { return false };
        match self {
            Class::Alnum | Class::Alpha if !c.is_ascii() => c.is_alphanumeric(),
            Class::Alnum => c.is_ascii_alphanumeric(),
            Class::Alpha => c.is_ascii_alphabetic(),
            Class::Ascii => c.is_ascii(),
            Class::Blank => c == ' ' || c == '\t' || (!c.is_ascii() && is_breaking_space(c) && !is_line_break(c)),
            Class::Cntrl => c.is_control() || is_line_break(c),
            Class::Digit => c.is_ascii_digit(),
            Class::Graph => is_printable(c) && !is_breaking_space(c),
            Class::Lower => c.is_lowercase(),
            Class::Print => is_printable(c),
            Class::Punct => is_printable(c) && !is_breaking_space(c) && !c.is_alphanumeric(),
            Class::Space => is_breaking_space(c),
            Class::Upper => c.is_uppercase(),
            Class::Word => c == '_' || c.is_alphanumeric(),
            Class::Xdigit => c.is_ascii_hexdigit(),
        }
    }
}

/// White space, without the no-break spaces, which the C library counts as punctuation.
fn is_breaking_space(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\u{85}' | '\u{a0}' | '\u{2007}' | '\u{202f}')
}

fn is_line_break(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

fn is_printable(c: char) -> bool {
    !c.is_control() && !is_line_break(c)
}

/// Reads the bracket expression whose `[` stands just before `text`, and says how many bytes of `text` it takes,
/// its `]` included. `None` if it is never closed, in which case the `[` stands for itself.
pub(super) fn parse(text: &[u8], case: PatternCase, units: Units) -> Option<(Bracket, usize)> {
    let negated = matches!(text.first(), Some(b'!' | b'^'));
    let bracket = Bracket { negated, case, units, ranges: Vec::new(), classes: Vec::new(), ascii: 0 };
    let mut reader = Reader { text, at: usize::from(negated), bracket };
    reader.read_members()?;
    let Reader { at, mut bracket, .. } = reader;
    bracket.fill_ascii();
    Some((bracket, at))
}

/// The length of the bracket expression whose `[` stands just before `text`, as [`parse`] counts it.
pub(super) fn length(text: &[u8], units: Units) -> Option<usize> {
    let negated = matches!(text.first(), Some(b'!' | b'^'));
    let bracket = Bracket { negated, case: PatternCase::Exact, units, ranges: Vec::new(), classes: Vec::new(), ascii: 0 };
    let mut reader = Reader { text, at: usize::from(negated), bracket };
    reader.read_members()?;
    Some(reader.at)
}

struct Reader<'t> {
    text: &'t [u8],
    at: usize,
    bracket: Bracket,
}

/// What one member of a bracket expression stands for.
enum Member {
    Character(u32),
    Class(Option<Class>),
    /// An equivalence class or an unknown name; never the start of a range.
    Alone(Option<u32>),
}

impl Reader<'_> {
    fn read_members(&mut self) -> Option<()> {
        let first = self.at;
        loop {
            if self.peek(0)? == b']' && self.at > first {
                self.at += 1;
                return Some(());
            }
            match self.member()? {
                Member::Character(start) => self.range_from(start)?,
                Member::Class(class) => self.bracket.classes.extend(class),
                Member::Alone(character) => {
                    if let Some(character) = character {
                        self.add_range(character, character);
                    }
                }
            }
        }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    fn member(&mut self) -> Option<Member> {
        if let Some((kind, name)) = self.named_member() {
            return Some(match kind {
                b':' => Member::Class(Class::named(&name)),
                b'=' => Member::Alone(self.single(&name)),
                _ => match self.single(&name).or_else(|| collating_symbol(&name)) {
                    Some(character) => Member::Character(character),
                    None => Member::Alone(None),
                },
            });
        }
        self.character().map(Member::Character)
    }

    fn range_from(&mut self, start: u32) -> Option<()> {
        let is_range = self.peek(0) == Some(b'-') && self.peek(1).is_some_and(|next| next != b']');
        if !is_range {
            self.add_range(start, start);
            return Some(());
        }
        self.at += 1;
        let end = match self.named_member() {
            Some((b'.', name)) => self.single(&name).or_else(|| collating_symbol(&name)),
            Some(_) => None,
            None => Some(self.character()?),
        };
        if let Some(end) = end {
            self.add_range(start, end);
        }
        Some(())
    }

    fn add_range(&mut self, low: u32, high: u32) {
        let Bracket { case, units, .. } = self.bracket;
        self.bracket.ranges.push((fold(low, case, units), fold(high, case, units)));
    }

    fn character(&mut self) -> Option<u32> {
        if self.peek(0) == Some(b'\\') {
            self.at += 1;
        }
        let (character, length) = self.bracket.units.decode(self.text.get(self.at..)?)?;
        self.at += length;
        Some(character)
    }

    fn single(&self, name: &[u8]) -> Option<u32> {
        let (character, length) = self.bracket.units.decode(name)?;
        (length == name.len()).then_some(character)
    }

    /// Takes `[:name:]`, `[=x=]` or `[.x.]` if one stands here.
    fn named_member(&mut self) -> Option<(u8, Vec<u8>)> {
        if self.peek(0)? != b'[' {
            return None;
        }
        let kind = self.peek(1).filter(|kind| matches!(kind, b':' | b'=' | b'.'))?;
        let name_start = self.at + 2;
        let rest = self.text.get(name_start..)?;
        let searched = rest.get(..LONGEST_NAME).unwrap_or(rest);
        // At least one byte of name, so that `[[.].]]` names the bracket.
        let length = 1 + searched.get(1..)?.windows(2).position(|pair| pair == [kind, b']'])?;
        self.at = name_start + length + 2;
        Some((kind, unquoted(rest.get(..length)?)))
    }
}

/// No class or collating symbol has a longer name; the bound keeps hostile text linear.
const LONGEST_NAME: usize = 256;

fn unquoted(name: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(name.len());
    let mut bytes = name.iter();
    while let Some(&byte) = bytes.next() {
        plain.push(if byte == b'\\' { bytes.next().copied().unwrap_or(byte) } else { byte });
    }
    plain
}

/// The character that POSIX names so.
fn collating_symbol(name: &[u8]) -> Option<u32> {
    let control = CONTROL_NAMES.iter().position(|candidate| candidate.as_bytes() == name);
    if let Some(code) = control {
        return u32::try_from(code).ok();
    }
    SYMBOL_NAMES.iter().find(|(candidate, _)| candidate.as_bytes() == name).map(|&(_, byte)| u32::from(byte))
}

/// The names of the characters 0 to 31.
const CONTROL_NAMES: [&str; 32] = [
    "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "alert", "backspace", "tab", "newline", "vertical-tab",
    "form-feed", "carriage-return", "SO", "SI", "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM",
    "SUB", "ESC", "IS4", "IS3", "IS2", "IS1",
];

const SYMBOL_NAMES: [(&str, u8); 63] = [
    ("BEL", 7),
    ("BS", 8),
    ("HT", 9),
    ("LF", 10),
    ("VT", 11),
    ("FF", 12),
    ("CR", 13),
    ("space", b' '),
    ("exclamation-mark", b'!'),
    ("quotation-mark", b'"'),
    ("number-sign", b'#'),
    ("dollar-sign", b'$'),
    ("percent-sign", b'%'),
    ("ampersand", b'&'),
    ("apostrophe", b'\''),
    ("left-parenthesis", b'('),
    ("right-parenthesis", b')'),
    ("asterisk", b'*'),
    ("plus-sign", b'+'),
    ("comma", b','),
    ("hyphen", b'-'),
    ("hyphen-minus", b'-'),
    ("minus", b'-'),
    ("dash", b'-'),
    ("period", b'.'),
    ("full-stop", b'.'),
    ("slash", b'/'),
    ("solidus", b'/'),
    ("zero", b'0'),
    ("one", b'1'),
    ("two", b'2'),
    ("three", b'3'),
    ("four", b'4'),
    ("five", b'5'),
    ("six", b'6'),
    ("seven", b'7'),
    ("eight", b'8'),
    ("nine", b'9'),
    ("colon", b':'),
    ("semicolon", b';'),
    ("less-than-sign", b'<'),
    ("equals-sign", b'='),
    ("greater-than-sign", b'>'),
    ("question-mark", b'?'),
    ("commercial-at", b'@'),
    ("left-square-bracket", b'['),
    ("backslash", b'\\'),
    ("reverse-solidus", b'\\'),
    ("right-square-bracket", b']'),
    ("circumflex", b'^'),
    ("circumflex-accent", b'^'),
    ("underscore", b'_'),
    ("low-line", b'_'),
    ("grave-accent", b'`'),
    ("left-brace", b'{'),
    ("left-curly-bracket", b'{'),
    ("vertical-line", b'|'),
    ("right-brace", b'}'),
    ("right-curly-bracket", b'}'),
    ("tilde", b'~'),
    ("DEL", 127),
    ("GS", 29),
    ("US", 31),
];
