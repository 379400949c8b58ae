//! Reading the headers: what the callback claims, well-formed and not yet believed.

use alloc::vec::Vec;

use crate::algorithm::ed25519::SIGNATURE_BYTES;
use crate::algorithm::hmac::TAG_BYTES;
use crate::encoding::decode_base64;
use crate::error::{HeaderProblem, Rejection};
use crate::request::Request;
use crate::sender::{HeaderSet, Sender};

/// The most signatures that are tried: each costs an attacker 90 bytes of header and the receiver,
/// where the key is an Ed25519 one, a pass over the body. A rotation needs two or three.
pub const MAX_SIGNATURES: usize = 16;

/// The longest id, in bytes.
const MAX_ID_BYTES: usize = 256;

/// A callback whose headers have the form that its sender prescribes.
pub struct Claim<'a> {
    id: &'a str,
    timestamp_text: &'a [u8],
    timestamp: u64,
    signatures: Vec<Signature>,
    body: &'a [u8],
    headers: &'static HeaderSet,
    id_header: usize,
}

/// A signature of a version that is known here. Others are left out: senders grow.
pub(crate) enum Signature {
    Hmac([u8; TAG_BYTES]),
    Ed25519([u8; SIGNATURE_BYTES]),
}

impl<'a> Claim<'a> {
    /// Reads the sender's headers.
    ///
    /// # Errors
    /// [`Rejection::MissingHeader`], [`Rejection::MalformedHeader`].
    pub(crate) fn read(request: &Request<'a>, sender: &'static Sender) -> Result<Self, Rejection> {
        let (set, headers) = choose_headers(request, sender);
        let id = request.require_header(headers.id)?;
        let timestamp_text = request.require_header(headers.timestamp)?;
        let signature = request.require_header(headers.signature)?;
        Ok(Self {
            id: parse_id(id).map_err(malformed(headers.id))?,
            timestamp_text,
            timestamp: parse_timestamp(timestamp_text).map_err(malformed(headers.timestamp))?,
            signatures: parse_signatures(signature).map_err(malformed(headers.signature))?,
            body: request.body,
            headers,
            id_header: set.wrapping_mul(HeaderSet::LENGTH),
        })
    }

    pub(crate) const fn id(&self) -> &'a str {
        self.id
    }

    pub(crate) const fn id_header(&self) -> usize {
        self.id_header
    }

    pub(crate) const fn timestamp(&self) -> u64 {
        self.timestamp
    }

    pub(crate) const fn body(&self) -> &'a [u8] {
        self.body
    }

    pub(crate) const fn headers(&self) -> &'static HeaderSet {
        self.headers
    }

    pub(crate) fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// The bytes under the signature, in pieces that follow each other.
    pub(crate) const fn signed_bytes(&self) -> [&'a [u8]; 5] {
        signed_bytes(self.id, self.timestamp_text, self.body)
    }
}

/// `{id}.{timestamp}.{body}` (Standard Webhooks 1.0, "Signature scheme").
pub(crate) const fn signed_bytes<'a>(
    id: &'a str,
    timestamp: &'a [u8],
    body: &'a [u8],
) -> [&'a [u8]; 5] {
    [id.as_bytes(), b".", timestamp, b".", body]
}

/// An id is 1 to 256 visible ASCII characters. A dot would let bytes move between the id, the
/// timestamp and the body under one signature.
pub(crate) fn parse_id(value: &[u8]) -> Result<&str, HeaderProblem> {
    let allowed = |byte: &u8| byte.is_ascii_graphic() && *byte != b'.';
    if value.is_empty() || value.len() > MAX_ID_BYTES || !value.iter().all(allowed) {
        return Err(HeaderProblem::Id);
    }
    str::from_utf8(value).map_err(|_| HeaderProblem::Id)
}

/// The first set whose signature is there, with its index; the sender's own where none is.
fn choose_headers(request: &Request, sender: &'static Sender) -> (usize, &'static HeaderSet) {
    let sets = sender.header_sets().enumerate();
    let mut present = sets.filter(|(_, set)| request.header(set.signature).is_some());
    present.next().unwrap_or((0, &sender.own_headers))
}

fn malformed(header: &'static str) -> impl Fn(HeaderProblem) -> Rejection {
    move |problem| Rejection::MalformedHeader { header, problem }
}

fn parse_timestamp(value: &[u8]) -> Result<u64, HeaderProblem> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return Err(HeaderProblem::TimestampDigits);
    }
    let add = |seconds: u64, digit: &u8| {
        let digit = digit.checked_sub(b'0')?;
        seconds.checked_mul(10)?.checked_add(digit.into())
    };
    value
        .iter()
        .try_fold(0, add)
        .ok_or(HeaderProblem::TimestampRange)
}

fn parse_signatures(value: &[u8]) -> Result<Vec<Signature>, HeaderProblem> {
    let mut signatures = Vec::with_capacity(2);
    for (index, entry) in value.split(|byte| *byte == b' ').enumerate() {
        if index >= MAX_SIGNATURES {
            return Err(HeaderProblem::TooManySignatures {
                limit: MAX_SIGNATURES,
            });
        }
        signatures.extend(parse_signature(entry)?);
    }
    Ok(signatures)
}

fn parse_signature(entry: &[u8]) -> Result<Option<Signature>, HeaderProblem> {
    let mut parts = entry.split(|byte| *byte == b',');
    let (Some(version), Some(encoded), None) = (parts.next(), parts.next(), parts.next()) else {
        return Err(HeaderProblem::SignatureEntry);
    };
    if version.is_empty() || encoded.is_empty() || !version.iter().all(u8::is_ascii_alphanumeric) {
        return Err(HeaderProblem::SignatureEntry);
    }
    match version {
        b"v1" => decode(encoded).map(|tag| Some(Signature::Hmac(tag))),
        b"v1a" => decode(encoded).map(|signature| Some(Signature::Ed25519(signature))),
        _ => Ok(None),
    }
}

fn decode<const N: usize>(encoded: &[u8]) -> Result<[u8; N], HeaderProblem> {
    /// Room for any signature of a known version, and for a wrong length to be named.
    const ROOM: usize = 96;
    let mut buffer = [0; ROOM];
    let bytes =
        decode_base64(encoded, &mut buffer).map_err(|_| HeaderProblem::SignatureEncoding)?;
    bytes
        .try_into()
        .map_err(|_| HeaderProblem::SignatureLength {
            expected: N,
            actual: bytes.len(),
        })
}
