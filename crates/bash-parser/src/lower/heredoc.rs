//! Here-documents: which body belongs to which redirection, and what a body holds.
//!
//! A body lies after the newline that follows its redirection, often far outside the command it belongs to, so
//! bodies are matched to redirections in a pass of its own before the tree is built.

use super::word::{Quoting, constant_of_quoted};
use super::{Lowerer, text};
use crate::ast::{CommandSubstitution, DocumentText, HereDocument, List, SubstitutionForm, Word, WordPart};
use crate::error;
use crate::grammar::{self, Node, Rule};
use crate::parse::lines::Lines;
use crate::source::{encode, place_within};
use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;

/// The bodies of a unit by the offset of their redirection.
#[derive(Default)]
pub(super) struct Documents {
    bodies: HashMap<usize, Body>,
}

/// Where a body lies, its delimiter line included.
#[derive(Clone)]
struct Body {
    range: Range<usize>,
    /// Ended by the closing parenthesis behind the delimiter, not by a line of its own.
    cut: bool,
}

impl Body {
    fn new(span: crate::tree::Span<'_>) -> Body {
        let raw = span.as_str();
        let cut = !raw.ends_with('\n') && span.end() < span.get_input().len();
        Body { range: span.start()..span.end(), cut }
    }

    /// It with its last line, in the text in which it was found.
    fn raw<'t>(&self, node: &Node<'t>) -> &'t str {
        node.as_span().get_input().get(self.range.clone()).unwrap_or_default()
    }

    /// The line before it, where Bash begins to read it.
    fn first_line(&self, lines: &Lines) -> u32 {
        lines.line(self.range.start.saturating_sub(1))
    }

    /// The line on which it ends.
    fn last_line(&self, raw: &str, lines: &Lines) -> u32 {
        let line = lines.line(self.range.end);
        if raw.is_empty() || raw.ends_with('\n') { line.saturating_sub(1) } else { line }
    }
}

/// The redirections that wait for a body, within one construct that reads its own.
struct Level {
    end: usize,
    waiting: VecDeque<usize>,
}

impl Documents {
    /// Matches bodies to redirections, first come, first served, each `$(…)` on its own.
    pub(super) fn find(unit: &Node<'_>) -> Documents {
        let mut found = Documents::default();
        if !unit.as_str().contains("<<") {
            return found;
        }
        let mut levels = vec![Level { end: usize::MAX, waiting: VecDeque::new() }];
        for node in unit.into_inner().flatten() {
            let span = node.as_span();
            while levels.last().is_some_and(|level| level.end <= span.start()) {
                levels.pop();
            }
            let Some(level) = levels.last_mut() else { break };
            match node.as_rule() {
                Rule::heredoc => level.waiting.push_back(span.start()),
                Rule::comsub | Rule::procsub | Rule::funsub => {
                    levels.push(Level { end: span.end(), waiting: VecDeque::new() });
                }
                rule if is_body(rule) => {
                    if let Some(redirect) = level.waiting.pop_front() {
                        found.bodies.insert(redirect, Body::new(span));
                    }
                }
                _ => {}
            }
        }
        found
    }
}

/// A here-document whose body is still to come.
pub(crate) struct Awaited {
    /// The line that ends it.
    pub(crate) delimiter: String,
    quoted: bool,
    stripped: bool,
}

impl Awaited {
    fn new(redirect: Node<'_>) -> Awaited {
        let stripped = redirect.into_inner().any(|child| child.as_rule() == Rule::hd_dash);
        let written = redirect.into_inner().find(|child| child.as_rule() == Rule::hd_pieces);
        let (delimiter, quoted) = delimiter_text(written.as_ref().map_or("", |written| written.as_str()));
        Awaited { delimiter, quoted, stripped }
    }

    /// Where the body at the start of `text` ends, its last line included.
    pub(crate) fn end_of_body(&self, text: &str) -> Option<usize> {
        let end_line = EndLine { delimiter: &self.delimiter, quoted: self.quoted, stripped: self.stripped };
        let mut end = 0;
        for line in text.split_inclusive('\n') {
            end += line.len();
            if end_line.split_off(&text[..end]).is_some() {
                return Some(end);
            }
        }
        None
    }

