//! `alias`

use bash_interp::{Args, Builtin, Class, FAILURE, Flow, OptionLetter, SUCCESS, Shell};
use bash_parser::quote::single_quote;
use bash_session::Aliases;

/// `alias`
pub const ALIAS: Builtin = Builtin {
    name: "alias",
    synopsis: "alias [-p] [name[=value] ... ]",
    help: "Define or show aliases.\n\n\
           A NAME with VALUE becomes an alias, one without is shown; without any NAME, all aliases are listed.  A VALUE \
           that ends in a blank makes the next word subject to alias expansion too.\n\n\
           Options:\n  -p\tlist all aliases\n\n\
           Exit Status:\nSucceeds unless a NAME is no alias.",
    class: Class::Regular,
    run,
};

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let mut form = if sh.is_posix() { Form::Bare } else { Form::Command };
    let mut list = false;
    let mut options = args.options("p");
    for option in options.by_ref() {
        match option {
            OptionLetter::On(..) => (list, form) = (true, Form::Command),
            option => return sh.wrong_option(args, option),
        }
    }
    let operands = options.operands();
    if list || operands.is_empty() {
        list_all(sh, form);
        return SUCCESS;
    }
    let mut status = SUCCESS;
    for word in operands {
        if !define_or_show(sh, args, word, form) {
            status = FAILURE;
        }
    }
    status
}

fn list_all(sh: &mut Shell, form: Form) {
    let lines: Vec<Vec<u8>> = sh.session.aliases.iter().map(|(name, text)| line(form, name, text)).collect();
    for line in lines {
        sh.print(line);
    }
}

fn define_or_show(sh: &mut Shell, args: &Args<'_>, word: &[u8], form: Form) -> bool {
    let equals = word.iter().position(|byte| *byte == b'=').filter(|at| *at > 0);
    let Some(equals) = equals else {
        let Some(text) = sh.session.aliases.get(word).cloned() else {
            sh.builtin_error(args.name, [word, b": not found"].concat());
            return false;
        };
        sh.print(line(form, word, &text));
        return true;
    };
    let name = &word[..equals];
    if !Aliases::accepts(name) {
        sh.builtin_error(args.name, [b"`", name, b"': invalid alias name"].concat());
        return false;
    }
    sh.session.aliases.set(name, &word[equals + 1..]);
    true
}

/// How a definition is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `alias name='text'`
    Command,
    /// `name='text'`: POSIX mode, without `-p`.
    Bare,
}

fn line(form: Form, name: &[u8], text: &[u8]) -> Vec<u8> {
    let command: &[u8] = match (form, name.starts_with(b"-")) {
        (Form::Bare, _) => b"",
        (Form::Command, true) => b"alias -- ",
        (Form::Command, false) => b"alias ",
    };
    [command, name, b"=", &single_quote(text), b"\n"].concat()
}
