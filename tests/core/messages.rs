//! Messages and reports: short, of one form, safe to log, and JSON where JSON is due.

use crate::common::*;
use serde_json::json;
use wallet_callback::chain::address::AddressError;
use wallet_callback::chain::amount::AmountError;
use wallet_callback::chain::asset::AssetError;
use wallet_callback::chain::id::ChainError;
use wallet_callback::encoding::Encoding;
use wallet_callback::error::{
    Client, ConfigError, Excluded, HeaderProblem, KeyProblem, Location, PayloadProblem, Rejection,
};
use wallet_callback::timestamp::{TimestampError, Unit};

fn rejections() -> Vec<Rejection> {
    let header = "webhook-signature";
    let address = Client::Address("203.0.113.7".parse().unwrap());
    let mut all = vec![
        missing_header(header),
        Rejection::BodyTooLarge { limit: 10 },
        Rejection::UnknownKey {
            header: header.to_owned(),
            key_id: "\"\\\u{0}é".to_owned(),
        },
        unsupported(header),
        mismatch(header),
        Rejection::SignatureMismatch {
            location: Location::Member("data".to_owned()),
        },
        too_old(header, 300, 301),
        too_new(header, 300, 301),
    ];
    let clients = [Client::Unknown, Client::NotAnAddress, address];
    all.extend(clients.map(|client| Rejection::IpNotAllowed { client }));
    all.extend(
        [
            NOT_AN_ID,
            HeaderProblem::Token {
                without: Excluded::Byte(b'\n'),
            },
            HeaderProblem::Token {
                without: Excluded::Nothing,
            },
            HeaderProblem::Token {
                without: Excluded::JsonStart,
            },
            HeaderProblem::TimeRange,
            HeaderProblem::TimeDigits { digits: 10 },
            HeaderProblem::OneTimestamp,
            NOT_AN_ENTRY,
            HeaderProblem::SignatureEntry {
                separator: b',',
                assign: b'=',
            },
            HeaderProblem::SignaturePrefix,
            HeaderProblem::Wrapper,
            HeaderProblem::CoveredHeaders { limit: 32 },
            HeaderProblem::Jws,
            HeaderProblem::SignatureLength {
                expected: 32,
                actual: 31,
            },
            HeaderProblem::TooManySignatures { limit: 16 },
        ]
        .map(|problem| malformed_header(header, problem)),
    );
    let units = [
        Unit::Seconds,
        Unit::Milliseconds,
        Unit::Unix,
        Unit::Iso8601,
        Unit::HttpDate,
    ];
    all.extend(units.map(|unit| {
        malformed_header(
            header,
            HeaderProblem::Time {
                expected: Unit::form(unit),
            },
        )
    }));
    let encodings = [Encoding::Hex, Encoding::Base64, Encoding::Base64Url];
    let problem = |encoding| HeaderProblem::SignatureEncoding {
        expected: Encoding::form(encoding),
    };
    all.extend(encodings.map(|encoding| malformed_header(header, problem(encoding))));
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
            PayloadProblem::value(&AmountError::TooPrecise),
            PayloadProblem::value(&ChainError::Namespace),
            PayloadProblem::value(&AssetError::Form),
            PayloadProblem::value(&AddressError::Padding),
            PayloadProblem::value(&TimestampError::Form),
        ]
        .map(|problem| malformed_payload("data[\"a \\\"b\\\\\\u0000\"][0].é", problem)),
    );
    all
}

fn config_errors() -> Vec<ConfigError> {
    let keys = [
        KeyProblem::Missing,
        KeyProblem::Unset,
        KeyProblem::Type,
        KeyProblem::WhiteSpace,
        KeyProblem::Quotes,
        KeyProblem::VersionPrefix,
        KeyProblem::Prefix,
        KeyProblem::Encoding,
        KeyProblem::Assignment,
        KeyProblem::Signature,
        KeyProblem::SecretTooShort { actual: 1 },
        KeyProblem::PublicLength { actual: 1 },
        KeyProblem::PrivateLength { actual: 1 },
        KeyProblem::NotAPoint,
        KeyProblem::HalvesDiffer,
        KeyProblem::PrivateToVerify,
        KeyProblem::PublicToSign,
        KeyProblem::PublicForSecret,
        KeyProblem::SecretEncoding,
        KeyProblem::SecretTooLong {
            limit: 4096,
            actual: 5000,
        },
        KeyProblem::KeyKind {
            expected: "an rsa public key",
            actual: "a secret",
        },
        KeyProblem::Private,
        KeyProblem::Certificate,
        KeyProblem::PublicForm,
        KeyProblem::Pem,
        KeyProblem::PemEscapes,
        KeyProblem::JwkText,
        KeyProblem::Jwk { member: "kty" },
        KeyProblem::NotOnCurve,
        KeyProblem::RsaBits {
            least: 2048,
            actual: 512,
        },
        KeyProblem::RsaFactor,
        KeyProblem::RsaModulus,
        KeyProblem::RsaExponent,
    ];
    let index = [None, Some(3)];
    let keys = keys
        .into_iter()
        .flat_map(|problem| index.map(|index| ConfigError::InvalidKey { index, problem }));
    let others = [
        ConfigError::TooManyKeys { limit: 16 },
        invalid_option("allowedIps", "expected a range, got \"\\\"\u{0}é\""),
        ConfigError::UnknownSender("\"a\" (did you mean \"b\"?)".to_owned()),
        ConfigError::InvalidSender {
            member: "sender.\"\\\u{0}é".to_owned(),
            problem: "expected an object, got null".to_owned(),
        },
        ConfigError::NoRandomness,
    ];
    keys.chain(others).collect()
}

