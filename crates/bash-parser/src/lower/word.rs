//! Words: literal text, quotes and expansions, tilde prefixes, and the final text where it is already known.

use super::{Lowerer, brace, text};
use crate::Translation;
use crate::ast::{Cache, ParamOperator, Text, Word, WordPart};
use crate::grammar::{Node, Rule};
use crate::quote::decode_ansi_c;
use crate::source::{decode, encode};
use std::sync::Arc;

/// What quoting surrounds a piece of text, as far as it changes what the piece means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quoting {
    /// None.
    Bare,
    /// `"…"`
    Double,
    /// The word of `${x:-…}` within double quotes: `'` is plain, `"` is not.
    DoubleBrace,
    /// `"…"` within the word of such a `${x:-…}`: a backslash quotes any character.
    DoubleInBrace,
    /// The body of a here-document.
    Body,
    /// The word of `${x:-…}` within a here-document.
    BodyBrace,
    /// Arithmetic text.
    Arith,
}

impl Quoting {
    /// The quoting of the word of a `${x:-…}` that stands in this one.
    pub(super) fn in_brace(self) -> Quoting {
        match self {
            Quoting::Bare => Quoting::Bare,
            Quoting::Body | Quoting::BodyBrace => Quoting::BodyBrace,
            Quoting::Double | Quoting::DoubleBrace | Quoting::DoubleInBrace | Quoting::Arith => {
                Quoting::DoubleBrace
            }
        }
    }

    /// Whether a backslash quotes `c` (rather than standing for itself).
    fn escapes(self, c: char) -> bool {
        match self {
            Quoting::Bare | Quoting::DoubleInBrace => true,
            Quoting::Double => matches!(c, '$' | '`' | '"' | '\\'),
            Quoting::DoubleBrace | Quoting::BodyBrace => matches!(c, '$' | '`' | '"' | '\\' | '}'),
            Quoting::Body => matches!(c, '$' | '`' | '\\'),
            Quoting::Arith => matches!(c, '$' | '`' | '"' | '\\'),
        }
    }
}

/// Parts in the making: neighbouring pieces of literal text become one part.
#[derive(Default)]
pub(super) struct Parts {
    done: Vec<WordPart>,
    literal: Vec<u8>,
    has_bad: bool,
}

impl Parts {
    pub(super) fn literal(&mut self, piece: &str) {
        self.literal.extend_from_slice(&encode(piece));
    }

    /// More literal text.
    pub(super) fn bytes(&mut self, piece: &[u8]) {
        self.literal.extend_from_slice(piece);
    }

    pub(super) fn part(&mut self, part: WordPart) {
        match part {
            WordPart::Literal(piece) => self.literal.extend_from_slice(&piece),
            part => {
                self.has_bad |= is_bad(&part);
                self.flush();
                self.done.push(part);
            }
        }
    }

    fn flush(&mut self) {
        if !self.literal.is_empty() {
            self.done.push(WordPart::Literal(std::mem::take(&mut self.literal).into()));
        }
    }

    pub(super) fn finish(mut self) -> Vec<WordPart> {
        self.flush();
        self.done
    }

    /// The parts of `source`, which the message of a bad substitution among them names as a whole.
    pub(super) fn finish_within(self, source: &str) -> Vec<WordPart> {
        let has_bad = self.has_bad;
        let mut parts = self.finish();
        if has_bad {
            parts.iter_mut().for_each(|part| name_whole(part, source));
        }
        parts
    }
}

fn is_bad(part: &WordPart) -> bool {
    matches!(part, WordPart::Param(expansion) if matches!(expansion.operator, ParamOperator::Bad { .. }))
}

fn name_whole(part: &mut WordPart, source: &str) {
    if let WordPart::Param(expansion) = part
        && let ParamOperator::Bad { source: own, within } = &mut Arc::make_mut(expansion).operator
    {
        *within = text(&source.replacen(&*decode(own), &decode(within), 1));
    }
}

