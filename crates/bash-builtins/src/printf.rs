//! `printf`: the formatting engine, lent the shell's variables, clock and messages.

mod big;
mod decimal;
mod float;
mod format;
mod number;
mod spec;

use bash_interp::limits::LimitKind;
use bash_interp::strftime::{TimeZone, strftime};
use bash_interp::{
    Args, Builtin, Class, FAILURE, Flow, OptionLetter, Shell, SubscriptReading, Unwind, done, element_name,
};
use bash_parser::Name;
use bash_parser::quote::Charset;
use bash_session::{Attributes, Status, names};
use format::{FloatPrecision, PrintfEnvironment, PrintfTime};
use std::ops::ControlFlow::{self, Break, Continue};

/// `printf`
pub const PRINTF: Builtin = Builtin {
    name: "printf",
    synopsis: "printf [-v var] format [arguments]",
    help: "Write formatted arguments.\n\n\
           FORMAT holds plain text, backslash escapes, and conversions as printf(3) has them; it is used again \
           as long as arguments remain.\n\n\
           Options:\n  -v var\tassign the text to VAR instead of writing it\n\n\
           Beside those of printf(3) there are these conversions:\n  %b\tthe argument with its backslash escapes decoded\n  \
           %q\tthe argument quoted for the shell\n  %Q\tthe same, cut to the precision before it is quoted\n  \
           %(fmt)T\ta time in seconds as strftime(3) writes it; -1 is now, -2 the start of the shell\n\n\
           Exit Status:\nSucceeds unless an argument or the format is wrong, or on a write or assignment error.",
    class: Class::Regular,
    run,
};

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let mut variable = None;
    let mut options = args.options("v:");
    for option in options.by_ref() {
        match option {
            OptionLetter::On(b'v', argument) => {
                let name = argument.unwrap_or_default();
                if !is_assignable(name, sh.subscript_reading(args, name)) {
                    sh.builtin_error(args.name, [b"`", name, b"': not a valid identifier"].concat());
                    return done(Status::USAGE);
                }
                variable = Some(name);
            }
            option => return sh.wrong_option(args, option),
        }
    }
    let [format, arguments @ ..] = options.operands() else { return sh.usage(args) };
    let arguments: Vec<Vec<u8>> = arguments.iter().map(|argument| argument.to_vec()).collect();
    let mut out = Vec::new();
    let mut environment = Environment { sh, name: args.name, unwind: None, writes: variable.is_none() };
    let status = format::format(format, &arguments, &mut environment, &mut out);
    let unwind = environment.unwind;
    match variable {
        None => sh.print(&out),
        Some(variable) => {
            out.truncate(out.iter().position(|byte| *byte == 0).unwrap_or(out.len()));
            let target = match sh.target_from_text(variable, sh.subscript_reading(args, variable)) {
                Continue(target) => target,
                Break(Unwind::Discard(_)) if crate::read::names_no_element(variable) => return FAILURE,
                Break(unwind) => return Break(unwind),
            };
            match target {
                Some(target)
                    if sh.with_arith_caller(&b"printf"[..], |sh| sh.assign_or_complain(&target, out))? => {}
                _ => return FAILURE,
            }
        }
    }
    match unwind {
        Some(unwind) => Break(unwind),
        None => done(Status::new(status)),
    }
}

/// Whether a text is a name, or an element of an array.
pub(crate) fn is_assignable(text: &[u8], reading: SubscriptReading) -> bool {
    Name::from_bytes(text).is_some() || element_name(text, reading).is_some()
}

/// The shell as the formatting engine sees it.
struct Environment<'a> {
    sh: &'a mut Shell,
    name: &'a [u8],
    /// What an assignment brought about.
    unwind: Option<Unwind>,
    /// The text goes to standard output.
    writes: bool,
}

impl PrintfEnvironment for Environment<'_> {
    fn error(&mut self, message: &[u8]) {
        self.sh.builtin_error(self.name, message);
    }

    fn warning(&mut self, message: &[u8]) {
        self.sh.builtin_error(self.name, [b"warning: ", message].concat());
    }

    fn assign_count(&mut self, name: &[u8], count: usize) -> ControlFlow<i32> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let assigned = match self.sh.target_from_text(name, SubscriptReading::Expand) {
            Continue(Some(target)) => self.sh.assign_or_complain(&target, count),
            Continue(None) => Continue(false),
            Break(unwind) => Break(unwind),
        };
        if let Break(unwind) = assigned {
            self.unwind = Some(unwind);
            return Break(1);
        }
        Continue(())
    }

    fn format_time(&mut self, format: &[u8], time: PrintfTime) -> Vec<u8> {
        let seconds = match time {
            PrintfTime::Now => self.sh.host.now().as_secs().cast_signed(),
            PrintfTime::ShellStart => self.sh.session.started.as_secs().cast_signed(),
            PrintfTime::Seconds(seconds) => seconds,
        };
        strftime(format, seconds, &time_zone(self.sh))
    }

    fn take_output(&mut self, out: &mut Vec<u8>) -> ControlFlow<i32> {
        if self.writes {
            self.sh.print(&*out);
            out.clear();
        }
        Continue(())
    }

    fn admit(&mut self, length: usize) -> ControlFlow<i32> {
        if length <= self.sh.text_room() {
            return Continue(());
        }
        if let Break(unwind) = self.sh.exceed::<()>(LimitKind::StringSize) {
            self.unwind = Some(unwind);
        }
        Break(1)
    }

    /// Standard output is line-buffered in Bash: complete lines come before the message.
    fn before_error(&mut self, out: &mut Vec<u8>) {
        let complete = out.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        if self.writes && complete > 0 {
            self.sh.print(&out[..complete]);
            let _ = self.sh.flush();
            out.drain(..complete);
        }
    }

    fn charset(&self) -> Charset {
        self.sh.session.charset
    }

    fn numeric(&self) -> Option<&'static dyn bash_host::Locale> {
        self.sh.session.numeric
    }

    fn float_precision(&self) -> FloatPrecision {
        if self.sh.is_posix() { FloatPrecision::Double } else { FloatPrecision::LongDouble }
    }
}

/// The time zone that the exported variable `TZ` names.
fn time_zone(sh: &Shell) -> TimeZone {
    let variable = sh.session.variables.get(*names::TZ);
    let value = variable
        .filter(|cell| cell.attributes.contains(Attributes::EXPORT))
        .and_then(|cell| cell.value.text())
        .map(|text| String::from_utf8_lossy(&text).into_owned());
    TimeZone::from_variable(value.as_deref(), |path| {
        sh.host.read_file(&sh.session.directory.handle, path.as_bytes()).ok()
    })
}
