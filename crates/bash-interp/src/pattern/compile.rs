//! Pattern text to a small program for the matcher.
//!
//! The text is read once to find where each extended-glob group closes, then once more to write instructions. Two
//! habits of Bash surprise: a `[` that is never closed is an ordinary character, and a group that is never closed
//! turns *everything* from its operator on, backslashes included, into literal text.

use std::collections::HashMap;

use super::bracket::{self, Bracket, Units};
use super::{ExtendedGlob, PatternCase, PatternOptions, fold};

/// Where an instruction stands in its program.
pub(super) type Address = usize;

/// One step of the matcher. Unless said otherwise the next instruction follows.
#[derive(Debug, Clone)]
pub(super) enum Instruction {
    /// This character.
    Character(u32),
    /// Any one character.
    AnyCharacter,
    /// One character the bracket expression accepts.
    Bracket(Box<Bracket>),
    /// Any string.
    AnyString,
    /// Go on after this one, and at the address too.
    Fork(Address),
    /// Go on at the address.
    Jump(Address),
    /// What follows up to its [`Instruction::Accept`] is a pattern; go on at the address after any string that
    /// this pattern does not match.
    Except(Address),
    /// The pattern, or the pattern inside an `Except`, has matched.
    Accept,
}

/// A compiled pattern.
#[derive(Debug, Clone)]
pub(super) struct Program {
    pub(super) instructions: Vec<Instruction>,
    /// For each instruction its number among those that belong to the same `!(…)`, or to none.
    pub(super) slots: Vec<usize>,
    pub(super) units: Units,
    pub(super) case: PatternCase,
    /// No groups: a straight line that needs no set of states.
    pub(super) is_straight: bool,
}

/// Compiles `text`, cutting it into `units`.
pub(super) fn compile(text: &[u8], options: PatternOptions, units: Units) -> Program {
    let groups = match options.extended_glob {
        ExtendedGlob::On => find_groups(text, units),
        ExtendedGlob::Off => HashMap::new(),
    };
    let mut compiler = Compiler {
        text,
        units,
        options,
        groups,
        unclosed: false,
        program: Vec::with_capacity(text.len() + 1),
        slots: Vec::with_capacity(text.len() + 1),
        next_slot: 0,
        is_straight: true,
    };
    compiler.sequence(0, text.len());
    compiler.push(Instruction::Accept);
    Program {
        instructions: compiler.program,
        slots: compiler.slots,
        units,
        case: options.case,
        is_straight: compiler.is_straight,
    }
}

impl Program {
    /// How many slots the instructions up to and including the `Accept` at `accept` need.
    pub(super) fn slot_count(&self, accept: Address) -> usize {
        self.slots.get(accept).map_or(0, |last| last + 1)
    }
}

/// An extended-glob group: where its alternatives are split and where its `)` stands.
#[derive(Debug, Default)]
struct Group {
    bars: Vec<usize>,
    /// `None` if the group is never closed.
    close: Option<usize>,
}

/// What opened a parenthesis that the scan has not closed yet.
enum Open {
    Group(usize),
    /// A plain parenthesis inside a group, which only has to balance.
    Plain,
}

/// Finds the groups by the position of their `(`.
fn find_groups(text: &[u8], units: Units) -> HashMap<usize, Group> {
    let mut groups: HashMap<usize, Group> = HashMap::new();
    let mut open: Vec<Open> = Vec::new();
    let mut at = 0;
    let mut unclosed = false;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\\' => at += 1,
            b'[' => match bracket_length(text, at, units, &mut unclosed) {
                Some(length) => at += length,
                None if open.is_empty() => {}
                None => return groups,
            },
            b'(' if is_operator(at.checked_sub(1).and_then(|before| text.get(before)))
                && !is_quoted(text, at - 1) =>
            {
                groups.insert(at, Group::default());
                open.push(Open::Group(at));
            }
            b'(' if !open.is_empty() => open.push(Open::Plain),
            b'|' => {
                if let Some(Open::Group(start)) = open.last()
                    && let Some(group) = groups.get_mut(start)
                {
                    group.bars.push(at);
                }
            }
            b')' => {
                if let Some(Open::Group(start)) = open.pop()
                    && let Some(group) = groups.get_mut(&start)
                {
                    group.close = Some(at);
                }
            }
            _ => {}
        }
        at += 1;
    }
    groups
}

fn is_operator(byte: Option<&u8>) -> bool {
    matches!(byte, Some(b'?' | b'*' | b'+' | b'@' | b'!'))
}

/// Whether the character at `at` has an odd number of backslashes before it.
fn is_quoted(text: &[u8], at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    before.iter().rev().take_while(|&&byte| byte == b'\\').count() % 2 == 1
}

/// The bytes after the `[` at `at` that belong to its bracket expression.
///
/// Once one `[` turned out to be unclosed, later ones can only be closed if they look like the start of a class
/// which that one skipped; looking no further keeps text full of `[` linear.
fn bracket_length(text: &[u8], at: usize, units: Units, unclosed: &mut bool) -> Option<usize> {
    let rest = text.get(at + 1..)?;
    if *unclosed && !matches!(rest.first(), Some(b':' | b'=' | b'.')) {
        return None;
    }
    let length = bracket::length(rest, units);
    *unclosed |= length.is_none();
    length
}

