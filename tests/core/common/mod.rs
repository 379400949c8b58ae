//! What every test needs: keys, a genuine callback, and ways to spoil it.

pub(crate) mod wallet;

use std::sync::LazyLock;

use wallet_callback::encoding::Encoding;
use wallet_callback::error::{
    ConfigError, Excluded, HeaderProblem, Location, PayloadProblem, Rejection,
};
use wallet_callback::event::{Content, Event, Other};
use wallet_callback::key::{KeyInput, KeySource, Keys, SigningKey};
use wallet_callback::options::GivenKeys;
use wallet_callback::request::Request;
use wallet_callback::sender::Sender;
use wallet_callback::sign::{Details, sign};
use wallet_callback::timestamp::Unit;
use wallet_callback::verify::{Options, Verifier};

pub(crate) static WALLET: LazyLock<Sender> = LazyLock::new(|| Sender::find("tp-wallet").unwrap());
pub(crate) static STANDARD: LazyLock<Sender> =
    LazyLock::new(|| Sender::find("standard-webhooks").unwrap());
pub(crate) static SVIX: LazyLock<Sender> = LazyLock::new(|| Sender::find("svix").unwrap());

/// What is wrong with the headers of these three.
pub(crate) const NOT_AN_ID: HeaderProblem = HeaderProblem::Token {
    without: Excluded::Byte(b'.'),
};
pub(crate) const NOT_SECONDS: HeaderProblem = HeaderProblem::Time {
    expected: Unit::Seconds.form(),
};
pub(crate) const NOT_AN_ENTRY: HeaderProblem = HeaderProblem::SignatureEntry {
    separator: b' ',
    assign: b',',
};
pub(crate) const NOT_BASE64: HeaderProblem = HeaderProblem::SignatureEncoding {
    expected: Encoding::Base64.form(),
};

/// The receiver's clock, and the timestamp of [`Callback::genuine`].
pub(crate) const NOW: u64 = 1_700_000_000;
pub(crate) const ID: &str = "msg_2b1Xc9";
pub(crate) const BODY: &str =
    r#"{"type":"test.event","timestamp":"2023-11-14T22:13:20Z","data":{}}"#;

/// The bytes 1 to 24, and the tag over [`ID`], [`NOW`] and [`BODY`] as Python's `hmac` computes it.
pub(crate) const SECRET: &str = "whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcY";
pub(crate) const SECRET_TAG: &str = "v1,odMZMxflcD0ymiXKVPFQtXMBZmj0h8MW32h/FsIB7jU=";

/// Another secret: the bytes 0 to 31.
pub(crate) const OTHER_SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
pub(crate) const OTHER_SECRET_TAG: &str = "v1,1SUm+saHGEbryN/J4pOu2TeI+YHEW3BToEkNsPlxc5o=";

/// The key pair of the seed 0 to 31, and its signature over the same bytes as OpenSSL computes it.
pub(crate) const PUBLIC: &str = "whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
pub(crate) const PRIVATE: &str =
    "whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8DoQe/884Qvh1w3RjnS8CZZ+TWMJulDV8d3IZkElUxuA==";
pub(crate) const PRIVATE_SIGNATURE: &str =
    "v1a,QIMm6BElAdeCYPDSwyE3dUPTOHQpQdMVgyrJbODpft3N1s68o/hBkp7+WtE0VZvEOKaXh98nEvvGeunAy38QDA==";

/// A callback that can be changed after it was signed.
#[derive(Clone, Default)]
pub(crate) struct Callback {
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
    pub(crate) method: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) ip: Option<String>,
}

/// What an accepted callback says, in a form that compares and prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) id: Option<String>,
    pub(crate) id_header: Option<String>,
    pub(crate) timestamp: Option<u64>,
    pub(crate) key: usize,
    pub(crate) event: Event,
}

impl Callback {
    /// A callback whose signature was made by other programs: see [`SECRET_TAG`].
    pub(crate) fn genuine() -> Self {
        Self {
            headers: vec![
                ("webhook-id".to_owned(), ID.into()),
                ("webhook-timestamp".to_owned(), NOW.to_string().into()),
                ("webhook-signature".to_owned(), SECRET_TAG.into()),
            ],
            body: BODY.into(),
            ..Self::default()
        }
    }

    /// Signs a body with [`SECRET`].
    pub(crate) fn signed(sender: &Sender, body: impl AsRef<[u8]>) -> Self {
        Self::signed_by(sender, SECRET, ID, NOW, body)
    }

