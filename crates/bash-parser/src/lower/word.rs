//! Words: literal text, quotes and expansions, tilde prefixes, and the final text where it is already known.

use super::tilde::{tilde_at_start, tildes_after_colons, tildes_after_equals, tildes_in_defaults};
use super::{Lowerer, brace, quoted_braces, shared_text, text};
use crate::Translation;
use crate::ast::{AnsiQuoted, BraceExpr, Cache, ParamOperator, SharedText, Word, WordPart};
use crate::grammar::{Node, Rule};
use crate::quote::{self, Charset, EscapeDialect};
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
    /// The word of `${x:-…}` within arithmetic.
    ArithBrace,
    /// `$[…]` within double quotes, or the subscript of an element in `a=(…)`: `$'…'` stands for its text alone.
    QuotedArith,
    /// Arithmetic within a here-document.
    BodyArith,
}

impl Quoting {
    /// The quoting of the word of a `${x:-…}` that stands in this one.
    pub(super) fn in_brace(self) -> Quoting {
        match self {
            Quoting::Bare => Quoting::Bare,
            Quoting::Body | Quoting::BodyBrace | Quoting::BodyArith => Quoting::BodyBrace,
            Quoting::Arith | Quoting::ArithBrace => Quoting::ArithBrace,
            Quoting::Double | Quoting::DoubleBrace | Quoting::DoubleInBrace | Quoting::QuotedArith => {
                Quoting::DoubleBrace
            }
        }
    }

    /// The quoting of the text of a `$((…))` that stands in this one.
    pub(super) fn in_arith(self) -> Quoting {
        match self {
            Quoting::Body | Quoting::BodyBrace | Quoting::BodyArith => Quoting::BodyArith,
            _ => Quoting::Arith,
        }
    }

    /// The quoting of a `$[…]`, or of the offset of `${x:…}`, that stands in this one.
    pub(super) fn in_brackets(self) -> Quoting {
        match self {
            Quoting::Double | Quoting::DoubleBrace | Quoting::DoubleInBrace | Quoting::QuotedArith => {
                Quoting::QuotedArith
            }
            _ => self.in_arith(),
        }
    }

