//! How commands end: with a status, or by unwinding to whoever catches it.

use bash_session::Status;
use std::ops::ControlFlow;

/// What running something gives: a value, or a way out that `?` carries up.
pub type Flow<T = Status> = ControlFlow<Unwind, T>;

/// A way out of the commands being run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unwind {
    /// `break N`, with the loops still to leave. Caught by loops.
    Break(u32),
    /// A wrong argument of `break` or `continue`: every loop ends, with this status. Caught by the outermost loop.
    LeaveLoops(Status),
    /// `continue N`, with the loops still to leave before one goes on. Caught by loops.
    Continue(u32),
    /// `return`. Caught by function calls and `source`.
    Return(Status),
    /// `exit`, `set -e`, fatal errors. Caught by subshells and at the top.
    Exit(Status),
    /// An error that discards the whole command line (a failed expansion, an assignment to a readonly variable). Caught
    /// by whoever reads command lines.
    Discard(Status),
    /// The same for a mistake within a subscript, and for too many arguments: builtins, `((…))`, `eval` and sourced files
    /// do not take it for their own. Caught by whoever reads the script's own lines.
    Abandon(Status),
    /// The rest of the innermost subshell was carried out by another process, which ended with this status. Caught by
    /// that subshell, which runs nothing more.
    HandedOver(Status),
}

/// `Continue(SUCCESS)`: the usual end.
pub const SUCCESS: Flow = ControlFlow::Continue(Status::SUCCESS);

/// `Continue(FAILURE)`.
pub const FAILURE: Flow = ControlFlow::Continue(Status::FAILURE);

/// Ends normally with `status`.
pub fn done(status: Status) -> Flow {
    ControlFlow::Continue(status)
}
