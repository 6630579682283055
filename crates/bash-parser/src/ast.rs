//! The syntax tree: what a complete command line means before anything of it runs.
//!
//! All text in the tree is bytes as they stood in the source. A tree is immutable and shared (`Arc`); what the
//! shell computes from a node once (a compiled pattern, a parsed arithmetic text) is kept in the node's
//! [`Cache`], so a loop pays for it in its first turn only.
//!
//! Quoting is kept as written: printing a tree gives back each word as it stood, in Bash's own layout.

pub mod arith;
pub mod assignment;
pub mod cache;
pub mod command;
pub mod conditional;
mod drop;
pub mod param;
pub mod redirect;
pub mod word;

pub use arith::{ArithExpr, ArithPiece, ArithText, Compiled, Lvalue};
pub use assignment::{ArrayElement, AssignedValue, Assignment, Subscript};
pub use cache::Cache;
pub use command::*;
pub use conditional::{BinaryTest, ConditionalExpr};
pub use param::{
    BadSubstitution, CaseChange, DefaultAction, ParamExpansion, ParamOperator, Parameter, ReplaceAnchor,
    Special, TrimEnd,
};
pub use redirect::{
    DescriptorTarget, DocumentText, HereDocument, Redirect, RedirectOperator, RedirectTarget,
};
pub use word::{
    AnsiQuoted, BraceExpr, BraceRange, CommandSubstitution, ProcessDirection, Stripped, SubstitutionForm,
    Word, WordPart,
};

/// Text as it stood in the source.
pub type Text = Box<[u8]>;

/// The same where a word that is nothing else has it as its constant too.
pub type SharedText = std::sync::Arc<[u8]>;
