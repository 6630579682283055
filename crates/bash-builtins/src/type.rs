//! `type`: what a command name stands for. `command -v` and `command -V` ask the same.

use bash_interp::{Args, Builtin, Class, Entry, Flow, OptionLetter, Shell, done};
use bash_parser::quote::single_quote;
use bash_session::{Shopt, Status, Text};

/// `type`
pub const TYPE: Builtin = Builtin {
    name: "type",
    synopsis: "type [-afptP] name [name ...]",
    help: "Tell what each NAME would run.\n\n\
           Options:\n  -a\teverything that has the name\n  -f\twithout functions\n  -P\tthe program found by PATH, even if \
           something else comes before it\n  -p\tthe program's path if a program would run, else nothing\n  \
           -t\tone of the words alias, keyword, function, builtin, file\n\n\
           Exit Status:\nSucceeds if every NAME is found.",
    class: Class::Regular,
    run,
};

/// The reserved words.
pub(crate) const KEYWORDS: &[&str] = &[
    "if", "then", "else", "elif", "fi", "case", "esac", "for", "select", "while", "until", "do", "done",
    "in", "function", "time", "{", "}", "!", "[[", "]]", "coproc",
];

/// How to describe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// `ls is /bin/ls`
    Sentence,
    /// `command -v`
    Reusable,
    /// `type -t`
    Word,
    /// `type -p`
    Path,
}

/// What to look for.
struct Search<'a> {
    style: Style,
    all: bool,
    functions: bool,
    /// `-P`: programs alone.
    programs_alone: bool,
    /// Where programs are, if not in `PATH`.
    path: Option<&'a [u8]>,
}

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let words: Vec<Text> = args.words.iter().map(modern).collect();
    let args = &Args { name: args.name, words: &words, written: args.written };
    let mut search =
        Search { style: Style::Sentence, all: false, functions: true, programs_alone: false, path: None };
    let mut options = args.options("afptP");
    for option in options.by_ref() {
        match option {
            OptionLetter::On(b'a', _) => search.all = true,
            OptionLetter::On(b'f', _) => search.functions = false,
            OptionLetter::On(b'p', _) => search.style = Style::Path,
            OptionLetter::On(b't', _) => search.style = Style::Word,
            OptionLetter::On(b'P', _) => (search.programs_alone, search.style) = (true, Style::Path),
            option => return sh.wrong_option(args, option),
        }
    }
    let mut status = Status::SUCCESS;
    for name in options.operands() {
        if !describe(sh, name, &search) {
            if search.style == Style::Sentence {
                sh.builtin_error(args.name, [&name[..], b": not found"].concat());
            }
            status = Status::FAILURE;
        }
    }
    done(status)
}

/// The long names that options once had.
fn modern(word: &Text) -> Text {
    match &word[..] {
        b"-type" | b"--type" => "-t".into(),
        b"-path" | b"--path" => "-p".into(),
        b"-all" | b"--all" => "-a".into(),
        _ => word.clone(),
    }
}

/// `command -v` and `command -V`
pub(crate) fn describe_commands(
    sh: &mut Shell,
    args: &Args<'_>,
    names: &[Text],
    style: Style,
    path: Option<&[u8]>,
) -> Flow {
    let search = Search { style, all: false, functions: true, programs_alone: false, path };
    let mut any = false;
    for name in names {
        if describe(sh, name, &search) {
            any = true;
        } else if style == Style::Sentence {
            sh.builtin_error(args.name, [&name[..], b": not found"].concat());
        }
    }
    done(Status::from_truth(any))
}

