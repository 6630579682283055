//! Declaring one variable: where it lives, whether it may be what is asked for, its attributes, its value.

use super::operand::{Given, Operand};
use super::options::Request;
use super::reference::{
    assign_reference, can_become_reference, is_fit_for_reference, is_fixed_reference, release_reference,
    strip_reference,
};
use bash_interp::{
    Args, ArrayKind, AssignMode, AssignTarget, Elements, Flow, Shell, SubscriptReading, Unwind,
};
use bash_parser::Name;
use bash_parser::ast::{ArrayElement, AssignedValue};
use bash_session::{Attributes, Lookup, SetOption, Shopt, Text, Value, Variable};
use std::ops::ControlFlow::{Break, Continue};

/// A plain variable that becomes an associative array gets a smaller table than one that is declared as such; the
/// order of the keys shows it.
const CONVERTED_BUCKETS: u32 = 128;

/// The value of a declaration, ready to be assigned.
pub(super) enum Prepared<'a> {
    Nothing,
    Text(&'a [u8]),
    Elements(ArrayKind, Elements<'a>),
}

/// `local name` and `local name=text` for a variable of no particular kind: what [`declare`] comes to, in one step.
/// `false`: nothing was done, since there is more to it.
pub(super) fn declare_plain_local(sh: &mut Shell, request: &Request, word: &[u8]) -> bool {
    if !request.is_plain_local() || sh.shopt(Shopt::LocalvarInherit) || sh.option(SetOption::AllExport) {
        return false;
    }
    let (name, value) = match word.iter().position(|byte| *byte == b'=') {
        Some(equals) => (&word[..equals], Some(&word[equals + 1..])),
        None => (word, None),
    };
    // A quoted `(…)` is looked into.
    if value.is_some_and(|value| value.starts_with(b"(")) {
        return false;
    }
    let Some(name) = Name::from_bytes(name) else { return false };
    sh.session.variables.declare_plain_local(name, value.map(|value| Value::Text(Text::new(value))))
}

/// Declares what an operand names. Whether that worked: complaints were made otherwise.
pub(super) fn declare(sh: &mut Shell, args: &Args<'_>, request: &Request, given: Operand<'_>) -> Flow<bool> {
    if request.on.contains(Attributes::NAMEREF) && !is_fit_for_reference(sh, args, request, &given) {
        return Continue(false);
    }
    let local = sh.session.variables.in_function() && !request.global;
    let quoted = quoted_compound(sh, request, &given);
    let mut operand: Operand<'_> = given;
    let as_array = operand.subscript.is_none() || request.on.intersects(Attributes::ARRAY);
    let is_array = sh.variable(operand.name).is_some_and(|cell| cell.is_array());
    if let Some(assignment) = &quoted
        && as_array
        && let AssignedValue::Array(elements) = &assignment.value
    {
        operand.value = Given::QuotedElements(elements);
        operand.subscript = None;
    } else if quoted.is_some() && !is_array {
        sh.error([b"warning: ", operand.word, b": quoted compound array assignment deprecated"].concat());
    }
    if matches!(operand.value, Given::Elements(_) | Given::QuotedElements(_))
        && refuses_elements(sh, request, &operand)?
    {
        return readonly(sh, args, operand.name);
    }
    let prepared = prepare(sh, request, &operand)?;
    if local {
        return match place_local(sh, args, request, &operand) {
            Some(name) if is_fixed_reference(sh, request, name) => readonly(sh, args, name),
            Some(name) => change(sh, args, request, (name, &operand), prepared),
            None => Continue(false),
        };
    }
    if request.global {
        sh.session.variables.exchange_with_global(operand.name);
        let flow = declare_visible(sh, args, request, &operand, prepared);
        sh.session.variables.exchange_with_global(operand.name);
        return flow;
    }
    declare_visible(sh, args, request, &operand, prepared)
}

/// A compound assignment to a readonly variable outside all functions is complained about as an assignment, which
/// discards the line; in a function the declaration itself complains as well. The elements have been expanded by then.
pub(super) fn refuses_elements(sh: &mut Shell, request: &Request, operand: &Operand<'_>) -> Flow<bool> {
    let Lookup::Plain(name) = sh.session.variables.resolve(operand.name) else { return Continue(false) };
    let variables = &sh.session.variables;
    let cell = if request.global { variables.global(name) } else { variables.get(name) };
    if cell.is_none_or(|cell| !cell.attributes.contains(Attributes::READONLY)) {
        return Continue(false);
    }
    if !variables.in_function() || request.global || variables.is_local(name) {
        prepare(sh, request, operand)?;
        return sh.readonly_error(name);
    }
    if !variables.is_global(name) {
        return Continue(false);
    }
    if let Given::Elements(elements) | Given::QuotedElements(elements) = operand.value {
        expand(sh, request, operand.name, elements)?;
    }
    let text = [name.as_bytes(), b": readonly variable"].concat();
    complain_of_elements(sh, &text);
    Continue(true)
}

/// An array assignment comes before the declaration that holds it.
fn complain_of_elements(sh: &mut Shell, text: &[u8]) {
    match sh.function_just_entered() {
        Some(function) => sh.builtin_error(&function, text),
        None => sh.error(text),
    }
}

/// `declare -a a='(1 2)'`: a quoted compound assignment, for what is or becomes an array.
fn quoted_compound(
    sh: &mut Shell,
    request: &Request,
    operand: &Operand<'_>,
) -> Option<bash_parser::ast::Assignment> {
    let Given::Text(text) = operand.value else { return None };
    if !(text.starts_with(b"(") && text.ends_with(b")")) || request.on.contains(Attributes::NAMEREF) {
        return None;
    }
    let array = request.on.intersects(Attributes::ARRAY)
        || operand.subscript.is_some()
        || sh.variable(operand.name).is_some_and(|cell| cell.is_array());
    if !array { None } else { sh.parse_compound(text) }
}

fn is_new_local(sh: &Shell, request: &Request, name: Name) -> bool {
    sh.session.variables.in_function() && !request.global && !sh.session.variables.is_local(name)
}

fn inherits(sh: &Shell, request: &Request) -> bool {
    request.inherit || sh.shopt(Shopt::LocalvarInherit)
}

fn prepare<'a>(sh: &mut Shell, request: &Request, operand: &Operand<'a>) -> Flow<Prepared<'a>> {
    Continue(match operand.value {
        Given::Nothing => Prepared::Nothing,
        Given::Text(text) => Prepared::Text(text),
        Given::Elements(_) | Given::QuotedElements(_) if operand.subscript.is_some() => {
            let place = operand.word.split(|byte| *byte == b'=').next().unwrap_or_default();
            let place = place.strip_suffix(b"+").unwrap_or(place);
            sh.error([place, b": cannot assign list to array member"].concat());
            return sh.discard();
        }
        Given::Elements(elements) | Given::QuotedElements(elements) => {
            let (kind, expanded) = expand(sh, request, operand.name, elements)?;
            if matches!(operand.value, Given::Elements(_)) {
                sh.trace_elements(operand.name, AssignMode::from_append(operand.append), &expanded)?;
            }
            Prepared::Elements(kind, expanded)
        }
    })
}

