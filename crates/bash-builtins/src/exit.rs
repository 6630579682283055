//! `exit` and `logout`.

use bash_interp::{Args, Builtin, Class, Flow, Shell, Unwind};
use bash_session::Status;
use std::ops::ControlFlow::{Break, Continue};

/// `exit`
pub const EXIT: Builtin = Builtin {
    name: "exit",
    synopsis: "exit [n]",
    help: "End the shell.\n\nThe status is N, or that of the last command. A trap on EXIT runs first.",
    class: Class::Special,
    run: |sh, args| match exit_status(sh, args)? {
        Some(status) => Break(Unwind::Exit(status)),
        None => sh.fail_special(Status::USAGE),
    },
};

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
