//! What a sender's callbacks look like, as data: a descriptor is read once, when a verifier is built,
//! and nothing later asks for the sender's name.

pub mod descriptor;
#[cfg(feature = "schema")]
mod schema;
#[cfg(feature = "full")]
mod table;
pub(crate) mod template;
mod tp_wallet;
pub(crate) mod unique;

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::algorithm::Algorithm;
use crate::encoding::Encoding;
use crate::error::ConfigError;
use crate::json::nearest::two_nearest;
use crate::key::{KeyForm, KeyRules};
use crate::timestamp::Unit;
use template::{Part, Template};
use unique::Use;

pub use descriptor::MAX_HEADERS;
pub use descriptor::{MAX_TOLERANCE_SECONDS, SenderDescriptor};
#[cfg(feature = "schema")]
pub use schema::schema;
#[cfg(feature = "full")]
pub use table::{all, detect, names};

/// A platform's callbacks: a descriptor that makes sense.
#[derive(Debug, Clone)]
pub struct Sender {
    /// The name by which it is chosen.
    pub(crate) name: String,
    /// The headers that it signs with. Where there are several sets, the first one whose signature is
    /// there counts, and it alone.
    pub(crate) header_sets: Vec<HeaderSet>,
    /// Headers that have one value in every callback that is signed as described.
    pub(crate) expected: Vec<(String, String)>,
    /// How the header of the signature is written.
    pub(crate) signature: SignatureForm,
    /// The bytes under the signature.
    pub(crate) signed: Template,
    /// The bytes under the signature of a GET without a body.
    pub(crate) signed_on_get: Option<Template>,
    /// How often the bytes are hashed with SHA-256 before they are signed.
    pub(crate) prehash: u8,
    /// Where the time that is compared with the clock comes from.
    pub(crate) timestamp: Option<Timestamp>,
    /// The tolerance that the sender itself names, in seconds.
    pub(crate) tolerance_seconds: Option<u64>,
    /// How a secret is written.
    pub(crate) key: KeyForm,
    /// The fewest bits of an RSA key.
    pub(crate) min_rsa_bits: u64,
    /// What the body holds.
    pub(crate) payload: Payload,
    /// Where the event's type stands.
    pub(crate) kind: Option<Place>,
    /// Where the event's id stands, if not in a signed header.
    pub(crate) id: Option<Place>,
    /// Whether each event has an id of its own there, and each try of an event the same.
    pub(crate) id_is_unique: bool,
    /// The members of the body that are not the same in each try.
    pub(crate) changes_on_retry: Vec<String>,
    /// How all of this is read.
    pub(crate) scheme: Scheme,
    /// Whether the weaker of two signatures, which covers no header, is enough.
    pub(crate) allows_unsigned_headers: bool,
    /// Whether a body is enough whose signature says nothing of the URL, while that of a GET does.
    pub(crate) allows_unsigned_url: bool,
}

/// The error for a name that none of these senders has.
#[inline(never)]
pub(crate) fn unknown<'k>(name: &str, known: impl Iterator<Item = &'k str> + Clone) -> ConfigError {
    ConfigError::UnknownSender(match two_nearest(name, known) {
        [Some(one), Some(two)] => format!("\"{name}\" (did you mean \"{one}\" or \"{two}\"?)"),
        [Some(one), None] => format!("\"{name}\" (did you mean \"{one}\"?)"),
        _ if is_word(name) => format!("\"{name}\" (senders() lists the names)"),
        _ => "(senders() lists the names)".to_owned(),
    })
}

/// Whether a text is a name, and no secret in the wrong place.
fn is_word(name: &str) -> bool {
    let letters = name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'-'));
    letters && (1..=20).contains(&name.len())
}

/// What the signature of a callback proves: what only a holder of the key can choose. Of a GET, for
/// which some senders sign another text, it may prove less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Signs {
    /// The body, or the part of it that becomes the payload.
    pub body: bool,
    /// The event's id.
    pub id: bool,
    /// The event's type.
    pub r#type: bool,
    /// When it was signed.
    pub timestamp: bool,
    /// The URL to which it was sent, or a part of it.
    pub url: bool,
    /// The request's method.
    pub method: bool,
}

