//! `readonly`: not written yet.

use bash_interp::{Args, Builtin, Class, Flow, Shell, done};
use bash_session::Status;

/// `readonly`
pub const READONLY: Builtin =
    Builtin { name: "readonly", synopsis: "readonly", help: "", class: Class::SpecialDeclaration, run };

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    sh.builtin_error(args.name, "not available");
    done(Status::USAGE)
}
