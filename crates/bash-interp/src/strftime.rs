//! `strftime` as the GNU C library writes it in the C locale: `printf '%(…)T'`, and `\D{…}`, `\t`, `\@` in prompts.
//!
//! What surprises is GNU's: a flag (`_` `-` `0` `^` `#`) and a width may stand before the conversion, a width fills
//! names with spaces and numbers with zeros, in `%z` it applies to the sign and to the number, and what is not
//! understood is written as it stands.

mod calendar;
mod zone;

pub use zone::TimeZone;

use calendar::Calendar;

/// Writes the time `seconds` after the epoch as `format` says. A time whose year does not fit an `int` is taken for the
/// epoch, as Bash does.
pub fn strftime(format: &[u8], seconds: i64, zone: &TimeZone) -> Vec<u8> {
    let calendar = Calendar::new(seconds, zone).or_else(|| Calendar::new(0, zone)).unwrap_or_default();
    let mut out = Vec::with_capacity(format.len() * 2);
    write(format, &calendar, &mut out);
    out
}

fn write(format: &[u8], calendar: &Calendar, out: &mut Vec<u8>) {
    let mut rest = format;
    while let Some(at) = rest.iter().position(|&byte| byte == b'%') {
        let (text, conversion) = rest.split_at(at);
        out.extend_from_slice(text);
        let (conversion, after) = Conversion::read(conversion);
        conversion.write(calendar, out);
        rest = after;
    }
    out.extend_from_slice(rest);
}

/// A conversion specification.
struct Conversion<'f> {
    /// All of it.
    text: &'f [u8],
    padding: Option<Padding>,
    case: LetterCase,
    swaps_case: bool,
    width: usize,
    /// `E` or `O`.
    modifier: Option<u8>,
    letter: Option<u8>,
}

/// The flags that say how to fill up.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Padding {
    Spaces,
    Zeros,
    None,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum LetterCase {
    AsIs,
    Upper,
    Lower,
}

/// Wider fields are cut to this; Bash writes no time of even 128 bytes.
const LARGEST_WIDTH: usize = 4096;

impl<'f> Conversion<'f> {
    /// Reads the specification at the start of `text`, and gives what follows it.
    fn read(text: &'f [u8]) -> (Conversion<'f>, &'f [u8]) {
        let mut conversion = Conversion {
            text,
            padding: None,
            case: LetterCase::AsIs,
            swaps_case: false,
            width: 0,
            modifier: None,
            letter: None,
        };
        let mut at = 1;
        while conversion.set_flag(text.get(at).copied()) {
            at += 1;
        }
        while let Some(&digit) = text.get(at).filter(|byte| byte.is_ascii_digit()) {
            conversion.width = (conversion.width * 10 + usize::from(digit - b'0')).min(LARGEST_WIDTH);
            at += 1;
        }
        conversion.modifier = text.get(at).copied().filter(|byte| matches!(byte, b'E' | b'O'));
        at += usize::from(conversion.modifier.is_some());
        conversion.letter = text.get(at).copied();
        let (whole, after) = text.split_at((at + 1).min(text.len()));
        conversion.text = whole;
        (conversion, after)
    }

    fn set_flag(&mut self, flag: Option<u8>) -> bool {
        match flag {
            Some(b'_') => self.padding = Some(Padding::Spaces),
            Some(b'0') => self.padding = Some(Padding::Zeros),
            Some(b'-') => self.padding = Some(Padding::None),
            Some(b'^') => self.case = LetterCase::Upper,
            Some(b'#') => self.swaps_case = true,
            _ => return false,
        }
        true
    }

    fn write(&self, calendar: &Calendar, out: &mut Vec<u8>) {
        let Some(letter) = self.letter.filter(|&letter| self.allows_modifier(letter)) else {
            return self.write_unknown(out);
        };
        match letter {
            b'%' => self.pad(b"%", LetterCase::AsIs, out),
            b'n' => self.pad(b"\n", LetterCase::AsIs, out),
            b't' => self.pad(b"\t", LetterCase::AsIs, out),
            b'a' => self.name(abbreviated(calendar.weekday_name()), out),
            b'A' => self.name(calendar.weekday_name(), out),
            b'b' | b'h' => self.name(abbreviated(calendar.month_name()), out),
            b'B' => self.name(calendar.month_name(), out),
            b'p' => self.half_of_day(calendar, self.case, out),
            b'P' => self.half_of_day(calendar, LetterCase::Lower, out),
            b's' => self.pad(calendar.seconds.to_string().as_bytes(), self.case, out),
            b'Z' => self.pad(calendar.zone_name.as_bytes(), self.case_swapped_to_lower(), out),
            b'z' => self.offset(calendar.offset, out),
            b'c' => self.nested(b"%a %b %e %H:%M:%S %Y", calendar, out),
            b'D' | b'x' => self.nested(b"%m/%d/%y", calendar, out),
            b'F' => self.nested(b"%Y-%m-%d", calendar, out),
            b'r' => self.nested(b"%I:%M:%S %p", calendar, out),
            b'R' => self.nested(b"%H:%M", calendar, out),
            b'T' | b'X' => self.nested(b"%H:%M:%S", calendar, out),
            _ => match number(letter, calendar) {
                Some((digits, value)) => {
                    self.number(digits, value, matches!(letter, b'e' | b'k' | b'l'), out)
                }
                None => self.write_unknown(out),
            },
        }
    }

