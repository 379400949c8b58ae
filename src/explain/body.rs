//! What the sender may have signed in place of the body that arrived.

use core::ops::ControlFlow;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::cause::{CauseCode, Finding};
use super::format::Format;
use super::proof::Bodies;
use super::text::{base64_decode, from_latin1, replace, to_latin1};
use super::{form, respelt};
use crate::json::{Document, Rules, Value, write_string};
use crate::url::{self, Escape};

/// The longest body that is decompressed, in bytes.
const MAX_INFLATED: usize = 1 << 21;

/// What it costs to read a body as JSON, in passes over it.
const READING: usize = 56;

/// What it costs to make a group of candidates, in passes over the body.
const MAKING: usize = 16;

const MARK: &[u8] = b"\xef\xbb\xbf";

/// Visits one candidate after another, the most common first, until the visitor stops.
pub(super) fn visit(body: &[u8], bodies: &mut Bodies) -> ControlFlow<()> {
    let text = body.strip_prefix(MARK).unwrap_or(body);
    let document = read(text, bodies);
    ends(body, bodies)?;
    for group in [line_breaks, decoded] {
        if bodies.afford(MAKING) {
            group(body, bodies)?;
        }
    }
    if let Some(document) = &document {
        formats(document, bodies)?;
        values(document.root(), bodies)?;
    }
    for group in [charsets, forms, form::visit] {
        if bodies.afford(MAKING) {
            group(body, bodies)?;
        }
    }
    if let Some(document) = &document {
        respelt::visit(document, bodies)?;
    } else if let Some(list) = read(&[b"[", body, b"]"].concat(), bodies) {
        values(list.root(), bodies)?;
    }
    ControlFlow::Continue(())
}

fn ends(body: &[u8], bodies: &mut Bodies) -> ControlFlow<()> {
    const LOST: &str = "it was signed with a line break at its end, and came without";
    const ADDED: &str = "it came with white space at its end that was not signed";
    const TRIMMED: &str = "it came with white space around it that was not signed";
    let new = |evidence| Finding::new(CauseCode::BodyNewline, evidence);
    bodies.visit(new(LOST), [body, b"\n"].concat())?;
    bodies.visit(new(LOST), [body, b"\r\n"].concat())?;
    if let Some(shorter) = body.strip_suffix(b"\n") {
        bodies.visit(new(ADDED), shorter.to_vec())?;
    }
    bodies.visit(new(ADDED), body.trim_ascii_end().to_vec())?;
    bodies.visit(new(TRIMMED), body.trim_ascii().to_vec())
}

fn formats(document: &Document, bodies: &mut Bodies) -> ControlFlow<()> {
    let text = document.root().raw();
    for format in Format::all(text) {
        if !bodies.afford(format.passes()) {
            continue;
        }
        let mut written = format.write(document).into_bytes();
        let found = format.describe();
        let new = |behind| Finding::new(CauseCode::BodyReserialized, format!("{found}{behind}"));
        bodies.visit(new(""), written.clone())?;
        written.push(b'\n');
        bodies.visit(new(", and with a line break at its end"), written)?;
    }
    if text == "{}" || text == "null" {
        let evidence = "an empty body was signed, such as that of a GET";
        bodies.visit(
            Finding::new(CauseCode::BodyReserialized, evidence),
            Vec::new(),
        )?;
    }
    ControlFlow::Continue(())
}

fn line_breaks(body: &[u8], bodies: &mut Bodies) -> ControlFlow<()> {
    let new = |evidence| Finding::new(CauseCode::BodyLineBreaks, evidence);
    let unix = replace(body, b"\r\n", b"\n");
    let windows = replace(&unix, b"\n", b"\r\n");
    bodies.visit(new("they were \\n and came as \\r\\n"), unix)?;
    bodies.visit(new("they were \\r\\n and came as \\n"), windows)?;
    let new = |evidence| Finding::new(CauseCode::BodyByteOrderMark, evidence);
    match body.strip_prefix(MARK) {
        Some(without) => bodies.visit(
            new("it was signed without and came with one"),
            without.to_vec(),
        ),
        None => bodies.visit(
            new("it was signed with one and came without"),
            [MARK, body].concat(),
        ),
    }
}

fn charsets(body: &[u8], bodies: &mut Bodies) -> ControlFlow<()> {
    const DECODED: &str = "it was signed in Latin-1 and came in UTF-8";
    const TWICE: &str = "its UTF-8 was taken for Latin-1 and encoded a second time";
    const ENCODED: &str = "it was signed in UTF-8 and came in Latin-1";
    if body.is_ascii() {
        return ControlFlow::Continue(());
    }
    let new = |evidence| Finding::new(CauseCode::BodyCharset, evidence);
    for windows in [false, true] {
        if let Some(bytes) = str::from_utf8(body)
            .ok()
            .and_then(|text| to_latin1(text, windows))
        {
            let twice = str::from_utf8(&bytes).is_ok();
            bodies.visit(new(if twice { TWICE } else { DECODED }), bytes)?;
        }
        bodies.visit(new(ENCODED), from_latin1(body, windows).into_bytes())?;
    }
    ControlFlow::Continue(())
}

