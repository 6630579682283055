//! All that is left of a file.

use crate::{FileRef, OpenFile};
use std::io::ErrorKind;

/// More is asked for only as it is needed: a size is no promise.
const FIRST: usize = 512;
const LARGEST_FIRST: usize = 1024 * 1024;
/// A file that says it is larger than this has to show it.
const LARGEST: usize = 1024 * 1024 * 1024;

/// What is left to be read of `file`, as far as it can be read.
pub fn read_rest(file: &FileRef) -> Vec<u8> {
    let size = file.metadata().map_or(0, |metadata| usize::try_from(metadata.size).unwrap_or(0));
    // One byte more, so that the end is found without growing.
    let mut text = vec![0; size.clamp(FIRST, LARGEST_FIRST) + 1];
    let mut length = 0;
    loop {
        if length == text.len() {
            // The file has shown that it holds something, so its size may be believed.
            let mut larger = vec![0; (2 * length).max(size.saturating_add(1).min(LARGEST))];
            larger[..length].copy_from_slice(&text);
            text = larger;
        }
        match OpenFile::read(&**file, &mut text[length..]) {
            Ok(count @ 1..) => length += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Ok(0) | Err(_) => break,
        }
    }
    text.truncate(length);
    text
}
