//! `bind`: the keys and variables of the line editor.
//!
//! What surprises: it works in a script too, with a warning; the keymap given with `-m` is in force for this call alone;
//! and what is wrong in a binding is told in Readline's name without making `bind` fail.

mod init_file;
mod list;
mod shell_command;

use bash_interp::{Args, Builtin, Class, FAILURE, Flow, OptionLetter, Shell, done};
use bash_session::readline::{Binding, EditFunction, InitFile, KeymapView, decode_keys};
use bash_session::{Status, Text};

/// `bind`
pub const BIND: Builtin = Builtin {
    name: "bind",
    synopsis: "bind [-lpsvPSVX] [-m keymap] [-f filename] [-q name] [-u name] [-r keyseq] [-x keyseq:shell-command] \
               [keyseq:readline-function or readline-command]",
    help: "Say what keys do in the line editor, and set its variables.\n\n\
           Arguments that are no options are lines as they may stand in an inputrc file, one in each:\n\
           bind '\"\\C-x\\C-r\": re-read-init-file'.\n\n\
           Options:\n  \
           -m keymap          Use KEYMAP for this call: emacs, emacs-standard,\n                     \
           emacs-meta, emacs-ctlx, vi, vi-move, vi-command or vi-insert.\n  \
           -l                 List the names of the editor's functions.\n  \
           -P                 List functions and the keys that call them.\n  \
           -p                 The same in a form that can be read again.\n  \
           -S                 List keys that type a text, and the text.\n  \
           -s                 The same in a form that can be read again.\n  \
           -V                 List the editor's variables and their values.\n  \
           -v                 The same in a form that can be read again.\n  \
           -q function-name   Tell which keys call the function.\n  \
           -u function-name   Take the function off all its keys.\n  \
           -r keyseq          Let KEYSEQ do nothing.\n  \
           -f filename        Read a file of bindings.\n  \
           -x keyseq:shell-command\n                     \
           Let KEYSEQ run shell commands.\n  \
           -X                 List keys that run shell commands, and the commands.\n\n\
           Operands after -p or -P are the names of the functions to list.\n\n\
           Exit Status:\nSucceeds unless an option is wrong or something could not be done.",
    class: Class::Regular,
    run,
};

/// What the options ask for.
#[derive(Default)]
struct Request<'a> {
    listings: Vec<u8>,
    keymap: Option<&'a [u8]>,
    file: Option<&'a [u8]>,
    query: Option<&'a [u8]>,
    unbind: Option<&'a [u8]>,
    remove: Option<&'a [u8]>,
    command: Option<&'a [u8]>,
}

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    if !sh.session.options.interactive {
        sh.builtin_error(args.name, "warning: line editing not enabled");
    }
    init_file::prepare(sh);
    let mut request = Request::default();
    let mut options = args.options("lvpVPsSXf:q:u:m:r:x:");
    for option in options.by_ref() {
        match option {
            OptionLetter::On(b'm', name) => request.keymap = name,
            OptionLetter::On(b'f', name) => request.file = name,
            OptionLetter::On(b'q', name) => request.query = name,
            OptionLetter::On(b'u', name) => request.unbind = name,
            OptionLetter::On(b'r', keys) => request.remove = keys,
            OptionLetter::On(b'x', text) => request.command = text,
            OptionLetter::On(letter, _) => request.listings.push(letter),
            option => return sh.wrong_option(args, option),
        }
    }
    let outer = sh.session.readline.view;
    if let Some(name) = request.keymap {
        let Some(view) = KeymapView::named(name) else {
            sh.builtin_error(args.name, [b"`", name, b"': invalid keymap name"].concat());
            return FAILURE;
        };
        sh.session.readline.view = view;
    }
    let status = carry_out(sh, args, &request, options.operands());
    if request.keymap.is_some() {
        sh.session.readline.view = outer;
    }
    done(status)
}

/// Does what is asked for, in Bash's order.
fn carry_out(sh: &mut Shell, args: &Args<'_>, request: &Request<'_>, operands: &[Text]) -> Status {
    let chooses = request.listings.iter().any(|letter| matches!(letter, b'p' | b'P'));
    for letter in b"lPpSsVv".iter().filter(|letter| request.listings.contains(letter)) {
        list::print(sh, *letter, operands);
    }
    if let Some(path) = request.file
        && let Err(error) = init_file::read(sh, path)
    {
        let reason = bash_host::errno_text(&error);
        sh.builtin_error(args.name, [path, b": cannot read: ", reason.as_bytes()].concat());
        return Status::FAILURE;
    }
    let mut status = Status::SUCCESS;
    if let Some(name) = request.query {
        status = query(sh, args, name);
    }
    if let Some(name) = request.unbind {
        status = unbind(sh, args, name);
    }
    if let Some(keys) = request.remove {
        let keys = decode_keys(keys, sh.session.readline.meta());
        sh.session.readline.bind(&keys, None);
        return Status::SUCCESS;
    }
    if let Some(text) = request.command {
        status = shell_command::bind(sh, args, text);
    }
    if request.listings.contains(&b'X') {
        shell_command::list(sh);
    }
    if !chooses {
        operands.iter().for_each(|line| init_file::read_lines(sh, line, &mut InitFile::default(), None));
    }
    status
}

fn function(sh: &mut Shell, args: &Args<'_>, name: &[u8]) -> Option<EditFunction> {
    let function = EditFunction::named(name);
    if function.is_none() {
        sh.builtin_error(args.name, [b"`", name, b"': unknown function name"].concat());
    }
    function
}

/// `-q`
fn query(sh: &mut Shell, args: &Args<'_>, name: &[u8]) -> Status {
    let Some(function) = function(sh, args, name) else { return Status::FAILURE };
    let keys = sh.session.readline.keys_of(function);
    if keys.is_empty() {
        sh.print([name, b" is not bound to any keys.\n"].concat());
        return Status::FAILURE;
    }
    let keys = list::first_keys(&keys);
    sh.print([name, b" can be invoked via ", &keys, b"\n"].concat());
    Status::SUCCESS
}

/// `-u`
fn unbind(sh: &mut Shell, args: &Args<'_>, name: &[u8]) -> Status {
    let Some(function) = function(sh, args, name) else { return Status::FAILURE };
    sh.session.readline.unbind_function(function);
    Status::SUCCESS
}

/// The bindings of one kind in the keymap that is looked at: what `choose` makes of each.
fn bindings<T>(sh: &Shell, choose: impl Fn(&Binding) -> Option<T>) -> Vec<(Vec<u8>, T)> {
    let all = sh.session.readline.bindings();
    all.filter_map(|(keys, binding)| Some((bash_session::readline::encode_keys(keys), choose(binding)?)))
        .collect()
}
