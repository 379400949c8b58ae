//! The options of `verifySignedMessage` and `recoverSigner`.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Deserialize;

use super::invalid;
use crate::chain::id::Chain;
use crate::dapp::answer::Verified;
use crate::dapp::message::{self, MAX_PUBLIC_KEYS, Scheme, SignedMessage, Signer};
use crate::dapp::rejection::Rejection;
use crate::dapp::sign_in::{Demands, MAX_AGE, SignIn};
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
    /// Whether it is asked who has signed.
    #[serde(default)]
    recover: bool,
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
    /// The URI that must be signed in to. Default: any address of the domain.
    uri: Option<String>,
    /// How long ago the message may have been written. Default: 600.
    max_age_seconds: Option<u64>,
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
            let problem = format!("expected 1 to {MAX_PUBLIC_KEYS} keys");
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
        let judge = if options.recover {
            refuse_owner(&signed)?;
            message::recover
        } else {
            require_owner(&signed)?;
            message::verify
        };
        Ok(match options.demands()? {
            None => judge(&signed).map(|signer| Verified::new(signer, None)),
            Some(demands) => sign_in(message, &signed, judge, &demands, now),
        })
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SignOptions {
    /// How it is signed.
    scheme: Scheme,
    /// Whether the message is text.
    text: bool,
}

/// Signs `message` with a private key as the text of the options says.
///
/// # Errors
/// The first option that is invalid.
pub fn sign(json: &[u8], message: &[u8], key: &[u8]) -> Result<Verified<'static>, ConfigError> {
    read(json, |document| {
        let options: SignOptions = document.root().into()?;
        let key = key.try_into();
        let key = key.map_err(|_| invalid("privateKey", "expected 32 bytes"))?;
        let signed = message::sign(options.scheme, message, options.text, key);
        let signed = signed.map_err(|rejection| {
            let problem = rejection.message.into_owned();
            match rejection.path.as_deref() {
                Some("privateKey") => invalid("privateKey", problem),
                Some("scheme") => invalid("scheme", problem),
                _ => invalid("message", problem),
            }
        })?;
        Ok(Verified::new(signed, None))
    })
}

impl MessageOptions {
    /// What a sign-in message has to say; nothing of another message.
    fn demands(&self) -> Result<Option<Demands<'_>>, ConfigError> {
        let (domain, nonce) = (self.domain.as_deref(), self.nonce.as_deref());
        let (chain, uri) = (self.chain.as_deref(), self.uri.as_deref());
        if self.scheme != Scheme::Eip4361 {
            let given = [
                ("domain", domain.is_some()),
                ("nonce", nonce.is_some()),
                ("chain", chain.is_some()),
                ("uri", uri.is_some()),
                ("maxAgeSeconds", self.max_age_seconds.is_some()),
            ];
            let mut given = given.into_iter().filter(|(_, is_given)| *is_given);
            return match given.next() {
                None => Ok(None),
                Some((option, _)) => Err(invalid(option, "only valid with the scheme eip4361")),
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
            max_age: max_age(self.max_age_seconds)?,
        }))
    }
}

/// Whether it is said who may have signed: some account comes out of nearly every signature, so that
/// without one everybody would be accepted. That it is said is the program's part, what is said may have
/// come from the network.
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
        _ if address.is_none() && keys.is_empty() => {
            let problem = "expected an address or publicKeys, got neither (recoverSigner finds out who has signed)";
            Err(invalid("address", problem))
        }
        _ => Ok(()),
    }
}

/// Whether it is left open who has signed, and the scheme can tell.
fn refuse_owner(signed: &SignedMessage) -> Result<(), ConfigError> {
    let given = [
        ("address", signed.address.is_some()),
        ("publicKeys", !signed.public_keys.is_empty()),
    ];
    if let Some((option, _)) = given.into_iter().find(|(_, given)| *given) {
        let problem = "only valid with verifySignedMessage, not with recoverSigner";
        return Err(invalid(option, problem));
    }
    if signed.scheme.names_signer() {
        return Ok(());
    }
    let problem = "expected a scheme whose signatures name an account";
    Err(invalid("scheme", problem))
}

/// The longest age that can be asked for, in seconds: a year.
const LONGEST_AGE: u64 = 31_536_000;

fn max_age(seconds: Option<u64>) -> Result<u64, ConfigError> {
    let seconds = seconds.unwrap_or(MAX_AGE);
    if (1..=LONGEST_AGE).contains(&seconds) {
        return Ok(seconds);
    }
    let problem = format!("expected 1 to {LONGEST_AGE}, got {seconds}");
    Err(invalid("maxAgeSeconds", problem))
}

fn sign_in<'m>(
    message: &'m [u8],
    signed: &SignedMessage,
    judge: fn(&SignedMessage) -> Result<Signer, Rejection>,
    demands: &Demands,
    now: u64,
) -> Result<Verified<'m>, Rejection> {
    let sign_in = SignIn::parse(message::text(message)?)?;
    sign_in.check(demands, now)?;
    let signer = judge(signed)?;
    Ok(Verified::new(signer, Some(sign_in)))
}

/// The number of `eip155:1`.
fn chain_id(chain: &str) -> Result<u64, ConfigError> {
    let id = Chain::parse(chain)
        .ok()
        .filter(|chain| chain.namespace() == "eip155");
    let id = id.and_then(|chain| chain.reference().parse().ok());
    id.ok_or_else(|| invalid("chain", "expected a chain such as eip155:1"))
}
