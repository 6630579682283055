//! What a variable holds.

use super::{AssociativeArray, Attributes, IndexedArray};
use crate::Text;
use std::sync::Arc;

/// A variable's cell.
#[derive(Clone, Debug, Default)]
pub struct Variable {
    /// Its value.
    pub value: Value,
    /// Its attributes.
    pub attributes: Attributes,
    /// The subshell depth at which it was last saved for undoing.
    pub(super) stamp: u32,
}

/// The value of a variable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Value {
    /// None: declared at most.
    #[default]
    Unset,
    /// An integer, whose text is its decimal form.
    Integer(i64),
    /// A string.
    Text(Text),
    /// An indexed array.
    Indexed(Arc<IndexedArray>),
    /// An associative array.
    Associative(Arc<AssociativeArray>),
}

impl Variable {
    /// Whether it exists.
    #[inline]
    pub fn is_declared(&self) -> bool {
        self.attributes.contains(Attributes::DECLARED)
    }

    /// Whether it has a value (an array: at least one element, whatever its subscript).
    pub fn is_set(&self) -> bool {
        self.value != Value::Unset
    }

    /// Whether it has a value, or one that the shell computes.
    pub fn is_set_or_computed(&self) -> bool {
        self.is_set() || self.attributes.contains(Attributes::DYNAMIC)
    }

    /// Whether it is either kind of array, by attribute or value.
    pub fn is_array(&self) -> bool {
        self.attributes.intersects(Attributes::ARRAY)
            || matches!(self.value, Value::Indexed(_) | Value::Associative(_))
    }
}

impl Value {
    /// Makes it a text, where the old value was.
    #[inline]
    pub fn set_text(&mut self, text: &[u8]) {
        if !matches!(self, Value::Text(_)) {
            *self = Value::Text(Text::EMPTY);
        }
        if let Value::Text(place) = self {
            place.set(text);
        }
    }

    /// The value as `$x` gives it: for an array the element 0.
    #[inline]
    pub fn text(&self) -> Option<Text> {
        match self {
            Value::Unset => None,
            Value::Integer(number) => Some(Text::from_integer(*number)),
            Value::Text(text) => Some(text.clone()),
            Value::Indexed(array) => array.get(0).cloned(),
            Value::Associative(array) => array.get(b"0").cloned(),
        }
    }

    /// The value as an integer where it is one in plain decimal form, without evaluating anything.
    #[inline]
    pub fn integer(&self) -> Option<i64> {
        match self {
            Value::Integer(number) => Some(*number),
            Value::Text(text) => plain_integer(text),
            Value::Indexed(array) => plain_integer(array.get(0)?),
            Value::Associative(array) => plain_integer(array.get(b"0")?),
            Value::Unset => None,
        }
    }
}

/// The integer that `text` is the canonical decimal form of (no sign but `-`, no leading zero, no blanks).
pub(crate) fn plain_integer(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    if digits.is_empty() || digits.len() > 18 || (digits[0] == b'0' && (digits.len() > 1 || negative)) {
        return None;
    }
    let mut number = 0i64;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        number = number * 10 + i64::from(digit - b'0');
    }
    Some(if negative { -number } else { number })
}

impl From<Text> for Value {
    fn from(text: Text) -> Value {
        Value::Text(text)
    }
}
impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Value {
        Value::Text(Text::new(bytes))
    }
}
impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Value {
        Value::Text(bytes.into())
    }
}
impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.into())
    }
}
impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Integer(number)
    }
}
impl From<IndexedArray> for Value {
    fn from(array: IndexedArray) -> Value {
        Value::Indexed(Arc::new(array))
    }
}
impl From<AssociativeArray> for Value {
    fn from(array: AssociativeArray) -> Value {
        Value::Associative(Arc::new(array))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_canonical_decimals_are_plain_integers() {
        assert_eq!(plain_integer(b"42"), Some(42));
        assert_eq!(plain_integer(b"-7"), Some(-7));
        assert_eq!(plain_integer(b"0"), Some(0));
        for odd in [&b""[..], b"-", b"-0", b"007", b"0x1", b" 1", b"1 ", b"+1", b"9223372036854775807"] {
            assert_eq!(plain_integer(odd), None, "{odd:?}");
        }
    }
}
