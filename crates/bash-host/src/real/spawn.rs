//! Starting programs, at a cost that does not depend on the size of this process.
//!
//! The child runs in the parent's memory, on a stack of its own, while the calling thread is suspended
//! (`CLONE_VM | CLONE_VFORK`). All signals are blocked meanwhile: a handler must not run in the child.

use super::after_fork::{Move, Plan};
use super::child::{self, OsChild};
use super::file::OsFile;
use super::signals::{self, Dispositions, Mask};
use super::{Ownership, RealHost, calls, limits, start, threads};
use crate::{Child, ChildRef, FileRef, ProcessGroup, SpawnRequest, Wait};
use std::cell::RefCell;
use std::ffi::{CString, c_char, c_int, c_void};
use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::Arc;

impl RealHost {
    pub(super) fn spawn_program(&self, request: &SpawnRequest<'_>) -> io::Result<ChildRef> {
        if self.ownership == Ownership::Process {
            signals::expect_children();
        }
        self.settle_inherited();
        let prepared = Prepared::new(request)?;
        let mut moves = moves(request)?;
        let mut start = Start { plan: prepared.plan(request, &mut moves, self.ownership), errno: 0 };
        let before = Mask::ALL.block();
        start.plan.mask = threads::mask_for_programs(before);
        let result = STACK.with_borrow_mut(|stack| start.clone_on(stack.get()?));
        before.set();
        let (pid, pidfd) = result?;
        let child = match pidfd {
            Some(pidfd) => OsChild::new(pid, child::pidfd_of_clone(pidfd), self.notes.clone()),
            None => OsChild::forked(pid, self.notes.clone()),
        };
        let child = child.in_group(request.group);
        if start.errno == 0 {
            return Ok(Arc::new(child));
        }
        child.wait(Wait::Exit)?;
        Err(calls::errno(start.errno))
    }
}

/// A plan, and how it failed.
struct Start<'a> {
    plan: Plan<'a>,
    errno: c_int,
}

impl Start<'_> {
    /// Makes the child; returns when it has executed the program or ended. Its pid and pidfd; where no descriptor is
    /// left for the latter and the process is ours, the child has to do without.
    fn clone_on(&mut self, stack: *mut c_void) -> io::Result<(i32, Option<RawFd>)> {
        match self.clone_with(stack, libc::CLONE_PIDFD) {
            Err(error) if error.raw_os_error() == Some(libc::EMFILE) && !self.plan.foreign_process => {
                self.clone_with(stack, 0).map(|(pid, _)| (pid, None))
            }
            result => result.map(|(pid, pidfd)| (pid, Some(pidfd))),
        }
    }

    fn clone_with(&mut self, stack: *mut c_void, flag: c_int) -> io::Result<(i32, RawFd)> {
        let mut pidfd: c_int = -1;
        let flags = libc::CLONE_VM | libc::CLONE_VFORK | flag | libc::SIGCHLD;
        let plan = (&raw mut *self).cast();
        // SAFETY: `stack` is the top of a region that nobody else uses before the child is done with it, since the
        // call returns only then; plan and pidfd live as long.
        let pid = unsafe { libc::clone(child_main, stack, flags, plan, &raw mut pidfd) };
        calls::check(pid).map(|pid| (pid, pidfd))
    }
}

extern "C" fn child_main(start: *mut c_void) -> c_int {
    // SAFETY: it is the pointer given to `clone`, and the parent is suspended.
    unsafe {
        let start = &mut *start.cast::<Start<'_>>();
        start.errno = start.plan.carry_out();
        libc::_exit(127)
    }
}

/// What a plan points to.
pub(super) struct Prepared {
    program: CString,
    arguments: Vec<*const c_char>,
    environment: Vec<*const c_char>,
    closed: Vec<RawFd>,
    limits: Vec<(c_int, libc::rlimit)>,
    directory: RawFd,
    terminal: Option<RawFd>,
}

