//! The pool of worker threads.
//!
//! A thread is made when none is idle; some stay for a while when they have nothing to do. Their stacks are large, for
//! deep recursion, and cost nothing until they are used.

use super::fork;
use super::signals::{self, Mask};
use std::cell::Cell;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Barrier, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// What a worker does.
type Work = Box<dyn FnOnce() + Send>;

/// Stack sizes to try, best first: address space may be scarce.
const STACKS: [usize; 3] = [64 << 20, 8 << 20, 1 << 20];
/// So many may be idle.
const MOST_IDLE: usize = 16;
/// For so long.
const PATIENCE: Duration = Duration::from_secs(5);

static IDLE: Mutex<Vec<Arc<Desk>>> = Mutex::new(Vec::new());
/// All workers, and which of them are about to end.
static THREADS: Mutex<Vec<thread::JoinHandle<()>>> = Mutex::new(Vec::new());
static LEAVING: Mutex<Vec<thread::ThreadId>> = Mutex::new(Vec::new());

/// Where an idle worker waits for work.
#[derive(Default)]
struct Desk {
    work: Mutex<Option<Work>>,
    bell: Condvar,
}

thread_local! {
    /// In a worker: the signal mask of those who are not workers.
    static MASK_OUTSIDE: Cell<Option<Mask>> = const { Cell::new(None) };
    /// In a worker: it runs a whole shell of its own, which has to be told of its signals.
    static ATTENDS: Cell<bool> = const { Cell::new(false) };
}

/// As long as this lives, the thread is the main thread of an embedded shell, even if it is a worker.
pub struct Attending {
    before: bool,
    of_this_thread: std::marker::PhantomData<*const ()>,
}

/// Makes this thread the main thread of an embedded shell for a while.
pub fn attend() -> Attending {
    Attending { before: ATTENDS.replace(true), of_this_thread: std::marker::PhantomData }
}

impl Drop for Attending {
    fn drop(&mut self) {
        ATTENDS.set(self.before);
    }
}

/// Runs `work` on a worker thread.
pub(super) fn run(work: Work) -> io::Result<()> {
    let idle = {
        let _gate = fork::gate();
        idle().pop()
    };
    match idle {
        Some(desk) => {
            *lock(&desk.work) = Some(work);
            desk.bell.notify_one();
            Ok(())
        }
        None => hire(work),
    }
}

/// Whether this is a worker thread, which is told of no signals.
pub(crate) fn is_worker() -> bool {
    MASK_OUTSIDE.get().is_some() && !ATTENDS.get()
}

/// The signal mask for a program that this thread starts, given the thread's own.
pub(super) fn mask_for_programs(own: Mask) -> Mask {
    MASK_OUTSIDE.get().unwrap_or(own)
}

/// In a forked child there are no other threads, and this is no worker.
pub(super) fn after_fork() {
    idle().clear();
    lock(&THREADS).drain(..).for_each(std::mem::forget); // To detach them would be to touch what is not there.
    MASK_OUTSIDE.set(None);
}

fn hire(work: Work) -> io::Result<()> {
    forget_the_gone();
    let place = Arc::new(Mutex::new(Some(work)));
    // Blocked before the thread exists: it inherits that, and there is no instant at which it could be interrupted.
    let before = signals::blocked_by_workers().block();
    let outside = mask_for_programs(before);
    let mut result = Err(io::ErrorKind::OutOfMemory.into());
    let gate = fork::gate(); // Until it runs: the libraries hold locks meanwhile, which a fork would not free.
    for size in STACKS {
        let (place, started) = (Arc::clone(&place), Arc::new(Barrier::new(2)));
        let in_worker = Arc::clone(&started);
        let worker = move || {
            in_worker.wait();
            work_on(&place, outside);
        };
        result = thread::Builder::new().stack_size(size).spawn(worker).map(|thread| {
            started.wait();
            lock(&THREADS).push(thread);
        });
        if result.is_ok() {
            break;
        }
    }
    drop(gate);
    before.set();
    result
}

