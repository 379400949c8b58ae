//! Users.

use super::model::{Family, Field, Kind, optional, required, status};

const ACCOUNT: &[Field] = &[
    required("chain", Kind::Chain, "The chain, as CAIP-2."),
    required("address", Kind::Address, "The address on this chain."),
];

pub(super) static FAMILY: Family = Family {
    name: "user",
    statuses: &[status("registered", &[], "A user has registered.")],
    fields: &[
        required("userId", Kind::Id, "Identifies the user."),
        optional("accounts", Kind::List(ACCOUNT), "The user's accounts."),
        required("registeredAt", Kind::Timestamp, "When, as RFC 3339."),
    ],
    settled: None,
};