/// The elements of an array, and which kind of array takes them.
fn expand<'a>(
    sh: &mut Shell,
    request: &Request,
    name: Name,
    elements: &'a [ArrayElement],
) -> Flow<(ArrayKind, Elements<'a>)> {
    let known = match sh.session.variables.resolve(name) {
        // A new local does not take after the variable that it hides.
        Lookup::Plain(name) if is_new_local(sh, request, name) && !inherits(sh, request) => {
            ArrayKind::Indexed
        }
        Lookup::Plain(name) => sh.array_kind(name),
        _ => ArrayKind::Indexed,
    };
    let declared = request.on.contains(Attributes::ASSOCIATIVE);
    let kind = if declared { ArrayKind::Associative } else { known };
    let expanded = match kind {
        ArrayKind::Associative if !declared => sh.expand_element_words(elements)?,
        _ => sh.expand_elements(kind, elements)?,
    };
    Continue((kind, expanded))
}

/// Makes the variable local to the running function. `None` after a complaint.
fn place_local(sh: &mut Shell, args: &Args<'_>, request: &Request, operand: &Operand<'_>) -> Option<Name> {
    let name = local_name(sh, request, operand);
    let is_local = sh.session.variables.is_local(name);
    let outer = sh.session.variables.get(name).cloned();
    if let Some(outer) = &outer
        && !is_local
        && sh.session.variables.is_global(name)
    {
        if outer.attributes.contains(Attributes::READONLY) {
            sh.builtin_error(args.name, [name.as_bytes(), b": readonly variable"].concat());
            return None;
        }
        if outer.attributes.contains(Attributes::NO_ASSIGN) {
            sh.builtin_error(args.name, [name.as_bytes(), b": variable may not be assigned value"].concat());
            return None;
        }
    }
    sh.session.variables.make_local(name);
    sh.session.variables.change_attributes(name, Attributes::LOCAL, Attributes::empty());
    if let Some(outer) = outer
        && !is_local
        && inherits(sh, request)
    {
        let unfit = Attributes::NAMEREF | Attributes::TEMPORARY | Attributes::DYNAMIC;
        sh.session.variables.cell(name).value = outer.value;
        sh.session.variables.change_attributes(name, outer.attributes - unfit, Attributes::empty());
    }
    Some(name)
}

