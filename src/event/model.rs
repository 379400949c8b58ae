//! The events of the `tp-wallet` format, as data. The checks, the TypeScript types and the JSON Schema
//! are all made from these tables.

use super::{deposit, transaction, user, verification, withdrawal};
use crate::chain::split_once;

/// Every family of events.
pub static FAMILIES: [&Family; 5] = [
    &deposit::FAMILY,
    &withdrawal::FAMILY,
    &transaction::FAMILY,
    &user::FAMILY,
    &verification::FAMILY,
];

/// The members of `data` that are an [`Amount`](Kind::Amount).
pub const AMOUNTS: [&str; 2] = ["amount", "fee"];

/// The events that share the members of `data`. A type is `family.status`.
#[derive(Debug)]
pub struct Family {
    /// The part before the dot.
    pub name: &'static str,
    /// The parts that may follow the dot.
    pub statuses: &'static [Status],
    /// The members of `data`. The chain comes before the members that its rules check.
    pub fields: &'static [Field],
    /// Whether `confirmations` has to reach `requiredConfirmations` in this status.
    pub settled: Option<&'static str>,
}

/// One type of event.
#[derive(Debug)]
pub struct Status {
    /// The part after the dot.
    pub name: &'static str,
    /// Members that are optional in the family and required here.
    pub requires: &'static [&'static str],
    /// What has happened.
    #[cfg(not(target_arch = "wasm32"))]
    pub doc: &'static str,
}

/// A member of `data`, or of an object in it.
#[derive(Debug)]
pub struct Field {
    /// The member's name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it is required in every status.
    pub required: bool,
    /// What it means.
    #[cfg(not(target_arch = "wasm32"))]
    pub doc: &'static str,
}

/// What a member holds.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// 1 to 256 characters.
    Id,
    /// Any text.
    Text,
    /// A whole number from 0 to 2^53 - 1.
    Integer,
    /// An RFC 3339 date and time.
    Timestamp,
    /// 32 to 128 characters of `A-Z a-z 0-9 - _`.
    Challenge,
    /// A CAIP-2 chain.
    Chain,
    /// A CAIP-19 asset of the chain.
    Asset,
    /// An amount of base units.
    Amount,
    /// An address of the chain.
    Address,
    /// A transaction hash of the chain.
    Hash,
    /// A list of objects with these members.
    List(&'static [Field]),
}

impl Kind {
    /// What is expected, for messages.
    #[must_use]
    pub const fn expected(self) -> &'static str {
        match self {
            Self::Id => "a string of 1 to 256 characters without control characters",
            Self::Text => "a string",
            Self::Integer => "a whole number from 0 to 2^53 - 1",
            Self::Timestamp => "an rfc 3339 date-time",
            Self::Challenge => "a string of 32 to 128 characters of a-z, A-Z, 0-9, - and _",
            Self::Chain => "a caip-2 chain id",
            Self::Asset => "a caip-19 asset id",
            Self::Amount => "an object with value and decimals",
            Self::Address => "an address",
            Self::Hash => "a transaction hash",
            Self::List(_) => "an array of objects",
        }
    }
}

pub(super) const fn status(
    name: &'static str,
    requires: &'static [&'static str],
    doc: &'static str,
) -> Status {
    let _ = doc;
    Status {
        name,
        requires,
        #[cfg(not(target_arch = "wasm32"))]
        doc,
    }
}

pub(super) const fn required(name: &'static str, kind: Kind, doc: &'static str) -> Field {
    let _ = doc;
    Field {
        name,
        kind,
        required: true,
        #[cfg(not(target_arch = "wasm32"))]
        doc,
    }
}

pub(super) const fn optional(name: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field {
        required: false,
        ..required(name, kind, doc)
    }
}

/// The family and the status of a type.
pub(super) fn find(kind: &str) -> Option<(&'static Family, &'static Status)> {
    let (family, status) = split_once(kind, b'.')?;
    let family = FAMILIES.iter().find(|other| other.name == family)?;
    let status = family.statuses.iter().find(|other| other.name == status)?;
    Some((family, status))
}
