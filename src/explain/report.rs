//! The JSON in which explanations leave the core, in the shape of the package's public type.

use alloc::format;
use alloc::string::String;

use super::{Explanation, Verdict};
use crate::json::canonical::write_string;
use crate::report::{write_object, write_rejection};

/// Appends `{ verdict, causes }`.
pub fn write_explanation(out: &mut String, explanation: &Explanation) {
    out.push_str("{\"verdict\":");
    write_verdict(out, &explanation.verdict);
    out.push_str(",\"causes\":[");
    for (index, cause) in explanation.causes.iter().enumerate() {
        out.push_str(if index > 0 { "," } else { "" });
        write_object(
            out,
            [
                ("code", cause.code.name()),
                ("certainty", cause.certainty.name()),
                ("message", &cause.message),
                ("fix", cause.fix),
            ],
        );
    }
    out.push_str("]}");
}

fn write_verdict(out: &mut String, verdict: &Verdict) {
    match verdict {
        Verdict::Accepted {
            id,
            timestamp,
            content_hash,
            key,
            key_id,
        } => {
            out.push_str("{\"ok\":true");
            if let Some(id) = id {
                out.push_str(",\"id\":");
                write_string(out, id);
            }
            if let Some(timestamp) = timestamp {
                out.push_str(&format!(",\"timestamp\":{timestamp}"));
            }
            if let Some(hash) = content_hash {
                out.push_str(&format!(",\"contentHash\":\"{hash}\""));
            }
            out.push_str(&format!(",\"key\":{{\"index\":{key}"));
            if let Some(id) = key_id {
                out.push_str(",\"id\":");
                write_string(out, id);
            }
            out.push_str("}}");
        }
        Verdict::Rejected(rejection) => write_rejection(out, rejection),
        Verdict::Misconfigured(error) => {
            out.push_str("{\"ok\":false,\"code\":");
            write_string(out, error.code());
            out.push_str(",\"message\":");
            write_string(out, &alloc::string::ToString::to_string(error));
            out.push('}');
        }
    }
}
