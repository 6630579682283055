//! The word of `${x:-…}` within double quotes, whose own double quotes Bash takes out before it reads what is left:
//! `"${x-a"$v"d}"` expands `$vd`.
//!
//! Nearly always the parts as written mean the same. Only where a quote parts a `$` or a name from more of it, or stands
//! between single quotes (which quote nothing there), is the stripped text read anew.

use crate::grammar::{Node, Rule};

/// The text of `nodes` without its double quotes, if it reads differently then.
pub(super) fn stripped(nodes: &[Node<'_>]) -> Option<String> {
    let quotes = |rule: Rule| {
        nodes.iter().any(|node| node.as_rule() == rule && node.as_str().trim_matches('\'').contains('"'))
    };
    let differs = quotes(Rule::squote) || quotes(Rule::dquote) && joins_over_quotes(nodes);
    differs.then(|| {
        let mut stripper = Stripper::default();
        nodes.iter().for_each(|node| stripper.node(node));
        stripper.kept
    })
}

/// Whether the characters on both sides of a quote could belong to one expansion.
fn joins_over_quotes(nodes: &[Node<'_>]) -> bool {
    let texts: String = nodes.iter().map(|node| node.as_str()).collect();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    texts.contains('$')
        && texts.match_indices('"').any(|(at, _)| {
            let before = texts[..at].chars().next_back();
            let after = texts[at..].chars().find(|&c| c != '"');
            before
                .zip(after)
                .is_some_and(|(before, after)| before == '$' || is_name(before) && is_name(after))
        })
}

#[derive(Default)]
struct Stripper {
    kept: String,
    /// Between double quotes that are taken out.
    within: bool,
}

impl Stripper {
    fn node(&mut self, node: &Node<'_>) {
        match node.as_rule() {
            Rule::dquote => self.quoted(node),
            Rule::param_lit | Rule::posix_param_lit | Rule::squote | Rule::esc => self.text(node.as_str()),
            _ => self.kept.push_str(node.as_str()),
        }
    }

    fn quoted(&mut self, node: &Node<'_>) {
        let span = node.as_span();
        let input = span.get_input();
        let mut at = span.start();
        for child in (*node).into_inner() {
            self.text(&input[at..child.as_span().start()]);
            at = child.as_span().end();
            self.node(&child);
        }
        self.text(&input[at..span.end()]);
    }

    /// Plain text. Between the quotes a backslash goes where it quotes nothing in double quotes.
    fn text(&mut self, text: &str) {
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            match c {
                '"' => self.within = !self.within,
                '\\' => {
                    let next = chars.next();
                    let keeps = !self.within || matches!(next, Some('$' | '`' | '"' | '\\' | '\n') | None);
                    self.kept.extend(keeps.then_some('\\'));
                    self.kept.extend(next);
                }
                c => self.kept.push(c),
            }
        }
    }
}
