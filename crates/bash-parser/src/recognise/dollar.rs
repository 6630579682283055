//! `$` expansions, arithmetic, substitutions (`param.pest`, `arith.pest`, `substitution.pest`).

use super::bytes::Class;
use super::{GiveUp, Read, Recogniser};
use crate::grammar::Rule;

impl Recogniser<'_> {
    /// `dollar`, which is `arith_dollar` too.
    pub(super) fn dollar(&mut self) -> Read {
        match self.byte_after(1) {
            b'\'' => self.ansi_quote(),
            b'"' => {
                let quote = self.open(Rule::locale_quote);
                self.at += 1;
                self.double_quote()?;
                self.close(quote);
                Ok(())
            }
            b'[' => self.nested(Self::old_arith),
            _ => self.common_dollar(),
        }
    }

    /// `dq_dollar`
    pub(super) fn quoted_dollar(&mut self) -> Read {
        match self.byte_after(1) {
            b'{' if self.dialect.posix => Err(GiveUp),
            b'[' => self.nested(Self::old_arith),
            _ => self.common_dollar(),
        }
    }

    /// What all of them have in common.
    fn common_dollar(&mut self) -> Read {
        match self.byte_after(1) {
            b'{' => self.nested(Self::brace_param),
            b'(' if self.byte_after(2) == b'(' => self.nested(Self::arith),
            b'(' => self.nested(|this| this.substitution(Rule::comsub)),
            b'0'..=b'9' | b'@' | b'*' | b'#' | b'?' | b'$' | b'!' | b'-' => {
                self.leaf(Rule::var, 2);
                Ok(())
            }
            byte if Class::NAME.holds(byte) => {
                let start = self.at;
                self.at += 1;
                self.skip(Class::NAME);
                self.leaf_from(Rule::var, start);
                Ok(())
            }
            _ => {
                self.leaf(Rule::lone, 1);
                Ok(())
            }
        }
    }

    /// `brace_param`. A `${ …; }` is a rarity.
    fn brace_param(&mut self) -> Read {
        if matches!(self.byte_after(2), b' ' | b'\t' | b'\n' | b'|') {
            return Err(GiveUp);
        }
        let expansion = self.open(Rule::brace_param);
        self.at += 2;
        self.param_head()?;
        if self.byte() == b'[' {
            self.subscript()?;
        }
        let operator = self.param_op_length();
        if operator > 0 {
            self.leaf(Rule::param_op, operator);
        }
        self.param_parts()?;
        self.expect(b'}')?;
        self.close(expansion);
        Ok(())
    }

    fn param_head(&mut self) -> Read {
        let start = self.at;
        if matches!(self.byte(), b'!' | b'#') {
            if self.dialect.posix && self.byte() == b'!' {
                return Err(GiveUp);
            }
            self.at += 1;
        }
        match self.byte() {
            b'0'..=b'9' => {
                while self.byte().is_ascii_digit() {
                    self.at += 1;
                }
            }
            b'@' | b'*' | b'?' | b'$' | b'-' | b'!' | b'#' => self.at += 1,
            _ => self.skip(Class::NAME),
        }
        self.leaf_from(Rule::param_head, start);
        Ok(())
    }

    fn param_op_length(&self) -> usize {
        let next = self.byte_after(1);
        match self.byte() {
            b':' => 1 + usize::from(matches!(next, b'-' | b'=' | b'+' | b'?')),
            b'-' | b'=' | b'+' | b'?' | b'*' => 1,
            b'/' => 1 + usize::from(matches!(next, b'/' | b'#' | b'%')),
            b'@' => 1 + usize::from(next.is_ascii_alphabetic()),
            byte @ (b'#' | b'%' | b'^' | b',' | b'~') => 1 + usize::from(next == byte),
            _ => 0,
        }
    }

    fn param_parts(&mut self) -> Read {
        loop {
            self.literal(Class::PARAM, Rule::param_lit);
            match self.byte() {
                b'\'' => self.single_quote()?,
                b'"' => self.double_quote()?,
                b'$' => self.dollar()?,
                b'`' => self.backquote()?,
                b'\\' => self.escape(),
                b'<' | b'>' => self.process_or_angle()?,
                _ => return Ok(()),
            }
        }
    }

    /// `arith`
    fn arith(&mut self) -> Read {
        let arith = self.open(Rule::arith);
        self.at += 3;
        for _ in 0..2 {
            self.arith_parts(Class::ARITH, Rule::arith_lit)?;
            self.expect(b')')?;
        }
        self.close(arith);
        Ok(())
    }

    /// `old_arith`
    fn old_arith(&mut self) -> Read {
        let arith = self.open(Rule::old_arith);
        self.at += 2;
        loop {
            self.subscript_parts()?;
            match self.byte() {
                b'<' | b'>' => self.leaf(Rule::angle, 1),
                _ => break,
            }
        }
        self.expect(b']')?;
        self.close(arith);
        Ok(())
    }

    /// `arith_part*`, its plain text being `literal`s of `class`.
    pub(super) fn arith_parts(&mut self, class: Class, literal: Rule) -> Read {
        loop {
            self.literal(class, literal);
            match self.byte() {
                b'(' => self.nested(Self::arith_paren)?,
                b'$' => self.dollar()?,
                b'\'' => self.single_quote()?,
                b'"' => self.double_quote()?,
                b'`' => self.backquote()?,
                b'\\' => self.escape(),
                _ => return Ok(()),
            }
        }
    }

    fn arith_paren(&mut self) -> Read {
        let pair = self.open(Rule::arith_paren);
        self.at += 1;
        self.arith_parts(Class::ARITH, Rule::arith_lit)?;
        self.expect(b')')?;
        self.close(pair);
        Ok(())
    }

    /// `procsub`
    pub(super) fn process_substitution(&mut self) -> Read {
        self.nested(|this| this.substitution(Rule::procsub))
    }

    /// `comsub` or `procsub`: commands with here-documents of their own.
    fn substitution(&mut self, rule: Rule) -> Read {
        let substitution = self.open(rule);
        self.at += 2;
        let outer = (self.own_documents, self.in_substitution);
        (self.own_documents, self.in_substitution) = (self.documents.len(), true);
        self.list_or_none()?;
        if self.documents.len() > self.own_documents {
            return Err(GiveUp);
        }
        (self.own_documents, self.in_substitution) = outer;
        self.expect(b')')?;
        self.close(substitution);
        Ok(())
    }
}