/// A name reference of the running function stands for its target.
fn local_name(sh: &Shell, request: &Request, operand: &Operand<'_>) -> Name {
    let name = operand.name;
    if (request.on | request.off).contains(Attributes::NAMEREF) || !sh.session.variables.is_local(name) {
        return name;
    }
    match sh.session.variables.resolve(name) {
        Lookup::Plain(target) => target,
        _ => name,
    }
}

/// Declares a variable where it is visible, name references followed.
fn declare_visible(
    sh: &mut Shell,
    args: &Args<'_>,
    request: &Request,
    operand: &Operand<'_>,
    prepared: Prepared<'_>,
) -> Flow<bool> {
    if request.off.contains(Attributes::NAMEREF) {
        return release_reference(sh, args, request, operand, prepared);
    }
    if request.on.contains(Attributes::NAMEREF) {
        return change(sh, args, request, (operand.name, operand), prepared);
    }
    if operand.subscript.is_some() && operand.has_value() {
        strip_reference(sh, operand.name);
    }
    match sh.session.variables.resolve(operand.name) {
        Lookup::Plain(name) => change(sh, args, request, (name, operand), prepared),
        Lookup::Element(array, subscript) if matches!(operand.value, Given::Elements(_)) => {
            sh.session.variables.change_attributes(array, Attributes::INDEXED, Attributes::empty());
            sh.error([b"`", array.as_bytes(), b"[", &subscript[..], b"]': not a valid identifier"].concat());
            sh.discard()
        }
        Lookup::Element(array, subscript) if operand.subscript.is_none() => {
            let element = Operand {
                word: operand.word,
                name: array,
                subscript: Some(&subscript),
                append: operand.append,
                value: operand.value,
                reading: SubscriptReading::Expand,
            };
            if element.has_value() {
                strip_reference(sh, array);
            }
            change(sh, args, request, (array, &element), prepared)
        }
        Lookup::Unbound(reference) => {
            if matches!(prepared, Prepared::Elements(..)) && !request.on.intersects(Attributes::ARRAY) {
                sh.strip_reference(operand.name, reference);
            }
            let becomes_array =
                matches!(prepared, Prepared::Elements(..)) || request.on.intersects(Attributes::ARRAY);
            if becomes_array {
                sh.session.variables.change_attributes(reference, Attributes::empty(), Attributes::NAMEREF);
            }
            change(sh, args, request, (reference, operand), prepared)
        }
        Lookup::Element(name, _) | Lookup::Invalid(name, _) | Lookup::Circular(name) => {
            change(sh, args, request, (name, operand), prepared)
        }
    }
}

