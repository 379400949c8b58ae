//! Options as JSON: what is misspelt, of another type or out of range is refused by name.

use crate::common::*;
use serde_json::{Value, json};
use wallet_callback::answer::Settings;
use wallet_callback::error::{Client, ConfigError, KeyProblem, Rejection};
use wallet_callback::event::Event;
use wallet_callback::key::{KeyInput, KeySource};
use wallet_callback::options::{GivenKeys, sign, verifier};
use wallet_callback::sender::Sender;
use wallet_callback::sign::Signed;
use wallet_callback::verify::Verifier;

/// Options with these members, and a good key.
fn with(members: &str) -> Result<Verifier, ConfigError> {
    verifier(format!("{{{members}}}").as_bytes(), given(&[SECRET]))
}

fn with_keys(keys: Vec<KeyInput>) -> Result<Verifier, ConfigError> {
    verifier(b"{}", GivenKeys::List(keys))
}

fn sign_with(members: &str) -> Result<Signed, ConfigError> {
    let json = format!("{{{members}}}");
    sign(
        json.as_bytes(),
        Ok(given_key(SECRET)),
        BODY.as_bytes(),
        NOW,
        || Ok([0xab; 16]),
    )
}

/// The three headers that sign a callback whose body is signed as it is.
fn headers(signed: Result<Signed, ConfigError>) -> [(String, String); 3] {
    let Signed { mut headers, body } = signed.unwrap();
    assert_eq!(body, None);
    let media_type = ("content-type".to_owned(), "application/json".to_owned());
    assert_eq!(headers.pop(), Some(media_type));
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
        let verifier = with(&format!(r#""sender":"{name}""#)).unwrap();
        assert_eq!(verifier.sender().name(), name);
    }
    let genuine = Callback::genuine();
    let verifier = with(r#""toleranceSeconds":10"#).unwrap();
    let result = genuine.verify_at(&verifier, NOW - 11);
    let header = "webhook-timestamp";
    assert_eq!(result, Err(too_new(header, 10, 11)));
    let verifier = with(r#""maxBodyBytes":10"#).unwrap();
    let limit = 10;
    assert_eq!(
        genuine.verify(&verifier),
        Err(Rejection::BodyTooLarge { limit })
    );
    let verifier = with(r#""allowedIps":["203.0.113.0/24"]"#).unwrap();
    let client = Client::Unknown;
    assert_eq!(
        genuine.verify(&verifier),
        Err(Rejection::IpNotAllowed { client })
    );
    let result = genuine.clone().with_ip("203.0.113.7").verify(&verifier);
    assert_eq!(result, Ok(accepted(Event::Unknown)));
    let tag = "v1,QNbxS82+tXR2Ons21RH5qpec5bHubFc6kea5hdXFfso=";
    let result = genuine
        .with("webhook-signature", tag)
        .verify(&with_short_key(r#""dangerouslyAllowShortKeys":true"#).unwrap());
    assert_eq!(result, Ok(accepted(Event::Unknown)));
}

fn with_short_key(members: &str) -> Result<Verifier, ConfigError> {
    let keys = GivenKeys::List(vec![KeySource::bytes(b"k").into()]);
    verifier(format!("{{{members}}}").as_bytes(), keys)
}

#[test]
fn keys_are_text_or_bytes() {
    let bytes: Vec<u8> = (1..=24).collect();
    let keys = vec![given_key(PUBLIC), KeySource::bytes(&bytes).into()];
    let result = Callback::genuine().verify(&with_keys(keys).unwrap());
    assert_eq!(result.map(|verdict| verdict.key), Ok(1));
}

#[test]
fn keys_are_found_wrong_by_their_index() {
    let bytes = |count| KeySource::bytes(&vec![7; count]).into();
    for (key, problem) in [
        (given_key(""), KeyProblem::Missing),
        (bytes(0), KeyProblem::SecretTooShort { actual: 0 }),
        (bytes(23), KeyProblem::SecretTooShort { actual: 23 }),
        (
            bytes(65),
            KeyProblem::SecretTooLong {
                limit: 64,
                actual: 65,
            },
        ),
        (given_key(PRIVATE), KeyProblem::PrivateToVerify),
    ] {
        let result = with_keys(vec![given_key(SECRET), key]).map(drop);
        assert_eq!(result, Err(invalid_key(Some(1), problem)));
    }
    let result = verifier(b"{}", given(&[SECRET; 17])).map(drop);
    assert_eq!(result, Err(ConfigError::TooManyKeys { limit: 16 }));
    let none = verifier(b"{}", given(&[])).map(drop);
    assert_eq!(none, Err(invalid_key(None, KeyProblem::Missing)));
}

#[test]
fn a_short_key_is_refused_unless_it_is_allowed() {
    let expected = invalid_key(Some(0), KeyProblem::SecretTooShort { actual: 1 });
    for members in ["", r#""dangerouslyAllowShortKeys":false"#] {
        let result = with_short_key(members).map(drop);
        assert_eq!(result, Err(expected.clone()));
    }
}

/// Whoever puts a key among the options would hand it to a reader that is not made for one.
/// Only keys that callbacks name can be looked up.
#[test]
fn keys_are_found_for_senders_that_name_them() {
    let found = |sender: &str| {
        let options = json!({ "sender": sender }).to_string();
        verifier(options.as_bytes(), GivenKeys::Found(Vec::new())).map(drop)
    };
    assert_eq!(found("circle"), Ok(()));
    let problem = "expected keys, since callbacks of stripe name none, got a function";
    assert_eq!(found("stripe"), Err(invalid_option("keys", problem)));
}

#[test]
fn what_crosses_apart_is_refused_among_the_options() {
    for option in ["keys", "now"] {
        let result = with(&format!(r#""{option}":1"#)).map(drop);
        let problem = "expected it apart from the other options, got it among them";
        assert_eq!(result, Err(invalid_option(option, problem)));
    }
}

#[test]
fn an_option_of_another_type_is_named() {
    let others = [
        ("null", "null"),
        ("true", "true"),
        ("300", "300"),
        ("\"300\"", "a string"),
        ("[]", "an array"),
        ("{}", "an object"),
    ];
    for (option, expected, right) in [
        ("dangerouslyAllowShortKeys", "a boolean", "true"),
        ("toleranceSeconds", "a whole number", "300"),
        ("maxBodyBytes", "a whole number", "300"),
        ("allowedIps", "an array", "[]"),
    ] {
        for (value, actual) in others.into_iter().filter(|(value, _)| *value != right) {
            let result = with(&format!(r#""{option}":{value}"#)).map(drop);
            let problem = format!("expected {expected}, got {actual}");
            assert_eq!(result, Err(invalid_option(option, &problem)), "{value}");
        }
    }
    for value in ["null", "true", "[]"] {
        let result = with(&format!(r#""sender":{value}"#)).map(drop);
        let (_, actual) = others.iter().find(|(other, _)| *other == value).unwrap();
        let expected = ConfigError::InvalidSender {
            member: "sender".to_owned(),
            problem: format!("expected a name or a descriptor, got {actual}"),
        };
        assert_eq!(result, Err(expected), "{value}");
    }
    let result = with(r#""allowedIps":["203.0.113.0/24",1]"#).map(drop);
    let problem = "expected a string, got 1";
    assert_eq!(result, Err(invalid_option("allowedIps[1]", problem)));
}

#[test]
fn a_number_that_is_not_whole_or_not_safe_is_refused() {
    for option in ["toleranceSeconds", "maxBodyBytes"] {
        for number in ["-1", "-0", "1.5", "1.0", "1e2", "9007199254740992", "1e300"] {
            let result = with(&format!(r#""{option}":{number}"#)).map(drop);
            let problem = format!("expected a whole number, got {number}");
            assert_eq!(result, Err(invalid_option(option, &problem)), "{number}");
        }
    }
}

#[test]
fn a_number_out_of_range_is_refused() {
    for (option, highest) in [("toleranceSeconds", 86_400), ("maxBodyBytes", 67_108_864)] {
        for number in [1, highest] {
            assert!(with(&format!(r#""{option}":{number}"#)).is_ok());
        }
        for number in [0, highest + 1, (1_u64 << 53) - 1] {
            let result = with(&format!(r#""{option}":{number}"#)).map(drop);
            let problem = format!("expected 1 to {highest}, got {number}");
            assert_eq!(result, Err(invalid_option(option, &problem)));
        }
    }
}

#[test]
fn a_bad_range_is_refused() {
    let result = with(r#""allowedIps":["203.0.113.0/24","203.0.113.0/+24"]"#).map(drop);
    let problem = "expected a range such as 203.0.113.0/24 or 2001:db8::/32 at index 1, got \"203.0.113.0/+24\"";
    assert_eq!(result, Err(invalid_option("allowedIps", problem)));
}

#[test]
fn an_unknown_sender_is_refused() {
    for (name, meant) in [
        ("", "(senders() lists the names)"),
        ("__proto__", "(senders() lists the names)"),
        ("whsec_AQIDBAUGBwgJCgsMDQ4P", "(senders() lists the names)"),
        (
            "qqqqqqqqqqqqqqqqqqqq",
            "\"qqqqqqqqqqqqqqqqqqqq\" (senders() lists the names)",
        ),
        ("qqqqqqqqqqqqqqqqqqqqq", "(senders() lists the names)"),
        ("tp_wallet", "\"tp_wallet\" (did you mean \"tp-wallet\"?)"),
        ("TP-WALLET", "\"TP-WALLET\" (did you mean \"tp-wallet\"?)"),
        ("tp-wallet ", "\"tp-wallet \" (did you mean \"tp-wallet\"?)"),
        (
            "strip",
            "\"strip\" (did you mean \"stripe\" or \"strike\"?)",
        ),
        (
            "coinbase",
            "\"coinbase\" (did you mean \"coinbase-cdp\" or \"coinbase-commerce\"?)",
        ),
    ] {
        let expected = ConfigError::UnknownSender(meant.to_owned());
        assert_eq!(expected.to_string(), format!("unknown sender {meant}"));
        let result = with(&format!(r#""sender":"{name}""#)).map(drop);
        assert_eq!(result, Err(expected.clone()), "{name}");
        let found = Sender::find(name).map(drop);
        assert_eq!(found, Err(expected.clone()), "{name}");
        let result = sign_with(&format!(r#""sender":"{name}""#));
        assert_eq!(result, Err(expected), "{name}");
    }
}

#[test]
fn a_misspelt_option_is_refused_with_the_nearest() {
    for (name, meant) in [
        ("tolerenceSeconds", "toleranceSeconds"),
        ("tolerance", "toleranceSeconds"),
        ("Keys", "keys"),
        ("key", "keys"),
        ("allowedIPs", "allowedIps"),
        ("maxBody", "maxBodyBytes"),
        ("secret", "keys"),
        ("signingSecret", "keys"),
        ("webhookSecret", "keys"),
    ] {
        let problem = format!("unknown option \"{name}\" (did you mean \"{meant}\"?)");
        let expected = Err(invalid_option("", &problem));
        assert_eq!(with(&format!(r#""{name}":1"#)).map(drop), expected);
    }
    let known = "keys, sender, toleranceSeconds, maxBodyBytes, allowedIps, url, clientId, \
        unsafeNumbers, dangerouslyAllowUnsignedHeaders, dangerouslyAllowUnsignedUrl, \
        dangerouslyAllowShortKeys, now";
    for name in ["secrets of mine", ""] {
        let problem = format!("unknown option \"{name}\" (known: {known})");
        let result = with(&format!(r#""{name}":1"#)).map(drop);
        assert_eq!(result, Err(invalid_option("", &problem)));
        let said = result.unwrap_err().to_string();
        assert_eq!(said, problem);
    }
    for name in ["keys", "secret"] {
        let problem = format!("unknown option \"{name}\" (did you mean \"key\"?)");
        let result = sign_with(&format!(r#""{name}":[]"#));
        assert_eq!(result, Err(invalid_option("", &problem)));
    }
}

#[test]
fn a_misspelt_member_is_refused_with_its_path() {
    let sender = |headers: &str| {
        format!(
            r#""sender":{{"name":"acme","algorithm":"hmac-sha256","signed":"{{body}}",
            "signature":{{"encoding":"hex"}},"headers":[{{"signature":"a"}},{headers}]}}"#
        )
    };
    let invalid = |member: &str, problem: &str| {
        let (member, problem) = (member.to_owned(), problem.to_owned());
        Err(ConfigError::InvalidSender { member, problem })
    };
    let result = with(&sender(r#"{"signature":"b","timestamp":1}"#)).map(drop);
    let expected = invalid("sender.headers[1].timestamp", "expected a string, got 1");
    assert_eq!(result, expected);
    let result = with(&sender(r#"{"signature":"b","timestamp":"b:"}"#)).map(drop);
    let problem = "expected a header's name, got another string";
    assert_eq!(result, invalid("sender.headers[1].timestamp", problem));
    let result = with(&sender(r#"{"signature":"b","timestmp":"c"}"#)).map(drop);
    let problem = "unknown member \"timestmp\" (did you mean \"timestamp\"?)";
    assert_eq!(result, invalid("sender.headers[1]", problem));
}

/// A secret that is put into the wrong option may not reach a log.
#[test]
fn no_message_shows_the_text_of_a_string() {
    let secret = r#""4242""#;
    for options in [
        format!(r#""toleranceSeconds":{secret}"#),
        format!(r#""dangerouslyAllowShortKeys":{secret}"#),
        format!(r#""allowedIps":{secret}"#),
        format!(r#""sender":{secret}"#),
        format!(r#""sender":{{"name":"acme","algorithm":{secret}}}"#),
        format!(r#""sender":{{"name":"acme","algorithm":{{"v1":{secret}}}}}"#),
        format!(r#""sender":{{"name":"acme","rule":{secret}}}"#),
        format!(r#""sender":{{"name":"acme","headers":{secret}}}"#),
        r#""sender":{"name":"acme","headers":{"signature":"4242:"}}"#.to_owned(),
        format!(r#""sender":{{"name":"acme","signature":{{"encoding":{secret}}}}}"#),
        format!(r#""keys":{secret}"#),
    ] {
        let error = with(&options).map(drop).unwrap_err();
        let said = format!("{error} {error:?}");
        assert!(!said.contains("4242"), "{said}");
    }
}

#[test]
fn what_is_no_object_of_json_is_refused() {
    let problem = "expected an object of json values";
    let expected = invalid_option("options", problem);
    for json in [
        &b""[..],
        b"null",
        b"[]",
        b"\"keys\"",
        b"{",
        b"{}{}",
        b"{\"keys\":[],\"keys\":[]}",
        b"\xff",
    ] {
        assert_eq!(
            verifier(json, given(&[SECRET])).map(drop),
            Err(expected.clone())
        );
        let result = sign(json, Ok(given_key(SECRET)), b"", NOW, || Ok([0; 16]));
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
    let members = format!(r#""id":"{ID}","timestamp":{NOW},"sender":"svix""#);
    let expected = [
        ("svix-id", ID.to_owned()),
        ("svix-timestamp", NOW.to_string()),
        ("svix-signature", SECRET_TAG.to_owned()),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value));
    assert_eq!(headers(sign_with(&members)), expected);
    for timestamp in ["0", "9007199254740991"] {
        let [_, time, _] = headers(sign_with(&format!(r#""timestamp":{timestamp}"#)));
        assert_eq!(time.1, timestamp);
    }
}

#[test]
fn random_bytes_are_asked_for_only_where_they_are_needed() {
    let key = given_key(SECRET);
    let none = || Err(ConfigError::NoRandomness);
    let json = format!(r#"{{"id":"{ID}"}}"#);
    let signed = sign(json.as_bytes(), Ok(key), BODY.as_bytes(), NOW, none);
    let [_, _, signature] = headers(signed);
    assert_eq!(signature.1, SECRET_TAG);
    let signed = sign(b"{}", Ok(given_key(SECRET)), b"", NOW, none);
    assert_eq!(signed, Err(ConfigError::NoRandomness));
}

#[test]
fn signing_refuses_what_makes_no_sense() {
    let id = &NOT_AN_ID.to_string();
    for (members, expected) in [
        (
            r#""id":1"#,
            invalid_option("id", "expected a string, got 1"),
        ),
        (
            r#""id":null"#,
            invalid_option("id", "expected a string, got null"),
        ),
        (r#""id":"""#, invalid_option("id", id)),
        (r#""id":"a.b""#, invalid_option("id", id)),
        (
            r#""timestamp":-1"#,
            invalid_option("timestamp", "expected a whole number, got -1"),
        ),
        (
            r#""timestamp":1.5"#,
            invalid_option("timestamp", "expected a whole number, got 1.5"),
        ),
        (
            r#""timestamp":9007199254740992"#,
            invalid_option("timestamp", "expected a whole number, got 9007199254740992"),
        ),
        (
            r#""timestamp":"1700000000""#,
            invalid_option("timestamp", "expected a whole number, got a string"),
        ),
        (
            r#""sender":1"#,
            ConfigError::InvalidSender {
                member: "sender".to_owned(),
                problem: "expected a name or a descriptor, got 1".to_owned(),
            },
        ),
    ] {
        assert_eq!(sign_with(members), Err(expected), "{members}");
    }
    for (key, problem) in [
        (String::new(), KeyProblem::Missing),
        (PUBLIC.to_owned(), KeyProblem::PublicToSign),
        (format!("{SECRET} "), KeyProblem::WhiteSpace),
    ] {
        let result = sign(b"{}", Ok(given_key(&key)), b"", NOW, || Ok([0; 16]));
        assert_eq!(result, Err(invalid_key(None, problem)), "{key}");
    }
}

/// What the package's own layers are told of a verifier.
#[test]
fn settings_say_what_a_verifier_is_and_reads() {
    let settings = |json: Value, keys: Vec<KeyInput>| {
        let verifier = verifier(json.to_string().as_bytes(), GivenKeys::List(keys)).unwrap();
        serde_json::to_value(Settings::of(&verifier, 7)).unwrap()
    };
    let given = json!({ "toleranceSeconds": 10, "maxBodyBytes": 9, "unsafeNumbers": "bigint" });
    let named = KeyInput {
        id: Some("new".to_owned()),
        source: KeySource::text(OTHER_SECRET),
    };
    assert_eq!(
        settings(given, vec![named, given_key(SECRET)]),
        json!({
            "verifier": 7,
            "sender": "tp-wallet",
            "maxBodyBytes": 9,
            "toleranceSeconds": 10,
            "signs": {
                "body": true, "id": true, "type": true, "timestamp": true, "url": false, "method": false
            },
            "headers": ["webhook-id", "webhook-timestamp", "webhook-signature"],
            "reads": { "method": false, "url": false, "allHeaders": false },
            "keyIds": ["new", null],
            "unsafeNumbers": "bigint",
            "mediaType": "application/json"
        })
    );
    let stripe = settings(json!({ "sender": "stripe" }), vec![given_key(SECRET)]);
    assert_eq!(stripe.get("mediaType"), None);
    let reads = |get: &str| {
        let sender = json!({
            "name": "acme",
            "algorithm": "hmac-sha256",
            "headers": { "signature": "acme-signature" },
            "signature": { "encoding": "hex" },
            "signed": "{body}",
            "signedOnGet": get
        });
        let url = get.contains("{url}").then_some("https://shop.example/");
        let mut given = json!({ "sender": sender });
        given
            .as_object_mut()
            .unwrap()
            .extend(url.map(|url| ("url".to_owned(), json!(url))));
        settings(given, vec![given_key(SECRET)])["reads"].clone()
    };
    for get in ["{url}", "?{query}"] {
        let expected = json!({ "method": true, "url": true, "allHeaders": false });
        assert_eq!(reads(get), expected, "{get}");
    }
}

#[test]
fn a_registered_url_is_absolute_and_a_client_id_is_a_token() {
    let sender = json!({
        "name": "acme",
        "algorithm": "hmac-sha256",
        "headers": { "signature": "acme-signature", "clientId": "acme-client" },
        "signature": { "encoding": "hex" },
        "signed": "{url}|{clientId}|{body}"
    });
    let is_taken = |option: &str, value: &str| {
        let mut options = json!({
            "sender": sender,
            "url": "https://shop.example/callbacks",
            "clientId": "client-1"
        });
        options[option] = json!(value);
        let options = options.to_string();
        match verifier(options.as_bytes(), given(&["a-secret"])) {
            Ok(_) => true,
            Err(ConfigError::InvalidOption { option: named, .. }) => {
                assert_eq!(named, option);
                false
            }
            Err(error) => panic!("{error}"),
        }
    };
    for (url, is_good) in [
        ("https://shop.example/callbacks?a=1", true),
        ("http://127.0.0.1:8080/", true),
        ("https://[::1]/", true),
        ("https://shop.example/a b", false),
        ("https://shop.example/#a", false),
        ("https://shop.example/é", false),
        ("https:///callbacks", false),
        ("https://-shop.example/", false),
        ("ftp://shop.example/", false),
        ("/callbacks", false),
        ("", false),
    ] {
        assert_eq!(is_taken("url", url), is_good, "{url}");
    }
    for (id, is_good) in [
        ("client-1", true),
        ("a b", false),
        ("é", false),
        ("", false),
    ] {
        assert_eq!(is_taken("clientId", id), is_good, "{id}");
    }
}

#[test]
fn what_is_registered_is_given_if_it_is_signed_and_left_out_if_not() {
    for (name, value) in [("url", "https://shop.example/"), ("clientId", "client-1")] {
        let problem = "leave it out: tp-wallet does not sign it";
        let result = with(&format!(r#""{name}":"{value}""#)).map(drop);
        assert_eq!(result, Err(invalid_option(name, problem)));
    }
    for sender in ["coinpayments", "cryptapi"] {
        let result = with(&format!(r#""sender":"{sender}""#)).map(drop);
        let error = result.unwrap_err();
        assert!(
            matches!(
                error,
                ConfigError::OptionRequired { .. } | ConfigError::InvalidKey { .. }
            ),
            "{error}"
        );
    }
}

#[test]
fn a_callback_for_another_client_is_refused() {
    let sender = json!({
        "name": "acme",
        "algorithm": "hmac-sha256",
        "headers": { "signature": "acme-signature", "clientId": "acme-client" },
        "signature": { "encoding": "hex" },
        "signed": "{clientId}|{body}"
    });
    let options = json!({ "sender": sender, "clientId": "client-1" }).to_string();
    let verifier = verifier(options.as_bytes(), given(&["a-shared-secret"])).unwrap();
    let verify = |client: &str| {
        let options = json!({ "sender": sender, "clientId": client }).to_string();
        let random = || unreachable!("everything is given");
        let key = Ok(given_key("a-shared-secret"));
        let signed = sign(options.as_bytes(), key, b"{}", NOW, random).unwrap();
        let headers = signed.headers.into_iter();
        let headers = headers.map(|(name, value)| (name, value.into_bytes()));
        let callback = Callback {
            headers: headers.collect(),
            body: b"{}".to_vec(),
            ..Callback::default()
        };
        callback.verify(&verifier).map(drop)
    };
    assert_eq!(verify("client-1"), Ok(()));
    let header = "acme-client".to_owned();
    assert_eq!(verify("client-2"), Err(Rejection::OtherClient { header }));
}
