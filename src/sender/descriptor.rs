//! Reading a descriptor. What makes no sense is refused by the name of its member.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::template::{Part, Template};
use super::{HeaderSet, Payload, Place, Rule, Sender, SignatureForm, Timestamp};
use crate::algorithm::{Algorithm, Format};
use crate::encoding::Encoding;
use crate::error::ConfigError;
use crate::json::Value;
use crate::key::KeyForm;
use crate::timestamp::Unit;

/// The most headers that one callback may need: the boundary has room for as many.
pub(crate) const MAX_HEADERS: usize = 16;

const ALGORITHM_NAMES: &str = "hmac-sha1 hmac-sha256 hmac-sha512 keccak256 ed25519 \
    ecdsa-p256-sha256 ecdsa-secp256k1-sha256 rsa-pkcs1-sha256 rsa-pkcs1-sha512";

const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::HmacSha1,
    Algorithm::HmacSha256,
    Algorithm::HmacSha512,
    Algorithm::Keccak256,
    Algorithm::Ed25519,
    Algorithm::EcdsaP256(Format::Der),
    Algorithm::EcdsaSecp256k1(Format::Der),
    Algorithm::RsaSha256,
    Algorithm::RsaSha512,
];

const RULE_NAMES: &str = "sorted-json signed-member wrapped-signature hook0 plisio jwt-member \
    detached-jws";

const RULES: [Rule; 7] = [
    Rule::SortedJson,
    Rule::SignedMember,
    Rule::WrappedSignature,
    Rule::Hook0,
    Rule::Plisio,
    Rule::JwtMember,
    Rule::DetachedJws,
];

const KEY_NAMES: &str = "standard utf8 utf8-trimmed utf8-without-first-hyphen hex base64";

const KEYS: [KeyForm; 6] = [
    KeyForm::Standard,
    KeyForm::Utf8,
    KeyForm::Utf8Trimmed,
    KeyForm::Utf8WithoutFirstHyphen,
    KeyForm::Hex,
    KeyForm::Base64,
];

const PAYLOAD_NAMES: &str = "any json form wallet-event";

const PAYLOADS: [Payload; 4] = [
    Payload::Any,
    Payload::Json,
    Payload::Form,
    Payload::WalletEvent,
];

const UNIT_NAMES: &str = "s ms unix iso8601 http-date";

const UNITS: [Unit; 5] = [
    Unit::Seconds,
    Unit::Milliseconds,
    Unit::Unix,
    Unit::Iso8601,
    Unit::HttpDate,
];

const ENCODING_NAMES: &str = "hex base64 base64url";

const ENCODINGS: [Encoding; 3] = [Encoding::Hex, Encoding::Base64, Encoding::Base64Url];

/// What stands at the place of a choice.
fn pick<T: Copy, const N: usize>(place: Option<usize>, choices: [T; N]) -> Option<T> {
    choices.get(place?).copied()
}

/// An object of the descriptor, with what has been asked for so far, so that the rest can be refused.
struct Members<'d> {
    value: Value<'d>,
    path: String,
    known: Vec<&'static str>,
}

impl Sender {
    /// Reads a descriptor.
    ///
    /// # Errors
    /// [`ConfigError::InvalidSender`] with the member at fault, and [`ConfigError::NeedsFull`] where
    /// its algorithm is not compiled in.
    pub(crate) fn read(descriptor: Value) -> Result<Self, ConfigError> {
        let mut sender = Members::of(descriptor, "sender")?;
        let mut read = Self::blank();
        // Filled in place: an error has one value to drop then, wherever it comes up.
        read.fill(&mut sender)?;
        sender.finish()?;
        read.check_algorithms(descriptor.get("signed").is_some())?;
        read.check_signed()?;
        read.check_compiled()?;
        Ok(read)
    }

