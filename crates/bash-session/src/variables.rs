//! Variables: one cell per name, scopes by pushing the old cell aside, subshells by an undo log.
//!
//! A name's number indexes a table of cells, so that a look-up is an index. A function's `local x` moves the cell of
//! `x` to a list and puts a fresh one in its place (shallow binding); leaving the function moves it back. A subshell
//! on the same thread takes a [`Mark`]; from then on the first write to each cell saves the cell's old content, and
//! [`Variables::roll_back`] restores what was saved. The table is divided into chunks that clones share until one
//! side writes, so a copy for a concurrent part of a command costs a pointer per chunk.

mod associative;
mod attributes;
mod exported;
mod footprint;
mod indexed;
mod scope;
mod undo;
mod value;

pub use associative::AssociativeArray;
pub use attributes::Attributes;
pub use indexed::IndexedArray;
pub use scope::ScopeKind;
pub use undo::Mark;
pub use value::{Value, Variable};

use bash_parser::Name;
use exported::Exported;
use scope::Scopes;
use std::sync::Arc;
use undo::UndoLog;

const CHUNK: usize = 32;

#[derive(Clone)]
struct Chunk([Variable; CHUNK]);

/// A place for a chunk.
#[derive(Default)]
enum Place {
    /// Nothing has used it.
    #[default]
    Empty,
    /// A chunk that nobody else sees: to be written to without asking.
    Own(Box<Chunk>),
    /// A chunk that copies of the table may see.
    Shared(Arc<Chunk>),
}

/// All variables of a shell.
#[derive(Clone, Default)]
pub struct Variables {
    chunks: Vec<Place>,
    scopes: Scopes,
    undo: UndoLog,
    /// Every name that was ever exported, and a number that changes whenever what children would see may have.
    exported: Arc<Exported>,
    environment_version: u64,
    last_version: u64,
}

/// Where following name references led.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// To this variable (or to nothing yet).
    Plain(Name),
    /// To an element: the variable and the text of its subscript.
    Element(Name, Vec<u8>),
    /// To a name reference that has no target yet.
    Unbound(Name),
    /// To a text that is no valid name.
    Invalid(Name, Vec<u8>),
    /// Round in a circle.
    Circular(Name),
}

impl Variables {
    /// The cell of `name`, if it is declared (it may still be unset).
    #[inline]
    pub fn get(&self, name: Name) -> Option<&Variable> {
        let index = name.index();
        let variable = &self.chunks.get(index / CHUNK)?.chunk()?.0[index % CHUNK];
        variable.is_declared().then_some(variable)
    }

    /// The cell of `name`, to write to. Declares nothing by itself.
    #[inline]
    pub fn cell(&mut self, name: Name) -> &mut Variable {
        let index = name.index();
        if index / CHUNK >= self.chunks.len() {
            self.chunks.resize_with(index / CHUNK + 1, Place::default);
        }
        let variable = &mut self.chunks[index / CHUNK].own().0[index % CHUNK];
        if variable.stamp < self.undo.depth() {
            self.undo.save(name, variable);
        }
        if variable.attributes.contains(Attributes::EXPORT) {
            self.last_version += 1;
            self.environment_version = self.last_version;
        }
        variable
    }

    /// Sets a plain value, declaring the variable. Attributes have no say here.
    pub fn set(&mut self, name: Name, value: impl Into<Value>) {
        let cell = self.cell(name);
        cell.value = value.into();
        cell.attributes |= Attributes::DECLARED;
    }

    /// Forgets a variable altogether, but for its being watched.
    pub fn remove(&mut self, name: Name) {
        let cell = self.cell(name);
        let (stamp, attributes) = (cell.stamp, cell.attributes & Attributes::WATCHED);
        *cell = Variable { stamp, attributes, ..Variable::default() };
    }

    /// Changes attributes: adds `on`, then takes `off` away. Declares the variable.
    pub fn change_attributes(&mut self, name: Name, on: Attributes, off: Attributes) {
        let cell = self.cell(name);
        cell.attributes |= on | Attributes::DECLARED;
        cell.attributes -= off;
        if (on | off).contains(Attributes::EXPORT) {
            self.environment_changes();
            if !self.exported.contains(name) {
                Arc::make_mut(&mut self.exported).push(name);
            }
        }
    }

