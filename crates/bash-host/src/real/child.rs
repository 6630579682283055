//! Children, by pidfd: a child that is not ours is never waited for, and a signal never hits a process that took over
//! the number of one that ended.

use super::calls;
use super::notes::Notes;
use crate::{Child, ChildRef, ProcessGroup, Readiness, Signal, Wait, WaitStatus};
use std::ffi::c_int;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

const P_PIDFD: libc::idtype_t = 3;

/// A child process.
pub(super) struct OsChild {
    pid: i32,
    /// Closed as soon as it has been waited for.
    pidfd: Mutex<Option<Arc<OwnedFd>>>,
    /// There was no descriptor left for a pidfd. Only where the process is ours, so that nobody else can have waited
    /// for the child and its number is still its.
    by_number: bool,
    /// It was started as the leader of a process group.
    leads_group: bool,
    end: OnceLock<WaitStatus>,
    notes: Notes,
}

impl OsChild {
    pub(super) fn new(pid: i32, pidfd: OwnedFd, notes: Notes) -> OsChild {
        OsChild {
            pid,
            pidfd: Mutex::new(Some(Arc::new(pidfd))),
            by_number: false,
            leads_group: false,
            end: OnceLock::new(),
            notes,
        }
    }

    /// The same as the leader of a process group, if it is one.
    pub(super) fn in_group(self, group: ProcessGroup) -> OsChild {
        OsChild { leads_group: group == ProcessGroup::New, ..self }
    }

    /// A child made by `fork(2)`, which gives no pidfd.
    pub(super) fn forked(pid: i32, notes: Notes) -> OsChild {
        // SAFETY: takes no pointers.
        let pidfd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
        match calls::check_fd(pidfd as c_int) {
            Ok(pidfd) => OsChild::new(pid, pidfd, notes),
            Err(_) => {
                let (pidfd, end) = (Mutex::new(None), OnceLock::new());
                OsChild { pid, pidfd, by_number: true, leads_group: false, end, notes }
            }
        }
    }

