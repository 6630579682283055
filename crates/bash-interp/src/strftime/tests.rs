//! What `printf '%(format)T'` of Bash 5.3 writes.

use super::*;

#[test]
fn times_are_written_as_by_bash() {
    for &(zone, seconds, format, expected) in ROWS {
        let zone = TimeZone::from_variable(Some(zone), |_| None);
        let written = strftime(format.as_bytes(), seconds, &zone);
        assert_eq!(String::from_utf8_lossy(&written), expected, "{seconds} {format}");
    }
}

#[test]
fn zone_files_are_read_through_the_caller() {
    let mut asked = Vec::new();
    let mut read = |path: &str| {
        asked.push(path.to_owned());
        None
    };
    for value in [None, Some("Europe/Paris"), Some(":/tmp/zone"), Some("../up"), Some("")] {
        TimeZone::from_variable(value, &mut read);
    }
    assert_eq!(asked, ["/etc/localtime", "/usr/share/zoneinfo/Europe/Paris", "/tmp/zone"]);
}

#[test]
fn every_day_of_four_centuries_follows_the_one_before() {
    let zone = TimeZone::utc();
    let mut before = Calendar::new(-86_400, &zone).unwrap();
    for day in 0..146_100 {
        let today = Calendar::new(day * 86_400, &zone).unwrap();
        assert_eq!(today.weekday, (before.weekday + 1) % 7);
        let follows = if today.day > 1 {
            (today.year, today.month, today.day) == (before.year, before.month, before.day + 1)
        } else {
            before.day >= 28
                && (today.month == before.month + 1 || (today.month == 1 && today.year == before.year + 1))
        };
        assert!(follows, "{today:?}");
        before = today;
    }
}