    /// What Bash says when the text ends before it.
    pub(crate) fn warning(&self, first_line: u32) -> Vec<u8> {
        delimited_by_end(first_line, &self.delimiter)
    }
}

/// The here-documents in the innermost `$(…)` around `offset` that no body was found for there.
pub(crate) fn awaited_at(unit: &Node<'_>, offset: usize) -> Vec<Awaited> {
    let bodies = Documents::find(unit).bodies;
    let nodes = || unit.into_inner().flatten();
    let around = |node: &Node<'_>| {
        let span = node.as_span();
        matches!(node.as_rule(), Rule::comsub | Rule::procsub) && span.start() < offset && offset < span.end()
    };
    let inside = nodes().filter(around).last().map_or(0, |node| node.as_span().start());
    let redirects = nodes().filter(|node| {
        let start = node.as_span().start();
        node.as_rule() == Rule::heredoc && (inside..offset).contains(&start) && !bodies.contains_key(&start)
    });
    redirects.map(Awaited::new).collect()
}

fn delimited_by_end(first_line: u32, delimiter: &str) -> Vec<u8> {
    let text = format!("warning: here-document at line {first_line} delimited by end-of-file (wanted `");
    [text.as_bytes(), &*encode(delimiter), b"')"].concat()
}

/// The delimiter that a here-document of `unit` lacks.
pub(crate) fn open_document(unit: &Node<'_>) -> Option<String> {
    open_documents(unit).into_iter().next().map(|(delimiter, _)| delimiter)
}

/// Which here-documents without an end count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Begun {
    /// Those whose bodies have begun.
    Only,
    /// All of them.
    OrNot,
}

/// Bash's warnings about the here-documents of `unit` that the end of the text ended, with their line numbers.
pub(crate) fn unterminated(unit: &Node<'_>, lines: &Lines, begun: Begun) -> Vec<(u32, Vec<u8>)> {
    let warning = |(delimiter, body): (String, Option<Body>)| {
        let end = lines.end();
        let lines_of = |body: Body| (body.first_line(lines), body.last_line(body.raw(unit), lines));
        let (first, last) = body.map_or((end, end), lines_of);
        (last, delimited_by_end(first, &delimiter))
    };
    let counts = |(_, body): &(String, Option<Body>)| body.is_some() || begun == Begun::OrNot;
    open_documents(unit).into_iter().filter(counts).map(warning).collect()
}

/// The here-documents of `unit` without their last lines: delimiters, and bodies where there are any.
fn open_documents(unit: &Node<'_>) -> Vec<(String, Option<Body>)> {
    if !unit.as_str().contains("<<") {
        return vec![];
    }
    let documents = Documents::find(unit);
    let redirects = unit.into_inner().flatten().filter(|node| node.as_rule() == Rule::heredoc);
    let open = redirects.into_iter().filter_map(|redirect| {
        let start = redirect.as_span().start();
        let mut written = "";
        let mut stripped = false;
        for child in redirect.into_inner() {
            match child.as_rule() {
                Rule::hd_pieces => written = child.as_str(),
                Rule::hd_dash => stripped = true,
                _ => {}
            }
        }
        let (delimiter, quoted) = delimiter_text(written);
        let body = documents.bodies.get(&start);
        let end = EndLine { delimiter: &delimiter, quoted, stripped };
        let open = body.is_none_or(|body| end.split_off(body.raw(unit)).is_none());
        open.then(|| (delimiter, body.cloned()))
    });
    open.collect()
}

/// Whether `rule` is the body of a here-document.
pub(crate) fn is_body(rule: Rule) -> bool {
    use Rule::*;
    matches!(
        rule,
        hd_body1
            | hd_body2
            | hd_body3
            | hd_body4
            | hd_body5
            | hd_body6
            | hd_body7
            | hd_body8
            | hd_body9
            | hd_body10
            | hd_body11
            | hd_body12
            | hd_body13
            | hd_body14
            | hd_body15
            | hd_body16
    )
}

