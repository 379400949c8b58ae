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
