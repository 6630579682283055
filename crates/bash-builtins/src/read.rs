//! `read`
//!
//! It takes its line from the file and not a byte more, because the next command may read on. What surprises: without
//! names the line goes to REPLY as it is; the last name takes the rest of the line with the separators in it; at the
//! end of input and after a timeout what has come is assigned all the same.

mod input;
mod split;

use crate::printf::is_assignable;
use bash_host::{FileKind, FileRef, Readiness};
use bash_interp::number::legal_number;
use bash_interp::{Args, AssignTarget, Builtin, Class, FAILURE, Flow, OptionLetter, Shell, Unwind, done};
use bash_parser::Name;
use bash_session::{IndexedArray, Status, Text, names};
use input::{End, Reading};
use split::{Characters, Splitter};
use std::ops::ControlFlow::{Break, Continue};
use std::time::Duration;

/// `read`
pub const READ: Builtin = Builtin {
    name: "read",
    synopsis: "read [-Eers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]",
    help: "Read a line and divide it among variables.\n\n\
           The line is split as words are, by IFS; each NAME takes a field, the last one all that is left. Without NAME \
           the line goes to REPLY. A backslash takes the meaning from the next character, a newline included.\n\n\
           Options:\n  -a array\tthe fields become the elements of ARRAY\n  -d delim\tread up to the first character of DELIM\n  \
           -e, -E\tread with line editing\n  -i text\tthe text to begin editing with\n  \
           -n nchars\tread at most NCHARS characters\n  -N nchars\tread NCHARS characters, whatever they are\n  \
           -p prompt\twrite PROMPT first, if input comes from a terminal\n  -r\t\tbackslashes are plain characters\n  \
           -s\t\tdo not echo what is typed\n  -t timeout\tgive up after so many seconds; 0 asks whether there is input\n  \
           -u fd\t\tread from this descriptor\n\n\
           Exit Status:\nSucceeds unless the input ends, the time is up (then more than 128), or a name or descriptor is \
           invalid.",
    class: Class::Regular,
    run,
};

/// What the options ask for.
struct Request<'a> {
    array: Option<&'a Text>,
    names: &'a [Text],
    delimiter: u8,
    /// `-n`, `-N`
    characters: Option<usize>,
    /// `-N`
    exactly: bool,
    raw: bool,
    silent: bool,
    prompt: Option<&'a [u8]>,
    timeout: Option<Duration>,
    descriptor: i32,
}

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let mut request = Request {
        array: None,
        names: &[],
        delimiter: b'\n',
        characters: None,
        exactly: false,
        raw: false,
        silent: false,
        prompt: None,
        timeout: None,
        descriptor: 0,
    };
    let mut array = None;
    let mut options = args.options("a:d:Eei:n:N:p:rst:u:");
    for option in options.by_ref() {
        match option {
            OptionLetter::On(b'a', argument) => array = argument.map(Text::new),
            OptionLetter::On(letter, argument) => {
                if let Err(message) = request.read_option(letter, argument.unwrap_or_default()) {
                    sh.builtin_error(args.name, message);
                    return FAILURE;
                }
            }
            option => return sh.wrong_option(args, option),
        }
    }
    request.names = options.operands();
    request.array = array.as_ref();
    if !names_are_valid(sh, args, &request) {
        return FAILURE;
    }
    let Some(file) = sh.descriptor(request.descriptor) else {
        let number = request.descriptor;
        let what = if number == 0 { "read error" } else { "invalid file descriptor" };
        sh.builtin_error(args.name, format!("{number}: {what}: Bad file descriptor"));
        return FAILURE;
    };
    if request.timeout == Some(Duration::ZERO) {
        return done(Status::from_truth(matches!(
            file.wait_readable(Some(Duration::ZERO)),
            Ok(Readiness::Ready)
        )));
    }
    take_line(sh, args, &file, &request)
}

