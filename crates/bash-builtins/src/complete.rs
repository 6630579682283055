//! `complete`, and the table of what `compgen` and `compopt` share with it.

use bash_interp::{Args, Builtin, Class, Flow, OptionLetter, Shell, done};
use bash_parser::quote::{has_shell_special, single_quote};
use bash_session::{CompletionSpec, Status, Text};

/// `complete`
pub const COMPLETE: Builtin = Builtin {
    name: "complete",
    synopsis: "complete [-abcdefgjksuv] [-pr] [-DEI] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] [name ...]",
    help: "\
Say how the words of commands are completed.

What is said holds for the arguments of each command NAME.  Without options, or
with -p, what has been said is printed as commands.

Options:
  -p\tprint what was said of each NAME, or of all
  -r\tforget it
  -D\tfor commands of which nothing was said
  -E\tfor empty lines
  -I\tfor the first word of a line
  -o option\thow completions are treated: bashdefault, default, dirnames,
\t\tfilenames, fullquote, noquote, nosort, nospace or plusdirs
  -A action\twhere they come from: alias (-a), arrayvar, binding, builtin (-b),
\t\tcommand (-c), directory (-d), disabled, enabled, export (-e),
\t\tfile (-f), function, group (-g), helptopic, hostname, job (-j),
\t\tkeyword (-k), running, service (-s), setopt, shopt, signal,
\t\tstopped, user (-u) or variable (-v)
  -G globpat\tthe files that a pattern matches
  -W wordlist\tthe words of a list, which is expanded
  -F function\twhat a function leaves in COMPREPLY
  -C command\tthe lines that a command prints
  -X filterpat\tcompletions that this pattern matches are left out; `!' in front
\t\tturns that round, `&' stands for the word
  -P prefix\tput before each completion
  -S suffix\tput behind it

Of -D, -E and -I the first counts, and NAMEs do not.

Exit Status:
Succeeds unless an option is wrong or nothing was said of a NAME.",
    class: Class::Regular,
    run,
};

/// The names under which -D, -E and -I are kept.
pub(crate) const DEFAULT: &[u8] = b"_DefaultCmD_";
pub(crate) const EMPTY: &[u8] = b"_EmptycmD_";
pub(crate) const INITIAL: &[u8] = b"_InitialWorD_";

/// The actions in the order in which they are printed and tried, with their letters.
pub(crate) const ACTIONS: &[(&str, Option<u8>)] = &[
    ("alias", Some(b'a')),
    ("arrayvar", None),
    ("binding", None),
    ("builtin", Some(b'b')),
    ("command", Some(b'c')),
    ("directory", Some(b'd')),
    ("disabled", None),
    ("enabled", None),
    ("export", Some(b'e')),
    ("file", Some(b'f')),
    ("function", None),
    ("helptopic", None),
    ("hostname", None),
    ("group", Some(b'g')),
    ("job", Some(b'j')),
    ("keyword", Some(b'k')),
    ("running", None),
    ("service", Some(b's')),
    ("setopt", None),
    ("shopt", None),
    ("signal", None),
    ("stopped", None),
    ("user", Some(b'u')),
    ("variable", Some(b'v')),
];

/// The options of `-o`, in the order in which they are printed.
pub(crate) const OPTIONS: &[&str] = &[
    "bashdefault",
    "default",
    "dirnames",
    "filenames",
    "fullquote",
    "noquote",
    "nosort",
    "nospace",
    "plusdirs",
];

/// What the arguments of `complete` and `compgen` say.
#[derive(Default)]
pub(crate) struct Request<'a> {
    pub(crate) spec: CompletionSpec,
    pub(crate) print: bool,
    pub(crate) remove: bool,
    pub(crate) special: Vec<&'static [u8]>,
    pub(crate) variable: Option<&'a [u8]>,
    pub(crate) any: bool,
    pub(crate) operands: &'a [Text],
}

/// Reads the options; the status of a complaint if one is wrong.
pub(crate) fn read_request<'a>(
    sh: &mut Shell,
    args: &Args<'a>,
    letters: &'static str,
) -> Result<Request<'a>, Flow> {
    let mut request = Request::default();
    let mut options = args.options(letters);
    for option in options.by_ref() {
        let spec = &mut request.spec;
        match option {
            OptionLetter::On(b'p', _) => request.print = true,
            OptionLetter::On(b'r', _) => request.remove = true,
            OptionLetter::On(b'D', _) => request.special.push(DEFAULT),
            OptionLetter::On(b'E', _) => request.special.push(EMPTY),
            OptionLetter::On(b'I', _) => request.special.push(INITIAL),
            OptionLetter::On(b'V', argument) => request.variable = argument,
            OptionLetter::On(b'o', Some(name)) => match option_bit(name) {
                Some(bit) => spec.options |= bit,
                None => return Err(bad_name(sh, args, name, "option")),
            },
            OptionLetter::On(b'A', Some(name)) => match action_bit(name) {
                Some(bit) => spec.actions |= bit,
                None => return Err(bad_name(sh, args, name, "action")),
            },
            OptionLetter::On(letter, Some(argument)) => {
                let place = match letter {
                    b'G' => &mut spec.pattern,
                    b'W' => &mut spec.words,
                    b'P' => &mut spec.prefix,
                    b'S' => &mut spec.suffix,
                    b'X' => &mut spec.filter,
                    b'F' => &mut spec.function,
                    _ => &mut spec.command,
                };
                *place = Some(Text::new(argument));
                if letter == b'F' && argument.iter().any(|byte| b" \t\n;&|<>()$`\\\"'".contains(byte)) {
                    sh.builtin_error(args.name, [b"`", argument, b"': not a valid identifier"].concat());
                    return Err(done(Status::USAGE));
                }
            }
            OptionLetter::On(letter, None) => {
                let action = ACTIONS.iter().position(|(_, known)| *known == Some(letter));
                spec.actions |= action.map_or(0, |at| 1 << at);
            }
            option => return Err(sh.wrong_option(args, option)),
        }
    }
    request.operands = options.operands();
    request.any = options.operands_at() > 0;
    Ok(request)
}

