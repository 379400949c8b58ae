//! Descriptors of senders: what makes no sense is refused by the name of its member, and whatever is
//! accepted can be signed for and verified.

use crate::common::*;
use serde_json::{Value, json};
use wallet_callback::error::ConfigError;
use wallet_callback::options;
use wallet_callback::sender::{Sender, names};
use wallet_callback::verify::Verifier;

const TABLE: &str = include_str!("../../src/sender/senders.json");

/// A descriptor with one of everything that is common.
fn acme() -> Value {
    json!({
        "name": "acme",
        "algorithm": "hmac-sha256",
        "headers": {
            "signature": "acme-signature",
            "timestamp": "acme-time",
            "id": "acme-id"
        },
        "signature": { "encoding": "hex" },
        "signed": "{id}.{timestamp}.{body}",
        "timestamp": { "unit": "s" }
    })
}

/// One whose header is a list.
fn labelled() -> Value {
    json!({
        "name": "acme",
        "algorithm": { "v1": "hmac-sha256" },
        "headers": { "signature": "acme-signature" },
        "signature": { "encoding": "hex", "timestamp": "t" },
        "signed": "{timestamp}.{body}",
        "timestamp": { "unit": "s" }
    })
}

/// The descriptor with another value at a place such as `/headers/id`, or with none.
fn with(mut descriptor: Value, place: &str, value: impl Into<Option<Value>>) -> Value {
    let (parent, name) = place.rsplit_once('/').unwrap();
    let parent = descriptor.pointer_mut(parent).unwrap();
    let parent = parent.as_object_mut().unwrap();
    match value.into() {
        Some(value) => drop(parent.insert(name.to_owned(), value)),
        None => drop(parent.remove(name).unwrap()),
    }
    descriptor
}