impl<'a> Request<'a> {
    fn read_option(&mut self, letter: u8, argument: &'a [u8]) -> Result<(), Vec<u8>> {
        let error = |message: &str| [argument, b": ", message.as_bytes()].concat();
        match letter {
            b'd' => self.delimiter = argument.first().copied().unwrap_or(0),
            b'r' => self.raw = true,
            b's' => self.silent = true,
            b'p' => self.prompt = Some(argument),
            b't' => {
                self.timeout = Some(seconds(argument).ok_or_else(|| error("invalid timeout specification"))?)
            }
            b'u' => {
                let number = legal_number(argument).and_then(|number| i32::try_from(number).ok());
                let number = number.filter(|number| *number >= 0);
                self.descriptor = number.ok_or_else(|| error("invalid file descriptor specification"))?;
            }
            b'n' | b'N' => {
                let number = legal_number(argument).and_then(|number| i32::try_from(number).ok());
                let number = number.and_then(|number| usize::try_from(number).ok());
                self.characters = Some(number.ok_or_else(|| error("invalid number"))?);
                self.exactly = letter == b'N';
            }
            _ => {}
        }
        Ok(())
    }
}

/// A time such as `1`, `.5`, `2.75`; nothing is 0, too many digits are a very long time.
fn seconds(text: &[u8]) -> Option<Duration> {
    let text = std::str::from_utf8(text).ok()?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let whole = whole.strip_prefix('+').unwrap_or(whole);
    if !digits(whole) || !digits(fraction) {
        return None;
    }
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().unwrap_or(u64::from(u32::MAX)) };
    let micros: String = fraction.chars().chain(std::iter::repeat('0')).take(6).collect();
    Some(Duration::from_secs(whole) + Duration::from_micros(micros.parse().ok()?))
}

fn names_are_valid(sh: &mut Shell, args: &Args<'_>, request: &Request<'_>) -> bool {
    let (name, valid) = match (request.array, request.names.first()) {
        (Some(array), _) => (array, Name::from_bytes(array).is_some()),
        (None, Some(name)) => (name, is_assignable(name, sh.subscript_reading(args, name))),
        (None, None) => return true,
    };
    if !valid {
        sh.builtin_error(args.name, [b"`", &name[..], b"': not a valid identifier"].concat());
    }
    valid
}

fn take_line(sh: &mut Shell, args: &Args<'_>, file: &FileRef, request: &Request<'_>) -> Flow {
    let is_terminal =
        (request.prompt.is_some() || request.silent || request.characters.is_some()) && file.is_terminal();
    if let Some(prompt) = request.prompt.filter(|_| is_terminal) {
        sh.write_error(prompt);
    }
    let saved = if is_terminal { set_terminal(sh, file, request) } else { None };
    let reading = Reading {
        delimiter: if request.exactly { None } else { Some(request.delimiter) },
        characters: request.characters,
        raw: request.raw,
        deadline: deadline(sh, file, request),
        charset: sh.session.charset,
    };
    let result = reading.run(sh, file);
    if let Some(mode) = saved {
        let _ = sh.host.set_terminal_mode(file, &mode);
    }
    let (text, end) = result?;
    let status = match end {
        End::Delimiter => Status::SUCCESS,
        End::Input => Status::FAILURE,
        End::TimedOut => Status::new(128 + bash_host::Signal::ALRM.number()),
        End::Signal(status) => return done(status),
        End::Error(error) => {
            let number = request.descriptor;
            let text = bash_host::errno_text(&error);
            sh.builtin_error(args.name, format!("{number}: read error: {text}"));
            return FAILURE;
        }
    };
    if request.characters == Some(0) && request.names.is_empty() && request.array.is_none() {
        return done(status);
    }
    let assigned = sh.with_arith_caller(&b"read"[..], |sh| store(sh, args, &text, request))?;
    done(if assigned.is_success() { status } else { assigned })
}

fn set_terminal(sh: &Shell, file: &FileRef, request: &Request<'_>) -> Option<bash_host::TerminalMode> {
    let mode = sh.host.terminal_mode(file).ok()?;
    let mut wanted = mode.clone();
    if request.silent {
        wanted = wanted.without_echo();
    }
    if request.characters.is_some() || request.delimiter != b'\n' {
        wanted = wanted.without_lines();
    }
    sh.host.set_terminal_mode(file, &wanted).ok()?;
    Some(mode)
}

/// When to give up: by `-t`, or by `TMOUT`. A regular file does not keep anyone waiting.
fn deadline(sh: &Shell, file: &FileRef, request: &Request<'_>) -> Option<bash_host::Instant> {
    let by_variable = || seconds(&sh.plain_text(*names::TMOUT)?).filter(|time| !time.is_zero());
    let timeout = request.timeout.or_else(by_variable)?;
    let is_regular = file.metadata().is_ok_and(|metadata| metadata.kind == FileKind::Regular);
    if is_regular { None } else { sh.host.monotonic().checked_add(timeout) }
}

