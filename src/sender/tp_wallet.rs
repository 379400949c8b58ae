//! The default sender, made without its descriptor: reading one is half of what a first verifier costs, since
//! an engine compiles each function when it is first called.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::template::{Part, Template};
use super::{HeaderSet, Payload, Place, Scheme, Sender, SignatureForm, Timestamp};
use crate::algorithm::Algorithm;
use crate::encoding::Encoding;
use crate::key::{KeyForm, MIN_RSA_BITS};
use crate::timestamp::Unit;

impl Sender {
    /// The name of the default sender.
    pub(crate) const DEFAULT: &'static str = "tp-wallet";

    /// The sender that its descriptor in `senders.json` describes, as the tests see.
    pub(crate) fn tp_wallet() -> Self {
        Self {
            name: Self::DEFAULT.to_owned(),
            header_sets: Vec::from([HeaderSet {
                signature: "webhook-signature".to_owned(),
                timestamp: Some("webhook-timestamp".to_owned()),
                id: Some("webhook-id".to_owned()),
                nonce: None,
                key_id: None,
                client_id: None,
            }]),
            expected: Vec::new(),
            signature: SignatureForm {
                algorithms: Vec::from([
                    ("v1".to_owned(), Algorithm::HmacSha256),
                    ("v1a".to_owned(), Algorithm::Ed25519),
                ]),
                labelled: true,
                encoding: Encoding::Base64,
                prefix: String::new(),
                separator: b' ',
                assign: b',',
                timestamp_label: None,
            },
            signed: Template::from_parts(Vec::from([
                Part::Id,
                Part::Literal(".".to_owned()),
                Part::Timestamp,
                Part::Literal(".".to_owned()),
                Part::Body,
            ])),
            signed_on_get: None,
            prehash: 0,
            timestamp: Some(Timestamp {
                unit: Unit::Seconds,
                member: None,
            }),
            tolerance_seconds: Some(300),
            key: KeyForm::Standard,
            min_rsa_bits: MIN_RSA_BITS,
            payload: Payload::WalletEvent,
            kind: Some(Place::Member {
                path: "type".to_owned(),
                fallback: None,
            }),
            id: None,
            id_is_unique: false,
            changes_on_retry: Vec::new(),
            scheme: Scheme::Plain,
            allows_unsigned_headers: false,
            allows_unsigned_url: false,
        }
    }
}
