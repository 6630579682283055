//! What Bash 5.3 writes, its status and its messages.

use super::*;

#[derive(Default)]
struct Recorder {
    messages: Vec<u8>,
    counts: Vec<(Vec<u8>, usize)>,
}

impl PrintfEnvironment for Recorder {
    fn error(&mut self, message: &[u8]) {
        self.messages.extend_from_slice(message);
        self.messages.push(b'\n');
    }

    fn warning(&mut self, message: &[u8]) {
        self.error(&[b"warning: ", message].concat());
    }

    fn assign_count(&mut self, name: &[u8], count: usize) -> ControlFlow<i32> {
        self.counts.push((name.to_vec(), count));
        ControlFlow::Continue(())
    }

    fn format_time(&mut self, format: &[u8], time: PrintfTime) -> Vec<u8> {
        [format, format!(" {time:?}").as_bytes()].concat()
    }

    fn charset(&self) -> Charset {
        Charset::Utf8
    }

    fn float_precision(&self) -> FloatPrecision {
        FloatPrecision::LongDouble
    }
}

fn run(words: &[&[u8]]) -> (Vec<u8>, i32, Recorder) {
    let mut recorder = Recorder::default();
    let mut out = Vec::new();
    let arguments: Vec<Vec<u8>> = words[1..].iter().map(|word| word.to_vec()).collect();
    let status = format(words[0], &arguments, &mut recorder, &mut out);
    (out, status, recorder)
}

#[test]
fn output_status_and_messages_are_those_of_bash() {
    for &(words, expected, expected_status, messages) in ROWS {
        let (out, status, recorder) = run(words);
        let shown = words.iter().map(|word| word.escape_ascii().to_string()).collect::<Vec<_>>().join(" ");
        assert_eq!(out.escape_ascii().to_string(), expected.escape_ascii().to_string(), "{shown}");
        assert_eq!(status, expected_status, "{shown}");
        assert_eq!(
            recorder.messages.escape_ascii().to_string(),
            messages.escape_ascii().to_string(),
            "{shown}"
        );
    }
}

#[test]
fn percent_n_counts_the_bytes_of_this_use_of_the_format() {
    let (out, status, recorder) = run(&["é%nb%n|".as_bytes(), b"x", b"y", b"z"]);
    assert_eq!((out.as_slice(), status), ("éb|éb|".as_bytes(), 0));
    assert_eq!(recorder.counts, [(b"x".to_vec(), 2), (b"y".to_vec(), 3), (b"z".to_vec(), 2)]);
}

#[test]
fn times_are_handed_on_with_their_argument() {
    for (words, expected) in [
        (&[&b"%(%Y)T"[..]][..], &b"%Y Now"[..]),
        (&[b"%(%Y)T", b"-1"], b"%Y Now"),
        (&[b"%(%Y)T", b"-2"], b"%Y ShellStart"),
        (&[b"%()T", b"5"], b"%X Seconds(5)"),
        (&[b"%(%H(%M))T|", b"5"], b"%H(%M) Seconds(5)|"),
        (&[b"%10.2(%Y)T", b"5"], b"        %Y"),
    ] {
        assert_eq!(run(words).0, expected);
    }
}

#[test]
fn huge_fields_are_refused_or_bounded() {
    assert_eq!(run(&[b"%2000000000d", b"1"]).1, 1);
    assert_eq!(run(&[b"%.2000000000f", b"1"]).1, 1);
    assert_eq!(run(&[b"%10000000s", b"1"]).0.len(), 10_000_000);
    assert_eq!(run(&[b"%.10000000f", b"0.1"]).0.len(), 10_000_002);
    assert_eq!(run(&[b"%.2000000s", b"x"]).0, b"x");
    let digits = [b"0.", "7".repeat(1_000_000).as_bytes()].concat();
    assert_eq!(run(&[b"%.3f", &digits]).0, b"0.778");
    let digits = [b"0x", "f".repeat(1_000_000).as_bytes(), b"p-4000000"].concat();
    assert_eq!(run(&[b"%.3f", &digits]).0, b"1.000");
}

/// Writes in pieces.
struct Pieces(Vec<usize>);

impl PrintfEnvironment for Pieces {
    fn error(&mut self, _: &[u8]) {}

    fn warning(&mut self, _: &[u8]) {}

    fn assign_count(&mut self, _: &[u8], count: usize) -> ControlFlow<i32> {
        self.0.push(count);
        ControlFlow::Continue(())
    }

