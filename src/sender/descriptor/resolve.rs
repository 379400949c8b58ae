//! From a descriptor to a sender: what is invalid is refused by the name of its member.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{
    Acknowledgement, Algorithms, Assign, DescriptorPlace, DescriptorSignature, HeaderName, Label,
    MAX_TOLERANCE_SECONDS, Prehash, Probe, SenderDescriptor, Separator, SignatureAlgorithm,
    SignatureHeaders, refuse,
};
use crate::algorithm::Format;
use crate::encoding::Encoding;
use crate::error::ConfigError;
use crate::json::shapes::{Entries, OneOrMany};
use crate::key::{KeyForm, MIN_RSA_BITS};
use crate::sender::template::Template;
use crate::sender::{HeaderSet, Payload, Place, Scheme, Sender, SignatureForm, Timestamp};
use crate::timestamp::Unit;

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
        sender.check(has_signed)?;
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
