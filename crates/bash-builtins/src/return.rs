//! `return`, and the status argument that `exit` takes too.

use bash_interp::arith::plain_integer;
use bash_interp::{Args, Builtin, Class, Flow, Shell, Unwind};
use bash_session::{CallKind, Status};
use std::ops::ControlFlow::{Break, Continue};

/// `return`
pub const RETURN: Builtin = Builtin {
    name: "return",
    synopsis: "return [n]",
    help: "End a function or a sourced file.\n\n\
           The status is N, or that of the last command.\n\n\
           Exit Status:\nN; a failure outside functions and sourced files.",
    class: Class::Special,
    run,
};

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let status = match status_argument(sh, args)? {
        Some(status) => status,
        None if sh.is_posix() => return sh.fail_special(Status::USAGE),
        None => Status::USAGE,
    };
    if sh.session.calls.iter().all(|call| call.kind == CallKind::Main) && !sh.can_return() {
        sh.builtin_error(args.name, "can only `return' from a function or sourced script");
        return sh.fail_special(Status::USAGE);
    }
    Break(Unwind::Return(status))
}

/// The status that the arguments name; that of the last command without one. `None` after a complaint about a word that
/// is no number.
pub(crate) fn status_argument(sh: &mut Shell, args: &Args<'_>) -> Flow<Option<Status>> {
    let words = match args.words {
        [first, rest @ ..] if &first[..] == b"--" => rest,
        words => words,
    };
    let [first, rest @ ..] = words else { return Continue(Some(sh.status_for_return())) };
    let Some(number) = plain_integer(first).or_else(|| integer_between_blanks(first)) else {
        numeric_argument_required(sh, args, first);
        return Continue(None);
    };
    if !rest.is_empty() {
        return too_many_arguments(sh, args);
    }
    Continue(Some(Status::new(number as i32)))
}

fn integer_between_blanks(word: &[u8]) -> Option<i64> {
    String::from_utf8_lossy(word).trim().parse().ok()
}

/// `x: numeric argument required`
pub(crate) fn numeric_argument_required(sh: &mut Shell, args: &Args<'_>, word: &[u8]) {
    sh.builtin_error(args.name, [word, b": numeric argument required"].concat());
}

/// `too many arguments`: discards the command line, with status 2.
pub(crate) fn too_many_arguments<T>(sh: &mut Shell, args: &Args<'_>) -> Flow<T> {
    sh.builtin_error(args.name, "too many arguments");
    Break(Unwind::Abandon(Status::USAGE))
}
