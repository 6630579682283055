//! Bash's patterns: what `case`, `[[ == ]]`, `${name#pattern}` and pathname expansion match with.
//!
//! A pattern is bytes in which a backslash quotes the character after it, so the text of a word is turned into a
//! pattern by [`push_quoted`] for its quoted parts and as it stands for the others. In a UTF-8 locale `?` and bracket
//! expressions take whole characters, but only if pattern *and* subject are valid UTF-8. If either is not, Bash
//! compares both byte by byte, so that `?` may split a character: `[[ $'é\xff' == ??? ]]` is true.
//!
//! No pattern takes more than polynomial time; see [`matcher`].

mod bracket;
mod compile;
mod matcher;

use std::ops::ControlFlow;
use std::sync::OnceLock;

pub use bash_parser::quote::Charset;
use bracket::Units;
use compile::{Instruction, Program};
use matcher::{Accept, Matcher, Starts};

/// A compiled pattern.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: Vec<u8>,
    options: PatternOptions,
    shape: Shape,
    /// The program for subjects of the pattern's own kind.
    program: Program,
    /// The program for subjects that are not valid UTF-8, if the pattern is; made when first needed.
    byte_program: OnceLock<Program>,
}

/// What changes the meaning of a pattern's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PatternOptions {
    /// Whether `?(…)`, `*(…)`, `+(…)`, `@(…)` and `!(…)` are groups.
    pub extended_glob: ExtendedGlob,
    /// Whether the case of letters counts.
    pub case: PatternCase,
    /// What a character is.
    pub charset: Charset,
    /// Whether wildcards match a period at the start of the subject.
    pub leading_period: LeadingPeriod,
}

/// The shell option `extglob`; it is always on for `[[ == ]]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExtendedGlob {
    /// Groups are recognised.
    On,
    /// Parentheses are ordinary characters.
    #[default]
    Off,
}

/// The shell options `nocasematch` and `nocaseglob`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PatternCase {
    /// `a` is not `A`.
    #[default]
    Exact,
    /// `a` matches `A`.
    Ignored,
}

/// The rule of pathname expansion for names that begin with a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LeadingPeriod {
    /// A period is like any other character.
    #[default]
    Ordinary,
    /// Only a period in the pattern matches a period at the start.
    Explicit,
}

/// Frequent forms of pattern that need no program, only byte comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Shape {
    /// `text`
    Literal(Vec<u8>),
    /// `text*`
    Prefix(Vec<u8>),
    /// `*text`
    Suffix(Vec<u8>),
    /// `*text*`
    Infix(Vec<u8>),
    /// `*`
    Anything,
    /// `?` or `[…]`, where characters are UTF-8 or bytes.
    Single,
    /// No groups.
    Straight,
    /// Anything else.
    General,
}

impl Pattern {
    /// Compiles `text`, in which a backslash quotes the character after it.
    pub fn compile(text: &[u8], options: PatternOptions) -> Pattern {
        let units = match options.charset {
            Charset::Utf8 if std::str::from_utf8(text).is_ok() => Units::Characters,
            Charset::Coded(codeset) if options.charset.is_valid(text) => Units::Coded(codeset),
            Charset::Utf8 | Charset::C | Charset::Coded(_) => Units::Bytes,
        };
        let program = compile::compile(text, options, units);
        let shape = shape_of(&program);
        Pattern { text: text.to_vec(), options, shape, program, byte_program: OnceLock::new() }
    }

    /// The text the pattern was compiled from.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// The options it was compiled with.
    pub fn options(&self) -> PatternOptions {
        self.options
    }

    /// Whether the pattern matches all of `subject`.
    pub fn matches(&self, subject: &[u8]) -> bool {
        match &self.shape {
            Shape::Literal(text) => subject == text,
            Shape::Prefix(text) => subject.starts_with(text),
            _ if self.is_hidden(subject) => self.matches_generally(subject),
            Shape::Suffix(text) => subject.ends_with(text),
            Shape::Infix(text) => find_bytes(subject, text).is_some(),
            Shape::Anything => true,
            Shape::Single => self.single_prefix(subject) == Some(subject.len()),
            Shape::Straight => matcher::matches_straight(self.program_for(subject), subject),
            Shape::General => self.matches_generally(subject),
        }
    }

