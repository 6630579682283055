//! An argument of a declaration command: `name`, `name=value`, `name[subscript]=value`, `name=(…)`.

use bash_interp::SubscriptReading;
use bash_parser::Name;
use bash_parser::arith::subscript_end;
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
    /// How the subscript is read.
    pub(crate) reading: SubscriptReading,
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
    /// The same, which was given as a quoted text.
    QuotedElements(&'a [ArrayElement]),
}

impl<'a> Operand<'a> {
    /// An array assignment, which reads as `word`. `None` if it is none.
    pub(crate) fn of_array(word: &'a [u8], assignment: &'a Assignment) -> Option<Operand<'a>> {
        let AssignedValue::Array(elements) = &assignment.value else { return None };
        let subscript = assignment.subscript.as_deref().map(|subscript| match subscript {
            Subscript::At => &b"@"[..],
            Subscript::Star => &b"*"[..],
            Subscript::Text { source, .. } => &source[..],
        });
        Some(Operand {
            word,
            name: assignment.name,
            subscript,
            append: assignment.append,
            value: Given::Elements(elements),
            reading: SubscriptReading::Expand,
        })
    }

    /// Takes an argument apart. `None` if its name is none.
    pub(crate) fn of(word: &'a [u8], reading: SubscriptReading) -> Option<Operand<'a>> {
        let end = word
            .iter()
            .position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_'))
            .unwrap_or(word.len());
        let name = Name::from_bytes(&word[..end])?;
        let (subscript, rest) = match word.get(end) {
            Some(b'[') => {
                let close = match reading {
                    SubscriptReading::Expand => subscript_end(word, end).ok()?,
                    SubscriptReading::AsIs | SubscriptReading::Whole => {
                        end + word[end..].iter().position(|byte| *byte == b']')?
                    }
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
        Some(Operand { word, name, subscript, append, value, reading })
    }

    /// Whether a value is given.
    pub(crate) fn has_value(&self) -> bool {
        !matches!(self.value, Given::Nothing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(word: &str) -> Option<(String, Option<String>, bool, bool)> {
        let operand = Operand::of(word.as_bytes(), SubscriptReading::Expand)?;
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
