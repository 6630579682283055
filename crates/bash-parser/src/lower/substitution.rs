//! Command and process substitution.

use super::word::{Parts, Quoting};
use super::{Lowerer, text};
use crate::Dialect;
use crate::ast::{
    CommandKind, CommandSubstitution, List, ProcessDirection, RedirectOperator, SubstitutionForm, WordPart,
};
use crate::error;
use crate::grammar::{self, Node, Rule};
use crate::parse::{self, lines::Lines};
use crate::source::encode;
use std::sync::Arc;

/// How many levels of nesting a text that is parsed anew counts for: each costs a pass over all within it.
pub(super) const SCRIPT_LEVELS: u32 = 25;

impl Lowerer<'_> {
    /// `$(…)`, `${ …;}`, `` `…` ``, or a `$((…)` that turned out to be a subshell.
    pub(super) fn command_substitution(&mut self, node: Node<'_>, quoting: Quoting) -> CommandSubstitution {
        let (line, first_line) = (self.line(node.as_span().start()), self.command_line);
        let anchor = match quoting {
            Quoting::Body | Quoting::BodyBrace => node.as_span().start(),
            _ => first_command(&node),
        };
        match node.as_rule() {
            Rule::bquote => self.backquoted(node, quoting, line),
            Rule::arith => self.subshell_in_substitution(node, line),
            Rule::funsub => {
                let reply = node.as_str().starts_with("${|");
                let form = if reply { SubstitutionForm::Reply } else { SubstitutionForm::Current };
                let mut list = self.anchored(anchor, |lowerer| lowerer.substituted_list(node, quoting));
                if let Some(last) = list.items.last_mut() {
                    last.newline = ends_in_newline(node.as_str());
                }
                CommandSubstitution { form, list, error: None, line, first_line }
            }
            _ => {
                let list = self.anchored(anchor, |lowerer| lowerer.substituted_list(node, quoting));
                let form =
                    if is_file_read(&list) { SubstitutionForm::ReadFile } else { SubstitutionForm::Dollar };
                CommandSubstitution { form, list, error: None, line, first_line }
            }
        }
    }

    /// `<(…)` or `>(…)`
    pub(super) fn process_substitution(&mut self, node: Node<'_>) -> WordPart {
        let (line, first_line) = (self.line(node.as_span().start()), self.command_line);
        let direction =
            if node.as_str().starts_with('<') { ProcessDirection::Read } else { ProcessDirection::Write };
        let list =
            self.anchored(first_command(&node), |lowerer| lowerer.substituted_list(node, Quoting::Bare));
        let body =
            CommandSubstitution { form: SubstitutionForm::Process, list, error: None, line, first_line };
        WordPart::Process { direction, body: Arc::new(body) }
    }

    /// The text between backquotes is a script of its own; what is wrong with it matters only when it runs.
    fn backquoted(&mut self, node: Node<'_>, quoting: Quoting, line: u32) -> CommandSubstitution {
        let source = node.as_str();
        let at = node.as_span().start();
        let inner = source.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')).unwrap_or_default();
        let in_body = matches!(quoting, Quoting::Body | Quoting::BodyBrace);
        let script = unescape(inner, if in_body && self.dialect.posix { Quoting::Double } else { quoting });
        let (list, error) = self.script(&script, at);
        CommandSubstitution {
            form: SubstitutionForm::Backquote(text(inner)),
            list,
            error,
            line,
            first_line: self.command_line,
        }
    }

    /// `$( (…) … )` written without the blank: what looked like arithmetic is read again as commands.
    fn subshell_in_substitution(&mut self, node: Node<'_>, line: u32) -> CommandSubstitution {
        let source = node.as_str();
        let at = node.as_span().start();
        let inner = source.strip_prefix("$(").and_then(|rest| rest.strip_suffix(')')).unwrap_or_default();
        let (list, error) = self.script(inner, at);
        CommandSubstitution {
            form: SubstitutionForm::Subshell(text(inner)),
            list,
            error,
            line,
            first_line: self.command_line,
        }
    }

    /// `script` as a text of its own.
    fn script(&mut self, script: &str, at: usize) -> (List, Option<Box<crate::ParseError>>) {
        let aliases = self.aliases;
        let dialect = Dialect { aliases: self.dialect.aliases && self.dialect.posix, ..self.dialect };
        let parsed = self.nested(at, |lowerer| {
            Some(parse::script(
                &encode(script),
                lowerer.command_line,
                dialect,
                aliases,
                lowerer.depth + SCRIPT_LEVELS,
            ))
        });
        match parsed {
            Some((list, error)) => (list, error.map(Box::new)),
            None => (List::default(), None),
        }
    }

    /// `inner`, found between single quotes that do not quote, read as if in double quotes.
    pub(super) fn reparsed(&mut self, inner: &str, at: usize, quoting: Quoting, parts: &mut Parts) {
        let line = self.line(at);
        let Ok(tree) = grammar::body(inner, self.dialect) else {
            self.error.get_or_insert_with(|| error::too_deep(line));
            return;
        };
        let node = tree.root();
        if let Some(failure) = error::find(&node, inner, &Lines::new(inner, line + 1)) {
            return parts.part(super::heredoc::failing(failure, line));
        }
        let lines = std::mem::replace(&mut self.lines, Lines::new(inner, line));
        let shift = std::mem::take(&mut self.shift);
        let lowered = self.nested(0, |lowerer| lowerer.gapped_parts(node, quoting));
        self.lines = lines;
        self.shift = shift;
        lowered.into_iter().for_each(|part| parts.part(part));
    }
}

