//! `command`: run a command without its functions, or tell what it is.

use bash_interp::{
    Args, Builtin, Class, FAILURE, Flow, OptionLetter, SUCCESS, SearchScope, Shell, Written, done,
};
use bash_session::Status;

/// `command`
pub const COMMAND: Builtin = Builtin {
    name: "command",
    synopsis: "command [-pVv] command [arg ...]",
    help: "Run a command without looking for functions, or tell what it is.\n\n\
           Options:\n  -p\tsearch the standard utilities' directories\n  -v\tprint what would run, in a word\n  \
           -V\tprint what would run, in a sentence\n\n\
           Exit Status:\nThat of the command; a failure if it is not found.",
    class: Class::Regular,
    run,
};

/// Where the standard utilities are.
pub(crate) const STANDARD_PATH: &[u8] = b"/bin:/usr/bin:/sbin:/usr/sbin";

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let (mut standard, mut describe) = (false, None);
    let mut options = args.options("pvV");
    for option in options.by_ref() {
        match option {
            OptionLetter::On(b'p', _) => standard = true,
            OptionLetter::On(b'v', _) => describe = Some(crate::r#type::Style::Reusable),
            OptionLetter::On(b'V', _) => describe = Some(crate::r#type::Style::Sentence),
            option => return sh.wrong_option(args, option),
        }
    }
    let first = options.operands_at();
    let operands = options.operands();
    if operands.is_empty() {
        return SUCCESS;
    }
    if standard && sh.is_restricted() {
        sh.builtin_error(args.name, "-p: restricted");
        return FAILURE;
    }
    if let Some(style) = describe {
        let path = standard.then_some(STANDARD_PATH);
        return crate::r#type::describe_commands(sh, args, operands, style, path);
    }
    let name = &operands[0];
    if let Some(entry) = sh.find_builtin(name) {
        let written = shifted(args, first + 1);
        let inner = Args { name, words: &operands[1..], written: &written };
        return sh.call_builtin(&entry, &inner);
    }
    if standard && !name.contains(&b'/') {
        return match sh.search_directories(name, STANDARD_PATH) {
            Some(path) => {
                sh.session.commands.remember(name, &path, 1);
                sh.run_program(&path, operands)
            }
            None => {
                sh.error([&name[..], b": command not found"].concat());
                done(Status::NOT_FOUND)
            }
        };
    }
    sh.run_words(operands, SearchScope::WithoutFunctions)
}

/// How the arguments from position `first` on were written.
pub(crate) fn shifted(args: &Args<'_>, first: usize) -> Vec<(usize, Written)> {
    args.written.iter().filter_map(|(at, written)| Some((at.checked_sub(first)?, *written))).collect()
}
