//! `local`

use bash_interp::{Builtin, Class};

/// `local`
pub const LOCAL: Builtin = Builtin {
    name: "local",
    synopsis: "local [option] name[=value] ...",
    help: "Define local variables.\n\n\
           Each NAME belongs to the running function and is seen by the functions it calls.  The options are those \
           of `declare'.\n\n\
           The NAME `-' keeps the shell options of `set': they are restored when the function returns.\n\n\
           Exit Status:\nSucceeds unless an option is wrong, a NAME cannot be declared, or no function is running.",
    class: Class::Declaration(crate::declare::assign_for_local),
    run: crate::declare::run_local,
};
