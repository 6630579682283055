//! What is wrong with a text, in Bash's words.
//!
//! The grammar leaves two kinds of nodes behind: `bad`, a token that cannot stand where it does, and `unterm`, the
//! end of the text within a construct. The leftmost of them is the error. Bash words the two by what encloses
//! them, which is read off the tree.

use crate::ast::Text;
use crate::grammar::{Node, Rule};
use crate::lower::{Begun, unterminated};
use crate::parse::lines::Lines;
use crate::source::encode;

/// A syntax error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", String::from_utf8_lossy(.message))]
pub struct ParseError {
    /// What kind it is: decides whether more input could help.
    pub kind: ParseErrorKind,
    /// The line that Bash's message names.
    pub line: u32,
    /// Warnings about here-documents that come first: line numbers and texts.
    pub warnings: Vec<(u32, Vec<u8>)>,
    /// What is said before the message, about other lines: line numbers and texts.
    pub before: Vec<(u32, Vec<u8>)>,
    /// The message without the `name: line N: ` prefix, e.g. ``syntax error near unexpected token `fi'``. Each
    /// line of it is printed with the prefix.
    pub message: Vec<u8>,
    /// The offending source line, which Bash prints below some messages (after the same prefix, quoted as
    /// `` `line' ``).
    pub source_line: Option<Vec<u8>>,
}

/// Whether more input could help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseErrorKind {
    /// The text ended within a construct.
    Incomplete,
    /// The same where `$(…)` or its kin is what is not closed.
    IncompleteSubstitution,
    /// The text cannot be completed to anything valid.
    Wrong,
    /// The same within the parentheses of an array assignment: what is still unfinished when no more input comes is
    /// only discarded.
    IncompleteArray,
    /// The parentheses of an array assignment hold something wrong: Bash only discards the line, with status 1.
    Discarded,
    /// The same within `$(…)` and its kin, which Bash reads by calling its parser anew: it gives up the shell.
    InSubstitution,
    /// Nested deeper than the parser goes.
    TooDeep,
}

impl ParseError {
    /// Whether only the line is lost, not the text.
    pub fn discards_line(&self) -> bool {
        matches!(self.kind, ParseErrorKind::Discarded | ParseErrorKind::IncompleteArray)
    }

    /// Whether the text ends before a quote or parenthesis is closed: then the status of a command that failed stays.
    pub fn lacks_partner(&self) -> bool {
        if self.kind == ParseErrorKind::IncompleteSubstitution {
            return false;
        }
        let is_about_partner =
            |message: &[u8]| message.starts_with(b"unexpected EOF while looking for matching");
        let in_conditional = self.kind != ParseErrorKind::InSubstitution
            && self.before.iter().any(|(_, message)| is_about_partner(message));
        is_about_partner(&self.message) || in_conditional
    }

    /// Whether more input could help.
    pub fn is_incomplete(&self) -> bool {
        use ParseErrorKind::{Incomplete, IncompleteArray, IncompleteSubstitution};
        matches!(self.kind, Incomplete | IncompleteArray | IncompleteSubstitution)
    }
}

/// Nested deeper than the parser goes.
pub(crate) fn too_deep(line: u32) -> ParseError {
    let message = b"syntax error: commands nested too deeply".to_vec();
    ParseError {
        kind: ParseErrorKind::TooDeep,
        line,
        message,
        warnings: vec![],
        before: vec![],
        source_line: None,
    }
}

/// A `for ((…))` without exactly three expressions. `header` is its text from `((` to `))`.
pub(crate) fn arith_for(line: u32, header: &Text, too_many: bool) -> ParseError {
    let what: &[u8] = if too_many { b"`;' unexpected" } else { b"arithmetic expression required" };
    let message = [b"syntax error: ", what, b"\nsyntax error: `", header, b"'"].concat();
    ParseError {
        kind: ParseErrorKind::Wrong,
        line,
        message,
        warnings: vec![],
        before: vec![],
        source_line: None,
    }
}

/// More here-documents wait for their bodies than Bash allows.
pub(crate) fn too_many_documents(line: u32) -> ParseError {
    let message = b"maximum here-document count exceeded".to_vec();
    ParseError {
        kind: ParseErrorKind::Wrong,
        line,
        message,
        warnings: vec![],
        before: vec![],
        source_line: None,
    }
}

/// The leftmost error in the parse `root` of `text`.
pub(crate) fn find(root: &Node<'_>, text: &str, lines: &Lines) -> Option<ParseError> {
    locate(root, text, lines).map(|(error, _)| error)
}

