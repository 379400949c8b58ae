//! Each cause is found where it is there, for certain only where it is proven, and nothing that is
//! answered gives a secret away.

use std::collections::HashSet;
use std::sync::LazyLock;

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use wallet_callback::error::ConfigError;
use wallet_callback::explain::{
    BUDGET_MILLISECONDS, CauseCode, Certainty, Explanation, Input, Verdict, explain,
};
use wallet_callback::freshness::Tolerance;
use wallet_callback::key::{KeyInput, KeySource};
use wallet_callback::options::{self, GivenKeys};
use wallet_callback::request::Request;
use wallet_callback::sender::{self, Sender};

const NOW: u64 = 1_700_000_000;
const ID: &str = "msg_2b1Xc9";
const BODY: &str = "{\"type\":\"test.event\",\"timestamp\":\"2023-11-14T22:13:20Z\",\"data\":{\"name\":\"Zoë\",\"url\":\"https://a.example/b\",\"n\":[1,2]}}";

/// Senders of every form: a list with labels and base64, one with labels and hex, a prefix, bare
/// base64 of SHA-512, bare hex.
const SENDERS: [&str; 5] = ["tp-wallet", "stripe", "github", "tatum", "lightspark"];

/// Read once: the table takes longer than most explanations.
static TABLE: LazyLock<Vec<Sender>> = LazyLock::new(sender::all);

#[derive(Clone)]
struct Callback {
    sender: &'static str,
    named: bool,
    keys: Vec<(Option<String>, Key)>,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    method: Option<String>,
    url: Option<String>,
    registered: Option<String>,
    now: u64,
    budget: u64,
    max_body_bytes: Option<usize>,
    /// What may stand in no answer.
    secrets: Vec<Vec<u8>>,
}

#[derive(Clone, PartialEq, Eq)]
enum Key {
    Text(String),
    Bytes(Vec<u8>),
}

/// A key's text and its bytes.
fn key_of(sender: &str) -> (String, Vec<u8>) {
    let bytes: Vec<u8> = (1..=32_u8).map(|byte| byte.wrapping_mul(37)).collect();
    match sender {
        "tp-wallet" | "standard-webhooks" | "svix" => (format!("whsec_{}", base64(&bytes)), bytes),
        "stripe" => {
            let text = "whsec_5WbX5kEWLlfzsGNjH64I8lOOqUB6e8FH".to_owned();
            (text.clone(), text.into_bytes())
        }
        _ => {
            let text = "c354b83b-d31b-4dda-9bab-d6a67715a1ed".to_owned();
            (text.clone(), text.into_bytes())
        }
    }
}

fn base64(bytes: &[u8]) -> String {
    <base64ct::Base64 as base64ct::Encoding>::encode_string(bytes)
}

fn base64_url(bytes: &[u8]) -> String {
    <base64ct::Base64UrlUnpadded as base64ct::Encoding>::encode_string(bytes)
}

fn hmac256(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

fn hmac512(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha512>::new_from_slice(key).unwrap();
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

fn hmac1(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha1>::new_from_slice(key).unwrap();
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

impl Callback {
    /// A genuine callback over the default body.
    fn genuine(sender: &'static str) -> Self {
        Self::over(sender, BODY)
    }

    /// A genuine callback.
    fn over(sender: &'static str, body: impl AsRef<[u8]>) -> Self {
        Self::at(sender, body, ID, NOW)
    }

    fn at(sender: &'static str, body: impl AsRef<[u8]>, id: &str, time: u64) -> Self {
        let body = body.as_ref();
        let (text, key) = key_of(sender);
        let with_id = [format!("{id}.{time}.").as_bytes(), body].concat();
        let with_time = [format!("{time}.").as_bytes(), body].concat();
        let (headers, tag): (Vec<(&str, String)>, _) = match sender {
            "tp-wallet" | "standard-webhooks" => {
                let tag = hmac256(&key, &with_id);
                let signature = format!("v1,{}", base64(&tag));
                let headers = vec![
                    ("webhook-id", id.to_owned()),
                    ("webhook-timestamp", time.to_string()),
                    ("webhook-signature", signature),
                ];
                (headers, tag)
            }
            "stripe" => {
                let tag = hmac256(&key, &with_time);
                let signature = format!("t={time},v1={}", hex::encode(&tag));
                (vec![("stripe-signature", signature)], tag)
            }
            "github" => {
                let tag = hmac256(&key, body);
                let signature = format!("sha256={}", hex::encode(&tag));
                (vec![("x-hub-signature-256", signature)], tag)
            }
            "tatum" => {
                let tag = hmac512(&key, body);
                (vec![("x-payload-hash", base64(&tag))], tag)
            }
            "lightspark" => {
                let tag = hmac256(&key, body);
                (vec![("lightspark-signature", hex::encode(&tag))], tag)
            }
            other => panic!("{other} is not signed here"),
        };
        let mut callback = Self {
            sender,
            named: true,
            keys: vec![(None, Key::Text(text))],
            headers: Vec::new(),
            body: body.to_vec(),
            method: None,
            url: None,
            registered: None,
            now: NOW,
            budget: BUDGET_MILLISECONDS,
            max_body_bytes: None,
            secrets: Vec::new(),
        };
        callback.hide(&key);
        callback.hide(&tag);
        for (name, value) in headers {
            callback.headers.push((name.to_owned(), value.into_bytes()));
        }
        callback
    }

    /// Remembers that these bytes may be shown in no encoding.
    fn hide(&mut self, bytes: &[u8]) {
        let encoded = base64(bytes);
        self.secrets.extend([
            bytes.to_vec(),
            hex::encode(bytes).into_bytes(),
            hex::encode_upper(bytes).into_bytes(),
            encoded.trim_end_matches('=').as_bytes().to_vec(),
            encoded.to_ascii_lowercase().into_bytes(),
            base64_url(bytes).into_bytes(),
        ]);
    }

    fn with_body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = body.as_ref().to_vec();
        self
    }

    fn with_key(mut self, key: impl Into<String>) -> Self {
        self.keys = vec![(None, Key::Text(key.into()))];
        self
    }

    fn with_key_bytes(mut self, key: &[u8]) -> Self {
        self.keys = vec![(None, Key::Bytes(key.to_vec()))];
        self
    }

    fn key(&self) -> String {
        match &self.keys[0].1 {
            Key::Text(text) => text.clone(),
            Key::Bytes(_) => panic!("the key is text"),
        }
    }

    fn with(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.retain(|(other, _)| other != name);
        self.headers
            .push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(other, _)| other != name);
        self
    }

    /// Changes the value of every header.
    fn map(mut self, change: impl Fn(&str) -> String) -> Self {
        for (_, value) in &mut self.headers {
            *value = change(str::from_utf8(value).unwrap()).into_bytes();
        }
        self
    }

    /// Changes the value of the header with the signature.
    fn map_signature(mut self, change: impl Fn(&str) -> String) -> Self {
        let (_, value) = self.headers.last_mut().unwrap();
        *value = change(str::from_utf8(value).unwrap()).into_bytes();
        self
    }

    fn signature(&self) -> &str {
        str::from_utf8(&self.headers.last().unwrap().1).unwrap()
    }

    fn explain(&self) -> Explanation {
        let sender = TABLE.iter().find(|one| one.name() == self.sender).unwrap();
        let headers: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()))
            .collect();
        let keys: Vec<_> = self
            .keys
            .iter()
            .map(|(id, key)| KeyInput {
                id: id.clone(),
                source: match key {
                    Key::Text(text) => KeySource::text(text),
                    Key::Bytes(bytes) => KeySource::bytes(bytes),
                },
            })
            .collect();
        let explanation = explain(&Input {
            sender: self.named.then_some(sender),
            keys: &keys,
            request: Request {
                body: &self.body,
                headers: &headers,
                method: self.method.as_deref(),
                url: self.url.as_deref(),
                registered_url: self.registered.as_deref(),
                ip: None,
            },
            now: self.now,
            client_id: None,
            tolerance: Tolerance::from_seconds(300).ok(),
            max_body_bytes: self.max_body_bytes,
            budget_milliseconds: self.budget,
        });
        self.refuse_leaks(&explanation);
        explanation
    }

    /// No answer holds a secret, a valid signature, or a part of one.
    fn refuse_leaks(&self, explanation: &Explanation) {
        const PART: usize = 8;
        let json = serde_json::to_string(explanation).unwrap();
        let said: HashSet<&[u8]> = json.as_bytes().windows(PART).collect();
        let texts = self.keys.iter().map(|(_, key)| match key {
            Key::Text(text) => text.clone().into_bytes(),
            Key::Bytes(bytes) => bytes.clone(),
        });
        for secret in self.secrets.iter().cloned().chain(texts) {
            for part in secret.windows(PART) {
                if part.starts_with(b"whsec_") {
                    continue;
                }
                assert!(!said.contains(part), "{json} holds {}", part.escape_ascii());
            }
        }
    }

    fn certain(&self) -> Vec<CauseCode> {
        codes(&self.explain(), Certainty::Certain)
    }

    fn likely(&self) -> Vec<CauseCode> {
        codes(&self.explain(), Certainty::Likely)
    }

    #[track_caller]
    fn proves(&self, expected: &[CauseCode]) -> String {
        let explanation = self.explain();
        let mut found = codes(&explanation, Certainty::Certain);
        // Most bodies here are no wallet events.
        found.retain(|code| *code != CauseCode::PayloadUnexpected || expected.contains(code));
        assert_eq!(found, expected, "{}: {explanation:#?}", self.sender);
        explanation
            .causes
            .into_iter()
            .map(|cause| cause.message + "\n")
            .collect()
    }
}

impl std::fmt::Display for Callback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {}", value.escape_ascii())?;
        }
        for (_, key) in &self.keys {
            match key {
                Key::Text(text) => writeln!(f, "key {text:?}")?,
                Key::Bytes(bytes) => writeln!(f, "key {}", bytes.escape_ascii())?,
            }
        }
        writeln!(f, "{}", self.body.escape_ascii())
    }
}

fn codes(explanation: &Explanation, certainty: Certainty) -> Vec<CauseCode> {
    let causes = explanation.causes.iter();
    causes
        .filter(|cause| cause.certainty == certainty)
        .map(|cause| cause.code)
        .collect()
}

#[test]
fn a_genuine_callback_has_no_cause() {
    for sender in SENDERS {
        let callback = Callback::genuine(sender);
        let explanation = callback.explain();
        assert!(matches!(
            explanation.verdict,
            Verdict::Accepted { key: 0, .. }
        ));
        assert_eq!(explanation.causes, []);
    }
    let mut rotation = Callback::genuine("github");
    rotation
        .keys
        .insert(0, (None, Key::Text("ANOTHER1 ONE".to_owned())));
    let explanation = rotation.explain();
    assert!(matches!(
        explanation.verdict,
        Verdict::Accepted { key: 1, .. }
    ));
    assert_eq!(explanation.causes, []);
}

#[test]
fn a_key_came_with_what_does_not_belong_to_it() {
    for sender in SENDERS {
        let callback = Callback::genuine(sender);
        let key = callback.key();
        for (text, code) in [
            (format!("{key}\n"), CauseCode::KeyWhiteSpace),
            (format!(" {key}"), CauseCode::KeyWhiteSpace),
            (format!("\u{feff}{key}\r\n"), CauseCode::KeyWhiteSpace),
            (format!("\"{key}\""), CauseCode::KeyQuotes),
            (format!("'{key}'"), CauseCode::KeyQuotes),
            (format!("WEBHOOK_SECRET={key}"), CauseCode::KeyAssignment),
            (
                format!("export WEBHOOK_SECRET={key}"),
                CauseCode::KeyAssignment,
            ),
            (format!("v1,{key}"), CauseCode::KeyPrefix),
            // Over two lines.
            (
                format!("{}\n  {}", &key[..20], &key[20..]),
                CauseCode::KeyWhiteSpace,
            ),
        ] {
            callback.clone().with_key(text).proves(&[code]);
        }
        let both = callback
            .clone()
            .with_key(format!(" WEBHOOK_SECRET='{key}'\n"));
        both.proves(&[
            CauseCode::KeyWhiteSpace,
            CauseCode::KeyQuotes,
            CauseCode::KeyAssignment,
        ]);
        let escaped = callback.with_key(format!("{key}\\n"));
        escaped.proves(&[CauseCode::KeyWhiteSpace, CauseCode::KeyLineBreaks]);
    }
}

