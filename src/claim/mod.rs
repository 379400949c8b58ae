//! Reading what a callback claims: well-formed and not yet believed.

mod form;
mod plain;
#[cfg(feature = "full")]
mod schemes;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::algorithm::Algorithm;
use crate::error::{HeaderProblem, Location, Rejection};
use crate::json::Document;
use crate::request::Request;
use crate::sender::{HeaderSet, Scheme, Sender};
use crate::url;

pub(crate) use form::time_from_text;
#[cfg(not(feature = "full"))]
use plain::read;
#[cfg(feature = "full")]
use schemes::read;

/// The most signatures that are read. A rotation needs two or three.
pub const MAX_SIGNATURES: usize = 16;

/// The member that holds Plisio's signature.
pub(crate) const VERIFY_HASH: &str = "verify_hash";

/// A callback whose headers have the form that its sender prescribes.
pub struct Claim<'a> {
    sender: &'a Sender,
    /// The set of headers that counts.
    headers: Option<&'a HeaderSet>,
    id: Option<&'a str>,
    timestamp: Option<u64>,
    /// The nonce and the time, as they are written.
    once: (Option<&'a [u8]>, Option<&'a [u8]>),
    key_id: Option<Cow<'a, str>>,
    signatures: Vec<Signature>,
    /// What is signed, in pieces.
    signed: Pieces<'a>,
    content: Content<'a>,
    /// The body, if it was read to find the signed bytes.
    document: Option<Document<'a>>,
    /// The headers that the callback itself says are signed, in lower case.
    covered: Vec<String>,
    request: Request<'a>,
}

/// A signature of a kind that is known here.
#[derive(PartialEq, Eq)]
pub(crate) struct Signature {
    pub(crate) algorithm: Algorithm,
    pub(crate) bytes: Vec<u8>,
}

/// Bytes that follow each other.
type Pieces<'a> = Vec<Cow<'a, [u8]>>;

/// Where the content is.
enum Content<'a> {
    /// It is the body.
    Body,
    /// It is the body, which is signed in another spelling: that of this signed piece.
    #[cfg(feature = "full")]
    Respelt(usize),
    /// It is the query of a GET.
    Query(&'a [u8]),
    /// It is this one of the signed pieces.
    Piece(usize),
    /// It was taken out of one.
    Apart(Vec<u8>),
}

impl<'a> Claim<'a> {
    /// Reads the sender's headers, and the body if the sender puts its signature there.
    ///
    /// # Errors
    /// [`Rejection::MissingHeader`], [`Rejection::MalformedHeader`],
    /// [`Rejection::UnsupportedSignature`]; [`Rejection::SignatureMismatch`] if the signed bytes
    /// cannot be determined.
    pub(crate) fn read(request: &Request<'a>, sender: &'a Sender) -> Result<Self, Rejection> {
        let mut claim = read(request, sender)?;
        claim.drop_repeated_signatures();
        Ok(claim)
    }

    /// One signature costs one verification however often it is sent.
    fn drop_repeated_signatures(&mut self) {
        if self.signatures.len() < 2 {
            return;
        }
        let mut unique: Vec<Signature> = Vec::with_capacity(self.signatures.len());
        for signature in self.signatures.drain(..) {
            if !unique.contains(&signature) {
                unique.push(signature);
            }
        }
        self.signatures = unique;
    }

