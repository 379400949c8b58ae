//! What a keyed hash makes of a message.

use subtle::{Choice, ConstantTimeEq};

/// A tag, as long as its hash makes it.
pub(crate) enum Tag {
    /// Of SHA-1.
    #[cfg(feature = "full")]
    Short([u8; 20]),
    /// Of SHA-256 and Keccak-256.
    Medium([u8; 32]),
    /// Of SHA-512.
    Long([u8; 64]),
}

impl Tag {
    pub(crate) const fn as_bytes(&self) -> &[u8] {
        match self {
            #[cfg(feature = "full")]
            Self::Short(bytes) => bytes,
            Self::Medium(bytes) => bytes,
            Self::Long(bytes) => bytes,
        }
    }

    /// Whether `untrusted` is this tag, in a time that depends on its length alone. Bytes of another
    /// length are another tag.
    pub(crate) fn matches(&self, untrusted: &[u8]) -> Choice {
        self.as_bytes().ct_eq(untrusted)
    }
}
