//! `ulimit`: not written yet.

use bash_interp::{Args, Builtin, Class, Flow, Shell, done};
use bash_session::Status;

/// `ulimit`
pub const ULIMIT: Builtin =
    Builtin { name: "ulimit", synopsis: "ulimit", help: "", class: Class::Regular, run };

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    sh.builtin_error(args.name, "not available");
    done(Status::USAGE)
}
