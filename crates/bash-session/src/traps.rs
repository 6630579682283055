//! Traps: what runs on a signal or at `EXIT`, `ERR`, `DEBUG`, `RETURN`.

use crate::Text;
use crate::snapshot::stored::{Damage, Input, Read, Stored};
use bash_host::{Signal, SignalSet};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a trap waits for. The order is that of `trap -p`: EXIT, the signals, then DEBUG, ERR, RETURN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TrapCondition {
    /// The end of the shell.
    Exit,
    /// A signal.
    Signal(Signal),
    /// Before each simple command.
    Debug,
    /// After a failing command.
    Err,
    /// After a function or sourced file.
    Return,
}

/// What a trap does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrapAction {
    /// Ignores the signal.
    Ignore,
    /// Runs commands.
    Run(Text),
}

/// A trap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trap {
    /// What it does.
    pub action: TrapAction,
    /// It belongs to the parent shell: shown by `trap -p`, but not in force here.
    pub inherited: bool,
}

/// The traps, shared with copies of the session until one side writes.
#[derive(Clone)]
pub struct Traps {
    table: Arc<BTreeMap<TrapCondition, Trap>>,
    /// Signals that a background process ignores of itself, which `trap` does not show.
    ignored_silently: SignalSet,
}

impl Default for Traps {
    fn default() -> Traps {
        Traps { table: Arc::default(), ignored_silently: SignalSet::EMPTY }
    }
}

impl Traps {
    /// The bytes that they take.
    pub(crate) fn own_bytes(&self) -> usize {
        let bytes = |trap: &Trap| match &trap.action {
            TrapAction::Run(commands) => commands.with_place(),
            TrapAction::Ignore => 0,
        };
        self.table.values().map(bytes).sum()
    }

    /// Whether there are none, not even some of the parent's.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// The trap in force for `condition`.
    pub fn get(&self, condition: TrapCondition) -> Option<&TrapAction> {
        self.table.get(&condition).filter(|trap| !trap.inherited).map(|trap| &trap.action)
    }

    /// The commands to run for `condition`.
    #[inline]
    pub fn commands(&self, condition: TrapCondition) -> Option<Text> {
        if self.table.is_empty() {
            return None;
        }
        match self.get(condition)? {
            TrapAction::Run(commands) => Some(commands.clone()),
            TrapAction::Ignore => None,
        }
    }

    /// Sets a trap. The first one set in a subshell ends the showing of the parent's.
    pub fn set(&mut self, condition: TrapCondition, action: TrapAction) {
        let table = Arc::make_mut(&mut self.table);
        table.retain(|_, trap| !trap.inherited);
        table.insert(condition, Trap { action, inherited: false });
        self.heed_again(condition);
    }

    /// Removes a trap.
    pub fn reset(&mut self, condition: TrapCondition) {
        let table = Arc::make_mut(&mut self.table);
        table.retain(|_, trap| !trap.inherited);
        table.remove(&condition);
        self.heed_again(condition);
    }

    fn heed_again(&mut self, condition: TrapCondition) {
        if let TrapCondition::Signal(signal) = condition {
            self.ignored_silently.remove(signal);
        }
    }

    /// Puts a trap back that was taken out for a while.
    pub fn put_back(&mut self, condition: TrapCondition, action: TrapAction) {
        Arc::make_mut(&mut self.table).insert(condition, Trap { action, inherited: false });
    }

    /// Ignores a signal without a trap having been set: the parent's traps are still shown.
    pub fn ignore_silently(&mut self, signal: Signal) {
        self.ignored_silently.insert(signal);
    }

    /// Takes a trap out to run it once (`EXIT`).
    pub fn take(&mut self, condition: TrapCondition) -> Option<TrapAction> {
        self.get(condition)?;
        Arc::make_mut(&mut self.table).remove(&condition).map(|trap| trap.action)
    }

    /// Every trap, as `trap -p` lists them.
    pub fn iter(&self) -> impl Iterator<Item = (TrapCondition, &Trap)> {
        self.table.iter().map(|(condition, trap)| (*condition, trap))
    }

    /// The signals that are ignored.
    pub fn ignored(&self) -> SignalSet {
        let mut set = self.ignored_silently;
        for (condition, trap) in self.iter() {
            if let (TrapCondition::Signal(signal), TrapAction::Ignore) = (condition, &trap.action) {
                set.insert(signal);
            }
        }
        set
    }

    /// What a subshell starts with: ignored signals stay ignored, other traps are only shown. `DEBUG`, `RETURN` and
    /// `ERR` stay in force where the options say so.
    pub fn enter_subshell(&mut self, functrace: bool, errtrace: bool) {
        if self.table.is_empty() {
            return;
        }
        for (condition, trap) in Arc::make_mut(&mut self.table) {
            let kept = match condition {
                TrapCondition::Debug | TrapCondition::Return => functrace,
                TrapCondition::Err => errtrace,
                TrapCondition::Exit | TrapCondition::Signal(_) => trap.action == TrapAction::Ignore,
            };
            trap.inherited |= !kept;
        }
    }
}

/// Numbers of conditions, whether the trap is only shown, and the commands; none where the signal is ignored. What a
/// background process ignores of itself is its own affair.
impl Stored for Traps {
    fn write(&self, out: &mut Vec<u8>) {
        let row = |(condition, trap): (TrapCondition, &Trap)| {
            let commands = match &trap.action {
                TrapAction::Ignore => None,
                TrapAction::Run(commands) => Some(commands.clone()),
            };
            (condition.number(), (trap.inherited, commands))
        };
        self.iter().map(row).collect::<Vec<_>>().write(out);
    }

    fn read(input: &mut Input<'_>) -> Read<Traps> {
        let list: Vec<(i32, (bool, Option<Text>))> = Stored::read(input)?;
        let mut table = BTreeMap::new();
        for (number, (inherited, commands)) in list {
            let condition = TrapCondition::all().find(|known| known.number() == number).ok_or(Damage)?;
            let action = commands.map_or(TrapAction::Ignore, TrapAction::Run);
            table.insert(condition, Trap { action, inherited });
        }
        Ok(Traps { table: Arc::new(table), ..Traps::default() })
    }
}
