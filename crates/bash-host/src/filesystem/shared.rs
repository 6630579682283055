//! A file system that its owner keeps a hand on while it is mounted.

use super::{FileSystem, FilesImage, Opened, Time};
use crate::{Access, Entry, Metadata, OpenHow};
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;

/// The same files, so that an overlay can be mounted and asked for its changes.
impl<F: FileSystem + ?Sized> FileSystem for Arc<F> {
    fn open(&self, path: &[u8], how: OpenHow) -> io::Result<Opened> {
        (**self).open(path, how)
    }

    fn metadata(&self, path: &[u8]) -> io::Result<Metadata> {
        (**self).metadata(path)
    }

    fn access(&self, path: &[u8], access: Access) -> io::Result<()> {
        (**self).access(path, access)
    }

    fn read_directory(&self, path: &[u8]) -> io::Result<Vec<Entry>> {
        (**self).read_directory(path)
    }

    fn read_link(&self, path: &[u8]) -> io::Result<Vec<u8>> {
        (**self).read_link(path)
    }

    fn make_directory(&self, path: &[u8], mode: u32) -> io::Result<()> {
        (**self).make_directory(path, mode)
    }

    fn make_fifo(&self, path: &[u8], mode: u32) -> io::Result<()> {
        (**self).make_fifo(path, mode)
    }

    fn make_link(&self, existing: &[u8], path: &[u8]) -> io::Result<()> {
        (**self).make_link(existing, path)
    }

    fn make_symlink(&self, target: &[u8], path: &[u8]) -> io::Result<()> {
        (**self).make_symlink(target, path)
    }

    fn remove_file(&self, path: &[u8]) -> io::Result<()> {
        (**self).remove_file(path)
    }

    fn remove_directory(&self, path: &[u8]) -> io::Result<()> {
        (**self).remove_directory(path)
    }

    fn rename(&self, from: &[u8], to: &[u8]) -> io::Result<()> {
        (**self).rename(from, to)
    }

    fn set_permissions(&self, path: &[u8], mode: u32) -> io::Result<()> {
        (**self).set_permissions(path, mode)
    }

    fn set_times(&self, path: &[u8], accessed: Option<Time>, modified: Option<Time>) -> io::Result<()> {
        (**self).set_times(path, accessed, modified)
    }

    fn os_directory(&self, path: &[u8]) -> io::Result<Option<OwnedFd>> {
        (**self).os_directory(path)
    }

    fn copied(&self) -> Option<Arc<dyn FileSystem>> {
        (**self).copied()
    }

    fn image(&self) -> io::Result<Option<FilesImage>> {
        (**self).image()
    }

    fn restore_image(&self, image: &FilesImage) -> io::Result<()> {
        (**self).restore_image(image)
    }
}
