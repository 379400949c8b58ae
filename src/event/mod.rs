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

use crate::error::Rejection;
use crate::freshness::Fresh;
use crate::json::{Document, Integers};
use crate::sender::Payload;

pub use data::Findings;

/// How a body that was accepted is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// An event of the `tp-wallet` format of a type that is known, with its data checked.
    Known(Findings),
    /// An event of the `tp-wallet` format of another type, with its data as it came: senders grow.
    Unknown,
    /// Another sender's.
    Other(Other),
}

/// A callback of a sender whose events are not known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// What its sender calls it.
    pub kind: Option<String>,
    /// What its sender calls it by.
    pub id: Option<String>,
    /// Whether that id is signed.
    pub is_id_signed: bool,
    /// What it holds.
    pub payload: Content,
    /// The SHA-256 of what is signed, where that is not the body's own bytes.
    pub content_hash: Option<[u8; 32]>,
}

/// What another sender's callback holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// The body, which is JSON.
    Json,
    /// The body, which is other text.
    Text,
    /// The body, which is no text at all.
    Binary,
    /// Nothing: the body is empty.
    Empty,
    /// This JSON: what the signature speaks for is not the body itself.
    Given(String),
}

impl Event {
    /// Checks that the body is what its sender prescribes, and nothing on which two readers could
    /// disagree.
    ///
    /// # Errors
    /// [`Rejection::MalformedPayload`].
    pub(crate) fn read(fresh: &Fresh) -> Result<Self, Rejection> {
        let claim = fresh.authentic().claim();
        if claim.sender().payload == Payload::WalletEvent {
            let document = Document::read(claim.content(), Integers::Exact)?;
            let findings = envelope::check(&document)?;
            return Ok(findings.map_or(Self::Unknown, Self::Known));
        }
        other::read(claim).map(Self::Other)
    }
}
