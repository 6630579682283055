//! What the tests of files and pipes have in common.

use crate::OpenHow;
use std::io;

/// To read.
pub(crate) const READ: OpenHow = OpenHow {
    read: true,
    write: false,
    append: false,
    truncate: false,
    create: false,
    exclusive: false,
    mode: 0o644,
};

/// To write, from nothing.
pub(crate) const WRITE: OpenHow = OpenHow { read: false, write: true, create: true, truncate: true, ..READ };

/// The number of an error; 0 if there is none.
pub(crate) fn code<T>(result: io::Result<T>) -> i32 {
    result.err().and_then(|error| error.raw_os_error()).unwrap_or(0)
}
