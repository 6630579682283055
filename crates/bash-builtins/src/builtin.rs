//! `builtin`

use bash_interp::{Args, Builtin, Class, Flow, SUCCESS, Shell, done};
use bash_session::Status;

/// `builtin`
pub const BUILTIN: Builtin = Builtin {
    name: "builtin",
    synopsis: "builtin [shell-builtin [arg ...]]",
    help: "Run a builtin, even where a function has its name.\n\n\
           Exit Status:\nThat of the builtin; a failure if there is none of that name.",
    class: Class::Regular,
    run,
};

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let mut options = args.options("");
    if let Some(option) = options.next() {
        return sh.wrong_option(args, option);
    }
    let first = options.operands_at();
    let [name, ..] = options.operands() else { return SUCCESS };
    let Some(entry) = sh.find_builtin(name) else {
        sh.builtin_error(args.name, [&name[..], b": not a shell builtin"].concat());
        return done(Status::FAILURE);
    };
    let written = crate::command::shifted(args, first + 1);
    let flow = sh.call_builtin(&entry, &Args { name, words: &options.operands()[1..], written: &written });
    sh.after_special(&entry, flow)
}
