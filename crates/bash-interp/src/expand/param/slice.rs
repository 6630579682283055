//! `${x:offset}` `${x:offset:length}`: substrings, and ranges of lists.

use super::{ListKind, ParamValue};
use crate::{Flow, Shell};
use bash_parser::Name;
use bash_parser::ast::{ArithText, ParamExpansion, Parameter, Special, Subscript};
use bash_parser::quote::Charset;
use bash_session::{Places, Text, Value};
use std::borrow::Cow;
use std::ops::ControlFlow::Continue;

impl Shell {
    /// The part of the value from `offset` on.
    pub(super) fn param_slice(
        &mut self,
        expansion: &ParamExpansion,
        offset: &ArithText,
        length: Option<&ArithText>,
    ) -> Flow<ParamValue> {
        let value = self.checked_lookup(expansion)?;
        if super::is_nothing(expansion, &value) {
            return Continue(value);
        }
        let caller = caller(expansion);
        let start = match self.sure_number(offset) {
            Some(start) => start,
            None => self.with_arith_caller(caller.clone(), |sh| sh.arith(offset))?,
        };
        let count = length.map(|expression| Wanted { expression, caller });
        match (value, expansion.parameter, expansion.subscript.as_deref()) {
            (
                ParamValue::List(items, list),
                Parameter::Variable(name),
                Some(Subscript::At | Subscript::Star),
            ) => {
                let array = match (self.value(name)?, &items[..]) {
                    (array @ (Value::Indexed(_) | Value::Associative(_)), _) => array,
                    // What the offset has made of a scalar does not count.
                    (_, [text]) => Value::Text(text.clone()),
                    (scalar, _) => scalar,
                };
                self.array_slice((array, items), list, start, count)
            }
            (ParamValue::List(items, list), Parameter::Special(Special::At | Special::Star), _) => {
                self.params_slice(items, list, start, count)
            }
            (ParamValue::List(items, list), ..) if expansion.indirect => {
                self.indirect_slice(expansion, (items, list), start, count)
            }
            (ParamValue::List(items, list), ..) => self.list_slice(items, list, start, count),
            (ParamValue::Scalar(text), ..) => self.text_slice(&text, start, count),
            (ParamValue::Unset, ..) => Continue(ParamValue::Unset),
        }
    }

    fn text_slice(&mut self, text: &Text, start: i64, count: Option<Wanted<'_>>) -> Flow<ParamValue> {
        let sure_count = count.as_ref().and_then(|wanted| self.sure_number(wanted.expression));
        if let Some(count) = sure_count
            && start.saturating_add(count) < NEAR_THE_START
            && let Some(slice) = slice_from_start(text, self.session.charset, start, count)
        {
            return Continue(ParamValue::Scalar(Text::new(slice)));
        }
        let boundaries = Boundaries::of(text, self.session.charset);
        let size = boundaries.count() as i64;
        let first = if start < 0 { start + size } else { start };
        if first < 0 || first > size {
            return Continue(ParamValue::Scalar(Text::EMPTY));
        }
        let (count, source) = match count {
            Some(wanted) => (Some(self.slice_length(&wanted)?), &wanted.expression.source[..]),
            None => (None, &b""[..]),
        };
        let last = match count {
            None => size,
            Some(count) if count < 0 => size.saturating_add(count),
            Some(count) => first.saturating_add(count).min(size),
        };
        if last < first {
            self.error([source, b": substring expression < 0"].concat());
            return self.discard();
        }
        let slice = boundaries.at(first as usize)..boundaries.at(last as usize);
        Continue(ParamValue::Scalar(text.part(slice)))
    }

    /// Offsets of an indexed array are subscripts.
    fn array_slice(
        &mut self,
        (array, items): (Value, Vec<Text>),
        list: ListKind,
        start: i64,
        count: Option<Wanted<'_>>,
    ) -> Flow<ParamValue> {
        let array = match array {
            Value::Indexed(array) => array,
            Value::Text(text) => return self.text_slice(&text, start, count),
            Value::Integer(number) => return self.text_slice(&Text::from_integer(number), start, count),
            Value::Unset => return self.list_slice(items, list, start, count),
            Value::Associative(_) => return self.values_slice(items, list, start, count),
        };
        let first = if start < 0 { start + array.end() } else { start };
        if first < 0 || first >= array.end() {
            return Continue(ParamValue::List(Vec::new(), list));
        }
        let count = self.list_count(count)?;
        let items = array.iter_from(first).take(count).map(|(_, text)| text.clone()).collect();
        Continue(ParamValue::List(items, list))
    }

