//! The options of `createVerifier`.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Deserialize;

use super::{GivenKeys, SenderOption, read};
use crate::error::ConfigError;
use crate::event::UnsafeNumbers;
use crate::freshness::Tolerance;
use crate::json::shapes::Apart;
use crate::key::Keys;
use crate::origin::AllowedIps;
use crate::verify::{Options, Verifier};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "what crosses apart has a name here and no value")]
struct VerifierOptions {
    /// What signs the callbacks: one key or several, during a rotation.
    keys: Option<Apart>,
    /// Whose callbacks. Default: `"tp-wallet"`.
    sender: Option<SenderOption>,
    /// How far a callback's timestamp may be from the clock, in seconds, 1 to 86,400. Default: the
    /// sender's own, or else 300.
    tolerance_seconds: Option<u64>,
    /// The longest body, in bytes, 1 to 67,108,864. Default: 1,048,576.
    max_body_bytes: Option<u64>,
    /// Where callbacks may come from, as ranges in CIDR notation or single addresses. Default: anywhere.
    allowed_ips: Option<Vec<String>>,
    /// The URL that was registered with the sender. Needed if the sender signs it, and only then.
    url: Option<String>,
    /// Which of the sender's clients callbacks are for. Needed if the sender signs it, and only then.
    client_id: Option<String>,
    /// What numbers of a payload become that a double does not carry. Default: `"string"`.
    unsafe_numbers: Option<UnsafeNumbers>,
    /// Takes callbacks of `coinbase-cdp` that sign no header, so that anybody can choose their type and
    /// their id. Default: false.
    #[serde(default)]
    dangerously_allow_unsigned_headers: bool,
    /// Takes callbacks by POST of a sender with a public key that signs the URL of a GET only, as
    /// `cryptapi`, so that they may be for another of its customers. Default: false.
    #[serde(default)]
    dangerously_allow_unsigned_url: bool,
    /// Takes secrets of Standard Webhooks with fewer than 24 bytes, too. Default: false.
    #[serde(default)]
    dangerously_allow_short_keys: bool,
    /// The clock.
    now: Option<Apart>,
}

/// Builds a verifier with these keys from the text of its options.
///
/// # Errors
/// The first option that is invalid.
pub fn verifier(json: &[u8], keys: GivenKeys) -> Result<Verifier, ConfigError> {
    read(json, |document| {
        let options: VerifierOptions = document.root().into()?;
        let mut sender = SenderOption::resolve(options.sender)?;
        sender.allows_unsigned_headers = options.dangerously_allow_unsigned_headers;
        sender.allows_unsigned_url = options.dangerously_allow_unsigned_url;
        let finds_keys = matches!(keys, GivenKeys::Found(_));
        if finds_keys && !sender.names_keys() {
            return Err(ConfigError::InvalidOption {
                option: "keys".into(),
                problem: format!(
                    "expected keys, since callbacks of {} name none, got a function",
                    sender.name()
                ),
            });
        }
        let allow_short = options.dangerously_allow_short_keys;
        let rules = sender.key_rules();
        let keys = Keys::parse(&rules, keys.read(&rules)?, allow_short, finds_keys)?;
        let mut result = Options::new(sender, keys);
        if let Some(seconds) = options.tolerance_seconds {
            result.tolerance = Tolerance::from_seconds(seconds)?;
        }
        if let Some(bytes) = options.max_body_bytes {
            result.max_body_bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        }
        if let Some(ranges) = options.allowed_ips {
            result.allowed_ips = Some(AllowedIps::parse(ranges.iter().map(String::as_str))?);
        }
        result.url = options.url;
        result.client_id = options.client_id;
        if let Some(numbers) = options.unsafe_numbers {
            result.unsafe_numbers = numbers;
        }
        Verifier::new(result)
    })
}
