//! The options and the answer of `verifyDappCallback`.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{invalid, refused};
use crate::config::{document, integer, read, refuse_unknown, required, strings};
use crate::dapp::antelope;
use crate::dapp::callback::{Answer, Judge};
use crate::dapp::object::Object;
use crate::dapp::payload::Payload;
use crate::dapp::record::{Expected, is_action_id};
use crate::dapp::{Code, Refusal};
use crate::error::ConfigError;
use crate::freshness::Tolerance;
use crate::json::Value;

/// Judges `body` as `{ expected, accountKeys?, toleranceSeconds?, url? }` says; where the body is empty,
/// the query of `url`. The answer is `{ ok: true, action, actionId, outcome, authenticated, address?,
/// chain?, txId?, message?, advice? }` or `{ ok: false, code, message, path? }`. `now` is in Unix
/// seconds.
///
/// # Errors
/// The first option that makes no sense. Whatever the body is, it has an answer.
pub fn callback(json: &[u8], body: &[u8], now: u64) -> Result<String, ConfigError> {
    let document = document(json)?;
    let options = document.root();
    refuse_unknown(
        options,
        &["expected", "accountKeys", "toleranceSeconds", "url"],
    )?;
    let expected = Expected::read(required(options, "expected", "an object", Some)?)?;
    let keys = read(options, "accountKeys", "an array of strings", strings)?;
    let keys = keys.as_deref().map(account_keys).transpose()?;
    let tolerance = tolerance(options)?;
    let url = read(options, "url", "a string", Value::string)?;
    let judge = Judge {
        expected: &expected,
        account_keys: keys.as_deref(),
        tolerance,
        now,
    };
    Ok(match judge.judge(body, url.as_deref()) {
        Ok(answer) => accepted(&expected, &answer),
        Err(refusal) => refused(&refusal),
    })
}

fn tolerance(options: Value) -> Result<Tolerance, ConfigError> {
    match integer(options, "toleranceSeconds")? {
        Some(seconds) => Tolerance::from_seconds(seconds),
        None => Ok(Tolerance::default()),
    }
}

/// Checks `{ toleranceSeconds? }`, for a handler that is to judge by it later.
///
/// # Errors
/// The first option that makes no sense.
pub fn handler(json: &[u8]) -> Result<String, ConfigError> {
    let document = document(json)?;
    let options = document.root();
    refuse_unknown(options, &["toleranceSeconds"])?;
    tolerance(options)?;
    Ok("null".into())
}

/// Finds out which action an answer belongs to, from `{ url? }` and the body. The answer is
/// `{ ok: true, actionId }`, or a refusal as that of [`callback`]: an id that no record can have is an
/// unknown action.
///
/// # Errors
/// The first option that makes no sense.
pub fn action_id(json: &[u8], body: &[u8]) -> Result<String, ConfigError> {
    let document = document(json)?;
    let options = document.root();
    refuse_unknown(options, &["url"])?;
    let url = read(options, "url", "a string", Value::string)?;
    Ok(match Payload::read(body, url.as_deref()).and_then(named) {
        Ok(id) => {
            let mut object = Object::new();
            object.json("ok", "true");
            object.text("actionId", &id);
            object.finish()
        }
        Err(refusal) => refused(&refusal),
    })
}

/// The action that is named, as the record has it: a number comes back with `.0` behind it.
fn named(payload: Payload) -> Result<String, Refusal> {
    let id = payload.action_id.ok_or_else(|| {
        Refusal::new(Code::MalformedPayload, "expected an actionId, got nothing").at("actionId")
    })?;
    let number = id.strip_suffix(".0");
    let number = number.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let id = number.map(ToString::to_string).unwrap_or(id);
    if is_action_id(&id) {
        Ok(id)
    } else {
        Err(Refusal::new(Code::UnknownAction, "no such action").at("actionId"))
    }
}

/// The keys that can sign here. An account's permissions may hold keys of other kinds too, which the
/// caller passes as they are.
fn account_keys(keys: &[String]) -> Result<Vec<&str>, ConfigError> {
    const OTHER_KINDS: [&str; 2] = ["PUB_R1_", "PUB_WA_"];
    let is_other = |key: &str| OTHER_KINDS.iter().any(|kind| key.starts_with(kind));
    let keys: Vec<_> = keys.iter().map(String::as_str).collect();
    let keys: Vec<_> = keys.into_iter().filter(|key| !is_other(key)).collect();
    if keys.iter().any(|key| antelope::key(key).is_none()) {
        let problem = "expected keys as EOS… or PUB_K1_…, got another form";
        return Err(invalid("accountKeys", problem));
    }
    Ok(keys)
}

fn accepted(expected: &Expected, answer: &Answer) -> String {
    let mut object = Object::new();
    object.json("ok", "true");
    object.text("action", expected.action.name());
    object.text("actionId", &expected.action_id);
    object.text("outcome", answer.outcome.name());
    let authenticated = if answer.authenticated {
        "true"
    } else {
        "false"
    };
    object.json("authenticated", authenticated);
    object.maybe("address", answer.address.as_deref());
    object.maybe("chain", answer.chain.as_deref());
    object.maybe("txId", answer.transaction.as_deref());
    object.maybe("message", answer.message.as_deref());
    object.maybe("advice", answer.advice);
    object.finish()
}
