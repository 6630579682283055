//! `times`

use bash_interp::{Args, Builtin, Class, Flow, OptionLetter, SUCCESS, Shell};
use std::time::Duration;

/// `times`
pub const TIMES: Builtin = Builtin {
    name: "times",
    synopsis: "times",
    help: "Show the processor time used by the shell and by its children, in user and in system mode.\n\n\
           Exit Status:\nAlways succeeds.",
    class: Class::Special,
    run,
};

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    if let Some(option @ (OptionLetter::Invalid(_) | OptionLetter::MissingArgument(_))) =
        args.options("").next()
    {
        return sh.wrong_option(args, option);
    }
    let point = String::from_utf8_lossy(sh.decimal_point());
    let used = sh.host.cpu_times();
    for (user, system) in [(used.user, used.system), (used.children_user, used.children_system)] {
        sh.print(format!("{} {}\n", minutes(user, &point), minutes(system, &point)));
    }
    SUCCESS
}

fn minutes(time: Duration, point: &str) -> String {
    format!("{}m{}{point}{:03}s", time.as_secs() / 60, time.as_secs() % 60, time.subsec_millis())
}
