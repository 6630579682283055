//! `continue`

use bash_interp::{Builtin, Class, SUCCESS, Unwind};
use std::ops::ControlFlow::Break;

/// `continue`
pub const CONTINUE: Builtin = Builtin {
    name: "continue",
    synopsis: "continue [n]",
    help: "Go on with a loop's next turn.\n\nOf the innermost loop, or of the N-th one around.\n\n\
           Exit Status:\nSucceeds unless N is less than 1.",
    class: Class::Special,
    run: |sh, args| match crate::r#break::levels(sh, args)? {
        Some(levels) => Break(Unwind::Continue(levels)),
        None => SUCCESS,
    },
};
