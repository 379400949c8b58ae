//! Checking an event's `data` against the tables of [`model`](super::model).

use crate::chain::address::{self, Coverage};
use crate::chain::amount::{AmountError, BaseUnits, Decimals, Point};
use crate::chain::asset::{Asset, native_decimals};
use crate::chain::id::Chain;
use crate::error::PayloadProblem;
use crate::event::model::{AMOUNTS, FAMILIES, Family, Field, Kind, Status};
use crate::json::{Fault, Value};
use crate::timestamp;
use crate::unseen;

/// The most members that a table has: as many values are held while an object is checked.
const MAX_FIELDS: usize = 16;

const _: () = {
    let mut families = FAMILIES.as_slice();
    while let [family, rest @ ..] = families {
        assert!(
            fits(family.fields),
            "a family has more than MAX_FIELDS members"
        );
        families = rest;
    }
};

/// Whether a table has at most [`MAX_FIELDS`] members, and so has each in it.
const fn fits(fields: &[Field]) -> bool {
    let mut rest = fields;
    while let [field, behind @ ..] = rest {
        if let Kind::List(inner) = field.kind
            && !fits(inner)
        {
            return false;
        }
        rest = behind;
    }
    fields.len() <= MAX_FIELDS
}

/// The longest id, in characters.
const MAX_ID: usize = 256;

/// What the check found out about valid data.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Findings {
    /// Whether every address and hash was checked by its chain's rules.
    pub address_checked: bool,
    /// Of each of [`AMOUNTS`] that is there, where the point stands.
    pub points: [Option<Point>; AMOUNTS.len()],
}

/// Checks the data of an event.
pub(super) fn check(family: &Family, status: &Status, data: Value) -> Result<Findings, Fault> {
    let mut findings = Findings {
        address_checked: true,
        ..Findings::default()
    };
    let values = check_object(data, family.fields, status.requires, &mut findings)?;
    if family.settled == Some(status.name) {
        check_settled(|name| of(family.fields, &values, |field| field.name == name))?;
    }
    Ok(findings)
}

/// The values of an object by the places of their members in the table.
type Values<'d> = [Option<Value<'d>>; MAX_FIELDS];

fn check_object<'d>(
    object: Value<'d>,
    fields: &'static [Field],
    requires: &[&str],
    findings: &mut Findings,
) -> Result<Values<'d>, Fault> {
    if !object.is_object() {
        return Err(unexpected("an object", object));
    }
    let values = pick(object, fields);
    let chain = of(fields, &values, |field| matches!(field.kind, Kind::Chain));
    let chain = chain.and_then(Value::string);
    let chain = chain.as_deref().and_then(|id| Chain::parse(id).ok());
    let mut native = None;
    for (field, value) in fields.iter().zip(&values) {
        let result = match value {
            Some(value) => check_value(field, *value, chain, &mut native, findings),
            None if field.required || requires.contains(&field.name) => {
                let expected = field.kind.expected();
                Err(PayloadProblem::Missing { expected }.into())
            }
            None => Ok(()),
        };
        result.map_err(|fault| fault.within_name(field.name))?;
    }
    if let Some(expected) = native {
        let amount = of(fields, &values, |field| field.name == "amount");
        check_native(expected, amount)?;
    }
    Ok(values)
}

/// The value of the first member of this kind.
fn of<'d>(
    fields: &[Field],
    values: &Values<'d>,
    is_meant: impl Fn(&Field) -> bool,
) -> Option<Value<'d>> {
    let mut pairs = fields.iter().zip(values);
    pairs
        .find(|(field, _)| is_meant(field))
        .and_then(|(_, value)| *value)
}

/// Refuses an amount of the chain's own coin with other decimals than the coin has: two readers would
/// see two amounts.
fn check_native(expected: u64, amount: Option<Value>) -> Result<(), Fault> {
    let decimals = amount.and_then(|amount| amount.get("decimals"));
    match decimals.and_then(Value::integer) {
        Some(actual) if actual != expected => {
            let fault = problem(AmountError::NativeDecimals { expected });
            Err(fault.within_name("decimals").within_name("amount"))
        }
        _ => Ok(()),
    }
}

/// The values of the members that the table names. Senders write members in its order, so the one behind
/// the last is tried first.
fn pick<'d>(object: Value<'d>, fields: &[Field]) -> Values<'d> {
    let mut values = [None; MAX_FIELDS];
    let mut next = 0;
    for (name, value) in object.members() {
        let (before, behind) = fields.split_at_checked(next).unwrap_or((fields, &[]));
        let is_meant = |field: &Field| name.is(field.name);
        let index = match behind.iter().position(is_meant) {
            Some(index) => Some(next.wrapping_add(index)),
            None => before.iter().position(is_meant),
        };
        let Some(index) = index else { continue };
        if let Some(slot) = values.get_mut(index) {
            *slot = Some(value);
        }
        next = index.wrapping_add(1);
    }
    values
}

