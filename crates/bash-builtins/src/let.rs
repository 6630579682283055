//! `let`: not written yet.

use bash_interp::{Args, Builtin, Class, Flow, Shell, done};
use bash_session::Status;

/// `let`
pub const LET: Builtin =
    Builtin { name: "let", synopsis: "let", help: "", class: Class::Regular, run };

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    sh.builtin_error(args.name, "not available");
    done(Status::USAGE)
}
