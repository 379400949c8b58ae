//! What other senders' bodies are read as, and where the event's type and id are found.

use crate::common::*;
use serde_json::{Value, json};
use wallet_callback::error::{PayloadProblem, Rejection};
use wallet_callback::event::answer::write_other;
use wallet_callback::event::{Content, Event, Other};
use wallet_callback::options;
use wallet_callback::request::Request;
use wallet_callback::verify::Verifier;

const KEY: &str = "a-shared-secret";

/// A sender that signs nothing but the body, with these members besides.
fn sender(members: &Value) -> Value {
    let mut sender = json!({
        "name": "acme",
        "algorithm": "hmac-sha256",
        "headers": { "signature": "acme-signature" },
        "signature": { "encoding": "hex" },
        "signed": "{body}"
    });
    let members = members.as_object().unwrap().clone();
    sender.as_object_mut().unwrap().extend(members);
    sender
}

fn verifier_of(sender: &Value) -> Verifier {
    let options = json!({ "sender": sender }).to_string();
    options::verifier(options.as_bytes(), given(&[KEY])).unwrap()
}

/// Signs the body, which may be no text, and adds headers that are not signed.
fn callback(sender: &Value, body: &[u8], headers: &[(&str, &str)]) -> Callback {
    let options = json!({ "sender": sender, "id": "a", "nonce": "a" }).to_string();
    let random = || unreachable!("everything is given");
    let signed = options::sign(options.as_bytes(), Ok(given_key(KEY)), body, NOW, random).unwrap();
    let mut callback = Callback {
        headers: Vec::new(),
        body: body.to_vec(),
        ..Callback::default()
    };
    for (name, value) in &signed.headers {
        callback = callback.with(name, value);
    }
    for (name, value) in headers {
        callback = callback.with(name, value);
    }
    callback
}

fn read_with(
    members: &Value,
    body: impl AsRef<[u8]>,
    headers: &[(&str, &str)],
) -> Result<Other, Rejection> {
    let sender = sender(members);
    let callback = callback(&sender, body.as_ref(), headers);
    let verdict = callback.verify(&verifier_of(&sender))?;
    assert_eq!((verdict.id, verdict.timestamp), (None, None));
    match verdict.event {
        Event::Other(other) => Ok(other),
        event => unreachable!("{event:?} is not another sender's"),
    }
}

fn read(payload: &str, body: impl AsRef<[u8]>) -> Result<Content, Rejection> {
    let read = read_with(&json!({ "payload": payload }), body, &[]);
    read.map(|other| other.payload)
}

fn syntax(expected: &'static str, offset: usize) -> Rejection {
    malformed_payload("", PayloadProblem::Syntax { expected, offset })
}

mod forms {
    use super::*;

    fn form(body: impl AsRef<[u8]>) -> Result<Value, Rejection> {
        match read("form", body)? {
            Content::Given(text) => Ok(serde_json::from_str(&text).unwrap()),
            other => unreachable!("{other:?} is no form"),
        }
    }

    #[test]
    fn are_objects_of_strings() {
        for (body, expected) in [
            ("", json!({})),
            ("&", json!({})),
            ("a=1", json!({ "a": "1" })),
            ("a=1&b=2&c=3", json!({ "a": "1", "b": "2", "c": "3" })),
            ("&a=1&&b=2&", json!({ "a": "1", "b": "2" })),
            ("a", json!({ "a": "" })),
            ("a=", json!({ "a": "" })),
            ("=a", json!({ "": "a" })),
            ("=", json!({ "": "" })),
            ("a=b=c", json!({ "a": "b=c" })),
            ("a=1;b=2", json!({ "a": "1;b=2" })),
            ("a+b=c+d", json!({ "a b": "c d" })),
            ("a=%2B%26%3D%25", json!({ "a": "+&=%" })),
            ("%61=%C3%A9", json!({ "a": "é" })),
            ("a=%f0%9f%98%80", json!({ "a": "😀" })),
            ("a=é", json!({ "a": "é" })),
            ("a=%00%22%5C%0a", json!({ "a": "\0\"\\\n" })),
            ("a=\"\\\n", json!({ "a": "\"\\\n" })),
            ("__proto__=1", json!({ "__proto__": "1" })),
            // What looks like JSON is a form all the same.
            ("{}", json!({ "{}": "" })),
            ("{\"a\":1}", json!({ "{\"a\":1}": "" })),
            ("1", json!({ "1": "" })),
        ] {
            assert_eq!(form(body), Ok(expected), "{body:?}");
        }
    }

