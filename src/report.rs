//! The JSON in which a verdict leaves the core. Its shape is the result of `verify` in the package's
//! public types.

use std::fmt::Write;

use crate::error::Rejection;
use crate::json::write_string;
use crate::key::Keys;
use crate::verify::Accepted;

/// Appends an accepted callback.
pub fn write_accepted(out: &mut String, accepted: &Accepted, keys: &Keys) {
    out.push_str("{\"ok\":true,\"id\":");
    write_string(out, accepted.id());
    let key = accepted.key();
    push(
        out,
        format_args!(
            ",\"timestamp\":{},\"key\":{{\"index\":{key}",
            accepted.timestamp()
        ),
    );
    if let Some(id) = keys.id(key) {
        out.push_str(",\"id\":");
        write_string(out, id);
    }
    out.push_str("},\"event\":");
    accepted.event().write_json(out);
    out.push('}');
}

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
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            out.push_str(name);
            write_string(out, text);
        }
    }
    out.push('}');
}

fn push(out: &mut String, arguments: std::fmt::Arguments) {
    // Writing to a string cannot fail.
    let _ = out.write_fmt(arguments);
}
