//! Lines joined by a backslash in places where the grammar does not look for it.
//!
//! The grammar takes a backslash-newline where blanks may stand and within words and quotes, which is where scripts
//! have it. In the middle of an operator, a keyword, a name or a `$(` it must be removed before the text is read. This
//! module finds those; the caller removes them and parses again.

use crate::grammar::{Node, Rule};
use crate::lower::{delimiter_text, is_body};

/// Whether `text` may hold such a place at all: a backslash-newline with no blank before it.
pub(crate) fn is_suspect(text: &str) -> bool {
    text.as_bytes().windows(3).any(|bytes| is_join(&bytes[1..]) && !is_blank(bytes[0]))
        || text.starts_with("\\\n")
}

fn is_join(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\\\n")
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n')
}

/// The offsets of the pairs to remove from the text of `unit`.
pub(crate) fn find(unit: &Node<'_>) -> Vec<usize> {
    let text = unit.as_str();
    let mut enclosing: Vec<Place> = vec![];
    let mut found = vec![];
    let mut at = 0;
    let mut nodes = unit.clone().into_inner().flatten().peekable();
    while let Some(offset) = text[at..].find("\\\n").map(|join| at + join) {
        while let Some(node) = nodes.next_if(|node| node.as_span().start() <= offset) {
            enter(&mut enclosing, &node);
        }
        leave(&mut enclosing, offset);
        if enclosing.iter().any(|place| place.rule == Rule::rest) {
            break;
        }
        if is_in_body(&enclosing) {
            if let Some(end) = joined_delimiter(unit, text, offset) {
                let joins = text[offset..end].match_indices("\\\n").map(|(join, _)| offset + join);
                found.extend(joins);
                at = end;
            } else {
                at = offset + 2;
            }
            continue;
        }
        if offset > 0 && !is_blank(text.as_bytes()[offset - 1]) && must_go(&enclosing, text, offset) {
            found.push(offset);
        }
        at = offset + 2;
    }
    found
}

fn is_in_body(enclosing: &[Place]) -> bool {
    enclosing.iter().any(|place| is_body(place.rule))
}

/// The end of the line in a here-document's body that spells the delimiter once its parts are joined, the first at
/// `offset`.
fn joined_delimiter(unit: &Node<'_>, text: &str, offset: usize) -> Option<usize> {
    let start = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
    let mut end = offset;
    while text[end..].starts_with("\\\n") {
        let next = end + 2;
        end = text[next..].find(['\n', '\\']).map_or(text.len(), |at| next + at);
    }
    let joined = text[start..end].replace("\\\n", "");
    let pieces = unit.clone().into_inner().flatten().filter(|node| node.as_rule() == Rule::hd_pieces);
    let mut delimiters = pieces.map(|node| delimiter_text(node.as_str()));
    let spelled =
        delimiters.any(|(delimiter, quoted)| !quoted && delimiter == joined.trim_start_matches('\t'));
    spelled.then_some(end)
}

/// A node around the place in question, or one that ends there.
struct Place {
    rule: Rule,
    start: usize,
    end: usize,
    children: usize,
    /// The last child that is no escape, and where it ends.
    last: Option<Rule>,
    last_ends: usize,
}

fn enter(enclosing: &mut Vec<Place>, node: &Node<'_>) {
    let span = node.as_span();
    leave(enclosing, span.start());
    if let Some(parent) = enclosing.last_mut() {
        parent.children += 1;
        if node.as_rule() != Rule::esc {
            parent.last = Some(node.as_rule());
            parent.last_ends = span.end();
        }
    }
    enclosing.push(Place {
        rule: node.as_rule(),
        start: span.start(),
        end: span.end(),
        children: 0,
        last: None,
        last_ends: 0,
    });
}

fn leave(enclosing: &mut Vec<Place>, offset: usize) {
    while enclosing.last().is_some_and(|place| place.end <= offset) {
        enclosing.pop();
    }
}

/// Whether the pair at `offset` splits something that the grammar reads as one.
fn must_go(enclosing: &[Place], text: &str, offset: usize) -> bool {
    let Some(innermost) = enclosing.last() else { return between_commands(text, offset) };
    let around = match innermost.rule {
        Rule::esc => enclosing.len().checked_sub(2).and_then(|outer| enclosing.get(outer)),
        _ => Some(innermost),
    };
    let Some(around) = around else { return false };
    let touches =
        |rules: &[Rule]| around.last_ends == offset && around.last.is_some_and(|rule| rules.contains(&rule));
    match around.rule {
        rule if is_raw(rule) => false,
        Rule::dquote | Rule::value => touches(&[Rule::var, Rule::lone]),
        Rule::word => {
            touches(&[Rule::var, Rule::lone, Rule::pattern_ch]) || is_structural(enclosing, around, text)
        }
        Rule::brace_param | Rule::posix_brace_param => {
            touches(&[Rule::var, Rule::lone, Rule::param_head, Rule::param_op]) || offset == around.start + 2
        }
        Rule::arith => touches(&[Rule::var, Rule::lone]) || text[..offset].ends_with(')'),
        Rule::subscript
        | Rule::subscript_in
        | Rule::arith_paren
        | Rule::arith_command
        | Rule::arith_for_part
        | Rule::old_arith
        | Rule::extglob
        | Rule::extglob_paren
        | Rule::cond_extglob
        | Rule::regex_paren
        | Rule::cond_word
        | Rule::cond_plain
        | Rule::regex => touches(&[Rule::var, Rule::lone]),
        _ => between_commands(text, offset),
    }
}

/// Text that is taken as it stands.
fn is_raw(rule: Rule) -> bool {
    use Rule::*;
    matches!(rule, squote | sq_text | ansi_quote | ansi_text | comment | bquote | bq_text | rest)
        || is_body(rule)
}

/// Whether more than its text depends on a word: it may turn out to be a keyword, a name, an assignment, a
/// descriptor.
fn is_structural(enclosing: &[Place], word: &Place, text: &str) -> bool {
    let parent = enclosing.iter().rev().find(|place| place.start < word.start || place.end > word.end);
    let argument = parent.is_some_and(|parent| {
        parent.rule == Rule::simple && parent.children > 1 || parent.rule == Rule::for_words
    });
    !argument || text[word.end..].starts_with(['<', '>'])
}

/// Between commands a joined line is harmless behind a complete operator that no operator follows.
fn between_commands(text: &str, offset: usize) -> bool {
    let before = text[..offset].bytes().next_back();
    let after = text[offset..].trim_start_matches("\\\n").bytes().next();
    let complete = matches!(before, Some(b';' | b'|' | b'&' | b'(' | b')' | b'{' | b'}'));
    !complete || matches!(after, Some(b';' | b'|' | b'&' | b'(' | b')' | b'<' | b'>' | b'{' | b'}'))
}
