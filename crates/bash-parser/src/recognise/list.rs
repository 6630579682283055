//! Blanks, comments, lists, and-or lists, pipelines (`lexical.pest`, `list.pest`).

use super::bytes::Class;
use super::{GiveUp, Read, Recogniser};
use crate::grammar::Rule;

impl Recogniser<'_> {
    /// `sp`
    #[inline]
    pub(super) fn blanks(&mut self) {
        loop {
            match self.byte() {
                b' ' | b'\t' => self.at += 1,
                b'\\' if self.byte_after(1) == b'\n' => self.at += 2,
                _ => return,
            }
        }
    }

    pub(super) fn is_at_comment(&self) -> bool {
        self.byte() == b'#' && self.dialect.comments
    }

    /// `comment?`
    pub(super) fn comment(&mut self) {
        if self.is_at_comment() {
            let start = self.at;
            let rest = &self.text[start..];
            self.at += rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
            self.leaf_from(Rule::comment, start);
        }
    }

    /// `linebreak`
    pub(super) fn linebreak(&mut self) -> Read {
        self.blanks();
        loop {
            self.comment();
            if self.byte() != b'\n' {
                return Ok(());
            }
            self.newline()?;
            self.blanks();
        }
    }

    /// `semi | &"&" ~ amp`
    pub(super) fn separator(&mut self) -> bool {
        let next = self.byte_after(1);
        match self.byte() {
            b';' if !matches!(next, b';' | b'&') => self.leaf(Rule::semi, 1),
            b'&' if !matches!(next, b'&' | b'>') => self.leaf(Rule::amp, 1),
            _ => return false,
        }
        true
    }

    /// `list`
    pub(super) fn list(&mut self) -> Read {
        let list = self.open(Rule::list);
        self.linebreak()?;
        self.required(Self::and_or)?;
        self.end_of_item()?;
        self.items()?;
        self.close(list);
        Ok(())
    }

    /// `list_or_none`
    pub(super) fn list_or_none(&mut self) -> Read {
        self.linebreak()?;
        self.items()
    }

    fn items(&mut self) -> Read {
        while self.and_or()? {
            self.end_of_item()?;
        }
        Ok(())
    }

    /// `seps | &stopper ~ sp`
    fn end_of_item(&mut self) -> Read {
        if self.separator() {
            return self.linebreak();
        }
        match self.byte() {
            b'\n' => {}
            b'#' if self.dialect.comments => self.comment(),
            b')' => return Ok(()),
            b';' if matches!(self.byte_after(1), b';' | b'&') => return Ok(()),
            _ if self.is_at_closer() => return Ok(()),
            _ => return Err(GiveUp),
        }
        if self.byte() != b'\n' {
            return Err(GiveUp);
        }
        self.newline()?;
        self.linebreak()
    }

    /// Whether `word` stands here as a word of its own.
    #[inline]
    pub(super) fn is_at_keyword(&self, word: &[u8]) -> bool {
        self.is_at(word) && !self.continues_after(word.len())
    }

    /// `wc`, `distance` further on.
    #[inline]
    pub(super) fn continues_after(&self, distance: usize) -> bool {
        match self.byte_after(distance) {
            b'\\' => self.byte_after(distance + 1) != b'\n',
            byte => Class::CONTINUES.holds(byte),
        }
    }

    /// `closer`
    fn is_at_closer(&self) -> bool {
        match self.byte() {
            b't' => self.is_at_keyword(b"then"),
            b'e' => [&b"else"[..], b"elif", b"esac"].iter().any(|word| self.is_at_keyword(word)),
            b'f' => self.is_at_keyword(b"fi"),
            b'd' => self.is_at_keyword(b"done") || self.is_at_keyword(b"do"),
            b'}' => self.is_at_keyword(b"}"),
            _ => false,
        }
    }

    /// `no_command`
    fn is_at_no_command(&self) -> bool {
        match self.byte() {
            b'!' => self.is_at_bang(),
            b't' => self.is_at_closer() || self.is_at_keyword(b"time"),
            b'i' => self.is_at_keyword(b"in"),
            b']' => self.is_at_keyword(b"]]"),
            _ => self.is_at_closer(),
        }
    }

    fn is_at_bang(&self) -> bool {
        self.is_at_keyword(b"!") && !(self.dialect.extglob && self.byte_after(1) == b'(')
    }

    /// `and_or`, if one begins here.
    pub(super) fn and_or(&mut self) -> Read<bool> {
        if !self.pipeline()? {
            return Ok(false);
        }
        loop {
            let rule = match (self.byte(), self.byte_after(1)) {
                (b'&', b'&') => Rule::and_if,
                (b'|', b'|') => Rule::or_if,
                _ => return Ok(true),
            };
            self.leaf(rule, 2);
            self.linebreak()?;
            self.required(Self::pipeline)?;
        }
    }

    fn pipeline(&mut self) -> Read<bool> {
        if self.command()? {
            return self.pipe_tail().map(|()| true);
        }
        if !self.pipeline_prefix()? {
            return Ok(false);
        }
        while self.pipeline_prefix()? {}
        if self.command()? {
            self.pipe_tail()?;
        } else if !self.is_at_pipe_none() {
            return Err(GiveUp);
        }
        Ok(true)
    }

    /// `bang ~ sp | time ~ sp`
    fn pipeline_prefix(&mut self) -> Read<bool> {
        if self.is_at_bang() {
            self.leaf(Rule::bang, 1);
        } else if self.is_at_keyword(b"time") {
            self.time()?;
        } else {
            return Ok(false);
        }
        self.blanks();
        Ok(true)
    }

    fn time(&mut self) -> Read {
        if self.dialect.posix {
            return Err(GiveUp);
        }
        let time = self.open(Rule::time);
        self.at += 4;
        for (option, rule) in [(&b"-p"[..], Rule::time_p), (b"--", Rule::time_p_too)] {
            let before = self.at;
            self.blanks();
            if self.is_at_keyword(option) {
                self.leaf(rule, 2);
            } else {
                self.at = before;
            }
        }
        self.close(time);
        Ok(())
    }

    fn is_at_pipe_none(&self) -> bool {
        match (self.byte(), self.byte_after(1)) {
            (b'\n' | b'#', _) => true,
            (b';', next) => !matches!(next, b';' | b'&'),
            (b'&', next) => !matches!(next, b'&' | b'>'),
            _ => self.is_at_end(),
        }
    }

    fn pipe_tail(&mut self) -> Read {
        self.blanks();
        while self.byte() == b'|' {
            match self.byte_after(1) {
                b'|' => return Ok(()),
                b'&' => self.leaf(Rule::pipe, 2),
                _ => self.leaf(Rule::pipe, 1),
            }
            self.linebreak()?;
            self.required(Self::piped_command)?;
            self.blanks();
        }
        Ok(())
    }

    fn command(&mut self) -> Read<bool> {
        Ok(self.compound()? || !self.is_at_no_command() && self.simple()?)
    }

    fn piped_command(&mut self) -> Read<bool> {
        let may_be_simple = self.is_at_keyword(b"time") || !self.is_at_no_command();
        Ok(self.compound()? || may_be_simple && self.simple()?)
    }
}
