//! How values become bytes and come back: numbers in groups of seven bits, texts and lists behind their length.
//!
//! Reading believes nothing: a length is compared with what is left before anything is taken, and no memory is asked for
//! that the bytes do not fill.

use crate::{Status, Text};
use std::sync::Arc;

/// The bytes are not what was ever written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Damage;

/// The result of reading.
pub(crate) type Read<T> = Result<T, Damage>;

/// What can be a part of a snapshot.
pub(crate) trait Stored: Sized {
    /// Adds it to `out`.
    fn write(&self, out: &mut Vec<u8>);

    /// Reads what [`Stored::write`] wrote.
    fn read(input: &mut Input<'_>) -> Read<Self>;
}

/// Bytes to be read from.
pub(crate) struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Input<'a> {
        Input(bytes)
    }

    pub(crate) fn take(&mut self, length: usize) -> Read<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(Damage)?;
        self.0 = rest;
        Ok(taken)
    }

    /// A text behind its length.
    pub(crate) fn bytes(&mut self) -> Read<&'a [u8]> {
        let length = usize::read(self)?;
        self.take(length)
    }

    /// Nothing may be left over.
    pub(crate) fn end(self) -> Read<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Damage) }
    }
}

/// Adds a text behind its length.
pub(crate) fn write_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    bytes.len().write(out);
    out.extend_from_slice(bytes);
}

impl Stored for u64 {
    fn write(&self, out: &mut Vec<u8>) {
        let mut rest = *self;
        while rest >= 0x80 {
            out.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        out.push(rest as u8);
    }

    fn read(input: &mut Input<'_>) -> Read<u64> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = input.take(1)?[0];
            let group = u64::from(byte & 0x7f);
            if group << shift >> shift != group {
                return Err(Damage);
            }
            number |= group << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Damage)
    }
}

/// Numbers that are written as if they were longer.
macro_rules! stored_as {
    ($($short:ty as $long:ty),*) => { $(
        impl Stored for $short {
            fn write(&self, out: &mut Vec<u8>) {
                (*self as $long).write(out);
            }

            fn read(input: &mut Input<'_>) -> Read<$short> {
                <$short>::try_from(<$long>::read(input)?).map_err(|_| Damage)
            }
        }
    )* };
}

stored_as!(u16 as u64, u32 as u64, usize as u64, i32 as i64);

/// The sign goes into the lowest bit, so that small numbers are short.
impl Stored for i64 {
    fn write(&self, out: &mut Vec<u8>) {
        ((self << 1) ^ (self >> 63)).cast_unsigned().write(out);
    }

    fn read(input: &mut Input<'_>) -> Read<i64> {
        let folded = u64::read(input)?;
        Ok((folded >> 1).cast_signed() ^ -((folded & 1).cast_signed()))
    }
}

impl Stored for bool {
    fn write(&self, out: &mut Vec<u8>) {
        u64::from(*self).write(out);
    }

    fn read(input: &mut Input<'_>) -> Read<bool> {
        match u64::read(input)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Damage),
        }
    }
}

impl Stored for Text {
    fn write(&self, out: &mut Vec<u8>) {
        write_bytes(self, out);
    }

    fn read(input: &mut Input<'_>) -> Read<Text> {
        input.bytes().map(Text::new)
    }
}

impl Stored for Vec<u8> {
    fn write(&self, out: &mut Vec<u8>) {
        write_bytes(self, out);
    }

    fn read(input: &mut Input<'_>) -> Read<Vec<u8>> {
        input.bytes().map(<[u8]>::to_vec)
    }
}

impl Stored for Status {
    fn write(&self, out: &mut Vec<u8>) {
        self.code().write(out);
    }

    fn read(input: &mut Input<'_>) -> Read<Status> {
        i32::read(input).map(Status::new)
    }
}

impl<T: Stored> Stored for Vec<T> {
    fn write(&self, out: &mut Vec<u8>) {
        write_list(self.iter(), out);
    }

