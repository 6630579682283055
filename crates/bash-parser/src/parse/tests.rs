//! Reading unit by unit: lines, streams, errors, aliases, joined lines, depth.

use crate::ast::{Command, CommandKind, List};
use crate::lower::show::{shown, units};
use crate::{AliasTable, Dialect, NoAliases, ParseErrorKind, Parsed, Parser};

struct Table(&'static [(&'static str, &'static str)]);

impl AliasTable for Table {
    fn alias(&self, name: &[u8]) -> Option<&[u8]> {
        self.0.iter().find(|(known, _)| known.as_bytes() == name).map(|(_, value)| value.as_bytes())
    }
}

fn aliased(source: &str, table: &'static [(&'static str, &'static str)]) -> Vec<String> {
    units(source, Dialect { aliases: true, ..Dialect::default() }, &Table(table))
}

#[test]
fn one_unit_is_one_command_line() {
    let found = units("a; b\n\n# c\nif d\nthen e\nfi; f\ng", Dialect::default(), &NoAliases);
    assert_eq!(found, ["=a; =b", "if =d then =e fi; =f", "=g"]);
}

#[test]
fn a_stream_is_incomplete_until_its_line_is_whole() {
    let mut parser = Parser::streaming();
    let dialect = Dialect::default();
    assert_eq!(parser.next(dialect, &NoAliases), Parsed::End);
    parser.push(b"if a\n");
    assert_eq!(parser.next(dialect, &NoAliases), Parsed::Incomplete);
    parser.push(b"then cat <<E\nfi\n");
    assert_eq!(parser.next(dialect, &NoAliases), Parsed::Incomplete);
    parser.push(b"E\nfi\nrest");
    assert!(matches!(parser.next(dialect, &NoAliases), Parsed::Command(_)));
    assert_eq!((parser.rest(), parser.line()), (&b"rest"[..], 6));
    parser.push(b" 'x");
    assert_eq!(parser.next(dialect, &NoAliases), Parsed::Incomplete);
    parser.end();
    assert!(matches!(parser.next(dialect, &NoAliases), Parsed::Error(_)));
}

#[test]
fn after_an_error_reading_goes_on_in_the_next_line() {
    let found = units("a; )\nb", Dialect::default(), &NoAliases);
    assert_eq!(found, ["error 1: syntax error near unexpected token `)'", "=b"]);
}

#[test]
fn errors_are_worded_as_bash_words_them() {
    let cases = [
        ("fi", "error 1: syntax error near unexpected token `fi'"),
        ("if a; then\n", "error 2: syntax error: unexpected end of file from `if' command on line 1"),
        (
            "if a\nthen\n while x\ndo\n",
            "error 5: syntax error: unexpected end of file from `while' command on line 3",
        ),
        ("echo \"abc\ndef", "error 1: unexpected EOF while looking for matching `\"'"),
        ("\necho $(foo\n", "error 3: unexpected EOF while looking for matching `)'"),
        ("echo ${x\n", "error 1: unexpected EOF while looking for matching `}'"),
        ("a &&\n", "error 2: syntax error: unexpected end of file"),
        ("cat <", "error 1: syntax error near unexpected token `newline'"),
        ("a ; ; b", "error 1: syntax error near unexpected token `;'"),
        ("a | ! b", "error 1: syntax error near unexpected token `!'"),
        ("echo $(a;;)", "error 1: syntax error near unexpected token `;;' while looking for matching `)'"),
        ("x[1\n", "error 1: unexpected EOF while looking for matching `]'"),
        (
            "for ((i=0)); do :; done",
            "error 1: syntax error: arithmetic expression required\nsyntax error: `((i=0))'",
        ),
        ("for ((1;2;3;4)); do :; done", "error 1: syntax error: `;' unexpected\nsyntax error: `((1;2;3;4))'"),
        (
            "[[ a b ]]",
            "error 1: unexpected token `b', conditional binary operator expected\nsyntax error near `b'",
        ),
        (
            "[[ -z ]]",
            "error 1: unexpected argument `]]' to conditional unary operator\nsyntax error near `]]'",
        ),
        (
            "[[ a -eq ]]",
            "error 1: unexpected argument `]]' to conditional binary operator\nsyntax error near `]]'",
        ),
        (
            "[[ a == b c ]]",
            "error 1: syntax error in conditional expression: unexpected token `c'\nsyntax error near `c'",
        ),
        ("[[ ( a ]]", "error 1: unexpected token `]]', expected `)'\nsyntax error near `]]'"),
        ("[[ && b ]]", "error 1: unexpected token `&&' in conditional command\nsyntax error near `&'"),
        ("[[ ]]", "error 1: syntax error near `]]'"),
    ];
    for (source, expected) in cases {
        assert_eq!(shown(source), expected, "{source}");
    }
}

#[test]
fn an_error_names_its_source_line() {
    let mut parser = Parser::new("\necho a; )\nb", 1);
    let Parsed::Error(error) = parser.next(Dialect::default(), &NoAliases) else { panic!("fails") };
    assert_eq!((error.line, error.source_line.as_deref()), (2, Some(&b"echo a; )"[..])));
    assert_eq!(error.kind, ParseErrorKind::Wrong);
}

#[test]
fn aliases_are_spliced_and_read_again() {
    let table: &[(&str, &str)] = &[
        ("ll", "ls -l"),
        ("ls", "ls -F"),
        ("begin", "{"),
        ("end", "}"),
        ("myfor", "for i in"),
        ("sudo", "sudo "),
        ("quote", "echo 'x"),
        ("two", "a\nb"),
        ("if", "echo"),
    ];
    assert_eq!(aliased("ll x", table), ["=ls =-F =-l =x"]);
    assert_eq!(aliased("ls; x=1 ll | ll", table), ["=ls =-F; x:==1 =ls =-F =-l | =ls =-F =-l"]);
    assert_eq!(aliased("begin echo ll; end", table), ["{ =echo =ll }"]);
    assert_eq!(aliased("myfor a b; do c; done", table), ["for i in =a =b do =c done"]);
    assert_eq!(aliased("sudo ll; sudo -u ll", table), ["=sudo =ls =-F =-l; =sudo =-u =ll"]);
    assert_eq!(aliased("quote y'\nnext", table), ["=echo ='x y'", "=next"]);
    assert_eq!(aliased("two c\nnext", table), ["=a; =b =c", "=next"]);
    assert_eq!(aliased("\\ll 'll' $ll", table), ["=\\ll ='ll' <ll>"]);
    assert_eq!(aliased("if x", table), ["=echo =x"]);
}

#[test]
fn lines_stay_right_behind_an_alias() {
    let source = "ll a\nll \\\nb\nfi";
    assert_eq!(aliased(source, &[("ll", "ls -l")])[2], "error 4: syntax error near unexpected token `fi'");
}

#[test]
fn lines_are_joined_anywhere() {
    let cases = [
        ("i\\\nf a; t\\\nhen b; f\\\ni", "if =a then =b fi"),
        ("a &\\\n& b", "=a && =b"),
        ("a >\\\n> b", "=a Append =b"),
        ("echo $\\\n(b) ${\\\nx} $x\\\ny $\\\n((1))", "=echo <$ =b> <x> <xy> <(( =1>"),
        ("x\\\n=1", "x:==1"),
        ("2\\\n>x", "2Write =x"),
        ("echo 'a\\\nb' \"c\\\nd\" e\\\nf", "=echo ='a\\\nb' =\"cd\" =ef"),
        ("cat <\\\n<E\nx\nE\n", "=cat HereDocument =x/"),
        ("cat <<E\\\nF\nx\nEF\n", "=cat HereDocument =x/"),
        ("a;\\\nb", "=a; =b"),
        ("[\\\n[ a ]\\\n]", "[[ =a ]]"),
    ];
    for (source, expected) in cases {
        assert_eq!(shown(source), expected, "{source}");
    }
    assert_eq!(
        units("a\\\nb\n\\\nfi", Dialect::default(), &NoAliases)[1],
        "error 4: syntax error near unexpected token `fi'"
    );
}

/// The lines of the simple commands of `source`, in order.
fn lines(source: &str) -> Vec<(String, u32)> {
    let mut parser = Parser::new(source, 1);
    let mut found = vec![];
    while let Parsed::Command(list) = parser.next(Dialect::default(), &NoAliases) {
        collect(&list, &mut found);
    }
    found
}

fn collect(list: &List, found: &mut Vec<(String, u32)>) {
    let stages = list.items.iter().flat_map(|item| item.and_or.first.stages.iter());
    stages.for_each(|stage| collect_command(&stage.command, found));
}

fn collect_command(command: &Command, found: &mut Vec<(String, u32)>) {
    match &command.kind {
        CommandKind::Simple(simple) => {
            let text = simple.words.first().map(|word| match word {
                crate::ast::Argument::Word(word) => crate::lower::show::show_word(word),
                crate::ast::Argument::Assignment(_) => String::new(),
            });
            found.push((text.unwrap_or_default(), command.line));
            for word in &simple.words {
                let crate::ast::Argument::Word(word) = word else { continue };
                for part in &word.parts {
                    if let crate::ast::WordPart::Command(inner) = part {
                        collect(&inner.list, found);
                    }
                }
            }
        }
        CommandKind::Group(list) | CommandKind::Subshell(list) => collect(list, found),
        CommandKind::Function(function) => collect_command(&function.body, found),
        CommandKind::Arith(_) => found.push(("((".into(), command.line)),
        _ => {}
    }
}

#[test]
fn lines_are_those_of_lineno() {
    let numbered = |source| lines(source).into_iter().map(|(_, line)| line).collect::<Vec<_>>();
    assert_eq!(numbered("a\nb \\\nc\nd"), [1, 2, 4]);
    assert_eq!(numbered("f() {\n a\n\n b\n}\nc"), [2, 4, 6]);
    assert_eq!(numbered("((1+\n1))\na"), [2, 3]);
    // The first word's end counts, and substitutions count from their command's line.
    assert_eq!(numbered("\"a\nb\" c"), [2]);
    assert_eq!(numbered("a $(\n\nb\nc) \\\n$(d)"), [1, 1, 2, 1]);
}

/// Forms that nest: opening, middle, closing.
const FORMS: [(&str, &str, &str); 26] = [
    ("$(", "a", ")"),
    ("$((", "1", "))"),
    ("((", "1", "))"),
    ("${x:-", "a", "}"),
    ("\"$( ", "a", " )\""),
    ("\"${x:-", "a", "}\""),
    ("{ ", "a;", " }"),
    ("if a; then ", "a;", "fi;"),
    ("case a in a) ", "a", ";; esac"),
    ("@(", "a", ")"),
    ("a[", "1", "]=1"),
    ("a[$(", "1", ")]=1"),
    ("a=$(", "1", ")"),
    ("<(", "a", ")"),
    ("( ", "a", " )"),
    ("while a; do ", "a;", " done;"),
    ("f() { ", "a;", " };"),
    ("${a[", "1", "]}"),
    ("${x:1+", "2", "}"),
    ("${x//$(", "a", ")/b}"),
    ("declare x=$(", "a", ")"),
    ("x=([$(", "1", ")]=2)"),
    ("for x in $(", "a", "); do a; done;"),
    ("$[", "1", "]"),
    ("`", "a", "`"),
    ("{a,", "b", "}"),
];

fn first(source: String) -> Parsed {
    Parser::new(source, 1).next(Dialect { extglob: true, ..Dialect::default() }, &NoAliases)
}

#[test]
fn two_thousand_levels_of_anything_are_read() {
    for (open, middle, close) in FORMS {
        let source = format!("{}{middle}{}", open.repeat(2000), close.repeat(2000));
        assert!(matches!(first(source), Parsed::Command(_)), "{open}");
    }
}

#[test]
fn ten_thousand_levels_end_in_a_tree_or_an_error() {
    for (open, middle, close) in FORMS {
        let (open, close) = (open.repeat(10_000), close.repeat(10_000));
        for source in
            [format!("{open}{middle}{close}"), format!("{open}{middle}"), format!("{open};; ){close}")]
        {
            assert!(matches!(first(source), Parsed::Command(_) | Parsed::Error(_)), "{}", &open[..20]);
        }
    }
}
