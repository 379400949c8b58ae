//! The boundary to JavaScript: the one file that knows of it.
//!
//! Every call crosses the same way, a callback's in one step: JavaScript writes texts and a body into
//! the input without gaps, says in the [`Layout`] how long each is, calls, and reads the answer as
//! JSON from where the layout then points. Verifiers stay here under a number, so that JavaScript
//! never holds a pointer to one.

#![allow(
    missing_docs,
    clippy::new_without_default,
    reason = "the package's TypeScript layer documents what users see"
)]

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use wasm_bindgen::prelude::*;
use zeroize::{Zeroize, Zeroizing};

use crate::error::ConfigError;
use crate::report;

#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// No input may panic. If one does, the trap ends this instance, and the TypeScript layer starts
/// another one.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}

/// The most texts of one call: a descriptor may need as many headers.
const MAX_HEADERS: usize = crate::sender::MAX_HEADERS;

/// The length that says "not there".
const ABSENT: u32 = u32::MAX;

/// The words that JavaScript and [`Core`] share.
#[repr(C)]
struct Layout {
    /// The length of each header's value in the order of `headers`, or [`ABSENT`].
    headers: [u32; MAX_HEADERS],
    /// The lengths of the method, the URL and the client's address, each or [`ABSENT`].
    method: u32,
    url: u32,
    ip: u32,
    /// The length of all headers as an object of JSON, or [`ABSENT`]: crosses for a verifier that
    /// says it reads them.
    all_headers: u32,
    /// The length of the body.
    body: u32,
    /// Where the answer's JSON is, and its length.
    answer: u32,
    answer_length: u32,
    /// Of an accepted callback: which key signed it.
    key: u32,
    /// And when, in Unix seconds, low word first; [`ABSENT`] twice where its sender signs no time.
    timestamp: [u32; 2],
    /// And which of the headers holds its id, or says that the event does, or [`ABSENT`].
    id: u32,
}

/// Everything that an instance holds.
#[wasm_bindgen]
pub struct Core {
    #[cfg(feature = "callbacks")]
    verifiers: Vec<Option<callbacks::Slot>>,
    /// The parts of a callback in the order of the layout, without gaps.
    input: Vec<u8>,
    layout: Box<Layout>,
    output: String,
}

#[wasm_bindgen]
impl Core {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self {
            #[cfg(feature = "callbacks")]
            verifiers: Vec::new(),
            input: Vec::new(),
            layout: Box::new(Layout {
                headers: [ABSENT; MAX_HEADERS],
                method: ABSENT,
                url: ABSENT,
                ip: ABSENT,
                all_headers: ABSENT,
                body: 0,
                answer: 0,
                answer_length: 0,
                key: 0,
                timestamp: [0; 2],
                id: 0,
            }),
            output: String::with_capacity(4096),
        }
    }

    /// The address of the layout, which never moves.
    pub fn layout(&self) -> *const u8 {
        core::ptr::from_ref(self.layout.as_ref()).cast()
    }

    /// Makes room for an input of `length` bytes and returns where it goes.
    pub fn reserve(&mut self, length: usize) -> *const u8 {
        self.input = Vec::new();
        self.input.resize(length, 0);
        self.input.as_ptr()
    }

    /// Wipes what a call other than `verify` left behind: its options may hold a key, and its answer
    /// may be one.
    pub fn wipe(&mut self) {
        let options = self.options().len();
        if let Some(options) = self.input.get_mut(..options) {
            options.zeroize();
        }
        self.output.zeroize();
    }
}

impl Core {
    /// The first part of the input, where a call has options there.
    fn options(&self) -> &[u8] {
        let [length, ..] = self.layout.headers;
        let length = usize::try_from(length).unwrap_or_default();
        self.input.get(..length).unwrap_or_default()
    }

    /// What stands behind the options.
    fn body(&self) -> &[u8] {
        let body = self.input.get(self.options().len()..).unwrap_or_default();
        let length = usize::try_from(self.layout.body).unwrap_or_default();
        body.get(..length).unwrap_or_default()
    }

    /// Answers, or says what keeps from it and returns false.
    fn answer(&mut self, result: Result<String, ConfigError>) -> bool {
        let accepted = result.is_ok();
        self.output = result.unwrap_or_else(|error| report::config_error(&error));
        self.publish();
        accepted
    }

    /// Tells JavaScript where the answer is.
    fn publish(&mut self) {
        self.layout.answer = word(self.output.as_ptr().addr());
        self.layout.answer_length = word(self.output.len());
    }
}

