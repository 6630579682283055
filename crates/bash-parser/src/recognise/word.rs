//! Words and quoting (`word.pest`), subscripts and values.

use super::bytes::Class;
use super::{GiveUp, Read, Recogniser};
use crate::grammar::Rule;

impl Recogniser<'_> {
    /// `word`, if one begins here.
    #[inline]
    pub(super) fn word(&mut self) -> Read<bool> {
        let begins = match self.byte() {
            b'#' => !self.dialect.comments,
            _ => self.is_at_word_character(),
        };
        if begins {
            let word = self.open(Rule::word);
            self.word_parts()?;
            self.close(word);
        }
        Ok(begins)
    }

    /// `value?`
    pub(super) fn value(&mut self) -> Read {
        if self.is_at_word_character() {
            let value = self.open(Rule::value);
            self.word_parts()?;
            self.close(value);
        }
        Ok(())
    }

    /// Whether `word_ch` matches here.
    #[inline]
    fn is_at_word_character(&self) -> bool {
        match self.byte() {
            byte if Class::WORD.holds(byte) => true,
            b'"' | b'$' | b'\'' | b'\\' | b'`' | b'*' | b'?' | b'@' | b'+' | b'!' => true,
            b'<' | b'>' => self.byte_after(1) == b'(',
            _ => false,
        }
    }

    /// `word_ch*`
    fn word_parts(&mut self) -> Read {
        loop {
            self.skip(Class::WORD);
            match self.byte() {
                b'"' => self.double_quote()?,
                b'$' => self.dollar()?,
                b'\'' => self.single_quote()?,
                b'\\' => self.escape_or_join(),
                b'`' => self.backquote()?,
                b'*' | b'?' | b'@' | b'+' | b'!' => self.pattern_character()?,
                b'<' | b'>' if self.byte_after(1) == b'(' => self.process_substitution()?,
                _ => return Ok(()),
            }
        }
    }

    /// `extglob | pattern_ch`
    pub(super) fn pattern_character(&mut self) -> Read {
        if self.dialect.extglob && self.byte_after(1) == b'(' {
            return self.extended_pattern(Rule::extglob);
        }
        self.plain_pattern_character();
        Ok(())
    }

    /// `pattern_ch`
    pub(super) fn plain_pattern_character(&mut self) {
        let character = self.open(Rule::pattern_ch);
        self.leaf(Rule::extglob_ch, 1);
        self.close(character);
    }

    /// `extglob` or `cond_extglob`
    pub(super) fn extended_pattern(&mut self, rule: Rule) -> Read {
        self.nested(|this| {
            let pattern = this.open(rule);
            this.at += 2;
            this.extglob_parts()?;
            this.expect(b')')?;
            this.close(pattern);
            Ok(())
        })
    }

    /// `extglob_paren` or `regex_paren`
    pub(super) fn extglob_paren(&mut self, rule: Rule) -> Read {
        self.nested(|this| {
            let pair = this.open(rule);
            this.at += 1;
            this.extglob_parts()?;
            this.expect(b')')?;
            this.close(pair);
            Ok(())
        })
    }

    /// `extglob_part*`
    fn extglob_parts(&mut self) -> Read {
        loop {
            self.literal(Class::ARITH, Rule::extglob_lit);
            match self.byte() {
                b'\'' => self.single_quote()?,
                b'"' => self.double_quote()?,
                b'$' => self.dollar()?,
                b'`' => self.backquote()?,
                b'\\' => self.escape_or_join(),
                b'(' => self.extglob_paren(Rule::extglob_paren)?,
                _ => return Ok(()),
            }
        }
    }

    /// A run of bytes of `class` as a node, if there are any.
    #[inline]
    pub(super) fn literal(&mut self, class: Class, rule: Rule) {
        let start = self.at;
        self.skip(class);
        if self.at > start {
            self.leaf_from(rule, start);
        }
    }

    /// `lc | esc`
    pub(super) fn escape_or_join(&mut self) {
        if self.byte_after(1) == b'\n' {
            self.at += 2;
        } else {
            self.escape();
        }
    }

    /// `esc`
    pub(super) fn escape(&mut self) {
        let start = self.at;
        self.at += 1;
        self.skip_character();
        self.leaf_from(Rule::esc, start);
    }

    /// Passes over one character, however many bytes it has.
    fn skip_character(&mut self) {
        if !self.is_at_end() {
            self.at += 1;
            while matches!(self.byte(), 0x80..0xC0) {
                self.at += 1;
            }
        }
    }

    /// `squote`
    pub(super) fn single_quote(&mut self) -> Read {
        let quote = self.open(Rule::squote);
        let rest = &self.text[self.at + 1..];
        let length = rest.iter().position(|&byte| byte == b'\'').ok_or(GiveUp)?;
        self.at += 1;
        self.leaf(Rule::sq_text, length);
        self.at += 1;
        self.close(quote);
        Ok(())
    }

    /// `dquote`
    pub(super) fn double_quote(&mut self) -> Read {
        let quote = self.open(Rule::dquote);
        self.at += 1;
        loop {
            self.skip(Class::QUOTED);
            match self.byte() {
                b'"' => break,
                b'$' => self.quoted_dollar()?,
                b'\\' => self.escape_or_join(),
                b'`' => self.backquote()?,
                _ => return Err(GiveUp),
            }
        }
        self.at += 1;
        self.close(quote);
        Ok(())
    }

    /// `bquote`
    pub(super) fn backquote(&mut self) -> Read {
        self.between_escapes(Rule::bquote, 1, Rule::bq_text, b'`')
    }

    /// `ansi_quote`
    pub(super) fn ansi_quote(&mut self) -> Read {
        self.between_escapes(Rule::ansi_quote, 2, Rule::ansi_text, b'\'')
    }

    /// Text to the next `close` that no backslash quotes.
    fn between_escapes(&mut self, rule: Rule, opener: usize, inner: Rule, close: u8) -> Read {
        let quote = self.open(rule);
        self.at += opener;
        let start = self.at;
        loop {
            match *self.text.get(self.at).ok_or(GiveUp)? {
                b'\\' => self.at += 2,
                byte if byte == close => break,
                _ => self.at += 1,
            }
        }
        self.leaf_from(inner, start);
        self.at += 1;
        self.close(quote);
        Ok(())
    }

    /// `subscript`
    pub(super) fn subscript(&mut self) -> Read {
        self.bracketed(Rule::subscript)
    }

    /// `subscript` or `subscript_in`
    fn bracketed(&mut self, rule: Rule) -> Read {
        self.nested(|this| {
            let subscript = this.open(rule);
            this.at += 1;
            loop {
                this.subscript_parts()?;
                match this.byte() {
                    b'<' | b'>' => this.process_or_angle()?,
                    _ => break,
                }
            }
            this.expect(b']')?;
            this.close(subscript);
            Ok(())
        })
    }

    /// `subscript_part*` but for those that begin with `<` or `>`.
    pub(super) fn subscript_parts(&mut self) -> Read {
        loop {
            self.literal(Class::SUBSCRIPT, Rule::subscript_lit);
            match self.byte() {
                b'[' => self.bracketed(Rule::subscript_in)?,
                b'\'' => self.single_quote()?,
                b'"' => self.double_quote()?,
                b'$' => self.dollar()?,
                b'`' => self.backquote()?,
                b'\\' => self.escape(),
                _ => return Ok(()),
            }
        }
    }

    /// `procsub | angle`
    pub(super) fn process_or_angle(&mut self) -> Read {
        if self.byte_after(1) == b'(' {
            return self.process_substitution();
        }
        self.leaf(Rule::angle, 1);
        Ok(())
    }
}
