//! The stages, their order, and what each of them refuses.

use crate::common::*;
use serde_json::Value;
use wallet_callback::error::{Client, Code, ConfigError, PayloadProblem, Rejection};
use wallet_callback::event::{Content, Event};
use wallet_callback::freshness::Tolerance;
use wallet_callback::key::KeySource;
use wallet_callback::origin::AllowedIps;
use wallet_callback::sender::Sender;
use wallet_callback::verify::{Options, Verifier};

#[test]
fn a_genuine_callback_is_accepted() {
    let callback = Callback::genuine();
    let result = callback.verify(&verifier(&WALLET, &[SECRET]));
    assert_eq!(result, Ok(accepted(Event::Unknown)));
}

/// The signatures were made by the reference implementations, not by this crate.
#[test]
fn published_vectors_are_accepted() {
    let text = include_str!("../vectors/standard-webhooks.json");
    let vectors: Vec<Value> = serde_json::from_str(text).unwrap();
    assert_eq!(vectors.len(), 2);
    for vector in vectors {
        let text = |name: &str| vector[name].as_str().unwrap();
        let headers = vector["headers"].as_object().unwrap();
        let callback = Callback {
            headers: headers
                .iter()
                .map(|(name, value)| (name.clone(), value.as_str().unwrap().into()))
                .collect(),
            body: text("body").into(),
            ..Callback::default()
        };
        let sender = Sender::find(text("sender")).unwrap();
        let now = vector["verify_at"].as_u64().unwrap();
        let result = callback.verify_at(&verifier(&sender, &[text("key")]), now);
        let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
        let expected = Verdict {
            id: Some(id.to_owned()),
            id_header: Some(sender.header_names()[0].to_owned()),
            timestamp: Some(1_614_265_330),
            ..accepted(other(id, Content::Json))
        };
        assert_eq!(result, Ok(expected), "{}", text("name"));
    }
}

/// Starts from a callback with every fault and repairs them one by one: each step is refused by the
/// first stage that still has something to refuse.
#[test]
fn the_first_stage_that_refuses_decides() {
    let mut options = options(&WALLET, &[SECRET]);
    options.max_body_bytes = 100;
    options.allowed_ips = Some(AllowedIps::parse(["203.0.113.0/24"]).unwrap());
    let verifier = Verifier::new(options).unwrap();

    let old = NOW - 1_000;
    let body = "not json";
    let signed = Callback::signed_by(&WALLET, SECRET, ID, old, body);
    let good_signature = signed.header("webhook-signature").to_vec();
    let fresh = Callback::signed_by(&WALLET, SECRET, ID, NOW, body);
    let header = "webhook-signature";

    let mut callback = signed
        .with("webhook-id", "a.b")
        .with("webhook-timestamp", "-1")
        .without("webhook-signature")
        .with_body([b'{'; 101]);
    let refused = |callback: &Callback| callback.verify(&verifier).unwrap_err();

    assert_eq!(refused(&callback), Rejection::BodyTooLarge { limit: 100 });
    callback = callback.with_body(body);
    let client = Client::Unknown;
    assert_eq!(refused(&callback), Rejection::IpNotAllowed { client });
    callback = callback.with_ip("203.0.113.9");
    assert_eq!(refused(&callback), missing_header(header));
    callback = callback.with(header, "v2,AAAA v1");
    assert_eq!(
        refused(&callback),
        malformed_header("webhook-id", NOT_AN_ID)
    );
    callback = callback.with("webhook-id", ID);
    assert_eq!(
        refused(&callback),
        malformed_header("webhook-timestamp", NOT_SECONDS)
    );
    callback = callback.with("webhook-timestamp", old.to_string());
    assert_eq!(refused(&callback), malformed_header(header, NOT_AN_ENTRY));
    callback = callback.with(header, "v2,AAAA");
    assert_eq!(refused(&callback), unsupported(header));
    callback = callback.with(header, OTHER_SECRET_TAG);
    assert_eq!(refused(&callback), mismatch(header));
    callback = callback.with(header, good_signature);
    assert_eq!(refused(&callback), too_old("webhook-timestamp", 300, 1_000));
    callback = fresh.with_ip("203.0.113.9");
    assert_eq!(
        refused(&callback),
        malformed_payload(
            "",
            PayloadProblem::Syntax {
                expected: "a value",
                offset: 0
            }
        )
    );
    callback = Callback::genuine().with_ip("203.0.113.9");
    assert_eq!(callback.verify(&verifier), Ok(accepted(Event::Unknown)));
}

#[test]
fn a_missing_header_is_named_before_the_form_of_another_is_looked_at() {
    let verifier = verifier(&WALLET, &[SECRET]);
    let names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
    for header in names {
        let mut callback = Callback::genuine();
        for other in names {
            callback = callback.with(other, "");
        }
        let result = callback.without(header).verify(&verifier);
        assert_eq!(result, Err(missing_header(header)));
    }
}

#[test]
fn a_body_of_exactly_the_limit_is_read() {
    let exact = BODY.len();
    for (limit, expected) in [
        (exact - 1, Err(Rejection::BodyTooLarge { limit: exact - 1 })),
        (exact, Ok(accepted(Event::Unknown))),
        (exact + 1, Ok(accepted(Event::Unknown))),
    ] {
        let mut options = options(&WALLET, &[SECRET]);
        options.max_body_bytes = limit;
        let verifier = Verifier::new(options).unwrap();
        assert_eq!(verifier.max_body_bytes(), limit);
        assert_eq!(Callback::genuine().verify(&verifier), expected);
    }
}

