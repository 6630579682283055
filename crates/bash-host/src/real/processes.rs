//! The process facet: which way to go, by whose process it is.

use super::{Ownership, RealHost, calls, child, limits, signals, start, threads};
use crate::{ChildRef, FileRef, Forked, Limit, Processes, Resource, Signal, SpawnRequest};
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::sync::atomic::{AtomicI32, Ordering};

impl Processes for RealHost {
    fn spawn(&self, request: &SpawnRequest<'_>) -> io::Result<ChildRef> {
        self.spawn_program(request)
    }

    fn replace(&self, request: &SpawnRequest<'_>) -> io::Error {
        if self.owns_process() { self.replace_process(request) } else { io::ErrorKind::Unsupported.into() }
    }

    fn owns_process(&self) -> bool {
        self.ownership == Ownership::Process
    }

    fn fork(&self, keep: &[FileRef]) -> io::Result<Forked> {
        if self.owns_process() { self.fork_process(keep) } else { Err(io::ErrorKind::Unsupported.into()) }
    }

    fn exit(&self, status: i32) -> ! {
        self.settle_inherited();
        // SAFETY: takes no pointers.
        unsafe { libc::_exit(status) }
    }

    fn die_by(&self, signal: Signal) -> ! {
        self.settle_inherited();
        signals::die_by(signal)
    }

    fn run_concurrently(&self, work: Box<dyn FnOnce() + Send>) -> io::Result<()> {
        threads::run(work)
    }

    fn wait_any(&self, children: &[ChildRef]) -> io::Result<Option<usize>> {
        child::wait_any(children, &self.notes)
    }

    fn kill(&self, pid: i32, signal: Signal) -> io::Result<()> {
        if self.owns_process() && pid == self.pid() && signals::acts_on_itself(signal) {
            signals::die_by(signal);
        }
        // SAFETY: takes no pointers.
        calls::check(unsafe { libc::kill(pid, signal.number()) }).map(drop)
    }

    fn new_pid(&self) -> i32 {
        const ABOVE_ALL_PROCESSES: i32 = 0x4000_0000;
        static NEXT: AtomicI32 = AtomicI32::new(0);
        ABOVE_ALL_PROCESSES | (NEXT.fetch_add(1, Ordering::Relaxed) & (ABOVE_ALL_PROCESSES - 1))
    }

    fn pid(&self) -> i32 {
        // SAFETY: takes no pointers, cannot fail.
        unsafe { libc::getpid() }
    }

    fn parent_pid(&self) -> i32 {
        // SAFETY: takes no pointers, cannot fail.
        unsafe { libc::getppid() }
    }

    fn process_group(&self) -> i32 {
        // SAFETY: takes no pointers, cannot fail.
        unsafe { libc::getpgrp() }
    }

    fn set_process_group(&self, pid: i32, group: i32) -> io::Result<()> {
        // SAFETY: takes no pointers.
        calls::check(unsafe { libc::setpgid(pid, group) }).map(drop)
    }

    fn limit(&self, resource: Resource) -> io::Result<Limit> {
        limits::get(resource)
    }

    fn set_limit(&self, resource: Resource, limit: Limit) -> io::Result<()> {
        if self.owns_process() {
            limits::set(resource, limit)
        } else {
            Err(io::ErrorKind::Unsupported.into())
        }
    }

    fn visit_environment(&self, visit: &mut dyn FnMut(&[u8])) {
        match self.ownership {
            Ownership::Process => start::visit_environment(visit),
            Ownership::Embedded => self.environment().iter().for_each(|entry| visit(entry)),
        }
    }

    fn environment(&self) -> Vec<Vec<u8>> {
        let entry = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            let mut entry = name.into_vec();
            entry.push(b'=');
            entry.extend(value.into_vec());
            entry
        };
        std::env::vars_os().map(entry).collect()
    }

    fn program_path(&self) -> Option<Vec<u8>> {
        std::env::current_exe().ok().map(|path| path.into_os_string().into_vec())
    }
}
