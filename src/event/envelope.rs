//! The envelope of every `tp-wallet` event: `type`, `timestamp`, `data`.

use crate::error::PayloadProblem;
use crate::event::data::{self, Findings, required};
use crate::event::model;
use crate::json::{Document, Fault, Value};
use crate::timestamp;

/// Checks a body: its envelope, and the data of a known type. Unknown members are allowed
/// everywhere.
#[inline(never)]
pub(super) fn check(document: &Document) -> Result<Option<Findings>, Fault> {
    let root = document.root();
    if !root.is_object() {
        let expected = "an object with type, timestamp and data";
        let actual = root.describe();
        return Err(PayloadProblem::Unexpected { expected, actual }.into());
    }
    let [kind, time, data] = root.pick(["type", "timestamp", "data"]);

    let expected = "a non-empty string";
    let kind = required("type", kind, expected)?;
    let text = kind.string().filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| unexpected("type", kind, expected))?;

    let expected = model::Kind::Timestamp.expected();
    let time = required("timestamp", time, expected)?;
    let instant = time.string();
    let instant = instant.ok_or_else(|| unexpected("timestamp", time, expected))?;
    timestamp::parse(&instant)
        .map_err(|error| Fault::from(PayloadProblem::value(&error)).within_name("timestamp"))?;

    let data = required("data", data, "an object")?;
    if !data.is_object() {
        return Err(unexpected("data", data, "an object"));
    }
    let Some((family, status)) = model::find(&text) else {
        return Ok(None);
    };
    data::check(family, status, data)
        .map(Some)
        .map_err(|fault| fault.within_name("data"))
}

fn unexpected(name: &str, value: Value, expected: &'static str) -> Fault {
    let actual = value.describe();
    Fault::from(PayloadProblem::Unexpected { expected, actual }).within_name(name)
}
