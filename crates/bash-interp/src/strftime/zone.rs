//! The time zone that the variable `TZ` names, as the C library understands it.
//!
//! `TZ` is first taken for a file of the zone information directory, then for a rule such as `CET-1CEST,M3.5.0,M10.5.0`.
//! A name that is neither keeps its letters and means UTC. This module opens no file: the caller hands in a reader, so
//! that a sandbox decides what may be read.

use jiff::{Timestamp, tz};

/// A time zone.
#[derive(Debug, Clone)]
pub struct TimeZone {
    rules: Rules,
}

#[derive(Debug, Clone)]
enum Rules {
    /// From a file: a history of changes, and a rule for the time after it.
    File(tz::TimeZone),
    /// A rule alone.
    Rule(tz::TimeZone),
    /// UTC under another name.
    Universal(String),
}

/// Where zone files are.
const ZONE_DIRECTORY: &str = "/usr/share/zoneinfo/";

impl TimeZone {
    /// Coordinated Universal Time.
    pub fn utc() -> TimeZone {
        TimeZone::universal("UTC")
    }

    fn universal(name: &str) -> TimeZone {
        TimeZone { rules: Rules::Universal(name.to_owned()) }
    }

    /// The zone for the value of `TZ`; the machine's own if it is unset. `read` gives the contents of a file.
    pub fn from_variable(value: Option<&str>, mut read: impl FnMut(&str) -> Option<Vec<u8>>) -> TimeZone {
        let Some(value) = value else {
            return read("/etc/localtime")
                .and_then(|data| TimeZone::from_file(&data))
                .unwrap_or_else(TimeZone::utc);
        };
        let name = value.strip_prefix(':').unwrap_or(value);
        if name.is_empty() {
            return TimeZone::utc();
        }
        let path = match name.starts_with('/') {
            true => Some(name.to_owned()),
            false if name.split('/').any(|part| part == "..") => None,
            false => Some(format!("{ZONE_DIRECTORY}{name}")),
        };
        let from_file = path.and_then(|path| read(&path)).and_then(|data| TimeZone::from_file(&data));
        from_file.or_else(|| TimeZone::from_rule(name)).unwrap_or_else(|| TimeZone::from_letters(name))
    }

    /// The zone that compiled zone information describes.
    fn from_file(data: &[u8]) -> Option<TimeZone> {
        let known = tz::TimeZone::tzif("local", data).ok()?;
        Some(TimeZone { rules: Rules::File(known) })
    }

    /// The zone of a rule as POSIX defines it; without dates for summer time, those of the United States.
    fn from_rule(rule: &str) -> Option<TimeZone> {
        let known =
            tz::TimeZone::posix(rule).or_else(|_| tz::TimeZone::posix(&format!("{rule},M3.2.0,M11.1.0")));
        Some(TimeZone { rules: Rules::Rule(known.ok()?) })
    }

    fn from_letters(name: &str) -> TimeZone {
        let length = name.bytes().take_while(u8::is_ascii_alphabetic).count();
        match name.get(..length) {
            Some(letters) if length >= 3 => TimeZone::universal(letters),
            _ => TimeZone::universal(""),
        }
    }

    /// Seconds east of Greenwich and the abbreviation at a time.
    pub(super) fn at(&self, seconds: i64) -> (i32, String) {
        match &self.rules {
            Rules::Universal(name) => (0, name.clone()),
            Rules::File(known) => look_up(known, seconds),
            // The C library applies a rule's dates for summer time from 1970 on.
            Rules::Rule(known) => look_up(known, seconds.max(0)),
        }
    }
}

/// After so many seconds the calendar, and with it a rule, begins again: 400 years.
const CYCLE: i64 = 12_622_780_800;

fn look_up(zone: &tz::TimeZone, mut seconds: i64) -> (i32, String) {
    let latest = Timestamp::MAX.as_second();
    if seconds > latest {
        seconds = latest - CYCLE + (seconds - latest) % CYCLE;
    }
    let timestamp =
        Timestamp::from_second(seconds.max(Timestamp::MIN.as_second())).unwrap_or(Timestamp::UNIX_EPOCH);
    let info = zone.to_offset_info(timestamp);
    (info.offset().seconds(), info.abbreviation().to_owned())
}
