//! `unalias`

use bash_interp::{Args, Builtin, Class, FAILURE, Flow, OptionLetter, SUCCESS, Shell};

/// `unalias`
pub const UNALIAS: Builtin = Builtin {
    name: "unalias",
    synopsis: "unalias [-a] name [name ...]",
    help: "Remove aliases.\n\n\
           Options:\n  -a\tremove all of them\n\n\
           Exit Status:\nSucceeds unless a NAME is no alias.",
    class: Class::Regular,
    run,
};

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let mut all = false;
    let mut options = args.options("a");
    for option in options.by_ref() {
        match option {
            OptionLetter::On(..) => all = true,
            option => return sh.wrong_option(args, option),
        }
    }
    if all {
        sh.session.aliases.clear();
        return SUCCESS;
    }
    if options.operands().is_empty() {
        return sh.usage(args);
    }
    let mut status = SUCCESS;
    for word in options.operands() {
        if !sh.session.aliases.remove(word) {
            sh.builtin_error(args.name, [&word[..], b": not found"].concat());
            status = FAILURE;
        }
    }
    status
}
