//! Exit status: `$?`.

/// An exit status, 0 to 255.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Status(u8);

impl Status {
    /// 0
    pub const SUCCESS: Status = Status(0);
    /// 1
    pub const FAILURE: Status = Status(1);
    /// 2: wrong usage of a builtin, syntax errors.
    pub const USAGE: Status = Status(2);
    /// 126: found but not executable.
    pub const CANNOT_EXECUTE: Status = Status(126);
    /// 127: not found.
    pub const NOT_FOUND: Status = Status(127);

    /// The status for `code`, of which only the low eight bits count.
    #[inline]
    pub fn new(code: i32) -> Status {
        Status((code & 0xff) as u8)
    }

    /// Its number.
    #[inline]
    pub fn code(self) -> i32 {
        i32::from(self.0)
    }

    /// Whether it is 0.
    #[inline]
    pub fn is_success(self) -> bool {
        self.0 == 0
    }

    /// 0 for `true`, 1 for `false`.
    #[inline]
    pub fn from_truth(truth: bool) -> Status {
        if truth { Status::SUCCESS } else { Status::FAILURE }
    }

    /// `! command`
    #[must_use]
    pub fn negated(self) -> Status {
        Status::from_truth(!self.is_success())
    }
}
