//! The vectors that the package's tests go through in WebAssembly, natively: published callbacks of
//! senders, and an event of each type.

use std::fs;

use crate::common::*;
use serde_json::{Value, json};
use wallet_callback::error::Code;
use wallet_callback::event::Event;
use wallet_callback::layout::{KNOWN_EVENT, UNKNOWN_EVENT, outcome};
use wallet_callback::options::{format_amount, to_base_units};
use wallet_callback::request::Request;

fn text<'v>(vector: &'v Value, name: &str) -> Option<&'v str> {
    vector[name].as_str()
}

/// What a verifier of the vector's sender is told beside its keys.
fn agreed(vector: &Value) -> Value {
    let url = text(vector, "url").unwrap_or("https://receiver.example/");
    match text(vector, "sender").unwrap() {
        "coinpayments" => json!({ "url": url, "clientId": client(vector) }),
        "cryptapi" => json!({ "url": url }),
        // Some of its callbacks sign no header.
        "coinbase-cdp" => json!({ "dangerouslyAllowUnsignedHeaders": true }),
        _ => json!({}),
    }
}

fn client(vector: &Value) -> &str {
    let headers = vector["headers"].as_object().unwrap();
    let (_, value) = headers
        .iter()
        .find(|(name, _)| name.to_lowercase().ends_with("-client"))
        .expect("a client");
    value.as_str().unwrap()
}

#[test]
fn published_callbacks() {
    let file = fs::read_to_string("tests/vectors/senders.json").unwrap();
    let vectors: Vec<Value> = serde_json::from_str(&file).unwrap();
    let (mut accepted, mut refused) = (0, 0);
    for (index, vector) in vectors.iter().enumerate() {
        let sender = text(vector, "sender").unwrap();
        let mut options = agreed(vector);
        options["sender"] = json!(sender);
        options["dangerouslyAllowShortKeys"] = json!(true);
        let verifier = try_verifier(&options, text(vector, "key").unwrap()).unwrap();
        let headers: Vec<_> = vector["headers"].as_object().unwrap().iter().collect();
        let headers: Vec<_> = headers
            .into_iter()
            .map(|(name, value)| (name.as_str(), value.as_str().unwrap().as_bytes()))
            .collect();
        let request = Request {
            body: text(vector, "body").unwrap().as_bytes(),
            headers: &headers,
            method: Some(text(vector, "method").unwrap_or("POST")),
            url: Some(text(vector, "url").unwrap_or("https://receiver.example/")),
            registered_url: None,
            ip: None,
        };
        let verdict = verifier.verify(&request, vector["verify_at"].as_u64().unwrap_or(0));
        let is_valid = vector["valid"].as_bool().unwrap();
        assert_eq!(
            verdict.is_ok(),
            is_valid,
            "{index} {sender}: {:?}",
            verdict.err()
        );
        if is_valid {
            accepted += 1
        } else {
            refused += 1
        }
    }
    assert!(accepted >= 25 && refused >= 3, "{accepted} {refused}");
}

fn events() -> Vec<Value> {
    let files = fs::read_dir("tests/vectors/events").unwrap();
    let read = |file: fs::DirEntry| fs::read_to_string(file.path()).unwrap();
    let events: Vec<_> = files.map(|file| read(file.unwrap())).collect();
    assert_eq!(events.len(), 15);
    events
        .iter()
        .map(|text| serde_json::from_str(text).unwrap())
        .collect()
}

/// Verifies a body of a wallet.
fn verdict(body: &Value) -> Result<Event, (Code, String)> {
    let verifier = verifier(&WALLET, &[SECRET]);
    let verdict = Callback::signed(&WALLET, body.to_string()).verify(&verifier);
    verdict
        .map(|verdict| verdict.event)
        .map_err(|rejection| (rejection.code(), format!("{rejection:?}")))
}

#[test]
fn every_type_of_event_is_known_and_read_strictly() {
    for event in events() {
        let known = verdict(&event).unwrap();
        assert_eq!(outcome(&known), KNOWN_EVENT, "{event}");
        let mut other = event.clone();
        other["type"] = json!("somebody.else");
        assert_eq!(outcome(&verdict(&other).unwrap()), UNKNOWN_EVENT);
        let members = event["data"].as_object().unwrap();
        let mut needed = 0;
        for name in members.keys() {
            for wrong in [json!({}), json!(-1)] {
                let mut changed = event.clone();
                changed["data"][name] = wrong;
                let (code, rejection) = verdict(&changed).unwrap_err();
                assert_eq!(code, Code::MalformedPayload, "{changed}");
                assert!(rejection.contains(&format!("data.{name}")), "{rejection}");
            }
            let mut without = event.clone();
            without["data"].as_object_mut().unwrap().remove(name);
            match verdict(&without) {
                Ok(event) => assert_eq!(outcome(&event), KNOWN_EVENT),
                Err((code, rejection)) => {
                    needed += 1;
                    assert_eq!(code, Code::MalformedPayload);
                    assert!(rejection.contains(name.as_str()), "{rejection}");
                }
            }
        }
        assert!(needed > 0, "{event}");
    }
}

#[test]
fn amounts_as_users_ask_for_them() {
    let formatted = |options: Value| format_amount(options.to_string().as_bytes());
    let base = |options: Value| to_base_units(options.to_string().as_bytes());
    let amount = json!({ "value": "1250500000", "decimals": 6 });
    assert_eq!(formatted(amount).unwrap(), "1250.5");
    let decimal = json!({ "decimal": "1250.5", "decimals": 6 });
    assert_eq!(base(decimal).unwrap(), "1250500000");
    for wrong in [
        json!({ "value": 5, "decimals": 6 }),
        json!({ "value": "05", "decimals": 6 }),
        json!({ "value": "5", "decimals": 37 }),
        json!({ "value": "5" }),
    ] {
        assert!(formatted(wrong).is_err());
    }
    for wrong in [
        json!({ "decimal": "1.2345678", "decimals": 6 }),
        json!({ "decimal": 1.5, "decimals": 6 }),
        json!({ "decimal": "1,5", "decimals": 6 }),
    ] {
        assert!(base(wrong).is_err());
    }
}