#[test]
fn a_key_was_read_in_another_form() {
    let callback = Callback::genuine("tp-wallet");
    let (text, bytes) = key_of("tp-wallet");
    let encoded = text.strip_prefix("whsec_").unwrap();
    callback.clone().with_key(encoded).proves(&[]);
    for (key, code) in [
        (text.replace('=', ""), CauseCode::KeyEncoding),
        (format!("sk_{encoded}"), CauseCode::KeyPrefix),
    ] {
        let message = callback.clone().with_key(key).proves(&[code]);
        let is_padding = code == CauseCode::KeyEncoding;
        assert_eq!(message.contains("no padding"), is_padding, "{message}");
    }
    // A text that could be base64, and signs as it stands.
    let raw = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let tag = hmac256(raw.as_bytes(), format!("{ID}.{NOW}.{BODY}").as_bytes());
    let mut own = callback
        .clone()
        .with("webhook-signature", format!("v1,{}", base64(&tag)))
        .with_key(raw);
    own.hide(&tag);
    own.proves(&[CauseCode::KeyEncoding]);
    callback
        .clone()
        .with_key_bytes(text.as_bytes())
        .proves(&[CauseCode::KeyEncoding]);
    callback
        .clone()
        .with_key_bytes(encoded.as_bytes())
        .proves(&[CauseCode::KeyEncoding]);
    callback
        .clone()
        .with_key(hex::encode(&bytes))
        .proves(&[CauseCode::KeyEncoding]);
    callback.with_key_bytes(&bytes).proves(&[]);
    // Bytes that are the key itself, out of a file that ends with a line break.
    let raw = "correct-horse-battery-staple";
    let tag = hmac256(raw.as_bytes(), format!("{ID}.{NOW}.{BODY}").as_bytes());
    let mut own = Callback::genuine("tp-wallet")
        .with("webhook-signature", format!("v1,{}", base64(&tag)))
        .with_key_bytes(format!("{raw}\n").as_bytes());
    own.hide(&tag);
    own.proves(&[CauseCode::KeyWhiteSpace]);

    let (text, _) = key_of("stripe");
    let rest = text.strip_prefix("whsec_").unwrap();
    let callback = Callback::genuine("stripe");
    callback
        .clone()
        .with_key(rest)
        .proves(&[CauseCode::KeyPrefix]);
    let decoded = wallet_base64(rest);
    callback
        .with_key_bytes(&decoded)
        .proves(&[CauseCode::KeyEncoding]);

    // The sender's own key is text; what signed decoded it first.
    for (key, text) in [
        (vec![7; 20], hex::encode([7; 20])),
        (vec![9; 24], base64(&[9; 24])),
        (vec![9; 22], base64(&[9; 22])),
        (vec![9; 24], format!("whsec_{}", base64(&[9; 24]))),
        (b"whsec_abcdefghijkl".to_vec(), "abcdefghijkl".to_owned()),
        (b"abcdefghijkl".to_vec(), "whsec_abcdefghijkl".to_owned()),
    ] {
        let tag = hmac256(&key, BODY.as_bytes());
        let mut callback = Callback::genuine("lightspark")
            .with("lightspark-signature", hex::encode(&tag))
            .with_key(text);
        callback.hide(&key);
        callback.hide(&tag);
        let prefix = key.ends_with(b"abcdefghijkl");
        let code = if prefix {
            CauseCode::KeyPrefix
        } else {
            CauseCode::KeyEncoding
        };
        callback.proves(&[code]);
    }
}

/// What is wrong with an encoded key behind a prefix depends on whether the sender decodes its keys.
#[test]
fn a_key_has_a_prefix_before_its_digits() {
    let key = [0xa5; 24];
    for (form, digits, expected) in [
        ("hex", hex::encode(key), CauseCode::KeyPrefix),
        ("base64", base64(&key), CauseCode::KeyPrefix),
        ("utf8", hex::encode(key), CauseCode::KeyEncoding),
        ("utf8", base64(&key), CauseCode::KeyEncoding),
    ] {
        let options = serde_json::json!({
            "sender": acme("{body}", form),
            "headers": { "acme-signature": hex::encode(hmac256(&key, BODY.as_bytes())) }
        });
        let source = KeySource::text(&format!("key_{digits}"));
        let keys = GivenKeys::List(vec![source.into()]);
        let json = options.to_string();
        let explained = options::explain(json.as_bytes(), keys, BODY.as_bytes(), NOW).unwrap();
        assert_eq!(codes(&explained, Certainty::Certain), [expected], "{form}");
    }
}

fn wallet_base64(text: &str) -> Vec<u8> {
    <base64ct::Base64 as base64ct::Encoding>::decode_vec(text).unwrap()
}

#[test]
fn a_key_among_several_is_named() {
    let mut callback = Callback::genuine("stripe");
    let key = callback.key();
    callback.keys = vec![
        (None, Key::Text("whsec_ANOTHER1".to_owned())),
        (None, Key::Text(format!("{key}\n"))),
    ];
    let message = callback.proves(&[CauseCode::KeyWhiteSpace, CauseCode::OtherKey]);
    assert!(message.contains("keys[1]"), "{message}");

    callback.keys = vec![
        (None, Key::Text("whsec_ANOTHER1 ".to_owned())),
        (None, Key::Text(key)),
    ];
    let message = callback.proves(&[CauseCode::KeyRefused, CauseCode::OtherKey]);
    assert!(message.contains("keys[0]"), "{message}");
}

#[test]
fn no_key_at_all_is_told() {
    let mut callback = Callback::genuine("stripe");
    callback.keys = Vec::new();
    callback.proves(&[CauseCode::KeyRefused]);
    let callback = Callback::genuine("stripe").with_key("");
    callback.proves(&[CauseCode::KeyRefused]);
    // What else is wrong is told all the same.
    let both = callback.without("stripe-signature");
    both.proves(&[CauseCode::HeaderMissing, CauseCode::KeyRefused]);
}

/// Nothing else is wrong with a weak signature of Coinbase that no key has made.
#[test]
fn headers_that_are_not_signed_are_likely() {
    let mut callback = Callback::genuine("lightspark").without("lightspark-signature");
    callback.sender = "coinbase-cdp";
    let value = format!("t={NOW},v0={}", "0".repeat(64));
    let callback = callback.with("x-hook0-signature", value);
    assert_eq!(callback.certain(), []);
    assert_eq!(callback.likely(), [CauseCode::HeadersUnsigned]);
}

/// The verifier itself says so, whatever else is wrong.
#[test]
fn a_url_that_is_not_signed_is_certain() {
    let mut callback = Callback::genuine("lightspark").without("lightspark-signature");
    callback.sender = "cryptapi";
    callback.method = Some("POST".to_owned());
    let callback = callback.with("x-ca-signature", base64(&[0; 128]));
    callback.proves(&[CauseCode::UrlUnsigned, CauseCode::KeyRefused]);
}

#[test]
fn another_key_is_likely() {
    for sender in SENDERS {
        let other = match sender {
            "tp-wallet" => "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
            _ => "ANOTHER1 ONE",
        };
        let callback = Callback::genuine(sender).with_key(other);
        assert_eq!(callback.certain(), []);
        assert_eq!(callback.likely(), [CauseCode::KeyWrong]);
    }
}

#[test]
fn a_key_of_another_kind_is_told() {
    let public = "whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
    Callback::genuine("tp-wallet")
        .with_key(public)
        .proves(&[CauseCode::KeyKind]);
}

