//! Nothing leads out of a granted directory.

use super::*;
use crate::filesystem::{MemoryFs, Mounts};
use crate::real::testing::Folder;
use crate::testing::{READ, WRITE, code};
use crate::{FileKind, FileRef};
use std::os::unix::fs::symlink;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// A directory `in` that is granted, beside `out`, which is not.
struct Place {
    folder: Folder,
    mounts: Mounts,
}

impl Place {
    fn new(grant: impl Fn(&str) -> io::Result<MachineFs>) -> Place {
        let folder = Folder::new();
        let inside = format!("{}/in", folder.0);
        std::fs::create_dir_all(format!("{inside}/sub")).unwrap();
        std::fs::create_dir(format!("{}/out", folder.0)).unwrap();
        std::fs::write(format!("{inside}/file"), "inside").unwrap();
        std::fs::write(format!("{}/out/secret", folder.0), "secret").unwrap();
        let mut mounts = Mounts::new(Arc::new(MemoryFs::new()));
        mounts.mount(b"/g", Arc::new(grant(&inside).unwrap()));
        Place { folder, mounts }
    }

    fn path(&self, path: &str) -> String {
        format!("{}/{path}", self.folder.0)
    }

    fn open(&self, path: &str, how: OpenHow) -> io::Result<FileRef> {
        self.mounts.open(b"/g", path.as_bytes(), how).map(|opened| match opened {
            Opened::Stream(file) => file,
            _ => panic!("{path} is a file of the machine"),
        })
    }

    fn text(&self, path: &str) -> Result<String, i32> {
        let read = |file: FileRef| {
            let mut buffer = [0; 64];
            file.read(&mut buffer).map(|count| String::from_utf8_lossy(&buffer[..count]).into_owned())
        };
        self.open(path, READ).and_then(read).map_err(|error| error.raw_os_error().unwrap_or(-1))
    }
}

fn writable() -> Place {
    Place::new(|path| MachineFs::read_write(path))
}

#[test]
fn files_are_read_and_written() {
    let place = writable();
    assert_eq!(place.text("file").as_deref(), Ok("inside"));
    place.open("new", WRITE).unwrap().write_all(b"made").unwrap();
    assert_eq!(std::fs::read_to_string(place.path("in/new")).unwrap(), "made");
    let append = OpenHow { append: true, truncate: false, ..WRITE };
    place.open("new", append).unwrap().write_all(b"!").unwrap();
    assert_eq!(place.text("sub/../new").as_deref(), Ok("made!"));
    assert_eq!(code(place.open("new", OpenHow { exclusive: true, ..WRITE })), libc::EEXIST);
    assert_eq!(code(place.open("sub", WRITE)), libc::EISDIR);
    assert_eq!(code(place.open("none/x", WRITE)), libc::ENOENT);
    assert_eq!(place.text("sub"), Err(libc::EISDIR));
    let mut names: Vec<_> = place.mounts.read_directory(b"/g", b".").unwrap();
    names.sort_by(|left, right| left.name.cmp(&right.name));
    let names: Vec<_> = names.iter().map(|entry| (&entry.name[..], entry.kind)).collect();
    let expected: [(&[u8], _); 3] =
        [(b"file", FileKind::Regular), (b"new", FileKind::Regular), (b"sub", FileKind::Directory)];
    assert_eq!(names, expected);
}

#[test]
fn names_are_made_moved_and_removed() {
    let Place { folder, mounts } = &writable();
    mounts.make_directory(b"/g", b"d", 0o755).unwrap();
    mounts.make_symlink(b"../file", b"/g", b"d/link").unwrap();
    mounts.make_link(b"/g", b"file", b"d/same").unwrap();
    mounts.rename(b"/g", b"d", b"moved").unwrap();
    assert_eq!(mounts.read_link(b"/g", b"moved/link").unwrap(), b"../file");
    assert_eq!(mounts.metadata(b"/g", b"moved/link").unwrap().links, 2);
    mounts.set_times(b"/g", b"moved/same", None, Some((5, 6))).unwrap();
    assert_eq!(mounts.metadata(b"/g", b"file").unwrap().modified, (5, 6));
    mounts.set_permissions(b"/g", b"file", 0o6755).unwrap();
    assert_eq!(mounts.metadata(b"/g", b"file").unwrap().permissions, 0o755, "set-id bits are not set");
    mounts.remove_file(b"/g", b"moved/link").unwrap();
    assert!(std::fs::exists(format!("{}/in/file", folder.0)).unwrap());
    assert_eq!(code(mounts.remove_directory(b"/g", b"moved")), libc::ENOTEMPTY);
    mounts.remove_file(b"/g", b"moved/same").unwrap();
    mounts.remove_directory(b"/g", b"moved").unwrap();
    assert_eq!(code(mounts.read_link(b"/g", b"file")), libc::EINVAL);
}

