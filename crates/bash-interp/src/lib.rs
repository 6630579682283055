//! What a shell does: expand, redirect, execute.
//!
//! Reading order: [`read_eval`] takes one complete command line after the other from the parser; [`exec`] has one file
//! per kind of command and `exec/simple.rs` tells the story of a simple command; [`expand`] shows the stages of word
//! expansion in Bash's order. Nothing lasting is kept here: state is in the session, effects go to the host.

pub mod arith;
mod assign;
pub mod builtin;
mod capture;
pub mod collate;
mod compatibility;
mod completion;
mod diagnostic;
mod display_width;
pub mod embedded;
pub mod exec;
pub mod expand;
mod flow;
pub mod gate;
pub mod history;
pub mod limits;
mod locale;
pub mod number;
mod options;
pub mod pattern;
mod prompt;
pub mod read_eval;
mod redirect;
pub mod regex;
mod restore;
mod restricted;
mod shell;
mod startup;
pub mod strftime;
mod terminal;
mod translate;
mod traps;
mod variables;

pub use assign::{ArrayKind, AssignTarget, Elements};
pub use assign::{AssignMode, SubscriptReading, element_name};
pub use builtin::{
    Args, Builtin, Class, Entry, Hosted, HostedCommand, OptionLetter, OptionReader, Registry, Resolver,
    Written, help_text,
};
pub(crate) use capture::Capture;
pub use exec::{ExecEnvironment, SearchScope};
pub use flow::{FAILURE, Flow, SUCCESS, Unwind, done};
pub use prompt::Invisible;
pub use read_eval::Origin;
pub use shell::{Ownership, Shell};
pub use startup::{Defaults, Import};
pub use variables::compound_text;
