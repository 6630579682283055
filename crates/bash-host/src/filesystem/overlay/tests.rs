//! An overlay shows changes that the file system below it does not have.

use super::copy::{content, write};
use super::*;
use crate::testing::code;

/// What lies below.
fn below() -> MemoryFs {
    let files = MemoryFs::new();
    files.add_file("/a", "a").unwrap();
    files.add_file("/d/x", "x").unwrap();
    files.add_file_with_mode("/d/y", "y", 0o600).unwrap();
    files.add_directory("/d/e", 0o750).unwrap();
    files.add_symlink("/l", "a").unwrap();
    files
}

fn overlay() -> (MemoryFs, OverlayFs) {
    let files = below();
    let overlay = OverlayFs::new(files.as_user(MemoryFs::USER, MemoryFs::USER));
    (files, overlay)
}

fn text(files: &dyn FileSystem, path: &str) -> Result<String, i32> {
    let text = content(files, path.as_bytes());
    text.map(|text| String::from_utf8(text).unwrap()).map_err(|error| error.raw_os_error().unwrap_or(0))
}

fn names(files: &dyn FileSystem, path: &str) -> String {
    let mut names: Vec<_> = files.read_directory(path.as_bytes()).unwrap();
    names.sort_by(|left, right| left.name.cmp(&right.name));
    names.into_iter().map(|entry| String::from_utf8(entry.name).unwrap()).collect::<Vec<_>>().join(" ")
}

fn append(files: &OverlayFs, path: &str, text: &str) -> io::Result<()> {
    let how = OpenHow { append: true, ..OpenHow::default() };
    match files.open(path.as_bytes(), how)? {
        Opened::File(file) => file.append(text.as_bytes()).map(drop),
        _ => panic!("changes are in memory"),
    }
}

/// `+` added, `-` removed, `*` modified.
fn changes(files: &OverlayFs) -> String {
    let show = |change: &Change| {
        let sign = match change.what {
            ChangeKind::Added => '+',
            ChangeKind::Removed => '-',
            ChangeKind::Modified => '*',
        };
        let slash = if change.kind == FileKind::Directory { "/" } else { "" };
        format!("{sign}{}{slash}", String::from_utf8_lossy(&change.path))
    };
    files.changes().unwrap().iter().map(show).collect::<Vec<_>>().join(" ")
}

/// All that can be seen, as a text.
fn picture(files: &dyn FileSystem) -> Vec<String> {
    let (mut seen, mut ahead) = (Vec::new(), vec![b"/".to_vec()]);
    while let Some(path) = ahead.pop() {
        let about = files.metadata(&path).unwrap();
        let what = match about.kind {
            FileKind::Directory => {
                let entries = files.read_directory(&path).unwrap();
                ahead.extend(entries.iter().map(|entry| path::join(&path, &entry.name)));
                "/".to_string()
            }
            FileKind::Symlink => format!("-> {}", String::from_utf8_lossy(&files.read_link(&path).unwrap())),
            _ => String::from_utf8(content(files, &path).unwrap()).unwrap(),
        };
        seen.push(format!("{} {:o} {what}", String::from_utf8_lossy(&path), about.permissions));
    }
    seen.sort();
    seen
}

#[test]
fn without_changes_it_shows_what_is_below() {
    let (files, overlay) = overlay();
    assert_eq!(picture(&overlay), picture(&files));
    assert_eq!(changes(&overlay), "");
    assert_eq!(overlay.usage().bytes, 0);
}