impl Prepared {
    pub(super) fn new(request: &SpawnRequest<'_>) -> io::Result<Prepared> {
        let bad_descriptor = || calls::errno(libc::EBADF);
        let terminal = match request.terminal {
            Some(terminal) => Some(terminal.os_fd().ok_or_else(bad_descriptor)?.as_raw_fd()),
            None => None,
        };
        Ok(Prepared {
            program: CString::new(request.program).map_err(|_| calls::errno(libc::ENOENT))?,
            arguments: pointers(request.arguments),
            environment: pointers(request.environment),
            closed: closed(request),
            limits: limits::for_program(request.limits)?,
            directory: request.directory.os_fd().ok_or_else(bad_descriptor)?.as_raw_fd(),
            terminal,
        })
    }

    pub(super) fn plan<'a>(
        &'a self,
        request: &SpawnRequest<'_>,
        moves: &'a mut [Move],
        ownership: Ownership,
    ) -> Plan<'a> {
        Plan {
            program: self.program.as_ptr(),
            arguments: self.arguments.as_ptr(),
            environment: self.environment.as_ptr(),
            group: match request.group {
                ProcessGroup::Inherit => None,
                ProcessGroup::New => Some(0),
                ProcessGroup::Join(group) => Some(group),
            },
            terminal: self.terminal,
            directory: self.directory,
            above: moves.iter().map(|entry| entry.target + 1).max().unwrap_or(0).max(10),
            moves,
            closed: &self.closed,
            umask: request.umask as libc::mode_t,
            limits: &self.limits,
            dispositions: Dispositions::for_program(request.ignored),
            foreign_process: ownership == Ownership::Embedded,
            mask: Mask::ALL,
        }
    }
}

/// A list of strings as C wants it.
fn pointers(strings: &[CString]) -> Vec<*const c_char> {
    strings.iter().map(|string| string.as_ptr()).chain([std::ptr::null()]).collect()
}

/// What the program must not see though it would inherit it.
fn closed(request: &SpawnRequest<'_>) -> Vec<RawFd> {
    let is_given = |fd: &RawFd| request.descriptors.iter().any(|(number, _)| number == fd);
    let at_start = (0..3).filter(|&fd| start::was_closed(fd));
    request.closed.iter().copied().chain(at_start).filter(|fd| !is_given(fd)).collect()
}

/// Where each descriptor has to go. What was read ahead is given back.
pub(super) fn moves(request: &SpawnRequest<'_>) -> io::Result<Vec<Move>> {
    let mut moves = Vec::with_capacity(request.descriptors.len());
    for (target, file) in request.descriptors {
        file.settle();
        let Some(fd) = file.os_fd() else { return Err(calls::errno(libc::EBADF)) };
        let (source, inherited) = (fd.as_raw_fd(), is_inherited(file));
        moves.push(Move { source, target: *target, in_the_way: false, inherited });
    }
    for index in 0..moves.len() {
        let Move { source, target, .. } = moves[index];
        moves[index].in_the_way = source != target && moves.iter().any(|other| other.target == source);
    }
    Ok(moves)
}

fn is_inherited(file: &FileRef) -> bool {
    file.as_any().and_then(|file| file.downcast_ref::<OsFile>()).is_some_and(OsFile::is_inherited)
}

thread_local! {
    static STACK: RefCell<Stack> = const { RefCell::new(Stack { base: None }) };
}

/// A stack for children, made when first needed and kept for the thread's life. Below it lies a guard.
struct Stack {
    base: Option<*mut c_void>,
}

impl Stack {
    const SIZE: usize = 256 * 1024;
    const GUARD: usize = 64 * 1024;

    /// Its top.
    fn get(&mut self) -> io::Result<*mut c_void> {
        let base = match self.base {
            Some(base) => base,
            None => *self.base.insert(Stack::map()?),
        };
        // SAFETY: the end of the region that was mapped.
        Ok(unsafe { base.byte_add(Stack::SIZE) })
    }

    fn map() -> io::Result<*mut c_void> {
        let access = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE | libc::MAP_STACK;
        // SAFETY: a new region, that nobody else knows of.
        unsafe {
            let base = libc::mmap(std::ptr::null_mut(), Stack::SIZE, access, flags, -1, 0);
            if base == libc::MAP_FAILED {
                return Err(io::Error::last_os_error());
            }
            libc::mprotect(base, Stack::GUARD, libc::PROT_NONE);
            Ok(base)
        }
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        if let Some(base) = self.base {
            // SAFETY: it is our region, and no child uses it.
            unsafe { libc::munmap(base, Stack::SIZE) };
        }
    }
}

#[cfg(test)]
mod tests;
