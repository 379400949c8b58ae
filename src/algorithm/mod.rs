//! Algorithms: bytes in, bytes or a verdict out. Nothing here knows of headers or senders.

#[cfg(feature = "full")]
pub(crate) mod ecdsa;
pub(crate) mod ed25519;
pub(crate) mod hmac;
pub(crate) mod keccak256;
#[cfg(test)]
pub(crate) mod random;
#[cfg(feature = "full")]
pub(crate) mod rsa;
pub(crate) mod sha256;
#[cfg(feature = "full")]
pub(crate) mod sha512;
pub(crate) mod tag;

use serde::Deserialize;

/// How an ECDSA signature is written.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// As a SEQUENCE of two INTEGERs (RFC 3279, section 2.2.3).
    Der,
    /// As 64 bytes (IEEE P1363; RFC 7518, section 3.4).
    Raw,
}

/// How callbacks are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    HmacSha1,
    HmacSha256,
    HmacSha512,
    /// Keccak-256 over the bytes and the secret behind them.
    Keccak256,
    Ed25519,
    EcdsaP256(Format),
    EcdsaSecp256k1(Format),
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RsaSha256,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RsaSha512,
}

impl Algorithm {
    /// Whether signer and receiver share a secret.
    pub(crate) const fn is_mac(self) -> bool {
        matches!(
            self,
            Self::HmacSha1 | Self::HmacSha256 | Self::HmacSha512 | Self::Keccak256
        )
    }

    /// Whether its keys are RSA keys.
    pub(crate) const fn is_rsa(self) -> bool {
        matches!(self, Self::RsaSha256 | Self::RsaSha512)
    }

    /// Whether it is part of this build.
    pub(crate) const fn is_compiled(self) -> bool {
        cfg!(feature = "full")
            || matches!(
                self,
                Self::HmacSha256 | Self::HmacSha512 | Self::Keccak256 | Self::Ed25519
            )
    }

    /// The bytes of a signature, where they are always as many.
    pub(crate) const fn signature_bytes(self) -> Option<usize> {
        match self {
            Self::HmacSha1 => Some(20),
            Self::HmacSha256 | Self::Keccak256 => Some(32),
            Self::HmacSha512
            | Self::Ed25519
            | Self::EcdsaP256(Format::Raw)
            | Self::EcdsaSecp256k1(Format::Raw) => Some(64),
            Self::EcdsaP256(Format::Der)
            | Self::EcdsaSecp256k1(Format::Der)
            | Self::RsaSha256
            | Self::RsaSha512 => None,
        }
    }

    /// Whether its signatures are written in several formats.
    pub(crate) const fn has_formats(self) -> bool {
        matches!(self, Self::EcdsaP256(_) | Self::EcdsaSecp256k1(_))
    }
}
