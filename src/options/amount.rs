//! The options of `formatAmount` and `toBaseUnits`.

use alloc::string::{String, ToString};

use serde::de::Error as _;

use super::read;
use crate::chain::amount::{self, AmountError, BaseUnits, Decimals};
use crate::error::ConfigError;
use crate::json::Value;
use crate::json::de::Error;

/// The decimal form of `{ value, decimals }`, exactly.
///
/// # Errors
/// [`ConfigError::InvalidOption`] for what is no amount.
pub fn format_amount(json: &[u8]) -> Result<String, ConfigError> {
    read(json, |document| {
        let decimals = decimals(document.root())?;
        let value = text(document.root(), "value")?;
        let units = BaseUnits::parse(&value).map_err(invalid("value"))?;
        Ok(units.to_decimal(decimals))
    })
}

/// The base units of `{ decimal, decimals }`, exactly.
///
/// # Errors
/// [`ConfigError::InvalidOption`] for what is no decimal, and for one with more places than
/// `decimals`.
pub fn to_base_units(json: &[u8]) -> Result<String, ConfigError> {
    read(json, |document| {
        let decimals = decimals(document.root())?;
        let decimal = text(document.root(), "decimal")?;
        amount::to_base_units(&decimal, decimals).map_err(invalid("decimal"))
    })
}

/// How many places the token has, 0 to 36.
fn decimals(options: Value) -> Result<Decimals, ConfigError> {
    let Some(places) = options.get("decimals") else {
        return Err(Error::missing_field("decimals").into());
    };
    let places: Result<u64, Error> = places.into();
    let places = places.map_err(|error| error.within("decimals"))?;
    Decimals::new(places).map_err(invalid("decimals"))
}

/// Base units, or a decimal; nothing is neither.
fn text(options: Value, name: &'static str) -> Result<String, ConfigError> {
    let text: Result<String, Error> = match options.get(name) {
        Some(text) => text.into(),
        None => Ok(String::new()),
    };
    Ok(text.map_err(|error| error.within(name))?)
}

fn invalid(option: &'static str) -> impl Fn(AmountError) -> ConfigError {
    move |error| ConfigError::InvalidOption {
        option: option.into(),
        problem: error.to_string(),
    }
}
