//! Files in memory behave like files.

use super::*;
use crate::filesystem::File;
use crate::testing::code;

fn open(files: &MemoryFs, path: &str, how: OpenHow) -> io::Result<Arc<dyn File>> {
    files.open(path.as_bytes(), how).map(|opened| match opened {
        Opened::File(file) => file,
        _ => panic!("{path} is a file"),
    })
}

const NEW: OpenHow = OpenHow {
    read: true,
    write: true,
    append: false,
    truncate: false,
    create: true,
    exclusive: false,
    mode: 0o640,
};

#[test]
fn what_is_written_can_be_read() {
    let files = MemoryFs::new();
    let file = open(&files, "/f", NEW).unwrap();
    assert_eq!(file.write_at(0, b"hello").unwrap(), 5);
    assert_eq!(file.write_at(7, b"there").unwrap(), 5);
    assert_eq!(file.append(b"!").unwrap(), (1, 13));
    let mut buffer = [b'x'; 20];
    assert_eq!(file.read_at(0, &mut buffer).unwrap(), 13);
    assert_eq!(&buffer[..13], b"hello\0\0there!");
    assert_eq!(file.read_at(99, &mut buffer).unwrap(), 0);
    file.set_length(2).unwrap();
    assert_eq!(files.read_file("/f").unwrap(), b"he");
    assert_eq!((file.metadata().unwrap().size, file.metadata().unwrap().permissions), (2, 0o640));
}

#[test]
fn opening_heeds_how() {
    let files = MemoryFs::new();
    files.add_file("/d/f", "text").unwrap();
    let read = OpenHow { create: false, write: false, ..NEW };
    assert_eq!(code(open(&files, "/d/g", read)), libc::ENOENT);
    assert_eq!(code(open(&files, "/x/g", NEW)), libc::ENOENT);
    assert_eq!(code(open(&files, "/d/f/g", NEW)), libc::ENOTDIR);
    assert_eq!(code(open(&files, "/d", NEW)), libc::EISDIR);
    assert_eq!(code(open(&files, "/d", read).unwrap().read_at(0, &mut [0])), libc::EISDIR);
    assert_eq!(code(open(&files, "/d/f", OpenHow { exclusive: true, ..NEW })), libc::EEXIST);
    open(&files, "/d/f", OpenHow { truncate: true, ..NEW }).unwrap();
    assert_eq!(files.read_file("/d/f").unwrap(), b"");
}

#[test]
fn a_file_without_a_name_lives_while_it_is_open() {
    let files = MemoryFs::new();
    let file = open(&files, "/f", NEW).unwrap();
    file.append(b"still here").unwrap();
    files.remove_file(b"/f").unwrap();
    assert_eq!(code(files.metadata(b"/f")), libc::ENOENT);
    assert_eq!(file.read_at(6, &mut [0; 4]).unwrap(), 4);
    assert_eq!((files.usage(), file.metadata().unwrap().links), (Usage { bytes: 10, files: 2 }, 0));
    drop(file);
    assert_eq!(files.usage(), Usage { bytes: 0, files: 1 });
}

#[test]
fn a_hard_link_is_the_same_file() {
    let files = MemoryFs::new();
    files.add_file("/a", "text").unwrap();
    files.make_link(b"/a", b"/b").unwrap();
    let (a, b) = (files.metadata(b"/a").unwrap(), files.metadata(b"/b").unwrap());
    assert_eq!((a.inode, a.links, b.links), (b.inode, 2, 2));
    open(&files, "/b", NEW).unwrap().append(b"+").unwrap();
    files.remove_file(b"/b").unwrap();
    assert_eq!(files.read_file("/a").unwrap(), b"text+");
    assert_eq!(code(files.make_link(b"/", b"/c")), libc::EPERM);
}

