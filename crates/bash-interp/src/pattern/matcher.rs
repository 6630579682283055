//! Running a compiled pattern over a subject.
//!
//! All states of the program advance together, one character at a time, so that no pattern is exponential: each
//! state is entered at most once at each position. What is not textbook is `!(…)`. When it is entered, the pattern
//! inside runs on its own from there and yields the places where it can end; the state after the group is then
//! entered at every *other* place, by a [`Cursor`] that waits for those places to come by. The places are remembered,
//! which keeps negation inside negation polynomial.
//!
//! Every state carries where its match began. States are kept in order of preference (earliest start first, or
//! latest first), so that the first to enter a state is the one that counts, and one pass finds the leftmost match.

use std::collections::{BTreeMap, HashMap};
use std::ops::{ControlFlow, Range};
use std::rc::Rc;

use super::compile::{Address, Instruction, Program};
use super::{LeadingPeriod, fold};

/// Where matches may begin.
#[derive(Debug, Clone, Copy)]
pub(super) enum Starts {
    /// Only here.
    At(usize),
    /// Here and at every later character until one matches; only matches that start no later count from then on.
    Leftmost(usize),
    /// Here and at every later character; the earliest is preferred.
    EarliestFrom(usize),
    /// Here and at every later character; the latest is preferred.
    LatestFrom(usize),
}

/// What is told of each match: its start and its end.
pub(super) type Accept<'a> = &'a mut dyn FnMut(usize, usize) -> ControlFlow<()>;

/// Matches a straight program against all of `subject` without any set of states: on a mismatch the last `*` takes
/// one character more.
pub(super) fn matches_straight(program: &Program, subject: &[u8]) -> bool {
    let mut address = 0;
    let mut at = 0;
    let mut retry: Option<(Address, usize)> = None;
    loop {
        let instruction = program.instructions.get(address);
        if matches!(instruction, Some(Instruction::AnyString)) {
            address += 1;
            retry = Some((address, at));
            if matches!(program.instructions.get(address), Some(Instruction::Accept)) {
                return true;
            }
            continue;
        }
        let rest = subject.get(at..).unwrap_or_default();
        let unit = program.units.decode(rest);
        match (instruction, unit) {
            (Some(Instruction::Accept), None) => return true,
            (Some(instruction), Some((character, length))) if takes(program, instruction, character) => {
                address += 1;
                at += length;
            }
            (_, None) => return false,
            _ => {
                let Some((after_star, from)) = retry else { return false };
                let skipped = subject.get(from..).and_then(|rest| program.units.decode(rest));
                let Some((_, length)) = skipped else { return false };
                at = from + length;
                address = after_star;
                retry = Some((after_star, at));
            }
        }
    }
}

/// Whether `instruction` takes exactly one character, this one.
pub(super) fn takes(program: &Program, instruction: &Instruction, character: u32) -> bool {
    match instruction {
        Instruction::Character(wanted) => {
            *wanted == character || *wanted == fold(character, program.case, program.units)
        }
        Instruction::AnyCharacter => true,
        Instruction::Bracket(bracket) => bracket.accepts(character),
        _ => false,
    }
}

/// One program over one subject.
pub(super) struct Matcher<'p> {
    program: &'p Program,
    subject: &'p [u8],
    period: LeadingPeriod,
    /// For each `!(…)` and place where it was entered, where its inside can end.
    exceptions: BTreeMap<(Address, usize), Rc<[usize]>>,
    /// How many ends are remembered, to bound the memory.
    remembered: usize,
    spare: Vec<Scratch>,
}

/// The bound on remembered ends, which is 32 MB.
const MOST_REMEMBERED: usize = 4 << 20;

/// A state: an instruction that waits for a character, and where its match began.
type State = (Address, usize);

/// The working memory of one run, kept for the next one.
#[derive(Default)]
struct Scratch {
    /// States to enter at this position, by preference.
    arriving: Vec<State>,
    /// States that wait for the character at this position.
    waiting: Vec<State>,
    /// For each slot the generation in which it was entered last.
    entered: Vec<u64>,
    generation: u64,
    stack: Vec<Address>,
    cursors: Vec<Cursor>,
}

/// The way on after a `!(…)`: open at all later places that are not among `closed`.
struct Cursor {
    state: State,
    closed: Rc<[usize]>,
    next: usize,
}

