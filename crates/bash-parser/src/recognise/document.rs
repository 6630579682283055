//! Here-documents (`heredoc.pest`).

use super::bytes::Class;
use super::{GiveUp, Read, Recogniser};
use crate::grammar::Rule;

/// A here-document whose body is still to come.
pub(super) struct Document<'i> {
    delimiter: &'i [u8],
    expanded: bool,
    /// Tabs at the beginning of lines do not count.
    stripped: bool,
    /// It stands in `$(…)`, where the closing parenthesis may end it too.
    in_substitution: bool,
}

/// The rules of bodies by how many documents come after.
const BODIES: [Rule; 8] = [
    Rule::hd_body1,
    Rule::hd_body2,
    Rule::hd_body3,
    Rule::hd_body4,
    Rule::hd_body5,
    Rule::hd_body6,
    Rule::hd_body7,
    Rule::hd_body8,
];

impl<'i> Recogniser<'i> {
    /// `redirect` with a `heredoc` in it.
    pub(super) fn document_redirect(&mut self) -> Read {
        let redirect = self.open(Rule::redirect);
        let heredoc = self.open(Rule::heredoc);
        self.at += 2;
        let stripped = self.byte() == b'-';
        if stripped {
            self.leaf(Rule::hd_dash, 1);
        }
        self.blanks();
        let pieces = self.open(Rule::hd_pieces);
        let (delimiter, expanded) = self.delimiter()?;
        if self.continues_after(0) {
            return Err(GiveUp);
        }
        self.close(pieces);
        self.close(heredoc);
        self.close(redirect);
        let in_substitution = self.in_substitution;
        self.documents.push(Document { delimiter, expanded, stripped, in_substitution });
        Ok(())
    }

    /// A delimiter of one piece, and whether it is unquoted.
    fn delimiter(&mut self) -> Read<(&'i [u8], bool)> {
        let quote = self.byte();
        if !matches!(quote, b'\'' | b'"') {
            let start = self.at + usize::from(quote == b'\\');
            self.at = self.end_of(Class::WORD, start);
            let text = &self.text[start..self.at];
            return if text.is_empty() { Err(GiveUp) } else { Ok((text, quote != b'\\')) };
        }
        let rest = &self.text[self.at + 1..];
        let length = rest.iter().position(|&byte| byte == quote).ok_or(GiveUp)?;
        let text = &rest[..length];
        if text.starts_with(b"\t") || text.contains(&b'\\') || text.contains(&b'\n') {
            return Err(GiveUp);
        }
        self.at += length + 2;
        Ok((text, false))
    }

    /// `nl`: a newline, and the bodies that begin behind it.
    pub(super) fn newline(&mut self) -> Read {
        self.at += 1;
        if self.documents.len() > self.own_documents {
            self.bodies()?;
        }
        Ok(())
    }

    fn bodies(&mut self) -> Read {
        let documents = self.documents.split_off(self.own_documents);
        let count = documents.len();
        for (index, document) in documents.iter().enumerate() {
            let rule = BODIES.get(count - 1 - index).ok_or(GiveUp)?;
            let start = self.at;
            while !self.ends_document(document)? {
                self.body_line(document.expanded)?;
            }
            self.leaf_from(*rule, start);
        }
        Ok(())
    }

    /// Passes over the line that ends `document`, if it begins here.
    fn ends_document(&mut self, document: &Document<'_>) -> Read<bool> {
        let mut line = &self.text[self.at..];
        while document.stripped
            && let [b'\t', rest @ ..] = line
        {
            line = rest;
        }
        if document.expanded && line.starts_with(b"\\\n") {
            return Err(GiveUp);
        }
        let Some(rest) = line.strip_prefix(document.delimiter) else {
            return if line.is_empty() { Err(GiveUp) } else { Ok(false) };
        };
        let tail = match rest {
            [] => rest,
            [b'\n', tail @ ..] => tail,
            _ if document.in_substitution => return Err(GiveUp),
            _ => return Ok(false),
        };
        self.at = self.text.len() - tail.len();
        Ok(true)
    }

    /// Passes over one line; where text is expanded, with those that a backslash joins to it.
    fn body_line(&mut self, expanded: bool) -> Read {
        loop {
            let rest = self.text.get(self.at..).ok_or(GiveUp)?;
            let found = match expanded {
                true => memchr::memchr2(b'\n', b'\\', rest),
                false => memchr::memchr(b'\n', rest),
            };
            self.at += found.ok_or(GiveUp)?;
            if self.byte() == b'\n' {
                self.at += 1;
                return Ok(());
            }
            self.at += 2;
        }
    }
}
