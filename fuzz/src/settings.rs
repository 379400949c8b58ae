//! What users hand in: keys and descriptors.

use serde_json::{Map, Value, json};
use wallet_callback::error::{Code, ConfigError};
use wallet_callback::key::KeySource;
use wallet_callback::options::{self, GivenKeys};
use wallet_callback::request::Request;

use crate::input::Input;
use crate::{NOW, SECRET};

/// Keys of every kind: a secret, one in hexadecimal digits, and public keys of Ed25519, P-256, secp256k1
/// and RSA with 2,048 bits.
pub(crate) const KEYS: [&str; 8] = [
    SECRET,
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
    "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8",
    "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=\n-----END PUBLIC KEY-----",
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAESl76SZPBJemW0mJNN4KTvYkLT8bOT4UGhFhzNk3fJqf6iuPlLQLq533FelXwczJbjg2U1PHTvQTK7qOQnDL2Tg==",
    "-----BEGIN PUBLIC KEY-----\nMFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEUiW9/YtAdT19qLNlLDRGKTXenWHd1r1K\nLSiRBv7ZkfJml3Cq0X4EbJaX84tqF+szqdgE1lhyjWfZZg17dNVoyQ==\n-----END PUBLIC KEY-----\n",
    "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAsUOGbU/SD7cLP5qgh/1X\ndTd83jjwXw4nWJQ4rX8lOzzGqdFpfWcVHnyKXmbPRNas6776Lxj/DBnQQtothNd7\n84M56mE7Jp/Lb7iy+UrBJDwFoMfJbIRNqXzDsSIVMwb0mr6j2f+DTDxHPcypsKCX\nABSFWk0Gw1TxTvh7NX4KLiv0FV03uHTv8V6yDS0nmFq8xdzSQr/GL6U7hBCOPLhL\n5YrbAUzX3c88KHrUZEhqYMAkMR2bj0rF+fz4vjtaMubkXvqi6fWLorQkCVmMlxA7\nQYTVo+vm6NLKel59EJy5U9mw7Dsoj0L3nY1YpO0fyLip7do2mALRE4YmxmgWcJoA\nowIDAQAB\n-----END PUBLIC KEY-----\n",
];

/// A key in text form.
pub(crate) fn given(key: &str) -> GivenKeys {
    GivenKeys::List(vec![KeySource::text(key).into()])
}

const ALGORITHMS: [&str; 9] = [
    "hmac-sha1",
    "hmac-sha256",
    "hmac-sha512",
    "keccak256",
    "ed25519",
    "ecdsa-p256-sha256",
    "ecdsa-secp256k1-sha256",
    "rsa-pkcs1-sha256",
    "rsa-pkcs1-sha512",
];
const KEY_FORMS: [&str; 5] = ["utf8", "utf8-trimmed", "hex", "base64", "standard"];

/// Whatever is handed in as a key is taken or refused, and a refusal does not repeat it.
pub fn keys(data: &[u8]) {
    let mut input = Input::new(data);
    let algorithm = *input.pick(&ALGORITHMS);
    let mut sender = json!({
        "name": "fuzz",
        "algorithm": algorithm,
        "headers": { "signature": "x-signature" },
        "signature": { "encoding": "base64" },
        "signed": "{body}",
    });
    if algorithm.starts_with("ecdsa") {
        sender["signature"]["format"] = json!("der");
    }
    if algorithm.starts_with("hmac") {
        sender["key"] = json!(input.pick(&KEY_FORMS));
    }
    let options = json!({ "sender": sender }).to_string();
    let kind = input.byte() % 3;
    let key = input.rest();
    let text = String::from_utf8_lossy(key).into_owned();
    let given = match kind {
        0 => GivenKeys::List(vec![KeySource::bytes(key).into()]),
        1 => given(&text),
        _ => GivenKeys::Set(text.clone().into()),
    };
    match options::verifier(options.as_bytes(), given) {
        Ok(verifier) => {
            let request = Request {
                body: b"{}",
                headers: &[("x-signature", b"AAAA")],
                method: None,
                url: None,
                registered_url: None,
                ip: None,
            };
            assert!(verifier.verify(&request, NOW).is_err());
        }
        Err(ConfigError::InvalidKey { problem, .. }) => {
            // Messages have few digits, and a fuzzer learns their words.
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            assert!(digits < 8 || !problem.to_string().contains(&text));
        }
        // Of a set with more than the core tries.
        Err(ConfigError::TooManyKeys { .. }) => assert_ne!(kind, 0),
        Err(error) => panic!("the descriptor is valid: {error}"),
    }
}

