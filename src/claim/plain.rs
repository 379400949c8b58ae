//! What a descriptor says, applied to a request.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::form::{self, token};
use super::{Claim, MAX_SIGNATURES, Signature, malformed};
use crate::error::{HeaderProblem, Location, Rejection};
use crate::request::Request;
use crate::sender::template::{End, Part, Template};
use crate::sender::{HeaderSet, METHOD, Sender, SignatureForm, URL};

/// Reads the headers of a sender that signs the body's own bytes.
pub(super) fn read<'a>(request: &Request<'a>, sender: &'a Sender) -> Result<Claim<'a>, Rejection> {
    read_over(request, sender, Cow::Borrowed(request.body), as_it_is)
}

/// What takes the signatures from their header.
type Unwrap = fn(&[u8]) -> Result<Cow<'_, [u8]>, HeaderProblem>;

/// The header holds nothing else.
pub(super) fn as_it_is(value: &[u8]) -> Result<Cow<'_, [u8]>, HeaderProblem> {
    Ok(Cow::Borrowed(value))
}

/// Reads the headers of a sender for which `content` is signed in the body's place, and whose
/// signatures are what `unwrap` takes from their header.
pub(super) fn read_over<'a>(
    request: &Request<'a>,
    sender: &'a Sender,
    content: Cow<'a, [u8]>,
    unwrap: Unwrap,
) -> Result<Claim<'a>, Rejection> {
    let headers = choose_headers(request, sender)?;
    let require = |name: &'a Option<String>| match name {
        Some(name) => request.require_header(name).map(Some),
        None => Ok(None),
    };
    let id = require(&headers.id)?;
    let mut time = require(&headers.timestamp)?;
    let signature = request.require_header(&headers.signature)?;
    let nonce = require(&headers.nonce)?;
    let key_id = require(&headers.key_id)?;
    check_expected(request, sender)?;
    let time_header = headers.timestamp.as_ref().unwrap_or(&headers.signature);
    if let Some(label) = &sender.signature.timestamp_label {
        let found = labelled_time(signature, &sender.signature, label);
        time = Some(found.map_err(malformed(time_header))?);
    }

    let template = choose_template(request, sender)?;
    let mut signed = Vec::with_capacity(8);
    let mut parsed_id = None;
    let mut bounded = true;
    for (part, end) in template.with_ends() {
        let follows_text = !core::mem::replace(&mut bounded, matches!(part, Part::Literal(_)));
        let value = match part {
            Part::Literal(text) => text.as_bytes(),
            Part::Body => {
                signed.push(content.clone());
                continue;
            }
            Part::Id => {
                let name = headers.id.as_deref().unwrap_or_default();
                let text = token(id.unwrap_or_default(), end).map_err(malformed(name))?;
                parsed_id = Some(text);
                text.as_bytes()
            }
            // A zero in front could be the last byte of what stands before the time.
            Part::Timestamp => match time {
                Some([b'0', _, ..]) if follows_text => {
                    return Err(malformed(time_header)(HeaderProblem::LeadingZero));
                }
                time => time.unwrap_or_default(),
            },
            Part::Nonce => {
                let name = headers.nonce.as_deref().unwrap_or_default();
                required_token(nonce.unwrap_or_default(), end, name)?
            }
            Part::KeyId => {
                let name = headers.key_id.as_deref().unwrap_or_default();
                required_token(key_id.unwrap_or_default(), end, name)?
            }
            Part::Header(name) => {
                let value = request.require_header(name)?;
                form::text(value, end).map_err(malformed(name))?.as_bytes()
            }
            Part::Method => required_token(request.require_header(METHOD)?, end, METHOD)?,
            Part::Url => request.require_header(URL)?,
            Part::Path => split_url(request.require_header(URL)?).0,
            Part::Query => split_url(request.require_header(URL)?).1,
        };
        signed.push(Cow::Borrowed(value));
    }
    let timestamp = match (&sender.timestamp, time) {
        (Some(form), Some(text)) => {
            let time = form::time_from_text(text, form.unit);
            Some(time.map_err(malformed(time_header))?)
        }
        _ => None,
    };
    let key_id = match (key_id, &headers.key_id) {
        (Some(value), Some(name)) => {
            let text = token(value, End::Free).map_err(malformed(name))?;
            Some(Cow::Borrowed(text))
        }
        _ => None,
    };
    let signatures = unwrap(signature).and_then(|value| signatures(&value, &sender.signature));
    Ok(Claim {
        sender,
        headers: Some(headers),
        id: parsed_id,
        timestamp,
        key_id,
        signatures: signatures.map_err(malformed(&headers.signature))?,
        signed,
        content,
        request: *request,
    })
}

/// The first set whose signature is there; the first of all where none is. Of several with that
/// signature, the first that is complete.
fn choose_headers<'a>(request: &Request, sender: &'a Sender) -> Result<&'a HeaderSet, Rejection> {
    let is_there = |name: &str| request.header(name).is_some();
    let is_complete = |set: &HeaderSet| {
        let optional = [&set.timestamp, &set.id, &set.nonce, &set.key_id];
        optional.into_iter().flatten().all(|name| is_there(name))
    };
    let sets = &sender.header_sets;
    let first = sets.iter().find(|set| is_there(&set.signature));
    let mut same = sets
        .iter()
        .filter(|set| first.is_some_and(|first| first.signature == set.signature));
    match same.find(|set| is_complete(set)).or(first).or(sets.first()) {
        Some(set) => Ok(set),
        None => unreachable!("a descriptor with a header has a set of them"),
    }
}

