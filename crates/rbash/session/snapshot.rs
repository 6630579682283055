//! Snapshots of sessions; see [`Snapshot`].

use super::call::Call;
use super::{Session, SessionError};
use bash_session::snapshot::{Snapshot, SnapshotError};

impl Session {
    /// What the session remembers, and what its sandbox keeps in memory: to go on from here later, in this process or
    /// another one ([`SessionBuilder::restore`](crate::SessionBuilder::restore)). The session goes on as before.
    ///
    /// Jobs that run and open files beyond standard input, output and error are left out; [`Snapshot::left_out`] tells
    /// which. `docs/snapshots.md` lists what is held.
    ///
    /// ```
    /// use rbash::{Session, Snapshot};
    /// let mut session = Session::new()?;
    /// session.run("declare -A ages=([ann]=31); greet() { echo \"hello, $1\"; }; cd /; shopt -s extglob");
    /// let bytes = session.snapshot()?.to_bytes();
    ///
    /// let mut again = Session::builder().restore(&Snapshot::from_bytes(&bytes)?).build()?;
    /// assert_eq!(again.run("greet ann; echo ${ages[ann]} $PWD").stdout, b"hello, ann\n31 /\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn snapshot(&self) -> Result<Snapshot, SessionError> {
        Ok(Snapshot::of(&self.shell.session, &*self.shell.host)?)
    }
}

impl Call<'_> {
    /// What the session remembers in the middle of a run; see [`Session::snapshot`]. An error while a function or a subshell
    /// runs: their part could not be gone on with.
    pub fn snapshot(&self) -> Result<Snapshot, SnapshotError> {
        Snapshot::of(&self.shell().session, &*self.shell().host)
    }
}
