//! The published vectors of senders, through the core itself.

use serde::Deserialize;
use std::collections::BTreeMap;
use wallet_callback::key::{KeyInput, KeySource, Keys};
use wallet_callback::request::Request;
use wallet_callback::sender::Sender;
use wallet_callback::verify::{Options, Verifier};

#[derive(Deserialize)]
struct Vector {
    sender: String,
    valid: bool,
    key: String,
    headers: Option<BTreeMap<String, String>>,
    body: String,
    verify_at: Option<u64>,
    note: String,
}

const VECTORS: &str = include_str!("vectors/senders.json");

#[test]
fn published_vectors() {
    let vectors: Vec<Vector> = serde_json::from_str(VECTORS).unwrap();
    assert_eq!(vectors.len(), 41);
    for vector in &vectors {
        let sender = Sender::find(&vector.sender).unwrap();
        let source = KeySource::text(&vector.key);
        let keys = Keys::parse(&sender, vec![KeyInput::from(source)], true, false).unwrap();
        let verifier = Verifier::new(Options::new(sender, keys)).unwrap();
        let mut headers: Vec<_> = vector
            .headers
            .iter()
            .flatten()
            .map(|(name, value)| (name.as_str(), value.as_bytes()))
            .collect();
        let all: BTreeMap<_, _> = vector
            .headers
            .iter()
            .flatten()
            .map(|(name, value)| (name.to_lowercase(), value))
            .collect();
        let all = serde_json::to_string(&all).unwrap();
        headers.push((":headers", all.as_bytes()));
        let request = Request {
            body: vector.body.as_bytes(),
            headers: &headers,
            ip: None,
        };
        let result = verifier.verify(&request, vector.verify_at.unwrap_or(0));
        let verdict = result.as_ref().map(|accepted| accepted.key());
        assert_eq!(
            verdict.is_ok(),
            vector.valid,
            "{} {}: {:?}",
            vector.sender,
            vector.note,
            verdict
        );
    }
}
