//! Compound commands and function definitions.

use super::word::Quoting;
use super::{Lowerer, text};
use crate::Name;
use crate::ast::{
    ArithForLoop, ArithText, CaseClause, CaseItem, CaseTerminator, Command, CommandKind, Coproc, ForLoop,
    FunctionDefinition, IfClause, List, Redirect, Text, WhileLoop, Word,
};
use crate::error;
use crate::grammar::{Node, Rule};
use std::sync::Arc;

impl Lowerer<'_> {
    /// The command that `node` is, if it is one.
    pub(super) fn command(&mut self, node: Node<'_>) -> Option<Command> {
        let line = self.command_line_of(&node)?;
        self.command_line = line;
        if node.as_rule() == Rule::simple {
            let source = node.as_str();
            let joined = newlines_in_arrays(&node);
            let simple = self.simple(node, line);
            if !matches!(simple.kind, CommandKind::Function(_)) {
                self.printed_simple(source, joined);
            }
            return Some(simple);
        }
        let end = self.line(node.as_span().end());
        let kind = match node.as_rule() {
            Rule::group => CommandKind::Group(self.grouped_list(node)),
            Rule::subshell => CommandKind::Subshell(self.subshell_list(node)),
            Rule::if_clause => CommandKind::If(self.if_clause(node)),
            Rule::while_loop => CommandKind::While(self.while_loop(node)),
            Rule::for_loop => self.for_loop(node),
            Rule::select_loop => match self.for_loop(node) {
                CommandKind::For(select) => CommandKind::Select(select),
                other => other,
            },
            Rule::case_clause => CommandKind::Case(self.case_clause(node).into()),
            Rule::conditional => CommandKind::Conditional(self.conditional(node).into()),
            Rule::arith_command => {
                CommandKind::Arith(self.arith_between(node, "((", "))", Quoting::Arith).into())
            }
            Rule::function => self.function(node, line),
            Rule::coproc => CommandKind::Coproc(self.coproc(node).into()),
            _ => return None,
        };
        let line = if matches!(kind, CommandKind::Subshell(_)) { end } else { line };
        Some(plain(kind, line))
    }

    /// The line that `LINENO` has while a command runs: where its first word ends, for expressions where they end.
    fn command_line_of(&self, node: &Node<'_>) -> Option<u32> {
        let span = node.as_span();
        let children = || node.into_inner();
        let place = match node.as_rule() {
            Rule::simple => children().next().map_or(span.start(), |first| first.as_span().end()),
            Rule::arith_command => span.end(),
            Rule::conditional => children().last().map_or(span.end(), |last| last.as_span().end()),
            Rule::group | Rule::subshell | Rule::if_clause | Rule::while_loop | Rule::for_loop => {
                span.start()
            }
            Rule::select_loop | Rule::case_clause | Rule::function | Rule::coproc => span.start(),
            _ => return None,
        };
        Some(self.line(place))
    }

    /// The list between the braces of `node`.
    fn grouped_list(&mut self, node: Node<'_>) -> List {
        let found = node.into_inner().find(|child| child.as_rule() == Rule::list);
        found.map(|list| self.printed_condition(list)).unwrap_or_default()
    }

    /// The list between the parentheses of `node`.
    fn subshell_list(&mut self, node: Node<'_>) -> List {
        let found = node.into_inner().find(|child| child.as_rule() == Rule::list);
        found.map(|list| self.printed_condition(list)).unwrap_or_default()
    }

    /// The one list within `node`, between keywords.
    fn inner_body(&mut self, node: Node<'_>) -> List {
        let found = node.into_inner().find(|child| child.as_rule() == Rule::list);
        found.map(|list| self.printed_body(list)).unwrap_or_default()
    }

    fn if_clause(&mut self, node: Node<'_>) -> IfClause {
        let mut arms = vec![];
        let mut otherwise = None;
        let mut condition = None;
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::list => match condition.take() {
                    None => condition = Some(self.printed_condition(child)),
                    Some(condition) => arms.push((condition, self.printed_body(child))),
                },
                Rule::elif_clause => arms.push(self.elif_clause(child)),
                Rule::else_clause => otherwise = Some(self.inner_body(child)),
                _ => {}
            }
        }
        IfClause { arms: arms.into(), otherwise }
    }

    fn elif_clause(&mut self, node: Node<'_>) -> (List, List) {
        self.reshaped += 1;
        let mut lists = node.into_inner().filter(|child| child.as_rule() == Rule::list);
        let condition = lists.next().map(|list| self.printed_condition(list)).unwrap_or_default();
        (condition, lists.next().map(|list| self.printed_body(list)).unwrap_or_default())
    }

    fn while_loop(&mut self, node: Node<'_>) -> WhileLoop {
        let mut found = WhileLoop { until: false, condition: List::default(), body: List::default() };
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::k_until => found.until = true,
                Rule::list => found.condition = self.printed_condition(child),
                Rule::do_group => found.body = self.inner_body(child),
                _ => {}
            }
        }
        found
    }

    /// `for` or `select` over words, or `for ((…))`.
    fn for_loop(&mut self, node: Node<'_>) -> CommandKind {
        let start = node.as_span().start();
        let mut variable = Text::default();
        let mut words = None;
        let mut body = List::default();
        let mut arith = None;
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::for_name => variable = text(child.as_str()),
                Rule::for_words => words = Some(self.for_words(child)),
                Rule::arith_for => arith = Some(child),
                Rule::do_group | Rule::group => {
                    self.printed_do(start, child.as_span().start());
                    body = self.inner_body(child);
                }
                _ => {}
            }
        }
        match arith {
            Some(header) => CommandKind::ArithFor(Box::new(self.arith_for(header, body))),
            None => {
                CommandKind::For(ForLoop { name: Name::from_bytes(&variable), variable, words, body }.into())
            }
        }
    }

    fn for_words(&mut self, node: Node<'_>) -> Box<[Word]> {
        let words = node.into_inner().filter(|child| child.as_rule() == Rule::word);
        words.map(|word| self.argument(word)).collect()
    }

    fn arith_for(&mut self, header: Node<'_>, body: List) -> ArithForLoop {
        let span = header.as_span();
        let mut parts: Vec<_> = vec![];
        for part in header.into_inner().filter(|child| child.as_rule() == Rule::arith_for_part) {
            parts.push(match is_blank(part.as_str()) {
                true => ArithText::default(),
                false => self.arith_between(part, "", "", Quoting::Arith),
            });
        }
        if parts.len() != 3 {
            let (line, header) = (self.line(span.end()), text(span.as_str()));
            let too_many = parts.len() > 3;
            self.error.get_or_insert_with(|| error::arith_for(line, &header, too_many));
        }
        let mut parts = parts.into_iter();
        let mut next = || parts.next().unwrap_or_default();
        ArithForLoop { init: next(), condition: next(), step: next(), body }
    }

    fn case_clause(&mut self, node: Node<'_>) -> CaseClause {
        let mut word = Word::default();
        let mut items = vec![];
        let esac = node.as_span().end().saturating_sub(1);
        let mut before = node.as_span().start();
        for child in node.into_inner() {
            let span = child.as_span();
            match child.as_rule() {
                Rule::word => word = self.compared_word(child),
                Rule::case_item => {
                    self.printed_case_item(before, i64::from(!items.is_empty()), span.start());
                    items.push(self.case_item(child));
                }
                _ => continue,
            }
            let source = span.as_str();
            before = span.start() + source.trim_end().len().saturating_sub(1);
        }
        self.printed_case_item(before, 1, esac);
        CaseClause { word, items: items.into() }
    }

    fn case_item(&mut self, node: Node<'_>) -> CaseItem {
        let mut patterns = vec![];
        let mut body = List::default();
        let mut terminator = CaseTerminator::Break;
        let mut pattern_end = node.as_span().start();
        let end = node.into_inner().find(|child| child.as_rule() == Rule::case_end);
        let end = end.map_or(node.as_span().end(), |end| end.as_span().start());
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::word => {
                    pattern_end = child.as_span().end();
                    patterns.push(self.compared_word(child));
                }
                Rule::case_body => body = self.printed_case_body(child, pattern_end, end),
                Rule::case_end => {
                    terminator = match child.as_str() {
                        ";&" => CaseTerminator::FallThrough,
                        ";;&" => CaseTerminator::TestNext,
                        _ => CaseTerminator::Break,
                    }
                }
                _ => {}
            }
        }
        CaseItem { patterns: patterns.into(), body, terminator }
    }

    /// `function name …`
    fn function(&mut self, node: Node<'_>, line: u32) -> CommandKind {
        let mut name = Text::default();
        let mut body = None;
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::word => name = text(child.as_str()),
                Rule::function_body => body = self.function_body(child),
                _ => {}
            }
        }
        let body = Arc::new(body.unwrap_or_else(|| plain(CommandKind::Group(List::default()), line)));
        CommandKind::Function(Arc::new(FunctionDefinition { name, keyword: true, body, line }))
    }

    /// The compound command that is a function's body, with its redirections.
    pub(super) fn function_body(&mut self, node: Node<'_>) -> Option<Command> {
        let at = node.as_span().start();
        self.nested(at, |lowerer| {
            let mut body = None;
            let mut redirects = vec![];
            lowerer.reshaped += 1;
            lowerer.last_function = None;
            for child in node.into_inner() {
                lowerer.redirected(child, &mut body, &mut redirects);
            }
            if let Some(command) = &mut body {
                command.redirects = redirects.into();
                lowerer.place_body(command);
            }
            body
        })
    }

    /// Bash takes the line of the last function that is defined within a body in braces for the body's own.
    fn place_body(&mut self, body: &mut Command) {
        let line = self.last_function.unwrap_or(body.line);
        self.last_function = Some(line);
        if matches!(body.kind, CommandKind::Group(_)) {
            body.line = line;
        }
    }

    fn coproc(&mut self, node: Node<'_>) -> Coproc {
        let at = node.as_span().start();
        let line = self.line(at);
        let mut name = None;
        let mut command = None;
        let mut redirects = vec![];
        self.nested(at, |lowerer| {
            for child in node.into_inner() {
                match child.as_rule() {
                    Rule::coproc_name => {
                        name = child.into_inner().next().map(|word| lowerer.plain_word(word))
                    }
                    _ => lowerer.redirected(child, &mut command, &mut redirects),
                }
            }
        });
        let mut command = command.unwrap_or_else(|| plain(CommandKind::Group(List::default()), line));
        if !redirects.is_empty() {
            command.redirects = redirects.into();
        }
        Coproc { name, command: Arc::new(command) }
    }

    /// `child` as the command or as one of the redirections behind it.
    fn redirected(&mut self, child: Node<'_>, command: &mut Option<Command>, redirects: &mut Vec<Redirect>) {
        match child.as_rule() {
            Rule::redirect | Rule::fd_redirect => redirects.push(self.redirect(child)),
            _ => {
                if let Some(found) = self.command(child) {
                    *command = Some(found);
                }
            }
        }
    }
}

