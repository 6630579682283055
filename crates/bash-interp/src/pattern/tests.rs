//! Answers of Bash 5.3 to `[[ subject == pattern ]]` and to the parameter expansions that remove and replace.

use super::*;

fn options() -> PatternOptions {
    PatternOptions { extended_glob: ExtendedGlob::On, ..PatternOptions::default() }
}

fn check(rows: &[(&[u8], &[u8], bool)], options: PatternOptions) {
    for &(subject, pattern, expected) in rows {
        let matched = Pattern::compile(pattern, options).matches(subject);
        assert_eq!(matched, expected, "{} == {}", subject.escape_ascii(), pattern.escape_ascii());
    }
}

#[test]
fn whole_subjects_match_as_in_bash() {
    check(MATCHES, options());
}

#[test]
fn nocasematch_folds_characters_but_not_classes() {
    check(MATCHES_WITHOUT_CASE, PatternOptions { case: PatternCase::Ignored, ..options() });
}

#[test]
fn prefixes_suffixes_and_replacements_are_those_of_bash() {
    for &(subject, pattern, expected) in REMOVALS {
        let compiled = Pattern::compile(pattern.as_bytes(), options());
        let bytes = subject.as_bytes();
        let after = |end: Option<usize>| &subject[end.unwrap_or(0)..];
        let before = |start: Option<usize>| &subject[..start.unwrap_or(subject.len())];
        let answers = [
            after(compiled.shortest_prefix(bytes)).to_owned(),
            after(compiled.longest_prefix(bytes)).to_owned(),
            before(compiled.shortest_suffix(bytes)).to_owned(),
            before(compiled.longest_suffix(bytes)).to_owned(),
            if pattern.is_empty() { subject.to_owned() } else { replaced(&compiled, subject) },
        ];
        assert_eq!(answers, expected, "{subject} {pattern}");
    }
}

/// `${subject//pattern/<>}`: an empty match is replaced too, and the character after it is kept.
fn replaced(pattern: &Pattern, subject: &str) -> String {
    let mut result = String::new();
    let mut at = 0;
    while at < subject.len() {
        let Some((start, end)) = pattern.find(subject.as_bytes(), at).filter(|found| found.0 < subject.len())
        else {
            break;
        };
        result.push_str(&subject[at..start]);
        result.push_str("<>");
        at = end;
        if start == end {
            let kept = subject[start..].chars().next().map_or(1, char::len_utf8);
            result.push_str(&subject[start..start + kept]);
            at = start + kept;
        }
    }
    result + &subject[at..]
}

#[test]
fn wildcards_leave_a_leading_period_alone_in_pathname_expansion() {
    let explicit = PatternOptions { leading_period: LeadingPeriod::Explicit, ..options() };
    let rows: &[(&[u8], &[u8], bool)] = &[
        (b".a", b"*", false),
        (b".a", b"?a", false),
        (b".a", b"[.]a", false),
        (b".a", b"*.a", false),
        (b".a", b".*", true),
        (b".a", b"\\.*", true),
        (b".a", b"@(.a)", true),
        (b".a", b"!(b)", false),
        (b".a", b"?(x).a", true),
        (b".a", b"*a", false),
        (b"a.b", b"*.b", true),
    ];
    check(rows, explicit);
}

#[test]
fn quoted_text_stands_for_itself() {
    let strange = b"a*?[]\\!^-+@(|):=x\xff\xc3\xa9";
    let mut text = Vec::new();
    push_quoted(&mut text, strange, Charset::Utf8);
    assert_eq!(Pattern::compile(&text, options()).as_literal(), Some(&strange[..]));
    assert_eq!(remove_quoting(&text), strange);
    assert!(!has_pattern_chars(&text, ExtendedGlob::On));
}

#[test]
fn a_word_is_a_pattern_if_something_unquoted_may_match() {
    for (text, expected) in [
        ("a", false),
        ("*", true),
        ("a?", true),
        ("[", false),
        ("[a", false),
        ("[a]", true),
        ("]a[", false),
        ("[a/b]", false),
        ("\\*", false),
        ("\\[a]", false),
        ("+(a)", true),
        ("+a", false),
    ] {
        assert_eq!(has_pattern_chars(text.as_bytes(), ExtendedGlob::On), expected, "{text}");
    }
    assert!(!has_pattern_chars(b"+(a)", ExtendedGlob::Off));
}

