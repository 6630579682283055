//! Aliases: which words of a unit an alias replaces.
//!
//! Because the grammar is total, what stands left of an error is in the tree. So the leftmost word in command
//! position that names an alias can always be found; its text is put in its place and the unit is parsed again,
//! until nothing is left to replace. That is how an alias may open a brace or spell a keyword.

use crate::grammar::{Node, Rule};
use crate::parse::splice::Spliced;
use crate::source::{decode, encode};
use crate::{AliasTable, Dialect};
use std::ops::Range;

/// A word to be replaced.
pub(crate) struct Replacement {
    /// Where it stands.
    pub(crate) range: Range<usize>,
    /// The alias.
    pub(crate) name: String,
    /// What the alias stands for.
    pub(crate) value: String,
}

/// The words to be replaced next, in order. More than one only if none of them can change how the others read.
pub(crate) fn find(
    unit: &Node<'_>,
    copy: &Spliced,
    dialect: Dialect,
    aliases: &dyn AliasTable,
) -> Vec<Replacement> {
    let mut found = vec![];
    let mut substitution_ends = 0;
    for node in unit.into_inner().flatten() {
        if node.as_rule() == Rule::bad {
            break;
        }
        // Outside of POSIX mode aliases in a substitution are replaced when it runs.
        if matches!(node.as_rule(), Rule::comsub | Rule::funsub | Rule::procsub) && !dialect.posix {
            substitution_ends = substitution_ends.max(node.as_span().end());
        }
        if node.as_span().start() < substitution_ends {
            continue;
        }
        let Some(range) = candidate(&node, copy, dialect) else { continue };
        let name = &copy.text()[range.clone()];
        let Some(value) = aliases.alias(&encode(name)) else { continue };
        if is_expanding(copy, name, &range)
            || found.last().is_some_and(|last: &Replacement| last.range.end > range.start)
        {
            continue;
        }
        let value = decode(value).into_owned();
        let harmless = is_harmless(&value);
        found.push(Replacement { range, name: name.to_owned(), value });
        if !harmless {
            break;
        }
    }
    if found.last().is_some_and(|last| !is_harmless(&last.value)) && found.len() > 1 {
        found.pop();
    }
    found
}

/// The word of `node` that could be an alias.
fn candidate(node: &Node<'_>, copy: &Spliced, dialect: Dialect) -> Option<Range<usize>> {
    let word = match node.as_rule() {
        Rule::simple => first_word(node)?,
        Rule::word if follows_blank_expansion(copy, node.as_span().start()) => *node,
        rule if !dialect.posix && begins_with_keyword(rule) => return keyword(node),
        _ => return None,
    };
    let span = word.as_span();
    let plain = !span.as_str().contains(['\\', '\'', '"', '`', '$']);
    plain.then(|| span.start()..span.end())
}

/// The word that names the command, unless a redirection behind an assignment comes before it: then Bash no longer
/// looks for aliases.
fn first_word<'i>(simple: &Node<'i>) -> Option<Node<'i>> {
    let mut assigned = false;
    for child in simple.into_inner() {
        match child.as_rule() {
            Rule::word | Rule::declaration | Rule::compound_arguments => return Some(child),
            Rule::redirect | Rule::fd_redirect if assigned => return None,
            Rule::assignment => assigned = true,
            _ => {}
        }
    }
    None
}

fn begins_with_keyword(rule: Rule) -> bool {
    use Rule::*;
    matches!(rule, if_clause | for_loop | while_loop | case_clause | select_loop | function | coproc | time)
}

fn keyword(node: &Node<'_>) -> Option<Range<usize>> {
    let span = node.as_span();
    let length = span.as_str().bytes().take_while(u8::is_ascii_lowercase).count();
    (length > 0).then(|| span.start()..span.start() + length)
}

/// Whether only blanks lie between `start` and the text of an alias that ends in a blank.
fn follows_blank_expansion(copy: &Spliced, start: usize) -> bool {
    copy.expansions.iter().any(|expansion| {
        let end = expansion.range.end;
        let text = copy.text();
        end <= start
            && text[..end].ends_with([' ', '\t'])
            && !expansion.range.is_empty()
            && text[end..start].bytes().all(|byte| matches!(byte, b' ' | b'\t'))
    })
}

/// Whether `range` lies in the text that the alias `name` gave: it is not expanded in itself.
fn is_expanding(copy: &Spliced, name: &str, range: &Range<usize>) -> bool {
    copy.expansions.iter().any(|expansion| {
        expansion.name == name && expansion.range.start <= range.start && range.end <= expansion.range.end
    })
}

/// A value of plain words, which changes nothing about how the text around it reads.
fn is_harmless(value: &str) -> bool {
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'/' | b'.' | b'=' | b' ');
    let first = value.split(' ').next().unwrap_or_default();
    let keywords = [
        "if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac", "in",
        "select", "function", "coproc", "time", "declare", "local", "export", "typeset", "readonly", "alias",
        "eval", "let",
    ];
    value.bytes().all(plain)
        && !first.is_empty()
        && !first.contains('=')
        && !keywords.contains(&first)
        && !value.ends_with(' ')
}