#[test]
fn what_is_read_only_stays_as_it_is() {
    let place = Place::new(|path| MachineFs::read_only(path));
    assert_eq!(place.text("file").as_deref(), Ok("inside"));
    for how in [WRITE, OpenHow { create: false, ..WRITE }, OpenHow { append: true, ..READ }] {
        assert_eq!(code(place.open("file", how)), libc::EROFS);
    }
    assert_eq!(code(place.open("new", WRITE)), libc::EROFS);
    assert_eq!(code(place.open("new", OpenHow { create: true, ..READ })), libc::EROFS);
    assert_eq!(code(place.mounts.remove_file(b"/g", b"file")), libc::EROFS);
    assert_eq!(code(place.mounts.set_permissions(b"/g", b"file", 0)), libc::EROFS);
    assert_eq!(code(place.mounts.access(b"/g", b"file", Access::Write)), libc::EROFS);
    assert!(place.mounts.access(b"/g", b"file", Access::Read).is_ok());
}

#[test]
fn links_mean_the_sandbox_and_not_the_machine() {
    let place = writable();
    let out = place.path("out/secret");
    for (name, target) in
        [("abs", &out[..]), ("up", "../out/secret"), ("dir", "../out"), ("deep", "sub/../../out/secret")]
    {
        symlink(target, place.path(&format!("in/{name}"))).unwrap();
    }
    symlink("/g/file", place.path("in/mine")).unwrap();
    symlink("sub/../file", place.path("in/here")).unwrap();
    for path in ["abs", "up", "dir/secret", "deep", "../out/secret", "/g/../out/secret", &out] {
        assert_eq!(place.text(path), Err(libc::ENOENT), "{path}");
    }
    assert!(place.open("up", WRITE).is_err() || !std::fs::read_to_string(&out).unwrap().is_empty());
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "secret");
    assert_eq!(place.text("mine").as_deref(), Ok("inside"));
    assert_eq!(place.text("here").as_deref(), Ok("inside"));
}

#[test]
fn the_file_system_itself_follows_no_link_and_no_dots() {
    let place = writable();
    symlink(place.path("out"), place.path("in/link")).unwrap();
    let files = MachineFs::read_write(place.path("in")).unwrap();
    assert_eq!(code(files.open(b"/link/secret", READ)), libc::ELOOP);
    assert_eq!(code(files.open(b"/link", READ)), libc::ELOOP);
    assert_eq!(code(files.open(b"/../out/secret", READ)), libc::EXDEV);
    assert_eq!(code(files.remove_file(b"/link/secret")), libc::ELOOP);
    assert_eq!(code(files.read_directory(b"/link")), libc::ELOOP);
    assert_eq!(code(files.set_permissions(b"/link", 0)), libc::ELOOP);
    assert_eq!(files.metadata(b"/link").unwrap().kind, FileKind::Symlink);
    assert_eq!(code(files.metadata(b"/link/secret")), libc::ELOOP);
}

#[test]
fn fifos_sockets_and_devices_are_seen_and_not_opened() {
    let place = writable();
    let mode = nix::sys::stat::Mode::from_bits_truncate(0o666);
    nix::unistd::mkfifo(&place.path("in/fifo")[..], mode).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(place.path("in/socket")).unwrap();
    for name in ["fifo", "socket"] {
        assert_eq!(code(place.open(name, READ)), libc::EACCES, "{name}");
        assert_eq!(code(place.open(name, WRITE)), libc::EACCES, "{name}");
        assert_ne!(place.mounts.metadata(b"/g", name.as_bytes()).unwrap().kind, FileKind::Regular);
        place.mounts.remove_file(b"/g", name.as_bytes()).unwrap();
    }
    assert_eq!(code(place.mounts.make_fifo(b"/g", b"made", 0o600)), libc::EPERM);
    let mut devices = Mounts::new(Arc::new(MemoryFs::new()));
    devices.mount(b"/d", Arc::new(MachineFs::read_only("/dev").unwrap()));
    assert_eq!(code(devices.open(b"/d", b"null", READ)), libc::EACCES);
}