/// The same with its place.
pub(crate) fn locate(root: &Node<'_>, text: &str, lines: &Lines) -> Option<(ParseError, usize)> {
    if !root.into_inner().flatten().any(|node| is_failure(node.as_rule())) {
        return None;
    }
    let mut enclosing = path(root, is_failure);
    let failure = enclosing.pop()?;
    let mut open = Open { enclosing, text, lines };
    Some(match failure.as_rule() {
        Rule::bad => open.bad(&failure),
        Rule::bad_end => open.bad_end(),
        _ => {
            let mut error = open.unfinished();
            // Within quotes the newline that would begin a document's body is still to come.
            let in_quotes =
                error.message.ends_with(b"matching `\"'") || error.message.ends_with(b"matching `''");
            error.warnings = unterminated(root, lines, if in_quotes { Begun::Only } else { Begun::OrNot });
            (error, text.len())
        }
    })
}

/// Whether the text that `root` is the parse of ends within a substitution of commands.
pub(crate) fn ends_in_substitution(root: &Node<'_>) -> bool {
    let is_end = |rule| rule == Rule::unterm;
    (*root).into_inner().flatten().any(|node| is_end(node.as_rule()))
        && path(root, is_end)
            .iter()
            .any(|node| matches!(node.as_rule(), Rule::comsub | Rule::procsub | Rule::funsub))
}

fn is_failure(rule: Rule) -> bool {
    matches!(rule, Rule::bad | Rule::bad_end | Rule::unterm)
}

/// The way from `root` to the leftmost node that is `wanted`, outermost first, with that node at its end.
fn path<'i>(root: &Node<'i>, wanted: impl Fn(Rule) -> bool) -> Vec<Node<'i>> {
    let mut path: Vec<Node<'i>> = vec![];
    let mut levels = vec![root.into_inner()];
    while let Some(level) = levels.last_mut() {
        let Some(node) = level.next() else {
            levels.pop();
            path.pop();
            continue;
        };
        let found = wanted(node.as_rule());
        levels.push(node.into_inner());
        path.push(node);
        if found {
            break;
        }
    }
    path
}

/// What is open at the place of the error, outermost first.
struct Open<'t, 'i> {
    enclosing: Vec<Node<'i>>,
    text: &'t str,
    lines: &'t Lines,
}

