//! The session's descriptors and directory, for the host program.

use super::Session;
use super::error::SessionError;
use bash_host::{Delimited, FileRef, Line, OpenHow};
use std::io;
use std::path::Path;

/// How much to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadMode {
    /// A line, with its newline.
    Line,
    /// Everything.
    All,
    /// At most so many bytes.
    Bytes(usize),
}

/// How a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenMode {
    /// `<`
    Read,
    /// `>`
    Write,
    /// `>>`
    Append,
    /// `<>`
    ReadWrite,
}

impl OpenMode {
    fn how(self) -> OpenHow {
        let how = OpenHow { mode: 0o666, ..OpenHow::default() };
        match self {
            OpenMode::Read => OpenHow { read: true, ..how },
            OpenMode::Write => OpenHow { write: true, create: true, truncate: true, ..how },
            OpenMode::Append => OpenHow { append: true, create: true, ..how },
            OpenMode::ReadWrite => OpenHow { read: true, write: true, create: true, ..how },
        }
    }
}

impl Session {
    /// The working directory, as the script knows it.
    pub fn cwd(&self) -> &[u8] {
        &self.shell.session.directory.logical
    }

    /// Changes the working directory of the session, `PWD` and `OLDPWD` with it. That of the process stays.
    pub fn chdir(&mut self, path: impl AsRef<Path>) -> io::Result<()> {
        bash_builtins::go_to(&mut self.shell, path.as_ref().as_os_str().as_encoded_bytes())
    }

    /// Reads from a descriptor. `None` at its end.
    pub fn read(&mut self, number: i32, mode: ReadMode) -> Result<Option<Vec<u8>>, SessionError> {
        let file = self.readable(number)?;
        let line = match mode {
            ReadMode::Line => Line { delimiter: Some(b'\n'), limit: usize::MAX, deadline: None },
            ReadMode::All => return read_all(&file),
            ReadMode::Bytes(limit) => Line { delimiter: None, limit, deadline: None },
        };
        read_line(&file, &line)
    }

    /// Reads up to a delimiter, which is part of the result.
    pub fn gets(&mut self, number: i32, delimiter: u8) -> Result<Option<Vec<u8>>, SessionError> {
        let file = self.readable(number)?;
        read_line(&file, &Line { delimiter: Some(delimiter), limit: usize::MAX, deadline: None })
    }

    /// Writes to a descriptor.
    pub fn write(&mut self, number: i32, bytes: impl AsRef<[u8]>) -> Result<(), SessionError> {
        let file = self.shell.descriptor(number).filter(|file| file.modes().1);
        let file = file.ok_or(SessionError::BadDescriptor(number))?;
        Ok(file.write_all(bytes.as_ref())?)
    }

    /// Writes a line to standard output.
    pub fn puts(&mut self, line: impl AsRef<[u8]>) -> Result<(), SessionError> {
        self.write(1, [line.as_ref(), b"\n"].concat())
    }

    /// Opens a file as a descriptor of the session, from 3 on.
    pub fn open_fd(
        &mut self,
        number: i32,
        path: impl AsRef<Path>,
        mode: OpenMode,
    ) -> Result<(), SessionError> {
        if number < 3 {
            return Err(SessionError::Reserved(number));
        }
        let file = self.shell.open_path(path.as_ref().as_os_str().as_encoded_bytes(), mode.how())?;
        self.shell.session.descriptors.open(number, file);
        Ok(())
    }

    /// The same with a number that is free, 10 or higher.
    pub fn open_fd_any(&mut self, path: impl AsRef<Path>, mode: OpenMode) -> Result<i32, SessionError> {
        let host = self.shell.host.clone();
        let number = self.shell.session.descriptors.lowest_free(&*host);
        self.open_fd(number, path, mode)?;
        Ok(number)
    }

    /// Closes a descriptor. One that is not open is left so.
    pub fn close_fd(&mut self, number: i32) {
        if self.shell.descriptor(number).is_some() {
            self.shell.session.descriptors.close(number);
        }
    }

    fn readable(&mut self, number: i32) -> Result<FileRef, SessionError> {
        let file = self.shell.descriptor(number).filter(|file| file.modes().0);
        file.ok_or(SessionError::BadDescriptor(number))
    }
}

fn read_line(file: &FileRef, line: &Line) -> Result<Option<Vec<u8>>, SessionError> {
    let mut text = Vec::new();
    let mut left = *line;
    loop {
        let ended = file.read_line(&left, &mut text)?;
        left.limit = line.limit - text.len().min(line.limit);
        match ended {
            Delimited::Interrupted | Delimited::TimedOut => std::thread::yield_now(),
            Delimited::End if text.is_empty() => return Ok(None),
            Delimited::Delimiter | Delimited::Limit | Delimited::End => return Ok(Some(text)),
        }
    }
}

fn read_all(file: &FileRef) -> Result<Option<Vec<u8>>, SessionError> {
    let (mut text, mut buffer) = (Vec::new(), vec![0; 64 * 1024]);
    loop {
        match file.read(&mut buffer) {
            Ok(0) if text.is_empty() => return Ok(None),
            Ok(0) => return Ok(Some(text)),
            Ok(count) => text.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => std::thread::yield_now(),
            Err(error) => return Err(error.into()),
        }
    }
}
