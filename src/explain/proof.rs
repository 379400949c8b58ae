//! A signature that matches, and the attempts that lead to one.

use core::ops::ControlFlow;

use alloc::vec::Vec;

use super::case::{Budget, Case, Change, OwnedCase};
use super::cause::Finding;

/// The most bytes of bodies that are kept for pairs of changes.
const MAX_KEPT: usize = 1 << 22;

/// A signature that matches once some mistakes are undone.
pub(super) struct Proof {
    pub(super) findings: Vec<Finding>,
    /// The index of the key that made it.
    pub(super) key: usize,
    /// The callback without the mistakes.
    pub(super) case: OwnedCase,
}

impl Proof {
    pub(super) fn new(case: Case, key: usize, findings: Vec<Finding>) -> Self {
        Self {
            findings,
            key,
            case: OwnedCase::new(case, key),
        }
    }

    /// Undoes these mistakes together.
    pub(super) fn attempt(case: Case, changes: &[&Change], budget: &mut Budget) -> Option<Self> {
        let changed = changes.iter().fold(case, |case, change| case.with(change));
        let key = changed.authenticate(budget)?;
        let findings = changes.iter().flat_map(|change| change.findings.clone());
        Some(Self::new(changed, key, findings.collect()))
    }
}

/// Tries other bodies.
pub(super) struct Bodies<'b> {
    case: Case<'b>,
    budget: &'b mut Budget,
    /// Those that did not match, up to the limit.
    tried: Vec<Change>,
    kept: usize,
    proof: Option<Proof>,
}

impl<'b> Bodies<'b> {
    pub(super) const fn new(case: Case<'b>, budget: &'b mut Budget) -> Self {
        Self {
            case,
            budget,
            tried: Vec::new(),
            kept: 0,
            proof: None,
        }
    }

    /// The proof that was found, and the bodies that did not match.
    pub(super) fn finish(self) -> (Option<Proof>, Vec<Change>) {
        (self.proof, self.tried)
    }

    /// Spends the cost of a body that takes this many passes over the original; false if the budget does
    /// not allow it.
    pub(super) fn afford(&mut self, passes: usize) -> bool {
        self.budget
            .spend(self.case.body.len().saturating_mul(passes))
    }

    /// Tries one body, and continues if it does not match.
    pub(super) fn visit(&mut self, finding: Finding, body: Vec<u8>) -> ControlFlow<()> {
        let known = |other: &Change| other.body.as_ref() == Some(&body);
        if body == self.case.body || self.tried.iter().any(known) {
            return ControlFlow::Continue(());
        }
        self.kept = self.kept.saturating_add(body.len());
        let change = Change::of_body(finding, body);
        self.proof = Proof::attempt(self.case, &[&change], self.budget);
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
