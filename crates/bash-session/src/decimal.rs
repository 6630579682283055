//! The decimal digits of numbers, which are most of what arithmetic leaves in variables.
//!
//! Eight digits are computed at a time within a machine word and stored at once. Bytes stored one by one and soon read
//! together would make the processor wait.

use crate::text::INLINE;

/// Writes the digits of `number`, a `-` before them if it is negative; gives how many bytes that are. The rest of the place
/// is left in any state.
#[inline]
pub fn write(number: i64, place: &mut [u8; INLINE]) -> usize {
    let rest = number.unsigned_abs();
    let start = usize::from(number < 0);
    place[0] = b'-';
    if rest < EIGHT_DIGITS {
        let (digits, count) = without_zeros(eight_digits(rest));
        put(place, start, digits);
        return start + count;
    }
    if rest < EIGHT_DIGITS * EIGHT_DIGITS {
        let (digits, count) = without_zeros(eight_digits(rest / EIGHT_DIGITS));
        put(place, start, digits);
        put(place, start + count, eight_digits(rest % EIGHT_DIGITS) | ZEROS);
        return start + count + 8;
    }
    let (above, below) = (rest / (EIGHT_DIGITS * EIGHT_DIGITS), rest % (EIGHT_DIGITS * EIGHT_DIGITS));
    let (digits, count) = without_zeros(eight_digits(above));
    put(place, start, digits);
    put(place, start + count, eight_digits(below / EIGHT_DIGITS) | ZEROS);
    // At most four digits stand above, so that eight more have room.
    put(place, start + count + 8, eight_digits(below % EIGHT_DIGITS) | ZEROS);
    start + count + 16
}

const EIGHT_DIGITS: u64 = 100_000_000;
/// The characters of eight zeros.
const ZEROS: u64 = u64::from_le_bytes(*b"00000000");

#[inline]
fn put(place: &mut [u8; INLINE], at: usize, characters: u64) {
    place[at..at + 8].copy_from_slice(&characters.to_le_bytes());
}

/// The digits of a number below 10⁸, the highest in the lowest byte: halves, quarters and eighths of the word at once.
#[inline]
fn eight_digits(number: u64) -> u64 {
    let fours = (number / 10_000) | ((number % 10_000) << 32);
    let hundreds = ((fours * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let twos = hundreds | ((fours - hundreds * 100) << 16);
    let tens = ((twos * 103) >> 10) & 0x000f_000f_000f_000f;
    tens | ((twos - tens * 10) << 8)
}

/// Characters without the zeros before them (but a zero by itself), and how many are left.
#[inline]
fn without_zeros(digits: u64) -> (u64, usize) {
    let zeros = (digits.trailing_zeros() / 8).min(7);
    ((digits | ZEROS) >> (zeros * 8), 8 - zeros as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_of_the_standard_library() {
        let mut numbers = vec![0, i64::MAX, i64::MIN];
        let mut power = 1_i64;
        while let Some(next) = power.checked_mul(10) {
            numbers.extend([power - 1, power, power + 1, power * 7 + 3, power / 3, power * 9 + 99]);
            power = next;
        }
        numbers.extend([power - 1, power, power + 1]);
        numbers.extend((0..20_000).map(|n| n * 12_345));
        for number in numbers.iter().flat_map(|number| [*number, number.wrapping_neg()]) {
            let mut place = [b'x'; INLINE];
            let length = write(number, &mut place);
            assert_eq!(&place[..length], number.to_string().as_bytes(), "{number}");
        }
    }
}
