//! `export`: not written yet.

use bash_interp::{Args, Builtin, Class, Flow, Shell, done};
use bash_session::Status;

/// `export`
pub const EXPORT: Builtin =
    Builtin { name: "export", synopsis: "export", help: "", class: Class::SpecialDeclaration, run };

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    sh.builtin_error(args.name, "not available");
    done(Status::USAGE)
}
