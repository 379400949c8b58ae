//! Callbacks of senders whose events are not known here.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::algorithm::sha256;
use crate::claim::Claim;
use crate::error::{PayloadProblem, Rejection};
use crate::event::{Content, Other, UnsafeNumbers, form};
use crate::json::de::joined;
use crate::json::{self, Document, Rules, Value};
use crate::sender::{Payload, Place};
use crate::timestamp::Unit;

/// Reads what the signature covers.
#[inline(never)]
pub(super) fn read(claim: &Claim, numbers: UnsafeNumbers) -> Result<Other, Rejection> {
    let sender = claim.sender();
    let is_form = is_form(claim);
    let needs_brackets = sender.needs_brackets() && !claim.is_query();
    if needs_brackets {
        require_brackets(claim.content())?;
    }
    let read = match claim.document() {
        Some(_) => None,
        None => match Document::read(claim.content(), Rules::Lenient) {
            Err(fault) if needs_brackets || !may_be_no_json(claim) => return Err(fault.into()),
            result => result.ok(),
        },
    };
    let document = claim.document().or(read.as_ref());
    let marked = match numbers {
        UnsafeNumbers::Number => None,
        _ => document.and_then(Document::marked),
    };
    let payload = match (str::from_utf8(claim.content()), marked) {
        _ if is_form => Content::Given(form::to_json(claim.content())?),
        (Err(_), _) => Content::Binary,
        (_, Some(json)) => Content::Marked(json),
        (Ok(text), _) if !claim.is_whole_body() => Content::Given(json::without_bom(text).into()),
        (Ok(""), _) => Content::Empty,
        _ if document.is_some() => Content::Json,
        _ => Content::Text,
    };
    let form = match &payload {
        Content::Given(json) if is_form => Some(Document::read(json.as_bytes(), Rules::Lenient)?),
        _ => None,
    };
    let root = form.as_ref().or(document).map(Document::root);
    let find = |place: &Option<Place>, read: fn(Value) -> Option<String>| match place.as_ref()? {
        Place::Member { path, fallback } => {
            let read_at = |path: &String| read(root?.at(path)?);
            read_at(path).or_else(|| read_at(fallback.as_ref()?))
        }
        Place::Header(name) if claim.leaves_out(name) => None,
        Place::Header(name) => {
            let value = claim.request().header(name)?;
            str::from_utf8(value).ok().map(String::from)
        }
    };
    let own_id = claim.id().map(String::from);
    let is_place_signed = match &sender.id {
        Some(Place::Header(name)) => claim.signs_header(name),
        Some(Place::Member { .. }) => true,
        None => false,
    };
    let kind = find(&sender.kind, text);
    let found_id = find(&sender.id, text_or_number);
    let has_id = found_id.as_ref().is_some_and(|id| !id.is_empty());
    Ok(Other {
        is_identified: own_id.is_some() || (sender.id_is_unique && is_place_signed && has_id),
        kind,
        id: own_id.or(found_id),
        payload,
        content_hash: content_hash(claim, document),
        signed_with: signed_with(claim),
    })
}

/// The SHA-256 of what is signed and the same in each try, so without the time; nothing if that is the body
/// itself. What is signed beside the content stands behind it, each after its length.
fn content_hash(claim: &Claim, document: Option<&Document>) -> Option<[u8; 32]> {
    let beside = claim.signed_beside();
    let mut pieces = lasting(claim, document);
    if claim.is_whole_body()
        && beside.is_empty()
        && pieces.len() == 1
        && !claim.sender().scheme().signs_other_bytes()
    {
        return None;
    }
    let lengths: Vec<[u8; 8]> = beside
        .iter()
        .map(|value| u64::try_from(value.len()).unwrap_or(u64::MAX).to_be_bytes())
        .collect();
    for (length, value) in lengths.iter().zip(&beside) {
        pieces.extend([length.as_slice(), value]);
    }
    Some(sha256::digest(&pieces))
}

/// The content in pieces, between which stand the values that change from one try to the next.
fn lasting<'c>(claim: &'c Claim, document: Option<&'c Document>) -> Vec<&'c [u8]> {
    let changing = &claim.sender().changes_on_retry;
    let (Some(document), false) = (document, changing.is_empty()) else {
        return Vec::from([claim.repeated()]);
    };
    let content = document.text().as_bytes();
    let mut pieces = Vec::new();
    let mut end = 0;
    loop {
        let spans = changing
            .iter()
            .filter_map(|path| Some(document.root().at(path)?.span()));
        // One inside of another has been left out with it.
        let behind = spans.filter(|span| span.start >= end);
        let Some(next) = behind.min_by_key(|span| span.start) else {
            pieces.extend(content.get(end..));
            return pieces;
        };
        pieces.extend(content.get(end..next.start));
        end = next.end;
    }
}

/// What tells two callbacks with the same content apart, beside the time in seconds.
fn signed_with(claim: &Claim) -> Option<String> {
    let (nonce, time) = claim.signed_once();
    let text = |bytes| str::from_utf8(bytes).ok();
    match (nonce.and_then(text), time.and_then(text)) {
        (Some(nonce), Some(time)) => Some(joined([nonce, time], " ")),
        (None, Some(_)) if claim.sender().unit() == Some(Unit::Seconds) => None,
        (one, other) => one.or(other).map(String::from),
    }
}

/// Refuses what is neither an object nor an array, if only brackets tell where the body starts or ends
/// among the signed bytes.
fn require_brackets(content: &[u8]) -> Result<(), Rejection> {
    let text = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    let first = text.iter().find(|byte| !b" \t\n\r".contains(byte));
    match first {
        Some(b'{' | b'[') => Ok(()),
        _ => Err(Rejection::MalformedPayload {
            path: String::new(),
            problem: PayloadProblem::Unexpected {
                expected: "an object or an array",
                actual: if content.is_empty() {
                    "nothing"
                } else {
                    "something else"
                },
            },
        }),
    }
}

/// Whether it is a form, as every query is.
fn is_form(claim: &Claim) -> bool {
    claim.is_query() || claim.sender().payload == Payload::Form
}

/// Whether the sender may send something other than JSON. What looks like JSON has to be JSON:
/// a lenient parser could accept it.
fn may_be_no_json(claim: &Claim) -> bool {
    let text = str::from_utf8(claim.content());
    let looks_like_json = |text| json::without_bom(text).trim_start().starts_with(['{', '[']);
    match claim.sender().payload {
        _ if is_form(claim) => true,
        _ if !claim.is_whole_body() => false,
        Payload::Any => !text.is_ok_and(looks_like_json),
        _ => text.is_err() || text == Ok(""),
    }
}

fn text(value: Value) -> Option<String> {
    value.string().map(Cow::into_owned)
}

/// A string, or the digits of a whole number as they are written.
fn text_or_number(value: Value) -> Option<String> {
    let is_digit = |byte: u8| byte.is_ascii_digit();
    let is_whole = value.is_number() && value.raw().bytes().all(is_digit);
    text(value).or_else(|| is_whole.then(|| value.raw().into()))
}
