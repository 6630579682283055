//! `pwd`

use crate::cd::{physical_directory, report_lost_directory};
use bash_interp::{Args, Builtin, Class, FAILURE, Flow, OptionLetter, SUCCESS, Shell};
use bash_session::SetOption;

/// `pwd`
pub const PWD: Builtin = Builtin {
    name: "pwd",
    synopsis: "pwd [-LP]",
    help: "Write the working directory.\n\n\
           Options:\n  -L\tthe path by which the shell came there, which may hold symbolic links\n  \
           -P\tthe physical path, without symbolic links\n\n\
           Exit Status:\nSucceeds unless the directory cannot be read.",
    class: Class::Regular,
    run,
};

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let mut physical = sh.option(SetOption::Physical);
    for option in args.options("LP") {
        match option {
            OptionLetter::On(b'L', _) => physical = false,
            OptionLetter::On(b'P', _) => physical = true,
            option => return sh.wrong_option(args, option),
        }
    }
    let path = if physical || sh.is_posix() && logical_is_wrong(sh) {
        physical_directory(sh)
    } else {
        Ok(sh.session.directory.logical.to_vec())
    };
    match path {
        Ok(path) => {
            sh.print(path);
            sh.print(b"\n");
            SUCCESS
        }
        Err(error) => {
            report_lost_directory(sh, args.name, &error);
            FAILURE
        }
    }
}

/// Whether the path by which the shell came to its directory leads elsewhere now: POSIX mode looks.
fn logical_is_wrong(sh: &Shell) -> bool {
    match (sh.metadata(b"."), sh.metadata(&sh.session.directory.logical)) {
        (Ok(here), Ok(there)) => (here.device, here.inode) != (there.device, there.inode),
        _ => true,
    }
}
