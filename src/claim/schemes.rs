//! Schemes that a descriptor cannot express. Some of them have to read the body before it is
//! verified: that takes the strict, bounded reader of [`json`](crate::json), and nothing that it
//! reads is trusted before the signature matches.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::form;
use super::plain::{Signatures, as_it_is, entries, read_over};
use super::{Claim, Content, Signature, VERIFY_HASH, malformed, plain};
use crate::algorithm::Algorithm;
use crate::algorithm::{Format, sha256};
use crate::encoding::Encoding;
use crate::error::{Excluded, HeaderProblem, Location, PayloadProblem, Rejection};
use crate::json::canonical::{self, Order};
use crate::json::{Document, Rules, Value};
use crate::request::Request;
use crate::sender::{Place, Scheme, Sender};
use crate::timestamp::Unit;

/// Reads a callback by its sender's scheme.
pub(super) fn read<'a>(request: &Request<'a>, sender: &'a Sender) -> Result<Claim<'a>, Rejection> {
    let read = match sender.scheme() {
        Scheme::Plain => plain::read,
        Scheme::SortedJson => sorted_json,
        Scheme::SignedMember => signed_member,
        Scheme::WrappedSignature => wrapped_signature,
        Scheme::Hook0 => hook0,
        Scheme::Plisio => plisio,
        Scheme::JwtMember => jwt_member,
        Scheme::DetachedJws => detached_jws,
        Scheme::JwtHeader => jwt_header,
    };
    read(request, sender)
}

/// The body counts as compact JSON whose members are sorted at every depth.
fn sorted_json<'a>(request: &Request<'a>, sender: &'a Sender) -> Result<Claim<'a>, Rejection> {
    let document = document(request, sender)?;
    let sorted = canonical::compact(document.root(), Order::Sorted).into_bytes();
    let claim = read_over(request, sender, Cow::Owned(sorted), as_it_is)?;
    // The two differ only in white space, the order of members and the spelling of strings.
    let content = match claim.content {
        Content::Piece(index) => Content::Respelt(index),
        other => other,
    };
    Ok(Claim {
        content,
        document: Some(document),
        ..claim
    })
}

/// Only the member `payload` of the body is signed, as compact JSON; it is the content.
fn signed_member<'a>(request: &Request<'a>, sender: &'a Sender) -> Result<Claim<'a>, Rejection> {
    let document = document(request, sender)?;
    let member = member(document.root(), "payload", "the signed value")?;
    let content = canonical::compact(member, Order::Kept).into_bytes();
    read_over(request, sender, Cow::Owned(content), as_it_is)
}

/// The header holds the signature, or a JSON object with it: `{"v":"1","s":"..."}`.
fn wrapped_signature<'a>(
    request: &Request<'a>,
    sender: &'a Sender,
) -> Result<Claim<'a>, Rejection> {
    read_over(request, sender, Cow::Borrowed(request.body), |value| {
        if value.first() != Some(&b'{') {
            return as_it_is(value);
        }
        let wrapper = Document::read(value, Rules::Unique).map_err(|_| HeaderProblem::Wrapper)?;
        let version = wrapper.root().get("v");
        let signature = wrapper.root().get("s").and_then(Value::string);
        let signature = signature.filter(|_| version.is_none_or(|version| version.is("1")));
        let signature = signature.ok_or(HeaderProblem::Wrapper)?;
        Ok(Cow::Owned(signature.into_owned().into_bytes()))
    })
}

