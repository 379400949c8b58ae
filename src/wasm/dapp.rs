//! A wallet's answers to a dapp.

use alloc::string::String;

use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::value::{Answer, answer, error};
use super::{Core, entropy, unix_seconds};
use crate::dapp::Rejection;
use crate::options::dapp as options;

#[wasm_bindgen]
impl Core {
    /// Makes a request to the wallet; `now` is in milliseconds.
    #[wasm_bindgen(js_name = requestDapp)]
    pub fn request_dapp(&self, options: &str, now: f64) -> Answer {
        let entropy = || entropy().map(|entropy| *entropy);
        let request = options::request(options.as_bytes(), unix_seconds(now), entropy);
        request.map(|request| answer(&request)).map_err(error)
    }

    /// Checks the options of a handler.
    #[wasm_bindgen(js_name = checkDappHandler)]
    pub fn check_dapp_handler(&self, options: &str) -> Answer<()> {
        options::handler(options.as_bytes()).map_err(error)
    }

    /// Judges a callback against its record; `now` is in milliseconds.
    #[wasm_bindgen(js_name = judgeDapp)]
    pub fn judge_dapp(&self, options: &str, body: &[u8], now: f64) -> Answer {
        let judged = options::callback(options.as_bytes(), body, unix_seconds(now));
        judged.map(|judged| either(&judged)).map_err(error)
    }

    /// Answers with the action that a callback belongs to.
    #[wasm_bindgen(js_name = readActionId)]
    pub fn read_action_id(&self, url: Option<String>, body: &[u8]) -> JsValue {
        either(&options::action_id(url.as_deref(), body))
    }

    /// Verifies a signature over a message; `now` is in milliseconds.
    #[wasm_bindgen(js_name = verifyMessage)]
    pub fn verify_message(&self, options: &str, message: &[u8], now: f64) -> Answer {
        let now = unix_seconds(now);
        let verified = options::message(options.as_bytes(), message, now);
        verified.map(|verified| either(&verified)).map_err(error)
    }

    /// Signs a message with a private key, for tests.
    #[wasm_bindgen(js_name = signMessage)]
    pub fn sign_message(&self, options: &str, message: &[u8], key: &[u8]) -> Answer {
        let signed = options::sign(options.as_bytes(), message, key);
        signed.map(|signed| answer(&signed)).map_err(error)
    }
}

/// An answer or a rejection, which have `ok` to tell them apart.
fn either<T: Serialize>(result: &Result<T, Rejection>) -> JsValue {
    match result {
        Ok(accepted) => answer(accepted),
        Err(rejection) => answer(rejection),
    }
}
