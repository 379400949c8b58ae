//! The options of the dapp's functions.

mod callback;
mod message;
mod request;

pub use callback::{action_id, callback, handler};
pub use message::{message, sign};
pub use request::request;

use alloc::string::String;

use crate::error::ConfigError;

fn invalid(option: &'static str, problem: impl Into<String>) -> ConfigError {
    ConfigError::InvalidOption {
        option: option.into(),
        problem: problem.into(),
    }
}
