//! `help`: the builtins by their records, and the grammar's own constructs.

use bash_interp::pattern::{Pattern, has_pattern_chars};
use bash_interp::{Args, Builtin, Class, Flow, OptionLetter, Shell, done};
use bash_session::{Status, Text, names};

/// `help`
pub const HELP: Builtin = Builtin {
    name: "help",
    synopsis: "help [-dms] [pattern ...]",
    help: "Tell about builtins and the shell's grammar.\n\n\
           Each PATTERN is matched against the names of all topics; without one, all are listed.\n\n\
           Options:\n  -d\tonly a line about each\n  -m\tas a manual page\n  -s\tonly the usage of each\n\n\
           Exit Status:\nSucceeds unless no PATTERN matches anything or an option is wrong.",
    class: Class::Regular,
    run,
};

/// Something that `help` knows.
#[derive(Clone, Copy)]
pub(crate) struct Topic {
    pub(crate) name: &'static str,
    synopsis: &'static str,
    text: &'static str,
}

const GRAMMAR: &[Topic] = &[
    Topic {
        name: "!",
        synopsis: "! PIPELINE",
        text: "Run a pipeline and turn its status round.\n\nExit Status:\n1 if PIPELINE succeeds, else 0.",
    },
    Topic {
        name: "%",
        synopsis: "job_spec [&]",
        text: "Bring a job to the foreground, or with `&' let it go on in the background.\n\nExit Status:\nThat of the job.",
    },
    Topic {
        name: "(( ... ))",
        synopsis: "(( expression ))",
        text: "Evaluate an arithmetic expression.\n\nExit Status:\n0 if the value is not zero, else 1.",
    },
    Topic {
        name: "[[ ... ]]",
        synopsis: "[[ expression ]]",
        text: "Evaluate a conditional expression.\n\nIts words are neither split nor globbed; `==', `!=' match patterns, `=~' regular expressions.\n\nExit Status:\n0 if it is true, 1 if it is false.",
    },
    Topic {
        name: "case",
        synopsis: "case WORD in [PATTERN [| PATTERN]...) COMMANDS ;;]... esac",
        text: "Run the commands of the first pattern that matches a word.\n\nExit Status:\nThat of the last command.",
    },
    Topic {
        name: "coproc",
        synopsis: "coproc [NAME] command [redirections]",
        text: "Run a command beside the shell, joined to it by two pipes.\n\nNAME[0] reads its output, NAME[1] writes to its input. The default NAME is COPROC.\n\nExit Status:\n0 if it could be started.",
    },
    Topic {
        name: "for",
        synopsis: "for NAME [in WORDS ... ] ; do COMMANDS; done",
        text: "Run commands once for each word.\n\nExit Status:\nThat of the last command.",
    },
    Topic {
        name: "for ((",
        synopsis: "for (( exp1; exp2; exp3 )); do COMMANDS; done",
        text: "Run commands while an arithmetic expression is not zero.\n\nExit Status:\nThat of the last command.",
    },
    Topic {
        name: "function",
        synopsis: "function name { COMMANDS ; } or name () { COMMANDS ; }",
        text: "Define a function.\n\nExit Status:\n0 unless NAME is readonly.",
    },
    Topic {
        name: "if",
        synopsis: "if COMMANDS; then COMMANDS; [ elif COMMANDS; then COMMANDS; ]... [ else COMMANDS; ] fi",
        text: "Run commands if others succeed.\n\nExit Status:\nThat of the last command; 0 if no condition was true.",
    },
    Topic {
        name: "select",
        synopsis: "select NAME [in WORDS ... ;] do COMMANDS; done",
        text: "Let the user choose from a list, and run commands for each choice.\n\nExit Status:\nThat of the last command.",
    },
    Topic {
        name: "time",
        synopsis: "time [-p] pipeline",
        text: "Tell how long a pipeline took.\n\nExit Status:\nThat of the pipeline.",
    },
    Topic {
        name: "until",
        synopsis: "until COMMANDS; do COMMANDS-2; done",
        text: "Run commands until others succeed.\n\nExit Status:\nThat of the last command.",
    },
    Topic {
        name: "variables",
        synopsis: "variables - Names and meanings of some shell variables",
        text: "The variables that mean something to the shell.\n\nHOME, PATH, PWD, IFS, PS1, PS2 and others are described in the manual.",
    },
    Topic {
        name: "while",
        synopsis: "while COMMANDS; do COMMANDS-2; done",
        text: "Run commands as long as others succeed.\n\nExit Status:\nThat of the last command.",
    },
    Topic {
        name: "{ ... }",
        synopsis: "{ COMMANDS ; }",
        text: "Run commands as a unit.\n\nExit Status:\nThat of the last command.",
    },
];

/// All topics, sorted by name.
pub(crate) fn topics(sh: &Shell) -> Vec<Topic> {
    let builtin = |builtin: &&'static Builtin| Topic {
        name: builtin.name,
        synopsis: builtin.synopsis,
        text: builtin.help,
    };
    let mut all: Vec<Topic> =
        sh.builtins.natives().iter().map(builtin).chain(GRAMMAR.iter().copied()).collect();
    all.sort_by_key(|topic| topic.name);
    all
}

