//! `test`: not written yet.

use bash_interp::{Args, Builtin, Class, Flow, Shell, done};
use bash_session::Status;

/// `test`
pub const TEST: Builtin =
    Builtin { name: "test", synopsis: "test", help: "", class: Class::Regular, run };

/// `[`
pub const BRACKET: Builtin =
    Builtin { name: "[", synopsis: "[", help: "", class: Class::Regular, run };

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    sh.builtin_error(args.name, "not available");
    done(Status::USAGE)
}
