//! HMAC-SHA-256 (RFC 2104, FIPS 180-4).

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

/// The bytes of a tag.
pub(crate) const TAG_BYTES: usize = 32;

/// A key whose schedule is computed once. Wiped on drop.
#[derive(Clone)]
pub(crate) struct HmacKey(Hmac<Sha256>);

impl HmacKey {
    /// Takes a key of any length (RFC 2104, section 3).
    pub(crate) fn new(bytes: &[u8]) -> Self {
        match Hmac::new_from_slice(bytes) {
            Ok(state) => Self(state),
            Err(_) => unreachable!("hmac takes keys of any length"),
        }
    }

    /// The tag over the concatenation of `parts`.
    pub(crate) fn tag(&self, parts: &[&[u8]]) -> [u8; TAG_BYTES] {
        let mut state = self.0.clone();
        for part in parts {
            state.update(part);
        }
        state.finalize().into_bytes().into()
    }
}

/// Compares tags in constant time.
pub(crate) fn same_tag(one: &[u8; TAG_BYTES], other: &[u8; TAG_BYTES]) -> Choice {
    one.ct_eq(other)
}