    #[test]
    fn with_a_broken_escape_keep_it() {
        for (body, expected) in [
            ("%", json!({ "%": "" })),
            ("a%", json!({ "a%": "" })),
            ("a=%&b=100%", json!({ "a": "%", "b": "100%" })),
            ("a=%1", json!({ "a": "%1" })),
            ("a=%zz", json!({ "a": "%zz" })),
            ("a=%+1", json!({ "a": "% 1" })),
            ("a=%é", json!({ "a": "%é" })),
            ("a=%%41", json!({ "a": "%A" })),
            ("a=%u00", json!({ "a": "%u00" })),
            ("a=%u00zz", json!({ "a": "%u00zz" })),
        ] {
            assert_eq!(form(body), Ok(expected), "{body:?}");
        }
    }

    /// As JavaScript's `escape` and servers of its time write them.
    #[test]
    fn may_be_in_code_units_or_in_latin_1() {
        for (body, expected) in [
            (&b"a=%u010D"[..], json!({ "a": "č" })),
            (b"a=%u010d+%E9", json!({ "a": "č é" })),
            (b"%u010D=%uD83D%uDE00", json!({ "č": "😀" })),
            (b"a=%uD83D", json!({ "a": "\u{fffd}" })),
            (b"a=caf%e9&b=%C3%A9", json!({ "a": "café", "b": "é" })),
            (b"a=%C3", json!({ "a": "Ã" })),
            (b"%C3=a", json!({ "Ã": "a" })),
            (b"a=\xff", json!({ "a": "ÿ" })),
            (b"caf\xe9=1&b=\xc3\xa9", json!({ "café": "1", "b": "é" })),
        ] {
            assert_eq!(form(body), Ok(expected), "{body:?}");
        }
    }

    #[test]
    fn with_a_field_twice_have_both_values() {
        for (body, expected) in [
            ("a=1&a=1", json!({ "a": ["1", "1"] })),
            ("a=1&b=2&a=3", json!({ "a": ["1", "3"], "b": "2" })),
            ("a=1&%61=2&a", json!({ "a": ["1", "2", ""] })),
            ("=1&=2", json!({ "": ["1", "2"] })),
            ("a+b=1&a%20b=2", json!({ "a b": ["1", "2"] })),
            ("a[]=1", json!({ "a[]": ["1"] })),
            (
                "a[]=1&a%5B%5D=2&a=3",
                json!({ "a[]": ["1", "2"], "a": "3" }),
            ),
            ("a[b]=1&a[c][]=2", json!({ "a[b]": "1", "a[c][]": ["2"] })),
            (
                "__proto__=1&__proto__=2",
                json!({ "__proto__": ["1", "2"] }),
            ),
        ] {
            assert_eq!(form(body), Ok(expected), "{body:?}");
        }
    }

    #[test]
    fn have_at_most_a_thousand_fields() {
        let body = |count: usize| {
            let fields: Vec<_> = (0..count).map(|index| format!("k{index}=v")).collect();
            fields.join("&")
        };
        assert_eq!(form(body(1000)).unwrap().as_object().unwrap().len(), 1000);
        let problem = PayloadProblem::Unexpected {
            expected: "at most 1000 fields",
            actual: "more",
        };
        assert_eq!(form(body(1001)), Err(malformed_payload("", problem)));
    }

