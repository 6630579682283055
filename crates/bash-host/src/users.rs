//! The user facet: who runs the shell, and the user database.

/// User and group ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is what its name says")]
pub struct Ids {
    pub uid: u32,
    pub effective_uid: u32,
    pub gid: u32,
    pub effective_gid: u32,
}

/// Users and the machine's name.
pub trait Users {
    /// The ids of the process.
    fn ids(&self) -> Ids;
    /// Its groups.
    fn groups(&self) -> Vec<u32>;
    /// The home directory of a user (`None`: of the current one).
    fn home_directory(&self, user: Option<&[u8]>) -> Option<Vec<u8>>;
    /// The name of the current user.
    fn user_name(&self) -> Option<Vec<u8>>;
    /// The login shell of the current user.
    fn login_shell(&self) -> Option<Vec<u8>>;
    /// All user names (for completion).
    fn user_names(&self) -> Vec<Vec<u8>>;
    /// The machine's name.
    fn host_name(&self) -> Vec<u8>;
}
