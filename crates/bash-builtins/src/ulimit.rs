//! `ulimit`
//!
//! Limits are kept in the session and given to every program that it starts. In a shell that owns its process they are
//! also set for the process itself, unless a subshell on the same thread sets them: that must end with the subshell.

use bash_host::{Limit, Resource, errno_text};
use bash_interp::{Args, Builtin, Class, FAILURE, Flow, Ownership, SUCCESS, Shell};
use bash_session::Text;
use std::io;
use std::sync::Arc;

/// `ulimit`
pub const ULIMIT: Builtin = Builtin {
    name: "ulimit",
    synopsis: "ulimit [-SHabcdefiklmnpqrstuvxPRT] [limit]",
    help: "Show or set the limits of resources.\n\n\
           LIMIT is a number, `soft', `hard' or `unlimited'. Without a letter of a resource -f is meant; without -S and \
           -H both limits are set and the soft one is shown.\n\n\
           Options:\n  -S\tthe soft limit\n  -H\tthe hard limit\n  -a\tshow all\n  -b\tsize of socket buffers\n  -c\tsize of core files\n  \
           -d\tdata segment\n  -e\tscheduling priority\n  -f\tsize of written files\n  -i\tpending signals\n  -k\tkqueues\n  \
           -l\tlocked memory\n  -m\tresident memory\n  -n\topen files\n  -p\tsize of a pipe\n  -q\tmessage queues\n  \
           -r\treal-time priority\n  -s\tstack\n  -t\tseconds of processor time\n  -u\tprocesses\n  \
           -v\tvirtual memory\n  -x\tfile locks\n  -P\tpseudo-terminals\n  -T\tthreads\n  -R\tmicroseconds of real-time processing\n\n\
           Sizes count in units of 1024 bytes, -p in units of 512 (in POSIX mode -c and -f too).\n\n\
           Exit Status:\nSucceeds unless an option or a limit is invalid.",
    class: Class::Regular,
    run,
};

/// A resource as `ulimit` knows it.
struct Row {
    letter: u8,
    /// `None`: the size of a pipe, which is what it is.
    resource: Option<Resource>,
    unit: u64,
    description: &'static str,
    unit_name: &'static str,
}

const fn row(
    letter: u8,
    resource: Resource,
    unit: u64,
    description: &'static str,
    unit_name: &'static str,
) -> Row {
    Row { letter, resource: Some(resource), unit, description, unit_name }
}

const ROWS: &[Row] = &[
    row(b'R', Resource::RealtimeTime, 1, "real-time non-blocking time", "microseconds"),
    row(b'c', Resource::Core, 1024, "core file size", "blocks"),
    row(b'd', Resource::Data, 1024, "data seg size", "kbytes"),
    row(b'e', Resource::Nice, 1, "scheduling priority", ""),
    row(b'f', Resource::FileSize, 1024, "file size", "blocks"),
    row(b'i', Resource::PendingSignals, 1, "pending signals", ""),
    row(b'l', Resource::LockedMemory, 1024, "max locked memory", "kbytes"),
    row(b'm', Resource::ResidentSet, 1024, "max memory size", "kbytes"),
    row(b'n', Resource::OpenFiles, 1, "open files", ""),
    Row { letter: b'p', resource: None, unit: 512, description: "pipe size", unit_name: "512 bytes" },
    row(b'q', Resource::MessageQueues, 1, "POSIX message queues", "bytes"),
    row(b'r', Resource::RealtimePriority, 1, "real-time priority", ""),
    row(b's', Resource::Stack, 1024, "stack size", "kbytes"),
    row(b't', Resource::CpuTime, 1, "cpu time", "seconds"),
    row(b'u', Resource::Processes, 1, "max user processes", ""),
    row(b'v', Resource::AddressSpace, 1024, "virtual memory", "kbytes"),
    row(b'x', Resource::FileLocks, 1, "file locks", ""),
];

/// The bytes that a pipe takes in one piece.
const PIPE_SIZE: u64 = 4096;

