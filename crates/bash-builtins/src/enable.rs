//! `enable`

use bash_interp::{Args, Builtin, Class, FAILURE, Flow, OptionLetter, Shell, done};
use bash_session::Status;
use std::sync::Arc;

/// `enable`
pub const ENABLE: Builtin = Builtin {
    name: "enable",
    synopsis: "enable [-a] [-dnps] [-f filename] [name ...]",
    help: "Turn builtins on and off.\n\n\
           Without NAMEs the builtins that are on are listed.\n\n\
           Options:\n  -a\tlist all, off or on\n  -n\tturn off, or list what is off\n  -p\tlist\n  \
           -s\tlist the special ones alone\n  -f, -d\tload and unload builtins: not available here\n\n\
           Exit Status:\nSucceeds unless a NAME is no builtin or an option is wrong.",
    class: Class::Regular,
    run,
};

#[derive(Default)]
struct Request {
    all: bool,
    off: bool,
    list: bool,
    special: bool,
    unload: bool,
    load: bool,
}

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let mut request = Request::default();
    let mut options = args.options("adf:nps");
    for option in options.by_ref() {
        match option {
            OptionLetter::On(b'a', _) => request.all = true,
            OptionLetter::On(b'd', _) => request.unload = true,
            OptionLetter::On(b'f', _) => request.load = true,
            OptionLetter::On(b'n', _) => request.off = true,
            OptionLetter::On(b'p', _) => request.list = true,
            OptionLetter::On(b's', _) => request.special = true,
            option => return sh.wrong_option(args, option),
        }
    }
    if sh.is_restricted() && (request.load || request.unload) {
        sh.builtin_error(args.name, "restricted");
        return FAILURE;
    }
    if request.load {
        sh.builtin_error(args.name, "dynamic loading not available");
        return done(Status::USAGE);
    }
    if request.list || options.operands().is_empty() {
        list(sh, &request);
        return done(Status::SUCCESS);
    }
    if request.unload {
        return unload(sh, args, options.operands());
    }
    let mut status = Status::SUCCESS;
    for name in options.operands() {
        let builtin = sh.builtins.native(name);
        match builtin {
            Some(builtin) if sh.is_restricted() && !request.off && is_off(sh, builtin.name) => {
                sh.builtin_error(args.name, "restricted");
                return FAILURE;
            }
            Some(builtin) => switch(sh, builtin.name, request.off),
            None => {
                sh.builtin_error(args.name, [&name[..], b": not a shell builtin"].concat());
                status = Status::FAILURE;
            }
        }
    }
    done(status)
}

/// `enable -d`: no builtin was ever loaded.
fn unload(sh: &mut Shell, args: &Args<'_>, names: &[bash_session::Text]) -> Flow {
    for name in names {
        let known = sh.builtins.native(name).is_some();
        let text: &[u8] = if known { b": not dynamically loaded" } else { b": not a shell builtin" };
        sh.builtin_error(args.name, [&name[..], text].concat());
    }
    FAILURE
}

fn is_off(sh: &Shell, name: &'static str) -> bool {
    sh.session.disabled_builtins.contains(&name)
}

fn switch(sh: &mut Shell, name: &'static str, off: bool) {
    let disabled = Arc::make_mut(&mut sh.session.disabled_builtins);
    disabled.retain(|known| *known != name);
    if off {
        disabled.push(name);
    }
}

fn list(sh: &mut Shell, request: &Request) {
    let mut out = String::new();
    for builtin in sh.builtins.natives() {
        let off = is_off(sh, builtin.name);
        let wanted = request.all || off == request.off;
        if wanted && (!request.special || builtin.class.is_special()) {
            out += if off { "enable -n " } else { "enable " };
            out += builtin.name;
            out.push('\n');
        }
    }
    sh.print(out);
}
