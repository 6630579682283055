//! Users, groups and the machine's name.
//!
//! The C library asks the system's user database, which may be more than a file. A statically linked C library cannot
//! (it would load plug-ins made for another one, and crash): such a program reads `/etc/passwd` itself.

use super::{RealHost, calls};
use crate::{Ids, Users};
use std::ffi::{CStr, CString, c_char};
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::{Mutex, PoisonError};

impl Users for RealHost {
    fn ids(&self) -> Ids {
        // SAFETY: take no pointers, cannot fail.
        unsafe {
            Ids {
                uid: libc::getuid(),
                effective_uid: libc::geteuid(),
                gid: libc::getgid(),
                effective_gid: libc::getegid(),
            }
        }
    }

    fn groups(&self) -> Vec<u32> {
        // SAFETY: the first call asks for the count, the second gets room for as many.
        unsafe {
            let count = libc::getgroups(0, ptr::null_mut());
            let mut groups = vec![0; usize::try_from(count).unwrap_or(0)];
            let count = libc::getgroups(count.max(0), groups.as_mut_ptr());
            groups.truncate(usize::try_from(count).unwrap_or(0));
            groups
        }
    }

    fn home_directory(&self, user: Option<&[u8]>) -> Option<Vec<u8>> {
        look_up(user, Field::Home)
    }

    fn user_name(&self) -> Option<Vec<u8>> {
        look_up(None, Field::Name)
    }

    fn login_shell(&self) -> Option<Vec<u8>> {
        look_up(None, Field::Shell)
    }

    fn user_names(&self) -> Vec<Vec<u8>> {
        if is_static() {
            return passwd_file()
                .split(|byte| *byte == b'\n')
                .filter_map(|line| column(line, Field::Name))
                .collect();
        }
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let _lock = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let mut names = Vec::new();
        // SAFETY: the C library's list is walked by one thread of ours at a time; names are copied at once.
        unsafe {
            libc::setpwent();
            while let Some(user) = libc::getpwent().as_ref() {
                names.extend(text(user.pw_name));
            }
            libc::endpwent();
        }
        names
    }

    fn host_name(&self) -> Vec<u8> {
        let mut buffer = [0_u8; 256];
        // SAFETY: pointer and length are those of one buffer, whose last byte is left alone.
        unsafe { libc::gethostname(buffer.as_mut_ptr().cast(), buffer.len() - 1) };
        let end = calls::find(0, &buffer).unwrap_or(0);
        buffer[..end].to_vec()
    }
}

/// Whether the C library is part of the program: no loader was asked for at its start.
#[cfg(target_os = "linux")]
fn is_static() -> bool {
    // SAFETY: takes no pointers; what is not there is 0.
    unsafe { libc::getauxval(libc::AT_BASE) == 0 }
}

#[cfg(not(target_os = "linux"))]
fn is_static() -> bool {
    false
}

/// A field of a user's entry, by its column in `/etc/passwd`.
#[derive(Clone, Copy)]
enum Field {
    Name = 0,
    Id = 2,
    Home = 5,
    Shell = 6,
}

/// One field of a user's entry (`None`: of the current user's).
fn look_up(user: Option<&[u8]>, field: Field) -> Option<Vec<u8>> {
    if is_static() { look_up_in(&passwd_file(), user, field) } else { ask_c_library(user, field) }
}

fn passwd_file() -> Vec<u8> {
    std::fs::read("/etc/passwd").unwrap_or_default()
}

fn look_up_in(file: &[u8], user: Option<&[u8]>, field: Field) -> Option<Vec<u8>> {
    // SAFETY: takes no pointers, cannot fail.
    let id = unsafe { libc::getuid() }.to_string().into_bytes();
    let is_wanted = |line: &&[u8]| match user {
        Some(name) => column(line, Field::Name).as_deref() == Some(name),
        None => column(line, Field::Id).as_deref() == Some(&id[..]),
    };
    column(file.split(|byte| *byte == b'\n').find(is_wanted)?, field)
}

fn column(line: &[u8], field: Field) -> Option<Vec<u8>> {
    let text = line.split(|byte| *byte == b':').nth(field as usize)?;
    (!text.is_empty()).then(|| text.to_vec())
}

fn ask_c_library(user: Option<&[u8]>, field: Field) -> Option<Vec<u8>> {
    let name = user.map(CString::new).transpose().ok()?;
    let mut buffer = vec![0_u8; 1024];
    loop {
        let mut entry = MaybeUninit::<libc::passwd>::uninit();
        let mut found = ptr::null_mut();
        let (start, length) = (buffer.as_mut_ptr().cast(), buffer.len());
        // SAFETY: entry and buffer live until the field has been copied out of them.
        let error = unsafe {
            match &name {
                Some(name) => {
                    libc::getpwnam_r(name.as_ptr(), entry.as_mut_ptr(), start, length, &raw mut found)
                }
                None => libc::getpwuid_r(libc::getuid(), entry.as_mut_ptr(), start, length, &raw mut found),
            }
        };
        if error != libc::ERANGE || buffer.len() > 1 << 20 {
            // SAFETY: null or the filled entry.
            return unsafe { found.as_ref() }.and_then(|user| {
                text(match field {
                    Field::Name => user.pw_name,
                    Field::Home => user.pw_dir,
                    Field::Shell => user.pw_shell,
                    Field::Id => return None,
                })
            });
        }
        buffer.resize(buffer.len() * 2, 0);
    }
}

/// A copy of a string of the C library.
fn text(string: *const c_char) -> Option<Vec<u8>> {
    // SAFETY: null or terminated, as the C library gives it.
    (!string.is_null()).then(|| unsafe { CStr::from_ptr(string) }.to_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_in_the_file_by_name() {
        let file = b"root:x:0:0:root:/root:/bin/bash\nmail:x:8:8:mail:/var/mail:/usr/sbin/nologin\n";
        assert_eq!(look_up_in(file, Some(b"mail"), Field::Home).as_deref(), Some(&b"/var/mail"[..]));
        assert_eq!(look_up_in(file, Some(b"nobody"), Field::Home), None);
    }

    #[test]
    fn file_and_c_library_agree() {
        assert_eq!(
            look_up_in(&passwd_file(), Some(b"root"), Field::Home),
            ask_c_library(Some(b"root"), Field::Home)
        );
    }
}
