//! Other libraries' answers to the same question.

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER_PERMISSIVE};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::json;
use serde_json::value::RawValue;
use wallet_callback::error::{Code, ConfigError};
use wallet_callback::key::KeySource;
use wallet_callback::options::{self, GivenKeys};
use wallet_callback::request::Request;

use crate::SECRET;
use crate::input::Input;

/// Verifies a body with a signature in a header, and says how it is refused. Nothing for what is no secret:
/// a public key, which everybody has, or the text of a value that was not set.
fn judge(
    algorithm: &str,
    encoding: &str,
    key: &[u8],
    body: &[u8],
    header: &[u8],
) -> Option<Option<Code>> {
    let options = json!({ "sender": {
        "name": "fuzz",
        "algorithm": algorithm,
        "headers": { "signature": "x-signature" },
        "signature": { "encoding": encoding },
        "signed": "{body}",
    }});
    let keys = GivenKeys::List(vec![KeySource::bytes(key).into()]);
    match options::verifier(options.to_string().as_bytes(), keys) {
        Ok(verifier) => Some(refusal(&verifier, "x-signature", body, header)),
        Err(ConfigError::InvalidKey { .. }) => None,
        Err(error) => panic!("{error}"),
    }
}

fn refusal(
    verifier: &wallet_callback::verify::Verifier,
    name: &str,
    body: &[u8],
    header: &[u8],
) -> Option<Code> {
    let request = Request {
        body,
        headers: &[(name, header)],
        method: None,
        url: None,
        registered_url: None,
        ip: None,
    };
    let verdict = verifier.verify(&request, 0).map(drop);
    verdict.err().map(|rejection| rejection.code())
}

/// The HMACs are those of the crates hmac-sha256, hmac-sha512 and hmac-sha1-compact, which share nothing
/// with the ones used here.
pub fn hmac(data: &[u8]) {
    let mut input = Input::new(data);
    let algorithm = *input.pick(&["hmac-sha1", "hmac-sha256", "hmac-sha512"]);
    let key = input.piece();
    if key.is_empty() {
        return;
    }
    let body = input.rest();
    let tag = match algorithm {
        "hmac-sha1" => hmac_sha1_compact::HMAC::mac(body, key).to_vec(),
        "hmac-sha256" => hmac_sha256::HMAC::mac(body, key).to_vec(),
        _ => hmac_sha512::HMAC::mac(body, key).to_vec(),
    };
    let header = data_encoding::HEXLOWER.encode(&tag);
    let Some(refusal) = judge(algorithm, "hex", key, body, header.as_bytes()) else {
        return;
    };
    // The body is looked at once the signature is right.
    assert!(
        matches!(refusal, None | Some(Code::MalformedPayload)),
        "{refusal:?}"
    );
}

/// A signature is decoded as the crate data-encoding decodes it, which refuses what is not canonical.
pub fn encodings(data: &[u8]) {
    const BODY: &[u8] = b"{}";
    let mut input = Input::new(data);
    let (encoding, decoder) = match input.byte() % 3 {
        0 => ("hex", HEXLOWER_PERMISSIVE),
        1 => ("base64", BASE64),
        _ => ("base64url", BASE64URL_NOPAD),
    };
    let tag = hmac_sha256::HMAC::mac(BODY, SECRET.as_bytes());
    let mut text = decoder.encode(&tag).into_bytes();
    if input.byte().is_multiple_of(2) {
        // Not far from the right one.
        while let (at @ 1.., byte) = (input.byte(), input.byte()) {
            let at = usize::from(at) % (text.len() + 1);
            match byte {
                0xff => text.truncate(at),
                byte if at == text.len() => text.push(byte),
                byte => text[at] = byte,
            }
        }
    } else {
        text = input.rest().to_vec();
    }
    // Only that crate takes one padded text behind another.
    let inside = &text[..text.iter().rposition(|byte| *byte != b'=').unwrap_or(0)];
    let expected = match decoder.decode(&text) {
        _ if inside.contains(&b'=') => Some(Code::MalformedHeader),
        Ok(bytes) if bytes == tag => None,
        Ok(bytes) if bytes.len() == tag.len() => Some(Code::SignatureMismatch),
        _ => Some(Code::MalformedHeader),
    };
    let refusal = judge("hmac-sha256", encoding, SECRET.as_bytes(), BODY, &text);
    assert_eq!(
        refusal,
        Some(expected),
        "{encoding} {}",
        text.escape_ascii()
    );
}

/// The JSON that NOWPayments signs, its members sorted, as written by a second implementation over
/// `serde_json`.
pub fn canonical(data: &[u8]) {
    let Some(text) = str::from_utf8(data).ok().and_then(sorted) else {
        return;
    };
    let tag = hmac_sha512::HMAC::mac(text.as_bytes(), SECRET.as_bytes());
    let header = data_encoding::HEXLOWER.encode(&tag);
    let options = json!({ "sender": "nowpayments" }).to_string();
    let keys = GivenKeys::List(vec![KeySource::text(SECRET).into()]);
    let verifier = options::verifier(options.as_bytes(), keys).expect("options");
    let refusal = refusal(&verifier, "x-nowpayments-sig", data, header.as_bytes());
    assert_eq!(refusal, None, "{text}");
}

/// The JSON without white space, the members of each object by the UTF-16 code units of their names, and
/// the text of each number. Nothing where a name comes twice, half of a surrogate pair stands alone, or
/// containers are more than 100 deep.
fn sorted(json: &str) -> Option<String> {
    let mut out = String::new();
    append(&mut out, serde_json::from_str(json).ok()?, 100)?;
    Some(out)
}

fn append(out: &mut String, value: &RawValue, depth: usize) -> Option<()> {
    let json = value.get();
    let depth = depth.checked_sub(1)?;
    match json.as_bytes().first()? {
        b'{' => {
            let Members(mut members) = serde_json::from_str(json).ok()?;
            members.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
            if !members.is_sorted_by(|(one, _), (other, _)| one != other) {
                return None;
            }
            out.push('{');
            for (index, (name, value)) in members.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                *out += &serde_json::to_string(&name).ok()?;
                out.push(':');
                append(out, value, depth)?;
            }
            out.push('}');
        }
        b'[' => {
            let elements: Vec<&RawValue> = serde_json::from_str(json).ok()?;
            out.push('[');
            for (index, element) in elements.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                append(out, element, depth)?;
            }
            out.push(']');
        }
        b'"' => {
            let text: String = serde_json::from_str(json).ok()?;
            *out += &serde_json::to_string(&text).ok()?;
        }
        _ => *out += json,
    }
    Some(())
}

/// The members of an object as they came, with names that come twice.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ReadMembers).map(Self)
    }
}

struct ReadMembers;

impl<'de> Visitor<'de> for ReadMembers {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}
