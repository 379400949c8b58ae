//! Why a configuration was refused.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

use thiserror::Error;

/// An invalid configuration, found when a verifier or a signer is built.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// A key is unusable.
    #[error(fmt = write_invalid_key)]
    InvalidKey {
        /// Its place in the list of keys, where there is a list.
        index: Option<usize>,
        /// What is wrong with it.
        problem: KeyProblem,
    },
    /// There are more keys than the budget allows.
    #[error("keys: too many (limit {limit})")]
    TooManyKeys {
        /// The budget.
        limit: usize,
    },
    /// An option is out of its range or of another type.
    #[error(fmt = write_invalid_option)]
    InvalidOption {
        /// The option's path, as `allowedIps[1]`; empty for the options as a whole.
        option: Cow<'static, str>,
        /// What is expected and what came.
        problem: String,
    },
    /// An option is missing that this sender needs.
    #[error("{option} is required: {sender} signs it")]
    OptionRequired {
        /// The option's name.
        option: &'static str,
        /// The sender's name.
        sender: String,
    },
    /// No sender of this name is known.
    #[error("unknown sender {0}")]
    UnknownSender(
        /// The name and those that it is like, or where to find the names. A text that is like no name
        /// may be a secret in the wrong place.
        String,
    ),
    /// A sender's descriptor is invalid.
    #[error("{member}: {problem}")]
    InvalidSender {
        /// The member at fault, as `sender.signed`.
        member: String,
        /// What is expected and what came.
        problem: String,
    },
    /// The sender's algorithm, rule or form of time is not compiled into this build.
    #[error("{sender} needs import {{ createVerifier }} from \"wallet-callback/full\"")]
    NeedsFull {
        /// The sender's name.
        sender: String,
    },
    /// The platform gives no random bytes here.
    #[error(
        "crypto.getRandomValues gives no random bytes here (on Workers, call this inside a handler)"
    )]
    NoRandomness,
}

