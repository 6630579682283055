//! Paths are resolved against the directory that is given, and only there.

use crate::real::RealHost;
use crate::real::testing::{Folder, alone};
use crate::{Access, DirRef, FileKind, Files, OpenHow, Users};

fn folder() -> (RealHost, Folder, DirRef) {
    let (host, folder) = (RealHost::embedded(), Folder::new());
    let base = host.current_directory().unwrap();
    let directory = host.open_directory(&base, folder.0.as_bytes()).unwrap();
    (host, folder, directory)
}

const WRITE: OpenHow = OpenHow { mode: 0o600, ..crate::testing::WRITE };

#[test]
fn names_are_found_in_the_directory() {
    let (host, folder, directory) = folder();
    host.open(&directory, b"a\xff", WRITE).unwrap().write_all(b"12345").unwrap();
    std::os::unix::fs::symlink("a", format!("{}/link", folder.0)).unwrap();
    std::fs::create_dir(format!("{}/sub", folder.0)).unwrap();
    let mut entries = host.read_directory(&directory, b".").unwrap();
    assert_eq!(entries.iter().filter(|entry| entry.is_dots()).count(), 2);
    entries.retain(|entry| !entry.is_dots());
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    let seen: Vec<_> = entries.iter().map(|entry| (entry.name.as_slice(), entry.kind)).collect();
    let expected: [(&[u8], _); 3] =
        [(b"a\xff", FileKind::Regular), (b"link", FileKind::Symlink), (b"sub", FileKind::Directory)];
    assert_eq!(seen, expected);
    assert_eq!(host.metadata(&directory, b"a\xff").unwrap().size, 5);
    assert_eq!(host.read_file(&directory, b"a\xff").unwrap(), b"12345");
    assert_eq!(host.read_link(&directory, b"link").unwrap(), b"a");
    assert_eq!(host.symlink_metadata(&directory, b"link").unwrap().kind, FileKind::Symlink);
    assert_eq!(host.metadata(&directory, b"link").unwrap_err().raw_os_error(), Some(libc::ENOENT));
    assert_eq!(host.canonical_path(&directory, b"sub/..").unwrap(), folder.0.as_bytes());
    assert_eq!(host.directory_path(&directory).unwrap(), folder.0.as_bytes());
    let sub = host.open_directory(&directory, b"sub").unwrap();
    assert_eq!(host.directory_path(&sub).unwrap(), folder.path("sub"));
    std::fs::remove_dir(format!("{}/sub", folder.0)).unwrap();
    assert_eq!(host.directory_path(&sub).unwrap_err().raw_os_error(), Some(libc::ENOENT));
}

#[test]
fn opening_fails_as_the_system_says() {
    let (host, _folder, directory) = folder();
    let errno =
        |path: &[u8], how| host.open(&directory, path, how).err().and_then(|error| error.raw_os_error());
    let read = OpenHow { read: true, ..OpenHow::default() };
    assert_eq!(errno(b"none", read), Some(libc::ENOENT));
    assert_eq!(errno(b"", read), Some(libc::ENOENT));
    assert_eq!(errno(b"nul\0byte", read), Some(libc::ENOENT));
    assert_eq!(errno(b".", WRITE), Some(libc::EISDIR));
    assert_eq!(errno(b"new", OpenHow { exclusive: true, ..WRITE }), None);
    assert_eq!(errno(b"new", OpenHow { exclusive: true, ..WRITE }), Some(libc::EEXIST));
    assert_eq!(errno(&[b'x'; 300], WRITE), Some(libc::ENAMETOOLONG));
    let not_a_directory = host.open_directory(&directory, b"new").err().unwrap();
    assert_eq!(not_a_directory.raw_os_error(), Some(libc::ENOTDIR));
    assert!(host.access(&directory, b"new", Access::Read).is_ok());
    assert!(host.access(&directory, b"new", Access::Execute).is_err());
    assert!(host.access(&directory, b"gone", Access::Exists).is_err());
}

#[test]
fn appending_goes_to_the_end() {
    let (host, _folder, directory) = folder();
    host.open(&directory, b"log", WRITE).unwrap().write_all(b"one ").unwrap();
    let append = OpenHow { append: true, write: true, create: true, ..OpenHow::default() };
    host.open(&directory, b"log", append).unwrap().write_all(b"two").unwrap();
    assert_eq!(host.read_file(&directory, b"log").unwrap(), b"one two");
}

#[test]
fn the_working_directory_needs_no_descriptor_where_the_process_is_ours() {
    let _alone = alone();
    let host = RealHost::owning_process();
    let here = host.current_directory().unwrap();
    let path = host.directory_path(&here).unwrap();
    assert_eq!(path, std::env::current_dir().unwrap().as_os_str().as_encoded_bytes());
    assert_eq!(host.metadata(&here, b".").unwrap().kind, FileKind::Directory);
}

#[test]
fn the_user_is_known() {
    let host = RealHost::embedded();
    assert_eq!(host.home_directory(Some(b"root")), Some(b"/root".to_vec()));
    assert_eq!(host.home_directory(Some(b"no such user")), None);
    assert!(host.user_names().contains(&b"root".to_vec()));
    assert!(host.user_name().is_some() && !host.host_name().is_empty());
}

#[test]
fn errors_are_worded_as_the_c_library_words_them() {
    let text = |code| crate::errno_text(&std::io::Error::from_raw_os_error(code));
    assert_eq!(text(libc::ENOENT), "No such file or directory");
    assert_eq!(text(libc::ENOTSUP), "Operation not supported");
    assert_eq!(text(libc::ETXTBSY), "Text file busy");
    assert_eq!(text(9999), "Unknown error 9999");
}
