//! When a callback is too old or too new, and which timestamps are timestamps.

use crate::common::*;
use wallet_callback::error::{Code, HeaderProblem, Location, Rejection};
use wallet_callback::event::Event;
use wallet_callback::freshness::Tolerance;
use wallet_callback::options::sign;
use wallet_callback::sender::Sender;
use wallet_callback::verify::Verifier;

const HEADER: &str = "webhook-timestamp";

fn verify(tolerance: u64, now: u64, timestamp: u64) -> Result<Option<u64>, Rejection> {
    let mut options = options(&WALLET, &[SECRET]);
    options.tolerance = Tolerance::from_seconds(tolerance).unwrap();
    let verifier = Verifier::new(options).unwrap();
    let callback = Callback::signed_by(&WALLET, SECRET, ID, timestamp, BODY);
    callback
        .verify_at(&verifier, now)
        .map(|verdict| verdict.timestamp)
}

#[test]
fn the_edges_of_the_tolerance_are_inside() {
    for tolerance in [1, 2, 300, 86_400] {
        for timestamp in [NOW - tolerance, NOW - 1, NOW, NOW + 1, NOW + tolerance] {
            assert_eq!(verify(tolerance, NOW, timestamp), Ok(Some(timestamp)));
        }
        assert_eq!(
            verify(tolerance, NOW, NOW - tolerance - 1),
            Err(too_old(HEADER, tolerance, tolerance + 1))
        );
        assert_eq!(
            verify(tolerance, NOW, NOW + tolerance + 1),
            Err(too_new(HEADER, tolerance, tolerance + 1))
        );
    }
}

/// The Rust library of Standard Webhooks subtracts unchecked: there, one extreme counts as fresh.
#[test]
fn clocks_and_timestamps_at_the_ends_of_their_range_do_not_wrap() {
    let old = |age| Err(too_old(HEADER, 300, age));
    let new = |ahead| Err(too_new(HEADER, 300, ahead));
    const MAX: u64 = u64::MAX;
    const SIGN: u64 = 1 << 63;
    for (now, timestamp, expected) in [
        (0, 0, Ok(0)),
        (0, 300, Ok(300)),
        (0, 301, new(301)),
        (300, 0, Ok(0)),
        (301, 0, old(301)),
        (NOW, 0, old(NOW)),
        (NOW, MAX, new(MAX - NOW)),
        (NOW, SIGN, new(SIGN - NOW)),
        (NOW, MAX - NOW, new(MAX - NOW - NOW)),
        (0, MAX, new(MAX)),
        (MAX, 0, old(MAX)),
        (MAX, MAX, Ok(MAX)),
        (MAX, MAX - 300, Ok(MAX - 300)),
        (MAX, MAX - 301, old(301)),
        (MAX - 300, MAX, Ok(MAX)),
        (MAX - 301, MAX, new(301)),
        (SIGN, SIGN - 1, Ok(SIGN - 1)),
    ] {
        let verdict = verify(300, now, timestamp);
        assert_eq!(verdict, expected.map(Some), "{now} {timestamp}");
    }
}

#[test]
fn a_tolerance_is_1_second_to_a_day() {
    for seconds in [1, 2, 300, 86_399, 86_400] {
        assert!(Tolerance::from_seconds(seconds).is_ok());
    }
    for seconds in [0, 86_401, u64::MAX] {
        let problem = format!("expected 1 to 86400, got {seconds}");
        let expected = invalid_option("toleranceSeconds", &problem);
        assert_eq!(Tolerance::from_seconds(seconds), Err(expected));
    }
    assert_eq!(Tolerance::from_seconds(300), Ok(Tolerance::default()));
}

/// Each text is signed as it stands: the form is refused, not the signature.
#[test]
fn a_sender_may_name_its_tolerance() {
    let sender = serde_json::json!({
        "name": "acme",
        "algorithm": "hmac-sha256",
        "headers": { "signature": "acme-signature", "timestamp": "acme-time" },
        "signature": { "encoding": "hex" },
        "timestamp": { "unit": "s" },
        "toleranceSeconds": 60,
        "signed": "{timestamp}.{body}"
    });
    let tolerance = |options: serde_json::Value| {
        let verifier = try_verifier(&options, "a-shared-secret").unwrap();
        verifier.tolerance().seconds()
    };
    assert_eq!(tolerance(serde_json::json!({ "sender": sender })), 60);
    let own = serde_json::json!({ "sender": sender, "toleranceSeconds": 10 });
    assert_eq!(tolerance(own), 10);
}

