//! The other direction: signing what [`Verifier`](crate::verify::Verifier) accepts, for senders and
//! for tests of receivers.
//!
//! A callback is made with a signature of zeros and read like any other; the bytes that the reading
//! finds are signed. So what is signed and what is verified can never differ.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use serde::Serialize;
use zeroize::Zeroizing;

use crate::algorithm::Algorithm;
use crate::algorithm::ed25519::PrivateKey;
use crate::claim::{Claim, VERIFY_HASH};
use crate::encoding::Encoding;
use crate::error::{ConfigError, HeaderProblem, Rejection};
use crate::json::de::joined;
use crate::json::{Document, Rules};
use crate::key::{Signing, SigningKey};
use crate::request::Request;
use crate::sender::{HeaderSet, Payload, Place, Scheme, Sender};
use crate::signature::with_message;
use crate::timestamp::to_text;

/// What a callback has apart from its body.
#[derive(Debug, Default, Clone)]
pub struct Details {
    /// Identifies the callback.
    pub id: String,
    /// When it is signed, in Unix seconds.
    pub timestamp: u64,
    /// A text that no two callbacks share.
    pub nonce: String,
    /// Which of the sender's keys signs it.
    pub key_id: String,
    /// Which of the sender's clients it is for.
    pub client_id: String,
    /// The request's method.
    pub method: String,
    /// The request's URL.
    pub url: Option<String>,
    /// Headers in addition to those of the signature: names in lower case, and their values.
    pub headers: Vec<(String, String)>,
}

/// A signed callback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Signed {
    /// The headers that it needs: names in lower case, and their values.
    pub headers: Vec<(String, String)>,
    /// Its body, if it differs from the given one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

/// Signs `body`.
///
/// # Errors
/// [`ConfigError::InvalidOption`] for what no receiver would accept.
pub fn sign(
    sender: &Sender,
    key: &SigningKey,
    details: &Details,
    body: &[u8],
) -> Result<Signed, ConfigError> {
    let algorithm = key.algorithm();
    let length = algorithm.signature_bytes().unwrap_or_default();
    let draft = draft(sender, algorithm, details, body, &vec![0; length])?;
    let headers = draft.headers.iter();
    let headers = headers.map(|(name, value)| (name.as_str(), value.as_bytes()));
    let headers: Vec<_> = headers.collect();
    let request = Request {
        body: draft.body.as_deref().map_or(body, str::as_bytes),
        headers: &headers,
        method: Some(&details.method),
        url: details.url.as_deref(),
        registered_url: None,
        ip: None,
    };
    let claim = Claim::read(&request, sender).map_err(|error| unacceptable(sender, &error))?;
    let signature = with_message(&claim, |message| match &key.0 {
        Signing::Secret(_, secret) => secret.tag(message).as_bytes().to_vec(),
        Signing::Private(key) => key.sign(&message.concat()).to_vec(),
    });
    self::draft(sender, algorithm, details, body, &signature)
}

impl SigningKey {
    const fn algorithm(&self) -> Algorithm {
        match &self.0 {
            Signing::Secret(algorithm, _) => *algorithm,
            Signing::Private(_) => Algorithm::Ed25519,
        }
    }
}

/// The callback with this signature.
fn draft(
    sender: &Sender,
    algorithm: Algorithm,
    details: &Details,
    body: &[u8],
    signature: &[u8],
) -> Result<Signed, ConfigError> {
    let form = &sender.signature;
    let mut headers = Vec::with_capacity(4);
    if let Some(set) = sender.header_sets.first() {
        let unit = sender.timestamp.as_ref().map(|timestamp| timestamp.unit);
        let time = unit.map_or_else(String::new, |unit| to_text(details.timestamp, unit));
        let mut text = form.encoding.encode(signature);
        if form.labelled {
            let mut labels = form.algorithms.iter();
            let own = |(_, other): &&(_, _)| *other == algorithm;
            let label = match sender.scheme() {
                // The stronger of two.
                Scheme::Hook0 => labels.rfind(own),
                _ => labels.find(own),
            };
            let label = label.map_or("", |(label, _)| label);
            let assign = char::from(form.assign);
            text = format!("{label}{assign}{text}");
            if sender.scheme() == Scheme::Hook0 {
                let names = covered_headers(sender, details);
                text = format!("h={},{text}", joined(names, " "));
            }
            if let Some(label) = &form.timestamp_label {
                text = format!("{label}{assign}{time}{}{text}", char::from(form.separator));
            }
        }
        let HeaderSet {
            signature,
            timestamp,
            id,
            nonce,
            key_id,
            client_id,
        } = set;
        let mut add = |name: &Option<String>, value: &str| {
            headers.extend(name.as_ref().map(|name| (name.clone(), value.to_owned())));
        };
        add(id, &details.id);
        add(timestamp, &time);
        add(nonce, &details.nonce);
        add(key_id, &details.key_id);
        add(client_id, &details.client_id);
        headers.push((signature.clone(), format!("{}{text}", form.prefix)));
    }
    headers.extend(sender.expected.iter().cloned());
    if let Some(Place::Header(name)) = &sender.id {
        headers.push((name.clone(), details.id.clone()));
    }
    for (name, value) in &details.headers {
        if headers.iter().all(|(other, _)| other != name) {
            headers.push((name.clone(), value.clone()));
        }
    }
    let is_given = headers.iter().any(|(name, _)| name == CONTENT_TYPE);
    if details.method != "GET" && !is_given {
        headers.push((CONTENT_TYPE.to_owned(), media_type(sender).to_owned()));
    }
    // Other signed headers need a value; any will do.
    for name in sender.signed_headers() {
        if headers.iter().all(|(other, _)| other != name) {
            headers.push((name.to_owned(), details.key_id.clone()));
        }
    }
    let body = match sender.scheme() {
        Scheme::Plisio => Some(with_member(body, &Encoding::Hex.encode(signature))?),
        Scheme::JwtMember => Some(as_token(body, signature)),
        _ => None,
    };
    Ok(Signed { headers, body })
}

