//! `pushd`

use crate::dirs::{Entry, change_to, entry, invalid, out_of_range, print_stack};
use bash_interp::{Args, Builtin, Class, FAILURE, Flow, SUCCESS, Shell};
use bash_session::Text;
use std::ops::ControlFlow::Continue;
use std::sync::Arc;

/// `pushd`
pub const PUSHD: Builtin = Builtin {
    name: "pushd",
    synopsis: "pushd [-n] [+N | -N | dir]",
    help: "Change to a directory and remember the present one.\n\n\
           Without arguments the top two entries of the directory stack change places.\n\n\
           Options:\n  -n\tonly the stack changes, not the working directory\n\n\
           Arguments:\n  +N\trotate the stack until the entry N from the left, from 0, is on top\n  \
           -N\tthe same, counted from the right\n  dir\tgo to DIR; the present directory becomes the next entry\n\n\
           Exit Status:\nSucceeds unless an argument is invalid or the directory cannot be changed.",
    class: Class::Regular,
    run,
};

/// Whether the working directory changes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    Directory,
    StackAlone,
}

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    if matches!(args.words, [] | [_]) && args.words.iter().all(|word| &word[..] == b"--") {
        return exchange(sh, args);
    }
    let mut change = Change::Directory;
    let mut rotation = None;
    let mut operands = args.words;
    while let [word, rest @ ..] = operands {
        match &word[..] {
            b"-n" => change = Change::StackAlone,
            b"--" => {
                operands = rest;
                break;
            }
            b"-" => break,
            [b'+' | b'-', ..] => match entry(sh, word) {
                Entry::NoNumber => return invalid(sh, args, word, ": invalid number"),
                Entry::OutOfRange => return out_of_range(sh, args, word),
                Entry::At(index) => rotation = Some(index),
            },
            _ => break,
        }
        operands = rest;
    }
    match (rotation, operands) {
        (Some(count), _) => rotate(sh, args, count, change),
        (None, []) => SUCCESS,
        (None, [directory]) => push(sh, args, directory, change),
        (None, _) => {
            sh.builtin_error(args.name, "too many arguments");
            FAILURE
        }
    }
}

fn exchange(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let current = sh.session.directory.logical.clone();
    let Some(top) = Arc::make_mut(&mut sh.session.directory.stack).first_mut() else {
        sh.builtin_error(args.name, "no other directory");
        return FAILURE;
    };
    let directory = std::mem::replace(top, current);
    go(sh, args, &directory)
}

fn rotate(sh: &mut Shell, args: &Args<'_>, count: usize, change: Change) -> Flow {
    let mut directory = sh.session.directory.logical.clone();
    let stack = Arc::make_mut(&mut sh.session.directory.stack);
    for _ in 0..count {
        if stack.is_empty() {
            break;
        }
        let top = stack.remove(0);
        stack.push(std::mem::replace(&mut directory, top));
    }
    if change == Change::StackAlone { SUCCESS } else { go(sh, args, &directory) }
}

fn push(sh: &mut Shell, args: &Args<'_>, directory: &Text, change: Change) -> Flow {
    let current = sh.session.directory.logical.clone();
    if change == Change::Directory {
        let status = change_to(sh, args, directory)?;
        if !status.is_success() {
            return Continue(status);
        }
    }
    let entry = if change == Change::Directory { current } else { directory.clone() };
    Arc::make_mut(&mut sh.session.directory.stack).insert(0, entry);
    print_stack(sh);
    SUCCESS
}

fn go(sh: &mut Shell, args: &Args<'_>, directory: &Text) -> Flow {
    let status = change_to(sh, args, directory)?;
    if status.is_success() {
        print_stack(sh);
    }
    Continue(status)
}
