//! What a command of several lines is in the middle of when its next line comes: which quotes are open, whether a
//! here-document goes on, and which words came last. The history joins lines by this, and history expansion asks for
//! the open quote.
//!
//! It is a scanner of its own, since the lines must be joined before the command is complete and can be parsed.

use super::words::{is_blank, word_end};

/// The state between two lines.
#[derive(Debug, Default)]
pub struct Unfinished {
    open: Vec<Open>,
    documents: Vec<Document>,
    in_documents: bool,
    /// The line before was the end of a here-document.
    ended_document: bool,
    /// The last three words and operators, the newest last.
    tokens: [Token; 3],
    word: Option<Vec<u8>>,
    /// The word to come is the delimiter of a here-document, whose tabs may be stripped.
    delimiter: Option<Tabs>,
    cases: u32,
}

/// Something that has an end of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    Quote(u8),
    /// `$(…)` and everything like it, with the number of open parentheses.
    Parens(u32),
    Braces,
    /// `name=(…)`
    Elements,
    /// `((…))`
    Arithmetic(u32),
    /// `$((…))`, with the number of open parentheses: `<<` shifts there.
    Sum(u32),
    /// `[[ … ]]`
    Condition,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tabs {
    Kept,
    Stripped,
}

#[derive(Debug)]
struct Document {
    delimiter: Vec<u8>,
    tabs: Tabs,
    /// How much was open where it was announced.
    depth: usize,
}

/// A word or an operator, as far as joining lines depends on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Token {
    #[default]
    Start,
    Word,
    Newline,
    Open,
    Close,
    For,
    Case,
    Function,
    /// A word or operator behind which a command or a word must come: no semicolon may follow it.
    Opener,
    /// A reserved word that ends a command.
    Closer,
}

impl Unfinished {
    /// A new command begins.
    pub fn begin(&mut self) {
        self.open.clear();
        self.documents.clear();
        self.in_documents = false;
        self.ended_document = false;
        self.word = None;
        self.delimiter = None;
        self.cases = 0;
    }

    /// Whether the next line belongs to a here-document.
    pub fn in_document(&self) -> bool {
        self.in_documents && self.document_at_hand().is_some()
    }

    /// The here-document that comes next: its announcement must be in what is open now, or in what was closed since.
    fn document_at_hand(&self) -> Option<usize> {
        self.documents.iter().position(|document| document.depth >= self.open.len())
    }

    /// Whether the next line begins within quotes or a substitution.
    pub fn is_quoted(&self) -> bool {
        self.open.iter().any(|open| matches!(open, Open::Quote(_) | Open::Parens(_) | Open::Sum(_)))
    }

    /// The quote in which the next line begins.
    pub fn quote(&self) -> Option<u8> {
        let quoting = |open: &&Open| matches!(open, Open::Quote(_) | Open::Parens(_) | Open::Sum(_));
        match self.open.iter().rev().find(quoting)? {
            Open::Quote(quote @ (b'\'' | b'"')) => Some(*quote),
            _ => None,
        }
    }

