//! Options as the package's users write them, in JSON. What is misspelt, of another type or out of
//! range is refused by name; nothing falls back to a default in silence.

use alloc::borrow::{Cow, ToOwned};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::chain::amount::{self, AmountError, BaseUnits, Decimals};
use crate::error::{ConfigError, KeyProblem};
#[cfg(feature = "full")]
use crate::explain::{self, Explanation};
use crate::freshness::Tolerance;
use crate::json::{Document, Integers, Value};
use crate::key::{self, KeyInput, KeySource, Keys, SigningKey};
use crate::origin::{AllowedIps, IpRanges};
#[cfg(feature = "full")]
use crate::report;
#[cfg(feature = "full")]
use crate::request::Request;
#[cfg(feature = "full")]
use crate::sender;
use crate::sender::Sender;
use crate::sign::{self, Details, Signed};
use crate::transport::{Https, Transport};
use crate::verify::{Options, Verifier};

/// The sender where none is named.
const DEFAULT_SENDER: &str = "tp-wallet";

/// Builds a verifier from `{ keys | jwks, sender?, toleranceSeconds?, maxBodyBytes?, allowedIps?,
/// dangerouslyAllowShortKeys?, findsKeys? }`, where each key is `{ text }` or `{ hex }` with an `id`
/// where it has one, and `sender` a descriptor or a name. With `findsKeys` there may be no keys yet.
///
/// # Errors
/// The first option that makes no sense.
pub fn verifier(json: &[u8]) -> Result<Verifier, ConfigError> {
    let document = document(json)?;
    let options = document.root();
    refuse_unknown(
        options,
        &[
            "keys",
            "jwks",
            "sender",
            "toleranceSeconds",
            "maxBodyBytes",
            "allowedIps",
            "dangerouslyAllowShortKeys",
            "findsKeys",
        ],
    )?;
    let flag = |name| read(options, name, "a boolean", Value::boolean);
    let allow_short = flag("dangerouslyAllowShortKeys")? == Some(true);
    let finds_keys = flag("findsKeys")? == Some(true);
    let sender = sender(options)?;
    if finds_keys && !sender.names_keys() {
        return Err(ConfigError::InvalidOption {
            option: "keys",
            problem: format!(
                "expected keys, since callbacks of {} name none, got a function",
                sender.name()
            ),
        });
    }
    let keys = Keys::parse(
        &sender.key_rules(),
        keys(&sender, options)?,
        allow_short,
        finds_keys,
    )?;
    let mut result = Options::new(sender, keys);
    if let Some(seconds) = integer(options, "toleranceSeconds")? {
        result.tolerance = Tolerance::from_seconds(seconds)?;
    }
    if let Some(bytes) = integer(options, "maxBodyBytes")? {
        result.max_body_bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    }
    if let Some(ranges) = read(options, "allowedIps", "an array of strings", strings)? {
        result.allowed_ips = Some(AllowedIps::parse(ranges.iter().map(String::as_str))?);
    }
    Verifier::new(result)
}

/// Signs `body` as `{ key, id?, timestamp?, sender?, nonce?, keyId?, method?, url?, headers? }` says.
/// `now` is in Unix seconds; `entropy` makes the id and the nonce where none is given.
///
/// # Errors
/// The first option that makes no sense, and what `entropy` gives.
pub fn sign(
    json: &[u8],
    body: &[u8],
    now: u64,
    entropy: impl Fn() -> Result<[u8; 16], ConfigError>,
) -> Result<Signed, ConfigError> {
    let document = document(json)?;
    let options = document.root();
    refuse_unknown(
        options,
        &[
            "key",
            "id",
            "timestamp",
            "sender",
            "nonce",
            "keyId",
            "method",
            "url",
            "headers",
        ],
    )?;
    let input = options.get("key").ok_or(ConfigError::InvalidKey {
        index: None,
        problem: KeyProblem::Missing,
    })?;
    let sender = sender(options)?;
    let signing_key = SigningKey::parse(&sender.key_rules(), &key(input, None)?)?;
    let text = |name| {
        let text = read(options, name, "a string", Value::string)?;
        Ok(text.map(Cow::into_owned))
    };
    let details = Details {
        id: match text("id")? {
            Some(id) => id,
            None if sender.needs_id() => sign::message_id(entropy()?),
            None => String::new(),
        },
        timestamp: integer(options, "timestamp")?.unwrap_or(now),
        nonce: match text("nonce")? {
            Some(nonce) => nonce,
            None if sender.needs_nonce() => hex::encode(entropy()?),
            None => String::new(),
        },
        key_id: text("keyId")?.unwrap_or_else(|| "key-1".to_owned()),
        method: text("method")?.unwrap_or_else(|| "POST".to_owned()),
        url: text("url")?,
        headers: read(options, "headers", "an object of strings", texts)?.unwrap_or_default(),
    };
    sign::sign(&sender, &signing_key, &details, body)
}

