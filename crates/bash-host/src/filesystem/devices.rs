//! `/dev` of a sandbox: `null`, `zero`, `full`, `random`, `urandom`, and a `tty` that, without a terminal, cannot be opened.
//!
//! `/dev/stdin`, `/dev/fd/N` and their like are the shell's own descriptors and never come here, but a listing shows them.

use super::{File, FileSystem, Opened, Time, errno, new_device};
use crate::{Access, Entry, FileKind, Metadata, OpenHow};
use std::io;
use std::sync::Arc;

/// The files of `/dev`.
pub struct DeviceFs {
    device: u64,
    time: Time,
}

/// A device's name, what it does, and the number that the system gives it.
type Row = (&'static [u8], Device, (u64, u64));

const DEVICES: [Row; 6] = [
    (b"null", Device::Null, (1, 3)),
    (b"zero", Device::Zero, (1, 5)),
    (b"full", Device::Full, (1, 7)),
    (b"random", Device::Random, (1, 8)),
    (b"urandom", Device::Random, (1, 9)),
    (b"tty", Device::Terminal, (5, 0)),
];

const LINKS: [(&[u8], &[u8]); 3] = [(b"stdin", b"fd/0"), (b"stdout", b"fd/1"), (b"stderr", b"fd/2")];

/// What reading and writing do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Device {
    /// Nothing comes out, everything goes in.
    Null,
    /// Zeros come out.
    Zero,
    /// The same, but nothing goes in.
    Full,
    /// Unpredictable bytes come out.
    Random,
    /// There is none.
    Terminal,
}

/// What a path is.
enum Found {
    Directory,
    Link(&'static [u8]),
    Device(Device, Metadata),
}

impl DeviceFs {
    /// The usual devices.
    pub fn new() -> DeviceFs {
        DeviceFs { device: new_device(), time: (0, 0) }
    }

    /// The name of the device that these are the metadata of.
    pub(crate) fn name_of(about: &Metadata) -> Option<&'static [u8]> {
        let is_it = |(.., number): &&Row| about.special == (number.0 << 8 | number.1);
        let is_device = about.kind == FileKind::CharDevice;
        DEVICES.iter().find(is_it).filter(|_| is_device).map(|(name, ..)| *name)
    }

    fn find(&self, path: &[u8]) -> io::Result<Found> {
        let name = path.strip_prefix(b"/").unwrap_or(path);
        if matches!(name, b"" | b"fd") {
            return Ok(Found::Directory);
        }
        if let Some((_, target)) = LINKS.iter().find(|(link, _)| *link == name) {
            return Ok(Found::Link(target));
        }
        let row = DEVICES.iter().enumerate().find(|(_, (known, ..))| *known == name);
        let (index, (_, device, number)) = row.ok_or_else(|| errno(libc::ENOENT))?;
        let special = number.0 << 8 | number.1;
        let about = self.about(FileKind::CharDevice, 0o666, index as u64 + 10);
        Ok(Found::Device(*device, Metadata { special, ..about }))
    }

    fn about(&self, kind: FileKind, permissions: u32, inode: u64) -> Metadata {
        Metadata {
            kind,
            permissions,
            size: 0,
            device: self.device,
            inode,
            links: 1,
            uid: 0,
            gid: 0,
            accessed: self.time,
            modified: self.time,
            changed: self.time,
            blocks: 0,
            special: 0,
        }
    }
}

impl Default for DeviceFs {
    fn default() -> DeviceFs {
        DeviceFs::new()
    }
}

impl FileSystem for DeviceFs {
    fn open(&self, path: &[u8], how: OpenHow) -> io::Result<Opened> {
        let writes = how.write || how.append;
        match self.find(path) {
            Ok(_) if how.create && how.exclusive => Err(errno(libc::EEXIST)),
            Ok(Found::Device(Device::Terminal, _)) => Err(errno(libc::ENXIO)),
            Ok(Found::Device(device, about)) => Ok(Opened::File(Arc::new(OpenDevice { device, about }))),
            Ok(Found::Link(_)) => Err(errno(libc::ELOOP)),
            Ok(Found::Directory) if writes || how.create => Err(errno(libc::EISDIR)),
            Ok(Found::Directory) => Ok(Opened::File(Arc::new(OpenDirectory(self.metadata(path)?)))),
            Err(_) if how.create => Err(errno(libc::EROFS)),
            Err(error) => Err(error),
        }
    }

    fn metadata(&self, path: &[u8]) -> io::Result<Metadata> {
        Ok(match self.find(path)? {
            Found::Directory => self.about(FileKind::Directory, 0o755, path.len() as u64),
            Found::Link(target) => {
                let about = self.about(FileKind::Symlink, 0o777, path.len() as u64);
                Metadata { size: target.len() as u64, ..about }
            }
            Found::Device(_, about) => about,
        })
    }

