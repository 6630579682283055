//! Which file system answers, and where links lead.

use super::*;
use crate::filesystem::{File, MemoryFs};
use crate::testing::code;

/// `/a/file`, `/a/sub/`, links to them, and `/mnt/data/there` in a file system of its own.
fn mounts() -> Mounts {
    let (root, data) = (MemoryFs::new(), MemoryFs::new());
    root.add_file("/a/file", "root").unwrap();
    root.add_directory("/a/sub", 0o755).unwrap();
    for (path, target) in [
        ("/l", "/a"),
        ("/a/up", "../a/sub"),
        ("/a/abs", "/mnt/data/there"),
        ("/a/loop", "loop"),
        ("/a/new", "sub/made"),
        ("/a/out", "../../../mnt/data"),
    ] {
        root.add_symlink(path, target).unwrap();
    }
    data.add_file("/there", "data").unwrap();
    data.add_symlink("/back", "/a/file").unwrap();
    let mut mounts = Mounts::new(Arc::new(root));
    mounts.mount(b"/mnt/data/", Arc::new(data));
    mounts
}

fn text(mounts: &Mounts, base: &str, path: &str) -> Result<String, i32> {
    let how = OpenHow { read: true, ..OpenHow::default() };
    let file: Arc<dyn File> = match mounts.open(base.as_bytes(), path.as_bytes(), how) {
        Ok(Opened::File(file)) => file,
        Ok(_) => panic!("{path} is a file"),
        Err(error) => return Err(error.raw_os_error().unwrap_or(0)),
    };
    let mut buffer = [0; 20];
    let count = file.read_at(0, &mut buffer).map_err(|error| error.raw_os_error().unwrap_or(0))?;
    Ok(String::from_utf8_lossy(&buffer[..count]).into_owned())
}

#[test]
fn paths_lead_where_the_kernel_would_go() {
    let mounts = mounts();
    for (base, path, expected) in [
        ("/", "a/file", Ok("root")),
        ("/a", "file", Ok("root")),
        ("/a", "./sub/..//file", Ok("root")),
        ("/", "l/file", Ok("root")),
        ("/", "/l/up/../file", Ok("root")),
        ("/", "mnt/data/there", Ok("data")),
        ("/", "a/abs", Ok("data")),
        ("/", "a/out/there", Ok("data")),
        ("/mnt/data", "back", Ok("root")),
        ("/mnt/data", "../../a/file", Ok("root")),
        ("/", "../../a/file", Ok("root")),
        ("/", "a/loop", Err(libc::ELOOP)),
        ("/", "a/file/", Err(libc::ENOTDIR)),
        ("/", "a/file/x", Err(libc::ENOTDIR)),
        ("/", "a/file/../file", Err(libc::ENOTDIR)),
        ("/", "a/nothing/../file", Err(libc::ENOENT)),
        ("/", "a/nothing", Err(libc::ENOENT)),
        ("/", "mnt/other", Err(libc::ENOENT)),
        ("/", "", Err(libc::ENOENT)),
    ] {
        assert_eq!(text(&mounts, base, path), expected.map(str::to_string), "{path} at {base}");
    }
}

#[test]
fn links_are_followed_or_not_as_asked() {
    let mounts = mounts();
    assert_eq!(mounts.symlink_metadata(b"/", b"l").unwrap().kind, FileKind::Symlink);
    assert_eq!(mounts.symlink_metadata(b"/", b"l/").unwrap().kind, FileKind::Directory);
    assert_eq!(mounts.metadata(b"/", b"l").unwrap().kind, FileKind::Directory);
    assert_eq!(mounts.read_link(b"/", b"l/up").unwrap(), b"../a/sub");
    assert_eq!(code(mounts.read_link(b"/", b"a/file")), libc::EINVAL);
    assert_eq!(mounts.canonical_path(b"/", b"l/up/../abs").unwrap(), b"/mnt/data/there");
    mounts.remove_file(b"/", b"l").unwrap();
    assert_eq!(mounts.metadata(b"/", b"a").unwrap().kind, FileKind::Directory);
}

#[test]
fn a_file_is_made_where_a_dangling_link_points() {
    let mounts = mounts();
    let how = OpenHow { write: true, create: true, mode: 0o644, ..OpenHow::default() };
    assert_eq!(code(mounts.open(b"/", b"a/new", OpenHow { exclusive: true, ..how })), libc::EEXIST);
    mounts.open(b"/", b"a/new", how).unwrap();
    assert_eq!(mounts.metadata(b"/", b"a/sub/made").unwrap().kind, FileKind::Regular);
    assert_eq!(code(mounts.open(b"/", b"a/x/", how)), libc::EISDIR);
    assert_eq!(code(mounts.open(b"/", b"", how)), libc::ENOENT);
}

#[test]
fn the_way_to_a_mount_exists_and_is_listed() {
    let mounts = mounts();
    assert_eq!(mounts.metadata(b"/", b"mnt").unwrap().kind, FileKind::Directory);
    let names = |path: &str| {
        let mut names: Vec<_> = mounts.read_directory(b"/", path.as_bytes()).unwrap();
        names.sort_by(|left, right| left.name.cmp(&right.name));
        names.into_iter().map(|entry| String::from_utf8(entry.name).unwrap()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names("/"), "a l mnt");
    assert_eq!(names("/mnt"), "data");
    assert_eq!(names("/mnt/data"), "back there");
    assert_eq!(code(mounts.access(b"/", b"mnt", Access::Write)), libc::EROFS);
    assert!(mounts.access(b"/", b"mnt", Access::Execute).is_ok());
}

#[test]
fn mounts_stay_and_files_do_not_cross_them() {
    let mounts = mounts();
    assert_eq!(code(mounts.remove_directory(b"/", b"mnt")), libc::EEXIST);
    assert_eq!(code(mounts.make_directory(b"/", b"mnt/data", 0o755)), libc::EEXIST);
    assert_eq!(code(mounts.rename(b"/", b"a/file", b"mnt/data/file")), libc::EXDEV);
    assert_eq!(code(mounts.rename(b"/", b"mnt/data", b"x")), libc::EBUSY);
    assert_eq!(code(mounts.make_link(b"/", b"a/file", b"mnt/data/file")), libc::EXDEV);
    mounts.rename(b"/", b"mnt/data/there", b"mnt/data/moved").unwrap();
    assert_eq!(text(&mounts, "/mnt/data", "moved").as_deref(), Ok("data"));
}

#[test]
fn directories_are_made_and_removed() {
    let mounts = mounts();
    mounts.make_directory(b"/a", b"made/", 0o755).unwrap();
    assert_eq!(code(mounts.make_directory(b"/a", b"made", 0o755)), libc::EEXIST);
    mounts.remove_directory(b"/", b"a/made").unwrap();
    assert_eq!(code(mounts.remove_directory(b"/", b"a")), libc::ENOTEMPTY);
    assert_eq!(code(mounts.remove_directory(b"/", b"a/file")), libc::ENOTDIR);
    assert_eq!(code(mounts.remove_file(b"/", b"a/sub")), libc::EISDIR);
}