#[test]
fn proc_leads_nowhere() {
    assert_eq!(code(MachineFs::read_only("/proc")), libc::EACCES);
    let mut mounts = Mounts::new(Arc::new(MemoryFs::new()));
    mounts.mount(b"/all", Arc::new(MachineFs::read_only("/").unwrap()));
    mounts.mount(b"/deep", Arc::new(MachineFs::read_only("/").unwrap().across_mounts()));
    for path in ["root/etc", "cwd", "fd/0", "exe", "mem", "environ", "root"] {
        for base in ["/all/proc/self", "/deep/proc/self"] {
            let opened = mounts.open(base.as_bytes(), path.as_bytes(), READ);
            assert!(opened.is_err(), "{base}/{path}");
        }
    }
    assert!(mounts.metadata(b"/deep", b"proc").is_ok());
}

/// A name inside changes between a directory and a link to the outside, as fast as it can. Whoever uses it meanwhile
/// sees the inside or an error.
#[test]
fn a_race_of_links_leads_nowhere() {
    let place = Arc::new(writable());
    std::fs::write(place.path("in/sub/secret"), "inside").unwrap();
    symlink(place.path("out"), place.path("in/evil")).unwrap();
    std::fs::create_dir(place.path("in/name")).unwrap();
    std::fs::write(place.path("in/name/secret"), "inside").unwrap();
    let over = Arc::new(AtomicBool::new(false));
    let swapper = std::thread::spawn({
        let (place, over) = (place.clone(), over.clone());
        move || {
            let [name, evil, spare] = ["in/name", "in/evil", "in/spare"].map(|path| place.path(path));
            while !over.load(Ordering::Relaxed) {
                for (from, to) in [(&name, &spare), (&evil, &name), (&name, &evil), (&spare, &name)] {
                    std::fs::rename(from, to).unwrap();
                }
            }
        }
    });
    let users: Vec<_> = (0..2)
        .map(|turn| {
            let place = place.clone();
            std::thread::spawn(move || {
                let (mut seen, mut turns, start) = (0, 0, Instant::now());
                while turns < 4000 || seen == 0 && start.elapsed() < Duration::from_secs(60) {
                    turns += 1;
                    match turn {
                        0 => match place.text("name/secret") {
                            Ok(text) => {
                                assert_eq!(text, "inside");
                                seen += 1;
                            }
                            Err(error) => assert!([libc::ENOENT, libc::ELOOP].contains(&error), "{error}"),
                        },
                        _ => {
                            let made = place.open("name/made", WRITE).and_then(|file| file.write_all(b"x"));
                            seen += usize::from(made.is_ok());
                            let _ = place.mounts.remove_file(b"/g", b"name/made");
                        }
                    }
                }
                seen
            })
        })
        .collect();
    let seen: Vec<usize> = users.into_iter().map(|user| user.join().unwrap()).collect();
    over.store(true, Ordering::Relaxed);
    swapper.join().unwrap();
    assert!(seen.iter().all(|count| *count > 0), "{seen:?}");
    let outside: Vec<_> =
        std::fs::read_dir(place.path("out")).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(outside, ["secret"]);
    assert_eq!(std::fs::read_to_string(place.path("out/secret")).unwrap(), "secret");
}

#[test]
fn a_hard_link_cannot_be_made_from_outside() {
    let place = writable();
    assert_eq!(code(place.mounts.make_link(b"/g", b"../out/secret", b"stolen")), libc::ENOENT);
    assert_eq!(code(place.mounts.rename(b"/g", b"file", b"../out")), libc::EXDEV);
    let files = MachineFs::read_write(place.path("in")).unwrap();
    assert_eq!(code(files.make_link(b"/../out/secret", b"/stolen")), libc::EXDEV);
}