/// Checks a member. `native` are the decimals of the chain's own coin, once that is the asset.
fn check_value(
    field: &Field,
    value: Value,
    chain: Option<Chain>,
    native: &mut Option<u64>,
    findings: &mut Findings,
) -> Result<(), Fault> {
    let mismatch = || unexpected(field.kind.expected(), value);
    match field.kind {
        Kind::Integer => return value.integer().map(drop).ok_or_else(mismatch),
        Kind::Amount => {
            let point = check_amount(value)?;
            let place = AMOUNTS.iter().position(|name| *name == field.name);
            if let Some(slot) = place.and_then(|place| findings.points.get_mut(place)) {
                *slot = Some(point);
            }
            return Ok(());
        }
        Kind::List(fields) => return check_list(value, fields, findings),
        _ => {}
    }
    let text = value.string().ok_or_else(mismatch)?;
    let coverage = match (field.kind, chain) {
        (Kind::Id, _) if !is_id(&text) => return Err(mismatch()),
        (Kind::Challenge, _) if !is_challenge(&text) => return Err(mismatch()),
        (Kind::Timestamp, _) => return timestamp::parse(&text).map(drop).map_err(problem),
        // It has been read, or it says why it cannot be.
        (Kind::Chain, Some(_)) => return Ok(()),
        (Kind::Chain, None) => return Chain::parse(&text).map(drop).map_err(problem),
        (Kind::Asset, Some(chain)) => {
            let asset = Asset::parse(&text, &chain).map_err(problem)?;
            *native = native_decimals(&chain, &asset);
            return Ok(());
        }
        (Kind::Address, Some(chain)) => address::check(&chain, &text).map_err(problem)?,
        (Kind::Hash, Some(chain)) => {
            address::check_transaction_hash(&chain, &text).map_err(problem)?
        }
        _ => Coverage::Checked,
    };
    findings.address_checked &= coverage == Coverage::Checked;
    Ok(())
}

/// Checks an amount and returns where its point stands.
fn check_amount(amount: Value) -> Result<Point, Fault> {
    if !amount.is_object() {
        return Err(unexpected(Kind::Amount.expected(), amount));
    }
    let [value, decimals, symbol] = amount.pick(["value", "decimals", "symbol"]);
    // A JSON number cannot carry an amount of wei.
    const UNITS: &str = "base units as a string of decimal digits";
    const DECIMALS: &str = "a whole number from 0 to 36";
    let value = required("value", value, UNITS)?;
    let text = value
        .string()
        .ok_or_else(|| unexpected(UNITS, value).within_name("value"))?;
    let units = BaseUnits::parse(&text).map_err(|error| problem(error).within_name("value"))?;
    let decimals = required("decimals", decimals, DECIMALS)?;
    let places = decimals
        .integer()
        .ok_or_else(|| unexpected(DECIMALS, decimals));
    let places = places.map_err(|fault| fault.within_name("decimals"))?;
    let places = Decimals::new(places).map_err(|error| problem(error).within_name("decimals"))?;
    if let Some(symbol) = symbol
        && symbol.string().is_none()
    {
        return Err(unexpected(Kind::Text.expected(), symbol).within_name("symbol"));
    }
    Ok(units.point(places))
}

fn check_list(list: Value, fields: &'static [Field], findings: &mut Findings) -> Result<(), Fault> {
    if !list.is_array() {
        return Err(unexpected("an array of objects", list));
    }
    for (index, element) in list.elements().enumerate() {
        let checked = check_object(element, fields, &[], findings);
        checked.map_err(|fault| fault.within_index(index))?;
    }
    Ok(())
}

/// A confirmed deposit needs at least one confirmation, and as many as it says it requires.
fn check_settled<'d>(member: impl Fn(&str) -> Option<Value<'d>>) -> Result<(), Fault> {
    let number = |name| member(name).and_then(Value::integer);
    let required = number("requiredConfirmations").unwrap_or(1).max(1);
    match number("confirmations") {
        Some(actual) if actual < required => {
            let problem = PayloadProblem::TooFewConfirmations { required, actual };
            Err(Fault::from(problem).within_name("confirmations"))
        }
        _ => Ok(()),
    }
}

/// Whether two ids that look alike are alike: an id holds no control characters, and none that turn
/// the direction of text.
fn is_id(text: &str) -> bool {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return (1..=MAX_ID).contains(&text.len());
    }
    (1..=MAX_ID).contains(&text.chars().count()) && !text.chars().any(unseen::controls)
}

fn is_challenge(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (32..=128).contains(&text.len()) && text.bytes().all(allowed)
}

/// The value of a member that has to be there.
pub(super) fn required<'d>(
    name: &str,
    value: Option<Value<'d>>,
    expected: &'static str,
) -> Result<Value<'d>, Fault> {
    let missing = || Fault::from(PayloadProblem::Missing { expected }).within_name(name);
    value.ok_or_else(missing)
}

fn unexpected(expected: &'static str, value: Value) -> Fault {
    let actual = value.describe();
    PayloadProblem::Unexpected { expected, actual }.into()
}

fn problem(error: impl core::error::Error) -> Fault {
    PayloadProblem::value(&error).into()
}
