//! What a fresh callback says.

pub mod address;
pub mod amount;
pub mod asset;
pub mod chain;
mod data;
mod deposit;
mod envelope;
pub mod model;
pub mod timestamp;
mod transaction;
mod user;
mod verification;
mod withdrawal;

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
    /// Another sender's JSON.
    Json,
    /// Another sender's empty body.
    Empty,
    /// Another sender's body that is no text at all.
    Binary,
}

impl Event {
    /// Checks that the body is what its sender prescribes, and nothing on which two readers could
    /// disagree.
    ///
    /// # Errors
    /// [`Rejection::MalformedPayload`].
    pub(crate) fn read(fresh: &Fresh, payload: Payload) -> Result<Self, Rejection> {
        let body = fresh.authentic().claim().body();
        match payload {
            Payload::WalletEvent => {
                let document = Document::read(body, Integers::Exact)?;
                let findings = envelope::check(&document)?;
                Ok(findings.map_or(Self::Unknown, Self::Known))
            }
            Payload::Opaque if body.is_empty() => Ok(Self::Empty),
            Payload::Opaque if str::from_utf8(body).is_err() => Ok(Self::Binary),
            Payload::Opaque => {
                Document::read(body, Integers::Any)?;
                Ok(Self::Json)
            }
        }
    }
}
