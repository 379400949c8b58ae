//! A sender's descriptor: its shape, and the checks between its members. What is invalid is refused by
//! the name of its member.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Deserialize;
use serde::de::{self, Deserializer};

use super::template::{NoTemplate, Part, Template};
use super::unique::{Ambiguous, Use};
use super::{HeaderSet, Payload, Place, Scheme, Sender, SignatureForm, Timestamp};
use crate::algorithm::{Algorithm, Format};
use crate::encoding::Encoding;
use crate::error::ConfigError;
use crate::json::de::joined;
use crate::json::nearest::nearest;
use crate::json::shapes::{self, Entries, OneOrMany, text_type};
use crate::key::{KeyForm, MIN_RSA_BITS};
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

text_type! {
    /// The name by which a sender is chosen.
    Name, is_name, "1 to 64 of a-z, 0-9 and inner hyphens"
}
/// A header's name, in lower case whatever case it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderName(pub(crate) String);

impl<'d> Deserialize<'d> for HeaderName {
    fn deserialize<D: Deserializer<'d>>(deserializer: D) -> Result<Self, D::Error> {
        let name = shapes::text(deserializer, is_header_name, "a header's name")?;
        Ok(Self(name.to_ascii_lowercase()))
    }
}

text_type! {
    /// The name of a host.
    Host, is_host, "a host name"
}
text_type! {
    /// The label of a list's entry.
    Label, is_label, "a label of 1 to 32 letters and digits"
}
text_type! {
    /// What stands before a signature.
    Prefix, is_prefix, "1 to 64 ascii characters, the first of them visible"
}
text_type! {
    /// A media type.
    MediaType, is_media_type, "a media type"
}
text_type! {
    /// The body of an answer.
    AnswerBody, is_answer, "1 to 1024 bytes"
}
text_type! {
    /// The path of a member, as `data.object.id`.
    MemberPath, is_member_path, "names of members with dots between them"
}

impl<'d> Deserialize<'d> for Template {
    fn deserialize<D: Deserializer<'d>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(|fault| {
            de::Error::custom(match fault {
                NoTemplate::Dollar(token) => {
                    format!("expected {{{token}}} without a dollar sign, got ${{{token}}}")
                }
                NoTemplate::Unknown(token) => match nearest(token.trim(), Part::TOKENS) {
                    Some(near) => format!("unknown token {{{token}}} (did you mean {{{near}}}?)"),
                    None => {
                        let known = joined(Part::TOKENS.iter().copied(), "}, {");
                        format!("unknown token {{{token}}} (known: {{{known}}})")
                    }
                },
            })
        })
    }
}

