//! A session as plain data: everything that it remembers and can remember again in another process.
//!
//! A [`Snapshot`] shares what it can with the session it was taken of, so taking one is cheap; only [`Snapshot::to_bytes`]
//! copies. Each chapter of the session writes and reads itself, in its own file. What a session *may* do (host commands,
//! policies, mounts, programs) is never in a snapshot: that is granted by whoever restores it.
//!
//! The format is described in `docs/snapshots.md`.

mod chapters;
mod files;
mod functions;
pub(crate) mod stored;
mod variables;

use crate::{Job, JobState, Session, Text};
use bash_host::Host;
use chapters::Chapters;
use files::Images;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use stored::{Damage, Input, Read, Stored};

/// How the bytes of every snapshot begin.
const MAGIC: &[u8; 8] = b"rbash\0sn";
/// The format that is written, and the only one that is read.
const VERSION: u16 = 1;
/// Magic, version, and the length of what follows.
const HEADER: usize = MAGIC.len() + 2 + 8;
const CHECKSUM: usize = 8;

/// What a session remembered at one moment.
///
/// Equal snapshots have equal bytes: [`Snapshot::to_bytes`] depends on nothing else.
#[derive(Clone)]
pub struct Snapshot {
    chapters: Arc<Chapters>,
    images: Images,
    left_out: Vec<NotHeld>,
}

/// Something of a session that its snapshot does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotHeld {
    /// A job that was running or stopped: its number and command.
    Job(u32, Vec<u8>),
    /// An open file beyond standard input, output and error.
    Descriptor(i32),
    /// Keys and variables of the line editor, which were changed.
    LineEditor,
}

/// Why there is no snapshot, or none that can be restored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// A function runs: its local variables belong to a moment that cannot come back.
    #[error("a function is running")]
    InFunction,
    /// What runs is a subshell.
    #[error("a subshell is running")]
    InSubshell,
    /// Variables are assigned for the time of a command.
    #[error("a command with variables of its own is running")]
    TemporaryVariables,
    /// The bytes do not begin as a snapshot does.
    #[error("not a snapshot")]
    NotASnapshot,
    /// The snapshot has a format of another version than this one reads.
    #[error("snapshot of format {0}, which this version does not read")]
    Version(u16),
    /// The bytes are not those that were written: cut off, changed, or made up.
    #[error("damaged snapshot")]
    Damaged,
    /// The files of the snapshot could not be read, or be put into the file systems of the host.
    #[error("files of the snapshot: {0}")]
    Files(#[source] io::Error),
    /// The working directory of the snapshot cannot be entered.
    #[error("directory of the snapshot: {0}")]
    Directory(#[source] io::Error),
}

impl From<Damage> for SnapshotError {
    fn from(_: Damage) -> SnapshotError {
        SnapshotError::Damaged
    }
}

/// The chapters: the names that they are compared by, and what they hold.
macro_rules! chapters {
    ($($field:ident),* $(,)?) => {
        const CHAPTERS: &[&str] = &[$(stringify!($field)),*];

        impl Stored for Chapters {
            fn write(&self, out: &mut Vec<u8>) {
                $(write_chapter(&self.$field, out);)*
            }

            fn read(input: &mut Input<'_>) -> Read<Chapters> {
                Ok(Chapters { $($field: read_chapter(input)?),* })
            }
        }
    };
}

chapters! {
    variables, parameters, functions, aliases, options, traps, surroundings, commands, completions, disabled_builtins,
    history, last_command, counters,
}

/// A chapter behind its length.
fn write_chapter(chapter: &impl Stored, out: &mut Vec<u8>) {
    let mut bytes = Vec::new();
    chapter.write(&mut bytes);
    stored::write_bytes(&bytes, out);
}

fn read_chapter<T: Stored>(input: &mut Input<'_>) -> Read<T> {
    let mut inner = Input::new(input.bytes()?);
    let chapter = T::read(&mut inner)?;
    inner.end()?;
    Ok(chapter)
}

impl Snapshot {
    /// What `session` remembers, and what its host keeps in memory for it.
    pub fn of(session: &Session, host: &dyn Host) -> Result<Snapshot, SnapshotError> {
        let chapters = Arc::new(Chapters::of(session, host.now())?);
        let images = host.images().map_err(SnapshotError::Files)?;
        Ok(Snapshot { chapters, images, left_out: left_out(session) })
    }

    /// What the session had and the snapshot does not hold. A snapshot that was read from bytes does not know.
    pub fn left_out(&self) -> &[NotHeld] {
        &self.left_out
    }

    /// The working directory.
    pub fn directory(&self) -> &[u8] {
        &self.chapters.surroundings.directory
    }

    /// The builtins that are turned off.
    pub fn disabled_builtins(&self) -> &[Text] {
        &self.chapters.disabled_builtins
    }

    /// Puts the files that were kept in memory into the file systems of `host`, in place of what those hold. To be done before
    /// a session begins there, since its directory may be among them.
    pub fn put_files_into(&self, host: &dyn Host) -> Result<(), SnapshotError> {
        host.restore_images(&self.images).map_err(SnapshotError::Files)
    }

    /// Makes a new session remember what the snapshot holds, but for its directory and what follows from variables and
    /// options.
    pub fn put_into(&self, session: &mut Session, now: Duration) {
        self.chapters.put_into(session, now);
    }

    /// The snapshot as bytes, for [`Snapshot::from_bytes`] of the same or another process.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&[0; 8]);
        self.chapters.write(&mut bytes);
        write_chapter(&self.images, &mut bytes);
        let length = (bytes.len() - HEADER) as u64;
        bytes[HEADER - 8..HEADER].copy_from_slice(&length.to_le_bytes());
        let checksum = checksum(&bytes);
        bytes.extend_from_slice(&checksum);
        bytes
    }

    /// Reads what [`Snapshot::to_bytes`] wrote. Bytes of any other origin are an error, or a snapshot that does no more harm
    /// than a script that somebody else has written: whoever restores it runs what is in it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Snapshot, SnapshotError> {
        let mut input = Input::new(body(bytes)?);
        let chapters = Arc::new(Chapters::read(&mut input)?);
        let images = read_chapter(&mut input)?;
        input.end()?;
        Ok(Snapshot { chapters, images, left_out: Vec::new() })
    }

    /// The names of the chapters in which two snapshots differ: `variables`, `aliases`, … or `files`.
    pub fn differences(&self, other: &Snapshot) -> Vec<&'static str> {
        let (ours, theirs) = (self.chapter_bytes(), other.chapter_bytes());
        let differing = ours.iter().zip(&theirs).map(|(one, other)| one != other);
        let names = CHAPTERS.iter().copied().zip(differing).filter(|(_, differs)| *differs);
        let mut names: Vec<&'static str> = names.map(|(name, _)| name).collect();
        names.extend((self.images != other.images).then_some("files"));
        names
    }

    fn chapter_bytes(&self) -> Vec<Vec<u8>> {
        let mut bytes = Vec::new();
        self.chapters.write(&mut bytes);
        let mut input = Input::new(&bytes);
        std::iter::from_fn(|| Vec::<u8>::read(&mut input).ok()).collect()
    }
}

