//! Line numbers within `$(…)`.
//!
//! Bash keeps a command substitution as the text that printing its tree gives, and counts lines in that when it
//! runs: blank lines and comments do not count, what `;` joins is one line, and `fi` and `done` have lines of their
//! own. Bodies of here-documents are read only when they are expanded, so substitutions in them count as written.
//!
//! Most of that can be told from where things stand. Not so with functions, which take a line for each command, and
//! `elif`, which becomes an `if` of its own: a list that holds one is printed and read again.

use super::Lowerer;
use super::heredoc::is_body;
use super::substitution::SCRIPT_LEVELS;
use super::word::Quoting;
use crate::ast::List;
use crate::grammar::{Node, Rule};
use crate::{Dialect, parse, print};

/// Where the item before ended in the list being lowered.
#[derive(Default)]
pub(super) struct Before {
    end: Option<usize>,
    /// An operator stood behind it.
    joined: bool,
    /// It was the body of a here-document: printing leaves a blank line below.
    is_body: bool,
}

impl Lowerer<'_> {
    /// The list of a substitution that stands in `quoting`.
    pub(super) fn substituted_list(&mut self, node: Node<'_>, quoting: Quoting) -> List {
        self.printed =
            !self.laid_out && !matches!(quoting, Quoting::Body | Quoting::BodyBrace | Quoting::BodyArith);
        let (line, reshaped) = (self.command_line, self.reshaped);
        let list = self.list(node);
        let is_reshaped = self.printed && self.reshaped > reshaped;
        let again = if is_reshaped { self.printed_again(&list, line) } else { None };
        again.unwrap_or(list)
    }

    /// `list` as it reads when it was printed, its first line being number `line`.
    fn printed_again(&self, list: &List, line: u32) -> Option<List> {
        let text = print::substitution(list);
        let dialect = Dialect { aliases: false, ..self.dialect };
        let (list, error) = parse::printed_script(&text, line, dialect, self.depth + SCRIPT_LEVELS);
        error.is_none().then_some(list)
    }

    /// Accounts for the lines between the children of a list, at each of them.
    pub(super) fn between_items(&mut self, child: &Node<'_>, before: &mut Before) {
        if !self.printed {
            return;
        }
        let span = child.as_span();
        match child.as_rule() {
            Rule::semi | Rule::amp | Rule::and_if | Rule::or_if | Rule::pipe => before.joined = true,
            Rule::comment | Rule::funsub_kind => {}
            rule if is_body(rule) => {
                before.end = Some(span.end().saturating_sub(1));
                before.is_body = true;
            }
            rule => {
                if let Some(end) = before.end {
                    let continues = before.joined || matches!(rule, Rule::redirect | Rule::fd_redirect);
                    self.place(end, i64::from(!continues) + i64::from(before.is_body), span.start());
                }
                let prefix = matches!(rule, Rule::bang | Rule::time);
                *before = Before { end: Some(span.end()), joined: prefix, is_body: false };
            }
        }
    }

    /// The list between two keywords, the second of which has a line of its own.
    pub(super) fn printed_body(&mut self, list: Node<'_>) -> List {
        let span = list.as_span();
        let Some((first, last)) = extent(&list).filter(|_| self.printed) else { return self.list(list) };
        self.place(span.start().saturating_sub(1), 1, first);
        let lowered = self.list(list);
        self.place(last, 1, span.end());
        lowered
    }

    /// The list between a keyword and the next one, which stands on the line on which the list ends.
    pub(super) fn printed_condition(&mut self, list: Node<'_>) -> List {
        let span = list.as_span();
        let Some((first, last)) = extent(&list).filter(|_| self.printed) else { return self.list(list) };
        self.place(span.start().saturating_sub(1), 0, first);
        let lowered = self.list(list);
        self.place(last, 0, span.end());
        lowered
    }

    /// A simple command is one line, whatever lines were joined in it, `joined` of them between elements of arrays.
    pub(super) fn printed_simple(&mut self, source: &str, joined: usize) {
        if self.printed {
            self.shift -= (source.matches("\\\n").count() + joined) as i64;
        }
    }

    /// Accounts for the lines between the children of a `case`, at each item and at the end.
    pub(super) fn printed_case_item(&mut self, before: usize, below: i64, at: usize) {
        if self.printed {
            self.place(before, below, at);
        }
    }

    /// The body of a case item; `pattern` is where its patterns end, `end` where its `;;` begins.
    pub(super) fn printed_case_body(&mut self, body: Node<'_>, pattern: usize, end: usize) -> List {
        if !self.printed {
            return self.list(body);
        }
        let Some((first, last)) = extent(&body) else {
            self.place(pattern, 2, end);
            return self.list(body);
        };
        self.place(pattern, 1, first);
        let lowered = self.list(body);
        self.place(last, 1, end);
        lowered
    }

    /// `do` behind the head of a `for`, which ends at `head`.
    pub(super) fn printed_do(&mut self, head: usize, keyword: usize) {
        if self.printed {
            self.place(head, 1, keyword);
        }
    }

    /// Makes `at` lie so many lines below `before`.
    fn place(&mut self, before: usize, below: i64, at: usize) {
        let wanted = i64::from(self.lines.line(before)) + below;
        self.shift += wanted - i64::from(self.lines.line(at));
    }
}

/// Where the first command of a list begins and where its last one ends.
fn extent(list: &Node<'_>) -> Option<(usize, usize)> {
    let mut found = None;
    for child in list.into_inner() {
        let span = child.as_span();
        let (start, _) = found.unwrap_or((span.start(), 0));
        match child.as_rule() {
            Rule::comment => {}
            rule if is_body(rule) => found = Some((start, span.end().saturating_sub(1))),
            _ => found = Some((start, span.end())),
        }
    }
    found
}
