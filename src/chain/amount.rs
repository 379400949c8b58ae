//! Amounts: whole numbers of a token's smallest unit, and the decimals that people read.
//!
//! Everything is done on the digits themselves: no amount ever passes through a float.

use alloc::string::String;
use core::fmt;
use core::ops::Range;

/// 2^256 - 1, the largest amount that an EVM token can hold, and larger than any other chain's.
const LARGEST: &str =
    "115792089237316195423570985008687907853269984665640564039457584007913129639935";

/// The most decimals.
const MAX_DECIMALS: u8 = 36;

/// As many as there can be decimals.
const ZEROS: &str = "000000000000000000000000000000000000";
const _: () = assert!(ZEROS.len() == 36 && MAX_DECIMALS == 36);

/// A whole number from 0 to 2^256 - 1 in its one spelling: digits, no sign, no leading zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BaseUnits<'a>(&'a str);

impl<'a> BaseUnits<'a> {
    /// Reads a whole number.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the spelling, or that the number is too large.
    pub fn parse(text: &'a str) -> Result<Self, AmountError> {
        digits(text)?;
        // Of two numbers without leading zeros the longer is the larger, and of two with the
        // same length the one that sorts after the other.
        if (text.len(), text) > (LARGEST.len(), LARGEST) {
            return Err(AmountError::TooLarge);
        }
        Ok(Self(text))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &'a str {
        self.0
    }

    /// Where the point stands in the amount in whole tokens.
    #[must_use]
    pub fn point(&self, decimals: Decimals) -> Point {
        let places = decimals.places();
        let whole = self.0.len().saturating_sub(places);
        let (_, fraction) = self.0.split_at_checked(whole).unwrap_or((self.0, ""));
        let digits = fraction.trim_end_matches('0').len();
        Point {
            whole,
            zeros: places.saturating_sub(fraction.len()),
            end: whole.saturating_add(digits),
        }
    }

    /// The amount in whole tokens, exactly: `1234560000` with 6 decimals is `1234.56`.
    ///
    /// Zeros at the end of the fraction are left out, and with them the point if nothing remains:
    /// equal amounts of one token read the same.
    #[must_use]
    pub fn to_decimal(&self, decimals: Decimals) -> String {
        let Point { whole, zeros, end } = self.point(decimals);
        let digits = |range| self.0.get::<Range<usize>>(range).unwrap_or_default();
        let mut decimal = String::with_capacity(zeros.saturating_add(end).saturating_add(2));
        decimal.push_str(if whole == 0 { "0" } else { digits(0..whole) });
        if end > whole {
            decimal.push('.');
            decimal.push_str(ZEROS.get(..zeros).unwrap_or(ZEROS));
            decimal.push_str(digits(whole..end));
        }
        decimal
    }
}

/// An amount in whole tokens, in digits of its base units: those before the point, or `0` if there are
/// none, and if any remain the point, zeros and those.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// How many digits stand before the point.
    pub whole: usize,
    /// How many zeros stand behind it before further digits.
    pub zeros: usize,
    /// How many digits are left once zeros at the end of the fraction are taken away.
    pub end: usize,
}

/// How many places a token's decimal point is moved by: 0 to 36.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimals(u8);

impl Decimals {
    /// Checks the range.
    ///
    /// # Errors
    ///
    /// More than 36.
    pub fn new(decimals: u64) -> Result<Self, AmountError> {
        match u8::try_from(decimals) {
            Ok(decimals @ 0..=MAX_DECIMALS) => Ok(Self(decimals)),
            _ => Err(AmountError::Decimals),
        }
    }

    /// The number of places.
    #[must_use]
    pub fn get(self) -> u8 {
        self.0
    }

    fn places(self) -> usize {
        usize::from(self.0)
    }
}

/// The amount in base units, exactly: `1234.56` with 6 decimals is `1234560000`.
///
/// Takes digits, and perhaps a point between digits. More places than `decimals` are taken when
/// the places beyond are zeros.
///
/// # Errors
///
/// Signs, exponents, white space, leading zeros, a point without digits on both sides; places
/// that the token does not have; more than 2^256 - 1 base units.
pub fn to_base_units(decimal: &str, decimals: Decimals) -> Result<String, AmountError> {
    let (whole, fraction) = match decimal.split_once('.') {
        Some((whole, fraction)) if is_digits(fraction) => (whole, fraction),
        Some(_) => return Err(AmountError::Digits),
        None => (decimal, ""),
    };
    digits(whole)?;
    if whole.len() > LARGEST.len() {
        return Err(AmountError::TooLarge);
    }
    let fraction = fraction.trim_end_matches('0');
    let zeros = decimals
        .places()
        .checked_sub(fraction.len())
        .ok_or(AmountError::TooPrecise)?;

    let mut units = String::with_capacity(whole.len().saturating_add(decimals.places()));
    // A zero before the point is the one zero that may lead; nothing of it may remain.
    if whole == "0" {
        units.push_str(fraction.trim_start_matches('0'));
    } else {
        units.push_str(whole);
        units.push_str(fraction);
    }
    if units.is_empty() {
        units.push('0');
    } else {
        units.push_str(ZEROS.get(..zeros).unwrap_or(ZEROS));
    }
    BaseUnits::parse(&units)?;
    Ok(units)
}

/// Why an amount was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AmountError {
    /// Something other than digits, or nothing.
    Digits,
    /// A zero before another digit.
    LeadingZero,
    /// More than 2^256 - 1 base units.
    TooLarge,
    /// More places after the point than the token has.
    TooPrecise,
    /// More than 36 decimals.
    Decimals,
    /// Other decimals than those of the chain's own coin.
    NativeDecimals {
        /// Those of the coin.
        expected: u64,
    },
}

impl fmt::Display for AmountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Digits => "expected decimal digits",
            Self::LeadingZero => "expected no leading zero",
            Self::TooLarge => "expected at most 2^256 - 1 base units",
            Self::TooPrecise => "expected no more places than the token's decimals",
            Self::Decimals => "expected 0 to 36 decimals",
            Self::NativeDecimals { expected } => {
                return write!(f, "expected the {expected} decimals of the chain's coin");
            }
        })
    }
}

impl core::error::Error for AmountError {}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Digits without a leading zero.
fn digits(text: &str) -> Result<(), AmountError> {
    if !is_digits(text) {
        return Err(AmountError::Digits);
    }
    if text.len() > 1 && text.starts_with('0') {
        return Err(AmountError::LeadingZero);
    }
    Ok(())
}
