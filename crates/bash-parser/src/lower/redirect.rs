//! Redirections.

use super::simple::descriptor;
use super::{Lowerer, shared_text, text};
use crate::ast::{HereDocument, Redirect, RedirectOperator, RedirectTarget, Word, WordPart};
use crate::grammar::{Node, Rule};

impl Lowerer<'_> {
    /// A `redirect`, or one with its descriptor before it.
    pub(super) fn redirect(&mut self, node: Node<'_>) -> Redirect {
        if node.as_rule() != Rule::fd_redirect {
            return self.bare_redirect(node);
        }
        let mut before = None;
        let mut found = None;
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::fd => before = descriptor(child.as_str()),
                _ => found = Some(self.bare_redirect(child)),
            }
        }
        let redirect = found.unwrap_or_else(|| from_operator(RedirectOperator::Read, Word::default()));
        Redirect { descriptor: before, ..redirect }
    }

    fn bare_redirect(&mut self, node: Node<'_>) -> Redirect {
        let mut operator = RedirectOperator::Read;
        let mut target = Word::default();
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::redirect_op => operator = operator_of(child.as_str()),
                Rule::word if operator == RedirectOperator::HereString => target = self.here_string(child),
                Rule::word if moves_home(operator, child.as_str()) => {
                    target = self.moved_home(child.as_str());
                }
                Rule::word => target = self.argument(child),
                Rule::close_mark => target = constant_word(child.as_str()),
                Rule::heredoc => return self.here_document_redirect(child),
                _ => {}
            }
        }
        from_operator(operator, target)
    }

    /// `>&~-`: what is moved is named by the home directory, not by `~-`.
    fn moved_home(&mut self, source: &str) -> Word {
        let name = source.strip_prefix('~').and_then(|rest| rest.strip_suffix('-')).unwrap_or_default();
        let parts = Box::new([WordPart::Tilde(text(name)), WordPart::Literal((*b"-").into())]);
        Word { parts, ..Word::default() }
    }

    fn here_document_redirect(&mut self, node: Node<'_>) -> Redirect {
        let stripped = node.into_inner().any(|child| child.as_rule() == Rule::hd_dash);
        let operator =
            if stripped { RedirectOperator::HereDocumentStripped } else { RedirectOperator::HereDocument };
        let document: HereDocument = self.here_document(node, stripped);
        Redirect { descriptor: None, operator, target: RedirectTarget::Document(Box::new(document)) }
    }
}

fn moves_home(operator: RedirectOperator, word: &str) -> bool {
    let duplicates = matches!(operator, RedirectOperator::DuplicateInput | RedirectOperator::DuplicateOutput);
    duplicates
        && word.starts_with('~')
        && word.ends_with('-')
        && word[1..].bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// A word of plain text.
fn constant_word(source: &str) -> Word {
    let literal = shared_text(source);
    Word { constant: Some(literal.clone()), parts: Box::new([WordPart::Literal(literal)]), ..Word::default() }
}

fn from_operator(operator: RedirectOperator, target: Word) -> Redirect {
    Redirect { descriptor: None, operator, target: RedirectTarget::Word(target) }
}

fn operator_of(text: &str) -> RedirectOperator {
    match text {
        ">" => RedirectOperator::Write,
        ">>" => RedirectOperator::Append,
        ">|" => RedirectOperator::Clobber,
        "<>" => RedirectOperator::ReadWrite,
        "<&" => RedirectOperator::DuplicateInput,
        ">&" => RedirectOperator::DuplicateOutput,
        "&>" => RedirectOperator::Both,
        "&>>" => RedirectOperator::BothAppend,
        "<<<" => RedirectOperator::HereString,
        _ => RedirectOperator::Read,
    }
}
