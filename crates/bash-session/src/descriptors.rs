//! The shell's own table of file descriptors.
//!
//! Numbers here are the script's; they become descriptors of the operating system only in a child process. A number
//! that was never touched refers to what the process was started with, which is asked for when it is first needed.

use bash_host::{FileRef, Files};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a descriptor number stands for.
#[derive(Clone)]
enum Slot {
    Open(FileRef),
    Closed,
}

/// The descriptor table, shared with copies of the session until one side writes.
#[derive(Clone, Default)]
pub struct Descriptors(Arc<Table>);

#[derive(Clone, Default)]
struct Table {
    standard: [Option<Slot>; 3],
    others: BTreeMap<i32, Slot>,
    /// How many numbers from [`FIRST_PICKED`] on are open without a gap, as far as that is known.
    packed: i32,
    /// How many open files wait to be put back after a command: Bash keeps each on a number of its own.
    waiting: i32,
}

/// The first number that a redirection picks by itself.
pub const FIRST_PICKED: i32 = 10;

/// What a descriptor was before a redirection, to be put back after the command.
pub struct SavedDescriptor {
    number: i32,
    slot: Option<Slot>,
}

impl Descriptors {
    /// The open file of `number`.
    pub fn get(&mut self, number: i32, files: &dyn Files) -> Option<FileRef> {
        match self.0.slot(number) {
            Some(Slot::Open(file)) => Some(file.clone()),
            Some(Slot::Closed) => None,
            None => {
                let file = files.inherited(number)?;
                Arc::make_mut(&mut self.0).put(number, Some(Slot::Open(file.clone())));
                Some(file)
            }
        }
    }

    /// Makes `number` refer to `file`.
    pub fn open(&mut self, number: i32, file: FileRef) {
        Arc::make_mut(&mut self.0).put(number, Some(Slot::Open(file)));
    }

    /// Closes `number`.
    pub fn close(&mut self, number: i32) {
        Arc::make_mut(&mut self.0).put(number, Some(Slot::Closed));
    }

    /// What `number` is now, for [`Descriptors::restore`].
    pub fn save(&self, number: i32) -> SavedDescriptor {
        SavedDescriptor { number, slot: self.0.slot(number).cloned() }
    }

    /// Puts a descriptor back to what it was.
    pub fn restore(&mut self, saved: SavedDescriptor) {
        Arc::make_mut(&mut self.0).put(saved.number, saved.slot);
    }

    /// Makes every number that refers to `old` refer to `new`.
    pub fn replace(&mut self, old: &FileRef, new: &FileRef) {
        let is_old = |file: &FileRef| std::ptr::addr_eq(Arc::as_ptr(file), Arc::as_ptr(old));
        let numbers: Vec<i32> = self
            .for_child()
            .0
            .into_iter()
            .filter(|(_, file)| is_old(file))
            .map(|(number, _)| number)
            .collect();
        for number in numbers {
            self.open(number, new.clone());
        }
    }

    /// Counts open files that wait to be put back: `by` more, or less.
    pub fn count_waiting(&mut self, by: i32) {
        if by != 0 {
            let table = Arc::make_mut(&mut self.0);
            table.waiting = (table.waiting + by).max(0);
        }
    }

    /// The lowest number that is not open and not below 10, behind those that saved files would take.
    pub fn lowest_free(&mut self, files: &dyn Files) -> i32 {
        let mut number = self.first_gap(files);
        for _ in 0..self.0.waiting {
            number += 1;
            while self.get(number, files).is_some() {
                number += 1;
            }
        }
        number
    }

    fn first_gap(&mut self, files: &dyn Files) -> i32 {
        let mut number = FIRST_PICKED.saturating_add(self.0.packed);
        while self.get(number, files).is_some() {
            number += 1;
        }
        let packed = number - FIRST_PICKED;
        if packed != self.0.packed {
            Arc::make_mut(&mut self.0).packed = packed;
        }
        number
    }

    /// What a new process gets: open files by number, and numbers it must not inherit.
    pub fn for_child(&self) -> (Vec<(i32, FileRef)>, Vec<i32>) {
        let (mut open, mut closed) = (Vec::new(), Vec::new());
        for (number, slot) in self.0.iter() {
            match slot {
                Slot::Open(file) => open.push((number, file.clone())),
                Slot::Closed => closed.push(number),
            }
        }
        (open, closed)
    }

    /// How many files are open, as far as the table knows.
    pub fn count(&self) -> usize {
        self.0.iter().filter(|(_, slot)| matches!(slot, Slot::Open(_))).count()
    }

    /// The bytes of memory that open files keep, each counted by this table's part.
    pub(crate) fn held_bytes(&self) -> usize {
        let held = |slot: &Slot| match slot {
            Slot::Open(file) => file.held_bytes() / Arc::strong_count(file),
            Slot::Closed => 0,
        };
        self.0.iter().map(|(_, slot)| held(slot)).sum()
    }

    /// Every open file that the table knows.
    pub fn files(&self) -> Vec<FileRef> {
        self.for_child().0.into_iter().map(|(_, file)| file).collect()
    }
}

impl Table {
    fn slot(&self, number: i32) -> Option<&Slot> {
        match usize::try_from(number) {
            Ok(index) if index < self.standard.len() => self.standard[index].as_ref(),
            _ => self.others.get(&number),
        }
    }

    fn put(&mut self, number: i32, slot: Option<Slot>) {
        if !matches!(slot, Some(Slot::Open(_))) && number >= FIRST_PICKED {
            self.packed = self.packed.min(number - FIRST_PICKED);
        }
        match (usize::try_from(number), slot) {
            (Ok(index), slot) if index < self.standard.len() => self.standard[index] = slot,
            (_, Some(slot)) => {
                self.others.insert(number, slot);
            }
            (_, None) => {
                self.others.remove(&number);
            }
        }
    }

    fn iter(&self) -> impl Iterator<Item = (i32, &Slot)> {
        let standard =
            self.standard.iter().enumerate().filter_map(|(at, slot)| Some((at as i32, slot.as_ref()?)));
        standard.chain(self.others.iter().map(|(number, slot)| (*number, slot)))
    }
}
