//! Names as JavaScript compares them: by their UTF-16 code units, after their escapes are resolved.

use alloc::vec::Vec;
use core::str::Chars;

use super::{Document, Value, plain};

/// How many code units of a name its key holds.
const STRETCH: u64 = 3;

/// A member's name in a document. Somebody may send many, so it is small, and each of its code units is
/// read once, whatever the others are.
pub(super) struct Name {
    /// Its next code units, with zeros behind its end, and how many they are: keys compare as the names.
    key: u64,
    /// Where the rest starts, between the quotes.
    rest: usize,
    index: usize,
}

impl Name {
    pub(super) fn of(name: Value) -> Self {
        let mut new = Self {
            key: 0,
            rest: 0,
            index: name.index,
        };
        new.advance(name);
        new
    }

    /// Takes its next code units for the key.
    fn advance(&mut self, name: Value) {
        let text = name.inner();
        if let Some(key) = plain_key(text, self.rest) {
            self.key = key;
            self.rest = self.rest.wrapping_add(PLAIN);
            return;
        }
        let mut units = Units::from(text, self.rest);
        let (mut key, mut count) = (0_u64, 0_u64);
        for _ in 0..STRETCH {
            let unit = units.next();
            count = count.wrapping_add(u64::from(unit.is_some()));
            key = key.wrapping_shl(16) | u64::from(unit.unwrap_or_default());
        }
        self.key = key.wrapping_shl(16) | count;
        self.rest = units.place(text);
    }

    /// Whether nothing is behind what the key holds.
    const fn is_whole(&self) -> bool {
        self.key & 0xffff < STRETCH
    }

    /// The name in the document that it was made from.
    pub(super) const fn in_document<'d>(&self, document: &'d Document<'d>) -> Value<'d> {
        Value {
            document,
            index: self.index,
        }
    }
}

/// As many in bytes, each of which is a unit.
const PLAIN: usize = 3;

/// The key of what follows, if it is nothing but ASCII characters that stand for themselves, as most names are.
fn plain_key(text: &str, place: usize) -> Option<u64> {
    let next: &[u8; PLAIN] = text.as_bytes().get(place..)?.first_chunk()?;
    let mut key = 0_u64;
    for byte in *next {
        if byte == b'\\' || !byte.is_ascii() {
            return None;
        }
        key = key.wrapping_shl(16) | u64::from(byte);
    }
    Some(key.wrapping_shl(16) | STRETCH)
}

/// Sorts names that [`Name::of`] has just made of one document, and finds the first that comes twice. Takes
/// them apart by one bit after the other that is not the same in all, so nobody can choose names for which
/// that takes long: `n log n` steps, or as many as they have bits.
pub(super) fn sort<'d>(document: &'d Document<'d>, names: &mut [Name]) -> Option<Value<'d>> {
    if names.len() < 2 {
        return None;
    }
    let mut repeated = None;
    // Each of several names that are not in order, the first group at the end.
    let mut groups: Vec<_> = core::iter::once(0..names.len()).collect();
    while let Some(range) = groups.pop() {
        let group = names.get_mut(range.clone()).unwrap_or_default();
        let Some(first) = group.first() else {
            continue;
        };
        let (key, name) = (first.key, first.in_document(document));
        let differences = group.iter().fold(0, |bits, other| bits | (key ^ other.key));
        if let Some(highest) = differences.checked_ilog2() {
            let middle = range.start.wrapping_add(split(group, highest));
            let halves = [middle..range.end, range.start..middle];
            groups.extend(halves.into_iter().filter(|half| half.len() > 1));
        } else if first.is_whole() {
            repeated.get_or_insert(name);
        } else {
            for name in group {
                name.advance(name.in_document(document));
            }
            groups.push(range);
        }
    }
    repeated
}

/// Moves names with a zero at this bit of their keys before the others: how many they are.
fn split(names: &mut [Name], bit: u32) -> usize {
    let mut zeros = 0_usize;
    for index in 0..names.len() {
        let name = names.get(index);
        let is_zero = name.is_some_and(|name| name.key.wrapping_shr(bit) & 1 == 0);
        // Always, since nobody could foresee a branch.
        names.swap(zeros, index);
        zeros = zeros.wrapping_add(usize::from(is_zero));
    }
    zeros
}

impl<'d> Value<'d> {
    /// A string's text between the quotes.
    pub(super) fn inner(self) -> &'d str {
        plain(self.document.text, self.node())
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

    /// From a place that [`Self::place`] has told.
    fn from(text: &'t str, place: usize) -> Self {
        if let Some(rest) = text.get(place..) {
            return Self::of(rest);
        }
        let mut units = Self::of(text.get(place.wrapping_sub(1)..).unwrap_or_default());
        units.next();
        units
    }

    /// Where the rest starts in the text. Inside of a character, if only its first half was taken.
    fn place(&self, text: &str) -> usize {
        let place = text.len().wrapping_sub(self.rest().len());
        match self.low {
            // It has four bytes.
            Some(_) => place.wrapping_sub(3),
            None => place,
        }
    }

