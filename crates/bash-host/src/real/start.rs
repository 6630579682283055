//! What a process is started with.
//!
//! Some of it a Rust program can no longer find out in `main`: before that the runtime ignores `SIGPIPE` and opens
//! `/dev/null` where descriptor 0, 1 or 2 is closed. A constructor, run by the loader, looks before it: two system calls.

use std::ffi::{CStr, c_char};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

static PIPE_IGNORED: AtomicBool = AtomicBool::new(false);
static CLOSED: AtomicU8 = AtomicU8::new(0);

#[used]
#[cfg_attr(target_os = "linux", unsafe(link_section = ".init_array"))]
#[cfg_attr(target_os = "macos", unsafe(link_section = "__DATA,__mod_init_func"))]
static LOOK: extern "C" fn() = look;

extern "C" fn look() {
    let mut polls = [0, 1, 2].map(|fd| libc::pollfd { fd, events: 0, revents: 0 });
    // SAFETY: both calls get memory of the right size and type, and touch nothing else.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        libc::sigaction(libc::SIGPIPE, std::ptr::null(), &raw mut action);
        PIPE_IGNORED.store(action.sa_sigaction == libc::SIG_IGN, Ordering::Relaxed);
        libc::poll(polls.as_mut_ptr(), 3, 0);
    }
    let closed = polls.iter().filter(|poll| poll.revents & libc::POLLNVAL != 0);
    CLOSED.store(closed.fold(0, |set, poll| set | 1 << poll.fd), Ordering::Relaxed);
}

/// Whether the process was started with `SIGPIPE` ignored.
pub(super) fn pipe_was_ignored() -> bool {
    PIPE_IGNORED.load(Ordering::Relaxed)
}

/// Whether this descriptor was closed when the process was started, though it may be open now.
pub(super) fn was_closed(number: i32) -> bool {
    (0..3).contains(&number) && CLOSED.load(Ordering::Relaxed) & 1 << number != 0
}

/// Shows each entry of the process's environment that has a name. Only for a process that is the shell's own: nothing in it
/// changes the environment.
pub(super) fn visit_environment(visit: &mut dyn FnMut(&[u8])) {
    unsafe extern "C" {
        static environ: *const *const c_char;
    }
    // SAFETY: the C library's list, which ends with a null pointer, and its strings stay as they are.
    unsafe {
        let mut at = environ;
        while !at.is_null() && !(*at).is_null() {
            let entry = CStr::from_ptr(*at).to_bytes();
            // As the standard library has it: a name is not empty, but may begin with `=`.
            if entry.iter().skip(1).any(|byte| *byte == b'=') {
                visit(entry);
            }
            at = at.add(1);
        }
    }
}
