//! `exec`: the redirections last, and the program takes the shell's place.

use bash_interp::{Args, Builtin, Class, ExecEnvironment, Flow, OptionLetter, SUCCESS, Shell, done};
use bash_session::{Status, Text};

/// `exec`
pub const EXEC: Builtin = Builtin {
    name: "exec",
    synopsis: "exec [-cl] [-a name] [command [argument ...]] [redirection ...]",
    help: "Replace the shell with a program.\n\n\
           Without COMMAND, the redirections take effect in this shell.\n\n\
           Options:\n  -a name\tCOMMAND is called NAME\n  -c\tCOMMAND gets no environment\n  \
           -l\tCOMMAND is called with a dash before its name, as a login shell is\n\n\
           A shell that is not interactive ends if COMMAND cannot be run, unless the option `execfail' is set.\n\n\
           Exit Status:\nSucceeds if there is no COMMAND and the redirections succeed.",
    class: Class::Special,
    run,
};

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let (mut bare, mut login, mut called) = (false, false, None);
    let mut options = args.options("cla:");
    for option in options.by_ref() {
        match option {
            OptionLetter::On(b'c', _) => bare = true,
            OptionLetter::On(b'l', _) => login = true,
            OptionLetter::On(b'a', Some(name)) => called = Some(Text::new(name)),
            option => return sh.wrong_option(args, option),
        }
    }
    let [name, ..] = options.operands() else {
        sh.keep_redirects = true;
        return SUCCESS;
    };
    if sh.session.options.restricted {
        sh.builtin_error(args.name, "restricted");
        return done(Status::FAILURE);
    }
    let path = if name.contains(&b'/') { Some(name.clone()) } else { sh.search_path(name) };
    let Some(path) = path else {
        if sh.metadata(name).is_ok_and(|metadata| metadata.kind == bash_host::FileKind::Directory) {
            sh.builtin_error(args.name, [&name[..], b": cannot execute: Is a directory"].concat());
            return sh.failed_exec(Status::CANNOT_EXECUTE);
        }
        sh.builtin_error(args.name, [&name[..], b": not found"].concat());
        return sh.failed_exec(Status::NOT_FOUND);
    };
    let mut words = options.operands().to_vec();
    words[0] = called.unwrap_or_else(|| name.clone());
    if login {
        words[0] = Text::from([b"-", &words[0][..]].concat());
    }
    let environment = if bare { ExecEnvironment::Empty } else { ExecEnvironment::Exported };
    sh.exec(&absolute(sh, &path), &words, environment)
}

/// A path as `exec` names it in its messages: from the root.
fn absolute(sh: &Shell, path: &Text) -> Text {
    if path.starts_with(b"/") {
        return path.clone();
    }
    let relative = path.strip_prefix(b"./").unwrap_or(path);
    Text::from([&sh.session.directory.logical[..], b"/", relative].concat())
}
