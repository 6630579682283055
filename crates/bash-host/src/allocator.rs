//! Memory for a program that is nothing but a shell.
//!
//! A script can ask for more memory than there is (`ulimit -v`, a string doubled in a loop). Rust's answer is to abort,
//! which looks like a crash and may leave a core file; Bash says so and ends with status 2. [`program!`](crate::program)
//! makes this the allocator; a process that embeds the shell keeps its own.
//!
//! A shell asks for small pieces all the time and gives them back at once. Each thread keeps a few of every size for
//! itself, which is several times as fast as asking the C library. What is more than that goes back to it.
//!
//! Large memory that is asked for at once is in huge pages: whoever fills it would else spend a good part of the time in
//! page faults. What grows to such a size is not, since the kernel would have to take its huge pages apart to move it.

#![allow(unsafe_code, reason = "an allocator hands out memory")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::io::Write;
use std::ptr;

/// The system's allocator behind a small store of pieces, except that the program ends when there is no more memory.
#[derive(Debug)]
pub struct Allocator;

/// The smallest piece, and by how much each size is larger than the one before: what the C library rounds up to anyway.
const SMALLEST: usize = 24;
const GRAIN: usize = 16;
/// So many sizes are kept.
const CLASSES: usize = 16;
/// So many pieces of one size are kept.
const MOST_KEPT: u8 = 64;

/// The pieces of one size that are kept: a chain, in which each piece holds the address of the next.
struct Shelf {
    first: Cell<*mut u8>,
    count: Cell<u8>,
}

thread_local! {
    static SHELVES: [Shelf; CLASSES] =
        const { [const { Shelf { first: Cell::new(ptr::null_mut()), count: Cell::new(0) } }; CLASSES] };
}

/// The shelf for pieces of this layout.
#[inline]
fn class_of(layout: Layout) -> Option<usize> {
    let class = layout.size().saturating_sub(SMALLEST).div_ceil(GRAIN);
    (class < CLASSES && layout.align() <= GRAIN).then_some(class)
}

/// What the system is asked for in place of a layout of this class.
#[inline]
fn layout_of(class: usize) -> Layout {
    // SAFETY: the alignment is a power of two, and the size is far from overflowing.
    unsafe { Layout::from_size_align_unchecked(SMALLEST + class * GRAIN, GRAIN) }
}

#[inline]
fn take(class: usize) -> *mut u8 {
    let kept = SHELVES.with(|shelves| {
        let shelf = &shelves[class];
        let piece = shelf.first.get();
        if !piece.is_null() {
            // SAFETY: a piece on a shelf is free and holds the address of the next one, which `give` wrote.
            shelf.first.set(unsafe { piece.cast::<*mut u8>().read() });
            shelf.count.set(shelf.count.get() - 1);
        }
        piece
    });
    if kept.is_null() { fetch(class) } else { kept }
}

#[cold]
fn fetch(class: usize) -> *mut u8 {
    // SAFETY: the layout has a size.
    unsafe { System.alloc(layout_of(class)) }
}

/// Takes a piece back. It must have come from [`take`] with the same class.
#[inline]
unsafe fn give(class: usize, piece: *mut u8) {
    SHELVES.with(|shelves| {
        let shelf = &shelves[class];
        if shelf.count.get() < MOST_KEPT {
            // SAFETY: the piece is nobody's any more, and has room and alignment for an address.
            unsafe { piece.cast::<*mut u8>().write(shelf.first.get()) };
            shelf.first.set(piece);
            shelf.count.set(shelf.count.get() + 1);
        } else {
            // SAFETY: it was allocated by `fetch` with this layout.
            unsafe { System.dealloc(piece, layout_of(class)) };
        }
    });
}

/// Gives the system back what this thread keeps: it is about to end.
pub(crate) fn clear_shelves() {
    for class in 0..CLASSES {
        let mut piece = SHELVES.with(|shelves| {
            shelves[class].count.set(0);
            shelves[class].first.replace(ptr::null_mut())
        });
        while !piece.is_null() {
            // SAFETY: as in `take` and `give`.
            unsafe {
                let next = piece.cast::<*mut u8>().read();
                System.dealloc(piece, layout_of(class));
                piece = next;
            }
        }
    }
}

/// What is at least so large from the start is kept in huge pages, where the kernel lets a program choose.
const LARGE: usize = 4 * HUGE_PAGE;
const HUGE_PAGE: usize = 2 * 1024 * 1024;

/// Asks for huge pages for large memory. It is no mistake if there are none.
#[inline]
fn in_huge_pages(memory: *mut u8, size: usize) -> *mut u8 {
    if size >= LARGE && !memory.is_null() {
        advise(memory, size);
    }
    memory
}

/// Asks for huge pages for the stack of which so much is left below the caller: a recursion that has gone through a whole stack
/// goes on through the next.
pub fn stack_in_huge_pages(left: usize) {
    let here = 0_u8;
    advise((&raw const here).cast_mut().wrapping_sub(left), left);
}

