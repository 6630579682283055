//! Where `!` is no history expansion because it means something to the shell: in `[!…]`, `${!…}`, `$!` and extended
//! patterns, and behind quotes within a substitution.

use super::expand::Context;

/// How the shell reads `!`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rules {
    /// In POSIX mode double quotes keep `!` from being expanded.
    pub posix: bool,
    /// `!(…)` is a pattern.
    pub extended_glob: bool,
}

/// Whether the shell has a use of its own for the expansion character at `at`.
pub(super) fn means_something_else(line: &[u8], at: usize, context: &Context<'_>) -> bool {
    let (before, after) = (&line[..at], &line[at + 1..]);
    let bracket = before.ends_with(b"[") && after.contains(&b']');
    let indirect = before.ends_with(b"${") && after.contains(&b'}');
    let process = before.len() > 1 && before.ends_with(b"$") && line[at] == b'!';
    let extended =
        context.rules.extended_glob && at > 1 && after.starts_with(b"(") && after[1..].contains(&b')');
    if bracket || indirect || process || extended {
        return true;
    }
    let mut scan = Scan { line, context, in_double: context.open_quote == Some(b'"') };
    let start = match context.open_quote {
        Some(b'\'') => line.iter().position(|byte| *byte == b'\'').map_or(line.len(), |quote| quote + 1),
        _ => 0,
    };
    let mut found = scan.next(start);
    if found == 0 {
        return false;
    }
    while found < at {
        found = scan.next(found + 1);
    }
    found > at
}

/// Looks for expansion characters that quotes do not hide.
struct Scan<'a> {
    line: &'a [u8],
    context: &'a Context<'a>,
    in_double: bool,
}

impl Scan<'_> {
    fn next(&mut self, mut at: usize) -> usize {
        let bang = self.context.characters.expansion;
        let (mut substitutions, mut outer, mut in_backquotes) = (0u32, false, false);
        while at < self.line.len() {
            let next = self.line.get(at + 1).copied();
            match self.line[at] {
                b'\\' => at += 1,
                b'`' if in_backquotes => {
                    in_backquotes = false;
                    self.in_double = outer;
                }
                b'`' => {
                    in_backquotes = true;
                    outer = std::mem::take(&mut self.in_double);
                }
                byte if byte == bang && self.in_double && next == Some(b'"') => {}
                byte if byte == bang => return at,
                b'\'' if !self.in_double => at = self.closing(at + 1, b'\''),
                b'"' if self.context.rules.posix => at = self.closing(at + 1, b'"'),
                b'"' => self.in_double = !self.in_double,
                b'$' | b'<' | b'>' if next == Some(b'(') && self.line.get(at + 2) != Some(&b'(') => {
                    at += 1;
                    substitutions += 1;
                    outer = std::mem::take(&mut self.in_double);
                }
                b')' if substitutions > 0 => {
                    substitutions -= 1;
                    self.in_double = outer;
                }
                _ => {}
            }
            at += 1;
        }
        at
    }

    fn closing(&self, mut at: usize, quote: u8) -> usize {
        while at < self.line.len() && self.line[at] != quote {
            at += if quote == b'"' && self.line[at] == b'\\' { 2 } else { 1 };
        }
        at
    }
}
