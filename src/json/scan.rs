//! Looking at many bytes at once, in the instructions of the target: of a loop that is to be small the
//! compiler makes none.

/// How many bytes are looked at together.
const STRETCH: usize = 16;

type Stretch = [u8; STRETCH];

/// Numbers that are compared together.
pub(super) type Sixteen = [u32; 16];

/// How many bytes stand for themselves in a string before the first that does not.
pub(super) fn plain(text: &[u8]) -> usize {
    let (stretches, rest) = text.as_chunks();
    let mut clean: usize = 0;
    for stretch in stretches {
        let plain = count_plain(stretch);
        clean = clean.wrapping_add(plain);
        if plain < STRETCH {
            return clean;
        }
    }
    let plain = rest.iter().take_while(|byte| !is_special(**byte));
    clean.wrapping_add(plain.count())
}

/// How many of the marks that stand before a value a text has.
pub(super) fn marks(text: &[u8]) -> usize {
    let (stretches, rest) = text.as_chunks();
    let marks = stretches.iter().map(count_marks).sum::<usize>();
    let rest = rest.iter().filter(|byte| is_mark(**byte)).count();
    marks.wrapping_add(rest)
}

const fn is_special(byte: u8) -> bool {
    byte < b' ' || byte == b'"' || byte == b'\\'
}

const fn is_mark(byte: u8) -> bool {
    matches!(byte, b',' | b':' | b'[' | b'{')
}

/// Whether one of the numbers is this one.
#[cfg(not(target_arch = "wasm32"))]
pub(super) fn contains(numbers: &Sixteen, wanted: u32) -> bool {
    numbers.contains(&wanted)
}

#[cfg(not(target_arch = "wasm32"))]
fn count_plain(stretch: &Stretch) -> usize {
    let plain = stretch.iter().take_while(|byte| !is_special(**byte));
    plain.count()
}

#[cfg(not(target_arch = "wasm32"))]
fn count_marks(stretch: &Stretch) -> usize {
    stretch.iter().filter(|byte| is_mark(**byte)).count()
}

#[cfg(target_arch = "wasm32")]
pub(super) use simd::contains;
#[cfg(target_arch = "wasm32")]
use simd::{count_marks, count_plain};

#[cfg(target_arch = "wasm32")]
mod simd {
    use core::arch::wasm32::{
        u8x16_bitmask, u8x16_eq, u8x16_lt, u8x16_splat, u32x4, u32x4_eq, u32x4_splat, u64x2, v128,
        v128_any_true, v128_or,
    };

    use super::{STRETCH, Sixteen, Stretch};

    fn load(stretch: &Stretch) -> v128 {
        let (halves, _) = stretch.as_chunks();
        let mut halves = halves.iter().map(|half| u64::from_le_bytes(*half));
        let mut half = || halves.next().unwrap_or_default();
        u64x2(half(), half())
    }

    #[inline(always)]
    pub(super) fn count_plain(stretch: &Stretch) -> usize {
        let bytes = load(stretch);
        let control = u8x16_lt(bytes, u8x16_splat(b' '));
        let quote = u8x16_eq(bytes, u8x16_splat(b'"'));
        let escape = u8x16_eq(bytes, u8x16_splat(b'\\'));
        let special = u8x16_bitmask(v128_or(control, v128_or(quote, escape)));
        // A bit behind the last byte stands for the end of the stretch.
        let special = u32::from(special) | 1 << STRETCH;
        usize::try_from(special.trailing_zeros()).unwrap_or(STRETCH)
    }

    #[inline(always)]
    pub(in super::super) fn contains(numbers: &Sixteen, wanted: u32) -> bool {
        let (fours, _) = numbers.as_chunks();
        let wanted = u32x4_splat(wanted);
        let matches = fours
            .iter()
            .map(|[a, b, c, d]| u32x4_eq(u32x4(*a, *b, *c, *d), wanted));
        v128_any_true(matches.fold(u32x4_splat(0), |one, other| v128_or(one, other)))
    }

    #[inline(always)]
    pub(super) fn count_marks(stretch: &Stretch) -> usize {
        let bytes = load(stretch);
        let is = |mark| u8x16_eq(bytes, u8x16_splat(mark));
        let separators = v128_or(is(b','), is(b':'));
        let found = v128_or(separators, v128_or(is(b'['), is(b'{')));
        usize::try_from(u8x16_bitmask(found).count_ones()).unwrap_or_default()
    }
}
