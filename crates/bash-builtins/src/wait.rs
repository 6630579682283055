//! `wait`: not written yet.

use bash_interp::{Args, Builtin, Class, Flow, Shell, done};
use bash_session::Status;

/// `wait`
pub const WAIT: Builtin =
    Builtin { name: "wait", synopsis: "wait", help: "", class: Class::Regular, run };

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    sh.builtin_error(args.name, "not available");
    done(Status::USAGE)
}