/// The newlines between the elements of the arrays that a simple command assigns.
fn newlines_in_arrays(simple: &Node<'_>) -> usize {
    if !simple.as_str().contains('\n') {
        return 0;
    }
    let newlines = |node: &Node<'_>| node.as_str().matches('\n').count();
    let of_assignment = |assignment: Node<'_>| {
        let arrays = assignment.into_inner().filter(|child| child.as_rule() == Rule::array);
        let between = |array: Node<'_>| {
            let elements = array.into_inner().filter(|child| child.as_rule() == Rule::array_element);
            newlines(&array) - elements.map(|element| newlines(&element)).sum::<usize>()
        };
        arrays.map(between).sum::<usize>()
    };
    let assignments = simple
        .into_inner()
        .filter(|child| matches!(child.as_rule(), Rule::assignment | Rule::array_assignment));
    assignments.map(of_assignment).sum()
}

/// Whether an expression holds only blanks, which is as good as nothing. A newline is something: 0.
fn is_blank(expression: &str) -> bool {
    expression.replace("\\\n", "").bytes().all(|byte| matches!(byte, b' ' | b'\t'))
}

/// A command without redirections.
pub(super) fn plain(kind: CommandKind, line: u32) -> Command {
    Command { kind, redirects: Box::default(), line, cache: crate::ast::Cache::new() }
}