    /// Every text gives an answer, and every answer is JSON.
    #[test]
    fn any_text_is_answered() {
        let mut random = Random::new(0x9e37_79b9_7f4a_7c15);
        for _ in 0..5_000 {
            let parts = [
                "a", "b", "=", "&", "%", "%4", "%41", "%c3%a9", "+", "\"", "\\", "é", "%u", "[]",
            ];
            let body: String = (0..random.below(12))
                .map(|_| *random.pick(&parts))
                .collect();
            let object = form(&body).unwrap();
            let is_field = |(name, value): (&String, &Value)| match value {
                Value::Array(values) => {
                    let is_list = values.len() > 1 || name.ends_with("[]");
                    is_list && values.iter().all(Value::is_string)
                }
                value => value.is_string(),
            };
            assert!(object.as_object().unwrap().iter().all(is_field), "{body}");
        }
    }
}

mod json_and_any {
    use super::*;

    #[test]
    fn what_is_json_is_read_as_json() {
        for body in [
            "{}",
            " [1]\n",
            "null",
            "1",
            "\"a\"",
            "{\"a\":1,\"a\":2}",
            "[\"\\ud83c\"]",
            "\u{feff} {}",
        ] {
            for payload in ["any", "json"] {
                assert_eq!(read(payload, body), Ok(Content::Json), "{body}");
            }
        }
    }

    #[test]
    fn nothing_and_what_is_no_text_are_read() {
        for payload in ["any", "json"] {
            assert_eq!(read(payload, ""), Ok(Content::Empty));
            assert_eq!(read(payload, b"\xff{"), Ok(Content::Binary));
            assert_eq!(read(payload, b"{\"a\":\"\xff\"}"), Ok(Content::Binary));
        }
    }

    #[test]
    fn other_text_is_read_where_anything_may_come() {
        for (body, offset) in [("a=1&b=2", 0), ("hello", 0), (" ", 1), ("\u{feff}text", 0)] {
            assert_eq!(read("any", body), Ok(Content::Text), "{body:?}");
            let expected = match body {
                "\u{feff}text" => syntax("a value", 3),
                _ => syntax("a value", offset),
            };
            assert_eq!(read("json", body), Err(expected), "{body:?}");
        }
    }

    /// Another reader could make something of it.
    #[test]
    fn what_looks_like_json_is_json() {
        for payload in ["any", "json"] {
            for body in [
                "{",
                "[1",
                " \n{\"a\"}",
                "[1]]",
                "{}x",
                "\u{feff}{",
                "\u{feff}\n[1}",
            ] {
                let result = read(payload, body);
                let is_refusal = matches!(result, Err(Rejection::MalformedPayload { .. }));
                assert!(is_refusal, "{body} {result:?}");
            }
        }
    }
}

mod content {
    use super::*;

    /// The hashes of bodies, of which these members change.
    fn hashes<const N: usize>(changing: &[&str], bodies: [&str; N]) -> [Option<[u8; 32]>; N] {
        let members = json!({ "changesOnRetry": changing });
        bodies.map(|body| read_with(&members, body, &[]).unwrap().content_hash)
    }

