//! Hex digits, eight at a time: of a loop that is to be small the compiler makes no such steps.

/// The lowest bit of each byte.
const ONES: u64 = u64::MAX / 0xff;

/// The highest bit of each byte.
const TOPS: u64 = ONES << 7;

/// Eight bytes of text, the first one lowest.
#[derive(Clone, Copy)]
pub(super) struct Eight(u64);

impl Eight {
    pub(super) const fn new(text: [u8; 8]) -> Self {
        Self(u64::from_le_bytes(text))
    }

    /// Whether all are hex digits of either case.
    pub(super) fn are_hex(self) -> bool {
        // Below 0x80 no sum carries into the next byte: its top bit says whether a byte is that large.
        let from = |word: u64, least: u8| word.wrapping_add(all(0x80_u8.wrapping_sub(least)));
        let lower = self.0 | all(0x20);
        let digits = from(self.0, b'0') & !from(self.0, b':');
        let letters = from(lower, b'a') & !from(lower, b'g');
        self.0 & TOPS == 0 && (digits | letters) & TOPS == TOPS
    }

    /// A one in each byte that is a letter, of hex digits.
    pub(super) const fn letters(self) -> u64 {
        self.0 >> 6 & ONES
    }

    /// A one in each byte that is an upper-case letter, of hex digits.
    pub(super) const fn upper(self) -> u64 {
        self.letters() & !(self.0 >> 5)
    }

    /// The same hex digits in lower case, as a word.
    pub(super) const fn lower(self) -> u64 {
        self.0 | self.letters() << 5
    }

    /// The same digits, of lower case, with upper case for the letters at which `marks` has a one.
    #[cfg(feature = "dapp")]
    pub(super) const fn to_upper(self, marks: u64) -> [u8; 8] {
        (self.0 & !((marks & self.letters()) << 5)).to_le_bytes()
    }
}

/// A one in each byte for which a hash of four bytes has a digit of 8 or more.
pub(super) const fn large(hash: [u8; 4]) -> u64 {
    let [one, two, three, four] = hash;
    // A byte of the hash beside another, of which the first has its first digit.
    let pairs = u64::from_le_bytes([one, one, two, two, three, three, four, four]);
    let (first, second) = (pairs >> 7, pairs >> 3);
    let evens = ONES & 0x00ff_00ff_00ff_00ff;
    first & evens | second & (ONES & !evens)
}

/// A word of this byte.
const fn all(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each byte at each of the eight places, beside digits of all kinds.
    #[test]
    fn each_byte_at_each_place() {
        for place in 0..8 {
            for byte in 0..=u8::MAX {
                let mut text = *b"09afAF5b";
                text.iter_mut()
                    .skip(place)
                    .take(1)
                    .for_each(|at| *at = byte);
                let eight = Eight::new(text);
                let is_hex = text.iter().all(u8::is_ascii_hexdigit);
                assert_eq!(eight.are_hex(), is_hex, "{text:?}");
                if !is_hex {
                    continue;
                }
                let marks = |is_meant: fn(&u8) -> bool| {
                    u64::from_le_bytes(text.map(|digit| u8::from(is_meant(&digit))))
                };
                assert_eq!(eight.letters(), marks(u8::is_ascii_alphabetic), "{text:?}");
                assert_eq!(eight.upper(), marks(u8::is_ascii_uppercase), "{text:?}");
                let lower = text.map(|digit| digit.to_ascii_lowercase());
                assert_eq!(eight.lower(), u64::from_le_bytes(lower), "{text:?}");
            }
        }
    }

    #[test]
    fn large_digits_of_a_hash() {
        for byte in 0..=u8::MAX {
            let hash = [byte, 0x08, 0x80, !byte];
            let digits = hash.map(|byte| [byte >> 4 >= 8, byte & 0xf >= 8].map(u8::from));
            let marks = digits.concat();
            assert_eq!(large(hash).to_le_bytes().as_slice(), marks, "{byte}");
        }
    }
}
