//! What a fresh callback says.

pub mod answer;
mod data;
mod deposit;
mod envelope;
mod form;
pub mod model;
mod other;
mod transaction;
mod user;
mod verification;
mod withdrawal;

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::error::Rejection;
use crate::freshness::Fresh;
use crate::json::{Document, Rules};
use crate::sender::Payload;

pub use data::Findings;

/// How to read an accepted body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A `tp-wallet` event of a known type, with its data checked.
    Known(Findings),
    /// A `tp-wallet` event of an unknown type, with its data as it came: senders add types.
    Unknown,
    /// Another sender's callback.
    Other(Other),
}

/// A callback of a sender whose events are not known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// Its type, in its sender's words.
    pub kind: Option<String>,
    /// Its id, as its sender assigns it.
    pub id: Option<String>,
    /// Whether that id is signed and documented as one for each event, so that it identifies a callback.
    pub is_identified: bool,
    /// What it holds.
    pub payload: Content,
    /// The SHA-256 of what is signed, if that is not the body itself.
    pub content_hash: Option<[u8; 32]>,
    /// The nonce and the time that are signed with the content, as they are written, if the time in
    /// seconds does not say all of it.
    pub signed_with: Option<String>,
}

/// What another sender's callback holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// The body, which is JSON.
    Json,
    /// The body, which is other text.
    Text,
    /// The body, which is not text.
    Binary,
    /// Nothing: the body is empty.
    Empty,
    /// This JSON: the signature covers something other than the body itself.
    Given(String),
    /// This JSON, with marks as `Document::marked` sets them.
    Marked(String),
}

/// What a number becomes whose digits a double does not carry, such as 2^53 + 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UnsafeNumbers {
    /// Its text.
    String,
    /// A `bigint` if it is an integer, or else its text.
    Bigint,
    /// The nearest double, as `JSON.parse` reads it.
    Number,
}

impl Event {
    /// Checks that the body has its sender's format and nothing that two parsers could read
    /// differently.
    ///
    /// # Errors
    /// [`Rejection::MalformedPayload`].
    pub(crate) fn read(fresh: &Fresh, numbers: UnsafeNumbers) -> Result<Self, Rejection> {
        let claim = fresh.authentic().claim();
        if claim.sender().payload == Payload::WalletEvent {
            let document = Document::read(claim.content(), Rules::Exact)?;
            let findings = envelope::check(&document)?;
            return Ok(findings.map_or(Self::Unknown, Self::Known));
        }
        other::read(claim, numbers).map(Self::Other)
    }
}
