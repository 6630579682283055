//! `return`, and the status argument that `exit` takes too.

use bash_interp::{Args, Builtin, Class, Flow, Shell, Unwind, done};
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
    if sh.session.calls.iter().all(|call| call.kind == CallKind::Main) && !sh.can_return() {
        sh.builtin_error(args.name, "can only `return' from a function or sourced script");
        return done(Status::USAGE);
    }
    match status_argument(sh, args)? {
        Some(status) => Break(Unwind::Return(status)),
        None => done(Status::FAILURE),
    }
}

/// The status that the arguments name; that of the last command without one. `None` after a complaint that does not end
/// the shell.
pub(crate) fn status_argument(sh: &mut Shell, args: &Args<'_>) -> Flow<Option<Status>> {
    let words = match args.words {
        [first, rest @ ..] if &first[..] == b"--" => rest,
        words => words,
    };
    let [first, rest @ ..] = words else { return Continue(Some(sh.status_for_return())) };
    let text = String::from_utf8_lossy(first);
    let Ok(number) = text.trim().parse::<i64>() else {
        return numeric_argument_required(sh, args, first);
    };
    if !rest.is_empty() {
        return too_many_arguments(sh, args);
    }
    Continue(Some(Status::new(number as i32)))
}

/// `x: numeric argument required`: discards the command line, with status 2.
pub(crate) fn numeric_argument_required<T>(sh: &mut Shell, args: &Args<'_>, word: &[u8]) -> Flow<T> {
    sh.builtin_error(args.name, [word, b": numeric argument required"].concat());
    Break(Unwind::Discard(Status::USAGE))
}

/// `too many arguments`: discards the command line, with status 2.
pub(crate) fn too_many_arguments<T>(sh: &mut Shell, args: &Args<'_>) -> Flow<T> {
    sh.builtin_error(args.name, "too many arguments");
    Break(Unwind::Discard(Status::USAGE))
}
