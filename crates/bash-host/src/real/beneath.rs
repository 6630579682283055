//! Files beneath one directory of the machine, and nowhere else.
//!
//! Every look-up is one `openat2(2)` from the directory's handle, which the kernel refuses to lead out of it: no `..`, no
//! symbolic link (who resolves links does so above, in the name space of the sandbox), no magic link of `/proc`, and no other
//! file system mounted below. Nothing is checked first and used afterwards: what was looked at is what is opened.
//!
//! Only regular files and directories are opened. A FIFO, socket or device would lead to somebody outside of the directory;
//! it can be looked at and removed.

use super::file::OsFile;
use super::notes::Notes;
use super::{Ownership, calls, fs};
use crate::{Access, Entry, FileKind, FileRef, Metadata, OpenHow};
use std::ffi::{CString, c_int};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::sync::Arc;

/// A directory of the machine held open.
pub(crate) struct Beneath {
    root: OwnedFd,
    resolve: u64,
}

const HELD: c_int = libc::O_PATH | libc::O_NOFOLLOW | libc::O_CLOEXEC;
/// Without `O_NOFOLLOW`, by which a symbolic link would be no directory instead of a link.
const DIRECTORY: c_int = libc::O_PATH | libc::O_DIRECTORY | libc::O_CLOEXEC;
/// Bits that would make a program run as somebody else.
const SET_ID: u32 = 0o6000;

impl Beneath {
    /// Opens a directory by its path on the machine.
    pub(crate) fn open(path: &[u8]) -> io::Result<Beneath> {
        let flags = libc::O_PATH | libc::O_DIRECTORY | libc::O_CLOEXEC;
        let root = calls::with_path(path, |path| {
            // SAFETY: the path is terminated.
            calls::check_fd(unsafe { libc::open(path, flags) })
        })?;
        let resolve = libc::RESOLVE_BENEATH | libc::RESOLVE_NO_MAGICLINKS | libc::RESOLVE_NO_SYMLINKS;
        let beneath = Beneath { root, resolve: resolve | libc::RESOLVE_NO_XDEV };
        refuse_proc(beneath.held(b"/", DIRECTORY)?.as_raw_fd())?;
        Ok(beneath)
    }

    /// The same with the file systems that are mounted below it.
    pub(crate) fn across_mounts(self) -> Beneath {
        Beneath { resolve: self.resolve & !libc::RESOLVE_NO_XDEV, ..self }
    }

    /// Opens what a path names, a symbolic link at its end included, to hold it.
    fn held(&self, path: &[u8], flags: c_int) -> io::Result<OwnedFd> {
        self.open_at(path, flags, 0)
    }

    fn open_at(&self, path: &[u8], flags: c_int, mode: u32) -> io::Result<OwnedFd> {
        // SAFETY: all zeros are a valid value.
        let mut how: libc::open_how = unsafe { std::mem::zeroed() };
        how.flags = flags as u64;
        how.mode = u64::from(mode);
        how.resolve = self.resolve;
        calls::with_path(relative(path), |path| {
            loop {
                let (how, size) = (&raw const how, std::mem::size_of::<libc::open_how>());
                // SAFETY: the path is terminated; the structure lives until the call returns and has the size that is told.
                let fd = unsafe { libc::syscall(libc::SYS_openat2, self.root.as_raw_fd(), path, how, size) };
                match calls::check_fd(fd as c_int) {
                    // Something was renamed meanwhile, so that the kernel cannot tell; or a signal came.
                    Err(error) if is(&error, libc::EAGAIN) || calls::interrupted(&error) => {}
                    result => return result,
                }
            }
        })
    }

    /// Opens a regular file or a directory.
    pub(crate) fn open_file(&self, path: &[u8], how: OpenHow) -> io::Result<FileRef> {
        let flags = fs::open_flags(how) | libc::O_NOFOLLOW | libc::O_NOCTTY;
        if how.create {
            let new = flags & !libc::O_TRUNC | libc::O_EXCL;
            match self.open_at(path, new, how.mode & 0o777) {
                Err(error) if is(&error, libc::EEXIST) && !how.exclusive => {}
                Err(error) => return Err(error),
                Ok(fd) => return Ok(file(fd)),
            }
        }
        let held = self.held(path, HELD)?;
        let kind = Metadata::of(&calls::status_of(held.as_raw_fd())?).kind;
        match kind {
            FileKind::Symlink => return Err(calls::errno(libc::ELOOP)),
            FileKind::Regular => {}
            FileKind::Directory if !how.write && !how.append && !how.create => {}
            FileKind::Directory => return Err(calls::errno(libc::EISDIR)),
            _ => return Err(calls::errno(libc::EACCES)),
        }
        refuse_proc(held.as_raw_fd())?;
        let flags = fs::open_flags(OpenHow { create: false, exclusive: false, ..how });
        let again = by_descriptor(held.as_raw_fd());
        // SAFETY: the path is terminated.
        calls::check_fd(unsafe { libc::open(again.as_ptr(), flags | libc::O_NOCTTY) }).map(file)
    }

