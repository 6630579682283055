//! The world outside a shell: files, processes, signals, the terminal, the clock, the user database.
//!
//! Everything a shell does to the world goes through a [`Host`]: a bundle of small facets, each a trait in a file of its
//! own. [`real::RealHost`] is the machine itself; [`sandbox::SandboxHost`] is a world of what it was given, with file
//! systems of [`filesystem`]. The crate knows nothing of Bash, and it alone uses `libc`, `nix`,
//! `unsafe`, `std::fs`, `std::process` and `std::env`.

mod allocator;
mod clock;
mod error;
mod fd;
pub mod filesystem;
mod fs;
mod locale;
mod pipe;
mod process;
mod program;
pub mod real;
pub mod sandbox;
mod signal;
mod terminal;
#[cfg(test)]
mod testing;
mod users;
mod waits;
mod whole;
mod world;

pub use allocator::{Allocator, stack_in_huge_pages};
pub use clock::{Clock, CpuTimes, Instant};
pub use error::errno_text;
pub use fd::{Delimited, FileRef, Line, OpenFile, Readiness};
pub use fs::{
    Access, ConnectError, DirRef, Directory, Entry, FileKind, Files, Metadata, OpenHow, Protocol,
    read_at_most, read_to_end,
};
pub use locale::{Locale, Locales};
pub use process::{
    Child, ChildRef, Forked, Limit, ProcessGroup, Processes, Resource, SpawnRequest, Wait, WaitStatus,
};
pub use real::{Attending, Bell, Hearing, attend};
pub use signal::{Disposition, Signal, SignalSet, Signals};
pub use terminal::{Terminal, TerminalMode};
pub use users::{Ids, Users};
pub use whole::read_rest;
pub use world::World;

/// The whole world, as the sum of its facets.
pub trait Host:
    Files + Processes + Signals + Terminal + Clock + Users + Locales + World + Send + Sync
{
}

impl<T: Files + Processes + Signals + Terminal + Clock + Users + Locales + World + Send + Sync> Host for T {}