/// Pairs of what was signed and what arrived.
#[test]
fn the_body_was_written_anew() {
    let came = BODY;
    for signed in [
        // Python: json.dumps(value), ensure_ascii=False, separators=(",", ":"), indent=2, sort_keys.
        r#"{"type": "test.event", "timestamp": "2023-11-14T22:13:20Z", "data": {"name": "Zo\u00eb", "url": "https://a.example/b", "n": [1, 2]}}"#,
        r#"{"type": "test.event", "timestamp": "2023-11-14T22:13:20Z", "data": {"name": "Zoë", "url": "https://a.example/b", "n": [1, 2]}}"#,
        r#"{"type":"test.event","timestamp":"2023-11-14T22:13:20Z","data":{"name":"Zo\u00eb","url":"https://a.example/b","n":[1,2]}}"#,
        "{\n  \"type\": \"test.event\",\n  \"timestamp\": \"2023-11-14T22:13:20Z\",\n  \"data\": {\n    \"name\": \"Zo\\u00eb\",\n    \"url\": \"https://a.example/b\",\n    \"n\": [\n      1,\n      2\n    ]\n  }\n}",
        r#"{"data": {"n": [1, 2], "name": "Zo\u00eb", "url": "https://a.example/b"}, "timestamp": "2023-11-14T22:13:20Z", "type": "test.event"}"#,
        r#"{"data":{"n":[1,2],"name":"Zoë","url":"https://a.example/b"},"timestamp":"2023-11-14T22:13:20Z","type":"test.event"}"#,
        // JSON.stringify(value, null, 2), with a tab, with a line break behind it.
        "{\n  \"type\": \"test.event\",\n  \"timestamp\": \"2023-11-14T22:13:20Z\",\n  \"data\": {\n    \"name\": \"Zoë\",\n    \"url\": \"https://a.example/b\",\n    \"n\": [\n      1,\n      2\n    ]\n  }\n}",
        "{\n\t\"type\": \"test.event\",\n\t\"timestamp\": \"2023-11-14T22:13:20Z\",\n\t\"data\": {\n\t\t\"name\": \"Zoë\",\n\t\t\"url\": \"https://a.example/b\",\n\t\t\"n\": [\n\t\t\t1,\n\t\t\t2\n\t\t]\n\t}\n}\n",
        // PHP: json_encode(value), with JSON_UNESCAPED_UNICODE.
        r#"{"type":"test.event","timestamp":"2023-11-14T22:13:20Z","data":{"name":"Zo\u00eb","url":"https:\/\/a.example\/b","n":[1,2]}}"#,
        r#"{"type":"test.event","timestamp":"2023-11-14T22:13:20Z","data":{"name":"Zoë","url":"https:\/\/a.example\/b","n":[1,2]}}"#,
        // .NET
        r#"{"type":"test.event","timestamp":"2023-11-14T22:13:20Z","data":{"name":"Zo\u00EB","url":"https://a.example/b","n":[1,2]}}"#,
    ] {
        for sender in SENDERS {
            let callback = Callback::over(sender, signed).with_body(came);
            callback.proves(&[CauseCode::BodyReserialized]);
        }
    }
    let signed = "{\n  \"a\": [],\n  \"b\": {}\n}";
    let empty = Callback::over("github", signed).with_body(r#"{"a":[],"b":{}}"#);
    empty.proves(&[CauseCode::BodyReserialized]);
    // Together with a mistake of another kind.
    let both = Callback::over("github", r#"{"a": 1}"#).with_body(r#"{"a":1}"#);
    let key = both.key() + "\n";
    both.with_key(key)
        .proves(&[CauseCode::BodyReserialized, CauseCode::KeyWhiteSpace]);
    // And the reverse: what arrived has the other form.
    let pretty = Callback::genuine("github").with_body(
        serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(BODY).unwrap())
            .unwrap(),
    );
    assert!(!pretty.certain().contains(&CauseCode::KeyWrong));
    let spaced = Callback::genuine("github").with_body(
        BODY.replace(':', ": ")
            .replace("https: ", "https:")
            .replace("22: 13: 20", "22:13:20"),
    );
    spaced.proves(&[CauseCode::BodyReserialized]);
    // Controls have short escapes and long ones.
    let signed = r#"{"a": "\b\f\n\r\t\u0001\"\\"}"#;
    let controls = Callback::over("github", signed).with_body(signed.replace(": ", ":"));
    let message = controls.proves(&[CauseCode::BodyReserialized]);
    assert!(message.contains("Python's json.dumps"), "{message}");
    // Go escapes these.
    let go =
        Callback::over("tatum", r#"{"a":"\u003cb\u003e \u0026"}"#).with_body(r#"{"a":"<b> &"}"#);
    go.proves(&[CauseCode::BodyReserialized]);
}

#[test]
fn the_ends_of_the_body_were_changed() {
    for sender in SENDERS {
        let with = |text: &str| Callback::over(sender, text);
        let lost = with("plain text\n").with_body("plain text");
        assert!(lost.proves(&[CauseCode::BodyNewline]).contains("without"));
        with("plain text\r\n")
            .with_body("plain text")
            .proves(&[CauseCode::BodyNewline]);
        with("plain text")
            .with_body("plain text\n")
            .proves(&[CauseCode::BodyNewline]);
        with("plain text")
            .with_body("plain text\r\n")
            .proves(&[CauseCode::BodyNewline]);
        with("plain text")
            .with_body(" \tplain text \n")
            .proves(&[CauseCode::BodyNewline]);
        with("plain text\n")
            .with_body("plain text\n\n")
            .proves(&[CauseCode::BodyNewline]);
    }
}

#[test]
fn the_line_breaks_of_the_body_were_changed() {
    for sender in SENDERS {
        let callback = Callback::over(sender, "a\r\nb\r\nc").with_body("a\nb\nc");
        assert!(
            callback
                .proves(&[CauseCode::BodyLineBreaks])
                .contains("were \\r\\n")
        );
        let callback = Callback::over(sender, "a\nb\nc").with_body("a\r\nb\r\nc");
        assert!(
            callback
                .proves(&[CauseCode::BodyLineBreaks])
                .contains("were \\n")
        );
    }
}

#[test]
fn a_byte_order_mark_was_added_or_lost() {
    for sender in SENDERS {
        let marked = format!("\u{feff}{BODY}");
        Callback::genuine(sender)
            .with_body(&marked)
            .proves(&[CauseCode::BodyByteOrderMark]);
        // The format of tp-wallet has no such mark.
        let codes = Callback::over(sender, &marked).with_body(BODY).certain();
        assert!(codes.contains(&CauseCode::BodyByteOrderMark));
    }
}

#[test]
fn the_body_went_through_another_character_set() {
    for sender in SENDERS {
        let utf8 = "Zoë – 5 €";
        let latin1 = b"Zo\xeb";
        for (signed, came) in [
            (latin1.as_slice(), "Zoë".as_bytes()),
            ("Zoë".as_bytes(), latin1.as_slice()),
            // Doubly encoded.
            ("Zoë".as_bytes(), "ZoÃ«".as_bytes()),
            (utf8.as_bytes(), "ZoÃ« â€“ 5 â‚¬".as_bytes()),
            (b"5 \x80", "5 €".as_bytes()),
            ("5 €".as_bytes(), b"5 \x80"),
            // A control of Latin-1, where windows-1252 has an ellipsis.
            ("a\u{85}é".as_bytes(), b"a\x85\xe9"),
        ] {
            let callback = Callback::over(sender, signed).with_body(came);
            let codes = callback.certain();
            assert!(codes.contains(&CauseCode::BodyCharset), "{codes:?}");
        }
    }
}

/// What `gzip -n`, `zlib.gzip` and `zlib.deflate` make of `{"a":1}` and a line break.
#[test]
fn the_body_is_still_compressed() {
    let gzip = hex::decode("1f8b0800000000000203ab564a54b232ace5020046a3e87408000000").unwrap();
    let named =
        hex::decode("1f8b08080000000002ff6100ab564a54b232ace5020046a3e87408000000").unwrap();
    let zlib = hex::decode("789cab564a54b232ace502000a3d0213").unwrap();
    for sender in SENDERS {
        for came in [&gzip, &named, &zlib] {
            let codes = Callback::over(sender, "{\"a\":1}\n")
                .with_body(came)
                .certain();
            assert!(codes.contains(&CauseCode::BodyCompressed), "{codes:?}");
        }
        // Bombs and junk are left alone.
        let callback = Callback::genuine(sender).with_body([0x1f, 0x8b, 8, 0x1f]);
        assert_eq!(callback.certain(), []);
        assert_eq!(
            callback.likely(),
            [CauseCode::BodyCompressed, CauseCode::KeyWrong]
        );
    }
}

#[test]
fn the_body_may_have_been_decompressed() {
    let callback = Callback::over("github", "compressed")
        .with("content-encoding", "gzip")
        .with_body(BODY);
    assert_eq!(callback.certain(), []);
    assert_eq!(
        callback.likely(),
        [CauseCode::BodyDecompressed, CauseCode::KeyWrong]
    );
    for none in ["", "identity"] {
        let plain = callback.clone().with("content-encoding", none);
        assert_eq!(plain.likely(), [CauseCode::KeyWrong], "{none}");
    }
}

#[test]
fn the_body_was_encoded_or_decoded_once_too_often() {
    for sender in SENDERS {
        let callback = Callback::genuine(sender);
        let quoted = serde_json::to_string(BODY).unwrap();
        let bytes = serde_json::to_string(BODY.as_bytes()).unwrap();
        let indexed = BODY.as_bytes().iter().enumerate();
        let indexed: Vec<_> = indexed
            .map(|(index, byte)| format!("\"{index}\":{byte}"))
            .collect();
        for (came, code) in [
            (base64(BODY.as_bytes()), CauseCode::BodyBase64),
            (quoted, CauseCode::BodyDoubleEncoded),
            (
                format!("{{\"type\":\"Buffer\",\"data\":{bytes}}}"),
                CauseCode::BodyBytesAsText,
            ),
            (
                format!("{{{}}}", indexed.join(",")),
                CauseCode::BodyBytesAsText,
            ),
            (
                bytes.trim_matches(['[', ']']).to_owned(),
                CauseCode::BodyBytesAsText,
            ),
        ] {
            callback.clone().with_body(came).proves(&[code]);
        }
        let quoted = serde_json::to_string(BODY).unwrap();
        let codes = Callback::over(sender, quoted).with_body(BODY).certain();
        assert!(codes.contains(&CauseCode::BodyDoubleEncoded));
    }
}

#[test]
fn the_body_was_taken_for_a_form_or_was_one() {
    for sender in SENDERS {
        for (signed, came) in [
            ("a=1&b=x%20y", "a=1&b=x y"),
            (
                "amount=1.5&text=a+b%26c&n=1",
                r#"{"amount":"1.5","text":"a b&c","n":1}"#,
            ),
            ("%7B%22a%22%3A1%7D", r#"{"a":1}"#),
            ("%7B%22a%22%3A%22b+c%22%7D", r#"{"a":"b c"}"#),
            ("%7B%22a%22%3A%22b%20c%22%7D", r#"{"a":"b c"}"#),
            (r#"{"a":"b c"}"#, "%7B%22a%22%3A%22b+c%22%7D="),
            (r#"{"a":"b c"}"#, "payload=%7B%22a%22%3A%22b+c%22%7D"),
            ("payload=%7B%22a%22%3A1%7D", r#"{"a":1}"#),
        ] {
            let callback = Callback::over(sender, signed).with_body(came);
            let codes = callback.certain();
            assert!(codes.contains(&CauseCode::BodyForm), "{signed} {codes:?}");
        }
    }
}

/// What libraries make of the same fields, each made by the one that is named.
#[test]
fn a_form_was_written_by_another_library() {
    let forms = [
        // PHP 8: http_build_query, then with PHP_QUERY_RFC3986.
        "b=x+y%21%27%28%29%2A%7E&a%5B%5D=%C3%A9%2F&z=1",
        "b=x%20y%21%27%28%29%2A~&a%5B%5D=%C3%A9%2F&z=1",
        // JavaScript: URLSearchParams, querystring.
        "b=x+y%21%27%28%29*%7E&a%5B%5D=%C3%A9%2F&z=1",
        "b=x%20y!'()*~&a%5B%5D=%C3%A9%2F&z=1",
        // Python: urllib.parse.urlencode.
        "b=x+y%21%27%28%29%2A~&a%5B%5D=%C3%A9%2F&z=1",
        // Go: url.Values.Encode.
        "a%5B%5D=%C3%A9%2F&b=x+y%21%27%28%29%2A~&z=1",
        // .NET: HttpUtility.UrlEncode.
        "b=x+y!%27()*%7e&a%5b%5d=%c3%a9%2f&z=1",
        // A template, with brackets.
        "b=x%20y%21%27%28%29%2A~&a[]=%C3%A9%2F&z=1",
    ];
    for signed in forms {
        for came in forms {
            if signed != came && !came.starts_with('a') {
                let callback = Callback::over("tatum", signed).with_body(came);
                callback.proves(&[CauseCode::BodyForm]);
            }
        }
    }
}

#[test]
fn single_characters_and_numbers_were_written_anew() {
    for (signed, came) in [
        (r#"{"a":"\u00e9","b":"é"}"#, r#"{"a":"é","b":"é"}"#),
        (r#"{"a":"é\u00E9 \/","b":"/"}"#, r#"{"a":"éé /","b":"/"}"#),
        (
            r#"{"url":"https:\/\/a.example","b":"c/d"}"#,
            r#"{"url":"https://a.example","b":"c/d"}"#,
        ),
        (r#"{"a":"\ud83c\udf89","b":"🎉"}"#, r#"{"a":"🎉","b":"🎉"}"#),
        // Many characters, in few strings.
        (
            r#"{"a":"\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9","b":"éééééééé"}"#,
            r#"{"a":"éééééééé","b":"éééééééé"}"#,
        ),
        (r#"{"amount":100.0,"n":1}"#, r#"{"amount":100,"n":1}"#),
        (r#"{"amount":100.0,"fee":2.0}"#, r#"{"amount":100,"fee":2}"#),
        (
            r#"{"amount":1.50,"n":[1,2,3]}"#,
            r#"{"amount":1.5,"n":[1,2,3]}"#,
        ),
        (r#"{"amount":1E-7}"#, r#"{"amount":1e-7}"#),
        (r#"{"amount":1.0E-7,"n":1}"#, r#"{"amount":1e-7,"n":1}"#),
        (r#"{"amount":0.0000001,"n":1}"#, r#"{"amount":1e-7,"n":1}"#),
        (
            r#"{"amount":1000000000000000000000,"n":1}"#,
            r#"{"amount":1e+21,"n":1}"#,
        ),
        ("[1.0,2,3.0]", "[1,2,3]"),
        // Two of as many numbers as are tried in pairs.
        (
            "[1.0,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16.0]",
            "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]",
        ),
    ] {
        let callback = Callback::over("tatum", signed).with_body(came);
        callback.proves(&[CauseCode::BodyReserialized]);
    }
}

/// Nobody can find them again.
#[test]
fn digits_were_lost() {
    for (came, is_likely) in [
        (r#"{"amount":12345678901234567000}"#, true),
        (r#"{"id":9007199254740992}"#, true),
        (r#"{"amount":3e-7}"#, true),
        (r#"{"amount":12345678901234567891}"#, false),
        (r#"{ "id": 9007199254740992}"#, false),
        (r#"{"id":9007199254740991,"amount":0.5}"#, false),
    ] {
        let callback = Callback::over("tatum", r#"{"other":1}"#).with_body(came);
        let mut expected = Vec::from([CauseCode::KeyWrong]);
        if is_likely {
            expected.insert(0, CauseCode::BodyReserialized);
        }
        assert_eq!(callback.certain(), []);
        assert_eq!(callback.likely(), expected, "{came}");
    }
}

#[test]
fn the_body_was_lost() {
    for (body, evidence) in [
        ("", "it is empty"),
        (
            "[object Object]",
            "it is an object that was turned into text",
        ),
        ("undefined", "it is what a parser leaves of an empty one"),
    ] {
        let callback = Callback::genuine("stripe").with_body(body);
        let causes = callback.explain().causes;
        assert!(causes.iter().any(|cause| cause.message.contains(evidence)));
        assert_eq!(callback.certain(), []);
        assert_eq!(
            callback.likely(),
            [CauseCode::BodyLost, CauseCode::KeyWrong]
        );
    }
    let length = BODY.len().to_string();
    let shorter = Callback::genuine("stripe")
        .with("content-length", length)
        .with_body("{\"a\":2}");
    assert_eq!(
        shorter.likely(),
        [CauseCode::BodyLength, CauseCode::KeyWrong]
    );
    for body in ["{}", "null"] {
        Callback::over("tatum", "")
            .with_body(body)
            .proves(&[CauseCode::BodyReserialized]);
    }
    let other = Callback::over("tatum", "").with_body("[]");
    assert_eq!(other.certain(), []);
}

#[test]
fn the_clock_is_off() {
    for (sender, age, code) in [
        ("tp-wallet", 301, CauseCode::TimestampTooOld),
        ("stripe", 2500, CauseCode::TimestampTooOld),
        ("stripe", 7200, CauseCode::TimestampTooOld),
    ] {
        let mut callback = Callback::genuine(sender);
        callback.now = NOW + age;
        let message = callback.proves(&[code]);
        assert!(message.contains(&format!("by {age} s")), "{message}");
        assert_eq!(message.contains("2 h"), age == 7200, "{message}");
        assert_eq!(message.contains("local time"), age == 7200, "{message}");
        callback.now = NOW - age;
        callback.proves(&[CauseCode::TimestampTooNew]);
        // Together with a mistake of another kind.
        let key = callback.key() + "\n";
        callback = callback.with_key(key);
        callback.proves(&[CauseCode::KeyWhiteSpace, CauseCode::TimestampTooNew]);
    }
}

#[test]
fn times_are_in_another_unit() {
    for sender in ["tp-wallet", "stripe"] {
        // Signed in milliseconds by something that means seconds.
        let callback = Callback::at(sender, BODY, ID, NOW * 1000);
        let message = callback.proves(&[CauseCode::TimestampUnit]);
        assert!(message.contains("it is in milliseconds"), "{message}");
        // Signed in seconds, and changed on the way.
        let changed = |text: &str| text.replace(&NOW.to_string(), &(NOW * 1000).to_string());
        Callback::genuine(sender)
            .map(changed)
            .proves(&[CauseCode::TimestampUnit]);
        let changed = |text: &str| text.replace(&NOW.to_string(), &(NOW * 1000 + 123).to_string());
        Callback::genuine(sender)
            .map(changed)
            .proves(&[CauseCode::TimestampUnit]);
        let mut callback = Callback::genuine(sender);
        callback.now = NOW / 1000;
        callback.proves(&[CauseCode::ClockUnit]);
        callback.now = NOW * 1000;
        callback.proves(&[CauseCode::ClockUnit]);
    }
}

/// If only the number of its digits tells where a time ends, one in another unit cannot have been signed.
#[test]
fn a_time_of_other_digits_is_in_another_unit() {
    let causes = |unit: &str, time: &str| {
        let options = serde_json::json!({
            "sender": {
                "name": "acme",
                "algorithm": "hmac-sha256",
                "headers": { "signature": "acme-signature", "timestamp": "acme-time" },
                "signature": { "encoding": "hex" },
                "signed": "{timestamp}{body}",
                "payload": "json",
                "timestamp": { "unit": unit }
            },
            "headers": { "acme-signature": "00".repeat(32), "acme-time": time }
        });
        let keys = GivenKeys::List(vec![KeySource::text("a-shared-secret").into()]);
        let json = options.to_string();
        codes(
            &options::explain(json.as_bytes(), keys, BODY.as_bytes(), NOW).unwrap(),
            Certainty::Certain,
        )
    };
    let (seconds, milliseconds) = (NOW.to_string(), (NOW * 1000).to_string());
    assert_eq!(causes("s", &milliseconds), [CauseCode::TimestampUnit]);
    assert_eq!(causes("ms", &seconds), [CauseCode::TimestampUnit]);
    for (unit, time) in [
        ("s", "170000000000x"),
        ("ms", "170000000x"),
        ("s", "17000000000"),
        ("ms", "17000000000"),
    ] {
        assert_eq!(causes(unit, time), [CauseCode::HeaderMalformed], "{time}");
    }
}

#[test]
fn a_body_that_may_be_lost_has_another_length_than_it_says() {
    let causes = |body: &str, length: &str| {
        let wrong = Callback::genuine("github")
            .with_body(body)
            .with_key("another-key-of-somebody");
        wrong.with("content-length", length).likely()
    };
    for body in ["", "{}", "null", "undefined", "[object Object]"] {
        let own = body.len().to_string();
        assert!(!causes(body, &own).contains(&CauseCode::BodyLost), "{body}");
        assert!(causes(body, "131").contains(&CauseCode::BodyLost), "{body}");
        assert!(causes(body, "").contains(&CauseCode::BodyLost), "{body}");
    }
    assert!(causes("{ }", "131").contains(&CauseCode::BodyLength));
    assert!(!causes("{ }", "3").contains(&CauseCode::BodyLength));
}

#[test]
fn a_header_of_another_form_is_named() {
    let callback = Callback::genuine("tp-wallet").with("webhook-id", "a.b");
    let explanation = callback.explain();
    let named = explanation
        .causes
        .iter()
        .find(|cause| cause.code == CauseCode::HeaderMalformed);
    assert!(
        named.is_some_and(|cause| cause.message.contains("webhook-id")),
        "{explanation:#?}"
    );
}

#[test]
fn the_options_of_explain_are_checked() {
    let explained = |options: serde_json::Value| {
        let keys = GivenKeys::List(vec![
            KeySource::text("whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcY").into(),
        ]);
        options::explain(options.to_string().as_bytes(), keys, BODY.as_bytes(), NOW)
    };
    for budget in [1, 60_000] {
        let options = serde_json::json!({ "headers": {}, "budgetMilliseconds": budget });
        assert!(explained(options).is_ok(), "{budget}");
    }
    for (name, value) in [
        ("budgetMilliseconds", 0.into()),
        ("budgetMilliseconds", 60_001.into()),
        ("toleranceSeconds", 0.into()),
        ("registeredUrl", "/callbacks".into()),
        ("registeredUrl", serde_json::Value::from("")),
    ] {
        let mut options = serde_json::json!({ "headers": {} });
        options[name] = value.clone();
        let Err(ConfigError::InvalidOption { option, .. }) = explained(options) else {
            panic!("{name} {value} was taken");
        };
        assert_eq!(option, name);
    }
}

#[test]
fn a_header_is_missing_or_has_another_name() {
    let callback = Callback::genuine("tp-wallet").without("webhook-id");
    assert!(
        callback
            .proves(&[CauseCode::HeaderMissing])
            .contains("webhook-id")
    );
    for other in ["webhook_id", "HTTP_WEBHOOK_ID", "x-webhook-id"] {
        let renamed = callback.clone().with(other, ID);
        let message = renamed.proves(&[CauseCode::HeaderRenamed]);
        assert!(message.contains(other), "{message}");
    }
    // The same with a key that does not match.
    let renamed = callback
        .with("webhook_id", ID)
        .with_key("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    renamed.proves(&[CauseCode::HeaderMissing]);
    assert_eq!(renamed.likely(), [CauseCode::HeaderRenamed]);
    Callback::genuine("github")
        .without("x-hub-signature-256")
        .proves(&[CauseCode::HeaderMissing]);
}

#[test]
fn the_values_of_headers_were_changed() {
    for sender in SENDERS {
        let callback = Callback::genuine(sender);
        for (changed, code) in [
            (
                callback.clone().map(|text| format!("{text}, {text}")),
                CauseCode::HeaderRepeated,
            ),
            (
                callback.clone().map(|text| format!("{text},{text},{text}")),
                CauseCode::HeaderRepeated,
            ),
            (
                callback
                    .clone()
                    .map_signature(|text| format!("{text}, AAAA")),
                CauseCode::HeaderRepeated,
            ),
            (
                callback.clone().map(|text| format!(" {text}\t")),
                CauseCode::HeaderWhiteSpace,
            ),
            (
                callback.clone().map(|text| format!("\"{text}\"")),
                CauseCode::HeaderQuotes,
            ),
        ] {
            if !changed.certain().is_empty() {
                changed.proves(&[code]);
            } else {
                // Stripe leaves out what has no label that it knows.
                assert!(
                    matches!(changed.explain().verdict, Verdict::Accepted { .. }),
                    "{sender} {code:?}"
                );
            }
        }
        let encoded = callback.clone().map(|text| {
            text.replace('+', "%2B")
                .replace('/', "%2F")
                .replace('=', "%3D")
                .replace(',', "%2C")
        });
        if encoded.signature() != callback.signature() {
            encoded.proves(&[CauseCode::HeaderUrlEncoded]);
        }
        // Only in a form is a plus sign a space.
        let padding = callback
            .clone()
            .map_signature(|text| text.replace('=', "%3D"));
        if callback.signature().contains('+') && callback.signature().contains('=') {
            padding.proves(&[CauseCode::HeaderUrlEncoded]);
        }
        let spaces = callback
            .clone()
            .map_signature(|text| text.replace('+', " "));
        if spaces.signature() != callback.signature() {
            spaces.proves(&[CauseCode::HeaderUrlEncoded]);
        }
    }
}

#[test]
fn the_signature_is_spelt_in_another_way() {
    for sender in SENDERS {
        let callback = Callback::genuine(sender);
        let length = callback.signature().len();
        for lost in [1, 2, 5, 20] {
            let cut = callback
                .clone()
                .map_signature(|text| text[..length - lost].to_owned());
            cut.proves(&[CauseCode::SignatureTruncated]);
        }
        let junk = callback.clone().map_signature(|text| format!("{text}00"));
        junk.proves(&[CauseCode::SignatureTrailing]);
        if sender == "lightspark" {
            let upper = callback
                .clone()
                .map_signature(|text| text[..length - 2].to_ascii_uppercase());
            upper.proves(&[CauseCode::SignatureTruncated]);
        }
        if matches!(sender, "tp-wallet" | "tatum") {
            let lower = callback.clone().map_signature(str::to_ascii_lowercase);
            lower.proves(&[CauseCode::SignatureCase]);
        }
        // With a key that needs repair, too.
        let key = callback.key() + "\n";
        let cut = callback
            .with_key(key)
            .map_signature(|text| text[..length - 3].to_owned());
        cut.proves(&[CauseCode::KeyWhiteSpace, CauseCode::SignatureTruncated]);
    }
    // Less than half of a signature may be a guess, and no answer says whether it is a good one.
    for (digits, is_told) in [(7, false), (8, false), (31, false), (32, true)] {
        let cut = Callback::genuine("lightspark").map_signature(|text| text[..digits].to_owned());
        let is_found = cut.certain().contains(&CauseCode::SignatureTruncated);
        assert_eq!(is_found, is_told, "{digits}");
    }
}

#[test]
fn the_signature_is_in_another_encoding() {
    for sender in SENDERS {
        let callback = Callback::genuine(sender);
        let base64_sender = matches!(sender, "tp-wallet" | "tatum");
        let recode = |text: &str| {
            let start = text.find("v1,").or(text.find("v1=")).map_or(0, |at| at + 3);
            let start = text.find("sha256=").map_or(start, |at| at + 7);
            let (before, encoded) = text.split_at(start);
            if base64_sender {
                format!("{before}{}", hex::encode(wallet_base64(encoded)))
            } else {
                format!("{before}{}", base64(&hex::decode(encoded).unwrap()))
            }
        };
        callback
            .clone()
            .map_signature(recode)
            .proves(&[CauseCode::SignatureEncoding]);
        if base64_sender {
            let url = callback.clone().map_signature(|text| {
                let (before, encoded) = text.split_at(if sender == "tatum" { 0 } else { 3 });
                before.to_owned() + &encoded.replace('+', "-").replace('/', "_").replace('=', "")
            });
            // Where neither alphabet's own characters occur, all that differs is the padding.
            let cut = callback.signature().starts_with(url.signature());
            let codes = [CauseCode::SignatureEncoding, CauseCode::SignatureTruncated];
            url.proves(&[codes[usize::from(cut)]]);
        }
    }
}

#[test]
fn the_prefix_or_label_of_the_signature_is_wrong() {
    let github = Callback::genuine("github");
    let bare = github
        .clone()
        .map_signature(|text| text.replace("sha256=", ""));
    let message = bare.proves(&[CauseCode::SignaturePrefix]);
    assert!(message.contains("header x-hub-signature-256"), "{message}");
    let other = github.map_signature(|text| text.replace("sha256=", "v1="));
    other.proves(&[CauseCode::SignaturePrefix]);
    let bare = Callback::genuine("lightspark");
    bare.clone()
        .map_signature(|text| format!("sha256={text}"))
        .proves(&[CauseCode::SignaturePrefix]);
    bare.map_signature(|text| format!("0x{text}"))
        .proves(&[CauseCode::SignaturePrefix]);
    let wallet = Callback::genuine("tp-wallet");
    wallet
        .clone()
        .map_signature(|text| text.replace("v1,", ""))
        .proves(&[CauseCode::SignaturePrefix]);
    wallet
        .map_signature(|text| text.replace("v1,", "v1="))
        .proves(&[CauseCode::SignaturePrefix]);
    let stripe = Callback::genuine("stripe");
    stripe
        .clone()
        .map_signature(|text| text.replace("v1=", "v0="))
        .proves(&[CauseCode::SignaturePrefix]);
    stripe
        .map_signature(|text| text.replace("v1=", ""))
        .proves(&[CauseCode::SignaturePrefix]);
}

#[test]
fn another_algorithm_or_another_text_was_signed() {
    let (_, key) = key_of("lightspark");
    let with = |name: &'static str, header: &str, value: String, tag: &[u8]| {
        let mut callback = Callback::genuine(name).with(header, value);
        callback.hide(tag);
        callback
    };
    let tag = hmac512(&key, BODY.as_bytes());
    with(
        "lightspark",
        "lightspark-signature",
        hex::encode(&tag),
        &tag,
    )
    .proves(&[CauseCode::SignatureAlgorithm]);
    let tag = hmac1(&key, BODY.as_bytes());
    with(
        "lightspark",
        "lightspark-signature",
        hex::encode(&tag),
        &tag,
    )
    .proves(&[CauseCode::SignatureAlgorithm]);

    let (_, key) = key_of("stripe");
    for message in [
        BODY.to_owned(),
        format!("{NOW}{BODY}"),
        format!("{BODY}{NOW}"),
        format!("v0:{NOW}:{BODY}"),
    ] {
        let tag = hmac256(&key, message.as_bytes());
        let value = format!("t={NOW},v1={}", hex::encode(&tag));
        with("stripe", "stripe-signature", value, &tag).proves(&[CauseCode::SignedBytes]);
    }
    let (_, key) = key_of("tp-wallet");
    for message in [
        BODY.to_owned(),
        format!("{NOW}.{BODY}"),
        format!("{ID}.{BODY}"),
    ] {
        let tag = hmac256(&key, message.as_bytes());
        let value = format!("v1,{}", base64(&tag));
        with("tp-wallet", "webhook-signature", value, &tag).proves(&[CauseCode::SignedBytes]);
    }
}

#[test]
fn another_sender_is_named() {
    for sender in SENDERS {
        let mut callback = Callback::genuine(sender);
        callback.sender = if sender == "alchemy" {
            "quicknode"
        } else {
            "alchemy"
        };
        let message = callback.proves(&[CauseCode::OtherSender]);
        assert!(message.contains(sender), "{message}");
        // With a mistake on top.
        let key = callback.key() + "\n";
        callback
            .with_key(key)
            .proves(&[CauseCode::KeyWhiteSpace, CauseCode::OtherSender]);
    }
    // A payload that the other sender would not send is not what has to be mended.
    let mut other = Callback::over("tp-wallet", "{}");
    other.sender = "alchemy";
    assert_eq!(other.certain(), [CauseCode::OtherSender]);
    let mut unnamed = Callback::genuine("stripe");
    unnamed.named = false;
    unnamed.proves(&[CauseCode::OtherSender]);
    let wrong = unnamed.with_key("ANOTHER1 ONE");
    assert_eq!(wrong.likely(), [CauseCode::OtherSender]);
    let mut unnamed = Callback::genuine("tp-wallet");
    unnamed.named = false;
    unnamed.proves(&[]);
}

#[test]
fn the_headers_of_another_delivery_came_along() {
    let callback = Callback::genuine("tp-wallet");
    let other = callback
        .clone()
        .with("webhook-id", "msg_other")
        .with("x-original-id", ID);
    let message = other.proves(&[CauseCode::OtherId]);
    assert!(message.contains("x-original-id"), "{message}");
    // Only a name that looks like one is shown.
    for name in ["x{id}", &"x".repeat(65)] {
        let other = callback.clone().with("webhook-id", "msg_other");
        let message = other.with(name, ID).proves(&[CauseCode::OtherId]);
        assert!(message.contains("another name"), "{message}");
    }
    let body = format!("{{\"type\":\"a\",\"id\":\"{ID}\"}}");
    let inside = Callback::over("standard-webhooks", body).with("webhook-id", "msg_other");
    inside.proves(&[CauseCode::OtherId]);
    for sender in ["tp-wallet", "stripe"] {
        let later = Callback::genuine(sender)
            .map(|text| text.replace(&NOW.to_string(), &(NOW + 60).to_string()))
            .with("x-sent-at", NOW.to_string());
        later.proves(&[CauseCode::OtherTimestamp]);
    }
}

/// A callback that signs its method and URL.
fn coinpayments(url: &str) -> Callback {
    let mut callback = Callback::genuine("lightspark").without("lightspark-signature");
    let (_, key) = key_of("lightspark");
    let time = "2023-11-14T22:13:20";
    let message = format!("\u{feff}POST{url}client-1{time}{BODY}");
    let tag = hmac256(&key, message.as_bytes());
    callback.hide(&tag);
    callback.sender = "coinpayments";
    callback.method = Some("POST".to_owned());
    callback.url = Some(url.to_owned());
    callback
        .with("x-coinpayments-client", "client-1")
        .with("x-coinpayments-timestamp", time)
        .with("x-coinpayments-signature", base64(&tag))
}

#[test]
fn a_proxy_changed_the_url_or_the_method() {
    let url = "https://pay.example/api/hooks?b=2&a=1";
    let callback = coinpayments(url);
    callback.proves(&[]);
    assert!(matches!(
        callback.explain().verdict,
        Verdict::Accepted { .. }
    ));
    for (came, header, evidence) in [
        ("http://pay.example/api/hooks?b=2&a=1", None, "its scheme"),
        (
            "http://10.0.0.7:8080/api/hooks?b=2&a=1",
            Some(("x-forwarded-host", "pay.example")),
            "its scheme, its host",
        ),
        (
            "https://localhost/api/hooks?b=2&a=1",
            Some(("host", "pay.example")),
            "its host",
        ),
        (
            "https://pay.example:443/api/hooks?b=2&a=1",
            None,
            "its host",
        ),
        ("https://pay.example/hooks?b=2&a=1", None, "its path"),
        ("https://pay.example/v2/api/hooks?b=2&a=1", None, "its path"),
        (
            "https://pay.example/?b=2&a=1",
            Some(("x-original-uri", "/api/hooks?b=2&a=1")),
            "its path",
        ),
        (
            "https://pay.example/hooks?b=2&a=1",
            Some(("x-forwarded-prefix", "/api/")),
            "its path",
        ),
        ("https://pay.example/api/hooks/?b=2&a=1", None, "the slash"),
    ] {
        let mut changed = callback.clone();
        changed.url = Some(came.to_owned());
        if let Some((name, value)) = header {
            changed = changed.with(name, value);
        }
        let message = changed.proves(&[CauseCode::UrlChanged]);
        assert!(message.contains(evidence), "{came} {message}");
    }
    let mut sorted = coinpayments("https://pay.example/hooks?a=1&b=2");
    sorted.url = Some("https://pay.example/hooks?b=2&a=1".to_owned());
    assert!(sorted.proves(&[CauseCode::UrlChanged]).contains("order"));
    let mut without = coinpayments("https://pay.example/hooks");
    without.url = Some("https://pay.example/hooks?b=2&a=1".to_owned());
    let message = without.proves(&[CauseCode::UrlChanged]);
    assert!(message.contains("without which"), "{message}");
    let mut path = coinpayments("/hooks");
    path.url = Some("https://pay.example/hooks".to_owned());
    assert!(path.proves(&[CauseCode::UrlChanged]).contains("path alone"));

    let mut method = callback.clone();
    method.method = Some("post".to_owned());
    assert!(
        method
            .proves(&[CauseCode::MethodChanged])
            .contains("POST was signed")
    );
    let mut missing = callback.clone();
    missing.method = None;
    missing.proves(&[CauseCode::MethodChanged]);
    let mut missing = callback;
    missing.url = None;
    missing.proves(&[CauseCode::RequestIncomplete]);
}

/// However many URLs there are, a key is tried with another time, too.
#[test]
fn a_key_and_a_time_may_be_wrong_where_the_url_is_signed() {
    let other = coinpayments("https://pay.example/api/hooks?b=2&a=1")
        .with("x-sent-at", "2023-11-14T22:13:20")
        .with("x-coinpayments-timestamp", "2023-11-14T22:15:00")
        .with("host", "10.0.0.7:8080")
        .with("x-forwarded-host", "pay.example");
    other.proves(&[CauseCode::OtherTimestamp]);
    let key = format!("{}\n", other.key());
    let both = other.with_key(key);
    both.proves(&[CauseCode::KeyWhiteSpace, CauseCode::OtherTimestamp]);
}

/// A verifier knows both the URL that was called and the one that is registered.
#[test]
fn the_url_that_was_called_is_compared_with_the_registered_one() {
    let signed = "https://pay.example/api/hooks";
    let mut proxied = coinpayments(signed);
    proxied.url = Some("http://10.0.0.7:8080/hooks".to_owned());
    proxied.registered = Some(signed.to_owned());
    proxied.proves(&[]);
    proxied.url = None;
    proxied.proves(&[]);

    let mut other = coinpayments(signed);
    other.registered = Some("https://pay.example/hooks".to_owned());
    let message = other.proves(&[CauseCode::UrlChanged]);
    assert!(message.contains("the one that was called"), "{message}");

    for (registered, evidence) in [
        ("https://pay.example/api/hooks/", "the slash"),
        ("http://pay.example/api/hooks", "its scheme"),
    ] {
        let mut slip = coinpayments(signed);
        slip.url = Some("http://10.0.0.7:8080/hooks?from=proxy".to_owned());
        slip.registered = Some(registered.to_owned());
        let message = slip.proves(&[CauseCode::UrlChanged]);
        assert!(message.contains(evidence), "{registered} {message}");
    }
}

/// An RSA key, as Bridge publishes it (<https://apidocs.bridge.xyz>).
const BRIDGE_KEY: &str = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtqsEE4eI7EmzhcquGJXt\nLX9PMK0UH6Kl1WIR21sv8HtueG8BuvvpP3MiN7ltzmIhS8KaynCjN4l+620PnXeu\nxWG+CSnEdkinL9hCqbEid5vv9zl0j9LWiJx3FkKHqADU7cgm46aa8dKUdIQYF2X+\nO7WmyLkC4wUM/mWhBPMsIQBznashRMZxx7XJjsVp27ACUE4eNIjEXbVYN6U8jSbU\nhG++CfL8xXu+GHDqKmFE6Po6HnuURvLFVnCtE3mXXBcVFlPy+octfx8nOMLT3X8O\n9UehIigJ34o2yMm/Fq3HUJzg2BsiAiGgtr0vmeoV9Q7upSNj9TuOumAzZFi4pYA+\nqwIDAQAB\n-----END PUBLIC KEY-----";

/// A GET whose URL an RSA key signed, and not this one.
fn rsa_get(key: &str) -> Callback {
    let mut get = Callback::genuine("lightspark").without("lightspark-signature");
    get.sender = "cryptapi";
    get.method = Some("GET".to_owned());
    get.url = Some("https://shop.example/callbacks?value=1".to_owned());
    get.body = Vec::new();
    get.with_key(key).with("x-ca-signature", base64(&[1; 256]))
}

/// Another RSA key, and what it signed: a URL with 15 parameters.
const SIGNING_KEY: &str = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAt1SPY0uaODbPS63Lik9v\nGNzKuIfxijPFR7bSyLXOb3bsE8ufkuGsdmqvHJVU2tvExtDhP07kXQedygoWaPI0\nDu0g2fj3oNQ8JT90UfaZcFoJQ07Mq5B9cmFTmOtJ3QB+JijF6iofCwt/NPtP8RUl\n7XGT/L+EN7J9MiAHxe0fqV13KSrTc/KZ7XMpyw1G9e4i/+6qFVRVfisN6wfO/TZ5\nX78zmf4ScM0JxE5ZXikeui38YurEMyYsUdCT9KKbyM8WQlvSm6ok5+AfsiRJ+cQ8\n+jcbIm2Z79Fn2aCwGu/KSf4t109Xmrjc0lataue5M/0HwRtBOVRMCM1Hca2N/QOD\n6QIDAQAB\n-----END PUBLIC KEY-----";
const SIGNED_URL: &str = "https://shop.example/callbacks?p1=1&p2=2&p3=3&p4=4&p5=5&p6=6&p7=7&p8=8&p9=9&p10=10&p11=11&p12=12&p13=13&p14=14&p15=15";
const URL_SIGNATURE: &str = "G2T9LKesA8EjFkH9qsUMrHgqukMbCz2iaxMC9e6j1Ukn0NiTOLbSZAo/TpgBRJ8KLHltLawvqyDV/k9lkIXfEqyv2yr1V7zWX8WuMyiErNsNcBm9MXieeQUSVygqYyFkvStAq6zIOkfLB8Hc6O9Kb/HFGLCkm3bhL0zn3210jDb1SbkQRC11AzZMa0tzZIiG7UaQICojMmKFkHh/1c8xml8y+8O13xarR0xZCMYNgvC4bExoZqtTylZheblYlXiLNRWR4ljZXLvVd0p+VCcbFKg3/WXa1iaE6cbp17yiyRP5Fe4Av+AtsVo/G0wSrwXtzvVsKT71TbRd9lWPyYOpkQ==";

/// Public keys are slow, and what happens most is tried first.
#[test]
fn a_parameter_that_was_added_is_found_with_several_public_keys() {
    let mut get = rsa_get(BRIDGE_KEY).with("x-ca-signature", URL_SIGNATURE);
    get.keys.push((None, Key::Text(SIGNING_KEY.to_owned())));
    get.url = Some(SIGNED_URL.to_owned());
    get.proves(&[]);
    let added = format!("{SIGNED_URL}&from=proxy");
    let proves = |get: &Callback| get.proves(&[CauseCode::UrlChanged, CauseCode::OtherKey]);
    get.budget = 60;
    get.url = Some(added.clone());
    assert!(proves(&get).contains("parameter 16 was added"));
    get.url = Some(added.replace("https://shop.example", "http://10.0.0.7:8080"));
    get.registered = Some("https://shop.example/callbacks".to_owned());
    let mut get = get
        .with("host", "10.0.0.7:8080")
        .with("x-forwarded-host", "shop.example");
    assert!(proves(&get).contains("parameter 16 was added"));
    get.url = Some("https://shop.example/?from=proxy".to_owned());
    proves(&get.with("x-original-uri", SIGNED_URL));
}

/// A URL that no change here leads to is as likely as another key, and a GET has no body to lose.
#[test]
fn another_url_is_likely() {
    let mut callback = coinpayments("https://pay.example/hooks");
    callback.url = Some("https://shop.example/callbacks".to_owned());
    let likely = [CauseCode::UrlChanged, CauseCode::KeyWrong];
    assert_eq!(callback.likely(), likely);

    let mut get = rsa_get(BRIDGE_KEY);
    assert_eq!(get.certain(), []);
    assert_eq!(get.likely(), likely);

    get.body = b"undefined".to_vec();
    let lost = [
        CauseCode::BodyLost,
        CauseCode::UrlChanged,
        CauseCode::KeyWrong,
    ];
    assert_eq!(get.likely(), lost);
}

/// A GET of MoonPay's, which signs the query.
fn moonpay(query: &str) -> Callback {
    let mut callback = Callback::genuine("lightspark").without("lightspark-signature");
    let (_, key) = key_of("lightspark");
    let tag = hmac256(&key, format!("{NOW}.?{query}").as_bytes());
    callback.hide(&tag);
    callback.sender = "moonpay";
    callback.method = Some("GET".to_owned());
    callback.url = Some(format!("https://shop.example/hooks?{query}"));
    callback.body = Vec::new();
    let signature = format!("t={NOW},s={}", hex::encode(&tag));
    callback.with("moonpay-signature-v2", signature)
}

/// Queries that were signed, as they came, and what is said of them.
const QUERIES: [(&str, &str, &str); 15] = [
    ("b=2&a=1", "b=2&a=1&from=proxy", "parameter 3 was added"),
    ("b=2&a=1", "b=2&from=proxy&a=1", "parameter 2 was added"),
    ("b=2", "b=2&x=1&y=2", "parameters 2 to 3 were added"),
    ("", "from=proxy", "its query, without which it was signed"),
    ("", "x=1&y=2", "its query, without which it was signed"),
    ("a=1&b=2", "b=2&a=1", "the order"),
    ("at=x+y&to=%2f", "at=x%20y&to=%2f", "a space was + and"),
    ("at=x%20y&to=%2f", "at=x+y&to=%2f", "a space was %20 and"),
    ("at=a%2fb", "at=a%2Fb", "lower-case"),
    ("at=a%2Fb", "at=a%2fb", "upper-case"),
    (
        "to=a@b.c%20&u=d:/",
        "to=a%40b.c%20&u=d%3A%2F",
        "that were not",
    ),
    ("to=a@b.c<", "to=a%40b.c%3C", "as it is decoded"),
    ("to=a%40b.c+", "to=a@b.c%20", "would write it"),
    ("a&b=2", "a=&b=2", "had no equals"),
    ("a=&b=2", "a&b=2", "had an equals"),
];

#[test]
fn a_query_was_changed() {
    moonpay("b=2&a=1").proves(&[]);
    let url = |query: &str| format!("https://shop.example/hooks?{query}");
    for (signed, came, evidence) in QUERIES {
        let mut alone = moonpay(signed);
        alone.url = Some(url(came));
        // The same as a part of the URL.
        let mut whole = coinpayments(url(signed).trim_end_matches('?'));
        whole.url = Some(url(came));
        for callback in [alone, whole] {
            let message = callback.proves(&[CauseCode::UrlChanged]);
            assert!(message.contains(evidence), "{came}: {message}");
        }
    }
    let mut rewritten = moonpay("b=2&a=1");
    rewritten.url = Some("http://10.0.0.7/hooks?from=proxy".to_owned());
    for name in [
        "x-original-uri",
        "x-original-url",
        "x-forwarded-uri",
        "x-rewrite-url",
    ] {
        let rewritten = rewritten.clone().with(name, "/hooks?b=2&a=1");
        let message = rewritten.proves(&[CauseCode::UrlChanged]);
        let evidence = format!("its query, which {name} has as it was");
        assert!(message.contains(&evidence), "{message}");
    }
}

/// What is decoded to a fragment is not signed, and no proof that it was signed as it is decoded.
#[test]
fn no_other_query_has_a_fragment() {
    let url = |query: &str| format!("https://shop.example/hooks?{query}");
    for signed in ["a=1", "a=1#b"] {
        let mut alone = moonpay("a=1");
        alone.url = Some(url("a=1%23b"));
        let mut whole = coinpayments(&url(signed));
        whole.url = Some(url("a=1%23b"));
        for callback in [alone, whole] {
            assert_eq!(callback.certain(), [], "{signed}");
            let likely = callback.likely();
            assert_eq!(likely, [CauseCode::UrlChanged, CauseCode::KeyWrong]);
        }
    }
}

/// A query that is too long is not written in other ways, and the answer does not hide it.
#[test]
fn a_query_that_is_not_rewritten_is_told() {
    let parameters = |count: usize| vec!["a=1"; count].join("&");
    let long = |bytes: usize| format!("a={}", "1".repeat(bytes - 2));
    let incomplete = CauseCode::SearchIncomplete;
    for (query, is_tried) in [
        (parameters(32), true),
        (parameters(33), false),
        (long(1 << 14), true),
        (long((1 << 14) + 1), false),
    ] {
        let mut callback = moonpay("b=2");
        callback.url = Some(format!("https://shop.example/hooks?{query}"));
        callback.budget = 10_000;
        let likely = callback.likely();
        assert_eq!(!likely.contains(&incomplete), is_tried, "{}", query.len());
        // Where no URL is signed, none is rewritten.
        let mut other = Callback::genuine("github").with_key("another-key");
        other.url = callback.url;
        assert_eq!(other.likely(), [CauseCode::KeyWrong]);
    }
}

/// Nothing shows what a query has lost.
#[test]
fn a_query_that_lost_a_parameter_is_likely() {
    let mut get = moonpay("b=2&a=1");
    get.url = Some("https://shop.example/hooks?b=2".to_owned());
    assert_eq!(get.certain(), []);
    assert_eq!(get.likely(), [CauseCode::UrlChanged, CauseCode::KeyWrong]);
    // With a body, the URL counts for nothing.
    let mut post = get.with_body(BODY);
    post.method = Some("POST".to_owned());
    assert_eq!(post.certain(), []);
    assert_eq!(post.likely(), [CauseCode::KeyWrong]);
}

/// A GET has a query in place of a body, and a published key is on no dashboard.
#[test]
fn what_to_do_about_a_get_is_told() {
    let changed = |change: &dyn Fn(&mut Callback)| {
        let mut callback = moonpay("b=2&a=1");
        change(&mut callback);
        callback
    };
    let gets = [
        (rsa_get(BRIDGE_KEY), CauseCode::KeyWrong),
        (
            changed(&|get| get.url = Some("/?b=2".to_owned())),
            CauseCode::UrlChanged,
        ),
        (changed(&|get| get.url = None), CauseCode::RequestIncomplete),
        (
            changed(&|get| get.body = b"undefined".to_vec()),
            CauseCode::BodyLost,
        ),
    ];
    for (get, code) in gets {
        let causes = get.explain().causes;
        assert!(causes.iter().any(|cause| cause.code == code), "{causes:?}");
        for cause in causes {
            let fix = cause.fix;
            let is_of_get = fix.contains("GET") || fix.contains("query");
            assert!(is_of_get || !fix.contains("body"), "{fix}");
        }
    }
    for code in CauseCode::ALL {
        assert!(!code.fix().contains("dashboard"), "{}", code.name());
    }
}

/// A sender of one's own that signs this, with keys of this form.
fn acme(signed: &str, key: &str) -> serde_json::Value {
    serde_json::json!({
        "name": "acme",
        "algorithm": "hmac-sha256",
        "headers": { "signature": "acme-signature" },
        "signature": { "encoding": "hex" },
        "signed": signed,
        "key": key
    })
}

/// What is said of a `POST` to `/hooks?a=1` of a sender of one's own that signs this.
fn of_own_sender(signed: &str, signature: &[u8]) -> Explanation {
    let options = serde_json::json!({
        "sender": acme(signed, "utf8"),
        "method": "POST",
        "url": "https://shop.example/hooks?a=1",
        "headers": { "acme-signature": hex::encode(signature) }
    });
    let keys = GivenKeys::List(vec![KeySource::text("a-shared-secret").into()]);
    let json = options.to_string();
    options::explain(json.as_bytes(), keys, BODY.as_bytes(), NOW).unwrap()
}

/// Whatever of a URL is signed, it may be another one.
#[test]
fn any_signed_part_of_the_url_makes_another_url_likely() {
    let likely = |signed: &str| codes(&of_own_sender(signed, &[0; 32]), Certainty::Likely);
    for part in ["{url}", "{path}", "{query}"] {
        let expected = [CauseCode::UrlChanged, CauseCode::KeyWrong];
        assert_eq!(likely(&format!("{part}\n{{body}}")), expected, "{part}");
    }
    assert_eq!(likely("{body}"), [CauseCode::KeyWrong]);
}

#[test]
fn any_signed_part_of_the_url_is_tried() {
    for (template, signed) in [
        ("{url}", "https://shop.example/api/hooks?a=1"),
        ("{url}", "https://shop.example/hooks"),
        ("{path}", "/api/hooks"),
        ("{query}", ""),
    ] {
        let tag = hmac256(b"a-shared-secret", format!("{signed}\n{BODY}").as_bytes());
        let explanation = of_own_sender(&format!("{template}\n{{body}}"), &tag);
        let certain = codes(&explanation, Certainty::Certain);
        assert_eq!(certain, [CauseCode::UrlChanged], "{template} {signed}");
    }
}

#[derive(serde::Deserialize)]
struct Vector {
    sender: String,
    valid: bool,
    key: serde_json::Value,
    headers: std::collections::BTreeMap<String, String>,
    body: String,
    verify_at: Option<u64>,
}

/// Published callbacks whose key is one text.
fn vectors() -> Vec<(Vector, Callback)> {
    let vectors: Vec<Vector> =
        serde_json::from_str(include_str!("../vectors/senders.json")).unwrap();
    let usable = vectors.into_iter().filter_map(|vector| {
        let key = vector.key.as_str()?.to_owned();
        let callback = Callback {
            sender: String::leak(vector.sender.clone()),
            named: true,
            keys: vec![(None, Key::Text(key))],
            headers: vector
                .headers
                .iter()
                .map(|(name, value)| (name.clone(), value.clone().into_bytes()))
                .collect(),
            body: vector.body.clone().into_bytes(),
            method: None,
            url: None,
            registered: None,
            now: vector.verify_at.unwrap_or(NOW),
            budget: BUDGET_MILLISECONDS,
            max_body_bytes: None,
            secrets: Vec::new(),
        };
        Some((vector, callback))
    });
    usable.collect()
}

#[test]
fn published_callbacks_are_explained() {
    let (mut count, mut unsigned) = (0, 0);
    for (vector, callback) in vectors().into_iter().filter(|(vector, _)| vector.valid) {
        // One that signs no header is not enough by default.
        let signature = vector.headers.get("X-Hook0-Signature");
        if signature.is_some_and(|text| !text.contains("v1=")) {
            callback.proves(&[CauseCode::HeadersUnsigned]);
            unsigned += 1;
            continue;
        }
        let explanation = callback.explain();
        let accepted = matches!(explanation.verdict, Verdict::Accepted { .. });
        assert!(accepted, "{}: {explanation:#?}", vector.sender);
        assert_eq!(explanation.causes, []);
        count += 1;
        if callback.key().starts_with("-----") {
            let escaped = callback
                .clone()
                .with_key(callback.key().replace('\n', "\\n"));
            escaped.proves(&[CauseCode::KeyLineBreaks]);
            continue;
        }
        if vector.sender == "nowpayments" {
            continue;
        }
        // White space counts for nothing where a rule reads the body as JSON.
        let key = callback.key();
        let spaced = callback.clone().with_key(format!("{key}\r\n")).certain();
        assert_eq!(spaced, [CauseCode::KeyWhiteSpace], "{}", vector.sender);
    }
    assert!(count >= 15 && unsigned > 0, "{count} {unsigned}");
}

/// For a stale callback no key is looked up, so that its age is what is wrong.
#[test]
fn a_stale_callback_of_an_unknown_key_is_stale() {
    let causes = |time: u64| {
        let options = serde_json::json!({
            "sender": {
                "name": "acme",
                "algorithm": "hmac-sha256",
                "headers": {
                    "signature": "acme-signature", "timestamp": "acme-time", "keyId": "acme-key"
                },
                "signature": { "encoding": "hex" },
                "timestamp": { "unit": "s" },
                "signed": "{keyId}.{timestamp}.{body}"
            },
            "headers": {
                "acme-signature": "00".repeat(32), "acme-time": time.to_string(), "acme-key": "two"
            }
        });
        let keys = GivenKeys::List(vec![KeyInput {
            id: Some("one".to_owned()),
            source: KeySource::text("a-shared-secret"),
        }]);
        let json = options.to_string();
        let explained = options::explain(json.as_bytes(), keys, BODY.as_bytes(), NOW);
        codes(&explained.unwrap(), Certainty::Certain)
    };
    assert_eq!(causes(NOW), [CauseCode::KeyUnknown]);
    assert_eq!(causes(NOW - 1000), [CauseCode::TimestampTooOld]);
}

/// The key may be that of another client, too: only the option is wrong, or the callback came astray.
#[test]
fn a_callback_for_another_client_is_told() {
    let tag = hmac256(b"a-shared-secret", format!("client-2|{BODY}").as_bytes());
    let causes = |client: &str, key: &str| {
        let options = serde_json::json!({
            "sender": {
                "name": "acme",
                "algorithm": "hmac-sha256",
                "headers": { "signature": "acme-signature", "clientId": "acme-client" },
                "signature": { "encoding": "hex" },
                "signed": "{clientId}|{body}"
            },
            "clientId": client,
            "headers": { "acme-signature": hex::encode(&tag), "acme-client": "client-2" }
        });
        let keys = GivenKeys::List(vec![KeySource::text(key).into()]);
        let json = options.to_string();
        options::explain(json.as_bytes(), keys, BODY.as_bytes(), NOW).unwrap()
    };
    let key = "a-shared-secret";
    assert_eq!(causes("client-2", key).causes, []);
    let other = codes(&causes("client-1", key), Certainty::Certain);
    assert_eq!(other, [CauseCode::HeaderMalformed]);
    // With a mistake on top.
    let both = codes(&causes("client-1", "a-shared-secret\n"), Certainty::Certain);
    assert_eq!(both, [CauseCode::KeyWhiteSpace, CauseCode::HeaderMalformed]);
}

#[test]
fn keys_are_known_by_other_ids() {
    let (_, callback) = vectors()
        .into_iter()
        .find(|(vector, _)| vector.sender == "turnkey" && vector.valid)
        .unwrap();
    let mut named = callback.clone();
    named.keys[0].0 = Some("another-id".to_owned());
    named.proves(&[CauseCode::KeyOfOtherId]);
    let mut other = named;
    other.keys[0].1 =
        Key::Text("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a".to_owned());
    other.proves(&[CauseCode::KeyUnknown]);
}

#[test]
fn a_payload_that_the_format_does_not_have_is_told() {
    let callback = Callback::over(
        "tp-wallet",
        r#"{"type":"test.event","timestamp":"now","data":{}}"#,
    );
    let message = callback.proves(&[CauseCode::PayloadUnexpected]);
    assert!(message.contains("timestamp"), "{message}");
}

#[test]
fn a_body_that_is_too_large_is_told() {
    let body = format!("{{\"a\":\"{}\"}}", "x".repeat(1 << 20)).into_bytes();
    let mut callback = Callback::over("github", body);
    callback.proves(&[CauseCode::BodyTooLarge]);
    callback.max_body_bytes = Some(1 << 21);
    assert!(matches!(
        callback.explain().verdict,
        Verdict::Accepted { .. }
    ));
}

#[test]
fn codes_are_unique_and_told_in_order() {
    let names: std::collections::BTreeSet<_> =
        CauseCode::ALL.iter().map(|code| code.name()).collect();
    assert_eq!(names.len(), CauseCode::ALL.len());
    assert!(CauseCode::ALL.is_sorted());
    for code in CauseCode::ALL.iter().copied() {
        let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
        assert!(code.name().bytes().all(allowed), "{}", code.name());
        assert!(code.meaning().len() > 20 && code.fix().len() > 20);
    }
    // Certain causes come first.
    let mut callback = Callback::genuine("tp-wallet")
        .without("webhook-id")
        .with("webhook_id", ID);
    callback = callback.with_key("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
    let causes = callback.explain().causes;
    assert!(causes.is_sorted_by_key(|cause| (cause.certainty, cause.code)));
}

#[test]
fn answers_have_the_public_shape() {
    let json = serde_json::to_string(&Callback::genuine("stripe").explain()).unwrap();
    assert_eq!(
        json,
        "{\"verdict\":{\"ok\":true,\"timestamp\":1700000000,\"key\":{\"index\":0}},\"causes\":[]}"
    );
    // What is signed in the body's place, and what tells it from another with the same.
    let sorted = br#"{"a":1,"b":2}"#;
    let tag = hmac256(b"a-shared-secret", &[b"n-1.".as_slice(), sorted].concat());
    let options = serde_json::json!({
        "sender": {
            "name": "acme",
            "algorithm": "hmac-sha256",
            "headers": { "signature": "acme-signature", "nonce": "acme-nonce" },
            "signature": { "encoding": "hex" },
            "signed": "{nonce}.{body}",
            "rule": "sorted-json"
        },
        "headers": { "acme-signature": hex::encode(tag), "acme-nonce": "n-1" }
    });
    let keys = GivenKeys::List(vec![KeySource::text("a-shared-secret").into()]);
    let json = options.to_string();
    let body = br#"{"b":2,"a":1}"#;
    let explained = options::explain(json.as_bytes(), keys, body, NOW).unwrap();
    let verdict = &serde_json::to_value(explained).unwrap()["verdict"];
    let digest = <Sha256 as sha2::Digest>::digest(sorted);
    assert_eq!(verdict["contentHash"], hex::encode(digest));
    assert_eq!(verdict["signedWith"], "n-1");
    let callback = Callback::genuine("github").without("x-hub-signature-256");
    let answer = serde_json::to_value(callback.explain()).unwrap();
    assert_eq!(answer["verdict"]["code"], "missing_header");
    assert_eq!(answer["causes"][0]["code"], "header_missing");
    assert_eq!(answer["causes"][0]["certainty"], "certain");
    assert!(
        answer["causes"][0]["fix"]
            .as_str()
            .unwrap()
            .contains("headers")
    );
}

/// Marsaglia's xorshift64: the same numbers in every run, so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    /// Changes some bytes in one of many ways.
    fn corrupt(&mut self, bytes: &mut Vec<u8>) {
        const ADDED: [&[u8]; 12] = [
            b" ",
            b"\n",
            b"\r\n",
            b"\t",
            b"\"",
            b"'",
            b"=",
            b", ",
            b"%",
            b"0",
            b"a",
            b"\xef\xbb\xbf",
        ];
        let at = self.below(bytes.len());
        let added = ADDED[self.below(ADDED.len())];
        match self.below(12) {
            0 | 1 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
            2 if !bytes.is_empty() => drop(bytes.remove(at)),
            3 => bytes.insert(at, self.next() as u8),
            4 => bytes.truncate(at),
            5 => bytes.extend_from_slice(added),
            6 => drop(bytes.splice(0..0, added.iter().copied())),
            7 => drop(bytes.splice(at..at, added.iter().copied())),
            8 => bytes.make_ascii_lowercase(),
            9 => bytes.make_ascii_uppercase(),
            10 if bytes.len() > 1 => bytes.rotate_left(1),
            _ => {
                let other = self.below(bytes.len());
                if !bytes.is_empty() {
                    bytes.swap(at, other);
                }
            }
        }
    }

    /// Some JSON.
    fn body(&mut self) -> Vec<u8> {
        let texts = ["", "Zoë", "a/b", "x y", "<&>", "1.50", "msg_1"];
        let text = texts[self.below(texts.len())];
        let bodies = [
            format!(
                "{{\"type\":\"test.event\",\"text\":\"{text}\",\"n\":{}}}",
                self.below(100)
            ),
            format!("{{\"b\": \"{text}\", \"a\": [1, {}]}}\n", self.below(100)),
            format!("{{\n  \"text\": \"{text}\"\n}}"),
            format!("text={text}&n={}", self.below(100)),
            text.to_owned(),
        ];
        bodies[self.below(bodies.len())].clone().into_bytes()
    }
}

/// Whether a cause of this code was put into the callback. It is asked of bytes, without any of what
/// the search does.
fn was_corrupted(code: CauseCode, original: &Callback, corrupted: &Callback) -> bool {
    let keys = [original, corrupted].map(|callback| match &callback.keys[0].1 {
        Key::Text(text) => text.clone().into_bytes(),
        Key::Bytes(bytes) => bytes.clone(),
    });
    let without = |bytes: &[u8], dropped: &str| -> Vec<u8> {
        let text = String::from_utf8_lossy(bytes);
        let kept = text
            .chars()
            .filter(|it| !it.is_whitespace() && !dropped.contains(*it));
        kept.collect::<String>().into_bytes()
    };
    let same_keys = |dropped| without(&keys[0], dropped) == without(&keys[1], dropped);
    let bodies = [&original.body, &corrupted.body];
    let same_bodies = |dropped| without(bodies[0], dropped) == without(bodies[1], dropped);
    let json = bodies.map(|body| {
        serde_json::from_slice::<serde_json::Value>(
            body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body),
        )
        .ok()
    });
    let value = |callback: &Callback, name: &str| {
        let mut headers = callback.headers.iter();
        headers
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.clone())
    };
    // Whether some header differs in this way.
    let header = |differs: &dyn Fn(&[u8], &[u8]) -> bool| {
        original.headers.iter().any(|(name, old)| {
            value(corrupted, name).is_some_and(|new| new != *old && differs(old, &new))
        })
    };
    let same_letters = |dropped: &'static str| {
        header(&move |old, new| without(old, dropped) == without(new, dropped))
    };
    // Hexadecimal digits may be in either case.
    let begins = |longer: &[u8], shorter: &[u8]| {
        let (longer, shorter) = (longer.trim_ascii(), shorter.trim_ascii());
        let beginning = longer.get(..shorter.len());
        longer != shorter && beginning.is_some_and(|part| part.eq_ignore_ascii_case(shorter))
    };
    match code {
        CauseCode::BodyReserialized => json[0].is_some() && json[0] == json[1],
        CauseCode::BodyNewline | CauseCode::BodyLineBreaks => same_bodies(""),
        CauseCode::BodyByteOrderMark => same_bodies("\u{feff}"),
        CauseCode::BodyForm => !bodies[0].is_empty() && same_bodies("%=+"),
        CauseCode::KeyWhiteSpace => same_keys("\u{feff}\"'=,%"),
        CauseCode::KeyQuotes => same_keys("\"'\u{feff}"),
        // Of what stands before the underscore, and of the padding.
        CauseCode::KeyPrefix | CauseCode::KeyEncoding => {
            let rest = |key: &[u8]| {
                without(
                    key.rsplit(|byte| *byte == b'_').next().unwrap(),
                    "=\"'\u{feff}",
                )
            };
            keys[0] != keys[1] && rest(&keys[0]) == rest(&keys[1])
        }
        CauseCode::HeaderRepeated => header(&|_, new| new.contains(&b',')),
        CauseCode::HeaderWhiteSpace => same_letters(""),
        CauseCode::HeaderQuotes => same_letters("\"'"),
        CauseCode::SignatureTruncated => header(&|old, new| begins(old, new)),
        CauseCode::SignatureTrailing => header(&|old, new| begins(new, old)),
        CauseCode::SignatureCase => {
            header(&|old, new| old.trim_ascii().eq_ignore_ascii_case(new.trim_ascii()))
        }
        CauseCode::SignaturePrefix | CauseCode::SignatureEncoding | CauseCode::HeaderUrlEncoded => {
            header(&|old, new| {
                let tail = |text: &[u8]| text[text.len().saturating_sub(30)..].to_ascii_lowercase();
                tail(&without(old, "=")) == tail(&without(new, "="))
            })
        }
        CauseCode::OtherId => value(original, "webhook-id") != value(corrupted, "webhook-id"),
        CauseCode::OtherTimestamp | CauseCode::TimestampUnit => {
            let time = |callback: &Callback| {
                let stripe = value(callback, "stripe-signature");
                let stripe =
                    stripe.map(|text| text.split(|byte| *byte == b',').next().unwrap().to_vec());
                value(callback, "webhook-timestamp").or(stripe)
            };
            time(original) != time(corrupted)
        }
        CauseCode::TimestampTooOld | CauseCode::TimestampTooNew => {
            corrupted.now.abs_diff(NOW) > 300
        }
        // What the verifier itself says.
        CauseCode::HeaderMissing
        | CauseCode::HeaderMalformed
        | CauseCode::KeyRefused
        | CauseCode::KeyKind
        | CauseCode::PayloadUnexpected => true,
        _ => false,
    }
}

#[test]
fn no_random_corruption_has_a_false_certain_cause() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let (mut proven, mut accepted) = (0, 0);
    for round in 0..10_000 {
        let sender = SENDERS[random.below(SENDERS.len())];
        let body = random.body();
        let original = Callback::over(sender, body);
        let mut corrupted = original.clone();
        for _ in 0..=usize::from(random.below(4) == 0) {
            match random.below(8) {
                0..3 => random.corrupt(&mut corrupted.body),
                3..5 => {
                    let index = random.below(corrupted.headers.len());
                    random.corrupt(&mut corrupted.headers[index].1);
                }
                5 | 6 => {
                    if let Key::Text(text) = &mut corrupted.keys[0].1 {
                        let mut bytes = text.clone().into_bytes();
                        random.corrupt(&mut bytes);
                        *text = String::from_utf8_lossy(&bytes).into_owned();
                    }
                }
                _ if random.below(2) == 0 => {
                    let index = random.below(corrupted.headers.len());
                    corrupted.headers.remove(index);
                    if corrupted.headers.is_empty() {
                        corrupted = corrupted.with("x-other", "1");
                    }
                }
                _ => {
                    corrupted.now = corrupted
                        .now
                        .wrapping_add(random.next() % 1000)
                        .wrapping_sub(500)
                }
            }
        }
        // A key that was corrupted may be in no answer, and neither may it be found in its parts.
        let explanation = corrupted.explain();
        accepted += usize::from(matches!(explanation.verdict, Verdict::Accepted { .. }));
        for code in codes(&explanation, Certainty::Certain) {
            assert!(
                was_corrupted(code, &original, &corrupted),
                "round {round}, {sender}: {code:?}\n{original}\n{corrupted}\n{explanation:#?}",
            );
            proven += 1;
        }
        let refused = !matches!(explanation.verdict, Verdict::Accepted { .. });
        assert_eq!(refused, !explanation.causes.is_empty());
    }
    assert!(proven > 10_000 / 5, "{proven} proven, {accepted} accepted");
}

/// The sender chooses the size of a callback, and the receiver what explaining it may cost.
#[test]
fn the_search_keeps_to_its_budget() {
    let body = format!("{{\"a\":[{}0]}}", "0,".repeat(50_000));
    let mut callback = Callback::over("stripe", body.clone().into_bytes());
    callback.body = body.replace(',', ", ").into_bytes();
    assert_eq!(callback.certain(), [CauseCode::BodyReserialized]);

    callback.budget = 1;
    assert_eq!(callback.certain(), []);
    assert_eq!(
        callback.likely(),
        [CauseCode::KeyWrong, CauseCode::SearchIncomplete]
    );

    let mut small = Callback::genuine("stripe");
    small.body.insert(0, b' ');
    small.budget = 1;
    assert_eq!(small.certain(), [CauseCode::BodyNewline]);
}

/// Reading and sorting a body, public keys, and long headers and bodies take more of it.
#[test]
fn what_costs_more_is_tried_less_often() {
    let plain = Callback::over("lightspark", "a").with_key("another-key");
    let mut sorted = plain.clone().with_body(BODY);
    sorted.sender = "nowpayments";
    let sorted = sorted.with("x-nowpayments-sig", "00".repeat(64));
    let public = "whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
    let signature = format!("v1a,{}", base64(&[7; 64]));
    let public = Callback::over("tp-wallet", "a")
        .with("webhook-signature", signature)
        .with_key(public);
    let header = plain.clone().with("x-long", "a".repeat(50_000));
    let body = plain.clone().with_body(vec![b'a'; 50_000]);
    let is_complete = |callback: &Callback, budget: u64| {
        let mut callback = callback.clone();
        callback.budget = budget;
        !callback.likely().contains(&CauseCode::SearchIncomplete)
    };
    assert!(is_complete(&plain, 1));
    for costly in [sorted, public, header, body] {
        assert!(!is_complete(&costly, 20), "{costly}");
        assert!(is_complete(&costly, 500), "{costly}");
    }
}

/// Many URLs are written of a long one, or of one and of long headers.
#[test]
fn other_urls_are_written_within_the_budget() {
    let path = "a".repeat(100_000);
    let mut long = coinpayments(&format!("https://pay.example/{path}"));
    long.url = Some(format!("http://pay.example/{path}"));
    let mut proxied = coinpayments("https://pay.example/hooks");
    proxied.url = Some("http://pay.example/hooks".to_owned());
    let headers = ["host", "x-original-uri", "x-forwarded-prefix"];
    let headers = headers.map(|name| proxied.clone().with(name, &path));
    for mut callback in headers.into_iter().chain([long]) {
        callback.budget = 100;
        assert_eq!(callback.certain(), []);
        assert!(callback.likely().contains(&CauseCode::SearchIncomplete));
        callback.budget = 1_000;
        assert_eq!(callback.certain(), [CauseCode::UrlChanged]);
    }
}

/// The headers are copied for each of them.
#[test]
fn other_ids_are_tried_within_the_budget() {
    let mut callback = Callback::genuine("tp-wallet").with("webhook-id", "msg_other");
    for index in 0..200 {
        callback = callback.with(&format!("x-{index}"), "1");
    }
    let callback = callback
        .with("x-long", "a".repeat(100_000))
        .with("x-original-id", ID);
    let mut costly = callback.clone();
    costly.budget = 240;
    assert_eq!(costly.certain(), []);
    assert!(costly.likely().contains(&CauseCode::SearchIncomplete));
    costly.budget = 1_000;
    assert_eq!(costly.certain(), [CauseCode::OtherId]);
}

/// The least budget that leaves nothing untried, in milliseconds.
fn least_budget(callback: &Callback) -> u64 {
    let is_complete = |budget: &u64| {
        let mut callback = callback.clone();
        callback.budget = *budget;
        !callback.likely().contains(&CauseCode::SearchIncomplete)
    };
    (1..=BUDGET_MILLISECONDS).find(is_complete).unwrap()
}

/// A key that stays the same without it is not tried a second time, nor in pairs with all else.
#[test]
fn white_space_that_counts_for_nothing_costs_nothing() {
    let public = rsa_get(BRIDGE_KEY);
    // A receiver lets an explanation cost 100, and 2048 bits of RSA take a quarter of a millisecond.
    assert!(least_budget(&public) <= 40);
    let mut trimmed = Callback::genuine("lightspark").with_key("another-key");
    trimmed.sender = "nowpayments";
    let trimmed = trimmed.with("x-nowpayments-sig", "00".repeat(64));
    let spaces = " ".repeat(100_000);
    let spaced = format!("{spaces}{}{spaces}", trimmed.key());
    // To the sender of the other header it counts.
    let trimmed = trimmed.without("lightspark-signature");
    let spaced = trimmed.clone().with_key(spaced);
    assert_eq!(spaced.likely(), [CauseCode::KeyWrong]);
    assert!(least_budget(&spaced) <= least_budget(&trimmed) + 1);
    for callback in [public, trimmed] {
        let least = least_budget(&callback);
        let key = callback.key();
        for spaced in [
            format!("{key}\n"),
            format!("{key}\r\n"),
            format!(" {key}\t"),
        ] {
            let budget = least_budget(&callback.clone().with_key(spaced));
            assert!(budget <= least + 1, "{} {budget} {least}", callback.sender);
        }
    }
    let mut bridge = Callback::genuine("lightspark").without("lightspark-signature");
    bridge.sender = "bridge";
    let signature = format!("t={NOW}000,v0={}", base64(&[1; 256]));
    let bridge = bridge
        .with("x-webhook-signature", signature)
        .with_key(format!("{BRIDGE_KEY}\n"));
    assert_eq!(bridge.likely(), [CauseCode::KeyWrong]);
    let file = format!("{BRIDGE_KEY}\n").into_bytes();
    assert!(least_budget(&rsa_get(BRIDGE_KEY).with_key_bytes(&file)) <= 100);
}

/// What is never written down cannot be given away, and nothing panics.
#[test]
fn random_input_is_explained() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for _ in 0..5_000 {
        let sender = SENDERS[random.below(SENDERS.len())];
        let mut callback = Callback::over(sender, random.body());
        for _ in 0..random.below(6) {
            random.corrupt(&mut callback.body);
        }
        for (name, value) in &mut callback.headers {
            let mut bytes = name.clone().into_bytes();
            if random.below(8) == 0 {
                random.corrupt(&mut bytes);
                *name = String::from_utf8_lossy(&bytes).into_owned();
            }
            random.corrupt(value);
            random.corrupt(value);
        }
        if random.below(4) == 0 {
            let length = random.below(80);
            let bytes = (0..length).map(|_| random.next() as u8).collect();
            callback.keys = vec![(None, Key::Bytes(bytes))];
        }
        callback.named = random.below(4) > 0;
        callback.now = random.next() >> random.below(64);
        callback.url = Some(String::from_utf8_lossy(&callback.body).into_owned());
        callback.explain();
    }
}