/// `v1` signs the time, the headers that `h` names, and the body. `v0` signs only the time and the body,
/// so that anybody could choose the headers: it counts only if the receiver allows it. If a `v1` is
/// present, only `v1` counts.
fn hook0<'a>(request: &Request<'a>, sender: &'a Sender) -> Result<Claim<'a>, Rejection> {
    let headers = sender.header_sets.first();
    let header = headers.map_or("", |set| &set.signature);
    let value = request.require_header(header)?;
    let malformed = malformed(header);
    let (mut time, mut names) = (None, None);
    let (mut weak, mut strong) = (Signatures::default(), Signatures::default());
    let mut is_strong = false;
    for entry in entries(value, &sender.signature) {
        let entry = entry.map_err(&malformed)?;
        let repeated = match entry.label {
            b"t" => time.replace(entry.value).is_some(),
            b"h" => names.replace(entry.value).is_some(),
            b"v0" => {
                weak.add(entry.value, Encoding::Hex, Algorithm::HmacSha256);
                false
            }
            b"v1" => {
                is_strong = true;
                strong.add(entry.value, Encoding::Hex, Algorithm::HmacSha256);
                false
            }
            _ => false,
        };
        if repeated {
            return Err(malformed(HeaderProblem::OneTimestamp));
        }
    }
    let time = time.ok_or_else(|| malformed(HeaderProblem::OneTimestamp))?;
    let timestamp = form::time_from_text(time, Unit::Seconds).map_err(&malformed)?;
    if !is_strong && !sender.allows_unsigned_headers {
        return Err(Rejection::UnsupportedSignature {
            location: Location::Header(header.into()),
        });
    }
    let mut signed = Vec::from([Cow::Borrowed(time), Cow::Borrowed(b".".as_slice())]);
    let mut covered = Vec::new();
    let signatures = if is_strong {
        let names =
            names.ok_or_else(|| malformed(HeaderProblem::CoveredHeaders { limit: MAX_COVERED }))?;
        signed.extend([Cow::Borrowed(names), Cow::Borrowed(b".".as_slice())]);
        for name in names.split(|byte| *byte == b' ') {
            let name = covered_name(name, &covered)
                .filter(|_| covered.len() < MAX_COVERED)
                .ok_or_else(|| malformed(HeaderProblem::CoveredHeaders { limit: MAX_COVERED }))?;
            let value = covered_value(request, sender, &name)?;
            signed.extend([Cow::Borrowed(value), Cow::Borrowed(b".".as_slice())]);
            covered.push(name);
        }
        strong
    } else {
        weak
    };
    signed.push(Cow::Borrowed(request.body));
    Ok(Claim {
        sender,
        headers,
        id: None,
        timestamp: Some(timestamp),
        once: (None, Some(time)),
        key_id: None,
        signatures: signatures.finish().map_err(malformed)?,
        signed,
        content: Content::Body,
        document: None,
        covered,
        request: *request,
    })
}

/// The most headers that a callback may name as signed: each is looked for among all of them.
const MAX_COVERED: usize = 32;

/// A name of a header that is signed, in lower case. A dot would end the list of names.
fn covered_name(name: &[u8], others: &[String]) -> Option<String> {
    let name = str::from_utf8(name).ok()?.to_ascii_lowercase();
    let is_new = !name.is_empty() && !name.contains('.') && !others.contains(&name);
    is_new.then_some(name)
}

/// The value of a header that is signed. Dots stand between the values, so that one alone may hold a
/// dot: that of the event's type.
fn covered_value<'a>(
    request: &Request<'a>,
    sender: &Sender,
    name: &str,
) -> Result<&'a [u8], Rejection> {
    let is_type = matches!(&sender.kind, Some(Place::Header(header)) if header == name);
    let value = request.require_header(name)?;
    let without = match is_type {
        true => Excluded::JsonStart,
        false => Excluded::Byte(b'.'),
    };
    let text = form::text(value, without).map_err(malformed(name))?;
    Ok(text.as_bytes())
}

/// The signature is a member of the body. It signs the other members, sorted, with scalar values as
/// strings; these are the content.
fn plisio<'a>(request: &Request<'a>, sender: &'a Sender) -> Result<Claim<'a>, Rejection> {
    let document = document(request, sender)?;
    let member = member(document.root(), VERIFY_HASH, "a signature")?;
    let hash = member.string().unwrap_or_default();
    let bytes = form::signature(hash.as_bytes(), Encoding::Hex, Algorithm::HmacSha1);
    let bytes = bytes.map_err(|_| Rejection::MalformedPayload {
        path: VERIFY_HASH.into(),
        problem: PayloadProblem::Unexpected {
            expected: "40 hexadecimal digits",
            actual: member.describe(),
        },
    })?;
    let content = canonical::compact_strings(document.root(), VERIFY_HASH).into_bytes();
    // What was signed as a string is one: the document is left, and the content read instead.
    Ok(in_body(
        request,
        sender,
        bytes,
        Algorithm::HmacSha1,
        content,
    ))
}