impl SenderDescriptor {
    /// The sender that is described.
    ///
    /// # Errors
    /// [`ConfigError::InvalidSender`] with the member at fault, and [`ConfigError::NeedsFull`] where
    /// its algorithm is not compiled in.
    #[inline(never)]
    pub(crate) fn resolve(self) -> Result<Sender, ConfigError> {
        self.require_compiled()?;
        let has_signed = self.signed.is_some();
        let has_key = self.key.is_some();
        let scheme = match self.rule {
            Some(rule) if cfg!(feature = "full") => rule,
            _ => Scheme::Plain,
        };
        let is_own_text = |scheme| {
            !matches!(
                scheme,
                Scheme::Plain | Scheme::SortedJson | Scheme::SignedMember
            )
        };
        if self.signature.is_none() && !is_own_text(scheme) {
            return refuse("signature", "expected an object, got nothing");
        }
        if !has_signed && scheme == Scheme::Plain {
            return refuse("signed", "expected a text with tokens, got nothing");
        }
        let sender = Sender {
            name: self.name.0,
            header_sets: header_sets(self.headers, scheme)?,
            expected: texts(self.expect.0),
            signature: signature(self.algorithm, self.signature, scheme)?,
            signed: self.signed.unwrap_or_else(Template::body),
            signed_on_get: self.signed_on_get,
            prehash: match self.prehash {
                None => 0,
                Some(Prehash::Sha256) => 1,
                Some(Prehash::Sha256Twice) => 2,
            },
            timestamp: self.timestamp.map(|timestamp| Timestamp {
                unit: timestamp.unit,
                member: timestamp.member.map(|member| member.0),
            }),
            tolerance_seconds: self.tolerance_seconds,
            key: self.key.unwrap_or(KeyForm::Utf8),
            min_rsa_bits: self.min_rsa_bits.unwrap_or(MIN_RSA_BITS),
            payload: self.payload.unwrap_or(Payload::Any),
            kind: place("type", self.r#type)?,
            id_is_unique: self.id.as_ref().is_some_and(|id| id.unique),
            id: place("id", self.id)?,
            changes_on_retry: self.changes_on_retry.unwrap_or_default(),
            scheme,
            allows_unsigned_headers: false,
            allows_unsigned_url: false,
        };
        if let Some(seconds) = sender.tolerance_seconds
            && !(1..=MAX_TOLERANCE_SECONDS).contains(&seconds)
        {
            let problem = format!("expected 1 to {MAX_TOLERANCE_SECONDS} seconds, got {seconds}");
            return refuse("toleranceSeconds", &problem);
        }
        let mut algorithms = sender.signature.algorithms.iter();
        if has_key && !algorithms.any(|(_, algorithm)| algorithm.is_mac()) {
            let problem = "expected no key form, since public keys tell their own, got one";
            return refuse("key", problem);
        }
        if let Some(bits) = self.min_rsa_bits {
            if !(1024..=4096).contains(&bits) {
                let problem = format!("expected 1024 to 4096 bits, got {bits}");
                return refuse("minRsaBits", &problem);
            }
            let mut algorithms = sender.signature.algorithms.iter();
            if !algorithms.any(|(_, algorithm)| algorithm.is_rsa()) {
                let problem = "expected none, since only rsa has keys of many lengths, got one";
                return refuse("minRsaBits", problem);
            }
        }
        if let Some(answer) = &self.acknowledgement {
            check_acknowledgement(answer)?;
        }
        let probes = self.probes.unwrap_or_default();
        if sender.signed_on_get.is_some() && probes.contains(&Probe::Get) {
            return refuse("probes", "expected none by get beside signedOnGet, got one");
        }
        for (name, types) in [("decisions", self.decisions), ("types", self.types)] {
            if types.is_some() && sender.kind.is_none() {
                return refuse(name, "expected none without a type, got one");
            }
        }
        sender.check_id()?;
        sender.check_algorithms(has_signed)?;
        sender.check_signed()?;
        Ok(sender)
    }

    /// Refuses what only the full module verifies, before anything else is asked of it.
    fn require_compiled(&self) -> Result<(), ConfigError> {
        let is_compiled = |one: &SignatureAlgorithm| one.with_format(Format::Der).is_compiled();
        let compiled = match &self.algorithm {
            Algorithms::One(one) => is_compiled(one),
            Algorithms::Labelled(Entries(labelled)) => {
                labelled.iter().all(|(_, one)| is_compiled(one))
            }
        };
        let unit = self.timestamp.as_ref().map(|timestamp| timestamp.unit);
        let is_common = self.rule.is_none() && unit != Some(Unit::HttpDate);
        if compiled && (cfg!(feature = "full") || is_common) {
            return Ok(());
        }
        Err(ConfigError::NeedsFull {
            sender: self.name.0.clone(),
        })
    }
}

fn check_acknowledgement(answer: &Acknowledgement) -> Result<(), ConfigError> {
    let status = answer.status;
    if !(200..=299).contains(&status) {
        let problem = format!("expected 200 to 299, got {status}");
        return refuse("acknowledgement.status", &problem);
    }
    if answer.content_type.is_some() != answer.body.is_some() {
        let problem = "expected body and contentType, or neither, got one of them";
        return refuse("acknowledgement", problem);
    }
    if answer.body.is_some() && matches!(status, 204 | 205) {
        let problem = "expected none, since the status allows none, got one";
        return refuse("acknowledgement.body", problem);
    }
    Ok(())
}

fn texts(entries: Vec<(HeaderName, String)>) -> Vec<(String, String)> {
    let entries = entries.into_iter();
    entries.map(|(name, value)| (name.0, value)).collect()
}

fn signature(
    algorithms: Algorithms,
    form: Option<DescriptorSignature>,
    scheme: Scheme,
) -> Result<SignatureForm, ConfigError> {
    let format = form.as_ref().and_then(|form| form.format);
    let given = format;
    let format = format.unwrap_or(match scheme {
        // RFC 7518, section 3.4.
        Scheme::JwtHeader => Format::Raw,
        _ => Format::Der,
    });
    let (labelled, algorithms) = match algorithms {
        Algorithms::One(one) => (false, Vec::from([(String::new(), one.with_format(format))])),
        Algorithms::Labelled(Entries(labelled)) => {
            let labelled = labelled.into_iter();
            let with_format =
                |(label, one): (Label, SignatureAlgorithm)| (label.0, one.with_format(format));
            (true, labelled.map(with_format).collect())
        }
    };
    if algorithms.is_empty() {
        return refuse("algorithm", "expected a label with its algorithm, got none");
    }
    let mut read = SignatureForm {
        algorithms,
        labelled,
        encoding: Encoding::Hex,
        prefix: String::new(),
        separator: b',',
        assign: b'=',
        timestamp_label: None,
    };
    let Some(form) = form else {
        return Ok(read);
    };
    let misplaced = match labelled {
        true if form.prefix.is_some() => Some("prefix"),
        false if form.separator.is_some() => Some("separator"),
        false if form.assign.is_some() => Some("assign"),
        false if form.timestamp.is_some() => Some("timestamp"),
        _ => None,
    };
    if let Some(member) = misplaced {
        let problem = match labelled {
            true => "expected none before labelled signatures, got one",
            false => "expected none without labels in algorithm, got one",
        };
        return refuse(&format!("signature.{member}"), problem);
    }
    read.encoding = form.encoding;
    read.prefix = form.prefix.map_or_else(String::new, |prefix| prefix.0);
    read.separator = match form.separator {
        None | Some(Separator::Comma) => b',',
        Some(Separator::Space) => b' ',
        Some(Separator::Semicolon) => b';',
    };
    read.assign = match form.assign {
        None | Some(Assign::Equals) => b'=',
        Some(Assign::Comma) => b',',
    };
    read.timestamp_label = form.timestamp.map(|label| label.0);
    if read.separator == read.assign {
        let problem = "expected another character than the separator, got the same";
        return refuse("signature.assign", problem);
    }
    let mut named = read.algorithms.iter();
    if named.any(|(label, _)| Some(label) == read.timestamp_label.as_ref()) {
        let problem = "expected a label that no signature has, got one of them";
        return refuse("signature.timestamp", problem);
    }
    let mut named = read.algorithms.iter();
    if given.is_some() && !named.any(|(_, algorithm)| algorithm.has_formats()) {
        let problem = "expected no format, since only ecdsa has several, got one";
        return refuse("signature.format", problem);
    }
    Ok(read)
}

fn header_sets(
    headers: Option<OneOrMany<SignatureHeaders>>,
    scheme: Scheme,
) -> Result<Vec<HeaderSet>, ConfigError> {
    match headers {
        None if matches!(scheme, Scheme::Plisio | Scheme::JwtMember) => Ok(Vec::new()),
        None => refuse(
            "headers",
            "expected an object or an array of objects, got nothing",
        ),
        Some(OneOrMany::One(set)) => Ok(Vec::from([header_set(set, "headers.signature")?])),
        Some(OneOrMany::Many(sets)) if sets.is_empty() => {
            refuse("headers", "expected one or more sets of headers, got none")
        }
        Some(OneOrMany::Many(sets)) => {
            let sets = sets.into_iter().enumerate();
            let sets =
                sets.map(|(index, set)| header_set(set, &format!("headers[{index}].signature")));
            sets.collect()
        }
    }
}

fn header_set(set: SignatureHeaders, path: &str) -> Result<HeaderSet, ConfigError> {
    let text = |name: Option<HeaderName>| name.map(|name| name.0);
    let read = HeaderSet {
        signature: set.signature.0,
        timestamp: text(set.timestamp),
        id: text(set.id),
        nonce: text(set.nonce),
        key_id: text(set.key_id),
        client_id: text(set.client_id),
    };
    let names = [
        &read.timestamp,
        &read.id,
        &read.nonce,
        &read.key_id,
        &read.client_id,
    ];
    let names: Vec<_> = names
        .into_iter()
        .flatten()
        .chain([&read.signature])
        .collect();
    let repeated = |(index, name): (usize, &&String)| {
        names
            .iter()
            .skip(index.saturating_add(1))
            .any(|other| other == name)
    };
    if names.iter().enumerate().any(repeated) {
        return refuse(
            path,
            "expected headers of which each has one part, got one with two",
        );
    }
    Ok(read)
}

fn place(name: &str, place: Option<DescriptorPlace>) -> Result<Option<Place>, ConfigError> {
    let Some(place) = place else {
        return Ok(None);
    };
    if place.unique && name != "id" {
        return refuse(name, "expected unique for an id alone, got it");
    }
    match (place.member, place.fallback, place.header) {
        (Some(member), fallback, None) => Ok(Some(Place::Member {
            path: member.0,
            fallback: fallback.map(|member| member.0),
        })),
        (None, None, Some(header)) => Ok(Some(Place::Header(header.0))),
        (None, _, None) => refuse(name, "expected a member or a header, got neither"),
        (Some(_), _, Some(_)) => refuse(name, "expected a member or a header, got both"),
        (None, Some(_), _) => refuse(name, "expected no fallback without a member, got one"),
    }
}

impl Sender {
    /// Refuses what could be changed without breaking the signature, or can never be there.
    fn check_signed(&self) -> Result<(), ConfigError> {
        let bodies = self.signed.parts().filter(|part| **part == Part::Body);
        match bodies.count() {
            0 => return refuse("signed", "expected {body} in it, got a text without"),
            1 => {}
            _ => return refuse("signed", "expected {body} once, got it several times"),
        }
        if self.id.is_some() && self.has_id_header() {
            return refuse("id", "expected id or headers.id, got both");
        }
        self.check_template("signed", &self.signed)?;
        if let Some(get) = &self.signed_on_get {
            if get.has(&Part::Body) || !(get.has(&Part::Query) || get.has(&Part::Url)) {
                return refuse(
                    "signedOnGet",
                    "expected {query} or {url} and no {body} in it",
                );
            }
            self.check_template("signedOnGet", get)?;
            if !get.is_apart_from(&self.signed, self.unit()) {
                return refuse(
                    "signedOnGet",
                    "expected what signed has before {body}, and then {url}, `?` or `/`",
                );
            }
        }
        let label = self.signature.timestamp_label.is_some();
        let time = self.timestamp.as_ref();
        let member = time.is_some_and(|time| time.member.is_some());
        let in_headers = self.header_sets.iter().map(|set| set.timestamp.is_some());
        let in_headers = in_headers.chain(self.header_sets.is_empty().then_some(false));
        let in_token = self.scheme() == Scheme::JwtHeader;
        for in_header in in_headers {
            let sources = [label, in_header, member, in_token];
            let sources = sources.iter().filter(|source| **source).count();
            if sources != usize::from(time.is_some()) {
                return refuse(
                    "timestamp",
                    "expected one source of the time and its unit: headers.timestamp, \
                     signature.timestamp or timestamp.member",
                );
            }
        }
        if label && self.signature.separator == b',' && self.has_unit(Unit::HttpDate) {
            return refuse(
                "timestamp.unit",
                "expected a time without commas in a list, got http-date",
            );
        }
        if self.payload == Payload::Form && (member || self.scheme() != Scheme::Plain) {
            return refuse("payload", "expected json where members are read, got form");
        }
        if self.header_names().len() > MAX_HEADERS {
            return refuse("headers", "expected at most 16 headers, got more");
        }
        Ok(())
    }

