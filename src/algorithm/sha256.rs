//! SHA-256 (FIPS 180-4).

use sha2::{Digest, Sha256};

/// The digest of the concatenation of `parts`.
pub(crate) fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut state = Sha256::new();
    for part in parts {
        state.update(part);
    }
    state.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "abc" of FIPS 180-2, appendix B.1, and where it is cut does not matter.
    #[test]
    fn parts_follow_each_other() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hex::encode(digest(&[b"abc"])), expected);
        assert_eq!(hex::encode(digest(&[b"a", b"", b"bc"])), expected);
    }
}
