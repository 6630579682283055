//! Words used as patterns: `case`, `[[ == ]]`, `${x#pattern}`. A word without expansions is compiled once.

use crate::pattern::{ExtendedGlob, Pattern, PatternCase, PatternOptions};
use crate::{Flow, Shell};
use bash_parser::ast::Word;
use bash_session::{Fnv, Shopt};
use std::hash::Hasher;
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

    /// The same for `${x^pattern}`, where extended patterns are always on.
    pub(crate) fn compile_case_pattern(&mut self, word: &Word) -> Flow<Arc<Pattern>> {
        let exact = self.pattern_options(CaseRule::Exact);
        self.pattern_of_word(word, PatternOptions { extended_glob: ExtendedGlob::On, ..exact })
    }

    /// The same for `[[ … ]]`, where extended patterns are always on.
    pub(crate) fn compile_conditional_pattern(&mut self, word: &Word) -> Flow<Arc<Pattern>> {
        let options = self.conditional_pattern_options();
        self.pattern_of_word(word, options)
    }

    /// Whether the pattern that a word stands for matches all of `subject`.
    pub(crate) fn word_matches(
        &mut self,
        word: &Word,
        options: PatternOptions,
        subject: &[u8],
    ) -> Flow<bool> {
        if let Some(pattern) = word.cache.get::<Pattern>()
            && pattern.options() == options
        {
            return Continue(pattern.matches(subject));
        }
        Continue(self.pattern_of_word(word, options)?.matches(subject))
    }

    /// The options of matching in `[[ … ]]`.
    pub(crate) fn conditional_pattern_options(&self) -> PatternOptions {
        PatternOptions { extended_glob: ExtendedGlob::On, ..self.pattern_options(CaseRule::NoCaseMatch) }
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
        if !is_fixed(word) {
            return Continue(self.patterns.get(text, options));
        }
        {
            let pattern = word.cache.get_or(|| Pattern::compile(&text, options));
            if pattern.options() == options {
                return Continue(pattern);
            }
        }
        Continue(Arc::new(Pattern::compile(&text, options)))
    }
}

/// The patterns that came out of expansions lately: in a loop they are mostly the same ones.
#[derive(Default)]
pub(crate) struct RecentPatterns {
    /// A pattern's place is given by the hash of its text.
    places: Vec<Option<Arc<Pattern>>>,
}

impl RecentPatterns {
    const PLACES: usize = 64;
    /// Longer ones are not kept.
    const LONGEST: usize = 128;

    fn get(&mut self, text: Vec<u8>, options: PatternOptions) -> Arc<Pattern> {
        if text.len() > RecentPatterns::LONGEST {
            return Arc::new(Pattern::compile(&text, options));
        }
        if self.places.is_empty() {
            self.places.resize(RecentPatterns::PLACES, None);
        }
        let mut hasher = Fnv::default();
        hasher.write(&text);
        let place = &mut self.places[hasher.finish() as usize % RecentPatterns::PLACES];
        match place {
            Some(known) if known.text() == text && known.options() == options => known.clone(),
            _ => place.insert(Arc::new(Pattern::compile(&text, options))).clone(),
        }
    }
}

/// Whether a word always expands to the same pattern.
fn is_fixed(word: &Word) -> bool {
    use bash_parser::ast::WordPart::{AnsiQuoted, DoubleQuoted, Escaped, ExtGlob, Literal, SingleQuoted};
    fn fixed(parts: &[bash_parser::ast::WordPart]) -> bool {
        parts.iter().all(|part| match part {
            Literal(_) | Escaped(_) | SingleQuoted(_) | AnsiQuoted(_) => true,
            DoubleQuoted(parts) | ExtGlob { parts, .. } => fixed(parts),
            _ => false,
        })
    }
    fixed(&word.parts)
}