#[test]
fn renaming_replaces_what_it_may() {
    let files = MemoryFs::new();
    files.add_file("/a", "a").unwrap();
    files.add_file("/b", "b").unwrap();
    files.add_directory("/d/e", 0o755).unwrap();
    files.rename(b"/a", b"/b").unwrap();
    assert_eq!(files.read_file("/b").unwrap(), b"a");
    assert_eq!(code(files.rename(b"/b", b"/d")), libc::EISDIR);
    assert_eq!(code(files.rename(b"/d", b"/b")), libc::ENOTDIR);
    assert_eq!(code(files.rename(b"/d", b"/d/e/x")), libc::EINVAL);
    files.rename(b"/d", b"/moved").unwrap();
    assert_eq!(files.metadata(b"/moved/e").unwrap().kind, FileKind::Directory);
    assert_eq!(files.metadata(b"/").unwrap().links, 3);
    assert_eq!(files.usage(), Usage { bytes: 1, files: 4 });
}

#[test]
fn permissions_hold_for_users_and_not_for_user_0() {
    let files = MemoryFs::new();
    files.add_file_with_mode("/secret", "s", 0o600).unwrap();
    files.add_file_with_mode("/group", "g", 0o640).unwrap();
    files.add_directory("/closed", 0o700).unwrap();
    files.add_file("/closed/f", "f").unwrap();
    let (other, colleague, root) = (files.as_user(1, 1), files.as_user(1, 1000), files.as_user(0, 0));
    let read = OpenHow { create: false, write: false, ..NEW };
    assert_eq!(code(open(&other, "/secret", read)), libc::EACCES);
    assert_eq!(code(open(&colleague, "/secret", read)), libc::EACCES);
    assert!(open(&colleague, "/group", read).is_ok());
    assert_eq!(code(open(&colleague, "/group", NEW)), libc::EACCES);
    assert_eq!(code(open(&other, "/new", NEW)), libc::EACCES);
    assert_eq!(code(other.metadata(b"/closed/f")), libc::EACCES);
    assert_eq!(code(other.read_directory(b"/closed")), libc::EACCES);
    assert_eq!(code(other.set_permissions(b"/secret", 0o777)), libc::EPERM);
    assert!(open(&root, "/secret", NEW).is_ok());
    assert!(root.access(b"/secret", Access::Write).is_ok());
    assert_eq!(code(root.access(b"/secret", Access::Execute)), libc::EACCES);
}

#[test]
fn in_a_sticky_directory_names_are_their_owners() {
    let files = MemoryFs::new();
    files.add_directory("/tmp", 0o1777).unwrap();
    open(&files.as_user(5, 5), "/tmp/f", NEW).unwrap();
    assert_eq!(code(files.as_user(6, 6).remove_file(b"/tmp/f")), libc::EPERM);
    files.as_user(5, 5).remove_file(b"/tmp/f").unwrap();
}

#[test]
fn growth_ends_at_the_quota() {
    let quota = Quota { bytes: Some(10), files: Some(3), file_size: Some(8) };
    let files = MemoryFs::with_quota(quota);
    let file = open(&files, "/a", NEW).unwrap();
    assert_eq!(file.write_at(0, b"123456789").unwrap(), 8);
    assert_eq!(code(file.append(b"x")), libc::EFBIG);
    let other = open(&files, "/b", NEW).unwrap();
    assert_eq!(other.append(b"abc").unwrap(), (2, 2));
    assert_eq!(code(other.append(b"c")), libc::ENOSPC);
    assert_eq!(code(other.set_length(7)), libc::ENOSPC);
    assert_eq!(code(open(&files, "/c", NEW)), libc::EDQUOT);
    assert_eq!(code(files.add_file("/b", "123456789")), libc::ENOSPC);
    file.set_length(0).unwrap();
    assert_eq!(other.append(b"c").unwrap(), (1, 3));
    drop((file, other));
    files.remove_file(b"/a").unwrap();
    open(&files, "/c", NEW).unwrap();
}