/// Divides the line among the names. The status is a failure if a name could not be assigned to.
fn store(sh: &mut Shell, args: &Args<'_>, text: &Characters, request: &Request<'_>) -> Flow {
    if let Some(array) = request.array {
        return store_array(sh, args, array, text, request);
    }
    let Some((last, firsts)) = request.names.split_last() else {
        return assign_name(sh, args, b"REPLY", text.bytes());
    };
    if request.exactly {
        let mut status = assign_name(sh, args, &request.names[0], text.bytes())?;
        for name in &request.names[1..] {
            status = worse(status, assign_name(sh, args, name, Vec::new())?);
        }
        return done(status);
    }
    let ifs = sh.plain_text(*names::IFS);
    let mut fields = Splitter::new(text, ifs.as_deref(), sh.session.charset);
    for name in firsts {
        let field = fields.next_field().unwrap_or_default();
        let assigned = assign_name(sh, args, name, field)?;
        if !assigned.is_success() {
            // Bash 5.3 was seen to stop here, with another status for a readonly variable than for a wrong name.
            let reading = sh.subscript_reading(args, name);
            return done(if is_assignable(name, reading) { Status::USAGE } else { assigned });
        }
    }
    let rest = fields.rest();
    assign_name(sh, args, last, rest)
}

fn store_array(
    sh: &mut Shell,
    args: &Args<'_>,
    array: &Text,
    text: &Characters,
    request: &Request<'_>,
) -> Flow {
    let Some(name) = Name::from_bytes(array) else { return FAILURE };
    let Some(name) = sh.array_to_fill(args.name, name) else { return FAILURE };
    if sh.is_associative(name) {
        sh.builtin_error(args.name, [&array[..], b": not an indexed array"].concat());
        return FAILURE;
    }
    let ifs = sh.plain_text(*names::IFS);
    let mut splitter = Splitter::new(text, ifs.as_deref(), sh.session.charset);
    let mut fields = IndexedArray::new();
    if request.exactly {
        fields.push(sh.element_value(name, None, text.bytes().into())?);
    } else {
        while let Some(field) = splitter.next_field() {
            fields.push(sh.element_value(name, None, field.into())?);
        }
    }
    let assigned = sh.assign_or_complain(&AssignTarget::Whole(name), fields)?;
    done(Status::from_truth(assigned))
}

fn assign_name(sh: &mut Shell, args: &Args<'_>, name: &[u8], value: Vec<u8>) -> Flow {
    let target = match sh.target_from_text(name, sh.subscript_reading(args, name)) {
        Continue(Some(target)) => target,
        Continue(None) => {
            sh.builtin_error(args.name, [b"`", name, b"': not a valid identifier"].concat());
            return FAILURE;
        }
        Break(Unwind::Discard(_)) if names_no_element(name) => return FAILURE,
        Break(unwind) => return Break(unwind),
    };
    let assigned = sh.assign_or_complain(&target, value)?;
    done(Status::from_truth(assigned))
}

/// Whether a subscript is wrong by itself (`a[@]`, `a[-1]` of too short an array): that is a failure of the builtin, while
/// an error in an expression discards the command line.
pub(crate) fn names_no_element(text: &[u8]) -> bool {
    let subscript = text.iter().position(|byte| *byte == b'[').map_or(&b""[..], |open| &text[open + 1..]);
    matches!(subscript, b"@]" | b"*]") || subscript.starts_with(b"-")
}

fn worse(left: Status, right: Status) -> Status {
    left.max(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_decimal_fractions() {
        assert_eq!(seconds(b"1"), Some(Duration::from_secs(1)));
        assert_eq!(seconds(b".5"), Some(Duration::from_millis(500)));
        assert_eq!(seconds(b"2.75"), Some(Duration::from_millis(2750)));
        assert_eq!(seconds(b"0.0000001"), Some(Duration::ZERO));
        assert_eq!(seconds(b""), Some(Duration::ZERO));
        for text in ["x", "-1", "1x", "1.2.3", "1e3"] {
            assert_eq!(seconds(text.as_bytes()), None, "{text}");
        }
    }
}
