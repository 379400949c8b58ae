//! The JSON in which answers leave the core, in the shapes of the package's public types.

use alloc::string::{String, ToString};

use core::fmt::Write;

use crate::error::{ConfigError, Rejection};
use crate::event::{Content, Findings, Other};
use crate::json::write_string;
use crate::sign::Signed;
use crate::verify::Verifier;

/// Appends a refused callback.
pub fn write_rejection(out: &mut String, rejection: &Rejection) {
    let code = rejection.code();
    push(
        out,
        format_args!(
            "{{\"ok\":false,\"code\":\"{}\",\"status\":{}",
            code.name(),
            code.status()
        ),
    );
    let message = rejection.to_string();
    let texts = [
        (",\"message\":", Some(message.as_str())),
        (",\"header\":", rejection.header()),
        (",\"path\":", rejection.path()),
        (",\"keyId\":", rejection.key_id()),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            out.push_str(name);
            write_string(out, text);
        }
    }
    out.push('}');
}

/// A configuration that makes no sense.
#[must_use]
pub fn config_error(error: &ConfigError) -> String {
    let mut out = String::new();
    let message = error.to_string();
    write_object(&mut out, [("code", error.code()), ("message", &message)]);
    out
}

/// A text. It is written in one piece of memory, since it may be a key that is wiped later.
#[must_use]
pub fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len().saturating_add(2));
    write_string(&mut out, text);
    out
}

/// Names, as an array.
#[cfg(feature = "full")]
#[must_use]
pub fn names(names: &[String]) -> String {
    let mut out = String::from("[");
    for (index, name) in names.iter().enumerate() {
        out.push_str(if index > 0 { "," } else { "" });
        write_string(&mut out, name);
    }
    out.push(']');
    out
}

/// Appends what was found out about an event's data.
pub fn write_findings(out: &mut String, findings: &Findings) {
    out.push_str("{\"addressChecked\":");
    out.push_str(if findings.address_checked {
        "true"
    } else {
        "false"
    });
    out.push_str(",\"decimals\":");
    write_object(
        out,
        findings
            .decimals
            .iter()
            .map(|(name, text)| (*name, text.as_str())),
    );
    out.push('}');
}

/// Appends what another sender's callback is called, and what it holds where that is not its body.
pub fn write_other(out: &mut String, other: &Other) {
    out.push('{');
    let payload = match &other.payload {
        Content::Given(json) => Some(json.as_str()),
        _ => None,
    };
    let mut separate = "";
    for (name, text) in [("type", &other.kind), ("id", &other.id)] {
        if let Some(text) = text {
            push(out, format_args!("{separate}\"{name}\":"));
            write_string(out, text);
            separate = ",";
        }
    }
    if let Some(hash) = other.content_hash {
        let hash = hex::encode(hash);
        push(out, format_args!("{separate}\"contentHash\":\"{hash}\""));
        separate = ",";
    }
    if let Some(payload) = payload {
        push(out, format_args!("{separate}\"payload\":{payload}"));
    }
    out.push('}');
}

/// Appends what the package's own layers need to know of a verifier, as members.
pub fn write_verifier(out: &mut String, verifier: &Verifier) {
    let sender = verifier.sender();
    push(
        out,
        format_args!(
            "\"sender\":\"{}\",\"maxBodyBytes\":{},\"toleranceSeconds\":{},\"identifiesCallbacks\":{},\"headers\":[",
            sender.name(),
            verifier.max_body_bytes(),
            verifier.tolerance().seconds(),
            sender.identifies_callbacks(),
        ),
    );
    for (index, name) in sender.header_names().iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_string(out, name);
    }
    push(
        out,
        format_args!(
            "],\"reads\":{{\"method\":{},\"url\":{},\"allHeaders\":{}}},\"keyIds\":[",
            sender.reads_method(),
            sender.reads_url(),
            sender.reads_all_headers(),
        ),
    );
    for (index, id) in verifier.key_ids().enumerate() {
        if index > 0 {
            out.push(',');
        }
        match id {
            Some(id) => write_string(out, id),
            None => out.push_str("null"),
        }
    }
    out.push(']');
    if let Some(media_type) = sender.payload().media_type() {
        push(out, format_args!(",\"mediaType\":\"{media_type}\""));
    }
}

/// Appends a signed callback: its headers, and its body where that is another text than was given.
pub fn write_signed(out: &mut String, signed: &Signed) {
    out.push_str("{\"headers\":");
    let headers = signed.headers.iter();
    write_object(
        out,
        headers.map(|(name, value)| (name.as_str(), value.as_str())),
    );
    if let Some(body) = &signed.body {
        out.push_str(",\"body\":");
        write_string(out, body);
    }
    out.push('}');
}

/// Appends an admitted client.
pub fn write_client(out: &mut String, client: Option<&str>) {
    out.push_str("{\"ok\":true");
    if let Some(client) = client {
        out.push_str(",\"ip\":");
        write_string(out, client);
    }
    out.push('}');
}

/// Appends an object whose values are strings.
pub fn write_object<'t>(out: &mut String, members: impl IntoIterator<Item = (&'t str, &'t str)>) {
    out.push('{');
    write_members(out, members);
    out.push('}');
}

fn write_members<'t>(out: &mut String, members: impl IntoIterator<Item = (&'t str, &'t str)>) {
    for (index, (name, value)) in members.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_string(out, name);
        out.push(':');
        write_string(out, value);
    }
}

fn push(out: &mut String, arguments: core::fmt::Arguments) {
    // Writing to a string cannot fail.
    let _ = out.write_fmt(arguments);
}
