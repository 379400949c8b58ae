//! Callbacks of senders whose events are not known here.

use alloc::borrow::Cow;
use alloc::string::String;

use crate::algorithm::sha256;
use crate::claim::Claim;
use crate::error::Rejection;
use crate::event::{Content, Other, form};
use crate::json::{Document, Integers, Value};
use crate::sender::{Payload, Place};

/// Reads what the signature covers.
pub(super) fn read(claim: &Claim) -> Result<Other, Rejection> {
    let sender = claim.sender();
    let read = match claim.document() {
        Some(_) => None,
        None => match Document::read(claim.content(), Integers::Any) {
            Err(fault) if !may_be_no_json(claim) => return Err(fault.into()),
            result => result.ok(),
        },
    };
    let document = claim.document().or(read.as_ref());
    let payload = match str::from_utf8(claim.content()) {
        Err(_) => Content::Binary,
        Ok(text) if sender.payload == Payload::Form => Content::Given(form::to_json(text)?),
        Ok(text) if !claim.is_whole_body() => Content::Given(text.into()),
        Ok("") => Content::Empty,
        Ok(_) if document.is_some() => Content::Json,
        Ok(_) => Content::Text,
    };
    let form = match &payload {
        Content::Given(json) if sender.payload == Payload::Form => {
            Some(Document::read(json.as_bytes(), Integers::Any)?)
        }
        _ => None,
    };
    let root = form.as_ref().or(document).map(Document::root);
    let find = |place: &Option<Place>, read: fn(Value) -> Option<String>| match place.as_ref()? {
        Place::Member(path) => read(root?.at(path)?),
        Place::Header(name) => {
            let value = claim.request().header(name)?;
            str::from_utf8(value).ok().map(String::from)
        }
    };
    let own_id = claim.id().map(String::from);
    let is_in_member = matches!(sender.id, Some(Place::Member(_)));
    let kind = find(&sender.kind, text);
    let found_id = find(&sender.id, text_or_number);
    Ok(Other {
        kind,
        is_id_signed: own_id.is_some() || (is_in_member && found_id.is_some()),
        id: own_id.or(found_id),
        payload,
        content_hash: sender
            .scheme
            .signs_other_bytes()
            .then(|| sha256::digest(&claim.signed_bytes())),
    })
}

/// Whether the sender may send something other than JSON. What looks like JSON has to be JSON:
/// a lenient parser could accept it.
fn may_be_no_json(claim: &Claim) -> bool {
    let text = str::from_utf8(claim.content());
    let looks_like_json = |text: &str| text.trim_start().starts_with(['{', '[']);
    match claim.sender().payload {
        Payload::Form => text.is_ok(),
        _ if !claim.is_whole_body() => false,
        Payload::Any => !text.is_ok_and(looks_like_json),
        _ => text.is_err() || text == Ok(""),
    }
}

fn text(value: Value) -> Option<String> {
    value.string().map(Cow::into_owned)
}

/// A string, or a whole number as it is written.
fn text_or_number(value: Value) -> Option<String> {
    text(value).or_else(|| value.integer().map(|_| value.raw().into()))
}
