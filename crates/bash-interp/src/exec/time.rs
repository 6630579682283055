//! `time`: how long a pipeline took, as `TIMEFORMAT` says.

use crate::{Flow, Shell};
use bash_host::CpuTimes;
use bash_parser::ast::{Pipeline, TimeFormat};
use bash_session::names;
use std::time::Duration;

/// Without `TIMEFORMAT`.
const DEFAULT_FORMAT: &[u8] = b"\nreal\t%3lR\nuser\t%3lU\nsys\t%3lS";
/// `time -p`
const POSIX_FORMAT: &[u8] = b"real %2R\nuser %2U\nsys %2S";

/// The times of a pipeline.
struct Times {
    real: Duration,
    user: Duration,
    system: Duration,
}

impl Shell {
    /// Runs a pipeline and reports the time it took.
    pub(super) fn run_timed(&mut self, pipeline: &Pipeline) -> Flow {
        let (start, before) = (self.host.monotonic(), self.host.cpu_times());
        let flow = self.run_untimed(pipeline);
        let (end, after) = (self.host.monotonic(), self.host.cpu_times());
        let times = Times {
            real: end.saturating_sub(start),
            user: all_user(&after).saturating_sub(all_user(&before)),
            system: all_system(&after).saturating_sub(all_system(&before)),
        };
        let format = match self.plain_text(*names::TIMEFORMAT) {
            _ if pipeline.timed == Some(TimeFormat::Posix) => POSIX_FORMAT.into(),
            None => DEFAULT_FORMAT.into(),
            Some(format) => format,
        };
        if !format.is_empty() {
            match format_times(&format, &times, self.decimal_point()) {
                Ok(text) => self.write_error(&text),
                Err(character) => {
                    self.error([b"TIMEFORMAT: `", &[character][..], b"': invalid format character"].concat());
                }
            }
        }
        flow
    }
}

fn all_user(times: &CpuTimes) -> Duration {
    times.user + times.children_user
}

fn all_system(times: &CpuTimes) -> Duration {
    times.system + times.children_system
}

/// The report with a newline, or the character after `%` that is not understood.
fn format_times(format: &[u8], times: &Times, point: &[u8]) -> Result<Vec<u8>, u8> {
    let mut text = Vec::new();
    let mut rest = format;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'%' || rest.is_empty() {
            text.push(*byte);
            continue;
        }
        if let Some(after) = rest.strip_prefix(b"%") {
            text.push(b'%');
            rest = after;
            continue;
        }
        if let Some(after) = rest.strip_prefix(b"P") {
            text.extend_from_slice(&percentage(times, point));
            rest = after;
            continue;
        }
        let (precision, after) = match rest {
            [digit @ b'0'..=b'9', after @ ..] => (usize::from(digit - b'0').min(6), after),
            after => (3, after),
        };
        let (long, after) = match after {
            [b'l', after @ ..] => (true, after),
            after => (false, after),
        };
        let (letter, after) = after.split_first().map_or((0, after), |(letter, after)| (*letter, after));
        let time = match letter {
            b'R' => times.real,
            b'U' => times.user,
            b'S' => times.system,
            other => return Err(other),
        };
        text.extend_from_slice(&time_text(time, precision, long, point));
        rest = after;
    }
    text.push(b'\n');
    Ok(text)
}

/// `1m2.345s`, or `62.345`.
fn time_text(time: Duration, precision: usize, long: bool, point: &[u8]) -> Vec<u8> {
    let seconds = if long { time.as_secs() % 60 } else { time.as_secs() };
    let micros = format!("{:06}", time.subsec_micros());
    let fraction = match precision {
        0 => Vec::new(),
        _ => [point, &micros.as_bytes()[..precision.min(6)]].concat(),
    };
    let (minutes, unit) = if long { (format!("{}m", time.as_secs() / 60), "s") } else { (String::new(), "") };
    [minutes.as_bytes(), seconds.to_string().as_bytes(), &fraction, unit.as_bytes()].concat()
}

/// The share of the processor in hundredths of a per cent.
fn percentage(times: &Times, point: &[u8]) -> Vec<u8> {
    let real = times.real.as_micros().max(1);
    let share = (times.user + times.system).as_micros() * 10_000 / real;
    [(share / 100).to_string().as_bytes(), point, format!("{:02}", share % 100).as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(format: &str) -> Result<String, u8> {
        let times = Times {
            real: Duration::from_millis(62_345),
            user: Duration::from_millis(1_500),
            system: Duration::from_micros(250),
        };
        format_times(format.as_bytes(), &times, b".").map(|text| String::from_utf8_lossy(&text).into_owned())
    }

    #[test]
    fn times_are_written_with_precision_and_in_minutes() {
        assert_eq!(report("%R %0R %1U %6S").as_deref(), Ok("62.345 62 1.5 0.000250\n"));
        assert_eq!(report("%lR %3lU %9S").as_deref(), Ok("1m2.345s 0m1.500s 0.000250\n"));
        assert_eq!(report("%P %% %").as_deref(), Ok("2.40 % %\n"));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        assert_eq!(report("%Q"), Err(b'Q'));
        assert_eq!(report("%12R"), Err(b'2'));
    }
}
