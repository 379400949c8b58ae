//! The boundary to JavaScript: the one file that knows of it.
//!
//! A callback crosses in one call. JavaScript writes it into [`Exchange::input`], says in
//! [`Exchange::layout`] how long each part is, calls [`verify`] and reads the verdict as JSON from
//! where the layout then points. Verifiers stay here under a number, so that JavaScript never holds
//! a pointer.

#![allow(
    missing_docs,
    reason = "the package's TypeScript layer documents what users see"
)]

use std::cell::RefCell;

use js_sys::{Array, Error, Object, Reflect};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use crate::error::{ConfigError, KeyProblem};
use crate::freshness::Tolerance;
use crate::key::{KeyInput, KeySource, Keys, SigningKey};
use crate::origin::AllowedIps;
use crate::report;
use crate::request::Request;
use crate::sender::{SENDERS, Sender};
use crate::sign;
use crate::verify::{Options, Verifier};

/// The headers of the sender with the most sets of three.
const MAX_HEADERS: usize = 6;

/// The length that says "not there".
const ABSENT: u32 = u32::MAX;

/// The words that JavaScript and [`verify`] share.
#[repr(C)]
struct Layout {
    /// The length of each header's value in the order of `headers`, or [`ABSENT`].
    headers: [u32; MAX_HEADERS],
    /// The length of the client's address, or [`ABSENT`].
    ip: u32,
    /// The length of the body.
    body: u32,
    /// Where the verdict's JSON is, and its length.
    verdict: u32,
    verdict_length: u32,
}

struct Exchange {
    /// The headers' values, the client's address and the body, one behind the other.
    input: Vec<u8>,
    layout: Box<Layout>,
    output: String,
}

thread_local! {
    static EXCHANGE: RefCell<Exchange> = RefCell::new(Exchange {
        input: Vec::new(),
        layout: Box::new(Layout {
            headers: [ABSENT; MAX_HEADERS],
            ip: ABSENT,
            body: 0,
            verdict: 0,
            verdict_length: 0,
        }),
        output: String::with_capacity(4096),
    });
    static VERIFIERS: RefCell<Vec<Option<Verifier>>> = const { RefCell::new(Vec::new()) };
}

/// The address of the layout, which never moves.
#[wasm_bindgen]
pub fn layout() -> *const u32 {
    EXCHANGE.with_borrow(|exchange| std::ptr::from_ref(exchange.layout.as_ref()).cast())
}

/// Makes room for an input of `length` bytes and returns where it goes.
#[wasm_bindgen]
pub fn reserve(length: usize) -> *const u8 {
    EXCHANGE.with_borrow_mut(|exchange| {
        exchange.input = Vec::new();
        exchange.input.resize(length, 0);
        exchange.input.as_ptr()
    })
}

/// What [`verify`] returns when the event's payload is the body itself.
const BINARY: u32 = 1;

/// Verifies what stands in the input. `now` is in milliseconds.
#[wasm_bindgen]
pub fn verify(verifier: usize, now: f64) -> u32 {
    VERIFIERS.with_borrow(|verifiers| {
        let Some(Some(verifier)) = verifiers.get(verifier) else {
            // The TypeScript layer asks only for what `create` gave it. A trap makes it start afresh.
            std::process::abort();
        };
        EXCHANGE.with_borrow_mut(|exchange| exchange.verify(verifier, unix_seconds(now)))
    })
}

/// Whole seconds: what a sender compares its clock with, too.
#[allow(
    clippy::as_conversions,
    reason = "saturates, which is right for any clock"
)]
fn unix_seconds(milliseconds: f64) -> u64 {
    (milliseconds / 1000.0) as u64
}

impl Exchange {
    fn verify(&mut self, verifier: &Verifier, now: u64) -> u32 {
        let mut rest = self.input.as_slice();
        let mut take = |length: u32| {
            let length = usize::try_from(length).ok().filter(|_| length != ABSENT)?;
            let (part, behind) = rest.split_at_checked(length)?;
            rest = behind;
            Some(part)
        };
        let mut headers = [("", [].as_slice()); MAX_HEADERS];
        let names = verifier.sender().headers.iter().flat_map(|set| set.names());
        for ((slot, name), length) in headers.iter_mut().zip(names).zip(self.layout.headers) {
            if let Some(value) = take(length) {
                *slot = (name, value);
            }
        }
        let ip = take(self.layout.ip).map(|bytes| str::from_utf8(bytes).unwrap_or_default());
        let body = take(self.layout.body).unwrap_or_default();
        let request = Request {
            body,
            headers: &headers,
            ip,
        };
        self.output.clear();
        let binary = match verifier.verify(&request, now) {
            Ok(accepted) => {
                report::write_accepted(&mut self.output, &accepted, verifier.keys());
                accepted.event().is_binary()
            }
            Err(rejection) => {
                report::write_rejection(&mut self.output, &rejection);
                false
            }
        };
        self.layout.verdict = address(self.output.as_ptr());
        self.layout.verdict_length = u32::try_from(self.output.len()).unwrap_or_default();
        if binary { BINARY } else { 0 }
    }
}

