//! Who signed it.

use subtle::Choice;

use crate::algorithm::sha256;
use crate::claim::Claim;
use crate::error::Rejection;
use crate::key::{Key, Keys};

/// The most signatures that are verified with public keys for one callback: each verification is a
/// pass over the body, and anybody can send a body with signatures. Two keys during a rotation, and
/// a signature by each of two, make four.
pub const MAX_VERIFICATIONS: usize = 16;

/// A callback that the holder of one of the receiver's keys signed.
pub struct Authentic<'a> {
    claim: Claim<'a>,
    key: usize,
}

impl<'a> Authentic<'a> {
    /// Tries every key with every signature of its kind, public keys within [`MAX_VERIFICATIONS`]; of
    /// keys with an id, those alone that the claim names. The work depends on how many there are, not
    /// on which of them match.
    ///
    /// # Errors
    /// [`Rejection::UnknownKey`] when the claim names a key that is not there,
    /// [`Rejection::UnsupportedSignature`] when no signature is of the kind of any key,
    /// [`Rejection::SignatureMismatch`] when none matches.
    pub(crate) fn check(claim: Claim<'a>, keys: &Keys) -> Result<Self, Rejection> {
        let key = matching_key(&claim, keys)?;
        Ok(Self { claim, key })
    }

    pub(crate) const fn claim(&self) -> &Claim<'a> {
        &self.claim
    }

    /// The index of the first key that matched.
    pub(crate) const fn key(&self) -> usize {
        self.key
    }
}

/// The index of the first key that made one of the claim's signatures.
///
/// # Errors
/// As [`Authentic::check`].
pub(crate) fn matching_key(claim: &Claim, keys: &Keys) -> Result<usize, Rejection> {
    let (mut named, mut tried) = (false, false);
    let mut matched = None;
    let mut verifications = MAX_VERIFICATIONS;
    with_message(claim, |message| {
        for (index, key) in keys.named(claim.key_id()) {
            named = true;
            let verdict = try_key(claim, key, message, &mut verifications);
            tried |= verdict.is_some();
            if verdict.is_some_and(bool::from) && matched.is_none() {
                matched = Some(index);
            }
        }
    });
    matched.ok_or_else(|| rejection(claim, named, tried))
}

/// Hands over what is signed, in pieces that follow each other: the claim's bytes, or their digest
/// if the sender hashes them first.
pub(crate) fn with_message<T>(claim: &Claim, use_it: impl FnOnce(&[&[u8]]) -> T) -> T {
    let mut digest: Option<[u8; 32]> = None;
    for _ in 0..claim.sender().prehash {
        digest = Some(match digest {
            None => sha256::digest(&claim.signed_bytes()),
            Some(digest) => sha256::digest(&[&digest]),
        });
    }
    match digest {
        Some(digest) => use_it(&[&digest]),
        None => use_it(&claim.signed_bytes()),
    }
}

/// Whether the key made one of the signatures, as far as the verifications that are left can tell;
/// nothing if none is of its kind.
fn try_key(
    claim: &Claim,
    key: &Key,
    message: &[&[u8]],
    verifications: &mut usize,
) -> Option<Choice> {
    let mut verdict = None;
    match key {
        Key::Secret(secrets) => {
            for (algorithm, secret) in secrets {
                let mut tag = None;
                for signature in claim.signatures_of(*algorithm) {
                    let tag = tag.get_or_insert_with(|| secret.tag(message));
                    join(&mut verdict, tag.matches(signature));
                }
            }
        }
        Key::Public(algorithm, key) => {
            for signature in claim.signatures_of(*algorithm) {
                let left = verifications.checked_sub(1);
                *verifications = left.unwrap_or(0);
                let genuine = left.is_some() && key.verify(message, signature);
                join(&mut verdict, u8::from(genuine).into());
            }
        }
    }
    verdict
}

fn join(verdict: &mut Option<Choice>, one: Choice) {
    let before = verdict.unwrap_or(Choice::from(0));
    *verdict = Some(before | one);
}

fn rejection(claim: &Claim, named: bool, tried: bool) -> Rejection {
    let location = claim.location();
    match claim.key_id() {
        Some(key_id) if !named => Rejection::UnknownKey {
            header: claim.key_id_header().into(),
            key_id: key_id.into(),
        },
        _ if tried => Rejection::SignatureMismatch { location },
        _ => Rejection::UnsupportedSignature { location },
    }
}
