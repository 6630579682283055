//! `unset`

use bash_interp::{
    Args, AssignTarget, Builtin, Class, FAILURE, Flow, OptionLetter, SUCCESS, Shell, SubscriptReading,
    element_name,
};
use bash_parser::Name;
use bash_session::{Attributes, IndexedArray, Lookup, Shopt, Status, Text, Value, names};
use std::ops::ControlFlow::Continue;
use std::sync::Arc;

/// `unset`
pub const UNSET: Builtin = Builtin {
    name: "unset",
    synopsis: "unset [-f] [-v] [-n] [name ...]",
    help: "Remove variables and functions.\n\n\
           Options:\n  -f\tNAMEs are functions\n  -v\tNAMEs are variables\n  \
           -n\tremove a name reference itself, not what it refers to\n\n\
           Without an option, a NAME that is no variable is taken for a function.\n\n\
           Exit Status:\nSucceeds unless an option is wrong or a NAME is readonly.",
    class: Class::Special,
    run,
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Either,
    Function,
    Variable,
    Reference,
}

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let (mut function, mut variable, mut reference) = (false, false, false);
    let mut options = args.options("fnv");
    for option in options.by_ref() {
        match option {
            OptionLetter::On(b'f', _) => function = true,
            OptionLetter::On(b'v', _) => variable = true,
            OptionLetter::On(_, _) => reference = true,
            option => return sh.wrong_option(args, option),
        }
    }
    if function && variable {
        sh.builtin_error(args.name, "cannot simultaneously unset a function and a variable");
        return FAILURE;
    }
    let kind = match (function, reference, variable) {
        (true, ..) => Kind::Function,
        (_, true, _) => Kind::Reference,
        (_, _, true) => Kind::Variable,
        _ => Kind::Either,
    };
    let mut status = SUCCESS;
    for word in options.operands() {
        if !unset(sh, args, kind, word)? {
            status = FAILURE;
        }
    }
    if status == FAILURE { sh.fail_special(Status::FAILURE) } else { status }
}

fn unset(sh: &mut Shell, args: &Args<'_>, kind: Kind, word: &Text) -> Flow<bool> {
    if kind == Kind::Function {
        return Continue(unset_function(sh, args, word));
    }
    let reading = match (args.is_element(word), sh.shopt(Shopt::ArrayExpandOnce)) {
        (true, _) => SubscriptReading::Whole,
        (false, true) => SubscriptReading::AsIs,
        (false, false) => SubscriptReading::Expand,
    };
    let operand = match Name::from_bytes(word) {
        Some(name) => Some((name, None)),
        None => element_name(word, reading).map(|(name, subscript)| (name, Some(subscript))),
    };
    let Some((name, subscript)) = operand else {
        if kind == Kind::Either {
            return Continue(unset_function(sh, args, word));
        }
        sh.builtin_error(args.name, [b"`", &word[..], b"': not a valid identifier"].concat());
        return Continue(false);
    };
    if kind == Kind::Reference {
        return Continue(unset_reference(sh, args, name));
    }
    match (subscript, sh.session.variables.resolve(name)) {
        (None, Lookup::Plain(name)) => {
            if sh.session.variables.get(name).is_none() && kind == Kind::Either {
                return Continue(unset_function(sh, args, word));
            }
            Continue(unset_variable(sh, args, name))
        }
        (None, Lookup::Element(array, _)) if !sh.variable(array).is_some_and(|cell| cell.is_array()) => {
            Continue(true)
        }
        (None, Lookup::Element(array, subscript)) => {
            unset_element(sh, args, array, (&subscript, SubscriptReading::Expand))
        }
        (None, Lookup::Unbound(name) | Lookup::Invalid(name, _) | Lookup::Circular(name)) => {
            Continue(unset_variable(sh, args, name))
        }
        (Some(subscript), Lookup::Plain(name)) => unset_element(sh, args, name, (subscript, reading)),
        (Some(subscript), _) => unset_element(sh, args, name, (subscript, reading)),
    }
}

