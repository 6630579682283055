//! The grammar, as pest generates it from `grammar/*.pest`, and the calls into it.
//!
//! One scannerless grammar reads commands and words alike. It is *total*: it always succeeds, and the end of the
//! text and syntax errors are nodes (`unterm`, `bad`). The one failure left is running out of stack, which is
//! answered with a larger one before it is reported.
//!
//! The grammar says what is right. Text without errors and rarities is read by [`crate::recognise`], which gives the
//! same tree in a tenth of the time; the grammar is asked for all the rest.

use crate::Dialect;
use crate::recognise;
use crate::tree::Tree;
use pest::Parser as _;

pub(crate) use crate::tree::Node;

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

/// Nested deeper than the largest stack allows.
#[derive(Debug)]
pub(crate) struct TooDeep;

/// The next unit of `text`: the parse of an entry rule.
pub(crate) fn unit(text: &str, dialect: Dialect) -> Result<Tree<'_>, TooDeep> {
    let entry = unit_entry(dialect);
    recognise::unit(text, entry, dialect).map_or_else(|| by_grammar(text, entry), Ok)
}

/// `text` as the body of a here-document.
pub(crate) fn body(text: &str, dialect: Dialect) -> Result<Tree<'_>, TooDeep> {
    let entry = body_entry(dialect);
    recognise::body(text, entry, dialect).map_or_else(|| by_grammar(text, entry), Ok)
}

/// The entry rule for units in `dialect`.
pub(crate) fn unit_entry(dialect: Dialect) -> Rule {
    use Rule::*;
    choose(dialect, [unit, unit_x, unit_i, unit_xi, unit_p, unit_xp, unit_ip, unit_xip])
}

/// The entry rule for the bodies of here-documents in `dialect`.
pub(crate) fn body_entry(dialect: Dialect) -> Rule {
    use Rule::*;
    choose(dialect, [body, body_x, body_i, body_xi, body_p, body_xp, body_ip, body_xip])
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
pub(crate) fn by_grammar(text: &str, entry: Rule) -> Result<Tree<'_>, TooDeep> {
    let parse = || {
        let pairs = generated::Grammar::parse(entry, text).map_err(drop).ok()?;
        Tree::from_pairs(text, pairs)
    };
    parse().or_else(|| stacker::grow(DEEP_STACK, parse)).ok_or(TooDeep)
}
