//! `popd`

use crate::dirs::{Entry, change_to, entry, invalid, out_of_range, print_stack};
use bash_interp::{Args, Builtin, Class, Flow, SUCCESS, Shell};
use std::ops::ControlFlow::Continue;
use std::sync::Arc;

/// `popd`
pub const POPD: Builtin = Builtin {
    name: "popd",
    synopsis: "popd [-n] [+N | -N]",
    help: "Go back to the directory below the top of the directory stack.\n\n\
           Options:\n  -n\tonly the stack changes, not the working directory\n\n\
           Arguments:\n  +N\tremove the entry N from the left, from 0\n  -N\tremove the entry N from the right, from 0\n\n\
           Exit Status:\nSucceeds unless an argument is invalid or the directory cannot be changed.",
    class: Class::Regular,
    run,
};

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let mut changes_directory = true;
    let mut chosen = None;
    for word in args.words {
        match &word[..] {
            b"-n" => changes_directory = false,
            b"--" | b"" => break,
            [b'+' | b'-', ..] => match entry(sh, word) {
                Entry::NoNumber => return invalid(sh, args, word, ": invalid number"),
                Entry::OutOfRange => return out_of_range(sh, args, word),
                Entry::At(index) => chosen = Some(index),
            },
            _ => return invalid(sh, args, word, ": invalid argument"),
        }
    }
    let Some(top) = sh.session.directory.stack.first().cloned() else { return out_of_range(sh, args, b"") };
    let index = chosen.unwrap_or(0);
    if index == 0 && changes_directory {
        let status = change_to(sh, args, &top)?;
        if !status.is_success() {
            return Continue(status);
        }
    }
    Arc::make_mut(&mut sh.session.directory.stack).remove(index.saturating_sub(1));
    print_stack(sh);
    SUCCESS
}