/// The body's member `data` is a JSON Web Token with HS256 (RFC 7519, RFC 7518 section 3.2). Its
/// claims are the content.
fn jwt_member<'a>(request: &Request<'a>, sender: &'a Sender) -> Result<Claim<'a>, Rejection> {
    let document = document(request, sender)?;
    let token = member(document.root(), "data", "a json web token")?;
    let malformed = || Rejection::MalformedPayload {
        path: "data".into(),
        problem: PayloadProblem::Unexpected {
            expected: "a json web token",
            actual: token.describe(),
        },
    };
    let text = token.string().unwrap_or_default();
    let (signed, signature) = text.rsplit_once('.').ok_or_else(malformed)?;
    let (header, claims) = signed.split_once('.').ok_or_else(malformed)?;
    match jose_header(header.as_bytes(), "HS256") {
        Some(Ok(_)) => {}
        Some(Err(Unsupported)) => {
            return Err(Rejection::UnsupportedSignature {
                location: Location::Member("data".into()),
            });
        }
        None => return Err(malformed()),
    }
    let claims = Encoding::Base64Url
        .decode(claims.as_bytes())
        .ok_or_else(malformed)?;
    let algorithm = Algorithm::HmacSha256;
    let bytes = form::signature(signature.as_bytes(), Encoding::Base64Url, algorithm);
    let bytes = bytes.map_err(|_| malformed())?;
    let signed = signed.as_bytes().to_vec();
    Ok(Claim {
        content: Content::Apart(claims),
        ..in_body(request, sender, bytes, algorithm, signed)
    })
}

/// The header is a JSON Web Signature with RS512 whose payload, the body, is left out (RFC 7515,
/// appendix F).
fn detached_jws<'a>(request: &Request<'a>, sender: &'a Sender) -> Result<Claim<'a>, Rejection> {
    let headers = sender.header_sets.first();
    let name = headers.map_or("", |set| &set.signature);
    let value = request.require_header(name)?;
    let malformed = malformed(name);
    let mut parts = value.split(|byte| *byte == b'.');
    let (Some(protected), Some([]), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(malformed(HeaderProblem::Jws));
    };
    let key_id = match jose_header(protected, "RS512") {
        Some(Ok(key_id)) => key_id,
        Some(Err(Unsupported)) => {
            return Err(Rejection::UnsupportedSignature {
                location: Location::Header(name.into()),
            });
        }
        None => return Err(malformed(HeaderProblem::Jws)),
    };
    let algorithm = Algorithm::RsaSha512;
    let bytes = form::signature(signature, Encoding::Base64Url, algorithm).map_err(malformed)?;
    let payload = Encoding::Base64Url.encode(request.body).into_bytes();
    Ok(Claim {
        sender,
        headers,
        id: None,
        timestamp: None,
        once: (None, None),
        key_id: key_id.map(Cow::Owned),
        signatures: Vec::from([Signature { algorithm, bytes }]),
        signed: Vec::from([
            Cow::Borrowed(protected),
            Cow::Borrowed(b".".as_slice()),
            Cow::Owned(payload),
        ]),
        content: Content::Body,
        document: None,
        covered: Vec::new(),
        request: *request,
    })
}

