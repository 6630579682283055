//! Changing the working directory: a new handle, `PWD` and `OLDPWD`.

use super::canonical::logical_path;
use bash_host::FileKind;
use bash_interp::{AssignTarget, Shell};
use bash_parser::Name;
use bash_session::{Status, Text, names};
use std::io;
use std::ops::ControlFlow::Continue;

const ENOENT: i32 = 2;

/// What happens to symbolic links in the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Links {
    /// They stay in it (`-L`).
    Kept,
    /// They are resolved (`-P`).
    Resolved,
}

/// Goes to `path`. The status is a failure if `PWD` or `OLDPWD` could not be set (the message is written).
pub(crate) fn change_directory(sh: &mut Shell, path: &[u8], links: Links) -> io::Result<Status> {
    let current = sh.session.directory.logical.clone();
    let is_directory =
        |part: &[u8]| sh.metadata(part).is_ok_and(|metadata| metadata.kind == FileKind::Directory);
    let logical = logical_path(&current, path, is_directory);
    let base = sh.session.directory.handle.clone();
    let opened = match &logical {
        Some(logical) if links == Links::Kept => match sh.host.open_directory(&base, logical) {
            Err(_) if !sh.is_posix() => sh.host.open_directory(&base, path).map(|handle| (handle, None)),
            opened => opened.map(|handle| (handle, Some(logical.clone()))),
        },
        None if links == Links::Kept && sh.is_posix() => Err(io::Error::from_raw_os_error(ENOENT)),
        _ => sh.host.open_directory(&base, path).map(|handle| (handle, None)),
    };
    let (handle, logical) = opened?;
    let new_path = match logical {
        Some(logical) => logical,
        None => match sh.host.directory_path(&handle) {
            Ok(physical) => physical,
            Err(error) => {
                report_lost_directory(sh, b"cd", &error);
                join(&current, path)
            }
        },
    };
    sh.session.directory.handle = handle;
    sh.session.directory.logical = new_path.into();
    Ok(set_variables(sh))
}

/// The physical path of the working directory.
pub(crate) fn physical_directory(sh: &Shell) -> io::Result<Vec<u8>> {
    sh.host.directory_path(&sh.session.directory.handle)
}

/// The message of a shell whose working directory has been removed.
pub(crate) fn report_lost_directory(sh: &mut Shell, caller: &[u8], error: &io::Error) {
    let message = [
        caller,
        b": error retrieving current directory: getcwd: cannot access parent directories: ",
        bash_host::errno_text(error).as_bytes(),
        b"\n",
    ]
    .concat();
    sh.write_error(&message);
}

fn set_variables(sh: &mut Shell) -> Status {
    let old = sh.plain_text(*names::PWD);
    let mut status = Status::SUCCESS;
    if let Some(old) = old
        && !assign(sh, *names::OLDPWD, old)
    {
        status = Status::FAILURE;
    }
    let path = sh.session.directory.logical.clone();
    if !assign(sh, *names::PWD, path) {
        status = Status::FAILURE;
    }
    status
}

fn assign(sh: &mut Shell, name: Name, value: Text) -> bool {
    matches!(sh.assign_or_complain(&AssignTarget::Whole(name), value), Continue(true))
}

fn join(base: &[u8], path: &[u8]) -> Vec<u8> {
    if path.starts_with(b"/") { path.to_vec() } else { [base, b"/", path].concat() }
}