#[test]
fn hostile_patterns_end_soon() {
    let long = vec![b'a'; 10_000];
    let except = vec![b'a'; 2_000];
    for (pattern, expected) in [
        ("*(*(a)*(a))b", false),
        ("+(a|aa)+(a|aa)+(a|aa)+(a|aa)", true),
        ("*a*a*a*a*a*a*a*a*a*b", false),
        ("*(*(*(*(a|aa)|a)|aa)a)", true),
        ("!(*b)", true),
        ("*!(*b)*!(a*)b", false),
        ("*!(a)*!(a)*!(a)*b", false),
        ("@(*a|*a*a)@(*a|*a*a)b", false),
    ] {
        let subject = if pattern.contains('!') { &except } else { &long };
        assert_eq!(Pattern::compile(pattern.as_bytes(), options()).matches(subject), expected, "{pattern}");
    }
}

#[test]
fn deep_nesting_ends_without_overflow() {
    for operator in ["@(", "!(", "*("] {
        let pattern = operator.repeat(20_000) + "a" + &")".repeat(20_000);
        Pattern::compile(pattern.as_bytes(), options()).matches(b"a");
        Pattern::compile(operator.repeat(20_000).as_bytes(), options()).matches(b"a");
    }
    Pattern::compile(&b"[".repeat(100_000), options()).matches(b"a");
    Pattern::compile(&b"[\\]".repeat(100_000), options()).matches(b"a");
}