/// Where the first command in `node` begins.
fn first_command(node: &Node<'_>) -> usize {
    let is_command = |child: &Node<'_>| !matches!(child.as_rule(), Rule::comment | Rule::funsub_kind);
    node.into_inner().find(is_command).map_or(node.as_span().start(), |first| first.as_span().start())
}

/// Removes the backslashes that quote for the backquotes: before `` ` ``, `\` and `$`, within double quotes
/// before `"` too. A backslash-newline vanishes even between single quotes.
fn unescape(inner: &str, quoting: Quoting) -> String {
    let mut script = String::with_capacity(inner.len());
    let mut rest = inner.chars().peekable();
    while let Some(c) = rest.next() {
        let quotes = match rest.peek() {
            Some('`' | '\\' | '$') => true,
            Some('"') => matches!(
                quoting,
                Quoting::Double | Quoting::DoubleBrace | Quoting::DoubleInBrace | Quoting::ArithBrace
            ),
            _ => false,
        };
        match (c, quotes) {
            ('\\', true) => script.extend(rest.next()),
            ('\\', false) if rest.next_if_eq(&'\n').is_some() => {}
            // The pair is passed on, so that the second is not taken for the first of another.
            ('\\', false) => script.extend([Some(c), rest.next()].into_iter().flatten()),
            _ => script.push(c),
        }
    }
    script
}

/// Whether `list` is a lone `< file`.
fn is_file_read(list: &List) -> bool {
    let [item] = &*list.items else { return false };
    let (false, [stage], []) = (item.background, &*item.and_or.first.stages, &*item.and_or.rest) else {
        return false;
    };
    let pipeline = &item.and_or.first;
    let CommandKind::Simple(simple) = &stage.command.kind else { return false };
    let [redirect] = &*stage.command.redirects else { return false };
    !pipeline.negated
        && pipeline.timed.is_none()
        && simple.words.is_empty()
        && simple.assignments.is_empty()
        && redirect.descriptor.is_none()
        && redirect.operator == RedirectOperator::Read
}

/// Whether nothing but blanks stands between the last newline of `${ …}` and its brace.
fn ends_in_newline(source: &str) -> bool {
    let inner = source.strip_suffix('}').unwrap_or(source);
    inner.trim_end_matches([' ', '\t']).ends_with('\n')
}
