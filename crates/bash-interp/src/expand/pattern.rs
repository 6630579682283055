//! Words used as patterns: `case`, `[[ == ]]`, `${x#pattern}`. A word without expansions is compiled once.

use crate::pattern::{ExtendedGlob, Pattern, PatternCase, PatternOptions};
use crate::{Flow, Shell};
use bash_parser::ast::Word;
use bash_session::Shopt;
use std::ops::ControlFlow::Continue;
use std::sync::Arc;

/// Whether `nocasematch` has a say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CaseRule {
    /// It has not.
    Exact,
    /// It has.
    NoCaseMatch,
}

impl Shell {
    /// The pattern that a word stands for, by the options in force.
    pub(crate) fn compile_pattern(&mut self, word: &Word, rule: CaseRule) -> Flow<Arc<Pattern>> {
        let options = self.pattern_options(rule);
        self.pattern_of_word(word, options)
    }

    /// The same for `[[ … ]]`, where extended patterns are always on.
    pub(crate) fn compile_conditional_pattern(&mut self, word: &Word) -> Flow<Arc<Pattern>> {
        let options =
            PatternOptions { extended_glob: ExtendedGlob::On, ..self.pattern_options(CaseRule::NoCaseMatch) };
        self.pattern_of_word(word, options)
    }

    /// The options of matching that are in force.
    pub(crate) fn pattern_options(&self, rule: CaseRule) -> PatternOptions {
        let ignore_case = rule == CaseRule::NoCaseMatch && self.shopt(Shopt::NoCaseMatch);
        PatternOptions {
            extended_glob: if self.shopt(Shopt::ExtGlob) { ExtendedGlob::On } else { ExtendedGlob::Off },
            case: if ignore_case { PatternCase::Ignored } else { PatternCase::Exact },
            charset: self.session.charset,
            ..PatternOptions::default()
        }
    }

    fn pattern_of_word(&mut self, word: &Word, options: PatternOptions) -> Flow<Arc<Pattern>> {
        if let Some(pattern) = word.cache.get::<Pattern>()
            && pattern.options() == options
        {
            return Continue(word.cache.get_or(|| pattern.clone()));
        }
        let text = self.expand_pattern(word)?;
        if is_fixed(word) {
            let pattern = word.cache.get_or(|| Pattern::compile(&text, options));
            if pattern.options() == options {
                return Continue(pattern);
            }
        }
        Continue(Arc::new(Pattern::compile(&text, options)))
    }
}

/// Whether a word always expands to the same pattern.
fn is_fixed(word: &Word) -> bool {
    use bash_parser::ast::WordPart::{AnsiQuoted, DoubleQuoted, Escaped, ExtGlob, Literal, SingleQuoted};
    fn fixed(parts: &[bash_parser::ast::WordPart]) -> bool {
        parts.iter().all(|part| match part {
            Literal(_) | Escaped(_) | SingleQuoted(_) | AnsiQuoted { .. } => true,
            DoubleQuoted(parts) | ExtGlob { parts, .. } => fixed(parts),
            _ => false,
        })
    }
    fixed(&word.parts)
}