/// Zone, time, format, result.
#[rustfmt::skip]
const ROWS: &[(&str, i64, &str, &str)] = &[
    ("UTC", 0, "%a %A %b %B %h", "Thu Thursday Jan January Jan"),
    ("UTC", 0, "%c", "Thu Jan  1 00:00:00 1970"),
    ("UTC", 0, "%C %y %Y %G %g", "19 70 1970 1970 70"),
    ("UTC", 0, "%d %e %j %u %w", "01  1 001 4 4"),
    ("UTC", 0, "%U %V %W", "00 01 00"),
    ("UTC", 0, "%D %F %x", "01/01/70 1970-01-01 01/01/70"),
    ("UTC", 0, "%H %I %k %l %M %S", "00 12  0 12 00 00"),
    ("UTC", 0, "%p %P %r", "AM am 12:00:00 AM"),
    ("UTC", 0, "%R %T %X", "00:00 00:00:00 00:00:00"),
    ("UTC", 0, "%n%t%%", "\n\t%"),
    ("UTC", 0, "%s %z %Z", "0 +0000 UTC"),
    ("UTC", 0, "%5a|%_5d|%-d|%05e|%^a|%#b|%#p|%#Z", "  Thu|    1|1|00001|THU|JAN|am|utc"),
    ("UTC", 0, "%10Y|%_10Y|%-10Y|%3C|%^c", "0000001970|      1970|      1970|019|THU JAN  1 00:00:00 1970"),
    ("UTC", 0, "%010z|%_z|%-z|%5z", "000000000+0000000000|+   0|+0|    +00000"),
    ("UTC", 0, "%E|%Ey|%Od|%Ea|%5n|%q|%+|%5", "%E|70|01|%Ea|    \n|%q|%+|   %5"),
    ("UTC", 0, "%20D|%020D|%16s|%^B", "            01/01/70|00000000000001/01/70|               0|JANUARY"),
    ("UTC", 1234567890, "%a %A %b %B %h", "Fri Friday Feb February Feb"),
    ("UTC", 1234567890, "%c", "Fri Feb 13 23:31:30 2009"),
    ("UTC", 1234567890, "%C %y %Y %G %g", "20 09 2009 2009 09"),
    ("UTC", 1234567890, "%d %e %j %u %w", "13 13 044 5 5"),
    ("UTC", 1234567890, "%U %V %W", "06 07 06"),
    ("UTC", 1234567890, "%D %F %x", "02/13/09 2009-02-13 02/13/09"),
    ("UTC", 1234567890, "%H %I %k %l %M %S", "23 11 23 11 31 30"),
    ("UTC", 1234567890, "%p %P %r", "PM pm 11:31:30 PM"),
    ("UTC", 1234567890, "%R %T %X", "23:31 23:31:30 23:31:30"),
    ("UTC", 1234567890, "%n%t%%", "\n\t%"),
    ("UTC", 1234567890, "%s %z %Z", "1234567890 +0000 UTC"),
    ("UTC", 1234567890, "%5a|%_5d|%-d|%05e|%^a|%#b|%#p|%#Z", "  Fri|   13|13|00013|FRI|FEB|pm|utc"),
    ("UTC", 1234567890, "%10Y|%_10Y|%-10Y|%3C|%^c", "0000002009|      2009|      2009|020|FRI FEB 13 23:31:30 2009"),
    ("UTC", 1234567890, "%010z|%_z|%-z|%5z", "000000000+0000000000|+   0|+0|    +00000"),
    ("UTC", 1234567890, "%E|%Ey|%Od|%Ea|%5n|%q|%+|%5", "%E|09|13|%Ea|    \n|%q|%+|   %5"),
    ("UTC", 1234567890, "%20D|%020D|%16s|%^B", "            02/13/09|00000000000002/13/09|      1234567890|FEBRUARY"),
    ("UTC", -1234567890, "%c", "Tue Nov 18 00:28:30 1930"),
    ("UTC", -1234567890, "%U %V %W", "46 47 46"),
    ("UTC", -1234567890, "%p %P %r", "AM am 12:28:30 AM"),
    ("UTC", -1234567890, "%s %z %Z", "-1234567890 +0000 UTC"),
    ("UTC", -1234567890, "%010z|%_z|%-z|%5z", "000000000+0000000000|+   0|+0|    +00000"),
    ("CET-1CEST,M3.5.0,M10.5.0/3", 1720000000, "%a %A %b %B %h", "Wed Wednesday Jul July Jul"),
    ("CET-1CEST,M3.5.0,M10.5.0/3", 1720000000, "%d %e %j %u %w", "03  3 185 3 3"),
    ("CET-1CEST,M3.5.0,M10.5.0/3", 1720000000, "%H %I %k %l %M %S", "11 11 11 11 46 40"),
    ("CET-1CEST,M3.5.0,M10.5.0/3", 1720000000, "%n%t%%", "\n\t%"),
    ("CET-1CEST,M3.5.0,M10.5.0/3", 1720000000, "%10Y|%_10Y|%-10Y|%3C|%^c", "0000002024|      2024|      2024|020|WED JUL  3 11:46:40 2024"),
    ("CET-1CEST,M3.5.0,M10.5.0/3", 1720000000, "%20D|%020D|%16s|%^B", "            07/03/24|00000000000007/03/24|      1720000000|JULY"),
    ("FOO-5:30", 86399, "%C %y %Y %G %g", "19 70 1970 1970 70"),
    ("FOO-5:30", 86399, "%D %F %x", "01/02/70 1970-01-02 01/02/70"),
    ("FOO-5:30", 86399, "%R %T %X", "05:29 05:29:59 05:29:59"),
    ("FOO-5:30", 86399, "%5a|%_5d|%-d|%05e|%^a|%#b|%#p|%#Z", "  Fri|    2|2|00002|FRI|JAN|am|foo"),
    ("FOO-5:30", 86399, "%E|%Ey|%Od|%Ea|%5n|%q|%+|%5", "%E|70|02|%Ea|    \n|%q|%+|   %5"),
    ("EST5", 951782400, "%c", "Mon Feb 28 19:00:00 2000"),
    ("EST5", 951782400, "%U %V %W", "09 09 09"),
    ("EST5", 951782400, "%p %P %r", "PM pm 07:00:00 PM"),
    ("EST5", 951782400, "%s %z %Z", "951782400 -0500 EST"),
    ("EST5", 951782400, "%010z|%_z|%-z|%5z", "000000000-0000000500|- 500|-500|    -00500"),
    ("UTC", 1104537600, "%a %A %b %B %h", "Sat Saturday Jan January Jan"),
    ("UTC", 1104537600, "%d %e %j %u %w", "01  1 001 6 6"),
    ("UTC", 1104537600, "%H %I %k %l %M %S", "00 12  0 12 00 00"),
    ("UTC", 1104537600, "%n%t%%", "\n\t%"),
    ("UTC", 1104537600, "%10Y|%_10Y|%-10Y|%3C|%^c", "0000002005|      2005|      2005|020|SAT JAN  1 00:00:00 2005"),
    ("UTC", 1104537600, "%20D|%020D|%16s|%^B", "            01/01/05|00000000000001/01/05|      1104537600|JANUARY"),
    ("UTC", -62135596800, "%C %y %Y %G %g", "0 01 1 1 01"),
    ("UTC", -62135596800, "%D %F %x", "01/01/01 1-01-01 01/01/01"),
    ("UTC", -62135596800, "%R %T %X", "00:00 00:00:00 00:00:00"),
    ("UTC", -62135596800, "%5a|%_5d|%-d|%05e|%^a|%#b|%#p|%#Z", "  Mon|    1|1|00001|MON|JAN|am|utc"),
    ("UTC", -62135596800, "%E|%Ey|%Od|%Ea|%5n|%q|%+|%5", "%E|01|01|%Ea|    \n|%q|%+|   %5"),
    ("NAME", 1, "%c", "Thu Jan  1 00:00:01 1970"),
    ("NAME", 1, "%U %V %W", "00 01 00"),
    ("NAME", 1, "%p %P %r", "AM am 12:00:01 AM"),
    ("NAME", 1, "%s %z %Z", "1 +0000 NAME"),
    ("NAME", 1, "%010z|%_z|%-z|%5z", "000000000+0000000000|+   0|+0|    +00000"),
    ("A", 99999999999999999, "%a %A %b %B %h", "Thu Thursday Jan January Jan"),
    ("A", 99999999999999999, "%d %e %j %u %w", "01  1 001 4 4"),
    ("A", 99999999999999999, "%H %I %k %l %M %S", "00 12  0 12 00 00"),
    ("A", 99999999999999999, "%n%t%%", "\n\t%"),
    ("A", 99999999999999999, "%10Y|%_10Y|%-10Y|%3C|%^c", "0000001970|      1970|      1970|019|THU JAN  1 00:00:00 1970"),
    ("A", 99999999999999999, "%20D|%020D|%16s|%^B", "            01/01/70|00000000000001/01/70|               0|JANUARY"),
];
