//! The other direction: what is signed here verifies here, and equals what others sign.

use crate::common::*;
use serde_json::{Value, json};
use wallet_callback::error::ConfigError;
use wallet_callback::event::{Content, Event, Other};
use wallet_callback::options;
use wallet_callback::sign::{key_pair, message_id, secret, sign};

#[test]
fn signatures_equal_those_of_other_programs() {
    for (key, expected) in [
        (SECRET, SECRET_TAG),
        (OTHER_SECRET, OTHER_SECRET_TAG),
        (PRIVATE, PRIVATE_SIGNATURE),
    ] {
        let key = signing_key(key).unwrap();
        let signed = sign(&WALLET, &key, &details(ID, NOW), BODY.as_bytes()).unwrap();
        let headers = [
            ("webhook-id", ID),
            ("webhook-timestamp", "1700000000"),
            ("webhook-signature", expected),
            ("content-type", "application/json"),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(signed.headers, headers);
        assert_eq!(signed.body, None);
    }
}

/// From the tests of Svix and of Standard Webhooks.
#[test]
fn the_published_vector_is_signed_as_published() {
    let key = signing_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    let body = br#"{"test": 2432232314}"#;
    for (sender, prefix) in [(&STANDARD, "webhook"), (&SVIX, "svix")] {
        let signed = sign(sender, &key, &details(id, 1_614_265_330), body).unwrap();
        let values = [
            id,
            "1614265330",
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ];
        let names = ["id", "timestamp", "signature"].map(|name| format!("{prefix}-{name}"));
        let expected = names.into_iter().zip(values.map(str::to_owned));
        let mut expected: Vec<_> = expected.collect();
        expected.push(("content-type".to_owned(), "application/json".to_owned()));
        assert_eq!(signed.headers, expected);
    }
}

#[test]
fn what_is_signed_verifies_for_every_sender_and_kind_of_key() {
    let bodies: [(&[u8], Content); 6] = [
        (b"{}", Content::Json),
        (b"", Content::Empty),
        (b"\xff\x00", Content::Binary),
        ("{\"a\":\"😀 $& \\u0000\"}".as_bytes(), Content::Json),
        (b" [1, 2]\r\n", Content::Json),
        (b"null", Content::Json),
    ];
    let typed = Event::Other(Other {
        kind: Some("test.event".to_owned()),
        id: Some(ID.to_owned()),
        is_identified: true,
        payload: Content::Json,
        content_hash: None,
        signed_with: None,
    });
    for (sender, event) in [
        (&WALLET, Event::Unknown),
        (&STANDARD, typed.clone()),
        (&SVIX, typed),
    ] {
        for (signing, verifying) in [(SECRET, SECRET), (PRIVATE, PUBLIC)] {
            let verifier = verifier(sender, &[verifying]);
            let verified = |event| Verdict {
                id_header: Some(sender.header_names()[0].to_owned()),
                ..accepted(event)
            };
            let opaque = event != Event::Unknown;
            for (body, content) in bodies.clone().into_iter().filter(|_| opaque) {
                let callback = Callback::signed_by(sender, signing, ID, NOW, body);
                let expected = verified(other(ID, content));
                assert_eq!(callback.verify(&verifier), Ok(expected));
            }
            let callback = Callback::signed_by(sender, signing, ID, NOW, BODY);
            assert_eq!(callback.verify(&verifier), Ok(verified(event.clone())));
        }
    }
}

#[test]
fn ids_and_timestamps_at_their_edges_are_signed() {
    let verifier = verifier(&WALLET, &[SECRET]);
    for id in ["a", &"~".repeat(256), "!\"#$%&'()*+,-/:;<=>?@[\\]^_`{|}~"] {
        for timestamp in [0, 1, NOW, u64::MAX] {
            let callback = Callback::signed_by(&WALLET, SECRET, id, timestamp, BODY);
            let expected = Verdict {
                id: Some(id.to_owned()),
                timestamp: Some(timestamp),
                ..accepted(Event::Unknown)
            };
            assert_eq!(callback.verify_at(&verifier, timestamp), Ok(expected));
        }
    }
}

#[test]
fn an_id_that_no_receiver_accepts_is_not_signed() {
    let key = signing_key(SECRET).unwrap();
    let problem = NOT_AN_ID.to_string();
    for id in ["", ".", "a.b", "a b", "a\n", "é", "a\0", &"a".repeat(257)] {
        let result = sign(&WALLET, &key, &details(id, NOW), b"{}");
        assert_eq!(result, Err(invalid_option("id", &problem)), "{id:?}");
    }
}

#[test]
fn a_short_secret_signs_what_a_careless_sender_would() {
    let key = signing_key("whsec_aw==").unwrap();
    let signed = sign(&WALLET, &key, &details(ID, NOW), BODY.as_bytes()).unwrap();
    let tag = "v1,QNbxS82+tXR2Ons21RH5qpec5bHubFc6kea5hdXFfso=";
    assert_eq!(signed.headers[2].1, tag);
}

fn sixteen() -> [u8; 16] {
    core::array::from_fn(|index| index as u8 * 0x11)
}

fn thirty_two() -> [u8; 32] {
    core::array::from_fn(|index| index as u8)
}

#[test]
fn a_message_id_is_its_entropy_in_hex() {
    assert_eq!(
        message_id(sixteen()),
        "msg_00112233445566778899aabbccddeeff"
    );
    assert_eq!(message_id([0; 16]), "msg_00000000000000000000000000000000");
    let id = message_id([0xff; 16]);
    let callback = Callback::signed_by(&WALLET, SECRET, &id, NOW, BODY);
    let result = callback.verify(&verifier(&WALLET, &[SECRET]));
    assert_eq!(result.map(|verdict| verdict.id), Ok(Some(id)));
}

#[test]
fn a_secret_is_its_entropy_in_base64() {
    assert_eq!(*secret(&thirty_two()), OTHER_SECRET);
    assert_eq!(
        *secret(&[0; 32]),
        "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    );
    assert_eq!(
        *secret(&[0xff; 32]),
        "whsec_//////////////////////////////////////////8="
    );
    assert!(keys(&[&secret(&[0xff; 32])]).is_ok());
}

/// RFC 8032, section 7.1, TEST 1, and the seed 0 to 31 by OpenSSL.
#[test]
fn a_key_pair_is_derived_from_its_seed() {
    let (public, private) = key_pair(&thirty_two());
    assert_eq!((public.as_str(), private.as_str()), (PUBLIC, PRIVATE));
    let seed = [
        0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c,
        0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae,
        0x7f, 0x60,
    ];
    let (public, private) = key_pair(&seed);
    assert_eq!(*public, "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    assert_eq!(
        *private,
        "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2DXWpgBgrEKt9VL/tPJZAc6DuFy89qmIyWvAhpo9wdRGg=="
    );
    let callback = Callback::signed_by(&WALLET, &private, ID, NOW, BODY);
    let result = callback.verify(&verifier(&WALLET, &[&public]));
    assert_eq!(result, Ok(accepted(Event::Unknown)));
}

/// The headers by this name of what is signed with these options.
fn signed_headers(options: &Value, name: &str) -> Vec<String> {
    let signed = options::sign(
        options.to_string().as_bytes(),
        Ok(given_key("a-shared-secret")),
        b"",
        NOW,
        || Ok([0xab; 16]),
    );
    let headers = signed.unwrap().headers.into_iter();
    let named = headers.filter(|(other, _)| other == name);
    named.map(|(_, value)| value).collect()
}

#[test]
fn a_body_has_one_media_type_and_a_get_has_none() {
    let given = |method: &str, headers: Value| {
        let options = json!({ "sender": "github", "method": method, "headers": headers });
        signed_headers(&options, "content-type")
    };
    assert_eq!(given("POST", json!({})), ["application/json"]);
    let own = json!({ "content-type": "text/plain" });
    assert_eq!(given("POST", own.clone()), ["text/plain"]);
    assert_eq!(given("PUT", own), ["text/plain"]);
    assert_eq!(given("GET", json!({})), [""; 0]);
}

/// One that names its key and has a nonce.
fn acme() -> Value {
    json!({
        "name": "acme",
        "algorithm": "hmac-sha256",
        "headers": {
            "signature": "acme-signature",
            "timestamp": "acme-time",
            "id": "acme-id",
            "nonce": "acme-nonce",
            "keyId": "acme-key"
        },
        "signature": { "encoding": "hex" },
        "timestamp": { "unit": "s" },
        "signed": "{keyId}.{id}.{nonce}.{timestamp}.{header:acme-kind}.{body}"
    })
}

#[test]
fn every_signed_header_has_a_value() {
    let kinds = |headers: Value| {
        let options = json!({ "sender": acme(), "id": "a", "headers": headers });
        signed_headers(&options, "acme-kind")
    };
    assert_eq!(kinds(json!({})), ["key-1"]);
    assert_eq!(kinds(json!({ "acme-kind": "paid" })), ["paid"]);
}

#[test]
fn what_no_receiver_accepts_is_named() {
    let refused_of = |options: &Value| {
        let key = Ok(given_key("a-shared-secret"));
        let json = options.to_string();
        match options::sign(json.as_bytes(), key, b"{}", NOW, || Ok([0xab; 16])) {
            Err(ConfigError::InvalidOption { option, .. }) => Some(option.into_owned()),
            Err(error) => panic!("{error}"),
            Ok(_) => None,
        }
    };
    let refused = |option: &str, value: Value| {
        let mut options = json!({ "sender": acme(), "headers": { "acme-kind": "x" } });
        options[option] = value;
        refused_of(&options)
    };
    for name in ["id", "nonce", "keyId"] {
        assert_eq!(refused(name, json!("good")), None, "{name}");
        assert_eq!(refused(name, json!("a.b")).as_deref(), Some(name));
        assert_eq!(refused(name, json!("a b")).as_deref(), Some(name));
    }
    // The id of a client stands in a header, too.
    let mut sender = acme();
    sender["headers"]["clientId"] = json!("acme-client");
    sender["signed"] =
        json!("{clientId}.{keyId}.{id}.{nonce}.{timestamp}.{header:acme-kind}.{body}");
    for (id, expected) in [("good", None), ("a b", Some("clientId"))] {
        let own = json!({ "sender": sender, "clientId": id, "headers": { "acme-kind": "x" } });
        assert_eq!(refused_of(&own).as_deref(), expected);
    }
    // Of a time that is not bounded on both sides, all have ten digits.
    let mut sender = acme();
    sender["signed"] = json!("{keyId}.{id}.{nonce}{timestamp}{body}");
    sender["payload"] = json!("json");
    for (time, expected) in [(NOW, None), (5, Some("timestamp"))] {
        let own = json!({ "sender": sender, "timestamp": time });
        assert_eq!(refused_of(&own).as_deref(), expected);
    }
    let kind = json!({ "acme-kind": "a.b" });
    assert_eq!(refused("headers", kind).as_deref(), Some("headers"));
    // A URL that is signed and not given.
    let mut sender = acme();
    sender["signed"] = json!("{query}\n{id}.{nonce}.{timestamp}.{body}");
    let mut options = json!({ "sender": sender });
    for (url, missing) in [
        (None, Some("url")),
        (Some("https://shop.example/?a=1"), None),
    ] {
        options["url"] = json!(url);
        if url.is_none() {
            options.as_object_mut().unwrap().remove("url");
        }
        let key = Ok(given_key("a-shared-secret"));
        let json = options.to_string();
        let signed = options::sign(json.as_bytes(), key, b"{}", NOW, || Ok([0xab; 16]));
        match (signed, missing) {
            (Err(ConfigError::InvalidOption { option, .. }), Some(missing)) => {
                assert_eq!(option, missing);
            }
            (signed, _) => assert!(signed.is_ok() && missing.is_none(), "{signed:?}"),
        }
    }
}
