//! The options of `sign`.

use alloc::borrow::ToOwned;
use alloc::string::String;

use serde::Deserialize;

use super::{SenderOption, read};
use crate::error::ConfigError;
use crate::json::shapes::{Apart, Entries};
use crate::key::{KeyInput, SigningKey};
use crate::sender::descriptor::HeaderName;
use crate::sign::{self, Details, Signed};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "what crosses apart has a name here and no value")]
struct SignOptions {
    /// What is signed.
    body: Option<Apart>,
    /// What signs it.
    key: Option<Apart>,
    /// Identifies the callback. Default: a random one.
    id: Option<String>,
    /// When it is signed, in Unix seconds. Default: now.
    timestamp: Option<u64>,
    /// As whose callback. Default: `"tp-wallet"`.
    sender: Option<SenderOption>,
    /// A text that no two callbacks share. Default: a random one.
    nonce: Option<String>,
    /// Which of the sender's keys signs. Default: `"key-1"`.
    key_id: Option<String>,
    /// Which of the sender's clients it is for. Default: `"client-1"`.
    client_id: Option<String>,
    /// The request's method. Default: `"POST"`.
    method: Option<String>,
    /// The request's URL, where the sender signs it.
    url: Option<String>,
    /// Headers beside those of the signature, where the sender signs some.
    #[serde(default)]
    headers: Entries<HeaderName, String>,
}

/// Signs `body` with a key as the text of the options says. `now` is in Unix seconds; `entropy` makes
/// the id and the nonce where none is given.
///
/// # Errors
/// The first option that is invalid, and what `entropy` gives.
pub fn sign(
    json: &[u8],
    key: Result<KeyInput, ConfigError>,
    body: &[u8],
    now: u64,
    entropy: impl Fn() -> Result<[u8; 16], ConfigError>,
) -> Result<Signed, ConfigError> {
    read(json, |document| {
        let options: SignOptions = document.root().into()?;
        let sender = SenderOption::resolve(options.sender)?;
        if let Some(method) = &options.method
            && !method.bytes().all(|byte| byte.is_ascii_uppercase())
        {
            return Err(ConfigError::InvalidOption {
                option: "method".into(),
                problem: "expected a method in capital letters, such as POST".to_owned(),
            });
        }
        let key = SigningKey::parse(&sender.key_rules(), &key?.source)?;
        let details = Details {
            id: match options.id {
                Some(id) => id,
                None if sender.needs_id() => sign::message_id(entropy()?),
                None => String::new(),
            },
            timestamp: options.timestamp.unwrap_or(now),
            nonce: match options.nonce {
                Some(nonce) => nonce,
                None if sender.needs_nonce() => hex::encode(entropy()?),
                None => String::new(),
            },
            key_id: options.key_id.unwrap_or_else(|| "key-1".to_owned()),
            client_id: options.client_id.unwrap_or_else(|| "client-1".to_owned()),
            method: options.method.unwrap_or_else(|| "POST".to_owned()),
            url: options.url,
            headers: {
                let headers = options.headers.0.into_iter();
                headers.map(|(name, value)| (name.0, value)).collect()
            },
        };
        sign::sign(&sender, &key, &details, body)
    })
}
