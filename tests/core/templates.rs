//! The bytes under a signature can be taken apart in one way only: no byte can move from one part of a
//! callback into another and leave its signature right.

use std::collections::BTreeMap;

use crate::common::*;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use wallet_callback::verify::Verifier;

const KEY: &str = "a-shared-secret-of-a-sender";
const URL: &str = "https://shop.example/hooks/1?order=7";
const CLIENT: &str = "client.7";

/// The tokens whose values a callback brings.
const VARIABLE: [&str; 8] = [
    "body",
    "id",
    "timestamp",
    "nonce",
    "keyId",
    "method",
    "query",
    "header:x-tenant",
];
const KNOWN: [&str; 3] = ["url", "path", "clientId"];
const LITERALS: [&str; 10] = ["", "", "", ".", "|", "\n", "1", "h", ":", " v1 "];
const UNITS: [&str; 5] = ["s", "ms", "unix", "iso8601", "http-date"];
const PAYLOADS: [&str; 3] = ["any", "json", "form"];

/// A template: literals and tokens take turns.
#[derive(Debug, Clone)]
struct Template {
    literals: Vec<&'static str>,
    tokens: Vec<&'static str>,
    unit: &'static str,
    payload: &'static str,
}

impl Template {
    fn random(random: &mut Random) -> Self {
        let mut tokens = vec!["body"];
        for _ in 0..=random.below(3) {
            let pool: &[&str] = if random.below(6) == 0 {
                &KNOWN
            } else {
                &VARIABLE
            };
            let at = random.below(tokens.len() + 1);
            tokens.insert(at, *random.pick(pool));
        }
        Self {
            literals: (0..=tokens.len())
                .map(|_| *random.pick(&LITERALS))
                .collect(),
            tokens,
            unit: *random.pick(&UNITS),
            payload: *random.pick(&PAYLOADS),
        }
    }

    fn of(text: &[&'static str], unit: &'static str, payload: &'static str) -> Self {
        let (mut literals, mut tokens) = (Vec::new(), Vec::new());
        for (index, part) in text.iter().enumerate() {
            if index % 2 == 0 {
                literals.push(*part)
            } else {
                tokens.push(*part)
            }
        }
        Self {
            literals,
            tokens,
            unit,
            payload,
        }
    }

    fn has(&self, token: &str) -> bool {
        self.tokens.contains(&token)
    }

    fn descriptor(&self) -> Value {
        let mut signed = String::from(self.literals[0]);
        for (token, literal) in self.tokens.iter().zip(&self.literals[1..]) {
            signed += &format!("{{{token}}}{literal}");
        }
        let mut headers = json!({ "signature": "x-signature" });
        for (token, name) in [
            ("id", "x-id"),
            ("timestamp", "x-time"),
            ("nonce", "x-nonce"),
            ("keyId", "x-key"),
            ("clientId", "x-client"),
        ] {
            if self.has(token) {
                headers[token] = json!(name);
            }
        }
        let mut descriptor = json!({
            "name": "acme",
            "algorithm": "hmac-sha256",
            "headers": headers,
            "signature": { "encoding": "hex" },
            "signed": signed,
            "payload": self.payload,
        });
        if self.has("timestamp") {
            descriptor["timestamp"] = json!({ "unit": self.unit });
        }
        descriptor
    }

    /// A verifier, unless the descriptor is refused.
    fn verifier(&self) -> Option<Verifier> {
        let mut options = json!({ "sender": self.descriptor() });
        if self.has("url") || self.has("path") {
            options["url"] = json!(URL);
        }
        if self.has("clientId") {
            options["clientId"] = json!(CLIENT);
        }
        try_verifier(&options, KEY).ok()
    }

    /// What is signed, if the tokens have these values.
    fn fill(&self, values: &Values) -> Vec<u8> {
        let mut signed = self.literals[0].as_bytes().to_vec();
        for (token, literal) in self.tokens.iter().zip(&self.literals[1..]) {
            signed.extend_from_slice(&values[token]);
            signed.extend_from_slice(literal.as_bytes());
        }
        signed
    }
}

type Values = BTreeMap<&'static str, Vec<u8>>;

/// The callback with these values, and with this signature.
fn callback(values: &Values, signature: &str) -> Option<Callback> {
    let text = |token| {
        values
            .get(token)
            .map(|value| String::from_utf8(value.clone()))
    };
    let mut callback = Callback {
        body: values["body"].clone(),
        method: text("method").unwrap_or(Ok("POST".into())).ok(),
        url: Some("https://other.example/elsewhere".into()),
        ..Callback::default()
    };
    if let Some(query) = text("query") {
        let query = query.ok().filter(|query| !query.contains('#'))?;
        callback.url = Some(format!("https://other.example/elsewhere?{query}"));
    }
    for (token, name) in [
        ("id", "x-id"),
        ("timestamp", "x-time"),
        ("nonce", "x-nonce"),
        ("keyId", "x-key"),
        ("clientId", "x-client"),
        ("header:x-tenant", "x-tenant"),
    ] {
        if let Some(value) = values.get(token) {
            callback = callback.with(name, value);
        }
    }
    Some(callback.with("x-signature", signature))
}

fn sign(message: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).unwrap();
    mac.update(message);
    hex::encode(mac.finalize().into_bytes())
}