#[test]
fn changes_are_seen_above_and_not_below() {
    let (files, overlay) = overlay();
    let before = picture(&files);
    append(&overlay, "/d/x", "+").unwrap();
    write(&overlay, b"/d/new", b"new", 0o640).unwrap();
    overlay.remove_file(b"/d/y").unwrap();
    overlay.remove_directory(b"/d/e").unwrap();
    overlay.set_permissions(b"/a", 0o600).unwrap();
    overlay.make_symlink(b"d/x", b"/to").unwrap();
    assert_eq!(text(&overlay, "/d/x").as_deref(), Ok("x+"));
    assert_eq!(text(&overlay, "/d/y"), Err(libc::ENOENT));
    assert_eq!(names(&overlay, "/d"), "new x");
    assert_eq!(names(&overlay, "/"), "a d l to");
    assert_eq!(changes(&overlay), "*/a -/d/e/ +/d/new */d/x -/d/y +/to");
    assert_eq!(picture(&files), before);
}

#[test]
fn what_is_written_back_is_no_change() {
    let (_, overlay) = overlay();
    write(&overlay, b"/a", b"a", 0).unwrap();
    assert_eq!(changes(&overlay), "");
    overlay.remove_file(b"/a").unwrap();
    assert_eq!(changes(&overlay), "-/a");
    write(&overlay, b"/a", b"b", 0o644).unwrap();
    assert_eq!(changes(&overlay), "*/a");
}

#[test]
fn a_directory_made_anew_is_empty() {
    let (_, overlay) = overlay();
    assert_eq!(code(overlay.remove_directory(b"/d")), libc::ENOTEMPTY);
    overlay.remove_file(b"/d/x").unwrap();
    overlay.remove_file(b"/d/y").unwrap();
    overlay.remove_directory(b"/d/e").unwrap();
    overlay.remove_directory(b"/d").unwrap();
    assert_eq!(code(overlay.metadata(b"/d/x")), libc::ENOENT);
    overlay.make_directory(b"/d", 0o755).unwrap();
    assert_eq!(names(&overlay, "/d"), "");
    assert_eq!(changes(&overlay), "-/d/e/ -/d/x -/d/y");
    overlay.remove_directory(b"/d").unwrap();
    write(&overlay, b"/d", b"file", 0o644).unwrap();
    assert_eq!(changes(&overlay), "-/d/ +/d -/d/e/ -/d/x -/d/y");
}

#[test]
fn renaming_moves_what_is_seen() {
    let (_, overlay) = overlay();
    overlay.remove_file(b"/d/y").unwrap();
    overlay.rename(b"/d", b"/moved").unwrap();
    assert_eq!((names(&overlay, "/"), names(&overlay, "/moved")), ("a l moved".into(), "e x".into()));
    overlay.rename(b"/moved/x", b"/a").unwrap();
    assert_eq!(text(&overlay, "/a").as_deref(), Ok("x"));
    overlay.rename(b"/l", b"/moved/l").unwrap();
    assert_eq!(overlay.read_link(b"/moved/l").unwrap(), b"a");
    assert_eq!(code(overlay.rename(b"/a", b"/moved")), libc::EISDIR);
    assert_eq!(code(overlay.rename(b"/moved", b"/moved/e/x")), libc::EINVAL);
    assert_eq!(code(overlay.rename(b"/none", b"/x")), libc::ENOENT);
    assert_eq!(changes(&overlay), "*/a -/d/ -/d/e/ -/d/x -/d/y -/l +/moved/ +/moved/e/ +/moved/l");
}

#[test]
fn a_hard_link_shares_what_was_copied() {
    let (_, overlay) = overlay();
    overlay.make_link(b"/a", b"/same").unwrap();
    append(&overlay, "/same", "!").unwrap();
    assert_eq!(text(&overlay, "/a").as_deref(), Ok("a!"));
    assert_eq!(changes(&overlay), "*/a +/same");
}

