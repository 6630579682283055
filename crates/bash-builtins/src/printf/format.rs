//! `printf`'s engine: formats arguments without knowing a shell.
//!
//! What surprises: the format is used again while arguments remain, but only if the last time used any; arguments that
//! are missing count as empty or 0; a bad number is reported and still formatted, as far as it goes. Width and
//! precision of `%s`, `%b` and `%q` count bytes, those of `%ls` and `%S` characters. Errors and output come in the order
//! of the format, so a caller that writes both to one place does so in [`PrintfEnvironment::before_error`].

use std::ops::ControlFlow;

use bash_parser::is_identifier;
use bash_parser::quote::{
    Charset, Decoded, EscapeDialect, ansi_c_quote, backslash_quote, decode, decode_one, needs_ansi_c,
    single_quote,
};

use super::decimal::{self, Float, FloatFormat};
use super::spec::{Field, LARGEST_FIELD, NumberText, Specification};
use super::{float, number};

/// What formatting needs of the shell.
pub trait PrintfEnvironment {
    /// Reports `printf: message`.
    fn error(&mut self, message: &[u8]);
    /// Reports `printf: warning: message`.
    fn warning(&mut self, message: &[u8]);
    /// Assigns the number of bytes written so far to the variable `name`, for `%n`.
    fn assign_count(&mut self, name: &[u8], count: usize) -> ControlFlow<i32>;
    /// The time as `strftime` writes it, for `%(format)T`.
    fn format_time(&mut self, format: &[u8], time: PrintfTime) -> Vec<u8>;
    /// Called with the output whenever it has grown large; may write it and empty it.
    fn take_output(&mut self, out: &mut Vec<u8>) -> ControlFlow<i32> {
        let _ = out;
        ControlFlow::Continue(())
    }
    /// Called before the output grows to so many bytes that are not taken yet.
    fn admit(&mut self, length: usize) -> ControlFlow<i32> {
        let _ = length;
        ControlFlow::Continue(())
    }
    /// Called with the output before an error is reported; may write some of it and take that away.
    fn before_error(&mut self, out: &mut Vec<u8>) {
        let _ = out;
    }
    /// What a character is.
    fn charset(&self) -> Charset;
    /// How numbers are written; `None` as in the C locale.
    fn numeric(&self) -> Option<&'static dyn bash_host::Locale> {
        None
    }
    /// Which C type floating-point conversions take: `long double`, but `double` in POSIX mode.
    fn float_precision(&self) -> FloatPrecision;
}

/// The time that `%(format)T` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrintfTime {
    /// The current time: no argument, or -1.
    Now,
    /// When the shell started: -2.
    ShellStart,
    /// Seconds since the epoch. A time that has no calendar date is taken for 0.
    Seconds(i64),
}

/// The C type of floating-point conversions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FloatPrecision {
    /// 80 bits, as Bash uses unless in POSIX mode.
    LongDouble,
    /// 64 bits, as POSIX mode uses unless the modifier `L` is present.
    Double,
}

/// Appends to `out` what `printf format arguments…` writes, and gives the exit status.
pub fn format(
    format: &[u8],
    arguments: &[Vec<u8>],
    environment: &mut dyn PrintfEnvironment,
    out: &mut Vec<u8>,
) -> i32 {
    let mut printer = Printer { arguments, next: 0, environment, out, taken: 0, pass_start: 0, status: 0 };
    loop {
        let before = printer.next;
        printer.pass_start = printer.written();
        if let ControlFlow::Break(status) = printer.pass(format) {
            return status;
        }
        if printer.next == before || printer.next >= arguments.len() {
            return printer.status;
        }
    }
}

/// Goes on with the format, or ends with a status.
type Flow = ControlFlow<i32>;

/// The longest result of `%(format)T`; Bash writes nothing for a longer one.
const LONGEST_TIME: usize = 127;

/// From how many bytes on the environment is offered the output.
const LARGE_OUTPUT: usize = 64 * 1024;

struct Printer<'p> {
    arguments: &'p [Vec<u8>],
    next: usize,
    environment: &'p mut dyn PrintfEnvironment,
    out: &'p mut Vec<u8>,
    /// How many bytes the environment has taken from `out`.
    taken: usize,
    pass_start: usize,
    status: i32,
}

