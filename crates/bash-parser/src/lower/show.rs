//! The structure of a tree in one line, for tests.
//!
//! A word shows what its parts are: `\x` escaped, `'…'` `$'…'` `"…"` quotes, `<~x>` tilde prefix, `<x:-…>` parameter,
//! `<$ …>` command, `<(( …>` arithmetic, `<{ …>` braces, `<@( …>` extended pattern. `=` before a word: its text is known.

use crate::ast::*;
use crate::{Dialect, NoAliases, Parsed, Parser};

/// The structure of the first unit of `source`.
pub(crate) fn shown(source: &str) -> String {
    shown_in(source, Dialect::default())
}

pub(crate) fn shown_in(source: &str, dialect: Dialect) -> String {
    match Parser::new(source, 1).next(dialect, &NoAliases) {
        Parsed::Command(list) => show_list(&list),
        Parsed::Error(error) => format!("error {}: {error}", error.line),
        other => format!("{other:?}"),
    }
}

/// Each unit of `source`, in `dialect`.
pub(crate) fn units(source: &str, dialect: Dialect, aliases: &dyn crate::AliasTable) -> Vec<String> {
    let mut parser = Parser::new(source, 1);
    let mut found = vec![];
    loop {
        match parser.next(dialect, aliases) {
            Parsed::Command(list) => found.push(show_list(&list)),
            Parsed::Error(error) => found.push(format!("error {}: {error}", error.line)),
            Parsed::Incomplete | Parsed::End => return found,
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn joined<T>(items: &[T], separator: &str, show: impl FnMut(&T) -> String) -> String {
    items.iter().map(show).collect::<Vec<_>>().join(separator)
}

pub(crate) fn show_list(list: &List) -> String {
    joined(&list.items, "; ", |item| {
        let mut shown = show_pipeline(&item.and_or.first);
        for (operator, pipeline) in &item.and_or.rest {
            let operator = if *operator == AndOrOperator::And { " && " } else { " || " };
            shown += &format!("{operator}{}", show_pipeline(pipeline));
        }
        if item.background { shown + " &" } else { shown }
    })
}

fn show_pipeline(pipeline: &Pipeline) -> String {
    let timed = match pipeline.timed {
        Some(TimeFormat::Posix) => "time -p ",
        Some(TimeFormat::Default) => "time ",
        None => "",
    };
    let negated = if pipeline.negated { "! " } else { "" };
    let stages = joined(&pipeline.stages, " | ", |stage| show_command(&stage.command));
    format!("{timed}{negated}{stages}")
}

fn show_command(command: &Command) -> String {
    let body = match &command.kind {
        CommandKind::Simple(simple) => show_simple(simple),
        CommandKind::Group(list) => format!("{{ {} }}", show_list(list)),
        CommandKind::Subshell(list) => format!("( {} )", show_list(list)),
        CommandKind::If(clause) => {
            let arms = joined(&clause.arms, " elif ", |(test, body)| {
                format!("{} then {}", show_list(test), show_list(body))
            });
            let otherwise = clause.otherwise.as_ref().map(|list| format!(" else {}", show_list(list)));
            format!("if {arms}{} fi", otherwise.unwrap_or_default())
        }
        CommandKind::While(found) => {
            let word = if found.until { "until" } else { "while" };
            format!("{word} {} do {} done", show_list(&found.condition), show_list(&found.body))
        }
        CommandKind::For(found) => show_for("for", found),
        CommandKind::Select(found) => show_for("select", found),
        CommandKind::ArithFor(found) => format!(
            "for (({};{};{})) do {} done",
            show_arith(&found.init),
            show_arith(&found.condition),
            show_arith(&found.step),
            show_list(&found.body)
        ),
        CommandKind::Case(found) => {
            let items = joined(&found.items, " ", |item| {
                let end = match item.terminator {
                    CaseTerminator::Break => ";;",
                    CaseTerminator::FallThrough => ";&",
                    CaseTerminator::TestNext => ";;&",
                };
                format!("{}) {} {end}", joined(&item.patterns, "|", show_word), show_list(&item.body))
            });
            format!("case {} in {items} esac", show_word(&found.word))
        }
        CommandKind::Conditional(expr) => format!("[[ {} ]]", show_conditional(expr)),
        CommandKind::Arith(found) => format!("(({}))", show_arith(found)),
        CommandKind::Function(found) => format!("{}() {}", text(&found.name), show_command(&found.body)),
        CommandKind::Coproc(found) => {
            let name = found.name.as_ref().map(|name| show_word(name) + " ");
            format!("coproc {}{}", name.unwrap_or_default(), show_command(&found.command))
        }
    };
    let redirects = joined(&command.redirects, "", |redirect| format!(" {}", show_redirect(redirect)));
    (body + &redirects).trim_start().to_owned()
}

fn show_for(word: &str, found: &ForLoop) -> String {
    let words = found.words.as_ref().map(|words| format!(" in {}", joined(words, " ", show_word)));
    format!(
        "{word} {}{} do {} done",
        text(&found.variable),
        words.unwrap_or_default(),
        show_list(&found.body)
    )
}

fn show_simple(simple: &SimpleCommand) -> String {
    let assignments = simple.assignments.iter().map(show_assignment);
    let words = simple.words.iter().map(|argument| match argument {
        Argument::Word(word) => show_word(word),
        Argument::Assignment(assignment) => show_assignment(assignment),
    });
    assignments.chain(words).collect::<Vec<_>>().join(" ")
}

fn show_assignment(assignment: &Assignment) -> String {
    let subscript = assignment.subscript.as_deref().map(show_subscript).unwrap_or_default();
    let operator = if assignment.append { "+=" } else { ":=" };
    let value = match &assignment.value {
        AssignedValue::Scalar(word) => show_word(word),
        AssignedValue::Array(elements) => {
            let elements = joined(elements, " ", |element| match &element.subscript {
                Some(subscript) => {
                    let operator = if element.append { "+=" } else { ":=" };
                    format!("{}{operator}{}", show_subscript(subscript), show_word(&element.value))
                }
                None => show_word(&element.value),
            });
            format!("({elements})")
        }
    };
    format!("{}{subscript}{operator}{value}", assignment.name.as_str())
}

fn show_subscript(subscript: &Subscript) -> String {
    match subscript {
        Subscript::At => "[@]".into(),
        Subscript::Star => "[*]".into(),
        Subscript::Text { word, .. } => format!("[{}]", show_word(word)),
    }
}

fn show_redirect(redirect: &Redirect) -> String {
    let descriptor = match &redirect.descriptor {
        Some(DescriptorTarget::Number(number)) => number.to_string(),
        Some(DescriptorTarget::Variable(name)) => format!("{{{}}}", name.as_str()),
        Some(DescriptorTarget::Element(element)) => format!("{{{}}}", text(element)),
        None => String::new(),
    };
    let target = match &redirect.target {
        RedirectTarget::Word(word) => show_word(word),
        RedirectTarget::Document(document) => {
            let open = if document.unterminated.is_some() { "!" } else { "" };
            let body = match &document.body {
                None => format!("={}", text(document.source.as_bytes())),
                Some(word) => show_word(word),
            };
            format!("{open}{}", body.replace('\n', "/"))
        }
    };
    format!("{descriptor}{:?} {target}", redirect.operator)
}

fn show_conditional(expr: &ConditionalExpr) -> String {
    match expr {
        ConditionalExpr::Not(inner) => format!("! {}", show_conditional(inner)),
        ConditionalExpr::And(left, right) => {
            format!("({} && {})", show_conditional(left), show_conditional(right))
        }
        ConditionalExpr::Or(left, right) => {
            format!("({} || {})", show_conditional(left), show_conditional(right))
        }
        ConditionalExpr::Paren(inner) => format!("[{}]", show_conditional(inner)),
        ConditionalExpr::Unary(letter, word) => format!("-{} {}", *letter as char, show_word(word)),
        ConditionalExpr::Binary(test, left, right) => {
            format!("{test:?} {} {}", show_word(left), show_word(right))
        }
        ConditionalExpr::Word(word) => show_word(word),
    }
}

fn show_arith(arith: &ArithText) -> String {
    show_word(&arith.word)
}

pub(crate) fn show_word(word: &Word) -> String {
    let known = if word.constant.is_some() { "=" } else { "" };
    format!("{known}{}", show_parts(&word.parts))
}

fn show_parts(parts: &[WordPart]) -> String {
    joined(parts, "", |part| match part {
        WordPart::Literal(literal) => text(literal),
        WordPart::Escaped(c) => format!("\\{}", text(c)),
        WordPart::SingleQuoted(quoted) => format!("'{}'", text(quoted)),
        WordPart::AnsiQuoted(quoted) => format!("$'{}'", text(&quoted.value)),
        WordPart::DoubleQuoted(parts) => format!("\"{}\"", show_parts(parts)),
        WordPart::LocaleQuoted(parts) => format!("$\"{}\"", show_parts(parts)),
        WordPart::Stripped(word) => format!("<strip {}>", show_parts(&word.read)),
        WordPart::Tilde(user) => format!("<~{}>", text(user)),
        WordPart::Param(found) => format!("<{}>", show_param(found)),
        WordPart::Command(found) => show_substitution(found),
        WordPart::Arith { expr, bracket } => {
            format!("<{} {}>", if *bracket { "[" } else { "((" }, show_arith(expr))
        }
        WordPart::Process { direction, body } => {
            let sign = if *direction == ProcessDirection::Read { '<' } else { '>' };
            format!("<{sign}( {}>", show_list(&body.list))
        }
        WordPart::ExtGlob { operator, parts } => format!("<{}( {}>", *operator as char, show_parts(parts)),
        WordPart::Brace(brace) => match &**brace {
            BraceExpr::List(items) => format!("<{{ {}>", joined(items, "|", |parts| show_parts(parts))),
            BraceExpr::Text { text, .. } => format!("<{{}} {}>", show_parts(text)),
            BraceExpr::Range { range, .. } => match range {
                BraceRange::Integers { from, to, step, width } => {
                    format!("<{{ {from}..{to}..{step} %{width}>")
                }
                BraceRange::Characters { from, to, step } => {
                    format!("<{{ {}..{}..{step}>", *from as char, *to as char)
                }
            },
        },
    })
}

fn show_substitution(found: &CommandSubstitution) -> String {
    let sign = match &found.form {
        SubstitutionForm::Dollar | SubstitutionForm::Subshell(_) => "$",
        SubstitutionForm::ReadFile => "$file",
        SubstitutionForm::Backquote(_) => "`",
        SubstitutionForm::Current => "${",
        SubstitutionForm::Reply => "${|",
        SubstitutionForm::Process => "process",
    };
    match &found.error {
        Some(error) => format!("<{sign} error {error}>"),
        None => format!("<{sign} {}>", show_list(&found.list)),
    }
}

fn show_param(found: &ParamExpansion) -> String {
    let name = match &found.parameter {
        Parameter::Variable(name) => name.as_str().to_owned(),
        Parameter::Positional(number) => number.to_string(),
        Parameter::Special(special) => format!("{special:?}"),
    };
    let subscript = found.subscript.as_deref().map(show_subscript).unwrap_or_default();
    let indirect = if found.indirect { "!" } else { "" };
    let operator = match &found.operator {
        ParamOperator::Value => String::new(),
        ParamOperator::Length => " length".into(),
        ParamOperator::Default { action, or_empty, word } => {
            format!(" {}{action:?} {}", if *or_empty { ":" } else { "" }, show_word(word))
        }
        ParamOperator::Trim { end, longest, pattern } => {
            format!(" {end:?}{} {}", if *longest { " longest" } else { "" }, show_word(pattern))
        }
        ParamOperator::Replace { anchor, pattern, replacement } => {
            let replacement = replacement.as_ref().map(|word| format!(" by {}", show_word(word)));
            format!(" {anchor:?} {}{}", show_word(pattern), replacement.unwrap_or_default())
        }
        ParamOperator::Slice { offset, length } => {
            let length = length.as_ref().map(|length| format!(" for {}", show_arith(length)));
            format!(" from {}{}", show_arith(offset), length.unwrap_or_default())
        }
        ParamOperator::Case { change, all, pattern } => {
            let pattern = pattern.as_ref().map(|pattern| format!(" {}", show_word(pattern)));
            format!(" {change:?}{}{}", if *all { " all" } else { "" }, pattern.unwrap_or_default())
        }
        ParamOperator::Transform(letter) => format!(" @{}", *letter as char),
        ParamOperator::NamesWithPrefix { at } => format!(" names {at}"),
        ParamOperator::Keys => " keys".into(),
        ParamOperator::Bad(bad) => return format!("bad {}", text(&bad.source)),
    };
    format!("{indirect}{name}{subscript}{operator}")
}