    /// The values of an associative array count from 1, and Bash 5.3 was seen to give one where none is asked for.
    fn values_slice(
        &mut self,
        items: Vec<Text>,
        list: ListKind,
        start: i64,
        count: Option<Wanted<'_>>,
    ) -> Flow<ParamValue> {
        if start > items.len() as i64 {
            return Continue(ParamValue::List(Vec::new(), list));
        }
        let count = self.list_count(count)?.max(1);
        let first = match start {
            1.. => start - 1,
            0 => 0,
            _ if start + items.len() as i64 == -1 => 0,
            _ => start + items.len() as i64,
        };
        let Ok(first) = usize::try_from(first) else { return Continue(ParamValue::List(Vec::new(), list)) };
        Continue(ParamValue::List(items.into_iter().skip(first).take(count).collect(), list))
    }

    /// `${!x:1}` where `x` holds `@`, `a[@]` or their kind.
    fn indirect_slice(
        &mut self,
        expansion: &ParamExpansion,
        (items, list): (Vec<Text>, ListKind),
        start: i64,
        count: Option<Wanted<'_>>,
    ) -> Flow<ParamValue> {
        let named = self.lookup_parameter(expansion.parameter, expansion.subscript.as_deref())?;
        let ParamValue::Scalar(named) = named else { return self.list_slice(items, list, start, count) };
        let array = named.iter().position(|byte| *byte == b'[').map(|open| &named[..open]);
        match (array.and_then(Name::from_bytes), &named[..]) {
            (Some(name), _) => {
                let array = self.value(name)?;
                self.array_slice((array, items), list, start, count)
            }
            (None, b"@" | b"*") => self.params_slice(items, list, start, count),
            _ => self.list_slice(items, list, start, count),
        }
    }

    /// `${@:0}` begins with `$0`.
    fn params_slice(
        &mut self,
        mut items: Vec<Text>,
        list: ListKind,
        start: i64,
        count: Option<Wanted<'_>>,
    ) -> Flow<ParamValue> {
        items.insert(0, self.session.params.name.clone());
        self.list_slice(items, list, start, count)
    }

    fn list_slice(
        &mut self,
        items: Vec<Text>,
        list: ListKind,
        start: i64,
        count: Option<Wanted<'_>>,
    ) -> Flow<ParamValue> {
        let first = if start < 0 { start + items.len() as i64 } else { start };
        if first < 0 || first > items.len() as i64 {
            return Continue(ParamValue::List(Vec::new(), list));
        }
        let count = self.list_count(count)?;
        let items =
            items.into_iter().skip(usize::try_from(first).unwrap_or(usize::MAX)).take(count).collect();
        Continue(ParamValue::List(items, list))
    }

    fn list_count(&mut self, count: Option<Wanted<'_>>) -> Flow<usize> {
        let Some(wanted) = count else { return Continue(usize::MAX) };
        let count = self.slice_length(&wanted)?;
        if count < 0 {
            self.error([&wanted.expression.source[..], b": substring expression < 0"].concat());
            return self.discard();
        }
        Continue(usize::try_from(count).unwrap_or(usize::MAX))
    }

    fn slice_length(&mut self, wanted: &Wanted<'_>) -> Flow<i64> {
        self.with_arith_caller(wanted.caller.clone(), |sh| sh.arith(wanted.expression))
    }
}

/// Who an error in the offset is reported for.
fn caller(expansion: &ParamExpansion) -> Cow<'static, [u8]> {
    if !expansion.indirect
        && expansion.subscript.is_none()
        && let Parameter::Variable(name) = expansion.parameter
    {
        return name.as_bytes().into();
    }
    let bang: &[u8] = if expansion.indirect { b"!" } else { b"" };
    let subscript: [&[u8]; 3] = match expansion.subscript.as_deref() {
        None => [b"", b"", b""],
        Some(Subscript::At) => [b"[", b"@", b"]"],
        Some(Subscript::Star) => [b"[", b"*", b"]"],
        Some(Subscript::Text { source, .. }) => [b"[", source, b"]"],
    };
    [&[bang, parameter_name(expansion.parameter)], &subscript[..]].concat().concat().into()
}

