//! `unset`: not written yet.

use bash_interp::{Args, Builtin, Class, Flow, Shell, done};
use bash_session::Status;

/// `unset`
pub const UNSET: Builtin =
    Builtin { name: "unset", synopsis: "unset", help: "", class: Class::Special, run };

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    sh.builtin_error(args.name, "not available");
    done(Status::USAGE)
}