    /// Every declared variable, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (Name, &Variable)> {
        self.chunks.iter().enumerate().flat_map(|(number, chunk)| {
            let cells = chunk.chunk().map(|chunk| chunk.0.iter()).into_iter().flatten();
            cells
                .enumerate()
                .filter(|(_, cell)| cell.is_declared())
                .filter_map(move |(offset, cell)| Some((Name::with_index(number * CHUNK + offset)?, cell)))
        })
    }

    /// The exported variables that have a value, in the order in which they were first exported.
    pub fn exported(&self) -> impl Iterator<Item = (Name, &Variable)> {
        self.exported.iter().filter_map(|name| {
            let is_given =
                |cell: &&Variable| cell.attributes.contains(Attributes::EXPORT) && cell.value != Value::Unset;
            // Locals that are not exported, or have no value, do not keep an outer variable from the programs.
            let cell =
                self.get(*name).filter(is_given).or_else(|| self.hidden_cells(*name).find(is_given))?;
            Some((*name, cell))
        })
    }

    /// The names that were ever exported, in the order in which they first were.
    pub(crate) fn ever_exported(&self) -> impl Iterator<Item = Name> {
        self.exported.iter().copied()
    }

    /// Makes these the names that were ever exported.
    pub(crate) fn begin_exports(&mut self, names: impl Iterator<Item = Name>) {
        let mut exported = Exported::default();
        for name in names {
            if !exported.contains(name) {
                exported.push(name);
            }
        }
        self.exported = Arc::new(exported);
        self.environment_changes();
    }

    /// Changes whenever [`Variables::exported`] may give something else.
    pub fn environment_version(&self) -> u64 {
        self.environment_version
    }

    fn environment_changes(&mut self) {
        self.last_version += 1;
        self.environment_version = self.last_version;
    }

    /// Follows name references from `name` to what they refer to.
    pub fn resolve(&self, name: Name) -> Lookup {
        let mut at = name;
        for _ in 0..8 {
            let Some(cell) = self.get(at) else { return Lookup::Plain(at) };
            if !cell.attributes.contains(Attributes::NAMEREF) {
                return Lookup::Plain(at);
            }
            let Some(target) = cell.value.text() else { return Lookup::Unbound(at) };
            match target.iter().position(|byte| *byte == b'[') {
                Some(open) if target.ends_with(b"]") => {
                    return match Name::from_bytes(&target[..open]) {
                        Some(array) => Lookup::Element(array, target[open + 1..target.len() - 1].to_vec()),
                        None => Lookup::Invalid(at, target.to_vec()),
                    };
                }
                _ => match Name::from_bytes(&target) {
                    Some(next) => at = next,
                    None => return Lookup::Invalid(at, target.to_vec()),
                },
            }
        }
        Lookup::Circular(name)
    }
}

impl Variables {
    /// Before a copy is made: what both have in common is shared until one side writes to it.
    pub fn share(&mut self) {
        self.chunks.iter_mut().for_each(Place::share);
    }
}

impl Chunk {
    fn empty() -> Box<Chunk> {
        Box::new(Chunk(std::array::from_fn(|_| Variable::default())))
    }
}

impl Place {
    #[inline]
    fn chunk(&self) -> Option<&Chunk> {
        match self {
            Place::Empty => None,
            Place::Own(chunk) => Some(chunk),
            Place::Shared(chunk) => Some(chunk),
        }
    }

    /// The chunk, to write to.
    #[inline]
    fn own(&mut self) -> &mut Chunk {
        if !matches!(self, Place::Own(_)) {
            self.make_own();
        }
        match self {
            Place::Own(chunk) => chunk,
            Place::Empty | Place::Shared(_) => unreachable!("just made its own"),
        }
    }

    #[cold]
    fn make_own(&mut self) {
        *self = Place::Own(match std::mem::take(self) {
            Place::Empty => Chunk::empty(),
            Place::Own(chunk) => chunk,
            Place::Shared(chunk) => Box::new(Arc::unwrap_or_clone(chunk)),
        });
    }

    fn share(&mut self) {
        if let Place::Own(_) = self
            && let Place::Own(chunk) = std::mem::take(self)
        {
            *self = Place::Shared(Arc::from(chunk));
        }
    }
}

impl Clone for Place {
    fn clone(&self) -> Place {
        match self {
            Place::Empty => Place::Empty,
            Place::Own(chunk) => Place::Own(chunk.clone()),
            Place::Shared(chunk) => Place::Shared(chunk.clone()),
        }
    }
}
