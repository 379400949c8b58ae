//! Undoing what a configuration did to the keys.

use alloc::format;
use alloc::rc::Rc;
use alloc::vec::Vec;

use zeroize::Zeroizing;

use super::case::{Case, Change, IndexedKeys};
use super::cause::{CauseCode, Finding};
use super::text::{base64_decode, replace, unquote};
use crate::encoding::Encoding;
use crate::error::ConfigError;
use crate::key::{KeyForm, KeyInput, KeySource, Keys};
use crate::sender::Sender;

type Secret = Zeroizing<Vec<u8>>;

type Step = fn(&[u8]) -> Vec<u8>;

/// The valid keys, each alone, with their indexes.
pub(super) fn parse_each(sender: &Sender, inputs: &[KeyInput]) -> IndexedKeys {
    let parse = |(index, input)| Some((index, Rc::new(parse(sender, copy(input)).ok()?)));
    inputs.iter().enumerate().filter_map(parse).collect()
}

/// What it costs to parse a public key, as hashed bytes: an RSA modulus is divided by many primes.
const PUBLIC: usize = 1 << 21;

/// What it costs to parse a byte of any other key.
const TEXT: usize = 64;

/// What it costs to parse each of the keys once for a sender.
pub(super) fn parsing(sender: &Sender, inputs: &[KeyInput]) -> usize {
    let algorithms = &sender.signature.algorithms;
    let has_public = algorithms.iter().any(|(_, algorithm)| !algorithm.is_mac());
    let cost = |input: &KeyInput| {
        let (content, _) = counting(sender, input);
        let public = if has_public && content.len() > LONGEST_ED25519 {
            PUBLIC
        } else {
            0
        };
        content.len().saturating_mul(TEXT).saturating_add(public)
    };
    inputs.iter().map(cost).fold(0, usize::saturating_add)
}

/// The longest text of an Ed25519 key, whose parsing costs next to nothing.
const LONGEST_ED25519: usize = 130;

/// One key alone.
pub(super) fn parse(sender: &Sender, input: KeyInput) -> Result<Keys, ConfigError> {
    Keys::parse(&sender.key_rules(), Vec::from([input]), true, false)
}

/// The same key once more.
pub(super) fn copy(input: &KeyInput) -> KeyInput {
    let source = match &input.source {
        KeySource::Text(text) => KeySource::text(text),
        KeySource::Bytes(bytes) => KeySource::bytes(bytes),
    };
    KeyInput {
        id: input.id.clone(),
        source,
    }
}

/// What it costs to make the changes of the keys.
pub(super) fn rereading(case: Case, inputs: &[KeyInput]) -> usize {
    let mut cost: usize = 0;
    for (index, input) in inputs.iter().enumerate() {
        let once = parsing(case.sender, core::slice::from_ref(input));
        let times = if may_be_misread(case, index) {
            READINGS
        } else {
            usize::from(input.id.is_some())
        };
        cost = cost.saturating_add(once.saturating_mul(times));
    }
    cost
}

/// How often a key is parsed to undo what was done to it.
const READINGS: usize = 12;

/// Whether another reading of the key may be another key. Of a valid public key it is none: white space
/// around it counts for nothing, and to try the same key once more only uses up the budget.
fn may_be_misread(case: Case, index: usize) -> bool {
    let mut algorithms = case.sender.signature.algorithms.iter();
    algorithms.any(|(_, algorithm)| algorithm.is_mac()) || key_at(case, index).is_none()
}

/// The valid key of this index.
fn key_at(case: Case<'_>, index: usize) -> Option<&Keys> {
    let (_, keys) = case.keys.iter().find(|(other, _)| *other == index)?;
    Some(keys)
}

/// Every change of the keys that may undo a mistake.
pub(super) fn changes(case: Case, inputs: &[KeyInput]) -> Vec<Change> {
    let mut changes = Vec::new();
    for (index, input) in inputs.iter().enumerate() {
        if may_be_misread(case, index) {
            rereadings(case, index, input, &mut changes);
        }
        if input.id.is_some() {
            let source = copy(input).source;
            if let Ok(keys) = parse(case.sender, KeyInput { id: None, source }) {
                let finding = Finding::new(CauseCode::KeyOfOtherId, "");
                changes.push(change(index, Vec::from([finding]), keys));
            }
        }
    }
    changes
}