#[rustfmt::skip]
const MATCHES: &[(&[u8], &[u8], bool)] = &[
    (b"\xc3\xa9\xff", b"??", false),
    (b"\xc3\xa9\xff", b"???", true),
    (b"\xc3\xa9", b"?", true),
    (b"\xc3\xa9", b"??", false),
    (b"\xff", b"?", true),
    (b"\xff\xfe", b"??", true),
    (b"\xc3\xa9\xff", b"[\xc3\xa9]?", false),
    (b"\xff", b"[\xff]", true),
    (b"\xff", b"[\xf0-\xff]", true),
    (b"\xc3\xa9", b"\xc3*", true),
    (b"\xc3\xa9", b"*\xa9", true),
    (b"\xc3\xa9", b"[[:alpha:]]", true),
    (b"\xc3\xa9", b"[a-z]", false),
    (b"\xc3\xa9", b"[\xc3\xa0-\xc3\xaf]", true),
    (b"\xc3\x89", b"[[:upper:]]", true),
    (b"\xc3\xa9", b"[[=e=]]", false),
    (b"e", b"[[=e=]]", true),
    (b"-", b"[[.-.]]", true),
    (b"-", b"[[.hyphen.]]", true),
    (b"a", b"[[.a.]-c]", true),
    (b"b", b"[[.a.]-[.c.]]", true),
    (b" ", b"[[.space.]]", true),
    (b"\xc2\xb2", b"[[:alpha:]]", false),
    (b"\xc2\xb2", b"[[:punct:]]", true),
    (b"\xd9\xa3", b"[[:alpha:]]", true),
    (b"\xd9\xa3", b"[[:digit:]]", false),
    (b"\xc7\x85", b"[[:lower:]]", true),
    (b"\xc7\x85", b"[[:upper:]]", true),
    (b"\xe3\x80\x80", b"[[:blank:]]", true),
    (b"\xc2\xa0", b"[[:space:]]", false),
    (b"\xc2\xa0", b"[[:punct:]]", true),
    (b"\xe2\x80\xa8", b"[[:cntrl:]]", true),
    (b"\xcd\xb8", b"[[:print:]]", false),
    (b"_", b"[[:word:]]", true),
    (b"\xc3\xa9", b"[[:ascii:]]", false),
    (b"x", b"[[:foo:]]", false),
    (b"x", b"[[:foo:]x]", true),
    (b":", b"[[:foo:]", false),
    (b"f", b"[[:foo]", true),
    (b"[", b"[[:foo]", true),
    (b"f]", b"[:foo:]]", true),
    (b"a", b"[[:alpha:]", false),
    (b":", b"[[:alpha:]", false),
    (b"[[:alpha:]", b"[[:alpha:]", false),
    (b"]", b"[]]", true),
    (b"a", b"[!]]", true),
    (b"]", b"[!]]", false),
    (b"]", b"[]a]", true),
    (b"-", b"[a-]", true),
    (b"-", b"[-a]", true),
    (b"-", b"[a\\-z]", true),
    (b"b", b"[a\\-z]", false),
    (b"\\", b"[\\\\]", true),
    (b"]", b"[\\]]", true),
    (b"\\", b"[\\]]", false),
    (b"\\]", b"[\\]", false),
    (b"[a", b"[a", true),
    (b"[", b"[", true),
    (b"[]", b"[]", true),
    (b"[!", b"[!", true),
    (b"[!]", b"[!]", true),
    (b"a", b"[z-a]", false),
    (b"z", b"[z-a]", false),
    (b"z", b"[a-", false),
    (b"[a-", b"[a-", true),
    (b"b", b"[a-c-e]", true),
    (b"-", b"[a-c-e]", true),
    (b"d", b"[a-c-e]", false),
    (b"e", b"[a-c-e]", true),
    (b"/", b"[/]", true),
    (b"a/b", b"a[/]b", true),
    (b"/", b"[.-0]", true),
    (b"a\\", b"a\\", true),
    (b"a", b"a\\", false),
    (b"\\", b"\\", true),
    (b"a", b"\\a", true),
    (b"", b"", true),
    (b"", b"*", true),
    (b"a", b"", false),
    (b"", b"?", false),
    (b"", b"[!a]", false),
    (b"+(ab", b"+(ab", true),
    (b"x+(ab", b"*+(ab", true),
    (b"+(a*", b"+(a*", true),
    (b"+(a*b", b"+(a*", false),
    (b"+(a\\*", b"+(a\\*", true),
    (b"+(a*", b"+(a\\*", false),
    (b"ab", b"@(a|b", false),
    (b"@(a|b", b"@(a|b", true),
    (b"a[b", b"@(a[b)", false),
    (b"@(a[b)", b"@(a[b)", true),
    (b"a)b", b"@(a[)]b)", true),
    (b"a(b)c", b"@(a(b)c)", true),
    (b"a|b", b"@(a\\|b)", true),
    (b"a)", b"@(a\\))", true),
    (b"a", b"@(a|)", true),
    (b"", b"@(|a)", true),
    (b"", b"@()", true),
    (b"", b"+()", true),
    (b"", b"!()", false),
    (b"a", b"!()", true),
    (b"", b"!(a)", true),
    (b"a", b"!(a)", false),
    (b"ab", b"!(a)", true),
    (b"", b"*()", true),
    (b"", b"?()", true),
    (b"a", b"?()a", true),
    (b"aXb", b"a!(x)b", true),
    (b"axb", b"a!(x)b", false),
    (b"ab", b"a!(x)b", true),
    (b"axxb", b"a!(x)b", true),
    (b"foo.c", b"!(*.c)", false),
    (b"foo.h", b"!(*.c)", true),
    (b"foo.c", b"!(*).c", false),
    (b"abab", b"+(ab)", true),
    (b"aba", b"+(ab)", false),
    (b"a", b"?(a|b)", true),
    (b"ab", b"?(a|b)b", true),
    (b"a", b"@(@(a))", true),
    (b"!a", b"!a", true),
    (b"(a)", b"(a)", true),
    (b"a|b", b"a|b", true),
    (b"ab", b"@(a)(b)", false),
    (b"a(b)", b"@(a)(b)", true),
    (b".a", b"*", true),
    (b".a", b"?a", true),
    (b".a", b"!(b)", true),
    (b".a", b"@(.a)", true),
];

#[rustfmt::skip]
const MATCHES_WITHOUT_CASE: &[(&[u8], &[u8], bool)] = &[
    (b"A", b"a", true),
    (b"A", b"[a]", true),
    (b"a", b"[A]", true),
    (b"a", b"[A-C]", true),
    (b"B", b"[a-c]", true),
    (b"A", b"[[:lower:]]", false),
    (b"a", b"[[:upper:]]", false),
    (b"A", b"[[:upper:]]", true),
    (b"a", b"[[:lower:]]", true),
    (b"\xc3\x89", b"\xc3\xa9", true),
    (b"_", b"[Z-a]", false),
    (b"x", b"[Z-a]", false),
    (b"x", b"[A-z]", true),
    (b"[", b"[A-z]", false),
    (b"A", b"[!a]", false),
    (b"\xc3\x9f", b"\xe1\xba\x9e", true),
    (b"K", b"K", true),
    (b"s", b"\xc5\xbf", false),
    (b"A", b"[[=a=]]", true),
    (b"A", b"[[.a.]]", true),
    (b"\xc3\xa9", b"[\xc3\x89]", true),
    (b"\xc3\xa9", b"[\xc3\x80-\xc3\x8f]", true),
    (b"_", b"[A-z]", false),
];

