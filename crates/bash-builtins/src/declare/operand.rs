//! An argument of a declaration command: `name`, `name=value`, `name[subscript]=value`, `name=(…)`.

use bash_parser::Name;
use bash_parser::ast::{ArrayElement, AssignedValue, Assignment, Subscript};

/// A name to declare, and what it is to hold.
pub(crate) struct Operand<'a> {
    /// The argument itself, for messages.
    pub(crate) word: &'a [u8],
    /// The variable.
    pub(crate) name: Name,
    /// The text between brackets.
    pub(crate) subscript: Option<&'a [u8]>,
    /// Written `+=`.
    pub(crate) append: bool,
    /// What follows the equals sign.
    pub(crate) value: Given<'a>,
}

/// The value given to a name.
#[derive(Clone, Copy)]
pub(crate) enum Given<'a> {
    /// None.
    Nothing,
    /// A text.
    Text(&'a [u8]),
    /// A parsed `(…)`.
    Elements(&'a [ArrayElement]),
}

impl<'a> Operand<'a> {
    /// Takes an argument apart. `None` if its name is none.
    pub(crate) fn of(word: &'a [u8], compound: Option<&'a Assignment>) -> Option<Operand<'a>> {
        if let Some(assignment) = compound
            && let AssignedValue::Array(elements) = &assignment.value
        {
            let subscript = match &assignment.subscript {
                None => None,
                Some(Subscript::At) => Some(&b"@"[..]),
                Some(Subscript::Star) => Some(&b"*"[..]),
                Some(Subscript::Text { source, .. }) => Some(&source[..]),
            };
            let (name, append) = (assignment.name, assignment.append);
            return Some(Operand { word, name, subscript, append, value: Given::Elements(elements) });
        }
        let end = word
            .iter()
            .position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_'))
            .unwrap_or(word.len());
        let name = Name::from_bytes(&word[..end])?;
        let (subscript, rest) = match word.get(end) {
            Some(b'[') => {
                let last = || word.iter().rposition(|byte| *byte == b']');
                let close = match closing_bracket(&word[end..]).map(|close| close + end) {
                    Some(close) => close,
                    None => last().filter(|close| matches!(word.get(close + 1), None | Some(b'=' | b'+')))?,
                };
                (Some(&word[end + 1..close]), &word[close + 1..])
            }
            _ => (None, &word[end..]),
        };
        let (append, value) = match rest {
            [] => (false, Given::Nothing),
            [b'=', value @ ..] => (false, Given::Text(value)),
            [b'+', b'=', value @ ..] => (true, Given::Text(value)),
            _ => return None,
        };
        Some(Operand { word, name, subscript, append, value })
    }

    /// `name[subscript]` whose subscript ends at the last bracket, whatever it holds.
    pub(crate) fn of_element(word: &'a [u8]) -> Option<Operand<'a>> {
        let inner = word.strip_suffix(b"]")?;
        let open = inner.iter().position(|byte| *byte == b'[')?;
        let name = Name::from_bytes(&inner[..open])?;
        Some(Operand {
            word,
            name,
            subscript: Some(&inner[open + 1..]),
            append: false,
            value: Given::Nothing,
        })
    }

    /// Whether a value is given.
    pub(crate) fn has_value(&self) -> bool {
        !matches!(self.value, Given::Nothing)
    }
}

/// The offset of the bracket that closes the one at the start; brackets within are counted, quotes respected.
fn closing_bracket(text: &[u8]) -> Option<usize> {
    let mut depth = 0usize;
    let mut quote = None;
    let mut at = 0;
    while at < text.len() {
        let byte = text[at];
        match (quote, byte) {
            (None, b'\\') => at += 1,
            (None, b'\'' | b'"') => quote = Some(byte),
            (Some(open), _) if byte == open => quote = None,
            (None, b'[') => depth += 1,
            (None, b']') => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
        at += 1;
    }
    // A quote without its like is a character of the key.
    let last = text.iter().rposition(|byte| *byte == b']').filter(|_| quote.is_some())?;
    Some(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(word: &str) -> Option<(String, Option<String>, bool, bool)> {
        let operand = Operand::of(word.as_bytes(), None)?;
        let subscript = operand.subscript.map(|text| String::from_utf8_lossy(text).into_owned());
        Some((operand.name.as_str().to_string(), subscript, operand.append, operand.has_value()))
    }

    #[test]
    fn arguments_are_taken_apart() {
        assert_eq!(parts("x"), Some(("x".into(), None, false, false)));
        assert_eq!(parts("x+=1"), Some(("x".into(), None, true, true)));
        assert_eq!(parts("a[b[1]]=2"), Some(("a".into(), Some("b[1]".into()), false, true)));
        for wrong in ["1x=2", "a-b", "a[9", "=x", ""] {
            assert_eq!(parts(wrong), None, "{wrong}");
        }
    }
}