    /// The id in a signed header.
    pub(crate) const fn id(&self) -> Option<&'a str> {
        self.id
    }

    /// The time in a signed header, in Unix seconds.
    pub(crate) const fn timestamp(&self) -> Option<u64> {
        self.timestamp
    }

    /// The nonce and the time of a signed header, as they are written.
    pub(crate) const fn signed_once(&self) -> (Option<&'a [u8]>, Option<&'a [u8]>) {
        self.once
    }

    /// Which of the sender's keys it says that it is signed with.
    pub(crate) fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// What the signature covers: the body, or what a scheme extracts from it.
    pub(crate) fn content(&self) -> &[u8] {
        match &self.content {
            #[cfg(feature = "full")]
            Content::Respelt(_) => self.request.body,
            Content::Body => self.request.body,
            Content::Query(query) => query,
            Content::Piece(index) => self.signed.get(*index).map_or(&[], AsRef::as_ref),
            Content::Apart(bytes) => bytes,
        }
    }

    /// The body as JSON, if it has been read already.
    pub(crate) const fn document(&self) -> Option<&Document<'a>> {
        self.document.as_ref()
    }

    /// Whether the content is the body itself.
    pub(crate) const fn is_whole_body(&self) -> bool {
        match self.content {
            #[cfg(feature = "full")]
            Content::Respelt(_) => true,
            Content::Body => true,
            _ => false,
        }
    }

    /// Whether the content is the query of a GET.
    pub(crate) const fn is_query(&self) -> bool {
        matches!(self.content, Content::Query(_))
    }

    /// The bytes by which a callback is known again: what is signed in the body's place.
    pub(crate) fn repeated(&self) -> &[u8] {
        let piece = match &self.content {
            #[cfg(feature = "full")]
            Content::Respelt(index) => self.signed.get(*index),
            Content::Apart(_) => self.signed.first(),
            _ => return self.content(),
        };
        piece.map_or(&[], AsRef::as_ref)
    }

    /// What is signed beside the content and tells one callback from another: headers and the query; not
    /// the time, a nonce, or whose key it is.
    pub(crate) fn signed_beside(&self) -> Vec<&[u8]> {
        let named = self.sender.event_headers();
        let named = named.filter(|name| self.covered.iter().any(|other| other == name));
        let headers = self.sender.signed_headers().chain(named);
        let mut beside: Vec<&[u8]> = headers
            .filter_map(|name| self.request.header(name))
            .collect();
        if !self.is_query() && self.sender.signs_query() {
            let called = self.request.url.unwrap_or_default();
            beside.push(url::split(called).query.as_bytes());
        }
        beside
    }

    /// Whether a header is signed.
    pub(crate) fn signs_header(&self, name: &str) -> bool {
        self.sender.signs_header(name) || self.covered.iter().any(|other| other == name)
    }

    /// Whether a header says nothing: a callback that says itself which headers are signed left it out.
    pub(crate) fn leaves_out(&self, name: &str) -> bool {
        let says = self.sender.signs_what_it_names() || !self.covered.is_empty();
        says && !self.signs_header(name)
    }

    /// Refuses what is for another of the sender's clients.
    pub(crate) fn require_client(&self, client_id: Option<&str>) -> Result<(), Rejection> {
        let header = self.headers.and_then(|headers| headers.client_id.as_ref());
        let (Some(header), Some(expected)) = (header, client_id) else {
            return Ok(());
        };
        if self.request.require_header(header)? == expected.as_bytes() {
            return Ok(());
        }
        Err(Rejection::OtherClient {
            header: header.clone(),
        })
    }

    pub(crate) const fn sender(&self) -> &'a Sender {
        self.sender
    }

    /// Where its signature is.
    pub(crate) fn location(&self) -> Location {
        match (self.headers, self.sender.scheme()) {
            (Some(set), _) => Location::Header(set.signature.clone()),
            (None, Scheme::Plisio) => Location::Member(VERIFY_HASH.into()),
            (None, _) => Location::Member("data".into()),
        }
    }

    /// Where the time is that is compared with the clock.
    pub(crate) fn time_location(&self) -> Location {
        let header = self.headers.and_then(|set| set.timestamp.clone());
        header.map_or_else(|| self.location(), Location::Header)
    }

    /// The header that names the key.
    pub(crate) fn key_id_header(&self) -> &str {
        match self.headers {
            Some(set) => set.key_id.as_deref().unwrap_or(&set.signature),
            None => "",
        }
    }

    /// The header that holds its id.
    pub(crate) fn id_header(&self) -> Option<&'a str> {
        self.headers?.id.as_deref()
    }

    pub(crate) const fn request(&self) -> &Request<'a> {
        &self.request
    }

    /// The signatures that this algorithm may have made.
    pub(crate) fn signatures_of(&self, algorithm: Algorithm) -> impl Iterator<Item = &[u8]> {
        let signatures = self.signatures.iter();
        let own = signatures.filter(move |signature| signature.algorithm == algorithm);
        own.map(|signature| signature.bytes.as_slice())
    }

    /// The bytes under the signature, in pieces that follow each other.
    pub(crate) fn signed_bytes(&self) -> Vec<&[u8]> {
        self.signed.iter().map(AsRef::as_ref).collect()
    }
}

fn malformed(header: &str) -> impl Fn(HeaderProblem) -> Rejection {
    move |problem| Rejection::MalformedHeader {
        header: header.into(),
        problem,
    }
}