impl Lowerer<'_> {
    /// A word that expands to any number of fields: tilde prefix, brace expressions.
    pub(super) fn word(&mut self, node: Node<'_>) -> Word {
        self.expandable_word(node, false)
    }

    /// The same for an argument, where `name=~` has its tilde expanded too (not if POSIX mode is on when it runs).
    pub(super) fn argument(&mut self, node: Node<'_>) -> Word {
        self.expandable_word(node, true)
    }

    fn expandable_word(&mut self, node: Node<'_>, like_assignment: bool) -> Word {
        let source = node.as_str();
        if is_plain(source) && node.clone().into_inner().next().is_none() {
            return self.literal_word(source);
        }
        let mut parts = self.gapped_parts(node, Quoting::Bare);
        if self.dialect.braces && source.contains('{') {
            parts = brace::find(parts);
        }
        tilde_at_start(&mut parts);
        if like_assignment && source.contains("~") {
            tildes_after_equals(&mut parts);
        }
        finished(parts)
    }

    /// A word that stands for one string or pattern: no brace expressions.
    pub(super) fn plain_word(&mut self, node: Node<'_>) -> Word {
        let source = node.as_str();
        if is_plain(source) && node.clone().into_inner().next().is_none() {
            return self.literal_word(source);
        }
        let mut parts = self.gapped_parts(node, Quoting::Bare);
        tilde_at_start(&mut parts);
        finished(parts)
    }

    /// The same in `case` and `[[`, where `name=~` has its tilde expanded as in an argument.
    pub(super) fn compared_word(&mut self, node: Node<'_>) -> Word {
        if self.dialect.posix || !node.as_str().contains("=~") {
            return self.plain_word(node);
        }
        let mut parts = self.gapped_parts(node, Quoting::Bare);
        tilde_at_start(&mut parts);
        tildes_after_equals(&mut parts);
        finished(parts)
    }

    /// The value of an assignment: tilde prefixes at its start and after each `:`.
    pub(super) fn value(&mut self, node: Node<'_>) -> Word {
        let source = node.as_str();
        if is_plain(source) && node.clone().into_inner().next().is_none() {
            return self.literal_word(source);
        }
        let mut parts = self.gapped_parts(node, Quoting::Bare);
        if source.contains('~') {
            tildes_after_colons(&mut parts);
        }
        finished(parts)
    }

    /// A word of plain text.
    pub(super) fn literal_word(&self, source: &str) -> Word {
        let literal = text(source);
        let constant = (!has_pattern(&literal)).then(|| Arc::from(&*literal));
        Word { parts: Box::new([WordPart::Literal(literal)]), constant, cache: Cache::new() }
    }

    /// Text in which nothing is special at all.
    pub(super) fn quoted_text(&self, source: &str) -> Word {
        let literal = text(source);
        let constant = Some(Arc::from(&*literal));
        let parts: Box<[WordPart]> =
            if literal.is_empty() { Box::default() } else { Box::new([WordPart::Literal(literal)]) };
        Word { parts, constant, cache: Cache::new() }
    }

    /// The parts of a node whose literal text is what lies between its children.
    pub(super) fn gapped_parts(&mut self, node: Node<'_>, quoting: Quoting) -> Vec<WordPart> {
        let span = node.as_span();
        self.gapped_parts_of(node, span.start(), span.end(), quoting)
    }

    fn gapped_parts_of(
        &mut self,
        node: Node<'_>,
        start: usize,
        end: usize,
        quoting: Quoting,
    ) -> Vec<WordPart> {
        let input = node.as_span().get_input();
        let mut parts = Parts::default();
        let mut at = start;
        for child in node.into_inner() {
            let span = child.as_span();
            push_gap(&mut parts, &input[at..span.start().min(end).max(at)]);
            at = span.end().min(end).max(at);
            self.part(child, quoting, &mut parts);
        }
        push_gap(&mut parts, &input[at..end]);
        parts.finish_within(&input[start..end])
    }

    /// One child of a word as a part.
    pub(super) fn part(&mut self, node: Node<'_>, quoting: Quoting, parts: &mut Parts) {
        let source = node.as_str();
        match node.as_rule() {
            Rule::esc => escape(source, quoting, parts),
            Rule::var => parts.part(self.variable(source)),
            Rule::squote => self.single_quoted(node, quoting, parts),
            Rule::dquote => parts.part(WordPart::DoubleQuoted(self.double_quoted(node, quoting).into())),
            Rule::locale_quote => parts.part(self.locale_quoted(node)),
            Rule::ansi_quote if quoting == Quoting::BodyBrace => parts.literal(source),
            Rule::ansi_quote => parts.part(ansi_quoted(source)),
            Rule::brace_param | Rule::posix_brace_param => parts.part(self.brace_param(node, quoting)),
            Rule::arith => {
                let part = self.arith(node, quoting);
                parts.part(part);
            }
            Rule::old_arith => {
                let expr = Arc::new(self.arith_between(node, "$[", "]"));
                parts.part(WordPart::Arith { expr, bracket: true });
            }
            Rule::comsub | Rule::funsub | Rule::bquote => {
                let substitution = self.command_substitution(node, quoting);
                parts.part(WordPart::Command(Arc::new(substitution)));
            }
            Rule::value => self.gapped_parts(node, quoting).into_iter().for_each(|part| parts.part(part)),
            Rule::procsub if quoting != Quoting::Bare => parts.literal(source),
            Rule::procsub => parts.part(self.process_substitution(node)),
            Rule::extglob | Rule::cond_extglob => self.extglob(node, parts),
            Rule::extglob_paren
            | Rule::regex_paren
            | Rule::arith_paren
            | Rule::subscript_in
            | Rule::subscript => {
                self.bracketed(node, quoting, parts);
            }
            Rule::unterm | Rule::bad | Rule::EOI => {}
            _ => push_gap(parts, source),
        }
    }

    /// `'…'`, which is no quote within `"${x:-…}"`: only what lies between is then expanded.
    fn single_quoted(&mut self, node: Node<'_>, quoting: Quoting, parts: &mut Parts) {
        let source = node.as_str();
        let at = node.as_span().start();
        let inner = source.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or_default();
        if quoting == Quoting::Bare {
            return parts.part(WordPart::SingleQuoted(text(inner)));
        }
        parts.literal("'");
        if inner.contains(['$', '`', '\\', '"']) {
            self.reparsed(inner, at + 1, quoting, parts);
        } else {
            parts.literal(inner);
        }
        parts.literal("'");
    }

    /// `$"…"`, with the text that the shell gives in place of its own.
    fn locale_quoted(&mut self, node: Node<'_>) -> WordPart {
        let Some(inner) = node.into_inner().next() else { return WordPart::LocaleQuoted(Box::default()) };
        let (source, at) = (inner.as_str(), inner.as_span().start());
        let quoted = self.double_quoted(inner, Quoting::Bare);
        let source = source.strip_prefix('"').unwrap_or(source);
        let source = source.strip_suffix('"').unwrap_or(source);
        let line = self.line(at);
        // A `$"…"` within has become plain double quotes already.
        match self.aliases.translation(&encode(&source.replace("$\"", "\"")), line) {
            None => WordPart::LocaleQuoted(quoted.into()),
            Some(Translation::Literal(text)) => WordPart::SingleQuoted(text.into()),
            Some(Translation::Expanded(text)) => {
                let mut parts = Parts::default();
                self.reparsed(&decode(&text), at, Quoting::Double, &mut parts);
                WordPart::LocaleQuoted(parts.finish().into())
            }
        }
    }

    /// The parts between the double quotes of `node`, which stands in `quoting`.
    fn double_quoted(&mut self, node: Node<'_>, quoting: Quoting) -> Vec<WordPart> {
        let quoting = match quoting {
            Quoting::DoubleBrace | Quoting::BodyBrace => Quoting::DoubleInBrace,
            _ => Quoting::Double,
        };
        let span = node.as_span();
        let end = if span.as_str().len() > 1 { span.end() - 1 } else { span.end() };
        self.nested(span.start(), |lowerer| lowerer.gapped_parts_of(node, span.start() + 1, end, quoting))
    }

    fn extglob(&mut self, node: Node<'_>, parts: &mut Parts) {
        let span = node.as_span();
        let operator = span.as_str().as_bytes().first().copied().unwrap_or(b'@');
        let inner = self.nested(span.start(), |lowerer| {
            lowerer.gapped_parts_of(node, span.start() + 2, span.end() - 1, Quoting::Bare)
        });
        parts.part(WordPart::ExtGlob { operator, parts: inner.into() });
    }

    /// A nested pair of parentheses or brackets: its brackets are literal text.
    fn bracketed(&mut self, node: Node<'_>, quoting: Quoting, parts: &mut Parts) {
        let span = node.as_span();
        let source = span.as_str();
        parts.literal(&source[..1]);
        self.nested(span.start(), |lowerer| {
            let input = span.get_input();
            let (mut at, end) = (span.start() + 1, span.end() - 1);
            for child in node.into_inner() {
                let inner = child.as_span();
                push_gap(parts, &input[at..inner.start().max(at)]);
                at = inner.end();
                lowerer.part(child, quoting, parts);
            }
            push_gap(parts, &input[at..end.max(at)]);
        });
        parts.literal(&source[source.len() - 1..]);
    }
}

