//! `dirs`, and what `pushd` and `popd` share: the directory stack.
//!
//! The working directory is the entry 0 of the stack without being kept in it.

use bash_interp::number::legal_number;
use bash_interp::{Args, Builtin, Class, FAILURE, Flow, SUCCESS, Shell};
use bash_session::{Text, names};
use std::sync::Arc;

/// `dirs`
pub const DIRS: Builtin = Builtin {
    name: "dirs",
    synopsis: "dirs [-clpv] [+N] [-N]",
    help: "Show the directory stack.\n\n\
           Directories get into it by `pushd' and leave it by `popd'.\n\n\
           Options:\n  -c\tempty the stack\n  -l\tdo not write the home directory as `~'\n  -p\tone entry a line\n  \
           -v\tone entry a line, with its number\n\n\
           Arguments:\n  +N\tthe entry N from the left, from 0\n  -N\tthe entry N from the right, from 0\n\n\
           Exit Status:\nSucceeds unless an option is invalid or there is no such entry.",
    class: Class::Regular,
    run,
};

/// How the stack is shown.
#[derive(Clone, Copy, Default)]
struct Style {
    full_paths: bool,
    lines: bool,
    numbers: bool,
}

/// What a word with `+` or `-` says.
pub(crate) enum Entry {
    /// Counted from the left, from 0.
    At(usize),
    /// There is no such entry.
    OutOfRange,
    /// It is no number.
    NoNumber,
}

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let mut style = Style::default();
    let mut clear = false;
    let mut wanted = None;
    for word in args.words {
        match &word[..] {
            b"-l" => style.full_paths = true,
            b"-c" => clear = true,
            b"-v" => (style.lines, style.numbers) = (true, true),
            b"-p" => style.lines = true,
            b"--" => break,
            [b'+' | b'-', digits @ ..] => match entry(sh, word) {
                Entry::NoNumber => return invalid(sh, args, word, ": invalid number"),
                Entry::OutOfRange => return out_of_range(sh, args, digits),
                Entry::At(index) => wanted = Some(index),
            },
            _ => return invalid(sh, args, word, ": invalid option"),
        }
    }
    if clear {
        Arc::make_mut(&mut sh.session.directory.stack).clear();
        return SUCCESS;
    }
    match wanted {
        Some(index) => print_entries(sh, style, index, 1),
        None => print_entries(sh, style, 0, usize::MAX),
    }
    SUCCESS
}

/// Prints the stack as `dirs` without options does.
pub(crate) fn print_stack(sh: &mut Shell) {
    print_entries(sh, Style::default(), 0, usize::MAX);
}

/// The entry that `+N` or `-N` names.
pub(crate) fn entry(sh: &Shell, word: &[u8]) -> Entry {
    let Some((sign, Some(number))) = word.split_first().map(|(sign, digits)| (sign, legal_number(digits)))
    else {
        return Entry::NoNumber;
    };
    let last = sh.session.directory.stack.len() as i64;
    let index = if *sign == b'-' { last.saturating_sub(number) } else { number };
    match usize::try_from(index) {
        Ok(at) if index <= last => Entry::At(at),
        _ => Entry::OutOfRange,
    }
}

/// `dirs: x: invalid …` and the usage line.
pub(crate) fn invalid(sh: &mut Shell, args: &Args<'_>, word: &[u8], message: &str) -> Flow {
    sh.builtin_error(args.name, [word, message.as_bytes()].concat());
    sh.usage(args)
}

/// There is no such entry, or none at all.
pub(crate) fn out_of_range(sh: &mut Shell, args: &Args<'_>, word: &[u8]) -> Flow {
    if sh.session.directory.stack.is_empty() {
        sh.builtin_error(args.name, "directory stack empty");
    } else {
        sh.builtin_error(args.name, [word, b": directory stack index out of range"].concat());
    }
    FAILURE
}

/// Goes to a directory as `cd` does, with messages in the name of this builtin.
pub(crate) fn change_to(sh: &mut Shell, args: &Args<'_>, directory: &Text) -> Flow {
    let words = [Text::from("--"), directory.clone()];
    (crate::cd::CD.run)(sh, &Args { name: args.name, words: &words, written: &[] })
}

fn print_entries(sh: &mut Shell, style: Style, start: usize, count: usize) {
    let home = sh.plain_text(*names::HOME).filter(|home| !style.full_paths && home.len() > 1);
    let entries = sh.directory_stack();
    let mut text = Vec::new();
    for (index, entry) in entries.iter().skip(start).take(count) {
        if style.numbers {
            text.extend_from_slice(format!("{index:2}  ").as_bytes());
        } else if !style.lines && index as usize > start {
            text.push(b' ');
        }
        text.extend_from_slice(&polite(entry, home.as_deref()));
        if style.lines {
            text.push(b'\n');
        }
    }
    if !style.lines {
        text.push(b'\n');
    }
    sh.print(text);
}

/// A path with `~` for the home directory.
fn polite(path: &[u8], home: Option<&[u8]>) -> Vec<u8> {
    match home.and_then(|home| path.strip_prefix(home)) {
        Some(rest) if rest.is_empty() || rest.starts_with(b"/") => [b"~", rest].concat(),
        _ => path.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn home_is_a_tilde_only_as_a_whole_part() {
        assert_eq!(polite(b"/home/u/x", Some(b"/home/u")), b"~/x");
        assert_eq!(polite(b"/home/u", Some(b"/home/u")), b"~");
        assert_eq!(polite(b"/home/user", Some(b"/home/u")), b"/home/user");
        assert_eq!(polite(b"/home/u", None), b"/home/u");
    }
}
