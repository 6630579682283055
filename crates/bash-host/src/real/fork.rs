//! Copies of the process, only where it is the shell's own.
//!
//! The child has one thread. Whatever another thread held locked at that moment stays locked, so the host's own locks
//! are taken only inside of a *gate* that a fork closes first, and the locks of files that the child keeps are taken by
//! the forking thread. The C library takes care of its memory allocator. The child closes all open files of the shell that
//! it does not keep: else the pipes of others would never come to an end.

use super::child::OsChild;
use super::file::{OsFile, ReadAhead};
use super::signals::{self, Mask};
use super::{RealHost, calls, registry, threads};
use crate::{FileRef, Forked};
use std::io;
use std::os::fd::RawFd;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

static GATE: RwLock<()> = RwLock::new(());
static GENERATION: AtomicU32 = AtomicU32::new(0);

/// Keeps forks from happening while it is held. Never to be held while something blocks, nor twice by one thread.
pub(super) fn gate() -> RwLockReadGuard<'static, ()> {
    GATE.read().unwrap_or_else(PoisonError::into_inner)
}

/// How many forks led to this process.
pub(super) fn generation() -> u32 {
    GENERATION.load(Ordering::Relaxed)
}

impl RealHost {
    pub(super) fn fork_process(&self, keep: &[FileRef]) -> io::Result<Forked> {
        signals::expect_children();
        let inherited = self.inherited_files();
        let kept = keep.iter().filter_map(|file| file.as_any()?.downcast_ref::<OsFile>());
        let files: Vec<&OsFile> = kept.chain(inherited.iter().map(Arc::as_ref)).collect();
        let descriptors: Vec<RawFd> = files.iter().filter_map(|file| file.live().ok()).collect();

        let closed_gate = GATE.write().unwrap_or_else(PoisonError::into_inner);
        threads::see_off_the_leaving();
        let locks = lock_all(&files);
        let before = Mask::ALL.block();
        // SAFETY: the child goes on with this thread alone; see the head of this file.
        let result = calls::check(unsafe { libc::fork() });
        if matches!(result, Ok(0)) {
            become_child(&descriptors, before);
        } else {
            before.set();
        }
        drop(locks);
        drop(closed_gate);
        match result? {
            0 => Ok(Forked::Child),
            pid => Ok(Forked::Parent(Arc::new(OsChild::forked(pid, self.notes.clone())))),
        }
    }
}

/// Locks every file, each once, with nothing read ahead.
fn lock_all<'a>(files: &[&'a OsFile]) -> Vec<MutexGuard<'a, ReadAhead>> {
    let mut distinct: Vec<&OsFile> = Vec::with_capacity(files.len());
    for file in files {
        if !distinct.iter().any(|other| Arc::ptr_eq(&other.shared, &file.shared)) {
            distinct.push(file);
        }
    }
    let lock = |file: &&'a OsFile| {
        file.kind(); // Or another thread may be about to find out.
        let mut ahead = file.ahead();
        file.give_back(&mut ahead);
        ahead
    };
    distinct.iter().map(lock).collect()
}

fn become_child(keep: &[RawFd], mask: Mask) {
    GENERATION.fetch_add(1, Ordering::Relaxed);
    registry::close_all_but(keep);
    let mask = threads::mask_for_programs(mask);
    threads::after_fork();
    signals::after_fork();
    mask.set();
}

#[cfg(test)]
mod tests;
