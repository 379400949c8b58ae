//! A callback with the assumptions about it, changes to either, and the budget for trying them.

use alloc::borrow::ToOwned;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use super::cause::Finding;
use crate::algorithm::Algorithm;
use crate::claim::Claim;
use crate::key::Keys;
use crate::request::Request;
use crate::sender::{Scheme, Sender};
use crate::signature::{Authentic, MAX_VERIFICATIONS, matching_key};

pub(super) type Headers = Vec<(String, Vec<u8>)>;

/// A mistake undone: the parts of the callback or configuration that differ without it.
#[derive(Default)]
pub(super) struct Change {
    pub(super) findings: Vec<Finding>,
    pub(super) sender: Option<Sender>,
    pub(super) keys: Option<IndexedKeys>,
    pub(super) headers: Option<Headers>,
    pub(super) method: Option<&'static str>,
    pub(super) url: Option<String>,
    pub(super) body: Option<Vec<u8>>,
}

/// Single keys with their indexes in the given list.
pub(super) type IndexedKeys = Vec<(usize, Rc<Keys>)>;

/// A callback and the assumptions about it.
#[derive(Clone, Copy)]
pub(super) struct Case<'c> {
    pub(super) sender: &'c Sender,
    pub(super) keys: &'c IndexedKeys,
    pub(super) headers: &'c Headers,
    pub(super) method: Option<&'c str>,
    pub(super) url: Option<&'c str>,
    /// The URL that the verifier was told, if it is not known whether that was called.
    pub(super) registered_url: Option<&'c str>,
    pub(super) body: &'c [u8],
}

/// The work that is left. The sender chooses a callback's size, and what explaining it costs is up to the
/// receiver.
pub(super) struct Budget {
    /// In bytes hashed with SHA-256.
    work: usize,
    /// Whether something was not tried.
    exceeded: bool,
}

/// The work of a millisecond: what WebAssembly hashes in it with SHA-256 on a server of today.
const MILLISECOND: usize = 1 << 18;

/// What an attempt costs in addition to the bytes that it hashes.
const ATTEMPT: usize = 1 << 10;

/// What it costs at most to verify a signature with a public key, in addition to the pass over the body.
const PUBLIC_KEY: usize = 1 << 18;

/// How much slower the hash of public-key signatures is than SHA-256.
const LONG_HASH: usize = 3;

/// How much slower reading and sorting JSON is than hashing it.
const SORTING: usize = 96;

impl Budget {
    /// The work of so many milliseconds.
    pub(super) fn of(milliseconds: u64) -> Self {
        let milliseconds = usize::try_from(milliseconds).unwrap_or(usize::MAX);
        Self {
            work: milliseconds.saturating_mul(MILLISECOND),
            exceeded: false,
        }
    }

    /// Spends work; false if there is not enough left.
    pub(super) fn spend(&mut self, work: usize) -> bool {
        let left = self.work.checked_sub(work);
        self.work = left.unwrap_or(self.work);
        self.exceeded |= left.is_none();
        left.is_some()
    }

    /// Spends work that is done in any case.
    pub(super) const fn charge(&mut self, work: usize) {
        self.work = self.work.saturating_sub(work);
    }

    /// Remembers that something is not tried, whatever is left.
    pub(super) const fn exceed(&mut self) {
        self.exceeded = true;
    }

    pub(super) const fn is_exceeded(&self) -> bool {
        self.exceeded
    }
}

impl Change {
    pub(super) fn of_body(finding: Finding, body: Vec<u8>) -> Self {
        Self {
            findings: Vec::from([finding]),
            body: Some(body),
            ..Self::default()
        }
    }

    pub(super) fn of_method(finding: Finding, method: &'static str) -> Self {
        Self {
            findings: Vec::from([finding]),
            method: Some(method),
            ..Self::default()
        }
    }

    pub(super) fn of_url(finding: Finding, url: String) -> Self {
        Self {
            findings: Vec::from([finding]),
            url: Some(url),
            ..Self::default()
        }
    }

    pub(super) fn of_headers(finding: Finding, headers: Headers) -> Self {
        Self {
            findings: Vec::from([finding]),
            headers: Some(headers),
            ..Self::default()
        }
    }
}

impl<'c> Case<'c> {
    /// The case with a mistake undone.
    pub(super) fn with(self, change: &'c Change) -> Self {
        Self {
            sender: change.sender.as_ref().unwrap_or(self.sender),
            keys: change.keys.as_ref().unwrap_or(self.keys),
            headers: change.headers.as_ref().unwrap_or(self.headers),
            method: change.method.or(self.method),
            url: change.url.as_deref().or(self.url),
            // A URL that was signed stands for both.
            registered_url: self.registered_url.filter(|_| change.url.is_none()),
            body: change.body.as_deref().unwrap_or(self.body),
        }
    }

