//! Why a callback does not verify.
//!
//! The usual mistakes are undone, one by one and in pairs, until the signature matches, which proves
//! them. If nothing matches, whatever is suspicious about the callback is reported as likely.
//!
//! Answers are safe to paste into a bug report. They hold names, numbers and positions, and never any
//! part of a key, a valid signature or the body.

mod body;
mod case;
mod cause;
mod context;
mod form;
mod format;
mod header;
mod key;
mod likely;
mod proof;
mod query;
mod respelt;
mod search;
mod signed;
mod spelling;
mod text;

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::claim::Claim;
use crate::error::{ConfigError, Rejection};
use crate::event::{Event, UnsafeNumbers};
use crate::freshness::{Fresh, Tolerance};
use crate::key::{KeyInput, Keys};
use crate::request::Request;
use crate::sender::{Sender, all, names};
use crate::verify::{Options, Verifier};

use case::{Budget, Case, Headers, borrowed};
use cause::Finding;
use proof::Proof;

pub use cause::{Cause, CauseCode, Certainty};

/// The most headers that are looked at.
const MAX_HEADERS: usize = 256;

/// What explaining a callback may cost by default: the work of so many milliseconds.
pub const BUDGET_MILLISECONDS: u64 = 250;

/// A callback that does not verify, with everything that is known about it.
pub struct Input<'a> {
    /// Whose callback it should be. `None` for the default sender; then every other sender whose headers
    /// are present is tried as well.
    pub sender: Option<&'a Sender>,
    /// The keys as they are configured, with all that may be wrong with them.
    pub keys: &'a [KeyInput],
    /// The request with all of its headers.
    pub request: Request<'a>,
    /// The receiver's clock in Unix seconds.
    pub now: u64,
    /// The id of the sender's client, if the verifier is given one.
    pub client_id: Option<&'a str>,
    /// The receiver's tolerance; `None` for the sender's own.
    pub tolerance: Option<Tolerance>,
    /// The longest body that the verifier takes; `None` for its default.
    pub max_body_bytes: Option<usize>,
    /// How much may be tried, as the work of so many milliseconds; see [`BUDGET_MILLISECONDS`].
    pub budget_milliseconds: u64,
}

/// Whether a callback verifies, and why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// What a verifier says.
    pub verdict: Verdict,
    /// The reasons, the certain ones first; none for a callback that verifies.
    pub causes: Vec<Cause>,
}

/// What a verifier says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It verifies.
    Accepted {
        /// The callback's signed id.
        id: Option<String>,
        /// When it was signed, in Unix seconds.
        timestamp: Option<u64>,
        /// The SHA-256 of what is signed in hexadecimal digits, if that is not the body itself.
        content_hash: Option<String>,
        /// What is signed with it and tells it from another of the same content.
        signed_with: Option<String>,
        /// The index of the first key that made one of its signatures.
        key: usize,
        /// That key's id.
        key_id: Option<String>,
    },
    /// It does not.
    Rejected(Rejection),
    /// No verifier can be built from the configuration.
    Misconfigured(ConfigError),
}

/// Says whether a callback verifies, and why not.
#[must_use]
#[expect(clippy::unreachable, reason = "there is a default sender")]
pub fn explain(input: &Input) -> Explanation {
    let default = match input.sender {
        Some(_) => None,
        None => names().first().and_then(|name| Sender::find(name).ok()),
    };
    let Some(sender) = input.sender.or(default.as_ref()) else {
        unreachable!();
    };
    let verdict = verdict(input, sender);
    let causes = match &verdict {
        Verdict::Accepted { .. } => Vec::new(),
        Verdict::Rejected(Rejection::BodyTooLarge { limit }) => {
            let evidence = format!(
                "{} bytes, and the limit is {limit}",
                input.request.body.len()
            );
            Vec::from([Finding::new(CauseCode::BodyTooLarge, evidence).cause(Certainty::Certain)])
        }
        verdict => causes(input, sender, verdict),
    };
    Explanation { verdict, causes }
}

/// What a verifier says of the callback as it came.
fn verdict(input: &Input, sender: &Sender) -> Verdict {
    let inputs = input.keys.iter().map(key::copy).collect();
    let verifier = Keys::parse(&sender.key_rules(), inputs, true, false).map(|keys| {
        let mut options = Options::new(sender.clone(), keys);
        options.tolerance = input.tolerance.unwrap_or(options.tolerance);
        options.client_id = input.client_id.map(ToOwned::to_owned);
        options.url = input.request.registered_url.map(ToOwned::to_owned);
        options.max_body_bytes = input.max_body_bytes.unwrap_or(options.max_body_bytes);
        Verifier::trusting_requests(options)
    });
    let verifier = match verifier {
        Ok(verifier) => verifier,
        Err(error) => return Verdict::Misconfigured(error),
    };
    let headers = headers(input);
    let headers = borrowed(&headers);
    let request = Request {
        headers: &headers,
        ..input.request
    };
    match verifier.verify(&request, input.now) {
        Ok(accepted) => {
            let other = match accepted.event() {
                Event::Other(other) => Some(other),
                _ => None,
            };
            let key = input.keys.get(accepted.key());
            Verdict::Accepted {
                id: accepted.signed_id().map(ToOwned::to_owned),
                timestamp: accepted.timestamp(),
                content_hash: other.and_then(|other| other.content_hash.map(hex::encode)),
                signed_with: other.and_then(|other| other.signed_with.clone()),
                key: accepted.key(),
                key_id: key.and_then(|key| key.id.clone()),
            }
        }
        Err(rejection) => Verdict::Rejected(rejection),
    }
}

