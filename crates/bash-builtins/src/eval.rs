//! `eval`

use bash_interp::{Args, Builtin, Class, Flow, OptionLetter, Origin, SUCCESS, Shell};

/// `eval`
pub const EVAL: Builtin = Builtin {
    name: "eval",
    synopsis: "eval [arg ...]",
    help: "Run the arguments as a command.\n\n\
           The arguments are joined by blanks, and the result is read and run by the shell.\n\n\
           Exit Status:\nThe status of the command; success if there is none.",
    class: Class::Special,
    run,
};

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let mut options = args.options("");
    if let Some(option @ OptionLetter::Invalid(_)) = options.next() {
        return sh.wrong_option(args, option);
    }
    let text = options.operands().join(&b' ');
    if text.is_empty() {
        return SUCCESS;
    }
    let line = sh.session.line;
    sh.run_nested_text(&text, line, Origin::Builtin("eval"))
}
