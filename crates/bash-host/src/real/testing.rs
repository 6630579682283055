//! What the tests of this host have in common.

use super::RealHost;
use crate::{
    ChildRef, DirRef, FileRef, Files, OpenHow, ProcessGroup, Processes, SignalSet, SpawnRequest, Wait,
    WaitStatus,
};
use std::ffi::CString;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Keeps tests apart that change the process: its signals, or by forking.
pub(super) fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A program run by `/bin/sh -c`, to be changed as a test wants it.
pub(super) struct Program {
    pub(super) path: &'static [u8],
    pub(super) arguments: Vec<CString>,
    pub(super) directory: DirRef,
    pub(super) descriptors: Vec<(i32, FileRef)>,
    pub(super) closed: Vec<i32>,
    pub(super) group: ProcessGroup,
    pub(super) umask: u32,
    pub(super) ignored: SignalSet,
}

impl Program {
    pub(super) fn shell(host: &RealHost, script: &str) -> Program {
        let argument = |text: &str| CString::new(text).unwrap();
        Program {
            path: b"/bin/sh",
            arguments: vec![argument("sh"), argument("-c"), argument(script)],
            directory: host.current_directory().unwrap(),
            descriptors: Vec::new(),
            closed: Vec::new(),
            group: ProcessGroup::Inherit,
            umask: 0o22,
            ignored: SignalSet::EMPTY,
        }
    }

    pub(super) fn with_fd(mut self, number: i32, file: &FileRef) -> Program {
        self.descriptors.push((number, FileRef::clone(file)));
        self
    }

    pub(super) fn request<T>(&self, use_it: impl FnOnce(&SpawnRequest<'_>) -> T) -> T {
        let path = CString::new("PATH=/usr/bin:/bin").unwrap();
        use_it(&SpawnRequest {
            program: self.path,
            arguments: &self.arguments,
            environment: &[path],
            directory: &self.directory,
            descriptors: &self.descriptors,
            closed: &self.closed,
            group: self.group,
            terminal: None,
            umask: self.umask,
            limits: &[],
            ignored: self.ignored,
        })
    }

    pub(super) fn start(&self, host: &RealHost) -> std::io::Result<ChildRef> {
        self.request(|request| host.spawn(request))
    }

    /// Its status and what it wrote to its standard output.
    pub(super) fn output(mut self, host: &RealHost) -> (WaitStatus, String) {
        let (reader, writer) = host.pipe().unwrap();
        self.descriptors.push((1, writer));
        let child = self.start(host).unwrap();
        drop(self);
        let text = rest_of(&reader);
        (child.wait(Wait::Exit).unwrap().unwrap(), String::from_utf8(text).unwrap())
    }
}

/// What a shell script prints with these descriptors.
pub(super) fn run(host: &RealHost, script: &str) -> String {
    Program::shell(host, script).output(host).1
}

/// All that can still be read.
pub(super) fn rest_of(file: &FileRef) -> Vec<u8> {
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        match file.read(&mut buffer).unwrap() {
            0 => return text,
            count => text.extend_from_slice(&buffer[..count]),
        }
    }
}

/// A new directory, removed with all that is in it.
pub(crate) struct Folder(pub(crate) String);

impl Folder {
    pub(crate) fn new() -> Folder {
        use std::sync::atomic::{AtomicU32, Ordering};
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("bash-host-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path.to_str().unwrap().to_string())
    }

    pub(super) fn path(&self, name: &str) -> Vec<u8> {
        format!("{}/{name}", self.0).into_bytes()
    }

    /// A file with this text, opened for reading and writing.
    pub(super) fn file(&self, host: &RealHost, name: &str, text: &str) -> FileRef {
        let how = OpenHow { read: true, write: true, create: true, mode: 0o644, ..OpenHow::default() };
        let file = host.open(&host.current_directory().unwrap(), &self.path(name), how).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file.seek_to(0).unwrap();
        file
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