/// Values that a genuine sender could choose, with all on which borders could be missed.
fn random_values(template: &Template, random: &mut Random) -> Values {
    let alphabet: &[u8] = b"0123456789abhvZT.:|-{}[]\"?=& 1h";
    let mut text = |longest: usize| -> Vec<u8> {
        let length = 1 + random.below(longest);
        (0..length).map(|_| *random.pick(alphabet)).collect()
    };
    let mut values = Values::new();
    for token in ["id", "nonce", "keyId", "query", "header:x-tenant"] {
        values.insert(token, text(9));
    }
    values.insert("url", URL.into());
    values.insert("path", b"/hooks/1".to_vec());
    values.insert("clientId", CLIENT.into());
    values.insert(
        "method",
        random
            .pick(&["POST", "PUT", "GET", "H"])
            .as_bytes()
            .to_vec(),
    );
    let time: &&str = match template.unit {
        "s" => random.pick(&["1700000000", "1699999999", "1700000111"]),
        "ms" => random.pick(&["1700000000000", "1700000011111"]),
        "unix" => random.pick(&["1700000000", "1700000000000"]),
        "iso8601" => random.pick(&[
            "2023-11-14T22:13:20",
            "2023-11-14T22:13:20Z",
            "2023-11-14T22:13:20.125",
            "2023-11-14T22:13:20.125Z",
            "2023-11-14T22:13:20+00:00",
        ]),
        _ => random.pick(&[
            "Tue, 14 Nov 2023 22:13:20 GMT",
            "2023-11-14 22:13:20.999 +0000 UTC m=+0.001",
            "2023-11-14 22:13:20 +0000 UTC",
        ]),
    };
    values.insert("timestamp", (*time).into());
    let body: &&str = match template.payload {
        "form" => random.pick(&["a=1&b=22", "amount=100", "12345=1", "h=1"]),
        "json" => random.pick(&[
            r#"{"a":"{1}.|","b":[1,2]}"#,
            r#"[{"a":1},{"a":2}]"#,
            " {\"a\":1}\n",
            "{}",
            "12345",
            "\"text.1\"",
            "",
        ]),
        _ => random.pick(&["credit=100", "12345.6", r#"{"a":1}"#, "text 1|2", "h", ""]),
    };
    values.insert("body", (*body).into());
    values.retain(|token, _| template.has(token));
    values
}

/// Every other way to take the signed bytes apart in which one part, or two that are neighbours, lose or
/// gain bytes at each end.
fn others(template: &Template, values: &Values) -> Vec<Values> {
    let signed = template.fill(values);
    // Where each token starts and ends.
    let mut spans = Vec::new();
    let mut at = template.literals[0].len();
    for (token, literal) in template.tokens.iter().zip(&template.literals[1..]) {
        let end = at + values[token].len();
        spans.push((at, end));
        at = end + literal.len();
    }
    let mut found = Vec::new();
    let count = spans.len();
    let mut consider = |spans: &[(usize, usize)]| {
        // The literals have to stand where they stood before, counted from the tokens.
        let mut at = template.literals[0].len();
        let mut other = Values::new();
        for (index, (start, end)) in spans.iter().enumerate() {
            let literal = template.literals[index + 1].as_bytes();
            let is_last = index + 1 == count;
            let behind = end + literal.len();
            let fits = *start == at
                && start <= end
                && behind <= signed.len()
                && &signed[*end..behind] == literal
                && (!is_last || behind == signed.len());
            if !fits {
                return;
            }
            let value = signed[*start..*end].to_vec();
            let known = KNOWN.contains(&template.tokens[index]);
            if known && value != values[template.tokens[index]] {
                return;
            }
            let before = other.insert(template.tokens[index], value.clone());
            if before.is_some_and(|before| before != value) {
                return;
            }
            at = behind;
        }
        if other != *values {
            found.push(other);
        }
    };
    let longest = signed.len() as isize;
    let shifts: Vec<isize> = (-longest..=longest).filter(|shift| *shift != 0).collect();
    for border in 1..count {
        for shift in &shifts {
            let mut moved = spans.clone();
            move_border(&mut moved, border, *shift);
            consider(&moved);
            if border + 1 < count {
                for second in -14..=14 {
                    let mut moved = moved.clone();
                    move_border(&mut moved, border + 1, second);
                    consider(&moved);
                }
            }
        }
    }
    found
}

/// Moves the end of one token and the start of the next.
fn move_border(spans: &mut [(usize, usize)], border: usize, shift: isize) {
    let add = |place: usize| (place as isize + shift).max(0) as usize;
    spans[border - 1].1 = add(spans[border - 1].1);
    spans[border].0 = add(spans[border].0);
}

/// Looks for a second callback under the signature of a genuine one. The number of genuine ones.
fn search(template: &Template, verifier: &Verifier, random: &mut Random, rounds: usize) -> usize {
    let mut genuine = 0;
    for _ in 0..rounds {
        let values = random_values(template, random);
        let signature = sign(&template.fill(&values));
        let Some(first) = callback(&values, &signature) else {
            continue;
        };
        if first.verify(verifier).is_err() {
            continue;
        }
        genuine += 1;
        for other in others(template, &values) {
            if let Some(second) = callback(&other, &signature)
                && second.verify(verifier).is_ok()
            {
                panic!("{template:?}: {values:?} and {other:?} have one signature");
            }
        }
    }
    genuine
}

#[test]
fn no_byte_moves_under_a_signature() {
    let mut random = Random::new(0x5eed_0013);
    let (mut accepted, mut refused, mut genuine) = (0, 0, 0);
    for _ in 0..6_000 {
        let template = Template::random(&mut random);
        match template.verifier() {
            None => refused += 1,
            Some(verifier) => {
                accepted += 1;
                genuine += search(&template, &verifier, &mut random, 3);
            }
        }
    }
    assert!(accepted > 500, "{accepted} templates were accepted");
    assert!(refused > 500, "{refused} templates were refused");
    assert!(genuine > 500, "{genuine} callbacks were genuine");
}

#[test]
fn templates_with_two_readings_are_refused() {
    for (parts, unit, payload) in [
        // From published reports: each let one signature stand for two callbacks.
        (
            &["", "timestamp", ".", "id", "", "nonce", ".", "body", ""][..],
            "s",
            "json",
        ),
        (
            &["", "timestamp", "", "id", ".", "body", ""],
            "iso8601",
            "json",
        ),
        (
            &[
                "",
                "timestamp",
                ".",
                "header:x-tenant",
                "",
                "id",
                ".",
                "body",
                "",
            ],
            "s",
            "json",
        ),
        (
            &["", "timestamp", ".", "query", ".", "id", ".", "body", ""],
            "s",
            "any",
        ),
        (&["", "timestamp", ".", "body", "", "id", ""], "s", "any"),
        (&["", "timestamp", ".", "body", ".", "id", ""], "s", "any"),
        (&["", "timestamp", "", "body", ""], "iso8601", "any"),
        (&["", "timestamp", "", "body", ""], "http-date", "any"),
        (&["", "timestamp", "", "body", ""], "unix", "json"),
        (&["", "id", "", "body", ""], "s", "any"),
        (&["", "id", "", "body", ""], "s", "form"),
        (&["", "body", "", "timestamp", ""], "s", "any"),
        (&["", "body", "|", "timestamp", ""], "unix", "any"),
        (&["", "body", ".", "body", ""], "s", "any"),
        (&["", "method", "", "id", ".", "body", ""], "s", "json"),
        (&["", "method", "", "query", "\n", "body", ""], "s", "json"),
        (&["", "method", "H", "body", ""], "s", "json"),
        (
            &["", "timestamp", "1", "id", "\n", "body", ""],
            "unix",
            "json",
        ),
        (
            &["", "timestamp", "Z", "id", "\n", "body", ""],
            "iso8601",
            "json",
        ),
        (&["", "timestamp", "+", "body", ""], "http-date", "any"),
        (&["", "id", "", "clientId", ".", "body", ""], "s", "json"),
        // A digit of the time could end the id.
        (&["", "id", "", "timestamp", "1", "body", ""], "s", "json"),
    ] {
        let template = Template::of(parts, unit, payload);
        assert!(template.verifier().is_none(), "{template:?}");
    }
}

#[test]
fn templates_with_one_reading_are_accepted() {
    let mut random = Random::new(7);
    for (parts, unit, payload) in [
        (
            &["", "id", ".", "timestamp", ".", "body", ""][..],
            "s",
            "any",
        ),
        (&["", "timestamp", ".", "body", ""], "unix", "any"),
        (
            &["", "timestamp", "\n", "nonce", "\n", "body", "\n"],
            "ms",
            "any",
        ),
        (&["", "timestamp", "", "body", ""], "s", "any"),
        (&["", "timestamp", "", "body", ""], "iso8601", "json"),
        (&["", "timestamp", "|", "body", ""], "iso8601", "any"),
        (&["", "nonce", "", "timestamp", "", "body", ""], "s", "json"),
        (&["", "nonce", "", "timestamp", "|", "body", ""], "s", "any"),
        (
            &["", "method", "", "path", "", "timestamp", "", "body", ""],
            "iso8601",
            "json",
        ),
        (&["", "body", "", "timestamp", ""], "http-date", "json"),
        (&["", "body", "|", "timestamp", ""], "unix", "json"),
        (
            &["", "method", "\n", "path", "\n", "query", "\n", "body", ""],
            "s",
            "any",
        ),
        (
            &[
                "",
                "method",
                "",
                "url",
                "",
                "clientId",
                "",
                "timestamp",
                "",
                "body",
                "",
            ],
            "iso8601",
            "json",
        ),
        (&["", "body", "", "clientId", ""], "s", "any"),
    ] {
        let template = Template::of(parts, unit, payload);
        let verifier = template.verifier();
        let verifier = verifier.unwrap_or_else(|| panic!("{template:?} is refused"));
        let genuine = search(&template, &verifier, &mut random, 60);
        assert!(genuine > 0, "{template:?} takes nothing");
    }
}
