//! What a fresh callback says.

mod envelope;
pub mod timestamp;

use crate::error::Rejection;
use crate::freshness::Fresh;
use crate::json::{Document, Integers};
use crate::sender::Payload;

/// How a body that was accepted is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// An event of the `tp-wallet` format.
    Wallet,
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
            Payload::WalletEvent => envelope::check(body).map(|()| Self::Wallet),
            Payload::Opaque if body.is_empty() => Ok(Self::Empty),
            Payload::Opaque if str::from_utf8(body).is_err() => Ok(Self::Binary),
            Payload::Opaque => Document::read(body, Integers::Any).map(|_| Self::Json),
        }
    }
}
