//! `:`

use bash_interp::{Builtin, Class, SUCCESS};

/// `:`
pub const COLON: Builtin = Builtin {
    name: ":",
    synopsis: ":",
    help: "Do nothing.\n\nArguments are expanded and redirections made, as for any command.\n\nExit Status:\nAlways succeeds.",
    class: Class::Special,
    run: |_, _| SUCCESS,
};
