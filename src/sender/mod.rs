//! What a sender's callbacks look like, as data. A sender is resolved once, when a verifier is
//! built; nothing later asks for its name.

mod table;

use crate::error::ConfigError;

pub use table::SENDERS;

/// A platform's callbacks.
#[derive(Debug, PartialEq, Eq)]
pub struct Sender {
    /// The name by which it is chosen.
    pub name: &'static str,
    /// The name for people.
    pub title: &'static str,
    /// The headers that it signs with.
    pub own_headers: HeaderSet,
    /// Headers that count where the signature is not among its own: of the first such set alone.
    pub other_headers: &'static [HeaderSet],
    /// What the body holds.
    pub payload: Payload,
    /// Where the rules are documented.
    pub docs: &'static str,
}

/// The three headers of Standard Webhooks, in lower case.
#[derive(Debug, PartialEq, Eq)]
pub struct HeaderSet {
    /// Identifies the callback; a retry has the same.
    pub id: &'static str,
    /// When it was signed, in Unix seconds.
    pub timestamp: &'static str,
    /// The signatures.
    pub signature: &'static str,
}

impl HeaderSet {
    /// How many headers a set has. The id is the first of them.
    pub(crate) const LENGTH: usize = 3;
}

/// What a verified body is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payload {
    /// The envelope `type`, `timestamp`, `data`.
    WalletEvent,
    /// The sender's own affair: handed over as it is.
    Opaque,
}

impl Payload {
    /// The media type in which it comes, where the format prescribes one.
    #[must_use]
    pub const fn media_type(self) -> Option<&'static str> {
        match self {
            Self::WalletEvent => Some("application/json"),
            Self::Opaque => None,
        }
    }
}

impl Sender {
    /// The sets of headers, its own first.
    pub(crate) fn header_sets(&'static self) -> impl Iterator<Item = &'static HeaderSet> {
        core::iter::once(&self.own_headers).chain(self.other_headers)
    }

    /// The headers that are read, set by set.
    pub fn header_names(&'static self) -> impl Iterator<Item = &'static str> {
        self.header_sets()
            .flat_map(|set| -> [_; HeaderSet::LENGTH] { [set.id, set.timestamp, set.signature] })
    }

    /// The sender of this name.
    ///
    /// # Errors
    /// [`ConfigError::UnknownSender`].
    pub fn find(name: &str) -> Result<&'static Self, ConfigError> {
        SENDERS
            .iter()
            .find(|sender| sender.name == name)
            .ok_or(ConfigError::UnknownSender)
    }
}
