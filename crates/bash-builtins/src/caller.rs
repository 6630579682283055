//! `caller`

use bash_interp::{Args, Builtin, Class, FAILURE, Flow, OptionLetter, SUCCESS, Shell, done};
use bash_session::{CallKind, Status};

/// `caller`
pub const CALLER: Builtin = Builtin {
    name: "caller",
    synopsis: "caller [expr]",
    help: "Tell where the running function was called from.\n\n\
           Without EXPR the line and file are printed; with it the line, the function and the file, EXPR calls further\n\
           out.\n\n\
           Exit Status:\nSucceeds unless there is no such call.",
    class: Class::Regular,
    run,
};

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    if let Some(option @ OptionLetter::Invalid(_)) = args.options("").next() {
        return sh.wrong_option(args, option);
    }
    let calls: Vec<_> = sh
        .session
        .calls
        .iter()
        .map(|call| (call.name.clone(), call.source.clone(), call.line, call.kind))
        .collect();
    if calls.is_empty() {
        return FAILURE;
    }
    let Some(expression) = args.words.first() else {
        let (line, source) = match calls.as_slice() {
            [] => return FAILURE,
            [(_, _, _, CallKind::Main)] => (0, "NULL".into()),
            [(_, _, line, _)] => (*line, "NULL".into()),
            [(_, _, line, _), (_, source, _, _), ..] => (*line, source.clone()),
        };
        sh.print([format!("{line} ").as_bytes(), &source[..], b"\n"].concat());
        return SUCCESS;
    };
    let Some(number) =
        std::str::from_utf8(expression).ok().and_then(|text| text.trim().parse::<usize>().ok())
    else {
        sh.builtin_error(args.name, [&expression[..], b": invalid number"].concat());
        let _ = sh.usage(args);
        return done(Status::USAGE);
    };
    let (Some(call), Some(outer)) = (calls.get(number), calls.get(number.saturating_add(1))) else {
        return FAILURE;
    };
    sh.print([format!("{} ", call.2).as_bytes(), &outer.0[..], b" ", &outer.1[..], b"\n"].concat());
    SUCCESS
}
