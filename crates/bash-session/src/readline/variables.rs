//! The variables of the line editor (`set name value` in `inputrc`).

use super::sequence::encode;
use crate::Text;

/// The switches, sorted by name, as they are at first.
const SWITCHES: &[(&str, bool)] = &[
    ("bind-tty-special-chars", true),
    ("blink-matching-paren", false),
    ("byte-oriented", false),
    ("colored-completion-prefix", false),
    ("colored-stats", false),
    ("completion-ignore-case", false),
    ("completion-map-case", false),
    ("convert-meta", false),
    ("disable-completion", false),
    ("echo-control-characters", true),
    ("enable-active-region", true),
    ("enable-bracketed-paste", true),
    ("enable-keypad", false),
    ("enable-meta-key", true),
    ("expand-tilde", false),
    ("force-meta-prefix", false),
    ("history-preserve-point", false),
    ("horizontal-scroll-mode", false),
    ("input-meta", true),
    ("mark-directories", true),
    ("mark-modified-lines", false),
    ("mark-symlinked-directories", false),
    ("match-hidden-files", true),
    ("menu-complete-display-prefix", false),
    ("meta-flag", true),
    ("output-meta", true),
    ("page-completions", true),
    ("prefer-visible-bell", true),
    ("print-completions-horizontally", false),
    ("revert-all-at-newline", false),
    ("search-ignore-case", false),
    ("show-all-if-ambiguous", false),
    ("show-all-if-unmodified", false),
    ("show-mode-in-prompt", false),
    ("skip-completed-text", false),
    ("visible-stats", false),
];

/// The variables with other values, sorted by name. The mode and the keymap are looked up when they are asked for.
const TEXTS: &[(&str, Option<&str>)] = &[
    ("active-region-end-color", Some("\x1b[27m")),
    ("active-region-start-color", Some("\x1b[7m")),
    ("bell-style", Some("audible")),
    ("comment-begin", Some("#")),
    ("completion-display-width", Some("-1")),
    ("completion-prefix-display-length", Some("0")),
    ("completion-query-items", Some("100")),
    (EDITING_MODE, None),
    ("emacs-mode-string", Some("@")),
    ("history-size", Some("-1")),
    ("isearch-terminators", None),
    (KEYMAP, None),
    ("keyseq-timeout", Some("500")),
    ("vi-cmd-mode-string", Some("(cmd)")),
    ("vi-ins-mode-string", Some("(ins)")),
];

/// The variable that chooses between emacs and vi.
pub(super) const EDITING_MODE: &str = "editing-mode";
/// The variable that says which keymap is being changed.
pub(super) const KEYMAP: &str = "keymap";

/// The values of the variables, but for the mode and the keymap.
#[derive(Clone, Debug)]
pub struct EditVariables {
    switches: Vec<bool>,
    texts: Vec<Option<Text>>,
}

impl Default for EditVariables {
    fn default() -> EditVariables {
        EditVariables {
            switches: SWITCHES.iter().map(|(_, on)| *on).collect(),
            texts: TEXTS.iter().map(|(_, text)| text.map(Text::from)).collect(),
        }
    }
}

/// Why a variable was not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableError {
    /// There is none of this name.
    Unknown,
    /// It cannot have this value.
    Refused,
}

/// Whether a name is that of a switch.
pub(super) fn is_switch(name: &[u8]) -> bool {
    switch_at(name).is_some()
}

/// Whether a name is that of a variable with another value.
pub(super) fn is_text(name: &[u8]) -> bool {
    text_at(name).is_some()
}

fn switch_at(name: &[u8]) -> Option<usize> {
    SWITCHES.iter().position(|(known, _)| known.as_bytes().eq_ignore_ascii_case(name))
}

fn text_at(name: &[u8]) -> Option<usize> {
    TEXTS.iter().position(|(known, _)| known.as_bytes().eq_ignore_ascii_case(name))
}

impl EditVariables {
    /// Whether a switch is on.
    pub fn is_on(&self, name: &str) -> bool {
        switch_at(name.as_bytes()).is_some_and(|at| self.switches[at])
    }

    /// The value of another variable.
    pub fn text(&self, name: &str) -> Option<&Text> {
        self.texts[text_at(name.as_bytes())?].as_ref()
    }

