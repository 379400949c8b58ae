//! When it was signed.

use alloc::format;

use crate::error::{ConfigError, Rejection};
use crate::signature::Authentic;

/// How far a callback's timestamp may be from the receiver's clock, in either direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tolerance(u64);

impl Tolerance {
    /// The tolerance that Standard Webhooks' libraries and Stripe's use, in seconds.
    pub const DEFAULT_SECONDS: u64 = 300;
    /// A day: a longer window is no protection from replays.
    pub const MAX_SECONDS: u64 = 86_400;

    /// Takes 1 to 86,400 seconds. Zero is refused: some libraries take it for "off" and others for
    /// "this very second".
    ///
    /// # Errors
    /// [`ConfigError::InvalidOption`].
    pub fn from_seconds(seconds: u64) -> Result<Self, ConfigError> {
        if (1..=Self::MAX_SECONDS).contains(&seconds) {
            Ok(Self(seconds))
        } else {
            Err(ConfigError::InvalidOption {
                option: "toleranceSeconds",
                problem: format!("expected 1 to {}, got {seconds}", Self::MAX_SECONDS),
            })
        }
    }

    /// In seconds.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.0
    }
}

impl Default for Tolerance {
    fn default() -> Self {
        Self(Self::DEFAULT_SECONDS)
    }
}

/// A callback that was signed by a key holder, and recently.
pub struct Fresh<'a> {
    authentic: Authentic<'a>,
}

impl<'a> Fresh<'a> {
    /// Compares the signed timestamp with `now`, both in Unix seconds. The edges are inside.
    ///
    /// # Errors
    /// [`Rejection::TimestampTooOld`], [`Rejection::TimestampTooNew`].
    pub(crate) fn check(
        authentic: Authentic<'a>,
        now: u64,
        Tolerance(tolerance): Tolerance,
    ) -> Result<Self, Rejection> {
        let claim = authentic.claim();
        let header = claim.headers().timestamp;
        let age = now.saturating_sub(claim.timestamp());
        if age > tolerance {
            return Err(Rejection::TimestampTooOld {
                header,
                tolerance,
                age,
            });
        }
        let ahead = claim.timestamp().saturating_sub(now);
        if ahead > tolerance {
            return Err(Rejection::TimestampTooNew {
                header,
                tolerance,
                ahead,
            });
        }
        Ok(Self { authentic })
    }

    pub(crate) const fn authentic(&self) -> &Authentic<'a> {
        &self.authentic
    }
}
