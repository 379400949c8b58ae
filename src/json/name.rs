//! Names as JavaScript compares them: by their UTF-16 code units, after their escapes are resolved.

use core::cmp::Ordering;
use core::str::Chars;

use super::{Document, Kind, Value, plain};

/// How many bytes of a name are kept beside it.
const BEGINNING: usize = 8;

/// A member's name in a document. Somebody may send many, so it is small, and comparing two allocates
/// nothing.
pub(super) struct Name {
    /// Its first bytes by their rank, which decide between most names.
    beginning: [u32; 2],
    index: usize,
}

impl Name {
    pub(super) fn of(name: Value) -> Self {
        let mut beginning = [0; BEGINNING];
        let text = name.inner();
        let mut places = beginning.iter_mut();
        if name.is_plain() {
            for (place, byte) in places.zip(text.bytes()) {
                *place = rank(byte);
            }
        } else {
            for character in char::decode_utf16(Units::of(text)).take(BEGINNING) {
                let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
                for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                    if let Some(place) = places.next() {
                        *place = rank(byte);
                    }
                }
            }
        }
        let [a, b, c, d, e, f, g, h] = beginning;
        Self {
            beginning: [[a, b, c, d], [e, f, g, h]].map(u32::from_be_bytes),
            index: name.index,
        }
    }

    /// The name in the document that it was made from.
    pub(super) const fn in_document<'d>(&self, document: &'d Document<'d>) -> Value<'d> {
        Value {
            document,
            index: self.index,
        }
    }
}

/// Sorts the names of one document: by a heap, which takes no memory and `n log n` steps whatever somebody
/// sends. The standard library's sorts are faster, and ten times the code.
pub(super) fn sort(document: &Document, names: &mut [Name]) {
    for root in (0..names.len() / 2).rev() {
        sink(document, names, root);
    }
    for end in (1..names.len()).rev() {
        names.swap(0, end);
        if let Some(heap) = names.get_mut(..end) {
            sink(document, heap, 0);
        }
    }
}

/// Moves a name down the heap until none below it is greater.
fn sink(document: &Document, heap: &mut [Name], mut root: usize) {
    let is_less = |heap: &[Name], one: usize, two: usize| match (heap.get(one), heap.get(two)) {
        (Some(one), Some(two)) => compare(document, one, two).is_lt(),
        _ => false,
    };
    loop {
        let left = root.wrapping_mul(2).wrapping_add(1);
        let right = left.wrapping_add(1);
        let child = if is_less(heap, left, right) {
            right
        } else {
            left
        };
        if !is_less(heap, root, child) {
            return;
        }
        heap.swap(root, child);
        root = child;
    }
}

/// How two names of one document compare.
pub(super) fn compare(document: &Document, one: &Name, two: &Name) -> Ordering {
    let whole = || {
        let (one, two) = (one.in_document(document), two.in_document(document));
        let (first, second) = (one.inner(), two.inner());
        if one.is_plain() && two.is_plain() {
            let (first, second) = behind_common(first.as_bytes(), second.as_bytes());
            let (first, second) = (first.iter().copied(), second.iter().copied());
            first.map(rank).cmp(second.map(rank))
        } else {
            Units::of(first).cmp(Units::of(second))
        }
    };
    one.beginning.cmp(&two.beginning).then_with(whole)
}

/// Two texts without most of what they begin with in common.
fn behind_common<'t>(one: &'t [u8], two: &'t [u8]) -> (&'t [u8], &'t [u8]) {
    const STRETCH: usize = 16;
    let (ones, twos) = (one.as_chunks::<STRETCH>().0, two.as_chunks::<STRETCH>().0);
    let pairs = ones.iter().zip(twos);
    let same = pairs.take_while(|(one, two)| one == two).count();
    let rest = |text: &'t [u8]| text.get(same.wrapping_mul(STRETCH)..).unwrap_or_default();
    (rest(one), rest(two))
}

impl<'d> Value<'d> {
    /// A string's text between the quotes.
    pub(super) fn inner(self) -> &'d str {
        plain(self.document.text, self.node())
    }

    fn is_plain(self) -> bool {
        self.node().kind() == Kind::Plain
    }
}

/// The place of a byte of UTF-8 among others, so that texts compare as their code units do: what UTF-16
/// writes in pairs (from `0xf0` here) is before U+E000 to U+FFFF there.
const fn rank(byte: u8) -> u8 {
    match byte {
        0xee | 0xef => byte | 0xf0,
        _ => byte,
    }
}

/// The code units of a string, from its text between the quotes.
pub(super) struct Units<'t> {
    characters: Chars<'t>,
    /// The second half of a pair.
    low: Option<u16>,
}

impl<'t> Units<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self {
            characters: text.chars(),
            low: None,
        }
    }

    /// The unit of `\u` and four digits, of which the digits are left.
    fn escaped(&mut self) -> u16 {
        let rest = self.characters.as_str();
        let (digits, rest) = rest.split_at_checked(4).unwrap_or_default();
        self.characters = rest.chars();
        u16::from_str_radix(digits, 16).unwrap_or_default()
    }
}

impl Iterator for Units<'_> {
    type Item = u16;

    fn next(&mut self) -> Option<u16> {
        if let Some(low) = self.low.take() {
            return Some(low);
        }
        let character = match self.characters.next()? {
            '\\' => match self.characters.next()? {
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => return Some(self.escaped()),
                literal => literal,
            },
            plain => plain,
        };
        let mut pair = [0; 2];
        let units = character.encode_utf16(&mut pair);
        self.low = units.get(1).copied();
        units.first().copied()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "a test fails by panicking")]

    use super::*;
    use crate::json::{Document, Rules};
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;

    /// On both sides of every border between the lengths of UTF-8, and of the surrogates.
    const CHARACTERS: [char; 11] = [
        '!',
        'z',
        '\u{7f}',
        '\u{80}',
        '\u{7ff}',
        '\u{800}',
        '\u{d7ff}',
        '\u{e000}',
        '\u{ffff}',
        '\u{10000}',
        '\u{10ffff}',
    ];

    fn escaped(text: &str) -> String {
        let units = text.encode_utf16();
        units.map(|unit| format!("\\u{unit:04x}")).collect()
    }

    #[test]
    fn names_compare_as_their_code_units_do_however_they_are_spelt() {
        let pairs = CHARACTERS.iter().flat_map(|one| {
            let pair = move |two| format!("{one}{two}{one}{two}{one}");
            CHARACTERS.into_iter().map(pair)
        });
        let texts: Vec<String> = pairs
            .chain(CHARACTERS.map(String::from))
            .chain([String::new()])
            .collect();
        for one in &texts {
            for two in &texts {
                let expected = one.encode_utf16().cmp(two.encode_utf16());
                for (one, two) in [
                    (one.clone(), two.clone()),
                    (escaped(one), two.clone()),
                    (one.clone(), escaped(two)),
                ] {
                    let json = format!("[\"{one}\",\"{two}\"]");
                    let Ok(document) = Document::read(json.as_bytes(), Rules::Unique) else {
                        panic!("expected json, got {json}");
                    };
                    let names: Vec<Name> = document.root().elements().map(Name::of).collect();
                    let [one, two] = names.as_slice() else {
                        panic!("expected two names in {json}");
                    };
                    assert_eq!(compare(&document, one, two), expected, "{json}");
                }
            }
        }
    }
}
