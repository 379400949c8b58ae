//! When it was signed.

use alloc::borrow::Cow;
use alloc::format;

use crate::claim::{Claim, time_from_text};
use crate::error::{ConfigError, Location, PayloadProblem, Rejection};
use crate::json::{Document, Rules, Value};
use crate::sender::{MAX_TOLERANCE_SECONDS, Scheme, Sender};
use crate::signature::Authentic;
use crate::timestamp::Unit;

/// How far a callback's timestamp may be from the receiver's clock, in either direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tolerance(u64);

impl Tolerance {
    /// The tolerance that Standard Webhooks' libraries and Stripe's use, in seconds.
    pub const DEFAULT_SECONDS: u64 = 300;
    /// The longest.
    pub const MAX_SECONDS: u64 = MAX_TOLERANCE_SECONDS;

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
                option: "toleranceSeconds".into(),
                problem: format!("expected 1 to {}, got {seconds}", Self::MAX_SECONDS),
            })
        }
    }

    /// The tolerance that the sender names, or the default.
    #[must_use]
    pub(crate) fn of(sender: &Sender) -> Self {
        Self(sender.tolerance_seconds.unwrap_or(Self::DEFAULT_SECONDS))
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

/// A callback that a key holder signed, and recently, if its sender signs a time.
pub struct Fresh<'a> {
    authentic: Authentic<'a>,
    timestamp: Option<u64>,
}

impl<'a> Fresh<'a> {
    /// Compares the signed timestamp with `now`, both in Unix seconds. The edges are inside.
    ///
    /// # Errors
    /// [`Rejection::TimestampTooOld`], [`Rejection::TimestampTooNew`];
    /// [`Rejection::MalformedPayload`] if it should be in the body and is not.
    pub(crate) fn check(
        authentic: Authentic<'a>,
        now: u64,
        tolerance: Tolerance,
    ) -> Result<Self, Rejection> {
        let claim = authentic.claim();
        tolerance.admit_time_of(claim, now)?;
        let mut timestamp = claim.timestamp();
        if let Some((path, unit)) = claim.sender().timestamp_member() {
            let time = signed_time(claim.content(), path, unit)?;
            tolerance.admit(time, time, now, || Location::Member(path.into()))?;
            timestamp = Some(time);
        }
        if claim.sender().scheme() == Scheme::JwtMember {
            check_validity(claim.content(), now, tolerance)?;
        }
        Ok(Self {
            authentic,
            timestamp,
        })
    }

    pub(crate) const fn authentic(&self) -> &Authentic<'a> {
        &self.authentic
    }

    /// When it was signed, in Unix seconds.
    pub(crate) const fn timestamp(&self) -> Option<u64> {
        self.timestamp
    }
}

impl Tolerance {
    /// Admits a callback by the time in its headers, if there is one.
    ///
    /// # Errors
    /// [`Rejection::TimestampTooOld`], [`Rejection::TimestampTooNew`].
    pub(crate) fn admit_time_of(self, claim: &Claim, now: u64) -> Result<(), Rejection> {
        match claim.timestamp() {
            Some(time) => self.admit(time, time, now, || claim.time_location()),
            None => Ok(()),
        }
    }

    /// Admits what is valid from `start` to `end` if that is at most the tolerance away.
    fn admit(
        self,
        start: u64,
        end: u64,
        now: u64,
        location: impl FnOnce() -> Location,
    ) -> Result<(), Rejection> {
        let Self(tolerance) = self;
        let (age, ahead) = (now.saturating_sub(end), start.saturating_sub(now));
        if age > tolerance {
            return Err(Rejection::TimestampTooOld {
                location: location(),
                tolerance,
                age,
            });
        }
        if ahead > tolerance {
            return Err(Rejection::TimestampTooNew {
                location: location(),
                tolerance,
                ahead,
            });
        }
        Ok(())
    }
}

/// The time in a member of the signed body.
fn signed_time(content: &[u8], path: &str, unit: Unit) -> Result<u64, Rejection> {
    let document = Document::read(content, Rules::Lenient)?;
    let value = document.root().at(path);
    let text = value.map(|value| value.string().unwrap_or(Cow::Borrowed(value.raw())));
    let time = text.and_then(|text| time_from_text(text.as_bytes(), unit).ok());
    time.ok_or_else(|| Rejection::MalformedPayload {
        path: path.into(),
        problem: PayloadProblem::Unexpected {
            expected: "a point in time",
            actual: value.map_or("nothing", Value::describe),
        },
    })
}

/// The times between which a token is valid (RFC 7519, sections 4.1.4 and 4.1.5), where it names
/// them.
fn check_validity(claims: &[u8], now: u64, tolerance: Tolerance) -> Result<(), Rejection> {
    let document = Document::read(claims, Rules::Lenient)?;
    if !document.root().is_object() {
        return Err(Rejection::MalformedPayload {
            path: "data".into(),
            problem: PayloadProblem::Unexpected {
                expected: "an object of claims",
                actual: document.root().describe(),
            },
        });
    }
    let (start, end) = (
        seconds(document.root(), "nbf")?,
        seconds(document.root(), "exp")?,
    );
    let (start, end) = (start.unwrap_or(0), end.unwrap_or(u64::MAX));
    tolerance.admit(start, end, now, || Location::Member("data".into()))
}

/// A `NumericDate` in whole seconds (RFC 7519, section 2), where the claim is there.
fn seconds(claims: Value, name: &str) -> Result<Option<u64>, Rejection> {
    let Some(value) = claims.get(name) else {
        return Ok(None);
    };
    match whole_part(value.raw()) {
        Some(seconds) if value.is_number() => Ok(Some(seconds)),
        _ => Err(Rejection::MalformedPayload {
            path: "data".into(),
            problem: PayloadProblem::Unexpected {
                expected: "claims whose times are unix seconds",
                actual: value.describe(),
            },
        }),
    }
}

/// The whole part of a JSON number that is not negative, however it is written, up to 64 bits.
fn whole_part(number: &str) -> Option<u64> {
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (number, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let places = i64::try_from(whole.len()).ok()?.saturating_add(exponent);
    let places = usize::try_from(places).unwrap_or(0).min(MAX_PLACES);
    let digits = whole.bytes().chain(fraction.bytes());
    let digits = digits.chain(core::iter::repeat(b'0')).take(places);
    digits.into_iter().try_fold(0_u64, |number, digit| {
        let digit = char::from(digit).to_digit(10)?;
        number.checked_mul(10)?.checked_add(digit.into())
    })
}

/// More digits than the largest number of seconds has.
const MAX_PLACES: usize = 400;