    pub(crate) fn signed_by(
        sender: &Sender,
        key: &str,
        id: &str,
        timestamp: u64,
        body: impl AsRef<[u8]>,
    ) -> Self {
        let body = body.as_ref();
        let key = SigningKey::parse(&sender.key_rules(), &KeySource::text(key)).unwrap();
        let signed = sign(sender, &key, &details(id, timestamp), body).unwrap();
        Self {
            headers: signed
                .headers
                .into_iter()
                .map(|(name, value)| (name, value.into_bytes()))
                .collect(),
            body: signed
                .body
                .map_or_else(|| body.to_vec(), String::into_bytes),
            ..Self::default()
        }
    }

    /// Replaces a header's value or adds the header.
    pub(crate) fn with(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self = self.without(name);
        self.headers.push((name.to_owned(), value.as_ref().into()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(other, _)| other != name);
        self
    }

    pub(crate) fn with_body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = body.as_ref().into();
        self
    }

    pub(crate) fn called(mut self, method: &str, url: &str) -> Self {
        self.method = Some(method.to_owned());
        self.url = Some(url.to_owned());
        self
    }

    pub(crate) fn with_ip(mut self, ip: &str) -> Self {
        self.ip = Some(ip.to_owned());
        self
    }

    pub(crate) fn header(&self, name: &str) -> &[u8] {
        let found = self.headers.iter().find(|(other, _)| other == name);
        &found.expect("the header is there").1
    }

    pub(crate) fn verify(&self, verifier: &Verifier) -> Result<Verdict, Rejection> {
        self.verify_at(verifier, NOW)
    }

    pub(crate) fn verify_at(&self, verifier: &Verifier, now: u64) -> Result<Verdict, Rejection> {
        let headers: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()))
            .collect();
        let request = Request {
            body: &self.body,
            headers: &headers,
            method: self.method.as_deref(),
            url: self.url.as_deref(),
            registered_url: None,
            ip: self.ip.as_deref(),
        };
        verifier.verify(&request, now).map(|accepted| Verdict {
            id: accepted.id().map(str::to_owned),
            id_header: accepted.id_header().map(str::to_owned),
            timestamp: accepted.timestamp(),
            key: accepted.key(),
            event: accepted.event().clone(),
        })
    }
}

impl Verdict {
    /// What another sender's callback holds.
    pub(crate) fn content(self) -> Content {
        match self.event {
            Event::Other(other) => other.payload,
            event => unreachable!("{event:?} is not another sender's"),
        }
    }
}

/// The verdict on [`Callback::genuine`].
pub(crate) fn accepted(event: Event) -> Verdict {
    Verdict {
        id: Some(ID.to_owned()),
        id_header: Some("webhook-id".to_owned()),
        timestamp: Some(NOW),
        key: 0,
        event,
    }
}

/// The verdict on a callback of Standard Webhooks whose body has no `type`.
pub(crate) fn accepted_other(payload: Content) -> Verdict {
    accepted(other(ID, payload))
}

/// An event of Standard Webhooks whose body has no `type`.
pub(crate) fn other(id: &str, payload: Content) -> Event {
    Event::Other(Other {
        kind: None,
        id: Some(id.to_owned()),
        is_identified: true,
        payload,
        content_hash: None,
        signed_with: None,
    })
}

pub(crate) fn details(id: &str, timestamp: u64) -> Details {
    Details {
        id: id.to_owned(),
        timestamp,
        ..Details::default()
    }
}

/// Keys of the wallet, one by one from these sources.
pub(crate) fn parse_keys(
    sources: impl IntoIterator<Item = KeySource>,
    allow_short: bool,
) -> Result<Keys, ConfigError> {
    let inputs = sources.into_iter().map(Into::into).collect();
    Keys::parse(&WALLET.key_rules(), inputs, allow_short, false)
}

pub(crate) fn keys(texts: &[&str]) -> Result<Keys, ConfigError> {
    parse_keys(texts.iter().map(|text| KeySource::text(text)), false)
}

pub(crate) fn signing_key(text: &str) -> Result<SigningKey, ConfigError> {
    SigningKey::parse(&WALLET.key_rules(), &KeySource::text(text))
}

pub(crate) fn options(sender: &Sender, texts: &[&str]) -> Options {
    let inputs = texts.iter().map(|text| KeySource::text(text).into());
    let keys = Keys::parse(&sender.key_rules(), inputs.collect(), false, false);
    Options::new(sender.clone(), keys.unwrap())
}

pub(crate) fn verifier(sender: &Sender, texts: &[&str]) -> Verifier {
    Verifier::new(options(sender, texts)).unwrap()
}

