//! Lines and what history expansion makes of them.

use super::*;

fn expanded(line: &str) -> String {
    let texts = ["echo foo.c bar", "ls -l /usr/bin", "echo 'a b' c"];
    let entries: Vec<HistoryEntry> =
        texts.iter().map(|text| HistoryEntry { text: (*text).into(), time: None }).collect();
    let context = Context {
        entries: &entries,
        first_number: 1,
        characters: Characters::default(),
        open_quote: None,
        rules: Rules::default(),
    };
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    match expand(line.as_bytes(), &context, &mut Memory::default()) {
        Ok(Expanded::Unchanged) => "=".to_owned(),
        Ok(Expanded::Changed(line)) => text(line),
        Ok(Expanded::PrintOnly(line)) => format!("print {}", text(line)),
        Err(message) => format!("error {}", text(message)),
    }
}

#[test]
fn events() {
    assert_eq!(expanded("!!"), "echo 'a b' c");
    assert_eq!(expanded("!1 x"), "echo foo.c bar x");
    assert_eq!(expanded("!-2"), "ls -l /usr/bin");
    assert_eq!(expanded("!l; !e"), "ls -l /usr/bin; echo 'a b' c");
    assert_eq!(expanded("!?foo?"), "echo foo.c bar");
    assert_eq!(expanded("a !#"), "a a ");
    assert_eq!(expanded("!nope x"), "error !nope: event not found");
    assert_eq!(expanded("!99"), "error !99: event not found");
}

#[test]
fn words_of_events() {
    assert_eq!(expanded("!$ !^ !*"), "c 'a b' 'a b' c");
    assert_eq!(expanded("!1:1 !1:0-1 !1:1-"), "foo.c echo foo.c foo.c");
    assert_eq!(expanded("!?foo?:%"), "foo.c");
    assert_eq!(expanded("!!:9"), "error :9: bad word specifier");
}

#[test]
fn substitutions_and_printing() {
    assert_eq!(expanded("^a b^x^ y"), "echo 'x' c y");
    assert_eq!(expanded("!2:2:t:p"), "print bin");
    assert_eq!(expanded("!!:z"), "error z: unrecognized history modifier");
}

#[test]
fn quotes_and_other_meanings() {
    for line in
        ["'!!'", "\\!!", "! x", "a != b", "echo $!", "[!a]", "${!x}", "# !!", "\"!\"", "$'\\'!!'", "x !"]
    {
        assert_eq!(expanded(line), "=", "{line}");
    }
    assert_eq!(expanded("\"!$\" '!$' !$"), "\"c\" '!$' c");
    assert_eq!(expanded("\"it's !$\""), "\"it's c\"");
}