    /// What a path is, be it a symbolic link.
    pub(crate) fn metadata(&self, path: &[u8]) -> io::Result<Metadata> {
        let held = self.held(path, HELD)?;
        calls::status_of(held.as_raw_fd()).map(|status| Metadata::of(&status))
    }

    /// Whether this process may do `access` to a file.
    pub(crate) fn access(&self, path: &[u8], access: Access) -> io::Result<()> {
        let held = self.held(path, HELD)?;
        let link = by_descriptor(held.as_raw_fd());
        let wanted = match access {
            Access::Exists => libc::F_OK,
            Access::Read => libc::R_OK,
            Access::Write => libc::W_OK,
            Access::Execute => libc::X_OK,
        };
        // SAFETY: the path is terminated.
        calls::check(unsafe { libc::faccessat(libc::AT_FDCWD, link.as_ptr(), wanted, libc::AT_EACCESS) })
            .map(drop)
    }

    /// The entries of a directory.
    pub(crate) fn entries(&self, path: &[u8]) -> io::Result<Vec<Entry>> {
        let flags = libc::O_RDONLY | libc::O_DIRECTORY | libc::O_CLOEXEC;
        fs::entries_of(&self.open_at(path, flags, 0)?)
    }

    /// The target of a symbolic link.
    pub(crate) fn link_target(&self, path: &[u8]) -> io::Result<Vec<u8>> {
        let held = self.held(path, HELD)?;
        let is_link = Metadata::of(&calls::status_of(held.as_raw_fd())?).kind == FileKind::Symlink;
        if is_link { fs::read_link_at(held.as_raw_fd(), b"") } else { Err(calls::errno(libc::EINVAL)) }
    }

    /// A directory, to be worked in by a program.
    pub(crate) fn directory(&self, path: &[u8]) -> io::Result<OwnedFd> {
        self.held(path, DIRECTORY)
    }

    /// Makes a directory.
    pub(crate) fn make_directory(&self, path: &[u8], mode: u32) -> io::Result<()> {
        // SAFETY: the name is terminated.
        self.in_parent(path, |parent, name| unsafe { libc::mkdirat(parent, name, mode & 0o1777) })
    }

    /// Makes a symbolic link. Its target is only a text.
    pub(crate) fn make_symlink(&self, target: &[u8], path: &[u8]) -> io::Result<()> {
        let target = CString::new(target).map_err(|_| calls::errno(libc::ENOENT))?;
        // SAFETY: both texts are terminated.
        self.in_parent(path, |parent, name| unsafe { libc::symlinkat(target.as_ptr(), parent, name) })
    }

    /// Makes another name of a regular file.
    pub(crate) fn make_link(&self, existing: &[u8], path: &[u8]) -> io::Result<()> {
        self.in_two_parents(existing, path, |from, from_name, to, to_name| {
            // SAFETY: both names are terminated.
            unsafe { libc::linkat(from, from_name, to, to_name, 0) }
        })
    }

    /// Removes what is not a directory.
    pub(crate) fn remove_file(&self, path: &[u8]) -> io::Result<()> {
        // SAFETY: the name is terminated.
        self.in_parent(path, |parent, name| unsafe { libc::unlinkat(parent, name, 0) })
    }

    /// Removes an empty directory.
    pub(crate) fn remove_directory(&self, path: &[u8]) -> io::Result<()> {
        // SAFETY: the name is terminated.
        self.in_parent(path, |parent, name| unsafe { libc::unlinkat(parent, name, libc::AT_REMOVEDIR) })
    }

    /// Moves a name.
    pub(crate) fn rename(&self, from: &[u8], to: &[u8]) -> io::Result<()> {
        self.in_two_parents(from, to, |from, from_name, to, to_name| {
            // SAFETY: both names are terminated.
            unsafe { libc::renameat(from, from_name, to, to_name) }
        })
    }

