//! The machine itself.
//!
//! A [`RealHost`] comes in two kinds. [`RealHost::embedded`] lives in somebody else's process: it never forks, never
//! changes anything that the process has only one of (working directory, umask, environment, signal dispositions) and
//! waits only for children that it started. [`RealHost::owning_process`] is for a program that *is* the shell.
//!
//! What surprises: a worker thread ([`crate::Processes::run_concurrently`]) blocks nearly all signals, so that a caught
//! signal interrupts the thread that constructed the host and no other; and whoever is told `Interrupted` must take the
//! signal ([`crate::Signals::take_signal`]) before it waits again, or it is told so again at once.

#![allow(unsafe_code, reason = "this is the one place that speaks to the system")]

mod after_fork;
mod bell;
mod beneath;
mod calls;
mod child;
mod clock;
mod document;
mod fifo;
mod file;
mod fork;
mod fs;
mod known_directories;
mod limits;
mod locale;
mod memory_pipe;
mod network;
mod notes;
mod peek;
mod processes;
mod read_line;
mod regex;
mod registry;
mod replace;
mod signals;
mod sigpipe;
mod spawn;
mod start;
mod terminal;
#[cfg(test)]
pub(crate) mod testing;
mod threads;
mod users;
mod world;

pub use bell::{Bell, Hearing};
pub(crate) use bell::{listens_here, rings_here};
pub(crate) use beneath::Beneath;
pub(crate) use calls::errno_text;
pub(crate) use clock::{monotonic, random};
pub(crate) use regex::load_characters;
pub use regex::{PosixRegex, RegexCase, RegexCharset, RegexError, RegexGroups};
pub(crate) use threads::is_worker;
pub use threads::{Attending, attend};

use crate::FileRef;
use file::OsFile;
use notes::Notes;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

/// The machine as a [`crate::Host`].
pub struct RealHost {
    ownership: Ownership,
    notes: Notes,
    umask: OnceLock<u32>,
    inherited: Mutex<HashMap<i32, Weak<OsFile>>>,
}

/// Whose process it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ownership {
    /// Somebody else's: nothing process-wide may change.
    Embedded,
    /// The shell's.
    Process,
}

impl RealHost {
    /// A host inside of a process that belongs to somebody else.
    ///
    /// The process's umask stays in force: a file is created with the session's mode, less what the process's own
    /// umask takes away. New sessions take it over as it was when the first of them was made.
    pub fn embedded() -> RealHost {
        RealHost {
            ownership: Ownership::Embedded,
            notes: Notes::of_session(),
            umask: OnceLock::new(),
            inherited: Mutex::default(),
        }
    }

    /// A host that owns its process. To be called once, on the main thread, before other threads exist.
    ///
    /// Takes over the process's umask and `SIGPIPE`; all else is done when first needed.
    pub fn owning_process() -> RealHost {
        let umask = calls::set_umask(0);
        signals::take_over();
        RealHost {
            ownership: Ownership::Process,
            notes: Notes::of_process(),
            umask: OnceLock::from(umask),
            inherited: Mutex::default(),
        }
    }

    /// The file at an inherited descriptor: always the same one while it is in use, since it may hold text read ahead.
    fn inherited_file(&self, number: i32) -> Option<FileRef> {
        let is_ours = self.ownership == Ownership::Process;
        if !is_ours || !calls::is_inherited(number) || start::was_closed(number) {
            return None;
        }
        let _gate = fork::gate();
        let mut known = self.inherited.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = known.get(&number).and_then(Weak::upgrade) {
            return Some(file);
        }
        let file = Arc::new(OsFile::inherited(number, self.notes.clone(), self.ownership));
        known.insert(number, Arc::downgrade(&file));
        Some(file)
    }

    /// The inherited files in use.
    fn inherited_files(&self) -> Vec<Arc<OsFile>> {
        let _gate = fork::gate();
        let known = self.inherited.lock().unwrap_or_else(PoisonError::into_inner);
        known.values().filter_map(Weak::upgrade).collect()
    }

    /// Gives back what was read ahead from inherited files that a new process sees without being lent them.
    fn settle_inherited(&self) {
        for file in self.inherited_files() {
            crate::OpenFile::settle(&*file);
        }
    }
}

impl Default for RealHost {
    fn default() -> RealHost {
        RealHost::embedded()
    }
}
