//! The grammar, as pest generates it from `grammar/*.pest`, and the calls into it.
//!
//! One scannerless grammar reads commands and words alike. It is *total*: it always succeeds, and the end of the
//! text and syntax errors are nodes (`unterm`, `bad`). The one failure left is running out of stack, which is
//! answered with a larger one before it is reported.

use crate::Dialect;
use pest::Parser as _;
use pest::iterators::{Pair, Pairs};

/// Room for the deepest nesting that is read: committed lazily, asked for only by texts that need it.
const DEEP_STACK: usize = 256 * 1024 * 1024;

#[allow(missing_docs, reason = "rules are documented in the grammar files")]
#[allow(clippy::allow_attributes_without_reason, reason = "in generated code")]
mod generated {
    extern crate alloc;

    #[derive(pest_derive::Parser)]
    #[grammar = "grammar/entry.pest"]
    #[grammar = "grammar/lexical.pest"]
    #[grammar = "grammar/list.pest"]
    #[grammar = "grammar/compound.pest"]
    #[grammar = "grammar/conditional.pest"]
    #[grammar = "grammar/simple.pest"]
    #[grammar = "grammar/redirect.pest"]
    #[grammar = "grammar/word.pest"]
    #[grammar = "grammar/param.pest"]
    #[grammar = "grammar/arith.pest"]
    #[grammar = "grammar/substitution.pest"]
    #[grammar = "grammar/heredoc.pest"]
    pub(crate) struct Grammar;
}

pub(crate) use generated::Rule;

/// A node of the parse.
pub(crate) type Node<'i> = Pair<'i, Rule>;

/// Nested deeper than the largest stack allows.
#[derive(Debug)]
pub(crate) struct TooDeep;

/// The next unit of `text`: the single pair of an entry rule.
pub(crate) fn unit(text: &str, dialect: Dialect) -> Result<Node<'_>, TooDeep> {
    use Rule::*;
    parse(text, choose(dialect, [unit, unit_x, unit_i, unit_xi, unit_p, unit_xp, unit_ip, unit_xip]))
}

/// `text` as the body of a here-document.
pub(crate) fn body(text: &str, dialect: Dialect) -> Result<Node<'_>, TooDeep> {
    use Rule::*;
    parse(text, choose(dialect, [body, body_x, body_i, body_xi, body_p, body_xp, body_ip, body_xip]))
}

/// The entry that carries the flags of `dialect`: extglob counts 1, no comments 2, posix 4.
fn choose(dialect: Dialect, entries: [Rule; 8]) -> Rule {
    let [plain, x, i, xi, p, xp, ip, xip] = entries;
    match (dialect.extglob, dialect.comments, dialect.posix) {
        (false, true, false) => plain,
        (true, true, false) => x,
        (false, false, false) => i,
        (true, false, false) => xi,
        (false, true, true) => p,
        (true, true, true) => xp,
        (false, false, true) => ip,
        (true, false, true) => xip,
    }
}

/// Parses on the stack at hand, which nearly always suffices, then on a large one.
fn parse(text: &str, entry: Rule) -> Result<Node<'_>, TooDeep> {
    let shallow = generated::Grammar::parse(entry, text).map_err(drop);
    if let Some(node) = first_of(shallow) {
        return Ok(node);
    }
    let deep = stacker::grow(DEEP_STACK, || generated::Grammar::parse(entry, text).map_err(drop));
    first_of(deep).ok_or(TooDeep)
}

fn first_of(parsed: Result<Pairs<'_, Rule>, ()>) -> Option<Node<'_>> {
    parsed.ok().and_then(|mut pairs| pairs.next())
}