fn check_expected(request: &Request, sender: &Sender) -> Result<(), Rejection> {
    for (name, value) in &sender.expected {
        if request.require_header(name)? != value.as_bytes() {
            return Err(Rejection::UnsupportedSignature {
                location: Location::Header(name.clone()),
            });
        }
    }
    Ok(())
}

/// What is signed: for a GET it may be another text, and nothing speaks for a body then.
fn choose_template<'a>(request: &Request, sender: &'a Sender) -> Result<&'a Template, Rejection> {
    let Some(template) = &sender.signed_on_get else {
        return Ok(&sender.signed);
    };
    match request.header(METHOD) {
        Some(b"GET") if request.body.is_empty() => Ok(template),
        Some(b"GET") => Err(Rejection::SignatureMismatch {
            location: Location::Member(String::new()),
        }),
        _ => Ok(&sender.signed),
    }
}

fn required_token<'a>(value: &'a [u8], end: End, header: &str) -> Result<&'a [u8], Rejection> {
    let text = token(value, end).map_err(malformed(header))?;
    Ok(text.as_bytes())
}

/// The path and the query of a URL, absolute or not.
fn split_url(url: &[u8]) -> (&[u8], &[u8]) {
    let url = url.split(|byte| *byte == b'#').next().unwrap_or_default();
    let mut halves = url.splitn(2, |byte| *byte == b'?');
    let before = halves.next().unwrap_or_default();
    let query = halves.next().unwrap_or_default();
    let scheme = before.windows(3).position(|part| part == b"://");
    let authority = scheme.and_then(|at| before.get(at.saturating_add(3)..));
    let path = match authority {
        Some(rest) => {
            let slash = rest.iter().position(|byte| *byte == b'/');
            slash.and_then(|at| rest.get(at..)).unwrap_or(b"/")
        }
        None => before,
    };
    (path, query)
}

/// An entry of a list: its label and its value.
pub(super) struct Entry<'v> {
    pub(super) label: &'v [u8],
    pub(super) value: &'v [u8],
}

/// The entries of a list, at most [`MAX_SIGNATURES`] and one that holds the time.
pub(super) fn entries<'v>(
    value: &'v [u8],
    form: &SignatureForm,
) -> impl Iterator<Item = Result<Entry<'v>, HeaderProblem>> {
    let limit = MAX_SIGNATURES.saturating_add(usize::from(form.timestamp_label.is_some()));
    let (separator, assign) = (form.separator, form.assign);
    let entries = value.split(move |byte| *byte == separator).enumerate();
    entries.map(move |(index, entry)| {
        if index >= limit {
            return Err(HeaderProblem::TooManySignatures {
                limit: MAX_SIGNATURES,
            });
        }
        // A list with commas may have a space behind each (RFC 9110, section 5.6.1).
        let entry = match entry {
            [b' ', rest @ ..] if separator == b',' && index > 0 => rest,
            entry => entry,
        };
        let mut halves = entry.splitn(2, |byte| *byte == assign);
        match (halves.next(), halves.next()) {
            (Some(label), Some(value))
                if !label.is_empty()
                    && !value.is_empty()
                    && label.iter().all(u8::is_ascii_alphanumeric)
                    && (assign != b',' || !value.contains(&assign)) =>
            {
                Ok(Entry { label, value })
            }
            _ => Err(HeaderProblem::SignatureEntry { separator, assign }),
        }
    })
}

/// The value of the one entry that holds the time.
fn labelled_time<'v>(
    value: &'v [u8],
    form: &SignatureForm,
    label: &str,
) -> Result<&'v [u8], HeaderProblem> {
    let mut found = None;
    for entry in entries(value, form) {
        let entry = entry?;
        if entry.label == label.as_bytes() && found.replace(entry.value).is_some() {
            return Err(HeaderProblem::OneTimestamp);
        }
    }
    found.ok_or(HeaderProblem::OneTimestamp)
}

/// The signatures in a header's value. Those with another label are left out: senders grow.
fn signatures(value: &[u8], form: &SignatureForm) -> Result<Vec<Signature>, HeaderProblem> {
    let decode = |text, algorithm| {
        let bytes = form::signature(text, form.encoding, algorithm)?;
        Ok(Signature { algorithm, bytes })
    };
    let mut signatures = Vec::with_capacity(1);
    if !form.labelled {
        let text = value.strip_prefix(form.prefix.as_bytes());
        let text = text.ok_or(HeaderProblem::SignaturePrefix)?;
        for (_, algorithm) in &form.algorithms {
            signatures.push(decode(text, *algorithm)?);
        }
        return Ok(signatures);
    }
    for entry in entries(value, form) {
        let Entry { label, value } = entry?;
        let mut algorithms = form.algorithms.iter();
        if let Some((_, algorithm)) = algorithms.find(|(other, _)| other.as_bytes() == label) {
            signatures.push(decode(value, *algorithm)?);
        }
    }
    Ok(signatures)
}