    fn format_time(&mut self, _: &[u8], _: PrintfTime) -> Vec<u8> {
        Vec::new()
    }

    fn take_output(&mut self, out: &mut Vec<u8>) -> ControlFlow<i32> {
        self.0.push(out.len());
        out.clear();
        ControlFlow::Continue(())
    }

    fn charset(&self) -> Charset {
        Charset::C
    }

    fn float_precision(&self) -> FloatPrecision {
        FloatPrecision::Double
    }
}

#[test]
fn large_output_is_offered_and_still_counted() {
    let mut pieces = Pieces(Vec::new());
    let mut out = Vec::new();
    let arguments = [&b"a"[..], b"b", b"n"].map(<[u8]>::to_vec);
    assert_eq!(format(b"%70000s%5s%n%a", &arguments, &mut pieces, &mut out), 0);
    assert_eq!(pieces.0, [70_000, 70_005]);
    assert_eq!(out, b"    b0x0p+0");
}

/// Words, output, status, messages.
type Row = (&'static [&'static [u8]], &'static [u8], i32, &'static [u8]);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    (&[b"%d", b"12"], b"12", 0, b""),
    (&[b"%d", b"0x1F"], b"31", 0, b""),
    (&[b"%d", b"010"], b"8", 0, b""),
    (&[b"%d", b"08"], b"0", 1, b"08: invalid octal number\n"),
    (&[b"%d", b"abc"], b"0", 1, b"abc: invalid number\n"),
    (&[b"%d", b"12abc"], b"12", 1, b"12abc: invalid number\n"),
    (&[b"%d", b"'A"], b"65", 0, b""),
    (&[b"%d", b"\"\xc3\xa9"], b"233", 0, b""),
    (&[b"%d", b""], b"0", 1, b": invalid number\n"),
    (&[b"%d", b"99999999999999999999"], b"9223372036854775807", 1, b"99999999999999999999: Numerical result out of range\n"),
    (&[b"%d", b"-99999999999999999999"], b"-9223372036854775808", 1, b"-99999999999999999999: Numerical result out of range\n"),
    (&[b"%u", b"-1"], b"18446744073709551615", 0, b""),
    (&[b"%x", b"-1"], b"ffffffffffffffff", 0, b""),
    (&[b"%#x", b"255"], b"0xff", 0, b""),
    (&[b"%#o", b"8"], b"010", 0, b""),
    (&[b"%#X", b"0"], b"0", 0, b""),
    (&[b"%+d", b"5"], b"+5", 0, b""),
    (&[b"%05d", b"-3"], b"-0003", 0, b""),
    (&[b"%-5d|", b"3"], b"3    |", 0, b""),
    (&[b"%5.3d", b"7"], b"  007", 0, b""),
    (&[b"%.0d", b"0"], b"", 0, b""),
    (&[b"%#.0o", b"0"], b"0", 0, b""),
    (&[b"%010.5d", b"3"], b"     00003", 0, b""),
    (&[b"%i", b"0b11"], b"3", 0, b""),
    (&[b"%d", b"0x"], b"0", 1, b"0x: invalid hex number\n"),
    (&[b"%d", b"0b"], b"0", 1, b"0b: invalid number\n"),
    (&[b"%hhd", b"300"], b"300", 0, b""),
    (&[b"%qd", b"5"], b"5d", 0, b""),
    (&[b"%c", b"abc"], b"a", 0, b""),
    (&[b"%c", b"\xc3\xa9"], b"\xc3", 0, b""),
    (&[b"%c", b""], b"\0", 0, b""),
    (&[b"%lc", b"\xc3\xa9"], b"\xc3\xa9", 0, b""),
    (&[b"%5lc", b"\xc3\xa9"], b"    \xc3\xa9", 0, b""),
    (&[b"%s", b"abc"], b"abc", 0, b""),
    (&[b"%.2s", b"abc"], b"ab", 0, b""),
    (&[b"%5s", b"\xc3\xa9"], b"   \xc3\xa9", 0, b""),
    (&[b"%.1ls", b"\xc3\xa9a"], b"\xc3\xa9", 0, b""),
    (&[b"%5S", b"\xc3\xa9"], b"    \xc3\xa9", 0, b""),
    (&[b"%-5S|", b"\xc3\xa9"], b"\xc3\xa9    |", 0, b""),
    (&[b"%.0C|", b"\xc3\xa9"], b"|", 0, b""),
    (&[b"%'d", b"1234567"], b"1234567", 0, b""),
    (&[b"%I", b"5"], b"", 1, b"`I': invalid format character\n"),
    (&[b"%z"], b"", 1, b"`%z': missing format character\n"),
    (&[b"%k", b"a"], b"", 1, b"`k': invalid format character\n"),
    (&[b"%5%"], b"", 1, b"`%': invalid format character\n"),
    (&[b"%"], b"", 1, b"`%': missing format character\n"),
    (&[b"%99999999999d", b"1"], b"", 1, b"Value too large for defined data type\n"),
    (&[b"%.-5d", b"1"], b"%.0-5ld", 0, b""),
    (&[b"%a", b"0.1"], b"0xc.ccccccccccccccdp-7", 0, b""),
    (&[b"%a", b"0"], b"0x0p+0", 0, b""),
    (&[b"%a", b"-0"], b"-0x0p+0", 0, b""),
    (&[b"%a", b"1"], b"0x8p-3", 0, b""),
    (&[b"%.0a", b"15.99"], b"0x1p+4", 0, b""),
    (&[b"%.0a", b"8.5"], b"0x8p+0", 0, b""),
    (&[b"%.0a", b"9.5"], b"0xap+0", 0, b""),
    (&[b"%.3a", b"0.1"], b"0xc.ccdp-7", 0, b""),
    (&[b"%.20a", b"0.1"], b"0xc.ccccccccccccccd00000p-7", 0, b""),
    (&[b"%A", b"255.5"], b"0XF.F8P+4", 0, b""),
    (&[b"%a", b"1e-4940"], b"0x0.000000663278e62p-16385", 1, b"1e-4940: Numerical result out of range\n"),
    (&[b"%#.0a", b"1"], b"0x8.p-3", 0, b""),
    (&[b"%030a", b"1"], b"0x0000000000000000000000008p-3", 0, b""),
    (&[b"%05f", b"inf"], b"  inf", 0, b""),
    (&[b"%+f", b"nan"], b"+nan", 0, b""),
    (&[b"%F", b"-inf"], b"-INF", 0, b""),
    (&[b"%f", b"nan(1)"], b"nan", 0, b""),
    (&[b"%f", b"infin"], b"inf", 1, b"infin: invalid number\n"),
    (&[b"%f", b"1e5000"], b"inf", 1, b"1e5000: Numerical result out of range\n"),
    (&[b"%.3e", b"1.18973149535723176502e4932"], b"1.190e+4932", 0, b""),
    (&[b"%e", b"1e-5000"], b"0.000000e+00", 1, b"1e-5000: Numerical result out of range\n"),
    (&[b"%e", b"4e-4951"], b"3.645200e-4951", 1, b"4e-4951: Numerical result out of range\n"),
    (&[b"%f", b"0x1.8"], b"1.500000", 0, b""),
    (&[b"%f", b"0xp1"], b"0.000000", 1, b"0xp1: invalid hex number\n"),
    (&[b"%f", b"1e+"], b"1.000000", 1, b"1e+: invalid number\n"),
    (&[b"%f", b"."], b"0.000000", 1, b".: invalid number\n"),
    (&[b"%f", b".5"], b"0.500000", 0, b""),
    (&[b"%f", b"08x"], b"8.000000", 1, b"08x: invalid octal number\n"),
    (&[b"%g", b"0.0001"], b"0.0001", 0, b""),
    (&[b"%g", b"0.00001"], b"1e-05", 0, b""),
    (&[b"%g", b"123456"], b"123456", 0, b""),
    (&[b"%g", b"1234567"], b"1.23457e+06", 0, b""),
    (&[b"%#g", b"1"], b"1.00000", 0, b""),
    (&[b"%.0g", b"1234"], b"1e+03", 0, b""),
    (&[b"%.30g", b"0.1"], b"0.100000000000000000001355252716", 0, b""),
    (&[b"%#g", b"0"], b"0.00000", 0, b""),
    (&[b"%g", b"999999.5"], b"1e+06", 0, b""),
    (&[b"%.0f", b"0.5"], b"0", 0, b""),
    (&[b"%.0f", b"1.5"], b"2", 0, b""),
    (&[b"%.0f", b"2.5"], b"2", 0, b""),
    (&[b"%#.0f", b"1"], b"1.", 0, b""),
    (&[b"%.0e", b"15"], b"2e+01", 0, b""),
    (&[b"%e", b"0"], b"0.000000e+00", 0, b""),
    (&[b"%E", b"1e4000"], b"1.000000E+4000", 0, b""),
    (&[b"%.25f", b"0.1"], b"0.1000000000000000000013553", 0, b""),
    (&[b"%010.2f", b"-3.14159"], b"-000003.14", 0, b""),
    (&[b"%+.1f", b"0.05"], b"+0.1", 0, b""),
    (&[b"%.1f", b"0.25"], b"0.2", 0, b""),
    (&[b"%.1f", b"0.35"], b"0.3", 0, b""),
    (&[b"%.0f", b"-0.4"], b"-0", 0, b""),
    (&[b"%f", b"0.00048828125"], b"0.000488", 0, b""),
    (&[b"%.3f", b"9.9995"], b"10.000", 0, b""),
    (&[b"%.2f", b"1e-3"], b"0.00", 0, b""),
    (&[b"%.40f", b"0x1p-64"], b"0.0000000000000000000542101086242752217004", 0, b""),
    (&[b"%e", b"18446744073709551615"], b"1.844674e+19", 0, b""),
    (&[b"%.0f", b"1e22"], b"10000000000000000000000", 0, b""),
    (&[b"%.15g", b"1e15"], b"1e+15", 0, b""),
    (&[b"%G", b"1e-10"], b"1E-10", 0, b""),
    (&[b"%*s", b"5", b"a"], b"    a", 0, b""),
    (&[b"%*s|", b"-5", b"a"], b"a    |", 0, b""),
    (&[b"%.*s", b"2", b"abc"], b"ab", 0, b""),
    (&[b"%.*s", b"-2", b"abc"], b"abc", 0, b""),
    (&[b"%*d", b"x", b"3"], b"3", 1, b"x: invalid number\n"),
    (&[b"%*d", b"99999999999", b"1"], b"1", 1, b"99999999999: Numerical result out of range\n"),
    (&[b"%*.*f", b"10", b"2", b"3.14159"], b"      3.14", 0, b""),
    (&[b"%b", b"a\\tb"], b"a\tb", 0, b""),
    (&[b"%b%s", b"a\\cb", b"c"], b"a", 0, b""),
    (&[b"%5b", b"\xc3\xa9"], b"   \xc3\xa9", 0, b""),
    (&[b"%.2b", b"abc"], b"ab", 0, b""),
    (&[b"%b", b"\\x"], b"\\x", 0, b"missing hex digit for \\x\n"),
    (&[b"%q", b"a b"], b"a\\ b", 0, b""),
    (&[b"%q", b""], b"''", 0, b""),
    (&[b"%10q|", b"a b"], b"      a\\ b|", 0, b""),
    (&[b"%.2q", b"abc"], b"ab", 0, b""),
    (&[b"%#q", b"a b"], b"'a b'", 0, b""),
    (&[b"%Q", b"a b"], b"a\\ b", 0, b""),
    (&[b"%.2Q", b"a bc"], b"a\\ ", 0, b""),
    (&[b"%.0Q", b"a b"], b"''", 0, b""),
    (&[b"%.Q", b"a b"], b"", 0, b""),
    (&[b"%s %s\\n", b"a", b"b", b"c"], b"a b\nc \n", 0, b""),
    (&[b"%d %s|", b"1"], b"1 |", 0, b""),
    (&[b"abc", b"x", b"y"], b"abc", 0, b""),
    (&[b"%s\\n"], b"\n", 0, b""),
    (&[b"%x ", b"1", b"2", b"3"], b"1 2 3 ", 0, b""),
    (&[b"a%kb", b"1"], b"a", 1, b"`k': invalid format character\n"),
    (&[b"\\x41\\u00e9\\101\\q\\\\"], b"A\xc3\xa9A\\q\\", 0, b""),
    (&[b"a\\cb"], b"a\\cb", 0, b""),
    (&[b"\\u"], b"\\u", 0, b"missing unicode digit for \\u\n"),
    (&[b"%%"], b"%", 0, b""),
    (&[b"%(%Y)d", b"0"], b"%(", 1, b"warning: `d': invalid time format specification\n`Y': invalid format character\n"),
    (&[b"%s%n", b"a", b"1x"], b"a", 1, b"`1x': not a valid identifier\n"),
];