/// A delimiter with its quotes removed.
pub(crate) fn delimiter_text(written: &str) -> (String, bool) {
    let mut plain = String::with_capacity(written.len());
    let mut quoted = false;
    let mut quote = None;
    let mut rest = written.chars().peekable();
    while let Some(c) = rest.next() {
        match (quote, c) {
            (None, '$') if matches!(rest.peek(), Some('\'' | '"')) => {}
            (None, '\'' | '"') => {
                quote = Some(c);
                quoted = true;
            }
            (Some(open), c) if open == c => quote = None,
            (None, '\\') => {
                quoted = true;
                plain.extend(rest.next());
            }
            (Some('"'), '\\') if matches!(rest.peek(), Some('"' | '\\' | '$' | '`')) => {
                plain.extend(rest.next())
            }
            (_, c) => plain.push(c),
        }
    }
    (plain, quoted)
}

/// The line that ends a here-document.
struct EndLine<'d> {
    delimiter: &'d str,
    /// The delimiter was quoted: backslashes join no lines.
    quoted: bool,
    /// Tabs before it do not count.
    stripped: bool,
}

impl EndLine<'_> {
    /// What stands before it in a raw body; `None` when the input ended without it.
    fn split_off<'t>(&self, raw: &'t str) -> Option<&'t str> {
        let without_newline = raw.strip_suffix('\n').unwrap_or(raw);
        let (before, last) = split_last_line(without_newline);
        let is_delimiter = match self.stripped {
            true => last.trim_start_matches('\t') == self.delimiter.trim_start_matches('\t'),
            false => last == self.delimiter,
        };
        if !is_delimiter || self.quoted { is_delimiter.then_some(before) } else { self.unjoined(before) }
    }

    /// `before`, unless a backslash at its end joins the line behind it to a text. Backslashes alone on their lines are
    /// none.
    fn unjoined<'t>(&self, mut before: &'t str) -> Option<&'t str> {
        while ends_with_continuation(before) {
            let (earlier, joined) = split_last_line(&before[..before.len() - 2]);
            let blank = if self.stripped { joined.trim_start_matches('\t') } else { joined };
            if !blank.is_empty() {
                return None;
            }
            before = earlier;
        }
        Some(before)
    }
}

/// A text before its last line, and that line.
fn split_last_line(text: &str) -> (&str, &str) {
    text.split_at(text.rfind('\n').map_or(0, |newline| newline + 1))
}