/// The headers of one way of signing, in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct HeaderSet {
    /// The signatures.
    pub(crate) signature: String,
    /// When the callback was signed.
    pub(crate) timestamp: Option<String>,
    /// Identifies the callback; a retry has the same.
    pub(crate) id: Option<String>,
    /// A text that no two callbacks share.
    pub(crate) nonce: Option<String>,
    /// Which of the sender's keys signed it.
    pub(crate) key_id: Option<String>,
    /// Which of the sender's clients it is for.
    pub(crate) client_id: Option<String>,
}

impl Part {
    /// The header that this part is the value of.
    fn header<'p>(&'p self, set: Option<&'p HeaderSet>) -> Option<&'p str> {
        match self {
            Self::Header(name) => Some(name),
            Self::Timestamp => set?.timestamp.as_deref(),
            Self::Id => set?.id.as_deref(),
            Self::Nonce => set?.nonce.as_deref(),
            Self::KeyId => set?.key_id.as_deref(),
            Self::ClientId => set?.client_id.as_deref(),
            _ => None,
        }
    }
}

impl HeaderSet {
    /// The headers that a callback with this set has to have.
    #[cfg(feature = "full")]
    fn names<'s>(&'s self, sender: &'s Sender) -> Vec<&'s str> {
        let optional = [
            &self.timestamp,
            &self.id,
            &self.nonce,
            &self.key_id,
            &self.client_id,
        ];
        let own = core::iter::once(&self.signature).chain(optional.into_iter().flatten());
        let expected = sender.expected.iter().map(|(name, _)| name);
        own.chain(expected).map(String::as_str).collect()
    }
}

/// How the header of the signature is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignatureForm {
    /// The labels of a list's entries and what signs them, or one algorithm without a label.
    pub(crate) algorithms: Vec<(String, Algorithm)>,
    /// Whether the header is a list of labelled entries.
    pub(crate) labelled: bool,
    pub(crate) encoding: Encoding,
    /// What stands before a signature without a label.
    pub(crate) prefix: String,
    /// What stands between the entries of a list.
    pub(crate) separator: u8,
    /// What stands between a label and its value.
    pub(crate) assign: u8,
    /// The label of the entry that holds the timestamp.
    pub(crate) timestamp_label: Option<String>,
}

/// Where the time that is compared with the clock comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Timestamp {
    pub(crate) unit: Unit,
    /// The member of the signed body that holds it, as `data.sentAt`; else it is in a header.
    pub(crate) member: Option<String>,
}

/// What a verified body is read as.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Payload {
    /// The envelope `type`, `timestamp`, `data`.
    WalletEvent,
    /// Strict JSON, or nothing at all, or bytes that are no text.
    Json,
    /// As [`Payload::Json`], and other text.
    Any,
    /// `application/x-www-form-urlencoded`.
    Form,
}

/// Where something stands that is not part of a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the signed body.
    Member {
        /// As `event.type`.
        path: String,
        /// The member that counts if that one is missing or null.
        fallback: Option<String>,
    },
    /// In a header, by its name.
    Header(String),
}

/// A way of signing that the members of a descriptor cannot describe.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// As the descriptor says.
    #[serde(skip_deserializing)]
    Plain,
    /// `{body}` is the body as compact JSON, with keys sorted at every depth.
    SortedJson,
    /// Only the body's member `payload` is signed, as compact JSON, and handed over.
    SignedMember,
    /// The header is JSON with the signature in its member `s`, or the signature.
    WrappedSignature,
    /// The best of the header's signatures decides, over the headers that it lists (Coinbase Developer
    /// Platform).
    Hook0,
    /// The signature is the body's member `verify_hash`.
    Plisio,
    /// The body's member `data` is a JSON Web Token, and its claims are the payload.
    JwtMember,
    /// The header is a JSON Web Signature without its payload (RFC 7515, appendix F).
    DetachedJws,
    /// The header is a JSON Web Token whose claims are the body's SHA-256, `request_body_sha256`, and the time
    /// of signing, `iat` (Plaid).
    JwtHeader,
}

impl Scheme {
    /// Whether the body could be written otherwise under the same signature.
    pub(crate) const fn signs_other_bytes(self) -> bool {
        matches!(
            self,
            Self::SortedJson | Self::SignedMember | Self::Plisio | Self::JwtMember
        )
    }
}

impl Payload {
    /// The media type in which it comes, where the format prescribes one.
    #[must_use]
    pub const fn media_type(self) -> Option<&'static str> {
        match self {
            Self::WalletEvent => Some("application/json"),
            Self::Json | Self::Any | Self::Form => None,
        }
    }
}

