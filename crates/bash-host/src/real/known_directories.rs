//! The directories that embedded sessions work in: those in the same place share one handle, so that ten thousand
//! sessions need not ten thousand descriptors.

use super::calls;
use super::fs::OsDirectory;
use std::collections::BTreeMap;
use std::io;
use std::os::fd::RawFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// Device and number of a directory. As long as it is held, no other one has them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Identity(u64, u64);

static KNOWN: Mutex<BTreeMap<Identity, Weak<OsDirectory>>> = Mutex::new(BTreeMap::new());

/// Entries of directories that nobody holds any more are looked for when there are so many, and again when there are twice
/// as many.
const MANY: usize = 64;

impl Identity {
    /// That of an open directory.
    pub(super) fn of(fd: RawFd) -> io::Result<Identity> {
        let status = calls::status_of(fd)?;
        Ok(Identity(status.st_dev, status.st_ino))
    }

    /// That of a directory found by its path.
    pub(super) fn at(device: u64, number: u64) -> Identity {
        Identity(device, number)
    }
}

/// The handle that others have of a directory, if there is one.
pub(super) fn known(identity: Identity) -> Option<Arc<OsDirectory>> {
    lock().get(&identity)?.upgrade()
}

/// Lets others have this handle, too.
pub(super) fn remember(identity: Identity, directory: &Arc<OsDirectory>) {
    let mut known = lock();
    if known.len() >= MANY && known.len().is_power_of_two() {
        known.retain(|_, directory| directory.strong_count() > 0);
    }
    known.insert(identity, Arc::downgrade(directory));
}

fn lock() -> MutexGuard<'static, BTreeMap<Identity, Weak<OsDirectory>>> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}
