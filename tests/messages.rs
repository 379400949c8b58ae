//! Messages and reports: short, of one form, safe to log, and JSON where JSON is due.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "a test fails by panicking"
)]

mod common;

use common::*;
use serde_json::{Value, json};
use wallet_callback::error::{
    Client, ConfigError, HeaderProblem, KeyProblem, PayloadProblem, Rejection,
};
use wallet_callback::event::address::AddressError;
use wallet_callback::event::amount::AmountError;
use wallet_callback::event::asset::AssetError;
use wallet_callback::event::chain::ChainError;
use wallet_callback::event::timestamp::TimestampError;
use wallet_callback::report::{config_error, write_rejection, write_senders};

fn rejections() -> Vec<Rejection> {
    let header = "webhook-signature";
    let address = Client::Address("203.0.113.7".parse().unwrap());
    let mut all = vec![
        Rejection::MissingHeader { header },
        Rejection::BodyTooLarge { limit: 10 },
        Rejection::UnsupportedSignature { header },
        Rejection::SignatureMismatch { header },
        Rejection::TimestampTooOld {
            header,
            tolerance: 300,
            age: 301,
        },
        Rejection::TimestampTooNew {
            header,
            tolerance: 300,
            ahead: 301,
        },
    ];
    let clients = [Client::Unknown, Client::NotAnAddress, address];
    all.extend(clients.map(|client| Rejection::IpNotAllowed { client }));
    all.extend(
        [
            HeaderProblem::Id,
            HeaderProblem::TimestampDigits,
            HeaderProblem::TimestampRange,
            HeaderProblem::SignatureEntry,
            HeaderProblem::SignatureEncoding,
            HeaderProblem::SignatureLength {
                expected: 32,
                actual: 31,
            },
            HeaderProblem::TooManySignatures { limit: 16 },
        ]
        .map(|problem| malformed_header(header, problem)),
    );
    all.extend(
        [
            PayloadProblem::NotUtf8 { offset: 1 },
            PayloadProblem::ByteOrderMark,
            PayloadProblem::Syntax {
                expected: "a value",
                offset: 1,
            },
            PayloadProblem::TrailingData { offset: 1 },
            PayloadProblem::TooDeep { limit: 32 },
            PayloadProblem::DuplicateKey,
            PayloadProblem::LoneSurrogate,
            PayloadProblem::InexactNumber,
            PayloadProblem::Missing {
                expected: "an object",
            },
            PayloadProblem::Unexpected {
                expected: "an object",
                actual: "null",
            },
            PayloadProblem::TooFewConfirmations {
                required: 12,
                actual: 3,
            },
            PayloadProblem::Amount(AmountError::TooPrecise),
            PayloadProblem::Chain(ChainError::Namespace),
            PayloadProblem::Asset(AssetError::Form),
            PayloadProblem::Address(AddressError::Padding),
            PayloadProblem::Timestamp(TimestampError::Form),
        ]
        .map(|problem| malformed_payload("data[\"a \\\"b\\\\\\u0000\"][0].é", problem)),
    );
    all
}

fn config_errors() -> Vec<ConfigError> {
    let keys = [
        KeyProblem::Missing,
        KeyProblem::Type,
        KeyProblem::WhiteSpace,
        KeyProblem::Quotes,
        KeyProblem::VersionPrefix,
        KeyProblem::Prefix,
        KeyProblem::Encoding,
        KeyProblem::SecretLength { actual: 1 },
        KeyProblem::PublicLength { actual: 1 },
        KeyProblem::PrivateLength { actual: 1 },
        KeyProblem::NotAPoint,
        KeyProblem::HalvesDiffer,
        KeyProblem::PrivateToVerify,
        KeyProblem::PublicToSign,
    ];
    let index = [None, Some(3)];
    let keys = keys
        .into_iter()
        .flat_map(|problem| index.map(|index| ConfigError::InvalidKey { index, problem }));
    let others = [
        ConfigError::TooManyKeys { limit: 16 },
        invalid_option("allowedIps", "expected a range, got \"\\\"\u{0}é\""),
        ConfigError::UnknownSender,
        ConfigError::NoRandomness,
    ];
    keys.chain(others).collect()
}

#[test]
fn every_message_says_what_was_expected_on_one_line() {
    let rejections = rejections();
    let messages = rejections.iter().map(ToString::to_string);
    let errors = config_errors();
    for message in messages.chain(errors.iter().map(ToString::to_string)) {
        assert!(message.contains("expected "), "{message}");
        assert!(!message.ends_with('.'), "{message}");
        assert!(!message.contains('\n'), "{message}");
        assert!(message.len() < 140, "{message}");
    }
}

#[test]
fn a_key_at_fault_is_named_in_the_message() {
    let problem = KeyProblem::Quotes;
    for (index, start) in [(Some(3), "keys[3]: expected"), (None, "key: expected")] {
        let message = ConfigError::InvalidKey { index, problem }.to_string();
        assert!(message.starts_with(start), "{message}");
    }
}

