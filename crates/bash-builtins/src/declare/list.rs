//! What `declare` prints: variables with their attributes, functions with theirs.

use super::options::{Caller, Request};
use bash_interp::{Args, FAILURE, Flow, SUCCESS, Shell};
use bash_parser::Name;
use bash_session::{Attributes, Function, FunctionAttributes, Text};
use std::ops::ControlFlow::Continue;
use std::sync::Arc;

/// Without names: everything that the options select.
pub(super) fn all(sh: &mut Shell, request: &Request) -> Flow {
    if request.caller == Caller::Local {
        return locals(sh);
    }
    if request.functions {
        let wanted = function_attributes(request.on);
        let has_any = |function: &Function| has_any(function.attributes, wanted);
        functions(sh, |function| request.on.is_empty() || has_any(function), request.names_only);
        return SUCCESS;
    }
    if !request.on.is_empty() {
        variables(sh, request.on);
    } else if request.print {
        variables(sh, Attributes::DECLARED);
    } else {
        list_values(sh);
    }
    SUCCESS
}

/// `declare -p name…`
pub(super) fn named(sh: &mut Shell, args: &Args<'_>, request: &Request, names: &[Text]) -> Flow {
    let mut status = SUCCESS;
    for word in names {
        let shown = if request.functions {
            show_function(sh, word, request.names_only)
        } else {
            show_variable(sh, word, request.caller)?
        };
        if !shown {
            sh.builtin_error(args.name, [&word[..], b": not found"].concat());
            status = FAILURE;
        }
    }
    status
}

/// The variables that have any of these attributes, as `declare` commands.
pub(crate) fn variables(sh: &mut Shell, any: Attributes) {
    if any == Attributes::DECLARED && sh.has_local_options() {
        sh.print(b"local -\n");
    }
    for name in sh.variable_names() {
        let attributes = sh.session.variables.get(name).map_or(Attributes::empty(), |cell| cell.attributes);
        if is_selected(attributes, any) {
            let text = sh.stored_declaration(name);
            sh.print(text);
            sh.print(b"\n");
        }
    }
}

/// Arrays are asked for as such, and nothing is both kinds; of the other attributes one is enough.
fn is_selected(held: Attributes, wanted: Attributes) -> bool {
    let (arrays, others) = (wanted & Attributes::ARRAY, wanted - Attributes::ARRAY);
    held.contains(arrays) && (others.is_empty() || held.intersects(others))
}

/// `name=value` of every variable, then the functions (none in POSIX mode).
pub(crate) fn list_values(sh: &mut Shell) {
    for name in sh.variable_names() {
        if let Some(text) = sh.listed_assignment(name) {
            sh.print(text);
            sh.print(b"\n");
        }
    }
    if !sh.is_posix() {
        let all: Vec<Arc<Function>> = sh.session.functions.iter().cloned().collect();
        for function in all {
            print_definition(sh, &function);
        }
    }
}

/// The functions that pass `selects`: definition and attributes, or one line each.
pub(crate) fn functions(sh: &mut Shell, selects: impl Fn(&Function) -> bool, names_only: bool) {
    let all: Vec<Arc<Function>> =
        sh.session.functions.iter().filter(|function| selects(function)).cloned().collect();
    for function in all {
        if !names_only {
            print_definition(sh, &function);
        }
        if names_only || function.attributes != FunctionAttributes::default() {
            print_attributes(sh, &function);
        }
    }
}

/// Whether an operand of `declare -f` would make a function: the operands behind it are not looked at.
pub(super) fn makes_function(word: &Text) -> bool {
    word.contains(&b'=') && super::Operand::of(word, bash_interp::SubscriptReading::Expand).is_some()
}

