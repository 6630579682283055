//! Processes of a sandbox: there are none, unless programs are granted. What the shell runs beside itself is threads.

use super::SandboxHost;
use super::directory::SandboxDirectory;
use crate::filesystem::{errno, path};
use crate::waits::Waited;
use crate::{
    Access, ChildRef, FileKind, FileRef, Files, Forked, Host, Limit, Processes, Resource, Signal,
    SpawnRequest, Wait,
};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStringExt;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

impl SandboxHost {
    /// Refuses a program as a system would that forbids them: what is missing is missing, all else is not permitted.
    fn refuse(&self, request: &SpawnRequest<'_>) -> io::Error {
        match self.metadata(request.directory, request.program) {
            Err(error) => error,
            Ok(_) => errno(libc::EACCES),
        }
    }

    /// Starts a program of the machine. It must lie in a file system of the machine, and so must the working directory.
    fn spawn_on(&self, machine: &dyn Host, request: &SpawnRequest<'_>) -> io::Result<ChildRef> {
        let metadata = self.metadata(request.directory, request.program)?;
        if metadata.kind != FileKind::Regular {
            return Err(errno(libc::EACCES));
        }
        self.access(request.directory, request.program, Access::Execute)?;
        let base = SandboxDirectory::path_of(request.directory)?;
        let whole = self.mounts.canonical_path(base, request.program)?;
        let (directory, name) = path::split(&whole).ok_or_else(|| errno(libc::EACCES))?;
        let held = self.mounts.os_directory(b"/", directory)?.ok_or_else(|| errno(libc::EACCES))?;
        let program = path::join(format!("/proc/self/fd/{}", held.as_raw_fd()).as_bytes(), name);
        let real = std::fs::canonicalize(std::ffi::OsString::from_vec(program))?.into_os_string().into_vec();
        if request.directory.os_fd().is_none() {
            return Err(errno(libc::EOPNOTSUPP));
        }
        let descriptors = self.lent(machine, request.descriptors)?;
        machine.spawn(&SpawnRequest { program: &real, descriptors: &descriptors, ..*request })
    }
}

impl Processes for SandboxHost {
    fn spawn(&self, request: &SpawnRequest<'_>) -> io::Result<ChildRef> {
        match &self.programs {
            Some(machine) => self.spawn_on(&**machine, request),
            None => Err(self.refuse(request)),
        }
    }

    fn replace(&self, _: &SpawnRequest<'_>) -> io::Error {
        io::ErrorKind::Unsupported.into()
    }

    fn owns_process(&self) -> bool {
        false
    }

    fn fork(&self, _: &[FileRef]) -> io::Result<Forked> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn exit(&self, status: i32) -> ! {
        self.machine.exit(status)
    }

    fn die_by(&self, signal: Signal) -> ! {
        self.machine.die_by(signal)
    }

    fn run_concurrently(&self, work: Box<dyn FnOnce() + Send>) -> io::Result<()> {
        self.machine.run_concurrently(work)
    }

    fn wait_any(&self, children: &[ChildRef]) -> io::Result<Option<usize>> {
        const TICK: Duration = Duration::from_millis(5);
        let nothing = crate::waits::Monitor::new(());
        while !children.is_empty() {
            for (index, child) in children.iter().enumerate() {
                if child.wait(Wait::Poll)?.is_some() {
                    return Ok(Some(index));
                }
            }
            let tick = Some(Instant::now() + TICK);
            if let Waited::Interrupted = nothing.wait(&self.waits, tick, |()| None::<()>)? {
                return Ok(None);
            }
        }
        Ok(None)
    }

    /// No process can be seen from here, so there is none.
    fn kill(&self, _: i32, _: Signal) -> io::Result<()> {
        Err(errno(libc::ESRCH))
    }

    fn new_pid(&self) -> i32 {
        self.next_pid.fetch_add(1, Ordering::Relaxed).max(1)
    }

    fn pid(&self) -> i32 {
        self.pid
    }

    fn parent_pid(&self) -> i32 {
        1
    }

    fn process_group(&self) -> i32 {
        self.pid
    }

    fn set_process_group(&self, _: i32, _: i32) -> io::Result<()> {
        Err(errno(libc::EPERM))
    }

    /// None but a number of open files, which bounds the numbers that redirections may name.
    fn limit(&self, resource: Resource) -> io::Result<Limit> {
        const OPEN_FILES: u64 = 1024;
        let limit = (resource == Resource::OpenFiles).then_some(OPEN_FILES);
        Ok(Limit { soft: limit, hard: limit })
    }

    fn set_limit(&self, _: Resource, _: Limit) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn environment(&self) -> Vec<Vec<u8>> {
        self.environment.clone()
    }

    fn program_path(&self) -> Option<Vec<u8>> {
        None
    }
}
