//! What programmable completion needs of expansion.

use crate::exec::subshell::SubshellKind;
use crate::expand::pattern::CaseRule;
use crate::pattern::PatternOptions;
use crate::read_eval::Origin;
use crate::{Capture, Flow, Shell};
use bash_parser::ast::CommandKind;
use bash_parser::{NoAliases, Parsed, Parser};
use bash_session::{Text, names};
use std::ops::ControlFlow::Continue;

impl Shell {
    /// How the pattern of `complete -X` matches.
    pub fn filter_options(&self) -> PatternOptions {
        self.pattern_options(CaseRule::NoCaseMatch)
    }

    /// The words of `complete -W`: split at `IFS` outside of quotes, then expanded.
    pub fn split_word_list(&mut self, list: &[u8]) -> Flow<Vec<Text>> {
        let separators = self.plain_text(*names::IFS).unwrap_or_else(|| " \t\n".into());
        let mut words = Vec::new();
        for token in tokens(list, &separators) {
            words.append(&mut self.expand_word_text(&one_word(token))?);
        }
        Continue(words)
    }

    /// The fields that a text expands to when it stands as a word in a command.
    pub fn expand_word_text(&mut self, text: &[u8]) -> Flow<Vec<Text>> {
        let mut parser = Parser::new([b": ", text].concat(), self.session.line);
        let literal = || Continue(vec![Text::new(text)]);
        let Parsed::Command(list) = parser.next(self.dialect(), &NoAliases) else { return literal() };
        let stage = list.items.first().and_then(|item| item.and_or.first.stages.first());
        match stage.map(|stage| &stage.command.kind) {
            Some(CommandKind::Simple(simple)) => {
                let mut words = self.expand_arguments(&simple.words)?.words;
                words.remove(0);
                Continue(words)
            }
            _ => literal(),
        }
    }

    /// The output of commands, as a command substitution would collect it.
    pub fn output_of_text(&mut self, text: &[u8]) -> Flow<Vec<u8>> {
        let capture = Capture::new(self);
        let line = self.session.line;
        let _status = self.subshell(SubshellKind::Substitution, |sh| {
            sh.session.descriptors.open(1, capture.clone());
            sh.run_text(text, line, Origin::Argument)
        })?;
        Continue(Capture::finish(capture, self.told.as_deref()))
    }
}

/// A token as one word of a command: with a backslash before what would end the word.
fn one_word(token: &[u8]) -> Vec<u8> {
    let mut word = Vec::with_capacity(token.len());
    let (mut quote, mut depth, mut at) = (None, 0_usize, 0);
    while at < token.len() {
        let byte = token[at];
        match (byte, quote) {
            (b'\\', None | Some(b'"')) => {
                word.push(byte);
                at += 1;
            }
            (b'\'' | b'"' | b'`', None) => quote = Some(byte),
            (byte, Some(open)) if byte == open => quote = None,
            (b'(' | b'{', None) if at > 0 && token[at - 1] == b'$' || depth > 0 => depth += 1,
            (b')' | b'}', None) => depth = depth.saturating_sub(1),
            (b' ' | b'\t' | b'&' | b'|' | b';' | b'<' | b'>', None) if depth == 0 => word.push(b'\\'),
            _ => {}
        }
        word.extend(token.get(at));
        at += 1;
    }
    word
}

/// Splits a list at separators that are not quoted.
fn tokens<'a>(list: &'a [u8], separators: &[u8]) -> Vec<&'a [u8]> {
    let (mut out, mut start, mut at) = (Vec::new(), 0, 0);
    let mut quote = None;
    let mut depth = 0_usize;
    while at < list.len() {
        match (list[at], quote) {
            (b'\\', None | Some(b'"')) => at += 1,
            (byte @ (b'\'' | b'"' | b'`'), None) => quote = Some(byte),
            (byte, Some(open)) if byte == open => quote = None,
            (b'(' | b'{', None) if at > 0 && (list[at - 1] == b'$' || depth > 0) => depth += 1,
            (b')' | b'}', None) => depth = depth.saturating_sub(1),
            (byte, None) if depth == 0 && separators.contains(&byte) => {
                out.push(&list[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    out.push(&list[start.min(list.len())..]);
    out.retain(|token| !token.is_empty());
    out
}