/// The header is a JSON Web Token with ES256 (RFC 7519, RFC 7518 section 3.4). Its claims are the time at
/// which it was signed and the SHA-256 of the body.
fn jwt_header<'a>(request: &Request<'a>, sender: &'a Sender) -> Result<Claim<'a>, Rejection> {
    let headers = sender.header_sets.first();
    let name = headers.map_or("", |set| &set.signature);
    let value = request.require_header(name)?;
    let malformed = malformed(name);
    let mut parts = value.split(|byte| *byte == b'.');
    let (Some(protected), Some(claims), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(malformed(HeaderProblem::Jwt));
    };
    let location = || Location::Header(name.into());
    let key_id = match jose_header(protected, "ES256") {
        Some(Ok(key_id)) => key_id,
        Some(Err(Unsupported)) => {
            return Err(Rejection::UnsupportedSignature {
                location: location(),
            });
        }
        None => return Err(malformed(HeaderProblem::Jwt)),
    };
    let (time, digest) = body_claims(claims).ok_or_else(|| malformed(HeaderProblem::Jwt))?;
    let algorithm = Algorithm::EcdsaP256(Format::Raw);
    let bytes = form::signature(signature, Encoding::Base64Url, algorithm).map_err(malformed)?;
    // What is signed is this hash alone: with another body there is no signature over it.
    if digest != sha256::digest(&[request.body]) {
        return Err(Rejection::SignatureMismatch {
            location: location(),
        });
    }
    Ok(Claim {
        sender,
        headers,
        id: None,
        timestamp: Some(time),
        once: (None, Some(claims)),
        key_id: key_id.map(Cow::Owned),
        signatures: Vec::from([Signature { algorithm, bytes }]),
        signed: Vec::from([
            Cow::Borrowed(protected),
            Cow::Borrowed(b".".as_slice()),
            Cow::Borrowed(claims),
        ]),
        content: Content::Body,
        document: None,
        covered: Vec::new(),
        request: *request,
    })
}

/// When a token was signed, in Unix seconds, and the hash of the body. `None` if its claims do not say it.
fn body_claims(text: &[u8]) -> Option<(u64, Vec<u8>)> {
    if text.len() > MAX_JOSE_HEADER {
        return None;
    }
    let json = Encoding::Base64Url.decode(text)?;
    let document = Document::read(&json, Rules::Unique).ok()?;
    let claims = document.root();
    let time = claims.get("iat")?.integer()?;
    let digest = claims.get("request_body_sha256")?.string()?;
    Some((time, Encoding::Hex.decode(digest.as_bytes())?))
}

/// A claim whose signature is in the body, over what is its content.
fn in_body<'a>(
    request: &Request<'a>,
    sender: &'a Sender,
    bytes: Vec<u8>,
    algorithm: Algorithm,
    signed: Vec<u8>,
) -> Claim<'a> {
    Claim {
        sender,
        headers: None,
        id: None,
        timestamp: None,
        once: (None, None),
        key_id: None,
        signatures: Vec::from([Signature { algorithm, bytes }]),
        signed: Vec::from([Cow::Owned(signed)]),
        content: Content::Piece(0),
        document: None,
        covered: Vec::new(),
        request: *request,
    }
}

/// The body as JSON. Anything else has no signed bytes.
fn document<'a>(request: &Request<'a>, sender: &Sender) -> Result<Document<'a>, Rejection> {
    let location = || match sender.header_sets.first() {
        Some(set) => Location::Header(set.signature.clone()),
        None => Location::Member(String::new()),
    };
    Document::read(request.body, Rules::Unique).map_err(|_| Rejection::SignatureMismatch {
        location: location(),
    })
}

fn member<'d>(root: Value<'d>, name: &str, expected: &'static str) -> Result<Value<'d>, Rejection> {
    root.get(name).ok_or_else(|| Rejection::MalformedPayload {
        path: name.into(),
        problem: PayloadProblem::Missing { expected },
    })
}

/// The longest JOSE header that is read, in bytes: one has an algorithm, a type and a key's id.
const MAX_JOSE_HEADER: usize = 4096;

/// The header names another algorithm, or a critical extension.
struct Unsupported;

/// The key id of a JOSE header (RFC 7515, section 4) for this algorithm. `None` if it is
/// no such header.
fn jose_header(text: &[u8], algorithm: &str) -> Option<Result<Option<String>, Unsupported>> {
    if text.len() > MAX_JOSE_HEADER {
        return None;
    }
    let json = Encoding::Base64Url.decode(text)?;
    let document = Document::read(&json, Rules::Unique).ok()?;
    let header = document.root();
    if !header.get("alg")?.is(algorithm) {
        return Some(Err(Unsupported));
    }
    if header.get("crit").is_some() || header.get("b64").is_some() {
        return Some(Err(Unsupported));
    }
    let key_id = match header.get("kid") {
        Some(key_id) => {
            let text = key_id.string()?;
            // A key may be looked up by it: it has the form of an id in a header.
            form::token(text.as_bytes(), Excluded::Nothing).ok()?;
            Some(text.into_owned())
        }
        None => None,
    };
    Some(Ok(key_id))
}