impl PartialEq for Snapshot {
    fn eq(&self, other: &Snapshot) -> bool {
        self.differences(other).is_empty()
    }
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Snapshot").field("left_out", &self.left_out).finish_non_exhaustive()
    }
}

/// What lies between the header and the checksum of bytes that are whole.
fn body(bytes: &[u8]) -> Result<&[u8], SnapshotError> {
    let rest = bytes.strip_prefix(MAGIC).ok_or(SnapshotError::NotASnapshot)?;
    let (version, rest) = rest.split_first_chunk::<2>().ok_or(SnapshotError::Damaged)?;
    match u16::from_le_bytes(*version) {
        VERSION => {}
        other => return Err(SnapshotError::Version(other)),
    }
    let (length, rest) = rest.split_first_chunk::<8>().ok_or(SnapshotError::Damaged)?;
    let (body, sum) = rest.split_last_chunk::<CHECKSUM>().ok_or(SnapshotError::Damaged)?;
    let is_whole = u64::from_le_bytes(*length) == body.len() as u64;
    if is_whole && *sum == checksum(&bytes[..bytes.len() - CHECKSUM]) {
        Ok(body)
    } else {
        Err(SnapshotError::Damaged)
    }
}

/// Finds changes by accident, not by intent: FNV-1a.
fn checksum(bytes: &[u8]) -> [u8; CHECKSUM] {
    let add = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, add).to_le_bytes()
}

fn left_out(session: &Session) -> Vec<NotHeld> {
    let lives = |job: &&Job| !job.inherited && !matches!(job.state(), JobState::Done(_));
    let jobs = session.jobs.iter().filter(lives);
    let jobs = jobs.map(|job| NotHeld::Job(job.id, job.command.clone()));
    let (open, _) = session.descriptors.for_child();
    let files = open.into_iter().map(|(number, _)| number).filter(|number| *number > 2);
    let editor = session.readline.is_ready().then_some(NotHeld::LineEditor);
    jobs.chain(files.map(NotHeld::Descriptor)).chain(editor).collect()
}