/// What is wrong with a key. Never holds any part of it.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyProblem {
    /// There is none: often an environment variable that is not set.
    #[error("expected a key, got none (is the environment variable set?)")]
    Missing,
    /// A text such as `undefined`, which JavaScript makes of a value that is not there or no text.
    #[error("expected a key, got the text of an unset value (is the environment variable set?)")]
    Unset,
    /// Neither text nor bytes.
    #[error("expected a string or a Uint8Array")]
    Type,
    /// White space or a line break before, in or behind it.
    #[error("contains white space or a line break")]
    WhiteSpace,
    /// Quotation marks around it.
    #[error("wrapped in quotation marks: remove them")]
    Quotes,
    /// `NAME=` stands before it, as in an env file.
    #[error("starts with `NAME=`, as in an env file: pass only the value behind it")]
    Assignment,
    /// `v1,` stands before the secret, as Supabase shows it.
    #[error("starts with `v1,`: remove these three characters, so that it starts with whsec_")]
    VersionPrefix,
    /// A signature in place of a key.
    #[error("expected a key, got a signature (`v1,` and base64)")]
    Signature,
    /// None of `whsec_`, `whpk_`, `whsk_` stands before it, and it is not the base64 of a secret.
    #[error(
        "expected whsec_, whpk_ or whsk_ and base64, or a secret's base64 alone \
         (pass raw bytes as a Uint8Array)"
    )]
    Prefix,
    /// The text behind the prefix is not canonical base64 with padding.
    #[error(
        "expected canonical base64 with padding after the prefix (if this is another sender's secret, name that as sender)"
    )]
    Encoding,
    /// A secret of Standard Webhooks that is too short.
    #[error(
        "secret is too short: expected 24 to 64 bytes, got {actual} (is a part of it missing?)"
    )]
    SecretTooShort {
        /// The bytes that came.
        actual: usize,
    },
    /// An Ed25519 public key that is not 32 bytes.
    #[error("expected a public key of 32 bytes, got {actual}")]
    PublicLength {
        /// The bytes that came.
        actual: usize,
    },
    /// An Ed25519 private key that is neither 32 nor 64 bytes.
    #[error("expected a private key of 32 or 64 bytes, got {actual}")]
    PrivateLength {
        /// The bytes that came.
        actual: usize,
    },
    /// 32 bytes that are no usable point of the curve.
    #[error("not a valid ed25519 public key")]
    NotAPoint,
    /// The public half of a private key does not belong to it.
    #[error("public half does not belong to the private key")]
    HalvesDiffer,
    /// A private key where one that verifies is due.
    #[error("expected a key that verifies, got a private key (whsk_): pass its public key (whpk_)")]
    PrivateToVerify,
    /// A public key where one that signs is due.
    #[error("expected a key that signs, got a public key (whpk_): pass whsec_ or whsk_")]
    PublicToSign,
    /// A public key or a certificate where a secret is due.
    #[error("expected a secret, got a public key: anyone who has read it could sign")]
    PublicForSecret,
    /// A secret whose text is not of the encoding that its sender uses.
    #[error("expected a secret in the sender's encoding (hex or base64)")]
    SecretEncoding,
    /// A secret that is too long.
    #[error("secret is too long: expected at most {limit} bytes, got {actual}")]
    SecretTooLong {
        /// The most bytes.
        limit: usize,
        /// The bytes that came.
        actual: usize,
    },
    /// A public key of another kind than the sender's algorithm takes.
    #[error("expected {expected}, got {actual}")]
    KeyKind {
        /// The kind that verifies here.
        expected: &'static str,
        /// The kind that came.
        actual: &'static str,
    },
    /// A private key in PEM, DER or a JWK, or a `whsk_`, where a public key is due.
    #[error("expected a public key, got a private key: pass its public half")]
    Private,
    /// A certificate, which holds a public key among other things.
    #[error(
        "expected a public key, got a certificate: extract the key first (openssl x509 -pubkey -noout)"
    )]
    Certificate,
    /// None of the forms of a public key.
    #[error("expected a public key as pem, der, hex or jwk")]
    PublicForm,
    /// PEM without its last line, with something around it or with other than base64 in it.
    #[error("expected one complete pem block and nothing around it")]
    Pem,
    /// PEM whose line breaks are the two characters `\n`, as in an environment variable.
    #[error("pem block contains the characters \\n: replace them with line breaks")]
    PemEscapes,
    /// Text that starts like a JWK and is not strict JSON.
    #[error("jwk is not strict json")]
    JwkText,
    /// A member that a JWK lacks, or that does not have its form.
    #[error("missing or invalid {member} in the jwk")]
    Jwk {
        /// The member's name.
        member: &'static str,
    },
    /// A point that is not on its curve.
    #[cfg(feature = "full")]
    #[error("point is not on the curve")]
    NotOnCurve,
    /// An RSA modulus that is too short or too long.
    #[cfg(feature = "full")]
    #[error("expected an rsa modulus of {least} to 4096 bits, got {actual}")]
    RsaBits {
        /// The fewest that the sender's keys may have.
        least: u64,
        /// Its bits.
        actual: u64,
    },
    /// An RSA modulus that is even.
    #[cfg(feature = "full")]
    #[error("rsa modulus is even")]
    RsaModulus,
    /// An RSA modulus that a small prime divides.
    #[error("rsa modulus has a small factor")]
    #[cfg(feature = "full")]
    RsaFactor,
    /// An RSA exponent that is even, less than 3, or 2^33 or more.
    #[cfg(feature = "full")]
    #[error("expected an odd rsa exponent from 3 to 2^33 - 1")]
    RsaExponent,
}

impl ConfigError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::InvalidKey { .. } => "invalid_key",
            Self::TooManyKeys { .. } => "too_many_keys",
            Self::InvalidOption { .. } | Self::OptionRequired { .. } => "invalid_option",
            Self::UnknownSender(_) => "unknown_sender",
            Self::InvalidSender { .. } => "invalid_sender",
            Self::NeedsFull { .. } => "needs_full",
            Self::NoRandomness => "no_randomness",
        }
    }
}

fn write_invalid_option(option: &str, problem: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match option {
        "" => f.write_str(problem),
        option => write!(f, "{option}: {problem}"),
    }
}

fn write_invalid_key(
    index: &Option<usize>,
    problem: &KeyProblem,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    match index {
        Some(index) => write!(f, "keys[{index}]: {problem}"),
        None => write!(f, "key: {problem}"),
    }
}
