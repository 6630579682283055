//! `compgen`, and the generator behind programmable completion.

use crate::complete::{ACTIONS, Request, option_bit, read_request};
use bash_interp::pattern::Pattern;
use bash_interp::{Args, Builtin, Class, Flow, Shell, done};
use bash_parser::Name;
use bash_session::{
    Attributes, CompletionSpec, IndexedArray, JobState, SetOption, Shopt, Status, Text, Value,
};
use std::ops::ControlFlow::Continue;

/// `compgen`
pub const COMPGEN: Builtin = Builtin {
    name: "compgen",
    synopsis: "compgen [-V varname] [-abcdefgjksuv] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] [word]",
    help: "\
Print the completions of WORD.

The options are those of `complete' but for -p, -r, -D, -E and -I:
-abcdefgjksuv and -A ask for actions, -o for options, -G, -W, -F and -C for other
completions, -X leaves some out, -P and -S add a text to each.

Options:
  -V varname\tstore the completions in an array and print nothing

Exit Status:
Succeeds if there are any.",
    class: Class::Regular,
    run,
};

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    if args.words.is_empty() {
        return done(Status::SUCCESS);
    }
    let request = match read_request(sh, args, "abcdefgjko:suvA:G:W:P:S:X:F:C:V:") {
        Ok(request) => request,
        Err(flow) => return flow,
    };
    let Request { spec, variable, operands, .. } = request;
    if operands.len() == args.words.len() {
        return done(Status::SUCCESS);
    }
    if let Some(name) = variable
        && Name::from_bytes(name).is_none()
    {
        sh.builtin_error(args.name, [b"`", name, b"': not a valid identifier"].concat());
        return done(Status::USAGE);
    }
    if let Some(name) = variable.and_then(Name::from_bytes)
        && refuses(sh, args, name)
    {
        return done(Status::FAILURE);
    }
    for (given, letter) in [(&spec.function, "-F"), (&spec.command, "-C")] {
        if given.is_some() {
            sh.builtin_error(args.name, format!("warning: {letter} option may not work as you expect"));
        }
    }
    let word = operands.first().cloned().unwrap_or(Text::EMPTY);
    let call = Call { command: "compgen".into(), word: word.clone(), previous: Text::EMPTY };
    let list = generate(sh, &spec, &call)?;
    let found = !list.is_empty();
    match variable.and_then(Name::from_bytes) {
        Some(name) => {
            let array: IndexedArray = list.into_iter().map(Text::from).collect();
            sh.session.variables.remove(name);
            sh.assign(name, array)?;
            sh.session.variables.change_attributes(name, Attributes::INDEXED, Attributes::empty());
        }
        None => list.iter().for_each(|entry| sh.print([&entry[..], b"\n"].concat())),
    }
    done(Status::from_truth(found))
}

/// Whether a variable cannot become the array of `-V`.
fn refuses(sh: &mut Shell, args: &Args<'_>, name: Name) -> bool {
    let Some(cell) = sh.session.variables.get(name) else { return false };
    let attributes = cell.attributes;
    if attributes.contains(Attributes::READONLY) {
        sh.error([name.as_bytes(), b": readonly variable"].concat());
    } else if attributes.contains(Attributes::ASSOCIATIVE) {
        sh.builtin_error(args.name, [name.as_bytes(), b": not an indexed array"].concat());
    } else {
        return false;
    }
    true
}

/// What a completion function is told.
pub struct Call {
    /// The command whose arguments are completed: `$1`.
    pub command: Text,
    /// The word: `$2`.
    pub word: Text,
    /// The word before it: `$3`.
    pub previous: Text,
}

