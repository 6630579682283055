//! A file system in memory as plain data, and back.

use super::{FileClock, MemoryEntry, MemoryFs};
use crate::filesystem::{Content, FilesImage, Time};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What tells the time of changes.
#[derive(Clone)]
pub(super) enum Times {
    /// A clock.
    Clock(FileClock),
    /// Microseconds since 1970, one for each look.
    Ticks(Arc<AtomicU64>),
}

impl Times {
    /// A clock on which each look is a microsecond after the last, from the first day of 2000 on.
    pub(super) fn ticks() -> Times {
        const START: u64 = 946_684_800_000_000;
        Times::Ticks(Arc::new(AtomicU64::new(START)))
    }

    pub(super) fn now(&self) -> Time {
        let now = match self {
            Times::Clock(clock) => clock(),
            Times::Ticks(count) => Duration::from_micros(count.fetch_add(1, Ordering::Relaxed)),
        };
        (now.as_secs() as i64, i64::from(now.subsec_nanos()))
    }

    /// What comes now is later than this, unless a clock says otherwise.
    fn go_on_from(&self, (seconds, nanoseconds): Time) {
        let seconds = u64::try_from(seconds).unwrap_or(0);
        let micros = seconds.saturating_mul(1_000_000).saturating_add(nanoseconds as u64 / 1000);
        if let Times::Ticks(count) = self {
            // Times that somebody has set in a far future must not make the count turn over.
            count.fetch_max(micros.min(u64::MAX / 2) + 1, Ordering::Relaxed);
        }
    }
}

impl MemoryFs {
    /// Everything, files that were never read too: they are fetched.
    pub(in crate::filesystem) fn whole_image(&self) -> io::Result<Vec<MemoryEntry>> {
        let mut entries = self.entries();
        for entry in entries.iter_mut().filter(|entry| entry.content == Content::Unfetched) {
            entry.content = Content::File(Arc::new(self.read_file(&entry.path)?));
        }
        Ok(entries)
    }

    /// Puts entries in place of all that there is. Files that are open live on without names.
    pub(in crate::filesystem) fn replace_all(&self, entries: &[MemoryEntry]) -> io::Result<()> {
        self.remove_all();
        let last = entries.iter().map(|entry| entry.modified.max(entry.accessed)).max();
        last.into_iter().for_each(|last| self.shared.times.go_on_from(last));
        self.restore(entries.iter().cloned())
    }

    /// The image of a file system that is nothing else.
    pub(super) fn to_image(&self) -> io::Result<Option<FilesImage>> {
        self.whole_image().map(|entries| Some(FilesImage::Whole(entries)))
    }
}
