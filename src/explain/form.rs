//! Forms as the libraries of other languages write them.

use core::ops::ControlFlow;

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::cause::{CauseCode, Finding};
use super::proof::Bodies;
use crate::json::Value;
use crate::url;

/// Names and values.
pub(super) type Fields = Vec<(String, String)>;

/// How names and values are written.
struct Style {
    /// Who writes them so.
    name: &'static str,
    /// Beside letters and digits, what stands for itself.
    kept: &'static str,
    space: &'static str,
}

const STYLES: [Style; 7] = [
    Style {
        name: "PHP's http_build_query",
        kept: "-_.",
        space: "+",
    },
    Style {
        name: "URLSearchParams and Java's URLEncoder",
        kept: "*-._",
        space: "+",
    },
    Style {
        name: "encodeURIComponent and Node's querystring",
        kept: "-_.!~*'()",
        space: "%20",
    },
    Style {
        name: "qs and PHP's rawurlencode",
        kept: "-_.~",
        space: "%20",
    },
    Style {
        name: "Python's urlencode and Go's url.Values",
        kept: "-_.~",
        space: "+",
    },
    Style {
        name: ".NET's HttpUtility",
        kept: "-_.!*()",
        space: "+",
    },
    Style {
        name: "qs as RFC 1738",
        kept: "-_.~()",
        space: "+",
    },
];

/// What it costs to write a form, in passes over it.
const WRITING: usize = 4;

/// Visits a form in every other style.
pub(super) fn visit(body: &[u8], bodies: &mut Bodies) -> ControlFlow<()> {
    if !body.contains(&b'=') {
        return ControlFlow::Continue(());
    }
    let fields: Fields = url::form_fields(body, url::decode_leniently).collect();
    styles(fields, "it was signed", bodies)
}

/// Visits an object of scalar values as a form.
pub(super) fn visit_object(object: Value, bodies: &mut Bodies) -> ControlFlow<()> {
    const PARSED: &str = "it was parsed and written as JSON, and signed as a form";
    let field = |(name, value): (Value, Value)| {
        let scalar = !value.is_object() && !value.is_array();
        let value = scalar.then(|| value.string().unwrap_or(Cow::Borrowed(value.raw())))?;
        Some((name.string()?.into_owned(), value.into_owned()))
    };
    match object.members().map(field).collect::<Option<Fields>>() {
        Some(fields) if !fields.is_empty() => styles(fields, PARSED, bodies),
        _ => ControlFlow::Continue(()),
    }
}

fn styles(fields: Fields, was: &str, bodies: &mut Bodies) -> ControlFlow<()> {
    each_style(fields, &mut |style, write| {
        if !bodies.afford(WRITING) {
            return ControlFlow::Break(());
        }
        let finding = Finding::new(CauseCode::BodyForm, format!("{was} as {style}"));
        bodies.visit(finding, write())
    })
}

/// Writes the fields.
type Write<'w> = &'w dyn Fn() -> Vec<u8>;

/// Visits every style, by its name and with what writes the fields in it, until the visitor stops.
pub(super) fn each_style(
    mut fields: Fields,
    visit: &mut dyn FnMut(String, Write) -> ControlFlow<()>,
) -> ControlFlow<()> {
    for sorted in ["", ", with its fields sorted"] {
        for style in &STYLES {
            for (upper, digits) in [(true, ""), (false, ", with lower-case digits")] {
                for (kept, brackets) in [("", ""), ("[]", ", with brackets as they are")] {
                    let name = style.name;
                    let name = format!("{name} would write it{digits}{brackets}{sorted}");
                    visit(name, &|| style.write(&fields, kept, upper))?;
                }
            }
        }
        fields.sort();
    }
    ControlFlow::Continue(())
}

impl Style {
    fn write(&self, fields: &Fields, also_kept: &str, upper: bool) -> Vec<u8> {
        let mut out = String::new();
        for (name, value) in fields {
            if !out.is_empty() {
                out.push('&');
            }
            self.escape(&mut out, name, also_kept, upper);
            out.push('=');
            self.escape(&mut out, value, "", upper);
        }
        out.into_bytes()
    }

    fn escape(&self, out: &mut String, text: &str, also_kept: &str, upper: bool) {
        for byte in text.bytes() {
            let character = char::from(byte);
            match character {
                ' ' => out.push_str(self.space),
                _ if byte.is_ascii_alphanumeric()
                    || self.kept.contains(character)
                    || also_kept.contains(character) =>
                {
                    out.push(character);
                }
                _ if upper => out.push_str(&format!("%{byte:02X}")),
                _ => out.push_str(&format!("%{byte:02x}")),
            }
        }
    }
}