    /// The length of the shortest prefix of `subject` that matches, as `${name#pattern}` removes it.
    pub fn shortest_prefix(&self, subject: &[u8]) -> Option<usize> {
        match &self.shape {
            Shape::Literal(text) | Shape::Prefix(text) => subject.starts_with(text).then_some(text.len()),
            Shape::Suffix(text) | Shape::Infix(text) => Some(find_bytes(subject, text)? + text.len()),
            Shape::Anything => Some(0),
            Shape::Single => self.single_prefix(subject),
            Shape::Straight | Shape::General => {
                let mut found = None;
                self.run(subject, Starts::At(0), &mut |_, end| {
                    found = Some(end);
                    ControlFlow::Break(())
                });
                found
            }
        }
    }

    /// The length of the longest prefix of `subject` that matches, as `${name##pattern}` removes it.
    pub fn longest_prefix(&self, subject: &[u8]) -> Option<usize> {
        match &self.shape {
            Shape::Literal(text) => subject.starts_with(text).then_some(text.len()),
            Shape::Prefix(text) => subject.starts_with(text).then_some(subject.len()),
            Shape::Suffix(text) => Some(find_last_bytes(subject, text)? + text.len()),
            Shape::Infix(text) => find_bytes(subject, text).map(|_| subject.len()),
            Shape::Anything => Some(subject.len()),
            Shape::Single => self.single_prefix(subject),
            Shape::Straight | Shape::General => {
                let mut found = None;
                self.run(subject, Starts::At(0), &mut |_, end| {
                    found = Some(end);
                    ControlFlow::Continue(())
                });
                found
            }
        }
    }

    /// Where the shortest suffix of `subject` that matches begins, as `${name%pattern}` removes it.
    pub fn shortest_suffix(&self, subject: &[u8]) -> Option<usize> {
        match &self.shape {
            Shape::Literal(text) | Shape::Suffix(text) => suffix_start(subject, text),
            Shape::Prefix(text) | Shape::Infix(text) => find_last_bytes(subject, text),
            Shape::Anything => Some(subject.len()),
            Shape::Single => self.single_suffix(subject),
            Shape::Straight | Shape::General => self.suffix(subject, Starts::LatestFrom(0)),
        }
    }

    /// Where the longest suffix of `subject` that matches begins, as `${name%%pattern}` removes it.
    pub fn longest_suffix(&self, subject: &[u8]) -> Option<usize> {
        match &self.shape {
            Shape::Literal(text) => suffix_start(subject, text),
            Shape::Suffix(text) => suffix_start(subject, text).map(|_| 0),
            Shape::Prefix(text) => find_bytes(subject, text),
            Shape::Infix(text) => find_bytes(subject, text).map(|_| 0),
            Shape::Anything => Some(0),
            Shape::Single => self.single_suffix(subject),
            Shape::Straight | Shape::General => self.suffix(subject, Starts::EarliestFrom(0)),
        }
    }

    /// A search for matches in `subject`, one after the other, as `${name//pattern/string}` replaces them.
    pub fn finder<'p>(&'p self, subject: &'p [u8]) -> Finder<'p> {
        let matcher = match &self.shape {
            Shape::Single | Shape::Straight | Shape::General => {
                Some(Matcher::new(self.program_for(subject), subject, self.options.leading_period))
            }
            _ => None,
        };
        Finder { shape: &self.shape, subject, matcher }
    }

    /// The first match that begins at `from` or later; see [`Finder::find`], which is faster for more than one.
    pub fn find(&self, subject: &[u8], from: usize) -> Option<(usize, usize)> {
        self.finder(subject).find(from)
    }

    /// The only string the pattern matches, if there is just one and the case of letters counts.
    pub fn as_literal(&self) -> Option<&[u8]> {
        match &self.shape {
            Shape::Literal(text) => Some(text),
            _ => None,
        }
    }

    /// The length of the one character at the start of `subject`, if the pattern takes it.
    fn single_prefix(&self, subject: &[u8]) -> Option<usize> {
        let program = self.program_for(subject);
        let (character, length) = program.units.decode(subject)?;
        self.takes_single(program, character).then_some(length)
    }

    /// Where the one character at the end of `subject` begins, if the pattern takes it.
    fn single_suffix(&self, subject: &[u8]) -> Option<usize> {
        let program = self.program_for(subject);
        let continues = |byte: &u8| program.units == Units::Characters && byte & 0xc0 == 0x80;
        let start = subject.iter().rposition(|byte| !continues(byte))?;
        let (character, _) = program.units.decode(&subject[start..])?;
        self.takes_single(program, character).then_some(start)
    }

    fn takes_single(&self, program: &Program, character: u32) -> bool {
        program.instructions.first().is_some_and(|only| matcher::takes(program, only, character))
    }

    fn is_hidden(&self, subject: &[u8]) -> bool {
        self.options.leading_period == LeadingPeriod::Explicit && subject.first() == Some(&b'.')
    }

