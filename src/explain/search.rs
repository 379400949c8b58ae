//! Undoing mistakes until the signature matches.

use alloc::vec::Vec;

use super::case::{Budget, Case, Change};
use super::proof::{Bodies, Proof};
use super::{body, context, header, key, signed, spelling};
use crate::key::KeyInput;

/// The most of one kind of change that are paired with another's: the common ones.
const MAX_PAIRED: usize = 48;

/// How often the headers are copied to undo what was done to them.
const COPIES: usize = 64;

/// Undoes mistakes, one and then two at a time, until the signature matches.
pub(super) fn prove(case: Case, inputs: &[KeyInput], budget: &mut Budget) -> Option<Proof> {
    if let Some(key) = case.authenticate(budget) {
        return Some(Proof::new(case, key, Vec::new()));
    }
    let single = |changes: &[Change], budget: &mut Budget| {
        let mut changes = changes.iter();
        changes.find_map(|change| Proof::attempt(case, &[change], budget))
    };
    let keys = if budget.spend(key::rereading(case, inputs)) {
        key::changes(case, inputs)
    } else {
        Vec::new()
    };
    let headers = if budget.spend(case.header_bytes().saturating_mul(COPIES)) {
        header::changes(case)
    } else {
        Vec::new()
    };
    let proof = single(&keys, budget).or_else(|| single(&headers, budget));
    if proof.is_some() {
        return proof;
    }
    let mut bodies = Bodies::new(case, budget);
    let _ = body::visit(case.body, &mut bodies);
    let (proof, bodies) = bodies.finish();
    if proof.is_some() {
        return proof;
    }
    let signed = signed::changes(case, &|sender| key::parse_each(sender, inputs));
    let context = context::changes(case, budget);
    let others = context::others(case, budget);
    let spelling = spelling::changes(case, budget);
    let proof = [&context, &others, &signed, &spelling]
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
        (&keys, &others),
    ] {
        let others = others.get(..MAX_PAIRED).unwrap_or(others);
        let mut pairs = ones
            .iter()
            .flat_map(|one| others.iter().map(move |other| [one, other]));
        let proof = pairs.find_map(|pair| Proof::attempt(case, &pair, budget));
        if proof.is_some() {
            return proof;
        }
    }
    keys.iter().find_map(|one| {
        let spelling = spelling::changes(case.with(one), budget);
        let mut spelling = spelling.iter();
        spelling.find_map(|other| Proof::attempt(case, &[one, other], budget))
    })
}
