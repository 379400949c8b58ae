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
    /// A sender's descriptor makes no sense.
    InvalidSender {
        /// The member at fault, as `sender.signed`.
        member: String,
        /// What is expected and what came.
        problem: String,
    },
    /// The sender's algorithm is not compiled into this build.
    NeedsFull {
        /// The sender's name.
        sender: String,
    },
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
    /// A public key where a secret is due.
    PublicForSecret,
    /// A secret whose text is not of the encoding that its sender uses.
    SecretEncoding,
    /// A secret that is too long.
    SecretTooLong {
        /// The most bytes.
        limit: usize,
    },
    /// A public key of another kind than the sender's algorithm takes.
    KeyKind {
        /// The kind that verifies here.
        expected: &'static str,
        /// The kind that came.
        actual: &'static str,
    },
    /// A private key in PEM, DER or a JWK, or a `whsk_`, where a public key is due.
    Private,
    /// A certificate, which holds a public key among other things.
    Certificate,
    /// None of the forms of a public key.
    PublicForm,
    /// PEM without its last line, with something around it or with other than base64 in it.
    Pem,
    /// PEM whose line breaks are the two characters `\n`, as in an environment variable.
    PemEscapes,
    /// Text that starts like a JWK and is not strict JSON.
    JwkText,
    /// A member that a JWK lacks, or that does not have its form.
    Jwk {
        /// The member's name.
        member: &'static str,
    },
    /// A point that is not on its curve.
    #[cfg(feature = "full")]
    NotOnCurve,
    /// An RSA modulus that is too short or too long.
    #[cfg(feature = "full")]
    RsaBits {
        /// Its bits.
        actual: u32,
    },
    /// An RSA modulus that is even.
    #[cfg(feature = "full")]
    RsaModulus,
    /// An RSA exponent that is even, less than 3, or 2^33 or more.
    #[cfg(feature = "full")]
    RsaExponent,
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
            Self::InvalidSender { .. } => "invalid_sender",
            Self::NeedsFull { .. } => "needs_full",
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
            Self::InvalidSender { member, problem } => write!(f, "{member}: {problem}"),
            Self::NeedsFull { sender } => {
                write!(f, "sender {sender} needs wallet-callback/full")
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
            Self::PublicForSecret => f.write_str(
                "expected a secret that nobody else knows, got a public key: whoever reads it could sign",
            ),
            Self::SecretEncoding => f.write_str(
                "expected a secret in the sender's encoding (hex or base64), got another form",
            ),
            Self::SecretTooLong { limit } => {
                write!(f, "expected a secret of at most {limit} bytes, got more")
            }
            Self::KeyKind { expected, actual } => write!(f, "expected {expected}, got {actual}"),
            Self::Private => {
                f.write_str("expected a public key, got a private key: pass its public half")
            }
            Self::Certificate => f.write_str(
                "expected a public key, got a certificate: extract the key first (openssl x509 -pubkey -noout)",
            ),
            Self::PublicForm => {
                f.write_str("expected a public key as pem, der, hex or jwk, got another form")
            }
            Self::Pem => f.write_str(
                "expected one pem block from its first line to its last, got a part of it or more",
            ),
            Self::PemEscapes => f.write_str(
                "expected line breaks in the pem block, got the characters \\n (replace each by a line break)",
            ),
            Self::JwkText => f.write_str("expected a jwk, got text that is not strict json"),
            Self::Jwk { member } => {
                write!(f, "expected {member} in the jwk, got none or another form")
            }
            #[cfg(feature = "full")]
            Self::NotOnCurve => f.write_str("expected a point of the curve, got other bytes"),
            #[cfg(feature = "full")]
            Self::RsaBits { actual } => {
                write!(f, "expected an rsa modulus of 1024 to 4096 bits, got {actual}")
            }
            #[cfg(feature = "full")]
            Self::RsaModulus => f.write_str("expected an odd rsa modulus, got an even one"),
            #[cfg(feature = "full")]
            Self::RsaExponent => {
                f.write_str("expected an odd rsa exponent from 3 to 2^33 - 1, got another")
            }
        }
    }
}

impl core::error::Error for ConfigError {}