/// Without a header for it, the time may be a member of the signed body.
#[test]
fn a_time_in_the_body_is_compared() {
    let options = serde_json::json!({
        "sender": {
            "name": "acme",
            "algorithm": "hmac-sha256",
            "headers": { "signature": "acme-signature" },
            "signature": { "encoding": "hex" },
            "timestamp": { "unit": "s", "member": "sent.at" },
            "payload": "json",
            "signed": "{body}"
        }
    });
    let key = "a-shared-secret";
    let verifier = try_verifier(&options, key).unwrap();
    let verify = |body: &str| {
        let random = || unreachable!("nothing is random");
        let json = options.to_string();
        let key = Ok(given_key(key));
        let signed = sign(json.as_bytes(), key, body.as_bytes(), NOW, random).unwrap();
        let mut callback = Callback::default().with_body(body);
        for (name, value) in &signed.headers {
            callback = callback.with(name, value);
        }
        callback.verify(&verifier).map(|verdict| verdict.timestamp)
    };
    let at = |time: u64| verify(&format!(r#"{{"sent":{{"at":{time}}}}}"#));
    assert_eq!(at(NOW - 300), Ok(Some(NOW - 300)));
    let location = || Location::Member("sent.at".to_owned());
    let (tolerance, age, ahead) = (300, 301, 301);
    assert_eq!(
        at(NOW - 301),
        Err(Rejection::TimestampTooOld {
            location: location(),
            tolerance,
            age
        })
    );
    assert_eq!(
        at(NOW + 301),
        Err(Rejection::TimestampTooNew {
            location: location(),
            tolerance,
            ahead
        })
    );
    assert_eq!(
        verify("{}").map_err(|rejection| rejection.code()),
        Err(Code::MalformedPayload)
    );
}

#[test]
fn a_timestamp_is_ascii_digits_and_nothing_else() {
    let verifier = verifier(&WALLET, &[SECRET]);
    for text in [
        "",
        " ",
        "-1",
        "+1",
        " 1",
        "1 ",
        "1_0",
        "1,0",
        "1.0",
        "1e9",
        "0x1",
        "0b1",
        "1700000000junk",
        "1700000000\n",
        "\t1700000000",
        "1700000000, 1700000000",
        "1700000000.0",
        "-0",
        "١٧٠٠٠٠٠٠٠٠",
        "１７００００００００",
        "NaN",
        "Infinity",
        "2023-11-14T22:13:20Z",
        "1700000000\0",
    ] {
        let callback = Callback::genuine().with(HEADER, text);
        let expected = malformed_header(HEADER, NOT_SECONDS);
        assert_eq!(callback.verify(&verifier), Err(expected), "{text:?}");
    }
    let callback = Callback::genuine().with(HEADER, b"17\xff");
    let expected = malformed_header(HEADER, NOT_SECONDS);
    assert_eq!(callback.verify(&verifier), Err(expected));
}

#[test]
fn a_timestamp_fits_64_bits() {
    let verifier = verifier(&WALLET, &[SECRET]);
    for text in [
        "18446744073709551616",
        "18446744073709551625",
        "18446744073709551700",
        "28446744073709551615",
        "99999999999999999999",
        "100000000000000000000",
        "36893488147419103232",
        &"9".repeat(10_000),
    ] {
        let callback = Callback::genuine().with(HEADER, text);
        let expected = malformed_header(HEADER, HeaderProblem::TimeRange);
        assert_eq!(callback.verify(&verifier), Err(expected), "{text}");
    }
    let callback = Callback::genuine().with(HEADER, "18446744073709551615");
    let expected = mismatch("webhook-signature");
    assert_eq!(callback.verify(&verifier), Err(expected));
}

/// The signature covers the digits as they came. The tags are by Python's `hmac`.
#[test]
fn leading_zeros_are_digits_that_are_signed_as_they_came() {
    let verifier = verifier(&WALLET, &[SECRET]);
    for (text, tag) in [
        (
            "01700000000",
            "v1,tIdaUBGvZqFRFkKWe4zXkYQHdVdprKOz+vxzSKZRW54=",
        ),
        (
            "0000000000000000000000000000001700000000",
            "v1,tOXo36kBCVfgLN8xvvLmz/4EVMgobZGTeqopR/cae3Y=",
        ),
    ] {
        let callback = Callback::genuine()
            .with(HEADER, text)
            .with("webhook-signature", tag);
        assert_eq!(callback.verify(&verifier), Ok(accepted(Event::Unknown)));
        let callback = callback.with(HEADER, NOW.to_string());
        let expected = mismatch("webhook-signature");
        assert_eq!(callback.verify(&verifier), Err(expected));
    }
}

/// A token may write its times as any number (RFC 7519, section 2).
#[test]
fn times_of_a_token_count_however_they_are_written() {
    let sender = Sender::find("transak").unwrap();
    let verifier = verifier(&sender, &["access-token"]);
    let verdict = |claims: &str| {
        let callback = Callback::signed_by(&sender, "access-token", "", NOW, claims);
        callback
            .verify(&verifier)
            .map(drop)
            .map_err(|error| error.code())
    };
    for claims in [
        r#"{"nbf":4000000000}"#,
        r#"{"nbf":4.0e9}"#,
        r#"{"nbf":4e9}"#,
        r#"{"nbf":4E+9}"#,
        r#"{"nbf":40000000000e-1}"#,
        r#"{"nbf":0.4e10}"#,
        r#"{"nbf":18446744073709551615}"#,
    ] {
        assert_eq!(verdict(claims), Err(Code::TimestampTooNew), "{claims}");
    }
    for claims in [
        r#"{"exp":1}"#,
        r#"{"exp":1.9e0}"#,
        r#"{"exp":1e-300}"#,
        r#"{"exp":0.0e9}"#,
    ] {
        assert_eq!(verdict(claims), Err(Code::TimestampTooOld), "{claims}");
    }
    for claims in [
        r#"{"exp":1e10}"#,
        r#"{"nbf":1.7e9}"#,
        r#"{"nbf":170000000000e-2}"#,
        r#"{"nbf":1e-9}"#,
    ] {
        assert_eq!(verdict(claims), Ok(()), "{claims}");
    }
    for claims in [
        r#"{"nbf":1e300}"#,
        r#"{"exp":18446744073709551616}"#,
        r#"{"nbf":-1}"#,
        r#"{"nbf":"1"}"#,
        r#"{"exp":null}"#,
        r#"{"exp":-1.0e9}"#,
    ] {
        assert_eq!(verdict(claims), Err(Code::MalformedPayload), "{claims}");
    }
}
