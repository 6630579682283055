//! Paths as bytes: their parts, and what of them can be told without looking at files.

use super::errno;
use std::io;

const LONGEST_PATH: usize = 4096;
const LONGEST_NAME: usize = 255;

/// Refuses what no path can be.
pub(crate) fn check(path: &[u8]) -> io::Result<()> {
    if path.is_empty() || path.contains(&0) {
        return Err(errno(libc::ENOENT));
    }
    let is_long = path.len() >= LONGEST_PATH || parts(path).any(|part| part.len() > LONGEST_NAME);
    if is_long { Err(errno(libc::ENAMETOOLONG)) } else { Ok(()) }
}

/// The parts of a path; empty ones and `.` mean nothing.
pub(crate) fn parts(path: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    path.split(|byte| *byte == b'/').filter(|part| !matches!(*part, b"" | b"."))
}

/// Whether a path can only mean a directory, by its end.
pub(crate) fn asks_for_directory(path: &[u8]) -> bool {
    let last = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    matches!(last, b"" | b"." | b"..")
}

/// The absolute path that `path` means at `base` if no part of it is a symbolic link; `None` where `..` makes that a
/// matter of what the files are.
pub(crate) fn absolute(base: &[u8], path: &[u8]) -> Option<Vec<u8>> {
    let base = if path.starts_with(b"/") { b"" } else { base };
    let mut whole = Vec::with_capacity(base.len() + path.len() + 1);
    for part in parts(base).chain(parts(path)) {
        if part == b".." {
            return None;
        }
        push(&mut whole, part);
    }
    Some(rooted(whole))
}

/// Adds a part to a path that has no slash at its end.
pub(crate) fn push(path: &mut Vec<u8>, part: &[u8]) {
    path.push(b'/');
    path.extend_from_slice(part);
}

/// Takes the last part off a path without a slash at its end.
pub(crate) fn pop(path: &mut Vec<u8>) {
    let end = path.iter().rposition(|byte| *byte == b'/').unwrap_or(0);
    path.truncate(end);
}

/// A path of no parts is the root.
pub(crate) fn rooted(path: Vec<u8>) -> Vec<u8> {
    if path.is_empty() { b"/".to_vec() } else { path }
}

/// The entry `name` of a directory.
pub(crate) fn join(directory: &[u8], name: &[u8]) -> Vec<u8> {
    let directory = if directory == b"/" { b"" } else { directory };
    [directory, b"/", name].concat()
}

/// The directory that a path is in, and its name there. The root is in none.
pub(crate) fn split(path: &[u8]) -> Option<(&[u8], &[u8])> {
    let slash = path.iter().rposition(|byte| *byte == b'/')?;
    let name = &path[slash + 1..];
    let directory = if slash == 0 { b"/" } else { &path[..slash] };
    (!name.is_empty()).then_some((directory, name))
}

/// What is left of a path below `directory` (the root: empty): it begins with a slash, or is empty for the directory itself.
pub(crate) fn below<'p>(path: &'p [u8], directory: &[u8]) -> Option<&'p [u8]> {
    let rest = path.strip_prefix(directory)?;
    (rest.is_empty() || rest.starts_with(b"/")).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(path: Option<Vec<u8>>) -> Option<String> {
        path.map(|path| String::from_utf8(path).unwrap())
    }

    #[test]
    fn a_path_without_dot_dot_is_known_by_its_text() {
        for (base, path, expected) in [
            ("/a", "b", Some("/a/b")),
            ("/", "b//c/./d/", Some("/b/c/d")),
            ("/a/b", "/", Some("/")),
            ("/a", ".", Some("/a")),
            ("/", ".", Some("/")),
            ("/a", "b/../c", None),
        ] {
            let seen = text(absolute(base.as_bytes(), path.as_bytes()));
            assert_eq!(seen.as_deref(), expected, "{base} {path}");
        }
    }

    #[test]
    fn a_path_is_split_at_its_last_part() {
        assert_eq!(split(b"/a/b"), Some((&b"/a"[..], &b"b"[..])));
        assert_eq!(split(b"/a"), Some((&b"/"[..], &b"a"[..])));
        assert_eq!(split(b"/"), None);
        assert_eq!(join(b"/", b"a"), b"/a");
        assert_eq!(join(b"/a", b"b"), b"/a/b");
    }

    #[test]
    fn below_ends_at_parts() {
        assert_eq!(below(b"/mnt/x", b"/mnt"), Some(&b"/x"[..]));
        assert_eq!(below(b"/mnt", b"/mnt"), Some(&b""[..]));
        assert_eq!(below(b"/mntx", b"/mnt"), None);
        assert_eq!(below(b"/x", b""), Some(&b"/x"[..]));
    }

    #[test]
    fn what_no_path_can_be_is_refused() {
        let code = |path: &[u8]| check(path).unwrap_err().raw_os_error();
        assert_eq!(code(b""), Some(libc::ENOENT));
        assert_eq!(code(b"a\0b"), Some(libc::ENOENT));
        assert_eq!(code(&[b'x'; 256]), Some(libc::ENAMETOOLONG));
        assert_eq!(code(&b"x/".repeat(2048)), Some(libc::ENAMETOOLONG));
    }

    #[test]
    fn a_slash_or_a_dot_at_the_end_asks_for_a_directory() {
        assert!([&b"a/"[..], b"a/.", b"a/..", b"/", b".."].iter().all(|path| asks_for_directory(path)));
        assert!(!asks_for_directory(b"a/b"));
    }
}
