//! What the members of a descriptor have to be to each other, so that nobody can change what is signed.

use alloc::format;

use super::refuse;
use super::text::is_member_path;
use crate::algorithm::{Algorithm, Format};
use crate::encoding::Encoding;
use crate::error::ConfigError;
use crate::key::KeyForm;
use crate::sender::template::{Part, Template};
use crate::sender::unique::{Ambiguous, Use};
use crate::sender::{MAX_HEADERS, Payload, Place, Scheme, Sender, SignatureForm};
use crate::timestamp::Unit;

impl Sender {
    /// Refuses members that do not fit each other. `has_signed` is whether the descriptor says what is
    /// signed.
    pub(super) fn check(&self, has_signed: bool) -> Result<(), ConfigError> {
        self.check_id()?;
        self.check_algorithms(has_signed)?;
        self.check_signed()
    }

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
