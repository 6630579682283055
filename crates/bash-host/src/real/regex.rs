//! POSIX extended regular expressions as the C library answers them, for `[[ … =~ … ]]`.
//!
//! Which groups match what is left to implementations by POSIX, and scripts have come to depend on their C library, so
//! this asks it. What surprises: the C library takes characters from the *locale*, and a Rust program runs in the C
//! locale unless told otherwise, in which `.` is one byte. Both compiling and matching therefore switch the calling
//! thread to a UTF-8 locale and back, which no other thread can see.
//!
//! The C library recurses on nesting and copies what an interval repeats, so [`RegexError`] refuses expressions that
//! would take the process down.

use std::ffi::{CStr, CString, c_int};
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::OnceLock;

/// A compiled extended regular expression.
pub struct PosixRegex {
    // Boxed, as the C library may keep pointers into it.
    compiled: Box<libc::regex_t>,
    charset: RegexCharset,
    /// The number of groups, and one for the whole match.
    places: usize,
}

// SAFETY: a `regex_t` is plain memory that no thread owns; it is freed by whichever thread drops it.
unsafe impl Send for PosixRegex {}
// SAFETY: POSIX lets threads call `regexec` with one `regex_t` at the same time; glibc guards its automaton by a lock
// inside, and musl's is never written to after `regcomp`.
unsafe impl Sync for PosixRegex {}

/// Whether `a` matches `A`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RegexCase {
    /// It does not.
    Exact,
    /// It does, as under `shopt -s nocasematch`.
    Ignored,
}

/// What a character is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RegexCharset {
    /// A UTF-8 sequence.
    Utf8,
    /// A byte.
    C,
}

/// Why an expression is refused, in the C library's words: `Unmatched ( or \(`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RegexError(pub String);

/// Start and end of each group in bytes, the whole match first; `None` for a group that took no part.
pub type RegexGroups = Vec<Option<(usize, usize)>>;

impl PosixRegex {
    /// Compiles `expression`, up to its first NUL.
    pub fn compile(
        expression: &[u8],
        case: RegexCase,
        charset: RegexCharset,
    ) -> Result<PosixRegex, RegexError> {
        let expression = until_nul(expression);
        let survey = Survey::of(expression.to_bytes());
        if survey.is_too_big() {
            return Err(RegexError("Regular expression too big".to_string()));
        }
        let flags = match case {
            RegexCase::Exact => libc::REG_EXTENDED,
            RegexCase::Ignored => libc::REG_EXTENDED | libc::REG_ICASE,
        };
        let mut compiled = Box::new(MaybeUninit::<libc::regex_t>::zeroed());
        let code = in_locale(charset, || {
            // SAFETY: `compiled` is room for a `regex_t` and `expression` ends in NUL; both outlive the call.
            unsafe { libc::regcomp(compiled.as_mut_ptr(), expression.as_ptr(), flags) }
        });
        if code != 0 {
            return Err(RegexError(message(code, compiled.as_ptr())));
        }
        // SAFETY: `regcomp` answered 0, so it has filled the structure.
        let compiled = unsafe { Box::from_raw(Box::into_raw(compiled).cast::<libc::regex_t>()) };
        Ok(PosixRegex { compiled, charset, places: survey.groups + 1 })
    }

    /// The leftmost longest match in `subject` up to its first NUL.
    pub fn exec(&self, subject: &[u8]) -> Option<RegexGroups> {
        let subject = until_nul(subject);
        let count = self.places;
        let unset = libc::regmatch_t { rm_so: -1, rm_eo: -1 };
        let mut places = vec![unset; count];
        let code = in_locale(self.charset, || {
            // SAFETY: `compiled` came from `regcomp`, `subject` ends in NUL, and `places` has room for `count` matches.
            unsafe {
                libc::regexec(&raw const *self.compiled, subject.as_ptr(), count, places.as_mut_ptr(), 0)
            }
        });
        (code == 0).then(|| places.iter().map(group).collect())
    }
}

impl Drop for PosixRegex {
    fn drop(&mut self) {
        // SAFETY: `compiled` came from `regcomp` and is used for the last time.
        unsafe { libc::regfree(&raw mut *self.compiled) }
    }
}

impl std::fmt::Debug for PosixRegex {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("PosixRegex").field("groups", &(self.places - 1)).finish_non_exhaustive()
    }
}

