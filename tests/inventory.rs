//! Nothing without a case: every builtin, option and operator of the shell is named by a case of `fixtures/spec`.
//!
//! What there is comes from the shell's own tables and from its grammar, so that something new is asked for at once.
//! Being named is little; it is the reader's work to see that a case says enough.

use std::fs;
use std::path::Path;

use bash_session::{SetOption, Shopt};

/// The scripts of all cases, and what they are given.
fn scripts() -> String {
    let pattern = format!("{}/fixtures/spec/**/*.test.sh", env!("CARGO_MANIFEST_DIR"));
    let paths = glob::glob(&pattern).expect("a valid pattern").flatten();
    paths.map(|path| inputs(&path)).collect()
}

/// A file of cases without what they expect.
fn inputs(path: &Path) -> String {
    let bytes = fs::read(path).expect("a readable file");
    let text = String::from_utf8_lossy(&bytes);
    let mut kept = String::new();
    let mut is_input = true;
    for line in text.lines() {
        if line.starts_with("#===") {
            is_input = true;
        } else if let Some(section) = line.strip_prefix("#--- ") {
            is_input = !["stdout", "stderr", "status"].iter().any(|output| section.starts_with(output));
        } else if is_input {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

/// Whether `word` stands somewhere with no letter, digit or `_` beside it.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back().is_some_and(is_part);
        let after = text[at + word.len()..].chars().next().is_some_and(is_part);
        !before && !after
    })
}

fn assert_none(missing: Vec<&str>, kind: &str) {
    assert!(missing.is_empty(), "{kind} that no case names: {missing:?}");
}

/// The texts in double quotes of the grammar's rule `name`.
fn strings_of_rule(file: &str, name: &str) -> Vec<String> {
    let path = format!("{}/crates/bash-parser/src/grammar/{file}", env!("CARGO_MANIFEST_DIR"));
    let grammar = fs::read_to_string(path).expect("a readable grammar");
    let is_head = |line: &str| line.split_whitespace().next() == Some(name);
    let rule: Vec<&str> = grammar
        .lines()
        .skip_while(|line| !is_head(line))
        .enumerate()
        .take_while(|(index, line)| *index == 0 || line.starts_with(' '))
        .map(|(_, line)| line)
        .collect();
    let strings = rule.join(" ").split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    assert!(!strings.is_empty(), "{file} has no rule {name}");
    strings
}

#[test]
fn every_builtin_has_a_case() {
    let text = scripts();
    let names = rbash::BUILTINS.iter().map(|builtin| builtin.name);
    assert_none(names.filter(|name| !has_word(&text, name)).collect(), "builtins");
}

#[test]
fn every_option_has_a_case() {
    let text = scripts();
    let set = SetOption::ALL.iter().map(|option| option.name());
    let shopt = Shopt::ALL.iter().map(|option| option.name());
    assert_none(set.chain(shopt).filter(|name| !has_word(&text, name)).collect(), "options");
}

#[test]
fn every_letter_of_set_has_a_case() {
    let text = scripts();
    let letters = SetOption::ALL.iter().map(|option| option.letter()).filter(|letter| *letter != ' ');
    let is_used = |letter: char| {
        text.match_indices("set ").any(|(at, _)| {
            let word = text[at + 4..].split_whitespace().next().unwrap_or_default();
            word.starts_with(['-', '+']) && !word.starts_with("--") && word.contains(letter)
        })
    };
    let missing: Vec<String> = letters.filter(|letter| !is_used(*letter)).map(String::from).collect();
    assert_none(missing.iter().map(String::as_str).collect(), "letters of set");
}

#[test]
fn every_operator_of_parameter_expansion_has_a_case() {
    let text = scripts();
    let mut operators = strings_of_rule("param.pest", "param_op");
    operators.extend("QEPAKaUuLk".chars().map(|letter| format!("@{letter}")));
    operators.sort_by_key(|operator| std::cmp::Reverse(operator.len()));
    let used: Vec<&str> =
        text.match_indices("${").filter_map(|(at, _)| operator_at(&text[at + 2..])).collect();
    let is_used = |operator: &&str| used.iter().any(|rest| rest.starts_with(*operator));
    assert_none(
        operators.iter().map(String::as_str).filter(|operator| !is_used(operator)).collect(),
        "operators",
    );
}

/// What follows the parameter and its subscript.
fn operator_at(inner: &str) -> Option<&str> {
    let inner = inner.strip_prefix(['!', '#']).unwrap_or(inner);
    let name = inner.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(inner.len());
    let rest = if name == 0 { inner.get(1..)? } else { &inner[name..] };
    match rest.strip_prefix('[') {
        Some(subscript) => Some(&subscript[subscript.find(']')? + 1..]),
        None => Some(rest),
    }
}

#[test]
fn every_redirection_has_a_case() {
    let text = scripts();
    let mut operators = strings_of_rule("redirect.pest", "redirect_op");
    operators.extend(["<<", "<<-", "}>", "}<", ">&-", "<(", ">("].map(String::from));
    assert_none(
        operators.iter().map(String::as_str).filter(|operator| !text.contains(operator)).collect(),
        "operators",
    );
}

#[test]
fn every_operator_of_conditions_has_a_case() {
    let text = scripts();
    let mut operators: Vec<String> =
        "abcdefghknoprstuvwxzGLNORS".chars().map(|letter| format!("-{letter}")).collect();
    operators.extend(strings_of_rule("conditional.pest", "cond_binop").into_iter().map(|operator| {
        if operator.starts_with(|c: char| c.is_ascii_lowercase()) { format!("-{operator}") } else { operator }
    }));
    operators.push("=~".into());
    let conditions: Vec<&str> =
        text.match_indices("[[ ").filter_map(|(at, _)| text[at..].split("]]").next()).collect();
    let is_used = |operator: &&str| {
        conditions.iter().any(|condition| condition.split_whitespace().any(|word| word == *operator))
    };
    assert_none(
        operators.iter().map(String::as_str).filter(|operator| !is_used(operator)).collect(),
        "operators",
    );
}

#[test]
fn every_operator_of_arithmetic_has_a_case() {
    let text = scripts();
    let operators = [
        "**", "*", "/", "%", "+", "-", "<<", ">>", "<=", ">=", "<", ">", "==", "!=", "&", "^", "|", "&&",
        "||", "?", "=", "*=", "/=", "%=", "+=", "-=", "<<=", ">>=", "&=", "^=", "|=", ",", "++", "--", "!",
        "~",
    ];
    let expressions: Vec<&str> =
        text.match_indices("((").filter_map(|(at, _)| text[at..].split("))").next()).collect();
    let is_used = |operator: &&str| expressions.iter().any(|expression| expression.contains(*operator));
    assert_none(operators.into_iter().filter(|operator| !is_used(operator)).collect(), "operators");
}