    fn fill(&mut self, sender: &mut Members) -> Result<(), ConfigError> {
        self.name =
            sender.required_text("name", is_name, "1 to 64 of a-z, 0-9 and inner hyphens")?;
        for described in ["title", "docs"] {
            sender.text(described, |_| true, "a string")?;
        }
        sender.choice("evidence", "vector read second-hand")?;
        if let Some(hosts) = sender.get("keyHosts") {
            let host = |host: Value| host.string().is_some_and(|host| is_host(&host));
            if !hosts.is_array() || !hosts.elements().all(host) {
                return Err(sender.unexpected("keyHosts", "an array of host names"));
            }
        }
        self.rule = pick(sender.choice("rule", RULE_NAMES)?, RULES).unwrap_or(Rule::Plain);
        signature(sender, self)?;
        header_sets(sender, self)?;
        self.expected = expected(sender)?;
        self.timestamp = timestamp(sender)?;
        match template(sender, "signed")? {
            Some(template) => self.signed = template,
            None if self.rule == Rule::Plain => return Err(sender.unexpected("signed", "a string")),
            None => {}
        }
        self.signed_on_get = template(sender, "signedOnGet")?;
        self.prehash = pick(sender.choice("prehash", "sha256 sha256-twice")?, [1, 2]).unwrap_or(0);
        self.tolerance_seconds = sender.tolerance()?;
        self.key = pick(sender.choice("key", KEY_NAMES)?, KEYS).unwrap_or(KeyForm::Utf8);
        let payload = pick(sender.choice("payload", PAYLOAD_NAMES)?, PAYLOADS);
        self.payload = payload.unwrap_or(Payload::Any);
        self.kind = place(sender, "type")?;
        self.id = place(sender, "id")?;
        let mut algorithms = self.signature.algorithms.iter();
        if sender.get("key").is_some() && !algorithms.any(|(_, algorithm)| algorithm.is_mac()) {
            return Err(sender.unexpected("key", "no key form, since public keys tell their own"));
        }
        Ok(())
    }

    /// What is left where a descriptor says nothing.
    fn blank() -> Self {
        Self {
            name: String::new(),
            header_sets: Vec::new(),
            expected: Vec::new(),
            signature: SignatureForm {
                algorithms: Vec::new(),
                labelled: false,
                encoding: Encoding::Hex,
                prefix: String::new(),
                separator: b',',
                assign: b'=',
                timestamp_label: None,
            },
            signed: Template::body(),
            signed_on_get: None,
            prehash: 0,
            timestamp: None,
            tolerance_seconds: None,
            key: KeyForm::Utf8,
            payload: Payload::Any,
            kind: None,
            id: None,
            rule: Rule::Plain,
        }
    }

