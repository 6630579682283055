//! `help`: the builtins by their records, and the grammar's own constructs.

mod grammar;

use bash_interp::pattern::{Pattern, has_pattern_chars};
use bash_interp::{Args, Builtin, Class, Flow, OptionLetter, Registry, Shell, done, help_text};
use bash_session::{Status, Text, names};
use grammar::GRAMMAR;

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
pub(crate) struct Topic<'a> {
    pub(crate) name: &'a str,
    synopsis: &'a str,
    text: &'a str,
}

/// All topics, sorted by name.
pub(crate) fn topics(commands: &Registry) -> Vec<Topic<'_>> {
    let builtin = |builtin: &&'static Builtin| Topic {
        name: builtin.name,
        synopsis: builtin.synopsis,
        text: builtin.help,
    };
    let natives = commands.natives().iter().map(builtin);
    let mut all: Vec<Topic<'_>> =
        natives.chain(GRAMMAR.iter().copied()).chain(hosted_topics(commands)).collect();
    all.sort_by_key(|topic| topic.name);
    all
}

/// The commands of the embedding program.
fn hosted_topics(commands: &Registry) -> impl Iterator<Item = Topic<'_>> {
    commands.hosted().filter_map(|(name, hosted)| {
        Some(Topic { name: std::str::from_utf8(name).ok()?, synopsis: &hosted.synopsis, text: &hosted.help })
    })
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
    let operands = options.operands();
    if operands.first().is_some_and(|first| has_pattern_chars(first, sh.filter_options().extended_glob)) {
        let plural = if operands.len() > 1 { "s" } else { "" };
        let patterns = operands.join(&b", "[..]);
        sh.print(
            [b"Shell commands matching keyword", plural.as_bytes(), b" `", &patterns, b"'\n\n"].concat(),
        );
    }
    let commands = sh.builtins.clone();
    let all = topics(&commands);
    let mut status = Status::FAILURE;
    for pattern in operands {
        let found = matching(sh, &all, pattern);
        if !found.is_empty() {
            status = Status::SUCCESS;
            found.iter().for_each(|topic| show(sh, topic, style));
        }
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
fn matching<'a>(sh: &Shell, all: &[Topic<'a>], pattern: &Text) -> Vec<Topic<'a>> {
    let exact: Vec<Topic<'_>> =
        all.iter().filter(|topic| topic.name.as_bytes() == &pattern[..]).copied().collect();
    if !exact.is_empty() {
        return exact;
    }
    let compiled = Pattern::compile(pattern, sh.filter_options());
    let fits = |topic: &&Topic<'_>| {
        compiled.matches(topic.name.as_bytes()) || topic.name.as_bytes().starts_with(pattern)
    };
    all.iter().filter(fits).copied().collect()
}

fn show(sh: &mut Shell, topic: &Topic<'_>, style: Style) {
    let (summary, rest) = topic.text.split_once('\n').unwrap_or((topic.text, ""));
    let Topic { name, synopsis, .. } = topic;
    match style {
        Style::Usage => sh.print(format!("{name}: {synopsis}\n")),
        Style::Description => sh.print(format!("{name} - {summary}\n")),
        Style::Full => sh.print(help_text(name, synopsis, topic.text)),
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
    let commands = sh.builtins.clone();
    let all = topics(&commands);
    let columns =
        sh.plain_text(*names::COLUMNS).and_then(|text| std::str::from_utf8(&text).ok()?.parse().ok());
    let width: usize = columns.filter(|columns| *columns > 7).unwrap_or(80_usize) / 2;
    let rows = all.len().div_ceil(2);
    for row in 0..rows {
        let left = cell(sh, &all[row], width - 1);
        let right = all.get(row + rows).map(|topic| right_cell(sh, topic, width - 2)).unwrap_or_default();
        out += format!("{left:<width$}{right}").trim_end();
        out.push('\n');
    }
    sh.print(out);
}

/// As Bash does, a text that would just fit on the right is cut as well, and by two.
fn right_cell(sh: &Shell, topic: &Topic<'_>, width: usize) -> String {
    let fits = topic.synopsis.len() + 1 == width;
    cell(sh, topic, if fits { width - 1 } else { width })
}

fn cell(sh: &Shell, topic: &Topic<'_>, width: usize) -> String {
    let star = if sh.session.disabled_builtins.contains(&topic.name) { '*' } else { ' ' };
    let mut text = format!("{star}{}", topic.synopsis);
    if text.len() >= width {
        text.truncate(width.saturating_sub(1));
        text.push('>');
    }
    text
}
