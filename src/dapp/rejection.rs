//! Why a callback or a signed message was refused.

use alloc::borrow::Cow;

/// The stable codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RejectionCode {
    /// Not of any form that the wallet sends, or with a member that has another form.
    MalformedPayload,
    /// The action is not the one of the record.
    UnknownAction,
    /// The action is the record's, and the result that of another kind of action.
    ActionMismatch,
    /// The record has run out.
    ActionExpired,
    /// Another account than the one that was asked.
    AccountMismatch,
    /// Another chain than those that were asked.
    ChainMismatch,
    /// No key that may sign has signed the text.
    SignatureMismatch,
    /// Not of the form of a signature.
    MalformedSignature,
    /// A signature of a kind that cannot be verified here.
    UnsupportedSignature,
    /// Only the chain can tell: a contract wallet's signature (ERC-1271).
    NeedsChain,
    /// Signed too long ago, or run out.
    TimestampTooOld,
    /// Signed in the future, or not valid yet.
    TimestampTooNew,
}

impl RejectionCode {
    /// The code as users see it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::MalformedPayload => "malformed_payload",
            Self::UnknownAction => "unknown_action",
            Self::ActionMismatch => "action_mismatch",
            Self::ActionExpired => "action_expired",
            Self::AccountMismatch => "account_mismatch",
            Self::ChainMismatch => "chain_mismatch",
            Self::SignatureMismatch => "signature_mismatch",
            Self::MalformedSignature => "malformed_signature",
            Self::UnsupportedSignature => "unsupported_signature",
            Self::NeedsChain => "needs_chain",
            Self::TimestampTooOld => "timestamp_too_old",
            Self::TimestampTooNew => "timestamp_too_new",
        }
    }
}

/// A rejection: what was expected and what came, without any secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The stable code.
    pub code: RejectionCode,
    /// For people.
    pub message: Cow<'static, str>,
    /// The member at fault, as `sign.signature`.
    pub path: Option<Cow<'static, str>>,
}

impl Rejection {
    pub(crate) fn new(code: RejectionCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
            path: None,
        }
    }

    pub(crate) fn at(mut self, path: impl Into<Cow<'static, str>>) -> Self {
        self.path = Some(path.into());
        self
    }
}
