//! `declare`: not written yet.

use bash_interp::{Args, Builtin, Class, Flow, Shell, done};
use bash_session::Status;

/// `declare`
pub const DECLARE: Builtin =
    Builtin { name: "declare", synopsis: "declare", help: "", class: Class::Declaration, run };

/// `typeset`
pub const TYPESET: Builtin =
    Builtin { name: "typeset", synopsis: "typeset", help: "", class: Class::Declaration, run };

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    sh.builtin_error(args.name, "not available");
    done(Status::USAGE)
}
