//! Undoing mistakes until the signature matches.

use core::ops::ControlFlow;

use alloc::borrow::ToOwned;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use super::cause::Finding;
use super::{body, context, header, key, signed, spelling};
use crate::claim::Claim;
use crate::key::{KeyInput, Keys};
use crate::request::Request;
use crate::sender::{Rule, Sender};
use crate::signature::Authentic;

/// Headers, with the method and the URL among them.
pub(super) type Headers = Vec<(String, Vec<u8>)>;

/// A mistake undone: what the callback or the configuration was without it.
#[derive(Default)]
pub(super) struct Change {
    pub(super) findings: Vec<Finding>,
    pub(super) sender: Option<Sender>,
    pub(super) keys: Option<IndexedKeys>,
    pub(super) headers: Option<Headers>,
    pub(super) body: Option<Vec<u8>>,
}

/// Single keys with their places in the list that was given.
pub(super) type IndexedKeys = Vec<(usize, Rc<Keys>)>;

/// A callback, and what is believed about it.
#[derive(Clone, Copy)]
pub(super) struct Case<'c> {
    pub(super) sender: &'c Sender,
    pub(super) keys: &'c IndexedKeys,
    pub(super) headers: &'c Headers,
    pub(super) body: &'c [u8],
}

/// The work that may still be done. Whoever sends a callback chooses its size, and explaining one may
/// not take much longer than a second.
pub(super) struct Budget {
    /// In bytes through SHA-256.
    work: usize,
    /// Whether something was left undone.
    exceeded: bool,
}

/// What a search may cost.
const WORK: usize = 3 << 25;

/// What an attempt costs beside the bytes that it hashes.
const ATTEMPT: usize = 1 << 10;

/// What it costs to verify a signature with a public key.
const PUBLIC_KEY: usize = 1 << 19;

/// How much slower than hashing bytes it is to read them as JSON and to sort them.
const SORTING: usize = 16;

impl Budget {
    pub(super) const fn new() -> Self {
        Self {
            work: WORK,
            exceeded: false,
        }
    }

