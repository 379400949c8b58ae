//! Who signed it.

use subtle::Choice;

use crate::algorithm::hmac::same_tag;
use crate::claim::{Claim, Signature};
use crate::error::Rejection;
use crate::key::{Key, Keys};

/// A callback that the holder of one of the receiver's keys signed.
pub struct Authentic<'a> {
    claim: Claim<'a>,
    key: usize,
}

impl<'a> Authentic<'a> {
    /// Tries every key with every signature of its kind. The work depends on how many there are, not
    /// on which of them match.
    ///
    /// # Errors
    /// [`Rejection::UnsupportedSignature`] when no signature is of the kind of any key,
    /// [`Rejection::SignatureMismatch`] when none matches.
    pub(crate) fn check(claim: Claim<'a>, keys: &Keys) -> Result<Self, Rejection> {
        let mut tried = false;
        let mut matched = None;
        for (index, key) in keys.iter().enumerate() {
            let verdict = try_key(&claim, key);
            tried |= verdict.is_some();
            if verdict.is_some_and(bool::from) && matched.is_none() {
                matched = Some(index);
            }
        }
        match matched {
            Some(key) => Ok(Self { claim, key }),
            None => Err(refusal(&claim, tried)),
        }
    }

    pub(crate) const fn claim(&self) -> &Claim<'a> {
        &self.claim
    }

    /// The index of the first key that matched.
    pub(crate) const fn key(&self) -> usize {
        self.key
    }
}

/// Whether the key made one of the signatures; nothing if none is of its kind.
fn try_key(claim: &Claim, key: &Key) -> Option<Choice> {
    match key {
        Key::Secret(key) => {
            let mut tags = claim
                .signatures()
                .iter()
                .filter_map(|signature| match signature {
                    Signature::Hmac(tag) => Some(tag),
                    Signature::Ed25519(_) => None,
                })
                .peekable();
            tags.peek()?;
            let expected = key.tag(&claim.signed_bytes());
            Some(any(tags.map(|tag| same_tag(&expected, tag))))
        }
        Key::Public(key) => {
            let mut signatures = claim
                .signatures()
                .iter()
                .filter_map(|signature| match signature {
                    Signature::Ed25519(bytes) => Some(bytes),
                    Signature::Hmac(_) => None,
                })
                .peekable();
            signatures.peek()?;
            let message = claim.signed_bytes().concat();
            Some(any(
                signatures.map(|bytes| u8::from(key.verify(&message, bytes)).into())
            ))
        }
    }
}

fn any(verdicts: impl Iterator<Item = Choice>) -> Choice {
    verdicts.fold(Choice::from(0), |one, other| one | other)
}

fn refusal(claim: &Claim, tried: bool) -> Rejection {
    let header = claim.headers().signature;
    if tried {
        Rejection::SignatureMismatch { header }
    } else {
        Rejection::UnsupportedSignature { header }
    }
}