impl Sender {
    /// The sender of this name: this build knows no other by its name alone.
    #[cfg(not(feature = "full"))]
    pub(crate) fn find(name: &str) -> Result<Self, ConfigError> {
        match name {
            Self::DEFAULT => Ok(Self::tp_wallet()),
            _ => Err(unknown(name, core::iter::empty())),
        }
    }

    /// How all of this is read. The core refuses descriptors with a rule.
    pub(crate) const fn scheme(&self) -> Scheme {
        if cfg!(feature = "full") {
            self.scheme
        } else {
            Scheme::Plain
        }
    }

    /// The name by which it is chosen.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its keys have to be.
    #[must_use]
    pub fn key_rules(&self) -> KeyRules {
        let algorithms = self.signature.algorithms.iter();
        KeyRules {
            form: self.key,
            algorithms: algorithms.map(|(_, algorithm)| *algorithm).collect(),
            min_rsa_bits: self.min_rsa_bits,
            named: self.names_keys(),
        }
    }

    /// What a verified body is read as.
    #[must_use]
    pub const fn payload(&self) -> Payload {
        self.payload
    }

    /// Whether its callbacks carry a time that is compared with the clock.
    #[must_use]
    pub const fn has_timestamp(&self) -> bool {
        self.timestamp.is_some()
    }

    /// The member of the signed body that holds the time, with its unit.
    pub(crate) fn timestamp_member(&self) -> Option<(&str, Unit)> {
        let Timestamp { unit, member } = self.timestamp.as_ref()?;
        Some((member.as_deref()?, *unit))
    }

    /// Whether a verifier has to be told the URL that was registered: it is signed.
    #[must_use]
    pub fn needs_url(&self) -> bool {
        self.signs_part(|part| matches!(part, Part::Url | Part::Path))
    }

    /// Whether a verifier has to be told for which of the sender's clients callbacks are: it is signed.
    #[must_use]
    pub fn needs_client_id(&self) -> bool {
        self.signs_part(|part| *part == Part::ClientId)
    }

    /// Whether a header is signed in every callback.
    pub(crate) fn signs_header(&self, name: &str) -> bool {
        let no_set = self.header_sets.is_empty().then_some(None);
        let mut sets = self.header_sets.iter().map(Some).chain(no_set);
        sets.all(|set| {
            let is_in = |part: &Part| part.header(set).is_some_and(|header| header == name);
            self.templates().all(|template| template.parts().any(is_in))
        })
    }

    /// The headers in which the event's type and its id stand.
    pub(crate) fn event_headers(&self) -> impl Iterator<Item = &str> {
        let places = [&self.kind, &self.id].into_iter().flatten();
        places.filter_map(|place| match place {
            Place::Header(name) => Some(name.as_str()),
            Place::Member { .. } => None,
        })
    }

    /// What a signature of this sender proves.
    #[must_use]
    pub fn signs(&self) -> Signs {
        self.signs_by(&self.signed)
    }

    /// The same of a GET, if this sender signs another text for it. Its body is the query.
    #[must_use]
    pub fn signs_on_get(&self) -> Option<Signs> {
        Some(self.signs_by(self.signed_on_get.as_ref()?))
    }

    fn signs_by(&self, signed: &Template) -> Signs {
        let place = |place: &Option<Place>| match place {
            None => false,
            Some(Place::Member { .. }) => true,
            Some(Place::Header(name)) => self.signs_what_it_names() || self.signs_header(name),
        };
        Signs {
            body: true,
            id: self.has_id_header() || place(&self.id),
            r#type: place(&self.kind),
            timestamp: self.has_timestamp(),
            url: [Part::Url, Part::Path, Part::Query]
                .iter()
                .any(|part| signed.has(part)),
            method: signed.has(&Part::Method),
        }
    }

    /// What is signed in a request with this method.
    #[cfg(feature = "full")]
    pub(crate) fn signed_in(&self, method: Option<&str>) -> &Template {
        let on_get = self.signed_on_get.as_ref();
        on_get
            .filter(|_| method == Some("GET"))
            .unwrap_or(&self.signed)
    }

    /// Whether a callback itself names the headers that are signed, and no other header counts.
    pub(crate) fn signs_what_it_names(&self) -> bool {
        self.scheme() == Scheme::Hook0 && !self.allows_unsigned_headers
    }