#[test]
fn a_snapshot_shares_and_then_goes_its_own_way() {
    let files = MemoryFs::new();
    for number in 0..100 {
        files.add_file(format!("/d/{number}"), format!("{number}")).unwrap();
    }
    let nameless = open(&files, "/gone", NEW).unwrap();
    nameless.append(b"12345").unwrap();
    files.remove_file(b"/gone").unwrap();
    let copy = files.snapshot();
    open(&files, "/d/1", NEW).unwrap().append(b" changed").unwrap();
    copy.remove_file(b"/d/2").unwrap();
    copy.add_file("/only", "here").unwrap();
    assert_eq!(copy.read_file("/d/1").unwrap(), b"1");
    assert_eq!(files.read_file("/d/2").unwrap(), b"2");
    assert_eq!(code(files.metadata(b"/only")), libc::ENOENT);
    assert_eq!(copy.usage(), Usage { bytes: 190 - 1 + 4, files: 102 });
    assert_eq!(nameless.read_at(0, &mut [0; 9]).unwrap(), 5);
}

#[test]
fn entries_restore_what_they_came_from() {
    let files = MemoryFs::new();
    files.add_file_with_mode("/d/run", "text", 0o755).unwrap();
    files.make_link(b"/d/run", b"/d/same").unwrap();
    files.add_symlink("/link", "d/run").unwrap();
    files.add_fifo("/pipe").unwrap();
    files.add_directory("/closed", 0o500).unwrap();
    files.as_user(7, 8).add_file("/theirs", "t").unwrap();
    files.set_times(b"/d", Some((1, 2)), Some((3, 4))).unwrap();
    let other = MemoryFs::new();
    other.restore(files.entries()).unwrap();
    let shown = |files: &MemoryFs| {
        let show = |entry: MemoryEntry| {
            let path = String::from_utf8(entry.path).unwrap();
            format!("{path} {:?} {:o} {} {}", entry.content, entry.mode, entry.uid, entry.gid)
        };
        files.entries().into_iter().map(show).collect::<Vec<_>>()
    };
    assert_eq!(shown(&files), shown(&other));
    assert_eq!(other.metadata(b"/d").unwrap().modified, (3, 4));
    assert_eq!(other.metadata(b"/d/run").unwrap().links, 2);
}

#[test]
fn a_lazy_file_is_fetched_once_and_only_if_needed() {
    use std::sync::atomic::{AtomicU32, Ordering};
    let count = Arc::new(AtomicU32::new(0));
    let files = MemoryFs::new();
    let counter = count.clone();
    files
        .add_lazy_file("/lazy", move || {
            counter.fetch_add(1, Ordering::Relaxed);
            Ok(b"fetched".to_vec())
        })
        .unwrap();
    files.add_lazy_file("/broken", || Err(errno(libc::EIO))).unwrap();
    files.read_directory(b"/").unwrap();
    assert_eq!(count.load(Ordering::Relaxed), 0);
    assert_eq!(files.metadata(b"/lazy").unwrap().size, 7);
    assert_eq!(files.read_file("/lazy").unwrap(), b"fetched");
    assert_eq!(count.load(Ordering::Relaxed), 1);
    assert_eq!(files.usage().bytes, 7);
    assert_eq!(code(files.read_file("/broken")), libc::EIO);
}

#[test]
fn times_follow_what_happens() {
    let files = MemoryFs::new();
    files.add_file("/a", "a").unwrap();
    files.add_file("/b", "b").unwrap();
    let modified = |path: &str| files.metadata(path.as_bytes()).unwrap().modified;
    assert!(modified("/b") > modified("/a"));
    let file = open(&files, "/a", NEW).unwrap();
    file.append(b"+").unwrap();
    assert!(modified("/a") > modified("/b"));
    let accessed = || files.metadata(b"/a").unwrap().accessed;
    assert!(accessed() < modified("/a"));
    file.read_at(0, &mut [0]).unwrap();
    assert!(accessed() > modified("/a"));
    let clock = MemoryFs::new().timed_by(Arc::new(|| Duration::from_secs(5)));
    clock.add_file("/f", "").unwrap();
    assert_eq!(clock.metadata(b"/f").unwrap().modified, (5, 0));
}