const CONTENT_TYPE: &str = "content-type";

/// The media type in which a sender posts its bodies.
fn media_type(sender: &Sender) -> &'static str {
    match sender.payload() {
        Payload::Form => "application/x-www-form-urlencoded",
        Payload::WalletEvent | Payload::Json | Payload::Any => "application/json",
    }
}

/// The headers that Coinbase CDP's signature covers: those of the event that there are.
fn covered_headers<'s>(sender: &'s Sender, details: &Details) -> Vec<&'s str> {
    let is_given = |name: &&str| {
        let is_id = matches!(&sender.id, Some(Place::Header(id)) if id == name);
        is_id || details.headers.iter().any(|(other, _)| other == name)
    };
    sender.event_headers().filter(is_given).collect()
}

/// The object with the signature as a further member.
fn with_member(body: &[u8], signature: &str) -> Result<String, ConfigError> {
    let refuse = || invalid("body", "expected an object of json".into());
    let document = Document::read(body, Rules::Unique).map_err(|_| refuse())?;
    let object = document.root().raw();
    let members = object.strip_suffix('}').ok_or_else(refuse)?;
    let comma = if document.root().members().next().is_some() {
        ","
    } else {
        ""
    };
    Ok(format!(
        "{members}{comma}\"{VERIFY_HASH}\":\"{signature}\"}}"
    ))
}

/// An object whose member `data` is a JSON Web Token with the body as its claims.
fn as_token(body: &[u8], signature: &[u8]) -> String {
    let encode = |bytes| Encoding::Base64Url.encode(bytes);
    let header = encode(br#"{"alg":"HS256","typ":"JWT"}"#);
    let (claims, signature) = (encode(body), encode(signature));
    format!("{{\"data\":\"{header}.{claims}.{signature}\"}}")
}

/// The option that a receiver would refuse.
fn unacceptable(sender: &Sender, rejection: &Rejection) -> ConfigError {
    let set = sender.header_sets.first();
    let is = |name: fn(&HeaderSet) -> &Option<String>| {
        let name = set.and_then(|set| name(set).as_deref());
        name.is_some() && name == rejection.header()
    };
    let option = match rejection.header() {
        _ if is_about_time(rejection) => "timestamp",
        Some(_) if is(|set| &set.id) => "id",
        Some(_) if is(|set| &set.nonce) => "nonce",
        Some(_) if is(|set| &set.key_id) => "keyId",
        Some(_) if is(|set| &set.client_id) => "clientId",
        Some(_) => "headers",
        None => match rejection {
            Rejection::IncompleteRequest { part } => part,
            _ => "body",
        },
    };
    invalid(option, rejection.to_string())
}

/// Whether a receiver would refuse the time.
const fn is_about_time(rejection: &Rejection) -> bool {
    let Rejection::MalformedHeader { problem, .. } = rejection else {
        return false;
    };
    use HeaderProblem::{Time, TimeDigits, TimeRange};
    matches!(problem, Time { .. } | TimeDigits { .. } | TimeRange)
}

fn invalid(option: &'static str, problem: String) -> ConfigError {
    let option = option.into();
    ConfigError::InvalidOption { option, problem }
}

/// An id for a callback that has none, from 16 random bytes.
#[must_use]
pub fn message_id(entropy: [u8; 16]) -> String {
    format!("msg_{}", hex::encode(entropy))
}

/// A secret in its text form, from 32 random bytes.
#[must_use]
pub fn secret(entropy: &[u8; 32]) -> Zeroizing<String> {
    with_prefix("whsec_", entropy)
}

/// An Ed25519 key pair in its text form, from 32 random bytes: `(whpk_…, whsk_…)`.
#[must_use]
pub fn key_pair(entropy: &[u8; 32]) -> (Zeroizing<String>, Zeroizing<String>) {
    let key = PrivateKey::from_seed(entropy);
    let pair = Zeroizing::new(key.to_pair());
    (
        with_prefix("whpk_", &key.public()),
        with_prefix("whsk_", &*pair),
    )
}

/// Written in one piece of memory, so that wiping it leaves no copy behind.
fn with_prefix(prefix: &str, bytes: &[u8]) -> Zeroizing<String> {
    let encoded = Zeroizing::new(Encoding::Base64.encode(bytes));
    let length = prefix.len().saturating_add(encoded.len());
    let mut text = Zeroizing::new(String::with_capacity(length));
    text.push_str(prefix);
    text.push_str(&encoded);
    text
}