fn verifier_with(sender: &str, key: &str) -> Result<Verifier, ConfigError> {
    // What a sender signs has to be registered, and nothing else may be.
    let registered = [
        ("url", URL, ["{url}", "{path}"]),
        ("clientId", "7", ["{clientId}"; 2]),
    ];
    let descriptor: Value = serde_json::from_str(sender).unwrap_or_default();
    let templates = ["signed", "signedOnGet"].map(|name| descriptor[name].to_string());
    let is_signed = |token: &&str| templates.iter().any(|text| text.contains(token));
    let registered: String = registered
        .iter()
        .filter(|(.., tokens)| tokens.iter().any(is_signed))
        .map(|(name, value, _)| format!(r#","{name}":"{value}""#))
        .collect();
    let options = format!(r#"{{"sender":{sender}{registered}}}"#);
    options::verifier(options.as_bytes(), given(&[key]))
}

fn read(descriptor: &Value) -> Result<(), ConfigError> {
    verifier_with(&descriptor.to_string(), "secret").map(drop)
}

fn invalid_sender(member: &str, problem: &str) -> ConfigError {
    ConfigError::InvalidSender {
        member: member.to_owned(),
        problem: problem.to_owned(),
    }
}

#[track_caller]
fn refuses(descriptor: &Value, member: &str, problem: &str) {
    let expected = invalid_sender(member, problem);
    assert_eq!(read(descriptor), Err(expected), "{descriptor}");
}

fn rows() -> Vec<Value> {
    serde_json::from_str(TABLE).unwrap()
}

mod table {
    use super::*;

    #[test]
    fn every_row_is_read() {
        let rows = rows();
        let own: Vec<_> = rows
            .iter()
            .map(|row| row["name"].as_str().unwrap())
            .collect();
        assert_eq!(names(), own);
        assert_eq!(own[..3], ["tp-wallet", "standard-webhooks", "svix"]);
        for name in own {
            assert_eq!(Sender::find(name).unwrap().name(), name);
        }
    }

    #[test]
    fn every_row_says_where_it_comes_from() {
        for row in rows() {
            for member in ["title", "docs", "evidence"] {
                assert!(!row[member].as_str().unwrap().is_empty(), "{row}");
            }
            assert!(row["docs"].as_str().unwrap().starts_with("https://"));
        }
    }

    #[test]
    fn no_two_rows_have_the_same_name() {
        let mut own = names();
        own.sort();
        own.dedup();
        assert_eq!(own.len(), names().len());
    }

    #[test]
    fn the_headers_of_a_sender_are_read_set_by_set() {
        let standard = ["webhook-id", "webhook-timestamp", "webhook-signature"];
        let svix = ["svix-id", "svix-timestamp", "svix-signature"];
        assert_eq!(WALLET.header_names(), standard);
        assert_eq!(STANDARD.header_names(), standard);
        assert_eq!(SVIX.header_names(), [svix, standard].concat());
    }

    #[test]
    fn only_what_the_sender_signs_is_read_beside_its_headers() {
        let cases: [(&str, &[&str], [bool; 3]); 4] = [
            (
                "coinpayments",
                &[
                    "x-coinpayments-timestamp",
                    "x-coinpayments-signature",
                    "x-coinpayments-client",
                ],
                [true, false, false],
            ),
            ("moonpay", &["moonpay-signature-v2"], [true, true, false]),
            (
                "coinbase-cdp",
                &["x-hook0-signature", "x-event-type", "x-event-id"],
                [false, false, true],
            ),
            ("plisio", &[], [false, false, false]),
        ];
        for (name, headers, reads) in cases {
            let sender = Sender::find(name).unwrap();
            assert_eq!(sender.header_names(), headers);
            let found = [
                sender.reads_method(),
                sender.reads_url(),
                sender.reads_all_headers(),
            ];
            assert_eq!(found, reads, "{name}");
        }
    }
}

#[test]
fn senders_are_known_by_their_headers() {
    let detected = |headers: &[&str]| {
        let options = json!({ "headers": headers }).to_string();
        options::detect(options.as_bytes()).unwrap()
    };
    assert_eq!(detected(&["content-type", "stripe-signature"]), ["stripe"]);
    // Those with the most headers first.
    let both = detected(&[
        "x-hub-signature-256",
        "svix-id",
        "svix-timestamp",
        "svix-signature",
    ]);
    let place = |name: &str| both.iter().position(|other| other == name);
    assert_eq!(place("svix"), Some(0), "{both:?}");
    assert!(place("github").is_some(), "{both:?}");
    assert_eq!(detected(&["svix-id", "svix-timestamp"]), [""; 0]);
    for name in names() {
        let sender = Sender::find(&name).unwrap();
        let headers = sender.header_names();
        assert_eq!(
            detected(&headers).contains(&name),
            !headers.is_empty(),
            "{name}"
        );
    }
    let result = options::detect(br#"{"headers":"stripe-signature"}"#);
    assert!(matches!(result, Err(ConfigError::InvalidOption { .. })));
}

/// Some senders sign another text for a GET, whose callback is its query.
mod gets {
    use super::*;
    use wallet_callback::error::{Code, Rejection};

    const REGISTERED: &str = "https://shop.example/callbacks?from=registered";

    fn sender(get: &str) -> Value {
        let sender = with(acme(), "/signedOnGet", json!(get));
        with(sender, "/payload", json!("json"))
    }

    fn verifier(get: &str) -> Verifier {
        let mut options = json!({ "sender": sender(get) });
        if get.contains("{url}") {
            options["url"] = json!(REGISTERED);
        }
        options::verifier(options.to_string().as_bytes(), given(&["a-secret"])).unwrap()
    }

    /// A callback with this tag, which `message` has under the secret.
    fn callback(method: &str, url: &str, message: &str) -> Callback {
        use hmac::{KeyInit, Mac};
        let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(b"a-secret").unwrap();
        mac.update(message.as_bytes());
        let tag = hex::encode(mac.finalize().into_bytes());
        Callback::default()
            .called(method, url)
            .with("acme-id", "7")
            .with("acme-time", NOW.to_string())
            .with("acme-signature", tag)
    }

    fn code(result: Result<Verdict, Rejection>) -> Option<Code> {
        result.err().map(|rejection| rejection.code())
    }

    #[test]
    fn have_their_query_behind_what_was_registered() {
        let verifier = verifier("{id}.{timestamp}.{url}");
        for (called, signed) in [
            (
                "https://proxy.example/x?a=1&b=2",
                "https://shop.example/callbacks?a=1&b=2",
            ),
            ("/callbacks?a=1", "https://shop.example/callbacks?a=1"),
            ("/callbacks", "https://shop.example/callbacks"),
        ] {
            let message = format!("7.{NOW}.{signed}");
            let result = callback("GET", called, &message).verify(&verifier);
            assert_eq!(code(result), None, "{called}");
        }
        for signed in [
            REGISTERED,
            "https://shop.example/callbacks?",
            "/callbacks?a=1",
            "",
        ] {
            let message = format!("7.{NOW}.{signed}");
            let result = callback("GET", "/callbacks?a=1", &message).verify(&verifier);
            assert_eq!(code(result), Some(Code::SignatureMismatch), "{signed}");
        }
    }

    #[test]
    fn have_no_body() {
        let verifier = verifier("{id}.{timestamp}.?{query}");
        let get = callback("GET", "/callbacks?a=1", &format!("7.{NOW}.?a=1"));
        assert_eq!(code(get.verify(&verifier)), None);
        for body in ["{}", "?a=1"] {
            let with_body = get.clone().with_body(body);
            let found = code(with_body.verify(&verifier));
            assert_eq!(found, Some(Code::SignatureMismatch), "{body}");
        }
        // The body of a POST that is what a GET signs.
        let post = callback("POST", "/callbacks", &format!("7.{NOW}.?a=1")).with_body("?a=1");
        assert_eq!(code(post.verify(&verifier)), Some(Code::SignatureMismatch));
        let post = callback("POST", "/callbacks?a=1", &format!("7.{NOW}.{{}}")).with_body("{}");
        assert_eq!(code(post.verify(&verifier)), None);
        let get = callback("GET", "/callbacks?a=1", &format!("7.{NOW}.{{}}")).with_body("{}");
        assert_eq!(code(get.verify(&verifier)), Some(Code::SignatureMismatch));
    }

    /// Or else it could reach into what is signed behind it.
    #[test]
    fn have_a_query_without_what_ends_it() {
        let verifier = verifier("{id}.{timestamp}.?{query}|");
        for (query, expected) in [
            ("a=1", None),
            ("a=1|b=2", Some(Code::SignatureMismatch)),
            ("a=é", Some(Code::SignatureMismatch)),
        ] {
            let get = callback(
                "GET",
                &format!("/callbacks?{query}"),
                &format!("7.{NOW}.?{query}|"),
            );
            assert_eq!(code(get.verify(&verifier)), expected, "{query}");
        }
        // At the end of what is signed it may hold anything.
        let verifier = self::verifier("{id}.{timestamp}.?{query}");
        let get = callback("GET", "/callbacks?a=1|é", &format!("7.{NOW}.?a=1|é"));
        assert_eq!(code(get.verify(&verifier)), None);
    }

    /// What a public key has signed may be for another customer of the sender: only the URL tells.
    #[test]
    fn of_a_public_key_are_all_that_is_taken_if_only_they_sign_the_url() {
        use ed25519_dalek::Signer;
        let key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
        let public = hex::encode(key.verifying_key().as_bytes());
        let acme = |signed: &str, get: &str| {
            json!({
                "name": "acme",
                "algorithm": "ed25519",
                "headers": { "signature": "acme-signature" },
                "signature": { "encoding": "hex" },
                "signed": signed,
                "signedOnGet": get
            })
        };
        let verify = |sender: Value, allows: bool, method: Option<&str>, message: &str| {
            let mut options = json!({ "sender": sender, "dangerouslyAllowUnsignedUrl": allows });
            if sender.to_string().contains("{url}") {
                options["url"] = json!(REGISTERED);
            }
            let verifier = try_verifier(&options, &public).unwrap();
            let signature = hex::encode(key.sign(message.as_bytes()).to_bytes());
            let mut callback = Callback::default().with("acme-signature", signature);
            callback.method = method.map(str::to_owned);
            callback.url = Some("/callbacks?a=1".to_owned());
            if method != Some("GET") {
                callback.body = b"{}".to_vec();
            }
            callback.verify(&verifier).map(drop)
        };
        let own = "https://shop.example/callbacks?a=1";
        for allows in [false, true] {
            let get = verify(acme("{body}", "{url}"), allows, Some("GET"), own);
            assert_eq!(get, Ok(()));
            for method in [None, Some("POST"), Some("PUT"), Some("get")] {
                let expected = match method {
                    _ if allows => Ok(()),
                    None => Err(Rejection::IncompleteRequest { part: "method" }),
                    Some(_) => Err(Rejection::UnsignedUrl),
                };
                let post = verify(acme("{body}", "{url}"), allows, method, "{}");
                assert_eq!(post, expected, "{method:?}");
            }
        }
        assert_eq!(Rejection::UnsignedUrl.code(), Code::UnsupportedSignature);
        // A query says nothing of the address, and a body that is signed with the address is as good.
        let query = verify(acme("{body}", "?{query}"), false, Some("POST"), "{}");
        assert_eq!(query, Ok(()));
        let message = format!("{REGISTERED}\n{{}}");
        let both = acme("{url}\n{body}", "{url}\n?{query}");
        assert_eq!(verify(both, false, Some("POST"), &message), Ok(()));
    }

    #[test]
    fn are_read_with_their_url() {
        for get in ["{id}.{timestamp}.?{query}", "{id}.{timestamp}.{url}"] {
            let verifier = verifier(get);
            let sender = verifier.sender();
            assert!(sender.reads_method() && sender.reads_url(), "{get}");
        }
        let plain = verifier_with(&acme().to_string(), "a-secret").unwrap();
        let sender = plain.sender();
        assert!(!sender.reads_method() && !sender.reads_url());
    }
}

mod signs {
    use super::*;

    fn signs(descriptor: &Value) -> wallet_callback::sender::Signs {
        let verifier = verifier_with(&descriptor.to_string(), "a-secret").unwrap();
        verifier.sender().signs()
    }

    #[test]
    fn a_type_is_signed_where_its_header_is_in_every_text_and_every_set() {
        let typed = |name: &str| with(acme(), "/type", json!({ "header": name }));
        for (descriptor, is_signed) in [
            (acme(), false),
            (with(acme(), "/type", json!({ "member": "type" })), true),
            (typed("acme-type"), false),
            (typed("acme-id"), true),
            (typed("acme-time"), true),
            (
                with(
                    typed("acme-type"),
                    "/signed",
                    json!("{id}.{timestamp}.{header:acme-type}.{body}"),
                ),
                true,
            ),
            // The header of another token.
            (
                with(
                    with(
                        typed("acme-client"),
                        "/headers/clientId",
                        json!("acme-client"),
                    ),
                    "/signed",
                    json!("{clientId}.{id}.{timestamp}.{body}"),
                ),
                true,
            ),
            (
                with(
                    with(typed("acme-key"), "/headers/keyId", json!("acme-key")),
                    "/signed",
                    json!("{keyId}.{id}.{timestamp}.{body}"),
                ),
                true,
            ),
            (
                with(
                    with(typed("acme-nonce"), "/headers/nonce", json!("acme-nonce")),
                    "/signed",
                    json!("{nonce}.{id}.{timestamp}.{body}"),
                ),
                true,
            ),
            // A key's name need not be signed.
            (
                with(typed("acme-key"), "/headers/keyId", json!("acme-key")),
                false,
            ),
            // What a GET signs leaves the header out.
            (
                with(
                    with(
                        typed("acme-type"),
                        "/signed",
                        json!("post {id}.{timestamp}.{header:acme-type}.{body}"),
                    ),
                    "/signedOnGet",
                    json!("get {id}.{timestamp}.{url}"),
                ),
                false,
            ),
            // Another set has another header.
            (
                with(
                    typed("acme-id"),
                    "/headers",
                    json!([
                        { "signature": "acme-signature", "timestamp": "acme-time", "id": "acme-id" },
                        { "signature": "other-signature", "timestamp": "acme-time", "id": "other-id" },
                    ]),
                ),
                false,
            ),
        ] {
            assert_eq!(signs(&descriptor).r#type, is_signed, "{descriptor}");
        }
    }

    #[test]
    fn a_get_that_is_signed_otherwise_proves_what_is_in_its_text() {
        let on_get = |descriptor: &Value| {
            let verifier = verifier_with(&descriptor.to_string(), "a-secret").unwrap();
            verifier.sender().signs_on_get()
        };
        assert_eq!(on_get(&acme()), None);
        for text in ["{url}", "?{query}"] {
            let get = with(
                acme(),
                "/signedOnGet",
                json!(format!("{{id}}.{{timestamp}}.{text}")),
            );
            let found = on_get(&get).unwrap();
            assert!(found.body && found.id && found.timestamp, "{text}");
            assert!(found.url && !found.method, "{text}");
        }
    }

    #[test]
    fn a_url_or_a_method_is_signed_where_it_is_for_a_body() {
        let plain = signs(&acme());
        assert!(plain.body && plain.id && plain.timestamp && !plain.url && !plain.method);
        let get = with(acme(), "/signedOnGet", json!("{id}.{timestamp}.{url}"));
        assert!(!signs(&get).url);
        let bare = with(acme(), "/signed", json!("{body}"));
        let bare = with(bare, "/headers", json!({ "signature": "acme-signature" }));
        let bare = signs(&with(bare, "/timestamp", None));
        assert!(bare.body && !bare.id && !bare.timestamp);
        for part in ["url", "path", "query"] {
            let signed = format!("{{method}}\n{{{part}}}\n{{id}}.{{timestamp}}.{{body}}");
            let found = signs(&with(acme(), "/signed", json!(signed)));
            assert!(found.url && found.method, "{part}");
        }
    }
}

mod refusals {
    use super::*;

    #[test]
    fn what_is_not_wrong_is_accepted() {
        assert_eq!(read(&acme()), Ok(()));
        assert_eq!(read(&labelled()), Ok(()));
    }

    #[test]
    fn an_unknown_member_is_named_with_its_place() {
        let problem = "unknown member \"sinature\" (did you mean \"signature\"?)";
        for (place, member) in [
            ("/sinature", "sender"),
            ("/headers/sinature", "sender.headers"),
        ] {
            refuses(&with(acme(), place, json!("x")), member, problem);
        }
        let known = "encoding, format, prefix, separator, assign, timestamp";
        for (name, known) in [("signature", known), ("timestamp", "unit, member")] {
            let descriptor = with(acme(), &format!("/{name}/sinature"), json!("x"));
            let problem = format!("unknown member \"sinature\" (known: {known})");
            refuses(&descriptor, &format!("sender.{name}"), &problem);
        }
        for name in ["type", "id"] {
            let place = json!({ "member": "a", "sinature": "x" });
            let descriptor = with(acme(), &format!("/{name}"), place);
            let problem = "unknown member \"sinature\" (known: member, fallback, header, unique)";
            refuses(&descriptor, &format!("sender.{name}"), problem);
        }
        let sets = json!([
            { "signature": "a", "timestamp": "b", "id": "c" },
            { "signature": "d", "sinature": "x" }
        ]);
        let descriptor = with(acme(), "/headers", sets);
        refuses(&descriptor, "sender.headers[1]", problem);
    }

    #[test]
    fn a_member_without_its_form_is_named() {
        const NAME: &str = "1 to 64 of a-z, 0-9 and inner hyphens";
        const HEADER: &str = "a header's name";
        const PATH: &str = "names of members with dots between them";
        const ALGORITHM: &str = "the name of an algorithm or an object of labels with theirs";
        const ALGORITHMS: &str = "one of \"hmac-sha1\", \"hmac-sha256\", \"hmac-sha512\", \
            \"keccak256\", \"ed25519\", \"ecdsa-p256-sha256\", \"ecdsa-secp256k1-sha256\", \
            \"rsa-pkcs1-sha256\", \"rsa-pkcs1-sha512\"";
        const LABEL: &str = "a label of 1 to 32 letters and digits";
        const HOST: &str = "a host name";
        const TOLERANCE: &str = "1 to 86400 seconds";
        for (place, value, expected, actual) in [
            ("/name", json!(""), NAME, "another string"),
            ("/name", json!("-acme"), NAME, "another string"),
            ("/name", json!("acme-"), NAME, "another string"),
            ("/name", json!("Acme"), NAME, "another string"),
            ("/name", json!("ac_me"), NAME, "another string"),
            ("/name", json!("a".repeat(65)), NAME, "another string"),
            ("/name", json!("ac--me"), NAME, "another string"),
            ("/name", json!(1), "a string", "1"),
            ("/title", json!(1), "a string", "1"),
            ("/docs", json!(null), "a string", "null"),
            (
                "/evidence",
                json!("seen"),
                "one of \"vector\", \"read\", \"second-hand\"",
                "another string",
            ),
            (
                "/algorithm",
                json!("hmac-sha3"),
                ALGORITHMS,
                "another string (did you mean \"hmac-sha1\"?)",
            ),
            (
                "/algorithm",
                json!("HMAC-SHA256"),
                ALGORITHMS,
                "another string (did you mean \"hmac-sha256\"?)",
            ),
            ("/algorithm", json!(null), ALGORITHM, "null"),
            ("/algorithm", json!(1), ALGORITHM, "1"),
            ("/algorithm", json!(-1), ALGORITHM, "-1"),
            ("/algorithm", json!(["hmac-sha256"]), ALGORITHM, "an array"),
            (
                "/algorithm",
                json!({}),
                "a label with its algorithm",
                "none",
            ),
            (
                "/algorithm",
                json!({ "v-1": "hmac-sha256" }),
                LABEL,
                "another string",
            ),
            (
                "/algorithm",
                json!({ "": "hmac-sha256" }),
                LABEL,
                "another string",
            ),
            ("/headers", json!([]), "one or more sets of headers", "none"),
            (
                "/headers/signature",
                json!("x-signature:"),
                HEADER,
                "another string",
            ),
            ("/headers/signature", json!(""), HEADER, "another string"),
            ("/headers/signature", json!("a b"), HEADER, "another string"),
            ("/headers/signature", json!("é"), HEADER, "another string"),
            (
                "/headers/signature",
                json!(":method"),
                HEADER,
                "another string",
            ),
            ("/headers/signature", json!(1), "a string", "1"),
            (
                "/headers/timestamp",
                json!("x time"),
                HEADER,
                "another string",
            ),
            ("/headers/id", json!("x-id "), HEADER, "another string"),
            ("/headers/nonce", json!(""), HEADER, "another string"),
            ("/headers/keyId", json!("x/key"), HEADER, "another string"),
            (
                "/expect",
                json!({ "x version": "1" }),
                HEADER,
                "another string",
            ),
            (
                "/signature/encoding",
                json!("base32"),
                "one of \"hex\", \"base64\", \"base64url\"",
                "another string (did you mean \"base64\"?)",
            ),
            (
                "/signature/format",
                json!("asn1"),
                "one of \"der\", \"raw\"",
                "another string",
            ),
            (
                "/signature/prefix",
                json!(" a"),
                "1 to 64 ascii characters, the first of them visible",
                "another string",
            ),
            ("/signed", json!(1), "a string", "1"),
            ("/signedOnGet", json!(1), "a string", "1"),
            (
                "/prehash",
                json!("sha512"),
                "one of \"sha256\", \"sha256-twice\"",
                "another string (did you mean \"sha256\"?)",
            ),
            (
                "/timestamp/unit",
                json!("us"),
                "one of \"s\", \"ms\", \"unix\", \"iso8601\", \"http-date\"",
                "another string (did you mean \"s\"?)",
            ),
            ("/timestamp/member", json!(""), PATH, "another string"),
            ("/timestamp/member", json!("a..b"), PATH, "another string"),
            ("/timestamp/member", json!(".a"), PATH, "another string"),
            ("/timestamp/member", json!("a."), PATH, "another string"),
            ("/toleranceSeconds", json!(0), TOLERANCE, "0"),
            ("/toleranceSeconds", json!(86_401), TOLERANCE, "86401"),
            ("/toleranceSeconds", json!(-1), "a whole number", "-1"),
            ("/toleranceSeconds", json!(1.5), "a whole number", "1.5"),
            (
                "/toleranceSeconds",
                json!("300"),
                "a whole number",
                "a string",
            ),
            (
                "/key",
                json!("raw"),
                "one of \"standard\", \"utf8\", \"utf8-trimmed\", \
                 \"utf8-without-first-hyphen\", \"hex\", \"base64\"",
                "another string",
            ),
            ("/keyHosts", json!("a.example"), "an array", "a string"),
            (
                "/payload",
                json!("xml"),
                "one of \"wallet-event\", \"json\", \"any\", \"form\"",
                "another string",
            ),
            ("/type", json!({}), "a member or a header", "neither"),
            (
                "/type",
                json!({ "member": "a", "header": "b" }),
                "a member or a header",
                "both",
            ),
            ("/id", json!({}), "a member or a header", "neither"),
            (
                "/rule",
                json!("none"),
                "one of \"sorted-json\", \"signed-member\", \"wrapped-signature\", \"hook0\", \
                 \"plisio\", \"jwt-member\", \"detached-jws\", \"jwt-header\"",
                "another string",
            ),
            (
                "/rule",
                json!("plain"),
                "one of \"sorted-json\", \"signed-member\", \"wrapped-signature\", \"hook0\", \
                 \"plisio\", \"jwt-member\", \"detached-jws\", \"jwt-header\"",
                "another string",
            ),
        ] {
            let member = format!("sender{}", place.replace('/', "."));
            let problem = format!("expected {expected}, got {actual}");
            refuses(&with(acme(), place, value), &member, &problem);
        }
        for (place, value, member, problem) in [
            (
                "/algorithm",
                json!({ "v1": "hmac-sha3" }),
                "algorithm.v1",
                format!("expected {ALGORITHMS}, got another string (did you mean \"hmac-sha1\"?)"),
            ),
            (
                "/algorithm",
                json!({ "v1": "hmac-sha256", "v2": 2 }),
                "algorithm.v2",
                format!("expected {ALGORITHMS}, got 2"),
            ),
            (
                "/expect",
                json!({ "x-version": 1 }),
                "expect[\"x-version\"]",
                "expected a string, got 1".to_owned(),
            ),
            (
                "/keyHosts",
                json!([1]),
                "keyHosts[0]",
                "expected a string, got 1".to_owned(),
            ),
        ] {
            let member = format!("sender.{member}");
            refuses(&with(acme(), place, value), &member, &problem);
        }
        for host in [
            "",
            "A.example",
            "https://a.example",
            "a.example/b",
            "a.example:8080",
        ] {
            let descriptor = with(acme(), "/keyHosts", json!(["a.example", host]));
            let problem = format!("expected {HOST}, got another string");
            refuses(&descriptor, "sender.keyHosts[1]", &problem);
        }
        for name in ["type", "id"] {
            for (inner, value, expected) in
                [("member", "a..b", PATH), ("header", "x event", HEADER)]
            {
                let descriptor = with(acme(), &format!("/{name}"), json!({ inner: value }));
                let problem = format!("expected {expected}, got another string");
                refuses(&descriptor, &format!("sender.{name}.{inner}"), &problem);
            }
        }
    }

    #[test]
    fn what_has_to_be_an_object_is_one() {
        for name in ["headers", "signature", "timestamp", "expect", "type", "id"] {
            for (value, actual) in [
                (json!(null), "null"),
                (json!("x"), "a string"),
                (json!(1), "1"),
            ] {
                let descriptor = with(acme(), &format!("/{name}"), value);
                let expected = match name {
                    "headers" => "an object or an array of objects",
                    _ => "an object",
                };
                let problem = format!("expected {expected}, got {actual}");
                refuses(&descriptor, &format!("sender.{name}"), &problem);
            }
        }
        let descriptor = with(acme(), "/headers", json!(["x"]));
        let problem = "expected an object, got a string";
        refuses(&descriptor, "sender.headers[0]", problem);
    }

    #[test]
    fn a_member_that_has_to_be_there_is_named() {
        for (place, expected) in [
            ("/name", "a value"),
            ("/algorithm", "a value"),
            ("/headers", "an object or an array of objects"),
            ("/headers/signature", "a value"),
            ("/signature", "an object"),
            ("/signature/encoding", "a value"),
            ("/signed", "a text with tokens"),
            ("/timestamp/unit", "a value"),
        ] {
            let member = format!("sender{}", place.replace('/', "."));
            let problem = format!("expected {expected}, got nothing");
            refuses(&with(acme(), place, None), &member, &problem);
        }
        let problem = "expected a value, got nothing";
        refuses(&json!({}), "sender.name", problem);
    }

    #[test]
    fn an_unknown_token_is_named() {
        const KNOWN: &str = "known: {body}, {id}, {timestamp}, {nonce}, {keyId}, {clientId}, \
                             {method}, {url}, {path}, {query}, {header:name}";
        for (token, problem) in [
            ("{bdy}", "unknown token {bdy} (did you mean {body}?)"),
            (
                "{timestmp}",
                "unknown token {timestmp} (did you mean {timestamp}?)",
            ),
            ("{payload}", &format!("unknown token {{payload}} ({KNOWN})")),
            ("{}", &format!("unknown token {{}} ({KNOWN})")),
            ("{Body}", "unknown token {Body} (did you mean {body}?)"),
            ("{ body }", "unknown token { body } (did you mean {body}?)"),
            (
                "{header:}",
                "unknown token {header:} (did you mean {header:name}?)",
            ),
            (
                "{header:a b}",
                "unknown token {header:a b} (did you mean {header:name}?)",
            ),
            (
                "{header::method}",
                "unknown token {header::method} (did you mean {header:name}?)",
            ),
            ("{body", "unknown token {body} (did you mean {body}?)"),
            ("{{body}", "unknown token {{body} (did you mean {body}?)"),
            (
                "${timestamp}",
                "expected {timestamp} without a dollar sign, got ${timestamp}",
            ),
            (
                "{id}${header:x-id}",
                "expected {header:x-id} without a dollar sign, got ${header:x-id}",
            ),
        ] {
            let signed = json!(format!("{{id}}.{{timestamp}}.{{body}}.{token}"));
            refuses(&with(acme(), "/signed", signed), "sender.signed", problem);
            let signed = json!(format!("{{id}}.{{timestamp}}.{{query}}.{token}"));
            let descriptor = with(acme(), "/signedOnGet", signed);
            refuses(&descriptor, "sender.signedOnGet", problem);
        }
    }

    #[test]
    fn a_choice_that_is_misspelt_is_told_the_nearest() {
        for (place, value, meant) in [
            ("/algorithm", "HMAC-SHA256", "hmac-sha256"),
            ("/algorithm", "sha256", "hmac-sha256"),
            ("/signature/encoding", "base64-url", "base64url"),
            ("/timestamp/unit", "http_date", "http-date"),
        ] {
            let descriptor = with(acme(), place, json!(value));
            let error = read(&descriptor).unwrap_err().to_string();
            let hint = format!("got another string (did you mean \"{meant}\"?)");
            assert!(error.ends_with(&hint), "{error}");
        }
    }

    #[test]
    fn an_id_has_one_place() {
        for id in [json!({ "header": "acme-event" }), json!({ "member": "id" })] {
            let both = with(acme(), "/id", id.clone());
            refuses(&both, "sender.id", "expected id or headers.id, got both");
            let other = with(acme(), "/headers/id", None);
            let other = with(other, "/signed", json!("{timestamp}.{body}"));
            assert_eq!(read(&with(other, "/id", id)), Ok(()));
        }
    }

    #[test]
    fn the_body_is_signed() {
        let problem = "expected {body} in it, got a text without";
        for signed in ["", "{id}.{timestamp}", "body", "}body{id}{timestamp}"] {
            let descriptor = with(acme(), "/signed", json!(signed));
            refuses(&descriptor, "sender.signed", problem);
        }
        for signed in [
            "{id}.{timestamp}.{body}{body}",
            "{body}.{id}.{timestamp}.{body}",
        ] {
            let descriptor = with(
                with(acme(), "/payload", json!("json")),
                "/signed",
                json!(signed),
            );
            let problem = "expected {body} once, got it several times";
            refuses(&descriptor, "sender.signed", problem);
        }
    }

    #[test]
    fn what_is_read_from_a_header_is_signed() {
        for (name, signed) in [
            ("timestamp", "{id}.{body}"),
            ("id", "{timestamp}.{body}"),
            ("nonce", "{id}.{timestamp}.{body}"),
        ] {
            let descriptor = with(acme(), "/signed", json!(signed));
            let header = json!(format!("acme-{name}"));
            let descriptor = with(descriptor, &format!("/headers/{name}"), header);
            let problem = format!("expected {{{name}}} in it, since only what is signed counts");
            refuses(&descriptor, "sender.signed", &problem);
        }
        let descriptor = with(labelled(), "/signed", json!("{body}"));
        let problem = "expected {timestamp} in it, since only what is signed counts";
        refuses(&descriptor, "sender.signed", problem);
    }

    #[test]
    fn a_token_has_a_header_in_every_set() {
        for (name, signed) in [
            ("timestamp", "{timestamp}.{body}"),
            ("id", "{id}.{body}"),
            ("nonce", "{nonce}.{body}"),
            ("keyId", "{keyId}.{body}"),
        ] {
            let problem = format!("expected headers.{name} for {{{name}}}, got none");
            let mut descriptor = with(acme(), "/signed", json!(signed));
            if name != "timestamp" {
                descriptor = with(descriptor, "/timestamp", None);
            }
            let bare = json!({ "signature": "acme-signature" });
            refuses(
                &with(descriptor.clone(), "/headers", bare.clone()),
                "sender.headers",
                &problem,
            );
            let full = with(json!({ "signature": "a" }), &format!("/{name}"), json!("b"));
            refuses(
                &with(descriptor, "/headers", json!([full, bare])),
                "sender.headers",
                &problem,
            );
        }
    }

    #[test]
    fn what_the_sender_is_told_can_be_an_answer() {
        let answering = |answer: Value| with(acme(), "/acknowledgement", answer);
        for answer in [
            json!({ "status": 200 }),
            json!({ "status": 204 }),
            json!({ "status": 299, "contentType": "text/plain", "body": "ok" }),
            json!({ "status": 200, "contentType": "text/plain; charset=utf-8", "body": "k".repeat(1024) }),
        ] {
            assert_eq!(read(&answering(answer)), Ok(()));
        }
        for status in [0, 199, 300, 500] {
            let problem = format!("expected 200 to 299, got {status}");
            let descriptor = answering(json!({ "status": status }));
            refuses(&descriptor, "sender.acknowledgement.status", &problem);
        }
        let pair = "expected body and contentType, or neither, got one of them";
        for answer in [
            json!({ "status": 200, "body": "ok" }),
            json!({ "status": 200, "contentType": "text/plain" }),
        ] {
            refuses(&answering(answer), "sender.acknowledgement", pair);
        }
        for status in [204, 205] {
            let answer = json!({ "status": status, "contentType": "text/plain", "body": "ok" });
            let problem = "expected none, since the status allows none, got one";
            refuses(&answering(answer), "sender.acknowledgement.body", problem);
        }
        for kind in [
            "",
            "text",
            "text/",
            "/plain",
            "text/plain, text/html",
            "a/b;\r\nx: y",
        ] {
            let answer = json!({ "status": 200, "contentType": kind, "body": "ok" });
            refuses(
                &answering(answer),
                "sender.acknowledgement.contentType",
                "expected a media type, got another string",
            );
        }
        for body in [String::new(), "k".repeat(1025)] {
            let answer = json!({ "status": 200, "contentType": "text/plain", "body": body });
            refuses(
                &answering(answer),
                "sender.acknowledgement.body",
                "expected 1 to 1024 bytes, got another string",
            );
        }
    }

    #[test]
    fn a_get_is_a_probe_or_a_delivery() {
        let probed = with(acme(), "/probes", json!(["HEAD", "GET"]));
        assert_eq!(read(&probed), Ok(()));
        let get = json!("{id}.{timestamp}.?{query}");
        let both = with(probed, "/signedOnGet", get.clone());
        refuses(
            &both,
            "sender.probes",
            "expected none by get beside signedOnGet, got one",
        );
        let head = with(acme(), "/probes", json!(["HEAD"]));
        assert_eq!(read(&with(head, "/signedOnGet", get)), Ok(()));
        refuses(
            &with(acme(), "/probes", json!(["get"])),
            "sender.probes[0]",
            "expected one of \"HEAD\", \"GET\", got another string (did you mean \"GET\"?)",
        );
    }

    #[test]
    fn decisions_are_told_by_their_type() {
        let decides = with(acme(), "/decisions", json!(["payment.pending"]));
        refuses(
            &decides,
            "sender.decisions",
            "expected none without a type, got one",
        );
        let typed = with(decides, "/type", json!({ "member": "type" }));
        assert_eq!(read(&typed), Ok(()));
        refuses(
            &with(acme(), "/types", json!(["a"])),
            "sender.types",
            "expected none without a type, got one",
        );
    }

    #[test]
    fn an_id_is_unique_if_it_is_signed() {
        let plain = with(acme(), "/headers/id", None);
        let plain = with(plain, "/signed", json!("{timestamp}.{body}"));
        let id = |place: Value| with(plain.clone(), "/id", place);
        assert_eq!(
            read(&id(
                json!({ "member": "a.b", "fallback": "c", "unique": true })
            )),
            Ok(())
        );
        refuses(
            &id(json!({ "header": "acme-id", "unique": true })),
            "sender.id.unique",
            "expected an id that is signed, got another",
        );
        let signed = json!("{header:acme-id}.{timestamp}.{body}");
        let in_header = id(json!({ "header": "acme-id", "unique": true }));
        assert_eq!(read(&with(in_header, "/signed", signed)), Ok(()));
        refuses(
            &with(acme(), "/type", json!({ "member": "type", "unique": true })),
            "sender.type",
            "expected unique for an id alone, got it",
        );
        let problem = "expected no fallback without a member, got one";
        let place = json!({ "header": "acme-id", "fallback": "c" });
        refuses(&id(place), "sender.id", problem);
        refuses(
            &id(json!({ "fallback": "c" })),
            "sender.id",
            "expected a member or a header, got neither",
        );
    }

    #[test]
    fn what_changes_on_retry_is_in_a_body_that_is_signed() {
        let changes = |paths: Value| with(acme(), "/changesOnRetry", paths);
        assert_eq!(read(&changes(json!(["a", "b.c"]))), Ok(()));
        refuses(
            &changes(json!(["a..b"])),
            "sender.changesOnRetry",
            "expected names of members with dots between them, got another text",
        );
        for (member, value) in [("/payload", "form"), ("/rule", "sorted-json")] {
            refuses(
                &with(changes(json!(["a"])), member, json!(value)),
                "sender.changesOnRetry",
                "expected none, since the body is not what is signed, got one",
            );
        }
    }

    #[test]
    fn the_time_has_one_source_and_a_unit() {
        let problem = "expected one source of the time and its unit: headers.timestamp, \
                       signature.timestamp or timestamp.member";
        for descriptor in [
            with(acme(), "/timestamp", None),
            with(acme(), "/timestamp/member", json!("sentAt")),
            with(labelled(), "/timestamp", None),
            with(labelled(), "/timestamp/member", json!("sentAt")),
            with(labelled(), "/headers/timestamp", json!("acme-time")),
            with(
                with(labelled(), "/signature/timestamp", None),
                "/signed",
                json!("{body}"),
            ),
        ] {
            refuses(&descriptor, "sender.timestamp", problem);
        }
    }

    /// A date of HTTP has a comma, which would end its entry.
    #[test]
    fn a_date_in_a_list_is_not_split() {
        let dated = with(labelled(), "/timestamp/unit", json!("http-date"));
        let dated = with(dated, "/signed", json!("{timestamp}|{body}"));
        let problem = "expected a time without commas in a list, got http-date";
        refuses(&dated, "sender.timestamp.unit", problem);
        let dated = with(dated, "/signature/separator", json!(";"));
        assert_eq!(read(&dated), Ok(()));
    }

    #[test]
    fn labels_belong_to_lists_and_prefixes_to_what_is_no_list() {
        for (descriptor, name, value, problem) in [
            (acme(), "timestamp", "t", "without labels in algorithm"),
            (acme(), "separator", ",", "without labels in algorithm"),
            (acme(), "assign", "=", "without labels in algorithm"),
            (
                labelled(),
                "prefix",
                "sha256=",
                "before labelled signatures",
            ),
        ] {
            let descriptor = with(descriptor, &format!("/signature/{name}"), json!(value));
            let problem = format!("expected none {problem}, got one");
            refuses(&descriptor, &format!("sender.signature.{name}"), &problem);
        }
        const SEPARATOR: &str = "one of \",\", \" \", \";\", got another string";
        const ASSIGN: &str = "one of \"=\", \",\", got another string";
        const LABEL: &str = "a label of 1 to 32 letters and digits, got another string";
        for (name, value, expected) in [
            ("separator", "|", SEPARATOR),
            ("separator", "", SEPARATOR),
            ("separator", "::", SEPARATOR),
            ("assign", ":", ASSIGN),
            ("assign", " ", ASSIGN),
            ("timestamp", "", LABEL),
            ("timestamp", "t=", LABEL),
            ("timestamp", &"t".repeat(33), LABEL),
            (
                "timestamp",
                "v1",
                "a label that no signature has, got one of them",
            ),
            // The separator is a comma where none is named.
            (
                "assign",
                ",",
                "another character than the separator, got the same",
            ),
        ] {
            let descriptor = with(labelled(), &format!("/signature/{name}"), json!(value));
            let problem = format!("expected {expected}");
            refuses(&descriptor, &format!("sender.signature.{name}"), &problem);
        }
    }

    /// Names of headers have no letter case (RFC 9110, section 5.1), and a prefix may be a word.
    #[test]
    fn names_of_headers_come_in_any_letter_case() {
        let descriptor = json!({
            "name": "acme",
            "algorithm": "hmac-sha256",
            "headers": { "signature": "X-Acme-Signature", "timestamp": "X-Acme-Time" },
            "expect": { "X-Acme-Version": "1" },
            "signature": { "encoding": "hex", "prefix": "HMAC-SHA256 " },
            "signed": "{timestamp}.{header:X-Acme-Tenant}.{body}",
            "timestamp": { "unit": "s" },
            "type": { "header": "X-Acme-Type" },
            "id": { "header": "X-Acme-Id" }
        });
        let verifier = verifier_with(&descriptor.to_string(), "secret").unwrap();
        assert_eq!(
            verifier.sender().header_names(),
            [
                "x-acme-time",
                "x-acme-signature",
                "x-acme-version",
                "x-acme-type",
                "x-acme-id",
                "x-acme-tenant",
            ]
        );
    }

    #[test]
    fn what_is_signed_on_get_has_the_query_and_no_body() {
        for (signed, problem) in [
            (
                "{id}.{timestamp}",
                "expected {query} or {url} and no {body} in it",
            ),
            (
                "{id}.{timestamp}.{path}",
                "expected {query} or {url} and no {body} in it",
            ),
            (
                "{id}.{timestamp}.{url}.{body}",
                "expected {query} or {url} and no {body} in it",
            ),
            // What a request brings along may start with anything.
            (
                "{timestamp}.{id}{url}",
                "expected a text behind {id} that {id} cannot hold, got {url}",
            ),
            (
                "{timestamp}.{id}{path}?{query}",
                "expected a text behind {id} that {id} cannot hold, got {path}",
            ),
        ] {
            let descriptor = with(acme(), "/signedOnGet", json!(signed));
            refuses(&descriptor, "sender.signedOnGet", problem);
        }
        for signed in [
            "{id}.{timestamp}.?{query}",
            "{id}.{timestamp}.{url}",
            "{id}.{timestamp}.https://shop.example/?{query}",
            "get {id}.{timestamp}.{query}",
        ] {
            let mut descriptor = with(acme(), "/signedOnGet", json!(signed));
            if signed.starts_with("get") {
                descriptor["signed"] = json!("post {id}.{timestamp}.{body}");
            }
            assert_eq!(read(&descriptor), Ok(()), "{signed}");
        }
    }

    /// Or else what a GET signs could be delivered as the body of a POST.
    #[test]
    fn what_is_signed_on_get_is_no_body() {
        for signed in [
            "{id}.{timestamp}.{query}",
            "{id}.{timestamp}.a{query}",
            "{id}.{timestamp}{query}",
            "{id}.{timestamp}..{query}",
        ] {
            let problem = "expected what signed has before {body}, and then {url}, `?` or `/`";
            let descriptor = with(acme(), "/signedOnGet", json!(signed));
            let refused = read(&descriptor).unwrap_err().to_string();
            let expected = format!("sender.signedOnGet: {problem}");
            assert!(refused == expected || signed.contains("}{"), "{refused}");
        }
    }

    /// Or else a signature of a GET could be that of a POST whose header or id holds the query.
    #[test]
    fn what_a_get_and_a_body_sign_part_at_the_body() {
        let headers = json!({ "signature": "x-signature", "timestamp": "x-time", "id": "x-id" });
        for (signed, get) in [
            (
                "{timestamp}|{id}|{header:x-a}|{body}",
                "{timestamp}|{id}|?{query}|{header:x-a}",
            ),
            ("{timestamp}.{id}{body}", "{timestamp}.{id}?{query}"),
            ("{timestamp}.{id}{body}", "{timestamp}.{id}h{query}"),
            (
                "{timestamp}.{id}.{header:x-a}{body}",
                "{timestamp}.{id}.{header:x-a}/{query}",
            ),
        ] {
            let mut descriptor = with(acme(), "/headers", headers.clone());
            for (name, value) in [
                ("signed", signed),
                ("signedOnGet", get),
                ("payload", "json"),
            ] {
                descriptor = with(descriptor, &format!("/{name}"), json!(value));
            }
            let error = read(&descriptor).unwrap_err().to_string();
            assert!(error.starts_with("sender.signedOnGet: "), "{get}: {error}");
        }
    }

    /// Or else the time of a GET would be what anybody writes into a header.
    #[test]
    fn what_is_signed_on_get_has_the_time_too() {
        for signed in ["{id}.{query}", "{id}.{url}"] {
            let descriptor = with(acme(), "/signedOnGet", json!(signed));
            let error = read(&descriptor).unwrap_err().to_string();
            assert!(error.starts_with("sender.signedOnGet: "), "{error}");
        }
    }

    #[test]
    fn a_public_key_has_no_form_of_a_secret() {
        for algorithm in ["ed25519", "rsa-pkcs1-sha256", "ecdsa-p256-sha256"] {
            let descriptor = with(acme(), "/algorithm", json!(algorithm));
            let descriptor = with(descriptor, "/key", json!("utf8"));
            let problem = "expected no key form, since public keys tell their own, got one";
            refuses(&descriptor, "sender.key", problem);
        }
    }

    #[test]
    fn only_ecdsa_has_formats() {
        let problem = "expected no format, since only ecdsa has several, got one";
        for algorithm in ["hmac-sha256", "ed25519", "rsa-pkcs1-sha256"] {
            let descriptor = with(acme(), "/algorithm", json!(algorithm));
            let descriptor = with(descriptor, "/signature/format", json!("raw"));
            refuses(&descriptor, "sender.signature.format", problem);
        }
    }

    #[test]
    fn only_rsa_has_keys_of_many_lengths() {
        let with_bits = |algorithm: &str, bits: Value| {
            let descriptor = with(acme(), "/algorithm", json!(algorithm));
            with(descriptor, "/minRsaBits", bits)
        };
        for algorithm in ["hmac-sha256", "ed25519", "ecdsa-p256-sha256"] {
            let problem = "expected none, since only rsa has keys of many lengths, got one";
            let descriptor = with_bits(algorithm, json!(1024));
            refuses(&descriptor, "sender.minRsaBits", problem);
        }
        for bits in [0, 512, 1023, 4097] {
            let problem = format!("expected 1024 to 4096 bits, got {bits}");
            let descriptor = with_bits("rsa-pkcs1-sha256", json!(bits));
            refuses(&descriptor, "sender.minRsaBits", &problem);
        }
    }

    /// Only Standard Webhooks says how to tell a secret from a public key.
    #[test]
    fn algorithms_need_keys_of_one_kind() {
        let problem = "expected what the rule and the key form take, got another";
        let both = |other: &str| {
            let algorithms = json!({ "v1": "hmac-sha256", "v2": other });
            with(labelled(), "/algorithm", algorithms)
        };
        let standard = |descriptor| with(descriptor, "/key", json!("standard"));
        let result = verifier_with(&standard(both("ed25519")).to_string(), SECRET);
        assert_eq!(result.map(drop), Ok(()));
        assert_eq!(read(&both("hmac-sha512")), Ok(()));
        for descriptor in [both("ed25519"), standard(both("ecdsa-p256-sha256"))] {
            refuses(&descriptor, "sender.algorithm", problem);
        }
    }

    /// The rule of Coinbase reads its two labels, in hex, and the time in seconds.
    #[test]
    fn hook0_has_one_form() {
        let rows = rows();
        let row = rows.into_iter().find(|row| row["rule"] == "hook0").unwrap();
        let (sha256, sha512) = ("hmac-sha256", "hmac-sha512");
        assert_eq!(read(&row), Ok(()));
        let problem = "expected what the rule and the key form take, got another";
        for (place, value) in [
            ("/algorithm", json!({ "v1": sha256 })),
            ("/algorithm", json!({ "v0": sha256, "v2": sha256 })),
            ("/algorithm", json!({ "v0": sha512, "v1": sha256 })),
            ("/algorithm", json!({ "v0": sha512, "v1": sha512 })),
            ("/signature/timestamp", json!("time")),
            ("/signature/encoding", json!("base64")),
            ("/timestamp/unit", json!("ms")),
        ] {
            let descriptor = with(row.clone(), place, value);
            refuses(&descriptor, "sender.algorithm", problem);
        }
    }

    /// Who signs with a key of fewer than 2,048 bits.
    #[test]
    fn short_rsa_keys_are_exceptions() {
        let rows = rows();
        let short = rows.iter().filter(|row| row.get("minRsaBits").is_some());
        let short: Vec<_> = short.map(|row| row["name"].as_str().unwrap()).collect();
        // The key of Bybit Pay's published example has 1,024 bits, too.
        assert_eq!(short, ["bybit-pay", "cryptapi"]);
    }

    #[test]
    fn there_are_at_most_16_headers() {
        let expect = |count: usize| {
            let header = |index| (format!("x-{index}"), json!("1"));
            Value::Object((0..count).map(header).collect())
        };
        assert_eq!(read(&with(acme(), "/expect", expect(13))), Ok(()));
        let problem = "expected at most 16 headers, got more";
        let descriptor = with(acme(), "/expect", expect(14));
        refuses(&descriptor, "sender.headers", problem);
        // One header counts once, wherever it is named.
        let descriptor = with(acme(), "/expect", expect(13));
        let descriptor = with(descriptor, "/type", json!({ "header": "acme-id" }));
        assert_eq!(read(&descriptor), Ok(()));
    }

    #[test]
    fn edges_are_inside() {
        for (place, value) in [
            ("/name", json!("a")),
            ("/name", json!("a".repeat(64))),
            ("/name", json!("0-9")),
            ("/toleranceSeconds", json!(1)),
            ("/toleranceSeconds", json!(86_400)),
            ("/signature/prefix", json!("v".repeat(64))),
            ("/keyHosts", json!([])),
            ("/expect", json!({})),
            ("/headers/keyId", json!("x".repeat(128))),
        ] {
            assert_eq!(read(&with(acme(), place, value)), Ok(()), "{place}");
        }
    }
}

/// A callback that a sender of this descriptor signs, ready to be verified.
struct Exchange {
    sender: String,
    key: &'static str,
    body: String,
    method: &'static str,
    details: Value,
}

const URL: &str = "https://receiver.example/callbacks?a=1&b=2";

impl Exchange {
    fn new(descriptor: &Value) -> Self {
        Self {
            sender: descriptor.to_string(),
            key: match descriptor["key"].as_str() {
                Some("standard") => SECRET,
                Some("hex") => "00112233445566778899aabbccddeeff",
                Some("base64") => "AAECAwQFBgcICQoLDA0ODw==",
                _ => "a-shared-secret",
            },
            body: body(descriptor),
            method: "POST",
            // Digits that no literal of the table starts with may stand before any of them.
            details: json!({
                "id": "7",
                "timestamp": NOW,
                "nonce": "7",
                "keyId": "7",
                "clientId": "7",
                "url": URL,
                "headers": token_headers(descriptor),
            }),
        }
    }

    /// Signs and verifies.
    fn run(&self) -> Result<Result<Verdict, String>, ConfigError> {
        let mut options = self.details.clone();
        options["method"] = json!(self.method);
        options["sender"] = serde_json::from_str(&self.sender).unwrap();
        let options = options.to_string();
        let signed = options::sign(
            options.as_bytes(),
            Ok(given_key(self.key)),
            self.body.as_bytes(),
            NOW,
            || unreachable!("everything is given"),
        )?;
        let mut callback = Callback {
            headers: Vec::new(),
            body: signed.body.unwrap_or_else(|| self.body.clone()).into(),
            ..Callback::default()
        };
        for (name, value) in signed.headers {
            callback.headers.push((name, value.into_bytes()));
        }
        callback = callback.called(self.method, URL);
        let verifier = verifier_with(&self.sender, self.key)?;
        let verdict = callback.verify(&verifier);
        Ok(verdict.map_err(|rejection| format!("{rejection:?}")))
    }
}

/// A value for each header that only the signed text or the event names.
fn token_headers(descriptor: &Value) -> Value {
    let mut headers = serde_json::Map::new();
    for name in ["signed", "signedOnGet"] {
        let signed = descriptor[name].as_str().unwrap_or_default();
        for token in signed.split("{header:").skip(1) {
            let (name, _) = token.split_once('}').unwrap();
            headers.insert(name.to_owned(), json!("7"));
        }
    }
    if let Some(name) = descriptor["type"]["header"].as_str() {
        headers.insert(name.to_owned(), json!("7"));
    }
    Value::Object(headers)
}

/// A body that the sender may post, with the time where it has to be.
fn body(descriptor: &Value) -> String {
    if descriptor["payload"] == "form" {
        return "a=1&b=%C3%A9+".to_owned();
    }
    let mut body: Value = serde_json::from_str(BODY).unwrap();
    body["payload"] = json!({ "z": [1, { "b": 1, "a": null }], "a": "é\n" });
    if let Some(path) = descriptor["timestamp"]["member"].as_str() {
        let time = match descriptor["timestamp"]["unit"].as_str().unwrap() {
            "s" | "unix" => json!(NOW),
            "ms" => json!(NOW * 1000),
            "iso8601" => json!("2023-11-14T22:13:20"),
            _ => json!("Tue, 14 Nov 2023 22:13:20 GMT"),
        };
        // Of some bodies, this member alone is signed.
        put(&mut body["payload"], path, &time);
        put(&mut body, path, &time);
    }
    body.to_string()
}

fn put(mut place: &mut Value, path: &str, value: &Value) {
    for name in path.split('.') {
        if !place.is_object() {
            *place = json!({});
        }
        place = &mut place[name];
    }
    *place = value.clone();
}

/// Whether signer and receiver share a secret.
fn is_secret(descriptor: &Value) -> bool {
    let is_mac = |name: &Value| {
        let name = name.as_str().unwrap();
        name.starts_with("hmac-") || name == "keccak256"
    };
    match &descriptor["algorithm"] {
        Value::Object(labels) => labels.values().all(is_mac),
        name => is_mac(name),
    }
}

#[test]
fn every_sender_with_a_secret_is_signed_for_and_verified() {
    let mut count = 0;
    for row in rows().into_iter().filter(is_secret) {
        let mut exchange = Exchange::new(&row);
        let verdict = exchange.run().unwrap();
        assert!(verdict.is_ok(), "{verdict:?} {row}");
        count += 1;
        if row.get("signedOnGet").is_some() {
            exchange.method = "GET";
            exchange.body.clear();
            let verdict = exchange.run().unwrap();
            assert!(verdict.is_ok(), "{verdict:?} {row}");
        }
    }
    assert!(count > 30, "{count}");
}

mod fuzz {
    use super::*;

    /// Every object, array and scalar value of the table.
    fn values(rows: &[Value]) -> Vec<Value> {
        fn collect(value: &Value, all: &mut Vec<Value>) {
            all.push(value.clone());
            match value {
                Value::Object(members) => members.values().for_each(|value| collect(value, all)),
                Value::Array(elements) => elements.iter().for_each(|value| collect(value, all)),
                _ => {}
            }
        }
        let mut all = vec![json!(null), json!(true), json!(0), json!(1.5), json!("")];
        rows.iter().for_each(|row| collect(row, &mut all));
        all
    }

    /// A value somewhere inside.
    fn somewhere<'v>(random: &mut Random, value: &'v mut Value) -> &'v mut Value {
        let length = match &*value {
            Value::Object(members) => members.len(),
            Value::Array(elements) => elements.len(),
            _ => 0,
        };
        if length == 0 || random.below(4) == 0 {
            return value;
        }
        let index = random.below(length);
        let inner = match value {
            Value::Object(members) => members.values_mut().nth(index),
            Value::Array(elements) => elements.get_mut(index),
            _ => None,
        };
        somewhere(random, inner.unwrap())
    }

    /// Takes something out, puts something of another row in, or spoils a text.
    fn mutate(random: &mut Random, descriptor: &mut Value, rows: &[Value], all: &[Value]) {
        let other = random.pick(rows).as_object().unwrap();
        let (name, member) = other.iter().nth(random.below(other.len())).unwrap();
        match random.below(5) {
            0 | 1 => descriptor[name.as_str()] = member.clone(),
            2 => drop(descriptor.as_object_mut().unwrap().remove(name)),
            3 => {
                let place = descriptor.as_object_mut().unwrap();
                let index = random.below(place.len());
                let place = place.values_mut().nth(index).unwrap();
                *somewhere(random, place) = random.pick(all).clone();
            }
            _ => {
                let place = descriptor.as_object_mut().unwrap();
                let index = random.below(place.len());
                let place = place.values_mut().nth(index).unwrap();
                if let Value::String(text) = somewhere(random, place) {
                    let mut characters: Vec<_> = text.chars().collect();
                    let at = random.below(characters.len() + 1);
                    match random.below(3) {
                        0 if at < characters.len() => drop(characters.remove(at)),
                        1 => characters.insert(at, *random.pick(&['{', '}', '.', ',', 'é'])),
                        _ => characters.insert(at, *random.pick(&['a', '=', ' ', '-', '\n'])),
                    }
                    *text = characters.into_iter().collect();
                }
            }
        }
    }

    /// Whether nothing in it is beside the point: what a rule fixes itself, a member of a form, one
    /// header for two purposes, or a date with a comma among entries with commas between them.
    fn is_to_the_point(descriptor: &Value) -> bool {
        // What a header has to be cannot be known of one that has a part of its own.
        let expected = descriptor["expect"].as_object();
        let names: Vec<_> = expected.into_iter().flat_map(|all| all.keys()).collect();
        let sets = descriptor["headers"].to_string();
        // Of headers that a callback itself names as signed, `sign` knows those of the event alone.
        let is_event = |member: &str| descriptor[member]["header"].is_string();
        let has_covered = descriptor["rule"] != "hook0" || is_event("type") || is_event("id");
        has_covered
            && !names
                .iter()
                .any(|name| sets.contains(&format!("\"{name}\"")))
    }

    /// Whatever is accepted has a callback that verifies, and the reason for a refusal names a member.
    #[test]
    fn descriptors_of_parts_of_others_are_refused_or_work() {
        let rows = rows();
        let all = values(&rows);
        let mut random = Random::new(0x9e37_79b9_7f4a_7c15);
        let (mut refused, mut verified) = (0, 0);
        for _ in 0..6_000 {
            let mut descriptor = random.pick(&rows).clone();
            for _ in 0..=random.below(3) {
                mutate(&mut random, &mut descriptor, &rows, &all);
            }
            match read(&descriptor) {
                Err(ConfigError::InvalidSender { member, .. }) => {
                    refused += 1;
                    assert!(member.starts_with("sender"), "{member}");
                    continue;
                }
                Ok(()) | Err(ConfigError::InvalidKey { .. }) => {}
                Err(other) => unreachable!("{other:?} {descriptor}"),
            }
            if is_secret(&descriptor) && is_to_the_point(&descriptor) {
                let verdict = Exchange::new(&descriptor).run();
                assert!(matches!(verdict, Ok(Ok(_))), "{verdict:?} {descriptor}");
                verified += 1;
            }
        }
        assert!(refused > 1_000 && verified > 1_000, "{refused} {verified}");
    }

    #[test]
    fn spoilt_text_never_panics() {
        let rows = rows();
        let mut random = Random::new(0x2545_f491_4f6c_dd1d);
        for _ in 0..6_000 {
            let mut bytes = random.pick(&rows).to_string().into_bytes();
            for _ in 0..=random.below(3) {
                let at = random.below(bytes.len());
                match random.below(4) {
                    0 => bytes[at] = random.byte(),
                    1 if bytes.len() > 1 => drop(bytes.remove(at)),
                    2 => bytes.insert(at, *random.pick(b"{}[]\",:\\\0 ")),
                    _ => bytes.truncate(at.max(1)),
                }
            }
            let start = br#"{"sender":"#;
            let options = [start.as_slice(), &bytes, b"}"].concat();
            let _ = options::verifier(&options, given(&["secret"]));
        }
    }
}

#[test]
fn the_default_sender_is_the_first_of_the_table() {
    let table: Value = serde_json::from_str(TABLE).unwrap();
    let described = json!({ "sender": table[0] }).to_string();
    let [default, described] = ["{}", &described].map(|json| {
        let verifier = options::verifier(json.as_bytes(), given(&[SECRET])).unwrap();
        format!("{:?}", verifier.sender())
    });
    assert_eq!(default, described);
}
