//! Printed commands, as Bash 5.3 prints them.

use super::*;
use crate::ast::{CommandKind, List};
use crate::{Dialect, NoAliases, Parsed, Parser};

fn lists(text: &[u8]) -> Vec<List> {
    let mut parser = Parser::new(text, 1);
    let dialect = Dialect { extglob: true, ..Dialect::default() };
    let mut lists = Vec::new();
    loop {
        match parser.next(dialect, &NoAliases) {
            Parsed::Command(list) => lists.push(list),
            Parsed::End => return lists,
            other => panic!("{other:?}"),
        }
    }
}

fn first_command(text: &str) -> std::sync::Arc<Command> {
    lists(text.as_bytes())[0].items[0].and_or.first.stages[0].command.clone()
}

fn functions(text: &[u8]) -> Vec<std::sync::Arc<FunctionDefinition>> {
    let lists = lists(text);
    let commands = lists.iter().flat_map(|list| &list.items).map(|item| &item.and_or.first.stages[0].command);
    commands
        .filter_map(|command| match &command.kind {
            CommandKind::Function(function) => Some(function.clone()),
            _ => None,
        })
        .collect()
}

/// `functions.txt` is what Bash 5.3 prints for `declare -f` of each function in `functions.sh`.
#[test]
fn functions_are_laid_out_as_bash_does() {
    let mut wanted = include_bytes!("functions.txt").as_slice();
    let functions = functions(include_bytes!("functions.sh"));
    assert!(functions.len() > 40);
    for function in functions {
        let mut printed = function_definition(&function.name, &function);
        printed.push(b'\n');
        let (here, rest) = wanted.split_at(printed.len().min(wanted.len()));
        assert_eq!(String::from_utf8_lossy(&printed), String::from_utf8_lossy(here));
        wanted = rest;
    }
    assert!(wanted.is_empty());
}

/// Where commands are told apart in a command substitution, `;` and newline may change places. (`g2` holds a
/// decoded `$'…'` that neither Bash can read back.)
#[test]
fn what_was_printed_reads_as_the_same() {
    let bare = |text: &[u8]| -> String {
        String::from_utf8_lossy(text).chars().filter(|c| !c.is_whitespace() && *c != ';').collect()
    };
    for function in
        functions(include_bytes!("functions.sh")).iter().filter(|function| *function.name != *b"g2")
    {
        let mut printed = function_definition(&function.name, function);
        printed.push(b'\n');
        let again = functions(&printed).pop().expect("a function");
        assert_eq!(bare(&function_definition(&again.name, &again)), bare(&printed));
    }
}

#[test]
fn jobs_join_commands_with_semicolons() {
    for (source, shown) in [
        ("while :; do sleep 1; break; done &", "while :; do\n    sleep 1; break;\ndone"),
        ("{ sleep 1; } > /dev/null", "{ sleep 1; } > /dev/null"),
        ("(sleep 1; true)", "( sleep 1; true )"),
        ("sleep 1&&true||false", "sleep 1 && true || false"),
        ("case x in x) a;; esac", "case x in \n    x)\n        a\n    ;;\nesac"),
        ("for i in a b; do c; done", "for i in a b;\ndo\n    c;\ndone"),
        ("a | b |& c", "a | b 2>&1 | c"),
    ] {
        let lists = lists(source.as_bytes());
        assert_eq!(String::from_utf8_lossy(&list_line(&lists[0].items[0].and_or)), shown);
    }
}

#[test]
fn compound_commands_show_their_heads() {
    for (source, shown) in [
        ("for i in a 'b c'; do :; done", "for i in a 'b c'"),
        ("case \"a b\" in a) ;; esac", "case \"a b\" in "),
        ("[[ -n a && ( x == y ) ]]", "[[ -n a && ( x == y ) ]]"),
        ("((1 + 2))", "((1 + 2))"),
        ("select x in a; do :; done", "select x in a"),
    ] {
        let head = compound_head(&first_command(source)).unwrap_or_default();
        assert_eq!(String::from_utf8_lossy(&head), shown);
    }
    assert!(compound_head(&first_command("{ a; }")).is_none());
}

#[test]
fn a_name_like_an_assignment_needs_the_keyword() {
    for (name, head) in [
        ("a=b", "function a=b () \n"),
        ("a[1]+=b", "function a[1]+=b () \n"),
        ("a=", "function a= () \n"),
        ("1=b", "1=b () \n"),
        ("if", "if () \n"),
    ] {
        let function = &functions(b"f() { x; }")[0];
        let printed = function_definition(name.as_bytes(), function);
        assert!(printed.starts_with(head.as_bytes()), "{name}");
    }
}

#[test]
fn posix_mode_has_no_keyword_within() {
    let function = &functions(b"z() { g() { a; }; }")[0];
    let printed = posix_function_definition(b"z", function);
    assert_eq!(String::from_utf8_lossy(&printed), "z () \n{ \n    g () \n    { \n        a\n    }\n}");
}

#[test]
fn exported_functions_begin_on_their_first_line() {
    let function = &functions(b"f() { a=1 cmd > x \"$y\"; if b; then c; fi; }")[0];
    let wanted = "() {  a=1 cmd \"$y\" > x;\n if b; then\n c;\n fi\n}";
    assert_eq!(String::from_utf8_lossy(&exported_function(function)), wanted);
}

#[test]
fn deep_trees_do_not_need_a_deep_stack() {
    for (open, close) in
        [("( ", " )"), ("$(", ")"), ("{ ", "; }"), ("\"${x:-", "}\""), ("if a; then ", "; fi")]
    {
        let text = [open.repeat(2000), "a".to_owned(), close.repeat(2000)].concat();
        let mut parser = Parser::new(text.into_bytes(), 1);
        if let Parsed::Command(parsed) = parser.next(Dialect::default(), &NoAliases) {
            assert!(list(&parsed).len() >= 2000);
        }
    }
}
