//! Withdrawals: money that leaves for a user.

use super::model::{Family, Kind, optional, required, status};

pub(super) static FAMILY: Family = Family {
    name: "withdrawal",
    statuses: &[
        status("requested", &[], "A user has asked for the withdrawal."),
        status("approved", &[], "It was approved and is going to be sent."),
        status(
            "rejected",
            &["reason"],
            "It was rejected and is not going to be sent.",
        ),
        status(
            "broadcast",
            &["txHash"],
            "Its transaction was sent to the network.",
        ),
        status("completed", &["txHash"], "Its transaction is final."),
        status(
            "failed",
            &["reason"],
            "It did not happen. With a `txHash`, the transaction was sent and failed.",
        ),
    ],
    fields: &[
        required(
            "withdrawalId",
            Kind::Id,
            "Identifies the withdrawal through all its statuses.",
        ),
        required("userId", Kind::Id, "Whose withdrawal it is."),
        required("chain", Kind::Chain, "The chain, as CAIP-2."),
        required("asset", Kind::Asset, "What is withdrawn, as CAIP-19."),
        required("amount", Kind::Amount, "How much."),
        optional("fee", Kind::Amount, "What it costs."),
        required("to", Kind::Address, "Where it goes."),
        optional(
            "memo",
            Kind::Text,
            "The memo, tag or comment that goes with it.",
        ),
        optional("txHash", Kind::Hash, "The transaction."),
        optional("reason", Kind::Text, "Why it was rejected or has failed."),
    ],
    settled: None,
};
