//! The working directory: a handle for the system, a logical path for the user, and the directory stack below it.

use crate::Text;
use bash_host::DirRef;
use std::sync::Arc;

/// The working directory of a session. The process's own is never touched.
#[derive(Clone)]
pub struct WorkingDirectory {
    /// Paths are opened relative to this.
    pub handle: DirRef,
    /// The path by which the user came here (`pwd -L`).
    pub logical: Text,
    /// The entries of the directory stack below the current one, top first.
    pub stack: Arc<Vec<Text>>,
}
