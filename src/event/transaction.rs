//! Transactions: what became of one that was sent.

use super::model::{Family, Kind, optional, required, status};

pub(super) static FAMILY: Family = Family {
    name: "transaction",
    statuses: &[
        status("pending", &[], "The transaction waits for a block."),
        status(
            "confirmed",
            &[],
            "The transaction is in a block and has succeeded.",
        ),
        status("failed", &[], "The transaction has failed."),
        status("replaced", &[], "Another transaction took its place."),
    ],
    fields: &[
        required(
            "txId",
            Kind::Id,
            "Identifies the transaction at the sender.",
        ),
        optional("userId", Kind::Id, "Whose transaction it is."),
        required("chain", Kind::Chain, "The chain, as CAIP-2."),
        required("from", Kind::Address, "Who sent it."),
        optional(
            "to",
            Kind::Address,
            "Where it goes; nowhere when it creates a contract.",
        ),
        optional("asset", Kind::Asset, "What it moves, as CAIP-19."),
        optional("amount", Kind::Amount, "How much it moves."),
        optional("fee", Kind::Amount, "What it costs."),
        required("txHash", Kind::Hash, "The transaction's hash."),
        optional("blockNumber", Kind::Integer, "The block that holds it."),
        optional(
            "confirmations",
            Kind::Integer,
            "How many blocks confirm it.",
        ),
        optional("reason", Kind::Text, "Why it has failed."),
        optional(
            "replacedBy",
            Kind::Hash,
            "The hash of the transaction that took its place.",
        ),
    ],
    settled: None,
};