/// The completions that a specification gives for a word.
pub fn generate(sh: &mut Shell, spec: &CompletionSpec, call: &Call) -> Flow<Vec<Vec<u8>>> {
    let word = &call.word;
    let mut list = Vec::new();
    for (at, (name, _)) in ACTIONS.iter().enumerate() {
        if spec.actions & 1 << at != 0 {
            let mut found = action(sh, name, word)?;
            found.retain(|entry| entry.starts_with(word));
            list.append(&mut found);
        }
    }
    if let Some(pattern) = &spec.pattern {
        list.extend(glob(sh, pattern)?);
    }
    if let Some(words) = &spec.words {
        let fields = sh.split_word_list(words)?;
        list.extend(fields.into_iter().map(Text::into_vec).filter(|entry| entry.starts_with(word)));
    }
    if let Some(function) = &spec.function {
        list.extend(call_function(sh, function, call)?);
    }
    if let Some(command) = &spec.command {
        list.extend(call_command(sh, command, call)?);
    }
    if let Some(filter) = &spec.filter {
        list = filtered(sh, filter, word, list);
    }
    let (prefix, suffix) = (spec.prefix.clone().unwrap_or_default(), spec.suffix.clone().unwrap_or_default());
    for entry in &mut list {
        *entry = [&prefix[..], entry, &suffix[..]].concat();
    }
    let has = |name: &[u8]| option_bit(name).is_some_and(|bit| spec.options & bit != 0);
    if has(b"plusdirs") || list.is_empty() && has(b"dirnames") {
        list.extend(action(sh, "directory", word)?);
    }
    if list.is_empty() && has(b"bashdefault") && word.iter().any(|byte| matches!(byte, b'*' | b'?' | b'[')) {
        list.extend(glob(sh, word)?.into_iter().filter(|path| path[..] != word[..]));
    }
    if list.is_empty() && has(b"default") {
        list.extend(action(sh, "file", word)?);
    }
    Continue(list)
}

/// What an action knows, sorted where Bash sorts.
fn action(sh: &mut Shell, name: &str, word: &Text) -> Flow<Vec<Vec<u8>>> {
    let owned = |text: &str| text.as_bytes().to_vec();
    Continue(match name {
        "alias" => sh.session.aliases.iter().map(|(name, _)| name.to_vec()).collect(),
        "arrayvar" => variables(sh, |cell| {
            let computed = cell.attributes.contains(Attributes::DYNAMIC)
                && cell.attributes.intersects(Attributes::INDEXED | Attributes::ASSOCIATIVE);
            computed || matches!(cell.value, Value::Indexed(_) | Value::Associative(_))
        }),
        "export" => variables(sh, |cell| cell.attributes.contains(Attributes::EXPORT) && cell.is_set()),
        "variable" => variables(sh, |cell| cell.is_set() || cell.attributes.contains(Attributes::DYNAMIC)),
        "binding" => bash_session::readline::FUNCTIONS.iter().map(|name| owned(name)).collect(),
        "builtin" => {
            let natives = sh.builtins.natives().iter().map(|builtin| owned(builtin.name));
            natives.chain(hosted(sh)).collect()
        }
        "enabled" | "disabled" => {
            let off = |name: &str| sh.session.disabled_builtins.contains(&name);
            let all = sh.builtins.natives().iter().map(|builtin| builtin.name);
            let wanted = name == "disabled";
            // An `all` of `&'static str`: compared by content.
            let natives = all.filter(|builtin| off(builtin) == wanted).map(owned);
            natives.chain(hosted(sh).filter(|_| !wanted)).collect()
        }
        "command" => commands(sh, word)?,
        "directory" => files(sh, word, true)?,
        "file" => files(sh, word, false)?,
        "function" => sh.session.functions.iter().map(|function| function.name.to_vec()).collect(),
        "helptopic" => crate::help::topics(&sh.builtins)
            .into_iter()
            .map(|topic| topic.name.as_bytes().to_vec())
            .collect(),
        "keyword" => crate::r#type::KEYWORDS.iter().map(|keyword| owned(keyword)).collect(),
        "job" => jobs(sh, |_| true),
        "running" => jobs(sh, |state| state == JobState::Running),
        "stopped" => jobs(sh, |state| matches!(state, JobState::Stopped(_))),
        "setopt" => SetOption::ALL.iter().map(|option| owned(option.name())).collect(),
        "shopt" => Shopt::ALL.iter().map(|option| owned(option.name())).collect(),
        "signal" => {
            let all = (0..=bash_host::Signal::MAX).filter_map(bash_host::Signal::new);
            let name = |signal: bash_host::Signal| match signal.number() {
                0 => Some(owned("EXIT")),
                _ => bash_session::signal_name(signal).map(|name| format!("SIG{name}").into_bytes()),
            };
            all.filter_map(name).chain(["DEBUG", "ERR", "RETURN"].map(owned)).collect()
        }
        "user" => sh.host.user_names(),
        "group" => database(sh, b"/etc/group"),
        "service" => services(sh),
        "hostname" => hosts(sh),
        _ => Vec::new(),
    })
}