/// Says why a callback does not verify, from `{ headers: [[name, value]], keys, sender?, method?, url?,
/// ip?, toleranceSeconds? }`. `now` is in Unix seconds.
///
/// # Errors
/// The first option that makes no sense. A key that makes none is explained.
#[cfg(feature = "full")]
pub fn explain(json: &[u8], body: &[u8], now: u64) -> Result<Explanation, ConfigError> {
    let document = document(json)?;
    let options = document.root();
    refuse_unknown(
        options,
        &[
            "headers",
            "keys",
            "jwks",
            "sender",
            "method",
            "url",
            "ip",
            "toleranceSeconds",
        ],
    )?;
    let named = match options.get("sender") {
        Some(_) => Some(sender(options)?),
        None => None,
    };
    let headers = read(options, "headers", "names and values", pairs)?.unwrap_or_default();
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect();
    let text = |name| read(options, name, "a string", Value::string);
    let (method, url, ip) = (text("method")?, text("url")?, text("ip")?);
    let tolerance = integer(options, "toleranceSeconds")?;
    let default = Sender::find(DEFAULT_SENDER)?;
    Ok(explain::explain(&explain::Input {
        sender: named.as_ref(),
        keys: &keys(named.as_ref().unwrap_or(&default), options)?,
        request: Request {
            body,
            headers: &headers,
            method: method.as_deref(),
            url: url.as_deref(),
            ip: ip.as_deref(),
        },
        now,
        tolerance: tolerance.map(Tolerance::from_seconds).transpose()?,
    }))
}

/// The names of the senders whose headers are among `{ headers: [name] }`, as an array of JSON.
///
/// # Errors
/// [`ConfigError::InvalidOption`] for what is no list of names.
#[cfg(feature = "full")]
pub fn detect(json: &[u8]) -> Result<String, ConfigError> {
    let document = document(json)?;
    let names = required(document.root(), "headers", "an array of strings", strings)?;
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    Ok(report::names(&sender::detect(&names)))
}

/// What a receiver demands of the transport, from `{ trustedProxies?, requireHttps? }`.
///
/// # Errors
/// The first option that makes no sense.
pub fn transport(json: &[u8]) -> Result<Transport, ConfigError> {
    let document = document(json)?;
    let options = document.root();
    refuse_unknown(options, &["trustedProxies", "requireHttps"])?;
    let mut transport = Transport::default();
    if let Some(ranges) = read(options, "trustedProxies", "an array of strings", strings)? {
        let ranges = ranges.iter().map(String::as_str);
        transport.trusted_proxies = IpRanges::parse("trustedProxies", ranges)?;
    }
    if let Some(always) = read(options, "requireHttps", "a boolean", Value::boolean)? {
        transport.https = if always { Https::Always } else { Https::Never };
    }
    Ok(transport)
}

/// The decimal form of `{ value, decimals }`, exactly.
///
/// # Errors
/// [`ConfigError::InvalidOption`] for what is no amount.
pub fn format_amount(json: &[u8]) -> Result<String, ConfigError> {
    let document = document(json)?;
    let value = required(
        document.root(),
        "value",
        "a string of base units",
        Value::string,
    )?;
    let units = BaseUnits::parse(&value).map_err(invalid_amount("value"))?;
    Ok(units.to_decimal(decimals(document.root())?))
}

/// The base units of `{ decimal, decimals }`, exactly.
///
/// # Errors
/// [`ConfigError::InvalidOption`] for what is no decimal, and for one with more places than
/// `decimals`.
pub fn to_base_units(json: &[u8]) -> Result<String, ConfigError> {
    let document = document(json)?;
    let decimal = required(
        document.root(),
        "decimal",
        "a string of digits",
        Value::string,
    )?;
    amount::to_base_units(&decimal, decimals(document.root())?).map_err(invalid_amount("decimal"))
}

fn decimals(options: Value) -> Result<Decimals, ConfigError> {
    let places = required(
        options,
        "decimals",
        "a whole number from 0 to 36",
        Value::integer,
    )?;
    Decimals::new(places).map_err(invalid_amount("decimals"))
}

fn invalid_amount(option: &'static str) -> impl Fn(AmountError) -> ConfigError {
    move |error| ConfigError::InvalidOption {
        option,
        problem: error.to_string(),
    }
}

pub(crate) fn document(json: &[u8]) -> Result<Document<'_>, ConfigError> {
    Document::read(json, Integers::Any)
        .ok()
        .filter(|document| document.root().is_object())
        .ok_or_else(|| ConfigError::InvalidOption {
            option: "options",
            problem: "expected an object of json values, got something else".to_owned(),
        })
}

