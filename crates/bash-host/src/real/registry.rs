//! Which descriptors belong to open files of the shell, by a tag that no two files share.
//!
//! After a fork the child closes those that it does not keep, though objects that refer to them may live on. Such an
//! object finds another tag (or none) at its number, and so neither uses nor closes a descriptor that is no longer its.

use super::calls;
use std::os::fd::RawFd;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

/// Descriptors above are not watched; a forked child leaves them open.
const WATCHED: usize = 1 << 16;

static TAGS: [AtomicU32; WATCHED] = [const { AtomicU32::new(0) }; WATCHED];
static NEXT: AtomicU32 = AtomicU32::new(1);
static HIGHEST: AtomicUsize = AtomicUsize::new(0);

/// Notes an open file's descriptor; its tag, never 0.
pub(super) fn enter(fd: RawFd) -> u32 {
    let tag = NEXT.fetch_add(1, Ordering::Relaxed).max(1);
    if let Some(slot) = slot(fd) {
        slot.store(tag, Ordering::Release);
        HIGHEST.fetch_max(fd as usize, Ordering::AcqRel);
    }
    tag
}

/// Whether the descriptor still belongs to the file with this tag.
pub(super) fn holds(fd: RawFd, tag: u32) -> bool {
    slot(fd).is_none_or(|slot| slot.load(Ordering::Acquire) == tag)
}

/// Forgets a descriptor, if it still belongs to the file with this tag.
pub(super) fn leave(fd: RawFd, tag: u32) -> bool {
    slot(fd).is_none_or(|slot| slot.compare_exchange(tag, 0, Ordering::AcqRel, Ordering::Relaxed).is_ok())
}

/// Closes every file's descriptor that is not in `keep`.
pub(super) fn close_all_but(keep: &[RawFd]) {
    let used = HIGHEST.load(Ordering::Acquire) + 1;
    for (fd, tag) in TAGS.iter().enumerate().take(used) {
        if tag.load(Ordering::Relaxed) != 0 && !keep.contains(&(fd as RawFd)) {
            tag.store(0, Ordering::Release);
            calls::close(fd as RawFd);
        }
    }
}

fn slot(fd: RawFd) -> Option<&'static AtomicU32> {
    TAGS.get(usize::try_from(fd).ok()?)
}