    /// Refuses an id that anybody could change, and content of which parts cannot be left out.
    fn check_id(&self) -> Result<(), ConfigError> {
        let is_signed = match &self.id {
            Some(Place::Header(name)) => self.signs_what_it_names() || self.signs_header(name),
            _ => true,
        };
        if self.id_is_unique && !is_signed {
            return refuse("id.unique", "expected an id that is signed, got another");
        }
        if !self
            .changes_on_retry
            .iter()
            .all(|path| is_member_path(path))
        {
            let problem = "expected names of members with dots between them, got another text";
            return refuse("changesOnRetry", problem);
        }
        let is_body = self.payload != Payload::Form && !self.scheme().signs_other_bytes();
        if !self.changes_on_retry.is_empty() && !is_body {
            return refuse(
                "changesOnRetry",
                "expected none, since the body is not what is signed, got one",
            );
        }
        Ok(())
    }

    fn has_unit(&self, unit: Unit) -> bool {
        self.timestamp
            .as_ref()
            .is_some_and(|time| time.unit == unit)
    }

    /// Refuses a text under the signature that leaves out what the headers say, or names what they
    /// do not.
    fn check_template(&self, member: &str, template: &Template) -> Result<(), ConfigError> {
        let label = self.signature.timestamp_label.is_some();
        for set in &self.header_sets {
            let parts = [
                (
                    "timestamp",
                    Part::Timestamp,
                    label || set.timestamp.is_some(),
                ),
                ("id", Part::Id, set.id.is_some()),
                ("nonce", Part::Nonce, set.nonce.is_some()),
            ];
            for (name, part, given) in parts {
                if given != template.has(&part) && self.scheme() != Scheme::Hook0 {
                    let problem = if given {
                        format!("expected {{{name}}} in it, since only what is signed counts")
                    } else {
                        format!("expected headers.{name} for {{{name}}}, got none")
                    };
                    return refuse(if given { member } else { "headers" }, &problem);
                }
            }
            if self.signed.has(&Part::ClientId) != set.client_id.is_some() {
                let problem = "expected headers.clientId and {clientId}, got one of them";
                return refuse("headers", problem);
            }
            if template.has(&Part::KeyId) && set.key_id.is_none() {
                return refuse("headers", "expected headers.keyId for {keyId}, got none");
            }
            if template.has(&Part::Header(set.signature.clone())) {
                return refuse(
                    member,
                    "expected headers without the signature's own, got it",
                );
            }
        }
        let of = Use {
            unit: self.unit(),
            is_get: member == "signedOnGet",
        };
        let is_json = matches!(self.payload, Payload::Json | Payload::WalletEvent);
        match template.check_unique(of, is_json) {
            Ok(()) => {}
            Err(Ambiguous {
                part: Part::Body,
                next,
            }) => {
                let problem = format!("expected payload json, since {next} follows {{body}}");
                return refuse(member, &problem);
            }
            Err(Ambiguous { part, next }) => {
                let problem =
                    format!("expected a text behind {part} that {part} cannot hold, got {next}");
                return refuse(member, &problem);
            }
        }
        // Beside a text of any length, three digits could make milliseconds of seconds.
        if self.has_unit(Unit::Unix) && !template.bounds(&Part::Timestamp) {
            return refuse(
                "timestamp.unit",
                "expected s or ms where no fixed text stands on both sides of {timestamp}, got unix",
            );
        }
        Ok(())
    }

