//! `hash`

use bash_interp::{Args, Builtin, Class, FAILURE, Flow, OptionLetter, SUCCESS, Shell, done};
use bash_session::{SetOption, Status, Text};

/// `hash`
pub const HASH: Builtin = Builtin {
    name: "hash",
    synopsis: "hash [-lr] [-p pathname] [-dt] [name ...]",
    help: "Remember where commands are, or tell what is remembered.\n\n\
           Each NAME is looked for by PATH and remembered.\n\n\
           Options:\n  -d\tforget each NAME\n  -l\tprint commands that remember the same\n  \
           -p path\tremember PATH as NAME's place\n  -r\tforget everything\n  -t\tprint each NAME's place\n\n\
           Exit Status:\nSucceeds unless a NAME is not found or an option is wrong.",
    class: Class::Regular,
    run,
};

#[derive(Default)]
struct Request<'a> {
    reusable: bool,
    clear: bool,
    forget: bool,
    tell: bool,
    path: Option<&'a [u8]>,
}

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    if !sh.option(SetOption::HashAll) {
        sh.builtin_error(args.name, "hashing disabled");
        return FAILURE;
    }
    let mut request = Request::default();
    let mut options = args.options("dlp:rt");
    for option in options.by_ref() {
        match option {
            OptionLetter::On(b'd', _) => request.forget = true,
            OptionLetter::On(b'l', _) => request.reusable = true,
            OptionLetter::On(b'p', path) => request.path = path,
            OptionLetter::On(b'r', _) => request.clear = true,
            OptionLetter::On(b't', _) => request.tell = true,
            option => return sh.wrong_option(args, option),
        }
    }
    let names = options.operands();
    if request.clear {
        sh.session.commands.clear();
    }
    if names.is_empty() {
        return without_names(sh, args, &request);
    }
    let mut status = Status::SUCCESS;
    for name in names {
        if !handle(sh, args, &request, name, names.len()) {
            status = Status::FAILURE;
        }
    }
    done(status)
}

fn without_names(sh: &mut Shell, args: &Args<'_>, request: &Request<'_>) -> Flow {
    if request.forget || request.tell {
        let letter = if request.forget { "-d" } else { "-t" };
        sh.builtin_error(args.name, format!("{letter}: option requires an argument"));
        return FAILURE;
    }
    if request.path.is_some() {
        return sh.usage(args);
    }
    if !request.clear {
        print_all(sh, args, request.reusable);
    }
    SUCCESS
}

fn print_all(sh: &mut Shell, args: &Args<'_>, reusable: bool) {
    if sh.session.commands.is_empty() {
        if (!reusable || sh.compatibility() <= 50) && !sh.is_posix() {
            sh.print([args.name, b": hash table empty\n"].concat());
        }
        return;
    }
    let mut out = Vec::new();
    if !reusable {
        out.extend_from_slice(b"hits\tcommand\n");
    }
    for (name, command) in sh.session.commands.iter() {
        if reusable {
            out.extend(reusable_line(name, &command.path));
        } else {
            out.extend([format!("{:4}\t", command.hits).as_bytes(), &command.path[..], b"\n"].concat());
        }
    }
    sh.print(out);
}

fn reusable_line(name: &[u8], path: &[u8]) -> Vec<u8> {
    [b"builtin hash -p ", path, b" ", name, b"\n"].concat()
}

/// Does what is asked for one name; whether that worked.
fn handle(sh: &mut Shell, args: &Args<'_>, request: &Request<'_>, name: &Text, count: usize) -> bool {
    if request.tell {
        return tell(sh, args, request, name, count);
    }
    if let Some(path) = request.path {
        return remember_at(sh, args, name, path);
    }
    if request.forget {
        return sh.session.commands.forget(name) || complain(sh, args, name);
    }
    if name.contains(&b'/') || sh.find_builtin(name).is_some() || sh.session.functions.get(name).is_some() {
        return true;
    }
    match sh.search_path(name).filter(|path| sh.is_executable(path)) {
        Some(path) => {
            sh.session.commands.forget(name);
            sh.session.commands.remember(name, &path, 0);
            true
        }
        None => complain(sh, args, name),
    }
}

fn tell(sh: &mut Shell, args: &Args<'_>, request: &Request<'_>, name: &Text, count: usize) -> bool {
    let Some(path) = sh.session.commands.get(name).map(|command| command.path.clone()) else {
        return complain(sh, args, name);
    };
    sh.session.commands.count_hit(name);
    let line = match count {
        _ if request.reusable => reusable_line(name, &path),
        1 => [&path[..], b"\n"].concat(),
        _ => [&name[..], b"\t", &path[..], b"\n"].concat(),
    };
    sh.print(line);
    true
}

fn remember_at(sh: &mut Shell, args: &Args<'_>, name: &Text, path: &[u8]) -> bool {
    let is_directory =
        sh.metadata(path).is_ok_and(|metadata| metadata.kind == bash_host::FileKind::Directory);
    if is_directory {
        sh.builtin_error(args.name, [path, b": Is a directory"].concat());
        return false;
    }
    let Some(path) = sh.path_to_remember(Some(args.name), path) else { return false };
    sh.session.commands.remember(name, &path, 0);
    true
}

fn complain(sh: &mut Shell, args: &Args<'_>, name: &Text) -> bool {
    sh.builtin_error(args.name, [&name[..], b": not found"].concat());
    false
}