pub(super) fn readonly(sh: &mut Shell, args: &Args<'_>, name: Name) -> Flow<bool> {
    sh.builtin_error(args.name, [name.as_bytes(), b": readonly variable"].concat());
    Continue(false)
}

/// Changes attributes and value of the visible variable `name`.
pub(super) fn change(
    sh: &mut Shell,
    args: &Args<'_>,
    request: &Request,
    (name, operand): (Name, &Operand<'_>),
    prepared: Prepared<'_>,
) -> Flow<bool> {
    if request.on.contains(Attributes::NAMEREF) {
        become_local_array(sh, request, name);
    }
    let before = sh.session.variables.get(name).cloned();
    let held = before.as_ref().map_or(Attributes::empty(), |cell| cell.attributes);
    let is_array = before.as_ref().is_some_and(Variable::is_array);
    let is_new = before.is_none();
    let on_reference = request.on.contains(Attributes::NAMEREF);
    let is_unbound_reference =
        held.contains(Attributes::NAMEREF) && before.as_ref().is_some_and(|cell| !cell.is_set());
    if on_reference && !is_array && !can_become_reference(sh, args, name, operand) {
        return Continue(false);
    }
    if held.contains(Attributes::READONLY)
        && !(on_reference && is_array)
        && (operand.has_value()
            || (request.off.contains(Attributes::READONLY) && !is_unbound_reference)
            || on_reference
            || (request.on | request.off).intersects(FIXED))
    {
        return readonly(sh, args, name);
    }
    if held.contains(Attributes::NO_ASSIGN) && operand.has_value() {
        return Continue(true);
    }
    let was_scalar = before.as_ref().is_some_and(|cell| cell.is_set() && !cell.is_array());
    let is_element = operand.subscript.is_some() && was_scalar;
    if !is_element && let Some(message) = array_conflict(sh, request, name) {
        return complain_of_array(sh, args, (name, operand), message);
    }
    let request = &request.without_reference_to_array();
    let on_reference = request.on.contains(Attributes::NAMEREF);
    let assigns_reference =
        on_reference || (held.contains(Attributes::NAMEREF) && !request.off.contains(Attributes::NAMEREF));
    if let Prepared::Text(text) = prepared
        && assigns_reference
    {
        let is_local = sh.session.variables.in_function() && !request.global;
        let is_new = before.is_none_or(|cell| !cell.is_set() && !is_local);
        let exports = sh.option(SetOption::AllExport);
        let assigned = assign_reference(sh, args, request, (name, operand), (text, is_new))?;
        if assigned && exports {
            sh.session.variables.change_attributes(name, Attributes::EXPORT, Attributes::empty());
        }
        return Continue(assigned);
    }
    become_array(sh, request, name, operand);
    if operand.subscript.is_some()
        && !is_element
        && let Some(message) = array_conflict(sh, request, name)
    {
        leave_without_elements(sh, request, (name, operand));
        return complain_of_array(sh, args, (name, operand), message);
    }
    set_attributes(sh, request, name);
    if makes_readonly_element(request, operand) {
        if is_new {
            leave_without_elements(sh, request, (name, operand));
        }
        finish(sh, request, name);
        sh.error([name.as_bytes(), b": readonly variable"].concat());
        return Continue(true);
    }
    let flow = assign(sh, (name, operand), prepared);
    if flow.is_break() {
        if is_new && matches!(operand.value, Given::Elements(_)) {
            leave_if_filled(sh, name, &flow);
        } else if is_new {
            leave_without_elements(sh, request, (name, operand));
        }
        return match flow {
            Break(Unwind::Discard(_)) if operand.subscript.is_some() => Continue(false),
            flow => flow.map_continue(|()| true),
        };
    }
    finish(sh, request, name);
    let exports = sh.option(SetOption::AllExport) && !request.off.contains(Attributes::EXPORT);
    let is_local = sh.session.variables.in_function() && !request.global;
    let is_plain = operand.subscript.is_none() && !request.on.intersects(Attributes::ARRAY);
    if exports && is_new && is_plain && !is_local {
        sh.session.variables.change_attributes(name, Attributes::EXPORT, Attributes::empty());
    }
    Continue(true)
}

/// A new local variable is an array before it shall be a reference, which it then cannot be.
fn become_local_array(sh: &mut Shell, request: &Request, name: Name) {
    let is_local = sh.session.variables.in_function() && !request.global;
    if is_local && sh.variable(name).is_none_or(|cell| !cell.is_set()) {
        let kind = request.on & Attributes::ARRAY;
        sh.session.variables.change_attributes(name, kind, Attributes::empty());
    }
}

/// Whether an array would be readonly before its one element is assigned: `declare -r a[0]=x`, which Bash refuses, but does not
/// count as a failure. A subscript that has to be evaluated may be wrong, which comes first.
fn makes_readonly_element(request: &Request, operand: &Operand<'_>) -> bool {
    let is_sure = |subscript: &[u8]| !subscript.is_empty() && subscript.iter().all(u8::is_ascii_alphanumeric);
    request.on.contains(Attributes::READONLY) && operand.has_value() && operand.subscript.is_some_and(is_sure)
}

/// A new array whose one element could not be assigned is there all the same; a local one has no value.
fn leave_without_elements(sh: &mut Shell, request: &Request, (name, operand): (Name, &Operand<'_>)) {
    let is_local = sh.session.variables.in_function() && !request.global;
    let is_unset = sh.session.variables.get(name).is_none_or(|cell| !cell.is_set());
    if !operand.has_value() || !is_unset || is_local {
        return;
    }
    match sh.session.variables.get(name).map_or(Attributes::empty(), |cell| cell.attributes) {
        held if held.contains(Attributes::ASSOCIATIVE) => {
            sh.session.variables.set(name, Value::from(bash_session::AssociativeArray::new()));
        }
        held if held.contains(Attributes::INDEXED) => {
            sh.session.variables.set(name, Value::from(bash_session::IndexedArray::new()));
        }
        _ => {}
    }
}

/// A new array of which not one element could be assigned for a mistake in an expression has no value.
pub(crate) fn leave_if_filled(sh: &mut Shell, name: Name, flow: &Flow<()>) {
    if !matches!(flow, Break(Unwind::Abandon(_))) {
        return;
    }
    let cell = sh.session.variables.cell(name);
    if matches!(&cell.value, Value::Indexed(array) if array.is_empty()) {
        cell.value = Value::Unset;
    }
}

/// What a readonly variable refuses to have changed.
const FIXED: Attributes = Attributes::TRANSFORMING.union(Attributes::ARRAY);

pub(super) fn set_attributes(sh: &mut Shell, request: &Request, name: Name) {
    let late = Attributes::READONLY | Attributes::NAMEREF;
    let mut off = request.off - late - Attributes::ARRAY;
    if request.on.contains(Attributes::NAMEREF) {
        off |= Attributes::TRANSFORMING - request.on;
    }
    sh.session.variables.change_attributes(name, request.on - late, off);
}

/// What is set when the value is in place.
pub(super) fn finish(sh: &mut Shell, request: &Request, name: Name) {
    let late = Attributes::READONLY | Attributes::NAMEREF;
    let is_unbound = sh.session.variables.get(name).is_some_and(|cell| !cell.is_set());
    let off = if is_unbound { request.off & Attributes::NAMEREF } else { Attributes::empty() };
    sh.session.variables.change_attributes(name, request.on & late, off);
    if request.on.intersects(Attributes::EXPORT | Attributes::READONLY) {
        sh.session.variables.keep_temporary(name);
    }
}

/// Outside functions an array assignment discards the line.
fn complain_of_array(
    sh: &mut Shell,
    args: &Args<'_>,
    (name, operand): (Name, &Operand<'_>),
    message: &str,
) -> Flow<bool> {
    let text = [name.as_bytes(), b": ", message.as_bytes()].concat();
    if matches!(operand.value, Given::Elements(_)) {
        complain_of_elements(sh, &text);
        return if sh.session.variables.in_function() { Continue(false) } else { sh.discard() };
    }
    sh.builtin_error(args.name, &text);
    Continue(false)
}

/// What arrays refuse.
fn array_conflict(sh: &Shell, request: &Request, name: Name) -> Option<&'static str> {
    let associative = sh.is_associative(name);
    let array = sh.session.variables.get(name).is_some_and(|cell| cell.is_array());
    let indexed = array && !associative;
    if (request.off.contains(Attributes::INDEXED) && indexed)
        || (request.off.contains(Attributes::ASSOCIATIVE) && associative)
    {
        return Some("cannot destroy array variables in this way");
    }
    if request.on.contains(Attributes::NAMEREF) && array {
        return Some("reference variable cannot be an array");
    }
    if request.on.contains(Attributes::INDEXED) && associative {
        return Some("cannot convert associative to indexed array");
    }
    (request.on.contains(Attributes::ASSOCIATIVE) && indexed)
        .then_some("cannot convert indexed to associative array")
}

/// `-a`, `-A` or a subscript make an array of a plain variable; its value becomes the element 0.
fn become_array(sh: &mut Shell, request: &Request, name: Name, operand: &Operand<'_>) {
    let wants_indexed = request.on.contains(Attributes::INDEXED) || operand.subscript.is_some();
    let wants_associative = request.on.contains(Attributes::ASSOCIATIVE);
    if !(wants_indexed || wants_associative)
        || sh.session.variables.get(name).is_some_and(|cell| cell.is_array())
    {
        return;
    }
    let old = sh.session.variables.get(name).and_then(|cell| cell.value.text());
    let (flag, value) = if wants_associative {
        (
            Attributes::ASSOCIATIVE,
            old.map(|text| {
                let mut array = bash_session::AssociativeArray::with_buckets(CONVERTED_BUCKETS);
                array.set(Text::from("0"), text);
                Value::from(array)
            }),
        )
    } else {
        let array =
            old.map(|text| Value::from(std::iter::once(text).collect::<bash_session::IndexedArray>()));
        (Attributes::INDEXED, array)
    };
    sh.session.variables.change_attributes(name, flag, Attributes::empty());
    if let Some(value) = value {
        sh.session.variables.set(name, value);
    }
}

fn assign(sh: &mut Shell, (name, operand): (Name, &Operand<'_>), prepared: Prepared<'_>) -> Flow<()> {
    let mode = AssignMode::from_append(operand.append);
    match prepared {
        Prepared::Nothing => Continue(()),
        Prepared::Elements(kind, elements) => {
            sh.with_arith_caller(&b""[..], |sh| sh.assign_elements(name, kind, elements, mode))
        }
        Prepared::Text(text) => {
            let target = match operand.subscript {
                Some(subscript) => sh.target_of_element(name, subscript, operand.reading)?,
                None => AssignTarget::Whole(name),
            };
            let target = match target {
                // Not exported under `set -a`.
                AssignTarget::Whole(name) if sh.is_associative(name) => AssignTarget::Key(name, "0".into()),
                AssignTarget::Whole(name) if sh.variable(name).is_some_and(Variable::is_array) => {
                    AssignTarget::Index(name, 0)
                }
                target => target,
            };
            sh.assign_to(&target, Text::new(text), mode)
        }
    }
}
