//! Long texts: shared by whoever holds a part of them, and changed where they lie by who holds them alone.
//!
//! Removing a prefix again and again (`s=${s#* }`) looks at ever smaller parts of one text instead of copying the rest each
//! time. A part that is less than half of the whole is a copy, so no small text keeps a large one alive.

use super::characters::{Characters, Places};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// A part of a whole text.
#[derive(Clone)]
pub(super) struct Long {
    whole: Arc<Whole>,
    start: u32,
    /// [`OPEN`] for the end of the whole.
    end: u32,
}

const OPEN: u32 = u32::MAX;

struct Whole {
    bytes: Vec<u8>,
    /// Where the characters are, once somebody has asked; `None` where that cannot be told.
    characters: OnceLock<Option<Box<Characters>>>,
}

impl Long {
    pub(super) fn new(bytes: Vec<u8>) -> Long {
        Long { whole: Arc::new(Whole { bytes, characters: OnceLock::new() }), start: 0, end: OPEN }
    }

    #[inline]
    pub(super) fn as_bytes(&self) -> &[u8] {
        self.whole.bytes.get(self.range()).unwrap_or_default()
    }

    #[inline]
    fn range(&self) -> Range<usize> {
        let end = if self.end == OPEN { self.whole.bytes.len() } else { self.end as usize };
        self.start as usize..end
    }

    /// A part of this, shared with it. `None`: it is so small that it is better copied.
    pub(super) fn part(&self, range: Range<usize>) -> Option<Long> {
        let whole = self.whole.bytes.len();
        if range.len() < whole / 2 || whole >= OPEN as usize {
            return None;
        }
        let start = self.start as usize;
        let (start, end) = (u32::try_from(start + range.start).ok()?, u32::try_from(start + range.end).ok()?);
        Some(Long { whole: self.whole.clone(), start, end })
    }

    /// The bytes that the whole takes, divided by those that share it.
    pub(super) fn own_bytes(&self) -> usize {
        const HEADER: usize = 64;
        (self.whole.bytes.capacity() + HEADER) / Arc::strong_count(&self.whole)
    }

    /// Appends `more`: in place if nobody else holds any of it.
    pub(super) fn push(&mut self, more: &[u8]) {
        match self.own() {
            Some(bytes) => bytes.extend_from_slice(more),
            None => {
                let old = self.as_bytes();
                let mut copy = Vec::with_capacity(old.len() + more.len() + 32);
                copy.extend_from_slice(old);
                copy.extend_from_slice(more);
                *self = Long::new(copy);
            }
        }
    }

    /// Changes bytes, but not how many they are.
    pub(super) fn change(&mut self, change: impl FnOnce(&mut [u8])) {
        if self.own().is_none() {
            *self = Long::new(self.as_bytes().to_vec());
        }
        let start = self.start as usize;
        if let Some(bytes) = self.own() {
            change(bytes.get_mut(start..).unwrap_or_default());
        }
    }

    pub(super) fn into_vec(mut self) -> Vec<u8> {
        if self.start == 0
            && let Some(bytes) = self.own()
        {
            return std::mem::take(bytes);
        }
        self.as_bytes().to_vec()
    }

    /// The bytes of the whole, which end where this part does, if nobody else holds any of it.
    fn own(&mut self) -> Option<&mut Vec<u8>> {
        let whole = Arc::get_mut(&mut self.whole)?;
        whole.characters.take();
        if self.end != OPEN {
            whole.bytes.truncate(self.end as usize);
            self.end = OPEN;
        }
        Some(&mut whole.bytes)
    }

    /// Where the characters are.
    pub(super) fn places(&self) -> Option<Places<'_>> {
        let characters =
            self.whole.characters.get_or_init(|| Characters::of(&self.whole.bytes).map(Box::new));
        Some(Places::new(characters.as_deref()?, &self.whole.bytes, self.range()))
    }

    /// The same, if somebody has asked before.
    pub(super) fn known_places(&self) -> Option<Places<'_>> {
        let characters = self.whole.characters.get()?.as_deref()?;
        Some(Places::new(characters, &self.whole.bytes, self.range()))
    }
}