impl<'p> Printer<'p> {
    /// Goes through the format once.
    fn pass(&mut self, format: &[u8]) -> Flow {
        let mut rest = format;
        while !rest.is_empty() {
            let plain = rest.iter().position(|byte| matches!(byte, b'%' | b'\\')).unwrap_or(rest.len());
            let (text, special) = rest.split_at(plain);
            self.out.extend_from_slice(text);
            let length = match special.first() {
                None => 0,
                Some(b'\\') => self.escape(special),
                Some(_) => self.conversion(special)?,
            };
            rest = special.get(length..).unwrap_or_default();
            self.offer_output()?;
        }
        Flow::Continue(())
    }

    fn offer_output(&mut self) -> Flow {
        if self.out.len() < LARGE_OUTPUT {
            return Flow::Continue(());
        }
        self.environment.admit(self.out.len())?;
        let before = self.written();
        let flow = self.environment.take_output(self.out);
        self.taken = before.saturating_sub(self.out.len());
        flow
    }

    /// Reports an error; the environment may write what comes before it.
    fn report(&mut self, message: &[u8]) {
        let before = self.written();
        self.environment.before_error(self.out);
        self.taken = before.saturating_sub(self.out.len());
        self.environment.error(message);
    }

    /// How many bytes have been written in all.
    fn written(&self) -> usize {
        self.taken + self.out.len()
    }

    fn escape(&mut self, text: &[u8]) -> usize {
        let (decoded, length) = decode_one(text, EscapeDialect::PrintfFormat, self.environment.charset());
        self.report_missing_digits(&decoded);
        self.out.extend_from_slice(&decoded.bytes);
        length.max(1)
    }

    fn report_missing_digits(&mut self, decoded: &Decoded) {
        for letter in &decoded.digits_missing_after {
            let kind = if *letter == b'x' { "hex" } else { "unicode" };
            self.report(format!("missing {kind} digit for \\{}", char::from(*letter)).as_bytes());
        }
    }

    /// Formats the conversion specification at the start of `text` and gives its length.
    fn conversion(&mut self, text: &[u8]) -> ControlFlow<i32, usize> {
        if text.get(1) == Some(&b'%') {
            self.out.push(b'%');
            return ControlFlow::Continue(2);
        }
        let (mut specification, length) = Specification::read(text.get(1..).unwrap_or_default());
        let at = length + 1;
        if specification.width == Field::Argument {
            let width = self.size_argument();
            specification.set_width(width.unwrap_or(0));
        }
        if specification.precision == Field::Argument {
            let precision = self.size_argument();
            specification.set_precision(precision.unwrap_or(-1));
        }
        let Some(&conversion) = text.get(at) else {
            self.report(&[b"`", text, b"': missing format character"].concat());
            return ControlFlow::Break(1);
        };
        if conversion == b'(' {
            return self.time(&specification, text, at + 1);
        }
        self.convert(specification, conversion)?;
        ControlFlow::Continue(at + 1)
    }

    fn convert(&mut self, specification: Specification, conversion: u8) -> Flow {
        let is_wide = specification.is_wide();
        match conversion {
            b'C' => self.wide_character(specification),
            b'c' if is_wide => self.wide_character(specification),
            b'c' => self.character(specification),
            b'S' => self.wide_string(specification),
            b's' if is_wide => self.wide_string(specification),
            b's' => self.string(specification),
            b'b' => self.escaped(specification),
            b'q' | b'Q' => self.quoted(specification, conversion),
            b'n' => self.count(),
            b'd' | b'i' => self.signed(&specification, conversion),
            b'o' | b'u' | b'x' | b'X' => self.unsigned(&specification, conversion),
            b'a' | b'A' | b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => self.float(&specification, conversion),
            _ => {
                self.report(&[b"`", &[conversion][..], b"': invalid format character"].concat());
                Flow::Break(1)
            }
        }
    }

    // Strings

    /// `%c`: the first byte, a NUL for an empty argument.
    fn character(&mut self, mut specification: Specification) -> Flow {
        let argument = self.argument().unwrap_or_default();
        if self.writes_out(&specification, "", b'c') {
            return Flow::Continue(());
        }
        specification.precision = Field::Absent;
        self.refuse_overflow(&specification)?;
        specification.lay_out(&[argument.first().copied().unwrap_or(0)], 1, self.out);
        Flow::Continue(())
    }