fn sender(options: Value) -> Result<Sender, ConfigError> {
    match options.get("sender") {
        Some(descriptor) if descriptor.is_object() => Sender::read(descriptor),
        Some(name) => match name.string() {
            Some(name) => Sender::find(&name),
            None => Err(ConfigError::InvalidSender {
                member: "sender".to_owned(),
                problem: format!("expected a name or a descriptor, got {}", name.describe()),
            }),
        },
        None => Sender::find(DEFAULT_SENDER),
    }
}

/// The keys of a verifier.
fn keys(sender: &Sender, options: Value) -> Result<Vec<KeyInput>, ConfigError> {
    if let Some(set) = options.get("jwks") {
        return key::read_set(&sender.key_rules(), set).ok_or(ConfigError::InvalidKey {
            index: None,
            problem: KeyProblem::Type,
        });
    }
    let keys = options.get("keys").into_iter().flat_map(Value::elements);
    let keys = keys.enumerate().map(|(index, input)| {
        let id = input.get("id").and_then(Value::string).map(Cow::into_owned);
        let source = key(input, Some(index))?;
        Ok(KeyInput { id, source })
    });
    keys.collect()
}

fn key(input: Value, index: Option<usize>) -> Result<KeySource, ConfigError> {
    let invalid = |problem| ConfigError::InvalidKey { index, problem };
    match (input.get("text"), input.get("hex")) {
        (Some(text), _) => {
            let text = text.string().ok_or(invalid(KeyProblem::Type))?;
            Ok(KeySource::text(&text))
        }
        (None, Some(digits)) => {
            let bytes = digits.string().and_then(|text| hex::decode(&*text).ok());
            let bytes = bytes.ok_or(invalid(KeyProblem::Type))?;
            Ok(KeySource::Bytes(Zeroizing::new(bytes)))
        }
        (None, None) => Err(invalid(KeyProblem::Missing)),
    }
}

pub(crate) fn refuse_unknown(options: Value, known: &[&str]) -> Result<(), ConfigError> {
    let names = options.members().filter_map(|(name, _)| name.string());
    for name in names {
        if !known.contains(&&*name) {
            return Err(ConfigError::InvalidOption {
                option: "options",
                problem: format!("expected an option that there is, got \"{name}\""),
            });
        }
    }
    Ok(())
}

/// An option of one type; nothing where it is left out.
pub(crate) fn read<'d, T>(
    options: Value<'d>,
    option: &'static str,
    expected: &'static str,
    convert: fn(Value<'d>) -> Option<T>,
) -> Result<Option<T>, ConfigError> {
    match options.get(option).map(|value| (value, convert(value))) {
        None => Ok(None),
        Some((_, Some(converted))) => Ok(Some(converted)),
        Some((value, None)) => Err(unexpected(option, expected, value)),
    }
}

/// An option of one type that has to be there.
pub(crate) fn required<'d, T>(
    options: Value<'d>,
    option: &'static str,
    expected: &'static str,
    convert: fn(Value<'d>) -> Option<T>,
) -> Result<T, ConfigError> {
    read(options, option, expected, convert)?.ok_or_else(|| ConfigError::InvalidOption {
        option,
        problem: format!("expected {expected}, got nothing"),
    })
}

fn unexpected(option: &'static str, expected: &str, value: Value) -> ConfigError {
    ConfigError::InvalidOption {
        option,
        problem: format!("expected {expected}, got {}", describe(value)),
    }
}

/// What was passed. A number is no secret; a string may be one.
fn describe(value: Value<'_>) -> &str {
    match value.describe() {
        "a number" => value.raw(),
        kind => kind,
    }
}

pub(crate) fn integer(options: Value, option: &'static str) -> Result<Option<u64>, ConfigError> {
    read(options, option, "a whole number", Value::integer)
}

pub(crate) fn strings(value: Value) -> Option<Vec<String>> {
    if !value.is_array() {
        return None;
    }
    let text = |item: Value| item.string().map(|text| text.into_owned());
    value.elements().map(text).collect()
}

/// The names and values of an object of strings.
fn texts(value: Value) -> Option<Vec<(String, String)>> {
    let text = |value: Value| value.string().map(Cow::into_owned);
    let member = |(name, value)| Some((text(name)?, text(value)?));
    value
        .is_object()
        .then(|| value.members().map(member).collect())?
}

/// Names with values.
#[cfg(feature = "full")]
fn pairs(value: Value) -> Option<Vec<(String, String)>> {
    let text = |value: Option<Value>| Some(value?.string()?.into_owned());
    let pair = |pair: Value| {
        let mut elements = pair.elements();
        Some((text(elements.next())?, text(elements.next())?))
    };
    value
        .is_array()
        .then(|| value.elements().map(pair).collect())?
}
