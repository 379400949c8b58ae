//! JSON in which single characters and numbers were written in another way than serialisers write all of
//! them.

use core::ops::{ControlFlow, Range};

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::cause::{CauseCode, Finding};
use super::proof::Bodies;
use crate::json::canonical::{Order, compact};
use crate::json::{Document, Rules, is_safe_integer};

/// The most places of which every choice is tried: 2^10 texts.
const MAX_CHOICES: usize = 10;

/// The most numbers of which every pair is tried.
const MAX_PAIRED: usize = 16;

/// The longest body in which digits are looked for that may be lost, in bytes.
const MAX_LOOKED_AT: usize = 1 << 16;

const ESCAPES: &str = "the signature matches it with some characters escaped and others not, such as \\u00e9 beside é or \\/ beside /";
const NUMBERS: &str = "the signature matches it with numbers as they were before, such as 100.0 that became 100 or 1E-7 that became 1e-7";

/// A place in a text, and how else it may be written.
struct Spot {
    place: Range<usize>,
    others: Vec<String>,
}

/// Visits the document with single places written in another way.
pub(super) fn visit(document: &Document, bodies: &mut Bodies) -> ControlFlow<()> {
    let text = compact(document.root(), Order::Kept);
    let Ok(document) = Document::read(text.as_bytes(), Rules::Unique) else {
        return ControlFlow::Continue(());
    };
    numbers(&text, &document, bodies)?;
    escapes(&text, &document, bodies)
}

/// Every choice of characters that are escaped; or if there are many, of strings.
fn escapes(text: &str, document: &Document, bodies: &mut Bodies) -> ControlFlow<()> {
    let strings: Vec<Vec<Spot>> = document
        .strings()
        .map(|place| characters(text, place))
        .filter(|spots| !spots.is_empty())
        .collect();
    let count = strings.iter().map(Vec::len).sum::<usize>();
    let groups: Vec<Vec<&Spot>> = if count <= MAX_CHOICES {
        strings
            .iter()
            .flatten()
            .map(|spot| Vec::from([spot]))
            .collect()
    } else if strings.len() <= MAX_CHOICES {
        strings.iter().map(|spots| spots.iter().collect()).collect()
    } else {
        return ControlFlow::Continue(());
    };
    for upper in [false, true] {
        for choice in 1..1_u32.wrapping_shl(u32::try_from(groups.len()).unwrap_or(0)) {
            let chosen = (0..).zip(&groups);
            let chosen = chosen.filter(|(index, _)| choice.wrapping_shr(*index) & 1 == 1);
            let chosen = chosen.flat_map(|(_, spots)| spots.iter().copied());
            let spots = chosen.map(|spot| (spot, usize::from(upper)));
            try_text(text, spots, ESCAPES, bodies)?;
        }
    }
    ControlFlow::Continue(())
}

/// The characters of a string that may be escaped: with digits in lower case, then in upper case.
fn characters(text: &str, place: Range<usize>) -> Vec<Spot> {
    let string = text.get(place.clone()).unwrap_or_default();
    let mut spots = Vec::new();
    for (at, character) in string.char_indices() {
        let others = match character {
            '/' => Vec::from([String::from("\\/")]),
            _ if character.is_ascii() => continue,
            _ => Vec::from([false, true].map(|upper| escape(character, upper))),
        };
        let start = place.start.saturating_add(at);
        let place = start..start.saturating_add(character.len_utf8());
        spots.push(Spot { place, others });
    }
    spots
}

fn escape(character: char, upper: bool) -> String {
    let units = character.encode_utf16(&mut [0; 2]).to_vec();
    let escape = |unit: &u16| match upper {
        true => format!("\\u{unit:04X}"),
        false => format!("\\u{unit:04x}"),
    };
    units.iter().map(escape).collect()
}