    /// Anybody may write what stands around it.
    #[test]
    fn is_what_is_signed_of_the_body() {
        let body = r#"{"payload":{"a":[1, 2]},"note":"not signed"}"#;
        let other = read_with(&json!({ "rule": "signed-member" }), body, &[]).unwrap();
        assert_eq!(other.payload, Content::Given(r#"{"a":[1,2]}"#.into()));
        // What is signed in another order is the body.
        let other = read_with(&json!({ "rule": "sorted-json" }), body, &[]).unwrap();
        assert_eq!(other.payload, Content::Json);
    }

    #[test]
    fn is_the_same_whatever_changes_on_retry() {
        let bodies = [
            r#"{"a":1,"retries":0,"b":{"sent":"x"}}"#,
            r#"{"a":1,"retries":12,"b":{"sent":[1,2]}}"#,
        ];
        for changing in [["retries", "b.sent"], ["b.sent", "retries"]] {
            let [one, other] = hashes(&changing, bodies);
            assert!(one.is_some());
            assert_eq!(one, other);
        }
        let [one, other] = hashes(&["retries"], bodies);
        assert_ne!(one, other);
        // What is inside of a member that changes has changed with it.
        let [one, other] = hashes(&["b", "b.sent", "retries"], bodies);
        assert_eq!(one, other);
    }

    #[test]
    fn is_another_with_anything_else() {
        let all = hashes(
            &["retries"],
            [
                r#"{"a":1,"retries":0}"#,
                r#"{"a":2,"retries":0}"#,
                r#"{"a":1,"retries":0 }"#,
                r#"{"retries":0,"a":1}"#,
                r#"{"a":1,"retries":0,"b":{"retries":1}}"#,
                r#"{"a":1,"retries":0,"b":{"retries":2}}"#,
            ],
        );
        for (index, one) in all.iter().enumerate() {
            assert!(one.is_some());
            assert!(!all[..index].contains(one), "{index}");
        }
        let none = hashes(&["retries"], [r#"{"a":1}"#, "[]", "text", ""]);
        assert_eq!(none, [None; 4]);
    }
}

/// For what a program asks for; `number` is what `JSON.parse` makes of the body.
#[test]
fn numbers_beyond_a_double_are_marked_unless_they_are_to_be_numbers() {
    let sender = sender(&json!({}));
    let callback = callback(&sender, br#"{"n":9007199254740993}"#, &[]);
    let content = |options: Value| {
        let verifier = try_verifier(&options, KEY).unwrap();
        callback.verify(&verifier).unwrap().content()
    };
    let numbers = json!({ "sender": sender, "unsafeNumbers": "number" });
    assert_eq!(content(numbers), Content::Json);
    for kind in ["string", "bigint"] {
        let marked = content(json!({ "sender": sender, "unsafeNumbers": kind }));
        let text = r#"{"n":"\u00009007199254740993"}"#;
        assert_eq!(marked, Content::Marked(text.into()), "{kind}");
    }
}

mod what_is_signed {
    use super::*;

    /// The event of a callback that is signed with these options.
    fn event(members: &Value, options: &Value, body: &str, url: &str) -> Other {
        let sender = sender(members);
        let mut all = json!({ "sender": sender, "id": "a", "nonce": "n-1", "url": url });
        let options = options.as_object().unwrap().clone();
        all.as_object_mut().unwrap().extend(options);
        let random = || unreachable!("everything is given");
        let key = Ok(given_key(KEY));
        let json = all.to_string();
        let signed = options::sign(json.as_bytes(), key, body.as_bytes(), NOW, random).unwrap();
        let mut callback = Callback::default().called("POST", url).with_body(body);
        for (name, value) in &signed.headers {
            callback = callback.with(name, value);
        }
        match callback.verify(&verifier_of(&sender)).unwrap().event {
            Event::Other(other) => other,
            event => unreachable!("{event:?} is not another sender's"),
        }
    }

    #[test]
    fn beside_the_body_is_hashed_with_it() {
        const URL: &str = "https://shop.example/";
        let hash = |kind: &str, body: &str| {
            let members = json!({ "signed": "{header:acme-kind}.{body}" });
            let headers = json!({ "headers": { "acme-kind": kind } });
            event(&members, &headers, body, URL).content_hash.unwrap()
        };
        let first = hash("paid", "{}");
        assert_eq!(hash("paid", "{}"), first);
        assert_ne!(hash("lost", "{}"), first);
        assert_ne!(hash("paid", "[]"), first);
        let called = |query: &str| {
            let url = format!("{URL}?{query}");
            let other = event(
                &json!({ "signed": "{query}\n{body}" }),
                &json!({}),
                "{}",
                &url,
            );
            other.content_hash.unwrap()
        };
        assert_eq!(called("order=1"), called("order=1"));
        assert_ne!(called("order=1"), called("order=2"));
        // The body alone needs no hash.
        let plain = event(&json!({}), &json!({}), "{}", URL);
        assert_eq!(plain.content_hash, None);
    }

    #[test]
    fn once_tells_callbacks_apart() {
        let signed_with = |names: &[&str], unit: &str| {
            let mut members = json!({ "headers": { "signature": "acme-signature" } });
            let mut parts = String::new();
            for name in names {
                members["headers"][name] = json!(format!("acme-{name}"));
                parts.push_str(&format!("{{{name}}}."));
            }
            members["signed"] = json!(parts + "{body}");
            if names.contains(&"timestamp") {
                members["timestamp"] = json!({ "unit": unit });
            }
            event(&members, &json!({}), "{}", "/").signed_with
        };
        assert_eq!(signed_with(&[], "s"), None);
        assert_eq!(signed_with(&["nonce"], "s").as_deref(), Some("n-1"));
        // Two callbacks may be signed in the same second.
        assert_eq!(signed_with(&["timestamp"], "s"), None);
        let milliseconds = format!("{NOW}000");
        assert_eq!(signed_with(&["timestamp"], "ms"), Some(milliseconds));
        let both = format!("n-1 {NOW}");
        assert_eq!(signed_with(&["nonce", "timestamp"], "s"), Some(both));
    }

    #[test]
    fn identifies_if_it_is_unique() {
        let signed_id = |id: Value, body: &str| {
            let sender = sender(&json!({ "id": id }));
            let callback = callback(&sender, body.as_bytes(), &[]);
            let headers = callback.headers.iter();
            let headers: Vec<_> = headers
                .map(|(name, value)| (name.as_str(), value.as_slice()))
                .collect();
            let request = Request {
                body: body.as_bytes(),
                headers: &headers,
                method: None,
                url: None,
                registered_url: None,
                ip: None,
            };
            let verifier = verifier_of(&sender);
            let accepted = verifier.verify(&request, NOW).unwrap();
            accepted.signed_id().map(str::to_owned)
        };
        let body = r#"{"number":7}"#;
        let unique = json!({ "member": "number", "unique": true });
        assert_eq!(signed_id(unique.clone(), body).as_deref(), Some("7"));
        assert_eq!(signed_id(unique, "{}"), None);
        assert_eq!(signed_id(json!({ "member": "number" }), body), None);
    }
}

mod types_and_ids {
    use super::*;

    /// The type and the id that are found in these members of a body.
    fn found(kind: &str, id: &str, body: &str) -> (Option<String>, Option<String>) {
        let id = json!({ "member": id, "unique": true });
        let members = json!({ "type": { "member": kind }, "id": id });
        let other = read_with(&members, body, &[]).unwrap();
        let is_there = other.id.as_ref().is_some_and(|id| !id.is_empty());
        assert_eq!(other.is_identified, is_there);
        (other.kind, other.id)
    }

    #[test]
    fn are_members_at_any_depth() {
        let body = r#"{"event":{"type":"paid","id":7,"deep":{"id":"é\n"}},"type":"x"}"#;
        let text = |text: &str| Some(text.to_owned());
        for (kind, id, expected) in [
            ("event.type", "event.id", (text("paid"), text("7"))),
            ("type", "event.deep.id", (text("x"), text("é\n"))),
            ("event", "event.deep", (None, None)),
            ("event.type.x", "nothing", (None, None)),
        ] {
            assert_eq!(found(kind, id, body), expected, "{kind} {id}");
        }
    }

    #[test]
    fn are_strings_and_ids_may_be_whole_numbers() {
        for (value, expected) in [
            ("\"a\"", Some("a")),
            ("\"\"", Some("")),
            ("0", Some("0")),
            ("9007199254740993", Some("9007199254740993")),
            (
                "340282366920938463463374607431768211455",
                Some("340282366920938463463374607431768211455"),
            ),
            ("1.5", None),
            ("1e3", None),
            ("-1", None),
            ("true", None),
            ("null", None),
            ("[]", None),
            ("{}", None),
        ] {
            let (kind, id) = found("a", "a", &format!(r#"{{"a":{value}}}"#));
            // A type is a name; numbers are ids.
            let name = expected.filter(|_| value.starts_with('"'));
            assert_eq!(kind.as_deref(), name, "{value}");
            assert_eq!(id.as_deref(), expected, "{value}");
        }
    }

    /// As `JSON.parse` reads the same text.
    #[test]
    fn are_the_last_of_a_name() {
        let body = r#"{"a":{"id":1},"type":"x","a":{"id":2,"\u0069d":3},"type":"y"}"#;
        let expected = (Some("y".to_owned()), Some("3".to_owned()));
        assert_eq!(found("type", "a.id", body), expected);
    }

    #[test]
    fn are_nothing_in_what_is_no_object() {
        for body in ["", "text", "[1]", "null"] {
            assert_eq!(found("type", "id", body), (None, None), "{body}");
        }
    }

    #[test]
    fn are_fields_of_a_form() {
        let members = json!({
            "payload": "form",
            "type": { "member": "kind" },
            "id": { "member": "number", "unique": true }
        });
        let other = read_with(&members, "kind=paid&number=7", &[]).unwrap();
        assert_eq!(other.kind.as_deref(), Some("paid"));
        assert_eq!(other.id.as_deref(), Some("7"));
        assert!(other.is_identified);
    }

    #[test]
    fn in_a_header_are_not_signed() {
        let members = json!({
            "type": { "header": "acme-event" },
            "id": { "header": "acme-delivery" }
        });
        let headers = [("acme-event", "push"), ("acme-delivery", "7")];
        let other = read_with(&members, "{}", &headers).unwrap();
        assert_eq!(other.kind.as_deref(), Some("push"));
        assert_eq!(other.id.as_deref(), Some("7"));
        assert!(!other.is_identified);

        let sender = sender(&members);
        let callback = callback(&sender, b"{}", &[]).without("acme-delivery");
        let verdict = callback.verify(&verifier_of(&sender)).unwrap();
        let Event::Other(other) = verdict.event else {
            unreachable!("another sender's")
        };
        assert_eq!((other.kind, other.id), (None, None));
    }

    #[test]
    fn are_reported_with_what_is_given() {
        let report = |members: &Value, body: &str, headers: &[(&str, &str)]| {
            let mut text = String::new();
            let lengths = write_other(&mut text, &read_with(members, body, headers).unwrap());
            let units: Vec<u16> = text.encode_utf16().collect();
            let mut rest = units.as_slice();
            let names = lengths.map(|length| {
                let (name, behind) = rest.split_at(length?);
                rest = behind;
                Some(String::from_utf16(name).unwrap())
            });
            (names, String::from_utf16(rest).unwrap())
        };
        let names = |kind: Option<&str>, id: Option<&str>| {
            [kind.map(String::from), id.map(String::from), None, None]
        };
        let members = json!({ "type": { "member": "a" }, "id": { "member": "b" } });
        let nothing = String::new();
        assert_eq!(
            report(&members, "{}", &[]),
            (names(None, None), nothing.clone())
        );
        assert_eq!(
            report(&members, r#"{"a":"\"\\\n\ud83d\ude00","b":1}"#, &[]),
            (names(Some("\"\\\n\u{1f600}"), Some("1")), nothing.clone())
        );
        assert_eq!(
            report(&members, r#"{"a":"","b":"1"}"#, &[]),
            (names(Some(""), Some("1")), nothing)
        );
        let members = json!({ "payload": "form", "type": { "header": "x-type" } });
        assert_eq!(
            report(&members, "a=%22", &[("x-type", "é")]),
            (names(Some("é"), None), r#"{"a":"\""}"#.into())
        );
    }
}