    /// Refuses what could be changed without breaking the signature, or can never be there.
    fn check_signed(&self) -> Result<(), ConfigError> {
        if !self.signed.has(&Part::Body) {
            return refuse("signed", "expected {body} in it, got a text without");
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
        }
        let label = self.signature.timestamp_label.is_some();
        let time = self.timestamp.as_ref();
        let member = time.is_some_and(|time| time.member.is_some());
        let in_headers = self.header_sets.iter().map(|set| set.timestamp.is_some());
        let in_headers = in_headers.chain(self.header_sets.is_empty().then_some(false));
        for in_header in in_headers {
            let sources = [label, in_header, member];
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
        if self.payload == Payload::Form && (member || self.rule != Rule::Plain) {
            return refuse("payload", "expected json where members are read, got form");
        }
        if self.header_names().len() > MAX_HEADERS {
            return refuse("headers", "expected at most 16 headers, got more");
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
                if given != template.has(&part) && self.rule != Rule::Hook0 {
                    let problem = if given {
                        format!("expected {{{name}}} in it, since only what is signed counts")
                    } else {
                        format!("expected headers.{name} for {{{name}}}, got none")
                    };
                    return refuse(if given { member } else { "headers" }, &problem);
                }
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
        // Beside a text of any length, three digits could make milliseconds of seconds.
        if self.has_unit(Unit::Unix) && !template.bounds(&Part::Timestamp) {
            return refuse(
                "timestamp.unit",
                "expected s or ms where no fixed text stands on both sides of {timestamp}, got unix",
            );
        }
        Ok(())
    }

    /// Refuses algorithms that a rule does not know, or that need keys of two kinds.
    fn check_algorithms(&self, has_signed: bool) -> Result<(), ConfigError> {
        let SignatureForm { algorithms, .. } = &self.signature;
        let only = |expected: Algorithm| algorithms.iter().all(|(_, other)| *other == expected);
        let fits = match self.rule {
            Rule::Plisio => only(Algorithm::HmacSha1),
            Rule::JwtMember => only(Algorithm::HmacSha256),
            Rule::DetachedJws => only(Algorithm::RsaSha512),
            Rule::Hook0 => {
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
            self.rule,
            Rule::Plisio | Rule::JwtMember | Rule::DetachedJws | Rule::Hook0
        );
        if own_text && has_signed {
            return refuse(
                "signed",
                "expected nothing, since the rule says what is signed",
            );
        }
        Ok(())
    }

    fn check_compiled(&self) -> Result<(), ConfigError> {
        let mut algorithms = self.signature.algorithms.iter();
        let compiled = algorithms.all(|(_, algorithm)| algorithm.is_compiled());
        if compiled && (cfg!(feature = "full") || self.rule != Rule::DetachedJws) {
            return Ok(());
        }
        Err(ConfigError::NeedsFull {
            sender: self.name.clone(),
        })
    }
}

fn refuse(member: &str, problem: &str) -> Result<(), ConfigError> {
    Err(ConfigError::InvalidSender {
        member: format!("sender.{member}"),
        problem: problem.to_owned(),
    })
}

fn signature(sender: &mut Members, read: &mut Sender) -> Result<(), ConfigError> {
    let signature = &mut read.signature;
    let value = sender.get("algorithm");
    signature.labelled = value.is_some_and(Value::is_object);
    if let Some(mut form) = sender.object("signature")? {
        signature_form(&mut form, signature)?;
        let place = form.choice("format", "der raw")?;
        algorithms(value, signature, place == Some(1));
        let mut named = signature.algorithms.iter();
        if named.any(|(label, _)| Some(label) == signature.timestamp_label.as_ref()) {
            return Err(form.unexpected("timestamp", "a label that no signature has"));
        }
        let mut named = signature.algorithms.iter();
        if place.is_some() && !named.any(|(_, algorithm)| algorithm.has_formats()) {
            return Err(form.unexpected("format", "no format, since only ecdsa has several"));
        }
        form.finish()?;
    } else if matches!(
        read.rule,
        Rule::Plain | Rule::SortedJson | Rule::SignedMember
    ) {
        return Err(sender.unexpected("signature", "an object"));
    } else {
        algorithms(value, signature, false);
    }
    let given = value.map_or(0, |value| value.members().count().max(1));
    if given == 0 || signature.algorithms.len() != given {
        let expected = "the name of an algorithm, or an object of labels with theirs";
        return Err(sender.unexpected("algorithm", expected));
    }
    Ok(())
}

/// Adds the algorithms that have a name that there is, and a label where they need one.
fn algorithms(value: Option<Value>, read: &mut SignatureForm, raw: bool) {
    let mut add = |label: &str, name: Value| {
        let place = ALGORITHM_NAMES.split(' ').position(|other| name.is(other));
        let algorithm = pick(place, ALGORITHMS);
        let format = if raw { Format::Raw } else { Format::Der };
        let algorithm = algorithm.map(|algorithm| algorithm.with_format(format));
        read.algorithms
            .extend(algorithm.map(|it| (label.to_owned(), it)));
    };
    for (label, name) in value.into_iter().flat_map(Value::members) {
        let label = label.string().unwrap_or_default();
        if is_label(&label) {
            add(&label, name);
        }
    }
    if let Some(name) = value.filter(|value| !value.is_object()) {
        add("", name);
    }
}

fn signature_form(form: &mut Members, read: &mut SignatureForm) -> Result<(), ConfigError> {
    read.encoding = match pick(form.choice("encoding", ENCODING_NAMES)?, ENCODINGS) {
        Some(encoding) => encoding,
        None => return Err(form.unexpected("encoding", "hex, base64 or base64url")),
    };
    if !read.labelled {
        let prefix = form.text("prefix", is_visible, "visible ascii characters")?;
        read.prefix = prefix.unwrap_or_default();
        return Ok(());
    }
    let separator = form.text("separator", is_separator, "a comma or a space")?;
    read.separator = first_byte(separator.as_deref()).unwrap_or(b',');
    let assign = form.text("assign", is_assign, "`=` or a comma")?;
    read.assign = first_byte(assign.as_deref()).unwrap_or(b'=');
    read.timestamp_label = form.text("timestamp", is_label, "a label")?;
    if read.separator == read.assign {
        return Err(form.unexpected("assign", "another character than the separator"));
    }
    Ok(())
}

fn header_sets(sender: &mut Members, read: &mut Sender) -> Result<(), ConfigError> {
    const EXPECTED: &str = "an object, or an array of one or more";
    match sender.get("headers") {
        None if matches!(read.rule, Rule::Plisio | Rule::JwtMember) => return Ok(()),
        Some(sets) if sets.is_array() => {
            for (index, set) in sets.elements().enumerate() {
                let set = Members::of(set, &format!("sender.headers[{index}]"))?;
                read.header_sets.push(header_set(set)?);
            }
        }
        Some(set) => {
            let set = Members::of(set, "sender.headers")?;
            read.header_sets.push(header_set(set)?);
        }
        None => {}
    }
    if read.header_sets.is_empty() {
        return Err(sender.unexpected("headers", EXPECTED));
    }
    Ok(())
}

fn header_set(mut set: Members) -> Result<HeaderSet, ConfigError> {
    const EXPECTED: &str = "a header's name in lower case";
    let read = HeaderSet {
        signature: set.required_text("signature", is_header_name, EXPECTED)?,
        timestamp: set.text("timestamp", is_header_name, EXPECTED)?,
        id: set.text("id", is_header_name, EXPECTED)?,
        nonce: set.text("nonce", is_header_name, EXPECTED)?,
        key_id: set.text("keyId", is_header_name, EXPECTED)?,
    };
    set.finish()?;
    let names = [&read.timestamp, &read.id, &read.nonce, &read.key_id];
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
        return Err(set.unexpected("signature", "headers of which each has one part"));
    }
    Ok(read)
}

fn timestamp(sender: &mut Members) -> Result<Option<Timestamp>, ConfigError> {
    let Some(mut timestamp) = sender.object("timestamp")? else {
        return Ok(None);
    };
    let read = Timestamp {
        unit: match pick(timestamp.choice("unit", UNIT_NAMES)?, UNITS) {
            Some(unit) => unit,
            None => return Err(timestamp.unexpected("unit", "s, ms, unix, iso8601 or http-date")),
        },
        member: timestamp.text("member", is_member_path, MEMBER_PATH)?,
    };
    timestamp.finish()?;
    Ok(Some(read))
}

fn template(sender: &mut Members, name: &'static str) -> Result<Option<Template>, ConfigError> {
    let Some(text) = sender.text(name, |_| true, "a text with tokens")? else {
        return Ok(None);
    };
    match Template::parse(&text) {
        Ok(template) => Ok(Some(template)),
        Err(unknown) => Err(ConfigError::InvalidSender {
            member: format!("sender.{name}"),
            problem: format!("expected a token that there is, got {{{}}}", unknown.0),
        }),
    }
}

fn expected(sender: &mut Members) -> Result<Vec<(String, String)>, ConfigError> {
    let Some(object) = sender.object("expect")? else {
        return Ok(Vec::new());
    };
    let entry = |(name, value): (Value, Value)| {
        let name = name.string().filter(|name| is_header_name(name))?;
        Some((name.into_owned(), value.string()?.into_owned()))
    };
    let entries: Option<_> = object.value.members().map(entry).collect();
    entries.ok_or_else(|| sender.unexpected("expect", "headers in lower case with their values"))
}

fn place(sender: &mut Members, name: &'static str) -> Result<Option<Place>, ConfigError> {
    let Some(mut place) = sender.object(name)? else {
        return Ok(None);
    };
    let member = place.text("member", is_member_path, MEMBER_PATH)?;
    let header = place.text("header", is_header_name, "a header's name in lower case")?;
    place.finish()?;
    match (member, header) {
        (Some(member), None) => Ok(Some(Place::Member(member))),
        (None, Some(header)) => Ok(Some(Place::Header(header))),
        _ => Err(sender.unexpected(name, "an object with either member or header")),
    }
}

impl<'d> Members<'d> {
    fn of(value: Value<'d>, path: &str) -> Result<Self, ConfigError> {
        if value.is_object() {
            return Ok(Self {
                value,
                path: path.to_owned(),
                known: Vec::new(),
            });
        }
        Err(ConfigError::InvalidSender {
            member: path.to_owned(),
            problem: format!("expected an object, got {}", value.describe()),
        })
    }

    fn get(&mut self, name: &'static str) -> Option<Value<'d>> {
        self.known.push(name);
        self.value.get(name)
    }

    fn object(&mut self, name: &'static str) -> Result<Option<Self>, ConfigError> {
        let path = format!("{}.{name}", self.path);
        self.get(name)
            .map(|value| Self::of(value, &path))
            .transpose()
    }

    fn text(
        &mut self,
        name: &'static str,
        accept: fn(&str) -> bool,
        expected: &str,
    ) -> Result<Option<String>, ConfigError> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        match value.string().filter(|text| accept(text)) {
            Some(text) => Ok(Some(text.into_owned())),
            None => Err(self.unexpected(name, expected)),
        }
    }

    fn required_text(
        &mut self,
        name: &'static str,
        accept: fn(&str) -> bool,
        expected: &str,
    ) -> Result<String, ConfigError> {
        let text = self.text(name, accept, expected)?;
        text.ok_or_else(|| self.unexpected(name, expected))
    }

    /// The place of the value among the choices.
    fn choice(&mut self, name: &'static str, choices: &str) -> Result<Option<usize>, ConfigError> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let place = choices.split(' ').position(|choice| value.is(choice));
        match place {
            Some(place) => Ok(Some(place)),
            None => Err(self.unexpected(name, &format!("one of: {choices}"))),
        }
    }

    fn tolerance(&mut self) -> Result<Option<u64>, ConfigError> {
        let Some(value) = self.get("toleranceSeconds") else {
            return Ok(None);
        };
        let seconds = value
            .integer()
            .filter(|seconds| (1..=86_400).contains(seconds));
        match seconds {
            Some(seconds) => Ok(Some(seconds)),
            None => Err(self.unexpected("toleranceSeconds", "1 to 86400 seconds")),
        }
    }

    /// Refuses members that nobody asked for.
    fn finish(&self) -> Result<(), ConfigError> {
        let mut names = self.value.members().filter_map(|(name, _)| name.string());
        match names.find(|name| !self.known.contains(&&**name)) {
            None => Ok(()),
            Some(name) => Err(ConfigError::InvalidSender {
                member: self.path.clone(),
                problem: format!("expected a member that there is, got \"{name}\""),
            }),
        }
    }

    /// Says what kind of value came: its text may be a secret that was put into the wrong member.
    fn unexpected(&self, name: &'static str, expected: &str) -> ConfigError {
        let actual = self.value.get(name).map_or("nothing", Value::describe);
        ConfigError::InvalidSender {
            member: format!("{}.{name}", self.path),
            problem: format!("expected {expected}, got {actual}"),
        }
    }
}

const MEMBER_PATH: &str = "names of members with dots between them";

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

/// A field name (RFC 9110, section 5.1) without upper-case letters.
pub(super) fn is_header_name(text: &str) -> bool {
    let allowed = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"!#$%&'*+-.^_`|~".contains(&byte)
    };
    (1..=128).contains(&text.len()) && text.bytes().all(allowed)
}

fn is_separator(text: &str) -> bool {
    matches!(text, "," | " ")
}

fn is_assign(text: &str) -> bool {
    matches!(text, "=" | ",")
}

fn first_byte(text: Option<&str>) -> Option<u8> {
    text?.bytes().next()
}

fn is_label(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_visible(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn is_member_path(text: &str) -> bool {
    !text.is_empty() && text.len() <= 256 && text.split('.').all(|name| !name.is_empty())
}
