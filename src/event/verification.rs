//! The handshake that verifies a callback address.

use super::model::{Family, Kind, required, status};

pub(super) static FAMILY: Family = Family {
    name: "callback",
    statuses: &[status(
        "verification",
        &[],
        "The sender asks the receiver to prove that it holds the secret.",
    )],
    fields: &[required(
        "challenge",
        Kind::Challenge,
        "What the receiver has to answer with.",
    )],
    settled: None,
};
