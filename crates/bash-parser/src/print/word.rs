//! Words, assignments and arithmetic texts.
//!
//! They come back as written, but for what Bash changes while it reads: `$'…'` is decoded then, `$"…"` loses its
//! `$`, and command substitutions are laid out anew.

use super::Printer;
use crate::ast::arith::ArithText;
use crate::ast::{
    AndOr, AssignedValue, Assignment, BraceExpr, CommandKind, CommandSubstitution, List, ProcessDirection,
    Subscript, SubstitutionForm, Word, WordPart,
};
use crate::quote::single_quote;

/// Whether quotes may stand around the text of `$'…'`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    /// They may.
    Outside,
    /// In double quotes they would be text.
    Within,
}

impl<'t> Printer<'t> {
    pub(super) fn word(&mut self, word: &'t Word) {
        self.parts(&word.parts, Quoting::Outside);
    }

    pub(super) fn parts(&mut self, parts: &'t [WordPart], quoting: Quoting) {
        for part in parts {
            match part {
                WordPart::Literal(text) => self.text(text),
                _ => self.deeper(|printer| printer.part(part, quoting)),
            }
        }
    }

    fn part(&mut self, part: &'t WordPart, quoting: Quoting) {
        match part {
            WordPart::Literal(text) => self.text(text),
            WordPart::Escaped(text) => {
                self.text(b"\\");
                self.text(text);
            }
            WordPart::SingleQuoted(text) => self.enclosed(b"'", text, b"'"),
            WordPart::AnsiQuoted(quoted) if quoting == Quoting::Within => self.text(&quoted.value),
            WordPart::AnsiQuoted(quoted) => self.text(&single_quote(&quoted.value)),
            WordPart::DoubleQuoted(parts) | WordPart::LocaleQuoted(parts) => {
                self.text(b"\"");
                self.parts(parts, Quoting::Within);
                self.text(b"\"");
            }
            WordPart::Tilde(name) => self.enclosed(b"~", name, b""),
            WordPart::Param(expansion) => self.param(expansion, quoting),
            WordPart::Command(substitution) => self.substitution(substitution),
            WordPart::Arith { expr, bracket } => {
                self.text(if *bracket { b"$[" } else { b"$((" });
                self.arith_text(expr, if *bracket { quoting } else { Quoting::Outside });
                self.text(if *bracket { b"]" } else { b"))" });
            }
            WordPart::Process { direction, body } => {
                self.text(match direction {
                    ProcessDirection::Read => b"<",
                    ProcessDirection::Write => b">",
                });
                self.parenthesized(&body.list);
            }
            WordPart::ExtGlob { operator, parts } => {
                self.text(&[*operator, b'(']);
                self.parts(parts, quoting);
                self.text(b")");
            }
            WordPart::Brace(brace) => self.brace(brace, quoting),
            WordPart::Stripped(word) => self.parts(&word.written, quoting),
        }
    }

    fn enclosed(&mut self, open: &[u8], text: &[u8], close: &[u8]) {
        self.text(open);
        self.text(text);
        self.text(close);
    }

    fn brace(&mut self, brace: &'t BraceExpr, quoting: Quoting) {
        if let BraceExpr::Text { read, .. } = brace {
            return self.parts(read, quoting);
        }
        self.text(b"{");
        match brace {
            BraceExpr::Text { .. } => {}
            BraceExpr::Range { source, .. } => self.text(source),
            BraceExpr::List(alternatives) => {
                for (at, alternative) in alternatives.iter().enumerate() {
                    if at > 0 {
                        self.text(b",");
                    }
                    self.parts(alternative, quoting);
                }
            }
        }
        self.text(b"}");
    }