    /// The text of the units that are left, unless the next is the second half of a pair.
    pub(super) fn rest(&self) -> &'t str {
        self.characters.as_str()
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
    #![allow(
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        reason = "a test fails by panicking"
    )]

    use super::*;
    use crate::json::Rules;
    use alloc::format;
    use alloc::string::String;

    /// On both sides of every border between the lengths of UTF-8, and halves of pairs.
    const UNITS: [u16; 14] = [
        0, 0x21, 0x7a, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000,
        0xffff,
    ];

    /// Numbers below a bound that look like random ones.
    fn numbers() -> impl FnMut(usize) -> usize {
        let mut state = 1_u32;
        move |bound| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            usize::try_from(state >> 8).unwrap_or_default() % bound
        }
    }

    fn spelt(units: &[u16], is_escaped: bool) -> String {
        let escape = |unit: u16| format!("\\u{unit:04x}");
        let characters = char::decode_utf16(units.iter().copied());
        let spelt = characters.map(|character| match character {
            Ok(character) if !is_escaped && character >= ' ' => character.into(),
            Ok(character) => character
                .encode_utf16(&mut [0; 2])
                .iter()
                .map(|unit| escape(*unit))
                .collect(),
            Err(half) => escape(half.unpaired_surrogate()),
        });
        spelt.collect()
    }

    fn units_of(name: Value) -> Vec<u16> {
        Units::of(name.inner()).collect()
    }

    #[track_caller]
    fn assert_sorted(names: &[Vec<u16>], mut is_escaped: impl FnMut() -> bool) {
        let spelt = names
            .iter()
            .map(|name| format!("\"{}\"", spelt(name, is_escaped())));
        let json = format!("[{}]", spelt.collect::<Vec<_>>().join(","));
        let Ok(document) = Document::read(json.as_bytes(), Rules::Unique) else {
            panic!("expected json, got {json}");
        };
        let mut sorted: Vec<Name> = document.root().elements().map(Name::of).collect();
        let repeated = sort(&document, &mut sorted).map(units_of);
        let sorted: Vec<_> = sorted
            .iter()
            .map(|name| units_of(name.in_document(&document)))
            .collect();
        let mut expected = names.to_vec();
        expected.sort();
        assert_eq!(sorted, expected, "{json}");
        let mut pairs = expected.iter().zip(expected.iter().skip(1));
        let first = pairs
            .find(|(one, two)| one == two)
            .map(|(one, _)| one.clone());
        assert_eq!(repeated, first, "{json}");
    }

    #[test]
    fn any_two_names_compare_as_their_code_units_do_however_they_are_spelt() {
        let mut texts = Vec::from([Vec::new()]);
        for length in 0..3 {
            let ends = texts.iter().filter(|text| text.len() == length);
            let longer =
                ends.flat_map(|text| UNITS.map(|unit| [text.as_slice(), &[unit]].concat()));
            let longer: Vec<_> = longer.collect();
            texts.extend(longer);
        }
        let few: Vec<_> = texts.iter().filter(|text| text.len() < 3).collect();
        for beginning in [&[][..], &[0x61], &[0x61; 2], &[0xd83d, 0xde00]] {
            for one in &few {
                for two in &few {
                    let names = [one, two].map(|end| [beginning, end].concat());
                    for turn in 0..3 {
                        let mut name = 0;
                        assert_sorted(&names, || {
                            name += 1;
                            name == turn
                        });
                    }
                }
            }
        }
        let mut next = numbers();
        assert_sorted(&texts, || next(2) == 0);
    }

    #[test]
    fn one_name_comes_once() {
        assert_sorted(&[], || false);
        for length in 0..8 {
            assert_sorted(&[[0x61].repeat(length)], || false);
        }
    }

    #[test]
    fn many_names_are_sorted_by_their_code_units_and_the_first_that_is_repeated_is_found() {
        let mut next = numbers();
        for round in 0..3000 {
            let common: Vec<u16> = (0..next(12)).map(|_| UNITS[next(14)]).collect();
            let variety = 1 + next(14);
            let names: Vec<Vec<u16>> = (0..next(40))
                .map(|_| {
                    let end = (0..next(8)).map(|_| UNITS[next(variety)]);
                    common.iter().copied().chain(end).collect()
                })
                .collect();
            let escaped = round % 3;
            assert_sorted(&names, || match escaped {
                0 => false,
                1 => true,
                _ => next(2) == 0,
            });
        }
    }

    #[test]
    fn a_string_in_which_some_is_escaped_is_what_its_units_are() {
        let mut next = numbers();
        for _ in 0..20_000 {
            let parts: Vec<Vec<u16>> = (0..next(6))
                .map(|_| (0..next(24)).map(|_| UNITS[next(14)]).collect())
                .collect();
            let spelt: String = parts.iter().map(|part| spelt(part, next(2) == 0)).collect();
            let json = format!("\"{spelt}\"");
            let Ok(document) = Document::read(json.as_bytes(), Rules::Unique) else {
                panic!("expected json, got {json}");
            };
            let expected = String::from_utf16(&parts.concat()).ok();
            let resolved = document.root().string();
            assert_eq!(resolved.as_deref(), expected.as_deref(), "{json}");
        }
    }
}
