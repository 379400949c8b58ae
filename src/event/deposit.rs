//! Deposits: money that arrives for a user.

use super::model::{Family, Kind, optional, required, status};

pub(super) static FAMILY: Family = Family {
    name: "deposit",
    statuses: &[
        status(
            "detected",
            &[],
            "The deposit was seen and can still vanish: do not book it.",
        ),
        status(
            "confirmed",
            &[],
            "The deposit has the confirmations that it needs: book it, once per `depositId`.",
        ),
        status(
            "reverted",
            &[],
            "A deposit that was seen is gone from the chain: take back what was booked.",
        ),
    ],
    fields: &[
        required(
            "depositId",
            Kind::Id,
            "Identifies the deposit through all its statuses.",
        ),
        required("userId", Kind::Id, "Whose deposit it is."),
        required("chain", Kind::Chain, "The chain, as CAIP-2."),
        required("asset", Kind::Asset, "What was deposited, as CAIP-19."),
        required("amount", Kind::Amount, "How much."),
        optional("from", Kind::Address, "Where it comes from."),
        required("to", Kind::Address, "Where it went."),
        optional(
            "memo",
            Kind::Text,
            "The memo, tag or comment that came with it.",
        ),
        required("txHash", Kind::Hash, "The transaction."),
        optional(
            "blockNumber",
            Kind::Integer,
            "The block that holds the transaction.",
        ),
        required(
            "confirmations",
            Kind::Integer,
            "How many blocks confirm it.",
        ),
        optional("requiredConfirmations", Kind::Integer, "How many it needs."),
    ],
    settled: Some("confirmed"),
};