struct Compiler<'t> {
    text: &'t [u8],
    units: Units,
    options: PatternOptions,
    groups: HashMap<usize, Group>,
    unclosed: bool,
    program: Vec<Instruction>,
    slots: Vec<usize>,
    next_slot: usize,
    is_straight: bool,
}

impl Compiler<'_> {
    fn sequence(&mut self, from: usize, to: usize) {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
            let mut at = from;
            while at < to {
                at = self.element(at, to);
            }
        });
    }

    /// Writes the element at `at` and says where the next one starts.
    fn element(&mut self, at: usize, to: usize) -> usize {
        if let Some(group) = self.groups.remove(&(at + 1))
            && is_operator(self.text.get(at))
        {
            return self.group(at, to, group);
        }
        match self.text.get(at) {
            Some(b'?') => self.emit(Instruction::AnyCharacter, at + 1),
            Some(b'*') => self.any_string(at + 1, to),
            Some(b'[') => self.bracket(at, to),
            Some(b'\\') if at + 1 < to => self.character(at + 1),
            _ => self.character(at),
        }
    }

    fn push(&mut self, instruction: Instruction) {
        self.program.push(instruction);
        self.slots.push(self.next_slot);
        self.next_slot += 1;
    }

    fn emit(&mut self, instruction: Instruction, next: usize) -> usize {
        self.push(instruction);
        next
    }

    /// Writes one instruction for a run of `*`.
    fn any_string(&mut self, mut next: usize, to: usize) -> usize {
        while next < to && self.text.get(next) == Some(&b'*') && !self.groups.contains_key(&(next + 1)) {
            next += 1;
        }
        self.emit(Instruction::AnyString, next)
    }

    fn character(&mut self, at: usize) -> usize {
        let Some((character, length)) = self.text.get(at..).and_then(|rest| self.units.decode(rest)) else {
            return at + 1;
        };
        let folded = fold(character, self.options.case, self.units);
        self.emit(Instruction::Character(folded), at + length)
    }

    fn bracket(&mut self, at: usize, to: usize) -> usize {
        let rest = self.text.get(at + 1..to).unwrap_or_default();
        let may_close = !self.unclosed || matches!(rest.first(), Some(b':' | b'=' | b'.'));
        let parsed = if may_close { bracket::parse(rest, self.options.case, self.units) } else { None };
        match parsed {
            Some((bracket, length)) => self.emit(Instruction::Bracket(Box::new(bracket)), at + 1 + length),
            None => {
                self.unclosed |= to == self.text.len();
                self.character(at)
            }
        }
    }

    fn group(&mut self, operator: usize, to: usize, group: Group) -> usize {
        let Some(close) = group.close.filter(|&close| close < to) else {
            return self.raw(operator, to);
        };
        self.is_straight = false;
        let start = self.program.len();
        match self.text.get(operator) {
            Some(b'!') => {
                self.push(Instruction::Except(0));
                let outer_slot = std::mem::take(&mut self.next_slot);
                self.alternatives(operator + 2, close, &group.bars);
                self.push(Instruction::Accept);
                self.next_slot = outer_slot;
                let after = self.program.len();
                self.set_target(start, after);
            }
            Some(b'?') => {
                self.push(Instruction::Fork(0));
                self.alternatives(operator + 2, close, &group.bars);
                let after = self.program.len();
                self.set_target(start, after);
            }
            Some(b'*') => {
                self.push(Instruction::Fork(0));
                self.alternatives(operator + 2, close, &group.bars);
                self.push(Instruction::Jump(start));
                let after = self.program.len();
                self.set_target(start, after);
            }
            Some(b'+') => {
                self.alternatives(operator + 2, close, &group.bars);
                self.push(Instruction::Fork(start));
            }
            _ => self.alternatives(operator + 2, close, &group.bars),
        }
        close + 1
    }

    /// Text from an unclosed group on: compared as it stands.
    fn raw(&mut self, from: usize, to: usize) -> usize {
        let mut at = from;
        while at < to {
            at = self.character(at);
        }
        at
    }

    fn alternatives(&mut self, from: usize, close: usize, bars: &[usize]) {
        let mut exits = Vec::with_capacity(bars.len());
        let mut at = from;
        for &bar in bars {
            let fork = self.program.len();
            self.push(Instruction::Fork(0));
            self.sequence(at, bar);
            exits.push(self.program.len());
            self.push(Instruction::Jump(0));
            let next = self.program.len();
            self.set_target(fork, next);
            at = bar + 1;
        }
        self.sequence(at, close);
        let after = self.program.len();
        for exit in exits {
            self.set_target(exit, after);
        }
    }

    fn set_target(&mut self, at: Address, target: Address) {
        if let Some(Instruction::Fork(to) | Instruction::Jump(to) | Instruction::Except(to)) =
            self.program.get_mut(at)
        {
            *to = target;
        }
    }
}