    fn pidfd(&self) -> Option<Arc<OwnedFd>> {
        self.pidfd.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// `waitid(2)`; an end is remembered.
    fn collect(&self, options: c_int) -> io::Result<Option<WaitStatus>> {
        let pidfd = self.pidfd();
        let status = loop {
            let result = match &pidfd {
                _ if self.end.get().is_some() => return Ok(self.end.get().copied()),
                Some(pidfd) => wait_id(P_PIDFD, pidfd.as_raw_fd() as libc::id_t, options),
                None if self.by_number => wait_id(libc::P_PID, self.pid as libc::id_t, options),
                None => return Ok(Some(self.end_seen_elsewhere())),
            };
            match result {
                Ok(status) => break status,
                Err(error) if calls::interrupted(&error) => {}
                Err(error) if error.raw_os_error() == Some(libc::ECHILD) => {
                    return Ok(Some(self.end_seen_elsewhere()));
                }
                Err(error) => return Err(error),
            }
        };
        if let Some(end @ (WaitStatus::Exited(_) | WaitStatus::Signaled { .. })) = status {
            self.remember(end);
        }
        Ok(status)
    }

    fn remember(&self, end: WaitStatus) {
        let _ = self.end.set(end);
        self.pidfd.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Another thread of ours has just waited for it and is about to note how it ended. If none has, somebody else in
    /// this process stole it, and Bash's status for a child that it knows nothing of has to do.
    fn end_seen_elsewhere(&self) -> WaitStatus {
        for _ in 0..1000 {
            if let Some(end) = self.end.get() {
                return *end;
            }
            std::thread::yield_now();
        }
        self.remember(WaitStatus::Exited(127));
        WaitStatus::Exited(127)
    }

    fn until_signal(&self) -> io::Result<Option<WaitStatus>> {
        loop {
            let readiness = match self.pidfd() {
                Some(pidfd) => self.notes.wait_readable(pidfd.as_raw_fd(), None)?,
                None if self.by_number => self.notes.sleep(Some(Instant::now() + TICK)),
                None => Readiness::Ready,
            };
            if readiness == Readiness::Interrupted {
                return Err(io::ErrorKind::Interrupted.into());
            }
            if let Some(status) = self.collect(libc::WEXITED | libc::WNOHANG)? {
                return Ok(Some(status));
            }
        }
    }
}

impl Child for OsChild {
    fn pid(&self) -> i32 {
        self.pid
    }

    fn wait(&self, how: Wait) -> io::Result<Option<WaitStatus>> {
        match how {
            Wait::Exit => self.collect(libc::WEXITED),
            Wait::ExitOrStop => self.collect(libc::WEXITED | libc::WSTOPPED),
            Wait::UntilSignal => self.until_signal(),
            Wait::Poll => self.collect(libc::WEXITED | libc::WNOHANG),
            Wait::PollStopped => {
                self.collect(libc::WEXITED | libc::WSTOPPED | libc::WCONTINUED | libc::WNOHANG)
            }
        }
    }

    fn kill(&self, signal: Signal) -> io::Result<()> {
        let is_over = self.end.get().is_some();
        let Some(pidfd) = self.pidfd().filter(|_| !is_over) else {
            if is_over || !self.by_number {
                return Err(calls::errno(libc::ESRCH));
            }
            // SAFETY: takes no pointers.
            return calls::check(unsafe { libc::kill(self.pid, signal.number()) }).map(drop);
        };
        let nothing = std::ptr::null::<libc::siginfo_t>();
        // SAFETY: the call allows for no siginfo.
        let result = unsafe {
            libc::syscall(libc::SYS_pidfd_send_signal, pidfd.as_raw_fd(), signal.number(), nothing, 0)
        };
        calls::check(result as c_int).map(drop)
    }

    fn kill_group(&self, signal: Signal) -> io::Result<()> {
        // As long as nobody has waited for the leader, its number is its own, and so is that of the group.
        if !self.leads_group || self.end.get().is_some() || self.pidfd().is_none() {
            return self.kill(signal);
        }
        // SAFETY: takes no pointers.
        calls::check(unsafe { libc::kill(-self.pid, signal.number()) }).map(drop)
    }

    fn poll_fd(&self) -> Option<BorrowedFd<'_>> {
        // SAFETY: it stays open until the child has been waited for. A poll that comes later is woken for nothing at
        // worst: what it tells is always checked with `wait`.
        self.pidfd().map(|pidfd| unsafe { BorrowedFd::borrow_raw(pidfd.as_raw_fd()) })
    }
}

fn wait_id(kind: libc::idtype_t, id: libc::id_t, options: c_int) -> io::Result<Option<WaitStatus>> {
    // SAFETY: all zeros are a valid siginfo, which the call fills in; the fields are those of SIGCHLD.
    let (code, pid, status) = unsafe {
        let mut info: libc::siginfo_t = std::mem::zeroed();
        calls::check(libc::waitid(kind, id, &raw mut info, options))?;
        (info.si_code, info.si_pid(), info.si_status())
    };
    if pid == 0 {
        return Ok(None);
    }
    let signal = Signal::new(status).unwrap_or(Signal::NULL);
    Ok(Some(match code {
        libc::CLD_EXITED => WaitStatus::Exited(status),
        libc::CLD_STOPPED | libc::CLD_TRAPPED => WaitStatus::Stopped(signal),
        libc::CLD_CONTINUED => WaitStatus::Continued,
        _ => WaitStatus::Signaled { signal, core: code == libc::CLD_DUMPED },
    }))
}

/// How often to look at children that have no descriptor to poll.
const TICK: Duration = Duration::from_millis(10);

/// Waits until one of `children` has changed state; none if a signal came first.
pub(super) fn wait_any(children: &[ChildRef], notes: &Notes) -> io::Result<Option<usize>> {
    let nothing = libc::pollfd { fd: -1, events: 0, revents: 0 };
    while !children.is_empty() {
        let mut polls = vec![nothing];
        for (index, child) in children.iter().enumerate() {
            if child.wait(Wait::Poll)?.is_some() {
                return Ok(Some(index));
            }
            let fd = child.poll_fd().map_or(-1, |fd| fd.as_raw_fd());
            polls.push(libc::pollfd { fd, events: libc::POLLIN, revents: 0 });
        }
        let blind = polls[1..].iter().any(|poll| poll.fd < 0);
        let deadline = blind.then(|| Instant::now() + TICK);
        if notes.wait(&mut polls, deadline)? == Readiness::Interrupted {
            return Ok(None);
        }
    }
    Ok(None)
}

/// The pidfd that `clone(2)` has written.
pub(super) fn pidfd_of_clone(fd: c_int) -> OwnedFd {
    // SAFETY: the kernel has just made it for us.
    unsafe { OwnedFd::from_raw_fd(fd) }
}
