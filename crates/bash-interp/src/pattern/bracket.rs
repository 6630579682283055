//! Bracket expressions: `[a-z]`, `[!x]`, `[[:alpha:]]`, `[[=e=]]`, `[[.hyphen.]]`.
//!
//! Ranges compare code points, which is what Bash does with `globasciiranges` on (its default) and in the C and
//! C.UTF-8 locales. Under `nocasematch` characters and range ends are compared in lower case, yet a class is asked
//! about the character as it stands: Bash 5.3 was seen to refuse `A` for `[[:lower:]]` even then.

use bash_parser::quote::{Charset, Codeset, is_printable};

use super::{PatternCase, fold};

/// How the text of a pattern and of its subject is cut into characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Units {
    /// Valid UTF-8, one code point each.
    Characters,
    /// Single bytes, as in the C locale and for text that is not UTF-8.
    Bytes,
    /// Valid text of another charset, one code point each.
    Coded(Codeset),
}

impl Units {
    /// The character at the start of `text` and its length in bytes.
    pub(super) fn decode(self, text: &[u8]) -> Option<(u32, usize)> {
        let &first = text.first()?;
        if first < 0x80 || self == Units::Bytes {
            return Some((u32::from(first), 1));
        }
        if let Units::Coded(codeset) = self {
            let (character, length) = Charset::Coded(codeset).first(text);
            return Some((character.map_or(u32::from(first), u32::from), length));
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
            Class::Alnum | Class::Alpha if !c.is_ascii() => is_letter_or_digit(c),
            Class::Alnum => c.is_ascii_alphanumeric(),
            Class::Alpha => c.is_ascii_alphabetic(),
            Class::Ascii => c.is_ascii(),
            Class::Blank => {
                c == ' ' || c == '\t' || (!c.is_ascii() && is_breaking_space(c) && !is_line_break(c))
            }
            Class::Cntrl => c.is_control() || is_line_break(c),
            Class::Digit => c.is_ascii_digit(),
            Class::Graph => is_printable(c) && !is_breaking_space(c),
            Class::Lower => (c.is_lowercase() || is_title_case(c)) && is_printable(c),
            Class::Print => is_printable(c),
            Class::Punct => is_printable(c) && !is_breaking_space(c) && !is_letter_or_digit(c),
            Class::Space => is_breaking_space(c),
            Class::Upper => {
                (c.is_uppercase() || is_title_case(c) || is_greek_title_case(c)) && is_printable(c)
            }
            Class::Word => c == '_' || is_letter_or_digit(c),
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

/// What the C library calls alphanumeric; beyond ASCII it calls the same letters, digits of other scripts included.
fn is_letter_or_digit(c: char) -> bool {
    c.is_alphanumeric() && (c.is_ascii() || is_printable(c) && !is_other_number(c))
}

/// Letters such as Dž, which the C library counts as capital and as small.
fn is_title_case(c: char) -> bool {
    matches!(c, '\u{1c5}' | '\u{1c8}' | '\u{1cb}' | '\u{1f2}')
}

/// Greek capitals with a small iota.
fn is_greek_title_case(c: char) -> bool {
    matches!(c, '\u{1f88}'..='\u{1f8f}' | '\u{1f98}'..='\u{1f9f}' | '\u{1fa8}'..='\u{1faf}')
        || matches!(c, '\u{1fbc}' | '\u{1fcc}' | '\u{1ffc}')
}

/// Superscripts, fractions, circled digits and the like, and some marks: Rust calls them alphanumeric, the C library
/// does not.
fn is_other_number(c: char) -> bool {
    let code = u32::from(c);
    let after = OTHER_NUMBERS.partition_point(|&(first, _)| first <= code);
    after.checked_sub(1).and_then(|at| OTHER_NUMBERS.get(at)).is_some_and(|&(_, last)| code <= last)
}

#[rustfmt::skip]
static OTHER_NUMBERS: &[(u32, u32)] = &[
    (0xb2, 0xb3), (0xb9, 0xb9), (0xbc, 0xbe), (0x363, 0x36f), (0x9f4, 0x9f9), (0xb72, 0xb77), (0xbf0, 0xbf2),
    (0xc04, 0xc04), (0xc78, 0xc7e), (0xd58, 0xd5e), (0xd70, 0xd78), (0xf2a, 0xf33), (0xf82, 0xf83),
    (0x1369, 0x137c), (0x17f0, 0x17f9), (0x19da, 0x19da), (0x1dd3, 0x1de6), (0x2070, 0x2070),
    (0x2074, 0x2079), (0x2080, 0x2089), (0x2150, 0x215f), (0x2189, 0x2189), (0x2460, 0x249b),
    (0x24ea, 0x24ff), (0x2776, 0x2793), (0x2cfd, 0x2cfd), (0x3192, 0x3195), (0x3220, 0x3229),
    (0x3248, 0x324f), (0x3251, 0x325f), (0x3280, 0x3289), (0x32b1, 0x32bf), (0xa830, 0xa835),
    (0x10107, 0x10133), (0x10175, 0x10178), (0x1018a, 0x1018b), (0x102e1, 0x102fb), (0x10320, 0x10323),
    (0x10858, 0x1085f), (0x10879, 0x1087f), (0x108a7, 0x108af), (0x108fb, 0x108ff), (0x10916, 0x1091b),
    (0x109bc, 0x109bd), (0x109c0, 0x109cf), (0x109d2, 0x109ff), (0x10a40, 0x10a48), (0x10a7d, 0x10a7e),
    (0x10a9d, 0x10a9f), (0x10aeb, 0x10aef), (0x10b58, 0x10b5f), (0x10b78, 0x10b7f), (0x10ba9, 0x10baf),
    (0x10cfa, 0x10cff), (0x10e60, 0x10e7e), (0x10f1d, 0x10f26), (0x10f51, 0x10f54), (0x10fc5, 0x10fcb),
    (0x11052, 0x11065), (0x11080, 0x11081), (0x111e1, 0x111f4), (0x1173a, 0x1173b), (0x118ea, 0x118f2),
    (0x11c5a, 0x11c6c), (0x11fc0, 0x11fd4), (0x16b5b, 0x16b61), (0x16e80, 0x16e96), (0x1d2e0, 0x1d2f3),
    (0x1d360, 0x1d378), (0x1e8c7, 0x1e8cf), (0x1ec71, 0x1ecab), (0x1ecad, 0x1ecaf), (0x1ecb1, 0x1ecb4),
    (0x1ed01, 0x1ed2d), (0x1ed2f, 0x1ed3d), (0x1f100, 0x1f10c),
];

/// Reads the bracket expression whose `[` stands just before `text`, and says how many bytes of `text` it takes,
/// its `]` included. `None` if it is never closed, in which case the `[` stands for itself.
pub(super) fn parse(text: &[u8], case: PatternCase, units: Units) -> Option<(Bracket, usize)> {
    let negated = matches!(text.first(), Some(b'!' | b'^'));
    let bracket = Bracket { negated, case, units, ranges: Vec::new(), classes: Vec::new(), ascii: 0 };
    let mut reader = Reader { text, at: usize::from(negated), bracket };
    reader.read_closed()?;
    let Reader { at, mut bracket, .. } = reader;
    bracket.fill_ascii();
    Some((bracket, at))
}

/// The length of the bracket expression whose `[` stands just before `text`, as [`parse`] counts it.
pub(super) fn length(text: &[u8], units: Units) -> Option<usize> {
    let negated = matches!(text.first(), Some(b'!' | b'^'));
    let bracket = Bracket {
        negated,
        case: PatternCase::Exact,
        units,
        ranges: Vec::new(),
        classes: Vec::new(),
        ascii: 0,
    };
    let mut reader = Reader { text, at: usize::from(negated), bracket };
    reader.read_closed()?;
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
    /// Does not even begin where nothing can close the brackets: hostile text is full of them.
    fn read_closed(&mut self) -> Option<()> {
        if self.text.contains(&b']') { self.read_members() } else { None }
    }

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
    "NUL",
    "SOH",
    "STX",
    "ETX",
    "EOT",
    "ENQ",
    "ACK",
    "alert",
    "backspace",
    "tab",
    "newline",
    "vertical-tab",
    "form-feed",
    "carriage-return",
    "SO",
    "SI",
    "DLE",
    "DC1",
    "DC2",
    "DC3",
    "DC4",
    "NAK",
    "SYN",
    "ETB",
    "CAN",
    "EM",
    "SUB",
    "ESC",
    "IS4",
    "IS3",
    "IS2",
    "IS1",
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
