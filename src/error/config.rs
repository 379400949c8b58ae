//! Why a configuration was refused.

use alloc::string::String;
use core::fmt;

/// A configuration that makes no sense, found when a verifier or a signer is built.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigError {
    /// A key is unusable.
    InvalidKey {
        /// Its place in the list of keys, where there is a list.
        index: Option<usize>,
        /// What is wrong with it.
        problem: KeyProblem,
    },
    /// There are more keys than the budget allows.
    TooManyKeys {
        /// The budget.
        limit: usize,
    },
    /// An option is out of its range or of another type.
    InvalidOption {
        /// The option's name.
        option: &'static str,
        /// What is expected and what came.
        problem: String,
    },
    /// No sender of this name is known.
    UnknownSender,
    /// The platform gives no random bytes here.
    NoRandomness,
}

/// What is wrong with a key. Never holds any part of it.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyProblem {
    /// There is none: often an environment variable that is not set.
    Missing,
    /// Neither text nor bytes.
    Type,
    /// White space or a line break before, in or behind it.
    WhiteSpace,
    /// Quotation marks around it.
    Quotes,
    /// A signature's `v1,` stands before the secret.
    VersionPrefix,
    /// None of `whsec_`, `whpk_`, `whsk_` stands before it.
    Prefix,
    /// The text behind the prefix is not canonical base64 with padding.
    Encoding,
    /// A secret that is too short or too long.
    SecretLength {
        /// The bytes that came.
        actual: usize,
    },
    /// An Ed25519 public key that is not 32 bytes.
    PublicLength {
        /// The bytes that came.
        actual: usize,
    },
    /// An Ed25519 private key that is neither 32 nor 64 bytes.
    PrivateLength {
        /// The bytes that came.
        actual: usize,
    },
    /// 32 bytes that are no usable point of the curve.
    NotAPoint,
    /// The public half of a private key does not belong to it.
    HalvesDiffer,
    /// A private key where one that verifies is due.
    PrivateToVerify,
    /// A public key where one that signs is due.
    PublicToSign,
}

impl ConfigError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::InvalidKey { .. } => "invalid_key",
            Self::TooManyKeys { .. } => "too_many_keys",
            Self::InvalidOption { .. } => "invalid_option",
            Self::UnknownSender => "unknown_sender",
            Self::NoRandomness => "no_randomness",
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidKey {
                index: Some(index),
                problem,
            } => write!(f, "keys[{index}]: {problem}"),
            Self::InvalidKey {
                index: None,
                problem,
            } => write!(f, "key: {problem}"),
            Self::TooManyKeys { limit } => write!(f, "keys: expected at most {limit}, got more"),
            Self::InvalidOption { option, problem } => write!(f, "{option}: {problem}"),
            Self::UnknownSender => {
                f.write_str("sender: expected a name from senders(), got another")
            }
            Self::NoRandomness => f.write_str(
                "expected random bytes from crypto.getRandomValues, got none (on Workers it is there inside of a handler only)",
            ),
        }
    }
}

impl fmt::Display for KeyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => {
                f.write_str("expected a key, got none (is the environment variable set?)")
            }
            Self::Type => f.write_str("expected a string or a Uint8Array, got something else"),
            Self::WhiteSpace => {
                f.write_str("expected a key without white space, got a space or a line break")
            }
            Self::Quotes => f.write_str("expected a key without quotation marks around it"),
            Self::VersionPrefix => f.write_str(
                "expected the secret alone, got `v1,` before it (remove those three characters)",
            ),
            Self::Prefix => f.write_str(
                "expected whsec_, whpk_ or whsk_ and base64, got another prefix (raw bytes go in as a Uint8Array)",
            ),
            Self::Encoding => {
                f.write_str("expected canonical base64 with padding behind the prefix")
            }
            Self::SecretLength { actual } => write!(
                f,
                "expected a secret of 24 to 64 bytes, got {actual} (is a part of it missing?)"
            ),
            Self::PublicLength { actual } => {
                write!(f, "expected a public key of 32 bytes, got {actual}")
            }
            Self::PrivateLength { actual } => {
                write!(f, "expected a private key of 64 or 32 bytes, got {actual}")
            }
            Self::NotAPoint => f.write_str("expected an ed25519 public key, got other bytes"),
            Self::HalvesDiffer => {
                f.write_str("expected a private key followed by its own public key, got another")
            }
            Self::PrivateToVerify => f.write_str(
                "expected a key that verifies, got a private key (whsk_): pass the public key (whpk_)",
            ),
            Self::PublicToSign => f.write_str(
                "expected a key that signs, got a public key (whpk_): pass whsec_ or whsk_",
            ),
        }
    }
}

impl core::error::Error for ConfigError {}
