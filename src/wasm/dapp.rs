//! A wallet's answers to a dapp.

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