    /// What is not understood stands as it is, though `#` before a name writes even that in capitals.
    fn write_unknown(&self, out: &mut Vec<u8>) {
        let is_name = matches!(self.letter, Some(b'A' | b'b' | b'B' | b'h'));
        let case = if self.swaps_case && is_name { LetterCase::Upper } else { self.case };
        self.pad(self.text, case, out);
    }

    /// Whether the modifier, if any, may stand before this letter.
    fn allows_modifier(&self, letter: u8) -> bool {
        let refused: &[u8] = match self.modifier {
            None => b"",
            Some(b'E') => b"aABbhDdeFHIjkGgVlMmSUWw",
            Some(_) => b"aADFcxXY",
        };
        !refused.contains(&letter)
    }

    /// Names: `^` and `#` both write capitals.
    fn name(&self, name: &str, out: &mut Vec<u8>) {
        let case = if self.swaps_case { LetterCase::Upper } else { self.case };
        self.pad(name.as_bytes(), case, out);
    }

    fn case_swapped_to_lower(&self) -> LetterCase {
        if self.swaps_case { LetterCase::Lower } else { self.case }
    }

    fn half_of_day(&self, calendar: &Calendar, case: LetterCase, out: &mut Vec<u8>) {
        let case = if case == LetterCase::Lower { case } else { self.case_swapped_to_lower() };
        self.pad(if calendar.hour < 12 { b"AM" } else { b"PM" }, case, out);
    }

    /// `%z`: the sign and the number are each filled to the width.
    fn offset(&self, offset: i32, out: &mut Vec<u8>) {
        self.pad(if offset < 0 { b"-" } else { b"+" }, LetterCase::AsIs, out);
        let minutes = i64::from(offset.unsigned_abs() / 60);
        self.number(4, minutes / 60 * 100 + minutes % 60, false, out);
    }

    fn nested(&self, format: &[u8], calendar: &Calendar, out: &mut Vec<u8>) {
        let mut text = Vec::new();
        write(format, calendar, &mut text);
        self.pad(&text, self.case, out);
    }

    /// Writes a number of at least so many digits.
    fn number(&self, digits: usize, value: i64, prefers_spaces: bool, out: &mut Vec<u8>) {
        let padding = match self.padding {
            None if prefers_spaces => Padding::Spaces,
            None => Padding::Zeros,
            Some(padding) => padding,
        };
        let length = digits.max(self.width);
        let text = match (padding, value < 0) {
            (Padding::None, _) => value.to_string(),
            (Padding::Spaces, _) => format!("{value:length$}"),
            (Padding::Zeros, _) => format!("{value:0length$}"),
        };
        self.pad(text.as_bytes(), self.case, out);
    }

    /// Writes text filled up to the width, from the left.
    fn pad(&self, text: &[u8], case: LetterCase, out: &mut Vec<u8>) {
        let fill = self.width.saturating_sub(text.len());
        out.resize(out.len() + fill, if self.padding == Some(Padding::Zeros) { b'0' } else { b' ' });
        match case {
            LetterCase::AsIs => out.extend_from_slice(text),
            LetterCase::Upper => out.extend(text.iter().map(u8::to_ascii_uppercase)),
            LetterCase::Lower => out.extend(text.iter().map(u8::to_ascii_lowercase)),
        }
    }
}

fn abbreviated(name: &str) -> &str {
    name.get(..3).unwrap_or(name)
}

/// The least number of digits and the value of a numeric conversion.
fn number(letter: u8, calendar: &Calendar) -> Option<(usize, i64)> {
    let twelve = (calendar.hour + 11) % 12 + 1;
    let from_monday = (calendar.weekday + 6) % 7;
    Some(match letter {
        b'C' => (1, calendar.year.div_euclid(100)),
        b'd' | b'e' => (2, calendar.day),
        b'g' => (2, calendar.iso_week().0.rem_euclid(100)),
        b'G' => (1, calendar.iso_week().0),
        b'H' | b'k' => (2, calendar.hour),
        b'I' | b'l' => (2, twelve),
        b'j' => (3, calendar.day_of_year + 1),
        b'm' => (2, calendar.month),
        b'M' => (2, calendar.minute),
        b'S' => (2, calendar.second),
        b'u' => (1, from_monday + 1),
        b'U' => (2, (calendar.day_of_year - calendar.weekday + 7) / 7),
        b'V' => (2, calendar.iso_week().1),
        b'w' => (1, calendar.weekday),
        b'W' => (2, (calendar.day_of_year - from_monday + 7) / 7),
        b'y' => (2, calendar.year.rem_euclid(100)),
        b'Y' => (1, calendar.year),
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
