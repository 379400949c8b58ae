//! The envelope of every `tp-wallet` event: `type`, `timestamp`, `data`.

use alloc::borrow::ToOwned;

use crate::error::{PayloadProblem, Rejection};
use crate::event::timestamp;
use crate::json::{Document, Integers, Value};

/// Checks a body. Members that the format does not name may stand in it.
pub(super) fn check(body: &[u8]) -> Result<(), Rejection> {
    let document = Document::read(body, Integers::Exact)?;
    let root = document.root();
    if !root.is_object() {
        return Err(unexpected(
            "",
            "an object with type, timestamp and data",
            root,
        ));
    }
    member(root, "type", "a non-empty string", |value| {
        value.string().is_some_and(|text| !text.is_empty())
    })?;
    member(root, "timestamp", "an rfc 3339 date and time", |value| {
        value
            .string()
            .is_some_and(|text| timestamp::parse(&text).is_ok())
    })?;
    member(root, "data", "an object", |value| value.is_object())
}

fn member(
    root: Value,
    name: &'static str,
    expected: &'static str,
    holds: impl Fn(Value) -> bool,
) -> Result<(), Rejection> {
    match root.get(name) {
        Some(value) if holds(value) => Ok(()),
        Some(value) => Err(unexpected(name, expected, value)),
        None => Err(Rejection::MalformedPayload {
            path: name.to_owned(),
            problem: PayloadProblem::Missing { expected },
        }),
    }
}

fn unexpected(path: &str, expected: &'static str, value: Value) -> Rejection {
    Rejection::MalformedPayload {
        path: path.to_owned(),
        problem: PayloadProblem::Unexpected {
            expected,
            actual: value.describe(),
        },
    }
}
