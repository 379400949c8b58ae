//! The options of `formatAmount` and `toBaseUnits`.

use alloc::string::{String, ToString};

use serde::Deserialize;

use super::read;
use crate::chain::amount::{self, AmountError, BaseUnits, Decimals};
use crate::error::ConfigError;

/// An amount in base units, or in whole tokens.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AmountOptions {
    /// Base units, 0 to 2^256 - 1.
    value: Option<String>,
    /// Digits, and perhaps a point between digits.
    decimal: Option<String>,
    /// How many places the token has, 0 to 36.
    decimals: u64,
}

/// The decimal form of `{ value, decimals }`, exactly.
///
/// # Errors
/// [`ConfigError::InvalidOption`] for what is no amount.
pub fn format_amount(json: &[u8]) -> Result<String, ConfigError> {
    let (options, decimals) = options(json)?;
    let value = options.value.unwrap_or_default();
    let units = BaseUnits::parse(&value).map_err(invalid("value"))?;
    Ok(units.to_decimal(decimals))
}

/// The base units of `{ decimal, decimals }`, exactly.
///
/// # Errors
/// [`ConfigError::InvalidOption`] for what is no decimal, and for one with more places than
/// `decimals`.
pub fn to_base_units(json: &[u8]) -> Result<String, ConfigError> {
    let (options, decimals) = options(json)?;
    let decimal = options.decimal.unwrap_or_default();
    amount::to_base_units(&decimal, decimals).map_err(invalid("decimal"))
}

fn options(json: &[u8]) -> Result<(AmountOptions, Decimals), ConfigError> {
    read(json, |document| {
        let options: AmountOptions = document.root().into()?;
        let decimals = Decimals::new(options.decimals).map_err(invalid("decimals"))?;
        Ok((options, decimals))
    })
}

fn invalid(option: &'static str) -> impl Fn(AmountError) -> ConfigError {
    move |error| ConfigError::InvalidOption {
        option: option.into(),
        problem: error.to_string(),
    }
}
