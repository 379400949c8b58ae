//! What every test needs: keys, a genuine callback, and ways to spoil it.

#![allow(
    dead_code,
    reason = "each test file is a crate of its own and uses a part"
)]

use wallet_callback::error::{ConfigError, HeaderProblem, PayloadProblem, Rejection};
use wallet_callback::event::Event;
use wallet_callback::key::{KeySource, Keys, SigningKey};
use wallet_callback::request::Request;
use wallet_callback::sender::{SENDERS, Sender};
use wallet_callback::sign::sign;
use wallet_callback::verify::{Options, Verifier};

pub(crate) static WALLET: &Sender = &SENDERS[0];
pub(crate) static STANDARD: &Sender = &SENDERS[1];
pub(crate) static SVIX: &Sender = &SENDERS[2];

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
#[derive(Clone)]
pub(crate) struct Callback {
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
    pub(crate) ip: Option<String>,
}

/// What an accepted callback says, in a form that compares and prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) id: String,
    pub(crate) id_header: usize,
    pub(crate) timestamp: u64,
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
            ip: None,
        }
    }

    /// Signs a body with [`SECRET`].
    pub(crate) fn signed(sender: &'static Sender, body: impl AsRef<[u8]>) -> Self {
        Self::signed_by(sender, SECRET, ID, NOW, body)
    }

    pub(crate) fn signed_by(
        sender: &'static Sender,
        key: &str,
        id: &str,
        timestamp: u64,
        body: impl AsRef<[u8]>,
    ) -> Self {
        let body = body.as_ref();
        let headers = sign(sender, &signing_key(key).unwrap(), id, timestamp, body).unwrap();
        Self {
            headers: headers
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.into_bytes()))
                .collect(),
            body: body.to_vec(),
            ip: None,
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
            ip: self.ip.as_deref(),
        };
        verifier.verify(&request, now).map(|accepted| Verdict {
            id: accepted.id().to_owned(),
            id_header: accepted.id_header(),
            timestamp: accepted.timestamp(),
            key: accepted.key(),
            event: accepted.event().clone(),
        })
    }
}

/// The verdict on [`Callback::genuine`].
pub(crate) fn accepted(event: Event) -> Verdict {
    Verdict {
        id: ID.to_owned(),
        id_header: 0,
        timestamp: NOW,
        key: 0,
        event,
    }
}

pub(crate) fn keys(texts: &[&str]) -> Result<Keys, ConfigError> {
    let sources: Vec<_> = texts.iter().map(|text| KeySource::text(text)).collect();
    Keys::parse(&sources, false)
}

pub(crate) fn signing_key(text: &str) -> Result<SigningKey, ConfigError> {
    SigningKey::parse(&KeySource::text(text))
}

pub(crate) fn options(sender: &'static Sender, texts: &[&str]) -> Options {
    Options::new(sender, keys(texts).unwrap())
}

pub(crate) fn verifier(sender: &'static Sender, texts: &[&str]) -> Verifier {
    Verifier::new(options(sender, texts)).unwrap()
}

pub(crate) const fn malformed_header(header: &'static str, problem: HeaderProblem) -> Rejection {
    Rejection::MalformedHeader { header, problem }
}

pub(crate) fn malformed_payload(path: &str, problem: PayloadProblem) -> Rejection {
    Rejection::MalformedPayload {
        path: path.to_owned(),
        problem,
    }
}

pub(crate) fn invalid_option(option: &'static str, problem: &str) -> ConfigError {
    ConfigError::InvalidOption {
        option,
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
