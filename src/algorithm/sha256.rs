//! SHA-256 (FIPS 180-4).

use sha2::{Digest, Sha256};

/// The digest of `bytes`.
pub(crate) fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
