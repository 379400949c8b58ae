//! What the headers were before something between the sender and the receiver changed them.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::case::{Case, Change, Headers};
use super::cause::{CauseCode, Finding};
use super::text::{base64_decode, replace, unquote};
use crate::sender::Sender;
use crate::url::{self, Escape};

/// Prefixes and labels that senders put before a signature.
const PREFIXES: [&str; 10] = [
    "sha256=", "sha1=", "sha512=", "sha256:", "v1=", "v0=", "v1,", "s=", "0x", "hmac ",
];

/// Every change of the sender's headers that may undo a mistake.
pub(super) fn changes(case: Case) -> Vec<Change> {
    let mut changes = Vec::new();
    renamed(case, &mut changes);
    let mistakes: [(CauseCode, Undo); 6] = [
        (CauseCode::HeaderRepeated, repeated),
        (CauseCode::HeaderRepeated, |value| split(value, 0)),
        (CauseCode::HeaderRepeated, |value| split(value, 1)),
        (CauseCode::HeaderWhiteSpace, |value| {
            Some(value.trim_ascii().to_vec())
        }),
        (CauseCode::HeaderQuotes, |value| {
            unquote(value.trim_ascii()).map(<[u8]>::to_vec)
        }),
        (CauseCode::HeaderUrlEncoded, |value| {
            url::unescape(value, Escape::Component)
        }),
    ];
    for (code, undo) in mistakes {
        push(case, &mut changes, Finding::new(code, ""), undo);
    }
    for (name, value) in signatures(case) {
        let mut add = |code, value: Vec<u8>| {
            if case.header(name).is_some_and(|old| old != value) {
                let finding = Finding::new(code, header(name));
                changes.push(Change::of_headers(finding, case.replace(name, value)));
            }
        };
        // A reader of forms turns the plus signs of base64 into spaces.
        add(CauseCode::HeaderUrlEncoded, replace(value, b" ", b"+"));
        for prefixed in prefixed(case.sender, value) {
            add(CauseCode::SignaturePrefix, prefixed);
        }
        for text in recoded(case.sender, value) {
            add(CauseCode::SignatureEncoding, text);
        }
    }
    changes
}

type Undo = fn(&[u8]) -> Option<Vec<u8>>;

/// Undoes the same mistake in each of the sender's headers.
fn push(case: Case, changes: &mut Vec<Change>, mut finding: Finding, undo: Undo) {
    let mut headers = case.headers.clone();
    let mut names: Vec<&str> = Vec::new();
    let relevant = case.sender.header_names();
    for (name, value) in &mut headers {
        let known = relevant
            .iter()
            .find(|other| other.eq_ignore_ascii_case(name));
        if let Some(known) = known
            && let Some(undone) = undo(value)
            && undone != *value
        {
            *value = undone;
            names.push(known);
        }
    }
    if !names.is_empty() {
        finding.evidence = names.join(", ").into();
        changes.push(Change::of_headers(finding, headers));
    }
}

/// The headers that hold a signature, with their values.
pub(super) fn signatures(case: Case<'_>) -> impl Iterator<Item = (&str, &[u8])> {
    let sets = case.sender.header_sets.iter();
    sets.filter_map(move |set| Some((set.signature.as_str(), case.header(&set.signature)?)))
}

/// Headers that are not there, under names that look like theirs.
pub(super) fn similar(case: Case<'_>) -> Vec<(&str, &str)> {
    let letters = |name: &str| -> String {
        let name = name.to_ascii_lowercase();
        let words = name.split(|character: char| !character.is_ascii_alphanumeric());
        words
            .filter(|word| !matches!(*word, "" | "http" | "x"))
            .collect()
    };
    let missing = case.sender.header_names();
    let missing = missing
        .into_iter()
        .filter(|name| case.header(name).is_none());
    let found = |name| {
        let mut headers = case.headers.iter().map(|(other, _)| other.as_str());
        let wanted = letters(name);
        let other = headers.find(|other| letters(other) == wanted)?;
        Some((name, other))
    };
    missing.filter_map(found).collect()
}

fn renamed(case: Case, changes: &mut Vec<Change>) {
    let similar = similar(case);
    if similar.is_empty() {
        return;
    }
    let mut headers = case.headers.clone();
    let mut evidence = Vec::new();
    for (name, other) in similar {
        let value = case.header(other).unwrap_or_default().to_vec();
        headers.push((name.to_owned(), value));
        evidence.push(format!("expected {name}, got {}", shown(other)));
    }
    let finding = Finding::new(CauseCode::HeaderRenamed, evidence.join(", "));
    changes.push(Change::of_headers(finding, headers));
}

/// One of the equal parts of a value.
fn repeated(value: &[u8]) -> Option<Vec<u8>> {
    [", ", ",", " "].iter().find_map(|separator| {
        (2..=4_usize).find_map(|times| {
            let gaps = separator.len().checked_mul(times.checked_sub(1)?)?;
            let length = value.len().checked_sub(gaps)?.checked_div(times)?;
            let part = value.get(..length).filter(|part| !part.is_empty())?;
            let parts = core::iter::repeat_n(part, times).collect::<Vec<_>>();
            (parts.join(separator.as_bytes()) == value).then(|| part.to_vec())
        })
    })
}