    /// Sets the permission bits, but none by which a program would run as somebody else.
    pub(crate) fn set_permissions(&self, path: &[u8], mode: u32) -> io::Result<()> {
        let held = self.held_for_change(path)?;
        let link = by_descriptor(held.as_raw_fd());
        // SAFETY: the path is terminated.
        calls::check(unsafe { libc::chmod(link.as_ptr(), (mode & !SET_ID & 0o7777) as libc::mode_t) })
            .map(drop)
    }

    /// Sets the times of access and change.
    pub(crate) fn set_times(
        &self,
        path: &[u8],
        accessed: Option<(i64, i64)>,
        modified: Option<(i64, i64)>,
    ) -> io::Result<()> {
        let held = self.held_for_change(path)?;
        let link = by_descriptor(held.as_raw_fd());
        let time = |time: Option<(i64, i64)>| match time {
            Some((seconds, nanoseconds)) => libc::timespec { tv_sec: seconds, tv_nsec: nanoseconds },
            None => libc::timespec { tv_sec: 0, tv_nsec: libc::UTIME_OMIT },
        };
        let times = [time(accessed), time(modified)];
        // SAFETY: the path is terminated; there are two times.
        calls::check(unsafe { libc::utimensat(libc::AT_FDCWD, link.as_ptr(), times.as_ptr(), 0) }).map(drop)
    }

    /// A file or directory, but no link.
    fn held_for_change(&self, path: &[u8]) -> io::Result<OwnedFd> {
        let held = self.held(path, HELD)?;
        let kind = Metadata::of(&calls::status_of(held.as_raw_fd())?).kind;
        if kind == FileKind::Symlink { Err(calls::errno(libc::ELOOP)) } else { Ok(held) }
    }

    /// Calls with the directory that a path is in, and its name there.
    fn in_parent(
        &self,
        path: &[u8],
        call: impl FnOnce(RawFd, *const libc::c_char) -> c_int,
    ) -> io::Result<()> {
        let (parent, name) = self.parent(path)?;
        calls::check(call(parent.as_raw_fd(), name.as_ptr())).map(drop)
    }

    fn in_two_parents(
        &self,
        from: &[u8],
        to: &[u8],
        call: impl FnOnce(RawFd, *const libc::c_char, RawFd, *const libc::c_char) -> c_int,
    ) -> io::Result<()> {
        let ((from, from_name), (to, to_name)) = (self.parent(from)?, self.parent(to)?);
        calls::check(call(from.as_raw_fd(), from_name.as_ptr(), to.as_raw_fd(), to_name.as_ptr())).map(drop)
    }

    fn parent(&self, path: &[u8]) -> io::Result<(OwnedFd, CString)> {
        let (parent, name) = crate::filesystem::path::split(path).ok_or_else(|| calls::errno(libc::EBUSY))?;
        let name = CString::new(name).map_err(|_| calls::errno(libc::ENOENT))?;
        Ok((self.held(parent, DIRECTORY)?, name))
    }
}

/// A path from the root of the directory as the kernel takes it.
fn relative(path: &[u8]) -> &[u8] {
    match path {
        b"/" => b".",
        path => path.strip_prefix(b"/").unwrap_or(path),
    }
}

fn file(fd: OwnedFd) -> FileRef {
    Arc::new(OsFile::new(fd, Notes::of_session(), Ownership::Embedded))
}

/// The path of what a descriptor of this process holds.
fn by_descriptor(fd: RawFd) -> CString {
    CString::new(format!("/proc/self/fd/{fd}")).unwrap_or_default()
}

fn is(error: &io::Error, code: c_int) -> bool {
    error.raw_os_error() == Some(code)
}

/// The files of `/proc` are the insides of processes, this one among them.
fn refuse_proc(fd: RawFd) -> io::Result<()> {
    let mut about = std::mem::MaybeUninit::<libc::statfs>::uninit();
    // SAFETY: the call fills it in.
    calls::check(unsafe { libc::fstatfs(fd, about.as_mut_ptr()) })?;
    // SAFETY: it succeeded.
    let kind = unsafe { about.assume_init() }.f_type;
    if kind == libc::PROC_SUPER_MAGIC { Err(calls::errno(libc::EACCES)) } else { Ok(()) }
}
