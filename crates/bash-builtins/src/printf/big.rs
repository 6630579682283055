//! Natural numbers of any size, with just the arithmetic that exact conversion of floating-point numbers needs.

use std::cmp::Ordering;

/// A natural number.
#[derive(Debug, Clone, Default)]
pub(super) struct Big {
    /// Base 2³², the lowest digit first, no zeros at the end.
    words: Vec<u32>,
}

const BILLION: u32 = 1_000_000_000;

impl Big {
    pub(super) fn from_u64(value: u64) -> Big {
        let mut big = Big { words: vec![low_word(value), low_word(value >> 32)] };
        big.trim();
        big
    }

    /// The number that these decimal digits write.
    pub(super) fn from_digits(digits: &[u8]) -> Big {
        let mut big = Big::default();
        for chunk in digits.chunks(9) {
            let value = chunk.iter().fold(0, |value, digit| value * 10 + u32::from(digit.wrapping_sub(b'0')));
            big.multiply_add(10_u32.pow(u32::try_from(chunk.len()).unwrap_or(9)), value);
        }
        big
    }

    pub(super) fn is_zero(&self) -> bool {
        self.words.is_empty()
    }

    /// How many bits the number has.
    pub(super) fn bit_length(&self) -> usize {
        match self.words.last() {
            Some(top) => self.words.len() * 32 - top.leading_zeros() as usize,
            None => 0,
        }
    }

    /// `self × factor + addend`.
    pub(super) fn multiply_add(&mut self, factor: u32, addend: u32) {
        let mut carry = addend;
        for word in &mut self.words {
            let product = u64::from(*word) * u64::from(factor) + u64::from(carry);
            *word = low_word(product);
            carry = low_word(product >> 32);
        }
        if carry != 0 {
            self.words.push(carry);
        }
    }

    /// `self × 10ⁿ`.
    pub(super) fn multiply_by_power_of_ten(&mut self, mut exponent: usize) {
        while exponent >= 9 {
            self.multiply_add(BILLION, 0);
            exponent -= 9;
        }
        self.multiply_add(10_u32.pow(u32::try_from(exponent).unwrap_or(0)), 0);
    }

    pub(super) fn shift_left(&mut self, bits: usize) {
        if self.is_zero() {
            return;
        }
        self.words.splice(0..0, std::iter::repeat_n(0, bits / 32));
        let bits = bits % 32;
        if bits != 0 {
            self.multiply_add(1 << bits, 0);
        }
    }

    /// `self − other`, which must not be greater.
    fn subtract(&mut self, other: &Big) {
        let mut borrow = false;
        for (index, word) in self.words.iter_mut().enumerate() {
            let subtrahend = other.words.get(index).copied().unwrap_or(0);
            let (difference, first) = word.overflowing_sub(subtrahend);
            let (difference, second) = difference.overflowing_sub(u32::from(borrow));
            *word = difference;
            borrow = first || second;
        }
        self.trim();
    }

    fn trim(&mut self) {
        while self.words.last() == Some(&0) {
            self.words.pop();
        }
    }

    /// The whole part of `self ÷ divisor`, which must fit, and whether something is left over.
    pub(super) fn divide(mut self, mut divisor: Big) -> (u128, bool) {
        let steps = (self.bit_length() + 1).saturating_sub(divisor.bit_length());
        divisor.shift_left(steps);
        let mut quotient = 0_u128;
        for _ in 0..=steps {
            quotient <<= 1;
            if self.compare(&divisor) != Ordering::Less {
                self.subtract(&divisor);
                quotient |= 1;
            }
            self.shift_left(1);
        }
        (quotient, !self.is_zero())
    }

    fn compare(&self, other: &Big) -> Ordering {
        let by_length = self.words.len().cmp(&other.words.len());
        by_length.then_with(|| self.words.iter().rev().cmp(other.words.iter().rev()))
    }

    /// The decimal digits, none for zero.
    pub(super) fn into_digits(mut self) -> Vec<u8> {
        let mut chunks = Vec::new();
        while !self.is_zero() {
            chunks.push(self.divide_by_billion());
        }
        let mut digits = Vec::with_capacity(chunks.len() * 9);
        for chunk in chunks.into_iter().rev() {
            push_nine_digits(&mut digits, chunk);
        }
        let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
        digits.drain(..zeros);
        digits
    }

    fn divide_by_billion(&mut self) -> u32 {
        let mut remainder = 0_u64;
        for word in self.words.iter_mut().rev() {
            let value = remainder << 32 | u64::from(*word);
            *word = low_word(value / u64::from(BILLION));
            remainder = value % u64::from(BILLION);
        }
        self.trim();
        low_word(remainder)
    }
}

/// The decimal digits of `numerator ÷ 2^bits`, which is less than 1, after the point; all of them.
pub(super) fn fraction_digits(numerator: u64, bits: usize) -> Vec<u8> {
    if bits <= SHORT_FRACTION {
        short_fraction_digits(numerator, bits)
    } else {
        long_fraction_digits(numerator, bits)
    }
}

/// Ten times a fraction of so many bits still fits into 128.
const SHORT_FRACTION: usize = 120;

/// What [`long_fraction_digits`] gives, for a fraction of at most [`SHORT_FRACTION`] bits.
fn short_fraction_digits(numerator: u64, bits: usize) -> Vec<u8> {
    let mut digits = Vec::with_capacity(bits);
    let mut rest = u128::from(numerator);
    while rest != 0 {
        rest *= 10;
        digits.push(b'0' + (rest >> bits) as u8);
        rest &= (1 << bits) - 1;
    }
    digits
}

fn long_fraction_digits(numerator: u64, bits: usize) -> Vec<u8> {
    let length = bits.div_ceil(32);
    let mut fraction = Big::from_u64(numerator);
    fraction.shift_left(length * 32 - bits);
    let mut words = fraction.words;
    words.resize(length, 0);
    let mut digits = Vec::new();
    // Words below `lowest` have become zero for good.
    let mut lowest = 0;
    loop {
        while words.get(lowest) == Some(&0) {
            lowest += 1;
        }
        let Some(rest) = words.get_mut(lowest..).filter(|rest| !rest.is_empty()) else { break };
        let mut carry = 0;
        for word in rest {
            let product = u64::from(*word) * u64::from(BILLION) + carry;
            *word = low_word(product);
            carry = product >> 32;
        }
        push_nine_digits(&mut digits, low_word(carry));
    }
    while digits.last() == Some(&b'0') {
        digits.pop();
    }
    digits
}

fn push_nine_digits(digits: &mut Vec<u8>, chunk: u32) {
    digits.extend_from_slice(format!("{chunk:09}").as_bytes());
}

/// The low 32 bits.
fn low_word(value: u64) -> u32 {
    (value & u64::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_fractions_have_the_digits_of_any_others() {
        for bits in [1, 10, 32, 62, 63, 64, 65, 100, 120] {
            for numerator in [0, 1, 3, 0xffff, u64::MAX, 0x8000_0000_0000_0000, 0xc90f_daa2_2168_c234] {
                let numerator = if bits < 64 { numerator & ((1 << bits) - 1) } else { numerator };
                assert_eq!(short_fraction_digits(numerator, bits), long_fraction_digits(numerator, bits));
            }
        }
    }
}
