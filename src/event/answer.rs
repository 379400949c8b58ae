//! What is said of a verified body beside the body itself: it crosses with every accepted callback, so it
//! is written by hand.

use alloc::string::String;

use super::{Content, Findings, Other};
use crate::json::write_string;

/// Appends what was found out about an event's data: `1` if every address was checked, or `0`, and the
/// amounts with the names of their members, all with commas between. None has a comma in it.
pub fn write_findings(out: &mut String, findings: &Findings) {
    out.push(if findings.address_checked { '1' } else { '0' });
    for (name, decimal) in &findings.decimals {
        for text in [name, decimal.as_str()] {
            out.push(',');
            out.push_str(text);
        }
    }
}

/// Appends what another sender's callback is called, and what it holds where that is not its body.
pub fn write_other(out: &mut String, other: &Other) {
    out.push('{');
    let payload = match &other.payload {
        Content::Given(json) | Content::Marked(json) => Some(json.as_str()),
        _ => None,
    };
    let hash = other.content_hash.map(hex::encode);
    let texts = [
        ("\"type\":", &other.kind),
        ("\"id\":", &other.id),
        ("\"contentHash\":", &hash),
        ("\"signedWith\":", &other.signed_with),
    ];
    let mut separate = "";
    for (name, text) in texts {
        if let Some(text) = text {
            out.push_str(separate);
            out.push_str(name);
            write_string(out, text);
            separate = ",";
        }
    }
    if let Some(payload) = payload {
        out.push_str(separate);
        out.push_str("\"payload\":");
        out.push_str(payload);
    }
    out.push('}');
}