    fn substitution(&mut self, substitution: &'t CommandSubstitution) {
        match &substitution.form {
            SubstitutionForm::Backquote(text) => self.backquoted(text),
            SubstitutionForm::Dollar | SubstitutionForm::ReadFile | SubstitutionForm::Process => {
                self.text(b"$");
                self.parenthesized(&substitution.list);
            }
            SubstitutionForm::Subshell(text) => self.enclosed(b"$(", text, b")"),
            SubstitutionForm::Current => self.braced(b"${ ", substitution),
            SubstitutionForm::Reply => self.braced(b"${|", substitution),
        }
    }

    /// The text as written, without line continuations.
    fn backquoted(&mut self, text: &[u8]) {
        self.text(b"`");
        let mut bytes = text.iter().copied();
        while let Some(byte) = bytes.next() {
            if byte != b'\\' {
                self.out.push(byte);
            } else {
                match bytes.next() {
                    Some(b'\n') => {}
                    next => self.out.extend(std::iter::once(byte).chain(next)),
                }
            }
        }
        self.text(b"`");
    }

    /// `(list)`, with a blank where `((` would come of it.
    fn parenthesized(&mut self, list: &'t List) {
        self.text(if begins_with_paren(list) { b"( " } else { b"(" });
        self.substituted(list);
        self.text(b")");
    }

    /// `${ list; }`, with a newline for the semicolon where one ends the list.
    fn braced(&mut self, open: &[u8], substitution: &'t CommandSubstitution) {
        self.text(open);
        if let Some(last) = substitution.list.items.last() {
            self.substituted(&substitution.list);
            if last.newline {
                self.text(b"\n");
            } else {
                self.semicolon();
            }
            self.text(b" ");
        }
        self.text(b"}");
    }

    /// An arithmetic text.
    pub(super) fn arith_text(&mut self, text: &'t ArithText, quoting: Quoting) {
        if is_printed_anew(&text.source) {
            self.parts(&text.word.parts, quoting);
        } else {
            self.text(&text.source);
        }
    }

    pub(super) fn subscript(&mut self, subscript: &'t Subscript, quoting: Quoting) {
        self.text(b"[");
        match subscript {
            Subscript::At => self.text(b"@"),
            Subscript::Star => self.text(b"*"),
            Subscript::Text { source, word, .. } if word.parts.is_empty() => self.text(source),
            Subscript::Text { word, .. } => self.parts(&word.parts, quoting),
        }
        self.text(b"]");
    }

    pub(super) fn assignment(&mut self, assignment: &'t Assignment) {
        self.text(assignment.name.as_bytes());
        if let Some(subscript) = assignment.subscript.as_deref() {
            self.subscript(subscript, Quoting::Outside);
        }
        self.text(if assignment.append { b"+=" } else { b"=" });
        match &assignment.value {
            AssignedValue::Scalar(word) => self.word(word),
            AssignedValue::Array(elements) => {
                self.text(b"(");
                for (at, element) in elements.iter().enumerate() {
                    if at > 0 {
                        self.text(b" ");
                    }
                    if let Some(subscript) = &element.subscript {
                        self.subscript(subscript, Quoting::Outside);
                        self.text(if element.append { b"+=" } else { b"=" });
                    }
                    self.word(&element.value);
                }
                self.text(b")");
            }
        }
    }
}

/// Whether a list's text begins with `(`.
fn begins_with_paren(list: &List) -> bool {
    let Some(AndOr { first, .. }) = list.items.first().map(|item| &*item.and_or) else { return false };
    let plain = first.timed.is_none() && !first.negated;
    plain
        && first.stages.first().is_some_and(|stage| {
            matches!(stage.command.kind, CommandKind::Subshell(_) | CommandKind::Arith(_))
        })
}

/// Whether a text may hold something that is printed in another way than it was written.
pub(crate) fn is_printed_anew(source: &[u8]) -> bool {
    source.windows(2).any(|pair| {
        matches!(pair, b"$(" | b"$'" | b"$\"" | b"<(" | b">(" | b"{ " | b"{|" | b"{\n" | b"{\t" | b"\\\n")
    })
}
