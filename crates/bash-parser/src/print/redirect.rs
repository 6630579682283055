//! Redirections and here-documents.
//!
//! `n<&-` comes back as `n>&-`. Duplicating by a number shows both descriptors, by a word only an unusual one.

use super::Printer;
use crate::ast::{
    DescriptorTarget, HereDocument, Redirect, RedirectOperator, RedirectTarget, Word, WordPart,
};
use crate::quote::single_quote;

impl<'t> Printer<'t> {
    /// Redirections on one line. The bodies of here-documents are kept for later.
    pub(super) fn redirects(&mut self, redirects: &'t [Redirect]) {
        self.after_document = false;
        for (at, redirect) in redirects.iter().enumerate() {
            if at > 0 {
                self.text(b" ");
            }
            self.redirect(redirect);
        }
    }

    fn redirect(&mut self, redirect: &'t Redirect) {
        match &redirect.target {
            RedirectTarget::Document(document) => {
                self.descriptor(redirect, Some(0));
                self.document_head(redirect.operator, document);
                self.documents.push(document);
            }
            RedirectTarget::Word(word) => match redirect.operator {
                RedirectOperator::DuplicateInput | RedirectOperator::DuplicateOutput => {
                    self.duplication(redirect, word);
                }
                operator => {
                    let (text, default) = operator_text(operator);
                    self.descriptor(redirect, default);
                    self.text(text);
                    self.text(b" ");
                    self.word(word);
                }
            },
        }
    }

    /// What stands before the operator; nothing if it is `default`.
    fn descriptor(&mut self, redirect: &Redirect, default: Option<i32>) {
        match &redirect.descriptor {
            Some(DescriptorTarget::Variable(name)) => self.descriptor_variable(name.as_bytes()),
            Some(DescriptorTarget::Element(element)) => self.descriptor_variable(element),
            Some(DescriptorTarget::Number(number)) if Some(*number) != default => self.number(number),
            Some(DescriptorTarget::Number(_)) | None => {}
        }
    }

    fn descriptor_variable(&mut self, variable: &[u8]) {
        self.text(b"{");
        self.text(variable);
        self.text(b"}");
    }

    /// `2>&1`, `2>&-`, `2>&1-`, `2>&word`.
    fn duplication(&mut self, redirect: &Redirect, word: &'t Word) {
        let (operator, own): (&[u8], i32) = match redirect.operator {
            RedirectOperator::DuplicateInput => (b"<&", 0),
            _ => (b">&", 1),
        };
        let plain = plain_text(word);
        let moved = word
            .parts
            .last()
            .is_some_and(|part| matches!(part, WordPart::Literal(text) if text.ends_with(b"-")));
        let numbered = plain.is_some_and(|text| !text.is_empty() && text.iter().all(u8::is_ascii_digit));
        if numbered || moved {
            self.descriptor(redirect, None);
            if redirect.descriptor.is_none() {
                self.number(own);
            }
        } else {
            self.descriptor(redirect, Some(own));
        }
        self.text(if plain == Some(b"-") { b">&" } else { operator });
        self.word(word);
    }

    fn document_head(&mut self, operator: RedirectOperator, document: &HereDocument) {
        self.text(match operator {
            RedirectOperator::HereDocumentStripped => b"<<-",
            _ => b"<<",
        });
        let delimiter = document.last_line();
        if document.quoted {
            self.text(&single_quote(&delimiter));
        } else {
            self.text(&delimiter);
        }
    }

    /// Writes the bodies that wait.
    pub(super) fn flush_documents(&mut self) {
        if self.documents.is_empty() {
            return;
        }
        self.text(b"\n");
        for document in std::mem::take(&mut self.documents) {
            self.text(document.source.as_bytes());
            self.text(&document.last_line());
            self.text(b"\n");
        }
        self.after_document = true;
    }
}

fn operator_text(operator: RedirectOperator) -> (&'static [u8], Option<i32>) {
    match operator {
        RedirectOperator::Read => (b"<", Some(0)),
        RedirectOperator::Write => (b">", Some(1)),
        RedirectOperator::Append => (b">>", Some(1)),
        RedirectOperator::Clobber => (b">|", Some(1)),
        RedirectOperator::ReadWrite => (b"<>", Some(0)),
        RedirectOperator::DuplicateInput => (b"<&", Some(0)),
        RedirectOperator::DuplicateOutput => (b">&", Some(1)),
        RedirectOperator::Both => (b"&>", None),
        RedirectOperator::BothAppend => (b"&>>", None),
        RedirectOperator::HereDocument => (b"<<", Some(0)),
        RedirectOperator::HereDocumentStripped => (b"<<-", Some(0)),
        RedirectOperator::HereString => (b"<<<", Some(0)),
    }
}

/// The text of a word that is unquoted text and nothing else.
fn plain_text(word: &Word) -> Option<&[u8]> {
    match &*word.parts {
        [WordPart::Literal(text)] => Some(text),
        _ => None,
    }
}