#[test]
fn the_default_limit_is_one_mebibyte() {
    let verifier = verifier(&STANDARD, &[SECRET]);
    let body = |bytes: usize| format!("\"{}\"", "a".repeat(bytes - 2));
    let limit = 1_048_576;
    let callback = Callback::signed(&STANDARD, body(limit));
    assert_eq!(
        callback.verify(&verifier),
        Ok(accepted_other(Content::Json))
    );
    let callback = Callback::signed(&STANDARD, body(limit + 1));
    let result = callback.verify(&verifier);
    assert_eq!(result, Err(Rejection::BodyTooLarge { limit }));
}

#[test]
fn a_body_limit_is_1_byte_to_64_mebibytes() {
    for (limit, valid) in [
        (0, false),
        (1, true),
        (67_108_864, true),
        (67_108_865, false),
        (usize::MAX, false),
    ] {
        let mut options = options(&WALLET, &[SECRET]);
        options.max_body_bytes = limit;
        let problem = format!("expected 1 to 67108864, got {limit}");
        let expected = if valid {
            Ok(())
        } else {
            Err(invalid_option("maxBodyBytes", &problem))
        };
        assert_eq!(Verifier::new(options).map(drop), expected);
    }
}

#[test]
fn the_defaults_are_those_that_are_documented() {
    let options = options(&WALLET, &[SECRET]);
    assert_eq!(options.tolerance, Tolerance::from_seconds(300).unwrap());
    assert_eq!(options.max_body_bytes, 1 << 20);
    assert!(options.allowed_ips.is_none());
    let verifier = Verifier::new(options).unwrap();
    assert_eq!(verifier.sender().name(), "tp-wallet");
}

#[test]
fn every_code_has_the_name_and_status_of_the_contract() {
    let contract = [
        ("body_too_large", 413),
        ("insecure_transport", 403),
        ("ip_not_allowed", 403),
        ("missing_header", 400),
        ("malformed_header", 400),
        ("unknown_key", 401),
        ("unsupported_signature", 401),
        ("signature_mismatch", 401),
        ("timestamp_too_old", 401),
        ("timestamp_too_new", 401),
        ("malformed_payload", 422),
    ];
    let codes = Code::ALL.iter().map(|code| (code.name(), code.status()));
    assert_eq!(codes.collect::<Vec<_>>(), contract);
}

#[test]
fn every_rejection_has_its_code_header_and_path() {
    let header = "webhook-timestamp";
    let problem = NOT_SECONDS;
    let client = Client::Unknown;
    let (tolerance, limit) = (300, 5);
    let cases = [
        (
            missing_header(header),
            Code::MissingHeader,
            Some(header),
            None,
        ),
        (
            malformed_header(header, problem),
            Code::MalformedHeader,
            Some(header),
            None,
        ),
        (
            Rejection::BodyTooLarge { limit },
            Code::BodyTooLarge,
            None,
            None,
        ),
        (
            Rejection::IpNotAllowed { client },
            Code::IpNotAllowed,
            None,
            None,
        ),
        (
            unsupported(header),
            Code::UnsupportedSignature,
            Some(header),
            None,
        ),
        (
            mismatch(header),
            Code::SignatureMismatch,
            Some(header),
            None,
        ),
        (
            too_old(header, tolerance, 301),
            Code::TimestampTooOld,
            Some(header),
            None,
        ),
        (
            too_new(header, tolerance, 301),
            Code::TimestampTooNew,
            Some(header),
            None,
        ),
        (
            malformed_payload("data.a", PayloadProblem::DuplicateKey),
            Code::MalformedPayload,
            None,
            Some("data.a"),
        ),
    ];
    for (rejection, code, header, path) in cases {
        assert_eq!(rejection.key_id(), None, "{code:?}");
        assert_eq!(rejection.code(), code);
        assert_eq!(rejection.header(), header, "{code:?}");
        assert_eq!(rejection.path(), path, "{code:?}");
    }
    let unknown = Rejection::UnknownKey {
        header: header.to_owned(),
        key_id: "key-2".to_owned(),
    };
    assert_eq!(unknown.code(), Code::UnknownKey);
    assert_eq!(unknown.header(), Some(header));
    assert_eq!(unknown.key_id(), Some("key-2"));
}

#[test]
fn every_config_error_has_the_code_of_the_contract() {
    let problem = wallet_callback::error::KeyProblem::Missing;
    for (error, code) in [
        (
            ConfigError::InvalidKey {
                index: None,
                problem,
            },
            "invalid_key",
        ),
        (ConfigError::TooManyKeys { limit: 16 }, "too_many_keys"),
        (invalid_option("sender", ""), "invalid_option"),
        (ConfigError::UnknownSender(String::new()), "unknown_sender"),
        (ConfigError::NoRandomness, "no_randomness"),
    ] {
        assert_eq!(error.code(), code);
    }
}

/// A short secret is refused where it is set up, so the danger has to be asked for by name.
#[test]
fn a_short_secret_verifies_once_it_is_allowed() {
    let keys = parse_keys([KeySource::bytes(b"k")], true).unwrap();
    let verifier = Verifier::new(Options::new(WALLET.clone(), keys)).unwrap();
    let tag = "v1,QNbxS82+tXR2Ons21RH5qpec5bHubFc6kea5hdXFfso=";
    let callback = Callback::genuine().with("webhook-signature", tag);
    assert_eq!(callback.verify(&verifier), Ok(accepted(Event::Unknown)));
}