/// The first or the last part of a value with a comma and a space in it.
fn split(value: &[u8], place: usize) -> Option<Vec<u8>> {
    let at = value.windows(2).position(|pair| pair == b", ")?;
    let (first, behind) = value.split_at_checked(at)?;
    let part = [first, behind.get(2..)?];
    part.get(place).map(|part| part.to_vec())
}

/// The value with the sender's prefix or label, and without another's.
fn prefixed(sender: &Sender, value: &[u8]) -> Vec<Vec<u8>> {
    let form = &sender.signature;
    let last = value.rsplit(|byte| *byte == b',').next().unwrap_or(value);
    let mut texts = Vec::from([value, last.trim_ascii()]);
    for text in texts.clone() {
        let lower = text.to_ascii_lowercase();
        let stripped = |prefix: &&str| {
            let length = lower
                .starts_with(prefix.as_bytes())
                .then_some(prefix.len())?;
            text.get(length..)
        };
        texts.extend(PREFIXES.iter().find_map(stripped));
    }
    let mut out = Vec::new();
    for text in texts {
        if !form.labelled {
            out.push([form.prefix.as_bytes(), text].concat());
            continue;
        }
        for (label, _) in &form.algorithms {
            out.push([label.as_bytes(), &[form.assign], text].concat());
            // The entry with the time may precede it and be correct.
            if let Some(before) = value.strip_suffix(last) {
                let text = text.trim_ascii();
                out.push([before, label.as_bytes(), &[form.assign], text].concat());
            }
        }
    }
    out
}

/// The value with its signatures read in another encoding and written in the sender's.
fn recoded(sender: &Sender, value: &[u8]) -> Vec<Vec<u8>> {
    let encoding = sender.signature.encoding;
    let readings: [Undo; 2] = [|text| hex::decode(text).ok(), base64_decode];
    let recode = |read: Undo| {
        map_signatures(sender, value, &mut |text| {
            let recoded = encoding.encode(&read(text)?).into_bytes();
            // What merely lacks its end has lost it.
            (!recoded.starts_with(text)).then_some(recoded)
        })
    };
    readings.into_iter().map(recode).collect()
}

/// Replaces each signature in the value; without a replacement it stays the same.
pub(super) fn map_signatures(
    sender: &Sender,
    value: &[u8],
    map: &mut dyn FnMut(&[u8]) -> Option<Vec<u8>>,
) -> Vec<u8> {
    let form = &sender.signature;
    let mut mapped = |text: &[u8]| map(text).unwrap_or_else(|| text.to_vec());
    if !form.labelled {
        let prefix = form.prefix.as_bytes();
        return match value.strip_prefix(prefix) {
            Some(text) => [prefix, &mapped(text)].concat(),
            None => mapped(value),
        };
    }
    let entry = |entry: &[u8]| {
        let at = entry.iter().position(|byte| *byte == form.assign);
        let halves = at.and_then(|at| entry.split_at_checked(at.saturating_add(1)));
        match halves {
            Some((label, text)) if is_signed(sender, label) => [label, &mapped(text)].concat(),
            _ => entry.to_vec(),
        }
    };
    let entries: Vec<_> = value
        .split(|byte| *byte == form.separator)
        .map(entry)
        .collect();
    entries.join(&form.separator)
}

/// Whether a label, with its separator, is that of a signature.
fn is_signed(sender: &Sender, label: &[u8]) -> bool {
    let label = label.trim_ascii();
    let label = label
        .get(..label.len().saturating_sub(1))
        .unwrap_or_default();
    let mut algorithms = sender.signature.algorithms.iter();
    algorithms.any(|(other, _)| other.as_bytes() == label)
}

/// The headers with another time in place of theirs.
pub(super) fn with_time(case: Case, map: impl Fn(&[u8]) -> Option<Vec<u8>>) -> Option<Headers> {
    let form = &case.sender.signature;
    let Some(label) = &form.timestamp_label else {
        let mut sets = case.sender.header_sets.iter();
        let name = sets.find_map(|set| set.timestamp.as_deref())?;
        return Some(case.replace(name, map(case.header(name).unwrap_or_default())?));
    };
    let (name, value) = signatures(case).next()?;
    let prefix = [label.as_bytes(), &[form.assign]].concat();
    let mut found = false;
    let entries: Vec<_> = value
        .split(|byte| *byte == form.separator)
        .map(|entry| {
            let time = entry.trim_ascii().strip_prefix(prefix.as_slice());
            match time.and_then(&map) {
                Some(other) => {
                    found = true;
                    [prefix.as_slice(), &other].concat()
                }
                None => entry.to_vec(),
            }
        })
        .collect();
    found.then(|| case.replace(name, entries.join(&form.separator)))
}

fn header(name: &str) -> String {
    format!("header {name}")
}

/// A header's name, if it may be shown.
pub(super) fn shown(name: &str) -> &str {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if name.len() <= 64 && name.bytes().all(allowed) {
        name
    } else {
        "another name"
    }
}
