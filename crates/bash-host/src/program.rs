//! The entry of a program that is nothing but a shell.
//!
//! A start of a shell is mostly the loader's and the runtime's work. Rust's own runtime looks for the stack's bounds in
//! `/proc/self/maps`, sets up an alternate signal stack and changes SIGPIPE, none of which a shell wants; and a shared
//! unwinder is one more library to load. [`program!`](crate::program) makes a `main` without them.

/// Makes `main` of a binary out of a function `fn() -> !`. The binary has `#![no_main]`.
///
/// With the cfg `static_unwinder` (set by the binary's build script where the compiler has the archive), the unwinder is
/// linked statically.
#[macro_export]
macro_rules! program {
    ($run:path) => {
        // SAFETY: the C runtime calls `main`, and nothing else has this name in a binary with `no_main`.
        #[unsafe(no_mangle)]
        extern "C" fn main(_: i32, _: *const *const u8) -> i32 {
            $run()
        }

        #[global_allocator]
        static ALLOCATOR: $crate::Allocator = $crate::Allocator;

        #[cfg(static_unwinder)]
        // SAFETY: declares no function; the archive holds the same unwinder as the shared library.
        #[link(name = "gcc_eh", kind = "static", modifiers = "-bundle")]
        unsafe extern "C" {}
    };
}
