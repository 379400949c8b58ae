//! The envelope of every `tp-wallet` event: `type`, `timestamp`, `data`.

use crate::error::PayloadProblem;
use crate::event::data::{self, Findings};
use crate::event::model;
use crate::json::{Document, Fault, Value};
use crate::timestamp;

/// Checks a body: its envelope, and the data of a known type. Unknown members are allowed
/// everywhere.
pub(super) fn check(document: &Document) -> Result<Option<Findings>, Fault> {
    let root = document.root();
    if !root.is_object() {
        let expected = "an object with type, timestamp and data";
        let actual = root.describe();
        return Err(PayloadProblem::Unexpected { expected, actual }.into());
    }
    let kind = member(root, "type", "a non-empty string")?;
    let kind = kind.string().filter(|text| !text.is_empty());
    let kind = kind.ok_or_else(|| unexpected(root, "type", "a non-empty string"))?;

    let expected = model::Kind::Timestamp.expected();
    let time = member(root, "timestamp", expected)?.string();
    let time = time.ok_or_else(|| unexpected(root, "timestamp", expected))?;
    timestamp::parse(&time)
        .map_err(|error| Fault::from(PayloadProblem::value(&error)).within_name("timestamp"))?;

    let data = member(root, "data", "an object")?;
    if !data.is_object() {
        return Err(unexpected(root, "data", "an object"));
    }
    let Some((family, status)) = model::find(&kind) else {
        return Ok(None);
    };
    data::check(family, status, data)
        .map(Some)
        .map_err(|fault| fault.within_name("data"))
}

fn member<'d>(root: Value<'d>, name: &str, expected: &'static str) -> Result<Value<'d>, Fault> {
    let missing = || Fault::from(PayloadProblem::Missing { expected }).within_name(name);
    root.get(name).ok_or_else(missing)
}

fn unexpected(root: Value, name: &str, expected: &'static str) -> Fault {
    let actual = root.get(name).map_or("nothing", Value::describe);
    Fault::from(PayloadProblem::Unexpected { expected, actual }).within_name(name)
}