const UNITS: [&str; 4] = ["s", "ms", "iso8601", "http-date"];
const ENCODINGS: [&str; 3] = ["hex", "base64", "base64url"];
const PAYLOADS: [&str; 3] = ["any", "json", "form"];

/// A descriptor is refused, or it has one meaning: what is signed by it is accepted, and no byte can move
/// from one part of a callback into the next and leave its signature right.
pub fn descriptor(data: &[u8]) {
    let mut input = Input::new(data);
    if input.byte().is_multiple_of(4) {
        // As it comes.
        let _ = options::verifier(input.rest(), given(SECRET));
        return;
    }
    let unit = *input.pick(&UNITS);
    let sender = json!({
        "name": "fuzz",
        "algorithm": "hmac-sha256",
        "headers": {
            "signature": "x-signature",
            "timestamp": "x-timestamp",
            "id": "x-id",
            "nonce": "x-nonce",
        },
        "signature": { "encoding": input.pick(&ENCODINGS) },
        "timestamp": { "unit": unit },
        "payload": input.pick(&PAYLOADS),
        "signed": input.text(),
    });
    let options = json!({ "sender": sender }).to_string();
    let Ok(verifier) = options::verifier(options.as_bytes(), given(SECRET)) else {
        return;
    };
    let mut details = Map::new();
    details.insert("sender".into(), sender);
    for name in ["id", "nonce"] {
        details.insert(name.into(), json!(input.text()));
    }
    let cut = usize::from(input.byte());
    let body = input.rest();
    let json = Value::Object(details).to_string();
    let key = Ok(KeySource::text(SECRET).into());
    let Ok(signed) = options::sign(json.as_bytes(), key, body, NOW, || Ok([7; 16])) else {
        return;
    };
    let judge = |headers: &[(String, String)], body: &[u8]| {
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes()))
            .collect();
        let request = Request {
            body,
            headers: &headers,
            method: Some("POST"),
            url: None,
            registered_url: None,
            ip: None,
        };
        verifier.verify(&request, NOW).map(drop)
    };
    if let Err(rejection) = judge(&signed.headers, body) {
        assert_eq!(rejection.code(), Code::MalformedPayload, "{rejection}");
    }
    // The same bytes, cut elsewhere between two parts.
    let parts = ["x-id", "x-timestamp", "x-nonce", "body"];
    for (first, second) in parts
        .iter()
        .flat_map(|one| parts.map(|other| (*one, other)))
    {
        let value = |name: &str| match name {
            "body" => Some(body.to_vec()),
            _ => {
                let header = signed.headers.iter().find(|(other, _)| other == name);
                header.map(|(_, value)| value.clone().into_bytes())
            }
        };
        let (Some(one), Some(other)) = (value(first), value(second)) else {
            continue;
        };
        let whole = [one.as_slice(), &other].concat();
        let at = cut.min(whole.len());
        if first == second || at == one.len() {
            continue;
        }
        let (one, other) = whole.split_at(at);
        let (mut headers, mut moved) = (signed.headers.clone(), body.to_vec());
        for (name, bytes) in [(first, one), (second, other)] {
            match headers.iter_mut().find(|(header, _)| header == name) {
                Some((_, value)) => *value = String::from_utf8_lossy(bytes).into_owned(),
                None => moved = bytes.to_vec(),
            }
        }
        assert!(judge(&headers, &moved).is_err(), "{first} {second} {at}");
    }
}