/// What the words ask for.
#[derive(Default)]
struct Request<'a> {
    soft: bool,
    hard: bool,
    all: bool,
    /// Resources, each with the new limit if there is one.
    wanted: Vec<(&'static Row, Option<&'a [u8]>)>,
}

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let request = match read_options(args) {
        Ok(request) => request,
        Err(letter) => {
            sh.builtin_error(args.name, [b"-", &[letter][..], b": invalid option"].concat());
            return sh.usage(args);
        }
    };
    if request.all {
        for row in ROWS {
            show(sh, row, &request, Layout::Described);
        }
        return SUCCESS;
    }
    let layout = if request.wanted.len() > 1 { Layout::Described } else { Layout::Bare };
    for (row, limit) in &request.wanted {
        match limit {
            None => show(sh, row, &request, layout),
            Some(limit) => {
                if let Err(message) = set(sh, row, limit, &request) {
                    sh.builtin_error(args.name, message);
                    return FAILURE;
                }
            }
        }
    }
    SUCCESS
}

/// Each letter may be followed by its limit, in the same word or the next. The letter of an unknown option is the error.
fn read_options<'a>(args: &Args<'a>) -> Result<Request<'a>, u8> {
    let mut request = Request::default();
    let mut words = args.words.iter();
    let mut operand: Option<&'a Text> = None;
    while let Some(word) = words.next() {
        let letters = match &word[..] {
            b"--" => {
                operand = words.next();
                break;
            }
            [b'-', letters @ ..] if !letters.is_empty() => letters,
            _ => {
                operand = Some(word);
                break;
            }
        };
        for (at, letter) in letters.iter().enumerate() {
            match letter {
                b'S' => request.soft = true,
                b'H' => request.hard = true,
                b'a' => request.all = true,
                _ => {
                    let row = ROWS.iter().find(|row| row.letter == *letter).ok_or(*letter)?;
                    let rest = &letters[at + 1..];
                    let next =
                        words.as_slice().first().filter(|next| rest.is_empty() && !next.starts_with(b"-"));
                    if next.is_some() {
                        words.next();
                    }
                    let limit = if rest.is_empty() { next.map(|next| &next[..]) } else { Some(rest) };
                    request.wanted.push((row, limit));
                    break;
                }
            }
        }
    }
    if let Some((_, limit @ None)) = request.wanted.last_mut() {
        *limit = operand.map(|operand| &operand[..]);
    }
    if request.wanted.is_empty()
        && let Some(row) = ROWS.iter().find(|row| row.letter == b'f')
    {
        request.wanted.push((row, operand.map(|operand| &operand[..])));
    }
    Ok(request)
}

/// How a limit is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// The number alone.
    Bare,
    /// With what it is.
    Described,
}

fn show(sh: &mut Shell, row: &Row, request: &Request<'_>, layout: Layout) {
    let Ok(limit) = current(sh, row) else { return };
    let value = if request.hard && !request.soft { limit.hard } else { limit.soft };
    let value = value.map_or_else(|| "unlimited".to_string(), |value| (value / unit(sh, row)).to_string());
    if layout == Layout::Bare {
        sh.print(format!("{value}\n"));
        return;
    }
    let letter = char::from(row.letter);
    let how = if row.unit_name.is_empty() {
        format!("(-{letter})")
    } else {
        format!("({}, -{letter})", row.unit_name)
    };
    sh.print(format!("{:<20}{how:>20} {value}\n", row.description));
}

fn set(sh: &mut Shell, row: &Row, text: &[u8], request: &Request<'_>) -> Result<(), Vec<u8>> {
    let refuse = |error: &io::Error| {
        let name = row.description.as_bytes();
        [name, b": cannot modify limit: ", errno_text(error).as_bytes()].concat()
    };
    let before = current(sh, row).map_err(|error| refuse(&error))?;
    let value = match text {
        b"unlimited" => None,
        b"hard" => before.hard,
        b"soft" => before.soft,
        digits => Some(number(digits, unit(sh, row))?),
    };
    let (soft, hard) = if request.soft == request.hard { (true, true) } else { (request.soft, request.hard) };
    let limit =
        Limit { soft: if soft { value } else { before.soft }, hard: if hard { value } else { before.hard } };
    let Some(resource) = row.resource else { return Err(refuse(&io::Error::from_raw_os_error(EINVAL))) };
    apply(sh, resource, limit, before).map_err(|error| refuse(&error))
}