fn unset_function(sh: &mut Shell, args: &Args<'_>, word: &Text) -> bool {
    if sh.session.functions.get(word).is_some_and(|function| function.attributes.readonly) {
        sh.builtin_error(args.name, [&word[..], b": cannot unset: readonly function"].concat());
        return false;
    }
    if sh.session.functions.remove(word) {
        sh.forget_environment();
    }
    true
}

fn unset_reference(sh: &mut Shell, args: &Args<'_>, name: Name) -> bool {
    let held = sh.session.variables.get(name).map_or(Attributes::empty(), |cell| cell.attributes);
    if held.intersects(Attributes::NAMEREF | Attributes::READONLY) {
        unset_variable(sh, args, name)
    } else {
        true
    }
}

fn unset_variable(sh: &mut Shell, args: &Args<'_>, name: Name) -> bool {
    let Some(cell) = sh.session.variables.get(name) else { return true };
    let held = cell.attributes;
    if held.contains(Attributes::READONLY) {
        sh.builtin_error(args.name, [name.as_bytes(), b": cannot unset: readonly variable"].concat());
        return false;
    }
    if held.contains(Attributes::NO_ASSIGN) && !matches!(name.as_str(), "FUNCNAME" | "GROUPS" | "BASHPID") {
        sh.builtin_error(args.name, [name.as_bytes(), b": cannot unset"].concat());
        return false;
    }
    // The next command makes it again.
    if name == *names::PIPESTATUS && held.contains(Attributes::DYNAMIC) {
        return true;
    }
    if sh.shopt(Shopt::LocalvarUnset) {
        sh.session.variables.unset_in_place(name);
    } else {
        sh.session.variables.unset(name, false);
    }
    sh.after_assignment(name);
    true
}

/// `unset 'a[1]'`; the whole of an array for `@` and `*`.
fn unset_element(
    sh: &mut Shell,
    args: &Args<'_>,
    name: Name,
    (subscript, reading): (&[u8], SubscriptReading),
) -> Flow<bool> {
    let Some(cell) = sh.session.variables.get(name) else { return Continue(true) };
    let (held, is_array) = (cell.attributes, cell.is_array());
    if held.contains(Attributes::READONLY) {
        sh.builtin_error(args.name, [name.as_bytes(), b": cannot unset: readonly variable"].concat());
        return Continue(false);
    }
    let whole = matches!(subscript, b"@" | b"*");
    if !is_array && !sh.session.variables.get(name).is_some_and(|cell| cell.is_set()) {
        return Continue(true);
    }
    if !is_array {
        return unset_element_of_scalar(sh, args, name, (subscript, reading));
    }
    if whole && sh.compatibility() < 52 {
        return Continue(unset_variable(sh, args, name));
    }
    if whole && !sh.is_associative(name) {
        sh.session.variables.set(name, IndexedArray::new());
        return Continue(true);
    }
    let target = match sh.target_for_unset(name, subscript, reading)? {
        Some(target) => target,
        None => {
            sh.builtin_error(args.name, [b"[", subscript, b"]: bad array subscript"].concat());
            return Continue(false);
        }
    };
    remove_element(sh, &target);
    Continue(true)
}

/// A scalar is its own element 0.
fn unset_element_of_scalar(
    sh: &mut Shell,
    args: &Args<'_>,
    name: Name,
    (subscript, reading): (&[u8], SubscriptReading),
) -> Flow<bool> {
    let is_first = match subscript {
        b"@" | b"*" => false,
        subscript => sh.index_of_text(subscript, reading)? == 0,
    };
    if is_first {
        return Continue(unset_variable(sh, args, name));
    }
    sh.builtin_error(args.name, [name.as_bytes(), b": not an array variable"].concat());
    Continue(false)
}

fn remove_element(sh: &mut Shell, target: &AssignTarget) {
    // Elements that are computed, like those of BASH_ALIASES, stay: the cell has none.
    let cell = sh.session.variables.cell(target.name());
    match (&mut cell.value, target) {
        (Value::Indexed(array), AssignTarget::Index(_, index)) => {
            Arc::make_mut(array).remove(*index);
        }
        (Value::Associative(array), AssignTarget::Key(_, key)) => {
            Arc::make_mut(array).remove(key);
        }
        _ => {}
    }
}
