//! Elements of compound assignments as messages and `set -x` show them: as written, or as they were expanded.

use super::{Element, Elements, Expanded, Place};
use crate::assign::AssignMode;
use crate::{Flow, Shell};
use bash_parser::Name;
use bash_parser::ast::{ArrayElement, Subscript};
use bash_parser::quote::single_quote;
use bash_session::SetOption;
use std::ops::ControlFlow::Continue;

impl Shell {
    /// `+ name=('a' ['k']='b')`: how `set -x` shows an array that is an argument of a declaration command.
    pub fn trace_elements(&mut self, name: Name, mode: AssignMode, elements: &Elements<'_>) -> Flow<()> {
        if !self.option(SetOption::XTrace) {
            return Continue(());
        }
        let shown = match &elements.0 {
            Expanded::Plain(texts) => texts.iter().map(|text| single_quote(text)).collect::<Vec<_>>(),
            Expanded::Placed(elements) => elements.iter().map(traced_element).collect(),
        };
        let operator: &[u8] = if mode == AssignMode::Append { b"+=(" } else { b"=(" };
        self.trace_line(&[name.as_bytes(), operator, &shown.join(&b' '), b")"].concat())
    }

    /// An element whose key is empty: as it was written, or as it was quoted for a declaration command.
    pub(super) fn shown_without_key(&self, element: &ArrayElement, value: &[u8]) -> Vec<u8> {
        match (self.running_builtin, &element.subscript) {
            (Some(_), None) => single_quote(b""),
            (Some(_), Some(_)) => [b"[''", operator(element), &single_quote(value)[..]].concat(),
            _ => element_text(element),
        }
    }

    /// The message shows the word as it was written; what a declaration builtin is given has been quoted as a whole before.
    pub(super) fn refuse_without_subscript(&mut self, name: Name, word: &ArrayElement) -> Flow<()> {
        let mut shown = Vec::new();
        bash_parser::print::word(&word.value, &mut shown);
        if self.running_builtin.is_some() {
            shown = single_quote(&shown);
        }
        let message: &[u8] = b": must use subscript when assigning associative array";
        self.error([name.as_bytes(), b": ", &shown[..], message].concat());
        self.refuse_element()
    }
}

/// An element as `set -x` shows it.
fn traced_element(element: &Element<'_>) -> Vec<u8> {
    let value = single_quote(&element.value);
    let placed = |subscript: &[u8], source: &ArrayElement| {
        [b"[", &single_quote(subscript)[..], operator(source), &value[..]].concat()
    };
    match &element.place {
        Place::Next => value,
        Place::Missing(source) => single_quote(&element_text(source)),
        Place::Key(key, source) if source.subscript.is_none() => {
            [&single_quote(key)[..], b" ", &value[..]].concat()
        }
        Place::Key(key, source) => placed(key, source),
        Place::At(source, Some(text)) => placed(text, source),
        Place::At(source, None) => placed(subscript_source(source), source),
    }
}

fn subscript_source(element: &ArrayElement) -> &[u8] {
    match &element.subscript {
        Some(Subscript::Text { source, .. }) => source,
        Some(Subscript::At) => b"@",
        Some(Subscript::Star) => b"*",
        None => b"",
    }
}

/// What stands behind a subscript.
pub(super) fn operator(element: &ArrayElement) -> &'static [u8] {
    if element.append { b"]+=" } else { b"]=" }
}

/// An element as written.
pub(super) fn element_text(element: &ArrayElement) -> Vec<u8> {
    let mut text = Vec::new();
    match &element.subscript {
        None => {}
        Some(Subscript::At) => text.extend_from_slice(&[b"[@", operator(element)].concat()),
        Some(Subscript::Star) => text.extend_from_slice(&[b"[*", operator(element)].concat()),
        Some(Subscript::Text { source, .. }) => {
            text.extend_from_slice(&[b"[", &source[..], operator(element)].concat())
        }
    }
    bash_parser::print::word(&element.value, &mut text);
    text
}
