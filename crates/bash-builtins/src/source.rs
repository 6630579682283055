//! `source` and `.`

use bash_host::FileKind;
use bash_interp::{Args, Builtin, Class, FAILURE, Flow, OptionLetter, Origin, Shell};
use bash_session::{CallKind, Params, Shopt, Status, Text};

/// `source`
pub const SOURCE: Builtin = Builtin {
    name: "source",
    synopsis: "source [-p path] filename [arguments]",
    help: HELP,
    class: Class::Special,
    run,
};

/// `.`
pub const DOT: Builtin = Builtin {
    name: ".",
    synopsis: ". [-p path] filename [arguments]",
    help: HELP,
    class: Class::Special,
    run,
};

const HELP: &str = "Run the commands of a file in this shell.\n\n\
    A FILENAME without slash is looked for in PATH, or in the list given with -p, and then in the current directory. \
    ARGUMENTS become the positional parameters while it runs.\n\n\
    Exit Status:\nThat of the last command in the file; a failure if it cannot be read.";

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let mut path = None;
    let mut options = args.options("p:");
    for option in options.by_ref() {
        match option {
            OptionLetter::On(b'p', argument) => path = argument,
            option => return sh.wrong_option(args, option),
        }
    }
    let [name, parameters @ ..] = options.operands() else {
        sh.builtin_error(args.name, "filename argument required");
        return sh.usage(args);
    };
    if sh.is_restricted() && (path.is_some() || name.contains(&b'/')) {
        sh.builtin_error(args.name, [&name[..], b": restricted"].concat());
        return FAILURE;
    }
    let Some(file) = find(sh, name, path) else {
        sh.builtin_error(args.name, [&name[..], b": file not found"].concat());
        return sh.fail_special_for_good(Status::FAILURE);
    };
    match sh.open_path(&file, bash_host::OpenHow { read: true, ..Default::default() }) {
        Ok(opened) if opened.metadata().is_ok_and(|metadata| metadata.kind == FileKind::Directory) => {
            sh.builtin_error(args.name, [&name[..], b": is a directory"].concat());
            end_unread(sh, FAILURE)
        }
        Ok(opened) => {
            let text = if sh.meter().is_some() {
                sh.read_whole(&*opened).unwrap_or_default()
            } else {
                bash_host::read_rest(&opened)
            };
            drop(opened);
            let Some(text) = script_text(text) else {
                sh.builtin_error(args.name, [&file[..], b": cannot execute binary file"].concat());
                return end_unread(sh, bash_interp::done(Status::CANNOT_EXECUTE));
            };
            run_file(sh, &file, &text, parameters)
        }
        Err(error) => {
            sh.system_error(name, &error);
            let failed = sh.fail_special_for_good(Status::FAILURE);
            end_unread(sh, failed)
        }
    }
}

/// The end of a file that could not be read runs the RETURN trap too.
fn end_unread(sh: &mut Shell, flow: Flow) -> Flow {
    let outer = sh.begin_sourcing();
    sh.end_sourcing(outer, flow)
}

/// A file's content as Bash takes it: a NUL byte is dropped and the byte behind it kept whatever it is, so that the
/// second of a pair ends the text. With too many of them it is no script.
fn script_text(content: Vec<u8>) -> Option<Vec<u8>> {
    const LIMIT: usize = 256;
    if !content.contains(&0) {
        return Some(content);
    }
    let mut text = Vec::with_capacity(content.len());
    let mut dropped = 0;
    let mut bytes = content.into_iter();
    while let Some(byte) = bytes.next() {
        if byte == 0 {
            dropped += 1;
            text.extend(bytes.next());
        } else {
            text.push(byte);
        }
    }
    let end = text.iter().position(|byte| *byte == 0).unwrap_or(text.len());
    text.truncate(end);
    (dropped <= LIMIT).then_some(text)
}

/// Where the file is: the name itself if it has a slash or is not found elsewhere. A POSIX script and `-p` look in the
/// path alone.
fn find(sh: &mut Shell, name: &Text, path: Option<&[u8]>) -> Option<Text> {
    if name.contains(&b'/') {
        return Some(name.clone());
    }
    let directories = match path {
        Some(path) => Some(Text::new(path)),
        None if sh.shopt(Shopt::SourcePath) => sh.plain_text(*bash_session::names::PATH),
        None => None,
    };
    let readable =
        |candidate: &Text| sh.metadata(candidate).is_ok_and(|metadata| metadata.kind != FileKind::Directory);
    let found = directories
        .iter()
        .flat_map(|directories| directories.split(|byte| *byte == b':'))
        .map(|directory| match directory {
            b"" => name.clone(),
            directory => Text::new(&[directory, b"/", name].concat()),
        })
        .find(readable);
    let only_path = path.is_some() || sh.is_posix() && !sh.session.options.interactive;
    if only_path { found } else { found.or_else(|| Some(name.clone())) }
}

/// What `BASH_ARGV` shows of a sourced file: its name if it has no arguments, else these, under `extdebug`.
fn keep_arguments(sh: &mut Shell, file: &Text, parameters: &[Text]) -> bool {
    sh.session.calls.begin_arguments(&sh.session.params);
    let shown = match parameters {
        [] => vec![file.clone()],
        parameters if sh.shopt(Shopt::ExtDebug) => parameters.to_vec(),
        _ => return false,
    };
    sh.session.calls.push_arguments(Params::new(Text::EMPTY, shown));
    true
}

fn run_file(sh: &mut Shell, file: &Text, text: &[u8], parameters: &[Text]) -> Flow {
    let line = sh.session.line;
    let keeps_arguments = keep_arguments(sh, file, parameters);
    let outer_params = (!parameters.is_empty()).then(|| {
        let params = Params::new(sh.session.params.name.clone(), parameters.to_vec());
        std::mem::replace(&mut sh.session.params, params)
    });
    let file = &sh.source_to_show(file);
    sh.session.calls.push(CallKind::Source, "source".into(), file.clone(), line);
    let outer = sh.begin_sourcing();
    let flow = sh.run_nested_text(text, 1, Origin::Script);
    sh.session.calls.pop();
    if keeps_arguments {
        sh.session.calls.pop_arguments();
    }
    // What `set` made of the arguments outlives the file, unless a function called it.
    let in_function = sh.session.calls.function_depth() > 0;
    if let Some(outer) = outer_params
        && (!sh.session.params.take_replaced() || in_function)
    {
        sh.session.params = outer;
    }
    sh.session.line = line;
    sh.end_sourcing(outer, flow)
}