    fn matches_generally(&self, subject: &[u8]) -> bool {
        let mut matched = false;
        self.run(subject, Starts::At(0), &mut |_, end| {
            matched = end == subject.len();
            ControlFlow::Continue(())
        });
        matched
    }

    fn suffix(&self, subject: &[u8], starts: Starts) -> Option<usize> {
        let mut found = None;
        self.run(subject, starts, &mut |start, end| {
            if end == subject.len() {
                found = Some(start);
            }
            ControlFlow::Continue(())
        });
        found
    }

    fn run(&self, subject: &[u8], starts: Starts, accept: Accept<'_>) {
        Matcher::new(self.program_for(subject), subject, self.options.leading_period).run(starts, accept);
    }

    fn program_for(&self, subject: &[u8]) -> &Program {
        let fits = self.program.units == Units::Bytes
            || subject.is_ascii()
            || self.options.charset.is_valid(subject);
        if fits {
            return &self.program;
        }
        self.byte_program.get_or_init(|| compile::compile(&self.text, self.options, Units::Bytes))
    }
}

/// A search for matches in one subject, which keeps its working memory from match to match.
pub struct Finder<'p> {
    shape: &'p Shape,
    subject: &'p [u8],
    /// Only for the shapes that need one.
    matcher: Option<Matcher<'p>>,
}

impl Finder<'_> {
    /// The first match that begins at `from` or later, the longest from its start, as `${name/pattern/string}`
    /// replaces it: start and end. It may be empty.
    pub fn find(&mut self, from: usize) -> Option<(usize, usize)> {
        let rest = self.subject.get(from..)?;
        let end = self.subject.len();
        if let Some(matcher) = &mut self.matcher {
            return leftmost_longest(matcher, from);
        }
        match self.shape {
            Shape::Literal(text) => find_bytes(rest, text).map(|at| (from + at, from + at + text.len())),
            Shape::Prefix(text) => find_bytes(rest, text).map(|at| (from + at, end)),
            Shape::Suffix(text) => find_last_bytes(rest, text).map(|at| (from, from + at + text.len())),
            Shape::Infix(text) => find_bytes(rest, text).map(|_| (from, end)),
            Shape::Anything | Shape::Single | Shape::Straight | Shape::General => Some((from, end)),
        }
    }
}

fn leftmost_longest(matcher: &mut Matcher<'_>, from: usize) -> Option<(usize, usize)> {
    let mut found: Option<(usize, usize)> = None;
    matcher.run(Starts::Leftmost(from), &mut |start, end| {
        if found.is_none_or(|(earliest, _)| start <= earliest) {
            found = Some((start, end));
        }
        ControlFlow::Continue(())
    });
    found
}

/// Sorts a program into a [`Shape`].
fn shape_of(program: &Program) -> Shape {
    let general = if program.is_straight { Shape::Straight } else { Shape::General };
    if !program.is_straight || program.case == PatternCase::Ignored {
        return general;
    }
    let body = program.instructions.split_last().map_or(&[][..], |(_accept, body)| body);
    let shape = match body {
        [Instruction::AnyString] => Some(Shape::Anything),
        [Instruction::AnyCharacter | Instruction::Bracket(_)]
            if !matches!(program.units, Units::Coded(_)) =>
        {
            Some(Shape::Single)
        }
        [Instruction::AnyString, middle @ .., Instruction::AnyString] => {
            literal(middle, program.units).map(Shape::Infix)
        }
        [Instruction::AnyString, rest @ ..] => literal(rest, program.units).map(Shape::Suffix),
        [rest @ .., Instruction::AnyString] => literal(rest, program.units).map(Shape::Prefix),
        all => literal(all, program.units).map(Shape::Literal),
    };
    shape.unwrap_or(general)
}

/// The bytes that a run of single characters stands for.
fn literal(instructions: &[Instruction], units: Units) -> Option<Vec<u8>> {
    let mut text = Vec::with_capacity(instructions.len());
    for instruction in instructions {
        let &Instruction::Character(character) = instruction else { return None };
        match units {
            Units::Bytes => text.push(u8::try_from(character).ok()?),
            // The bytes of one character may be found within another.
            Units::Coded(_) => return None,
            Units::Characters => {
                let mut buffer = [0; 4];
                text.extend_from_slice(char::from_u32(character)?.encode_utf8(&mut buffer).as_bytes());
            }
        }
    }
    Some(text)
}

/// The character in lower case if case is ignored.
fn fold(character: u32, case: PatternCase, units: Units) -> u32 {
    if case == PatternCase::Exact {
        return character;
    }
    let Some(c) = char::from_u32(character).filter(|c| c.is_ascii() || units != Units::Bytes) else {
        return character;
    };
    if c.is_ascii() {
        return u32::from(c.to_ascii_lowercase());
    }
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(single), None) => u32::from(single),
        _ => character,
    }
}

