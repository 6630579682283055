//! `suspend`

use crate::r#return::too_many_arguments;
use bash_interp::{Args, Builtin, Class, Flow, OptionLetter, Shell, done};
use bash_session::Status;

/// `suspend`
pub const SUSPEND: Builtin = Builtin {
    name: "suspend",
    synopsis: "suspend [-f]",
    help: "Stop the shell until it gets SIGCONT.\n\n\
           Options:\n  -f\teven if it is a login shell or has no job control\n\n\
           Exit Status:\nSucceeds unless the shell cannot be stopped.",
    class: Class::Regular,
    run,
};

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let mut force = false;
    let mut options = args.options("f");
    for option in options.by_ref() {
        match option {
            OptionLetter::On(b'f', _) => force = true,
            option => return sh.wrong_option(args, option),
        }
    }
    if !options.operands().is_empty() {
        return too_many_arguments(sh, args);
    }
    if !force && !sh.has_job_control() {
        sh.builtin_error(args.name, "cannot suspend: no job control");
        return done(Status::FAILURE);
    }
    if !force && sh.session.options.login {
        sh.builtin_error(args.name, "cannot suspend a login shell");
        return done(Status::FAILURE);
    }
    match sh.suspend() {
        Ok(()) => done(Status::SUCCESS),
        Err(_) => done(Status::FAILURE),
    }
}
