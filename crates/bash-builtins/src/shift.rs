//! `shift`

use bash_interp::{Args, Builtin, Class, FAILURE, Flow, SUCCESS, Shell};
use bash_session::{Shopt, Status};

/// `shift`
pub const SHIFT: Builtin = Builtin {
    name: "shift",
    synopsis: "shift [n]",
    help: "Drop positional parameters.\n\n\
           `$N+1` becomes `$1` and so on; without N, `$2` becomes `$1`.\n\n\
           Exit Status:\nSucceeds unless N is negative or greater than `$#`.",
    class: Class::Special,
    run,
};

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let words = match args.words {
        [first, rest @ ..] if &first[..] == b"--" => rest,
        words => words,
    };
    let number = match words {
        [] => 1,
        [first, rest @ ..] => {
            let Ok(number) = String::from_utf8_lossy(first).trim().parse::<i64>() else {
                crate::r#return::numeric_argument_required(sh, args, first);
                return sh.fail_special(Status::USAGE);
            };
            if !rest.is_empty() {
                return crate::r#return::too_many_arguments(sh, args);
            }
            number
        }
    };
    match usize::try_from(number) {
        Ok(count) if count <= sh.session.params.count() => {
            sh.session.params.shift(count);
            SUCCESS
        }
        Ok(_) if !sh.shopt(Shopt::ShiftVerbose) => FAILURE,
        _ => {
            let given = if words.is_empty() { String::new() } else { format!("{number}: ") };
            sh.builtin_error(args.name, format!("{given}shift count out of range"));
            FAILURE
        }
    }
}