/// The headers that are looked at.
fn headers(input: &Input) -> Headers {
    let given = input.request.headers.iter().take(MAX_HEADERS);
    given
        .map(|(name, value)| ((*name).to_owned(), value.to_vec()))
        .collect()
}

/// The causes of a rejection, in order.
fn causes(input: &Input, sender: &Sender, verdict: &Verdict) -> Vec<Cause> {
    let headers = headers(input);
    let keys = key::parse_each(sender, input.keys);
    let case = Case {
        sender,
        keys: &keys,
        headers: &headers,
        method: input.request.method,
        url: input.request.url,
        registered_url: input.request.registered_url,
        body: input.request.body,
    };
    let mut budget = Budget::of(input.budget_milliseconds);
    budget.charge(cost_of_verdict(case));
    budget.charge(key::parsing(sender, input.keys).saturating_mul(2));
    let senders = all();
    let others = others(case, &senders);
    let proof = search::prove(case, input.keys, &mut budget)
        .or_else(|| prove_other(case, &others, input, &mut budget));
    let mut causes = Vec::new();
    match proof {
        Some(proof) => proven(input, sender, proof, &mut causes),
        None => likely::push(case, &others, input, verdict, &mut causes),
    }
    refused_keys(input, sender, &mut causes);
    if budget.is_exceeded()
        && causes
            .iter()
            .all(|cause| cause.certainty == Certainty::Likely)
    {
        causes.push(Finding::new(CauseCode::SearchIncomplete, "").cause(Certainty::Likely));
    }
    causes.sort_by_key(|cause| (cause.certainty, cause.code));
    causes.dedup();
    causes
}

/// What the verdict has cost.
fn cost_of_verdict(case: Case) -> usize {
    let headers = borrowed(case.headers);
    let claim = Claim::read(&case.request(&headers), case.sender);
    let verifying = claim.map_or(0, |claim| {
        case.verifying(&claim).saturating_mul(case.keys.len())
    });
    // It is read a second time to find out.
    case.reading().saturating_mul(2).saturating_add(verifying)
}

/// The senders other than that of the case whose headers are there, unless they sign as it does.
fn others<'s>(case: Case, senders: &'s [Sender]) -> Vec<&'s Sender> {
    let differs = |other: &&Sender| {
        let (one, other) = (case.sender, other);
        (&one.header_sets, &one.signature, &one.signed, one.scheme())
            != (
                &other.header_sets,
                &other.signature,
                &other.signed,
                other.scheme(),
            )
    };
    let there = |other: &&Sender| {
        let mut sets = other.header_sets.iter();
        sets.any(|set| case.header(&set.signature).is_some())
    };
    senders.iter().filter(there).filter(differs).collect()
}

fn prove_other(
    case: Case,
    others: &[&Sender],
    input: &Input,
    budget: &mut Budget,
) -> Option<Proof> {
    others.iter().find_map(|other| {
        if !budget.spend(key::parsing(other, input.keys)) {
            return None;
        }
        let keys = key::parse_each(other, input.keys);
        let case = Case {
            sender: other,
            keys: &keys,
            ..case
        };
        let mut proof = search::prove(case, input.keys, budget)?;
        let finding = Finding::new(CauseCode::OtherSender, other.name().to_owned());
        proof.findings.push(finding);
        Some(proof)
    })
}

/// What a proof shows, and what would be refused after it.
fn proven(input: &Input, sender: &Sender, proof: Proof, causes: &mut Vec<Cause>) {
    let certain = |finding: &Finding| finding.cause(Certainty::Certain);
    causes.extend(proof.findings.iter().map(certain));
    if proof.key > 0 {
        let evidence = format!("keys[{}]", proof.key);
        causes.push(certain(&Finding::new(CauseCode::OtherKey, evidence)));
    }
    let case = proof.case.as_case();
    let tolerance = input.tolerance.unwrap_or(Tolerance::of(case.sender));
    let headers = borrowed(case.headers);
    let request = case.request(&headers);
    let is_own = case.sender.name() == sender.name();
    let fresh = case.authentic(&request).map(|authentic| {
        let client_id = input.client_id.filter(|_| is_own);
        authentic.claim().require_client(client_id)?;
        Fresh::check(authentic, input.now, tolerance)
    });
    let rejection = match fresh {
        Some(Ok(fresh)) if is_own => Event::read(&fresh, UnsafeNumbers::Number).err(),
        Some(Err(rejection)) => Some(rejection),
        _ => None,
    };
    if let Some(rejection) = rejection {
        let finding = likely::rejection(&rejection, true, input.now);
        causes.push(certain(&finding));
    }
}

/// Keys that the verifier refuses, but those that have been repaired.
fn refused_keys(input: &Input, sender: &Sender, causes: &mut Vec<Cause>) {
    let repaired: Vec<String> = causes.iter().map(|cause| cause.message.clone()).collect();
    for (index, key) in input.keys.iter().enumerate() {
        let name = format!("keys[{index}]");
        let Err(ConfigError::InvalidKey { problem, .. }) = key::parse(sender, key::copy(key))
        else {
            continue;
        };
        if !repaired.iter().any(|message| message.contains(&name)) {
            let evidence = format!("{name}, {problem}");
            causes.push(Finding::new(CauseCode::KeyRefused, evidence).cause(Certainty::Certain));
        }
    }
    if input.keys.is_empty() {
        let evidence = "there is none (is the environment variable set?)";
        causes.push(Finding::new(CauseCode::KeyRefused, evidence).cause(Certainty::Certain));
    }
}