    fn string(&mut self, specification: Specification) -> Flow {
        let argument = self.argument().unwrap_or_default();
        if self.writes_out(&specification, "", b's') {
            return Flow::Continue(());
        }
        self.refuse_overflow(&specification)?;
        specification.lay_out_text(argument, self.out);
        Flow::Continue(())
    }

    /// `%lc` and `%C`: the first character.
    fn wide_character(&mut self, mut specification: Specification) -> Flow {
        let argument = self.argument().unwrap_or_default();
        self.settle_fields(&mut specification)?;
        let first = match (self.environment.charset(), argument) {
            (_, []) => Some(&[0][..]),
            (Charset::C, [first, ..]) => Some(std::slice::from_ref(first)),
            (charset, _) => charset.characters(argument).next(),
        };
        match first {
            Some(_) if specification.precision.get() == Some(0) => specification.lay_out(b"", 0, self.out),
            Some(first) => specification.lay_out(first, 1, self.out),
            None => specification.lay_out(b"", 1, self.out),
        }
        Flow::Continue(())
    }

    /// `%ls` and `%S`: width and precision count characters; text that is not UTF-8 gives nothing, which counts as one.
    fn wide_string(&mut self, mut specification: Specification) -> Flow {
        if self.environment.charset() == Charset::C {
            return self.string(specification);
        }
        let argument = self.argument().unwrap_or_default();
        self.settle_fields(&mut specification)?;
        let charset = self.environment.charset();
        if !charset.is_valid(argument) {
            specification.lay_out(b"", 1, self.out);
            return Flow::Continue(());
        }
        let precision = specification.precision.get().unwrap_or(usize::MAX);
        let (count, length) = charset
            .characters(argument)
            .take(precision)
            .fold((0, 0), |(count, length), character| (count + 1, length + character.len()));
        specification.lay_out(argument.get(..length).unwrap_or_default(), count, self.out);
        Flow::Continue(())
    }

    /// `%b`: backslash escapes are decoded; `\c` ends everything, with success whatever went before.
    fn escaped(&mut self, mut specification: Specification) -> Flow {
        let argument = self.argument().unwrap_or_default();
        let decoded = decode(argument, EscapeDialect::PrintfB, self.environment.charset());
        self.report_missing_digits(&decoded);
        self.settle_fields(&mut specification)?;
        specification.lay_out_text(&decoded.bytes, self.out);
        if decoded.stopped { Flow::Break(0) } else { Flow::Continue(()) }
    }

    /// `%q`, and `%Q`, which cuts the argument to the precision before it quotes, unless that is a mere point.
    fn quoted(&mut self, mut specification: Specification, conversion: u8) -> Flow {
        let mut argument = self.argument().unwrap_or_default();
        let is_unlimited = conversion == b'Q' && matches!(specification.precision, Field::TooLarge(_));
        self.settle_fields(&mut specification)?;
        if is_unlimited {
            specification.precision = Field::Absent;
        }
        if conversion == b'Q' && !specification.precision_has_no_digits {
            let precision = std::mem::take(&mut specification.precision);
            argument = precision.get().and_then(|precision| argument.get(..precision)).unwrap_or(argument);
        }
        let charset = self.environment.charset();
        let quoted = match argument {
            [] => b"''".to_vec(),
            _ if needs_ansi_c(argument, charset) => ansi_c_quote(argument, charset),
            _ if specification.alternate => single_quote(argument),
            _ => backslash_quote(argument),
        };
        specification.lay_out_text(&quoted, self.out);
        Flow::Continue(())
    }

    /// `%n`
    fn count(&mut self) -> Flow {
        let name = self.argument().unwrap_or_default();
        if name.is_empty() {
            return Flow::Continue(());
        }
        if !is_identifier(name) {
            self.report(&[b"`", name, b"': not a valid identifier"].concat());
            return Flow::Break(1);
        }
        let written = self.written() - self.pass_start;
        self.environment.assign_count(name, written)
    }

    // Numbers

    fn signed(&mut self, specification: &Specification, conversion: u8) -> Flow {
        let value = self.integer_argument().0;
        if self.writes_out(specification, "l", conversion) {
            return Flow::Continue(());
        }
        self.refuse_overflow(specification)?;
        self.lay_out_number(specification, &number::signed_text(value, specification))
    }

