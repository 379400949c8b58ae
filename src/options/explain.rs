//! The options of `explain` and `detect`.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Deserialize;

use super::{GivenKeys, SenderOption, read};
use crate::error::ConfigError;
use crate::explain::{self, Explanation};
use crate::freshness::Tolerance;
use crate::json::shapes::{Apart, Entries};
use crate::request::Request;
use crate::sender::{self, Sender};
use crate::verify;

/// The most that explaining one callback may cost, in milliseconds.
const MAX_BUDGET: u64 = 60_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "what crosses apart has a name here and no value")]
struct ExplainOptions {
    /// All headers of the callback.
    #[serde(default)]
    headers: Entries<String, String>,
    /// The callback's body.
    body: Option<Apart>,
    /// The keys that were expected to verify it, with all that may be wrong with them.
    keys: Option<Apart>,
    /// Whose callback. Default: `"tp-wallet"`, and every sender whose headers are there.
    sender: Option<SenderOption>,
    /// The request's method.
    method: Option<String>,
    /// The URL that was called. Without `registered_url`, it counts as the registered one, too.
    url: Option<String>,
    /// The URL that is registered with the sender.
    registered_url: Option<String>,
    /// The id of the sender's client that the verifier is given. Default: none, and any is right.
    client_id: Option<String>,
    /// Whether the verifier takes callbacks of `coinbase-cdp` that sign no header. Default: false.
    #[serde(default)]
    dangerously_allow_unsigned_headers: bool,
    /// Whether the verifier takes callbacks whose URL is not signed. Default: false.
    #[serde(default)]
    dangerously_allow_unsigned_url: bool,
    /// The client's address.
    ip: Option<String>,
    /// When it arrived.
    now: Option<Apart>,
    /// How far its timestamp may be from that, in seconds. Default: the sender's own, or else 300.
    tolerance_seconds: Option<u64>,
    /// The longest body that the verifier takes, in bytes. Default: 1 MiB.
    max_body_bytes: Option<u64>,
    /// How much may be tried, as the work of so many milliseconds on a server, 1 to 60000. Default: 250.
    budget_milliseconds: Option<u64>,
}

/// Says why a callback does not verify, from the text of the options. `now` is in Unix seconds.
///
/// # Errors
/// The first option that is invalid. An invalid key is explained.
pub fn explain(
    json: &[u8],
    keys: GivenKeys,
    body: &[u8],
    now: u64,
) -> Result<Explanation, ConfigError> {
    read(json, |document| {
        let options: ExplainOptions = document.root().into()?;
        let named = match options.sender {
            None => None,
            named => {
                let mut sender = SenderOption::resolve(named)?;
                sender.allows_unsigned_headers = options.dangerously_allow_unsigned_headers;
                sender.allows_unsigned_url = options.dangerously_allow_unsigned_url;
                Some(sender)
            }
        };
        let headers = options.headers.0.iter();
        let headers: Vec<_> = headers
            .map(|(name, value)| (name.as_str(), value.as_bytes()))
            .collect();
        let tolerance = options.tolerance_seconds.map(Tolerance::from_seconds);
        let max_body_bytes = options.max_body_bytes;
        let registered_url = options.registered_url.as_deref();
        registered_url.map_or(Ok(()), check_registered_url)?;
        let default = Sender::tp_wallet();
        Ok(explain::explain(&explain::Input {
            sender: named.as_ref(),
            keys: &keys.read(&named.as_ref().unwrap_or(&default).key_rules())?,
            request: Request {
                body,
                headers: &headers,
                method: options.method.as_deref(),
                url: options.url.as_deref(),
                registered_url,
                ip: options.ip.as_deref(),
            },
            now,
            client_id: options.client_id.as_deref(),
            tolerance: tolerance.transpose()?,
            max_body_bytes: max_body_bytes
                .map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX)),
            budget_milliseconds: budget(options.budget_milliseconds)?,
        }))
    })
}

fn check_registered_url(url: &str) -> Result<(), ConfigError> {
    verify::is_registered_url(url).map_err(|expected| ConfigError::InvalidOption {
        option: "registeredUrl".into(),
        problem: format!("expected {expected}"),
    })
}

fn budget(milliseconds: Option<u64>) -> Result<u64, ConfigError> {
    match milliseconds {
        None => Ok(explain::BUDGET_MILLISECONDS),
        Some(milliseconds @ 1..=MAX_BUDGET) => Ok(milliseconds),
        Some(other) => Err(ConfigError::InvalidOption {
            option: "budgetMilliseconds".into(),
            problem: format!("expected 1 to {MAX_BUDGET}, got {other}"),
        }),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DetectOptions {
    /// The names of the callback's headers, in lower case.
    headers: Vec<String>,
}

/// The names of the senders whose headers are among those of the options.
///
/// # Errors
/// [`ConfigError::InvalidOption`] for what is no list of names.
pub fn detect(json: &[u8]) -> Result<Vec<String>, ConfigError> {
    read(json, |document| {
        let DetectOptions { headers } = document.root().into()?;
        let names: Vec<_> = headers.iter().map(String::as_str).collect();
        Ok(sender::detect(&names))
    })
}