    /// Refuses algorithms that a scheme does not know, or that need keys of two kinds.
    fn check_algorithms(&self, has_signed: bool) -> Result<(), ConfigError> {
        let SignatureForm { algorithms, .. } = &self.signature;
        let only = |expected: Algorithm| algorithms.iter().all(|(_, other)| *other == expected);
        let fits = match self.scheme() {
            Scheme::Plisio => only(Algorithm::HmacSha1),
            Scheme::JwtMember => only(Algorithm::HmacSha256),
            Scheme::DetachedJws => only(Algorithm::RsaSha512),
            Scheme::JwtHeader => {
                only(Algorithm::EcdsaP256(Format::Raw)) && self.has_unit(Unit::Seconds)
            }
            Scheme::Hook0 => {
                let labels = algorithms.iter().map(|(label, _)| label.as_str());
                let time = self.signature.timestamp_label.as_deref();
                only(Algorithm::HmacSha256)
                    && labels.eq(["v0", "v1"])
                    && time == Some("t")
                    && self.signature.encoding == Encoding::Hex
                    && self.has_unit(Unit::Seconds)
            }
            _ => {
                let mut kinds = algorithms.iter().map(|(_, it)| it.is_mac());
                let first = kinds.next();
                let mixed = kinds.any(|kind| Some(kind) != first);
                let standard = |it: &Algorithm| it.is_mac() || *it == Algorithm::Ed25519;
                let standard = algorithms.iter().all(|(_, it)| standard(it));
                !mixed || (self.key == KeyForm::Standard && standard)
            }
        };
        if !fits {
            return refuse(
                "algorithm",
                "expected what the rule and the key form take, got another",
            );
        }
        let own_text = matches!(
            self.scheme(),
            Scheme::Plisio
                | Scheme::JwtMember
                | Scheme::DetachedJws
                | Scheme::JwtHeader
                | Scheme::Hook0
        );
        if own_text && has_signed {
            return refuse(
                "signed",
                "expected nothing, since the rule says what is signed",
            );
        }
        Ok(())
    }
}

fn refuse<T>(member: &str, problem: &str) -> Result<T, ConfigError> {
    Err(ConfigError::InvalidSender {
        member: format!("sender.{member}"),
        problem: problem.to_owned(),
    })
}

fn is_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=64).contains(&text.len())
        && text.bytes().all(allowed)
        && text.split('-').all(|word| !word.is_empty())
}

fn is_host(text: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
    (1..=253).contains(&text.len()) && text.bytes().all(allowed)
}

/// A field name (RFC 9110, section 5.1).
pub(super) fn is_header_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    (1..=128).contains(&text.len()) && text.bytes().all(allowed)
}

fn is_label(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_prefix(text: &str) -> bool {
    let allowed = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
    (1..=64).contains(&text.len()) && !text.starts_with(' ') && text.bytes().all(allowed)
}

fn is_media_type(text: &str) -> bool {
    let (media, parameters) = text.split_once(';').unwrap_or((text, ""));
    media
        .split_once('/')
        .is_some_and(|(kind, subtype)| is_header_name(kind) && is_header_name(subtype))
        && text.len() <= 128
        && parameters
            .bytes()
            .all(|byte| byte == b' ' || byte.is_ascii_graphic())
}

fn is_answer(text: &str) -> bool {
    (1..=1024).contains(&text.len())
}

fn is_member_path(text: &str) -> bool {
    !text.is_empty() && text.len() <= 256 && text.split('.').all(|name| !name.is_empty())
}
