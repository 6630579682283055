//! Pathname expansion: a field with unquoted pattern characters becomes the names of the files it matches.
//!
//! A path is matched part by part; only parts with pattern characters read a directory, others are only looked up. What
//! surprises: a `**` never goes through a symbolic link, and `GLOBIGNORE` is matched against the whole path.

mod components;
mod sort;
mod walk;

use super::fields::Field;
use crate::pattern::{ExtendedGlob, LeadingPeriod, Pattern, PatternCase, PatternOptions};
use crate::{Flow, Shell};
use bash_session::{Shopt, Text, names};
use components::{Component, split};
use std::ops::ControlFlow::Continue;
use walk::Walk;

impl Shell {
    /// Appends the names that a field matches.
    pub(super) fn expand_pathname(&mut self, field: Field, out: &mut Vec<Text>) -> Flow<()> {
        let pattern = field.path_pattern();
        match self.matching_paths(&pattern) {
            None => out.push(field.into_text()),
            Some(paths) if !paths.is_empty() => out.extend(paths.into_iter().map(Text::from)),
            Some(_) if self.shopt(Shopt::FailGlob) => {
                self.error([b"no match: ", field.text()].concat());
                return self.discard();
            }
            Some(_) if self.shopt(Shopt::NullGlob) => {}
            Some(_) => out.push(field.into_text()),
        }
        Continue(())
    }

    /// The sorted paths that a pattern matches; a backslash in it quotes the next character. `None`: it holds no pattern
    /// character.
    pub fn matching_paths(&self, pattern: &[u8]) -> Option<Vec<Vec<u8>>> {
        let ignored = self.plain_text(*names::GLOBIGNORE).filter(|list| !list.is_empty());
        let hidden_too = self.shopt(Shopt::DotGlob);
        let options = PatternOptions {
            extended_glob: if self.shopt(Shopt::ExtGlob) { ExtendedGlob::On } else { ExtendedGlob::Off },
            case: if self.shopt(Shopt::NoCaseGlob) { PatternCase::Ignored } else { PatternCase::Exact },
            charset: self.session.charset,
            leading_period: if hidden_too { LeadingPeriod::Ordinary } else { LeadingPeriod::Explicit },
        };
        let components = split(pattern, options, self.shopt(Shopt::GlobStar));
        if components.iter().all(|component| matches!(component, Component::Literal { .. })) {
            return None;
        }
        let mut walk = Walk::new(self, hidden_too);
        walk.run(&components);
        let mut paths = walk.into_paths();
        if let Some(list) = ignored {
            let options = PatternOptions { leading_period: LeadingPeriod::Ordinary, ..options };
            remove_ignored(&mut paths, &list, options);
        }
        self.sort_paths(&mut paths);
        Some(paths)
    }
}

/// Takes away what `GLOBIGNORE` matches, and `.` and `..`.
fn remove_ignored(paths: &mut Vec<Vec<u8>>, list: &[u8], options: PatternOptions) {
    let patterns: Vec<PathPattern> =
        ignore_patterns(list).into_iter().map(|text| PathPattern::new(text, options)).collect();
    paths.retain(|path| {
        let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        !matches!(name, b"." | b"..") && !patterns.iter().any(|pattern| pattern.matches(path))
    });
}

/// A pattern for a whole path, in which wildcards match no slash. Bash 5.3 was seen to make one exception: a `*` at the
/// end takes everything.
struct PathPattern {
    parts: Vec<Pattern>,
    takes_rest: bool,
}

impl PathPattern {
    fn new(text: &[u8], options: PatternOptions) -> PathPattern {
        let parts = text.split(|byte| *byte == b'/').map(|part| Pattern::compile(part, options)).collect();
        PathPattern { parts, takes_rest: text.ends_with(b"*") && !text.ends_with(b"\\*") }
    }

    fn matches(&self, path: &[u8]) -> bool {
        let mut names = path.split(|byte| *byte == b'/');
        let all = self.parts.iter().all(|part| names.next().is_some_and(|name| part.matches(name)));
        all && (self.takes_rest || names.next().is_none())
    }
}

/// The patterns of `GLOBIGNORE` and the like: divided by colons that are not quoted and not inside brackets.
pub(crate) fn ignore_patterns(list: &[u8]) -> Vec<&[u8]> {
    let (mut patterns, mut start, mut at) = (Vec::new(), 0, 0);
    while at < list.len() {
        match list[at] {
            b'\\' => at += 1,
            b'[' => at = bracket_end(list, at).unwrap_or(at),
            b':' => {
                patterns.push(&list[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    patterns.push(&list[start.min(list.len())..]);
    patterns.retain(|pattern| !pattern.is_empty());
    patterns
}

/// Where the bracket expression that begins at `open` has its `]`.
fn bracket_end(text: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    at += usize::from(matches!(text.get(at), Some(b'!' | b'^')));
    at += usize::from(text.get(at) == Some(&b']'));
    loop {
        match text.get(at)? {
            b']' => return Some(at),
            b'\\' => at += 2,
            b'[' if matches!(text.get(at + 1), Some(b':' | b'.' | b'=')) => {
                let kind = text[at + 1];
                let rest = &text[at + 2..];
                let close = rest.windows(2).position(|pair| pair == [kind, b']'])?;
                at += close + 4;
            }
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_last_star_matches_slashes() {
        let matches = |pattern: &str, path: &str| {
            PathPattern::new(pattern.as_bytes(), PatternOptions::default()).matches(path.as_bytes())
        };
        assert!(
            matches("*a*", "a/b") && matches("a*", "a/b") && matches("*", "a/b") && matches("*/b", "a/b")
        );
        assert!(!matches("*a*", "d/ax") && !matches("*b", "a/b") && !matches("b", "a/b"));
    }

    #[test]
    fn ignored_patterns_are_divided_by_colons_outside_brackets() {
        assert_eq!(ignore_patterns(b"*.o:a[:b]c:\\:d"), [&b"*.o"[..], b"a[:b]c", b"\\:d"]);
        assert_eq!(ignore_patterns(b"[[:alpha:]:x]*::y"), [&b"[[:alpha:]:x]*"[..], b"y"]);
        assert_eq!(ignore_patterns(b"[a:b"), [&b"[a"[..], b"b"]);
    }
}