fn address(pointer: *const u8) -> u32 {
    u32::try_from(pointer.addr()).unwrap_or_default()
}

/// What the TypeScript layer needs to know of a new verifier.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Handle {
    verifier: usize,
    headers: Vec<&'static str>,
    max_body_bytes: usize,
}

/// Builds a verifier from the options that a user gave.
///
/// # Errors
/// An `Error` with the `code` of a [`ConfigError`].
#[wasm_bindgen]
pub fn create(options: &JsValue) -> Result<JsValue, JsValue> {
    let verifier = read_options(options)
        .and_then(Verifier::new)
        .map_err(to_error)?;
    let headers = verifier.sender().headers.iter();
    let headers = headers.flat_map(|set| set.names()).collect();
    let max_body_bytes = verifier.max_body_bytes();
    let verifier = VERIFIERS.with_borrow_mut(|verifiers| {
        let free = verifiers.iter().position(Option::is_none);
        let index = free.unwrap_or_else(|| {
            verifiers.push(None);
            verifiers.len().saturating_sub(1)
        });
        if let Some(slot) = verifiers.get_mut(index) {
            *slot = Some(verifier);
        }
        index
    });
    to_value(&Handle {
        verifier,
        headers,
        max_body_bytes,
    })
}

/// Drops a verifier and wipes its keys.
#[wasm_bindgen]
pub fn release(verifier: usize) {
    VERIFIERS.with_borrow_mut(|verifiers| {
        if let Some(slot) = verifiers.get_mut(verifier) {
            *slot = None;
        }
    });
}

const VERIFIER_OPTIONS: [&str; 6] = [
    "keys",
    "sender",
    "toleranceSeconds",
    "maxBodyBytes",
    "allowedIps",
    "dangerouslyAllowShortKeys",
];

fn read_options(options: &JsValue) -> Result<Options, ConfigError> {
    refuse_unknown(options, &VERIFIER_OPTIONS)?;
    let allow_short = read(
        options,
        "dangerouslyAllowShortKeys",
        "a boolean",
        JsValue::as_bool,
    )?;
    let inputs = Array::from(&get(options, "keys")).into_iter().enumerate();
    let inputs = inputs.map(|(index, key)| read_key(&key, Some(index)));
    let keys = Keys::parse(inputs.collect::<Result<_, _>>()?, allow_short == Some(true))?;
    let mut result = Options::new(read_sender(options)?, keys);
    if let Some(seconds) = read_integer(options, "toleranceSeconds")? {
        result.tolerance = Tolerance::from_seconds(seconds)?;
    }
    if let Some(bytes) = read_integer(options, "maxBodyBytes")? {
        result.max_body_bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
    }
    if let Some(ranges) = read(options, "allowedIps", "an array of strings", strings)? {
        result.allowed_ips = Some(AllowedIps::parse(ranges.iter().map(String::as_str))?);
    }
    Ok(result)
}

fn read_sender(options: &JsValue) -> Result<&'static Sender, ConfigError> {
    let name = read(options, "sender", "a name", JsValue::as_string)?;
    Sender::find(name.as_deref().unwrap_or("tp-wallet"))
}

/// A key as the TypeScript layer hands it over: `{ id?, key: string | Uint8Array }`.
fn read_key(input: &JsValue, index: Option<usize>) -> Result<KeyInput, ConfigError> {
    let invalid = |problem| ConfigError::InvalidKey { index, problem };
    let key = get(input, "key");
    let source = if let Some(text) = key.as_string() {
        KeySource::Text(Zeroizing::new(text))
    } else if key.is_undefined() || key.is_null() {
        return Err(invalid(KeyProblem::Missing));
    } else if key.is_instance_of::<js_sys::Uint8Array>() {
        KeySource::Bytes(Zeroizing::new(js_sys::Uint8Array::from(key).to_vec()))
    } else {
        return Err(invalid(KeyProblem::Type));
    };
    Ok(KeyInput {
        id: get(input, "id").as_string(),
        source,
    })
}

/// An option that is misspelt must not be taken for one that was left out.
fn refuse_unknown(options: &JsValue, known: &[&str]) -> Result<(), ConfigError> {
    let names = Object::keys(&Object::from(options.clone())).into_iter();
    for name in names.filter_map(|name| name.as_string()) {
        if !known.contains(&name.as_str()) {
            return Err(ConfigError::InvalidOption {
                option: "options",
                problem: format!("expected one of {}, got \"{name}\"", known.join(", ")),
            });
        }
    }
    Ok(())
}

