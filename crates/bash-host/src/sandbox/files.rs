//! The files of a sandbox: those of its mount table, and pipes in memory.

use super::SandboxHost;
use super::directory::SandboxDirectory;
use super::open_file::PositionedFile;
use crate::filesystem::{Opened, errno};
use crate::{
    Access, ConnectError, DirRef, Entry, FileKind, FileRef, Files, Metadata, OpenHow, Protocol, pipe,
};
use std::io;
use std::sync::Arc;

impl Files for SandboxHost {
    fn open(&self, base: &DirRef, path: &[u8], how: OpenHow) -> io::Result<FileRef> {
        let base = SandboxDirectory::path_of(base)?;
        match self.mounts.open(base, path, how)? {
            Opened::File(file) => Ok(Arc::new(PositionedFile::new(file, how))),
            Opened::Stream(file) => Ok(file),
            Opened::Fifo(fifo) => {
                let identity = self.mounts.metadata(base, path)?;
                fifo.open(how, identity, &self.waits)
            }
        }
    }

    fn reopen(&self, file: &FileRef, how: OpenHow) -> Option<io::Result<FileRef>> {
        let positioned = file.as_any()?.downcast_ref::<PositionedFile>()?;
        let is_regular = file.metadata().is_ok_and(|metadata| metadata.kind == FileKind::Regular);
        is_regular.then(|| positioned.reopened(how).map(|file| Arc::new(file) as FileRef))
    }

    fn pipe(&self) -> io::Result<(FileRef, FileRef)> {
        match &self.programs {
            Some(machine) => machine.pipe(),
            None => Ok(pipe::pipe(&self.waits)),
        }
    }

    fn document(&self, text: &[u8]) -> io::Result<FileRef> {
        if let Some(machine) = &self.programs {
            return machine.document(text);
        }
        let in_pipe = pipe::holding(text, &self.waits);
        Ok(in_pipe.unwrap_or_else(|| Arc::new(PositionedFile::over_text(text))))
    }

    fn inherited(&self, _: i32) -> Option<FileRef> {
        None
    }

    fn connect(&self, protocol: Protocol, host: &[u8], port: &[u8]) -> Result<FileRef, ConnectError> {
        match self.network {
            true => self.machine.connect(protocol, host, port),
            false => Err(ConnectError::Refused(errno(libc::ENETUNREACH))),
        }
    }

    fn duplicate(&self, file: &FileRef) -> io::Result<FileRef> {
        Ok(file.clone())
    }

    fn current_directory(&self) -> io::Result<DirRef> {
        let root: DirRef = Arc::new(SandboxDirectory { path: b"/".to_vec(), os: None });
        self.open_directory(&root, &self.start)
    }

    fn open_directory(&self, base: &DirRef, path: &[u8]) -> io::Result<DirRef> {
        let base = SandboxDirectory::path_of(base)?;
        if self.mounts.metadata(base, path)?.kind != FileKind::Directory {
            return Err(errno(libc::ENOTDIR));
        }
        self.mounts.access(base, path, Access::Execute)?;
        let path = self.mounts.canonical_path(base, path)?;
        let os = self.mounts.os_directory(b"/", &path).unwrap_or(None);
        Ok(Arc::new(SandboxDirectory { path, os }))
    }

    fn directory_path(&self, directory: &DirRef) -> io::Result<Vec<u8>> {
        let path = SandboxDirectory::path_of(directory)?;
        match self.mounts.symlink_metadata(b"/", path)?.kind {
            FileKind::Directory => Ok(path.to_vec()),
            _ => Err(errno(libc::ENOENT)),
        }
    }

    fn metadata(&self, base: &DirRef, path: &[u8]) -> io::Result<Metadata> {
        self.mounts.metadata(SandboxDirectory::path_of(base)?, path)
    }

    fn symlink_metadata(&self, base: &DirRef, path: &[u8]) -> io::Result<Metadata> {
        self.mounts.symlink_metadata(SandboxDirectory::path_of(base)?, path)
    }

    fn access(&self, base: &DirRef, path: &[u8], access: Access) -> io::Result<()> {
        self.mounts.access(SandboxDirectory::path_of(base)?, path, access)
    }

    fn read_directory(&self, base: &DirRef, path: &[u8]) -> io::Result<Vec<Entry>> {
        self.mounts.read_directory(SandboxDirectory::path_of(base)?, path)
    }

    fn remove_file(&self, base: &DirRef, path: &[u8]) -> io::Result<()> {
        self.mounts.remove_file(SandboxDirectory::path_of(base)?, path)
    }

    fn read_link(&self, base: &DirRef, path: &[u8]) -> io::Result<Vec<u8>> {
        self.mounts.read_link(SandboxDirectory::path_of(base)?, path)
    }

    fn canonical_path(&self, base: &DirRef, path: &[u8]) -> io::Result<Vec<u8>> {
        self.mounts.canonical_path(SandboxDirectory::path_of(base)?, path)
    }

    fn initial_umask(&self) -> u32 {
        self.umask
    }
}
