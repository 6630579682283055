//! `true` and `false`.

use bash_interp::{Builtin, Class, FAILURE, SUCCESS};

/// `true`
pub const TRUE: Builtin = Builtin {
    name: "true",
    synopsis: "true",
    help: "Succeed.\n\nExit Status:\nAlways succeeds.",
    class: Class::Regular,
    run: |_, _| SUCCESS,
};

/// `false`
pub const FALSE: Builtin = Builtin {
    name: "false",
    synopsis: "false",
    help: "Fail.\n\nExit Status:\nAlways fails.",
    class: Class::Regular,
    run: |_, _| FAILURE,
};
