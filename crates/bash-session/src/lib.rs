//! What a shell remembers. Nothing here runs anything.
//!
//! A [`Session`] is a struct of chapters, each a file named after the chapter of the manual it holds. Two things may
//! happen to a session as a whole: a subshell on the same thread marks it and later rolls it back
//! ([`Session::checkpoint`]), and a concurrent part of a command takes a copy (`clone`). Both are cheap: variables have
//! an undo log and are copied chunk by chunk on write, everything else is shared until it is written to.

mod aliases;
mod calls;
mod completions;
mod decimal;
mod descriptors;
mod directory;
mod fnv;
mod footprint;
mod functions;
mod hash;
mod history;
mod jobs;
pub mod names;
mod options;
mod params;
pub mod readline;
mod session;
mod shopt;
mod signals;
pub mod snapshot;
mod status;
mod text;
mod traps;
pub mod variables;

pub use aliases::Aliases;
pub use calls::{Call, CallKind, Calls};
pub use completions::{CompletionSpec, Completions};
pub use descriptors::{Descriptors, FIRST_PICKED, SavedDescriptor};
pub use directory::WorkingDirectory;
pub use fnv::{Fnv, ShortTextHash};
pub use footprint::tree_bytes;
pub use functions::{Function, FunctionAttributes, Functions};
pub use hash::{HashedCommand, RememberedCommands};
pub use history::{History, HistoryEntry, RecordedCommand};
pub use jobs::{Job, JobControl, JobId, JobProcess, JobState, Jobs, signal_text};
pub use options::{Options, SetOption};
pub use params::{OuterParams, Params};
pub use session::{Checkpoint, PipeStatus, Session};
pub use shopt::{Shopt, ShoptOptions};
pub use signals::{signal_name, signal_named};
pub use status::Status;
pub use text::{Places, Text};
pub use traps::{Trap, TrapAction, TrapCondition, Traps};
pub use variables::{
    AssociativeArray, Attributes, IndexedArray, Lookup, Mark, ScopeKind, Value, Variable, Variables,
};
