//! Options and answers of the dapp's functions, in JSON.

mod callback;
mod message;
mod request;

pub use callback::{action_id, callback, handler};
pub use message::message;
pub use request::request;

use alloc::string::String;

use super::Refusal;
use super::object::Object;
use crate::error::ConfigError;

/// A refusal as an answer.
fn refused(refusal: &Refusal) -> String {
    let mut answer = Object::new();
    answer.json("ok", "false");
    answer.text("code", refusal.code.name());
    answer.text("message", &refusal.message);
    answer.maybe("path", refusal.path.as_deref());
    answer.finish()
}

fn invalid(option: &'static str, problem: impl Into<String>) -> ConfigError {
    ConfigError::InvalidOption {
        option,
        problem: problem.into(),
    }
}
