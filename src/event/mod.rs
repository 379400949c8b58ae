//! What a fresh callback says.

mod envelope;
pub mod timestamp;

use alloc::string::String;

use crate::error::Rejection;
use crate::freshness::Fresh;
use crate::json::{Document, write_string};
use crate::sender::Payload;

use envelope::Envelope;

/// The content of a callback that is genuine and fresh.
pub struct Event<'a>(Content<'a>);

enum Content<'a> {
    /// An event of the `tp-wallet` format.
    Wallet(Envelope<'a>),
    /// Another sender's JSON, strictly read and otherwise its own affair.
    Json { id: &'a str, document: Document<'a> },
    /// Another sender's empty body.
    Empty { id: &'a str },
    /// Another sender's body that is no text at all.
    Binary { id: &'a str },
}

impl<'a> Event<'a> {
    /// Reads the body as its sender prescribes.
    ///
    /// # Errors
    /// [`Rejection::MalformedPayload`].
    pub(crate) fn read(fresh: &Fresh<'a>, payload: Payload) -> Result<Self, Rejection> {
        let claim = fresh.authentic().claim();
        let (id, body) = (claim.id(), claim.body());
        let content = match payload {
            Payload::WalletEvent => Content::Wallet(Envelope::read(body)?),
            Payload::Opaque if body.is_empty() => Content::Empty { id },
            Payload::Opaque if str::from_utf8(body).is_err() => Content::Binary { id },
            Payload::Opaque => Content::Json {
                id,
                document: Document::read(body)?,
            },
        };
        Ok(Self(content))
    }

    /// Whether the event's `payload` is the body's bytes, which JSON cannot carry.
    #[must_use]
    pub const fn is_binary(&self) -> bool {
        matches!(self.0, Content::Binary { .. })
    }

    /// Appends the event as JSON. A binary payload is left out.
    pub fn write_json(&self, out: &mut String) {
        match &self.0 {
            Content::Wallet(envelope) => envelope.write_json(out),
            Content::Json { id, document } => {
                let root = document.root();
                out.push('{');
                if let Some(kind) = root.get("type").filter(|value| value.string().is_some()) {
                    out.push_str("\"type\":");
                    out.push_str(kind.raw());
                    out.push(',');
                }
                out.push_str("\"id\":");
                write_string(out, id);
                out.push_str(",\"payload\":");
                out.push_str(root.raw());
                out.push('}');
            }
            Content::Empty { id } | Content::Binary { id } => {
                out.push_str("{\"id\":");
                write_string(out, id);
                out.push('}');
            }
        }
    }
}