/// Every other key that a key may have been meant to be, once each.
fn rereadings(case: Case, index: usize, input: &KeyInput, changes: &mut Vec<Change>) {
    let mut known: Vec<Vec<u8>> = key_at(case, index)
        .and_then(Keys::mark)
        .into_iter()
        .collect();
    let mut add = |findings: Vec<Finding>, source: KeySource| {
        let id = input.id.clone();
        let Ok(keys) = parse(case.sender, KeyInput { id, source }) else {
            return;
        };
        let mark = keys.mark();
        if mark.as_ref().is_some_and(|mark| known.contains(mark)) {
            return;
        }
        known.extend(mark);
        changes.push(change(index, findings, keys));
    };
    let (content, is_text) = counting(case.sender, input);
    for Cleaned { findings, text } in cleaned(content) {
        let with = |finding| findings.iter().cloned().chain(finding).collect::<Vec<_>>();
        if let Ok(text) = str::from_utf8(&text) {
            let kept = (!is_text).then(|| Finding::new(CauseCode::KeyEncoding, AS_TEXT));
            let findings = with(kept);
            if !findings.is_empty() {
                add(findings, KeySource::text(text));
            }
        }
        if !is_text && !findings.is_empty() {
            add(with(None), KeySource::bytes(&text));
        }
        for (finding, bytes) in readings(case.sender.key, &text) {
            add(with(Some(finding)), KeySource::bytes(&bytes));
        }
    }
}

/// A key in place of the one of this index.
fn change(index: usize, findings: Vec<Finding>, keys: Keys) -> Change {
    let findings = findings.into_iter().map(|finding| placed(finding, index));
    Change {
        findings: findings.collect(),
        keys: Some(Vec::from([(index, Rc::new(keys))])),
        ..Change::default()
    }
}

const AS_TEXT: &str = "its bytes are text, and have to be passed as a string";

/// Says which key it is.
fn placed(mut finding: Finding, index: usize) -> Finding {
    finding.evidence = if finding.evidence.is_empty() {
        format!("keys[{index}]").into()
    } else {
        format!("keys[{index}], {}", finding.evidence).into()
    };
    finding
}

/// A key's text with what was wrong with it.
struct Cleaned {
    findings: Vec<Finding>,
    text: Secret,
}

/// The text itself, and without one mistake after the other.
fn cleaned(content: &[u8]) -> Vec<Cleaned> {
    let mut texts = Vec::from([Cleaned {
        findings: Vec::new(),
        text: Zeroizing::new(content.to_vec()),
    }]);
    let steps: [(CauseCode, Step); 6] = [
        (CauseCode::KeyLineBreaks, |text| {
            replace(text, b"\\n", b"\n")
        }),
        (CauseCode::KeyWhiteSpace, trim),
        (CauseCode::KeyAssignment, without_name),
        (CauseCode::KeyQuotes, |text| {
            unquote(text).unwrap_or(text).to_vec()
        }),
        (CauseCode::KeyWhiteSpace, trim),
        (CauseCode::KeyPrefix, |text| {
            text.strip_prefix(b"v1,").unwrap_or(text).to_vec()
        }),
    ];
    for (code, step) in steps {
        let Some(Cleaned { findings, text }) = texts.last() else {
            continue;
        };
        let next = Zeroizing::new(step(text));
        if next.is_empty() || *next == **text {
            continue;
        }
        let mut findings = findings.clone();
        if !findings.iter().any(|finding| finding.code == code) {
            findings.push(Finding::new(code, ""));
        }
        texts.push(Cleaned {
            findings,
            text: next,
        });
    }
    // A key that was wrapped over several lines.
    let joined: Vec<u8> = content
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace())
        .copied()
        .collect();
    if !texts.iter().any(|other| **other.text == *joined) {
        texts.push(Cleaned {
            findings: Vec::from([Finding::new(CauseCode::KeyWhiteSpace, "")]),
            text: Zeroizing::new(joined),
        });
    }
    texts
}

/// The text without white space around it, and without what does not show at all.
fn trim(text: &[u8]) -> Vec<u8> {
    let invisible = ['\u{feff}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}'];
    let hidden = |character: char| character.is_whitespace() || invisible.contains(&character);
    match str::from_utf8(text) {
        Ok(text) => text.trim_matches(hidden).as_bytes().to_vec(),
        Err(_) => text.to_vec(),
    }
}