#[test]
fn a_rejection_is_reported_as_the_public_type_has_it() {
    for rejection in rejections() {
        let mut text = String::new();
        write_rejection(&mut text, &rejection);
        let code = rejection.code();
        let mut expected = json!({
            "ok": false,
            "code": code.name(),
            "status": code.status(),
            "message": rejection.to_string(),
        });
        for (name, value) in [("header", rejection.header()), ("path", rejection.path())] {
            if let Some(value) = value {
                expected[name] = value.into();
            }
        }
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), expected);
    }
}

#[test]
fn a_config_error_is_reported_with_its_code_and_message() {
    for error in config_errors() {
        let report: Value = serde_json::from_str(&config_error(&error)).unwrap();
        let expected = json!({ "code": error.code(), "message": error.to_string() });
        assert_eq!(report, expected);
    }
}

#[test]
fn the_senders_are_reported_with_their_headers() {
    let mut text = String::new();
    write_senders(&mut text);
    let senders: Vec<Value> = serde_json::from_str(&text).unwrap();
    let names: Vec<_> = senders.iter().map(|sender| &sender["name"]).collect();
    assert_eq!(names, ["tp-wallet", "standard-webhooks", "svix"]);
    let standard = ["webhook-id", "webhook-timestamp", "webhook-signature"];
    let svix = ["svix-id", "svix-timestamp", "svix-signature"];
    assert_eq!(senders[0]["headers"], json!(standard));
    assert_eq!(senders[1]["headers"], json!(standard));
    assert_eq!(senders[2]["headers"], json!([svix, standard].concat()));
    for sender in senders {
        for member in ["title", "algorithm", "freshness", "docs"] {
            assert!(!sender[member].as_str().unwrap().is_empty());
        }
    }
}

/// Everything that a refusal says, for a callback whose secret and expected signature are known.
#[test]
fn no_refusal_tells_the_secret_the_expected_signature_or_the_body() {
    let verifier = verifier(WALLET, &[SECRET]);
    let good = Callback::signed(WALLET, r#"{"confidential":"4242 4242"}"#);
    let signature = String::from_utf8(good.header("webhook-signature").to_vec()).unwrap();
    let refused = [
        good.clone(),
        good.clone().without("webhook-id"),
        good.clone().without("webhook-timestamp"),
        good.clone().without("webhook-signature"),
        good.clone().with("webhook-id", "4242.4242"),
        good.clone().with("webhook-timestamp", "4242 4242"),
        good.clone().with("webhook-signature", "4242"),
        good.clone().with("webhook-signature", OTHER_SECRET_TAG),
        good.clone().with("webhook-signature", "v9,4242"),
        good.with_body(r#"{"confidential":"4242 4242!"}"#),
        Callback::signed(WALLET, r#"{"a":4242 4242}"#),
        Callback::signed(WALLET, r#""4242 4242""#),
        Callback::signed(WALLET, r#"{"a":"4242 4242"#),
        Callback::signed(WALLET, r#"{"type":{"a":"4242 4242"}}"#),
        Callback::signed_by(WALLET, SECRET, ID, NOW - 301, r#""4242 4242""#),
        Callback::signed_by(WALLET, SECRET, ID, NOW + 301, r#""4242 4242""#),
    ];
    for callback in refused {
        let rejection = callback.verify(&verifier).unwrap_err();
        let mut report = String::new();
        write_rejection(&mut report, &rejection);
        for text in [format!("{rejection} {rejection:?}"), report] {
            for hidden in [
                &SECRET["whsec_".len()..],
                "whsec",
                &signature["v1,".len()..],
                "4242",
            ] {
                assert!(!text.contains(hidden), "{text} tells {hidden}");
            }
        }
    }
}

/// A key that is pasted wrong is still a key: no part of it may reach a log.
#[test]
fn no_config_error_tells_a_part_of_the_key() {
    let bare = &SECRET["whsec_".len()..];
    for text in [
        format!("{SECRET} "),
        format!("'{SECRET}'"),
        format!("v1,{SECRET}"),
        format!("other_{bare}"),
        format!("{SECRET}A"),
        format!("whpk_{bare}"),
        format!("whsk_{bare}"),
        bare.to_owned(),
        format!("whsec_{}", &bare[..28]),
        PRIVATE.to_owned(),
    ] {
        let verifying = keys(&[&text]).unwrap_err();
        let errors = [Some(verifying), signing_key(&text).err()];
        for error in errors.into_iter().flatten() {
            let said = format!("{error} {error:?} {}", config_error(&error));
            let windows = text.as_bytes().windows(8);
            for part in windows.map(|part| str::from_utf8(part).unwrap()) {
                assert!(!said.contains(part), "{said} tells {part}");
            }
        }
    }
}
