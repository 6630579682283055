//! A bell: whoever holds it can end the blocking calls of the thread that listens to it.
//!
//! Signals are the affair of a shell's main thread. A shell that lives in somebody else's process runs on many threads,
//! none of which can be signalled, so each of them listens to a bell of its own instead. A bell that was rung goes on
//! ringing, and calls go on ending at once, until it is silenced.

use super::calls;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::os::fd::RawFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering::SeqCst};

/// See the module.
pub struct Bell {
    rings: AtomicBool,
    /// The eventfd that listeners poll, made when the first of them is about to block.
    wake: AtomicI32,
}

thread_local! {
    static HEARD: RefCell<Option<Arc<Bell>>> = const { RefCell::new(None) };
}

/// As long as this lives, the thread listens to a bell.
pub struct Hearing {
    outer: Option<Arc<Bell>>,
    of_this_thread: PhantomData<*const ()>,
}

impl Bell {
    /// Rings, until silenced.
    pub fn ring(&self) {
        self.rings.store(true, SeqCst);
        let wake = self.wake.load(SeqCst);
        if wake >= 0 {
            let _ = calls::write(wake, &1_u64.to_ne_bytes());
        }
    }

    /// Stops ringing.
    pub fn silence(&self) {
        self.rings.store(false, SeqCst);
        let wake = self.wake.load(SeqCst);
        if wake >= 0 {
            let _ = calls::read(wake, &mut [0; 8]);
        }
    }

    /// Whether it rings.
    pub fn rings(&self) -> bool {
        self.rings.load(SeqCst)
    }

    /// From now on this thread's blocking calls end when the bell rings.
    pub fn listen(self: &Arc<Bell>) -> Hearing {
        Hearing { outer: HEARD.replace(Some(Arc::clone(self))), of_this_thread: PhantomData }
    }

    fn wake(&self) -> RawFd {
        let wake = self.wake.load(SeqCst);
        if wake >= 0 {
            return wake;
        }
        // SAFETY: takes no pointers.
        let made = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) };
        if let Err(other) = self.wake.compare_exchange(-1, made, SeqCst, SeqCst) {
            calls::close(made);
            return other;
        }
        if self.rings() {
            self.ring(); // It may have been rung when nobody could poll it yet.
        }
        made
    }
}

impl Default for Bell {
    fn default() -> Bell {
        Bell { rings: AtomicBool::new(false), wake: AtomicI32::new(-1) }
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        let wake = *self.wake.get_mut();
        if wake >= 0 {
            calls::close(wake);
        }
    }
}

impl Drop for Hearing {
    fn drop(&mut self) {
        HEARD.set(self.outer.take());
    }
}

/// The descriptor to poll for the bell of this thread, -1 if it listens to none.
pub(super) fn wake_here() -> RawFd {
    HEARD.with_borrow(|heard| heard.as_ref().map_or(-1, |bell| bell.wake()))
}

/// Whether this thread listens to a bell.
pub(crate) fn listens_here() -> bool {
    HEARD.with_borrow(|heard| heard.is_some())
}

/// Whether the bell of this thread rings.
pub(crate) fn rings_here() -> bool {
    HEARD.with_borrow(|heard| heard.as_ref().is_some_and(|bell| bell.rings()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::real::RealHost;
    use crate::{Clock, Files, Processes};
    use std::sync::mpsc::channel;
    use std::time::{Duration, Instant};

    /// How a blocking call ends whose thread's bell rings while it waits.
    fn ended_by_ringing(
        host: &RealHost,
        call: impl FnOnce() -> std::io::Result<()> + Send + 'static,
    ) -> Result<(), std::io::ErrorKind> {
        let (bell, (sender, receiver)) = (Arc::new(Bell::default()), channel());
        let heard = bell.clone();
        let work = move || {
            let _hearing = heard.listen();
            sender.send(call().map_err(|error| error.kind())).unwrap();
        };
        host.run_concurrently(Box::new(work)).unwrap();
        assert!(receiver.recv_timeout(Duration::from_millis(30)).is_err(), "it waits");
        bell.ring();
        receiver.recv_timeout(Duration::from_secs(5)).expect("it ends")
    }

    #[test]
    fn a_ringing_bell_ends_the_blocking_calls_of_its_listener() {
        let host = RealHost::embedded();
        let (reader, _writer) = host.pipe().unwrap();
        let ended = ended_by_ringing(&host, move || reader.read(&mut [0]).map(drop));
        assert_eq!(ended, Err(std::io::ErrorKind::Interrupted));
    }

    #[test]
    fn a_full_pipe_ends_for_its_writer_when_the_bell_rings() {
        let host = RealHost::embedded();
        let (_reader, writer) = host.pipe().unwrap();
        let ended = ended_by_ringing(&host, move || writer.write_all(&vec![b'x'; 1 << 20]));
        assert_eq!(ended, Err(std::io::ErrorKind::BrokenPipe));
    }

    #[test]
    fn a_silent_bell_disturbs_nobody() {
        let (host, bell) = (RealHost::embedded(), Arc::new(Bell::default()));
        let _hearing = bell.listen();
        bell.ring();
        bell.silence();
        let start = Instant::now();
        assert!(host.sleep(Duration::from_millis(20)));
        assert!(start.elapsed() >= Duration::from_millis(20));
        assert!(!rings_here());
    }
}
