//! `let`

use bash_interp::{Args, Builtin, Class, FAILURE, Flow, Shell, Unwind, done};
use bash_session::Status;
use std::ops::ControlFlow::{Break, Continue};

/// `let`
pub const LET: Builtin = Builtin {
    name: "let",
    synopsis: "let arg [arg ...]",
    help: "Evaluate arithmetic expressions.\n\n\
           Each ARG is one expression, in the integers of the machine: overflow wraps, division by 0 is an error.\n\n\
           Operators, those that bind closest first:\n\n\
           \tid++ id--\n\t++id --id\n\t- +\n\t! ~\n\t**\n\t* / %\n\t+ -\n\t<< >>\n\t<= >= < >\n\t== !=\n\t&\n\t^\n\t|\n\
           \t&&\n\t||\n\texpr ? expr : expr\n\t= *= /= %= += -= <<= >>= &= ^= |=\n\t,\n\n\
           Exit Status:\nFails if the last ARG is 0 or an expression is wrong.",
    class: Class::Regular,
    run,
};

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let words = match args.words {
        [first, rest @ ..] if &first[..] == b"--" => rest,
        words => words,
    };
    if words.is_empty() {
        sh.builtin_error(args.name, "expression expected");
        return FAILURE;
    }
    let mut last = 0;
    for word in words {
        match sh.with_arith_caller(&b"let"[..], |sh| sh.arith_text(word)) {
            Continue(number) => last = number,
            Break(Unwind::Discard(_)) => return FAILURE,
            Break(unwind) => return Break(unwind),
        }
    }
    done(Status::from_truth(last != 0))
}
