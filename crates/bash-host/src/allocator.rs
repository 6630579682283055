//! Memory for a program that is nothing but a shell.
//!
//! A script can ask for more memory than there is (`ulimit -v`, a string doubled in a loop). Rust's answer is to abort,
//! which looks like a crash and may leave a core file; Bash says so and ends with status 2. [`program!`](crate::program)
//! makes this the allocator; a process that embeds the shell keeps its own.

#![allow(unsafe_code, reason = "an allocator hands out memory")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::io::Write;

/// The system's allocator, except that the program ends when there is no more memory.
#[derive(Debug)]
pub struct Allocator;

// SAFETY: every call goes to `System`, which keeps the contract.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are those that `System` asks for.
        granted(unsafe { System.alloc(layout) }, layout.size())
    }

    #[inline]
    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(memory, layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        granted(unsafe { System.alloc_zeroed(layout) }, layout.size())
    }

    #[inline]
    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above.
        granted(unsafe { System.realloc(memory, layout, size) }, size)
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
