//! What a run reads: bytes, a file, a reader of the host program, or what is written while it runs.

use bash_host::{DirRef, FileRef, Host, OpenHow};
use std::io::{self, Read};
use std::sync::Arc;

/// The standard input of a run or a session.
#[derive(Default)]
pub enum Input {
    /// Nothing: reading gives the end at once.
    #[default]
    Nothing,
    /// These bytes.
    Bytes(Vec<u8>),
    /// A file, relative to the session's directory.
    File(Vec<u8>),
    /// What a reader gives. It is read on a thread of its own, ahead of what the script reads.
    Reader(Box<dyn Read + Send>),
    /// What is written to it while it runs: [`crate::Run::write_stdin`].
    Live,
}

impl From<&str> for Input {
    fn from(text: &str) -> Input {
        Input::Bytes(text.into())
    }
}

impl From<String> for Input {
    fn from(text: String) -> Input {
        Input::Bytes(text.into())
    }
}

impl From<&[u8]> for Input {
    fn from(bytes: &[u8]) -> Input {
        Input::Bytes(bytes.into())
    }
}

impl From<Vec<u8>> for Input {
    fn from(bytes: Vec<u8>) -> Input {
        Input::Bytes(bytes)
    }
}

impl Input {
    /// A reader of the host program.
    pub fn reader(reader: impl Read + Send + 'static) -> Input {
        Input::Reader(Box::new(reader))
    }

    /// The file to read from, and where to write what it shall give if it is live.
    pub(crate) fn open(
        self,
        host: &Arc<dyn Host>,
        directory: &DirRef,
    ) -> io::Result<(FileRef, Option<FileRef>)> {
        let file = match self {
            Input::Nothing => super::nothing::Nothing::new(host.clone(), directory.clone()),
            Input::Bytes(bytes) => host.document(&bytes)?,
            Input::File(path) => host.open(directory, &path, OpenHow { read: true, ..OpenHow::default() })?,
            Input::Reader(reader) => feed(&**host, reader)?,
            Input::Live => {
                let (reader, writer) = host.pipe()?;
                return Ok((reader, Some(writer)));
            }
        };
        Ok((file, None))
    }
}

/// A pipe that gets what a reader gives, as long as anybody reads from it.
fn feed(host: &dyn Host, mut source: Box<dyn Read + Send>) -> io::Result<FileRef> {
    let (reader, writer) = host.pipe()?;
    host.run_concurrently(Box::new(move || {
        let mut buffer = vec![0; 16 * 1024];
        loop {
            match source.read(&mut buffer) {
                Ok(0) => return,
                Ok(count) if writer.write_all(&buffer[..count]).is_ok() => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(_) | Err(_) => return,
            }
        }
    }))?;
    Ok(reader)
}