    /// Whether a body is refused, since only the signature of a GET says for whose URL a callback is. With a
    /// public key, the sender may sign for others, too, who could pass their callbacks on.
    #[must_use]
    pub fn takes_only_get(&self) -> bool {
        let mut algorithms = self.signature.algorithms.iter();
        let signs_url = |template: &Template| template.has(&Part::Url) || template.has(&Part::Path);
        !self.allows_unsigned_url
            && self.signed_on_get.as_ref().is_some_and(signs_url)
            && !signs_url(&self.signed)
            && algorithms.any(|(_, algorithm)| !algorithm.is_mac())
    }

    /// How the time is written, if there is one.
    pub(crate) fn unit(&self) -> Option<Unit> {
        self.timestamp.as_ref().map(|timestamp| timestamp.unit)
    }

    /// Whether a body has to be a JSON object or array, since nothing else shows where it starts or ends
    /// under the signature.
    pub(crate) fn needs_brackets(&self) -> bool {
        let of = Use {
            unit: self.unit(),
            is_get: false,
        };
        self.scheme() == Scheme::Hook0 || self.signed.needs_brackets(of)
    }

    /// The headers that are signed beside those of a set.
    pub(crate) fn signed_headers(&self) -> impl Iterator<Item = &str> {
        self.signed.parts().filter_map(|part| match part {
            Part::Header(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// Whether the query of the called URL is signed with the body.
    pub(crate) fn signs_query(&self) -> bool {
        self.signed.has(&Part::Query)
    }

    /// Whether its callbacks carry an id in a header.
    #[cfg(feature = "full")]
    pub(crate) fn needs_id(&self) -> bool {
        self.has_id_header() || matches!(self.id, Some(Place::Header(_)))
    }

    /// Whether its callbacks carry a nonce.
    #[cfg(feature = "full")]
    pub(crate) fn needs_nonce(&self) -> bool {
        self.header_sets.iter().any(|set| set.nonce.is_some())
    }

    /// Whether its callbacks name the key that signed them.
    #[must_use]
    pub fn names_keys(&self) -> bool {
        matches!(self.scheme(), Scheme::DetachedJws | Scheme::JwtHeader)
            || self.header_sets.iter().any(|set| set.key_id.is_some())
    }

    /// Whether its headers have an id that is signed.
    pub(crate) fn has_id_header(&self) -> bool {
        self.header_sets.iter().any(|set| set.id.is_some())
    }

    /// The headers that are read, set by set.
    #[must_use]
    pub fn header_names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        let mut add = |name| {
            if !names.contains(&name) {
                names.push(name);
            }
        };
        for set in &self.header_sets {
            let optional = [&set.id, &set.timestamp];
            optional
                .into_iter()
                .flatten()
                .for_each(|name| add(name.as_str()));
            add(&set.signature);
            let optional = [&set.nonce, &set.key_id, &set.client_id];
            optional.into_iter().flatten().for_each(|name| add(name));
        }
        self.expected.iter().for_each(|(name, _)| add(name));
        for place in [&self.kind, &self.id].into_iter().flatten() {
            if let Place::Header(name) = place {
                add(name);
            }
        }
        for part in self.templates().flat_map(Template::parts) {
            if let Part::Header(name) = part {
                add(name);
            }
        }
        names
    }

    /// Whether the request's method is read.
    #[must_use]
    pub fn reads_method(&self) -> bool {
        self.signed_on_get.is_some() || self.signs_part(|part| matches!(part, Part::Method))
    }

    /// Whether the called URL is read, of which only the query counts.
    #[must_use]
    pub fn reads_url(&self) -> bool {
        let on_get = self.signed_on_get.iter().flat_map(Template::parts);
        self.signs_part(|part| *part == Part::Query)
            || on_get.into_iter().any(|part| *part == Part::Url)
    }

    /// Whether every header may be read, since a callback itself says which of them are signed.
    #[must_use]
    pub fn reads_all_headers(&self) -> bool {
        self.scheme() == Scheme::Hook0
    }

    fn signs_part(&self, is: impl FnMut(&Part) -> bool) -> bool {
        self.templates().flat_map(Template::parts).any(is)
    }

    /// What is signed, in every case.
    fn templates(&self) -> impl Iterator<Item = &Template> {
        core::iter::once(&self.signed).chain(&self.signed_on_get)
    }
}
