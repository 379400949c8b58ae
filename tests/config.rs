//! Options as JSON: what is misspelt, of another type or out of range is refused by name.

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
use wallet_callback::config::{sign, verifier};
use wallet_callback::error::{Client, ConfigError, KeyProblem, Rejection};
use wallet_callback::event::Event;
use wallet_callback::sender::Sender;
use wallet_callback::sign::Signed;
use wallet_callback::verify::Verifier;

/// Options with a good key and these members.
fn with(members: &str) -> Result<Verifier, ConfigError> {
    verifier(format!(r#"{{"keys":[{{"text":"{SECRET}"}}]{members}}}"#).as_bytes())
}

fn with_keys(keys: &str) -> Result<Verifier, ConfigError> {
    verifier(format!(r#"{{"keys":{keys}}}"#).as_bytes())
}

fn sign_with(members: &str) -> Result<Signed, ConfigError> {
    let json = format!(r#"{{"key":{{"text":"{SECRET}"}}{members}}}"#);
    sign(json.as_bytes(), BODY.as_bytes(), NOW, || Ok([0xab; 16]))
}

/// The three headers of a callback whose body is signed as it is.
fn headers(signed: Result<Signed, ConfigError>) -> [(String, String); 3] {
    let Signed { headers, body } = signed.unwrap();
    assert_eq!(body, None);
    headers.try_into().unwrap()
}

const fn invalid_key(index: Option<usize>, problem: KeyProblem) -> ConfigError {
    ConfigError::InvalidKey { index, problem }
}

#[test]
fn a_key_is_all_that_is_needed() {
    let verifier = with("").unwrap();
    assert_eq!(verifier.sender().name(), "tp-wallet");
    assert_eq!(verifier.max_body_bytes(), 1 << 20);
    let genuine = Callback::genuine();
    assert_eq!(genuine.verify(&verifier), Ok(accepted(Event::Unknown)));
    let result = genuine.verify_at(&verifier, NOW + 301);
    let header = "webhook-timestamp";
    assert_eq!(result, Err(too_old(header, 300, 301)));
}

#[test]
fn every_option_does_what_it_says() {
    for name in ["tp-wallet", "standard-webhooks", "svix"] {
        let verifier = with(&format!(r#","sender":"{name}""#)).unwrap();
        assert_eq!(verifier.sender().name(), name);
    }
    let genuine = Callback::genuine();
    let verifier = with(r#","toleranceSeconds":10"#).unwrap();
    let result = genuine.verify_at(&verifier, NOW - 11);
    let header = "webhook-timestamp";
    assert_eq!(result, Err(too_new(header, 10, 11)));
    let verifier = with(r#","maxBodyBytes":10"#).unwrap();
    let limit = 10;
    assert_eq!(
        genuine.verify(&verifier),
        Err(Rejection::BodyTooLarge { limit })
    );
    let verifier = with(r#","allowedIps":["203.0.113.0/24"]"#).unwrap();
    let client = Client::Unknown;
    assert_eq!(
        genuine.verify(&verifier),
        Err(Rejection::IpNotAllowed { client })
    );
    let result = genuine.clone().with_ip("203.0.113.7").verify(&verifier);
    assert_eq!(result, Ok(accepted(Event::Unknown)));
    let short = r#"[{"hex":"6b"}],"dangerouslyAllowShortKeys":true"#;
    let tag = "v1,QNbxS82+tXR2Ons21RH5qpec5bHubFc6kea5hdXFfso=";
    let result = genuine
        .with("webhook-signature", tag)
        .verify(&with_keys(short).unwrap());
    assert_eq!(result, Ok(accepted(Event::Unknown)));
}

#[test]
fn keys_are_text_or_hex() {
    let hex: String = (1..=24).map(|byte| format!("{byte:02x}")).collect();
    let verifier = with_keys(&format!(r#"[{{"text":"{PUBLIC}"}},{{"hex":"{hex}"}}]"#)).unwrap();
    let result = Callback::genuine().verify(&verifier);
    assert_eq!(result.map(|verdict| verdict.key), Ok(1));
}

#[test]
fn keys_are_found_wrong_by_their_index() {
    let good = format!(r#"{{"text":"{SECRET}"}}"#);
    let list = |second: &str| format!("[{good},{second}]");
    let bytes = |count: usize| list(&format!(r#"{{"hex":"{}"}}"#, "07".repeat(count)));
    for (keys, expected) in [
        ("[]".to_owned(), invalid_key(None, KeyProblem::Missing)),
        (list("{}"), invalid_key(Some(1), KeyProblem::Missing)),
        (list("null"), invalid_key(Some(1), KeyProblem::Missing)),
        (
            list(r#"{"text":""}"#),
            invalid_key(Some(1), KeyProblem::Missing),
        ),
        (
            list(r#"{"text":1}"#),
            invalid_key(Some(1), KeyProblem::Type),
        ),
        (
            list(r#"{"text":null}"#),
            invalid_key(Some(1), KeyProblem::Type),
        ),
        (list(r#"{"hex":1}"#), invalid_key(Some(1), KeyProblem::Type)),
        (
            list(r#"{"hex":"0"}"#),
            invalid_key(Some(1), KeyProblem::Type),
        ),
        (
            list(r#"{"hex":"zz"}"#),
            invalid_key(Some(1), KeyProblem::Type),
        ),
        (
            list(r#"{"hex":""}"#),
            invalid_key(Some(1), KeyProblem::SecretLength { actual: 0 }),
        ),
        (
            bytes(23),
            invalid_key(Some(1), KeyProblem::SecretLength { actual: 23 }),
        ),
        (
            bytes(65),
            invalid_key(Some(1), KeyProblem::SecretLength { actual: 65 }),
        ),
        (
            list(&format!(r#"{{"text":"{PRIVATE}"}}"#)),
            invalid_key(Some(1), KeyProblem::PrivateToVerify),
        ),
        (
            format!("[{}]", vec![good.as_str(); 17].join(",")),
            ConfigError::TooManyKeys { limit: 16 },
        ),
    ] {
        assert_eq!(with_keys(&keys).map(drop), Err(expected), "{keys}");
    }
    let none = verifier(b"{}").map(drop);
    assert_eq!(none, Err(invalid_key(None, KeyProblem::Missing)));
}

#[test]
fn a_short_key_is_refused_unless_it_is_allowed() {
    let expected = invalid_key(Some(0), KeyProblem::SecretLength { actual: 1 });
    for keys in [
        r#"[{"hex":"6b"}]"#,
        r#"[{"hex":"6b"}],"dangerouslyAllowShortKeys":false"#,
    ] {
        assert_eq!(with_keys(keys).map(drop), Err(expected.clone()));
    }
}

#[test]
fn an_option_of_another_type_is_named() {
    let others = [
        ("null", "null"),
        ("true", "a boolean"),
        ("300", "300"),
        ("\"300\"", "a string"),
        ("[]", "an array"),
        ("{}", "an object"),
    ];
    for (option, expected, right) in [
        ("dangerouslyAllowShortKeys", "a boolean", "true"),
        ("toleranceSeconds", "a whole number", "300"),
        ("maxBodyBytes", "a whole number", "300"),
        ("allowedIps", "an array of strings", "[]"),
    ] {
        for (value, actual) in others.into_iter().filter(|(value, _)| *value != right) {
            let result = with(&format!(r#","{option}":{value}"#)).map(drop);
            let problem = format!("expected {expected}, got {actual}");
            assert_eq!(result, Err(invalid_option(option, &problem)), "{value}");
        }
    }
    for value in ["null", "true", "[]"] {
        let result = with(&format!(r#","sender":{value}"#)).map(drop);
        let (_, actual) = others.iter().find(|(other, _)| *other == value).unwrap();
        let expected = ConfigError::InvalidSender {
            member: "sender".to_owned(),
            problem: format!("expected a name or a descriptor, got {actual}"),
        };
        assert_eq!(result, Err(expected), "{value}");
    }
    let result = with(r#","allowedIps":["203.0.113.0/24",1]"#).map(drop);
    let problem = "expected an array of strings, got an array";
    assert_eq!(result, Err(invalid_option("allowedIps", problem)));
}

#[test]
fn a_number_that_is_not_whole_or_not_safe_is_refused() {
    for option in ["toleranceSeconds", "maxBodyBytes"] {
        for number in ["-1", "-0", "1.5", "1.0", "1e2", "9007199254740992", "1e300"] {
            let result = with(&format!(r#","{option}":{number}"#)).map(drop);
            let problem = format!("expected a whole number, got {number}");
            assert_eq!(result, Err(invalid_option(option, &problem)), "{number}");
        }
    }
}

#[test]
fn a_number_out_of_range_is_refused() {
    for (option, highest) in [("toleranceSeconds", 86_400), ("maxBodyBytes", 67_108_864)] {
        for number in [1, highest] {
            assert!(with(&format!(r#","{option}":{number}"#)).is_ok());
        }
        for number in [0, highest + 1, (1_u64 << 53) - 1] {
            let result = with(&format!(r#","{option}":{number}"#)).map(drop);
            let problem = format!("expected 1 to {highest}, got {number}");
            assert_eq!(result, Err(invalid_option(option, &problem)));
        }
    }
}

#[test]
fn a_bad_range_is_refused() {
    let result = with(r#","allowedIps":["203.0.113.0/24","203.0.113.0/+24"]"#).map(drop);
    let problem = "expected a range such as 203.0.113.0/24 or 2001:db8::/32 at index 1, got \"203.0.113.0/+24\"";
    assert_eq!(result, Err(invalid_option("allowedIps", problem)));
}

#[test]
fn an_unknown_sender_is_refused() {
    for name in [
        "",
        "tp_wallet",
        "TP-WALLET",
        "tp-wallet ",
        "strip",
        "__proto__",
    ] {
        let result = with(&format!(r#","sender":"{name}""#)).map(drop);
        assert_eq!(result, Err(ConfigError::UnknownSender), "{name}");
        let found = Sender::find(name).map(drop);
        assert_eq!(found, Err(ConfigError::UnknownSender), "{name}");
        let result = sign_with(&format!(r#","sender":"{name}""#));
        assert_eq!(result, Err(ConfigError::UnknownSender), "{name}");
    }
}

#[test]
fn a_misspelt_option_is_refused() {
    for name in [
        "tolerance",
        "tolerancesecs",
        "Keys",
        "key",
        "allowedIPs",
        "now",
        "",
    ] {
        let problem = format!("expected an option that there is, got \"{name}\"");
        let expected = Err(invalid_option("options", &problem));
        assert_eq!(with(&format!(r#","{name}":1"#)).map(drop), expected);
    }
    let problem = "expected an option that there is, got \"keys\"";
    let expected = Err(invalid_option("options", problem));
    assert_eq!(sign_with(r#","keys":[]"#), expected);
}

#[test]
fn what_is_no_object_of_json_is_refused() {
    let problem = "expected an object of json values, got something else";
    let expected = invalid_option("options", problem);
    for json in [
        &b""[..],
        b"null",
        b"[]",
        b"\"keys\"",
        b"{",
        b"{}{}",
        b"{\"keys\":[],\"keys\":[]}",
        b"\xef\xbb\xbf{}",
        b"\xff",
    ] {
        assert_eq!(verifier(json).map(drop), Err(expected.clone()));
        let result = sign(json, b"", NOW, || Ok([0; 16]));
        assert_eq!(result, Err(expected.clone()));
    }
}

#[test]
fn signing_takes_the_clock_and_random_bytes_where_nothing_is_given() {
    let id = "msg_abababababababababababababababab";
    let [own_id, time, signed] = headers(sign_with(""));
    assert_eq!(own_id, ("webhook-id".to_owned(), id.to_owned()));
    assert_eq!(time, ("webhook-timestamp".to_owned(), NOW.to_string()));
    let callback = Callback::signed_by(&WALLET, SECRET, id, NOW, BODY);
    let signature = callback.header("webhook-signature").to_vec();
    assert_eq!(signed.1.as_bytes(), signature);
}

#[test]
fn signing_takes_what_is_given() {
    let members = format!(r#","id":"{ID}","timestamp":{NOW},"sender":"svix""#);
    let expected = [
        ("svix-id", ID.to_owned()),
        ("svix-timestamp", NOW.to_string()),
        ("svix-signature", SECRET_TAG.to_owned()),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value));
    assert_eq!(headers(sign_with(&members)), expected);
    for timestamp in ["0", "9007199254740991"] {
        let [_, time, _] = headers(sign_with(&format!(r#","timestamp":{timestamp}"#)));
        assert_eq!(time.1, timestamp);
    }
}

#[test]
fn random_bytes_are_asked_for_only_where_they_are_needed() {
    let json = format!(r#"{{"key":{{"text":"{SECRET}"}},"id":"{ID}"}}"#);
    let [_, _, signature] = headers(sign(json.as_bytes(), BODY.as_bytes(), NOW, || {
        Err(ConfigError::NoRandomness)
    }));
    assert_eq!(signature.1, SECRET_TAG);
    let json = format!(r#"{{"key":{{"text":"{SECRET}"}}}}"#);
    let headers = sign(json.as_bytes(), b"", NOW, || Err(ConfigError::NoRandomness));
    assert_eq!(headers, Err(ConfigError::NoRandomness));
}

#[test]
fn signing_refuses_what_makes_no_sense() {
    let id = &NOT_AN_ID.to_string();
    for (members, expected) in [
        (
            r#","id":1"#,
            invalid_option("id", "expected a string, got 1"),
        ),
        (
            r#","id":null"#,
            invalid_option("id", "expected a string, got null"),
        ),
        (r#","id":"""#, invalid_option("id", id)),
        (r#","id":"a.b""#, invalid_option("id", id)),
        (
            r#","timestamp":-1"#,
            invalid_option("timestamp", "expected a whole number, got -1"),
        ),
        (
            r#","timestamp":1.5"#,
            invalid_option("timestamp", "expected a whole number, got 1.5"),
        ),
        (
            r#","timestamp":9007199254740992"#,
            invalid_option("timestamp", "expected a whole number, got 9007199254740992"),
        ),
        (
            r#","timestamp":"1700000000""#,
            invalid_option("timestamp", "expected a whole number, got a string"),
        ),
        (
            r#","sender":1"#,
            ConfigError::InvalidSender {
                member: "sender".to_owned(),
                problem: "expected a name or a descriptor, got a number".to_owned(),
            },
        ),
    ] {
        assert_eq!(sign_with(members), Err(expected), "{members}");
    }
    for (key, problem) in [
        ("null".to_owned(), KeyProblem::Missing),
        ("{}".to_owned(), KeyProblem::Missing),
        (r#"{"text":""}"#.to_owned(), KeyProblem::Missing),
        (r#"{"text":1}"#.to_owned(), KeyProblem::Type),
        (r#"{"hex":"zz"}"#.to_owned(), KeyProblem::Type),
        (
            format!(r#"{{"text":"{PUBLIC}"}}"#),
            KeyProblem::PublicToSign,
        ),
        (format!(r#"{{"text":"{SECRET} "}}"#), KeyProblem::WhiteSpace),
    ] {
        let json = format!(r#"{{"key":{key}}}"#);
        let result = sign(json.as_bytes(), b"", NOW, || Ok([0; 16]));
        assert_eq!(result, Err(invalid_key(None, problem)), "{key}");
    }
    let result = sign(b"{}", b"", NOW, || Ok([0; 16]));
    assert_eq!(result, Err(invalid_key(None, KeyProblem::Missing)));
}