/// A number or an address of this memory, which has 32 bits.
fn word(number: usize) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

/// Whole seconds: what a sender compares its clock with, too.
#[allow(
    clippy::as_conversions,
    reason = "saturates, which is right for any clock"
)]
fn unix_seconds(milliseconds: f64) -> u64 {
    (milliseconds / 1000.0) as u64
}

fn entropy<const N: usize>() -> Result<Zeroizing<[u8; N]>, ConfigError> {
    let mut bytes = Zeroizing::new([0; N]);
    match getrandom::fill(bytes.as_mut_slice()) {
        Ok(()) => Ok(bytes),
        Err(_) => Err(ConfigError::NoRandomness),
    }
}

/// Verifiers and signers.
#[cfg(feature = "callbacks")]
mod callbacks {
    use alloc::borrow::Cow;
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;

    use wasm_bindgen::prelude::*;

    use super::{ABSENT, Core, MAX_HEADERS, entropy, unix_seconds, word};
    use crate::algorithm::sha256;
    use crate::config;
    use crate::error::ConfigError;
    use crate::event::{Content, Event};
    #[cfg(feature = "full")]
    use crate::explain;
    use crate::json::{Document, Integers, Value};
    use crate::report;
    use crate::request::Request;
    use crate::sign;
    use crate::transport::Arrival;
    use crate::verify::Verifier;

    /// The id of the callback is that of its event.
    const ID_OF_EVENT: u32 = ABSENT - 1;

    /// What [`Core::verify`] returns: a refusal, or how to read an accepted callback's body.
    const REFUSED: u32 = 0;
    const fn accepted_as(event: &Event) -> u32 {
        match event {
            Event::Known(_) => 1,
            Event::Unknown => 2,
            Event::Other(other) => match other.payload {
                Content::Json => 3,
                Content::Text => 4,
                Content::Binary => 5,
                Content::Empty => 6,
                Content::Given(_) => 7,
            },
        }
    }

    /// A verifier, and the names of what its sender's callbacks are read from.
    pub(super) struct Slot {
        verifier: Verifier,
        names: Vec<String>,
    }

    #[wasm_bindgen]
    impl Core {
        /// Verifies what stands in the input. `now` is in milliseconds.
        pub fn verify(&mut self, verifier: usize, now: f64) -> u32 {
            let Slot { verifier, names } = find(&self.verifiers, verifier);
            let mut parts = Parts(&self.input);
            let mut headers = [("", [].as_slice()); MAX_HEADERS];
            for ((slot, name), length) in headers.iter_mut().zip(names).zip(self.layout.headers) {
                if let Some(value) = parts.next(length) {
                    *slot = (name, value);
                }
            }
            let method = parts.next(self.layout.method).map(text);
            let url = parts.next(self.layout.url).map(text);
            let ip = parts.next(self.layout.ip).map(text);
            let all_headers = parts.next(self.layout.all_headers).map(object);
            let all_headers = all_headers.as_deref().map(borrowed);
            let request = Request {
                body: parts.next(self.layout.body).unwrap_or_default(),
                headers: all_headers.as_deref().unwrap_or(&headers),
                method,
                url,
                ip,
            };
            self.output.clear();
            let outcome = match verifier.verify(&request, unix_seconds(now)) {
                Ok(accepted) => {
                    let layout = self.layout.as_mut();
                    layout.key = word(accepted.key());
                    layout.timestamp = words(accepted.timestamp().unwrap_or(u64::MAX));
                    layout.id = ABSENT;
                    if let Some(header) = accepted.id_header() {
                        let place = names.iter().position(|name| name == header);
                        layout.id = place.map_or(ABSENT, word);
                    }
                    match accepted.event() {
                        Event::Known(findings) => {
                            report::write_findings(&mut self.output, findings)
                        }
                        Event::Unknown => {}
                        Event::Other(other) => {
                            if layout.id == ABSENT && other.is_id_signed && other.id.is_some() {
                                layout.id = ID_OF_EVENT;
                            }
                            report::write_other(&mut self.output, other);
                        }
                    }
                    accepted_as(accepted.event())
                }
                Err(rejection) => {
                    report::write_rejection(&mut self.output, &rejection);
                    REFUSED
                }
            };
            self.publish();
            outcome
        }

        /// Builds a verifier from the options in the first part of the input and answers with its number.
        pub fn create(&mut self) -> bool {
            let result = self.try_create();
            self.answer(result)
        }

