//! Lists, and-or lists, pipelines: rebuilt from children that lie flat in source order.

use super::Lowerer;
use super::printed_lines::Before;
use crate::ast::{AndOr, AndOrOperator, Command, List, ListItem, Pipeline, Redirect, Stage, TimeFormat};
use crate::grammar::{Node, Rule};
use std::sync::Arc;

/// What has been read of a list so far.
#[derive(Default)]
struct ListBuilder {
    items: Vec<ListItem>,
    and_or: Option<OpenAndOr>,
    pipeline: OpenPipeline,
}

/// What stands behind an item: where the tree shows neither `;` nor `&`, it was a newline or the end of the list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ItemEnd {
    Newline,
    Semicolon,
    Background,
}

/// An and-or list whose last pipeline is still open.
struct OpenAndOr {
    first: Pipeline,
    rest: Vec<(AndOrOperator, Pipeline)>,
    operator: AndOrOperator,
}

/// A pipeline whose last command may still get redirections.
#[derive(Default)]
struct OpenPipeline {
    begun: bool,
    /// Where the last `!` or `time` before the first command ends.
    prefix_end: Option<usize>,
    negated: bool,
    timed: Option<TimeFormat>,
    stages: Vec<Stage>,
    last: Option<(Command, Vec<Redirect>)>,
    /// A `|` stands behind the last stage.
    piped: bool,
}

impl Lowerer<'_> {
    /// The list that lies flat among the children of `node`; children of other kinds are passed over.
    pub(super) fn list(&mut self, node: Node<'_>) -> List {
        let at = node.as_span().start();
        self.nested(at, |lowerer| {
            let mut list = ListBuilder::default();
            let mut before = Before::default();
            for child in node.into_inner() {
                lowerer.between_items(&child, &mut before);
                list.end_bare_prefix(&child);
                lowerer.list_child(child, &mut list);
            }
            list.finish()
        })
    }

    fn list_child(&mut self, child: Node<'_>, list: &mut ListBuilder) {
        match child.as_rule() {
            Rule::amp => list.end_item(ItemEnd::Background),
            Rule::semi => list.end_item(ItemEnd::Semicolon),
            Rule::and_if => list.end_pipeline(AndOrOperator::And),
            Rule::or_if => list.end_pipeline(AndOrOperator::Or),
            Rule::pipe => list.pipeline.pipe(child.as_str() == "|&"),
            Rule::bang => list.prefixed(&child).negated ^= true,
            Rule::time => list.prefixed(&child).timed = Some(time_format(&child)),
            Rule::redirect | Rule::fd_redirect => {
                let redirect = self.redirect(child);
                list.pipeline.redirect(redirect);
            }
            _ => {
                if let Some(command) = self.command(child) {
                    list.command(command);
                }
            }
        }
    }
}

fn time_format(node: &Node<'_>) -> TimeFormat {
    match node.into_inner().next() {
        Some(_) => TimeFormat::Posix,
        None => TimeFormat::Default,
    }
}

impl ListBuilder {
    /// The open pipeline, at a word that can only begin one.
    fn prefixed(&mut self, prefix: &Node<'_>) -> &mut OpenPipeline {
        if self.pipeline.is_complete() {
            self.end_item(ItemEnd::Newline);
        }
        self.pipeline.begun = true;
        self.pipeline.prefix_end = Some(prefix.as_span().end());
        &mut self.pipeline
    }

    /// A `!` or `time` with nothing behind it on its line is a pipeline of its own.
    fn end_bare_prefix(&mut self, next: &Node<'_>) {
        let Some(end) = self.pipeline.prefix_end.filter(|_| self.pipeline.is_bare()) else { return };
        let span = next.as_span();
        let gap = span.get_input().get(end..span.start()).unwrap_or_default();
        if gap.replace("\\\n", "").contains('\n') {
            self.end_item(ItemEnd::Newline);
        }
    }

    fn command(&mut self, command: Command) {
        if self.pipeline.is_complete() {
            self.end_item(ItemEnd::Newline);
        }
        self.pipeline.begun = true;
        self.pipeline.close_stage();
        self.pipeline.piped = false;
        self.pipeline.last = Some((command, Vec::new()));
    }

    /// `&&` or `||` was read.
    fn end_pipeline(&mut self, operator: AndOrOperator) {
        let pipeline = std::mem::take(&mut self.pipeline).finish();
        match &mut self.and_or {
            None => self.and_or = Some(OpenAndOr { first: pipeline, rest: Vec::new(), operator }),
            Some(and_or) => {
                and_or.rest.push((and_or.operator, pipeline));
                and_or.operator = operator;
            }
        }
    }

    fn end_item(&mut self, end: ItemEnd) {
        if !self.pipeline.begun && self.and_or.is_none() {
            return;
        }
        let pipeline = std::mem::take(&mut self.pipeline).finish();
        let and_or = match self.and_or.take() {
            None => AndOr { first: pipeline, rest: Box::default() },
            Some(mut open) => {
                open.rest.push((open.operator, pipeline));
                AndOr { first: open.first, rest: open.rest.into() }
            }
        };
        let (background, newline) = (end == ItemEnd::Background, end == ItemEnd::Newline);
        // Most lists have one item.
        if self.items.is_empty() {
            self.items.reserve_exact(1);
        }
        self.items.push(ListItem { and_or: Arc::new(and_or), background, newline });
    }

    fn finish(mut self) -> List {
        self.end_item(ItemEnd::Newline);
        List { items: self.items.into() }
    }
}

impl OpenPipeline {
    /// Whether a further command must belong to the next list item.
    fn is_complete(&self) -> bool {
        self.last.is_some() && !self.piped
    }

    /// Whether no command was read yet.
    fn is_bare(&self) -> bool {
        self.last.is_none() && self.stages.is_empty()
    }

    fn pipe(&mut self, with_stderr: bool) {
        if with_stderr {
            self.redirect(Redirect::stderr_to_stdout());
        }
        self.close_stage();
        self.piped = true;
    }

    fn redirect(&mut self, redirect: Redirect) {
        if let Some((_, redirects)) = &mut self.last {
            redirects.push(redirect);
        }
    }

    fn close_stage(&mut self) {
        if let Some((mut command, redirects)) = self.last.take() {
            if !redirects.is_empty() {
                command.redirects =
                    std::mem::take(&mut command.redirects).into_iter().chain(redirects).collect();
            }
            // Most pipelines have one stage.
            if self.stages.is_empty() {
                self.stages.reserve_exact(1);
            }
            self.stages.push(Stage { command: Arc::new(command) });
        }
    }

    fn finish(mut self) -> Pipeline {
        self.close_stage();
        Pipeline { negated: self.negated, timed: self.timed, stages: self.stages.into() }
    }
}
