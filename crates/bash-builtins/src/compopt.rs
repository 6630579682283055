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

/// What the arguments say.
#[derive(Default)]
struct Request<'a> {
    on: u16,
    off: u16,
    special: [bool; 3],
    names: &'a [Text],
}

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let request = match read_options(sh, args) {
        Ok(request) => request,
        Err(flow) => return flow,
    };
    let Request { on, off, .. } = request;
    let special = [DEFAULT, EMPTY, INITIAL].into_iter().zip(request.special).find(|(_, given)| *given);
    let names: Vec<Text> = match special {
        Some((name, _)) => vec![Text::new(name)],
        None => request.names.to_vec(),
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

/// Reads the options, of which `+o` takes an argument as `-o` does.
fn read_options<'a>(sh: &mut Shell, args: &Args<'a>) -> Result<Request<'a>, Flow> {
    let mut request = Request { names: args.words, ..Request::default() };
    while let [first, rest @ ..] = request.names {
        let (sign, mut letters) = match &first[..] {
            b"--" => {
                request.names = rest;
                break;
            }
            [sign @ (b'-' | b'+'), letters @ ..] if !letters.is_empty() => (*sign, letters),
            _ => break,
        };
        request.names = rest;
        while let [letter, more @ ..] = letters {
            letters = more;
            match (sign, letter) {
                (_, b'o') => {
                    let name = if more.is_empty() { next_word(sh, args, sign, &mut request)? } else { more };
                    let bit = option_bit(name).ok_or_else(|| unknown(sh, args, name))?;
                    *if sign == b'-' { &mut request.on } else { &mut request.off } |= bit;
                    letters = &[];
                }
                (_, b'D') => request.special[0] = true,
                (_, b'E') => request.special[1] = true,
                (_, b'I') => request.special[2] = true,
                _ => return Err(sh.wrong_option(args, OptionLetter::Invalid([sign, *letter]))),
            }
        }
    }
    Ok(request)
}

fn next_word<'a>(
    sh: &mut Shell,
    args: &Args<'a>,
    sign: u8,
    request: &mut Request<'a>,
) -> Result<&'a [u8], Flow> {
    let [name, rest @ ..] = request.names else {
        sh.builtin_error(args.name, [&[sign][..], b"o: option requires an argument"].concat());
        return Err(sh.usage(args));
    };
    request.names = rest;
    Ok(name)
}

fn unknown(sh: &mut Shell, args: &Args<'_>, name: &[u8]) -> Flow {
    sh.builtin_error(args.name, [name, b": invalid option name"].concat());
    done(Status::USAGE)
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
