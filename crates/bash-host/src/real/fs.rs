//! The file system: paths relative to a directory's descriptor, never to the process's working directory (which, where
//! the process is the shell's own, stays what it was at the start and stands for that directory).

use super::file::OsFile;
use super::known_directories::{self, Identity};
use super::notes::Notes;
use super::{Ownership, RealHost, bell, calls, document, fifo, fork, memory_pipe, network};
use crate::{
    Access, ConnectError, DirRef, Directory, Entry, FileKind, FileRef, Files, Metadata, OpenHow, Protocol,
};
use std::any::Any;
use std::ffi::{CStr, CString, c_int};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStringExt;
use std::sync::{Arc, OnceLock};

/// A directory of the system.
pub(super) enum OsDirectory {
    /// The process's own working directory.
    Process,
    /// Another one, held by a descriptor that serves for nothing else.
    Held(OwnedFd),
}

impl Directory for OsDirectory {
    fn os_fd(&self) -> Option<BorrowedFd<'_>> {
        Some(match self {
            // SAFETY: the number stands for the working directory wherever a directory's descriptor is expected.
            OsDirectory::Process => unsafe { BorrowedFd::borrow_raw(libc::AT_FDCWD) },
            OsDirectory::Held(fd) => fd.as_fd(),
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl RealHost {
    fn file(&self, fd: OwnedFd) -> FileRef {
        Arc::new(OsFile::new(fd, self.notes.clone(), self.ownership))
    }
}

impl Files for RealHost {
    fn open(&self, base: &DirRef, path: &[u8], how: OpenHow) -> io::Result<FileRef> {
        let base = number(base)?;
        let mut flags = open_flags(how);
        if self.ownership == Ownership::Embedded {
            flags |= libc::O_NOCTTY;
            let waits = flags & libc::O_ACCMODE != libc::O_RDWR && bell::wake_here() >= 0;
            if waits && status_at(base, path, 0).is_ok_and(|status| status.kind == FileKind::Fifo) {
                return fifo::open(base, path, flags, &self.notes).map(|fd| self.file(fd));
            }
        }
        open_at(base, path, flags, how.mode, &self.notes).map(|fd| self.file(fd))
    }

    fn pipe(&self) -> io::Result<(FileRef, FileRef)> {
        let _gate = fork::gate();
        let (reader, writer) = calls::pipe()?;
        Ok((self.file(reader), self.file(writer)))
    }

    fn connect(&self, protocol: Protocol, host: &[u8], port: &[u8]) -> Result<FileRef, ConnectError> {
        network::connect(protocol, host, port).map(|fd| self.file(fd))
    }

    fn pipe_within(&self) -> io::Result<(FileRef, FileRef)> {
        if self.ownership == Ownership::Embedded {
            return self.pipe(); // Whoever waits there can be called off.
        }
        let (reader, writer) = memory_pipe::pipe(&self.notes, self.ownership);
        Ok((Arc::new(reader), Arc::new(writer)))
    }

    fn pipe_holding(&self, text: Vec<u8>) -> io::Result<FileRef> {
        Ok(Arc::new(memory_pipe::holding(text, &self.notes, self.ownership)))
    }

    fn document(&self, text: &[u8]) -> io::Result<FileRef> {
        // So large a text is kept once, in the form that a program would read it from anyway.
        const LARGE: usize = 1024 * 1024;
        if text.len() > LARGE
            && let Ok(fd) = document::in_memory(text)
        {
            return Ok(Arc::new(OsFile::new(fd, self.notes.clone(), self.ownership)));
        }
        Ok(Arc::new(memory_pipe::document(text.to_vec(), &self.notes, self.ownership)))
    }

    fn inherited(&self, number: i32) -> Option<FileRef> {
        self.inherited_file(number)
    }

    fn close_inherited(&self, number: i32) {
        if self.ownership == Ownership::Process && calls::is_inherited(number) {
            close_for_good(number);
        }
    }

    fn duplicate(&self, file: &FileRef) -> io::Result<FileRef> {
        file.settle();
        let _gate = fork::gate();
        let bad = || calls::errno(libc::EBADF);
        let fd = calls::duplicate(file.os_fd().ok_or_else(bad)?.as_raw_fd())?;
        let original = file.as_any().and_then(|file| file.downcast_ref::<OsFile>());
        let shared = original.map(|original| Arc::clone(&original.shared)).unwrap_or_default();
        Ok(Arc::new(OsFile::sharing(fd, shared, self.notes.clone(), self.ownership)))
    }

    fn reopen(&self, file: &FileRef, how: OpenHow) -> Option<io::Result<FileRef>> {
        if file.metadata().ok()?.kind != FileKind::Regular {
            return None;
        }
        let path = format!("/proc/self/fd/{}", file.os_fd()?.as_raw_fd());
        let flags = open_flags(OpenHow { create: false, exclusive: false, ..how });
        let opened = open_at(libc::AT_FDCWD, path.as_bytes(), flags, 0, &self.notes);
        Some(opened.map(|fd| self.file(fd)))
    }

    fn current_directory(&self) -> io::Result<DirRef> {
        match self.ownership {
            Ownership::Process => Ok(Arc::new(OsDirectory::Process)),
            Ownership::Embedded => shared_directory_at(libc::AT_FDCWD, b"."),
        }
    }

    fn open_directory(&self, base: &DirRef, path: &[u8]) -> io::Result<DirRef> {
        match self.ownership {
            Ownership::Process => Ok(open_directory_at(number(base)?, path)?),
            Ownership::Embedded => shared_directory_at(number(base)?, path),
        }
    }

    fn directory_path(&self, directory: &DirRef) -> io::Result<Vec<u8>> {
        let fd = number(directory)?;
        if fd == libc::AT_FDCWD {
            return working_directory();
        }
        let path = read_link_at(libc::AT_FDCWD, format!("/proc/self/fd/{fd}").as_bytes())?;
        let is_gone = calls::status_of(fd)?.st_nlink == 0;
        if is_gone || !path.starts_with(b"/") { Err(calls::errno(libc::ENOENT)) } else { Ok(path) }
    }

    fn metadata(&self, base: &DirRef, path: &[u8]) -> io::Result<Metadata> {
        status_at(number(base)?, path, 0)
    }

    fn symlink_metadata(&self, base: &DirRef, path: &[u8]) -> io::Result<Metadata> {
        status_at(number(base)?, path, libc::AT_SYMLINK_NOFOLLOW)
    }

    fn access(&self, base: &DirRef, path: &[u8], access: Access) -> io::Result<()> {
        let base = number(base)?;
        let wanted = match access {
            Access::Exists => libc::F_OK,
            Access::Read => libc::R_OK,
            Access::Write => libc::W_OK,
            Access::Execute => libc::X_OK,
        };
        calls::with_path(path, |path| {
            // SAFETY: the path is terminated.
            calls::check(unsafe { libc::faccessat(base, path, wanted, libc::AT_EACCESS) }).map(drop)
        })
    }

    fn read_directory(&self, base: &DirRef, path: &[u8]) -> io::Result<Vec<Entry>> {
        let flags = libc::O_RDONLY | libc::O_DIRECTORY | libc::O_NONBLOCK | libc::O_CLOEXEC;
        let directory = open_at(number(base)?, path, flags, 0, &self.notes)?;
        entries_of(&directory)
    }

    fn remove_file(&self, base: &DirRef, path: &[u8]) -> io::Result<()> {
        let base = number(base)?;
        // SAFETY: the path is terminated.
        calls::with_path(path, |path| calls::check(unsafe { libc::unlinkat(base, path, 0) }).map(drop))
    }

    fn read_link(&self, base: &DirRef, path: &[u8]) -> io::Result<Vec<u8>> {
        read_link_at(number(base)?, path)
    }

    fn canonical_path(&self, base: &DirRef, path: &[u8]) -> io::Result<Vec<u8>> {
        if path.starts_with(b"/") {
            return real_path(path);
        }
        if path.is_empty() {
            return Err(calls::errno(libc::ENOENT));
        }
        let mut whole = self.directory_path(base)?;
        whole.push(b'/');
        whole.extend_from_slice(path);
        real_path(&whole)
    }

    fn initial_umask(&self) -> u32 {
        // To ask costs more than all else that a new session needs, so sessions of one process ask once.
        static OF_PROCESS: OnceLock<u32> = OnceLock::new();
        let known = || *OF_PROCESS.get_or_init(|| umask_now().unwrap_or(0o022));
        *self.umask.get_or_init(known)
    }
}

fn number(directory: &DirRef) -> io::Result<RawFd> {
    directory.os_fd().map(|fd| fd.as_raw_fd()).ok_or_else(|| calls::errno(libc::EBADF))
}

pub(super) fn open_flags(how: OpenHow) -> c_int {
    let mut flags = match (how.read, how.write || how.append) {
        (true, true) => libc::O_RDWR,
        (_, true) => libc::O_WRONLY,
        _ => libc::O_RDONLY,
    };
    let options = [
        (how.append, libc::O_APPEND),
        (how.truncate, libc::O_TRUNC),
        (how.create, libc::O_CREAT),
        (how.exclusive, libc::O_EXCL),
        (true, libc::O_CLOEXEC),
    ];
    options.iter().filter(|(is_wanted, _)| *is_wanted).for_each(|(_, flag)| flags |= flag);
    flags
}

/// `openat(2)`, again after signals that nobody caught.
fn open_at(base: RawFd, path: &[u8], flags: c_int, mode: u32, notes: &Notes) -> io::Result<OwnedFd> {
    calls::with_path(path, |path| {
        loop {
            // SAFETY: the path is terminated.
            match calls::check_fd(unsafe { libc::openat(base, path, flags, mode as libc::c_uint) }) {
                Err(error) if calls::interrupted(&error) && !notes.tells() => {}
                result => return result,
            }
        }
    })
}

/// The directory at a path, by the handle that other sessions have of it, if there is one.
fn shared_directory_at(base: RawFd, path: &[u8]) -> io::Result<DirRef> {
    let about = status_at(base, path, 0)?;
    if let Some(known) = known_directories::known(Identity::at(about.device, about.inode))
        && let OsDirectory::Held(fd) = &*known
    {
        may_work_in(fd)?;
        return Ok(known);
    }
    let directory = open_directory_at(base, path)?;
    if let OsDirectory::Held(fd) = &*directory {
        known_directories::remember(Identity::of(fd.as_raw_fd())?, &directory);
    }
    Ok(directory)
}

fn open_directory_at(base: RawFd, path: &[u8]) -> io::Result<Arc<OsDirectory>> {
    let flags = libc::O_PATH | libc::O_DIRECTORY | libc::O_CLOEXEC;
    calls::with_path(path, |path| {
        // SAFETY: the path is terminated.
        let directory = calls::check_fd(unsafe { libc::openat(base, path, flags) })?;
        may_work_in(&directory)?;
        Ok(Arc::new(OsDirectory::Held(directory)))
    })
}

/// To hold a directory needs no permission, to work in it does.
fn may_work_in(directory: &OwnedFd) -> io::Result<()> {
    let (fd, here) = (directory.as_raw_fd(), c".".as_ptr());
    // SAFETY: the path is terminated.
    calls::check(unsafe { libc::faccessat(fd, here, libc::X_OK, libc::AT_EACCESS) })?;
    Ok(())
}

fn working_directory() -> io::Result<Vec<u8>> {
    let path = std::env::current_dir()?.into_os_string().into_vec();
    if path.starts_with(b"/") { Ok(path) } else { Err(calls::errno(libc::ENOENT)) }
}

fn status_at(base: RawFd, path: &[u8], flags: c_int) -> io::Result<Metadata> {
    let mut status = std::mem::MaybeUninit::<libc::stat>::uninit();
    calls::with_path(path, |path| {
        // SAFETY: the path is terminated; the call fills in the status.
        calls::check(unsafe { libc::fstatat(base, path, status.as_mut_ptr(), flags) })
    })?;
    // SAFETY: it succeeded.
    Ok(Metadata::of(unsafe { status.assume_init_ref() }))
}

pub(super) fn read_link_at(base: RawFd, path: &[u8]) -> io::Result<Vec<u8>> {
    let mut buffer = vec![0_u8; 256];
    loop {
        let length = calls::with_path(path, |path| {
            // SAFETY: the path is terminated; pointer and length are those of one buffer.
            calls::check_length(unsafe {
                libc::readlinkat(base, path, buffer.as_mut_ptr().cast(), buffer.len())
            })
        })?;
        if length < buffer.len() {
            buffer.truncate(length);
            return Ok(buffer);
        }
        buffer.resize(buffer.len() * 2, 0);
    }
}

fn real_path(path: &[u8]) -> io::Result<Vec<u8>> {
    let path = CString::new(path).map_err(|_| calls::errno(libc::ENOENT))?;
    // SAFETY: the path is terminated. The result, if any, is terminated, allocated by the C library, and ours to free.
    unsafe {
        let real = libc::realpath(path.as_ptr(), std::ptr::null_mut());
        if real.is_null() {
            return Err(io::Error::last_os_error());
        }
        let copy = CStr::from_ptr(real).to_bytes().to_vec();
        libc::free(real.cast());
        Ok(copy)
    }
}

/// The entries of an open directory.
pub(super) fn entries_of(directory: &OwnedFd) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    // Aligned as the kernel's records are.
    let mut buffer = vec![0_u64; 4096];
    loop {
        let length = read_entries(directory.as_raw_fd(), &mut buffer)?;
        if length == 0 {
            return Ok(entries);
        }
        // SAFETY: the buffer's memory as bytes, of which the call has filled `length`.
        let records = unsafe { std::slice::from_raw_parts(buffer.as_ptr().cast::<u8>(), length) };
        take_entries(records, &mut entries);
    }
}

/// The next records of a directory; how many bytes they take.
fn read_entries(directory: RawFd, buffer: &mut [u64]) -> io::Result<usize> {
    let size = std::mem::size_of_val(buffer);
    // SAFETY: pointer and size are those of one buffer.
    let length = unsafe { libc::syscall(libc::SYS_getdents64, directory, buffer.as_mut_ptr(), size) };
    calls::check_length(length as libc::ssize_t)
}

/// Records: inode (8 bytes), position (8), length of the record (2), kind (1), terminated name.
fn take_entries(mut records: &[u8], entries: &mut Vec<Entry>) {
    const NAME: usize = 19;
    while records.len() > NAME {
        let length = usize::from(u16::from_ne_bytes([records[16], records[17]])).clamp(NAME, records.len());
        let name = &records[NAME..length];
        let name = &name[..calls::find(0, name).unwrap_or(name.len())];
        entries.push(Entry { name: name.to_vec(), kind: kind_of_entry(records[18]) });
        records = &records[length..];
    }
}

fn kind_of_entry(kind: u8) -> FileKind {
    match kind {
        libc::DT_REG => FileKind::Regular,
        libc::DT_DIR => FileKind::Directory,
        libc::DT_LNK => FileKind::Symlink,
        libc::DT_FIFO => FileKind::Fifo,
        libc::DT_SOCK => FileKind::Socket,
        libc::DT_CHR => FileKind::CharDevice,
        libc::DT_BLK => FileKind::BlockDevice,
        _ => FileKind::Unknown,
    }
}

impl Metadata {
    pub(super) fn of(status: &libc::stat) -> Metadata {
        Metadata {
            kind: match status.st_mode & libc::S_IFMT {
                libc::S_IFREG => FileKind::Regular,
                libc::S_IFDIR => FileKind::Directory,
                libc::S_IFLNK => FileKind::Symlink,
                libc::S_IFIFO => FileKind::Fifo,
                libc::S_IFSOCK => FileKind::Socket,
                libc::S_IFCHR => FileKind::CharDevice,
                libc::S_IFBLK => FileKind::BlockDevice,
                _ => FileKind::Unknown,
            },
            permissions: status.st_mode & 0o7777,
            size: status.st_size as u64,
            device: status.st_dev,
            inode: status.st_ino,
            links: status.st_nlink,
            uid: status.st_uid,
            gid: status.st_gid,
            accessed: (status.st_atime, status.st_atime_nsec),
            modified: (status.st_mtime, status.st_mtime_nsec),
            changed: (status.st_ctime, status.st_ctime_nsec),
            blocks: status.st_blocks as u64,
            special: status.st_rdev,
        }
    }
}

/// The process's umask, which can be set but not asked for: the system tells it in a file.
fn umask_now() -> Option<u32> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("Umask:"))?;
    u32::from_str_radix(line.trim(), 8).ok()
}

/// Closes a descriptor. The first three keep their numbers, lest a message of the runtime end up in another file.
fn close_for_good(fd: RawFd) {
    if fd > 2 {
        return calls::close(fd);
    }
    // SAFETY: the path is terminated; the descriptor was just made.
    unsafe {
        let null = libc::open(c"/dev/null".as_ptr(), libc::O_RDWR | libc::O_CLOEXEC);
        if null >= 0 {
            libc::dup3(null, fd, libc::O_CLOEXEC);
            drop(OwnedFd::from_raw_fd(null));
        }
    }
}

#[cfg(test)]
mod tests;