        /// Drops a verifier and wipes its keys.
        pub fn release(&mut self, verifier: usize) {
            if let Some(slot) = self.verifiers.get_mut(verifier) {
                *slot = None;
            }
        }

        /// Signs the body in the input as the options in its first part say; `now` is in milliseconds.
        pub fn sign(&mut self, now: f64) -> bool {
            let result = self.try_sign(now);
            self.answer(result)
        }

        /// Says why the callback of the options and the body in the input does not verify; `now` is in
        /// milliseconds.
        #[cfg(feature = "full")]
        pub fn explain(&mut self, now: f64) -> bool {
            let result = config::explain(self.options(), self.body(), unix_seconds(now));
            let result = result.map(|explanation| {
                let mut out = String::new();
                explain::write_explanation(&mut out, &explanation);
                out
            });
            self.answer(result)
        }

        /// Answers with the senders whose headers are among those of the options.
        #[cfg(feature = "full")]
        pub fn detect(&mut self) -> bool {
            let result = config::detect(self.options());
            self.answer(result)
        }

        /// Admits a request and answers with its client's address, or with a refusal. The texts of the
        /// input are the options, the peer, the host and two forwarded headers.
        pub fn admit(&mut self, secure: bool) -> bool {
            let result = config::transport(self.options()).map(|transport| {
                let [_, peer, host, forwarded_for, forwarded_proto, ..] = self.texts();
                let arrival = Arrival {
                    peer,
                    secure,
                    host,
                    forwarded_for,
                    forwarded_proto,
                };
                let mut out = String::new();
                match transport.admit(&arrival) {
                    Ok(client) => report::write_client(&mut out, client),
                    Err(rejection) => report::write_rejection(&mut out, &rejection),
                }
                out
            });
            self.answer(result)
        }

        /// Answers a sender's handshake with the verifier's proof, or with null where it has none. The
        /// texts of the input are the callback's id and its challenge.
        pub fn prove(&mut self, verifier: usize, key: usize) -> bool {
            let [id, challenge, ..] = self.texts().map(Option::unwrap_or_default);
            let Slot { verifier, .. } = find(&self.verifiers, verifier);
            let proof = verifier.prove(key, id, challenge);
            let proof = proof.map_or("null".into(), |proof| report::text(&proof));
            self.answer(Ok(proof))
        }

        /// Answers with the SHA-256 of the body in the input, in hexadecimal digits.
        pub fn digest(&mut self) -> bool {
            let digest = hex::encode(sha256::digest(&[self.body()]));
            self.answer(Ok(report::text(&digest)))
        }

        /// Answers with a new secret.
        #[wasm_bindgen(js_name = generateSecret)]
        pub fn generate_secret(&mut self) -> bool {
            let result = entropy().map(|entropy| report::text(&sign::secret(&entropy)));
            self.answer(result)
        }

        /// Answers with a new key pair.
        #[wasm_bindgen(js_name = generateKeyPair)]
        pub fn generate_key_pair(&mut self) -> bool {
            let result = entropy().map(|entropy| {
                let (public, private) = sign::key_pair(&entropy);
                let mut out = String::with_capacity(KEY_PAIR_JSON);
                let members = [
                    ("publicKey", public.as_str()),
                    ("privateKey", private.as_str()),
                ];
                report::write_object(&mut out, members);
                out
            });
            self.answer(result)
        }

        /// Answers with the decimal form of an amount.
        #[wasm_bindgen(js_name = formatAmount)]
        pub fn format_amount(&mut self) -> bool {
            let result = config::format_amount(self.options());
            self.answer(result.map(|text| report::text(&text)))
        }

        /// Answers with the base units of a decimal.
        #[wasm_bindgen(js_name = toBaseUnits)]
        pub fn to_base_units(&mut self) -> bool {
            let result = config::to_base_units(self.options());
            self.answer(result.map(|text| report::text(&text)))
        }
    }

    impl Core {
        fn try_create(&mut self) -> Result<String, ConfigError> {
            let verifier = config::verifier(self.options())?;
            let free = self.verifiers.iter().position(Option::is_none);
            let number = free.unwrap_or(self.verifiers.len());
            let mut out = format!("{{\"verifier\":{number},");
            report::write_verifier(&mut out, &verifier);
            out.push('}');
            let names = verifier.sender().header_names();
            let names = names.into_iter().map(String::from).collect();
            let filled = Some(Slot { verifier, names });
            match self.verifiers.get_mut(number) {
                Some(slot) => *slot = filled,
                None => self.verifiers.push(filled),
            }
            Ok(out)
        }

