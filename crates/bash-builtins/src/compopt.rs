//! `compopt`

use crate::complete::{DEFAULT, EMPTY, INITIAL, OPTIONS, no_specification, option_bit};
use bash_interp::{Args, Builtin, Class, Flow, OptionLetter, Shell, done};
use bash_session::{Status, Text};

/// `compopt`
pub const COMPOPT: Builtin = Builtin {
    name: "compopt",
    synopsis: "compopt [-o|+o option] [-DEI] [name ...]",
    help: "Change or print the options of completions.\n\n\
           Without NAME, those of the completion that runs.\n\n\
           Options:\n  -o option\tturn on; +o turns off\n  -D\tfor commands about which nothing was said\n  \
           -E\tfor empty lines\n  -I\tfor the first word of a line\n\n\
           Exit Status:\nSucceeds unless an option is wrong or nothing is known of a NAME.",
    class: Class::Regular,
    run,
};

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let (mut on, mut off, mut special) = (0, 0, None);
    let mut words = args.words;
    while let [first, rest @ ..] = words {
        match &first[..] {
            b"-o" | b"+o" => {
                let [name, rest @ ..] = rest else {
                    return sh.wrong_option(args, OptionLetter::MissingArgument(b'o'));
                };
                let Some(bit) = option_bit(name) else {
                    sh.builtin_error(args.name, [&name[..], b": invalid option name"].concat());
                    return done(Status::USAGE);
                };
                *if first[0] == b'-' { &mut on } else { &mut off } |= bit;
                words = rest;
                continue;
            }
            b"-D" => special = Some(DEFAULT),
            b"-E" => special = Some(EMPTY),
            b"-I" => special = Some(INITIAL),
            b"--" => {
                words = rest;
                break;
            }
            [sign @ (b'-' | b'+'), letter, ..] => {
                return sh.wrong_option(args, OptionLetter::Invalid([*sign, *letter]));
            }
            _ => break,
        }
        words = rest;
    }
    let names: Vec<Text> = match special {
        Some(name) => vec![Text::new(name)],
        None => words.to_vec(),
    };
    if names.is_empty() {
        return of_running_completion(sh, args, on, off);
    }
    let mut status = Status::SUCCESS;
    for name in names {
        match sh.session.completions.get_mut(&name) {
            Some(spec) if on | off != 0 => spec.options = (spec.options | on) & !off,
            Some(spec) => {
                let options = spec.options;
                print(sh, &name, options);
            }
            None => {
                no_specification(sh, args, &name);
                status = Status::FAILURE;
            }
        }
    }
    done(status)
}

/// The line editor calls completion functions with its own options kept under an empty name.
fn of_running_completion(sh: &mut Shell, args: &Args<'_>, on: u16, off: u16) -> Flow {
    let Some(options) = sh.session.running_completion else {
        sh.builtin_error(args.name, "not currently executing completion function");
        return done(Status::FAILURE);
    };
    sh.session.running_completion = Some((options | on) & !off);
    if on | off == 0 {
        print(sh, b"", options);
    }
    done(Status::SUCCESS)
}

fn print(sh: &mut Shell, name: &[u8], options: u16) {
    let mut out = b"compopt ".to_vec();
    for (at, option) in OPTIONS.iter().enumerate() {
        let sign = if options & 1 << at != 0 { '-' } else { '+' };
        out.extend_from_slice(format!("{sign}o {option} ").as_bytes());
    }
    match name {
        DEFAULT => out.extend_from_slice(b"-D"),
        EMPTY => out.extend_from_slice(b"-E"),
        INITIAL => out.extend_from_slice(b"-I"),
        name => out.extend_from_slice(name),
    }
    out.push(b'\n');
    sh.print(out);
}