impl Lowerer<'_> {
    /// The here-document that the redirection `node` begins.
    pub(super) fn here_document(&mut self, node: Node<'_>, stripped: bool) -> HereDocument {
        let span = node.as_span();
        let line = self.line(span.start());
        let mut written = "";
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::hd_pieces => written = child.as_str(),
                Rule::hd_many => {
                    self.error.get_or_insert_with(|| error::too_deep(line));
                }
                Rule::hd_too_many => {
                    self.error.get_or_insert_with(|| error::too_many_documents(line));
                }
                _ => {}
            }
        }
        let (delimiter, quoted) = delimiter_text(written);
        // Warnings are given while reading, so their lines are those of the source.
        let line = self.lines.line(span.start());
        let body = self.documents.bodies.get(&span.start()).cloned();
        let raw = body.as_ref().map_or("", |body| body.raw(&node));
        let ends = body.as_ref().map_or(line, |body| body.last_line(raw, &self.lines));
        let line = body.as_ref().map_or(line, |body| body.first_line(&self.lines));
        let (start, cut) = body.map_or((span.end(), false), |body| (body.range.start, body.cut));
        let begins = self.line(start);
        let end = EndLine { delimiter: &delimiter, quoted, stripped };
        // A backslash before the end of the text has joined its line to nothing, which counts as one more.
        let joins_nothing = !quoted && ends_with_continuation(raw);
        let (kept, unterminated) = match end.split_off(raw) {
            Some(kept) => (kept, cut.then_some((line, ends))),
            None => (raw, Some((line, ends + u32::from(joins_nothing)))),
        };
        let is_open = unterminated.is_some();
        let unterminated = self.warn_early(unterminated, &delimiter);
        let kept = if stripped { strip_tabs(kept, quoted).into() } else { Cow::from(kept) };
        let mut kept = if quoted { kept } else { join_lines(kept) };
        if is_open && joins_nothing {
            kept.to_mut().push('\n');
        }
        let body = self.document_body(&kept, quoted, begins);
        let source = self.document_text(&kept);
        HereDocument { delimiter: text(written), quoted, source, body, unterminated }
    }

    /// Warns of a document that ends with the text; in a text that is read when it runs, only then.
    fn warn_early(&mut self, unterminated: Option<(u32, u32)>, delimiter: &str) -> Option<(u32, u32)> {
        let (Some((first, last)), Some(warnings)) = (unterminated, &mut self.warnings) else {
            return unterminated;
        };
        warnings.push((last, delimited_by_end(first, delimiter)));
        None
    }

    /// The parts of a body that begins on line `begins`.
    fn document_body(&mut self, body: &str, quoted: bool, begins: u32) -> Option<Word> {
        if quoted || memchr::memchr3(b'$', b'`', b'\\', body.as_bytes()).is_none() {
            return None;
        }
        let Ok(tree) = grammar::body(body, self.dialect) else {
            self.error.get_or_insert_with(|| error::too_deep(begins));
            return Some(Word::default());
        };
        let node = tree.root();
        if let Some(failure) = error::find(&node, body, &Lines::new(body, begins)) {
            return Some(Word { parts: Box::new([failing(failure, begins)]), ..Word::default() });
        }
        let lines = std::mem::replace(&mut self.lines, Lines::new(body, begins));
        let shift = std::mem::take(&mut self.shift);
        let documents = std::mem::replace(&mut self.documents, Documents::find(&node));
        let parts = self.nested(0, |lowerer| lowerer.gapped_parts(node, Quoting::Body));
        self.lines = lines;
        self.shift = shift;
        self.documents = documents;
        let constant = constant_of_quoted(&parts);
        Some(Word { parts: parts.into(), constant, cache: crate::ast::Cache::new() })
    }

    /// A body as text. A large one that makes up most of the script stays where it is.
    fn document_text(&self, body: &str) -> DocumentText {
        const LARGE: usize = 1 << 20;
        let stays = |script: &&Arc<String>| body.len() >= LARGE && body.len() * 2 > script.len();
        let bytes = encode(body);
        match (self.script.filter(stays), &bytes) {
            (Some(script), Cow::Borrowed(_)) => match place_within(body, script) {
                Some(range) => DocumentText::Within { script: script.clone(), range },
                None => DocumentText::Own(bytes.into()),
            },
            _ => DocumentText::Own(bytes.into()),
        }
    }
}

/// A text whose expansion fails: Bash reads what is in it only then.
pub(super) fn failing(error: crate::ParseError, line: u32) -> WordPart {
    let (form, list) = (SubstitutionForm::Dollar, List::default());
    WordPart::Command(Arc::new(CommandSubstitution {
        form,
        list,
        error: Some(Box::new(error)),
        line,
        first_line: line,
    }))
}

/// Removes the tabs that begin each line; a line joined to the one before by a backslash keeps its own.
fn strip_tabs(body: &str, quoted: bool) -> String {
    let mut stripped = String::with_capacity(body.len());
    let mut joined = false;
    for line in body.split_inclusive('\n') {
        stripped.push_str(if joined { line } else { line.trim_start_matches('\t') });
        joined = !quoted && ends_with_continuation(line);
    }
    stripped
}

/// Removes the backslash-newlines of an unquoted body, as reading it does.
fn join_lines(body: Cow<'_, str>) -> Cow<'_, str> {
    if !body.contains("\\\n") {
        return body;
    }
    body.split_inclusive('\n')
        .map(|line| if ends_with_continuation(line) { &line[..line.len() - 2] } else { line })
        .collect()
}

fn ends_with_continuation(line: &str) -> bool {
    let content = line.strip_suffix('\n').unwrap_or(line);
    let backslashes = content.bytes().rev().take_while(|&byte| byte == b'\\').count();
    line.ends_with('\n') && backslashes % 2 == 1
}