fn until_nul(text: &[u8]) -> CString {
    let end = text.iter().position(|&byte| byte == 0).unwrap_or(text.len());
    CString::new(text.get(..end).unwrap_or_default()).unwrap_or_default()
}

fn group(place: &libc::regmatch_t) -> Option<(usize, usize)> {
    Some((usize::try_from(place.rm_so).ok()?, usize::try_from(place.rm_eo).ok()?))
}

/// The C library's words for an error of `regcomp`.
fn message(code: c_int, compiled: *const libc::regex_t) -> String {
    let mut text = [0_u8; 256];
    // SAFETY: the buffer is as long as the call is told, and `compiled` is what `regcomp` was given.
    unsafe { libc::regerror(code, compiled, text.as_mut_ptr().cast(), text.len()) };
    CStr::from_bytes_until_nul(&text)
        .map_or_else(|_| String::new(), |text| text.to_string_lossy().into_owned())
}

/// Has the C library load its table of characters now, if it never did: it is a file of the machine.
pub(crate) fn load_characters() {
    Locale::utf8();
    Locale::c();
}

/// A locale that lives as long as the process.
#[derive(Clone, Copy)]
struct Locale(libc::locale_t);

// SAFETY: a locale is never changed or freed once `newlocale` has made it.
unsafe impl Send for Locale {}
// SAFETY: as above.
unsafe impl Sync for Locale {}

impl Locale {
    /// The locale of this name, with only its characters; null if there is none.
    fn named(name: &CStr) -> Locale {
        // SAFETY: `name` ends in NUL, and a null base asks for a new locale.
        Locale(unsafe { libc::newlocale(libc::LC_CTYPE_MASK, name.as_ptr(), ptr::null_mut()) })
    }

    fn utf8() -> Locale {
        static UTF8: OnceLock<Locale> = OnceLock::new();
        *UTF8.get_or_init(|| {
            let names = [c"C.UTF-8", c"en_US.UTF-8", c"UTF-8"];
            let found = names.into_iter().map(Locale::named).find(|locale| !locale.0.is_null());
            found.unwrap_or(Locale(ptr::null_mut()))
        })
    }

    fn c() -> Locale {
        static C: OnceLock<Locale> = OnceLock::new();
        *C.get_or_init(|| Locale::named(c"C"))
    }
}

/// Does `work` while the calling thread has the locale for `charset`.
fn in_locale<T>(charset: RegexCharset, work: impl FnOnce() -> T) -> T {
    let wanted = match charset {
        RegexCharset::Utf8 => Locale::utf8(),
        RegexCharset::C => Locale::c(),
    };
    if wanted.0.is_null() {
        return work();
    }
    // SAFETY: `wanted` is a live locale; this changes the calling thread only.
    let before = unsafe { libc::uselocale(wanted.0) };
    let result = work();
    // SAFETY: `before` is what the thread had a moment ago.
    unsafe { libc::uselocale(before) };
    result
}

/// What one look over an expression tells about its size.
struct Survey {
    groups: usize,
    deepest: usize,
    /// How many single-character expressions there are once intervals are written out.
    size: u64,
}

impl Survey {
    /// Deep enough for any script; the C library needs some hundred bytes of stack a level.
    const DEEPEST: usize = 2_000;
    const BIGGEST: u64 = 300_000;

    fn is_too_big(&self) -> bool {
        self.deepest > Survey::DEEPEST || self.size > Survey::BIGGEST
    }

    fn of(expression: &[u8]) -> Survey {
        let mut survey = Survey { groups: 0, deepest: 0, size: 0 };
        // For each open group the size before it; `last` is the size of what an interval would repeat.
        let mut open: Vec<u64> = Vec::new();
        let mut last = 0_u64;
        let mut at = 0;
        while let Some(&byte) = expression.get(at) {
            let rest = expression.get(at + 1..).unwrap_or_default();
            at += 1;
            match byte {
                b'(' => {
                    survey.groups += 1;
                    open.push(survey.size);
                    survey.deepest = survey.deepest.max(open.len());
                    survey.size = 1;
                    continue;
                }
                b')' => {
                    last = survey.size;
                    survey.size = last.saturating_add(open.pop().unwrap_or(0));
                    continue;
                }
                b'{' => {
                    let (times, length) = repetitions(rest);
                    at += length;
                    let repeated = last.saturating_mul(times);
                    survey.size = survey.size.saturating_sub(last).saturating_add(repeated);
                    last = repeated;
                    continue;
                }
                b'*' | b'+' | b'?' | b'|' => continue,
                b'[' => at += bracket_length(rest),
                b'\\' => at += 1,
                _ => {}
            }
            last = 1;
            survey.size = survey.size.saturating_add(1);
        }
        for before in open {
            survey.size = survey.size.saturating_add(before);
        }
        survey
    }
}