impl<'i> Open<'_, 'i> {
    /// A token that cannot stand where it does, or an open quote within it.
    fn bad(&mut self, bad: &Node<'i>) -> (ParseError, usize) {
        let mut within = path(bad, is_failure);
        if let Some(failure) = within.pop() {
            self.enclosing.extend(within);
            return match failure.as_rule() {
                Rule::bad => self.bad(&failure),
                Rule::bad_end => self.bad_end(),
                _ => (self.unfinished(), self.text.len()),
            };
        }
        let mut inner = bad.into_inner().flatten();
        let token = inner.find(|node| matches!(node.as_rule(), Rule::bad_word | Rule::bad_tok));
        let (start, token) =
            token.map_or((self.text.len(), ""), |node| (node.as_span().start(), node.as_str()));
        (self.unexpected(token, start), start)
    }

    /// The end of the text where not even a newline can stand: Bash names the newline.
    fn bad_end(&self) -> (ParseError, usize) {
        (self.unexpected("\n", self.text.trim_end_matches('\n').len()), self.text.len())
    }

    fn unexpected(&self, token: &str, start: usize) -> ParseError {
        // A word of several lines is known when the last of them is read.
        let place =
            start + if token == "\n" { 0 } else { token.rfind('\n').map_or(0, |newline| newline + 1) };
        let source_line = Some(encode(line_of(self.text, place)).into_owned());
        let line = self.lines.line(place);
        let in_arith_for = self.enclosing.last().is_some_and(|node| node.as_rule() == Rule::arith_for);
        let mut messages = match self.conditional_mistake(token, start, line) {
            Some(messages) => messages,
            None if in_arith_for => vec![(line, self.near_text(start + token.len()))],
            None => vec![(line, self.near(token))],
        };
        let other = messages.iter().rposition(|(other, _)| *other != line).map_or(0, |at| at + 1);
        let same: Vec<_> = messages.drain(other..).map(|(_, message)| message).collect();
        let message = same.join(&b'\n');
        let kind = self.enclosing.iter().rev().find_map(|node| match node.as_rule() {
            Rule::array => Some(ParseErrorKind::Discarded),
            Rule::comsub | Rule::procsub | Rule::funsub => Some(ParseErrorKind::InSubstitution),
            _ => None,
        });
        let kind = kind.unwrap_or(ParseErrorKind::Wrong);
        ParseError { kind, line, message, warnings: vec![], before: messages, source_line }
    }

    /// ``syntax error near unexpected token `x'``
    fn near(&self, token: &str) -> Vec<u8> {
        let mut message = [b"syntax error near unexpected token `", &*printed(token), b"'"].concat();
        let substitution = self.enclosing.iter().rev().find_map(|node| match node.as_rule() {
            Rule::comsub | Rule::procsub => Some(")"),
            Rule::funsub => Some("}"),
            _ => None,
        });
        if let Some(closer) = substitution.filter(|&closer| closer != token) {
            message.extend_from_slice(format!(" while looking for matching `{closer}'").as_bytes());
        }
        message
    }

    /// The lines that Bash prints about a mistake in `[[ … ]]`, with their line numbers.
    fn conditional_mistake(&self, token: &str, start: usize, line: u32) -> Option<Vec<(u32, Vec<u8>)>> {
        let mut places = conditional_places(&self.enclosing, self.lines);
        let last = places.pop()?;
        let printed_token = printed(token);
        let expects = |what: &[u8]| [b"unexpected token `", &*printed_token, b"'", what].concat();
        let argument =
            |what: &[u8]| [b"unexpected argument `", &*printed_token, b"' to conditional ", what].concat();
        let mut messages = match last.kind {
            PlaceKind::UnaryOperand => vec![(line, argument(b"unary operator"))],
            PlaceKind::BinaryOperand => vec![(line, argument(b"binary operator"))],
            PlaceKind::Operator => vec![(line, expects(b", conditional binary operator expected"))],
            PlaceKind::Term(_) if token == "]]" => vec![],
            PlaceKind::Term(_) => vec![(line, expects(b" in conditional command"))],
            PlaceKind::Behind(true) => vec![(last.line, expects(b", expected `)'"))],
            PlaceKind::Behind(false) => {
                let what = b"syntax error in conditional expression: ";
                vec![(last.line, [&what[..], &expects(b"")].concat())]
            }
        };
        if matches!(last.kind, PlaceKind::Term(true)) {
            places.push(last);
        }
        let parentheses = places.iter().rev().filter(|place| place.in_parentheses());
        messages.extend(parentheses.map(|place| (place.line, b"expected `)'".to_vec())));
        messages.push((line, self.near_text(start + token.len())));
        Some(messages)
    }

    /// ``syntax error near `x'``, where Bash has no token at hand.
    fn near_text(&self, read: usize) -> Vec<u8> {
        [b"syntax error near `", &*encode(self.last_read(read)), b"'"].concat()
    }

    /// What Bash finds at the end of what it has read of the line, which is up to `read`: the word that ends there,
    /// from the last blank or operator on.
    fn last_read(&self, read: usize) -> &str {
        let all = self.text.as_bytes();
        let known = &all[..read.saturating_sub(1).min(all.len())];
        let line_start = known.iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1);
        let line = &self.text[line_start..];
        let line = line.split_inclusive('\n').next().unwrap_or_default();
        let bytes = line.as_bytes();
        let mut at = read.saturating_sub(line_start).min(bytes.len().saturating_sub(1));
        let is = |at: usize, set: &[u8]| bytes.get(at).is_some_and(|byte| set.contains(byte));
        while at > 0 && is(at, b" \t\n") {
            at -= 1;
        }
        let end = (at + 1..).find(|&end| end >= line.len() || line.is_char_boundary(end)).unwrap_or(at + 1);
        while at > 0 && !is(at, b" \n\t;|&") {
            at -= 1;
        }
        while at + 1 < end && is(at, b" \t\n") {
            at += 1;
        }
        line.get(at..end).unwrap_or(line.trim_end())
    }

    /// The text ended within a construct.
    fn unfinished(&self) -> ParseError {
        // Bash ends the last line itself; behind a backslash the newline joins, and it reads one line more.
        let backslashes = self.text.bytes().rev().take_while(|&byte| byte == b'\\').count();
        let last_line =
            self.lines.end() + u32::from(!self.text.ends_with('\n')) + u32::from(backslashes % 2 == 1);
        let unclosed = self.enclosing.iter().rposition(|node| closer(node).is_some());
        let opener = unclosed.and_then(|at| self.enclosing.get(at)).map(|node| node.as_rule());
        let mut messages = match unclosed {
            Some(at) => self.unclosed(self.outer_of_subscript(at), last_line),
            None => self.unfinished_command(last_line),
        };
        let (line, message) = messages.pop().unwrap_or_default();
        let in_array = self.enclosing.iter().any(|node| node.as_rule() == Rule::array);
        let kind = match opener {
            _ if in_array => ParseErrorKind::IncompleteArray,
            Some(Rule::comsub | Rule::procsub | Rule::funsub) => ParseErrorKind::IncompleteSubstitution,
            _ => ParseErrorKind::Incomplete,
        };
        ParseError { kind, line, message, warnings: vec![], before: messages, source_line: None }
    }

    /// A subscript within `${…}` has no end of its own for Bash: what is missing is the brace.
    fn outer_of_subscript(&self, at: usize) -> usize {
        let is = |at: usize, rules: &[Rule]| {
            self.enclosing.get(at).is_some_and(|node| rules.contains(&node.as_rule()))
        };
        let in_braces = at > 0 && is(at - 1, &[Rule::brace_param, Rule::posix_brace_param]);
        if is(at, &[Rule::subscript]) && in_braces { at - 1 } else { at }
    }

    /// A quote or parenthesis that nothing closes, which the node `at` opens. In `[[ … ]]` Bash then misses the word.
    fn unclosed(&self, at: usize, last_line: u32) -> Vec<(u32, Vec<u8>)> {
        let Some(node) = self.enclosing.get(at) else { return vec![] };
        // Behind a lone `${` Bash reads the newline that it adds itself, and takes it for a substitution.
        let reads_commands =
            matches!(node.as_rule(), Rule::comsub | Rule::procsub | Rule::funsub) || node.as_str() == "${";
        let line = if reads_commands { last_line } else { self.lines.line(node.as_span().start()) };
        let closer = closer(node).unwrap_or_default();
        let mut messages =
            vec![(line, [b"unexpected EOF while looking for matching `", closer, b"'"].concat())];
        let mut places = conditional_places(self.enclosing.get(..at).unwrap_or_default(), self.lines);
        let Some(last) = places.pop() else { return messages };
        messages.push(match last.kind {
            PlaceKind::UnaryOperand => {
                (last_line, b"unexpected argument to conditional unary operator".to_vec())
            }
            PlaceKind::BinaryOperand => {
                (last_line, b"unexpected argument to conditional binary operator".to_vec())
            }
            PlaceKind::Operator => (last_line, b"conditional binary operator expected".to_vec()),
            PlaceKind::Term(_) => (last_line, b"unexpected token `\xff' in conditional command".to_vec()),
            PlaceKind::Behind(true) => (last.line, b"unexpected token `\xff', expected `)'".to_vec()),
            PlaceKind::Behind(false) => (last.line, b"unexpected EOF while looking for `]]'".to_vec()),
        });
        if matches!(last.kind, PlaceKind::Term(true)) {
            places.push(last);
        }
        let parentheses = places.iter().rev().filter(|place| place.in_parentheses());
        messages.extend(parentheses.map(|place| (place.line, b"expected `)'".to_vec())));
        messages
    }

    /// A compound command that lacks its end.
    fn unfinished_command(&self, last_line: u32) -> Vec<(u32, Vec<u8>)> {
        let mut messages = vec![];
        let mut places = conditional_places(&self.enclosing, self.lines);
        if let Some(place) = places.pop() {
            let text: &[u8] = match place.kind {
                PlaceKind::Term(_) => b"unexpected token `EOF' in conditional command",
                PlaceKind::Behind(true) => b"unexpected token `EOF', expected `)'",
                _ => b"unexpected EOF while looking for `]]'",
            };
            let line = if matches!(place.kind, PlaceKind::Behind(_)) { place.line } else { last_line };
            messages.push((line, text.to_vec()));
            if matches!(place.kind, PlaceKind::Term(true)) {
                places.push(place);
            }
            let parentheses = places.iter().rev().filter(|place| place.in_parentheses());
            messages.extend(parentheses.map(|place| (place.line, b"expected `)'".to_vec())));
        }
        let mut message = String::from("syntax error: unexpected end of file");
        let command =
            self.enclosing.iter().rev().find_map(|node| keyword(node).map(|keyword| (node, keyword)));
        if let Some((node, keyword)) = command {
            let opened = self.lines.line(node.as_span().start());
            message.push_str(&format!(" from `{keyword}' command on line {opened}"));
        }
        messages.push((last_line, message.into_bytes()));
        messages
    }
}

