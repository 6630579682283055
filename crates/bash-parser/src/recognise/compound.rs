//! Compound commands and function definitions (`compound.pest`).

use super::bytes::Class;
use super::{GiveUp, Read, Recogniser};
use crate::grammar::Rule;

impl Recogniser<'_> {
    /// `compound`, if one begins here.
    pub(super) fn compound(&mut self) -> Read<bool> {
        match self.byte() {
            b'c' if self.is_at_keyword(b"coproc") => return Err(GiveUp),
            b'f' if self.is_at_keyword(b"function") => {
                self.nested(Self::function)?;
                return Ok(true);
            }
            b'i' | b'f' | b'w' | b'u' | b'c' | b's' | b'{' | b'(' | b'[' => {}
            _ => return Ok(false),
        }
        if !self.shell_command()? {
            return Ok(false);
        }
        self.redirects()?;
        Ok(true)
    }

    /// `shell_command`, if one begins here.
    fn shell_command(&mut self) -> Read<bool> {
        let read: fn(&mut Self) -> Read = match self.byte() {
            b'i' if self.is_at_keyword(b"if") => Self::if_clause,
            b'f' if self.is_at_keyword(b"for") => Self::for_loop,
            b'w' if self.is_at_keyword(b"while") => Self::while_loop,
            b'u' if self.is_at_keyword(b"until") => Self::while_loop,
            b'c' if self.is_at_keyword(b"case") => Self::case_clause,
            b's' if self.is_at_keyword(b"select") => Self::select_loop,
            b'{' if self.is_at_keyword(b"{") => Self::group,
            b'(' if self.byte_after(1) == b'(' && self.closes_as_arithmetic()? => Self::arith_command,
            b'(' => Self::subshell,
            b'[' if self.is_at_keyword(b"[[") => Self::conditional,
            _ => return Ok(false),
        };
        self.nested(read)?;
        Ok(true)
    }

    /// `redirects`
    fn redirects(&mut self) -> Read {
        loop {
            let mark = self.mark();
            self.blanks();
            if !self.redirect()? && !self.fd_redirect()? {
                self.back_to(mark);
                return Ok(());
            }
        }
    }

    fn keyword(&mut self, word: &[u8]) -> Read {
        if !self.is_at_keyword(word) {
            return Err(GiveUp);
        }
        self.at += word.len();
        Ok(())
    }

    fn group(&mut self) -> Read {
        let group = self.open(Rule::group);
        self.at += 1;
        self.list()?;
        self.keyword(b"}")?;
        self.close(group);
        Ok(())
    }

    fn subshell(&mut self) -> Read {
        let subshell = self.open(Rule::subshell);
        self.at += 1;
        self.list()?;
        self.expect(b')')?;
        self.close(subshell);
        Ok(())
    }

    fn if_clause(&mut self) -> Read {
        let clause = self.open(Rule::if_clause);
        self.at += 2;
        self.condition_and_body()?;
        while self.is_at_keyword(b"elif") {
            let elif = self.open(Rule::elif_clause);
            self.at += 4;
            self.condition_and_body()?;
            self.close(elif);
        }
        if self.is_at_keyword(b"else") {
            let otherwise = self.open(Rule::else_clause);
            self.at += 4;
            self.list()?;
            self.close(otherwise);
        }
        self.keyword(b"fi")?;
        self.close(clause);
        Ok(())
    }

    fn condition_and_body(&mut self) -> Read {
        self.list()?;
        self.keyword(b"then")?;
        self.list()
    }

    fn while_loop(&mut self) -> Read {
        let clause = self.open(Rule::while_loop);
        let rule = if self.byte() == b'w' { Rule::k_while } else { Rule::k_until };
        self.leaf(rule, 5);
        self.list()?;
        self.do_group()?;
        self.close(clause);
        Ok(())
    }

    fn do_group(&mut self) -> Read {
        let group = self.open(Rule::do_group);
        self.keyword(b"do")?;
        self.list()?;
        self.keyword(b"done")?;
        self.close(group);
        Ok(())
    }

    fn for_loop(&mut self) -> Read {
        let clause = self.open(Rule::for_loop);
        self.at += 3;
        self.blanks();
        if self.is_at(b"((") {
            self.arith_for()?;
            self.blanks();
            self.lone_semicolon();
            self.loop_body()?;
        } else {
            self.for_name_and_body()?;
        }
        self.close(clause);
        Ok(())
    }

    fn select_loop(&mut self) -> Read {
        let clause = self.open(Rule::select_loop);
        self.at += 6;
        self.blanks();
        self.for_name_and_body()?;
        self.close(clause);
        Ok(())
    }

    /// `for_name ~ for_tail`
    fn for_name_and_body(&mut self) -> Read {
        let name = self.open(Rule::for_name);
        self.required(Self::word)?;
        self.close(name);
        self.linebreak()?;
        if self.is_at_keyword(b"in") {
            self.for_words()?;
        } else {
            self.lone_semicolon();
        }
        self.loop_body()
    }

    /// `";" ~ !";"`, if it is there.
    fn lone_semicolon(&mut self) -> bool {
        let is_there = self.byte() == b';' && self.byte_after(1) != b';';
        self.at += usize::from(is_there);
        is_there
    }

    fn for_words(&mut self) -> Read {
        let words = self.open(Rule::for_words);
        self.at += 2;
        loop {
            self.blanks();
            if !self.word()? {
                break;
            }
        }
        if !self.lone_semicolon() {
            self.comment();
            if self.byte() != b'\n' {
                return Err(GiveUp);
            }
            self.newline()?;
        }
        self.close(words);
        Ok(())
    }

    fn loop_body(&mut self) -> Read {
        self.linebreak()?;
        if self.is_at_keyword(b"{") { self.group() } else { self.do_group() }
    }

    fn arith_for(&mut self) -> Read {
        let header = self.open(Rule::arith_for);
        self.at += 2;
        self.arith_for_part()?;
        while self.byte() == b';' {
            self.at += 1;
            self.arith_for_part()?;
        }
        self.expect(b')')?;
        self.expect(b')')?;
        self.close(header);
        Ok(())
    }

    fn arith_for_part(&mut self) -> Read {
        let part = self.open(Rule::arith_for_part);
        self.arith_parts(Class::ARITH_FOR, Rule::arith_for_lit)?;
        self.close(part);
        Ok(())
    }

    fn case_clause(&mut self) -> Read {
        let clause = self.open(Rule::case_clause);
        self.at += 4;
        self.blanks();
        self.required(Self::word)?;
        self.linebreak()?;
        self.keyword(b"in")?;
        self.linebreak()?;
        while !self.is_at_keyword(b"esac") {
            self.case_item()?;
        }
        self.at += 4;
        self.close(clause);
        Ok(())
    }

    fn case_item(&mut self) -> Read {
        let item = self.open(Rule::case_item);
        if self.byte() == b'(' {
            self.at += 1;
            self.blanks();
        }
        self.required(Self::word)?;
        self.blanks();
        while self.byte() == b'|' {
            self.at += 1;
            self.blanks();
            self.required(Self::word)?;
            self.blanks();
        }
        self.expect(b')')?;
        let body = self.open(Rule::case_body);
        self.list_or_none()?;
        self.close(body);
        match (self.byte(), self.byte_after(1), self.byte_after(2)) {
            (b';', b';', b'&') => self.case_end(3)?,
            (b';', b';' | b'&', _) => self.case_end(2)?,
            _ if self.is_at_keyword(b"esac") => {}
            _ => return Err(GiveUp),
        }
        self.close(item);
        Ok(())
    }

    fn case_end(&mut self, length: usize) -> Read {
        self.leaf(Rule::case_end, length);
        self.linebreak()
    }

    fn function(&mut self) -> Read {
        let function = self.open(Rule::function);
        self.at += 8;
        self.blanks();
        self.required(Self::word)?;
        let mark = self.mark();
        self.blanks();
        if self.byte() == b'(' {
            self.at += 1;
            self.blanks();
            if self.byte() == b')' { self.at += 1 } else { self.back_to(mark) }
        } else {
            self.back_to(mark);
        }
        self.linebreak()?;
        self.function_body()?;
        self.close(function);
        Ok(())
    }

    pub(super) fn function_body(&mut self) -> Read {
        let body = self.open(Rule::function_body);
        self.required(Self::shell_command)?;
        self.redirects()?;
        self.close(body);
        Ok(())
    }

    fn arith_command(&mut self) -> Read {
        let command = self.open(Rule::arith_command);
        self.at += 2;
        self.arith_parts(Class::ARITH, Rule::arith_lit)?;
        self.expect(b')')?;
        self.expect(b')')?;
        self.close(command);
        Ok(())
    }

    /// Whether the `((` here is closed by `))`: the shallow look-ahead of `arith_command`.
    fn closes_as_arithmetic(&self) -> Read<bool> {
        let mut at = self.at + 2;
        let mut depth = 0;
        loop {
            at = self.end_of(Class::ARITH, at);
            match self.text.get(at).ok_or(GiveUp)? {
                b'(' => depth += 1,
                b')' if depth > 0 => depth -= 1,
                b')' => return Ok(self.text.get(at + 1) == Some(&b')')),
                b'\\' => at += self.text.get(at + 1).map(|_| 1).ok_or(GiveUp)?,
                b'$' => {}
                quote => at = self.end_of_shallow(at, *quote).ok_or(GiveUp)?,
            }
            at += 1;
        }
    }

    /// Where the quote that opens at `start` closes.
    fn end_of_shallow(&self, start: usize, quote: u8) -> Option<usize> {
        let mut at = start + 1;
        loop {
            match *self.text.get(at)? {
                b'\\' if quote != b'\'' => at += 1,
                byte if byte == quote => return Some(at),
                _ => {}
            }
            at += 1;
        }
    }
}
