//! Verifiers, transports and signers.

use alloc::string::String;
use alloc::vec::Vec;

use wasm_bindgen::prelude::*;

use super::Core;
use super::value::{Answer, answer, error, read_keys};
#[cfg(feature = "full")]
use super::{entropy, unix_seconds, value::read_key};
use crate::algorithm::sha256;
#[cfg(feature = "full")]
use crate::answer::KeyPair;
use crate::answer::{Admitted, Settings};
use crate::json::nearest::nearest;
use crate::options::{self, GivenKeys};
use crate::sender;
#[cfg(feature = "full")]
use crate::sign;
use crate::transport::Arrival;
use crate::verify::Verifier;

/// A verifier, and the names of what its sender's callbacks are read from.
pub(super) struct Reader {
    pub(super) verifier: Verifier,
    pub(super) names: Vec<String>,
}

/// Things under numbers.
pub(super) struct Slots<T>(Vec<Option<T>>);

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Slots<T> {
    /// Keeps a thing under the lowest number that is free.
    fn add(&mut self, thing: T) -> usize {
        let free = self.0.iter().position(Option::is_none);
        let number = free.unwrap_or(self.0.len());
        match self.0.get_mut(number) {
            Some(slot) => *slot = Some(thing),
            None => self.0.push(Some(thing)),
        }
        number
    }

    /// The thing of a number. The TypeScript layer asks only for what it was given.
    pub(super) fn get(&self, number: usize) -> &T {
        match self.0.get(number) {
            Some(Some(thing)) => thing,
            _ => core::arch::wasm32::unreachable(),
        }
    }

    fn drop(&mut self, number: usize) {
        if let Some(slot) = self.0.get_mut(number) {
            *slot = None;
        }
    }
}

/// Apart, since an engine takes longer over one function than over two of half the size.
#[inline(never)]
fn settings(verifier: &Verifier, number: usize) -> JsValue {
    answer(&Settings::of(verifier, number))
}

#[wasm_bindgen]
impl Core {
    /// Builds a verifier with these keys, of which more may be found later, and answers with its settings.
    pub fn create(&mut self, options: &str, keys: &JsValue, finds_keys: bool) -> Answer {
        let keys = match read_keys(keys) {
            GivenKeys::List(keys) if finds_keys => GivenKeys::Found(keys),
            keys => keys,
        };
        let verifier = options::verifier(options.as_bytes(), keys).map_err(error)?;
        let names = verifier.sender().header_names();
        let names = names.into_iter().map(String::from).collect();
        let number = self.verifiers.add(Reader { verifier, names });
        let Reader { verifier, .. } = self.verifiers.get(number);
        Ok(settings(verifier, number))
    }

    /// Refuses the name of a sender that is not among these, which stand between spaces.
    #[wasm_bindgen(js_name = refuseSender)]
    pub fn refuse_sender(&self, name: &str, names: &str) -> Answer {
        Err(error(sender::unknown(name, names.split(' '))))
    }

    /// Drops a verifier and wipes its keys.
    pub fn release(&mut self, verifier: usize) {
        self.verifiers.drop(verifier);
    }

    /// Answers a sender's handshake with the verifier's proof, if it has one.
    pub fn prove(&self, verifier: usize, key: usize, id: &str, challenge: &str) -> Option<String> {
        let Reader { verifier, .. } = self.verifiers.get(verifier);
        verifier.prove(key, id, challenge)
    }

    /// Signs a body with a key; `now` is in milliseconds.
    #[cfg(feature = "full")]
    pub fn sign(&self, options: &str, key: &JsValue, body: &[u8], now: f64) -> Answer {
        let key = read_key(key, None);
        let entropy = || entropy().map(|entropy| *entropy);
        let now = unix_seconds(now);
        let signed = options::sign(options.as_bytes(), key, body, now, entropy);
        signed.map(|signed| answer(&signed)).map_err(error)
    }

    /// Says why a callback does not verify; `now` is in milliseconds.
    #[cfg(feature = "full")]
    pub fn explain(&self, options: &str, keys: &JsValue, body: &[u8], now: f64) -> Answer {
        let (keys, now) = (read_keys(keys), unix_seconds(now));
        let found = options::explain(options.as_bytes(), keys, body, now);
        found.map(|found| answer(&found)).map_err(error)
    }

    /// Answers with the senders whose headers are among those of the options.
    #[cfg(feature = "full")]
    pub fn detect(&self, options: &str) -> Answer {
        let names = options::detect(options.as_bytes());
        names.map(|names| answer(&names)).map_err(error)
    }

    /// Builds what decides about the transport of requests, and answers with its number.
    #[wasm_bindgen(js_name = createTransport)]
    pub fn create_transport(&mut self, options: &str) -> Answer<usize> {
        let transport = options::transport(options.as_bytes()).map_err(error)?;
        Ok(self.transports.add(transport))
    }

    /// Drops what decides about the transport of requests.
    #[wasm_bindgen(js_name = releaseTransport)]
    pub fn release_transport(&mut self, transport: usize) {
        self.transports.drop(transport);
    }

    /// Admits a request and answers with its client's address, or with a rejection.
    pub fn admit(
        &self,
        transport: usize,
        secure: bool,
        peer: Option<String>,
        forwarded_for: Option<String>,
        forwarded_proto: Option<String>,
        forwarded: Option<String>,
    ) -> JsValue {
        let arrival = Arrival {
            peer: peer.as_deref(),
            secure,
            forwarded_for: forwarded_for.as_deref(),
            forwarded_proto: forwarded_proto.as_deref(),
            forwarded: forwarded.as_deref(),
        };
        match self.transports.get(transport).admit(&arrival) {
            Ok(client) => answer(&Admitted::new(client)),
            Err(rejection) => answer(&rejection),
        }
    }

    /// The known name, of these with commas between them, that is most like one that is not known.
    pub fn nearest(&self, name: &str, known: &str) -> Option<String> {
        let known: Vec<&str> = known.split(',').collect();
        nearest(name, &known).map(String::from)
    }

    /// Answers with the SHA-256 of a body, in hexadecimal digits.
    pub fn digest(&self, body: &[u8]) -> String {
        hex::encode(sha256::digest(&[body]))
    }

    /// Answers with a new secret.
    #[cfg(feature = "full")]
    #[wasm_bindgen(js_name = generateSecret)]
    pub fn generate_secret(&self) -> Answer {
        let entropy = entropy().map_err(error)?;
        Ok(JsValue::from_str(&sign::secret(&entropy)))
    }

    /// Answers with a new key pair.
    #[cfg(feature = "full")]
    #[wasm_bindgen(js_name = generateKeyPair)]
    pub fn generate_key_pair(&self) -> Answer {
        let entropy = entropy().map_err(error)?;
        let (public_key, private_key) = sign::key_pair(&entropy);
        Ok(answer(&KeyPair {
            public_key: &public_key,
            private_key: &private_key,
        }))
    }

    /// Answers with the decimal form of an amount.
    #[wasm_bindgen(js_name = formatAmount)]
    pub fn format_amount(&self, options: &str) -> Answer<String> {
        options::format_amount(options.as_bytes()).map_err(error)
    }

    /// Answers with the base units of a decimal.
    #[wasm_bindgen(js_name = toBaseUnits)]
    pub fn to_base_units(&self, options: &str) -> Answer<String> {
        options::to_base_units(options.as_bytes()).map_err(error)
    }
}
