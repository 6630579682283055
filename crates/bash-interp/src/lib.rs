//! What a shell does: expand, redirect, execute.
//!
//! Reading order: [`read_eval`] takes one complete command line after the other from the parser; [`exec`] has one file
//! per kind of command and `exec/simple.rs` tells the story of a simple command; [`expand`] shows the stages of word
//! expansion in Bash's order. Nothing lasting is kept here: state is in the session, effects go to the host.

pub mod arith;
mod assign;
pub mod builtin;
mod capture;
mod diagnostic;
pub mod exec;
pub mod expand;
mod flow;
pub mod number;
pub mod pattern;
pub mod strftime;
pub mod regex;
pub mod collate;
mod completion;
pub mod read_eval;
mod options;
mod prompt;
mod redirect;
mod shell;
mod startup;
mod traps;
mod variables;

pub use assign::{ArrayKind, AssignTarget, Elements};
pub use variables::compound_text;
pub use builtin::{Args, Builtin, Class, Entry, Hosted, OptionLetter, OptionReader, Registry};
pub use read_eval::Origin;
pub use capture::Capture;
pub use prompt::Invisible;
pub use flow::{FAILURE, Flow, SUCCESS, Unwind, done};
pub use assign::AssignMode;
pub use exec::{ExecEnvironment, SearchScope};
pub use shell::{Ownership, Shell};
pub use startup::Import;