/// Literal text, which may hold joined lines.
fn push_gap(parts: &mut Parts, gap: &str) {
    if gap.contains('\\') {
        gap.split("\\\n").for_each(|piece| parts.literal(piece));
    } else {
        parts.literal(gap);
    }
}

fn escape(source: &str, quoting: Quoting, parts: &mut Parts) {
    match source.chars().nth(1) {
        None => parts.literal(source),
        Some('\n') => {}
        Some(c) if quoting.escapes(c) => parts.part(WordPart::Escaped(text(&source[1..]))),
        Some(_) => parts.literal(source),
    }
}

/// The text that `$'…'` stands for.
pub(super) fn ansi_text(source: &str) -> String {
    let inner = source.strip_prefix("$'").and_then(|rest| rest.strip_suffix('\'')).unwrap_or_default();
    decode(&decode_ansi_c(&text(inner))).into_owned()
}

fn ansi_quoted(source: &str) -> WordPart {
    let inner = source.strip_prefix("$'").and_then(|rest| rest.strip_suffix('\'')).unwrap_or_default();
    let source = text(inner);
    let value = decode_ansi_c(&source).into();
    WordPart::AnsiQuoted { source, value }
}

/// Text in which no character begins anything but a pattern.
fn is_plain(source: &str) -> bool {
    !source.bytes().any(|byte| matches!(byte, b'~' | b'{' | b'\\'))
}