    fn access(&self, path: &[u8], access: Access) -> io::Result<()> {
        match (self.find(path)?, access) {
            (Found::Directory, Access::Write) => Err(errno(libc::EROFS)),
            (Found::Device(..), Access::Execute) => Err(errno(libc::EACCES)),
            _ => Ok(()),
        }
    }

    fn read_directory(&self, path: &[u8]) -> io::Result<Vec<Entry>> {
        let entry = |name: &[u8], kind| Entry { name: name.to_vec(), kind };
        match self.find(path)? {
            Found::Directory if path == b"/" => {
                let devices = DEVICES.iter().map(|(name, ..)| entry(name, FileKind::CharDevice));
                let links = LINKS.iter().map(|(name, _)| entry(name, FileKind::Symlink));
                Ok(devices.chain(links).chain([entry(b"fd", FileKind::Directory)]).collect())
            }
            Found::Directory => Ok(Vec::new()),
            _ => Err(errno(libc::ENOTDIR)),
        }
    }

    fn read_link(&self, path: &[u8]) -> io::Result<Vec<u8>> {
        match self.find(path)? {
            Found::Link(target) => Ok(target.to_vec()),
            _ => Err(errno(libc::EINVAL)),
        }
    }
}

/// An open device.
struct OpenDevice {
    device: Device,
    about: Metadata,
}

impl File for OpenDevice {
    fn read_at(&self, _: u64, buffer: &mut [u8]) -> io::Result<usize> {
        match self.device {
            Device::Null | Device::Terminal => return Ok(0),
            Device::Zero | Device::Full => buffer.fill(0),
            Device::Random => crate::real::random(buffer),
        }
        Ok(buffer.len())
    }

    fn write_at(&self, _: u64, data: &[u8]) -> io::Result<usize> {
        if self.device == Device::Full { Err(errno(libc::ENOSPC)) } else { Ok(data.len()) }
    }

    fn append(&self, data: &[u8]) -> io::Result<(usize, u64)> {
        self.write_at(0, data).map(|count| (count, 0))
    }

    fn set_length(&self, _: u64) -> io::Result<()> {
        Err(errno(libc::EINVAL))
    }

    fn metadata(&self) -> io::Result<Metadata> {
        Ok(self.about)
    }
}

/// A directory opened like a file: it can be held, not read.
pub(crate) struct OpenDirectory(pub(crate) Metadata);

impl File for OpenDirectory {
    fn read_at(&self, _: u64, _: &mut [u8]) -> io::Result<usize> {
        Err(errno(libc::EISDIR))
    }

    fn write_at(&self, _: u64, _: &[u8]) -> io::Result<usize> {
        Err(errno(libc::EBADF))
    }

    fn append(&self, _: &[u8]) -> io::Result<(usize, u64)> {
        Err(errno(libc::EBADF))
    }

    fn set_length(&self, _: u64) -> io::Result<()> {
        Err(errno(libc::EISDIR))
    }

    fn metadata(&self) -> io::Result<Metadata> {
        Ok(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(name: &str) -> io::Result<Arc<dyn File>> {
        let how = OpenHow { read: true, write: true, ..OpenHow::default() };
        DeviceFs::new().open(name.as_bytes(), how).map(|opened| match opened {
            Opened::File(file) => file,
            _ => panic!("a device is a file"),
        })
    }

    #[test]
    fn devices_do_what_their_names_say() {
        let mut buffer = [1; 4];
        assert_eq!(open("/null").unwrap().read_at(0, &mut buffer).unwrap(), 0);
        assert_eq!(open("/zero").unwrap().read_at(0, &mut buffer).unwrap(), 4);
        assert_eq!(buffer, [0; 4]);
        assert_eq!(open("/null").unwrap().write_at(0, b"xyz").unwrap(), 3);
        let full = open("/full").unwrap().write_at(0, b"xyz").unwrap_err();
        assert_eq!(full.raw_os_error(), Some(libc::ENOSPC));
        assert_eq!(open("/tty").err().unwrap().raw_os_error(), Some(libc::ENXIO));
    }

    #[test]
    fn nothing_can_be_made_in_it() {
        let how = OpenHow { write: true, create: true, ..OpenHow::default() };
        let error = DeviceFs::new().open(b"/new", how).err().unwrap();
        assert_eq!(error.raw_os_error(), Some(libc::EROFS));
        assert!(DeviceFs::new().remove_file(b"/null").is_err());
    }
}