const EPERM: i32 = 1;
const EINVAL: i32 = 22;

fn number(digits: &[u8], unit: u64) -> Result<u64, Vec<u8>> {
    if digits.starts_with(b"0x") {
        return Err([digits, b": invalid hex number"].concat());
    }
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err([digits, b": invalid number"].concat());
    }
    let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<u64>().ok());
    let scaled = number.and_then(|number| number.checked_mul(unit)).filter(|number| *number < u64::MAX);
    scaled.ok_or_else(|| [digits, b": limit out of range"].concat())
}

fn apply(sh: &mut Shell, resource: Resource, limit: Limit, before: Limit) -> io::Result<()> {
    if at_least(limit.soft, limit.hard) && limit.soft != limit.hard {
        return Err(io::Error::from_raw_os_error(EINVAL));
    }
    let is_process = sh.ownership() == Ownership::Process && sh.session.subshell_depth == 0;
    let is_process = is_process && !is_for_programs_alone(sh, resource, limit);
    let limits = Arc::make_mut(&mut sh.session.limits);
    limits.retain(|(known, _)| *known != resource);
    if is_process {
        return sh.host.set_limit(resource, limit);
    }
    if at_least(limit.hard, before.hard) && limit.hard != before.hard && sh.host.ids().effective_uid != 0 {
        return Err(io::Error::from_raw_os_error(EPERM));
    }
    limits.push((resource, limit));
    Ok(())
}

/// Limits that the shell's own process does not take on. With less stack it would find out by being killed. Its own
/// files have numbers above those that a script sees, so that fewer files than it has would stop it, not the script;
/// redirections heed the session's limit.
fn is_for_programs_alone(sh: &Shell, resource: Resource, limit: Limit) -> bool {
    match resource {
        Resource::Stack => true,
        Resource::OpenFiles => {
            sh.host.limit(resource).is_ok_and(|own| limit.soft != own.soft && at_least(own.soft, limit.soft))
        }
        _ => false,
    }
}

/// Whether `left` allows as much as `right`; `None` is unlimited.
fn at_least(left: Option<u64>, right: Option<u64>) -> bool {
    match (left, right) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(left), Some(right)) => left >= right,
    }
}

fn current(sh: &Shell, row: &Row) -> io::Result<Limit> {
    let Some(resource) = row.resource else {
        return Ok(Limit { soft: Some(PIPE_SIZE), hard: Some(PIPE_SIZE) });
    };
    match sh.session.limits.iter().find(|(known, _)| *known == resource) {
        Some((_, limit)) => Ok(*limit),
        None => sh.host.limit(resource),
    }
}

fn unit(sh: &Shell, row: &Row) -> u64 {
    if sh.is_posix() && row.unit_name == "blocks" { 512 } else { row.unit }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_numbers_in_units() {
        assert_eq!(number(b"5", 1024), Ok(5120));
        assert_eq!(number(b"0x10", 1), Err(b"0x10: invalid hex number".to_vec()));
        assert_eq!(number(b"x", 1), Err(b"x: invalid number".to_vec()));
        assert_eq!(
            number(b"99999999999999999999", 1),
            Err(b"99999999999999999999: limit out of range".to_vec())
        );
        assert_eq!(
            number(b"18446744073709551615", 1024),
            Err(b"18446744073709551615: limit out of range".to_vec())
        );
    }

    #[test]
    fn unlimited_is_more_than_any_number() {
        assert!(at_least(None, Some(u64::MAX)));
        assert!(!at_least(Some(5), None));
        assert!(at_least(Some(5), Some(5)));
    }
}
