//! `BASH_COMPAT` and the `compatNN` options: behaving like an older version.
//!
//! There is one level. The variable holds it; the options, which exist for levels up to 4.4, show it.

use crate::Shell;
use bash_session::{Shopt, names};

/// The version that this is.
const CURRENT: u8 = 53;
/// The oldest version that can be asked for.
const OLDEST: u8 = 31;

/// The options that bring an older version's behaviour back, and their levels.
const OPTIONS: &[(Shopt, u8)] = &[
    (Shopt::Compat31, 31),
    (Shopt::Compat32, 32),
    (Shopt::Compat40, 40),
    (Shopt::Compat41, 41),
    (Shopt::Compat42, 42),
    (Shopt::Compat43, 43),
    (Shopt::Compat44, 44),
];

/// Whether an option is one of those.
pub(crate) fn is_compatibility(option: Shopt) -> bool {
    OPTIONS.iter().any(|(known, _)| *known == option)
}

impl Shell {
    /// The version to behave like: 53 is 5.3.
    #[inline]
    pub fn compatibility(&self) -> u8 {
        self.session.compatibility
    }

    /// `shopt -s compat42`: at most one of the options is on, and `BASH_COMPAT` says which.
    pub(crate) fn follow_compatibility(&mut self, option: Shopt, on: bool) {
        let chosen =
            OPTIONS.iter().find(|(known, _)| *known == option).filter(|_| on).map(|(_, level)| *level);
        let shown = OPTIONS.iter().find(|(known, _)| self.shopt(*known) && *known != option);
        let level = chosen.or(shown.map(|(_, level)| *level)).unwrap_or(CURRENT);
        self.set_compatibility(level);
        self.set_own_variable(*names::BASH_COMPAT, &level.to_string());
    }

    /// `BASH_COMPAT` has changed: `4.4` or `44` is a level, nothing the present one.
    pub(crate) fn after_compatibility(&mut self) {
        let text = self.plain_text(*names::BASH_COMPAT).unwrap_or_default();
        let level = if text.is_empty() { Some(CURRENT) } else { level_of(&text) };
        if level.is_none() {
            let message = [b"BASH_COMPAT: ", &text[..], b": compatibility value out of range"].concat();
            match self.session.line {
                0 => self.write_error(&[&self.error_name()[..], b": ", &message, b"\n"].concat()),
                _ => self.error(message),
            }
        }
        self.set_compatibility(level.unwrap_or(CURRENT));
        self.show_options();
    }

    fn set_compatibility(&mut self, level: u8) {
        self.session.compatibility = level;
        for (option, its_level) in OPTIONS {
            self.session.shopt.set(*option, level == *its_level);
        }
    }
}

/// `4.2` or `42`.
fn level_of(text: &[u8]) -> Option<u8> {
    let (major, minor) = match text {
        [major, b'.', minor] | [major, minor] => (major, minor),
        _ => return None,
    };
    if !major.is_ascii_digit() || !minor.is_ascii_digit() {
        return None;
    }
    let level = (major - b'0') * 10 + (minor - b'0');
    (OLDEST..=CURRENT).contains(&level).then_some(level)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_two_digits_with_or_without_a_point() {
        assert_eq!(level_of(b"4.2"), Some(42));
        assert_eq!(level_of(b"53"), Some(53));
        for wrong in [&b""[..], b"5", b"30", b"54", b"4.", b".4", b"4.2.1", b" 42", b"x2"] {
            assert_eq!(level_of(wrong), None);
        }
    }
}