pub(crate) fn missing_header(header: &str) -> Rejection {
    let header = header.to_owned();
    Rejection::MissingHeader { header }
}

pub(crate) fn malformed_header(header: &str, problem: HeaderProblem) -> Rejection {
    let header = header.to_owned();
    Rejection::MalformedHeader { header, problem }
}

pub(crate) fn unsupported(header: &str) -> Rejection {
    let location = Location::Header(header.to_owned());
    Rejection::UnsupportedSignature { location }
}

pub(crate) fn mismatch(header: &str) -> Rejection {
    let location = Location::Header(header.to_owned());
    Rejection::SignatureMismatch { location }
}

pub(crate) fn too_old(header: &str, tolerance: u64, age: u64) -> Rejection {
    Rejection::TimestampTooOld {
        location: Location::Header(header.to_owned()),
        tolerance,
        age,
    }
}

pub(crate) fn too_new(header: &str, tolerance: u64, ahead: u64) -> Rejection {
    Rejection::TimestampTooNew {
        location: Location::Header(header.to_owned()),
        tolerance,
        ahead,
    }
}

pub(crate) fn malformed_payload(path: &str, problem: PayloadProblem) -> Rejection {
    Rejection::MalformedPayload {
        path: path.to_owned(),
        problem,
    }
}

/// Keys in text form, without ids.
pub(crate) fn given(keys: &[&str]) -> GivenKeys {
    GivenKeys::List(keys.iter().map(|key| KeySource::text(key).into()).collect())
}

/// A key in text form.
pub(crate) fn given_key(key: &str) -> KeyInput {
    KeySource::text(key).into()
}

pub(crate) fn invalid_option(option: &str, problem: &str) -> ConfigError {
    ConfigError::InvalidOption {
        option: option.to_owned().into(),
        problem: problem.to_owned(),
    }
}

/// Standard base64 with padding (RFC 4648, section 4), written independently of the core's.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let encode = |chunk: &[u8]| {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        let digit = |index: usize| match bits >> (18 - 6 * index) & 63 {
            _ if index > chunk.len() => '=',
            value => char::from(ALPHABET[value as usize]),
        };
        (0..4).map(digit).collect::<String>()
    };
    bytes.chunks(3).map(encode).collect()
}

/// The inverse of [`base64`].
pub(crate) fn from_base64(text: &str) -> Vec<u8> {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        other => unreachable!("{other} is no base64"),
    };
    let decode = |chunk: &[u8]| {
        let digits: Vec<_> = chunk.iter().filter(|byte| **byte != b'=').collect();
        let bits = digits.iter().enumerate().fold(0, |bits, (index, byte)| {
            bits | u32::from(digit(**byte)) << (18 - 6 * index)
        });
        bits.to_be_bytes()[1..digits.len()].to_vec()
    };
    text.as_bytes().chunks(4).flat_map(decode).collect()
}

/// Marsaglia's xorshift64: the same numbers in every run, so that a failure can be repeated.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.next() as u8
    }
}

/// Bytes on which readers of headers and of JSON stumble.
pub(crate) const TRICKY: &[u8] = b"\0\t\n\r !\"#$%&'()*+,-./0123456789:;<=>?@[\\]^_`aefnrtuvxE{|}~\x7f\x80\xa0\xbb\xbf\xc0\xc3\xed\xef\xf4\xff";

/// Changes bytes, takes some out, puts some in, repeats a stretch or cuts the end off.
pub(crate) fn mutate(random: &mut Random, bytes: &mut Vec<u8>) {
    for _ in 0..=random.below(3) {
        let length = bytes.len();
        let at = random.below(length + 1);
        match random.below(6) {
            0 if at < length => bytes[at] ^= 1 << random.below(8),
            1 if at < length => bytes[at] = *random.pick(TRICKY),
            2 if at < length => drop(bytes.remove(at)),
            3 => bytes.insert(at, *random.pick(TRICKY)),
            4 => {
                let end = (at + random.below(20)).min(length);
                let stretch = bytes[at..end].to_vec();
                bytes.splice(at..at, stretch);
            }
            5 if random.below(4) == 0 => bytes.truncate(at),
            _ => bytes.insert(at, random.byte()),
        }
    }
}

/// A verifier with these options and this key.
pub(crate) fn try_verifier(
    options: &serde_json::Value,
    key: &str,
) -> Result<Verifier, ConfigError> {
    wallet_callback::options::verifier(options.to_string().as_bytes(), given(&[key]))
}