/// All numbers in another form, and single ones, and pairs.
fn numbers(text: &str, document: &Document, bodies: &mut Bodies) -> ControlFlow<()> {
    let spots: Vec<Spot> = document
        .numbers()
        .map(|place| {
            let others = spellings(text.get(place.clone()).unwrap_or_default());
            Spot { place, others }
        })
        .collect();
    let most = spots.iter().map(|spot| spot.others.len()).max();
    for form in 0..most.unwrap_or_default() {
        try_text(text, spots.iter().map(|spot| (spot, form)), NUMBERS, bodies)?;
        for spot in &spots {
            try_text(text, [(spot, form)].into_iter(), NUMBERS, bodies)?;
        }
    }
    if spots.len() > MAX_PAIRED {
        return ControlFlow::Continue(());
    }
    for (index, one) in spots.iter().enumerate() {
        for other in spots.iter().skip(index.saturating_add(1)) {
            for form in 0..most.unwrap_or_default() {
                let pair = [(one, form), (other, form)];
                try_text(text, pair.into_iter(), NUMBERS, bodies)?;
            }
        }
    }
    ControlFlow::Continue(())
}

/// How else a number may have been written that JavaScript writes so.
fn spellings(number: &str) -> Vec<String> {
    let Some((mantissa, exponent)) = number.split_once('e') else {
        return match number.contains('.') {
            true => Vec::from([format!("{number}0"), format!("{number}00")]),
            false => Vec::from([format!("{number}.0"), format!("{number}.00")]),
        };
    };
    let exponent = exponent.trim_start_matches('+');
    let point = if mantissa.contains('.') { "" } else { ".0" };
    let mut spellings = Vec::from([
        format!("{mantissa}E{exponent}"),
        format!("{mantissa}{point}E{exponent}"),
        format!("{mantissa}e{exponent}"),
    ]);
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let sign = if mantissa.starts_with('-') { "-" } else { "" };
    if let Some(zeros) = exponent
        .strip_prefix('-')
        .and_then(|zeros| zeros.parse::<usize>().ok())
    {
        let zeros = "0".repeat(zeros.saturating_sub(1).min(400));
        spellings.push(format!("{sign}0.{zeros}{digits}"));
    } else if let Ok(places) = exponent.parse::<usize>() {
        let fraction = digits.len().saturating_sub(1);
        let zeros = "0".repeat(places.saturating_sub(fraction).min(400));
        spellings.push(format!("{sign}{digits}{zeros}"));
    }
    spellings
}

/// Tries the text with these places in these forms.
fn try_text<'s>(
    text: &str,
    spots: impl Iterator<Item = (&'s Spot, usize)>,
    evidence: &'static str,
    bodies: &mut Bodies,
) -> ControlFlow<()> {
    if !bodies.afford(1) {
        return ControlFlow::Continue(());
    }
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for (spot, form) in spots {
        let Some(other) = spot.others.get(form).or(spot.others.first()) else {
            continue;
        };
        out.push_str(text.get(copied..spot.place.start).unwrap_or_default());
        out.push_str(other);
        copied = spot.place.end;
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    bodies.visit(
        Finding::new(CauseCode::BodyReserialized, evidence),
        out.into_bytes(),
    )
}

/// What shows that numbers of a body are as JavaScript writes them, after it has lost what they were.
pub(super) fn lost_digits(body: &[u8]) -> Option<&'static str> {
    if body.len() > MAX_LOOKED_AT {
        return None;
    }
    let document = Document::read(body, Rules::Unique).ok()?;
    let text = str::from_utf8(body).ok()?;
    let written = compact(document.root(), Order::Kept);
    let mut numbers = document.numbers().filter_map(|place| text.get(place));
    if written != text {
        return None;
    }
    numbers.find_map(|number| {
        let digits = number.trim_start_matches('-');
        let is_integer = digits.bytes().all(|digit| digit.is_ascii_digit());
        if number.contains("e-") || number.contains("e+") {
            return Some("it holds a number such as 1e-7, as JavaScript writes what may have come as 1E-7 or 0.0000001");
        }
        // JavaScript writes 17 digits at most, and zeros up to 10^21.
        let is_rounded = digits.bytes().skip(17).all(|digit| digit == b'0') && digits.len() <= 21;
        (is_integer && is_rounded && !is_safe_integer(digits)).then_some(
            "it holds an integer beyond 2^53 - 1, as JavaScript writes one that it has rounded",
        )
    })
}
