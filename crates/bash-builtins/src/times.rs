//! `times`: not written yet.

use bash_interp::{Args, Builtin, Class, Flow, Shell, done};
use bash_session::Status;

/// `times`
pub const TIMES: Builtin =
    Builtin { name: "times", synopsis: "times", help: "", class: Class::Special, run };

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    sh.builtin_error(args.name, "not available");
    done(Status::USAGE)
}
