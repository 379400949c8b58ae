//! The part of DER (ITU-T X.690, section 10) that public keys and signatures need. What BER would
//! allow besides is refused: one value, one spelling.

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;

/// Values that follow each other.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The contents of the next value, which has this tag.
    pub(crate) fn value(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (length, rest) = match *self.0 {
            [first, length @ 0..=0x7f, ref rest @ ..] if first == tag => (length.into(), rest),
            [first, 0x81, length @ 0x80..=0xff, ref rest @ ..] if first == tag => {
                (length.into(), rest)
            }
            [first, 0x82, high @ 1..=0xff, low, ref rest @ ..] if first == tag => {
                (u16::from_be_bytes([high, low]).into(), rest)
            }
            _ => return None,
        };
        let (contents, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(contents)
    }

    /// The values in the next one, which is a SEQUENCE.
    pub(crate) fn sequence(&mut self) -> Option<Self> {
        self.value(SEQUENCE).map(Self)
    }

    /// The next value, an INTEGER above zero, without the leading zero that keeps it positive.
    pub(crate) fn positive(&mut self) -> Option<&'a [u8]> {
        match self.value(INTEGER)? {
            [0, digits @ ..] if digits.first().is_some_and(|byte| *byte >= 0x80) => Some(digits),
            digits @ [1..=0x7f, ..] => Some(digits),
            _ => None,
        }
    }

    /// The next value, a BIT STRING of whole bytes.
    pub(crate) fn bytes(&mut self) -> Option<&'a [u8]> {
        match self.value(BIT_STRING)? {
            [0, bytes @ ..] => Some(bytes),
            _ => None,
        }
    }

    /// Nothing may follow.
    pub(crate) const fn end(self) -> Option<()> {
        if self.0.is_empty() { Some(()) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_has_one_spelling() {
        let long = |head: &[u8], length| [head, &vec![7; length]].concat();
        let good = [
            (long(&[4, 0], 0), 0),
            (long(&[4, 0x7f], 127), 127),
            (long(&[4, 0x81, 0x80], 128), 128),
            (long(&[4, 0x81, 0xff], 255), 255),
            (long(&[4, 0x82, 1, 0], 256), 256),
        ];
        for (bytes, length) in good {
            let mut reader = Reader::new(&bytes);
            assert_eq!(reader.value(4).map(<[_]>::len), Some(length));
            assert_eq!(reader.end(), Some(()));
            assert_eq!(Reader::new(&bytes).value(5), None);
        }
        let bad = [
            long(&[], 0),
            long(&[4], 0),
            long(&[4, 1], 0),
            long(&[4, 0x80], 3),
            long(&[4, 0x81], 0),
            long(&[4, 0x81, 0x7f], 127),
            long(&[4, 0x81, 0x80], 127),
            long(&[4, 0x82, 0, 0xff], 255),
            long(&[4, 0x82, 1], 0),
            long(&[4, 0x83, 0, 1, 0], 256),
            long(&[4, 0x84, 0, 0, 0, 1], 1),
            long(&[4, 0xff], 9),
        ];
        for bytes in bad {
            assert_eq!(Reader::new(&bytes).value(4), None, "{bytes:?}");
        }
    }

    #[test]
    fn integers_are_positive_and_short() {
        let read = |bytes| Reader::new(bytes).positive();
        assert_eq!(read(&[2, 1, 1]), Some(&[1][..]));
        assert_eq!(read(&[2, 1, 0x7f]), Some(&[0x7f][..]));
        assert_eq!(read(&[2, 2, 0, 0x80]), Some(&[0x80][..]));
        let bad: [&[u8]; 6] = [
            &[2, 0],
            &[2, 1, 0],
            &[2, 1, 0x80],
            &[2, 2, 0, 0],
            &[2, 2, 0, 0x7f],
            &[2, 2, 0xff, 0x7f],
        ];
        for bytes in bad {
            assert_eq!(read(bytes), None, "{bytes:?}");
        }
    }
}
