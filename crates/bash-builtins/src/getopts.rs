//! `getopts`
//!
//! `OPTIND` is the next argument; where the next letter stands inside a cluster (`-abc`) only the shell knows. An
//! assignment to `OPTIND` forgets that.

use bash_interp::{Args, Builtin, Class, FAILURE, Flow, OptionLetter, SUCCESS, Shell, Unwind, done};
use bash_parser::Name;
use bash_session::{Attributes, Lookup, SetOption, Status, Text, Value, names};
use std::ops::ControlFlow::{Break, Continue};

/// `getopts`
pub const GETOPTS: Builtin = Builtin {
    name: "getopts",
    synopsis: "getopts optstring name [arg ...]",
    help: "Read the options among the positional parameters, one at a time.\n\n\
           OPTSTRING holds the option letters; a colon after one says that it takes an argument.  Each call puts the \
           next letter into the variable NAME, its argument into OPTARG, and the number of the parameter to look at \
           next into OPTIND, which is 1 at the start.  ARGs are read in place of the positional parameters.\n\n\
           An unknown letter puts `?' into NAME, and so does a missing argument.  If OPTSTRING begins with a colon, \
           nothing is printed then, OPTARG is the letter, and a missing argument puts `:' into NAME.  OPTERR=0 keeps \
           the messages quiet as well.\n\n\
           Exit Status:\nSucceeds if there is an option; fails at the end of the options and on wrong usage.",
    class: Class::Regular,
    run,
};

/// What a call finds.
struct Found {
    /// What goes into the variable.
    letter: u8,
    /// What goes into `OPTARG`; nothing unsets it.
    argument: Option<Text>,
    /// The message, if it is a mistake that is reported.
    complaint: Option<(&'static str, u8)>,
    /// No more options.
    end: bool,
}

/// Where reading stands: the next argument (from 1), and the offset of the next letter in it (0: not begun).
#[derive(Clone, Copy)]
struct Place {
    argument: usize,
    offset: usize,
}

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let mut options = args.options("");
    if let Some(option @ OptionLetter::Invalid(_)) = options.next() {
        return sh.wrong_option(args, option);
    }
    let [letters, name, words @ ..] = options.operands() else { return sh.usage(args) };
    let params = sh.session.params.clone();
    let words = if words.is_empty() { params.as_slice() } else { words };
    let (silent, letters) = match letters.strip_prefix(b":") {
        Some(rest) => (true, rest),
        None => (false, &letters[..]),
    };
    let mut place = present_place(sh, words.len())?;
    let found = next_option(words, letters, silent, &mut place);
    if let Some((message, letter)) = found.complaint
        && !silent
        && reports_errors(sh)?
    {
        let program = sh.session.params.name.clone();
        sh.write_error(&[&program[..], b": ", message.as_bytes(), b" -- ", &[letter][..], b"\n"].concat());
    }
    store(sh, args, name, &found, place)
}

/// Where the last call ended, if `OPTIND` was not changed since.
fn present_place(sh: &mut Shell, count: usize) -> Flow<Place> {
    let text = sh.text(*names::OPTIND)?.unwrap_or_default();
    let index = std::str::from_utf8(&text).ok().and_then(|text| text.trim().parse::<i64>().ok()).unwrap_or(1);
    let (offset, belongs_to) = sh.session.getopts;
    // Bash keeps it in an int.
    let argument = usize::try_from(index as i32).unwrap_or(1).max(1);
    let offset = if belongs_to == index && argument <= count { offset } else { 0 };
    Continue(Place { argument, offset })
}

fn reports_errors(sh: &mut Shell) -> Flow<bool> {
    let text = sh.text(*names::OPTERR)?;
    Continue(text.is_none_or(|text| &text[..] != b"0"))
}

fn next_option(words: &[Text], letters: &[u8], silent: bool, place: &mut Place) -> Found {
    let end = Found { letter: b'?', argument: None, complaint: None, end: true };
    let Some(word) = words.get(place.argument - 1) else {
        place.argument = place.argument.min(words.len() + 1);
        return end;
    };
    if place.offset == 0 || place.offset >= word.len() {
        match &word[..] {
            b"--" => {
                *place = Place { argument: place.argument + 1, offset: 0 };
                return end;
            }
            [b'-', _, ..] => place.offset = 1,
            _ => return end,
        }
    }
    let letter = word[place.offset];
    place.offset += 1;
    let at_end = place.offset >= word.len();
    let known = letters.iter().position(|known| *known == letter && letter != b':');
    let Some(known) = known else {
        finish_word(place, at_end);
        let argument = silent.then(|| Text::new(&[letter]));
        return Found { letter: b'?', argument, complaint: Some(("illegal option", letter)), end: false };
    };
    if letters.get(known + 1) != Some(&b':') {
        finish_word(place, at_end);
        return Found { letter, argument: None, complaint: None, end: false };
    }
    let argument =
        if at_end { words.get(place.argument).cloned() } else { Some(Text::new(&word[place.offset..])) };
    *place = Place { argument: place.argument + if at_end { 2 } else { 1 }, offset: 0 };
    if argument.is_some() {
        return Found { letter, argument, complaint: None, end: false };
    }
    place.argument = words.len() + 1;
    let complaint = Some(("option requires an argument", letter));
    if silent {
        return Found { letter: b':', argument: Some(Text::new(&[letter])), complaint, end: false };
    }
    Found { letter: b'?', argument: None, complaint, end: false }
}

fn finish_word(place: &mut Place, at_end: bool) {
    if at_end {
        *place = Place { argument: place.argument + 1, offset: 0 };
    }
}

/// Sets the variables.
fn store(sh: &mut Shell, args: &Args<'_>, name: &Text, found: &Found, place: Place) -> Flow {
    let index = place.argument as i64;
    let _readonly = sh.assign(*names::OPTIND, Value::Integer(index));
    sh.session.getopts = (place.offset, index);
    match &found.argument {
        Some(argument) => {
            let _readonly = sh.assign(*names::OPTARG, argument.clone());
        }
        None => {
            sh.session.variables.unset(*names::OPTARG, false);
            // After an option without argument there is the variable, but no value.
            if found.letter != b'?' {
                let exported =
                    if sh.option(SetOption::AllExport) { Attributes::EXPORT } else { Attributes::empty() };
                let attributes = Attributes::DECLARED | exported;
                sh.session.variables.change_attributes(*names::OPTARG, attributes, Attributes::empty());
            }
        }
    }
    let status = store_letter(sh, args, name, found)?;
    if found.end { FAILURE } else { done(status) }
}

fn is_readonly(sh: &Shell, name: Name) -> bool {
    let Lookup::Plain(name) = sh.session.variables.resolve(name) else { return false };
    sh.session.variables.get(name).is_some_and(|cell| cell.attributes.contains(Attributes::READONLY))
}

fn store_letter(sh: &mut Shell, args: &Args<'_>, name: &Text, found: &Found) -> Flow {
    let Some(variable) = Name::from_bytes(name) else {
        sh.builtin_error(args.name, [b"`", &name[..], b"': not a valid identifier"].concat());
        return FAILURE;
    };
    match sh.with_arith_caller(&b"getopts"[..], |sh| sh.assign(variable, Text::new(&[found.letter]))) {
        Continue(()) => SUCCESS,
        Break(Unwind::Discard(_)) if is_readonly(sh, variable) => done(Status::USAGE),
        Break(unwind) => Break(unwind),
    }
}