#[test]
fn every_message_is_short_lower_case_and_on_one_line() {
    let rejections = rejections();
    let messages = rejections.iter().map(ToString::to_string);
    let errors = config_errors();
    for message in messages.chain(errors.iter().map(ToString::to_string)) {
        assert!(
            message.starts_with(|first: char| first.is_ascii_lowercase()),
            "{message}"
        );
        assert!(!message.ends_with('.'), "{message}");
        assert!(!message.contains('\n'), "{message}");
        assert!(message.len() < 140, "{message}");
    }
}

#[test]
fn messages_are_plain_english() {
    let header = "webhook-timestamp";
    let time = |unit| {
        malformed_header(
            header,
            HeaderProblem::Time {
                expected: Unit::form(unit),
            },
        )
    };
    for (rejection, message) in [
        (missing_header(header), "missing header webhook-timestamp"),
        (
            mismatch(header),
            "signature does not match any key (call explain() to find out why)",
        ),
        (
            unsupported(header),
            "no key can verify this kind of signature",
        ),
        (
            too_old(header, 300, 301),
            "timestamp is 301 s old, at most 300 s allowed",
        ),
        (
            too_new(header, 300, 301),
            "timestamp is 301 s in the future, at most 300 s allowed",
        ),
        (
            time(Unit::Seconds),
            "expected unix seconds as decimal digits",
        ),
        (
            malformed_header(header, NOT_AN_ID),
            "expected 1 to 256 visible ascii characters without `.`",
        ),
        (
            malformed_header(header, NOT_AN_ENTRY),
            "expected `label,value` entries separated by one space",
        ),
        (
            malformed_payload("data", PayloadProblem::DuplicateKey),
            "duplicate member",
        ),
    ] {
        assert_eq!(rejection.to_string(), message);
    }
}

#[test]
fn separators_are_called_by_their_names() {
    for (separator, name) in [
        (b',', "a comma"),
        (b' ', "one space"),
        (b';', "a semicolon"),
    ] {
        let assign = b'=';
        let problem = HeaderProblem::SignatureEntry { separator, assign };
        let message = format!("expected `label=value` entries separated by {name}");
        assert_eq!(problem.to_string(), message);
    }
}

#[test]
fn a_key_at_fault_is_named_in_the_message() {
    let problem = KeyProblem::Quotes;
    for (index, message) in [
        (Some(3), "keys[3]: wrapped in quotation marks: remove them"),
        (None, "key: wrapped in quotation marks: remove them"),
    ] {
        let error = ConfigError::InvalidKey { index, problem };
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn a_rejection_is_reported_as_the_public_type_has_it() {
    for rejection in rejections() {
        let code = rejection.code();
        let mut expected = json!({
            "ok": false,
            "code": code.name(),
            "status": code.status(),
            "message": rejection.to_string(),
        });
        for (name, value) in [
            ("header", rejection.header()),
            ("path", rejection.path()),
            ("keyId", rejection.key_id()),
        ] {
            if let Some(value) = value {
                expected[name] = value.into();
            }
        }
        assert_eq!(serde_json::to_value(&rejection).unwrap(), expected);
    }
}

/// The contract has this one without an expectation: it says what to import.
#[test]
fn a_sender_that_is_not_compiled_in_says_where_it_is() {
    let sender = "circle".to_owned();
    let error = ConfigError::NeedsFull { sender };
    assert_eq!(error.code(), "needs_full");
    let message = "circle needs import { createVerifier } from \"wallet-callback/full\"";
    assert_eq!(error.to_string(), message);
}

/// Everything that a refusal says, for a callback whose secret and expected signature are known.
#[test]
fn no_refusal_tells_the_secret_the_expected_signature_or_the_body() {
    let verifier = verifier(&WALLET, &[SECRET]);
    let good = Callback::signed(&WALLET, r#"{"confidential":"4242 4242"}"#);
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
        Callback::signed(&WALLET, r#"{"a":4242 4242}"#),
        Callback::signed(&WALLET, r#""4242 4242""#),
        Callback::signed(&WALLET, r#"{"a":"4242 4242"#),
        Callback::signed(&WALLET, r#"{"type":{"a":"4242 4242"}}"#),
        Callback::signed_by(&WALLET, SECRET, ID, NOW - 301, r#""4242 4242""#),
        Callback::signed_by(&WALLET, SECRET, ID, NOW + 301, r#""4242 4242""#),
    ];
    for callback in refused {
        let rejection = callback.verify(&verifier).unwrap_err();
        let report = serde_json::to_string(&rejection).unwrap();
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
        format!("{bare}="),
        format!("KEY={SECRET}"),
        bare.repeat(4),
        format!("whsec_{}", &bare[..28]),
        PRIVATE.to_owned(),
    ] {
        let verifying = keys(&[&text]).unwrap_err();
        let errors = [Some(verifying), signing_key(&text).err()];
        for error in errors.into_iter().flatten() {
            let said = format!("{error} {error:?}");
            let windows = text.as_bytes().windows(8);
            for part in windows.map(|part| str::from_utf8(part).unwrap()) {
                assert!(!said.contains(part), "{said} tells {part}");
            }
        }
    }
}
