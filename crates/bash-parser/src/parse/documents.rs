//! Here-documents that the grammar cannot read where they stand.
//!
//! A delimiter of many quoted pieces does not fit into the grammar's slots: it is put into one pair of quotes. And a
//! redirection in `$(…)` may be closed in before its body begins, `$(cat <<E)`: Bash then takes the body from the lines
//! below and warns. Here such a body is moved to where it would have stood. Both are done on a spliced copy.

use super::splice::Spliced;
use crate::grammar::{Node, Rule};
use crate::lower::{Awaited, awaited_at, delimiter_text};
use std::ops::Range;

/// What must be changed before the unit can be read.
pub(crate) enum Change {
    /// A delimiter to be written anew.
    Delimiter { range: Range<usize>, quoted: String },
    /// Documents whose bodies belong before the parenthesis at `close`.
    Bodies { close: usize, awaited: Vec<Awaited> },
}

/// How much of the text the copy holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Perhaps not all.
    Copy,
    /// All there is.
    Whole,
}

/// Whether the bodies were there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moved {
    /// They were moved.
    Done,
    /// The copy ends before they do.
    Unfinished,
}

/// The leftmost change that `unit` needs.
pub(crate) fn find(unit: &Node<'_>) -> Option<Change> {
    if !unit.as_str().contains("<<") {
        return None;
    }
    for node in unit.into_inner().flatten() {
        match node.as_rule() {
            Rule::bad | Rule::bad_end => return None,
            Rule::hd_many => {
                let quoted = in_few_pieces(&delimiter_text(node.as_str()).0)?;
                let span = node.as_span();
                return Some(Change::Delimiter { range: span.start()..span.end(), quoted });
            }
            Rule::hd_left => {
                let close = node.as_span().start();
                return Some(Change::Bodies { close, awaited: awaited_at(unit, close) });
            }
            _ => {}
        }
    }
    None
}

/// `delimiter` in at most three quoted pieces, if that can be.
fn in_few_pieces(delimiter: &str) -> Option<String> {
    let mut quoted = String::with_capacity(delimiter.len() + 2);
    let mut rest = delimiter;
    for _ in 0..3 {
        let single = rest.find('\'').unwrap_or(rest.len());
        let double = rest.find(['"', '\\']).unwrap_or(rest.len());
        let (quote, end) = if single >= double { ('\'', single) } else { ('"', double) };
        quoted.extend([&quote.to_string(), &rest[..end], &quote.to_string()]);
        rest = &rest[end..];
        if rest.is_empty() {
            return Some(quoted);
        }
    }
    None
}

/// Moves the bodies that `awaited` names from the lines below to before `close`. Where the
/// whole text ends first, it ends them, with Bash's warnings.
pub(crate) fn move_bodies(copy: &mut Spliced, close: usize, awaited: &[Awaited], reach: Reach) -> Moved {
    let text = copy.text();
    let start = text[close..].find('\n').map_or(text.len(), |newline| close + newline + 1);
    let line = copy.lines().line(start).saturating_sub(u32::from(text[..start].ends_with('\n')));
    let mut warnings = vec![(line, unterminated(awaited.len()))];
    let mut bodies = String::from("\n");
    let mut at = start;
    for document in awaited {
        let first = copy.lines().line(at).saturating_sub(1);
        let end = document.end_of_body(&text[at..]);
        if end.is_none() && reach == Reach::Copy {
            return Moved::Unfinished;
        }
        bodies.push_str(&text[at..end.map_or(text.len(), |end| at + end)]);
        at = end.map_or(text.len(), |end| at + end);
        if !bodies.ends_with('\n') {
            bodies.push('\n');
        }
        if end.is_none() {
            bodies.extend([&document.delimiter, "\n"]);
            warnings.push((copy.lines().end().saturating_sub(1), document.warning(first)));
        }
    }
    copy.warnings.extend(warnings);
    copy.replace(start..at, "");
    copy.replace(close..close, &bodies);
    Moved::Done
}

fn unterminated(count: usize) -> Vec<u8> {
    let plural = if count == 1 { "" } else { "s" };
    format!("warning: command substitution: {count} unterminated here-document{plural}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delimiter_is_quoted_as_simply_as_can_be() {
        assert_eq!(in_few_pieces("abc").as_deref(), Some("'abc'"));
        assert_eq!(in_few_pieces("a'b").as_deref(), Some("\"a'b\""));
        assert_eq!(in_few_pieces("a'b\"c").as_deref(), Some("\"a'b\"'\"c'"));
        assert_eq!(in_few_pieces("'\"'\"'\"'\""), None);
    }
}