/// How much to tell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Full,
    Description,
    Manual,
    Usage,
}

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let mut style = Style::Full;
    let mut options = args.options("dms");
    for option in options.by_ref() {
        style = match option {
            OptionLetter::On(b'd', _) => Style::Description,
            OptionLetter::On(b'm', _) => Style::Manual,
            OptionLetter::On(b's', _) => Style::Usage,
            option => return sh.wrong_option(args, option),
        };
    }
    if options.operands().is_empty() {
        list(sh);
        return done(Status::SUCCESS);
    }
    let all = topics(sh);
    let mut status = Status::FAILURE;
    for pattern in options.operands() {
        let found = matching(sh, &all, pattern);
        if found.is_empty() {
            continue;
        }
        if has_pattern_chars(pattern, sh.filter_options().extended_glob) {
            sh.print([b"Shell commands matching keyword `", &pattern[..], b"'\n\n"].concat());
        }
        status = Status::SUCCESS;
        found.iter().for_each(|topic| show(sh, topic, style));
    }
    if status == Status::FAILURE
        && let Some(last) = options.operands().last()
    {
        let p = String::from_utf8_lossy(last).into_owned();
        let message = format!("no help topics match `{p}'.  Try `help help' or `man -k {p}' or `info {p}'.");
        sh.builtin_error(args.name, message);
    }
    done(status)
}

/// The topics of that very name, or those that begin so, or that a pattern matches.
fn matching(sh: &Shell, all: &[Topic], pattern: &Text) -> Vec<Topic> {
    let exact: Vec<Topic> =
        all.iter().filter(|topic| topic.name.as_bytes() == &pattern[..]).copied().collect();
    if !exact.is_empty() {
        return exact;
    }
    let compiled = Pattern::compile(pattern, sh.filter_options());
    let fits = |topic: &&Topic| {
        compiled.matches(topic.name.as_bytes()) || topic.name.as_bytes().starts_with(pattern)
    };
    all.iter().filter(fits).copied().collect()
}

fn show(sh: &mut Shell, topic: &Topic, style: Style) {
    let (summary, rest) = topic.text.split_once('\n').unwrap_or((topic.text, ""));
    let Topic { name, synopsis, .. } = topic;
    match style {
        Style::Usage => sh.print(format!("{name}: {synopsis}\n")),
        Style::Description => sh.print(format!("{name} - {summary}\n")),
        Style::Full => {
            let body = indented(topic.text);
            sh.print(format!("{name}: {synopsis}\n{body}"));
        }
        Style::Manual => {
            let version = sh.plain_text(*names::BASH_VERSION).unwrap_or_default();
            let machine = sh.plain_text(*names::MACHTYPE).unwrap_or_default();
            let (version, machine) = (String::from_utf8_lossy(&version), String::from_utf8_lossy(&machine));
            let body = format!("    {summary}\n{}", indented(rest));
            let text = format!(
                "NAME\n    {name} - {summary}\n\nSYNOPSIS\n    {synopsis}\n\nDESCRIPTION\n{body}\nSEE ALSO\n    bash(1)\n\n\
                 IMPLEMENTATION\n    rbash, version {version} ({machine})\n\n"
            );
            sh.print(text);
        }
    }
}

fn indented(text: &str) -> String {
    text.split('\n').map(|line| format!("    {line}\n")).collect()
}

/// All topics in two columns; a star marks builtins that are off.
fn list(sh: &mut Shell) {
    let version = sh.plain_text(*names::BASH_VERSION).unwrap_or_default();
    let machine = sh.plain_text(*names::MACHTYPE).unwrap_or_default();
    let mut out = format!(
        "rbash, version {} ({})\nThe commands and constructs of the shell. `help NAME' tells more about NAME.\n\n\
         A star (*) marks builtins that are turned off.\n\n",
        String::from_utf8_lossy(&version),
        String::from_utf8_lossy(&machine)
    );
    let all = topics(sh);
    let columns =
        sh.plain_text(*names::COLUMNS).and_then(|text| std::str::from_utf8(&text).ok()?.parse().ok());
    let width: usize = columns.filter(|columns| *columns > 7).unwrap_or(80_usize) / 2;
    let rows = all.len().div_ceil(2);
    for row in 0..rows {
        let left = cell(sh, &all[row], width - 1);
        let right = all.get(row + rows).map(|topic| cell(sh, topic, width - 2)).unwrap_or_default();
        out += &format!("{left:<width$}{right}\n");
    }
    sh.print(out);
}

fn cell(sh: &Shell, topic: &Topic, width: usize) -> String {
    let star = if sh.session.disabled_builtins.contains(&topic.name) { '*' } else { ' ' };
    let mut text = format!("{star}{}", topic.synopsis);
    if text.len() > width {
        text.truncate(width.saturating_sub(1));
        text.push('>');
    }
    text
}
