//! A sandbox beside another: the same grants, and a copy of what it keeps in memory.

use super::SandboxHost;
use crate::filesystem::FilesImage;
use crate::real::RealHost;
use crate::{Host, World};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

impl World for SandboxHost {
    /// The number of the shell stays, as that of a subshell does.
    fn copied(&self) -> io::Result<Arc<dyn Host>> {
        let programs = self.programs.as_ref().map(|machine| machine.copied()).transpose()?;
        Ok(Arc::new(SandboxHost {
            mounts: self.mounts.copied(),
            start: self.start.clone(),
            clock: self.clock,
            user: self.user.clone(),
            host_name: self.host_name.clone(),
            environment: self.environment.clone(),
            umask: self.umask,
            pid: self.pid,
            next_pid: AtomicI32::new(self.next_pid.load(Ordering::Relaxed)),
            network: self.network,
            programs,
            waits: Arc::default(),
            machine: RealHost::embedded(),
        }))
    }

    fn copies_files(&self) -> bool {
        true
    }

    fn images(&self) -> io::Result<Vec<(Vec<u8>, FilesImage)>> {
        self.mounts.images()
    }

    fn restore_images(&self, images: &[(Vec<u8>, FilesImage)]) -> io::Result<()> {
        self.mounts.restore_images(images)
    }
}