/// One operand of `declare -f` or `-F`: shows the function or changes its attributes.
pub(super) fn function_operand(
    sh: &mut Shell,
    args: &Args<'_>,
    request: &Request,
    word: &Text,
) -> Flow<bool> {
    if args.is_array(word) {
        return Continue(false);
    }
    let Some(function) = sh.session.functions.get(word).cloned() else { return Continue(false) };
    if function.attributes.readonly && request.off.contains(Attributes::READONLY) {
        sh.builtin_error(args.name, [&word[..], b": readonly function"].concat());
        return Continue(false);
    }
    if request.on.is_empty() && request.off.is_empty() {
        if request.names_only {
            let line = name_line(sh, &function);
            sh.print(line);
        } else {
            print_definition(sh, &function);
        }
        return Continue(true);
    }
    let (on, off) = (function_attributes(request.on), function_attributes(request.off));
    if let Some(function) = sh.session.functions.get_mut(word) {
        let held = &mut function.attributes;
        held.readonly |= on.readonly;
        held.exported = (held.exported || on.exported) && !off.exported;
        held.traced = (held.traced || on.traced) && !off.traced;
    }
    sh.forget_environment();
    Continue(true)
}

/// `-F name`: the name; under `extdebug` also its line and file.
fn name_line(sh: &Shell, function: &Function) -> Vec<u8> {
    if !sh.shopt(bash_session::Shopt::ExtDebug) {
        return [&function.name[..], b"\n"].concat();
    }
    let line = format!(" {} ", function.definition.line);
    [&function.name[..], line.as_bytes(), &function.source[..], b"\n"].concat()
}

fn locals(sh: &mut Shell) -> Flow {
    if sh.has_local_options() {
        sh.print(b"local -\n");
    }
    let mut names = sh.session.variables.locals();
    names.sort_by_key(|name| name.as_bytes());
    names.dedup();
    for name in names {
        if sh.session.variables.get(name).is_some() {
            let text = sh.stored_declaration(name);
            sh.print(text);
            sh.print(b"\n");
        }
    }
    SUCCESS
}

fn show_variable(sh: &mut Shell, word: &[u8], caller: Caller) -> Flow<bool> {
    if caller == Caller::Local && word == b"-" && sh.has_local_options() {
        sh.print(b"local -\n");
        return Continue(true);
    }
    let Some(name) = Name::from_bytes(word) else { return Continue(false) };
    if caller == Caller::Local && !sh.session.variables.is_local(name) {
        return Continue(false);
    }
    let Some(text) = sh.declaration(name)? else { return Continue(false) };
    sh.print(text);
    sh.print(b"\n");
    Continue(true)
}

fn show_function(sh: &mut Shell, word: &[u8], names_only: bool) -> bool {
    let Some(function) = sh.session.functions.get(word).cloned() else { return false };
    if !names_only {
        print_definition(sh, &function);
    }
    if names_only || function.attributes != FunctionAttributes::default() {
        print_attributes(sh, &function);
    }
    true
}

fn print_definition(sh: &mut Shell, function: &Function) {
    let text = sh.printed_function(&function.name, &function.definition);
    sh.print(text);
    sh.print(b"\n");
}

fn print_attributes(sh: &mut Shell, function: &Function) {
    let held = function.attributes;
    let mut line = b"declare -f".to_vec();
    for (on, letter) in [(held.readonly, b'r'), (held.traced, b't'), (held.exported, b'x')] {
        if on {
            line.push(letter);
        }
    }
    line.push(b' ');
    line.extend_from_slice(&function.name);
    line.push(b'\n');
    sh.print(line);
}

fn function_attributes(attributes: Attributes) -> FunctionAttributes {
    FunctionAttributes {
        readonly: attributes.contains(Attributes::READONLY),
        exported: attributes.contains(Attributes::EXPORT),
        traced: attributes.contains(Attributes::TRACE),
    }
}

fn has_any(held: FunctionAttributes, wanted: FunctionAttributes) -> bool {
    (held.readonly && wanted.readonly) || (held.exported && wanted.exported) || (held.traced && wanted.traced)
}