fn variables(sh: &mut Shell, wanted: impl Fn(&bash_session::Variable) -> bool) -> Vec<Vec<u8>> {
    sh.listing(|sh| {
        let chosen = sh.session.variables.iter().filter(|(_, cell)| wanted(cell));
        let mut names: Vec<Vec<u8>> = chosen.map(|(name, _)| name.as_bytes().to_vec()).collect();
        names.sort();
        names
    })
}

fn jobs(sh: &mut Shell, wanted: impl Fn(JobState) -> bool) -> Vec<Vec<u8>> {
    sh.update_jobs();
    let first_word = |command: &[u8]| command.split(|byte| *byte == b' ').next().unwrap_or_default().to_vec();
    sh.session.jobs.iter().filter(|job| wanted(job.state())).map(|job| first_word(&job.command)).collect()
}

/// Everything that can be called by a name.
/// The names of the embedding program's commands.
fn hosted(sh: &Shell) -> impl Iterator<Item = Vec<u8>> {
    sh.builtins.hosted().map(|(name, _)| name.to_vec())
}

fn commands(sh: &mut Shell, word: &Text) -> Flow<Vec<Vec<u8>>> {
    let mut list = Vec::new();
    for name in ["alias", "keyword", "function", "enabled"] {
        list.append(&mut action(sh, name, word)?);
    }
    if word.contains(&b'/') {
        return files(sh, word, false);
    }
    let path = sh.plain_text(*bash_session::names::PATH).unwrap_or_default();
    for directory in path.split(|byte| *byte == b':') {
        let mut entries = sh.host.read_directory(&sh.session.directory.handle, directory).unwrap_or_default();
        entries.retain(|entry| entry.name.starts_with(word));
        entries.retain(|entry| sh.is_executable(&[directory, b"/", &entry.name].concat()));
        list.extend(entries.into_iter().map(|entry| entry.name));
    }
    Continue(list)
}

/// Files, or directories alone, whose path begins with the word, in the order of their directory.
fn files(sh: &mut Shell, word: &Text, directories: bool) -> Flow<Vec<Vec<u8>>> {
    let slash = word.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
    let (directory, start) = word.split_at(slash);
    let place = place_of(sh, directory)?;
    let mut entries = sh.host.read_directory(&sh.session.directory.handle, &place).unwrap_or_default();
    entries.retain(|entry| entry.name.starts_with(start) && !(start.is_empty() && entry.is_dots()));
    let mut paths: Vec<Vec<u8>> =
        entries.into_iter().map(|entry| [directory, &entry.name[..]].concat()).collect();
    if directories {
        paths.retain(|path| {
            sh.metadata(path).is_ok_and(|metadata| metadata.kind == bash_host::FileKind::Directory)
        });
    }
    Continue(paths)
}

/// The directory that is meant: a tilde and variables are expanded to look there, and stay in what is listed.
fn place_of(sh: &mut Shell, directory: &[u8]) -> Flow<Vec<u8>> {
    match directory {
        [] => Continue(b".".to_vec()),
        _ if directory.first() == Some(&b'~') || directory.contains(&b'$') => {
            Continue(sh.expand_word_text(directory)?.into_iter().next().unwrap_or_default().into_vec())
        }
        _ => Continue(directory.to_vec()),
    }
}

fn glob(sh: &mut Shell, pattern: &Text) -> Flow<Vec<Vec<u8>>> {
    let fields = sh.expand_word_text(pattern)?;
    let found = |path: &Text| sh.metadata(path).is_ok() || path[..] != pattern[..];
    Continue(fields.into_iter().filter(found).map(Text::into_vec).collect())
}

/// The names in a colon-separated database.
fn database(sh: &Shell, path: &[u8]) -> Vec<Vec<u8>> {
    let text = sh.host.read_file(&sh.session.directory.handle, path).unwrap_or_default();
    let name = |line: &[u8]| line.split(|byte| *byte == b':').next().unwrap_or_default().to_vec();
    text.split(|byte| *byte == b'\n').map(name).filter(|name| !name.is_empty()).collect()
}

