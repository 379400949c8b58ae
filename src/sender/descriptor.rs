//! A sender's descriptor: the shape of its members.

mod check;
mod resolve;
mod text;

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Deserialize;

pub(crate) use self::text::is_header_name;
pub use self::text::{AnswerBody, HeaderName, Host, Label, MediaType, MemberPath, Name, Prefix};
use super::template::Template;
use super::{Payload, Scheme};
use crate::algorithm::{Algorithm, Format};
use crate::encoding::Encoding;
use crate::error::ConfigError;
use crate::json::shapes::{Entries, OneOrMany};
use crate::key::KeyForm;
use crate::timestamp::Unit;

/// The most headers that one callback may need: the boundary has room for as many.
pub const MAX_HEADERS: usize = 16;

/// A day: a longer window is no protection from replays.
pub const MAX_TOLERANCE_SECONDS: u64 = 86_400;

/// How a platform signs its callbacks, as plain data: the senders that are known by name are described
/// by nothing else.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SenderDescriptor {
    /// 1 to 64 lower-case letters, digits and inner hyphens.
    pub name: Name,
    /// The name for people.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub title: Option<String>,
    /// Where the sender documents how it signs.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^https://")))]
    pub docs: Option<String>,
    /// What the description rests on: a published vector that recomputes, an official document or
    /// repository, or a copy of one.
    pub evidence: Option<Evidence>,
    /// What signs, for a header that holds one signature; or the labels of a header that is a list,
    /// with what signs each. Entries with other labels are skipped.
    pub algorithm: Algorithms,
    /// The headers that it signs with. Of several sets, the first counts whose signature header is
    /// there, and it alone. Needed, but for the rules `plisio` and `jwt-member`.
    pub headers: Option<OneOrMany<SignatureHeaders>>,
    /// Headers that have this very value in every callback that is signed as described.
    /// Another value is refused as `unsupported_signature`. Default: none.
    #[serde(default)]
    pub expect: Entries<HeaderName, String>,
    /// How the signature is written. Needed, but for some of the rules.
    pub signature: Option<DescriptorSignature>,
    /// The bytes under the signature, as a text with tokens: `{body}`, which must be there, `{id}`,
    /// `{timestamp}`, `{nonce}`, `{keyId}`, `{clientId}`, `{method}`, `{url}` and `{path}` (of the
    /// verifier's option `url`), `{query}` (without its question mark) and `{header:name}`. All else stands
    /// for itself. There must be one way to take it apart: behind a token stands a text that starts with
    /// a character that the token cannot hold, and behind `{body}` only what is known beforehand, unless
    /// `payload` is `"json"`. Needed where there is no `rule`.
    pub signed: Option<Template>,
    /// The same for a GET without a body: with `{query}` or `{url}` where `signed` has `{body}`, and no
    /// text that a body could be: behind `?` or `/`. A body that starts with `?`, `/` or `h` is refused
    /// then; and with a public key every body if `{url}` is in this text alone, unless the verifier's
    /// option `dangerouslyAllowUnsignedUrl` is set. Default: as `signed`.
    pub signed_on_get: Option<Template>,
    /// How the bytes are hashed before they are signed. Default: not at all.
    pub prehash: Option<Prehash>,
    /// The time that is compared with the clock; it must be signed. Default: none is.
    pub timestamp: Option<DescriptorTimestamp>,
    /// How far the time may be from the clock, in seconds, unless a verifier says it. Default: 300.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = MAX_TOLERANCE_SECONDS)))]
    pub tolerance_seconds: Option<u64>,
    /// How a secret is written; public keys tell their own form. `standard` is the prefixed base64 of
    /// Standard Webhooks 1.0; `utf8-trimmed` leaves out white space around it. Default: `"utf8"`.
    pub key: Option<KeyForm>,
    /// The fewest bits of an RSA key, 1,024 to 4,096, for a sender whose keys are known to be short.
    /// Default: 2,048.
    #[cfg_attr(feature = "schema", schemars(range(min = 1024, max = 4096)))]
    pub min_rsa_bits: Option<u64>,
    /// The hosts from which the sender's public keys may be fetched. Default: none.
    #[cfg_attr(feature = "schema", schemars(extend("uniqueItems" = true)))]
    pub key_hosts: Option<Vec<Host>>,
    /// What the body is read as. Default: `"any"`, which is JSON where it can be, and else text.
    pub payload: Option<Payload>,
    /// Where the event's type stands. Default: nowhere.
    pub r#type: Option<DescriptorPlace>,
    /// All types that events have, if the sender lists them: a receiver refuses handlers for others.
    /// Default: not known.
    pub types: Option<Vec<String>>,
    /// Where the event's id stands, if not in `headers.id`. Default: nowhere.
    pub id: Option<DescriptorPlace>,
    /// The members of the body whose values change from one try of a callback to the next, such as a
    /// count of tries. `contentHash` leaves their values out. Default: none.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<MemberPath>>"))]
    pub changes_on_retry: Option<Vec<String>>,
    /// A way of signing that the other members cannot describe. Default: none.
    pub rule: Option<Scheme>,
    /// The answer by which the sender knows that a callback has arrived. Default: none is documented.
    pub acknowledgement: Option<Acknowledgement>,
    /// The methods by which it asks, without a signature, whether there is somebody: a receiver answers
    /// them with 200 and no body. Default: none.
    pub probes: Option<Vec<Probe>>,
    /// The types of the events to which the answer is a decision, as whether a payment is approved: a
    /// receiver gives none of its own. Default: none.
    pub decisions: Option<Vec<String>>,
    /// Whether it does not send again what was answered with some or any 4xx: a receiver then answers 503
    /// where another try may succeed. Default: false.
    #[serde(default)]
    pub client_errors_are_final: bool,
}