/// Whether unquoted `literal` may hold a pattern. A `[` that nothing closes is none, so that `[` is a plain word.
fn has_pattern(literal: &[u8]) -> bool {
    literal.iter().any(|byte| matches!(byte, b'*' | b'?'))
        || literal.contains(&b'[') && literal.contains(&b']')
}

/// A word of these parts.
pub(super) fn finished(parts: Vec<WordPart>) -> Word {
    let constant = constant(&parts);
    Word { parts: parts.into(), constant, cache: Cache::new() }
}

/// The text of unquoted parts, where it is known.
fn constant(parts: &[WordPart]) -> Option<Arc<[u8]>> {
    let mut known = Vec::new();
    let mut literals = Vec::new();
    for part in parts {
        match part {
            WordPart::Literal(literal) => {
                literals.extend_from_slice(literal);
                known.extend_from_slice(literal);
            }
            WordPart::Escaped(quoted) | WordPart::SingleQuoted(quoted) => known.extend_from_slice(quoted),
            WordPart::AnsiQuoted { value, .. } => known.extend_from_slice(value),
            WordPart::DoubleQuoted(inner) => known.extend_from_slice(&quoted_text_of(inner)?),
            _ => return None,
        }
    }
    (!has_pattern(&literals)).then(|| known.into())
}

/// The text of quoted parts, where it is known.
pub(super) fn constant_of_quoted(parts: &[WordPart]) -> Option<Arc<[u8]>> {
    quoted_text_of(parts).map(Arc::from)
}

fn quoted_text_of(parts: &[WordPart]) -> Option<Vec<u8>> {
    let mut known = Vec::new();
    for part in parts {
        match part {
            WordPart::Literal(quoted) | WordPart::Escaped(quoted) | WordPart::SingleQuoted(quoted) => {
                known.extend_from_slice(quoted);
            }
            WordPart::DoubleQuoted(inner) => known.extend_from_slice(&quoted_text_of(inner)?),
            _ => return None,
        }
    }
    Some(known)
}

/// Makes a `~` at the start of the word a tilde prefix; where braces begin the word, in each alternative.
pub(super) fn tilde_at_start(parts: &mut Vec<WordPart>) {
    let last = parts.len() == 1;
    match parts.first_mut() {
        Some(WordPart::Literal(literal)) if literal.first() == Some(&b'~') => {
            let literal = std::mem::take(literal);
            let split = split_tilde(&literal, last);
            parts.splice(0..1, split);
        }
        Some(WordPart::Brace(_)) => brace::tilde_in_alternatives(parts, tilde_at_start),
        _ => {}
    }
}