    /// Whether a backslash quotes `c` (rather than standing for itself).
    fn escapes(self, c: char) -> bool {
        match self {
            Quoting::Bare | Quoting::DoubleInBrace => true,
            Quoting::Double => matches!(c, '$' | '`' | '"' | '\\'),
            Quoting::DoubleBrace | Quoting::ArithBrace | Quoting::BodyBrace => {
                matches!(c, '$' | '`' | '"' | '\\' | '}')
            }
            Quoting::Body => matches!(c, '$' | '`' | '\\'),
            Quoting::Arith | Quoting::QuotedArith | Quoting::BodyArith => {
                matches!(c, '$' | '`' | '"' | '\\')
            }
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
        self.bytes(&encode(piece));
    }

    /// More literal text. Mostly there is only one piece of it.
    pub(super) fn bytes(&mut self, piece: &[u8]) {
        if self.literal.is_empty() {
            self.literal.reserve_exact(piece.len());
        }
        self.literal.extend_from_slice(piece);
    }

    pub(super) fn part(&mut self, part: WordPart) {
        match part {
            WordPart::Literal(piece) => self.bytes(&piece),
            part => {
                self.has_bad |= is_bad(&part);
                self.flush();
                self.push(part);
            }
        }
    }

    fn flush(&mut self) {
        if !self.literal.is_empty() {
            let literal = std::mem::take(&mut self.literal);
            self.push(WordPart::Literal(literal.into()));
        }
    }

    /// Most words have one part.
    fn push(&mut self, part: WordPart) {
        if self.done.is_empty() {
            self.done.reserve_exact(1);
        }
        self.done.push(part);
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
    matches!(part, WordPart::Param(expansion) if matches!(expansion.operator, ParamOperator::Bad(_)))
}

fn name_whole(part: &mut WordPart, source: &str) {
    if let WordPart::Param(expansion) = part
        && let ParamOperator::Bad(bad) = &mut Arc::make_mut(expansion).operator
    {
        bad.within = text(&source.replacen(&*decode(&bad.source), &decode(&bad.within), 1));
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
        if is_plain(source) && node.is_leaf() {
            return self.literal_word(source);
        }
        let has_braces = self.dialect.braces && source.contains('{');
        let quoted = if has_braces { quoted_braces::find(&node) } else { None };
        let mut parts = self.gapped_parts(node, Quoting::Bare);
        if has_braces {
            parts = match quoted {
                Some(text) => {
                    let read = parts.into();
                    let dialect = self.dialect;
                    vec![WordPart::Brace(Box::new(BraceExpr::Text { text: text.into(), read, dialect }))]
                }
                None => brace::find(parts),
            };
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
        if is_plain(source) && node.is_leaf() {
            return self.literal_word(source);
        }
        let mut parts = self.gapped_parts(node, Quoting::Bare);
        tilde_at_start(&mut parts);
        finished(parts)
    }

    /// The text of a here-string, where tildes are expanded as in an assignment.
    pub(super) fn here_string(&mut self, node: Node<'_>) -> Word {
        let mut parts = self.gapped_parts(node, Quoting::Bare);
        tildes_after_colons(&mut parts);
        self.tildes_in_defaults(&mut parts);
        finished(parts)
    }

    fn tildes_in_defaults(&self, parts: &mut [WordPart]) {
        if !self.dialect.posix {
            tildes_in_defaults(parts);
        }
    }

    /// The value of an assignment that is none of an array's elements.
    pub(super) fn whole_value(&mut self, node: Node<'_>) -> Word {
        let source = node.as_str();
        if !source.contains('~') || !source.contains("${") {
            return self.value(node);
        }
        let mut parts = self.gapped_parts(node, Quoting::Bare);
        tildes_after_colons(&mut parts);
        self.tildes_in_defaults(&mut parts);
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
        if is_plain(source) && node.is_leaf() {
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
        let literal = shared_text(source);
        let constant = (!has_pattern(&literal)).then(|| literal.clone());
        Word { parts: Box::new([WordPart::Literal(literal)]), constant, cache: Cache::new() }
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
            Rule::ansi_quote => self.ansi_quoted(node, quoting, parts),
            Rule::brace_param | Rule::posix_brace_param => parts.part(self.brace_param(node, quoting)),
            Rule::arith => {
                let part = self.arith(node, quoting);
                parts.part(part);
            }
            Rule::old_arith => {
                let expr = Arc::new(self.arith_between(node, "$[", "]", quoting.in_brackets()));
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
            return parts.part(WordPart::SingleQuoted(shared_text(inner)));
        }
        self.between_plain_quotes(inner, at + 1, quoting, parts);
    }

    /// `$'…'`. Bash puts the text that it stands for in its place, in single quotes, which are plain in arithmetic.
    fn ansi_quoted(&mut self, node: Node<'_>, quoting: Quoting, parts: &mut Parts) {
        let source = node.as_str();
        match quoting {
            Quoting::Body | Quoting::BodyBrace | Quoting::BodyArith => parts.literal(source),
            Quoting::Arith | Quoting::ArithBrace => {
                let value = ansi_text(source, self.dialect.charset).replace('\'', r"'\''");
                self.between_plain_quotes(&value, node.as_span().start(), quoting, parts);
            }
            _ => parts.part(ansi_quoted(source, self.dialect.charset)),
        }
    }

    /// `inner`, which begins at `at`, in single quotes that are text like any other.
    fn between_plain_quotes(&mut self, inner: &str, at: usize, quoting: Quoting, parts: &mut Parts) {
        parts.literal("'");
        if inner.contains(['$', '`', '\\', '"']) {
            self.reparsed(inner, at, quoting, parts);
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
            Quoting::DoubleBrace | Quoting::ArithBrace | Quoting::BodyBrace => Quoting::DoubleInBrace,
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
        Some(c) if quoting.escapes(c) => parts.part(WordPart::Escaped(shared_text(&source[1..]))),
        Some(_) => parts.literal(source),
    }
}

/// The text that `$'…'` stands for.
pub(super) fn ansi_text(source: &str, charset: Charset) -> String {
    let inner = source.strip_prefix("$'").and_then(|rest| rest.strip_suffix('\'')).unwrap_or_default();
    decode(&ansi_value(&text(inner), charset)).into_owned()
}

fn ansi_value(source: &[u8], charset: Charset) -> Vec<u8> {
    quote::decode(source, EscapeDialect::AnsiC, charset).bytes
}

fn ansi_quoted(source: &str, charset: Charset) -> WordPart {
    let inner = source.strip_prefix("$'").and_then(|rest| rest.strip_suffix('\'')).unwrap_or_default();
    let source = text(inner);
    let value = ansi_value(&source, charset).into();
    WordPart::AnsiQuoted(Box::new(AnsiQuoted { source, value }))
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
fn constant(parts: &[WordPart]) -> Option<SharedText> {
    match parts {
        [WordPart::Literal(literal)] => return (!has_pattern(literal)).then(|| literal.clone()),
        [WordPart::Escaped(quoted) | WordPart::SingleQuoted(quoted)] => return Some(quoted.clone()),
        [WordPart::DoubleQuoted(inner)] => return constant_of_quoted(inner),
        _ => {}
    }
    if !parts.iter().all(is_known) {
        return None;
    }
    let mut known = Vec::new();
    let mut literals = Vec::new();
    for part in parts {
        match part {
            WordPart::Literal(literal) => {
                literals.extend_from_slice(literal);
                known.extend_from_slice(literal);
            }
            WordPart::Escaped(quoted) | WordPart::SingleQuoted(quoted) => known.extend_from_slice(quoted),
            WordPart::AnsiQuoted(quoted) => known.extend_from_slice(&quoted.value),
            WordPart::DoubleQuoted(inner) => known.extend_from_slice(&quoted_text_of(inner)?),
            _ => return None,
        }
    }
    (!has_pattern(&literals)).then(|| known.into())
}

/// Whether a part may be a known text: whether it is worth while to begin to put it together.
fn is_known(part: &WordPart) -> bool {
    match part {
        WordPart::Literal(_) | WordPart::Escaped(_) | WordPart::SingleQuoted(_) | WordPart::AnsiQuoted(_) => {
            true
        }
        WordPart::DoubleQuoted(inner) => inner.iter().all(is_known),
        _ => false,
    }
}

/// The text of quoted parts, where it is known.
pub(super) fn constant_of_quoted(parts: &[WordPart]) -> Option<SharedText> {
    if let [WordPart::Literal(quoted) | WordPart::Escaped(quoted)] = parts {
        return Some(quoted.clone());
    }
    quoted_text_of(parts).map(SharedText::from)
}

fn quoted_text_of(parts: &[WordPart]) -> Option<Vec<u8>> {
    if !parts.iter().all(is_known) {
        return None;
    }
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