#[test]
fn a_commit_makes_below_what_is_seen_above() {
    let (files, overlay) = overlay();
    append(&overlay, "/d/x", "+").unwrap();
    write(&overlay, b"/n/o", b"", 0o644).unwrap_err();
    overlay.make_directory(b"/n", 0o700).unwrap();
    write(&overlay, b"/n/o", b"o", 0o755).unwrap();
    overlay.remove_file(b"/l").unwrap();
    overlay.make_symlink(b"elsewhere", b"/l").unwrap();
    overlay.rename(b"/d/e", b"/e").unwrap();
    overlay.remove_file(b"/d/y").unwrap();
    overlay.make_link(b"/d/x", b"/twin").unwrap();
    let seen = picture(&overlay);
    overlay.commit().unwrap();
    assert_eq!(picture(&files), seen);
    assert_eq!((picture(&overlay), changes(&overlay)), (seen, String::new()));
    assert_eq!(files.metadata(b"/twin").unwrap().links, 2);
    assert_eq!(overlay.usage().bytes, 0);
}

#[test]
fn what_is_discarded_is_gone() {
    let (files, overlay) = overlay();
    let how = OpenHow { read: true, write: true, create: true, mode: 0o644, ..OpenHow::default() };
    let Opened::File(open) = overlay.open(b"/new", how).unwrap() else { panic!("changes are in memory") };
    open.append(b"text").unwrap();
    overlay.remove_file(b"/d/x").unwrap();
    overlay.discard();
    assert_eq!(picture(&overlay), picture(&files));
    write(&overlay, b"/other", b"other", 0o644).unwrap();
    let mut buffer = [0; 9];
    assert_eq!(open.read_at(0, &mut buffer).unwrap(), 4);
    assert_eq!(&buffer[..4], b"text");
}

#[test]
fn a_snapshot_is_independent() {
    let (_, overlay) = overlay();
    append(&overlay, "/a", "1").unwrap();
    let other = overlay.snapshot();
    append(&overlay, "/a", "2").unwrap();
    other.remove_file(b"/d/x").unwrap();
    assert_eq!((text(&overlay, "/a").unwrap(), text(&other, "/a").unwrap()), ("a12".into(), "a1".into()));
    assert_eq!(text(&overlay, "/d/x").as_deref(), Ok("x"));
}

#[test]
fn permissions_below_hold_and_read_only_does_not_matter() {
    let files = below();
    let other = OverlayFs::new(files.as_user(5, 5));
    assert_eq!(code(append(&other, "/a", "x")), libc::EACCES);
    assert_eq!(code(write(&other, b"/new", b"", 0o644)), libc::EACCES);
    assert_eq!(code(other.remove_file(b"/a")), libc::EACCES);
    assert_eq!(code(other.set_permissions(b"/a", 0o777)), libc::EPERM);
    let folder = crate::real::testing::Folder::new();
    std::fs::write(format!("{}/f", folder.0), "disk").unwrap();
    let overlay = OverlayFs::new(super::super::MachineFs::read_only(&folder.0).unwrap());
    append(&overlay, "/f", "+").unwrap();
    write(&overlay, b"/g", b"new", 0o644).unwrap();
    assert_eq!(text(&overlay, "/f").as_deref(), Ok("disk+"));
    assert_eq!(std::fs::read_to_string(format!("{}/f", folder.0)).unwrap(), "disk");
    assert_eq!(code(overlay.commit()), libc::EROFS);
    assert_eq!(changes(&overlay), "*/f +/g");
    let writable = OverlayFs::new(super::super::MachineFs::read_write(&folder.0).unwrap());
    append(&writable, "/f", "+").unwrap();
    writable.commit().unwrap();
    assert_eq!(std::fs::read_to_string(format!("{}/f", folder.0)).unwrap(), "disk+");
}

#[test]
fn changes_end_at_the_quota() {
    let quota = Quota { bytes: Some(3), files: None, file_size: None };
    let files = below();
    files.add_file("/large", "12345").unwrap();
    let overlay = OverlayFs::with_quota(Arc::new(files), quota);
    assert_eq!(code(append(&overlay, "/large", "6")), libc::ENOSPC);
    assert_eq!(text(&overlay, "/large").as_deref(), Ok("12345"));
    append(&overlay, "/a", "bc").unwrap();
    assert_eq!(code(append(&overlay, "/a", "d")), libc::ENOSPC);
}