    /// The index of the first key that made the signature. `None` if none did or if the budget is
    /// spent.
    pub(super) fn authenticate(self, budget: &mut Budget) -> Option<usize> {
        if !budget.spend(self.reading()) {
            return None;
        }
        let headers = borrowed(self.headers);
        let claim = Claim::read(&self.request(&headers), self.sender).ok()?;
        self.keys.iter().find_map(|(index, keys)| {
            let affordable = budget.spend(self.verifying(&claim));
            let matches = affordable && matching_key(&claim, keys).is_ok();
            matches.then_some(*index)
        })
    }

    /// The callback as the first of its keys signed it.
    pub(super) fn authentic<'r>(self, request: &Request<'r>) -> Option<Authentic<'r>>
    where
        'c: 'r,
    {
        let (_, keys) = self.keys.first()?;
        let claim = Claim::read(request, self.sender).ok()?;
        Authentic::check(claim, keys).ok()
    }

    pub(super) const fn request<'h>(self, headers: &'h [(&'h str, &'h [u8])]) -> Request<'h>
    where
        'c: 'h,
    {
        Request {
            body: self.body,
            headers,
            method: self.method,
            url: self.url,
            registered_url: self.registered_url,
            ip: None,
        }
    }

    /// What it costs to read what the callback claims.
    pub(super) fn reading(self) -> usize {
        let plain = matches!(self.sender.scheme(), Scheme::Plain | Scheme::Hook0);
        let passes = if plain { 0 } else { SORTING };
        let body = self.body.len().saturating_mul(passes);
        body.saturating_add(self.header_bytes())
            .saturating_add(ATTEMPT)
    }

    /// What it costs to copy the headers.
    pub(super) fn header_bytes(self) -> usize {
        let sizes = self.headers.iter().map(|(_, value)| value.len());
        sizes.fold(0, usize::saturating_add)
    }

    /// What it costs to verify the claim's signatures with one key.
    pub(super) fn verifying(self, claim: &Claim) -> usize {
        let signed = claim.signed_bytes().into_iter().map(|part| part.len());
        let signed = signed.fold(0, usize::saturating_add);
        let algorithms = &self.sender.signature.algorithms;
        let costs = algorithms.iter().map(|(_, algorithm)| {
            if algorithm.is_mac() {
                return signed;
            }
            let signatures = claim.signatures_of(*algorithm).take(MAX_VERIFICATIONS);
            let passes = signatures.map(|signature| {
                let hashing = signed.saturating_mul(LONG_HASH);
                hashing.saturating_add(public_key(*algorithm, signature.len()))
            });
            passes.fold(0, usize::saturating_add)
        });
        costs.fold(0, usize::saturating_add)
    }

    /// The value of a header.
    pub(super) fn header(self, name: &str) -> Option<&'c [u8]> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_slice())
    }

    /// The headers with another value for one of them.
    pub(super) fn replace(self, name: &str, value: Vec<u8>) -> Headers {
        let kept = |(other, _): &&(String, Vec<u8>)| !other.eq_ignore_ascii_case(name);
        let mut headers: Headers = self.headers.iter().filter(kept).cloned().collect();
        headers.push((name.to_owned(), value));
        headers
    }
}

/// What it costs to verify a signature of so many bytes with a public key, as WebAssembly was measured.
fn public_key(algorithm: Algorithm, signature: usize) -> usize {
    match algorithm {
        // It is as long as the modulus, and multiplied several times.
        _ if algorithm.is_rsa() => signature.saturating_mul(signature).min(PUBLIC_KEY),
        Algorithm::Ed25519 => 1 << 16,
        Algorithm::EcdsaSecp256k1(_) => 1 << 17,
        _ => PUBLIC_KEY,
    }
}

pub(super) fn borrowed(headers: &Headers) -> Vec<(&str, &[u8])> {
    let pairs = headers.iter();
    pairs
        .map(|(name, value)| (name.as_str(), value.as_slice()))
        .collect()
}

/// A case that owns its parts.
pub(super) struct OwnedCase {
    sender: Sender,
    keys: IndexedKeys,
    headers: Headers,
    method: Option<String>,
    url: Option<String>,
    registered_url: Option<String>,
    body: Vec<u8>,
}

impl OwnedCase {
    /// Copies a case with one of its keys.
    pub(super) fn new(case: Case, key: usize) -> Self {
        let mut keys = case.keys.iter();
        let matching = keys.find(|(index, _)| *index == key);
        Self {
            sender: case.sender.clone(),
            keys: matching.into_iter().cloned().collect(),
            headers: case.headers.clone(),
            method: case.method.map(ToOwned::to_owned),
            url: case.url.map(ToOwned::to_owned),
            registered_url: case.registered_url.map(ToOwned::to_owned),
            body: case.body.to_vec(),
        }
    }

    pub(super) fn as_case(&self) -> Case<'_> {
        Case {
            sender: &self.sender,
            keys: &self.keys,
            headers: &self.headers,
            method: self.method.as_deref(),
            url: self.url.as_deref(),
            registered_url: self.registered_url.as_deref(),
            body: &self.body,
        }
    }
}
