//! `exit` and `logout`.

use bash_interp::{Args, Builtin, Class, Flow, Shell};
use bash_session::Status;
use std::ops::ControlFlow::{Break, Continue};

/// `exit`
pub const EXIT: Builtin = Builtin {
    name: "exit",
    synopsis: "exit [n]",
    help: "End the shell.\n\nThe status is N, or that of the last command. A trap on EXIT runs first.",
    class: Class::Special,
    run: |sh, args| match exit_status(sh, args)? {
        Some(status) => leave(sh, status),
        None => sh.fail_special(Status::USAGE),
    },
};

/// An interactive shell says goodbye, unless stopped jobs keep it.
fn leave(sh: &mut Shell, status: Status) -> Flow {
    if sh.session.options.interactive && sh.session.subshell_depth == 0 {
        let farewell: &[u8] = if sh.session.options.login { b"logout\n" } else { b"exit\n" };
        sh.write_error(farewell);
        if sh.jobs_forbid_exit() {
            return Continue(Status::FAILURE);
        }
    }
    Break(sh.exit_within_calls(status))
}

/// The status that `exit` names.
fn exit_status(sh: &mut Shell, args: &Args<'_>) -> Flow<Option<Status>> {
    if args.words.is_empty() {
        return Continue(Some(sh.status_of_last_command()));
    }
    crate::r#return::status_argument(sh, args)
}

/// `logout`
pub const LOGOUT: Builtin = Builtin {
    name: "logout",
    synopsis: "logout [n]",
    help: "End a login shell.\n\nThe status is N, or that of the last command. It is an error in any other shell.",
    class: Class::Regular,
    run: logout,
};

fn logout(sh: &mut Shell, args: &Args<'_>) -> Flow {
    if !sh.session.options.login {
        sh.builtin_error(args.name, "not login shell: use `exit'");
        return Continue(Status::FAILURE);
    }
    (EXIT.run)(sh, args)
}