fn find_bytes(text: &[u8], wanted: &[u8]) -> Option<usize> {
    match wanted {
        [] => Some(0),
        &[byte] => text.iter().position(|&candidate| candidate == byte),
        _ => Searcher::new(wanted).find(text),
    }
}

fn find_last_bytes(text: &[u8], wanted: &[u8]) -> Option<usize> {
    match wanted {
        [] => Some(text.len()),
        &[byte] => text.iter().rposition(|&candidate| candidate == byte),
        _ => {
            let backwards: Vec<u8> = text.iter().rev().copied().collect();
            let wanted: Vec<u8> = wanted.iter().rev().copied().collect();
            let at = Searcher::new(&wanted).find(&backwards)?;
            Some(text.len() - at - wanted.len())
        }
    }
}

fn suffix_start(subject: &[u8], suffix: &[u8]) -> Option<usize> {
    subject.ends_with(suffix).then(|| subject.len() - suffix.len())
}

/// Linear search for a byte string (Knuth, Morris and Pratt).
struct Searcher<'w> {
    wanted: &'w [u8],
    /// For each prefix of `wanted`, the length of its longest proper border; made at the first false start.
    borders: Vec<usize>,
}

impl<'w> Searcher<'w> {
    fn new(wanted: &'w [u8]) -> Self {
        let mut borders = Vec::with_capacity(wanted.len());
        let mut length = 0;
        for (index, byte) in wanted.iter().enumerate() {
            while index > 0 && length > 0 && wanted.get(length) != Some(byte) {
                length = shorter(&borders, length);
            }
            if index > 0 && wanted.get(length) == Some(byte) {
                length += 1;
            }
            borders.push(length);
        }
        Searcher { wanted, borders }
    }

    fn find(&self, text: &[u8]) -> Option<usize> {
        let mut length = 0;
        for (at, byte) in text.iter().enumerate() {
            while length > 0 && self.wanted.get(length) != Some(byte) {
                length = shorter(&self.borders, length);
            }
            if self.wanted.get(length) == Some(byte) {
                length += 1;
            }
            if length == self.wanted.len() {
                return Some(at + 1 - length);
            }
        }
        None
    }
}

fn shorter(borders: &[usize], length: usize) -> usize {
    length.checked_sub(1).and_then(|last| borders.get(last)).copied().unwrap_or(0)
}

/// Appends `text` so that, as part of a pattern, every character of it stands for itself.
pub fn push_quoted(pattern: &mut Vec<u8>, text: &[u8], charset: Charset) {
    if let Charset::Coded(_) = charset {
        for character in charset.characters(text) {
            if character.len() == 1 && is_special(character[0]) {
                pattern.push(b'\\');
            }
            pattern.extend_from_slice(character);
        }
        return;
    }
    for &byte in text {
        if is_special(byte) {
            pattern.push(b'\\');
        }
        pattern.push(byte);
    }
}

/// Whether `byte` can mean anything but itself somewhere in a pattern.
fn is_special(byte: u8) -> bool {
    matches!(
        byte,
        b'*' | b'?'
            | b'['
            | b']'
            | b'\\'
            | b'!'
            | b'^'
            | b'-'
            | b'+'
            | b'@'
            | b'('
            | b')'
            | b'|'
            | b':'
            | b'='
    )
}

/// `pattern` with its quoting removed: what a word that turned out to be no pattern stands for.
pub fn remove_quoting(pattern: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(pattern.len());
    let mut bytes = pattern.iter();
    while let Some(&byte) = bytes.next() {
        plain.push(if byte == b'\\' { bytes.next().copied().unwrap_or(byte) } else { byte });
    }
    plain
}

/// Whether `text` holds an unquoted character that makes it a pattern for pathname expansion: `*`, `?`, a `[` with a
/// `]` somewhere after it in the same component, or the start of a group.
pub fn has_pattern_chars(text: &[u8], extended_glob: ExtendedGlob) -> bool {
    let mut bytes = text.iter().peekable();
    let mut bracket_is_open = false;
    while let Some(&byte) = bytes.next() {
        match byte {
            b'*' | b'?' => return true,
            b'[' => bracket_is_open = true,
            b']' if bracket_is_open => return true,
            b'/' => bracket_is_open = false,
            b'+' | b'@' | b'!' if bytes.peek() == Some(&&b'(') && extended_glob == ExtendedGlob::On => {
                return true;
            }
            b'\\' => {
                bytes.next();
            }
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests;