/// Makes each `~` at the start of the value or after an unquoted `:` a tilde prefix.
fn tildes_after_colons(parts: &mut Vec<WordPart>) {
    let mut changed = Vec::with_capacity(parts.len() + 2);
    let count = parts.len();
    for (index, part) in std::mem::take(parts).into_iter().enumerate() {
        match part {
            WordPart::Literal(literal) if literal.contains(&b'~') => {
                split_at_colons(&literal, index == 0, index + 1 == count, &mut changed);
            }
            other => changed.push(other),
        }
    }
    *parts = changed;
}

/// Splits `literal` behind its colons and makes the prefixes that begin there. `fresh`: it begins the value;
/// `last`: nothing follows it.
fn split_at_colons(literal: &[u8], fresh: bool, last: bool, parts: &mut Vec<WordPart>) {
    let mut pending = Vec::new();
    let pieces: Vec<&[u8]> = literal.split_inclusive(|&byte| byte == b':').collect();
    for (index, piece) in pieces.iter().enumerate() {
        let begins = index > 0 || fresh;
        let ends = last && index + 1 == pieces.len();
        if !(begins && piece.first() == Some(&b'~')) {
            pending.extend_from_slice(piece);
            continue;
        }
        for part in split_tilde(piece, ends) {
            match part {
                WordPart::Literal(literal) => pending.extend_from_slice(&literal),
                tilde => {
                    if !pending.is_empty() {
                        parts.push(WordPart::Literal(std::mem::take(&mut pending).into()));
                    }
                    parts.push(tilde);
                }
            }
        }
    }
    if !pending.is_empty() {
        parts.push(WordPart::Literal(pending.into()));
    }
}

/// `~…` as a tilde prefix, which ends at a slash or colon, and the rest. One that runs into a quote or an expansion is none.
fn split_tilde(literal: &[u8], last: bool) -> Vec<WordPart> {
    let length = literal.iter().position(|byte| matches!(byte, b'/' | b':'));
    match length {
        None if !last => vec![WordPart::Literal(literal.into())],
        _ => {
            let (prefix, rest) = literal.split_at(length.unwrap_or(literal.len()));
            let mut parts = vec![WordPart::Tilde(prefix[1..].into())];
            if !rest.is_empty() {
                parts.push(WordPart::Literal(rest.into()));
            }
            parts
        }
    }
}

/// In a word that reads like an assignment, makes the tilde prefixes of its value.
pub(super) fn tildes_after_equals(parts: &mut Vec<WordPart>) {
    let Some(WordPart::Literal(first)) = parts.first() else { return };
    let Some(head) = assignment_head(first) else { return };
    let (head, rest) = first.split_at(head);
    let head: Text = head.into();
    let mut value: Vec<WordPart> = Vec::with_capacity(parts.len() + 2);
    if !rest.is_empty() {
        value.push(WordPart::Literal(rest.into()));
    } else if parts.len() > 1 {
        return tildes_behind(head, parts);
    }
    value.extend(parts.drain(1..));
    tildes_after_colons(&mut value);
    if let Some(WordPart::Literal(literal)) = value.first_mut() {
        *literal = [&*head, &**literal].concat().into();
    } else {
        value.insert(0, WordPart::Literal(head));
    }
    *parts = value;
}

/// The same when the value begins with something quoted: only what follows a `:` counts.
fn tildes_behind(head: Text, parts: &mut Vec<WordPart>) {
    let mut value: Vec<WordPart> = parts.drain(1..).collect();
    tildes_after_colons(&mut value);
    value.insert(0, WordPart::Literal(head));
    *parts = value;
}

/// The length of `name=`, `name+=` or `name[…]=` at the start of `literal`.
fn assignment_head(literal: &[u8]) -> Option<usize> {
    let name = literal.iter().take_while(|&&byte| byte == b'_' || byte.is_ascii_alphanumeric()).count();
    if !crate::is_identifier(&literal[..name]) {
        return None;
    }
    let mut at = name;
    if literal.get(at) == Some(&b'[') {
        at += literal[at..].iter().position(|&byte| byte == b']')? + 1;
    }
    if literal.get(at) == Some(&b'+') {
        at += 1;
    }
    (literal.get(at) == Some(&b'=')).then_some(at + 1)
}
