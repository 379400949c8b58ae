//! Whole callbacks.

use std::sync::LazyLock;

use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};
use wallet_callback::error::{Code, Rejection};
use wallet_callback::event::{Content, Event};
use wallet_callback::key::{KeySource, SigningKey};
use wallet_callback::options::{self, GivenKeys};
use wallet_callback::request::Request;
use wallet_callback::sender::{self, Sender};
use wallet_callback::sign::{Details, sign};
use wallet_callback::verify::Verifier;

use crate::input::Input;
use crate::settings::{KEYS, given};
use crate::{NOW, SECRET};

const URL: &str = "https://shop.example/callbacks?order=7";

/// A verifier of every sender.
static VERIFIERS: LazyLock<Vec<Verifier>> = LazyLock::new(|| {
    let verifier = |name: &String| {
        let with = |key: &&str, own: &Value| {
            let mut options = own.clone();
            options["sender"] = json!(name);
            options["dangerouslyAllowShortKeys"] = json!(true);
            options::verifier(options.to_string().as_bytes(), given(key)).ok()
        };
        let owns = [
            json!({}),
            json!({ "url": URL }),
            json!({ "clientId": "c" }),
            json!({ "url": URL, "clientId": "c" }),
        ];
        let mut all = KEYS
            .iter()
            .flat_map(|key| owns.iter().map(move |own| (key, own)));
        let found = all.find_map(|(key, own)| with(key, own));
        found.unwrap_or_else(|| panic!("no key for {name}"))
    };
    sender::names().iter().map(verifier).collect()
});

/// Whatever stands in headers and body, nothing is accepted that nobody has signed.
pub fn verify(data: &[u8]) {
    let mut input = Input::new(data);
    let verifier = input.pick(&VERIFIERS);
    let now = NOW.to_string();
    let milliseconds = format!("{NOW}000");
    let names = verifier.sender().header_names();
    let mut headers = Vec::new();
    for name in &names {
        let value = match input.byte() % 8 {
            0 => continue,
            1 => now.as_bytes(),
            2 => milliseconds.as_bytes(),
            _ => input.piece(),
        };
        headers.push((*name, value));
    }
    let is_get = input.byte().is_multiple_of(8);
    let url = input.text();
    let ip = input.text();
    let request = Request {
        body: input.rest(),
        headers: &headers,
        method: Some(if is_get { "GET" } else { "POST" }),
        url: Some(if url.is_empty() { URL } else { &url }),
        registered_url: None,
        ip: Some(&ip),
    };
    match verifier.verify(&request, NOW) {
        Ok(_) => panic!("accepted what nobody signed"),
        Err(rejection) => assert!(!rejection.to_string().is_empty()),
    }
}

static SIGNED: LazyLock<[(Sender, SigningKey, Verifier); 2]> = LazyLock::new(|| {
    ["standard-webhooks", "tp-wallet"].map(|name| {
        let sender = Sender::find(name).expect("a known sender");
        let key = SigningKey::parse(&sender.key_rules(), &KeySource::text(SECRET));
        let options = json!({ "sender": name }).to_string();
        let verifier = options::verifier(options.as_bytes(), given(SECRET));
        (sender, key.expect("a key"), verifier.expect("options"))
    })
});

/// Of a genuine callback, what is read as JSON is what another parser reads as JSON.
pub fn payload(data: &[u8]) {
    let is_json = is_json(data);
    let [standard, wallet] = &*SIGNED;
    match verify_signed(standard, data) {
        Ok(event) => {
            let Event::Other(other) = event else {
                panic!("an event of no wallet is known");
            };
            let expected = match str::from_utf8(data) {
                Err(_) => matches!(other.payload, Content::Binary),
                Ok("") => matches!(other.payload, Content::Empty),
                Ok(_) => is_json && matches!(other.payload, Content::Json | Content::Marked(_)),
            };
            assert!(expected, "{:?}", other.payload);
        }
        Err(rejection) => {
            assert_eq!(rejection.code(), Code::MalformedPayload);
            assert!(str::from_utf8(data).is_ok() && !is_json, "{rejection}");
        }
    }
    match verify_signed(wallet, data) {
        Ok(_) => assert!(is_json && !data.starts_with(b"\xef\xbb\xbf")),
        Err(rejection) => assert_eq!(rejection.code(), Code::MalformedPayload),
    }
}

fn verify_signed(
    (sender, key, verifier): &(Sender, SigningKey, Verifier),
    body: &[u8],
) -> Result<Event, Rejection> {
    let details = Details {
        id: "msg_1".to_owned(),
        timestamp: NOW,
        ..Details::default()
    };
    let signed = sign(sender, key, &details, body).expect("any body can be signed");
    let headers: Vec<_> = signed
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect();
    let request = Request {
        body,
        headers: &headers,
        method: None,
        url: None,
        registered_url: None,
        ip: None,
    };
    let accepted = verifier.verify(&request, NOW)?;
    Ok(accepted.event().clone())
}

/// The grammar of JSON as `serde_json` has it, behind a byte order mark, with at most 1,000 containers
/// inside each other. It skips values here, so it neither converts numbers nor pairs surrogates, as
/// `JSON.parse` refuses neither.
fn is_json(data: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(data) else {
        return false;
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    serde_json::from_str::<IgnoredAny>(text).is_ok() && depth(text) <= 1000
}

/// How deep the containers of a JSON text are.
fn depth(json: &str) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => depth += 1,
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Whatever came, there is an explanation, and it names no secret.
pub fn explain(data: &[u8]) {
    let mut input = Input::new(data);
    let mut options = Map::new();
    options.insert("budgetMilliseconds".into(), json!(2));
    if input.byte().is_multiple_of(2) {
        let names = sender::names();
        options.insert("sender".into(), json!(input.pick(&names)));
    }
    for name in ["method", "url", "clientId", "ip"] {
        let text = input.text();
        if !text.is_empty() {
            options.insert(name.into(), json!(text));
        }
    }
    let mut headers = Map::new();
    for _ in 0..input.byte() % 8 {
        headers.insert(input.text().into(), json!(input.text()));
    }
    options.insert("headers".into(), headers.into());
    let keys: Vec<_> = (0..input.byte() % 4)
        .map(|_| match input.byte() % 3 {
            0 => KeySource::text(input.pick::<&str>(&KEYS)).into(),
            1 => KeySource::bytes(input.piece()).into(),
            _ => KeySource::text(&input.text()).into(),
        })
        .collect();
    let json = Value::Object(options).to_string();
    if let Ok(explanation) =
        options::explain(json.as_bytes(), GivenKeys::List(keys), input.rest(), NOW)
    {
        let text = serde_json::to_string(&explanation).expect("an answer");
        assert!(!text.contains(SECRET), "{text}");
    }
}