/// Forgets threads that have ended.
fn forget_the_gone() {
    let _gate = fork::gate();
    let mut threads = lock(&THREADS);
    let mut leaving = lock(&LEAVING);
    let gone =
        |thread: &thread::JoinHandle<()>| thread.is_finished() && leaving.contains(&thread.thread().id());
    let (ended, staying): (Vec<_>, Vec<_>) = threads.drain(..).partition(gone);
    leaving.retain(|id| ended.iter().all(|thread| thread.thread().id() != *id));
    *threads = staying;
    ended.into_iter().for_each(|thread| drop(thread.join()));
}

/// Waits for threads that are about to end, as they hold locks of the libraries meanwhile. The gate must be closed, so
/// that no worker decides to go now.
pub(super) fn see_off_the_leaving() {
    let leaving = std::mem::take(&mut *lock(&LEAVING));
    let mut threads = lock(&THREADS);
    let (ending, staying) = threads.drain(..).partition(|thread| leaving.contains(&thread.thread().id()));
    *threads = staying;
    let ending: Vec<thread::JoinHandle<()>> = ending;
    drop(threads);
    ending.into_iter().for_each(|thread| drop(thread.join()));
}

fn work_on(first: &Mutex<Option<Work>>, outside: Mask) {
    MASK_OUTSIDE.set(Some(outside));
    let desk = Arc::new(Desk::default());
    let mut next = lock(first).take();
    while let Some(work) = next {
        // A panic has been reported by its hook; the thread is as good as before.
        let _ = panic::catch_unwind(AssertUnwindSafe(work));
        next = wait_for_work(&desk);
    }
    crate::allocator::clear_shelves();
}

/// The next thing to do; none when it is time to go.
fn wait_for_work(desk: &Arc<Desk>) -> Option<Work> {
    {
        let _gate = fork::gate();
        let mut idle = idle();
        if idle.len() >= MOST_IDLE {
            lock(&LEAVING).push(thread::current().id());
            return None;
        }
        idle.push(Arc::clone(desk));
    }
    let mut work = lock(&desk.work);
    while work.is_none() {
        let (guard, time) = desk.bell.wait_timeout(work, PATIENCE).unwrap_or_else(PoisonError::into_inner);
        work = guard;
        if time.timed_out() && work.is_none() {
            drop(work);
            if leave(desk) {
                return None;
            }
            work = lock(&desk.work);
        }
    }
    work.take()
}

/// Takes a desk away, unless somebody is about to bring work to it.
fn leave(desk: &Arc<Desk>) -> bool {
    let _gate = fork::gate();
    let mut idle = idle();
    let Some(place) = idle.iter().position(|other| Arc::ptr_eq(other, desk)) else { return false };
    idle.remove(place);
    lock(&LEAVING).push(thread::current().id());
    true
}

fn idle() -> MutexGuard<'static, Vec<Arc<Desk>>> {
    lock(&IDLE)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::{is_worker, run};
    use std::sync::mpsc::channel;

    /// The thread that did some work.
    fn worker() -> std::thread::ThreadId {
        let (sender, receiver) = channel();
        run(Box::new(move || sender.send(std::thread::current().id()).unwrap())).unwrap();
        receiver.recv().unwrap()
    }

    #[test]
    fn threads_are_used_again() {
        let _alone = crate::real::testing::alone();
        let mut threads: Vec<_> = (0..50).map(|_| worker()).collect();
        threads.sort_by_key(|id| format!("{id:?}"));
        threads.dedup();
        assert!(threads.len() < 25, "{} threads", threads.len());
    }

    #[test]
    fn a_panic_spoils_nothing() {
        let (sender, receiver) = channel::<()>();
        run(Box::new(move || {
            let _dropped_by_the_panic = sender;
            panic!("a panic that belongs to the test");
        }))
        .unwrap();
        assert!(receiver.recv().is_err());
        assert_ne!(worker(), std::thread::current().id());
        assert!(!is_worker());
    }

    #[test]
    fn all_work_runs_at_once() {
        let barrier = std::sync::Arc::new(std::sync::Barrier::new(41));
        for _ in 0..40 {
            let barrier = barrier.clone();
            run(Box::new(move || {
                barrier.wait();
            }))
            .unwrap();
        }
        barrier.wait();
    }
}
