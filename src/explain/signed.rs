//! What else the signature may be over, and which other algorithm may have made it.

use alloc::format;
use alloc::vec::Vec;

use super::case::{Case, Change, IndexedKeys};
use super::cause::{CauseCode, Finding};
use crate::algorithm::Algorithm;
use crate::sender::Sender;
use crate::sender::template::{Part, Template};

/// What senders sign, the most common ones first.
const TEMPLATES: [&str; 18] = [
    "{body}",
    "{timestamp}.{body}",
    "{id}.{timestamp}.{body}",
    "{timestamp}{body}",
    "{body}{timestamp}",
    "{id}.{body}",
    "{timestamp}:{body}",
    "v0:{timestamp}:{body}",
    "v1:{timestamp}:{body}",
    "v1.{timestamp}.{body}",
    "{timestamp}\n{body}",
    "{timestamp}\n{nonce}\n{body}\n",
    "{nonce}{timestamp}{body}",
    "{timestamp}{nonce}{body}",
    "{nonce}{body}",
    "{url}{body}",
    "{timestamp}{method}{path}{body}",
    "{method}{url}{timestamp}{body}",
];

/// Every other text under the signature for which the callback has the parts, and every other
/// algorithm. `parse` makes keys for a sender.
pub(super) fn changes(case: Case, parse: &dyn Fn(&Sender) -> IndexedKeys) -> Vec<Change> {
    let mut changes = Vec::new();
    if case.sender.signs_what_it_names() {
        let mut sender = case.sender.clone();
        sender.allows_unsigned_headers = true;
        changes.push(Change {
            findings: Vec::from([Finding::new(CauseCode::HeadersUnsigned, "")]),
            sender: Some(sender),
            ..Change::default()
        });
    }
    if case.sender.takes_only_get() {
        let mut sender = case.sender.clone();
        sender.allows_unsigned_url = true;
        changes.push(Change {
            findings: Vec::from([Finding::new(CauseCode::UrlUnsigned, "")]),
            sender: Some(sender),
            ..Change::default()
        });
    }
    for text in TEMPLATES {
        let template = Template::parse(text).unwrap_or_default();
        if template == case.sender.signed || !has_parts(case, &template) {
            continue;
        }
        let evidence = format!("it is over {}", text.escape_debug());
        let mut sender = case.sender.clone();
        sender.signed = template;
        changes.push(Change {
            findings: Vec::from([Finding::new(CauseCode::SignedBytes, evidence)]),
            sender: Some(sender),
            ..Change::default()
        });
    }
    for (algorithm, name) in [
        (Algorithm::HmacSha256, "HMAC-SHA-256"),
        (Algorithm::HmacSha512, "HMAC-SHA-512"),
        (Algorithm::HmacSha1, "HMAC-SHA-1"),
    ] {
        let form = &case.sender.signature;
        let own = form.algorithms.iter().any(|(_, other)| *other == algorithm);
        if own || !form.algorithms.iter().all(|(_, other)| other.is_mac()) {
            continue;
        }
        let mut sender = case.sender.clone();
        for (_, other) in &mut sender.signature.algorithms {
            *other = algorithm;
        }
        changes.push(Change {
            findings: Vec::from([Finding::new(CauseCode::SignatureAlgorithm, name)]),
            keys: Some(parse(&sender)),
            sender: Some(sender),
            ..Change::default()
        });
    }
    changes
}

/// Whether the callback has what the template asks for.
fn has_parts(case: Case, template: &Template) -> bool {
    let set = case.sender.header_sets.first();
    template.parts().all(|part| match part {
        Part::Id => set.is_some_and(|set| set.id.is_some()),
        Part::Nonce => set.is_some_and(|set| set.nonce.is_some()),
        Part::Timestamp => {
            case.sender.signature.timestamp_label.is_some()
                || set.is_some_and(|set| set.timestamp.is_some())
        }
        Part::Url | Part::Path | Part::Query => case.url.or(case.registered_url).is_some(),
        Part::Method => case.method.is_some(),
        _ => true,
    })
}
