//! The logical path of a directory: `.` and empty parts vanish, `..` takes away the part before it.

/// The absolute path that `path` means for a user who is at `base`. `None` if a part that `..` takes away is, by
/// `is_directory`, no directory. A path that begins with exactly two slashes keeps them, as POSIX allows.
pub(super) fn logical_path(
    base: &[u8],
    path: &[u8],
    is_directory: impl Fn(&[u8]) -> bool,
) -> Option<Vec<u8>> {
    let whole = match (path, base) {
        ([b'/', ..], _) => path.to_vec(),
        (_, [.., b'/']) => [base, path].concat(),
        _ => [base, b"/", path].concat(),
    };
    let root: &[u8] = if whole.starts_with(b"//") && !whole.starts_with(b"///") { b"//" } else { b"/" };
    let mut result = root.to_vec();
    for part in whole.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                if result.len() > root.len() && !is_directory(&result) {
                    return None;
                }
                let end = result.iter().rposition(|byte| *byte == b'/').unwrap_or(0);
                result.truncate(end.max(root.len()));
            }
            part => {
                if result.len() > root.len() {
                    result.push(b'/');
                }
                result.extend_from_slice(part);
            }
        }
    }
    Some(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(base: &str, path: &str) -> Option<String> {
        let result = logical_path(base.as_bytes(), path.as_bytes(), |part| !part.ends_with(b"file"));
        result.map(|path| String::from_utf8_lossy(&path).into_owned())
    }

    #[test]
    fn dots_and_empty_parts_vanish() {
        for (base, word, expected) in [
            ("/a/b", "c", "/a/b/c"),
            ("/a/b", ".", "/a/b"),
            ("/a/b", "..", "/a"),
            ("/a/b", "../../..", "/"),
            ("/a", "/x//y/./z/", "/x/y/z"),
            ("/", "a", "/a"),
            ("/", "..", "/"),
            ("/a", "//x", "//x"),
            ("/a", "//", "//"),
            ("/a", "///x", "/x"),
            ("//", "x", "//x"),
        ] {
            assert_eq!(path(base, word).as_deref(), Some(expected), "{base} {word}");
        }
    }

    #[test]
    fn only_a_directory_can_be_left_by_dot_dot() {
        assert_eq!(path("/a", "file/.."), None);
        assert_eq!(path("/a", "dir/../file").as_deref(), Some("/a/file"));
    }
}