fn parameter_name(parameter: Parameter) -> &'static [u8] {
    match parameter {
        Parameter::Variable(name) => name.as_bytes(),
        Parameter::Positional(number) => b"0123456789".get(number..=number).unwrap_or_default(),
        Parameter::Special(special) => match special {
            Special::At => b"@",
            Special::Star => b"*",
            Special::Count => b"#",
            Special::Status => b"?",
            Special::Flags => b"-",
            Special::ShellPid => b"$",
            Special::BackgroundPid => b"!",
        },
    }
}

/// The length of a slice, which is evaluated only if the offset lies within the value.
struct Wanted<'a> {
    expression: &'a ArithText,
    /// Who an error in it is reported for.
    caller: Cow<'static, [u8]>,
}

/// Characters before this one are found as fast by counting.
const NEAR_THE_START: i64 = 256;

/// A slice of UTF-8 text with neither offset nor length counted from the end: it is enough to look at the text up to the end
/// of the slice. `None` for anything else, and where that part is not valid.
fn slice_from_start(text: &[u8], charset: Charset, start: i64, count: i64) -> Option<&[u8]> {
    let (start, count) = (usize::try_from(start).ok()?, usize::try_from(count).ok()?);
    if charset != Charset::Utf8 {
        return None;
    }
    let (before, rest) = split_characters(text, start)?;
    if before.len() == text.len() && start > 0 {
        // Whether the offset is just the end, or beyond it, makes no difference.
        return Some(b"");
    }
    let (slice, _) = split_characters(rest, count)?;
    Some(slice)
}

/// The first `count` characters of a text, or all if there are fewer, and the others. `None` if these are not valid UTF-8.
fn split_characters(text: &[u8], count: usize) -> Option<(&[u8], &[u8])> {
    let end = count.min(text.len());
    if text[..end].is_ascii() {
        return Some(text.split_at(end));
    }
    let ascii = text.iter().take_while(|byte| byte.is_ascii()).count();
    let mut at = ascii;
    for _ in ascii..count {
        let Some(first) = text.get(at) else { break };
        let length = match first {
            0..0x80 => 1,
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => return None,
        };
        at += std::str::from_utf8(text.get(at..at + length)?).ok()?.len();
    }
    Some(text.split_at(at))
}

/// Where the characters of a text begin.
enum Boundaries<'a> {
    EveryByte(usize),
    At(Vec<usize>),
    Known(Places<'a>),
}

impl Boundaries<'_> {
    fn of(text: &Text, charset: Charset) -> Boundaries<'_> {
        if charset == Charset::Utf8
            && let Some(places) = text.characters()
        {
            return Boundaries::Known(places);
        }
        if charset == Charset::C || text.is_ascii() {
            return Boundaries::EveryByte(text.len());
        }
        let mut at = Vec::with_capacity(text.len());
        let mut offset = 0;
        for character in charset.characters(text) {
            at.push(offset);
            offset += character.len();
        }
        at.push(offset);
        Boundaries::At(at)
    }

    fn count(&self) -> usize {
        match self {
            Boundaries::EveryByte(length) => *length,
            Boundaries::At(at) => at.len() - 1,
            Boundaries::Known(places) => places.count(),
        }
    }

    fn at(&self, character: usize) -> usize {
        match self {
            Boundaries::EveryByte(_) => character,
            Boundaries::At(at) => at[character],
            Boundaries::Known(places) => places.offset(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_from_the_start_is_the_slice_between_the_boundaries() {
        let texts = ["", "abc", "añb€c𝄞d", "日本語", "é"].map(str::as_bytes);
        for text in texts.into_iter().chain([&b"a\xffb"[..], b"\xe3\x81", b"ab\xc3"]) {
            let whole = Text::new(text);
            let boundaries = Boundaries::of(&whole, Charset::Utf8);
            let size = boundaries.count();
            for (start, count) in (0..8).flat_map(|start| (0..8).map(move |count| (start, count))) {
                let Some(slice) = slice_from_start(text, Charset::Utf8, start as i64, count as i64) else {
                    assert!(std::str::from_utf8(text).is_err());
                    continue;
                };
                let (first, last) = (start.min(size), (start + count).min(size));
                assert_eq!(
                    slice,
                    &text[boundaries.at(first)..boundaries.at(last)],
                    "{text:?} {start} {count}"
                );
            }
        }
    }
}
