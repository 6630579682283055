//! File systems in a snapshot: those that a host keeps in memory, with the paths that they are mounted at.

use super::stored::{Damage, Input, Read, Stored};
use bash_host::filesystem::{Content, FilesImage, MemoryEntry};
use std::sync::Arc;

/// Images by the paths that they belong at.
pub(crate) type Images = Vec<(Vec<u8>, FilesImage)>;

impl Stored for FilesImage {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            FilesImage::Whole(entries) => {
                0u64.write(out);
                entries.write(out);
            }
            FilesImage::Changes { entries, hidden } => {
                1u64.write(out);
                entries.write(out);
                hidden.write(out);
            }
        }
    }

    fn read(input: &mut Input<'_>) -> Read<FilesImage> {
        match u64::read(input)? {
            0 => Stored::read(input).map(FilesImage::Whole),
            1 => Ok(FilesImage::Changes { entries: Stored::read(input)?, hidden: Stored::read(input)? }),
            _ => Err(Damage),
        }
    }
}

impl Stored for MemoryEntry {
    fn write(&self, out: &mut Vec<u8>) {
        let MemoryEntry { path, content, mode, uid, gid, accessed, modified } = self;
        path.write(out);
        content.write(out);
        [mode, uid, gid].iter().for_each(|number| number.write(out));
        accessed.write(out);
        modified.write(out);
    }

    fn read(input: &mut Input<'_>) -> Read<MemoryEntry> {
        let entry = MemoryEntry {
            path: Stored::read(input)?,
            content: Stored::read(input)?,
            mode: Stored::read(input)?,
            uid: Stored::read(input)?,
            gid: Stored::read(input)?,
            accessed: Stored::read(input)?,
            modified: Stored::read(input)?,
        };
        let is_time = |(_, nanoseconds): (i64, i64)| (0..1_000_000_000).contains(&nanoseconds);
        if is_time(entry.accessed) && is_time(entry.modified) { Ok(entry) } else { Err(Damage) }
    }
}

impl Stored for Content {
    fn write(&self, out: &mut Vec<u8>) {
        let (kind, text): (u64, &[u8]) = match self {
            Content::File(text) => (0, text),
            Content::Directory => (1, b""),
            Content::Symlink(target) => (2, target),
            Content::HardLink(first) => (3, first),
            // Images hold none that was not fetched.
            Content::Unfetched => (0, b""),
            Content::Fifo => (4, b""),
        };
        kind.write(out);
        super::stored::write_bytes(text, out);
    }

    fn read(input: &mut Input<'_>) -> Read<Content> {
        let kind = u64::read(input)?;
        let text = input.bytes()?;
        match kind {
            0 => Ok(Content::File(Arc::new(text.to_vec()))),
            1 if text.is_empty() => Ok(Content::Directory),
            2 => Ok(Content::Symlink(text.to_vec())),
            3 => Ok(Content::HardLink(text.to_vec())),
            4 if text.is_empty() => Ok(Content::Fifo),
            _ => Err(Damage),
        }
    }
}
