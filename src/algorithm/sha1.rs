//! SHA-1 (FIPS 180-4), for HMAC alone.

use sha1::{Digest, Sha1};

/// The digest of the concatenation of `parts`.
pub(crate) fn digest(parts: &[&[u8]]) -> [u8; 20] {
    let mut state = Sha1::new();
    for part in parts {
        state.update(part);
    }
    state.finalize().into()
}