#[cold]
fn advise(memory: *mut u8, size: usize) {
    #[cfg(target_os = "linux")]
    {
        let before = memory.align_offset(HUGE_PAGE);
        let length = size.saturating_sub(before) / HUGE_PAGE * HUGE_PAGE;
        // SAFETY: the range lies within what was just allocated, or in this thread's stack; advice changes nothing in it.
        unsafe { libc::madvise(memory.wrapping_add(before).cast(), length, libc::MADV_HUGEPAGE) };
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (memory, size);
}

// SAFETY: a piece is handed out once until it comes back; it comes from `System` in a layout that is at least as large
// and as aligned as the one asked for, which follows from the layout alone. All else goes to `System`.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let memory = match class_of(layout) {
            Some(class) => take(class),
            // SAFETY: the caller's promises are those that `System` asks for.
            None => in_huge_pages(unsafe { System.alloc(layout) }, layout.size()),
        };
        granted(memory, layout.size())
    }

    #[inline]
    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        match class_of(layout) {
            // SAFETY: the caller gives the layout that the memory was allocated with.
            Some(class) => unsafe { give(class, memory) },
            // SAFETY: as above.
            None => unsafe { System.dealloc(memory, layout) },
        }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let Some(class) = class_of(layout) else {
            // SAFETY: the caller's promises are those that `System` asks for.
            let memory = in_huge_pages(unsafe { System.alloc_zeroed(layout) }, layout.size());
            return granted(memory, layout.size());
        };
        let memory = granted(take(class), layout.size());
        // SAFETY: the piece is at least as large as the layout.
        unsafe { memory.write_bytes(0, layout.size()) };
        memory
    }

    #[inline]
    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller promises that the size does not overflow with this alignment.
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        match (class_of(layout), class_of(wanted)) {
            (Some(old), Some(new)) if old == new => memory,
            // SAFETY: as above.
            (None, None) => granted(unsafe { System.realloc(memory, layout, size) }, size),
            // SAFETY: both pieces are at least as large as what is copied; the old one is given back as it came.
            _ => unsafe {
                let moved = self.alloc(wanted);
                ptr::copy_nonoverlapping(memory, moved, layout.size().min(size));
                self.dealloc(memory, layout);
                moved
            },
        }
    }
}

#[inline]
fn granted(memory: *mut u8, size: usize) -> *mut u8 {
    if memory.is_null() {
        out_of_memory(size);
    }
    memory
}

/// Says so without asking for memory, and ends the program without running anything more.
#[cold]
fn out_of_memory(size: usize) -> ! {
    let mut text = [0; 80];
    let mut rest = &mut text[..];
    let _ = writeln!(rest, "rbash: xmalloc: cannot allocate {size} bytes");
    let unused = rest.len();
    let message = text.get(..text.len() - unused).unwrap_or_default();
    // SAFETY: the message is as long as said; `_exit` may be called at any time.
    unsafe {
        libc::write(2, message.as_ptr().cast(), message.len());
        libc::_exit(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// More pieces than a shelf holds, of every size around the limits, each with a pattern of its own.
    #[test]
    fn pieces_do_not_overlap_and_keep_what_they_hold_when_they_grow() {
        for size in [1, 8, 23, 24, 25, 40, 41, 100, 263, 264, 265, 5000] {
            let layout = Layout::from_size_align(size, 8).unwrap();
            let grown = Layout::from_size_align(size + 20, 8).unwrap();
            let filled = |number: usize| (number * 7 + size) as u8;
            for _ in 0..2 {
                let pieces: Vec<_> = (0..200)
                    .map(|number| {
                        // SAFETY: the layout has a size; what is written lies within it.
                        unsafe {
                            let piece = Allocator.alloc(layout);
                            piece.write_bytes(filled(number), size);
                            Allocator.realloc(piece, layout, size + 20)
                        }
                    })
                    .collect();
                for (number, piece) in pieces.into_iter().enumerate() {
                    // SAFETY: these bytes were written; the layout is that of the reallocation.
                    unsafe {
                        let bytes = std::slice::from_raw_parts(piece, size);
                        assert!(bytes.iter().all(|byte| *byte == filled(number)));
                        Allocator.dealloc(piece, grown);
                    }
                }
            }
        }
        clear_shelves();
    }

    #[test]
    fn zeroed_pieces_are_zero_though_others_were_not() {
        let layout = Layout::from_size_align(48, 8).unwrap();
        // SAFETY: all accesses are within the layout.
        unsafe {
            let piece = Allocator.alloc(layout);
            piece.write_bytes(0xff, 48);
            Allocator.dealloc(piece, layout);
            let zeroed = Allocator.alloc_zeroed(layout);
            assert_eq!(std::slice::from_raw_parts(zeroed, 48), &[0; 48]);
            Allocator.dealloc(zeroed, layout);
        }
    }
}