fn decoded(body: &[u8], bodies: &mut Bodies) -> ControlFlow<()> {
    if let Some(inflated) = inflate(body) {
        bodies.visit(Finding::new(CauseCode::BodyCompressed, ""), inflated)?;
    }
    if let Some(bytes) = base64_decode(body.trim_ascii()).filter(|bytes| !bytes.is_empty()) {
        bodies.visit(Finding::new(CauseCode::BodyBase64, ""), bytes)?;
    }
    let new = |evidence| Finding::new(CauseCode::BodyDoubleEncoded, evidence);
    if let Ok(text) = str::from_utf8(body) {
        let mut out = String::with_capacity(body.len());
        write_string(&mut out, text);
        let evidence = "what was signed is a JSON string that holds it";
        bodies.visit(new(evidence), out.into_bytes())?;
    }
    ControlFlow::Continue(())
}

fn forms(body: &[u8], bodies: &mut Bodies) -> ControlFlow<()> {
    const DECODED: &str = "it was signed URL-encoded";
    const ENCODED: &str = "it was signed before it was URL-encoded";
    const NAME: &str = "it was taken for a form that has it as a name";
    let new = |evidence| Finding::new(CauseCode::BodyForm, evidence);
    for form in [Escape::Form, Escape::Component] {
        if let Some(plain) = url::unescape(body, form) {
            if let Some(name) = plain.strip_suffix(b"=") {
                bodies.visit(new(NAME), name.to_vec())?;
            }
            if let Some(value) = plain.strip_prefix(b"payload=") {
                bodies.visit(
                    new("the value of the form's member payload was signed"),
                    value.to_vec(),
                )?;
            }
            bodies.visit(new(ENCODED), plain)?;
        }
        let encoded = url::escape(body, form).into_bytes();
        bodies.visit(
            new("the form that holds it as its member payload was signed"),
            [b"payload=", encoded.as_slice()].concat(),
        )?;
        bodies.visit(new(DECODED), encoded)?;
    }
    ControlFlow::Continue(())
}

/// What a JSON value may have been made of: a text, a form, bytes.
fn values(root: Value, bodies: &mut Bodies) -> ControlFlow<()> {
    const QUOTED: &str = "it is a JSON string that holds what was signed";
    if let Some(text) = root.string() {
        let finding = Finding::new(CauseCode::BodyDoubleEncoded, QUOTED);
        bodies.visit(finding, text.into_owned().into_bytes())?;
    }
    form::visit_object(root, bodies)?;
    // `{"type":"Buffer","data":[1,2]}`, `{"0":1,"1":2}` or `[1,2]`.
    let byte = |value: Value| u8::try_from(value.integer()?).ok();
    let bytes: Option<Vec<u8>> = match root.get("data").unwrap_or(root) {
        list if list.is_array() => list.elements().map(byte).collect(),
        _ => root.members().map(|(_, value)| byte(value)).collect(),
    };
    match bytes.filter(|bytes| !bytes.is_empty()) {
        Some(bytes) => bodies.visit(Finding::new(CauseCode::BodyBytesAsText, ""), bytes),
        None => ControlFlow::Continue(()),
    }
}

/// What is in a gzip or zlib stream (RFC 1952, RFC 1950).
fn inflate(body: &[u8]) -> Option<Vec<u8>> {
    use miniz_oxide::inflate::{decompress_to_vec_with_limit, decompress_to_vec_zlib_with_limit};
    match body {
        [0x1f, 0x8b, 8, ..] => decompress_to_vec_with_limit(gzip_data(body)?, MAX_INFLATED).ok(),
        [first, ..] if first & 0xf == 8 => {
            decompress_to_vec_zlib_with_limit(body, MAX_INFLATED).ok()
        }
        _ => None,
    }
}

/// What follows the header of a gzip member (RFC 1952, section 2.3).
fn gzip_data(body: &[u8]) -> Option<&[u8]> {
    let (header, mut rest) = body.split_at_checked(10)?;
    let flags = *header.get(3)?;
    let has = |flag: u8| flags & flag != 0;
    if has(4) {
        let (length, behind) = rest.split_first_chunk::<2>()?;
        rest = behind.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    for _ in 0..[8, 16].into_iter().filter(|flag| has(*flag)).count() {
        let end = rest.iter().position(|byte| *byte == 0)?;
        rest = rest.get(end.checked_add(1)?..)?;
    }
    if has(2) {
        rest = rest.get(2..)?;
    }
    Some(rest)
}

/// A body as JSON, if it is JSON and the budget allows reading it.
fn read<'b>(body: &'b [u8], bodies: &mut Bodies) -> Option<Document<'b>> {
    let document = || Document::read(body, Rules::Unique).ok();
    bodies.afford(READING).then(document)?
}