    fn unsigned(&mut self, specification: &Specification, conversion: u8) -> Flow {
        let value = self.unsigned_argument();
        if self.writes_out(specification, "l", conversion) {
            return Flow::Continue(());
        }
        self.refuse_overflow(specification)?;
        self.lay_out_number(specification, &number::unsigned_text(value, conversion, specification))
    }

    fn float(&mut self, specification: &Specification, conversion: u8) -> Flow {
        let is_long = specification.modifiers.first() == Some(&b'L');
        let format = match self.environment.float_precision() {
            FloatPrecision::Double if !is_long => FloatFormat::Double,
            _ => FloatFormat::LongDouble,
        };
        let value = self.float_argument(format);
        let modifier = if format == FloatFormat::LongDouble { "L" } else { "" };
        if self.writes_out(specification, modifier, conversion) {
            return Flow::Continue(());
        }
        self.refuse_overflow(specification)?;
        self.lay_out_number(specification, &float::text(&value, conversion, specification))
    }

    fn lay_out_number(&mut self, specification: &Specification, text: &NumberText) -> Flow {
        match self.environment.numeric() {
            None => specification.lay_out_number(text, self.out),
            Some(locale) => specification.lay_out_number(&specification.localised(text, locale), self.out),
        }
        Flow::Continue(())
    }

    // Time

    /// `%(format)T`, whose format begins at `start` in `text`.
    fn time(&mut self, specification: &Specification, text: &[u8], start: usize) -> ControlFlow<i32, usize> {
        let rest = text.get(start..).unwrap_or_default();
        let length = closing_parenthesis(rest);
        let after = length.and_then(|length| rest.get(length + 1)).copied();
        let (Some(length), Some(b'T')) = (length, after) else {
            self.environment.warning(
                &[b"`", &[after.unwrap_or(0)][..], b"': invalid time format specification"].concat(),
            );
            self.out.push(b'%');
            return ControlFlow::Continue(1);
        };
        let time = match self.next < self.arguments.len() {
            true => self.integer_argument().0,
            false => -1,
        };
        let time = match time {
            -1 => PrintfTime::Now,
            -2 => PrintfTime::ShellStart,
            seconds => PrintfTime::Seconds(seconds),
        };
        let format = rest.get(..length).filter(|format| !format.is_empty()).unwrap_or(b"%X");
        let mut written = self.environment.format_time(format, time);
        if written.len() > LONGEST_TIME {
            written.clear();
        }
        let mut specification = specification.clone();
        self.settle_fields(&mut specification)?;
        specification.lay_out_text(&written, self.out);
        ControlFlow::Continue(start + length + 2)
    }

    // Fields that are too large

    /// Whether the specification is one the C library cannot read and writes as it is.
    fn writes_out(&mut self, specification: &Specification, modifier: &str, conversion: u8) -> bool {
        let Some(bad_precision) = &specification.bad_precision else { return false };
        let text = specification.written_out(bad_precision, modifier, conversion);
        self.out.extend_from_slice(&text);
        true
    }

    /// What the C library formats ends with an error if a field is too large; here also if there is no room for it.
    fn refuse_overflow(&mut self, specification: &Specification) -> Flow {
        let size = |field: &Field| match field {
            Field::TooLarge(_) => usize::MAX,
            Field::Given(size) => *size,
            Field::Absent | Field::Argument => 0,
        };
        let larger = size(&specification.width).max(size(&specification.precision));
        if larger <= LARGEST_FIELD {
            self.environment.admit(self.out.len() + larger)?;
        }
        let has_room = self.out.len().saturating_add(larger) <= LARGEST_FIELD
            && (larger < LARGE_OUTPUT || self.out.try_reserve(larger).is_ok());
        if has_room {
            return Flow::Continue(());
        }
        self.report(b"Value too large for defined data type");
        Flow::Break(1)
    }

    /// What Bash formats itself counts a field that is too large as 0 and goes on.
    fn settle_fields(&mut self, specification: &mut Specification) -> Flow {
        for field in [&mut specification.width, &mut specification.precision] {
            if let Field::TooLarge(digits) = field {
                self.report(&[digits, &b": Numerical result out of range"[..]].concat());
                self.status = 1;
                *field = Field::Given(0);
            }
        }
        self.refuse_overflow(specification)
    }