/// Prints what `name` is; whether it is anything.
fn describe(sh: &mut Shell, name: &Text, search: &Search<'_>) -> bool {
    type Step = fn(&mut Shell, &Text, &Search<'_>) -> bool;
    let special = sh.is_posix() && sh.builtins.native(name).is_some_and(|builtin| builtin.class.is_special());
    let steps: [Step; 4] =
        if special { [alias, keyword, builtin, function] } else { [alias, keyword, function, builtin] };
    let mut found = false;
    if !search.programs_alone {
        for step in steps {
            found |= step(sh, name, search);
            if found && !search.all {
                return true;
            }
        }
    }
    found | programs(sh, name, search)
}

fn alias(sh: &mut Shell, name: &Text, search: &Search<'_>) -> bool {
    if !sh.shopt(Shopt::ExpandAliases) && !sh.session.options.interactive {
        return false;
    }
    let Some(text) = sh.session.aliases.get(name).cloned() else { return false };
    match search.style {
        Style::Word => sh.print("alias\n"),
        Style::Sentence => sh.print([&name[..], b" is aliased to `", &text[..], b"'\n"].concat()),
        Style::Reusable => sh.print([b"alias ", &name[..], b"=", &single_quote(&text)[..], b"\n"].concat()),
        Style::Path => {}
    }
    true
}

fn keyword(sh: &mut Shell, name: &Text, search: &Search<'_>) -> bool {
    if !KEYWORDS.iter().any(|keyword| keyword.as_bytes() == &name[..]) {
        return false;
    }
    match search.style {
        Style::Word => sh.print("keyword\n"),
        Style::Sentence => sh.print([&name[..], b" is a shell keyword\n"].concat()),
        Style::Reusable => sh.print([&name[..], b"\n"].concat()),
        Style::Path => {}
    }
    true
}

fn function(sh: &mut Shell, name: &Text, search: &Search<'_>) -> bool {
    if !search.functions {
        return false;
    }
    let Some(function) = sh.session.functions.get(name).cloned() else { return false };
    match search.style {
        Style::Word => sh.print("function\n"),
        Style::Sentence => {
            let text = sh.printed_function(name, &function.definition);
            sh.print([&name[..], b" is a function\n", &text[..], b"\n"].concat());
        }
        Style::Reusable => sh.print([&name[..], b"\n"].concat()),
        Style::Path => {}
    }
    true
}

fn builtin(sh: &mut Shell, name: &Text, search: &Search<'_>) -> bool {
    let Some(entry) = sh.find_builtin(name) else { return false };
    let special = matches!(entry, Entry::Native(builtin) if builtin.class.is_special()) && sh.is_posix();
    match search.style {
        Style::Word => sh.print("builtin\n"),
        Style::Sentence if special => sh.print([&name[..], b" is a special shell builtin\n"].concat()),
        Style::Sentence => sh.print([&name[..], b" is a shell builtin\n"].concat()),
        Style::Reusable => sh.print([&name[..], b"\n"].concat()),
        Style::Path => {}
    }
    true
}

fn programs(sh: &mut Shell, name: &Text, search: &Search<'_>) -> bool {
    if name.is_empty() {
        return false;
    }
    if name.contains(&b'/') {
        return sh.is_executable(name) && print_program(sh, name, name, search);
    }
    if search.all {
        let found = sh.search_path_all(name);
        found.iter().for_each(|path| {
            print_program(sh, name, path, search);
        });
        return !found.is_empty();
    }
    if let Some(known) = sh.session.commands.get(name).map(|command| command.path.clone())
        && (!sh.shopt(Shopt::CheckHash) || sh.is_executable(&known))
    {
        sh.session.commands.count_hit(name);
        if search.style == Style::Sentence {
            sh.print([&name[..], b" is hashed (", &known[..], b")\n"].concat());
            return true;
        }
        return print_program(sh, name, &known, search);
    }
    let found = match search.path {
        Some(path) => sh.search_directories(name, path),
        None => sh.search_path(name),
    };
    match found.filter(|path| !sh.is_posix() || sh.is_executable(path)) {
        Some(path) => print_program(sh, name, &path, search),
        None => false,
    }
}

fn print_program(sh: &mut Shell, name: &Text, path: &Text, search: &Search<'_>) -> bool {
    match search.style {
        Style::Word => sh.print("file\n"),
        Style::Sentence => sh.print([&name[..], b" is ", &path[..], b"\n"].concat()),
        Style::Reusable | Style::Path => sh.print([&path[..], b"\n"].concat()),
    }
    true
}
