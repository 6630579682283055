//! Simple commands, assignments, redirections (`simple.pest`, `redirect.pest`).

use super::bytes::Class;
use super::{GiveUp, Read, Recogniser};
use crate::grammar::Rule;

impl Recogniser<'_> {
    /// `simple`, if one begins here.
    pub(super) fn simple(&mut self) -> Read<bool> {
        let mark = self.mark();
        let simple = self.open(Rule::simple);
        let mut prefixed = false;
        while self.prefix()? {
            prefixed = true;
            self.blanks();
        }
        if !self.arguments(prefixed)? && !prefixed {
            self.back_to(mark);
            return Ok(false);
        }
        self.close(simple);
        Ok(true)
    }

    /// `prefix` but for the blanks behind it.
    fn prefix(&mut self) -> Read<bool> {
        match self.byte() {
            b'<' | b'>' | b'&' => self.redirect(),
            b'0'..=b'9' | b'{' => self.fd_redirect(),
            _ => self.assignment(),
        }
    }

    /// `arguments`, or `prefixed_arguments` behind a prefix.
    fn arguments(&mut self, prefixed: bool) -> Read<bool> {
        if self.dialect.posix && self.is_at_keyword(b"command") {
            return Err(GiveUp);
        }
        let behind: fn(&mut Self) -> Read = if let Some(length) = self.declaration() {
            self.leaf(Rule::declaration, length);
            Self::declared
        } else if let Some(length) = self.compound_arguments() {
            self.leaf(Rule::compound_arguments, length);
            Self::compounds
        } else if self.word()? {
            Self::words_and_redirects
        } else {
            return Ok(false);
        };
        if prefixed || !self.function_tail()? {
            behind(self)?;
        }
        Ok(true)
    }

    fn keyword_among(&self, words: &[&[u8]]) -> Option<usize> {
        words.iter().find(|word| self.is_at_keyword(word)).map(|word| word.len())
    }

    fn declaration(&self) -> Option<usize> {
        match self.byte() {
            b'd' | b'l' | b'e' | b't' | b'r' => {
                self.keyword_among(&[b"declare", b"local", b"export", b"typeset", b"readonly"])
            }
            _ => None,
        }
    }

    fn compound_arguments(&self) -> Option<usize> {
        match self.byte() {
            b'a' | b'e' | b'l' => self.keyword_among(&[b"alias", b"eval", b"let"]),
            _ => None,
        }
    }

    /// `(blanks ~ (word | redirect))*`
    fn words_and_redirects(&mut self) -> Read {
        self.repeated(|this| Ok(this.word()? || this.redirect()?))
    }

    /// `(blanks ~ …)*`
    fn repeated(&mut self, mut read: impl FnMut(&mut Self) -> Read<bool>) -> Read {
        loop {
            let before = self.at;
            self.blanks();
            if !read(self)? {
                self.at = before;
                return Ok(());
            }
        }
    }

    /// `(blanks ~ read)*`, then the same behind a redirection.
    fn then_redirected(
        &mut self,
        read: fn(&mut Self) -> Read<bool>,
        behind: fn(&mut Self) -> Read<bool>,
    ) -> Read {
        self.repeated(read)?;
        let before = self.at;
        self.blanks();
        if !self.redirect()? {
            self.at = before;
            return Ok(());
        }
        self.repeated(behind)
    }

    fn declared(&mut self) -> Read {
        self.then_redirected(
            |this| Ok(this.declared_assignment()? || this.word()?),
            |this| {
                if this.is_at_listed() {
                    return Err(GiveUp);
                }
                Ok(this.declared_assignment()? || this.word()? || this.redirect()?)
            },
        )
    }

    /// An assignment among arguments. One with a subscript is a rarity.
    fn declared_assignment(&mut self) -> Read<bool> {
        match self.end_of_name() {
            Some(end) if self.text.get(end) == Some(&b'[') => Err(GiveUp),
            Some(_) => self.assignment(),
            None => Ok(false),
        }
    }

    fn compounds(&mut self) -> Read {
        self.then_redirected(
            |this| Ok(this.array_assignment()? || this.word()?),
            |this| Ok(this.word()? || this.redirect()?),
        )
    }

    /// `name=(`
    fn is_at_listed(&self) -> bool {
        let Some(end) = self.end_of_name() else { return false };
        let operator = self.assign_op_length(end);
        operator > 0 && self.text.get(end + operator) == Some(&b'(')
    }

    /// Where the name that begins here ends.
    fn end_of_name(&self) -> Option<usize> {
        let first = self.byte();
        (Class::NAME.holds(first) && !first.is_ascii_digit()).then(|| self.end_of(Class::NAME, self.at))
    }

    /// How long the operator of an assignment at `at` is.
    fn assign_op_length(&self, at: usize) -> usize {
        match self.text.get(at..) {
            Some([b'=', ..]) => 1,
            Some([b'+', b'=', ..]) => 2,
            _ => 0,
        }
    }

    /// `function_tail`, if an opening parenthesis follows.
    fn function_tail(&mut self) -> Read<bool> {
        let start = self.at;
        let mut at = start;
        while let Some(b' ' | b'\t') = self.text.get(at) {
            at += 1;
        }
        if self.text.get(at) != Some(&b'(') {
            return Ok(false);
        }
        let tail = self.open(Rule::function_tail);
        self.at = at + 1;
        self.blanks();
        self.expect(b')')?;
        self.linebreak()?;
        self.nested(Self::function_body)?;
        self.close(tail);
        Ok(true)
    }

    /// `assignment`, if one begins here.
    fn assignment(&mut self) -> Read<bool> {
        let Some(end) = self.end_of_name() else { return Ok(false) };
        let operator = self.assign_op_length(end);
        if operator == 0 && self.text.get(end) != Some(&b'[') {
            return Ok(false);
        }
        let assignment = self.open(Rule::assignment);
        self.leaf(Rule::name, end - self.at);
        if operator == 0 {
            self.subscript()?;
        }
        let operator = self.assign_op_length(self.at);
        if operator > 0 {
            self.leaf(Rule::assign_op, operator);
            self.array()?;
        }
        self.value()?;
        self.close(assignment);
        Ok(true)
    }

    /// `array_assignment`, if one begins here.
    fn array_assignment(&mut self) -> Read<bool> {
        if !self.is_at_listed() {
            return Ok(false);
        }
        let index = self.entries.0.len();
        let is_one = self.assignment()?;
        if let Some(entry) = self.entries.0.get_mut(index) {
            entry.rule = Rule::array_assignment;
        }
        Ok(is_one)
    }

    /// `array`, if a parenthesis opens one.
    fn array(&mut self) -> Read {
        if self.byte() != b'(' {
            return Ok(());
        }
        let array = self.open(Rule::array);
        self.at += 1;
        self.linebreak()?;
        while self.byte() != b')' {
            let element = self.open(Rule::array_element);
            if self.byte() == b'[' {
                self.subscript()?;
                let operator = self.assign_op_length(self.at);
                if operator > 0 {
                    self.leaf(Rule::assign_op, operator);
                }
                self.value()?;
            } else {
                self.required(Self::word)?;
            }
            self.close(element);
            self.linebreak()?;
        }
        self.at += 1;
        self.close(array);
        Ok(())
    }

    /// `redirect`, if an operator stands here.
    pub(super) fn redirect(&mut self) -> Read<bool> {
        let length = match (self.byte(), self.byte_after(1), self.byte_after(2)) {
            (b'<', b'<', b'<') | (b'&', b'>', b'>') => 3,
            (b'<', b'<', _) => return self.document_redirect().map(|()| true),
            (b'&', b'>', _) | (b'>', b'>' | b'&' | b'|', _) | (b'<', b'&' | b'>', _) => 2,
            (b'<' | b'>', next, _) if next != b'(' => 1,
            _ => return Ok(false),
        };
        let duplicates = self.byte_after(1) == b'&';
        let redirect = self.open(Rule::redirect);
        self.leaf(Rule::redirect_op, length);
        self.blanks();
        if duplicates && self.byte() == b'-' {
            self.leaf(Rule::close_mark, 1);
        } else {
            self.no_next_descriptor(duplicates)?;
            self.required(Self::word)?;
        }
        self.close(redirect);
        Ok(true)
    }

    /// `fd_redirect`, if one begins here.
    pub(super) fn fd_redirect(&mut self) -> Read<bool> {
        let end = match self.byte() {
            b'0'..=b'9' => self.text[self.at..].iter().position(|byte| !byte.is_ascii_digit()),
            b'{' => return self.no_fd_variable(),
            _ => None,
        };
        let Some(length) = end else { return Ok(false) };
        if !matches!(self.byte_after(length), b'<' | b'>') {
            return Ok(false);
        }
        if length > 9 || self.byte_after(length + 1) == b'(' {
            return Err(GiveUp);
        }
        let redirect = self.open(Rule::fd_redirect);
        self.leaf(Rule::fd, length);
        self.required(Self::redirect)?;
        self.close(redirect);
        Ok(true)
    }

    /// Makes sure that no descriptor of a further redirection begins here: that would be an error.
    fn no_next_descriptor(&self, duplicates: bool) -> Read {
        match self.byte() {
            b'{' => self.no_fd_variable().map(drop),
            b'0'..=b'9' if !duplicates => {
                let end = self.text[self.at..].iter().find(|byte| !byte.is_ascii_digit());
                if matches!(end, Some(b'<' | b'>')) { Err(GiveUp) } else { Ok(()) }
            }
            _ => Ok(()),
        }
    }

    /// Makes sure that no `{name}>` begins here: a rarity before a command.
    fn no_fd_variable(&self) -> Read<bool> {
        let end = self.end_of(Class::NAME, self.at + 1);
        match self.text.get(end) {
            Some(b'[') => Err(GiveUp),
            Some(b'}') if matches!(self.text.get(end + 1), Some(b'<' | b'>')) => Err(GiveUp),
            _ => Ok(false),
        }
    }
}
