//! `break`, and the level argument that `continue` takes too.

use bash_interp::{Args, Builtin, Class, Flow, SUCCESS, Shell, Unwind};
use bash_session::Status;
use std::ops::ControlFlow::{Break, Continue};

/// `break`
pub const BREAK: Builtin = Builtin {
    name: "break",
    synopsis: "break [n]",
    help: "Leave loops.\n\nLeaves the innermost loop, or N of them.\n\n\
           Exit Status:\nSucceeds unless N is less than 1.",
    class: Class::Special,
    run: |sh, args| match levels(sh, args)? {
        Some(levels) => Break(Unwind::Break(levels)),
        None => SUCCESS,
    },
};

/// How many loops are meant; `None` outside of any loop.
pub(crate) fn levels(sh: &mut Shell, args: &Args<'_>) -> Flow<Option<u32>> {
    let words = match args.words {
        [first, rest @ ..] if &first[..] == b"--" => rest,
        words => words,
    };
    if sh.session.loop_depth == 0 {
        if sh.is_posix() {
            return Continue(None);
        }
        sh.builtin_error(args.name, "only meaningful in a `for', `while', or `until' loop");
        return Continue(None);
    }
    let Some(first) = words.first() else { return Continue(Some(1)) };
    let Ok(number) = String::from_utf8_lossy(first).trim().parse::<i64>() else {
        crate::r#return::numeric_argument_required(sh, args, first);
        let status = Status::USAGE;
        return Break(if sh.session.options.interactive {
            Unwind::Discard(status)
        } else {
            Unwind::Exit(status)
        });
    };
    if words.len() > 1 {
        return crate::r#return::too_many_arguments(sh, args);
    }
    if number < 1 {
        sh.builtin_error(args.name, [&first[..], b": loop count out of range"].concat());
        return sh.leave_all_loops();
    }
    let most = i64::from(sh.session.loop_depth);
    Continue(Some(number.min(most) as u32))
}