    /// The names and values of all switches.
    pub fn switches(&self) -> impl Iterator<Item = (&'static str, bool)> + '_ {
        SWITCHES.iter().zip(&self.switches).map(|((name, _), on)| (*name, *on))
    }

    /// The names of the other variables, and their values as they are listed.
    pub fn texts(&self) -> impl Iterator<Item = (&'static str, Option<Vec<u8>>)> + '_ {
        TEXTS.iter().zip(&self.texts).map(|((name, _), text)| {
            let shown = text.as_ref().map(|text| match *name {
                "active-region-start-color" | "active-region-end-color" | "isearch-terminators" => {
                    encode(text)
                }
                _ => text.to_vec(),
            });
            (*name, shown)
        })
    }

    /// Sets a variable.
    pub(super) fn set(&mut self, name: &[u8], value: &[u8]) -> Result<(), VariableError> {
        if let Some(at) = switch_at(name) {
            self.set_switch(SWITCHES[at].0, is_true(value));
            return Ok(());
        }
        let at = text_at(name).ok_or(VariableError::Unknown)?;
        self.texts[at] = accepted(TEXTS[at].0, value)?;
        Ok(())
    }

    fn set_switch(&mut self, name: &str, on: bool) {
        let synonyms: &[&str] = match name {
            "meta-flag" | "input-meta" => &["meta-flag", "input-meta"],
            _ => &[name],
        };
        for at in synonyms.iter().filter_map(|name| switch_at(name.as_bytes())) {
            self.switches[at] = on;
        }
        if name == "prefer-visible-bell"
            && let Some(at) = text_at(b"bell-style")
        {
            self.texts[at] = Some(if on { "visible" } else { "audible" }.into());
        }
    }
}

fn is_true(value: &[u8]) -> bool {
    value.is_empty() || value == b"1" || value.eq_ignore_ascii_case(b"on")
}

/// The value as it is kept.
fn accepted(name: &str, value: &[u8]) -> Result<Option<Text>, VariableError> {
    let number = leading_integer(value);
    let decoded = || Text::from(super::sequence::decode(value, super::Meta::EighthBit));
    Ok(Some(match name {
        "bell-style" => match value.to_ascii_lowercase().as_slice() {
            b"none" | b"off" => "none".into(),
            b"" | b"audible" | b"on" => "audible".into(),
            b"visible" => "visible".into(),
            _ => return Err(VariableError::Refused),
        },
        "comment-begin" if value.is_empty() => return Err(VariableError::Refused),
        "active-region-end-color" | "active-region-start-color" => {
            return Ok((!value.is_empty()).then(decoded));
        }
        "emacs-mode-string" | "vi-cmd-mode-string" | "vi-ins-mode-string" | "isearch-terminators" => {
            decoded()
        }
        "completion-display-width" => Text::from_integer(number),
        "history-size" => Text::from_integer(number.max(-1)),
        "completion-prefix-display-length" | "completion-query-items" | "keyseq-timeout" => {
            Text::from_integer(number.max(0))
        }
        _ => Text::new(value),
    }))
}

/// The number that a text begins with; 0 if it does not.
fn leading_integer(text: &[u8]) -> i64 {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let number = digits
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .fold(0_i64, |number, byte| number.saturating_mul(10).saturating_add(i64::from(byte - b'0')));
    if negative { -number } else { number }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted() {
        assert!(SWITCHES.is_sorted_by_key(|(name, _)| name));
        assert!(TEXTS.is_sorted_by_key(|(name, _)| name));
    }

    #[test]
    fn values_are_checked() {
        let mut variables = EditVariables::default();
        assert_eq!(variables.set(b"Bell-Style", b"Visible"), Ok(()));
        assert_eq!(variables.set(b"bell-style", b"loud"), Err(VariableError::Refused));
        assert_eq!(variables.set(b"nosuch", b"x"), Err(VariableError::Unknown));
        assert_eq!(variables.text("bell-style").map(|text| &text[..]), Some(&b"visible"[..]));
        assert_eq!(variables.set(b"keyseq-timeout", b"-5"), Ok(()));
        assert_eq!(variables.text("keyseq-timeout").map(|text| &text[..]), Some(&b"0"[..]));
    }
}
