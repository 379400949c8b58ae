//! Integers of up to 256 bits.

use alloc::vec::Vec;

/// An integer whose magnitude has 256 bits.
pub(super) struct Number {
    is_negative: bool,
    /// Big-endian.
    magnitude: [u8; 32],
}

impl Number {
    /// Reads decimal digits with or without a minus sign, or hex digits behind `0x`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (is_negative, digits, base) = match (text.strip_prefix('-'), text.strip_prefix("0x")) {
            (Some(digits), _) => (true, digits, 10),
            (None, Some(digits)) => (false, digits, 16),
            (None, None) => (false, text, 10),
        };
        if digits.is_empty() {
            return None;
        }
        let mut magnitude = [0; 32];
        for digit in digits.trim_start_matches('0').chars() {
            let mut carry = digit.to_digit(base)?;
            for byte in magnitude.iter_mut().rev() {
                let sum = u32::from(*byte).wrapping_mul(base).wrapping_add(carry);
                let [.., high, low] = sum.to_be_bytes();
                (carry, *byte) = (u32::from(high), low);
            }
            // More digits than fit are not read on.
            if carry != 0 {
                return None;
            }
        }
        Some(Self {
            is_negative,
            magnitude,
        })
    }

    /// Its last `length` bytes, where it is not negative and has no more.
    pub(super) fn unsigned(self, length: usize) -> Option<Vec<u8>> {
        let (above, bytes) = self.magnitude.split_at(32_usize.checked_sub(length)?);
        let is_zero = |bytes: &[u8]| bytes.iter().all(|byte| *byte == 0);
        let fits = is_zero(above) && (!self.is_negative || is_zero(bytes));
        fits.then(|| bytes.to_vec())
    }

    /// In two's complement of `length` bytes, where it has no more.
    pub(super) fn signed(self, length: usize) -> Option<Vec<u8>> {
        let Self {
            is_negative,
            mut magnitude,
        } = self;
        if is_negative {
            let mut carry = true;
            for byte in magnitude.iter_mut().rev() {
                (*byte, carry) = (!*byte).overflowing_add(u8::from(carry));
            }
        }
        let (above, bytes) = magnitude.split_at(32_usize.checked_sub(length)?);
        let sign = bytes.first().map(|first| first & 0x80 != 0)?;
        let filling = if sign { 0xff } else { 0 };
        let is_zero = magnitude.iter().all(|byte| *byte == 0);
        let fits = above.iter().all(|byte| *byte == filling) && (sign == is_negative || is_zero);
        fits.then(|| bytes.to_vec())
    }
}
