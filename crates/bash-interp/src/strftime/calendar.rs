//! Seconds since the epoch to a date and a time of day.

use super::TimeZone;

/// A moment in a time zone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Calendar {
    /// Since the epoch.
    pub(super) seconds: i64,
    pub(super) year: i64,
    /// From 1.
    pub(super) month: i64,
    /// From 1.
    pub(super) day: i64,
    /// From 0.
    pub(super) day_of_year: i64,
    /// From 0, which is Sunday.
    pub(super) weekday: i64,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
    /// East of Greenwich, in seconds.
    pub(super) offset: i32,
    pub(super) zone_name: String,
}

impl Calendar {
    /// `None` if the year does not fit the C library's calendar.
    pub(super) fn new(seconds: i64, zone: &TimeZone) -> Option<Calendar> {
        let (offset, zone_name) = zone.at(seconds);
        let local = seconds.checked_add(i64::from(offset))?;
        let days = local.div_euclid(86_400);
        let second_of_day = local.rem_euclid(86_400);
        let (year, month, day) = date(days);
        i32::try_from(year - 1900).ok()?;
        Some(Calendar {
            seconds,
            year,
            month,
            day,
            day_of_year: days - days_before(year, 1, 1),
            weekday: (days + 4).rem_euclid(7),
            hour: second_of_day / 3600,
            minute: second_of_day / 60 % 60,
            second: second_of_day % 60,
            offset,
            zone_name,
        })
    }

    pub(super) fn weekday_name(&self) -> &'static str {
        const NAMES: [&str; 7] =
            ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
        usize::try_from(self.weekday).ok().and_then(|index| NAMES.get(index)).copied().unwrap_or("?")
    }

    pub(super) fn month_name(&self) -> &'static str {
        const NAMES: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        usize::try_from(self.month - 1).ok().and_then(|index| NAMES.get(index)).copied().unwrap_or("?")
    }

    /// The year and week of ISO 8601, whose weeks belong to the year of their Thursday.
    pub(super) fn iso_week(&self) -> (i64, i64) {
        let from_monday = (self.weekday + 6) % 7;
        let thursday = days_before(self.year, 1, 1) + self.day_of_year - from_monday + 3;
        let (year, _, _) = date(thursday);
        (year, (thursday - days_before(year, 1, 1)) / 7 + 1)
    }
}

/// Days in 400 years.
const CYCLE: i64 = 146_097;

/// The date so many days after the epoch, in the proleptic Gregorian calendar.
fn date(days: i64) -> (i64, i64, i64) {
    // Counted from 1 March of year 0, so that the leap day ends its year.
    let shifted = days + 719_468;
    let cycle = shifted.div_euclid(CYCLE);
    let in_cycle = shifted.rem_euclid(CYCLE);
    let year_in_cycle = (in_cycle - in_cycle / 1_460 + in_cycle / 36_524 - in_cycle / 146_096) / 365;
    let in_year = in_cycle - (365 * year_in_cycle + year_in_cycle / 4 - year_in_cycle / 100);
    let month_from_march = (5 * in_year + 2) / 153;
    let day = in_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = cycle * 400 + year_in_cycle + i64::from(month <= 2);
    (year, month, day)
}

/// The days from the epoch to a date.
fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let cycle = year.div_euclid(400);
    let year_in_cycle = year.rem_euclid(400);
    let month_from_march = (month + 9) % 12;
    let in_year = (153 * month_from_march + 2) / 5 + day - 1;
    cycle * CYCLE + year_in_cycle * 365 + year_in_cycle / 4 - year_in_cycle / 100 + in_year - 719_468
}