        fn try_sign(&self, now: f64) -> Result<String, ConfigError> {
            let signed = config::sign(self.options(), self.body(), unix_seconds(now), || {
                entropy().map(|entropy| *entropy)
            })?;
            let mut out = String::new();
            report::write_signed(&mut out, &signed);
            Ok(out)
        }

        /// The parts of the input before the body, for a call other than `verify`.
        fn texts(&self) -> [Option<&str>; MAX_HEADERS] {
            let mut parts = Parts(&self.input);
            self.layout
                .headers
                .map(|length| parts.next(length).map(text))
        }
    }

    /// The input, part by part.
    struct Parts<'a>(&'a [u8]);

    impl<'a> Parts<'a> {
        fn next(&mut self, length: u32) -> Option<&'a [u8]> {
            let length = usize::try_from(length).ok().filter(|_| length != ABSENT)?;
            let (part, behind) = self.0.split_at_checked(length)?;
            self.0 = behind;
            Some(part)
        }
    }

    /// The members of an object of strings.
    fn object(json: &[u8]) -> Vec<(String, String)> {
        let Ok(document) = Document::read(json, Integers::Any) else {
            return Vec::new();
        };
        let text = |value: Value| value.string().map(Cow::into_owned);
        let members = document.root().members();
        members
            .filter_map(|(name, value)| Some((text(name)?, text(value)?)))
            .collect()
    }

    fn borrowed(headers: &[(String, String)]) -> Vec<(&str, &[u8])> {
        let headers = headers.iter();
        headers
            .map(|(name, value)| (name.as_str(), value.as_bytes()))
            .collect()
    }

    /// What JavaScript's encoder wrote, which is always UTF-8.
    fn text(bytes: &[u8]) -> &str {
        str::from_utf8(bytes).unwrap_or_default()
    }

    /// The verifier of a number. The TypeScript layer asks only for what `create` gave it.
    fn find(verifiers: &[Option<Slot>], number: usize) -> &Slot {
        match verifiers.get(number) {
            Some(Some(slot)) => slot,
            _ => core::arch::wasm32::unreachable(),
        }
    }

    /// The low and the high half.
    fn words(number: u64) -> [u32; 2] {
        let [a, b, c, d, e, f, g, h] = number.to_le_bytes();
        [
            u32::from_le_bytes([a, b, c, d]),
            u32::from_le_bytes([e, f, g, h]),
        ]
    }

    /// More than the JSON of a key pair has, so that it is written in one piece of memory.
    const KEY_PAIR_JSON: usize = 256;
}

/// A wallet's answers to a dapp.
#[cfg(feature = "dapp")]
mod dapp {
    use wasm_bindgen::prelude::*;

    use super::{Core, entropy, unix_seconds};
    use crate::dapp::config;

    #[wasm_bindgen]
    impl Core {
        /// Makes a request to the wallet from the options; `now` is in milliseconds.
        #[wasm_bindgen(js_name = requestDapp)]
        pub fn request_dapp(&mut self, now: f64) -> bool {
            let entropy = || entropy().map(|entropy| *entropy);
            let result = config::request(self.options(), unix_seconds(now), entropy);
            self.answer(result)
        }

        /// Checks the options of a handler.
        #[wasm_bindgen(js_name = checkDappHandler)]
        pub fn check_dapp_handler(&mut self) -> bool {
            let result = config::handler(self.options());
            self.answer(result)
        }

        /// Judges the callback in the body against the record in the options; `now` is in milliseconds.
        #[wasm_bindgen(js_name = judgeDapp)]
        pub fn judge_dapp(&mut self, now: f64) -> bool {
            let result = config::callback(self.options(), self.body(), unix_seconds(now));
            self.answer(result)
        }

        /// Answers with the action that the callback in the body belongs to.
        #[wasm_bindgen(js_name = readActionId)]
        pub fn read_action_id(&mut self) -> bool {
            let result = config::action_id(self.options(), self.body());
            self.answer(result)
        }

        /// Verifies the signature in the options over the message in the body; `now` is in milliseconds.
        #[wasm_bindgen(js_name = verifyMessage)]
        pub fn verify_message(&mut self, now: f64) -> bool {
            let result = config::message(self.options(), self.body(), unix_seconds(now));
            self.answer(result)
        }
    }
}
