//! The standard input of a session that was given none: always at its end. `/dev/null` is opened when a program needs it.

use bash_host::{Delimited, DirRef, FileRef, Host, Line, Metadata, OpenFile, OpenHow};
use std::io;
use std::os::fd::BorrowedFd;
use std::sync::{Arc, OnceLock};

/// See the module.
pub(crate) struct Nothing {
    host: Arc<dyn Host>,
    directory: DirRef,
    device: OnceLock<FileRef>,
}

impl Nothing {
    pub(crate) fn new(host: Arc<dyn Host>, directory: DirRef) -> Arc<Nothing> {
        Arc::new(Nothing { host, directory, device: OnceLock::new() })
    }

    fn device(&self) -> io::Result<&FileRef> {
        if let Some(device) = self.device.get() {
            return Ok(device);
        }
        let how = OpenHow { read: true, ..OpenHow::default() };
        let opened = self.host.open(&self.directory, b"/dev/null", how)?;
        Ok(self.device.get_or_init(|| opened))
    }
}

impl OpenFile for Nothing {
    fn read(&self, _: &mut [u8]) -> io::Result<usize> {
        Ok(0)
    }

    fn read_line(&self, _: &Line, _: &mut Vec<u8>) -> io::Result<Delimited> {
        Ok(Delimited::End)
    }

    fn settle(&self) {
        let _ = self.device();
    }

    fn seek_by(&self, _: i64) -> io::Result<u64> {
        Ok(0)
    }

    fn seek_to(&self, _: u64) -> io::Result<()> {
        Ok(())
    }

    fn metadata(&self) -> io::Result<Metadata> {
        self.device()?.metadata()
    }

    fn modes(&self) -> (bool, bool) {
        (true, false)
    }

    fn as_any(&self) -> Option<&dyn std::any::Any> {
        self.device.get()?.as_any()
    }

    fn os_fd(&self) -> Option<BorrowedFd<'_>> {
        self.device.get().and_then(|device| device.os_fd())
    }
}