    fn read(input: &mut Input<'_>) -> Read<Vec<T>> {
        let count = usize::read(input)?;
        let mut list = Vec::new();
        for _ in 0..count {
            list.push(T::read(input)?);
        }
        Ok(list)
    }
}

/// Writes what is read as a `Vec`.
pub(crate) fn write_list<'t, T: Stored + 't>(list: impl ExactSizeIterator<Item = &'t T>, out: &mut Vec<u8>) {
    list.len().write(out);
    list.for_each(|item| item.write(out));
}

impl<T: Stored + Clone> Stored for Arc<T> {
    fn write(&self, out: &mut Vec<u8>) {
        T::write(self, out);
    }

    fn read(input: &mut Input<'_>) -> Read<Arc<T>> {
        T::read(input).map(Arc::new)
    }
}

impl<T: Stored> Stored for Option<T> {
    fn write(&self, out: &mut Vec<u8>) {
        self.is_some().write(out);
        self.iter().for_each(|value| value.write(out));
    }

    fn read(input: &mut Input<'_>) -> Read<Option<T>> {
        bool::read(input)?.then(|| T::read(input)).transpose()
    }
}

impl<A: Stored, B: Stored> Stored for (A, B) {
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
        self.1.write(out);
    }

    fn read(input: &mut Input<'_>) -> Read<(A, B)> {
        Ok((A::read(input)?, B::read(input)?))
    }
}

/// A struct is its fields, one behind the other in the order given here. With `if`, not all values are possible.
macro_rules! stored_fields {
    ($type:ident { $($field:ident),* $(,)? } $(if $is_possible:path)?) => {
        impl $crate::snapshot::stored::Stored for $type {
            fn write(&self, out: &mut Vec<u8>) {
                let $type { $($field),* } = self;
                $($crate::snapshot::stored::Stored::write($field, out);)*
            }

            fn read(
                input: &mut $crate::snapshot::stored::Input<'_>,
            ) -> $crate::snapshot::stored::Read<$type> {
                let read = $type { $($field: $crate::snapshot::stored::Stored::read(input)?),* };
                $(
                    if !$is_possible(&read) {
                        return Err($crate::snapshot::stored::Damage);
                    }
                )?
                Ok(read)
            }
        }
    };
}
pub(crate) use stored_fields;

#[cfg(test)]
mod tests {
    use super::*;

    fn there_and_back<T: Stored + PartialEq + std::fmt::Debug>(value: T) {
        let mut bytes = Vec::new();
        value.write(&mut bytes);
        let mut input = Input::new(&bytes);
        assert_eq!(T::read(&mut input), Ok(value));
        assert_eq!(input.end(), Ok(()));
    }

    #[test]
    fn what_was_written_is_read() {
        for number in [0, 1, 0x7f, 0x80, 0x3fff, 0x4000, u64::MAX] {
            there_and_back(number);
        }
        for number in [0, 1, -1, 63, -64, 64, i64::MAX, i64::MIN] {
            there_and_back(number);
        }
        there_and_back(vec![Some(Text::from("x")), None, Some(Text::EMPTY)]);
        there_and_back((true, vec![b"\0\xff".to_vec()]));
    }

    #[test]
    fn what_was_never_written_is_refused() {
        let long = [0xff; 10];
        assert_eq!(u64::read(&mut Input::new(&long)), Err(Damage));
        assert_eq!(u64::read(&mut Input::new(&long[..3])), Err(Damage));
        assert_eq!(u16::read(&mut Input::new(&[0x80, 0x80, 0x04])), Err(Damage));
        assert_eq!(bool::read(&mut Input::new(&[2])), Err(Damage));
        assert_eq!(Text::read(&mut Input::new(&[5, b'a'])), Err(Damage));
        let endless: Read<Vec<Text>> = Stored::read(&mut Input::new(&[0xff, 0xff, 0xff, 0xff, 0x0f, 0]));
        assert_eq!(endless, Err(Damage));
    }
}