impl Cursor {
    /// Whether the way is open at `at`, which must not decrease from call to call.
    fn is_open(&mut self, at: usize) -> bool {
        while self.closed.get(self.next).is_some_and(|&closed| closed < at) {
            self.next += 1;
        }
        self.closed.get(self.next) != Some(&at)
    }
}

impl<'p> Matcher<'p> {
    pub(super) fn new(program: &'p Program, subject: &'p [u8], period: LeadingPeriod) -> Self {
        Matcher { program, subject, period, exceptions: BTreeMap::new(), remembered: 0, spare: Vec::new() }
    }

    /// Calls `accept` with start and end of each match, ends ascending, until it breaks. Of matches with the same
    /// end only the preferred start is told.
    pub(super) fn run(&mut self, starts: Starts, accept: Accept<'_>) {
        let last = self.program.instructions.len().saturating_sub(1);
        self.run_from(0..last, starts, accept);
    }

    /// Runs the instructions from the start of `body` to the `Accept` at its end.
    fn run_from(&mut self, body: Range<Address>, starts: Starts, accept: Accept<'_>) {
        let mut scratch = self.spare.pop().unwrap_or_default();
        let slots = self.program.slot_count(body.end);
        if scratch.entered.len() < slots {
            scratch.entered.resize(slots, 0);
        }
        scratch.arriving.clear();
        scratch.cursors.clear();
        let (mut at, repeats) = match starts {
            Starts::At(from) => (from, false),
            Starts::Leftmost(from) | Starts::EarliestFrom(from) | Starts::LatestFrom(from) => (from, true),
        };
        let mut seeding = true;
        loop {
            if seeding && scratch.arriving.is_empty() && matches!(starts, Starts::Leftmost(_)) {
                at = self.first_candidate(body.start, at);
            }
            if seeding {
                seed(&mut scratch, starts, (body.start, at));
                seeding = repeats;
            }
            release_cursors(&mut scratch, starts, at);
            if let Some(start) = self.enter_all(&mut scratch, at) {
                if accept(start, at).is_break() {
                    break;
                }
                if let Starts::Leftmost(_) = starts {
                    seeding = false;
                    scratch.waiting.retain(|&(_, other)| other <= start);
                    scratch.cursors.retain(|cursor| cursor.state.1 <= start);
                }
            }
            if !seeding && scratch.waiting.is_empty() && scratch.cursors.is_empty() {
                break;
            }
            let Some((character, length)) =
                self.subject.get(at..).and_then(|rest| self.program.units.decode(rest))
            else {
                break;
            };
            self.advance(&mut scratch, character);
            at += length;
        }
        self.spare.push(scratch);
    }

    /// The first place from `at` on where a program can start that begins with a single character.
    fn first_candidate(&self, entry: Address, mut at: usize) -> usize {
        let Some(first) = self.program.instructions.get(entry) else { return at };
        if !matches!(first, Instruction::Character(_) | Instruction::Bracket(_)) {
            return at;
        }
        while let Some((character, length)) =
            self.subject.get(at..).and_then(|rest| self.program.units.decode(rest))
            && !takes(self.program, first, character)
        {
            at += length;
        }
        at
    }

    /// Enters the arriving states and all they reach without a character. Answers the start of the preferred
    /// match that ends here.
    fn enter_all(&mut self, scratch: &mut Scratch, at: usize) -> Option<usize> {
        scratch.generation += 1;
        scratch.waiting.clear();
        let mut accepted = None;
        let mut index = 0;
        while let Some(&(address, start)) = scratch.arriving.get(index) {
            index += 1;
            scratch.stack.push(address);
            while let Some(address) = scratch.stack.pop() {
                if self.enter(scratch, address, start, at) && accepted.is_none() {
                    accepted = Some(start);
                }
            }
        }
        scratch.arriving.clear();
        accepted
    }