    // Arguments

    fn argument(&mut self) -> Option<&'p [u8]> {
        let argument = self.arguments.get(self.next)?;
        self.next += 1;
        Some(argument)
    }

    /// A width or precision given as `*`; `None` if it is out of range.
    fn size_argument(&mut self) -> Option<i32> {
        let (value, argument) = self.integer_argument();
        let size = i32::try_from(value).ok();
        // What does not even fit 64 bits has been reported.
        if size.is_none() && !matches!(value, i64::MIN | i64::MAX) {
            self.report_range(argument);
        }
        size
    }

    fn integer_argument(&mut self) -> (i64, &'p [u8]) {
        let Some(argument) = self.argument() else { return (0, b"") };
        if let Some(code) = self.character_constant(argument) {
            return (i64::from(code), argument);
        }
        let read = number::read(argument);
        let (value, is_out_of_range) = read.signed();
        self.check(argument, read.length, is_out_of_range);
        (value, argument)
    }

    fn unsigned_argument(&mut self) -> u64 {
        let Some(argument) = self.argument() else { return 0 };
        if let Some(code) = self.character_constant(argument) {
            return u64::from(code);
        }
        let read = number::read(argument);
        let (value, is_out_of_range) = read.unsigned();
        self.check(argument, read.length, is_out_of_range);
        value
    }

    fn float_argument(&mut self, format: FloatFormat) -> Float {
        let argument = self.argument();
        let code = match argument {
            None => Some(0),
            Some(argument) => self.character_constant(argument),
        };
        let text = code.map(|code| code.to_string().into_bytes());
        let point = self.environment.numeric().map_or(&b"."[..], |locale| locale.decimal_point());
        let read = match text.as_deref().or(argument).unwrap_or_default() {
            text if point == b"." => decimal::read(text, format),
            text => decimal::read_with_point(text, point, format),
        };
        if let (None, Some(argument)) = (text, argument) {
            self.check(argument, read.length, read.is_out_of_range);
        }
        read.float
    }

    /// `'c` and `"c`: the number of the character.
    fn character_constant(&self, argument: &[u8]) -> Option<u32> {
        let (b'\'' | b'"', text) = argument.split_first()? else { return None };
        let first_byte = text.first().map_or(0, |&byte| u32::from(byte));
        if self.environment.charset() == Charset::C {
            return Some(first_byte);
        }
        if let Charset::Coded(_) = self.environment.charset() {
            return Some(self.environment.charset().first(text).0.map_or(first_byte, u32::from));
        }
        let first = characters(text).next().and_then(|unit| std::str::from_utf8(unit).ok());
        Some(first.and_then(|unit| unit.chars().next()).map_or(first_byte, u32::from))
    }

    /// Reports an argument that is no number, or not only a number, or out of range.
    fn check(&mut self, argument: &[u8], length: usize, is_out_of_range: bool) {
        if length < argument.len() || argument.is_empty() {
            let kind = match argument {
                [b'0', digit, ..] if digit.is_ascii_digit() => "octal ",
                [b'0', b'x', ..] => "hex ",
                _ => "",
            };
            self.report(&[argument, format!(": invalid {kind}number").as_bytes()].concat());
            self.status = 1;
        } else if is_out_of_range {
            self.report_range(argument);
        }
    }

    fn report_range(&mut self, argument: &[u8]) {
        self.report(&[argument, b": Numerical result out of range"].concat());
        self.status = 1;
    }
}

/// The characters of UTF-8 text up to the first byte that belongs to none.
fn characters(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let valid = match std::str::from_utf8(text) {
        Ok(valid) => valid,
        Err(error) => {
            text.get(..error.valid_up_to()).and_then(|start| std::str::from_utf8(start).ok()).unwrap_or("")
        }
    };
    valid.char_indices().map(|(at, character)| &valid.as_bytes()[at..at + character.len_utf8()])
}

/// Where the parenthesis closes that was open before `text`.
fn closing_parenthesis(text: &[u8]) -> Option<usize> {
    let mut depth = 1_usize;
    text.iter().position(|byte| {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        depth == 0
    })
}

#[cfg(test)]
mod tests;