/// Where in a conditional expression the error is.
struct Place {
    kind: PlaceKind,
    /// The line on which what encloses it begins.
    line: u32,
}

enum PlaceKind {
    UnaryOperand,
    BinaryOperand,
    /// After a word that needs an operator.
    Operator,
    /// Where a term must stand; whether in parentheses.
    Term(bool),
    /// After a term; whether in parentheses.
    Behind(bool),
}

impl Place {
    fn in_parentheses(&self) -> bool {
        matches!(self.kind, PlaceKind::Term(true) | PlaceKind::Behind(true))
    }
}

impl PlaceKind {
    /// The place after the last child of `node` that ended.
    fn among(node: &Node<'_>, parentheses: bool) -> PlaceKind {
        let terms = [Rule::cond_not, Rule::cond_paren, Rule::cond_unary, Rule::cond_binary];
        let mut last = None;
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::bad | Rule::bad_end | Rule::unterm => break,
                Rule::cond_binary if !is_behind_word(&child) => break,
                rule => last = Some(rule),
            }
        }
        match last {
            Some(rule) if terms.contains(&rule) => PlaceKind::Behind(parentheses),
            _ => PlaceKind::Term(parentheses),
        }
    }
}

/// The places within `[[ … ]]` that are open among the nodes `enclosing` the error, outermost first.
fn conditional_places(enclosing: &[Node<'_>], lines: &Lines) -> Vec<Place> {
    let mut places = vec![];
    for node in enclosing {
        let line = lines.line(node.as_span().start());
        let mut open = |kind| places.push(Place { kind, line });
        match node.as_rule() {
            Rule::conditional => places = vec![Place { kind: PlaceKind::among(node, false), line }],
            Rule::cond_not => open(PlaceKind::among(node, false)),
            Rule::cond_paren => open(PlaceKind::among(node, true)),
            Rule::cond_unary => open(PlaceKind::UnaryOperand),
            Rule::cond_binary if has_operator(node) => open(PlaceKind::BinaryOperand),
            Rule::cond_binary if !is_behind_word(node) => {}
            Rule::cond_binary => open(PlaceKind::Operator),
            Rule::comsub | Rule::procsub | Rule::funsub => places.clear(),
            _ => {}
        }
    }
    places
}

/// A token as messages show it: the commands of substitutions in it are printed anew, and what holds a newline then is
/// quoted.
fn printed(token: &str) -> Vec<u8> {
    if token == "\n" {
        return b"newline".to_vec();
    }
    let source = encode(token);
    let has_commands = ["$(", "${ ", "${|", "${\n", "<(", ">("].iter().any(|begin| token.contains(begin));
    let word = if has_commands {
        crate::parse_document::parse_word(&source, crate::Dialect::default())
    } else {
        None
    };
    let mut shown = Vec::new();
    match word {
        Some(parts) => crate::print::word(&crate::ast::Word { parts, ..Default::default() }, &mut shown),
        None => shown.extend_from_slice(&source),
    }
    match shown.contains(&b'\n') {
        true => crate::quote::ansi_c_quote(&shown, crate::quote::Charset::Utf8),
        false => shown,
    }
}

/// Whether the first word of a term was read to its end.
fn is_behind_word(node: &Node<'_>) -> bool {
    let first = node.into_inner().next();
    first.is_none_or(|word| word.into_inner().flatten().all(|inner| !is_failure(inner.as_rule())))
}

fn has_operator(node: &Node<'_>) -> bool {
    node.into_inner()
        .any(|child| matches!(child.as_rule(), Rule::cond_binop | Rule::cond_match | Rule::cond_regex))
}

/// What would close an open quote or expansion.
fn closer(node: &Node<'_>) -> Option<&'static [u8]> {
    Some(match node.as_rule() {
        Rule::squote | Rule::ansi_quote => b"'",
        Rule::dquote => b"\"",
        Rule::bquote => b"`",
        Rule::brace_param | Rule::posix_brace_param | Rule::funsub => b"}",
        Rule::comsub | Rule::procsub | Rule::arith | Rule::arith_command | Rule::arith_for | Rule::array => {
            b")"
        }
        Rule::extglob | Rule::cond_extglob | Rule::regex_paren | Rule::extglob_paren | Rule::arith_paren => {
            b")"
        }
        Rule::subscript | Rule::old_arith | Rule::subscript_in => b"]",
        _ => return None,
    })
}

/// The word that begins an open compound command.
fn keyword(node: &Node<'_>) -> Option<&'static str> {
    Some(match node.as_rule() {
        Rule::if_clause => "if",
        Rule::while_loop if node.as_str().starts_with("until") => "until",
        Rule::while_loop => "while",
        Rule::for_loop => "for",
        Rule::select_loop => "select",
        Rule::case_clause => "case",
        Rule::group => "{",
        Rule::subshell => "(",
        Rule::conditional => "[[",
        _ => return None,
    })
}

/// The line of `text` in which `at` lies.
fn line_of(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
    &text[start..end]
}
