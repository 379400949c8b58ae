//! The options of `verifySignedMessage`.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Deserialize;

use super::invalid;
use crate::chain::id::Chain;
use crate::dapp::answer::Verified;
use crate::dapp::message::{self, MAX_PUBLIC_KEYS, Scheme, SignedMessage};
use crate::dapp::rejection::Rejection;
use crate::dapp::sign_in::{Demands, SignIn};
use crate::error::ConfigError;
use crate::json::shapes::Apart;
use crate::options::read;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "what crosses apart has a name here and no value")]
struct MessageOptions {
    /// How it was signed.
    scheme: Scheme,
    /// The message.
    message: Option<Apart>,
    /// The signature: hex with or without `0x`; `SIG_K1_…` of EOS; on Solana also Base58.
    signature: String,
    /// Whether the message is text.
    text: bool,
    /// The account that must have signed.
    address: Option<String>,
    /// The keys of which one must have signed.
    public_keys: Option<Vec<String>>,
    /// This server's domain. Of `eip4361`, as all that follow.
    domain: Option<String>,
    /// The nonce that was given.
    nonce: Option<String>,
    /// The chain that must be signed in to, as `eip155:1`. Default: any.
    chain: Option<String>,
    /// The URI that must be signed in to. Default: any.
    uri: Option<String>,
    /// The clock.
    now: Option<Apart>,
}

/// Verifies the signature of `message` as the text of the options says. `now` is in Unix seconds.
///
/// # Errors
/// The first option that is invalid.
pub fn message<'m>(
    json: &[u8],
    message: &'m [u8],
    now: u64,
) -> Result<Result<Verified<'m>, Rejection>, ConfigError> {
    read(json, |document| {
        let options: MessageOptions = document.root().into()?;
        let keys = options.public_keys.as_deref();
        if keys.is_some_and(|keys| !(1..=MAX_PUBLIC_KEYS).contains(&keys.len())) {
            let problem = format!("expected 1 to {MAX_PUBLIC_KEYS} keys, got another number");
            return Err(invalid("publicKeys", problem));
        }
        let keys: Vec<_> = keys.into_iter().flatten().map(String::as_str).collect();
        let signed = SignedMessage {
            scheme: options.scheme,
            message,
            is_text: options.text,
            signature: &options.signature,
            address: options.address.as_deref(),
            public_keys: &keys,
        };
        require_owner(&signed)?;
        Ok(match options.demands()? {
            None => message::verify(&signed).map(|signer| Verified::new(signer, None)),
            Some(demands) => sign_in(message, &signed, &demands, now),
        })
    })
}

impl MessageOptions {
    /// What a sign-in message has to say; nothing of another message.
    fn demands(&self) -> Result<Option<Demands<'_>>, ConfigError> {
        let (domain, nonce) = (self.domain.as_deref(), self.nonce.as_deref());
        let (chain, uri) = (self.chain.as_deref(), self.uri.as_deref());
        if self.scheme != Scheme::Eip4361 {
            let given = [
                ("domain", domain),
                ("nonce", nonce),
                ("chain", chain),
                ("uri", uri),
            ];
            let mut given = given.into_iter().filter(|(_, value)| value.is_some());
            return match given.next() {
                None => Ok(None),
                Some((option, _)) => Err(invalid(
                    option,
                    "expected it with the scheme eip4361 alone, got another",
                )),
            };
        }
        let required = |option, value: Option<_>, expected: &str| {
            let problem = || format!("expected {expected}, got nothing");
            value.ok_or_else(|| invalid(option, problem()))
        };
        Ok(Some(Demands {
            domain: required("domain", domain, "this server's domain")?,
            nonce: required("nonce", nonce, "the nonce that was given")?,
            uri,
            chain_id: chain.map(chain_id).transpose()?,
        }))
    }
}

/// Whether it is said who may have signed, where the scheme needs that: what is said may have come
/// from the network, that it is said is the program's part.
fn require_owner(signed: &SignedMessage) -> Result<(), ConfigError> {
    let (address, keys) = (signed.address, signed.public_keys);
    match signed.scheme {
        Scheme::EosK1 if address.is_some() => {
            let problem = "expected the account's keys as publicKeys, got a name";
            Err(invalid("address", problem))
        }
        Scheme::EosK1 if keys.is_empty() => Err(invalid(
            "publicKeys",
            "expected the account's keys, got none",
        )),
        Scheme::Solana if address.is_none() && keys.is_empty() => {
            let problem = "expected an address or publicKeys, got neither";
            Err(invalid("address", problem))
        }
        _ => Ok(()),
    }
}

fn sign_in<'m>(
    message: &'m [u8],
    signed: &SignedMessage,
    demands: &Demands,
    now: u64,
) -> Result<Verified<'m>, Rejection> {
    let sign_in = SignIn::parse(message::text(message)?)?;
    sign_in.check(demands, now)?;
    let signer = message::verify(signed)?;
    Ok(Verified::new(signer, Some(sign_in)))
}

/// The number of `eip155:1`.
fn chain_id(chain: &str) -> Result<u64, ConfigError> {
    let id = Chain::parse(chain)
        .ok()
        .filter(|chain| chain.namespace() == "eip155");
    let id = id.and_then(|chain| chain.reference().parse().ok());
    id.ok_or_else(|| invalid("chain", "expected a chain as eip155:1, got another form"))
}
