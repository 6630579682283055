//! `mapfile`: not written yet.

use bash_interp::{Args, Builtin, Class, Flow, Shell, done};
use bash_session::Status;

/// `mapfile`
pub const MAPFILE: Builtin =
    Builtin { name: "mapfile", synopsis: "mapfile", help: "", class: Class::Regular, run };

/// `readarray`
pub const READARRAY: Builtin =
    Builtin { name: "readarray", synopsis: "readarray", help: "", class: Class::Regular, run };

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    sh.builtin_error(args.name, "not available");
    done(Status::USAGE)
}