/// How often `…{2,5}` copies its expression at most, and how long the rest of the interval is.
fn repetitions(interval: &[u8]) -> (u64, usize) {
    let Some(length) = interval.iter().position(|&byte| byte == b'}') else { return (1, 0) };
    let bounds = interval.get(..length).unwrap_or_default();
    let number =
        |digits: &[u8]| std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<u64>().ok());
    let most = bounds.split(|&byte| byte == b',').filter_map(number).max();
    (most.unwrap_or(1).max(1), length + 1)
}

/// The length of a bracket expression after its `[`, its `]` included.
fn bracket_length(rest: &[u8]) -> usize {
    let mut at = usize::from(rest.first() == Some(&b'^'));
    at += usize::from(rest.get(at) == Some(&b']'));
    while let Some(&byte) = rest.get(at) {
        at += 1;
        let kind = rest.get(at).copied().filter(|kind| byte == b'[' && matches!(kind, b':' | b'=' | b'.'));
        if let Some(kind) = kind {
            let name = rest.get(at + 1..).unwrap_or_default();
            at += name.windows(2).position(|pair| pair == [kind, b']']).map_or(0, |length| length + 3);
        } else if byte == b']' {
            return at;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(expression: &str, subject: &str) -> Option<Vec<String>> {
        let regex = PosixRegex::compile(expression.as_bytes(), RegexCase::Exact, RegexCharset::Utf8).ok()?;
        let text = |group: &Option<(usize, usize)>| {
            group.map_or(String::new(), |(from, to)| subject[from..to].into())
        };
        Some(regex.exec(subject.as_bytes())?.iter().map(text).collect())
    }

    #[test]
    fn groups_are_those_of_the_c_library() {
        let rows: [(&str, &str, &[&str]); 7] = [
            ("a|ab", "ab", &["ab"]),
            ("(ab|a)(bab|)", "abab", &["abab", "a", "bab"]),
            ("(a|aa)(a|aa)", "aaa", &["aaa", "a", "aa"]),
            ("(a)|(b)", "ab", &["a", "a", ""]),
            ("a(.)$", "aé", &["aé", "é"]),
            ("[)(](x)", "(x", &["(x", "x"]),
            ("", "", &[""]),
        ];
        for (expression, subject, expected) in rows {
            assert_eq!(groups(expression, subject).unwrap(), expected, "{expression}");
        }
    }

    #[test]
    fn characters_follow_the_charset_asked_for() {
        assert!(groups("^.$", "é").is_some());
        assert!(groups("^[[:alpha:]]$", "é").is_some());
        let bytes = PosixRegex::compile(b"^..$", RegexCase::Exact, RegexCharset::C).unwrap();
        assert!(bytes.exec("é".as_bytes()).is_some());
        let folded = PosixRegex::compile("É".as_bytes(), RegexCase::Ignored, RegexCharset::Utf8).unwrap();
        assert!(folded.exec("é".as_bytes()).is_some());
    }

    #[test]
    fn errors_are_in_the_words_of_the_c_library() {
        for (expression, expected) in [
            ("(", "Unmatched ( or \\("),
            ("[a", "Unmatched [, [^, [:, [., or [="),
            ("a{2,1}", "Invalid content of \\{\\}"),
            ("[z-a]", "Invalid range end"),
            ("\\", "Trailing backslash"),
            ("a{99999}", "Regular expression too big"),
        ] {
            let error =
                PosixRegex::compile(expression.as_bytes(), RegexCase::Exact, RegexCharset::Utf8).unwrap_err();
            assert_eq!(error.0, expected, "{expression}");
        }
    }

    #[test]
    fn expressions_that_would_end_the_process_are_refused() {
        for expression in ["(".repeat(100_000), "((a{1000}){1000}){1000}".into(), "a{30000}".repeat(100)] {
            let compiled = PosixRegex::compile(expression.as_bytes(), RegexCase::Exact, RegexCharset::Utf8);
            assert_eq!(compiled.unwrap_err().0, "Regular expression too big");
        }
    }
}
