//! What can go wrong in the library itself. That a script fails is no error: see [`crate::Outcome`].

use std::io;

/// An error of the library.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The system refused.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Another session of the registry has this id.
    #[error("there is a session called {0} already")]
    DuplicateId(String),
    /// There is no session of this id, or it has been stopped.
    #[error("the session has been stopped")]
    Stopped,
    /// Not a name that a variable, alias or command can have.
    #[error("{0}: not a valid name")]
    InvalidName(String),
    /// The variable is readonly.
    #[error("{0}: readonly variable")]
    Readonly(String),
    /// There is no such option of `set` or `shopt`.
    #[error("{0}: no such option")]
    UnknownOption(String),
    /// The descriptor is not open, or not for this.
    #[error("{0}: bad file descriptor")]
    BadDescriptor(i32),
    /// Descriptors 0 to 2 belong to the session.
    #[error("{0}: only descriptors from 3 on can be opened")]
    Reserved(i32),
    /// There is no such job.
    #[error("no such job")]
    NoSuchJob,
    /// A snapshot could not be taken, read or restored.
    #[error(transparent)]
    Snapshot(#[from] bash_session::snapshot::SnapshotError),
    /// The definition of a function has a syntax error.
    #[error(transparent)]
    Syntax(#[from] super::script::SyntaxError),
}
