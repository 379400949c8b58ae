//! What users write, as structs: one option is one member. What is misspelt, of another type or out of
//! range is refused by its path; nothing falls back to a default in silence.
//!
//! Options cross as text and are read by the strict reader. Key material does not: it comes beside them,
//! and no deserializer ever holds it.

mod amount;
#[cfg(feature = "dapp")]
pub mod dapp;
#[cfg(feature = "full")]
mod explain;
#[cfg(feature = "full")]
mod sign;
mod transport;
mod verifier;

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use crate::error::{ConfigError, KeyProblem};
use crate::json::{Document, Rules};
use crate::key::{self, KeyInput, KeyRules};
use crate::sender::{Sender, SenderDescriptor};

pub use amount::{format_amount, to_base_units};
#[cfg(feature = "full")]
pub use explain::{detect, explain};
#[cfg(feature = "full")]
pub use sign::sign;
pub use transport::transport;
pub use verifier::verifier;

/// Keys as they are handed in.
pub enum GivenKeys {
    /// One by one.
    List(Vec<KeyInput>),
    /// Those that were found so far, of keys that are found by the ids that callbacks name.
    Found(Vec<KeyInput>),
    /// The text of a JSON Web Key Set.
    Set(Zeroizing<String>),
    /// Something that is no key is among them. It is told after what is wrong with the options.
    Invalid(ConfigError),
}

impl GivenKeys {
    fn read(self, rules: &KeyRules) -> Result<Vec<KeyInput>, ConfigError> {
        let text = match self {
            Self::List(keys) | Self::Found(keys) => return Ok(keys),
            Self::Set(text) => text,
            Self::Invalid(error) => return Err(error),
        };
        let document = Document::read(text.as_bytes(), Rules::Unique);
        let document = document.map_err(|_| KeyProblem::Type);
        let keys = document.and_then(|document| key::read_set(rules, document.root()));
        keys.map_err(|problem| ConfigError::InvalidKey {
            index: None,
            problem,
        })
    }
}

/// Reads the text of options and hands them on.
pub(crate) fn read<T>(
    json: &[u8],
    with: impl FnOnce(Document) -> Result<T, ConfigError>,
) -> Result<T, ConfigError> {
    match Document::read(json, Rules::Unique) {
        Ok(document) if document.root().is_object() => with(document),
        _ => Err(ConfigError::InvalidOption {
            option: "options".into(),
            problem: "expected an object of json values".to_owned(),
        }),
    }
}

/// Whose callbacks.
#[derive(Deserialize)]
#[serde(rename = "$text or object")]
enum SenderOption {
    #[serde(rename = "a name")]
    Named(String),
    #[serde(rename = "a descriptor", deserialize_with = "described")]
    Described(Box<SenderDescriptor>),
}

/// Apart, since an engine compiles a function when it is first called, and most programs name a sender.
#[inline(never)]
fn described<'d, D: Deserializer<'d>>(deserializer: D) -> Result<Box<SenderDescriptor>, D::Error> {
    Box::deserialize(deserializer)
}

impl SenderOption {
    fn resolve(option: Option<Self>) -> Result<Sender, ConfigError> {
        match option {
            Some(Self::Described(descriptor)) => descriptor.resolve(),
            Some(Self::Named(name)) => Sender::find(&name),
            None => Ok(Sender::tp_wallet()),
        }
    }
}