fn services(sh: &Shell) -> Vec<Vec<u8>> {
    first_words(sh, b"/etc/services", 0)
}

fn hosts(sh: &Shell) -> Vec<Vec<u8>> {
    first_words(sh, b"/etc/hosts", 1)
}

/// A word of each line that is no comment.
fn first_words(sh: &Shell, path: &[u8], number: usize) -> Vec<Vec<u8>> {
    let text = sh.host.read_file(&sh.session.directory.handle, path).unwrap_or_default();
    let word = |line: &[u8]| {
        let line = line.split(|byte| *byte == b'#').next().unwrap_or_default();
        let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        words.nth(number).map(<[u8]>::to_vec)
    };
    text.split(|byte| *byte == b'\n').filter_map(word).collect()
}

/// `-F`: what the function leaves in COMPREPLY.
fn call_function(sh: &mut Shell, name: &Text, call: &Call) -> Flow<Vec<Vec<u8>>> {
    let Some(function) = sh.session.functions.get(name).cloned() else {
        sh.error([b"completion: function `", &name[..], b"' not found"].concat());
        return Continue(Vec::new());
    };
    let reply = Name::new("COMPREPLY");
    sh.session.variables.remove(reply);
    let _ = sh.flush();
    let words = [name.clone(), call.command.clone(), call.word.clone(), call.previous.clone()];
    tell_line(sh)?;
    let flow = sh.call_function(&function, words.to_vec());
    for name in LINE_VARIABLES {
        sh.session.variables.remove(Name::new(name));
    }
    let _status = flow?;
    let value = sh.value(reply)?;
    sh.session.variables.remove(reply);
    Continue(match value {
        Value::Indexed(array) => array.iter().map(|(_, text)| text.to_vec()).collect(),
        value => value.text().map(Text::into_vec).into_iter().collect(),
    })
}

/// What a completion function learns of the line.
const LINE_VARIABLES: [&str; 6] =
    ["COMP_LINE", "COMP_POINT", "COMP_TYPE", "COMP_KEY", "COMP_WORDS", "COMP_CWORD"];

/// `compgen` completes no line: the variables say so.
fn tell_line(sh: &mut Shell) -> Flow<()> {
    for name in LINE_VARIABLES {
        let name = Name::new(name);
        match name.as_str() {
            "COMP_LINE" => sh.assign(name, Text::EMPTY)?,
            "COMP_WORDS" => sh.assign(name, IndexedArray::default())?,
            "COMP_CWORD" => sh.assign(name, Text::from_integer(-1))?,
            _ => sh.assign(name, Text::from_integer(0))?,
        }
    }
    Continue(())
}

/// `-C`: the lines that the command prints.
fn call_command(sh: &mut Shell, command: &Text, call: &Call) -> Flow<Vec<Vec<u8>>> {
    let quoted = |text: &Text| bash_parser::quote::single_quote(text);
    let text = [
        &command[..],
        b" ",
        &quoted(&call.command),
        b" ",
        &quoted(&call.word),
        b" ",
        &quoted(&call.previous),
    ]
    .concat();
    let output = sh.output_of_text(&text)?;
    Continue(
        output.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect(),
    )
}

/// `-X`: takes out what the pattern matches, or with `!` what it does not. `&` stands for the word.
fn filtered(sh: &Shell, filter: &Text, word: &Text, list: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let (keeps, pattern) = match filter.strip_prefix(b"!") {
        Some(pattern) => (true, pattern),
        None => (false, &filter[..]),
    };
    let mut text = Vec::new();
    let mut bytes = pattern.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'&' => text.extend_from_slice(word),
            b'\\' => match bytes.next() {
                Some(b'&') => text.push(b'&'),
                Some(next) => text.extend_from_slice(&[b'\\', *next]),
                None => text.push(b'\\'),
            },
            byte => text.push(*byte),
        }
    }
    let pattern = Pattern::compile(&text, sh.filter_options());
    list.into_iter().filter(|entry| pattern.matches(entry) == keeps).collect()
}