/// The answer by which a sender knows that a callback has arrived.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Acknowledgement {
    /// Its HTTP status, 200 to 299.
    #[cfg_attr(feature = "schema", schemars(range(min = 200, max = 299)))]
    pub status: u64,
    /// The media type of its body. Needed with a body, and only then.
    pub content_type: Option<MediaType>,
    /// Its body, where the sender reads it. 1 to 1,024 bytes. Default: the receiver's own.
    pub body: Option<AnswerBody>,
}

/// A method by which a sender asks whether there is somebody.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Probe {
    /// HEAD.
    Head,
    /// GET.
    Get,
}

/// What a description rests on.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// A published vector that recomputes.
    Vector,
    /// An official document or repository.
    Read,
    /// A copy of one.
    SecondHand,
}

/// The headers that carry a signature and what it covers. Names in any letter case.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignatureHeaders {
    /// The signature, or the list of them.
    pub signature: HeaderName,
    /// When the callback was signed. Needs a `timestamp` beside the headers.
    pub timestamp: Option<HeaderName>,
    /// Identifies the callback; a retry has the same.
    pub id: Option<HeaderName>,
    /// A text that no two callbacks share.
    pub nonce: Option<HeaderName>,
    /// Which of the sender's keys signed it.
    pub key_id: Option<HeaderName>,
    /// Which of the sender's clients the callback is for; needs the verifier's option `clientId`.
    pub client_id: Option<HeaderName>,
}

/// How a signature is written as text.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DescriptorSignature {
    /// How its bytes are written. Hexadecimal digits may be in either case.
    pub encoding: Encoding,
    /// How the two numbers of an ECDSA signature are written. Default: `"der"`.
    pub format: Option<Format>,
    /// What stands before a signature without a label, as `sha256=` or `HMAC-SHA256 ` with its space. 1 to
    /// 64 ASCII characters, the first of them visible. Default: nothing.
    pub prefix: Option<Prefix>,
    /// What stands between two entries of a list. Default: `","`.
    pub separator: Option<Separator>,
    /// What stands between a label and its value; not what separates entries. Default: `"="`.
    pub assign: Option<Assign>,
    /// The label of the entry that holds the timestamp. Needs a `timestamp` beside the signature.
    pub timestamp: Option<Label>,
}

