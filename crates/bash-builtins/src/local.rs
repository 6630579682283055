//! `local`: not written yet.

use bash_interp::{Args, Builtin, Class, Flow, Shell, done};
use bash_session::Status;

/// `local`
pub const LOCAL: Builtin =
    Builtin { name: "local", synopsis: "local", help: "", class: Class::Declaration, run };

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    sh.builtin_error(args.name, "not available");
    done(Status::USAGE)
}