/// Subject, pattern, and the answers to `#`, `##`, `%`, `%%` and `//pattern/<>`.
#[rustfmt::skip]
const REMOVALS: &[(&str, &str, [&str; 5])] = &[
    ("a/b/c.tar.gz", "*/", ["b/c.tar.gz", "c.tar.gz", "a/b/c.tar.gz", "a/b/c.tar.gz", "<>c.tar.gz"]),
    ("a/b/c.tar.gz", "*.", ["tar.gz", "gz", "a/b/c.tar.gz", "a/b/c.tar.gz", "<>gz"]),
    ("a/b/c.tar.gz", "/*", ["a/b/c.tar.gz", "a/b/c.tar.gz", "a/b", "a", "a<>"]),
    ("a/b/c.tar.gz", ".*", ["a/b/c.tar.gz", "a/b/c.tar.gz", "a/b/c.tar", "a/b/c", "a/b/c<>"]),
    ("a/b/c.tar.gz", "*", ["a/b/c.tar.gz", "", "a/b/c.tar.gz", "", "<>"]),
    ("a/b/c.tar.gz", "a", ["/b/c.tar.gz", "/b/c.tar.gz", "a/b/c.tar.gz", "a/b/c.tar.gz", "<>/b/c.t<>r.gz"]),
    ("a/b/c.tar.gz", "a/", ["b/c.tar.gz", "b/c.tar.gz", "a/b/c.tar.gz", "a/b/c.tar.gz", "<>b/c.tar.gz"]),
    ("a/b/c.tar.gz", "?", ["/b/c.tar.gz", "/b/c.tar.gz", "a/b/c.tar.g", "a/b/c.tar.g", "<><><><><><><><><><><><>"]),
    ("a/b/c.tar.gz", "??", ["b/c.tar.gz", "b/c.tar.gz", "a/b/c.tar.", "a/b/c.tar.", "<><><><><><>"]),
    ("a/b/c.tar.gz", ".gz", ["a/b/c.tar.gz", "a/b/c.tar.gz", "a/b/c.tar", "a/b/c.tar", "a/b/c.tar<>"]),
    ("a/b/c.tar.gz", "*.gz", ["", "", "a/b/c.tar", "", "<>"]),
    ("a/b/c.tar.gz", "*/b/", ["c.tar.gz", "c.tar.gz", "a/b/c.tar.gz", "a/b/c.tar.gz", "<>c.tar.gz"]),
    ("a/b/c.tar.gz", "z", ["a/b/c.tar.gz", "a/b/c.tar.gz", "a/b/c.tar.g", "a/b/c.tar.g", "a/b/c.tar.g<>"]),
    ("a/b/c.tar.gz", "*[./]", ["b/c.tar.gz", "gz", "a/b/c.tar.gz", "a/b/c.tar.gz", "<>gz"]),
    ("a/b/c.tar.gz", "[./]*", ["a/b/c.tar.gz", "a/b/c.tar.gz", "a/b/c.tar", "a", "a<>"]),
    ("a/b/c.tar.gz", "[a-c]/", ["b/c.tar.gz", "b/c.tar.gz", "a/b/c.tar.gz", "a/b/c.tar.gz", "<><>c.tar.gz"]),
    ("a/b/c.tar.gz", "+([!/])/", ["b/c.tar.gz", "b/c.tar.gz", "a/b/c.tar.gz", "a/b/c.tar.gz", "<><>c.tar.gz"]),
    ("a/b/c.tar.gz", "+([!/])", ["/b/c.tar.gz", "/b/c.tar.gz", "a/b/c.tar.g", "a/b/", "<>/<>/<>"]),
    ("a/b/c.tar.gz", "?(a/)", ["a/b/c.tar.gz", "b/c.tar.gz", "a/b/c.tar.gz", "a/b/c.tar.gz", "<><>b<>/<>c<>.<>t<>a<>r<>.<>g<>z"]),
    ("a/b/c.tar.gz", "@(a|a/b)", ["/b/c.tar.gz", "/c.tar.gz", "a/b/c.tar.gz", "a/b/c.tar.gz", "<>/c.t<>r.gz"]),
    ("a/b/c.tar.gz", "@(a/b|a)", ["/b/c.tar.gz", "/c.tar.gz", "a/b/c.tar.gz", "a/b/c.tar.gz", "<>/c.t<>r.gz"]),
    ("a/b/c.tar.gz", "!(a)", ["a/b/c.tar.gz", "", "a/b/c.tar.gz", "", "<>"]),
    ("a/b/c.tar.gz", "!(*/)", ["a/b/c.tar.gz", "", "a/b/c.tar.gz", "", "<>"]),
    ("a/b/c.tar.gz", ".!(*.*)", ["a/b/c.tar.gz", "a/b/c.tar.gz", "a/b/c.tar", "a/b/c.tar", "a/b/c<><>"]),
    ("a/b/c.tar.gz", "/*/", ["a/b/c.tar.gz", "a/b/c.tar.gz", "a/b/c.tar.gz", "a/b/c.tar.gz", "a<>c.tar.gz"]),
    ("a/b/c.tar.gz", "*b*", ["/c.tar.gz", "", "a/", "", "<>"]),
    ("a/b/c.tar.gz", ".@(gz|tar.gz)", ["a/b/c.tar.gz", "a/b/c.tar.gz", "a/b/c.tar", "a/b/c", "a/b/c<>"]),
    ("a/b/c.tar.gz", "[!.]*", ["/b/c.tar.gz", "", "a/b/c.tar.g", "", "<>"]),
    ("a/b/c.tar.gz", "", ["a/b/c.tar.gz", "a/b/c.tar.gz", "a/b/c.tar.gz", "a/b/c.tar.gz", "a/b/c.tar.gz"]),
    ("a/b/c.tar.gz", "*\\.", ["tar.gz", "gz", "a/b/c.tar.gz", "a/b/c.tar.gz", "<>gz"]),
    ("a/b/c.tar.gz", ".*(?)", ["a/b/c.tar.gz", "a/b/c.tar.gz", "a/b/c.tar", "a/b/c", "a/b/c<>"]),
    ("aaa", "*(a)", ["aaa", "", "aaa", "", "<>"]),
    ("aaa", "+(a)", ["aa", "", "aa", "", "<>"]),
    ("aaa", "+(aa)", ["a", "a", "a", "a", "<>a"]),
    ("aaa", "a?(a)", ["aa", "a", "aa", "a", "<><>"]),
    ("aaa", "@(a|aa)", ["aa", "a", "aa", "a", "<><>"]),
    ("aaa", "!(a)", ["aaa", "", "aaa", "", "<>"]),
    ("aaa", "?", ["aa", "aa", "aa", "aa", "<><><>"]),
    ("aaa", "[!b]", ["aa", "aa", "aa", "aa", "<><><>"]),
    ("aaa", "[b]", ["aaa", "aaa", "aaa", "aaa", "aaa"]),
    ("aaa", "*a*", ["aa", "", "aa", "", "<>"]),
    ("aaa", "a*a", ["a", "", "a", "", "<>"]),
    ("  x y  ", "*( )", ["  x y  ", "x y  ", "  x y  ", "  x y", "<><>x<><>y<>"]),
    ("  x y  ", "+( )", [" x y  ", "x y  ", "  x y ", "  x y", "<>x<>y<>"]),
    ("  x y  ", "*[! ]", [" y  ", "  ", "  x y  ", "  x y  ", "<>  "]),
    ("  x y  ", "[! ]*", ["  x y  ", "  x y  ", "  x ", "  ", "  <>"]),
    ("  x y  ", "+([[:space:]])", [" x y  ", "x y  ", "  x y ", "  x y", "<>x<>y<>"]),
    ("  x y  ", "*[^[:space:]]", [" y  ", "  ", "  x y  ", "  x y  ", "<>  "]),
    ("éàb", "?", ["àb", "àb", "éà", "éà", "<><><>"]),
    ("éàb", "??", ["b", "b", "é", "é", "<>b"]),
    ("éàb", "[à-é]", ["àb", "àb", "éàb", "éàb", "<><>b"]),
    ("éàb", "é", ["àb", "àb", "éàb", "éàb", "<>àb"]),
    ("éàb", "*à", ["b", "b", "éàb", "éàb", "<>b"]),
    ("éàb", "[!b]", ["àb", "àb", "éàb", "éàb", "<><>b"]),
    ("éàb", "+([[:alpha:]])", ["àb", "", "éà", "", "<>"]),
    ("éàb", "b", ["éàb", "éàb", "éà", "éà", "éà<>"]),
];
