//! `declare -n` and `declare +n`: what a name reference may be, what it refers to, and its end.

use super::operand::{Given, Operand};
use super::options::Request;
use super::variable::{Prepared, change, finish, readonly, set_attributes};
use bash_interp::{Args, Flow, Shell, SubscriptReading, element_name};
use bash_parser::Name;
use bash_session::{Attributes, Lookup, Variable};
use std::ops::ControlFlow::Continue;

/// What a name reference may be and refer to.
pub(super) fn is_fit_for_reference(
    sh: &mut Shell,
    args: &Args<'_>,
    request: &Request,
    operand: &Operand<'_>,
) -> bool {
    let name = operand.name.as_bytes();
    if operand.subscript.is_some() || matches!(operand.value, Given::Elements(_)) {
        let shown = operand.word.split(|byte| *byte == b'=').next().unwrap_or_default();
        sh.builtin_error(args.name, [shown, b": reference variable cannot be an array"].concat());
        return false;
    }
    let Given::Text(target) = operand.value else { return true };
    if refers_to(target, operand.name) {
        if !sh.session.variables.in_function() || request.global {
            sh.builtin_error(args.name, [name, b": nameref variable self references not allowed"].concat());
            return false;
        }
        sh.builtin_error(args.name, [b"warning: ", name, b": circular name reference"].concat());
        sh.error([b"warning: ", name, b": circular name reference"].concat());
    }
    if !target.is_empty() && !operand.append && !is_reference_target(target) {
        sh.builtin_error(args.name, [b"`", target, b"': invalid variable name for name reference"].concat());
        return false;
    }
    true
}

/// Whether a text names a variable or an element of it.
fn refers_to(text: &[u8], name: Name) -> bool {
    text == name.as_bytes()
        || element_name(text, SubscriptReading::Expand).is_some_and(|(array, _)| array == name)
}

/// A name, or a name with a subscript.
pub(super) fn is_reference_target(text: &[u8]) -> bool {
    Operand::of(text, SubscriptReading::Expand)
        .is_some_and(|operand| !operand.has_value() && operand.subscript != Some(b""))
}

/// A name reference one of whose elements is assigned becomes an array.
pub(super) fn strip_reference(sh: &mut Shell, name: Name) {
    if sh.is_reference(name) {
        sh.strip_reference(name, name);
    }
}

/// Whether a readonly name reference that refers to something shall be one no longer.
pub(super) fn is_fixed_reference(sh: &Shell, request: &Request, name: Name) -> bool {
    let fixed = |cell: &Variable| {
        cell.attributes.contains(Attributes::NAMEREF | Attributes::READONLY) && cell.is_set()
    };
    request.off.contains(Attributes::NAMEREF) && sh.session.variables.get(name).is_some_and(fixed)
}

/// `declare +n name`: the last reference of a chain is meant.
pub(super) fn release_reference(
    sh: &mut Shell,
    args: &Args<'_>,
    request: &Request,
    operand: &Operand<'_>,
    prepared: Prepared<'_>,
) -> Flow<bool> {
    let reference = last_reference(sh, operand.name);
    if is_fixed_reference(sh, request, reference) {
        return readonly(sh, args, operand.name);
    }
    let target = match sh.session.variables.resolve(reference) {
        Lookup::Plain(target) => target,
        _ => reference,
    };
    if operand.subscript.is_some() && !operand.has_value() && sh.session.variables.get(target).is_none() {
        sh.session.variables.change_attributes(target, Attributes::INDEXED, Attributes::empty());
    }
    let more = operand.has_value() || !request.on.is_empty() || request.off != Attributes::NAMEREF;
    let is_plain = !sh.is_reference(reference) && (operand.has_value() || !request.on.is_empty());
    let fine = if more && (target != reference || is_plain) {
        change(sh, args, request, (target, operand), prepared)?
    } else {
        true
    };
    sh.session.variables.change_attributes(reference, Attributes::empty(), Attributes::NAMEREF);
    Continue(fine)
}

/// The reference at the end of the chain that begins with `name`; `name` itself if it is none.
fn last_reference(sh: &Shell, name: Name) -> Name {
    let mut at = name;
    for _ in 0..8 {
        let next = sh.session.variables.get(at).filter(|cell| cell.attributes.contains(Attributes::NAMEREF));
        let next = next.and_then(|cell| cell.value.text()).and_then(|text| Name::from_bytes(&text));
        match next {
            Some(next) if sh.is_reference(next) => at = next,
            _ => break,
        }
    }
    at
}

/// The value of a name reference is what it refers to. One that was just made for a value that it cannot have goes again.
pub(super) fn assign_reference(
    sh: &mut Shell,
    args: &Args<'_>,
    request: &Request,
    (name, operand): (Name, &Operand<'_>),
    (text, is_new): (&[u8], bool),
) -> Flow<bool> {
    let on_reference = request.on.contains(Attributes::NAMEREF);
    if !is_new && !on_reference && !is_reference_target(text) {
        sh.builtin_error(args.name, [b"`", text, b"': invalid variable name for name reference"].concat());
        return Continue(false);
    }
    let old = sh.session.variables.get(name).and_then(|cell| cell.value.text()).filter(|_| operand.append);
    let mut target = old.unwrap_or_default();
    target.push(text);
    if operand.append && refers_to(&target, name) {
        sh.error([name.as_bytes(), b": nameref variable self references not allowed"].concat());
        return Continue(false);
    }
    let is_number = request.on.contains(Attributes::INTEGER);
    if is_number || !is_reference_target(&target) {
        if !is_number || !is_reference_target(text) {
            sh.builtin_error(args.name, [b"`", text, b"': not a valid identifier"].concat());
        }
        let held = sh.session.variables.get(name).map_or(Attributes::empty(), |cell| cell.attributes);
        if is_new && (!on_reference || held.is_empty()) {
            sh.session.variables.remove(name);
        } else if on_reference && !is_number {
            // What it was, it no longer is where that changes what is assigned.
            let on = request.on - Attributes::NAMEREF;
            sh.session.variables.change_attributes(name, on, Attributes::TRANSFORMING);
        }
        return Continue(false);
    }
    set_attributes(sh, request, name);
    sh.session.variables.set(name, target);
    finish(sh, request, name);
    Continue(true)
}

/// The value that a variable has already becomes the target's name.
pub(super) fn can_become_reference(
    sh: &mut Shell,
    args: &Args<'_>,
    name: Name,
    operand: &Operand<'_>,
) -> bool {
    let Some(text) = sh.session.variables.get(name).and_then(|cell| cell.value.text()) else { return true };
    if operand.has_value() || is_reference_target(&text) {
        return true;
    }
    sh.builtin_error(args.name, [b"`", &text[..], b"': invalid variable name for name reference"].concat());
    false
}
