//! What is said of a verified body beside the body itself, as JSON: it crosses with every accepted
//! callback, so it is written by hand.

use alloc::string::String;

use super::{Content, Findings, Other};
use crate::json::write_string;

/// Appends what was found out about an event's data.
pub fn write_findings(out: &mut String, findings: &Findings) {
    out.push_str("{\"addressChecked\":");
    out.push_str(if findings.address_checked {
        "true"
    } else {
        "false"
    });
    out.push_str(",\"decimals\":{");
    for (index, (name, decimal)) in findings.decimals.iter().enumerate() {
        out.push_str(if index > 0 { "," } else { "" });
        write_string(out, name);
        out.push(':');
        write_string(out, decimal);
    }
    out.push_str("}}");
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