    /// What stands between the lines so far and `line` when they become one.
    pub fn joint(&self, line: &[u8]) -> &'static [u8] {
        let [two_ago, before, last] = self.tokens;
        if self.is_quoted() {
            let has_newline =
                self.ended_document && !self.open.iter().any(|open| matches!(open, Open::Quote(_)));
            return if has_newline { b"" } else { b"\n" };
        }
        if self.open.contains(&Open::Elements) || self.open.contains(&Open::Condition) {
            return b" ";
        }
        match (two_ago, before) {
            (Token::Open, Token::Close) => return b" ",
            (_, Token::Close) if self.cases > 0 => return b" ",
            (_, Token::Close) => return b"; ",
            (Token::Function, Token::Word) => return b" ",
            _ if last == Token::Newline && line.windows(2).any(|pair| pair == b"<<") => return b"\n",
            (Token::For, Token::Word) => {
                let goes_on = line.trim_ascii_start().starts_with(b"in");
                return if goes_on { b" " } else { b";" };
            }
            (Token::Case, Token::Word) => return b" ",
            (_, Token::Newline | Token::Open | Token::Opener | Token::Case) => return b" ",
            _ => {}
        }
        b"; "
    }

    /// Reads a line, without its newline.
    pub fn read(&mut self, line: &[u8]) {
        if self.in_document() {
            return self.read_document_line(line);
        }
        self.ended_document = false;
        let mut at = 0;
        while at < line.len() {
            let byte = line[at];
            if byte == b'\\' && self.open.last() != Some(&Open::Quote(b'\'')) {
                if at + 1 == line.len() {
                    return;
                }
                self.push(&line[at..(at + 2).min(line.len())]);
                at += 2;
                continue;
            }
            at = match self.open.last().copied() {
                Some(Open::Elements | Open::Condition) | None => match self.outside(line, at) {
                    Some(at) => at,
                    None => break,
                },
                Some(open) => self.inside(open, line, at),
            };
        }
        if matches!(self.open.last(), None | Some(Open::Elements | Open::Condition)) {
            self.end_word();
            self.token(Token::Newline);
        } else {
            self.push(b"\n");
        }
        self.in_documents = self.document_at_hand().is_some();
    }

    fn read_document_line(&mut self, line: &[u8]) {
        let Some(at) = self.document_at_hand() else { return };
        let Document { delimiter, tabs, .. } = &self.documents[at];
        let leading = line.iter().take_while(|byte| **byte == b'\t' && *tabs == Tabs::Stripped).count();
        if line[leading..] == delimiter[..] {
            self.documents.remove(at);
            self.ended_document = true;
        }
    }

    /// A byte within something that is open; where to read on.
    fn inside(&mut self, open: Open, line: &[u8], at: usize) -> usize {
        let byte = line[at];
        self.push(&[byte]);
        match open {
            Open::Quote(quote) if byte == quote => drop(self.open.pop()),
            Open::Quote(b'\'' | b'`') => {}
            Open::Quote(_) => self.open_within(line, at),
            Open::Braces if byte == b'}' => drop(self.open.pop()),
            Open::Parens(_) | Open::Arithmetic(_) | Open::Sum(_) if matches!(byte, b'(' | b')') => {
                self.count_paren(byte);
            }
            Open::Parens(_) if line[at..].starts_with(b"<<") => return self.document_within(line, at),
            _ if matches!(byte, b'\'' | b'"') => self.open.push(Open::Quote(byte)),
            _ => self.open_within(line, at),
        }
        let opened_two = matches!(self.open.last(), Some(Open::Parens(0) | Open::Braces)) && byte == b'$';
        if opened_two {
            self.push(&line[at + 1..at + 2]);
            if let Some(open @ Open::Parens(_)) = self.open.last_mut() {
                *open = opened_parens(line, at);
            }
            return at + 2;
        }
        at + 1
    }

    /// `<<` within a substitution; where to read on.
    fn document_within(&mut self, line: &[u8], at: usize) -> usize {
        if line[at..].starts_with(b"<<<") {
            self.push(b"<<");
            return at + 3;
        }
        let stripped = line.get(at + 2) == Some(&b'-');
        let start = at + 2 + usize::from(stripped);
        let start = start + line[start..].iter().take_while(|byte| is_blank(**byte)).count();
        let end = if start < line.len() { word_end(line, start) } else { start };
        self.push(&line[at + 1..end]);
        if end > start {
            self.await_document(&line[start..end], if stripped { Tabs::Stripped } else { Tabs::Kept });
        }
        end
    }

    fn await_document(&mut self, word: &[u8], tabs: Tabs) {
        let delimiter = crate::pattern::remove_quoting(&unquoted(word));
        self.documents.push(Document { delimiter, tabs, depth: self.open.len() });
    }

    /// Substitutions, which begin in double quotes too.
    fn open_within(&mut self, line: &[u8], at: usize) {
        match (line[at], line.get(at + 1)) {
            (b'`', _) => self.open.push(Open::Quote(b'`')),
            (b'$', Some(b'(')) => self.open.push(Open::Parens(0)),
            (b'$', Some(b'{')) => self.open.push(Open::Braces),
            _ => {}
        }
    }

    fn count_paren(&mut self, byte: u8) {
        let arithmetic = matches!(self.open.last(), Some(Open::Arithmetic(_)));
        if let Some(Open::Parens(depth) | Open::Arithmetic(depth) | Open::Sum(depth)) = self.open.last_mut() {
            *depth = if byte == b'(' { *depth + 1 } else { depth.saturating_sub(1) };
            if *depth == 0 {
                self.open.pop();
                if arithmetic {
                    self.end_word();
                }
            }
        }
    }

    /// A byte of plain text; where to read on. `None`: the rest is a comment.
    fn outside(&mut self, line: &[u8], at: usize) -> Option<usize> {
        let (byte, next) = (line[at], line.get(at + 1).copied());
        match byte {
            b'#' if self.word.is_none() => return None,
            b' ' | b'\t' => self.end_word(),
            b'\'' | b'"' | b'`' => {
                self.push(&[byte]);
                self.open.push(Open::Quote(byte));
            }
            b'$' | b'<' | b'>' if next == Some(b'(') => {
                self.push(&[byte, b'(']);
                self.open.push(opened_parens(line, at));
                return Some(at + 2);
            }
            b'$' if next == Some(b'{') => {
                self.push(b"${");
                self.open.push(Open::Braces);
                return Some(at + 2);
            }
            b'(' if self.word.is_some() => self.paren_in_word(),
            b'(' if next == Some(b'(') && self.at_command() => {
                self.push(b"((");
                self.open.push(Open::Arithmetic(2));
                return Some(at + 2);
            }
            b')' if self.open.last() == Some(&Open::Elements) => {
                self.end_word();
                self.open.pop();
                self.push(b")");
            }
            b'(' | b')' | b';' | b'&' | b'|' | b'<' | b'>' => return Some(self.operator(line, at)),
            byte => self.push(&[byte]),
        }
        Some(at + 1)
    }

    /// `name=(`, `@(` or `name(`
    fn paren_in_word(&mut self) {
        let last = self.word.as_deref().and_then(<[u8]>::last).copied();
        match last {
            Some(b'=') => {
                self.word = None;
                self.token(Token::Word);
                self.open.push(Open::Elements);
            }
            Some(b'?' | b'*' | b'+' | b'@' | b'!') => {
                self.push(b"(");
                self.open.push(Open::Parens(1));
            }
            _ => {
                self.end_word();
                self.token(Token::Open);
            }
        }
    }

    fn operator(&mut self, line: &[u8], at: usize) -> usize {
        self.end_word();
        let rest = &line[at..];
        match rest[0] {
            b'(' => self.token(Token::Open),
            b')' => self.token(Token::Close),
            b'<' if rest.starts_with(b"<<<") => return at + 3,
            b'<' if rest.starts_with(b"<<") => {
                let stripped = rest.get(2) == Some(&b'-');
                self.delimiter = Some(if stripped { Tabs::Stripped } else { Tabs::Kept });
                return at + if stripped { 3 } else { 2 };
            }
            b'<' | b'>' => return at + if matches!(rest.get(1), Some(b'&' | b'|' | b'>')) { 2 } else { 1 },
            _ => {
                self.token(Token::Opener);
                let length = rest.iter().take_while(|byte| matches!(byte, b';' | b'&' | b'|')).count();
                return at + length;
            }
        }
        at + 1
    }

    fn push(&mut self, bytes: &[u8]) {
        self.word.get_or_insert_default().extend_from_slice(bytes);
    }

    fn token(&mut self, token: Token) {
        self.tokens = [self.tokens[1], self.tokens[2], token];
    }

    fn end_word(&mut self) {
        let Some(word) = self.word.take() else { return };
        if let Some(tabs) = self.delimiter.take() {
            self.await_document(&word, tabs);
        }
        let token = self.kind(&word);
        self.token(token);
    }

    fn at_command(&self) -> bool {
        !matches!(self.tokens[2], Token::Word | Token::For | Token::Case | Token::Function | Token::Closer)
    }

    fn kind(&mut self, word: &[u8]) -> Token {
        let [_, before, last] = self.tokens;
        match word {
            b"]]" if self.open.last() == Some(&Open::Condition) => {
                self.open.pop();
                return Token::Closer;
            }
            b"[[" if self.at_command() => self.open.push(Open::Condition),
            _ => {}
        }
        let named = last == Token::Word || last == Token::Newline;
        match word {
            b"in" if named && matches!(before, Token::For | Token::Case) => Token::Opener,
            b"in" if last == Token::Newline && self.tokens[0] == Token::Case => Token::Opener,
            b"do" if before == Token::For && last == Token::Word => Token::Opener,
            b"{" if before == Token::Function => Token::Opener,
            _ if !self.at_command() => Token::Word,
            b"if" | b"then" | b"else" | b"while" | b"until" | b"do" | b"{" => Token::Opener,
            b"for" | b"select" => Token::For,
            b"case" => {
                self.cases += 1;
                Token::Case
            }
            b"esac" => {
                self.cases = self.cases.saturating_sub(1);
                Token::Closer
            }
            b"fi" | b"done" | b"}" => Token::Closer,
            b"function" => Token::Function,
            _ => Token::Word,
        }
    }
}

