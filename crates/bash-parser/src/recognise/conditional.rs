//! `[[ … ]]` (`conditional.pest`).

use super::bytes::Class;
use super::{GiveUp, Read, Recogniser};
use crate::grammar::Rule;

impl Recogniser<'_> {
    /// `conditional`
    pub(super) fn conditional(&mut self) -> Read {
        let conditional = self.open(Rule::conditional);
        self.at += 2;
        self.cond_linebreak()?;
        self.cond_or()?;
        self.cond_linebreak()?;
        if !self.is_at_keyword(b"]]") {
            return Err(GiveUp);
        }
        self.at += 2;
        self.close(conditional);
        Ok(())
    }

    /// A `linebreak`, to which the place before can be come back: no here-document begins in it.
    fn cond_linebreak(&mut self) -> Read {
        if self.documents.len() > self.own_documents {
            return Err(GiveUp);
        }
        self.linebreak()
    }

    fn cond_or(&mut self) -> Read {
        self.cond_and()?;
        while self.operator(b"||", Rule::or_if)? {
            self.cond_and()?;
        }
        Ok(())
    }

    fn cond_and(&mut self) -> Read {
        self.cond_term()?;
        while self.operator(b"&&", Rule::and_if)? {
            self.cond_term()?;
        }
        Ok(())
    }

    /// `linebreak ~ operator ~ linebreak`, if it is there.
    fn operator(&mut self, operator: &[u8], rule: Rule) -> Read<bool> {
        let mark = self.mark();
        self.cond_linebreak()?;
        if !self.is_at(operator) {
            self.back_to(mark);
            return Ok(false);
        }
        self.leaf(rule, 2);
        self.cond_linebreak()?;
        Ok(true)
    }

    fn cond_term(&mut self) -> Read {
        match self.byte() {
            b'!' if self.is_at_keyword(b"!") => self.nested(|this| {
                let not = this.open(Rule::cond_not);
                this.at += 1;
                this.cond_linebreak()?;
                this.cond_term()?;
                this.close(not);
                Ok(())
            }),
            b'(' => self.nested(|this| {
                let pair = this.open(Rule::cond_paren);
                this.at += 1;
                this.cond_linebreak()?;
                this.cond_or()?;
                this.cond_linebreak()?;
                this.expect(b')')?;
                this.close(pair);
                Ok(())
            }),
            b'-' if is_unary(self.byte_after(1)) && !self.continues_after(2) => {
                let unary = self.open(Rule::cond_unary);
                self.leaf(Rule::cond_unop, 2);
                self.blanks();
                self.cond_operand()?;
                self.close(unary);
                Ok(())
            }
            _ => self.cond_binary(),
        }
    }

    fn cond_binary(&mut self) -> Read {
        let binary = self.open(Rule::cond_binary);
        self.cond_operand()?;
        self.blanks();
        if self.is_at_keyword(b"=~") {
            self.leaf(Rule::cond_regex, 2);
            self.blanks();
            self.regex()?;
        } else if let Some(length) = self.match_operator() {
            self.leaf(Rule::cond_match, length);
            self.blanks();
            self.cond_word()?;
        } else if let Some(length) = self.binary_operator() {
            self.leaf(Rule::cond_binop, length);
            self.blanks();
            self.cond_operand()?;
        } else if !self.ends_term() {
            return Err(GiveUp);
        }
        self.close(binary);
        Ok(())
    }

    /// An operator behind which a pattern stands.
    fn match_operator(&self) -> Option<usize> {
        let operators: [&[u8]; 3] = [b"==", b"=", b"!="];
        operators.into_iter().find(|operator| self.is_at_keyword(operator)).map(<[u8]>::len)
    }

    fn binary_operator(&self) -> Option<usize> {
        match self.byte() {
            b'-' => {
                let name = [self.byte_after(1), self.byte_after(2)];
                let names = [b"eq", b"ne", b"lt", b"le", b"gt", b"ge", b"ef", b"nt", b"ot"];
                (names.contains(&&name) && !self.continues_after(3)).then_some(3)
            }
            b'<' | b'>' => (self.byte_after(1) != b'(').then_some(1),
            _ => None,
        }
    }

    /// Whether what follows may follow a word alone.
    fn ends_term(&self) -> bool {
        self.is_at_keyword(b"]]") || self.is_at(b"&&") || self.is_at(b"||") || self.byte() == b')'
    }

    fn cond_word(&mut self) -> Read {
        self.compared(Rule::cond_word, |this| match this.byte_after(1) {
            b'(' => this.extended_pattern(Rule::cond_extglob),
            _ => {
                this.plain_pattern_character();
                Ok(())
            }
        })
    }

    fn cond_operand(&mut self) -> Read {
        self.compared(Rule::cond_operand, Self::pattern_character)
    }

    /// A word of a term, in which `pattern` reads what a pattern character begins.
    fn compared(&mut self, rule: Rule, pattern: impl Fn(&mut Self) -> Read) -> Read {
        if self.is_at_keyword(b"]]") {
            return Err(GiveUp);
        }
        let word = self.open(rule);
        let start = self.at;
        loop {
            self.literal(Class::WORD, Rule::word_lit);
            match self.byte() {
                b'*' | b'?' | b'@' | b'+' | b'!' => pattern(self)?,
                _ if self.quoted_part()? => {}
                _ => break,
            }
        }
        self.end_of_part(start)?;
        self.close(word);
        Ok(())
    }

    fn regex(&mut self) -> Read {
        if self.is_at_keyword(b"]]") {
            return Err(GiveUp);
        }
        let regex = self.open(Rule::regex);
        let start = self.at;
        loop {
            self.literal(Class::WORD, Rule::word_lit);
            match self.byte() {
                b'|' if self.byte_after(1) != b'|' => self.leaf(Rule::regex_or, 1),
                b'(' => self.extglob_paren(Rule::regex_paren)?,
                b'*' | b'?' | b'@' | b'+' | b'!' => self.leaf(Rule::extglob_ch, 1),
                _ if self.quoted_part()? => {}
                _ => break,
            }
        }
        self.end_of_part(start)?;
        self.close(regex);
        Ok(())
    }

    /// Something must have been read since `start`.
    fn end_of_part(&self, start: usize) -> Read {
        if self.at == start { Err(GiveUp) } else { Ok(()) }
    }

    /// What words and regular expressions have in common, if it is here.
    fn quoted_part(&mut self) -> Read<bool> {
        match self.byte() {
            b'$' => self.dollar()?,
            b'"' => self.double_quote()?,
            b'\'' => self.single_quote()?,
            b'\\' => self.escape_or_join(),
            b'`' => self.backquote()?,
            b'<' | b'>' if self.byte_after(1) == b'(' => self.process_substitution()?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// The letters of `cond_unop`.
fn is_unary(letter: u8) -> bool {
    matches!(letter, b'a'..=b'h' | b'k' | b'n'..=b'p' | b'r'..=b'x' | b'z' | b'G' | b'L' | b'N'..=b'O' | b'R'..=b'S')
}