/// What stands between two entries of a list.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, Deserialize)]
pub enum Separator {
    /// A comma.
    #[serde(rename = ",")]
    Comma,
    /// A space.
    #[serde(rename = " ")]
    Space,
    /// A semicolon.
    #[serde(rename = ";")]
    Semicolon,
}

/// What stands between a label and its value.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, Deserialize)]
pub enum Assign {
    /// An equals sign.
    #[serde(rename = "=")]
    Equals,
    /// A comma.
    #[serde(rename = ",")]
    Comma,
}

/// How bytes are hashed before they are signed.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prehash {
    /// With SHA-256.
    Sha256,
    /// With SHA-256, and its digest again.
    Sha256Twice,
}

/// The time that is compared with the clock.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DescriptorTimestamp {
    /// How it is written: Unix seconds; Unix milliseconds; `unix` for either, told apart by its size;
    /// ISO 8601, in UTC where it names no offset; the date of HTTP (RFC 9110, section 5.6.7), or a time
    /// in UTC as Go prints it.
    pub unit: Unit,
    /// The member of the signed body that holds it, as `data.sentAt`. Default: it is in
    /// `headers.timestamp` or in the entry `signature.timestamp`.
    pub member: Option<MemberPath>,
}

/// Where something stands: in a member of the body, as `event.id`, or in a header.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = super::schema::member_or_header))]
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DescriptorPlace {
    /// A member of the body.
    pub member: Option<MemberPath>,
    /// The member that counts if the first is missing or null.
    pub fallback: Option<MemberPath>,
    /// A header.
    pub header: Option<HeaderName>,
    /// Of an id: whether the sender documents that each event has one of its own, and each try of an event
    /// the same. It must be signed. Default: false.
    #[serde(default)]
    pub unique: bool,
}

/// What signs. `keccak256` hashes the signed bytes with the secret behind them. Those of RSA and ECDSA are
/// in `wallet-callback/full`.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureAlgorithm {
    /// HMAC with SHA-1.
    HmacSha1,
    /// HMAC with SHA-256.
    HmacSha256,
    /// HMAC with SHA-512.
    HmacSha512,
    /// Keccak-256 over the bytes and the secret behind them.
    Keccak256,
    /// Ed25519.
    Ed25519,
    /// ECDSA on P-256 with SHA-256.
    EcdsaP256Sha256,
    /// ECDSA on secp256k1 with SHA-256.
    EcdsaSecp256k1Sha256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RsaPkcs1Sha256,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RsaPkcs1Sha512,
}

impl SignatureAlgorithm {
    const fn with_format(self, format: Format) -> Algorithm {
        match self {
            Self::HmacSha1 => Algorithm::HmacSha1,
            Self::HmacSha256 => Algorithm::HmacSha256,
            Self::HmacSha512 => Algorithm::HmacSha512,
            Self::Keccak256 => Algorithm::Keccak256,
            Self::Ed25519 => Algorithm::Ed25519,
            Self::EcdsaP256Sha256 => Algorithm::EcdsaP256(format),
            Self::EcdsaSecp256k1Sha256 => Algorithm::EcdsaSecp256k1(format),
            Self::RsaPkcs1Sha256 => Algorithm::RsaSha256,
            Self::RsaPkcs1Sha512 => Algorithm::RsaSha512,
        }
    }
}

/// One algorithm, or the labels of a list's entries with what signs each.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename = "$text or object")]
pub enum Algorithms {
    /// Of a header that holds one signature.
    #[serde(rename = "the name of an algorithm")]
    One(SignatureAlgorithm),
    /// Of a header that is a list.
    #[serde(rename = "an object of labels with theirs")]
    Labelled(Entries<Label, SignatureAlgorithm>),
}

/// The error for a member.
fn refuse<T>(member: &str, problem: &str) -> Result<T, ConfigError> {
    Err(ConfigError::InvalidSender {
        member: format!("sender.{member}"),
        problem: problem.to_owned(),
    })
}