/// The text without `export NAME=` before it.
fn without_name(text: &[u8]) -> Vec<u8> {
    let line = text.strip_prefix(b"export ").unwrap_or(text);
    let end = line.iter().position(|byte| *byte == b'=');
    let (name, value) = end
        .and_then(|end| line.split_at_checked(end))
        .unwrap_or((b"", line));
    let allowed = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
    let value = value.get(1..).unwrap_or_default();
    if !name.is_empty() && name.iter().all(allowed) && value.len() > 1 {
        value.to_vec()
    } else {
        text.to_vec()
    }
}

/// The other ways to read a key's text, each with the mistake that it would explain.
fn readings(form: KeyForm, text: &[u8]) -> Vec<(Finding, Secret)> {
    const TEXT: &str = "the text itself is the key";
    const BASE64: &str = "the bytes are the key for which its base64 stands";
    const HEX: &str = "the bytes are the key for which its hexadecimal digits stand";
    const DROPPED: &str = "whsec_ belongs to the key, and is missing";
    const KEPT: &str = "whsec_ does not belong to the key";
    const FOREIGN: &str = "its prefix does not belong to it";
    const PADDING: &str = "its base64 has another alphabet or no padding";
    const ENCODED: &str = "the base64 of these bytes is the key, as text";
    const DIGITS: &str = "the hexadecimal digits of these bytes are the key, as text";
    let code = |own: bool| {
        if own {
            CauseCode::KeyPrefix
        } else {
            CauseCode::KeyEncoding
        }
    };
    let utf8 = matches!(form, KeyForm::Utf8 | KeyForm::Utf8WithoutFirstHyphen);
    let standard = form == KeyForm::Standard;
    let mut out = Vec::new();
    let mut add = |code, evidence, bytes: Vec<u8>| {
        out.push((Finding::new(code, evidence), Zeroizing::new(bytes)));
    };
    // A prefix, as in whsec_.
    let mut halves = text.splitn(2, |byte| *byte == b'_');
    let (prefix, rest) = (halves.next().unwrap_or_default(), halves.next());
    let short = (1..=8).contains(&prefix.len()) && prefix.iter().all(u8::is_ascii_alphanumeric);
    if let Some(rest) = rest.filter(|rest| short && !rest.is_empty()) {
        let whsec = prefix == b"whsec";
        let base64 = match (standard, whsec) {
            (true, true) => (CauseCode::KeyEncoding, PADDING),
            (true, false) => (CauseCode::KeyPrefix, FOREIGN),
            _ => (code(form == KeyForm::Base64), BASE64),
        };
        add(
            code(utf8),
            if whsec { KEPT } else { FOREIGN },
            rest.to_vec(),
        );
        for ((code, evidence), bytes) in [
            (base64, base64_decode(rest)),
            ((code(form == KeyForm::Hex), HEX), hex::decode(rest).ok()),
        ] {
            if let Some(bytes) = bytes {
                add(code, evidence, bytes);
            }
        }
    }
    if let Some(bytes) = base64_decode(text) {
        add(
            code(standard),
            if standard { DROPPED } else { BASE64 },
            bytes,
        );
    }
    if let Ok(bytes) = hex::decode(text) {
        add(CauseCode::KeyEncoding, HEX, bytes);
    }
    add(CauseCode::KeyEncoding, TEXT, text.to_vec());
    add(code(utf8), DROPPED, [b"whsec_", text].concat());
    // The bytes were decoded although the sender never decodes them.
    let encoded = Encoding::Base64.encode(text);
    add(
        CauseCode::KeyEncoding,
        ENCODED,
        encoded.trim_end_matches('=').into(),
    );
    add(
        CauseCode::KeyEncoding,
        ENCODED,
        [b"whsec_", encoded.as_bytes()].concat(),
    );
    add(CauseCode::KeyEncoding, ENCODED, encoded.into_bytes());
    add(
        CauseCode::KeyEncoding,
        DIGITS,
        hex::encode(text).into_bytes(),
    );
    out
}

/// The bytes of a key as it was handed in, and whether they are a text.
fn content(input: &KeyInput) -> (&[u8], bool) {
    match &input.source {
        KeySource::Text(text) => (text.as_bytes(), true),
        KeySource::Bytes(bytes) => (bytes, false),
    }
}

/// The same without white space around it where that counts for nothing.
fn counting<'k>(sender: &Sender, input: &'k KeyInput) -> (&'k [u8], bool) {
    match content(input) {
        (text, true) if sender.key == KeyForm::Utf8Trimmed => (text.trim_ascii(), true),
        given => given,
    }
}
