//! The options of `verifyDappCallback`.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Deserialize;

use super::invalid;
use crate::dapp::answer::{Accepted, Named};
use crate::dapp::antelope;
use crate::dapp::callback::Judge;
use crate::dapp::payload::Payload;
use crate::dapp::record::{Expected, Record};
use crate::dapp::rejection::Rejection;
use crate::error::ConfigError;
use crate::freshness::Tolerance;
use crate::json::shapes::Apart;
use crate::options::read;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "what crosses apart has a name here and no value")]
struct CallbackOptions {
    /// The record of the request.
    expected: Record,
    /// What the wallet has posted.
    body: Option<Apart>,
    /// The URL that it called, which holds the answer where there is no body.
    url: Option<String>,
    /// The keys of the account's active and owner permissions, of an account on EOS.
    account_keys: Option<Vec<String>>,
    /// How far a login's timestamp may be from now, in seconds, 1 to 86,400. Default: 300.
    tolerance_seconds: Option<u64>,
    /// The clock.
    now: Option<Apart>,
}

/// Judges `body` as the text of the options says; where it is empty, the query of the URL. `now` is in
/// Unix seconds.
///
/// # Errors
/// The first option that is invalid. Whatever the body is, it has an answer.
pub fn callback(
    json: &[u8],
    body: &[u8],
    now: u64,
) -> Result<Result<Accepted, Rejection>, ConfigError> {
    read(json, |document| {
        let options: CallbackOptions = document.root().into()?;
        let expected = Expected::read(options.expected)?;
        let keys = options.account_keys.as_deref().map(account_keys);
        let keys = keys.transpose()?;
        let judge = Judge {
            expected: &expected,
            account_keys: keys.as_deref(),
            tolerance: tolerance(options.tolerance_seconds)?,
            now,
        };
        let answer = judge.judge(body, options.url.as_deref());
        Ok(answer.map(|answer| Accepted::new(&expected, answer)))
    })
}

fn tolerance(seconds: Option<u64>) -> Result<Tolerance, ConfigError> {
    seconds.map_or_else(|| Ok(Tolerance::default()), Tolerance::from_seconds)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct HandlerOptions {
    tolerance_seconds: Option<u64>,
}

/// Checks `{ toleranceSeconds? }`, for a handler that is to judge by it later.
///
/// # Errors
/// The first option that is invalid.
pub fn handler(json: &[u8]) -> Result<(), ConfigError> {
    read(json, |document| {
        let options: HandlerOptions = document.root().into()?;
        tolerance(options.tolerance_seconds).map(drop)
    })
}

/// Finds out which action an answer belongs to, from the body or the URL's query. An id that no record
/// can have is an unknown action.
///
/// # Errors
/// As [`Judge::judge`].
pub fn action_id(url: Option<&str>, body: &[u8]) -> Result<Named, Rejection> {
    Payload::read(body, url)?.named()
}

/// The keys that can sign here. An account's permissions may hold keys of other kinds too, which the
/// caller passes as they are.
fn account_keys(keys: &[String]) -> Result<Vec<&str>, ConfigError> {
    const OTHER_KINDS: [&str; 2] = ["PUB_R1_", "PUB_WA_"];
    let is_other = |key: &str| OTHER_KINDS.iter().any(|kind| key.starts_with(kind));
    let keys: Vec<_> = keys.iter().map(String::as_str).collect();
    let keys: Vec<_> = keys.into_iter().filter(|key| !is_other(key)).collect();
    if keys.iter().any(|key| antelope::key(key).is_none()) {
        let problem = "expected keys as EOS… or PUB_K1_…";
        return Err(invalid("accountKeys", problem));
    }
    Ok(keys)
}
