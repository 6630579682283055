//! The system's own words for its errors.

use std::io;

/// The text of an operating system error as `strerror` gives it in the C locale, e.g. `No such file or directory`.
pub fn errno_text(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(code) => crate::real::errno_text(code),
        None => match error.kind() {
            io::ErrorKind::BrokenPipe => "Broken pipe".to_string(),
            io::ErrorKind::NotFound => "No such file or directory".to_string(),
            io::ErrorKind::Interrupted => "Interrupted system call".to_string(),
            io::ErrorKind::Unsupported => "Operation not supported".to_string(),
            _ => error.to_string(),
        },
    }
}