    /// Whether there is enough left, which is then less.
    pub(super) fn spend(&mut self, work: usize) -> bool {
        let left = self.work.checked_sub(work);
        self.work = left.unwrap_or(self.work);
        self.exceeded |= left.is_none();
        left.is_some()
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
            body: change.body.as_deref().unwrap_or(self.body),
        }
    }

    /// The index of the first key that made the signature. Nothing where none did, or where the
    /// budget is spent.
    pub(super) fn authenticate(self, budget: &mut Budget) -> Option<usize> {
        if !budget.spend(self.cost()) {
            return None;
        }
        let headers = borrowed(self.headers);
        let (index, _) = self.authentic(&self.request(&headers))?;
        Some(index)
    }

    /// The callback with the place of the first key that made its signature.
    pub(super) fn authentic<'r>(self, request: &Request<'r>) -> Option<(usize, Authentic<'r>)>
    where
        'c: 'r,
    {
        self.keys.iter().find_map(|(index, keys)| {
            let claim = Claim::read(request, self.sender).ok()?;
            Some((*index, Authentic::check(claim, keys).ok()?))
        })
    }

    pub(super) const fn request<'h>(self, headers: &'h [(&'h str, &'h [u8])]) -> Request<'h>
    where
        'c: 'h,
    {
        Request {
            body: self.body,
            headers,
            ip: None,
        }
    }

    pub(super) fn cost(self) -> usize {
        let plain = matches!(self.sender.rule, Rule::Plain | Rule::Hook0);
        let passes = if plain { 1 } else { SORTING };
        let sizes = self.headers.iter().map(|(_, value)| value.len());
        let headers = sizes.fold(0, usize::saturating_add);
        let body = self.body.len().saturating_mul(passes);
        let algorithms = &self.sender.signature.algorithms;
        let passes = self.keys.iter().map(|(_, keys)| {
            let secret = |(_, algorithm): &(_, _)| keys.secret(0, *algorithm).is_some();
            let public = if algorithms.iter().any(secret) {
                0
            } else {
                PUBLIC_KEY
            };
            body.saturating_add(headers).saturating_add(public)
        });
        passes.fold(ATTEMPT, usize::saturating_add)
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

pub(super) fn borrowed(headers: &Headers) -> Vec<(&str, &[u8])> {
    let pairs = headers.iter();
    pairs
        .map(|(name, value)| (name.as_str(), value.as_slice()))
        .collect()
}

/// A case that needs nothing else to exist.
pub(super) struct OwnedCase {
    sender: Sender,
    keys: IndexedKeys,
    headers: Headers,
    body: Vec<u8>,
}

/// A signature that matches once some mistakes are undone.
pub(super) struct Proof {
    pub(super) findings: Vec<Finding>,
    /// The place of the key that made it.
    pub(super) key: usize,
    /// The callback without the mistakes.
    pub(super) case: OwnedCase,
}

/// Kept bodies for pairs of changes may not take more than this, in bytes.
const MAX_KEPT: usize = 1 << 22;

/// The most of one kind of change that are paired with another's: the common ones.
const MAX_PAIRED: usize = 48;

/// Undoes mistakes, one and then two at a time, until the signature matches.
pub(super) fn prove(case: Case, inputs: &[KeyInput], budget: &mut Budget) -> Option<Proof> {
    if let Some(key) = case.authenticate(budget) {
        return Some(Proof::new(case, key, Vec::new()));
    }
    let single = |changes: &[Change], budget: &mut Budget| {
        let mut changes = changes.iter();
        changes.find_map(|change| try_changes(case, &[change], budget))
    };
    let keys = key::changes(case, inputs);
    let headers = header::changes(case);
    let proof = single(&keys, budget).or_else(|| single(&headers, budget));
    if proof.is_some() {
        return proof;
    }
    let (proof, bodies) = Bodies::run(case, budget);
    if proof.is_some() {
        return proof;
    }
    let signed = signed::changes(case, &|sender| key::parse_each(sender, inputs));
    let context = context::changes(case);
    let spelling = spelling::changes(case, budget);
    let proof = [&signed, &context, &spelling]
        .into_iter()
        .find_map(|changes| single(changes, budget));
    if proof.is_some() {
        return proof;
    }
    for (ones, others) in [
        (&keys, &bodies),
        (&keys, &headers),
        (&headers, &bodies),
        (&keys, &signed),
        (&keys, &context),
    ] {
        let others = others.get(..MAX_PAIRED).unwrap_or(others);
        let mut pairs = ones
            .iter()
            .flat_map(|one| others.iter().map(move |other| [one, other]));
        let proof = pairs.find_map(|pair| try_changes(case, &pair, budget));
        if proof.is_some() {
            return proof;
        }
    }
    keys.iter().find_map(|one| {
        let spelling = spelling::changes(case.with(one), budget);
        let mut spelling = spelling.iter();
        spelling.find_map(|other| try_changes(case, &[one, other], budget))
    })
}

fn try_changes(case: Case, changes: &[&Change], budget: &mut Budget) -> Option<Proof> {
    let changed = changes.iter().fold(case, |case, change| case.with(change));
    let key = changed.authenticate(budget)?;
    let findings = changes.iter().flat_map(|change| change.findings.clone());
    Some(Proof::new(changed, key, findings.collect()))
}

/// Tries other bodies.
pub(super) struct Bodies<'b> {
    case: Case<'b>,
    budget: &'b mut Budget,
    /// Those that did not match, as far as there is room for them.
    tried: Vec<Change>,
    kept: usize,
    proof: Option<Proof>,
}

impl<'b> Bodies<'b> {
    /// Tries them all, and gives those that did not match.
    fn run(case: Case<'b>, budget: &'b mut Budget) -> (Option<Proof>, Vec<Change>) {
        let mut bodies = Self {
            case,
            budget,
            tried: Vec::new(),
            kept: 0,
            proof: None,
        };
        let _ = body::visit(case.body, &mut bodies);
        (bodies.proof, bodies.tried)
    }

    /// Whether a body may be made that costs so many passes over the one that came.
    pub(super) fn afford(&mut self, passes: usize) -> bool {
        self.budget
            .spend(self.case.body.len().saturating_mul(passes))
    }

    /// Tries one, and goes on where it does not match.
    pub(super) fn visit(&mut self, finding: Finding, body: Vec<u8>) -> ControlFlow<()> {
        let known = |other: &Change| other.body.as_ref() == Some(&body);
        if body == self.case.body || self.tried.iter().any(known) {
            return ControlFlow::Continue(());
        }
        self.kept = self.kept.saturating_add(body.len());
        let change = Change::of_body(finding, body);
        self.proof = try_changes(self.case, &[&change], self.budget);
        if self.kept <= MAX_KEPT {
            self.tried.push(change);
        }
        if self.proof.is_some() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

impl Proof {
    fn new(case: Case, key: usize, findings: Vec<Finding>) -> Self {
        let mut keys = case.keys.iter();
        let matching = keys.find(|(index, _)| *index == key);
        Self {
            findings,
            key,
            case: OwnedCase {
                sender: case.sender.clone(),
                keys: matching.into_iter().cloned().collect(),
                headers: case.headers.clone(),
                body: case.body.to_vec(),
            },
        }
    }
}

impl OwnedCase {
    pub(super) fn as_case(&self) -> Case<'_> {
        Case {
            sender: &self.sender,
            keys: &self.keys,
            headers: &self.headers,
            body: &self.body,
        }
    }
}