fn bad_name(sh: &mut Shell, args: &Args<'_>, name: &[u8], what: &str) -> Flow {
    sh.builtin_error(args.name, [name, format!(": invalid {what} name").as_bytes()].concat());
    done(Status::USAGE)
}

/// The bit of an option in [`CompletionSpec::options`].
pub(crate) fn option_bit(name: &[u8]) -> Option<u16> {
    OPTIONS.iter().position(|known| known.as_bytes() == name).map(|at| 1 << at)
}

/// The bit of an action in [`CompletionSpec::actions`].
pub(crate) fn action_bit(name: &[u8]) -> Option<u32> {
    ACTIONS.iter().position(|(known, _)| known.as_bytes() == name).map(|at| 1 << at)
}

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    const LETTERS: &str = "abcdefgjko:prsuvA:G:W:P:S:X:F:C:DEI";
    let request = match read_request(sh, args, LETTERS) {
        Ok(request) => request,
        Err(flow) => return flow,
    };
    let mut names: Vec<Text> = request.special.first().map(|name| Text::new(name)).into_iter().collect();
    if names.is_empty() {
        names.extend(request.operands.iter().cloned());
    }
    if request.remove {
        return remove(sh, args, &names);
    }
    if request.print || !request.any && names.is_empty() {
        return print(sh, args, &names);
    }
    if names.is_empty() {
        return sh.usage(args);
    }
    for name in names {
        sh.session.completions.set(&name, request.spec.clone());
    }
    done(Status::SUCCESS)
}

fn remove(sh: &mut Shell, args: &Args<'_>, names: &[Text]) -> Flow {
    if names.is_empty() {
        sh.session.completions.clear();
    }
    let mut status = Status::SUCCESS;
    if sh.session.completions.were_never_used() {
        return done(status);
    }
    for name in names {
        if !sh.session.completions.remove(name) {
            no_specification(sh, args, name);
            status = Status::FAILURE;
        }
    }
    done(status)
}

fn print(sh: &mut Shell, args: &Args<'_>, names: &[Text]) -> Flow {
    if names.is_empty() {
        let lines: Vec<u8> =
            sh.session.completions.iter().flat_map(|(name, spec)| line(name, spec)).collect();
        sh.print(lines);
        return done(Status::SUCCESS);
    }
    let mut status = Status::SUCCESS;
    for name in names {
        match sh.session.completions.get(name).map(|spec| line(name, spec)) {
            Some(text) => sh.print(text),
            None => {
                no_specification(sh, args, name);
                status = Status::FAILURE;
            }
        }
    }
    done(status)
}

pub(crate) fn no_specification(sh: &mut Shell, args: &Args<'_>, name: &[u8]) {
    sh.builtin_error(args.name, [name, b": no completion specification"].concat());
}

/// The command that says the same again.
fn line(name: &[u8], spec: &CompletionSpec) -> Vec<u8> {
    let mut out = b"complete ".to_vec();
    for (at, option) in OPTIONS.iter().enumerate() {
        if spec.options & 1 << at != 0 {
            out.extend_from_slice(format!("-o {option} ").as_bytes());
        }
    }
    let chosen =
        || ACTIONS.iter().enumerate().filter(|(at, _)| spec.actions & 1 << at != 0).map(|(_, action)| action);
    for letter in chosen().filter_map(|(_, letter)| *letter) {
        out.extend_from_slice(&[b'-', letter, b' ']);
    }
    for (action, _) in chosen().filter(|(_, letter)| letter.is_none()) {
        out.extend_from_slice(format!("-A {action} ").as_bytes());
    }
    let quoted = [
        (b'G', &spec.pattern),
        (b'W', &spec.words),
        (b'P', &spec.prefix),
        (b'S', &spec.suffix),
        (b'X', &spec.filter),
        (b'C', &spec.command),
    ];
    for (letter, text) in quoted {
        if let Some(text) = text {
            out.extend_from_slice(&[&[b'-', letter, b' '][..], &single_quote(text), b" "].concat());
        }
    }
    if let Some(function) = &spec.function {
        out.extend_from_slice(&[b"-F ", &function[..], b" "].concat());
    }
    match name {
        DEFAULT => out.extend_from_slice(b"-D"),
        EMPTY => out.extend_from_slice(b"-E"),
        INITIAL => out.extend_from_slice(b"-I"),
        b"" => out.extend_from_slice(b"''"),
        name if has_shell_special(name) => out.extend_from_slice(&single_quote(name)),
        name => out.extend_from_slice(name),
    }
    out.push(b'\n');
    out
}
