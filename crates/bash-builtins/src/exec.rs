//! `exec`: not written yet.

use bash_interp::{Args, Builtin, Class, Flow, Shell, done};
use bash_session::Status;

/// `exec`
pub const EXEC: Builtin =
    Builtin { name: "exec", synopsis: "exec", help: "", class: Class::Special, run };

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    sh.builtin_error(args.name, "not available");
    done(Status::USAGE)
}
