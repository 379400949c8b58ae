//! The known senders.

use super::{HeaderSet, Payload, Sender};

const STANDARD: HeaderSet = HeaderSet {
    id: "webhook-id",
    timestamp: "webhook-timestamp",
    signature: "webhook-signature",
};

const SVIX: HeaderSet = HeaderSet {
    id: "svix-id",
    timestamp: "svix-timestamp",
    signature: "svix-signature",
};

/// Every sender whose callbacks can be verified; the first is the default.
pub static SENDERS: [Sender; 3] = [
    Sender {
        name: "tp-wallet",
        title: "TP Wallet (TokenPocket)",
        own_headers: STANDARD,
        other_headers: &[],
        payload: Payload::WalletEvent,
        docs: "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
    },
    Sender {
        name: "standard-webhooks",
        title: "Standard Webhooks 1.0",
        own_headers: STANDARD,
        other_headers: &[],
        payload: Payload::Opaque,
        docs: "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
    },
    Sender {
        name: "svix",
        title: "Svix",
        own_headers: SVIX,
        other_headers: &[STANDARD],
        payload: Payload::Opaque,
        docs: "https://docs.svix.com/receiving/verifying-payloads/how-manual",
    },
];