/// An option of one type; nothing where it is left out.
fn read<T>(
    options: &JsValue,
    option: &'static str,
    expected: &'static str,
    convert: impl Fn(&JsValue) -> Option<T>,
) -> Result<Option<T>, ConfigError> {
    let value = get(options, option);
    if value.is_undefined() {
        return Ok(None);
    }
    match convert(&value) {
        None => Err(ConfigError::InvalidOption {
            option,
            problem: format!("expected {expected}, got something else"),
        }),
        some => Ok(some),
    }
}

fn read_integer(options: &JsValue, option: &'static str) -> Result<Option<u64>, ConfigError> {
    read(options, option, "a whole number from 0 on", integer)
}

#[allow(
    clippy::as_conversions,
    reason = "the number is checked to be an integer that a double carries"
)]
fn integer(value: &JsValue) -> Option<u64> {
    let number = value.as_f64()?;
    let exact =
        number.trunc() == number && (0.0..=js_sys::Number::MAX_SAFE_INTEGER).contains(&number);
    exact.then_some(number as u64)
}

fn strings(value: &JsValue) -> Option<Vec<String>> {
    let list = Array::is_array(value).then(|| Array::from(value))?;
    list.into_iter().map(|item| item.as_string()).collect()
}

fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

fn to_error(error: ConfigError) -> JsValue {
    let result = Error::new(&error.to_string());
    let _ = Reflect::set(&result, &"code".into(), &error.code().into());
    result.into()
}

fn to_value(value: &impl Serialize) -> Result<JsValue, JsValue> {
    value
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .map_err(JsValue::from)
}

const SIGN_OPTIONS: [&str; 5] = ["body", "key", "id", "timestamp", "sender"];

/// Signs a body; `now` is in milliseconds. The body is a `Uint8Array`.
///
/// # Errors
/// An `Error` with the `code` of a [`ConfigError`].
#[wasm_bindgen(js_name = sign)]
pub fn sign_callback(options: &JsValue, body: &[u8], now: f64) -> Result<JsValue, JsValue> {
    let headers = sign_with(options, body, now).map_err(to_error)?;
    let object = Object::new();
    for (name, value) in headers {
        Reflect::set(&object, &name.into(), &value.into())?;
    }
    Ok(object.into())
}

fn sign_with(options: &JsValue, body: &[u8], now: f64) -> Result<sign::SignedHeaders, ConfigError> {
    refuse_unknown(options, &SIGN_OPTIONS)?;
    let key = SigningKey::parse(&read_key(options, None)?.source)?;
    let id = match read(options, "id", "a string", JsValue::as_string)? {
        Some(id) => id,
        None => sign::message_id(entropy()?),
    };
    let timestamp = read_integer(options, "timestamp")?.unwrap_or_else(|| unix_seconds(now));
    sign::sign(read_sender(options)?, &key, &id, timestamp, body)
}

/// A new secret, `whsec_…`.
///
/// # Errors
/// An `Error` where the platform gives no randomness.
#[wasm_bindgen(js_name = generateSecret)]
pub fn generate_secret() -> Result<String, JsValue> {
    entropy().map(sign::secret).map_err(to_error)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KeyPair {
    public_key: String,
    private_key: String,
}

/// A new key pair, `{ publicKey: "whpk_…", privateKey: "whsk_…" }`.
///
/// # Errors
/// An `Error` where the platform gives no randomness.
#[wasm_bindgen(js_name = generateKeyPair)]
pub fn generate_key_pair() -> Result<JsValue, JsValue> {
    let (public_key, private_key) = entropy().map(sign::key_pair).map_err(to_error)?;
    to_value(&KeyPair {
        public_key,
        private_key,
    })
}

fn entropy<const N: usize>() -> Result<[u8; N], ConfigError> {
    let mut bytes = [0; N];
    match getrandom::fill(&mut bytes) {
        Ok(()) => Ok(bytes),
        Err(_) => Err(ConfigError::NoRandomness),
    }
}

#[derive(Serialize)]
struct SenderInfo {
    name: &'static str,
    title: &'static str,
    algorithm: &'static str,
    headers: Vec<&'static str>,
    freshness: &'static str,
    docs: &'static str,
}

/// The known senders.
///
/// # Errors
/// None in practice: the table is plain text.
#[wasm_bindgen]
pub fn senders() -> Result<JsValue, JsValue> {
    let describe = |sender: &Sender| SenderInfo {
        name: sender.name,
        title: sender.title,
        algorithm: "HMAC-SHA256 (v1), Ed25519 (v1a)",
        headers: sender.headers.iter().flat_map(|set| set.names()).collect(),
        freshness: "signed header",
        docs: sender.docs,
    };
    to_value(&SENDERS.iter().map(describe).collect::<Vec<_>>())
}