/// What `$(`, `<(` or `>(` at `at` opens.
fn opened_parens(line: &[u8], at: usize) -> Open {
    match (line[at], line.get(at + 2)) {
        (b'$', Some(b'(')) => Open::Sum(1),
        _ => Open::Parens(1),
    }
}

/// A word without its quotes; backslashes stay.
fn unquoted(word: &[u8]) -> Vec<u8> {
    word.iter().copied().filter(|byte| !matches!(byte, b'\'' | b'"')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(lines: &str) -> String {
        let mut state = Unfinished::default();
        let mut text = String::new();
        for (number, line) in lines.split('\n').enumerate() {
            if number > 0 {
                let joint = if state.in_document() { b"\n" } else { state.joint(line.as_bytes()) };
                text.push_str(std::str::from_utf8(joint).unwrap());
            }
            text.push_str(line);
            state.read(line.as_bytes());
        }
        text
    }

    #[test]
    fn compound_commands_become_one_line() {
        assert_eq!(joined("for i in a\ndo\necho\ndone"), "for i in a; do echo; done");
        assert_eq!(joined("for x\nin a\ndo :\ndone"), "for x in a; do :; done");
        assert_eq!(joined("for x\ndo :\ndone"), "for x;do :; done");
        assert_eq!(joined("case x in\nx) a\n;;\nesac"), "case x in x) a; ;; esac");
        assert_eq!(joined("f()\n{\na\n}"), "f() { a; }");
        assert_eq!(joined("(a\nb)"), "(a; b)");
        assert_eq!(joined("a &&\nb |\nc"), "a && b | c");
    }

    #[test]
    fn quotes_and_documents_keep_their_lines() {
        for text in [
            "echo 'a\nb'",
            "echo \"a\nb\"",
            "x=$(a\nb)",
            "echo `a\nb`",
            "cat <<E\na\nE",
            "cat <<'E F'\na\nE F",
        ] {
            assert_eq!(joined(text), text);
        }
        assert_eq!(joined("a=(1\n2)"), "a=(1 2)");
        assert_eq!(joined("echo \"$(a 'b')\" \"x\nc\"\nd"), "echo \"$(a 'b')\" \"x\nc\"; d");
    }

    #[test]
    fn conditions_are_joined_by_blanks() {
        assert_eq!(joined("[[ a == a\n]]\nb"), "[[ a == a ]]; b");
        assert_eq!(joined("[[ (a == a\n) &&\nb ]]"), "[[ (a == a ) && b ]]");
    }

    #[test]
    fn documents_in_substitutions_are_known() {
        let mut state = Unfinished::default();
        let steps: [(&[u8], bool); 6] = [
            (b"echo \"$(cat <<-'E F'", true),
            (b"'", true),
            (b"\tE F", false),
            (b")\" $((1 << 2", false),
            (b")) <(cat <<X", true),
            (b"X", false),
        ];
        for (line, in_document) in steps {
            state.read(line);
            assert_eq!(state.in_document(), in_document, "{line:?}");
        }
    }

    #[test]
    fn the_open_quote_is_known() {
        let mut state = Unfinished::default();
        state.read(b"echo \"it's");
        assert_eq!(state.quote(), Some(b'"'));
        state.read(b"$(x");
        assert_eq!(state.quote(), None);
        assert!(state.is_quoted());
    }
}
