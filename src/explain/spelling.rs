//! Signatures that are right but for their spelling, which cannot be undone without knowing the right
//! one. What is computed here is a valid signature: it is compared and never shown.

use alloc::vec;
use alloc::vec::Vec;

use super::case::{Budget, Case, Change, borrowed};
use super::cause::{CauseCode, Finding};
use super::header::{map_signatures, signatures};
use crate::claim::Claim;
use crate::encoding::Encoding;

/// The fewest characters of a signature that count as its beginning.
const MIN_BEGINNING: usize = 8;

/// Every change of a signature to the right one from which it differs in its spelling alone.
pub(super) fn changes(case: Case, budget: &mut Budget) -> Vec<Change> {
    let form = &case.sender.signature;
    let mut changes = Vec::new();
    for (name, value) in signatures(case) {
        for (_, algorithm) in &form.algorithms {
            let Some(length) = algorithm.signature_bytes().filter(|_| algorithm.is_mac()) else {
                continue;
            };
            if !budget.spend(case.reading()) {
                return changes;
            }
            let blank = form.encoding.encode(&vec![0; length]).into_bytes();
            let blank = map_signatures(case.sender, value, &mut |_| Some(blank.clone()));
            let headers = case.replace(name, blank);
            let headers = borrowed(&headers);
            let request = case.request(&headers);
            let Ok(claim) = Claim::read(&request, case.sender) else {
                continue;
            };
            for (_, keys) in case.keys {
                if !budget.spend(case.verifying(&claim)) {
                    return changes;
                }
                let Some(secret) = keys.secret(0, *algorithm) else {
                    continue;
                };
                let right = form
                    .encoding
                    .encode(secret.tag(&claim.signed_bytes()).as_bytes());
                let mut code = None;
                let repaired = map_signatures(case.sender, value, &mut |text| {
                    let found = differs(text.trim_ascii(), right.as_bytes(), form.encoding);
                    code = code.or(found);
                    found.map(|_| right.clone().into_bytes())
                });
                if let Some(code) = code {
                    let headers = case.replace(name, repaired);
                    changes.push(Change::of_headers(Finding::new(code, ""), headers));
                }
            }
        }
    }
    changes
}

/// In what the text of a signature differs from the right one.
fn differs(text: &[u8], right: &[u8], encoding: Encoding) -> Option<CauseCode> {
    let same = |one: &[u8], other: &[u8]| match encoding {
        Encoding::Hex => one.eq_ignore_ascii_case(other),
        _ => one == other,
    };
    let beginning = text.len() >= MIN_BEGINNING && text.len().saturating_mul(2) >= right.len();
    let (length, right_length) = (text.len(), right.len());
    if length == right_length {
        return text
            .eq_ignore_ascii_case(right)
            .then_some(CauseCode::SignatureCase);
    }
    if beginning && right.get(..length).is_some_and(|part| same(text, part)) {
        return Some(CauseCode::SignatureTruncated);
    }
    let longer = text
        .get(..right_length)
        .is_some_and(|part| same(part, right));
    longer.then_some(CauseCode::SignatureTrailing)
}
