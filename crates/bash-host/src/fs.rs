//! The file system facet. Paths are bytes, relative to a directory handle: the process's own working directory is
//! never used and never changed.

use crate::{FileRef, OpenFile};
use std::any::Any;
use std::io;
use std::os::fd::BorrowedFd;
use std::sync::Arc;

/// A directory held open, against which relative paths are resolved.
pub type DirRef = Arc<dyn Directory>;

/// See [`DirRef`].
pub trait Directory: Send + Sync {
    /// The operating system's descriptor, where there is one.
    fn os_fd(&self) -> Option<BorrowedFd<'_>>;
    /// For the host that made it.
    fn as_any(&self) -> &dyn Any;
}

/// How to open a file.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenHow {
    /// For reading.
    pub read: bool,
    /// For writing.
    pub write: bool,
    /// Writes go to the end.
    pub append: bool,
    /// Cut to nothing.
    pub truncate: bool,
    /// Made if missing, with `mode`.
    pub create: bool,
    /// Fails if it exists.
    pub exclusive: bool,
    /// Permission bits of a new file, the session's umask already taken off.
    pub mode: u32,
}

/// What `stat` tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields of stat(2)")]
pub struct Metadata {
    pub kind: FileKind,
    pub permissions: u32,
    pub size: u64,
    pub device: u64,
    pub inode: u64,
    pub links: u64,
    pub uid: u32,
    pub gid: u32,
    /// Seconds and nanoseconds.
    pub accessed: (i64, i64),
    pub modified: (i64, i64),
    pub changed: (i64, i64),
    pub blocks: u64,
    /// Device number of a device file.
    pub special: u64,
}

/// The kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is what its name says")]
pub enum FileKind {
    Regular,
    Directory,
    Symlink,
    Fifo,
    Socket,
    CharDevice,
    BlockDevice,
    Unknown,
}

/// A directory's entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: Vec<u8>,
    /// Its kind as far as the directory tells (`Unknown`: ask `metadata`).
    pub kind: FileKind,
}

impl Entry {
    /// Whether it is `.` or `..`.
    pub fn is_dots(&self) -> bool {
        matches!(&self.name[..], b"." | b"..")
    }
}

/// What [`Files::access`] asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is what its name says")]
pub enum Access {
    Exists,
    Read,
    Write,
    Execute,
}

/// What a connection is made by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// `/dev/tcp`
    Tcp,
    /// `/dev/udp`
    Udp,
}

/// Why there is no connection.
#[derive(Debug)]
pub enum ConnectError {
    /// The host has no address.
    UnknownHost,
    /// The port is neither a number nor a known service.
    UnknownService,
    /// The system refused.
    Refused(io::Error),
}

/// The file system.
pub trait Files {
    /// Opens a file. May block (a FIFO without its other end); `Interrupted` when a caught signal came.
    fn open(&self, base: &DirRef, path: &[u8], how: OpenHow) -> io::Result<FileRef>;
    /// A pipe: read end, write end.
    fn pipe(&self) -> io::Result<(FileRef, FileRef)>;
    /// A pipe both ends of which are used by this process first: it need not be the system's before one is settled.
    fn pipe_within(&self) -> io::Result<(FileRef, FileRef)> {
        self.pipe()
    }
    /// The read end of a pipe that `text` was written to and whose other end is closed.
    fn pipe_holding(&self, text: Vec<u8>) -> io::Result<FileRef> {
        self.document(&text)
    }
    /// An open file to read `text` from (a here-document).
    fn document(&self, text: &[u8]) -> io::Result<FileRef>;
    /// A descriptor that the process was started with, if it is open.
    fn inherited(&self, number: i32) -> Option<FileRef>;
    /// Closes a descriptor that the process was started with, for good: whoever is at its other end notices. Dropping
    /// the file does not do that. Nothing happens where the process belongs to somebody else.
    fn close_inherited(&self, number: i32) {
        let _ = number;
    }
    /// A connection to a port of a host, both as written in the script.
    fn connect(&self, protocol: Protocol, host: &[u8], port: &[u8]) -> Result<FileRef, ConnectError>;
    /// A pair of ends for a coprocess or similar is two pipes; this is a new reference to the same open file with a
    /// descriptor of its own.
    fn duplicate(&self, file: &FileRef) -> io::Result<FileRef>;
    /// A regular file opened anew, with a position of its own, as the system does it for `/dev/fd/N`. `None` for any other
    /// file: `/dev/fd/N` is the very same one then.
    fn reopen(&self, file: &FileRef, how: OpenHow) -> Option<io::Result<FileRef>>;
    /// The directory in which the process was started.
    fn current_directory(&self) -> io::Result<DirRef>;
    /// Opens a directory to work in.
    fn open_directory(&self, base: &DirRef, path: &[u8]) -> io::Result<DirRef>;
    /// The absolute physical path of a directory handle.
    fn directory_path(&self, directory: &DirRef) -> io::Result<Vec<u8>>;
    /// What `path` is; a final symbolic link is followed.
    fn metadata(&self, base: &DirRef, path: &[u8]) -> io::Result<Metadata>;
    /// What `path` is; a final symbolic link is not followed.
    fn symlink_metadata(&self, base: &DirRef, path: &[u8]) -> io::Result<Metadata>;
    /// Whether the effective user may do `access`.
    fn access(&self, base: &DirRef, path: &[u8], access: Access) -> io::Result<()>;
    /// The entries of a directory, `.` and `..` among them where the system lists them, in its order.
    fn read_directory(&self, base: &DirRef, path: &[u8]) -> io::Result<Vec<Entry>>;
    /// Removes a file.
    fn remove_file(&self, base: &DirRef, path: &[u8]) -> io::Result<()>;
    /// The target of a symbolic link.
    fn read_link(&self, base: &DirRef, path: &[u8]) -> io::Result<Vec<u8>>;
    /// The path without symbolic links, `.` and `..`. Every part must exist.
    fn canonical_path(&self, base: &DirRef, path: &[u8]) -> io::Result<Vec<u8>>;
    /// The umask with which the process was started.
    fn initial_umask(&self) -> u32;
    /// The whole of a file.
    fn read_file(&self, base: &DirRef, path: &[u8]) -> io::Result<Vec<u8>> {
        let file = self.open(base, path, OpenHow { read: true, ..OpenHow::default() })?;
        read_to_end(&*file, &|| false)
    }
}

/// The rest of an open file. A signal that comes meanwhile is an error only if `gives_up` says so.
pub fn read_to_end(file: &dyn OpenFile, gives_up: &dyn Fn() -> bool) -> io::Result<Vec<u8>> {
    read_at_most(file, usize::MAX, gives_up)
}

/// The same; more than `most` bytes are `File too large`, and no more is read than it takes to know.
pub fn read_at_most(file: &dyn OpenFile, most: usize, gives_up: &dyn Fn() -> bool) -> io::Result<Vec<u8>> {
    const EFBIG: i32 = 27;
    const FIRST: usize = 4096;
    const MOST: usize = 256 * 1024;
    let mut text = Vec::new();
    let mut end = 0;
    loop {
        if text.len() - end < FIRST / 2 {
            text.resize(end + end.clamp(FIRST, MOST), 0);
        }
        match file.read(&mut text[end..]) {
            Ok(0) => break,
            Ok(count) => end += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted && !gives_up() => {}
            Err(error) => return Err(error),
        }
        if end > most {
            return Err(io::Error::from_raw_os_error(EFBIG));
        }
    }
    text.truncate(end);
    Ok(text)
}