    /// Enters one state unless a preferred one has been here; true if it accepts.
    fn enter(&mut self, scratch: &mut Scratch, address: Address, start: usize, at: usize) -> bool {
        let slot = self.program.slots.get(address).copied().unwrap_or(usize::MAX);
        match scratch.entered.get_mut(slot) {
            Some(generation) if *generation != scratch.generation => *generation = scratch.generation,
            _ => return false,
        }
        match self.program.instructions.get(address) {
            Some(Instruction::Accept) => return true,
            Some(&Instruction::Jump(target)) => scratch.stack.push(target),
            Some(&Instruction::Fork(target)) => scratch.stack.extend([target, address + 1]),
            Some(Instruction::AnyString) if !self.is_leading_period(at) => {
                scratch.waiting.push((address, start));
                scratch.stack.push(address + 1);
            }
            Some(&Instruction::Except(target)) if !self.is_leading_period(at) => {
                let mut cursor =
                    Cursor { state: (target, start), closed: self.ends_inside(address..target, at), next: 0 };
                if cursor.is_open(at) {
                    scratch.stack.push(target);
                }
                scratch.cursors.push(cursor);
            }
            Some(Instruction::Character(_)) => scratch.waiting.push((address, start)),
            Some(Instruction::AnyCharacter | Instruction::Bracket(_)) if !self.is_leading_period(at) => {
                scratch.waiting.push((address, start));
            }
            _ => {}
        }
        false
    }

    /// Whether a period stands here that only a period in the pattern may match.
    fn is_leading_period(&self, at: usize) -> bool {
        at == 0 && self.period == LeadingPeriod::Explicit && self.subject.first() == Some(&b'.')
    }

    fn advance(&self, scratch: &mut Scratch, character: u32) {
        for &(address, start) in &scratch.waiting {
            match self.program.instructions.get(address) {
                Some(Instruction::AnyString) => scratch.arriving.push((address, start)),
                Some(instruction) if takes(self.program, instruction, character) => {
                    scratch.arriving.push((address + 1, start));
                }
                _ => {}
            }
        }
    }

    /// Where the inside of the `!(…)` that takes up `group` can end if it begins at `at`, ascending.
    fn ends_inside(&mut self, group: Range<Address>, at: usize) -> Rc<[usize]> {
        if let Some(known) = self.exceptions.get(&(group.start, at)) {
            return Rc::clone(known);
        }
        let mut ends = Vec::new();
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
            self.run_from(group.start + 1..group.end - 1, Starts::At(at), &mut |_, end| {
                ends.push(end);
                ControlFlow::Continue(())
            });
        });
        let ends: Rc<[usize]> = ends.into();
        if self.remembered < MOST_REMEMBERED {
            self.remembered += ends.len() + 4;
            self.exceptions.insert((group.start, at), Rc::clone(&ends));
        }
        ends
    }
}

/// Lets the ways after `!(…)` that are open at this place arrive.
fn release_cursors(scratch: &mut Scratch, starts: Starts, at: usize) {
    if scratch.cursors.is_empty() {
        return;
    }
    for cursor in &mut scratch.cursors {
        if cursor.is_open(at) {
            scratch.arriving.push(cursor.state);
        }
    }
    match starts {
        Starts::LatestFrom(_) => scratch.arriving.sort_by_key(|&(_, start)| std::cmp::Reverse(start)),
        _ => scratch.arriving.sort_by_key(|&(_, start)| start),
    }
    drop_covered_cursors(scratch, starts);
}

fn seed(scratch: &mut Scratch, starts: Starts, state: State) {
    match starts {
        Starts::LatestFrom(_) => scratch.arriving.insert(0, state),
        Starts::At(_) | Starts::Leftmost(_) | Starts::EarliestFrom(_) => scratch.arriving.push(state),
    }
}

/// A cursor with no closed place ahead makes less preferred ones to the same state pointless.
fn drop_covered_cursors(scratch: &mut Scratch, starts: Starts) {
    if scratch.cursors.len() < 2 {
        return;
    }
    let mut always_open: HashMap<Address, usize> = HashMap::new();
    let prefers = |new: usize, old: usize| match starts {
        Starts::LatestFrom(_) => new > old,
        _ => new < old,
    };
    for cursor in scratch.cursors.iter().filter(|cursor| cursor.next >= cursor.closed.len()) {
        let (address, start) = cursor.state;
        let best = always_open.entry(address).or_insert(start);
        if prefers(start, *best) {
            *best = start;
        }
    }
    if always_open.is_empty() {
        return;
    }
    let mut kept = std::collections::HashSet::new();
    scratch.cursors.retain(|cursor| {
        let (address, start) = cursor.state;
        match always_open.get(&address) {
            None => true,
            Some(&best) if prefers(start, best) => true,
            Some(&best) => start == best && cursor.next >= cursor.closed.len() && kept.insert(address),
        }
    });
}
