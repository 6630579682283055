//! Simple commands, and the function definitions that begin like one.

use super::compound::plain;
use super::{Lowerer, text};
use crate::Name;
use crate::ast::{
    Argument, Assignment, Command, CommandKind, DescriptorTarget, FunctionDefinition, Redirect, SimpleCommand,
};
use crate::grammar::{Node, Rule};
use std::sync::Arc;

/// What has been read of a simple command.
#[derive(Default)]
struct Parts<'t> {
    assignments: Vec<Assignment>,
    words: Vec<Argument>,
    redirects: Vec<Redirect>,
    /// The last word, where it could be the descriptor of a redirection that touches it: its end and meaning.
    descriptor: Option<(usize, DescriptorTarget)>,
    /// The text of the first word.
    name: &'t str,
    /// The arguments may be assignments.
    declares: bool,
    /// The body, when it turns out to be a function definition.
    body: Option<Command>,
}

impl Lowerer<'_> {
    /// A simple command, or a function definition without the keyword.
    pub(super) fn simple(&mut self, node: Node<'_>, line: u32) -> Command {
        let mut parts = Parts::default();
        let words = node.into_inner().filter(|child| child.as_rule() == Rule::word);
        parts.words.reserve_exact(words.count());
        for child in node.into_inner() {
            self.simple_child(child, &mut parts);
        }
        if let Some(body) = parts.body {
            let definition =
                FunctionDefinition { name: text(parts.name), keyword: false, body: Arc::new(body), line };
            return plain(CommandKind::Function(Arc::new(definition)), line);
        }
        let simple = SimpleCommand { assignments: parts.assignments.into(), words: parts.words.into() };
        let mut command = plain(CommandKind::Simple(simple), line);
        command.redirects = parts.redirects.into();
        command
    }

    fn simple_child<'t>(&mut self, child: Node<'t>, parts: &mut Parts<'t>) {
        match child.as_rule() {
            Rule::word => {
                let span = child.as_span();
                parts.descriptor = descriptor(span.as_str()).map(|descriptor| (span.end(), descriptor));
                if parts.words.is_empty() {
                    parts.name = span.as_str();
                }
                parts.words.push(Argument::Word(self.argument(child)));
            }
            Rule::declaration | Rule::compound_arguments => {
                parts.declares = child.as_rule() == Rule::declaration;
                parts.name = child.as_str();
                for word in child.as_str().split_ascii_whitespace().filter(|&word| word != "\\") {
                    parts.words.push(Argument::Word(self.literal_word(word)));
                }
            }
            Rule::assignment if !has_operator(&child) => {
                parts.words.push(Argument::Word(self.unassigned(child)));
            }
            Rule::assignment if parts.declares && self.has_braces(&child) => {
                parts.words.push(Argument::Word(self.unassigned(child)));
            }
            Rule::assignment if parts.words.is_empty() => parts.assignments.push(self.assignment(child)),
            Rule::assignment if !parts.declares => parts.words.push(Argument::Word(self.unassigned(child))),
            Rule::assignment | Rule::array_assignment => {
                parts.words.push(Argument::Assignment(self.assignment(child).into()));
            }
            Rule::redirect | Rule::fd_redirect => self.simple_redirect(child, parts),
            Rule::function_tail => {
                parts.body = child.into_inner().find_map(|body| self.function_body(body));
            }
            _ => {}
        }
    }

    /// A redirection, with the word that touches it as its descriptor.
    fn simple_redirect(&mut self, child: Node<'_>, parts: &mut Parts<'_>) {
        let start = child.as_span().start();
        let operator_begins = child.as_str().starts_with(['<', '>']);
        let mut redirect = self.redirect(child);
        if let Some((end, descriptor)) = parts.descriptor.take()
            && end == start
            && operator_begins
        {
            parts.words.pop();
            redirect.descriptor = Some(descriptor);
        }
        parts.redirects.push(redirect);
    }
}

/// Whether what was read as an assignment is one.
fn has_operator(node: &Node<'_>) -> bool {
    node.into_inner().any(|child| child.as_rule() == Rule::assign_op)
}

/// What `word` means in front of a redirection operator: `2` or `{name}`.
pub(super) fn descriptor(word: &str) -> Option<DescriptorTarget> {
    if let Some(name) = word.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        return Name::from_bytes(name.as_bytes()).map(DescriptorTarget::Variable).or_else(|| element(name));
    }
    match word.bytes().all(|byte| byte.is_ascii_digit()) {
        true => word.parse().ok().map(DescriptorTarget::Number),
        false => None,
    }
}

/// `name[…]` as a descriptor variable.
fn element(text: &str) -> Option<DescriptorTarget> {
    let (name, subscript) = text.strip_suffix(']')?.split_once('[')?;
    let is_element = crate::is_identifier(name.as_bytes()) && !subscript.is_empty();
    is_element.then(|| DescriptorTarget::Element(self::text(text)))
}
