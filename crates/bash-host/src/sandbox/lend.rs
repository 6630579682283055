//! What a program of the machine gets in place of an open file in memory, which it cannot see.

use super::SandboxHost;
use super::open_file::PositionedFile;
use crate::filesystem::{DeviceFs, path};
use crate::{FileRef, Host, OpenHow, read_rest};
use std::io;

impl SandboxHost {
    /// The descriptors of a program: a device is the machine's, a file to read is a copy of the rest of it. A file in memory
    /// that is open for writing cannot be lent; the program does not start (`Bad file descriptor`).
    pub(super) fn lent(
        &self,
        machine: &dyn Host,
        descriptors: &[(i32, FileRef)],
    ) -> io::Result<Vec<(i32, FileRef)>> {
        let lend = |(number, file): &(i32, FileRef)| Ok((*number, stand_in(machine, file)?));
        descriptors.iter().map(lend).collect()
    }
}

fn stand_in(machine: &dyn Host, file: &FileRef) -> io::Result<FileRef> {
    let Some(how) = file.as_any().and_then(|any| any.downcast_ref()).map(PositionedFile::how) else {
        return Ok(file.clone());
    };
    let about = file.metadata()?;
    if let Some(name) = DeviceFs::name_of(&about) {
        let how = OpenHow { create: false, truncate: false, exclusive: false, ..how };
        return machine.open(&machine.current_directory()?, &path::join(b"/dev", name), how);
    }
    match file.modes() {
        (true, false) => machine.document(&read_rest(file)),
        _ => Ok(file.clone()),
    }
}
